"""Random events and questions: both engines answer as a model in plain Python does."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.events import Commission, Entry, Event, PageView, Payout
from chalicelib.figures import Metric, Route
from chalicelib.figures.breakdowns import By
from chalicelib.figures.comparison import Comparison
from chalicelib.figures.filters import COLUMNS, MONEY
from chalicelib.figures.parameters import parse_metric_query
from chalicelib.figures.queries import OF_ORDERS
from chalicelib.figures.timerange import Dates, TimeWindow, allowed_intervals
from chalicelib.figures.wallclock import zone as zone_of
from tests.both.model import Model
from tests.both.questions import ZONES
from tests.both.world import Both, Question

DAY: Final = 86_400_000
WEBSITES: Final = ("a.example", "b.example", "O'Brien & Söhne", "null")
TEXTS: Final = ("", "a", "null", "'; --", '%s {x} "\\"')
T = TypeVar("T")


class Case(NamedTuple):
    """Events of one affiliate, and what is asked about them at one moment."""

    events: list[Event]
    asked: list[tuple[Route, Question]]
    now: datetime


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """One question for each route, over one window, and events around its edges."""
    zone, now = draw(st.sampled_from(ZONES))
    window = draw(windows(zone, now))
    metric = draw(metrics(window))
    asked = [
        (Route.METRICS, metric),
        (Route.BREAKDOWN, window | draw(breakdowns)),
        (Route.ENTRIES, window | draw(narrowed(MONEY)) | {"limit": str(draw(st.sampled_from([1, 3, 7])))}),
        (Route.BALANCE, {}),
    ]
    return Case(draw(events(edges(metric, now), round(now.timestamp() * 1000))), asked, now)


@st.composite
def windows(draw: st.DrawFn, zone: str, now: datetime) -> Question:
    window = draw(st.sampled_from(TimeWindow))
    asked: Question = {"timeWindow": window, "timeZone": zone}
    if window is TimeWindow.CUSTOM:
        today = now.astimezone(zone_of(zone)).date()
        first = draw(st.dates(today - timedelta(days=400), today) | st.just(date(2024, 2, 29)))
        last = first + timedelta(days=draw(st.sampled_from([0, 1, 6, 30, 365])))
        asked |= {"from": str(first), "to": str(last)}
    return asked


@st.composite
def metrics(draw: st.DrawFn, window: Question) -> Question:
    metric = draw(st.sampled_from(Metric))
    dates = None
    if "from" in window:
        dates = Dates(date.fromisoformat(window["from"]), date.fromisoformat(window["to"]))
    intervals = allowed_intervals(TimeWindow(window["timeWindow"]), dates)
    chosen: Question = draw(
        st.fixed_dictionaries(
            {"metricType": st.just(metric)},
            optional={"interval": st.sampled_from(intervals), "compareTo": st.sampled_from(Comparison)},
        )
    )
    return window | chosen | draw(narrowed(MONEY if metric in OF_ORDERS else tuple(COLUMNS)))


def narrowed(parameters: tuple[str, ...]) -> st.SearchStrategy[Question]:
    """At most two filters, mostly none. A website that is empty is one that no event has."""
    values = {name: st.sampled_from((*WEBSITES, "") if name == "website" else TEXTS) for name in parameters}
    one = st.sampled_from(parameters).flatmap(lambda name: st.fixed_dictionaries({name: values[name]}))
    some = st.lists(one, min_size=1, max_size=2).map(
        lambda found: {k: v for each in found for k, v in each.items()}
    )
    return st.sampled_from([0, 0, 1]).flatmap(lambda any_: some if any_ else st.just({}))


breakdowns: Final = st.builds(
    lambda by, limit, filters: {"by": by, **limit, **filters},
    st.sampled_from([*By, *[By.WEBSITE, By.LINK] * 6]),  # those with money
    st.sampled_from([{}, {"limit": "1"}, {"limit": "2"}, {"limit": "500"}]),
    narrowed(MONEY) | narrowed(tuple(COLUMNS)),
)


def edges(question: Question, now: datetime) -> list[int]:
    """Milliseconds of the first and last moments of bins, of the earlier span, and of what is held."""
    query = parse_metric_query(
        {name: [value] for name, value in {"affiliateId": "a", **question}.items()}, now
    )
    bins = [*query.time_range.bins[:3], *query.time_range.bins[-3:]]
    moments = [moment for bin_ in bins for moment in (bin_.start, bin_.end)]
    if query.earlier:
        moments += [query.earlier.start, query.earlier.end]
    moments.append(now - timedelta(days=30))
    starts = [round(moment.timestamp() * 1000) for moment in moments]
    latest = round(now.timestamp() * 1000)
    return sorted({time for start in starts for time in (start - 1, start, start + 1) if time <= latest})


@st.composite
def events(draw: st.DrawFn, edges: list[int], latest: int) -> list[Event]:
    """Each is known by another identity: what comes twice is in test_figures.py and test_differences.py."""
    times = (
        st.sampled_from(edges)
        | st.integers(latest - 40 * DAY, latest)
        | st.integers(latest - 800 * DAY, latest)
    )
    texts = {name: st.sampled_from(TEXTS) for name in VIEW_TEXTS}
    views = draw(
        st.lists(
            st.builds(
                PageView, times, st.just("?"), st.sampled_from(WEBSITES), st.sampled_from("uvw"),
                st.just(""), click=st.booleans(), **texts,
            ),
            max_size=16,
        )
    )  # fmt: skip
    sales = draw(st.lists(entries(times, Entry.SALE), max_size=8, unique_by=_order))
    reversals = draw(st.lists(entries(times, Entry.REVERSAL), max_size=4, unique_by=_order))
    of_sales = [draw(reversal_of(sale, latest)) for sale in draw(some(sales))]
    payouts = draw(
        st.lists(
            st.builds(
                Payout, times, st.just("?"), st.sampled_from(["USD", "EUR"]), st.sampled_from("123'"),
                st.integers(1, 10**9),
            ),
            max_size=3, unique_by=lambda payout: (payout.currency, payout.payout_id),
        )
    )  # fmt: skip
    numbered = [msgspec.structs.replace(view, event_id=f"e{number}") for number, view in enumerate(views)]
    return draw(st.permutations([*numbered, *sales, *of_sales, *reversals, *payouts]))


VIEW_TEXTS: Final = (
    *("path", "referrer", "utm_source", "utm_medium", "utm_campaign", "country", "device", "link"),
)


def entries(times: st.SearchStrategy[int], entry: Entry) -> st.SearchStrategy[Commission]:
    """Sales; or reversals of orders without a sale."""
    sign = 1 if entry is Entry.SALE else -1
    prefix = "" if entry is Entry.SALE else "unknown "
    amounts = st.sampled_from([0, 1, 2_500_000, 999_999_999_999_999]).map(lambda micros: sign * micros)
    return st.builds(
        Commission, times, st.just("?"), st.sampled_from(WEBSITES), st.sampled_from(["USD", "EUR", "JPY"]),
        st.sampled_from("1234").map(lambda order: prefix + order), st.just(entry), st.just("1"), amounts,
        st.none() | amounts, st.sampled_from(TEXTS), st.sampled_from(TEXTS),
    )  # fmt: skip


def reversal_of(sale: Commission, latest: int) -> st.SearchStrategy[Commission]:
    """All of a sale or a part of it, at once or later, with another link or none."""
    return st.builds(
        lambda time, share, link: msgspec.structs.replace(
            sale, time=time, entry=Entry.REVERSAL, entry_id="r", micros=-sale.micros // share, link=link
        ),
        st.sampled_from([sale.time, latest]) | st.integers(sale.time, latest),
        st.sampled_from([1, 2]),
        st.sampled_from(TEXTS),
    )


def some(items: list[T]) -> st.SearchStrategy[list[T]]:
    """Some of the items, each once."""
    if not items:
        return st.just([])
    return st.lists(st.sampled_from(range(len(items))), unique=True).map(
        lambda found: [items[index] for index in found]
    )


def _order(entry: Commission) -> tuple[str, ...]:
    return entry.website, entry.currency, entry.order_id


numbers: Final = count()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(case=cases())
def test_both_engines_answer_as_the_model_does(both: Both, case: Case):
    affiliate = f"model {next(numbers)}"
    both.store(*(msgspec.structs.replace(event, affiliate_id=affiliate) for event in case.events))
    model = Model(case.events)
    for route, asked in case.asked:
        question = {"affiliateId": affiliate, **asked}
        found = (
            whole(both, question, case.now)
            if route is Route.ENTRIES
            else both.agreed(question, case.now, route)
        )
        assert found == model.answer(route, question, case.now), (route, question, case.now)


def whole(both: Both, question: Question, now: datetime) -> dict[str, Any]:
    """All pages of entries as one. Each but the last is full."""
    pages = list(paged(both, question, now))
    assert {len(page["entries"]) for page in pages[:-1]} <= {int(question["limit"])}
    return {**pages[-1], "entries": [entry for page in pages for entry in page["entries"]]}


def paged(both: Both, question: Question, now: datetime) -> Iterator[dict[str, Any]]:
    page = both.agreed(question, now, Route.ENTRIES)
    yield page
    while page["nextToken"]:
        page = both.agreed({**question, "nextToken": page["nextToken"]}, now, Route.ENTRIES)
        yield page
