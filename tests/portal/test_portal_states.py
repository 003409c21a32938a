"""What the portal says when it has no figures, and what the user can do about it."""

from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import visit
from tests.portal.stage import NOTHING, SITES, Stage, choose_user, figures_shown, plain, refresh, sign_in
from tests.portal.test_portal_figures import READER, cards


def failure(page: Page) -> str:
    """Wait for an error on the page, and return its title."""
    page.locator("#failure").wait_for()
    return plain(page.locator("#failure-title").inner_text())


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_portal_says_that_figures_are_loading(portal: Stage, browser: Browser) -> None:
    portal.api.seconds = 0.5
    with visit(browser, portal.url, **READER) as page:
        choose_user(page, "alice")
        page.get_by_role("heading", name="Loading your figures").wait_for()
        assert cards(page) == ["-"] * 5
        expect(page.locator("#chart-title")).to_have_text("Clicks by day")


def test_empty_view_says_when_figures_will_appear(portal: Stage, browser: Browser) -> None:
    portal.api.sites = NOTHING
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        assert page.locator("#empty h3").inner_text() == "No clicks in this time"
        assert cards(page) == ["0"] * 5
        assert not page.locator("#data").is_visible()
        portal.api.sites = SITES
        press(page, "Show the last 365 days")
        expect(page.locator("#sums-PageViews")).to_contain_text("26,825")
        assert page.locator("#window").input_value() == "Last365Days"


def test_user_can_try_again_after_a_failure(portal: Stage, browser: Browser) -> None:
    portal.api.status = 500
    with visit(browser, portal.url, **READER) as page:
        choose_user(page, "alice")
        assert failure(page) == "Your figures are not available right now"
        assert page.get_by_role("status").inner_text().startswith("Your figures are not available")
        portal.api.status = 429
        press(page, "Try again")
        expect(page.locator("#failure-title")).to_have_text("Too many requests")
        portal.api.status = 200
        press(page, "Try again")
        expect(page.locator("#sums-PageViews")).to_contain_text("2,146")
        assert not page.locator("#failure").is_visible()


def test_portal_tries_again_by_itself_after_an_error_of_appsyncs_own(portal: Stage, browser: Browser) -> None:
    error_types = iter(["UpstreamError", "MappingTemplate", "UpstreamError"])

    def refuse(route: Route) -> None:
        error = {"path": ["me"], "errorType": next(error_types), "message": "no"}
        answer = {"data": {"me": None}, "errors": [error]}
        route.fulfill(json=answer, headers={"Access-Control-Allow-Origin": "*"})

    with visit(browser, portal.url, expected=("Error: no",), **READER) as page:
        sign_in(page)
        page.route("**/graphql", refuse)
        assert failure(page) == "Something is wrong with this portal"
        press(page, "Try again")
        expect(page.locator("#failure-title")).to_have_text("Your figures are not available right now")
        expect(page.locator("#failure-title")).to_have_text("Something is wrong with this portal")


def test_old_figures_stay_visible_until_new_ones_arrive(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        sign_in(page)
        portal.api.status = 500
        refresh(page)
        assert failure(page) == "Your figures are not available right now"
        assert cards(page)[2].startswith("2,146")
        portal.api.status = 200
        expect(page.locator("#failure")).to_be_hidden()  # by itself
        portal.api.status = 500
        refresh(page)
        failure(page)
        # The old figures belong to this view. In another view they would be wrong.
        page.locator("#window").select_option("Last7Days")
        expect(page.locator("#place")).to_be_hidden()


def test_portal_continues_when_the_connection_returns(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, expected=("ERR_INTERNET_DISCONNECTED",), **READER) as page:
        sign_in(page)
        page.context.set_offline(True)
        assert failure(page) == "No connection"
        page.context.set_offline(False)
        expect(page.locator("#failure")).to_be_hidden()


def test_user_who_is_not_an_affiliate_can_use_another_account(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        choose_user(page, "user")
        assert failure(page) == "This account has no figures"
        press(page, "Use another account")
        sign_in(page, "bob")
        assert page.locator("#user").inner_text() == "bob"
        assert {each["affiliateId"] for each in portal.api.asked} == {"bob"}


def test_an_affiliate_who_types_anothers_address_gets_their_own_page(portal: Stage, browser: Browser) -> None:
    with visit(browser, f"{portal.url}?affiliate=bob&view=balances", **READER) as page:
        sign_in(page)
        assert page.get_by_role("navigation").get_by_role("link").all_inner_texts()[0] == "Overview"
        assert "bob" not in page.url
        assert portal.api.asked[-1]["affiliateId"] == "alice"


def test_signing_out_removes_all_figures_of_the_affiliate(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        sign_in(page)
        press(page, "Sign out")
        page.get_by_text("You are signed out.").first.wait_for()
        page.reload()
        page.get_by_role("heading", name="Sign in to see your figures").wait_for()
        portal.api.status = 500
        choose_user(page, "O'Brien & Söhne")
        failure(page)
        assert "2,146" not in page.content()


def test_tab_stays_signed_in_after_a_reload(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        sign_in(page)
        page.reload()
        expect(page.locator("#sums-PageViews")).to_contain_text("2,146")


def test_refused_token_signs_the_user_out(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, expected=("status of 401",), **READER) as page:
        sign_in(page)
        page.evaluate("sessionStorage.setItem('portal.token', sessionStorage.getItem('portal.token') + 'x')")
        page.get_by_text("Your session has ended.").first.wait_for()
        sign_in(page)


def test_a_request_that_hangs_ends_with_a_word_and_is_tried_again(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        page.clock.install()
        sign_in(page)
        page.route("**/graphql", lambda _route: None)  # never answered
        page.locator("#window").select_option("Last7Days")
        page.clock.run_for(5_000)
        expect(page.locator("#waiting")).to_be_visible()
        page.clock.run_for(31_000)
        assert failure(page) == "No answer yet"
        # The old figures are of another view.
        expect(page.locator("#place")).to_be_hidden()
        page.unroute("**/graphql")
        page.clock.run_for(6_000)
        expect(page.locator("#failure")).to_be_hidden()
        assert cards(page)[0].startswith("294")


def test_answers_that_are_not_ours_are_failures_that_pass(portal: Stage, browser: Browser) -> None:
    cors = {"Access-Control-Allow-Origin": "*"}
    answers: dict[str, dict[str, Any]] = {
        "Your figures could not be loaded.": {"body": '{"data": {"me": {"Cli', "headers": cors},
        "A web page came instead": {
            "body": "<p>Welcome to our Wi-Fi</p>",
            "headers": {**cors, "Content-Type": "text/html"},
        },
        "No data is lost": {"json": {"errors": [{"message": "Validation error"}]}, "headers": cors},
    }
    given = iter(answers.values())
    with visit(browser, portal.url, expected=("Validation error",), **READER) as page:
        sign_in(page)
        page.route("**/graphql", lambda route: route.fulfill(**next(given)))
        for text in answers:
            expect(page.locator("#failure-text")).to_contain_text(text)
            expect(page.locator("#place")).to_be_visible()  # the figures of this view are still of use
            if text == list(answers)[-1]:
                page.unroute("**/graphql")
            press(page, "Try again")
        expect(page.locator("#failure")).to_be_hidden()


def test_captive_network_is_not_a_mistake_in_the_settings(portal: Stage, browser: Browser) -> None:
    with visit(browser, "about:blank", **READER) as page:
        page.route("**/config.json", lambda route: route.fulfill(body="<p>Hi</p>", content_type="text/html"))
        page.goto(portal.url)
        assert failure(page) == "No connection"
        page.unroute("**/config.json")
        press(page, "Try again")
        page.get_by_role("heading", name="Sign in to see your figures").wait_for()


def test_page_that_cannot_be_loaded_can_be_reloaded(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, expected=("ERR_FAILED",), **READER) as page:
        sign_in(page)
        page.route("**/pages/sales.js", lambda route: route.abort())
        page.get_by_role("link", name="Sales").click()
        assert failure(page) == "This page could not be loaded"
        page.unroute("**/pages/sales.js")
        press(page, "Reload")
        figures_shown(page)
        page.get_by_role("heading", name="Sales and refunds").wait_for()


BROWSERS: Final = {
    "delete Map.groupBy": "Your browser is too old for this page",
    "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException() } })": (
        "Your browser does not let this page store anything"
    ),
}
"""What a browser lacks, and the sentence that its user reads."""


@pytest.mark.parametrize("lack", BROWSERS)
def test_browser_that_cannot_run_the_page_gets_a_sentence(portal: Stage, browser: Browser, lack: str) -> None:
    with visit(browser, "about:blank", **READER) as page:
        page.add_init_script(lack)
        page.goto(portal.url)
        page.get_by_role("heading", name=BROWSERS[lack]).wait_for()
        expect(page.locator("#skeleton")).to_be_hidden()
        expect(page.locator("#signed-out")).to_be_hidden()


SETTINGS = {
    "{": "the file is not valid JSON",
    "{}": '"graphqlUrl" must be a URL',
    '{"graphqlUrl": "https://x.example", "refreshSeconds": 0}': '"refreshSeconds" must be 1 or more',
    '{"graphqlUrl": "https://x.example", "sites": [{"name": "x"}]}': (
        '"sites" must be a list of {"name", "url", "pages"}'
    ),
    '{"graphqlUrl": "https://x.example"}': '"signIn.kind" must be one of: cognito, chooser',
}
"""Mistakes in config.json, and what the page says about each."""


def test_invalid_settings_are_explained(portal: Stage, browser: Browser) -> None:
    given = iter(SETTINGS)
    with visit(browser, "about:blank", **READER) as page:
        page.route("**/config.json", lambda route: route.fulfill(body=next(given)))
        page.goto(portal.url)
        for complaint in SETTINGS.values():
            expect(page.locator("#failure-text")).to_contain_text(complaint)
            assert failure(page) == "The portal is not set up"
            if complaint == list(SETTINGS.values())[-1]:
                page.unroute("**/config.json")
            press(page, "Try again")
        page.get_by_role("heading", name="Sign in to see your figures").wait_for()
