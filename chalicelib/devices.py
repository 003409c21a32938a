"""Desktop, mobile or tablet. Frozen: the answer is part of a page view's identity in Timestream."""

from enum import StrEnum
from functools import lru_cache


class Device(StrEnum):
    """What a page was seen on."""

    DESKTOP = "desktop"
    MOBILE = "mobile"
    TABLET = "tablet"


_SIGNS = (
    (("ipad", "tablet", "kindle", "silk/", "playbook"), Device.TABLET),
    (("mobi", "iphone", "ipod"), Device.MOBILE),
    (("android",), Device.TABLET),  # Android browsers say "Mobile" on a phone, and nothing on a tablet
)


def device(user_agent: str, mobile: bool | None, platform: str | None) -> str:  # noqa: FBT001 (as browsers send it)
    """The device by its client hints (`ua-ch`) where there are any, else by its user agent; empty if neither.

    A tablet's hints say that it is not mobile, and name Android (https://wicg.github.io/ua-client-hints).
    """
    if mobile:
        return Device.MOBILE
    if mobile is not None and platform:
        return Device.TABLET if platform == "Android" else Device.DESKTOP
    return _by_user_agent(user_agent) if user_agent else ""


@lru_cache(maxsize=4096)
def _by_user_agent(user_agent: str) -> Device:
    """Cached: a site's visitors have few user agents."""
    text = user_agent.lower()
    return next((found for signs, found in _SIGNS if any(sign in text for sign in signs)), Device.DESKTOP)
