import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA, is_crawler
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.bots import is_bot

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("user_agent", "bot"),
    [
        ("", False),
        (CHROME, False),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
        ("curl/8.5.0", True),  # ^curl
        ("not curl/8.5.0", False),
        ("Mozilla/5.0 (compatible; archive.org_bot)", True),  # archive\.org_bot
        ("Mozilla/5.0 (compatible; archive_org_bo)", False),
    ],
)
def test_crawlers_are_bots(user_agent: str, bot: bool) -> None:
    assert is_bot(user_agent) is bot


INSTANCES = [instance for crawler in CRAWLER_USER_AGENTS_DATA for instance in crawler["instances"]]
PATTERNS = [crawler["pattern"] for crawler in CRAWLER_USER_AGENTS_DATA]


def test_whatever_the_list_gives_as_an_example_is_judged_as_the_list_does() -> None:
    assert [text for text in INSTANCES if is_bot(text) != is_crawler(text)] == []


@given(
    st.sampled_from(PATTERNS).flatmap(st.from_regex),
    st.sampled_from(["", " ", CHROME]),
    st.sampled_from(["", " ", "x", CHROME]),
)
def test_whatever_a_pattern_matches_is_judged_as_the_list_does(match: str, before: str, after: str) -> None:
    assert is_bot(before + match + after) == is_crawler(before + match + after)
