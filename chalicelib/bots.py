"""Which user agents are bots."""

from functools import lru_cache


@lru_cache(maxsize=4096)
def is_bot(user_agent: str) -> bool:
    """Whether a list of known crawlers (monperrus/crawler-user-agents) has `user_agent`.

    Cached: the list is some 700 patterns long, and a site's visitors have few user agents. An empty one is no
    bot: events from servers and pixels have none.
    """
    from crawleruseragents import is_crawler  # loads its list: 10 ms that only ingest should pay

    return bool(is_crawler(user_agent))
