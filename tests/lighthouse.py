"""`python -m tests.lighthouse`: what Google's Lighthouse says of the portal, signed in and on a phone.

npx gets Lighthouse when it is needed. It is not in package.json, because its two hundred packages are larger
than all others together.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from playwright.sync_api import sync_playwright
from rich.console import Console

from devstack.appsync.tokens import User
from devstack.http.ports import free_port
from tests.browser import EXECUTABLE, FLAGS
from tests.portal.stage import stage

PACKAGE: Final = "lighthouse@12.8.2"
LEAST: Final[Mapping[str, int]] = {
    "performance": 95,
    "accessibility": 100,
    "best-practices": 100,
    "seo": 100,
}
"""The least score of each category."""
RUNS: Final = 3
"""Performance varies, so each score is the median of several runs."""

Report = Mapping[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run Lighthouse, print the scores and what costs points, and return the exit code."""
    options = _parser().parse_args(arguments)
    console = Console(highlight=False, markup=False, soft_wrap=True)
    with TemporaryDirectory() as folder, stage(Path(folder), refresh_seconds=60) as portal:
        user = User(options.affiliate) if options.affiliate else User(None, ("admins",))
        token = portal.stand.issuer.issue(user)
        reports = [_report(portal.small_url + options.address, token, Path(folder)) for _ in range(RUNS)]
    scores = {name: median(_score(report, name) for report in reports) for name in LEAST}
    for name, score in scores.items():
        console.print(f"{name:15} {score:3}  (at least {LEAST[name]})")
    for line in _losses(reports[-1]):
        console.print(f"  {line}")
    return int(any(scores[name] < least for name, least in LEAST.items()))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.lighthouse", description=__doc__)
    parser.add_argument("--affiliate", default="alice", help="who is signed in; empty for an administrator")
    parser.add_argument("--address", default="", help="the page's query, such as ?view=sales")
    return parser


def _report(url: str, token: str, folder: Path) -> Report:
    """Lighthouse's report on the page at `url`, for the user of this token."""
    path, port = folder / "report.json", free_port()
    command = ["npx", "--yes", PACKAGE, url, f"--port={port}", f"--only-categories={','.join(LEAST)}"]
    flags = [*FLAGS, f"--remote-debugging-port={port}"]
    with sync_playwright() as playwright, TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=EXECUTABLE, args=flags, no_viewport=True
        )
        # Lighthouse opens a new tab, and a new tab has no token yet.
        context.add_init_script(
            f"if (location.protocol === 'http:') sessionStorage.setItem('portal.token', {json.dumps(token)})"
        )
        running = subprocess.Popen([*command, "--quiet", "--output=json", f"--output-path={path}"])
        while running.poll() is None:
            context.pages[0].wait_for_timeout(100)  # Playwright prepares a new tab only while it waits
        context.close()
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command)
    report: Report = json.loads(path.read_text())
    return report


def _score(report: Report, category: str) -> int:
    score: float = report["categories"][category]["score"]
    return round(100 * score)


def _losses(report: Report) -> Iterator[str]:
    """What keeps a category from 100 points."""
    for name, category in report["categories"].items():
        for each in category["auditRefs"]:
            audit = report["audits"][each["id"]]
            if each["weight"] and audit["score"] is not None and audit["score"] < 1:
                yield f"{name}: {audit['title']}, {audit.get('displayValue', '')} ({audit['score']:.0%})"


if __name__ == "__main__":
    sys.exit(main())
