"""From visitors in a real browser with RudderStack's own SDK to the figures of affiliates."""

import logging
import re
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from msgspec import structs
from playwright.sync_api import Browser, Request, Response, Route

from chalicelib.directory import Directory, normal_code
from chalicelib.events import Commission, PageView
from devstack.sample.world import AFFILIATES, directory
from devstack.stack import WRITE_KEYS
from tests.browser import visitor
from tests.site.portal import read_portal
from tests.site.stand import RULES, read_event
from tests.site.system import SITE, UBUNTU, System, visiting

PROGRAM = structs.replace(
    RULES,
    directory=Directory(
        affiliates=frozenset(each.id for each in AFFILIATES),
        codes={normal_code(each.code): each.id for each in AFFILIATES},
    ),
)
"""The rules with the directory of the sample."""
METRICS = ("PageViews", "Clicks", "Visitors", "Orders", "Commissions", "Revenue")
# Noon on past days: far from midnight, at any time the test runs.
DAY_TWO = datetime.now(UTC).date() - timedelta(days=1)
DAY_ONE = DAY_TWO - timedelta(days=1)
NOON_ONE, NOON_TWO = (datetime.combine(day, time(12), UTC) for day in (DAY_ONE, DAY_TWO))


@pytest.fixture
def deliveries(system: System, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The outcomes of the objects that are delivered from now on."""
    system.settle()
    caplog.set_level(logging.INFO, "devstack.deliveries")
    return caplog


def test_an_affiliate_sees_the_figures_of_their_visitors(system: System, browser: Browser) -> None:
    site, calendar = system.stack.site_url, system.calendar
    with visitor(browser, user_agent=UBUNTU) as window:
        calendar.set(NOON_ONE)
        window.clock.install(time=NOON_ONE)
        with visiting(window, site) as first:
            first.open("/?ref=alice")
            first.follow("Curriculum")
            first.follow("Pricing")
            first.follow("Go to checkout")
            first.press("Buy now")
        calendar.set(NOON_TWO)
        window.clock.fast_forward(timedelta(days=1) // timedelta(milliseconds=1))
        with visiting(window, site) as first:
            first.open("/")
            first.follow("Questions")
    with visitor(browser, user_agent=UBUNTU) as private_window:
        private_window.clock.install(time=NOON_TWO)
        with visiting(private_window, site) as second:
            second.open("/?ref=alice")
            second.follow("Pricing")

    system.settle()
    assert read_portal(browser, system.stack.portal_url, "alice") == ["2", "2", "9", "1", "$74.70"]
    assert read_portal(browser, system.stack.portal_url, "O'Brien & Söhne") == ["0"] * 5
    assert {metric: system.days("alice", metric) for metric in ("PageViews", "Visitors", "Commissions")} == {
        "PageViews": {DAY_ONE: 5, DAY_TWO: 4},
        "Visitors": {DAY_ONE: 1, DAY_TWO: 2},
        "Commissions": {DAY_ONE: Decimal("74.70")},
    }


def test_a_tagged_link_and_a_code_credit_their_orders(system: System, browser: Browser) -> None:
    site, refused = system.stack.site_url, ("422",)
    with system.directory(directory()):
        with (
            visitor(browser, expected=refused, user_agent=UBUNTU) as window,
            visiting(window, site) as customer,
        ):
            customer.open("/?ref=bob&sub=video")
            customer.follow("Pricing")
            customer.follow("Go to checkout")
            customer.fill("Discount code", "BOBB15")
            customer.press("Buy now")
            customer.fill("Discount code", " bob15")
            customer.press("Buy now")
        with visitor(browser, user_agent=UBUNTU) as window, visiting(window, site) as listener:
            listener.open("/checkout")
            listener.fill("Discount code", "BOB15")
            listener.press("Buy now")

    events = [read_event(source, document, PROGRAM) for source, document in system.delivered()]
    views = [event for event in events if isinstance(event, PageView) and event.affiliate_id == "bob"]
    orders = [event for event in events if isinstance(event, Commission) and event.affiliate_id == "bob"]
    assert [(view.path, view.link, view.click) for view in views] == [
        ("/", "video", True),
        ("/pricing", "video", False),
        ("/checkout", "video", False),
        ("/checkout", "video", False),  # the code was refused
        ("/thank-you", "video", False),
    ]
    assert [(order.link, order.coupon, order.micros, order.revenue) for order in orders] == [
        ("video", "BOB15", 63_500_000, 211_650_000),
        ("", "BOB15", 63_500_000, 211_650_000),
    ]
    assert {metric: system.totals("bob", metric) for metric in METRICS} == {
        "PageViews": {(SITE, None): 5},
        "Clicks": {(SITE, None): 1},
        "Visitors": {(SITE, None): 1},
        "Orders": {(SITE, None): 2},
        "Commissions": {(SITE, "USD"): Decimal("127.00")},
        "Revenue": {(SITE, "USD"): Decimal("423.30")},
    }


def test_a_refund_takes_back_the_commission(system: System, browser: Browser) -> None:
    with visitor(browser, user_agent=UBUNTU) as window, visiting(window, system.stack.site_url) as customer:
        for _ in range(2):
            customer.open("/checkout?ref=refunded")
            customer.press("Buy now")
        customer.press("Refund my order")
    assert system.totals("refunded", "Commissions") == {(SITE, "USD"): Decimal("74.70")}


def test_an_event_that_is_sent_again_counts_once(system: System, browser: Browser) -> None:
    sent: list[Any] = []

    def lose_the_answer(route: Route) -> None:
        sent.append(route.request.post_data_json)
        assert route.fetch().ok
        if len(sent) == 1:
            route.abort()  # RudderStack has the event, and the SDK cannot know
        else:
            route.continue_()

    with visitor(browser, expected=("ERR_FAILED", "will be retried"), user_agent=UBUNTU) as window:
        window.route("**/v1/page", lose_the_answer)
        with visiting(window, system.stack.site_url) as impatient:
            impatient.open("/?ref=resent")
    assert [event["messageId"] for event in sent] == [sent[0]["messageId"]] * 2
    assert sent[0]["sentAt"] != sent[1]["sentAt"]
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    batch = {"batch": [{**event, "sentAt": now} for event in sent]}
    url, key = f"{system.stack.rudderstack_url}/v1/batch", WRITE_KEYS["web"]
    assert httpx.post(url, json=batch, auth=(key, "")).text == "OK"

    assert system.totals("resent", "PageViews") == {(SITE, None): 1}
    assert system.totals("resent", "Visitors") == {(SITE, None): 1}


def test_the_additional_event_of_an_ad_blocker_is_not_a_page_view(
    system: System, browser: Browser, deliveries: pytest.LogCaptureFixture
) -> None:
    failed: list[Request] = []

    def after_the_failure(route: Route) -> None:
        if not failed:
            page.wait_for_event("requestfailed")
        route.continue_()

    with visitor(browser, expected=("ERR_BLOCKED_BY_CLIENT",), user_agent=UBUNTU) as window:
        page = window.new_page()
        page.on("requestfailed", lambda request: failed.append(request))  # noqa: PLW0108 - no builtins, says Playwright
        page.route(re.compile(r"/sourceConfig/\?view=ad$"), lambda route: route.abort("blockedbyclient"))
        # The SDK loads both at once. It must know about the ad blocker before it sends the page view.
        page.route(re.compile(r"/sourceConfig/\?p="), after_the_failure)
        with page.expect_response(_is_adblock_page), page.expect_response(_is_plain_page):
            page.goto(f"{system.stack.site_url}/?ref=blocked")

    assert system.totals("blocked", "PageViews") == {(SITE, None): 1}
    assert "documents 2, written 1, left_out 1," in deliveries.text


def test_a_headless_browser_is_not_a_visitor(
    system: System, browser: Browser, deliveries: pytest.LogCaptureFixture
) -> None:
    with visitor(browser) as window, visiting(window, system.stack.site_url) as bot:
        assert "HeadlessChrome" in bot.page.evaluate("navigator.userAgent")
        bot.open("/?ref=crawled")

    assert system.totals("crawled", "PageViews") == {}
    assert system.totals("crawled", "Visitors") == {}
    assert "documents 1, left_out 1," in deliveries.text


def test_a_sale_that_the_browser_reports_is_not_a_commission(
    system: System, browser: Browser, deliveries: pytest.LogCaptureFixture
) -> None:
    forged = {"order_id": "1", "affiliate_id": "greedy", "commission": "1000000.00", "currency": "USD"}
    with visitor(browser, user_agent=UBUNTU) as window, visiting(window, system.stack.site_url) as forger:
        forger.open("/?ref=greedy")
        forger.track("Order Completed", forged)

    assert system.totals("greedy", "PageViews") == {(SITE, None): 1}
    assert system.totals("greedy", "Commissions") == {}
    assert "documents 2, written 1, left_out 1," in deliveries.text


def test_a_browser_whose_clock_is_a_day_ahead_is_corrected(system: System, browser: Browser) -> None:
    system.calendar.set(NOON_ONE)
    with visitor(browser, user_agent=UBUNTU) as window:
        window.clock.install(time=NOON_TWO)
        with visiting(window, system.stack.site_url) as hasty:
            hasty.open("/?ref=ahead")

    assert system.days("ahead", "PageViews") == {DAY_ONE: 1}


def _is_adblock_page(response: Response) -> bool:
    return _is_page(response) and "ad-block page request" in (response.request.post_data or "")


def _is_plain_page(response: Response) -> bool:
    return _is_page(response) and not _is_adblock_page(response)


def _is_page(response: Response) -> bool:
    return response.request.method == "POST" and response.url.endswith("/v1/page")
