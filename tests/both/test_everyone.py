"""The owner's questions: both engines answer as a model in plain Python does, and leave nobody out."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any, Final

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chalicelib.events import Commission, Entry, Event, PageView, Payout
from chalicelib.figures import Route
from chalicelib.figures.affiliates import Order
from tests.both.documents import moment
from tests.both.model import Model
from tests.both.questions import everyones_questions
from tests.both.test_figures import crowd
from tests.both.test_model import Case, cases
from tests.both.world import NOW, Both, Question

MILLISECONDS: Final = round(NOW.timestamp() * 1000)
DAY: Final = 86_400_000
NAMES: Final = ("a", "b", "O'Brien & Söhne", '%s {x} "\\')
numbers: Final = count()


def test_both_engines_answer_as_the_model_does(both: Both):
    """Every example adds events: some of the same visitors, who came by affiliates of earlier ones before."""
    known: list[Event] = []

    # Not made smaller when it fails: the events of all examples are there.
    @settings(max_examples=10, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
    @given(case=cases(), order=st.sampled_from(Order), limit=st.sampled_from(["5", "1000"]))
    def check(case: Case, order: Order, limit: str) -> None:
        example = next(numbers)
        added = [of_somebody(event, number, example) for number, event in enumerate(case.events)]
        both.store(*added)
        known.extend(added)
        model = Model(event for event in known if moment(event.time) < case.now + timedelta(days=1))
        window = {
            name: value
            for name, value in case.asked[0][1].items()
            if name in ("timeWindow", "timeZone", "from", "to")
        }
        for route, asked in ((Route.AFFILIATES, {**window, "sortBy": str(order)}), (Route.BALANCES, {})):
            found = whole(both, route, {**asked, "limit": limit}, case.now)
            assert found == model.answer(route, asked, case.now), (route, asked, case.now)

    check()


def of_somebody(event: Event, number: int, example: int) -> Event:
    """The event as one of the example's affiliates: all entries of an order are one's."""
    by = len(event.website + event.order_id) if isinstance(event, Commission) else number
    return msgspec.structs.replace(event, affiliate_id=f"{NAMES[by % len(NAMES)]} {example}")


def whole(both: Both, route: Route, question: Question, now: Any = NOW) -> dict[str, Any]:
    """All pages as one. Each but the last is full, and all have the same total."""
    pages = list(paged(both, route, question, now))
    assert {len(page["rows"]) for page in pages[:-1]} <= {int(question["limit"])}
    assert all(
        (page["total"], page["affiliates"]) == (pages[0]["total"], pages[0]["affiliates"]) for page in pages
    )
    return {**pages[-1], "rows": [row for page in pages for row in page["rows"]]}


def paged(both: Both, route: Route, question: Question, now: Any) -> Iterator[dict[str, Any]]:
    page = both.agreed(question, now, route)
    yield page
    while page["nextToken"]:
        page = both.agreed({**question, "nextToken": page["nextToken"]}, now, route)
        yield page


def test_reports_that_came_twice_count_once_for_their_affiliate(both: Both):
    """The same websites, orders and ids at two affiliates are different events."""
    busy = crowd("busy", websites=5)[::3]
    events = [*busy, *(msgspec.structs.replace(event, affiliate_id="lazy") for event in busy[::2])]
    both.store(*events, *events[::9])
    for route, question, now in everyones_questions()[::2]:
        both.agreed(question, now, route)
    year = both.agreed({"timeWindow": "Last365Days"}, route=Route.AFFILIATES)
    assert {row["affiliateId"] for row in year["rows"]} == {"busy", "lazy"}
    for row in year["rows"]:
        asked = {"affiliateId": row["affiliateId"], "timeWindow": "Last365Days"}
        its_own = both.agreed({**asked, "by": "Website"}, route=Route.BREAKDOWN)["total"]
        assert {name: row[name] for name in its_own} == its_own


@pytest.mark.parametrize("stored", [(), ("page view",), ("order",), ("payout",)])
def test_a_table_without_rows_leaves_the_others_as_they_are(both: Both, stored: tuple[str, ...]):
    both.store(*(EVENTS[each] for each in stored))
    found = both.agreed({"timeWindow": "Last7Days"}, route=Route.AFFILIATES)
    seen = both.agreed({}, route=Route.BALANCES)
    assert found["affiliates"] == len({"page view", "order"} & set(stored))
    assert seen["affiliates"] == len({"order", "payout"} & set(stored))


EVENTS: Final[dict[str, Event]] = {
    "page view": PageView(MILLISECONDS - DAY, "amy", "a.example", "v", "1"),
    "order": Commission(MILLISECONDS - DAY, "amy", "a.example", "USD", "1", Entry.SALE, "1", 5_000_000),
    "payout": Payout(MILLISECONDS - DAY, "amy", "USD", "1", 5_000_000),
}


def test_who_is_the_affiliate_of_no_event_is_nobody(both: Both):
    """A deployment writes records of an affiliate with too long an id, to make Timestream's columns known."""
    nobody = "n" * 129
    both.store(*(msgspec.structs.replace(event, affiliate_id=nobody) for event in EVENTS.values()))
    assert both.agreed({"timeWindow": "Last7Days"}, route=Route.AFFILIATES)["rows"] == []
    assert both.agreed({}, route=Route.BALANCES) == {
        "rows": [],
        "total": [],
        "affiliates": 0,
        "nextToken": None,
    }
