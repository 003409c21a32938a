"""What the engines are meant to answer differently: docs/architecture.md, "Where the engines differ"."""

import json
from collections import Counter
from typing import Any

import msgspec
import pytest

from chalicelib.events import Commission, Entry, Event, PageView
from chalicelib.figures import Route
from chalicelib.outcomes import Rejected, Stored
from tests.both.documents import moment, page, to_body
from tests.both.world import NOW, Both, Two

MILLISECONDS = round(NOW.timestamp() * 1000)
DAY = 86_400_000
VIEW = PageView(MILLISECONDS - 3 * DAY, "d", "a.example", "v", "1")
SALE = Commission(MILLISECONDS - 2 * DAY, "d", "a.example", "USD", "1", Entry.SALE, "1", 2_000_000)


def view(**changes: Any) -> PageView:
    return msgspec.structs.replace(VIEW, **changes)


def sale(**changes: Any) -> Commission:
    return msgspec.structs.replace(SALE, **changes)


DIFFERENCES: dict[str, tuple[list[Event], str, Two]] = {
    "a page view with two times, of which the window has the later one": (
        [view(time=VIEW.time - 6 * DAY), VIEW],
        "PageViews",
        Two(1, 0),
    ),
    "an entry again after 40 days, in a window that starts in between": (
        [sale(time=SALE.time - 40 * DAY), SALE],
        "Commissions",
        Two(2, 0),
    ),
    "an entry with two amounts at one time: the first delivered, and the smaller": (
        [SALE, sale(micros=1_000_000)],
        "Commissions",
        Two(2, 1),
    ),
    "a text with NUL": ([view(utm_campaign="a\0b")], "PageViews", Two(1, 0)),
}
"""Events, each delivered by itself; a metric; and its totals of the last seven days in each engine."""

NEARLY: dict[str, tuple[list[Event], str, Two]] = {
    "the amounts in the other order": ([sale(micros=1_000_000), SALE], "Commissions", Two(1, 1)),
    "an entry again after 30 days": ([sale(time=SALE.time - 30 * DAY), SALE], "Commissions", Two(0, 0)),
    "an entry again, the later report first": ([SALE, sale(time=SALE.time - DAY)], "Commissions", Two(2, 2)),
    "an entry at another website is another": ([SALE, sale(website="b.example")], "Commissions", Two(4, 4)),
    "a page view with two times": ([VIEW, view(time=VIEW.time + DAY)], "PageViews", Two(1, 1)),
    "one visitor of a page view with two times": ([VIEW, view(time=VIEW.time + DAY)], "Visitors", Two(1, 1)),
    "a page view with two texts": ([VIEW, view(path="/other")], "PageViews", Two(1, 1)),
    "a page view that turns out to be a click": ([VIEW, view(click=True)], "PageViews", Two(1, 1)),
}
"""What comes close and is equal."""


@pytest.mark.parametrize("name", [*DIFFERENCES, *NEARLY])
def test_the_engines_differ_where_it_is_meant(both: Both, name: str):
    events, metric, expected = {**DIFFERENCES, **NEARLY}[name]
    for event in events:
        both.store(event)
    question = {"affiliateId": "d", "metricType": metric, "timeWindow": "Last7Days"}
    assert both.totals(question) == expected


def test_a_page_view_that_came_twice_is_the_earlier_one_or_the_first_delivered(both: Both):
    for event in (VIEW, view(time=VIEW.time - DAY, path="/b"), view(path="/a")):
        both.store(event)
    question = {"affiliateId": "d", "metricType": "PageViews", "timeWindow": "Last7Days"}
    bodies = [json.loads(body) for body in both.answer(question)]
    assert [[point["value"] for point in body["dataset"]] for body in bodies] == [
        [0, 0, 1, 0, 0, 0, 0],  # the earlier one
        [0, 0, 0, 1, 0, 0, 0],  # the first delivered
    ]
    question = {"affiliateId": "d", "timeWindow": "Last7Days", "by": "Page"}
    bodies = [json.loads(body) for body in both.answer(question, route=Route.BREAKDOWN)]
    assert [[(row["name"], row["pageViews"]) for row in body["rows"]] for body in bodies] == [
        [("/b", 1)],  # the last one in the alphabet
        [(None, 1)],  # the first delivered
    ]


def test_a_text_with_nul_gets_as_far_as_the_engines(both: Both):
    document = page("d", "a.example", "v", "1", NOW)
    document["context"] = {"campaign": {"name": "a\0b"}}
    found = both.deliver("events/server/o", to_body([document]))
    assert [each.outcome.written for each in found] == [1, 0]
    assert [each.outcome.rejected for each in found] == [{}, {Rejected.INVALID: 1}]


def test_an_event_older_than_the_retention_is_only_in_postgres(both: Both):
    old = view(time=MILLISECONDS - 5_000 * DAY)
    fates = both.store(old)
    assert [fate.status for one in fates for fate in one] == [Rejected.OUT_OF_RETENTION, Stored.WRITTEN]
    question = {"affiliateId": "d", "metricType": "PageViews", "timeWindow": "Last7Days"}
    assert both.totals(question, moment(old.time)) == Two(0, 1)


def test_only_postgres_counts_what_was_there_already(both: Both):
    both.store(VIEW, SALE)
    found = [Counter(fate.status for fate in fates) for fates in both.store(VIEW, SALE, VIEW)]
    assert found == [{Stored.WRITTEN: 2, Stored.DUPLICATE: 1}, {Stored.DUPLICATE: 3}]
