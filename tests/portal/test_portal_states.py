"""What the portal says when there are no figures, and what one can do then."""

from playwright.sync_api import Browser, Page, expect

from tests.browser import visit
from tests.portal.stage import NOTHING, SITES, Stage, plain, sign_in
from tests.portal.test_portal_figures import READER, cards


def failure(page: Page) -> str:
    """What went wrong, as it reads."""
    page.locator("#failure").wait_for()
    return plain(page.locator("#failure-title").inner_text())


def choose(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_it_says_that_figures_are_on_their_way(portal: Stage, browser: Browser) -> None:
    portal.api.seconds = 0.5
    with visit(browser, portal.url, **READER) as page:
        choose(page, "alice")
        page.get_by_role("heading", name="Loading the figures").wait_for()
        assert cards(page) == ["-", "-", "-"]
        expect(page.locator("#chart-title")).to_have_text("Page views by day")


def test_without_figures_it_says_what_brings_them(portal: Stage, browser: Browser) -> None:
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


def test_after_a_failure_one_may_try_again(portal: Stage, browser: Browser) -> None:
    portal.api.status = 500
    with visit(browser, portal.url, **READER) as page:
        choose(page, "alice")
        assert failure(page) == "The figures are not available at the moment"
        assert page.get_by_role("status").inner_text().startswith("The figures are not available")
        portal.api.status = 429
        choose(page, "Try again")
        expect(page.locator("#failure-title")).to_have_text("Too many questions at once")
        portal.api.status = 200
        choose(page, "Try again")
        expect(page.locator("#sums-PageViews")).to_have_text("2,146")
        assert not page.locator("#failure").is_visible()


def test_figures_of_a_while_ago_stay_until_there_are_others(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        sign_in(page)
        portal.api.status = 500
        assert failure(page) == "The figures are not available at the moment"
        assert cards(page)[0] == "2,146"
        portal.api.status = 200
        expect(page.locator("#failure")).to_be_hidden()  # by itself
        portal.api.status = 500
        failure(page)
        # They are of this view: for another they would be wrong.
        page.get_by_role("radio", name="7 days", exact=True).check()
        expect(page.locator("#results")).to_be_hidden()


def test_without_a_connection_it_goes_on_when_there_is_one(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, expected=("ERR_INTERNET_DISCONNECTED",), **READER) as page:
        sign_in(page)
        page.context.set_offline(True)
        assert failure(page) == "No connection"
        page.context.set_offline(False)
        expect(page.locator("#failure")).to_be_hidden()


def test_who_is_no_affiliate_may_sign_in_as_somebody_else(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        choose(page, "user")
        assert failure(page) == "This account is not an affiliate's"
        choose(page, "Sign in as somebody else")
        sign_in(page, "bob")
        assert page.locator("#user").inner_text() == "bob"
        assert {each["affiliateId"] for each in portal.api.asked} == {"bob"}


def test_nothing_of_an_affiliate_is_left_for_the_next(portal: Stage, browser: Browser) -> None:
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


def test_a_tab_stays_signed_in_over_a_reload(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        sign_in(page)
        page.reload()
        expect(page.locator("#sums-PageViews")).to_have_text("2,146")


def test_a_token_that_is_refused_signs_out(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, expected=("status of 401",), **READER) as page:
        sign_in(page)
        page.evaluate("sessionStorage.setItem('portal.token', sessionStorage.getItem('portal.token') + 'x')")
        page.get_by_text("Your session has ended.").first.wait_for()
        sign_in(page)


SETTINGS = {
    "{": "it is not JSON",
    "{}": '"graphqlUrl" is not the address of an API',
    '{"graphqlUrl": "https://x.example", "refreshSeconds": 0}': '"refreshSeconds" is not a number from 1 up',
    '{"graphqlUrl": "https://x.example"}': '"signIn.kind" is none of cognito, chooser',
}
"""What may be in config.json by mistake, and what the page says to it."""


def test_settings_that_make_no_sense_are_named(portal: Stage, browser: Browser) -> None:
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
