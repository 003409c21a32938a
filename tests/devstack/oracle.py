"""The expected figures of the sample, counted from its events in a simple way, without the app's code."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

from devstack.sample.year import Event, Sent

Totals = dict[tuple[str, str | None], Decimal]
"""Values by website and currency. The currency is None unless the value is money."""

SIGNS = {"Order Completed": 1, "Order Refunded": -1, "Order Cancelled": -1}


def totals(
    sent: Iterable[Sent], affiliate_id: str, begins: datetime, codes: Mapping[str, str]
) -> dict[str, Totals]:
    """The totals of each metric since `begins`, by series.

    `codes` are the discount codes in the directory, each with the id of its affiliate.
    """
    events = [one for one in sent if datetime.fromisoformat(one.event["timestamp"]) >= begins]
    views = list(_views(events, affiliate_id))
    return {
        "PageViews": _counted((site, view_id) for site, _, view_id in views),
        "Visitors": _counted((site, visitor_id) for site, visitor_id, _ in views),
        "Commissions": _commissions(events, affiliate_id, codes),
    }


def _views(sent: Iterable[Sent], affiliate_id: str) -> Iterator[tuple[str, str, str]]:
    for event in (one.event for one in sent):
        is_view = event["type"] == "page" and event.get("category") != "RudderJS-Initiated"
        is_human = "Googlebot" not in event["context"].get("userAgent", "")
        if is_view and is_human and _affiliate(event) == affiliate_id:
            site = urlsplit(event["properties"]["url"]).netloc.removeprefix("www.")
            yield site, event["anonymousId"], event["messageId"]


def _affiliate(event: Event) -> str:
    properties = event["properties"]
    landed = parse_qs(properties["search"].lstrip("?")).get("ref", [""])[0]
    return str(properties.get("affiliate_id", landed))


def _counted(pairs: Iterable[tuple[str, str]]) -> Totals:
    ids = defaultdict(set)
    for site, one in pairs:
        ids[site].add(one)
    return {(site, None): Decimal(len(found)) for site, found in ids.items()}


def _commissions(sent: Iterable[Sent], affiliate_id: str, codes: Mapping[str, str]) -> Totals:
    sums: Totals = defaultdict(Decimal)
    for one in sent:
        sign, properties = SIGNS.get(one.event.get("event", "")), one.event["properties"]
        owner = codes.get(properties.get("coupon", ""))
        if sign and one.source == "server" and properties.get("affiliate_id", owner) == affiliate_id:
            amount = sign * Decimal(properties["commission"])
            sums[properties["website"].removeprefix("www."), properties["currency"]] += amount
    return dict(sums)
