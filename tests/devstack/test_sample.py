import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, quote_plus
from uuid import UUID

import pytest

from chalicelib.directory import parse_directory
from chalicelib.objects.documents import Broken, documents
from devstack.rudderstack.requests import MAX_REQUEST_BYTES
from devstack.sample import world
from devstack.sample.damage import PAGES, damaged_object, split
from devstack.sample.feed import batches
from devstack.sample.year import Sent, sample_year
from tests.devstack.oracle import SIGNS, totals

END = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CODES = {affiliate.code: affiliate.id for affiliate in world.AFFILIATES}
BIG = world.AFFILIATES[:3]


@pytest.fixture(scope="module")
def year() -> list[Sent]:
    return sample_year(END)


def test_the_sample_has_the_expected_size(year: list[Sent]) -> None:
    assert 30_000 < len(year) < 40_000


def test_the_sample_of_a_day_is_always_the_same() -> None:
    small = sample_year(END, sessions_per_day=3)
    later = sample_year(END + timedelta(hours=3), sessions_per_day=3)
    tomorrow = sample_year(END + timedelta(days=1), sessions_per_day=3)

    assert sample_year(END, sessions_per_day=3) == small
    assert [one for one in later if datetime.fromisoformat(one.event["timestamp"]) <= END] == small
    assert tomorrow[:100] != small[:100]


def test_every_event_has_its_own_id_and_a_time_within_the_year(year: list[Sent]) -> None:
    assert len({one.event["messageId"] for one in year}) == len(year)
    times = [datetime.fromisoformat(one.event["timestamp"]) for one in year]
    assert END - timedelta(days=365) <= min(times) < END - timedelta(days=363)
    assert END - timedelta(hours=3) < max(times) <= END


def test_the_sample_has_every_kind_of_event(year: list[Sent]) -> None:
    kinds = Counter(one.event.get("event") or one.event.get("name") or "page" for one in year)
    assert kinds.keys() == {
        "page",
        "ad-block page request",
        "Order Completed",
        "Order Refunded",
        "Order Cancelled",
        "Commission Paid",
    }
    money = {one.event["properties"]["currency"] for one in year if one.source == "server"}
    assert money == {"USD", "EUR"}
    assert any(one.event["type"] == "track" for one in year if one.source == "web")
    assert any("Googlebot" in one.event["context"].get("userAgent", "") for one in year)
    assert any("refund_id" in one.event["properties"] for one in year)


@pytest.mark.parametrize("affiliate", BIG, ids=lambda affiliate: affiliate.id)
def test_every_big_affiliate_has_every_metric(year: list[Sent], affiliate: world.Affiliate) -> None:
    found = totals(year, affiliate.id, END - timedelta(days=30), CODES)

    sites = {(website.host.removeprefix("www."), None) for website in world.WEBSITES}
    assert found["PageViews"].keys() == found["Visitors"].keys() == sites
    assert all(found["Visitors"][site] < found["PageViews"][site] for site in sites)
    assert found["Commissions"]


def test_later_pages_and_orders_have_the_link_that_the_visitor_came_by(year: list[Sent]) -> None:
    links = {(affiliate.id, link.name) for affiliate in world.AFFILIATES for link in affiliate.links}
    nobody = {("", "")}
    landings, later, sold = set[tuple[str, str]](), set[tuple[str, str]](), set[tuple[str, str]]()
    came_by: dict[tuple[str, str], str] = {}
    for event in (one.event for one in year):
        properties = event["properties"]
        affiliate_id, link = properties.get("affiliate_id", ""), properties.get("affiliate_link", "")
        if event["type"] == "page":
            query = parse_qs(properties["search"].removeprefix("?"))
            if query:
                affiliate_id, link = query["ref"][0], query.get("sub", [""])[0]
            (landings if query else later).add((affiliate_id, link))
            assert came_by.setdefault((event["anonymousId"], affiliate_id), link) == link
        elif event["event"] == "Order Completed" and not properties["order_id"].startswith("claim"):
            assert came_by[event["anonymousId"], affiliate_id] == link
            sold.add((affiliate_id, link))
    assert landings == links
    assert later == sold == links | nobody


def test_some_orders_are_credited_by_a_code_alone(year: list[Sent]) -> None:
    orders = [one.event["properties"] for one in year if one.event.get("event") == "Order Completed"]
    by = Counter(
        (CODES.get(order["coupon"], ""), order.get("affiliate_id")) for order in orders if "coupon" in order
    )
    for affiliate in BIG:
        assert by[affiliate.id, None] > 3
        assert by[affiliate.id, affiliate.id] > 3
    assert by["", None] > 3  # a code of the shop's own, which is nobody's
    assert by["alice", "bob"]  # another affiliate's code after a click on a link
    prices = {order["revenue"] for order in orders if "coupon" in order and order["currency"] == "EUR"}
    assert prices == {"416.50", "833.00"}  # one or two for 490 each, less 15 %


def test_a_refund_has_the_credit_of_its_sale(year: list[Sent]) -> None:
    sales: dict[str, dict[str, str]] = {}
    for properties in (one.event["properties"] for one in year if one.event["type"] == "track"):
        if "order_id" not in properties:
            continue
        credit = {name: properties.get(name) for name in ("affiliate_id", "affiliate_link", "coupon")}
        assert sales.setdefault(properties["order_id"], credit) == credit


def test_payouts_are_never_more_than_is_due(year: list[Sent]) -> None:
    orders = [one for one in year if "order_id" in one.event["properties"]]
    payouts = [one.event for one in year if one.event.get("event") == "Commission Paid"]
    paid: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for event in payouts:
        properties, at = event["properties"], datetime.fromisoformat(event["timestamp"])
        account = properties["affiliate_id"], properties["currency"]
        assert Decimal(properties["amount"]) > 0
        paid[account] += Decimal(properties["amount"])
        assert paid[account] <= _due(orders, *account, at)
    old = [each.id for each in world.AFFILIATES if each.since == world.DAYS]
    assert paid.keys() == {(each, currency) for each in old for currency in ("USD", "EUR")}
    assert len({(event["userId"], event["properties"]["payout_id"]) for event in payouts}) == len(payouts)


def test_the_directory_lists_the_affiliates_with_their_codes() -> None:
    listed = json.loads(world.directory())["affiliates"]
    assert listed[:3] == [
        {"id": "alice", "name": "Alice Ashdown", "codes": ["ALICE15"]},
        {"id": "bob", "name": "Bob Birch", "codes": ["BOB15"]},
        {"id": "O'Brien & Söhne", "name": "O'Brien & Söhne", "codes": ["SÖHNE15"]},
    ]
    assert parse_directory(world.directory()).affiliates == {each.id for each in world.AFFILIATES}
    assert len(listed) == 12


def test_most_affiliates_have_money_that_is_held_due_and_paid(year: list[Sent]) -> None:
    money = {each.id: _money(year, each.id) for each in world.AFFILIATES}
    assert sum(all(amount > 0 for amount in each) for each in money.values()) >= 9
    assert money["jonas"][2] == 0  # who has just begun
    assert money["meera"][0] == 0  # who sends nobody any more


def test_affiliates_differ_in_size_refunds_and_when_they_were_last_seen(year: list[Sent]) -> None:
    views = Counter(_ref(one) for one in year)
    sizes = [views[quote_plus(each.id)] for each in world.AFFILIATES]
    assert sizes[:3] == sorted(sizes, reverse=True)[:3]
    assert sizes[0] > 10 * sizes[-1]
    seen = {_ref(one): _days_ago(one) for one in sorted(year, key=_time)}
    assert {name for name, days in seen.items() if days > 14} == {"meera", "study-group"}
    reversed_, sold = (Counter(_credit(one) for one in year if _kind(one) == kind) for kind in (-1, 1))
    rates = {each.id: reversed_[each.id] / sold[each.id] for each in world.AFFILIATES}
    assert rates["cloudcast"] == 0
    assert rates["deal-hunters"] > 2 * rates["alice"] > 0


def test_visitors_differ_in_where_they_come_from_and_what_they_use(year: list[Sent]) -> None:
    alice = [one.event for one in year if _ref(one) == "alice"]
    pages = [parse_qs(event["properties"]["search"].removeprefix("?")) for event in alice]
    assert {page["utm_campaign"][0] for page in pages if "utm_campaign" in page} == {
        "weekly-letter", "deep-dives", "summer-launch", "black-friday",
    }  # fmt: skip
    assert len({event["context"]["geo"]["country"] for event in alice}) == len(world.COUNTRIES)
    assert len({event["properties"]["referrer"] for event in alice}) == len(world.REFERRERS) + 1
    assert len({event["properties"]["path"] for event in alice}) > 4
    agents = {event["context"]["userAgent"] for event in alice}
    assert agents >= {browser.user_agent for browser in world.BROWSERS}


def test_a_campaign_brings_more_sessions(year: list[Sent]) -> None:
    campaign = world.CAMPAIGNS[-1]
    by_day = Counter(_days_ago(one) for one in year if _ref(one) == campaign.affiliate_id)
    spike = [by_day[campaign.days_ago - number] for number in range(campaign.days)]
    assert min(spike) > 1.5 * max(by_day[campaign.days_ago + number] for number in range(1, 6))


def test_some_visitors_come_back(year: list[Sent]) -> None:
    days: dict[str, set[int]] = {}
    for one in year:
        days.setdefault(one.event.get("anonymousId", ""), set()).add(_days_ago(one))
    assert sum(len(seen) > 1 for seen in days.values()) > 1000


def test_a_batch_has_one_source_and_is_small_enough(year: list[Sent]) -> None:
    made = list(batches(year, END))

    assert [batch.source for batch in made] == sorted(batch.source for batch in made)
    assert max(len(batch.to_request(END)) for batch in made) < MAX_REQUEST_BYTES
    assert sum(len(batch.events) for batch in made) == len(year)
    sent = json.loads(made[0].to_request(END))["batch"]
    assert sent == [{**event, "sentAt": "2026-11-23T15:30:00.000Z"} for event in made[0].events]


def test_old_page_views_are_sent_by_the_server_source(year: list[Sent]) -> None:
    sent = {event["messageId"]: batch.source for batch in batches(year, END) for event in batch.events}
    for one in year:
        is_old_page = one.event["type"] == "page" and _days_ago(one) > 6
        if is_old_page or one.event["type"] != "page":
            assert sent[one.event["messageId"]] == ("server" if is_old_page else one.source)
    assert set(sent.values()) == {"web", "server"}


def test_the_damaged_object_has_all_pages_and_one_damaged_document(year: list[Sent]) -> None:
    ordinary, pages = split(year)
    made = damaged_object(pages, "events/web/", "web")

    assert len(ordinary) + PAGES == len(year)
    assert made == damaged_object(pages, "events/web/", "web")
    items = list(documents([gzip.decompress(made.body)], json.loads))
    whole = [item for item in items if not isinstance(item, Broken)]
    assert len(items) == PAGES + 1
    assert [_id(item.content) for item in whole] == [page["messageId"] for page in pages]


def _due(orders: list[Sent], affiliate_id: str, currency: str, now: datetime) -> Decimal:
    """The commissions of the orders that are older than 30 days, net of their reversals so far."""
    known = [one for one in orders if datetime.fromisoformat(one.event["timestamp"]) <= now]
    old = {
        one.event["properties"]["order_id"]
        for one in known
        if one.event["event"] == "Order Completed"
        and datetime.fromisoformat(one.event["timestamp"]) < now - timedelta(days=30)
    }
    counted = [one for one in known if one.event["properties"]["order_id"] in old]
    found = totals(counted, affiliate_id, EPOCH, CODES)["Commissions"]
    return sum((amount for (_, unit), amount in found.items() if unit == currency), Decimal(0))


def _money(year: list[Sent], affiliate_id: str) -> list[Decimal]:
    """What is held, due and paid, with dollars and euros added: only whether there is some is looked at."""
    orders = [one for one in year if "order_id" in one.event["properties"]]
    earned = sum(totals(orders, affiliate_id, EPOCH, CODES)["Commissions"].values())
    old = sum(_due(orders, affiliate_id, currency, END) for currency in ("USD", "EUR"))
    payouts = [one.event["properties"] for one in year if one.event.get("event") == "Commission Paid"]
    paid = sum(Decimal(each["amount"]) for each in payouts if each["affiliate_id"] == affiliate_id)
    return [Decimal(amount) for amount in (earned - old, old - paid, paid)]


def _kind(one: Sent) -> int:
    """1 for a sale, -1 for a reversal, else 0."""
    return SIGNS.get(one.event.get("event", ""), 0) if one.source == "server" else 0


def _credit(one: Sent) -> str:
    """The affiliate of an order."""
    properties = one.event["properties"]
    return str(properties.get("affiliate_id", CODES.get(properties.get("coupon", ""), "")))


def _time(one: Sent) -> datetime:
    return datetime.fromisoformat(one.event["timestamp"])


def _id(document: Mapping[str, str]) -> str:
    return str(UUID(document["messageId"]))


def _days_ago(one: Sent) -> int:
    return (END.date() - datetime.fromisoformat(one.event["timestamp"]).date()).days


def _ref(one: Sent) -> str:
    search: str = one.event.get("properties", {}).get("search", "")
    return search.removeprefix("?ref=").split("&")[0]
