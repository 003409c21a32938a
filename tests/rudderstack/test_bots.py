import re

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA, is_crawler
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rudderstack.user_agents import MAX_USER_AGENT, NARROWED, is_bot

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
WEBVIEW = " AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


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
        ("Viber", True),
        ("WhatsApp/2.23.20.0 A", True),
        ("Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)", True),
        ("Sogou-Test-Spider/4.0 (compatible; MSIE 5.5; Windows 98)", True),
        ("Mozilla/5.0 (compatible; 008/0.85; http://www.80legs.com/webcrawler.html) Gecko/2008032620", True),
        ("Mozilla/5.0 (compatible; RankSonicSiteAuditor/1.0; +https://ranksonic.com)", True),
        (
            "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P)"
            + WEBVIEW
            + " (compatible; Googlebot/2.1)",
            True,
        ),
        ("Mozilla/5.0 (Linux; Android 7.0; Moto G (4))" + WEBVIEW + " Chrome-Lighthouse", True),
        ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", True),
    ],
)
def test_crawlers_are_bots(user_agent: str, bot: bool) -> None:
    assert is_bot(user_agent) is bot


PEOPLE = {
    "Facebook, iPhone": IPHONE + " Safari/604.1 MetaIAB Facebook",
    "Facebook, Android": "Mozilla/5.0 (Linux; Android 16; Pixel 9 Build/CP1A.260305.018; wv)"
    + WEBVIEW
    + " MetaIAB Facebook",
    "Instagram, Android 15": "Mozilla/5.0 (Linux; Android 15; CPH2557 Build/AP3A.240617.008; wv)"
    + WEBVIEW
    + " Instagram 406.0.0.58.159 Android (35/15; 480dpi; 1080x2400; OPPO; CPH2557; en_MY)",
    "any application, Android 15": "Mozilla/5.0 (Linux; U; Android 15; en-us; PKC110 Build/AP3A.240617.008)"
    + WEBVIEW,
    "Viber, Android": "Mozilla/5.0 (Linux; Android 9; SM-G955U Build/PPR1.180610.011; wv)"
    + WEBVIEW
    + " Viber/12.1.0.11",
    "Viber, Mac": CHROME + " Viber",
    "WhatsApp": "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv)" + WEBVIEW + " WhatsApp/2.24",
    "Sogou, Android": "Mozilla/5.0 (Linux; U; Android 5.0.2; zh-cn; Redmi Note 2 Build/LRX22G)"
    + WEBVIEW
    + " SogouMSE,SogouMobileBrowser/5.2.2",
    "Visual Studio Code": CHROME.replace("Chrome", "Code/1.115.0 Chrome") + " Electron/39.8.5",
    "an editor": CHROME.replace("Chrome", "Trae/1.107.1 Chrome") + " Electron/39.2.7",
    "a page as an application": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_5_6) Fluid/0.9.6 Safari/528.16",
    "a phone named TS1008": "DESAY TS1008/1.0 Release/07.12.2013 Mozilla/5.0 (Linux; U; Android 4.0.3; zh-cn)"
    + WEBVIEW,
    "a tablet by ViewSonic": "Mozilla/5.0 (Linux; Android 4.4.2; ViewSonic V500 Build/KVT49L)" + WEBVIEW,
    "a phone named Butterfly": "Mozilla/5.0 (Linux; Android 4.2.2; HTC Butterfly Build/JDQ39)" + WEBVIEW,
    "a tablet named Fever": "Mozilla/5.0 (Linux; U; Android 8.1.0; Fever_Plus Build/O11019; wv)" + WEBVIEW,
    "a phone named Expanse": "Mozilla/5.0 (Linux; Android 8.0.0; Expanse)" + WEBVIEW,
    "WhatsApp, itself": "WhatsApp/2.17.395 Android/6.0 Device/Meizu-M5_Note",
    "NewsBlur, itself": "NewsBlur iPhone App v3.6",
    "Podimo, itself": "Podimo/1.20.1 build 148/Android 29",
    "a loudspeaker": "GoogleChirp/1.0.1 (Linux; Android/5.0) GOOG/7 AppleWebKit/534.30 (KHTML, like Gecko)",
    "LINE": IPHONE + " Safari Line/14.1.0",
    "TikTok": IPHONE + " musical_ly_2023600040 BytedanceWebview/d8a21c6",
    "LinkedIn": IPHONE + " [LinkedInApp]/9.30.1234",
    "Pinterest": IPHONE + " [Pinterest/iOS]",
    "Snapchat": IPHONE + " Snapchat/12.90.0.46 (like Safari/8618, panda)",
    "Google": IPHONE + " GSA/340.3.700",
    "DuckDuckGo": IPHONE + " DuckDuckGo/7 Ddg/18.1",
    "WeChat": IPHONE + " MicroMessenger/8.0.50(0x1800322f) NetType/WIFI Language/en",
}


@pytest.mark.parametrize("user_agent", PEOPLE.values(), ids=PEOPLE)
def test_people_are_not_bots(user_agent: str) -> None:
    assert not is_bot(user_agent)


INSTANCES = [instance for crawler in CRAWLER_USER_AGENTS_DATA for instance in crawler["instances"]]
PATTERNS = [crawler["pattern"] for crawler in CRAWLER_USER_AGENTS_DATA]


def test_every_pattern_that_is_narrowed_is_in_the_list() -> None:
    assert NARROWED.keys() <= set(PATTERNS)


def test_the_examples_of_other_patterns_are_judged_as_the_list_does() -> None:
    narrowed = re.compile("|".join(NARROWED))
    others = [text for text in INSTANCES if not narrowed.search(text)]
    assert len(others) > 1500
    assert [text for text in others if is_bot(text) != is_crawler(text)] == []


@given(
    st.sampled_from([pattern for pattern in PATTERNS if pattern not in NARROWED]).flatmap(st.from_regex),
    st.sampled_from(["", " ", CHROME]),
    st.sampled_from(["", " ", "x", CHROME]),
)
def test_whatever_another_pattern_matches_is_judged_as_the_list_does(
    match: str, before: str, after: str
) -> None:
    text = before + match + after
    if not re.search("|".join(NARROWED), text):
        assert is_bot(text) == is_crawler(text[:MAX_USER_AGENT])
