"""How much CPU time one `GET /metrics` takes, compared with a plain Chalice route.

From API Gateway's event to the response: signing, sending, reading the answer, and making the response of
it. What the database takes is not included. A stand-in for Timestream answers at once, with a row for each
website and day. PostgreSQL is a real one, with a page view for each: *altogether* is how long a request
takes, with PostgreSQL's part.

Each request is for another affiliate, so no answer is in the cache; *asked again* is the same request a
second time. The plain route (`peers.plain_app`) has boto3's paginator, dicts and `json`, and knows page
views by day in UTC and nothing else. All give the same answer, or the measurement stops.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from benchmarks.databases import postgres
from benchmarks.processes import Target, run, stand_in
from benchmarks.routes import affiliates
from benchmarks.tables import spread, to_markdown
from benchmarks.writers import POSTGRES


@dataclass(frozen=True, slots=True)
class Case:
    """A time window. `websites` have page views on each of the last `days`."""

    window: str
    websites: int
    days: int

    @property
    def series_days(self) -> int:
        """The number of rows."""
        return self.websites * self.days


CASES = (
    Case("Last7Days", 1, 1),
    Case("Last7Days", 1, 7),
    Case("Last30Days", 3, 30),
    Case("Last365Days", 1, 365),
    Case("Last365Days", 3, 334),
    Case("Last365Days", 3, 365),
)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one route: CPU milliseconds for a request."""

    points: int
    answer: str
    median: float
    p95: float
    again: float
    wall: float
    """Milliseconds altogether."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The runs of each route for a case, one for each round."""

    case: Case
    runs: dict[str, list[Run]]


def measure(requests: int, rounds: int) -> list[Measured]:
    """Every case, all routes in turn."""
    return [_measure(case, requests, rounds) for case in CASES]


def to_table(measured: list[Measured]) -> str:
    """A table of the medians, and of the ratios within a round."""
    return to_markdown(
        ("window", "websites"),
        (
            "series-days",
            "points",
            "this app ms",
            "p95 ms",
            "plain ms",
            "p95 ms",
            "speed-up",
            "asked again ms",
            "PostgreSQL: ms",
            "p95 ms",
            "altogether ms",
        ),
        (_row(each) for each in measured),
    )


def write_query_answers(folder: Path, case: Case) -> None:
    """Write Timestream's answers to a Query: a row for each website and day, without and with ranks."""
    today = datetime.now(UTC)
    (folder / "query.json").write_text(json.dumps(_query_answer(case, today, _COLUMNS[:3])))
    (folder / "ranked.json").write_text(json.dumps(_query_answer(case, today, _COLUMNS)))


_COLUMNS = (("website", "VARCHAR"), ("value", "BIGINT"), ("timestamp", "TIMESTAMP"), ("rank", "BIGINT"))


def _query_answer(case: Case, today: datetime, columns: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {
        "QueryId": "AEBQEAMYNBGX7RA",
        "ColumnInfo": [{"Name": name, "Type": {"ScalarType": scalar}} for name, scalar in columns],
        "Rows": [
            {"Data": [{"ScalarValue": value} for value in row[: len(columns)]]}
            for row in _values(case, today)
        ],
        "QueryStatus": {
            "ProgressPercentage": 100.0,
            "CumulativeBytesScanned": 10_000_000,
            "CumulativeBytesMetered": 10_000_000,
        },
    }


def _values(case: Case, today: datetime) -> Iterator[tuple[str, str, str, str]]:
    for website in range(case.websites):
        for day in range(case.days):
            date = today - timedelta(days=day)
            label = f"{date:%Y-%m-%d} 00:00:00.000000000"
            yield f"site{website}.example.com", "1", label, str(website + 1)


def _measure(case: Case, requests: int, rounds: int) -> Measured:
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        write_query_answers(folder, case)
        with stand_in(folder) as service, postgres(folder, "metrics") as database:
            _insert_page_views(database.admin, case, requests)
            targets: dict[str, Target] = {"this app": service, "plain": service, POSTGRES: database}
            runs: dict[str, list[Run]] = {name: [] for name in targets}
            for number in range(rounds):
                for name in list(targets)[:: -1 if number % 2 else 1]:
                    runs[name].append(_run(name, case, requests, targets[name]))
    if len({each.answer for name in runs for each in runs[name]}) != 1:
        raise SystemExit(f"{case}: the answers differ")
    return Measured(case, runs)


def _insert_page_views(admin: psycopg.Connection, case: Case, requests: int) -> None:
    """Insert a page view for each affiliate that is asked for, each website and each day."""
    values = {"affiliates": affiliates(requests), "websites": case.websites, "days": case.days}
    admin.execute(_INSERT, values)
    admin.execute("VACUUM (FREEZE, ANALYZE)")


_INSERT = """
INSERT INTO analytics.page_views (affiliate_id, event_id, time, website, visitor_id)
SELECT affiliate, website || '/' || day,
  date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - day * interval '1 day',
  'site' || website || '.example.com', 'visitor'
FROM unnest(%(affiliates)s::text[]) AS affiliate,
  generate_series(0, %(websites)s - 1) AS website, generate_series(0, %(days)s - 1) AS day
"""


def _run(name: str, case: Case, requests: int, target: Target) -> Run:
    route = "plain" if name == "plain" else "this app"
    result = Run(**run("routes", route, case.window, str(requests), target=target))
    shown = f"{case.series_days:5} series-days {name:10} {result.median:6.2f} ms CPU {result.wall:6.2f} ms"
    print(f"  {shown}", file=sys.stderr, flush=True)
    return result


def _row(measured: Measured) -> tuple[str, ...]:
    case, ours, plain = measured.case, measured.runs["this app"], measured.runs["plain"]
    rows = measured.runs[POSTGRES]
    return (
        case.window,
        str(case.websites),
        f"{case.series_days:,}",
        f"{ours[0].points:,}",
        f"{median(each.median for each in ours):.2f}",
        f"{median(each.p95 for each in ours):.2f}",
        f"{median(each.median for each in plain):.2f}",
        f"{median(each.p95 for each in plain):.2f}",
        spread([theirs.median / each.median for theirs, each in zip(plain, ours, strict=True)]),
        f"{median(each.again for each in ours):.2f}",
        f"{median(each.median for each in rows):.2f}",
        f"{median(each.p95 for each in rows):.2f}",
        f"{median(each.wall for each in rows):.2f}",
    )
