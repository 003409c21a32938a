"""What the portal says when it has no figures, and what the user can do about it."""

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import visit
from tests.portal.stage import NOTHING, SITES, Stage, plain, sign_in
from tests.portal.test_portal_figures import READER, cards


def failure(page: Page) -> str:
    """Wait for an error on the page, and return its title."""
    page.locator("#failure").wait_for()
    return plain(page.locator("#failure-title").inner_text())


def choose(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_portal_says_that_figures_are_loading(portal: Stage, browser: Browser) -> None:
    portal.api.seconds = 0.5
    with visit(browser, portal.url, **READER) as page:
        choose(page, "alice")
        page.get_by_role("heading", name="Loading your figures").wait_for()
        assert cards(page) == ["-", "-", "-"]
        expect(page.locator("#chart-title")).to_have_text("Page views by day")


def test_empty_view_says_when_figures_will_appear(portal: Stage, browser: Browser) -> None:
    portal.api.sites = NOTHING
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        assert page.locator("#empty-title").inner_text() == "No page views in the last 7 days"
        assert cards(page) == ["0", "0", "0"]
        assert not page.locator("table").is_visible()
        portal.api.sites = SITES
        choose(page, "Show the last 365 days")
        expect(page.locator("#sums-PageViews")).to_have_text("26,825")
        assert page.get_by_role("radio", name="365 days").is_checked()


def test_user_can_try_again_after_a_failure(portal: Stage, browser: Browser) -> None:
    portal.api.status = 500
    with visit(browser, portal.url, **READER) as page:
        choose(page, "alice")
        assert failure(page) == "Your figures are not available right now"
        assert page.get_by_role("status").inner_text().startswith("Your figures are not available")
        portal.api.status = 429
        choose(page, "Try again")
        expect(page.locator("#failure-title")).to_have_text("Too many requests")
        portal.api.status = 200
        choose(page, "Try again")
        expect(page.locator("#sums-PageViews")).to_have_text("2,146")
        assert not page.locator("#failure").is_visible()


def test_portal_tries_again_by_itself_after_an_error_of_appsyncs_own(portal: Stage, browser: Browser) -> None:
    error_types = iter(["UpstreamError", "MappingTemplate", "UpstreamError"])

    def refuse(route: Route) -> None:
        error = {"path": ["PageViews"], "errorType": next(error_types), "message": "no"}
        answer = {"data": {"PageViews": None}, "errors": [error]}
        route.fulfill(json=answer, headers={"Access-Control-Allow-Origin": "*"})

    with visit(browser, portal.url, expected=("Error: no",), **READER) as page:
        sign_in(page)
        page.route("**/graphql", refuse)
        assert failure(page) == "Something is wrong on our side"
        choose(page, "Try again")
        expect(page.locator("#failure-title")).to_have_text("Your figures are not available right now")
        expect(page.locator("#failure-title")).to_have_text("Something is wrong on our side")


def test_old_figures_stay_visible_until_new_ones_arrive(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        sign_in(page)
        portal.api.status = 500
        assert failure(page) == "Your figures are not available right now"
        assert cards(page)[0] == "2,146"
        portal.api.status = 200
        expect(page.locator("#failure")).to_be_hidden()  # by itself
        portal.api.status = 500
        failure(page)
        # The old figures belong to this view. In another view they would be wrong.
        page.get_by_role("radio", name="7 days", exact=True).check()
        expect(page.locator("#results")).to_be_hidden()


def test_portal_continues_when_the_connection_returns(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, expected=("ERR_INTERNET_DISCONNECTED",), **READER) as page:
        sign_in(page)
        page.context.set_offline(True)
        assert failure(page) == "No connection"
        page.context.set_offline(False)
        expect(page.locator("#failure")).to_be_hidden()


def test_user_who_is_not_an_affiliate_can_use_another_account(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        choose(page, "user")
        assert failure(page) == "This is not an affiliate account"
        choose(page, "Use another account")
        sign_in(page, "bob")
        assert page.locator("#user").inner_text() == "bob"
        assert {each["affiliateId"] for each in portal.api.asked} == {"bob"}


def test_signing_out_removes_all_figures_of_the_affiliate(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        sign_in(page)
        choose(page, "Sign out")
        page.get_by_text("You are signed out.").first.wait_for()
        page.reload()
        page.get_by_role("heading", name="Sign in to see your figures").wait_for()
        portal.api.status = 500
        choose(page, "O'Brien & Söhne")
        failure(page)
        assert "2,146" not in page.content()


def test_tab_stays_signed_in_after_a_reload(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        sign_in(page)
        page.reload()
        expect(page.locator("#sums-PageViews")).to_have_text("2,146")


def test_refused_token_signs_the_user_out(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, expected=("status of 401",), **READER) as page:
        sign_in(page)
        page.evaluate("sessionStorage.setItem('portal.token', sessionStorage.getItem('portal.token') + 'x')")
        page.get_by_text("Your session has ended.").first.wait_for()
        sign_in(page)


SETTINGS = {
    "{": "the file is not valid JSON",
    "{}": '"graphqlUrl" must be a URL',
    '{"graphqlUrl": "https://x.example", "refreshSeconds": 0}': '"refreshSeconds" must be 1 or more',
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
            choose(page, "Try again")
        page.get_by_role("heading", name="Sign in to see your figures").wait_for()
