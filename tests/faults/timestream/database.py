"""A local Timestream with planned faults, and the addresses at which an environment finds it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from devstack.timestream.faults import Fault, Faults
from devstack.timestream.fixture import SettableClock, Timestream
from devstack.timestream.server import Server
from devstack.timestream.tables import create_tables
from tests.faults.credentials import Credentials
from tests.faults.documents import NOW
from tests.faults.http_line import HttpLine, RefusedError
from tests.faults.pauses import Change
from tests.faults.schedule import DELAY

DATABASE = "WebAnalyticsDb"
EVENT_IDS = {"PageViewsTable": "event_id", "CommissionsTable": "order_id"}
"""Each table, with the dimension that identifies its events here."""

_NAME = re.compile(rb"\r\nhost: *[^\r]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TimestreamPlan:
    """Shares of requests and of records with each fault, and by how many seconds a late answer is late."""

    requests: Mapping[Fault, float] = field(default_factory=dict)
    records: Mapping[Fault, float] = field(default_factory=dict)
    delay: float = DELAY

    @contextmanager
    def start(self, seed: int) -> Iterator["TimestreamDatabase"]:
        """A local Timestream of its own."""
        clock, faults = SettableClock(), Faults(seed=seed, delay=self.delay)
        clock.set(NOW)
        with (
            Server(clock=clock, faults=faults) as server,
            closing(Timestream(server.url, clock, faults)) as client,
        ):
            database = TimestreamDatabase(client, self)
            database.create()
            yield database


class TimestreamDatabase:
    """A local Timestream, as `tests.faults.engine.Database` says."""

    def __init__(self, timestream: Timestream, plan: TimestreamPlan) -> None:
        self.happened: Counter[str] = Counter()
        self._timestream, self._plan = timestream, plan

    def create(self) -> None:
        """Create the tables."""
        write = self._timestream.client("timestream-write")
        create_tables(write, DATABASE, EVENT_IDS, memory_hours=24, magnetic_days=730)

    def route(self, credentials: Credentials, happened: Counter[str]) -> "TimestreamRoute":
        """The route of a new environment."""
        return TimestreamRoute(self._timestream.url, credentials, happened)

    def begin(self) -> None:
        """Start the faults."""
        self._timestream.faults.set({**self._plan.requests, **self._plan.records})

    def clear(self) -> None:
        """End the faults, except those of records, which are permanent."""
        self._timestream.faults.set(self._plan.records)

    def counted(self) -> list[tuple[str, int]]:
        """The event id and value of every event that is stored as a whole.

        An order is two records, its commission and its revenue. With one of them twice it is here twice, and
        with one of them alone not at all, since it is in a dead letter.
        """
        query = self._timestream.client("timestream-query")

        def rows(sql: str) -> list[list[str]]:
            pages = query.get_paginator("query").paginate(QueryString=sql)
            return [[datum["ScalarValue"] for datum in row["Data"]] for page in pages for row in page["Rows"]]

        found: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for table, event_id in EVENT_IDS.items():
            name = f'"{DATABASE}"."{table}"'
            if event_id in {column for column, *_ in rows(f"DESCRIBE {name}")}:  # else nothing was written
                for measure, event, value in rows(
                    f"SELECT measure_name, {event_id}, measure_value::bigint FROM {name}"
                ):
                    found[measure].append((event, int(value)))
        revenues = Counter(event for event, _ in found["revenue"])
        values = dict(found["commission"])
        more = [(event, values.get(event, 0)) for event, times in revenues.items() for _ in range(1, times)]
        whole = [(event, value) for event, value in found["commission"] if event in revenues]
        return [*found["page_view"], *whole, *more]


class TimestreamRoute:
    """Timestream's two addresses for one environment.

    The regional endpoint only tells the other one. The cell takes records, and may move.
    """

    def __init__(self, url: str, credentials: Credentials, happened: Counter[str]) -> None:
        self._url, self._credentials, self._happened = url, credentials, happened
        self.regional = HttpLine(url, self._regional_rule, happened)
        self.cell = HttpLine(url, self._cell_rule, happened)
        self.lines = [self.regional, self.cell]

    @property
    def environ(self) -> dict[str, str]:
        """The variable with which an environment finds the regional endpoint."""
        return {"AWS_ENDPOINT_URL_TIMESTREAM_WRITE": self.regional.url}

    async def suffer(self, change: Change) -> None:
        """Move the cell. If it is GONE, the old one refuses connections."""
        left = self.cell
        left.rule = self._moved_rule
        self.cell = HttpLine(self._url, self._cell_rule, self._happened)
        self.lines.append(self.cell)
        await self.cell.open()
        if change is Change.GONE:
            await left.refuse()

    def _regional_rule(self, head: bytes) -> bytes:
        self._happened["regional"] += 1
        self._check(head)
        if b"DescribeEndpoints" not in head:
            raise _error(400, "UnknownOperationException")
        # The local Timestream answers with the address in the Host header.
        return _NAME.sub(b"\r\nHost: " + urlsplit(self.cell.url).netloc.encode(), head)

    def _cell_rule(self, head: bytes) -> bytes:
        self._happened["cell"] += 1
        self._check(head)
        return head

    def _moved_rule(self, head: bytes) -> bytes:
        self._happened["moved"] += 1
        raise _error(421, "InvalidEndpointException")

    def _check(self, head: bytes) -> None:
        if not self._credentials.is_named(head):
            raise RefusedError(403, "the request is not signed with the environment's own token")
        if not self._credentials.is_accepted():
            raise _error(403, "ExpiredTokenException")


def _error(status: int, code: str) -> RefusedError:
    return RefusedError(
        status, f'{{"__type":"com.amazonaws.timestream.v20181101#{code}","message":"A fault."}}'
    )
