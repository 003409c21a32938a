"""Which user agents are bots."""

import re
from functools import cache, lru_cache

_ESCAPED = re.compile(r"\\(\W)")
_SPECIAL = frozenset(r".^$*+?{}[]|()\\")


@lru_cache(maxsize=4096)
def is_bot(user_agent: str) -> bool:
    """Whether a list of known crawlers (monperrus/crawler-user-agents) has `user_agent`.

    Cached: the list is some 1,500 patterns long, and a site's visitors have few user agents. An empty one is
    no bot: events from servers and pixels have none.
    """
    texts, pattern = _signs()
    return any(text in user_agent for text in texts) or pattern.search(user_agent) is not None


@cache
def _signs() -> tuple[list[str], re.Pattern[str]]:
    """The list's patterns that are plain text, and the few others as one.

    Nearly all are plain. To compile those too, as the package's `is_crawler` does, is 15 ms of a cold start.
    """
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA  # a file that only ingest should read

    patterns = [crawler["pattern"] for crawler in CRAWLER_USER_AGENTS_DATA]
    plain = {pattern for pattern in patterns if _SPECIAL.isdisjoint(_ESCAPED.sub("", pattern))}
    texts = [_ESCAPED.sub(r"\1", pattern) for pattern in patterns if pattern in plain]
    return texts, re.compile("|".join(pattern for pattern in patterns if pattern not in plain))
