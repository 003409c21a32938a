"""What a user agent says: whether it is a bot, and on what kind of device a page was seen."""

import re
from enum import StrEnum
from functools import cache, lru_cache


class Device(StrEnum):
    """The kind of device that a page was seen on. Frozen: it is part of a page view's record."""

    DESKTOP = "desktop"
    MOBILE = "mobile"
    TABLET = "tablet"


MAX_USER_AGENT = 512
"""Characters that are looked at. Anyone can send a longer one; people's have some 200."""

NARROWED: dict[str, str | None] = {
    r"AP3A\.240617\.008": None,  # the build id of Android 15, in the user agent of every WebView on it
    "MetaIAB Facebook": None,  # Facebook's in-app browser; its link previews are facebookexternalhit
    r"Code\/1\.": None,  # the browser inside Visual Studio Code
    r"Trae\/": None,  # the browser inside another editor
    "Fluid": None,  # makes an application of one website, on a Mac
    "Viber": "^Viber",  # the in-app browser has the name at its end; only link previews begin with it
    "WhatsApp": "^WhatsApp(?!.*Device/)",  # the same; with a device it is the application itself
    "NewsBlur": r"NewsBlur \w+ F(?:etch|ind)er",  # the others are its applications on phones
    "Podimo": r"Podimo\/[\d.]+ \(\+",  # the same
    "Chirp|gotosocial": "gotosocial",  # GoogleChirp is a loudspeaker
    "Sogou": "Sogou.{0,12}[Ss]pider",  # SogouMobileBrowser and SogouMSE are people's browsers
    r"008\/": r"(?:^|[ (])008\/",  # phone models and ids end so, such as TS1008/1.0
}
"""Patterns of the list that match people's browsers → the pattern to use instead, or None."""

_ESCAPED = re.compile(r"\\(\W)")
_SPECIAL = frozenset(r".^$*+?{}[]|()\\")
_ANDROID_MODEL = re.compile(r"(Android [\d.]+;)(?: ?[a-z]{2}[-_][A-Za-z]{2,4};)?[^;()]*")

_PHONES = (
    *("mobi", "iphone", "ipod"),
    *("opera mini", "windows phone", "symbian", "midp", "blackberry"),  # from before "Mobile" was usual
    *("fb4a", "fb_iab", "metaiab"),  # Facebook's in-app browser leaves "Mobile" out on some phones
)
_SIGNS = (
    (("ipad", "tablet", "kindle", "silk/", "playbook"), Device.TABLET),
    (_PHONES, Device.MOBILE),
    (("android",), Device.TABLET),  # Android browsers say "Mobile" on a phone, and nothing on a tablet
)
_DESKTOP_TABLET = "tablet pc"
"""Internet Explorer and Outlook on any Windows with pen input say `Tablet PC 2.0`."""


def is_bot(user_agent: str) -> bool:
    """Whether a list of known crawlers (monperrus/crawler-user-agents) has `user_agent`.

    An empty one is not a bot's: events from servers and pixels have none.
    """
    return _is_bot(user_agent[:MAX_USER_AGENT])


def device(user_agent: str, mobile: bool | None, platform: str | None) -> str:  # noqa: FBT001 (as browsers send it)
    """The device by its client hints (`ua-ch`) if there are any, else by its user agent; empty if neither.

    A tablet's hints say that it is not mobile, and name Android (https://wicg.github.io/ua-client-hints).
    """
    if mobile:
        return Device.MOBILE
    if mobile is not None and platform:
        return Device.TABLET if platform == "Android" else Device.DESKTOP
    return _by_user_agent(user_agent[:MAX_USER_AGENT]) if user_agent else ""


@lru_cache(maxsize=4096)
def _is_bot(user_agent: str) -> bool:
    """Cached, since the list has some 1,500 patterns, and a site's visitors have few user agents."""
    # Makers name Android devices as they like (ViewSonic, HTC Butterfly, Fever Plus), and crawlers' names are
    # in some of these.
    text = _ANDROID_MODEL.sub(r"\1", user_agent, count=1)
    texts, pattern = _signs()
    return any(sign in text for sign in texts) or pattern.search(text) is not None


@cache
def _signs() -> tuple[list[str], re.Pattern[str]]:
    """The patterns that are plain text, and the few others joined into one.

    Nearly all are plain. To compile those too, as the package's `is_crawler` does, is 15 ms of a cold start.
    """
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA  # a file that only ingest should read

    listed = [crawler["pattern"] for crawler in CRAWLER_USER_AGENTS_DATA]
    patterns = [narrowed for pattern in listed if (narrowed := NARROWED.get(pattern, pattern))]
    plain = {pattern for pattern in patterns if _SPECIAL.isdisjoint(_ESCAPED.sub("", pattern))}
    texts = [_ESCAPED.sub(r"\1", pattern) for pattern in patterns if pattern in plain]
    return texts, re.compile("|".join(pattern for pattern in patterns if pattern not in plain))


@lru_cache(maxsize=4096)
def _by_user_agent(user_agent: str) -> Device:
    """Cached, since a site's visitors have few user agents."""
    text = user_agent.lower().replace(_DESKTOP_TABLET, "")
    return next((found for signs, found in _SIGNS if any(sign in text for sign in signs)), Device.DESKTOP)
