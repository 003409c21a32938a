"""A year of events of fifty affiliates, in both engines."""

import os
import random
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from benchmarks.databases import running
from chalicelib.config import Config
from chalicelib.engines import Engine
from chalicelib.engines.postgres import Postgres
from chalicelib.engines.timestream import Timestream
from chalicelib.events import Commission, Entry, Event, PageView, Payout
from chalicelib.objects import ObjectVersion
from chalicelib.outcomes import Origin, Rejected
from chalicelib.sessions import new_session
from devstack.environment import local_environment
from devstack.timestream import Server, create_tables

NOW: Final = datetime(2026, 11, 27, 12, tzinfo=UTC)
LARGEST: Final = "a0"
"""The affiliate of a fifth of all events. The others share the rest."""

_NOW_MS: Final = int(NOW.timestamp()) * 1000
_YEAR_MS: Final = 365 * 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Engines:
    """Both engines, with the same events."""

    postgres: Postgres
    postgres_url: str
    timestream: Timestream


@contextmanager
def engines(page_views: int) -> Iterator[Engines]:
    """Both engines, with so many page views, and an order for every twenty-five."""
    with ExitStack() as stack:
        database = stack.enter_context(running())
        server = stack.enter_context(Server(clock=lambda: _NOW_MS * 1_000_000))
        stack.enter_context(
            environment(local_environment(os.environ, {}, timestream_url=server.url, s3_url=server.url))
        )
        config = Config("events", engine="postgres", postgres_url=database.url())
        postgres = stack.enter_context(closing(Postgres(config)))
        timestream = stack.enter_context(closing(Timestream(new_session(), config)))
        make_tables(config)
        for engine in (postgres, timestream):
            print(
                f"  storing {page_views:,} page views in {type(engine).__name__}", file=sys.stderr, flush=True
            )
            store(engine, year(page_views))
        yield Engines(postgres, database.url(), timestream)


def year(page_views: int) -> Iterator[Event]:
    """The same events every time: page views, sales and refunds, and a payout for every fifty sales."""
    chance = random.Random(1)
    for number in range(page_views):
        yield _page_view(chance, number)
        if number % 25 == 0:
            sale = _sale(chance, number)
            yield sale
            if number % 250 == 0:
                yield _refund(sale)
            if number % 1250 == 0:
                yield Payout(_moment(chance), sale.affiliate_id, "USD", f"payout{number}", 100_000_000)


def _page_view(chance: random.Random, number: int) -> PageView:
    return PageView(
        _moment(chance),
        _affiliate(chance),
        f"site{number % 3}.example",
        f"{chance.randrange(20_000):032x}",
        f"{number:036x}",
        path=f"/courses/{chance.randrange(300)}",
        referrer=chance.choice(("google.com", "youtube.com", "")),
        utm_source=chance.choice(("newsletter", "")),
        utm_medium=chance.choice(("email", "")),
        utm_campaign=f"campaign{chance.randrange(40)}",
        country=chance.choice(("FR", "DE", "US")),
        device=chance.choice(("desktop", "phone")),
        click=chance.random() < 1 / 3,
        link=f"link{chance.randrange(20)}",
    )


def _sale(chance: random.Random, number: int) -> Commission:
    return Commission(
        _moment(chance),
        _affiliate(chance),
        f"site{number % 3}.example",
        chance.choice(("EUR", "USD")),
        f"order{number}",
        Entry.SALE,
        f"order{number}",
        7_500_000,
        revenue=25_000_000,
        link=f"link{chance.randrange(20)}",
    )


def _refund(sale: Commission) -> Commission:
    """Of all of it, at once."""
    return Commission(
        sale.time,
        sale.affiliate_id,
        sale.website,
        sale.currency,
        sale.order_id,
        Entry.REVERSAL,
        f"refund of {sale.order_id}",
        -sale.micros,
        revenue=-25_000_000,
        link=sale.link,
    )


def _affiliate(chance: random.Random) -> str:
    return LARGEST if chance.random() < 0.2 else f"a{chance.randrange(1, 50)}"


def _moment(chance: random.Random) -> int:
    return _NOW_MS - 1 - chance.randrange(_YEAR_MS)


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """The process's variables: these and no others: no client can reach a real account."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def make_tables(config: Config) -> None:
    """Timestream's, which keep a year and more in memory, so that any record is taken."""
    client: Any = new_session().create_client("timestream-write")
    with closing(client):
        tables = (config.page_views_table, config.commissions_table)
        create_tables(client, config.timestream_database, tables, memory_hours=8_766)


def store(engine: Engine, events: Iterable[Event]) -> None:
    """Store events, all of them."""
    with engine.sink(ObjectVersion("events", "events/server/year")) as sink:
        fates = [fate for event in events for fate in sink.add(event, Origin(0, b"{}"))]
        fates += sink.finish()
    for fate in fates:
        if isinstance(fate.status, Rejected):
            raise SystemExit(f"an event was not stored: {fate.detail}")
