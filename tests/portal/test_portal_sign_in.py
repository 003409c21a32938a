"""Sign-in with the pages of a Cognito user pool."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from devstack.appsync.tokens import LIFETIME_SECONDS
from devstack.site.portal import configured_portal
from tests.appsync.stand import served
from tests.browser import visit
from tests.portal.hosted_ui import CLIENT_ID, HostedUi
from tests.portal.stage import Stage
from tests.portal.test_portal_figures import READER


@dataclass(frozen=True, slots=True)
class Deployment:
    """A portal that uses a Cognito user pool."""

    url: str
    domain: str
    """The address of the user pool's pages."""
    pool: HostedUi


@pytest.fixture
def deployed(portal: Stage) -> Iterator[Deployment]:
    pool = HostedUi(portal.stand.issuer)
    with served(pool.app) as domain:
        graphql = f"{portal.stand.url}/graphql"
        sign_in = {"kind": "cognito", "domain": domain, "clientId": CLIENT_ID, "scopes": ["openid", "email"]}
        settings = {"graphqlUrl": graphql, "refreshSeconds": 1, "signIn": sign_in}
        reached = [graphql, f"{domain}/oauth2/token", f"{domain}/oauth2/revoke"]
        with served(configured_portal(settings, reached)) as url:
            yield Deployment(f"{url}/", domain, pool)


def expires_in(pool: HostedUi, seconds: float) -> None:
    """Make the pool's next tokens expire in `seconds`."""
    pool.issuer = replace(pool.issuer, clock=lambda: time.time() - LIFETIME_SECONDS + seconds)


def sign_in(page: Page) -> None:
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Continue as alice").click()


def figures_shown(page: Page) -> None:
    expect(page.locator("#sums-PageViews")).to_contain_text(re.compile("[0-9]"))


def test_sign_in_returns_to_the_same_view(deployed: Deployment, browser: Browser) -> None:
    view = "?metric=Clicks&window=Last7Days&interval=Day&zone=Europe/Paris"
    with visit(browser, deployed.url + view, **READER) as page:
        sign_in(page)
        expect(page.locator("#sums-PageViews")).to_contain_text("463")
        assert page.url == deployed.url + view  # without the code
        assert page.locator("#user").inner_text() == "alice"
        page.reload()
        figures_shown(page)
        assert deployed.pool.grants == ["authorization_code"]
        assert deployed.pool.refusals == []
        # The tokens are in the tab's sessionStorage only.
        assert page.evaluate("[document.cookie, localStorage.length]") == ["", 0]
        sign_out(page)


def test_token_about_to_expire_is_renewed(deployed: Deployment, browser: Browser) -> None:
    expires_in(deployed.pool, 30)
    with visit(browser, deployed.url, **READER) as page:
        sign_in(page)
        figures_shown(page)
        assert "refresh_token" in deployed.pool.grants


def test_token_that_the_api_refuses_is_renewed(deployed: Deployment, browser: Browser) -> None:
    with visit(browser, deployed.url, expected=("status of 401",), **READER) as page:
        sign_in(page)
        figures_shown(page)
        spoil(page, "idToken")
        page.reload()
        figures_shown(page)
        assert deployed.pool.grants == ["authorization_code", "refresh_token"]


def test_user_signs_in_again_when_renewal_fails(deployed: Deployment, browser: Browser) -> None:
    with visit(browser, deployed.url, expected=("status of 400",), **READER) as page:
        expires_in(deployed.pool, 30)
        sign_in(page)
        figures_shown(page)
        deployed.pool.refresh_tokens.clear()
        page.get_by_text("Your session has ended.").first.wait_for()
        assert not page.locator("#place").is_visible()
        page.get_by_role("button", name="Sign in").wait_for()


def test_portal_says_that_cognito_cannot_be_reached(deployed: Deployment, browser: Browser) -> None:
    with visit(browser, deployed.url, expected=("ERR_FAILED",), **READER) as page:
        page.route("**/oauth2/token", lambda route: route.abort())
        sign_in(page)
        page.get_by_role("heading", name="No connection").wait_for()
        page.unroute("**/oauth2/token")
        page.get_by_role("button", name="Try again").click()  # a code works once, so the sign-in starts again
        sign_in(page)
        figures_shown(page)


def test_cancelled_sign_in_can_be_started_again(deployed: Deployment, browser: Browser) -> None:
    with visit(browser, deployed.url, **READER) as page:
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name="Not now").click()
        page.get_by_text("You said no.").first.wait_for()
        page.get_by_role("button", name="Sign in").wait_for()


def test_sign_in_that_was_started_elsewhere_is_refused(deployed: Deployment, browser: Browser) -> None:
    """Otherwise an attacker could sign a user in to the attacker's account without being noticed."""
    with visit(browser, deployed.url, **READER) as page:
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name="Forged").click()
        page.get_by_text("This sign-in was not started here").first.wait_for()
        assert deployed.pool.grants == []
        assert "code" not in page.url


def test_signing_out_revokes_the_refresh_token(deployed: Deployment, browser: Browser) -> None:
    """A copy of the refresh token no longer works."""
    with visit(browser, deployed.url, **READER) as page:
        sign_in(page)
        figures_shown(page)
        [copied] = deployed.pool.refresh_tokens
        sign_out(page)
        assert deployed.pool.revoked.wait(10)
    form = {"grant_type": "refresh_token", "refresh_token": copied, "client_id": CLIENT_ID}
    assert httpx.post(f"{deployed.domain}/oauth2/token", data=form).json() == {"error": "invalid_grant"}


def test_signing_out_works_when_the_token_cannot_be_revoked(deployed: Deployment, browser: Browser) -> None:
    asked: list[Route] = []
    with visit(browser, deployed.url, expected=("ERR_FAILED",), **READER) as page:
        # First without a network, then with a server that never answers.
        for answer in (lambda route: route.abort(), lambda route: asked.append(route)):  # noqa: PLW0108
            page.route("**/oauth2/revoke", answer)
            sign_in(page)
            figures_shown(page)
            sign_out(page)
            page.unroute("**/oauth2/revoke")
        assert len(asked) == 1


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").wait_for()
    assert page.evaluate("sessionStorage.length") == 0


def spoil(page: Page, name: str) -> None:
    """Break the signature of a stored token."""
    page.evaluate(
        """name => {
            const tokens = JSON.parse(sessionStorage.getItem('portal.tokens'));
            tokens[name] += 'x';
            sessionStorage.setItem('portal.tokens', JSON.stringify(tokens));
        }""",
        name,
    )
