"""`make bench`: measure, print the tables, and write them into benchmarks/README.md."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.objects import write_object
from benchmarks.writers import WRITERS

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- tables -->\n", "<!-- /tables -->\n"


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--megabytes", type=int, default=100, help="the object's size, uncompressed (%(default)s)"
    )
    parser.add_argument(
        "--latency", type=float, default=0, help="of Timestream, in milliseconds (%(default)s)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="runs of each writer, in turn (%(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "object.gz")
        events = write_object(path, options.megabytes)
        print(
            f"{events} events, {options.megabytes} MB, {path.stat().st_size / 1e6:.1f} MB as gzip", flush=True
        )
        runs = _measure(path, options.latency, options.rounds, events)
    table = _to_table(runs, events, options.megabytes, options.latency)
    print(table)
    _publish(table)


def _measure(path: Path, latency: float, rounds: int, events: int) -> dict[str, list[dict[str, float]]]:
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in WRITERS}
    for number in range(rounds):
        order = list(WRITERS) if number % 2 == 0 else list(reversed(WRITERS))
        for name in order:
            run = _run(name, path, latency)
            if run["events"] != events or run["requests"] < events / 100:
                raise SystemExit(f"{name} wrote {run['events']} of {events} events")
            print(f"  round {number + 1}: {name:6} {run['cpu']:6.2f} s CPU", flush=True)
            runs[name].append(run)
    return runs


def _run(name: str, path: Path, latency: float) -> dict[str, float]:
    """One fresh process, on one core: what a Lambda of one vCPU has."""
    with _stand_in(path, latency) as (url, counts):
        environ = os.environ | {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
        }
        command = [sys.executable, "-m", "benchmarks.writers", name]
        done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, check=True, preexec_fn=_pin)
    run: dict[str, float] = json.loads(done.stdout)
    return run | counts


@contextmanager
def _stand_in(path: Path, latency: float) -> Iterator[tuple[str, dict[str, float]]]:
    command = [sys.executable, "-m", "benchmarks.stand_in", str(path), str(latency)]
    counts: dict[str, float] = {}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both are pipes")
        port = process.stdout.readline().strip()
        yield f"http://127.0.0.1:{port}", counts
        process.stdin.write("\n")
        process.stdin.flush()
        counts |= json.loads(process.stdout.readline())


def _pin() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _to_table(runs: dict[str, list[dict[str, float]]], events: int, megabytes: int, latency: float) -> str:
    naive = runs["naive"]
    run = f"{events} events, {megabytes} MB uncompressed (gzip), {latency:g} ms of service latency, one core"
    lines = [
        f"{run}, medians of {len(naive)} runs; Python {platform.python_version()}.",
        "",
        "| writer | events/s | CPU s per 1M events | CPU, naive ÷ this (min to max) | peak RSS MB |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, measured in runs.items():
        rate = statistics.median(run["events"] / run["wall"] for run in measured)
        cpu = statistics.median(run["cpu"] / run["events"] * 1e6 for run in measured)
        ratios = [theirs["cpu"] / run["cpu"] for theirs, run in zip(naive, measured, strict=True)]
        rss = statistics.median(run["rss"] for run in measured)
        ratio = f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"
        lines.append(f"| {name} | {rate:,.0f} | {cpu:.1f} | {ratio} | {rss:.0f} |")
    return "\n".join(lines) + "\n"


def _publish(table: str) -> None:
    before, _, rest = README.read_text().partition(BEGIN)
    README.write_text(f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
