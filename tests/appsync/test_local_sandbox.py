"""The local AppSync runs APPSYNC_JS, and refuses other JavaScript."""

import re
from typing import Any

import pytest

from devstack.appsync.sandbox import Handler, Kind, run
from devstack.appsync.syntax import Code, CodeError, parse_code

CONTEXT = {"arguments": {"a": "b"}, "stash": {}, "result": {"x": [1, 2]}}


def code(statements: str, above: str = "") -> Code:
    return parse_code(
        "Query.field.js",
        f"""import {{ util, runtime, extensions }} from '@aws-appsync/utils';
{above}
export function request(ctx) {{
  {statements}
}}
export function response(ctx) {{
  return ctx.result;
}}
""",
    )


REFUSED = [
    ("try { a(); } catch (error) { b(); }", "try"),
    ("try { a(); } finally { b(); }", "try"),
    ("throw 'a';", "throw"),
    ("while (a) { b(); }", "while"),
    ("do { b(); } while (a);", "do-while"),
    ("for (let i = 0; i < 3; i += 1) { b(); }", "for(;;)"),
    ("for (const a of b) { continue; }", "continue"),
    ("outer: for (const a of b) { break outer; }", "labels"),
    ("a++;", "++ and --"),
    ("--a;", "++ and --"),
    ("return ~a;", "operator ~"),
    ("return 'a' in ctx;", "operator in"),
    ("return a instanceof Date;", "operator instanceof"),
    ("return this.a;", "this"),
    ("return /a/.test('a');", "regular expression literals"),
    ("class A {}", "classes"),
    ("return new Map();", "new Map"),
    ("return new Set([1]);", "new Set"),
    ("return new Error('a');", "new Error"),
    ("return new Promise((done) => done(1));", "new Promise"),
    ("return new Function('return 1')();", "new Function"),
    ("const f = async () => 1;", "async functions"),
    ("function* f() { yield 1; }", "generators"),
    ("return import('a');", "import()"),
    ("debugger;", "debugger"),
    ("return request(ctx);", "recursion: request calls request"),
    ("const f = (n) => f(n - 1);", "recursion: f calls f"),
    ("return () => 1;", "cannot return functions"),
    ("const f = (g) => g(); return f(() => 1);", "can pass functions only to methods of arrays"),
    ("return {;", "cannot parse"),
]


@pytest.mark.parametrize(("statements", "reason"), REFUSED)
def test_unsupported_javascript_is_refused_before_it_runs(statements: str, reason: str) -> None:
    with pytest.raises(CodeError, match=rf"^Query\.field\.js.*{re.escape(reason)}"):
        code(statements)


ABOVE = [
    ("import fs from 'fs';", "can import only @aws-appsync/utils"),
    ("import * as utils from '@aws-appsync/utils';", "import of a whole module"),
    ("import { util as u } from '@aws-appsync/utils';", "without other names for them"),
    ("import { fetch } from '@aws-appsync/utils';", "without other names for them"),
    ("function a() { return b(); } function b() { return a(); }", "recursion: "),
    ("export default 1;", "can export only what the file declares"),
    ("export * from '@aws-appsync/utils';", "can export only what the file declares"),
]


@pytest.mark.parametrize(("above", "reason"), ABOVE)
def test_unsupported_code_outside_handlers_is_refused(above: str, reason: str) -> None:
    with pytest.raises(CodeError, match=re.escape(reason)):
        code("return 1;", above)


def test_an_error_names_line_and_column() -> None:
    with pytest.raises(CodeError, match=r"^Query\.field\.js:4:3: APPSYNC_JS has no throw\.$"):
        code("throw 1;")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("export function request() { return {}; }", "does not export response"),
        ("const request = 1;", "does not export request and response"),
        (f"export function request() {{}} export function response() {{}} // {'a' * 32_768}", "characters"),
    ],
)
def test_a_file_that_is_incomplete_or_too_long_is_refused(text: str, reason: str) -> None:
    with pytest.raises(CodeError, match=reason):
        parse_code("Query.field.js", text)


@pytest.mark.parametrize("missing", ["missing();", "const { a } = undefined;"])
def test_a_module_that_fails_is_refused(missing: str) -> None:
    with pytest.raises(CodeError, match=r"Query\.field\.js: \w+Error"):
        run(code("return 1;", missing), Handler.REQUEST, CONTEXT)


ABSENT = [
    "return fetch('http://127.0.0.1');",
    "return setTimeout(1, 1);",
    "return require('fs');",
    "return process.env;",
    "return eval('1');",
    "return Function('return 1')();",
    "return (() => 1).constructor('return 1')();",
    "return [].map.call([1], (a) => a);",
    "return Math.random();",
    "return Map;",
    "return Set;",
    "return Promise;",
    "return Proxy;",
    "return Reflect;",
    "return Symbol('a');",
    "return BigInt(1);",
    "return RegExp('a');",
    "return Error('a');",
    "return globalThis;",
    "return URL;",
    "return Array.from('ab');",
    "return Object.fromEntries([]);",
    "return Object.freeze({});",
    "return String.fromCharCode(64);",
    "return 'a'.charCodeAt(0);",
    "return 'a'.padStart(3);",
    "return 'a.b'.replace('.', '-');",
    "return [1].toSorted();",
    "return ctx.a.b;",
    "ctx.own = 1;",
    "return JSON.parse('<html>');",
    "return util.dynamodb.toMapValues({});",
    "return util.time.nowFormatted('yyyy');",
    "return util.matches('a', 'a');",
    "return extensions.evictFromApiCache('Query', 'field', {});",
    "return $install;",
]


@pytest.mark.parametrize("statements", ABSENT)
def test_globals_that_appsync_does_not_have_are_missing(statements: str) -> None:
    outcome = run(code(statements), Handler.REQUEST, CONTEXT)
    assert (outcome.kind, bool(outcome.value)) == (Kind.FAULT, True)


@pytest.mark.parametrize(
    "statements",
    [
        "const all = [1]; for (const one of all) all.push(one);",
        "const all = Array(100000).fill(1); let sum = 0; for (const a of all) for (const b of all) sum += b;",
    ],
)
def test_a_handler_that_does_not_end_is_stopped(statements: str) -> None:
    outcome = run(code(statements), Handler.REQUEST, CONTEXT)
    assert outcome.kind is Kind.FAULT
    assert re.search("out of memory|interrupted", outcome.value)


PRESENT: list[tuple[str, Any]] = [
    ("return ctx.args === ctx.arguments && ctx.args.a;", "b"),
    ("const { a, ...rest } = { a: 1, b: 2 }; return [a, rest?.b ?? 0, `${a}-${rest.b}`];", [1, 2, "1-2"]),
    ("return [3, 1, 2].filter((n) => n > 1).map((n) => n * 2).sort();", [4, 6]),
    ("let n = 0; for (const a of [1, 2]) n += a; for (const k in { x: 1 }) n += k.length; return n;", 4),
    ("switch (ctx.args.a) { case 'b': return Object.entries({ a: 1 }); default: return null; }", [["a", 1]]),
    (
        "return [Object.hasOwn({ a: 1 }, 'a'), Array.isArray([]), typeof ctx, void 0];",
        [True, True, "object", None],
    ),
    ("return new Date(0).toISOString();", "1970-01-01T00:00:00.000Z"),
    ('return util.urlEncode("a b&c~!\'()*-._é");', "a+b%26c%7E%21%27%28%29*-._%C3%A9"),
    ("return util.urlDecode('a+b%26%C3%A9');", "a b&é"),
    ("return util.base64Decode(util.base64Encode('é €'));", "é €"),
    ("return [util.matches('^[a-z]+$', 'ab'), util.matches('^[a-z]+$', 'a1')];", [True, False]),
    ("return util.authType();", "User Pool Authorization"),
    ("return util.time.epochMilliSecondsToISO8601(1500);", "1970-01-01T00:00:01.500Z"),
    ("return util.time.parseISO8601ToEpochMilliSeconds('1970-01-01T00:00:01Z');", 1000),
    ("return util.time.epochMilliSecondsToSeconds(1999);", 1),
    ("return util.math.minVal(1, util.math.roundNum(2.5));", 1),
    ("return util.str.normalize('e\\u0301', 'nfc');", "é"),
    ("return util.http.copyHeaders({ Host: 'a', b: 'c' });", {"b": "c"}),
    ("const n = util.math.randomWithinRange(3, 4); return n;", 3),
    ("return undefined;", None),
]


@pytest.mark.parametrize(("statements", "value"), PRESENT)
def test_functions_of_appsync_are_available(statements: str, value: Any) -> None:
    outcome = run(code(statements), Handler.REQUEST, CONTEXT)
    assert (outcome.kind, outcome.value) == (Kind.VALUE, value)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("autoId", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
        ("autoUlid", r"0[0-9A-HJKMNP-TV-Z]{25}"),
        ("autoKsuid", r"[0-9A-Za-z]{27}"),
        ("time.nowISO8601", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
    ],
)
def test_generated_ids_and_times_have_the_right_form(name: str, pattern: str) -> None:
    outcome = run(code(f"return util.{name}();"), Handler.REQUEST, CONTEXT)
    assert re.fullmatch(pattern, outcome.value)


ENDED: list[tuple[str, Kind, Any]] = [
    ("util.unauthorized();", Kind.UNAUTHORIZED, None),
    ("runtime.earlyReturn({ a: 1 });", Kind.RETURN, {"value": {"a": 1}, "skipTo": "NEXT"}),
    ("runtime.earlyReturn(1, { skipTo: 'END' });", Kind.RETURN, {"value": 1, "skipTo": "END"}),
    (
        "util.error('m', 'T', { a: 1 }, { b: 2 });",
        Kind.ERROR,
        {"message": "m", "errorType": "T", "data": {"a": 1}, "errorInfo": {"b": 2}},
    ),
]


@pytest.mark.parametrize(("statements", "kind", "value"), ENDED)
def test_a_handler_can_end_early(statements: str, kind: Kind, value: Any) -> None:
    outcome = run(code(f"{statements} return 'not reached';"), Handler.REQUEST, CONTEXT)
    assert (outcome.kind, outcome.value) == (kind, value)


def test_a_handler_can_add_errors_headers_and_logs() -> None:
    outcome = run(
        code(
            "ctx.stash.a = 1; console.log('one', { two: 2 }); console.error('three');"
            " util.appendError('m'); util.http.addResponseHeader('x-count', 7);"
        ),
        Handler.REQUEST,
        CONTEXT,
    )
    assert outcome.stash == {"a": 1}
    assert outcome.logs == ['one {"two":2}', "three"]
    assert [error["message"] for error in outcome.errors] == ["m"]
    assert outcome.headers == {"x-count": "7"}


def test_handlers_can_be_exported_at_the_end_of_the_file() -> None:
    bundled = parse_code(
        "bundle.js",
        """const first = () => 1;
function second() { return 2; }
export {
  first as request,
  second as response,
};
""",
    )
    assert [run(bundled, handler, CONTEXT).value for handler in Handler] == [1, 2]


def test_handlers_do_not_share_globals() -> None:
    counting = code("count.push(1); return count.length;", "const count = [];")
    assert [run(counting, Handler.REQUEST, CONTEXT).value for _ in range(3)] == [1, 1, 1]
