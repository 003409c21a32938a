"""Questions at their edges, with the answers written out: the same from both engines."""

import json
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
import pytest

from chalicelib.errors import RequestError
from chalicelib.events import Commission, Entry, Event, PageView, Payout
from chalicelib.figures import Route
from chalicelib.figures.answers import MAX_BYTES
from chalicelib.figures.queries import MAX_SERIES
from tests.answering import answers
from tests.both.world import NOW, Both, Question, store

DAY: Final = 86_400_000
MILLISECONDS: Final = round(NOW.timestamp() * 1000)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def view(time: str, **fields: Any) -> PageView:
    """A page view at a moment in UTC. Each has another id."""
    given = {"website": "a.example", "visitor_id": "v", "event_id": f"e {time} {fields}", **fields}
    return PageView(round(at(time).timestamp() * 1000), "amy", **given)


def sale(time: str, micros: int, order_id: str = "1", **fields: Any) -> Commission:
    """A sale at a moment in UTC."""
    given = {"website": "a.example", "currency": "USD", "entry": Entry.SALE, "entry_id": order_id, **fields}
    return Commission(round(at(time).timestamp() * 1000), "amy", order_id=order_id, micros=micros, **given)


def ask(both: Both, route: Route, now: datetime = NOW, **question: str) -> Any:
    """What both engines answer about amy."""
    return both.agreed({"affiliateId": "amy", **question}, now, route)


# Comparisons

YORK: Final = {"timeZone": "America/New_York"}

COMPARISONS: Final[dict[str, tuple[Question, str, tuple[str, str], list[str], list[str]]]] = {
    "the same time of day by clocks that were put forward in between": (
        {"timeWindow": "Last7Days", "compareTo": "PreviousPeriod", **YORK},
        "2026-03-09T16:30",  # 12:30, an hour less from UTC than the week before
        ("2026-02-24T00:00:00-05:00", "2026-03-02T12:30:00-05:00"),
        ["2026-02-24T05:00", "2026-03-02T17:29"],
        ["2026-02-24T04:59", "2026-03-02T17:31"],
    ),
    "a day of 25 hours with the day before": (
        {
            "timeWindow": "Custom",
            "from": "2026-11-01",
            "to": "2026-11-01",
            "compareTo": "PreviousPeriod",
            **YORK,
        },
        "2026-11-03T12:34",
        ("2026-10-31T00:00:00-04:00", "2026-11-01T00:00:00-04:00"),
        ["2026-10-31T04:00", "2026-11-01T03:59"],
        ["2026-10-31T03:59"],
    ),
    "a February 29 that is running with the 28th so far": (
        {"timeWindow": "Today", "compareTo": "PreviousYear"},
        "2024-02-29T12:00",
        ("2023-02-28T00:00:00+00:00", "2023-02-28T12:00:00+00:00"),
        ["2023-02-28T00:00", "2023-02-28T11:59"],
        ["2023-02-28T12:00", "2023-03-01T00:00"],
    ),
    "a February 29 that is over with the whole 28th": (
        {"timeWindow": "Custom", "from": "2024-02-29", "to": "2024-02-29", "compareTo": "PreviousYear"},
        "2026-11-03T12:34",
        ("2023-02-28T00:00:00+00:00", "2023-03-01T00:00:00+00:00"),
        ["2023-02-28T00:00", "2023-02-28T23:59"],
        ["2023-03-01T00:00"],
    ),
    "31 days so far with a month of 28": (
        {"timeWindow": "ThisMonth", "compareTo": "PreviousPeriod"},
        "2026-03-31T12:00",
        ("2026-02-01T00:00:00+00:00", "2026-03-01T00:00:00+00:00"),
        ["2026-02-01T00:00", "2026-02-28T23:59"],
        ["2026-01-31T23:59"],
    ),
}
"""A question, when it is asked, the earlier span, and moments that are in it, and that are not."""


@pytest.mark.parametrize("name", COMPARISONS)
def test_an_earlier_span_has_its_own_edges(both: Both, name: str):
    question, now, span, inside, outside = COMPARISONS[name]
    for number, time in enumerate([*inside, *outside]):
        both.store(view(time, visitor_id=time), sale(time, 1, order_id=str(number)))
    for metric in ("PageViews", "Visitors", "Orders"):
        asked = {"affiliateId": "amy", "metricType": metric, **question}
        earlier = both.agreed(asked, at(now))["comparison"]
        assert (earlier["from"], earlier["to"]) == span
        assert [each["value"] for each in earlier["overall"]] == [len(inside)]


CHANGES: Final[dict[str, tuple[list[Event], str, list[dict[str, Any]]]]] = {
    "a quarter more": (
        [
            *(view(f"2026-11-01T0{hour}:00") for hour in range(5)),
            *(view(f"2026-10-25T0{hour}:00") for hour in range(4)),
        ],
        "PageViews",
        [{"value": 4, "currency": None, "change": 0.25}],
    ),
    "a first event inside the window": (
        [view("2026-11-01T00:00")],
        "PageViews",
        [{"value": 0, "currency": None, "change": None}],
    ),
    "nothing at all": ([], "Clicks", [{"value": 0, "currency": None, "change": None}]),
    "nothing left": (
        [view("2026-10-25T00:00")],
        "Visitors",
        [{"value": 1, "currency": None, "change": -1.0}],
    ),
    "from a loss to a gain, and a new currency": (
        [
            sale("2026-10-25T00:00", -4_000_000),
            sale("2026-11-01T00:00", 2_000_000, "2"),
            sale("2026-11-01T00:00", 2_000_000, "3", currency="EUR"),
        ],
        "Commissions",
        [
            {"value": 0, "currency": "EUR", "change": None},
            {"value": -4, "currency": "USD", "change": 1.5},
        ],
    ),
}
"""Events of the last seven days and of those before, a metric, and what it is compared with."""


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_a_fraction_of_what_was(both: Both, name: str):
    events, metric, expected = CHANGES[name]
    both.store(*events)
    found = ask(both, Route.METRICS, metricType=metric, timeWindow="Last7Days", compareTo="PreviousPeriod")
    assert found["comparison"]["overall"] == expected


# Ratios and names


def test_a_ratio_is_of_the_whole_window_and_null_without_clicks(both: Both):
    """On the first day 1 of 1 clicks became an order, on the second none of 3: a quarter, not a half."""
    both.store(
        view("2026-11-01T08:00", click=True, link="a"),
        *(view(f"2026-11-02T0{hour}:00", click=True, link="a") for hour in range(3)),
        view("2026-11-02T09:00", link="b"),
        sale("2026-11-01T09:00", 6_000_000, link="a", revenue=50_000_000),
        sale("2026-11-02T09:00", 1_000_000, "2", link="b"),
        sale("2026-11-02T09:00", 1_000_000, "3", link="c"),
    )
    found = ask(both, Route.BREAKDOWN, timeWindow="Last7Days", by="Link")
    assert [
        (
            row["name"],
            row["clicks"],
            row["orders"],
            row["conversionRate"],
            row["money"][0]["earningsPerClick"],
        )
        for row in [*found["rows"], {"name": "total", **found["total"]}]
    ] == [
        ("a", 4, 1, 0.25, 1.5),
        ("b", 0, 1, None, None),
        ("c", 0, 1, None, None),
        ("total", 4, 3, 0.75, 2),
    ]
    assert found["rows"][0]["money"] == [
        {"currency": "USD", "commissions": 6, "revenue": 50, "earningsPerClick": 1.5}
    ]


def test_of_two_of_one_size_the_one_with_more_orders_comes_first(both: Both):
    """A reversal is not an order, and orders in two currencies add up."""
    reversal: dict[str, Any] = {"entry": Entry.REVERSAL, "entry_id": "r"}
    both.store(
        sale("2026-11-01T08:00", 1_000_000, link="a"),
        sale("2026-11-01T09:00", -1_000_000, link="a", **reversal),
        sale("2026-11-01T08:00", 1_000_000, "2", link="b"),
        sale("2026-11-01T08:00", 1_000_000, "3", link="b", currency="EUR"),
        view("2026-11-01T08:00", link="c"),
        sale("2026-11-01T08:00", 1_000_000, "4"),
    )
    rows = ask(both, Route.BREAKDOWN, timeWindow="Last7Days", by="Link")["rows"]
    found = [(row["name"], row["pageViews"], row["orders"]) for row in rows]
    assert found == [("c", 1, 0), ("b", 0, 2), ("a", 0, 1), (None, 0, 1)]


def test_having_none_is_another_thing_than_the_text_null(both: Both):
    names = ["", "", "", "null", "null", "NULL", "None"]
    both.store(*(view("2026-11-01T08:00", country=name, event_id=str(n)) for n, name in enumerate(names)))
    rows = ask(both, Route.BREAKDOWN, timeWindow="Last7Days", by="Country")["rows"]
    assert [(row["name"], row["pageViews"]) for row in rows] == [
        (None, 3),
        ("null", 2),
        ("NULL", 1),
        ("None", 1),
    ]
    for name, number in (("", 3), ("null", 2), ("NULL", 1), ("None", 1), ("nil", 0)):
        found = ask(both, Route.METRICS, timeWindow="Last7Days", metricType="PageViews", country=name)
        assert found["overall"] == [{"value": number, "currency": None}]


# Columns that no record has yet

NOTHING: Final[dict[str, Any]] = {"orders": 0, "conversionRate": None, "money": []}


def test_page_views_without_any_order_have_a_breakdown(both: Both):
    both.store(view("2026-11-01T08:00"))
    for by in ("Website", "Link"):
        found = ask(both, Route.BREAKDOWN, timeWindow="Last7Days", by=by)
        name = "a.example" if by == "Website" else None
        assert found["rows"] == [{"name": name, "pageViews": 1, "visitors": 1, "clicks": 0, **NOTHING}]
    assert ask(both, Route.ENTRIES, timeWindow="Last7Days")["entries"] == []
    assert ask(both, Route.BALANCE) == {"balances": []}


def test_orders_without_any_page_view_have_a_breakdown(both: Both):
    both.store(sale("2026-11-01T08:00", 6_000_000))
    found = ask(both, Route.BREAKDOWN, timeWindow="Last7Days", by="Link")
    assert [(row["name"], row["pageViews"], row["orders"]) for row in found["rows"]] == [(None, 0, 1)]
    for metric, value in (("Clicks", 0), ("Orders", 1)):
        found = ask(both, Route.METRICS, timeWindow="Last7Days", metricType=metric, link="")
        assert found["overall"] == [{"value": value, "currency": None}]
    assert ask(both, Route.METRICS, timeWindow="Last7Days", metricType="Revenue")["overall"] == []
    [entry] = ask(both, Route.ENTRIES, timeWindow="Last7Days")["entries"]
    assert (entry["link"], entry["coupon"]) == (None, None)


PAYOUT: Final = Payout(MILLISECONDS - DAY, "amy", "USD", "p", 2_500_000)

BALANCES: Final[dict[str, tuple[list[Event], list[dict[str, Any]]]]] = {
    "orders and no payout": (
        [sale("2026-11-01T08:00", 6_000_000), sale("2026-09-01T08:00", 1_000_000, "2")],
        [{"currency": "USD", "held": 6, "due": 1, "paid": 0}],
    ),
    "payouts and no order": ([PAYOUT], [{"currency": "USD", "held": 0, "due": -2.5, "paid": 2.5}]),
    "a payout in another currency": (
        [sale("2026-09-01T08:00", 1_000_000, currency="EUR"), PAYOUT],
        [
            {"currency": "EUR", "held": 0, "due": 1, "paid": 0},
            {"currency": "USD", "held": 0, "due": -2.5, "paid": 2.5},
        ],
    ),
    "a sale at the last moment that is held, and one just before": (
        [
            sale("2026-10-04T12:34:00.001", 6_000_000),
            sale("2026-10-04T12:34:00.000", 1_000_000, "2"),
        ],
        [{"currency": "USD", "held": 6, "due": 1, "paid": 0}],
    ),
    "a held sale with a reversal, and an old one with a reversal of today": (
        [
            sale("2026-11-01T08:00", 6_000_000),
            sale("2026-11-02T08:00", -4_000_000, entry=Entry.REVERSAL, entry_id="r"),
            sale("2026-09-01T08:00", 3_000_000, "2"),
            sale("2026-11-02T08:00", -1_000_000, "2", entry=Entry.REVERSAL, entry_id="r"),
        ],
        [{"currency": "USD", "held": 2, "due": 2, "paid": 0}],
    ),
}
"""Events, and the balance after them."""


@pytest.mark.parametrize("name", BALANCES)
def test_a_balance_has_what_is_held_due_and_paid(both: Both, name: str):
    events, expected = BALANCES[name]
    both.store(*events)
    assert ask(both, Route.BALANCE) == {"balances": expected}


# Entries


def test_a_filter_changes_the_state_of_no_entry(both: Both):
    """Shops often send a refund without the link's name and the coupon."""
    both.store(
        sale("2026-11-01T08:00", 6_000_000, link="a"),
        sale("2026-11-02T08:00", -6_000_000, entry=Entry.REVERSAL, entry_id="r"),
    )
    for narrowed, states in (({}, ["Reversed"] * 2), ({"link": "a"}, ["Reversed"])):
        question: Question = {"affiliateId": "amy", "timeWindow": "Last7Days", **narrowed}
        found = both.agreed(question, route=Route.ENTRIES)["entries"]
        assert [entry["state"] for entry in found] == states


def test_a_sale_of_a_window_that_is_over_may_have_been_reversed_since(both: Both):
    both.store(
        sale("2026-09-01T08:00", 6_000_000),
        sale("2026-09-02T08:00", 6_000_000, "2"),
        sale("2026-11-02T08:00", -6_000_000, entry=Entry.REVERSAL, entry_id="r"),
        sale("2026-11-02T08:00", -1_000_000, "2", entry=Entry.REVERSAL, entry_id="r"),
    )
    window = {"timeWindow": "Custom", "from": "2026-09-01", "to": "2026-09-30"}
    found = both.agreed({"affiliateId": "amy", **window}, route=Route.ENTRIES)["entries"]
    assert [(entry["orderId"], entry["state"]) for entry in found] == [("2", "Due"), ("1", "Reversed")]


# What a stranger may send


def made_up(number: int, **fields: str) -> list[Event]:
    """Page views of other visitors, each a click, whose texts have a number in them."""
    website, path = fields.get("website", "a.example"), fields.get("path", "/")
    return [
        PageView(
            *(
                MILLISECONDS - each,
                "amy",
                website.format(each),
                f"v{each % 7}",
                f"e{each}",
                path.format(each),
            ),
            click=True,
        )
        for each in range(number)
    ]


REAL: Final[list[Event]] = [
    *(view(f"2026-11-01T08:0{n}", click=True, visitor_id=f"real {n}") for n in range(3)),
    *(view(f"2026-11-02T08:0{n}", click=True, visitor_id=f"b {n}", website="b.example") for n in range(2)),
    sale("2026-11-02T08:00", 6_000_000, website="b.example", revenue=60_000_000),
    view("2026-10-24T08:00", click=True),
]
"""Of websites that are real."""


def test_ten_thousand_pages_have_a_breakdown(both: Both):
    both.store(*made_up(10_000, website="a.example", path="/page {}"))
    found = ask(both, Route.BREAKDOWN, timeWindow="Last7Days", by="LandingPage", limit="500")
    assert (len(found["rows"]), found["more"]) == (500, 9_500)
    total = {"pageViews": 10_000, "visitors": 7, "clicks": 10_000}
    assert found["total"] == {**total, "orders": None, "conversionRate": None, "money": None}


def test_made_up_websites_hide_no_real_one(both: Both):
    both.store(*REAL, *made_up(3_000, website="{:06}." + "x" * 240 + ".example"))
    for metric in ("PageViews", "Visitors", "Clicks"):
        check_real(ask_flooded(both, metric))
    found = ask(both, Route.BREAKDOWN, timeWindow="Last7Days", by="Website")
    assert [row["name"] for row in found["rows"]][:2] == ["a.example", "b.example"]
    assert (len(found["rows"]), found["more"], found["total"]["pageViews"]) == (20, 2_982, 3_005)
    assert found["rows"][1]["conversionRate"] == 0.5


def ask_flooded(both: Both, metric: str) -> Any:
    return ask(both, Route.METRICS, metricType=metric, timeWindow="Last7Days", compareTo="PreviousPeriod")


def test_a_postgres_with_thirty_thousand_made_up_websites_answers_soon(both: Both):
    """Before it has statistics: what joins such websites with themselves would take minutes."""
    store(both.ingest, REAL)
    with psycopg.connect(both.database.url(), autocommit=True) as admin:
        admin.execute(FLOOD, {"now": NOW})
    parameters = {"affiliateId": ["amy"], "timeWindow": ["Last7Days"]}
    asked = answers(both.metrics.rows, both.metrics.dialect)
    for metric in ("PageViews", "Visitors"):
        given = {**parameters, "metricType": [metric], "compareTo": ["PreviousPeriod"]}
        body = asked.answer(Route.METRICS, given, NOW)
        assert len(body) < 200_000
        check_real(json.loads(body))
    body = asked.answer(Route.BREAKDOWN, {**parameters, "by": ["Website"], "limit": ["2"]}, NOW)
    assert [row["name"] for row in json.loads(body)["rows"]] == ["a.example", "b.example"]


FLOOD: Final = """\
INSERT INTO analytics.page_views (affiliate_id, event_id, time, website, visitor_id, click)
SELECT 'amy', 'e' || n, %(now)s - n * interval '1 millisecond',
  lpad(n::text, 6, '0') || '.' || repeat('x', 240) || '.example', 'v' || mod(n, 7), true
FROM generate_series(1, 30000) AS n"""


def check_real(answer: Any) -> None:
    """Assert that real websites have series of their own, and all others are one."""
    names = [total["series"] for total in answer["totals"]]
    assert {"a.example", "b.example"} <= {*names}
    assert len(names) == MAX_SERIES
    assert names[-1].endswith(" other websites)")
    assert [each["series"] for each in answer["comparison"]["totals"]] == ["a.example"]


def test_an_answer_that_is_too_large_is_refused_with_what_fits(both: Both):
    """Eight thousand points of names of 250 bytes."""
    both.store(*made_up(50, website="{:03}." + "x" * 240 + ".example"))
    year = {"affiliateId": "amy", "metricType": "PageViews", "timeWindow": "Last365Days"}
    with pytest.raises(RequestError) as error:
        both.answer(year)
    assert str(error.value) == (
        "interval: gives an answer that is too large to send: "
        "ask for an interval of Week or Month, or for one website with `website`"
    )
    for found in both.answer({**year, "interval": "Week"}):
        assert MAX_BYTES / 2 < len(found) <= MAX_BYTES
