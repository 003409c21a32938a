"""A year of events. On one day, it is the same for everybody."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from urllib.parse import quote_plus
from uuid import UUID

from devstack.rudderstack.processor import format_time
from devstack.sample import world
from devstack.sample.orders import orders
from devstack.sample.payouts import payouts
from devstack.sample.world import Affiliate, Browser, Campaign, Website

DAYS = 365
SESSIONS_PER_DAY = 40
"""The average number of sessions on a day in the middle of the year."""

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """An event, and the source that sends it: `web` or `server`."""

    source: str
    event: Event


@dataclass(frozen=True, slots=True)
class Session:
    """One visit of one visitor to one website."""

    begins_at: datetime
    website: Website
    affiliate: Affiliate | None
    link: str
    """The affiliate's name for their link. Empty if it has none."""
    campaign: Campaign | None
    visitor_id: str
    referrer: str
    browser: Browser
    country: str


def sample_year(end: datetime, days: int = DAYS, sessions_per_day: float = SESSIONS_PER_DAY) -> list[Sent]:
    """The events of the `days` up to `end`, in the order of sessions, and then the payouts.

    They depend only on the date of `end`. Its time cuts off later events of that day.
    """
    random = Random(f"sample of {end:%Y-%m-%d}")  # noqa: S311 - a seeded sequence is the point
    sessions = _sessions(random, end, days, sessions_per_day)
    sent = [sent for session in sessions for sent in _events(random, session) if _moment(sent) <= end]
    orders_and_reversals = (one.event for one in sent if one.source == "server")
    paid = [Sent("server", _stamped(random, event)) for event in payouts(orders_and_reversals, end)]
    return sent + paid


def _moment(sent: Sent) -> datetime:
    return datetime.fromisoformat(sent.event["timestamp"])


def _sessions(random: Random, end: datetime, days: int, per_day: float) -> Iterator[Session]:
    recent: deque[str] = deque(maxlen=400)
    for days_ago in reversed(range(days)):
        day = datetime.combine(end.astimezone(UTC).date(), time(), UTC) - timedelta(days=days_ago)
        growth = 1.4 - 0.8 * days_ago / days
        usual = per_day * growth * world.WEEKDAY_STRENGTH[day.weekday()]
        for affiliate in (*world.AFFILIATES, None):
            campaign = _campaign(affiliate, days_ago)
            share = affiliate.share if affiliate else 1 - sum(known.share for known in world.AFFILIATES)
            expected = usual * share * (campaign.strength if campaign else 1)
            for _ in range(round(expected * random.uniform(0.75, 1.25))):
                yield _session(random, day, affiliate, campaign, recent)


def _campaign(affiliate: Affiliate | None, days_ago: int) -> Campaign | None:
    for campaign in world.CAMPAIGNS:
        begins, ends = campaign.days_ago, campaign.days_ago - campaign.days
        if affiliate and affiliate.id == campaign.affiliate_id and ends < days_ago <= begins:
            return campaign
    return None


def _session(
    random: Random, day: datetime, affiliate: Affiliate | None, campaign: Campaign | None, recent: deque[str]
) -> Session:
    hour = random.choices(range(24), world.HOUR_WEIGHTS)[0]
    is_returning = bool(recent) and random.random() < 0.3
    visitor_id = random.choice(recent) if is_returning else _uuid(random)
    recent.append(visitor_id)
    blogs = (f"https://{affiliate.blog}/",) * 3 if affiliate else ()
    return Session(
        begins_at=day + timedelta(hours=hour, milliseconds=random.randrange(3_600_000)),
        website=random.choices(world.WEBSITES, world.WEBSITE_WEIGHTS)[0],
        affiliate=affiliate,
        link=_link(affiliate, visitor_id),
        campaign=campaign,
        visitor_id=visitor_id,
        referrer=random.choice(world.REFERRERS + blogs),
        browser=world.CRAWLER if random.random() < 0.02 else random.choice(world.BROWSERS),
        country=random.choices(world.COUNTRIES, world.COUNTRY_WEIGHTS)[0],
    )


def _link(affiliate: Affiliate | None, visitor_id: str) -> str:
    """The link of the affiliate that a visitor always comes by."""
    return affiliate.links[int(visitor_id[:8], 16) % len(affiliate.links)] if affiliate else ""


def _events(random: Random, session: Session) -> Iterator[Sent]:
    has_ad_blocker = random.random() < 0.06
    pages = random.choices((1, 2, 3, 4), (40, 30, 20, 10))[0]
    moment = session.begins_at
    for number in range(pages):
        event = _page(random, session, moment, number)
        yield Sent("web", event)
        if has_ad_blocker:
            yield Sent("web", _adblock_page(random, event))
        moment += timedelta(milliseconds=random.randrange(8_000, 180_000))
    if session.browser is not world.CRAWLER and random.random() < 0.06:
        yield from _order(random, session, moment)


def _order(random: Random, session: Session, moment: datetime) -> Iterator[Sent]:
    for event in orders(random, session.website, session.affiliate, session.link, session.visitor_id, moment):
        yield Sent("server", _stamped(random, event))
    if session.affiliate and random.random() < 0.3:  # a website that also reports sales from the browser
        yield Sent("web", _claim(random, session, moment))


def _page(random: Random, session: Session, moment: datetime, number: int) -> Event:
    path = "/" if number == 0 else random.choice(session.website.paths)
    search = _search(session) if number == 0 else ""
    page = _address(session, path, search)
    # After the landing page, the address has no parameters any more. The website has remembered their values.
    kept = _remembered(session) if number else {}
    return _stamped(random, _web(session, moment, page, {"type": "page", "properties": {**page, **kept}}))


def _remembered(session: Session) -> Event:
    if session.affiliate is None:
        return {}
    link = {"affiliate_link": session.link} if session.link else {}
    return {"affiliate_id": session.affiliate.id, **link}


def _search(session: Session) -> str:
    if session.affiliate is None:
        return ""
    search = f"?ref={quote_plus(session.affiliate.id)}"
    if session.link:
        search += f"&sub={quote_plus(session.link)}"
    if session.campaign:
        search += f"&utm_source=newsletter&utm_medium=email&utm_campaign={session.campaign.name}"
    return search


def _address(session: Session, path: str, search: str) -> Event:
    url = f"https://{session.website.host}{path}{search}"
    return {"path": path, "referrer": session.referrer, "search": search, "title": path, "url": url}


def _adblock_page(random: Random, page: Event) -> Event:
    """The additional event that RudderStack's SDK sends if it finds an ad blocker."""
    properties = {**page["properties"], "path": "/ad-blocked", "title": "error in script loading"}
    named = {"category": "RudderJS-Initiated", "name": "ad-block page request"}
    return {**page, **named, "properties": {**properties, **named}, "messageId": _uuid(random)}


def _claim(random: Random, session: Session, moment: datetime) -> Event:
    """A sale that a browser reports. It must not be counted, because anybody can send one."""
    properties = {"order_id": f"claim-{_uuid(random)[:8]}", "affiliate_id": "alice", "commission": 999}
    event = {"type": "track", "event": "Order Completed", "properties": properties}
    return _stamped(random, _web(session, moment, _address(session, "/thank-you", ""), event))


def _web(session: Session, moment: datetime, page: Event, event: Event) -> Event:
    browser = session.browser
    return {
        **event,
        "anonymousId": session.visitor_id,
        "channel": "web",
        "context": {
            "geo": {"country": session.country},
            "library": {"name": "RudderLabs JavaScript SDK", "version": "3.31.6"},
            "page": page,
            "screen": {"height": browser.height, "width": browser.width},
            "userAgent": browser.user_agent,
        },
        "timestamp": format_time(moment),
        "userId": "",
    }


def _stamped(random: Random, event: Event) -> Event:
    return {**event, "messageId": _uuid(random), "originalTimestamp": event["timestamp"]}


def _uuid(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))
