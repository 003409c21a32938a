"""A page event → a page view."""

from functools import lru_cache

from chalicelib.events import LeftOut, PageView, hashed_visitor, is_affiliate_id
from chalicelib.rudderstack import addresses
from chalicelib.rudderstack.fields import places, queries, seen_page
from chalicelib.rudderstack.messages import Campaign, Context, Hints, Message, Page, Properties
from chalicelib.rudderstack.moments import is_older
from chalicelib.rudderstack.personal import redacted_path, redacted_text
from chalicelib.rudderstack.rules import Rules, Source
from chalicelib.rudderstack.user_agents import device, is_bot
from chalicelib.rudderstack.values import (
    MAX_GIVEN_ID,
    PLACEHOLDER,
    given_link,
    id_text,
    raw_text,
    required,
    times,
    to_link,
    trimmed,
)


def to_page_view(message: Message, source: Source, rules: Rules) -> PageView | LeftOut:
    """The page view that a page event is, or why it is not counted.

    Raises EventError if it cannot be read.
    """
    properties, context = message.properties or _NO_PROPERTIES, message.context or _NO_CONTEXT
    page, campaign = context.page or _NO_PAGE, context.campaign or _NO_CAMPAIGN
    user_agent = context.user_agent or ""
    if _is_adblock_page(message, properties):
        return LeftOut.ADBLOCK_PAGE
    affiliate_id, address = _affiliate(properties, page, rules)
    if not affiliate_id:
        return LeftOut.NO_AFFILIATE
    if not rules.counts_affiliate(affiliate_id):
        return LeftOut.UNKNOWN_AFFILIATE
    website, path = seen_page(properties, page)
    if not website:
        return LeftOut.NO_WEBSITE
    if not rules.counts_website(website):
        return LeftOut.UNKNOWN_WEBSITE
    if context.is_bot or is_bot(user_agent):
        return LeftOut.BOT
    time, receipt = times(message)
    if source is Source.WEB and is_older(time, receipt, rules.max_age_days):
        return LeftOut.TOO_OLD
    visitor = id_text(message.anonymous_id) or required(id_text(message.user_id), "anonymousId")
    return PageView(
        time=time,
        affiliate_id=affiliate_id,
        website=website,
        visitor_id=hashed_visitor(visitor),
        event_id=required(id_text(message.message_id), "messageId"),
        path=redacted_path(path),
        referrer=_referrer(properties, page, website),
        utm_source=redacted_text(campaign.source) if campaign.source else "",
        utm_medium=redacted_text(campaign.medium) if campaign.medium else "",
        utm_campaign=redacted_text(campaign.name) if campaign.name else "",
        country=(context.geo.country or "") if context.geo else "",
        device=_device(user_agent, context.hints),
        click=bool(address),
        link=_clicked_link(address, rules) if address else given_link(properties),
    )


def _is_adblock_page(message: Message, properties: Properties) -> bool:
    return _ADBLOCK_PAGE in ((message.category, message.name), (properties.category, properties.name))


def _affiliate(properties: Properties, page: Page, rules: Rules) -> tuple[str, str]:
    """The affiliate of a page view, and the page's address that names it. What is not there is empty."""
    given = ""
    if properties.affiliate_id:
        given = _to_affiliate_id(raw_text(properties.affiliate_id, "affiliate_id"))
    for address in queries("affiliate_id", properties, page):
        if given not in address and "%" not in address and "+" not in address:
            continue  # it cannot name that affiliate, and decoding it takes long
        for value in addresses.parameters(address, rules.affiliate_parameters):
            affiliate_id = _to_affiliate_id(value)
            if affiliate_id and affiliate_id == (given or affiliate_id):
                return affiliate_id, address
    return given, ""


def _to_affiliate_id(given: str) -> str:
    """The id without white space and slashes at its ends, which links gather; empty if it is not valid."""
    return _checked_affiliate_id(given) if len(given) <= MAX_GIVEN_ID else ""


@lru_cache(maxsize=1024)
def _checked_affiliate_id(given: str) -> str:
    """Cached, since few affiliates send most visitors.

    U+FFFD stands for bytes that were not UTF-8: two ids could have become one.
    """
    text = trimmed(given)
    is_id = is_affiliate_id(text) and "\ufffd" not in text and not PLACEHOLDER.fullmatch(text)
    return text if is_id else ""


def _clicked_link(address: str, rules: Rules) -> str:
    """The affiliate's name for the link that led to the address."""
    for value in addresses.parameters(address, rules.link_parameters):
        if link := to_link(value):
            return link
    return ""


def _referrer(properties: Properties, page: Page, website: str) -> str:
    """The referring domain; empty for the page's own. `$direct`, RudderStack's word for none, has no host."""
    hosts = (addresses.host(place.address) for place in places("referrer", properties, page))
    named = next(filter(None, hosts), "")
    return named if named != website else ""


def _device(user_agent: str, hints: Hints | None) -> str:
    return device(user_agent, hints.mobile, hints.platform) if hints else device(user_agent, None, None)


_NO_CONTEXT, _NO_PAGE, _NO_PROPERTIES, _NO_CAMPAIGN = Context(), Page(), Properties(), Campaign()
_ADBLOCK_PAGE = ("RudderJS-Initiated", "ad-block page request")
