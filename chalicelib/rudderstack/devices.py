"""Desktop, mobile or tablet. Frozen: the answer is part of a page view's identity in Timestream."""

from enum import StrEnum
from functools import lru_cache

MAX_USER_AGENT = 512
"""Characters that are looked at."""


class Device(StrEnum):
    """The kind of device that a page was seen on."""

    DESKTOP = "desktop"
    MOBILE = "mobile"
    TABLET = "tablet"


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
def _by_user_agent(user_agent: str) -> Device:
    """Cached, since a site's visitors have few user agents."""
    text = user_agent.lower().replace(_DESKTOP_TABLET, "")
    return next((found for signs, found in _SIGNS if any(sign in text for sign in signs)), Device.DESKTOP)
