"""What the local portal is told: who can sign in, and which websites there are."""

from collections.abc import Iterator

import httpx
import pytest

from devstack.appsync.local import USERS
from devstack.http.ports import HOST, listen
from devstack.http.serving import serving
from devstack.site.portal import portal

SITE = "http://127.0.0.1:8090"


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    listener = listen(0)
    app = portal("http://127.0.0.1:1/graphql", USERS, lambda user: f"token of {user.username}", site_url=SITE)
    with (
        serving(app, listener),
        httpx.Client(base_url=f"http://{HOST}:{listener.getsockname()[1]}") as client,
    ):
        yield client


def test_both_roles_are_offered_with_what_they_are(client: httpx.Client) -> None:
    offered = client.get("/identities.json").json()
    assert offered[0] == {
        "name": "alice",
        "about": "\u2068Alice Ashdown\u2069, 3 links, code ALICE15",
        "group": "Affiliates",
        "token": "token of alice",
    }
    assert offered[2]["about"] == "1 link, code SÖHNE15"
    assert [each["group"] for each in offered] == ["Affiliates"] * 12 + ["The owner", "Somebody else"]
    assert [each["name"] for each in offered[-2:]] == ["owner", "user"]
    assert all(each["about"] for each in offered)


def test_links_can_be_built_to_the_demo_site_first_and_to_all_websites(client: httpx.Client) -> None:
    settings = client.get("/config.json").json()
    assert settings["linkParameters"] == {"affiliate": "ref", "link": "sub"}
    assert settings["sites"][:2] == [
        {
            "name": "Serverless, Well Understood (on this machine)",
            "url": f"{SITE}/",
            "pages": ["/", "/curriculum", "/pricing", "/faq"],
        },
        {
            "name": "Serverless, Well Understood",
            "url": "https://www.serverless.example/",
            "pages": ["/", "/curriculum", "/pricing", "/faq"],
        },
    ]
    assert [site["url"] for site in settings["sites"][2:]] == [
        "https://testing.example/", "https://shop.books.example/",
    ]  # fmt: skip
