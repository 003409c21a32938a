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
from devstack.sample.world import Affiliate, Browser, Campaign, Link, Tag, Website

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
    active: tuple[Affiliate, ...]
    """The affiliates of that day, whose codes a customer can know."""
    link: Link
    tag: Tag | None
    """The UTM parameters of the address."""
    landing: str
    """The path of the first page."""
    visitor_id: str
    referrer: str
    browser: Browser
    country: str


def sample_year(
    end: datetime, days: int = world.DAYS, sessions_per_day: float = SESSIONS_PER_DAY
) -> list[Sent]:
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
        active = tuple(each for each in world.AFFILIATES if each.is_active(days_ago))
        for affiliate in (*active, None):
            campaign = _campaign(affiliate, days_ago)
            share = affiliate.share if affiliate else 1 - sum(known.share for known in world.AFFILIATES)
            expected = usual * share * (campaign.strength if campaign else 1)
            # A session every few days, for an affiliate who has less than one a day.
            for _ in range(int(expected * random.uniform(0.75, 1.25) + random.random())):
                yield _session(random, day, affiliate, active, campaign, recent)


def _campaign(affiliate: Affiliate | None, days_ago: int) -> Campaign | None:
    for campaign in world.CAMPAIGNS:
        begins, ends = campaign.days_ago, campaign.days_ago - campaign.days
        if affiliate and affiliate.id == campaign.affiliate_id and ends < days_ago <= begins:
            return campaign
    return None


def _session(
    random: Random,
    day: datetime,
    affiliate: Affiliate | None,
    active: tuple[Affiliate, ...],
    campaign: Campaign | None,
    recent: deque[str],
) -> Session:
    hour = random.choices(range(24), world.HOUR_WEIGHTS)[0]
    is_returning = bool(recent) and random.random() < 0.3
    visitor_id = random.choice(recent) if is_returning else _uuid(random)
    recent.append(visitor_id)
    website = random.choices(world.WEBSITES, world.WEBSITE_WEIGHTS)[0]
    link = _link(affiliate, visitor_id)
    return Session(
        begins_at=day + timedelta(hours=hour, milliseconds=random.randrange(3_600_000)),
        website=website,
        affiliate=affiliate,
        active=active,
        link=link,
        tag=campaign.tag if campaign else link.tag,
        landing=random.choice(random.choices(((website.paths[0],), website.paths[1:3]), world.LANDINGS)[0]),
        visitor_id=visitor_id,
        referrer=_referrer(random, affiliate),
        browser=_browser(random),
        country=_country(random, affiliate),
    )


def _link(affiliate: Affiliate | None, visitor_id: str) -> Link:
    """The link of the affiliate that a visitor always comes by."""
    return affiliate.links[int(visitor_id[:8], 16) % len(affiliate.links)] if affiliate else Link()


def _referrer(random: Random, affiliate: Affiliate | None) -> str:
    if affiliate and random.random() < 0.4:
        return f"https://{affiliate.blog}/"
    return random.choices(world.REFERRERS, world.REFERRER_WEIGHTS)[0]


def _browser(random: Random) -> Browser:
    if random.random() < 0.02:
        return world.CRAWLER
    return random.choices(world.BROWSERS, world.BROWSER_WEIGHTS)[0]


def _country(random: Random, affiliate: Affiliate | None) -> str:
    if affiliate and random.random() < 0.5:
        return affiliate.country
    return random.choices(world.COUNTRIES, world.COUNTRY_WEIGHTS)[0]


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
    buyers = session.affiliate.buyers if session.affiliate else 1
    if session.browser is not world.CRAWLER and random.random() < 0.06 * buyers:
        yield from _order(random, session, moment)


def _order(random: Random, session: Session, moment: datetime) -> Iterator[Sent]:
    for event in orders(
        random,
        session.website,
        session.affiliate,
        session.active,
        session.link.name,
        session.visitor_id,
        moment,
    ):
        yield Sent("server", _stamped(random, event))
    if session.affiliate and random.random() < 0.3:  # a website that also reports sales from the browser
        yield Sent("web", _claim(random, session, moment))


def _page(random: Random, session: Session, moment: datetime, number: int) -> Event:
    path = session.landing if number == 0 else random.choice(session.website.paths)
    search = _search(session) if number == 0 else ""
    page = _address(session, path, search)
    # After the landing page, the address has no parameters any more. The website has remembered their values.
    kept = _remembered(session) if number else {}
    return _stamped(random, _web(session, moment, page, {"type": "page", "properties": {**page, **kept}}))


def _remembered(session: Session) -> Event:
    if session.affiliate is None:
        return {}
    link = {"affiliate_link": session.link.name} if session.link.name else {}
    return {"affiliate_id": session.affiliate.id, **link}


def _search(session: Session) -> str:
    if session.affiliate is None:
        return ""
    search = f"?ref={quote_plus(session.affiliate.id)}"
    if session.link.name:
        search += f"&sub={quote_plus(session.link.name)}"
    if tag := session.tag:
        search += f"&utm_source={tag.source}&utm_medium={tag.medium}&utm_campaign={tag.campaign}"
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
