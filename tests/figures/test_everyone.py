"""The owner's answers: how they are sorted, what they add up to, and where a page ends."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from chalicelib.errors import RequestError
from chalicelib.figures import Route, affiliates, balances
from chalicelib.figures.affiliates import Order
from chalicelib.figures.answers import MAX_BYTES
from chalicelib.figures.everyone import MAX_LIMIT, Position, parse_position, to_page
from tests.answering import answers

NOW: Final = datetime(2026, 11, 23, 12, 34, tzinfo=UTC)


def views(affiliate: str, **counts: Any) -> affiliates.Row:
    """A row of page views, of which nothing was sold."""
    nothing = dict.fromkeys(("page_views", "visitors", "new_visitors", "clicks"), 0)
    of_orders = dict.fromkeys(("orders", "refunded", "commissions", "revenue"), 0)
    return affiliates.Row(
        affiliate,
        None,
        **{**nothing, **of_orders, "last_seen": datetime(2026, 11, 22), **counts},  # noqa: DTZ001
    )


def sold(affiliate: str, currency: str, **counts: Any) -> affiliates.Row:
    """A row of entries in one currency."""
    row = {"last_seen": datetime(2026, 11, 21), **counts}  # noqa: DTZ001
    nothing = dict.fromkeys(("page_views", "visitors", "new_visitors", "clicks", "orders", "refunded"), 0)
    return affiliates.Row(affiliate, currency, **{**nothing, "commissions": 0, "revenue": 0, **row})


def asked(rows: Iterable[affiliates.Row], names: dict[str, str] | None = None, **more: str) -> dict[str, Any]:
    """The decoded answer of GET /affiliates."""
    given = {name: [value] for name, value in {"timeWindow": "Last7Days", **more}.items()}
    body = answers(lambda _: rows, names=lambda: names or {}).answer(Route.AFFILIATES, given, NOW)
    decoded: dict[str, Any] = json.loads(body)
    return decoded


def test_an_affiliate_is_a_row_and_all_are_the_total() -> None:
    rows = [
        views("amy", page_views=5, visitors=3, new_visitors=3, clicks=4),
        views("bob", page_views=2, visitors=2, new_visitors=1, clicks=0),
        sold("amy", "USD", orders=4, refunded=1, commissions=10_000_000),
        sold("amy", "USD", revenue=40_000_000, last_seen=None),
        sold("amy", "EUR", commissions=-1, last_seen=datetime(2026, 11, 23, 1, 2, 3, 456_789)),  # noqa: DTZ001
    ]
    usd = {"currency": "USD", "commissions": 10, "revenue": 40, "earningsPerClick": 2.5}
    eur = {"currency": "EUR", "commissions": -0.000001, "revenue": 0, "earningsPerClick": -2.5e-07}
    amys = {"pageViews": 5, "clicks": 4, "orders": 4, "conversionRate": 1.0, "refundRate": 0.25}
    assert asked(rows, {"amy": "Amy", "zoe": "Zoë"}, timeZone="Asia/Kathmandu") == {
        "rows": [
            {
                "affiliateId": "amy",
                "name": "Amy",
                **amys,
                "visitors": 3,
                "money": [eur, usd],
                "lastSeen": "2026-11-23T06:47:03.456+05:45",
            },
            {
                "affiliateId": "bob",
                "name": None,
                "pageViews": 2,
                "visitors": 2,
                "clicks": 0,
                "orders": 0,
                "conversionRate": None,
                "refundRate": None,
                "money": [],
                "lastSeen": "2026-11-22T05:45:00.000+05:45",
            },
        ],
        "total": {**amys, "pageViews": 7, "visitors": 4, "money": [eur, usd]},
        "affiliates": 2,
        "nextToken": None,
        "from": "2026-11-17T00:00:00+05:45",
        "to": "2026-11-24T00:00:00+05:45",
        "timeZone": "Asia/Kathmandu",
    }


def test_nobody_is_an_empty_page() -> None:
    found = asked([])
    assert (found["rows"], found["affiliates"], found["nextToken"]) == ([], 0, None)
    assert found["total"]["visitors"] == 0
    assert found["total"]["money"] == []


MANY: Final = [
    views("c", page_views=1, visitors=2, clicks=2, last_seen=datetime(2026, 11, 20)),  # noqa: DTZ001
    views("a", page_views=2, visitors=1, clicks=2, last_seen=datetime(2026, 11, 19)),  # noqa: DTZ001
    views("B", page_views=3, visitors=1, clicks=1, last_seen=datetime(2026, 11, 20)),  # noqa: DTZ001
    sold("d", "JPY", orders=3, commissions=9_000_000_000, last_seen=None),
    sold("a", "USD", orders=1, commissions=5_000_000, revenue=1_000_000, last_seen=None),
    sold("B", "USD", orders=1, commissions=5_000_000, revenue=2_000_000, last_seen=None),
    sold("B", "EUR", orders=1, commissions=1_000_000, last_seen=None),
    sold("c", "USD", commissions=-1_000_000, last_seen=None),
]


@pytest.mark.parametrize(
    ("sort_by", "ids"),
    [
        (Order.CLICKS, "a c B d"),
        (Order.PAGE_VIEWS, "B a c d"),
        (Order.VISITORS, "c B a d"),
        (Order.ORDERS, "d B a c"),
        (Order.COMMISSIONS, "B a d c"),  # dollars are what most have, then euros, then yen
        (Order.REVENUE, "B a c d"),
        (Order.LAST_SEEN, "B c a d"),
        (Order.ID, "B a c d"),
    ],
)
def test_the_largest_is_first_and_of_two_the_first_id(sort_by: Order, ids: str) -> None:
    for rows in (MANY, MANY[::-1]):
        assert [row["affiliateId"] for row in asked(rows, sortBy=sort_by)["rows"]] == ids.split()


def test_a_page_ends_and_the_next_one_goes_on() -> None:
    first = asked(MANY, limit="3")
    assert ([row["affiliateId"] for row in first["rows"]], first["nextToken"]) == (["a", "c", "B"], "3-B")
    last = asked(MANY, limit="3", nextToken="3-B")
    assert ([row["affiliateId"] for row in last["rows"]], last["nextToken"]) == (["d"], None)
    assert (last["total"], last["affiliates"]) == (first["total"], first["affiliates"])


def of(*ids: str) -> list[balances.AffiliateBalance]:
    return [balances.AffiliateBalance(id_, None, []) for id_ in ids]


@pytest.mark.parametrize(
    ("rows", "after", "shown", "token"),
    [
        (of(), None, "", None),
        (of("a", "b"), None, "a b", None),
        (of("a", "b", "c"), None, "a b", "2-b"),
        (of("a", "b", "c"), Position(2, "b"), "c", None),
        (of("a", "aa", "b", "c"), Position(2, "b"), "c", None),  # a newcomer
        (of("a", "c", "d"), Position(2, "b"), "d", None),  # one who is gone
        (of("a"), Position(7, "z"), "", None),
    ],
)
def test_a_page_goes_on_after_the_affiliate_wherever_it_is(
    rows: Sequence[balances.AffiliateBalance], after: Position | None, shown: str, token: str | None
) -> None:
    found, next_token = to_page(rows, after, 2)
    assert (" ".join(row.affiliate_id for row in found), next_token) == (shown, token)


@pytest.mark.parametrize("affiliate", ["a", "7-8", "O'Brien & Söhne", "x" * 128, " "])
def test_a_position_survives_its_token(affiliate: str) -> None:
    assert parse_position(Position(12, affiliate).to_token()) == Position(12, affiliate)


@pytest.mark.parametrize(
    "token", ["", "1", "1-", "-a", "0-a", "01-a", "1234567890-a", f"1-{'x' * 129}", "1-a\n", "1 a"]
)
def test_another_text_is_no_position(token: str) -> None:
    assert parse_position(token) is None
    with pytest.raises(RequestError, match="nextToken: must be the nextToken of an earlier answer"):
        asked([], nextToken=token)


@pytest.mark.parametrize(
    ("route", "given", "said"),
    [
        (Route.AFFILIATES, {}, "timeWindow: is missing"),
        (
            Route.AFFILIATES,
            {"timeWindow": "Today", "affiliateId": "amy"},
            "affiliateId: is not a parameter: allowed are timeWindow, timeZone, from, to, sortBy, limit",
        ),
        (
            Route.AFFILIATES,
            {"timeWindow": "Today", "sortBy": "Name"},
            "sortBy: must be Clicks, PageViews, Visitors, Orders, Commissions, Revenue, LastSeen or Id",
        ),
        (
            Route.AFFILIATES,
            {"timeWindow": "Today", "limit": "1001"},
            "limit: must be a whole number from 1 to 1000",
        ),
        (
            Route.BALANCES,
            {"affiliateId": "amy"},
            "affiliateId: is not a parameter: allowed are limit, nextToken",
        ),
        (Route.BALANCES, {"limit": "0"}, "limit: must be a whole number from 1 to 1000"),
        (Route.METRICS, {"metricType": "Clicks", "timeWindow": "Today"}, "affiliateId: is missing"),
        (
            Route.BREAKDOWN,
            {"by": "Link", "timeWindow": "Today", "affiliateId": ""},
            "affiliateId: must be 1 to 128",
        ),
        (Route.ENTRIES, {"timeWindow": "Today"}, "affiliateId: is missing"),
        (Route.BALANCE, {}, "affiliateId: is missing"),
    ],
)
def test_an_id_that_is_missing_is_not_everyone(route: Route, given: dict[str, str], said: str) -> None:
    with pytest.raises(RequestError) as refused:
        answers(lambda _: []).answer(route, {name: [value] for name, value in given.items()}, NOW)
    assert str(refused.value).startswith(said)


def test_the_largest_page_is_smaller_than_appsync_takes() -> None:
    """A thousand affiliates with names of 20 characters, and money in two currencies."""
    rows = [
        each
        for number in range(MAX_LIMIT)
        for each in (
            views(f"{number:020}", page_views=10**6, visitors=10**6, new_visitors=10**6, clicks=10**6 + 7),
            *(
                sold(
                    f"{number:020}",
                    currency,
                    orders=10**5,
                    refunded=7,
                    commissions=10**13 + 1,
                    revenue=10**14 + 1,
                )
                for currency in ("EUR", "USD")
            ),
        )
    ]
    given = {"timeWindow": ["Today"], "limit": [str(MAX_LIMIT)]}
    named = answers(lambda _: rows, names=lambda: {row.affiliate_id: "x" * 20 for row in rows})
    assert len(named.answer(Route.AFFILIATES, given, NOW)) < MAX_BYTES / 2
    too_many = [sold(row.affiliate_id, f"A{number:02}") for row in rows[::3] for number in range(20)]
    with pytest.raises(
        RequestError, match=r"limit: gives an answer that is too large.* ask for \d+ or fewer"
    ):
        answers(lambda _: too_many).answer(Route.AFFILIATES, given, NOW)


def test_balances_are_in_the_order_of_ids_with_the_total() -> None:
    rows = [
        balances.EveryRow("USD", 5_000_000, 2_000_000, 0, "b"),
        balances.EveryRow("USD", 0, 0, 3_000_000, "b"),
        balances.EveryRow("EUR", 1, 0, 0, "a"),
        balances.EveryRow("USD", 1_000_000, 0, 0, "a"),
    ]
    body = answers(lambda _: rows, names=lambda: {"a": "Amy"}).answer(Route.BALANCES, {"limit": ["1"]}, NOW)
    assert json.loads(body) == {
        "rows": [
            {
                "affiliateId": "a",
                "name": "Amy",
                "balances": [
                    {"currency": "EUR", "held": 0.000001, "due": 0, "paid": 0},
                    {"currency": "USD", "held": 1, "due": 0, "paid": 0},
                ],
            }
        ],
        "total": [
            {"currency": "EUR", "held": 0.000001, "due": 0, "paid": 0},
            {"currency": "USD", "held": 6, "due": -1, "paid": 3},
        ],
        "affiliates": 2,
        "nextToken": "1-a",
    }
