"""ESLint, with this project's configuration, refuses what APPSYNC_JS does not support.

https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.appsync.artefacts import PROJECT

HEAD = "import { util } from '@aws-appsync/utils';\n"

ALLOWED = """
const LIMIT = 3;
export function request(ctx) {
  const { a = LIMIT, ...rest } = ctx.args;
  const total = [1, 2].map((x) => x ** 2).reduce((sum, x) => sum + x, 0);
  for (const name of Object.keys(rest)) {
    switch (rest[name]?.kind ?? 'none') {
      case 'none':
        break;
      default:
        if (!Object.hasOwn(rest, 'b')) util.error(`no ${JSON.stringify(rest)}`, 'Missing');
    }
  }
  console.log(new Date().getTime(), Math.max(a, total));
  return { payload: { ...rest, isArray: Array.isArray(a) } };
}
"""

# A statement in a handler, and the rule that refuses it.
STATEMENTS = [
    ("try { util.error('a'); } catch { return 1; }", "@aws-appsync/no-try"),
    ("throw new Error('a');", "no-restricted-syntax"),
    ("throw 'a';", "no-restricted-syntax"),
    ("while (ctx.args.a) { return 1; }", "@aws-appsync/no-while"),
    ("do { ctx.stash.a = 1; } while (ctx.args.a);", "@aws-appsync/no-while"),
    ("for (let i = 0; i < 3; i += 1) ctx.stash.a = i;", "@aws-appsync/no-for"),
    ("for (const a of [1]) { if (a) continue; }", "@aws-appsync/no-continue"),
    ("outer: for (const a of [1]) { if (a) break outer; }", "@aws-appsync/no-labels"),
    ("let i = 0; i++; return i;", "@aws-appsync/no-disallowed-unary-operators"),
    ("let i = 0; --i; return i;", "@aws-appsync/no-disallowed-unary-operators"),
    ("return ~ctx.args.a;", "@aws-appsync/no-disallowed-unary-operators"),
    ("return 'a' in ctx.args;", "@aws-appsync/no-in-operator"),
    ("return ctx.args instanceof Object;", "@aws-appsync/no-disallowed-binary-operators"),
    ("return /a/;", "@aws-appsync/no-regex"),
    ("return this;", "@aws-appsync/no-this"),
    ("class A {} return A;", "@aws-appsync/no-classes"),
    ("return new Promise((resolve) => resolve(1));", "@aws-appsync/no-promise"),
    ("return Promise.resolve(1);", "no-restricted-globals"),
    ("function f(n) { return n ? f(n - 1) : 0; } return f(3);", "@aws-appsync/no-recursion"),
    ("const f = (g) => g(1); return f((x) => x);", "@aws-appsync/no-function-passing"),
    ("return () => 1;", "@aws-appsync/no-function-return"),
    ("const f = () => 1; const g = f; return g();", "@aws-appsync/no-function-reassign"),
    ("ctx.args = {};", "@aws-appsync/no-disallowed-re-assignment"),
    ("return 'a'.padStart(3);", "@aws-appsync/no-disallowed-methods"),
    ("return Object.freeze({});", "@aws-appsync/no-disallowed-methods"),
    ("return Object.fromEntries([]);", "no-restricted-properties"),
    ("return Array.from('ab');", "no-restricted-properties"),
    ("return String.fromCharCode(65);", "no-restricted-properties"),
    ("return Math.random();", "no-restricted-properties"),
    ("return util.autoId.call(null);", "no-restricted-properties"),
    ("return new Map();", "no-restricted-globals"),
    ("return new Set();", "no-restricted-globals"),
    ("return new Proxy({}, {});", "no-restricted-globals"),
    ("return Symbol('a');", "no-restricted-globals"),
    ("return BigInt(1);", "no-restricted-globals"),
    ("return RegExp('a');", "no-restricted-globals"),
    ("return eval('1');", "no-restricted-globals"),
    ("return Function('return 1')();", "no-restricted-globals"),
    ("return globalThis;", "no-restricted-globals"),
    ("fetch('https://example.com');", "no-restricted-globals"),
    ("setTimeout(() => 1, 1);", "no-restricted-globals"),
    ("return new URL('https://example.com');", "no-restricted-globals"),
    ("return process.env;", "no-restricted-globals"),
    ("return require('fs');", "no-undef"),
    ("return window.location;", "no-undef"),
    ("return 1n;", "no-restricted-syntax"),
    ("return new Array(3);", "no-restricted-syntax"),
    ("return String.raw`a`;", "no-restricted-syntax"),
    ("return import('./other.js');", "no-restricted-syntax"),
    ("return this; // eslint-disable-line", "@aws-appsync/no-this"),
]

# A whole file, and the rule that refuses it.
FILES = [
    ("export { request } from './other.js';", "no-restricted-syntax"),
    ("export * from './other.js';", "no-restricted-syntax"),
    ("import fs from 'node:fs';\nexport const request = () => fs;", "no-restricted-syntax"),
    ("import { a } from './other.js';\nexport const request = () => a;", "no-restricted-syntax"),
    ("export async function request() { return {}; }", "@aws-appsync/no-async"),
    ("export async function request(ctx) { await ctx; }", "@aws-appsync/no-await"),
    ("export function* request() { yield 1; }", "@aws-appsync/no-generators"),
    ("export function* request() { yield 1; }", "@aws-appsync/no-yield"),
]


def test_the_resolvers_pass_the_linter() -> None:
    found = lint(PROJECT)
    assert found
    assert not any(found.values()), found


def test_the_linter_refuses_what_the_runtime_does_not_support(tmp_path: Path) -> None:
    for name in ("eslint.config.mjs", "package.json", "tsconfig.json"):
        shutil.copy(PROJECT / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(PROJECT / "node_modules")
    (tmp_path / "appsync").mkdir()
    snippets = [
        (f"export function request(ctx) {{\n  {code}\n}}\n", rule) for code, rule in STATEMENTS
    ] + FILES
    for number, (code, _) in enumerate(snippets):
        (tmp_path / "appsync" / f"{number}.js").write_text(code if code.startswith("import") else HEAD + code)
    (tmp_path / "appsync" / "allowed.js").write_text(HEAD + ALLOWED)
    found = lint(tmp_path)
    assert found.pop("allowed.js") == set()
    let_through = {
        code: found[f"{number}.js"]
        for number, (code, rule) in enumerate(snippets)
        if rule not in found[f"{number}.js"]
    }
    assert let_through == {}


def lint(project: Path) -> dict[str, set[str | None]]:
    """The rules that each file in the folder appsync of `project` breaks. None means a syntax error."""
    eslint = project / "node_modules" / "eslint" / "bin" / "eslint.js"
    assert eslint.exists(), "no ESLint: `make setup` installs it"
    run = subprocess.run(
        ["node", str(eslint), "--format", "json", "appsync"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,  # 1 is what we look for
    )
    assert run.returncode in {0, 1}, run.stderr
    results: list[dict[str, Any]] = json.loads(run.stdout)
    return {
        Path(result["filePath"]).name: {message["ruleId"] for message in result["messages"]}
        for result in results
    }
