import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from devstack.http.ports import listen
from devstack.http.serving import serving
from devstack.rudderstack.gateway import gateway
from devstack.rudderstack.requests import MAX_REQUEST_BYTES

NOW = datetime(2026, 11, 23, 12, 0, 0, 250_000, UTC)
WEB = ("web-write-key", "")
EVENT = {"anonymousId": "a", "messageId": "m"}

Taken = list[tuple[str, Any]]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[httpx.Client, Taken]]:
    taken: Taken = []
    listener = listen(0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = gateway(
        {"web-write-key": "web", "server-write-key": "server"},
        lambda source, document: taken.append((source, json.loads(document))),
        clock=lambda: NOW,
    )
    with serving(app, listener), httpx.Client(base_url=url) as client:
        yield client, taken


@pytest.fixture
def client(server: tuple[httpx.Client, Taken]) -> httpx.Client:
    return server[0]


@pytest.fixture
def taken(server: tuple[httpx.Client, Taken]) -> Taken:
    server[1].clear()
    return server[1]


@pytest.mark.parametrize("kind", ["page", "track", "identify", "screen", "group", "alias"])
def test_an_event_gets_the_type_of_its_endpoint(client: httpx.Client, taken: Taken, kind: str) -> None:
    answer = client.post(f"/v1/{kind}", json={**EVENT, "type": "other"}, auth=WEB)

    assert (answer.status_code, answer.text) == (200, "OK")
    time = "2026-11-23T12:00:00.250Z"
    times = dict.fromkeys(("originalTimestamp", "receivedAt", "sentAt", "timestamp"), time)
    rudder_id = "29ee1b5c-cb2a-4f7f-9da4-a8eaf7f6c3cd"
    document = {**EVENT, **times, "type": kind, "request_ip": "127.0.0.1"}
    assert taken == [("web", {**document, "rudderId": taken[0][1]["rudderId"]})]
    assert len(taken[0][1]["rudderId"]) == len(rudder_id)


def test_a_batch_keeps_its_order_and_its_types(client: httpx.Client, taken: Taken) -> None:
    events = [{**EVENT, "messageId": str(number), "type": "page"} for number in range(3)]
    answer = client.post("/v1/batch", json={"batch": events, "sentAt": "2001-01-01T00:00:00Z"}, auth=WEB)

    assert answer.text == "OK"
    found = [(document["messageId"], document["type"], document["sentAt"]) for _, document in taken]
    # The sentAt of the batch is not used.
    assert found == [(str(number), "page", "2026-11-23T12:00:00.250Z") for number in range(3)]


def test_the_write_key_decides_the_source(client: httpx.Client, taken: Taken) -> None:
    client.post("/v1/track", json=EVENT, auth=("server-write-key", "anything"))
    assert [source for source, _ in taken] == ["server"]


def test_a_repeated_event_is_delivered_again(client: httpx.Client, taken: Taken) -> None:
    for _ in range(2):
        client.post("/v1/page", json=EVENT, auth=WEB)
    assert [document["messageId"] for _, document in taken] == ["m", "m"]


def test_the_sdk_learns_that_its_source_is_enabled(client: httpx.Client) -> None:
    answer = client.get("/sourceConfig/", params={"writeKey": "web-write-key", "p": "npm"})

    source = answer.json()["source"]
    assert (source["id"], source["enabled"], source["destinations"]) == ("web", True, [])
    assert not any(reported["enabled"] for reported in source["config"]["statsCollection"].values())


def test_an_unknown_key_has_no_source_configuration(client: httpx.Client) -> None:
    answer = client.get("/sourceConfig/", params={"writeKey": "other"})
    assert (answer.status_code, answer.text) == (401, "Invalid Write Key\n")


def test_the_sdk_can_detect_an_ad_blocker(client: httpx.Client) -> None:
    answer = client.head("/sourceConfig/?view=ad")
    assert (answer.status_code, answer.url.query) == (200, b"view=ad")


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        (b"", 400, "Invalid JSON\n"),
        (b"{", 400, "Invalid JSON\n"),
        (b'{"batch": [{"anonymousId": "a", "n": 1e999}]}', 400, "Invalid JSON\n"),
        (b"[]", 400, "Empty batch payload\n"),
        (b"{}", 400, "Empty batch payload\n"),
        (b'{"batch": []}', 400, "Empty batch payload\n"),
        (b'{"batch": null}', 400, "Empty batch payload\n"),
        (b'{"batch": [1]}', 400, "Event is not a valid rudder event\n"),
        (b'{"batch": [{"anonymousId": "a"}, {}]}', 400, "Request neither has anonymousId nor userId\n"),
        (b'{"batch": ["' + b"x" * MAX_REQUEST_BYTES + b'"]}', 413, "Request size exceeds max limit\n"),
    ],
    ids=range(10),
)
def test_a_malformed_batch_is_refused_as_a_whole(
    client: httpx.Client, taken: Taken, body: bytes, status: int, text: str
) -> None:
    answer = client.post("/v1/batch", content=body, auth=WEB)

    assert (answer.status_code, answer.text) == (status, text)
    assert taken == []


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ({}, "Failed to read writeKey from header\n"),
        ({"Authorization": "Bearer x"}, "Failed to read writeKey from header\n"),
        ({"Authorization": "Basic !"}, "Failed to read writeKey from header\n"),
        ({"Authorization": "Basic Og=="}, "Failed to read writeKey from header\n"),  # an empty user
        ({"Authorization": "Basic d2Vi"}, "Failed to read writeKey from header\n"),  # no colon
        ({"Authorization": "Basic bm9ib2R5Og=="}, "Invalid Write Key\n"),
    ],
)
def test_a_request_without_a_write_key_is_refused(
    client: httpx.Client, headers: dict[str, str], text: str
) -> None:
    answer = client.post("/v1/page", json=EVENT, headers=headers)
    assert (answer.status_code, answer.text) == (401, text)


def test_a_body_that_is_not_an_event_is_refused(client: httpx.Client) -> None:
    answer = client.post("/v1/page", json=[1], auth=WEB)
    assert (answer.status_code, answer.text) == (400, "Event is not a valid rudder event\n")


def test_a_gzipped_request_is_decompressed(client: httpx.Client, taken: Taken) -> None:
    headers = {"Content-Encoding": "gzip"}
    body = gzip.compress(json.dumps(EVENT).encode())

    assert client.post("/v1/page", content=body, headers=headers, auth=WEB).text == "OK"
    assert len(taken) == 1
    assert client.post("/v1/page", content=b"plain", headers=headers, auth=WEB).status_code == 400
    bomb = gzip.compress(b" " * (MAX_REQUEST_BYTES + 1))
    assert client.post("/v1/page", content=bomb, headers=headers, auth=WEB).status_code == 413


def test_the_first_forwarded_address_is_the_visitors(client: httpx.Client, taken: Taken) -> None:
    client.post("/v1/page", json=EVENT, headers={"X-Forwarded-For": "203.0.113.9, 10.0.0.1"}, auth=WEB)
    assert taken[0][1]["request_ip"] == "203.0.113.9"


def test_a_page_of_this_machine_can_send_events(client: httpx.Client, taken: Taken) -> None:
    origin = "http://localhost:3000"
    asking = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "anonymousid,authorization,content-type",
    }
    preflight = client.options("/v1/page", headers=asking)
    answer = client.post("/v1/page", json=EVENT, headers={"Origin": origin}, auth=WEB)

    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-headers"] == asking["Access-Control-Request-Headers"]
    for one in (preflight, answer):
        assert one.headers["access-control-allow-origin"] == origin
        assert one.headers["access-control-allow-credentials"] == "true"


def test_the_write_key_of_a_beacon_is_in_the_query(client: httpx.Client, taken: Taken) -> None:
    batch = {"batch": [{**EVENT, "type": "page"}]}

    assert client.post("/beacon/v1/batch?writeKey=web-write-key", json=batch).text == "OK"
    assert [source for source, _ in taken] == ["web"]
    refused = client.post("/beacon/v1/batch", json=batch)
    assert (refused.status_code, refused.text) == (401, "Failed to read writeKey from Query Params\n")


def test_a_pixel_request_is_a_page_view(client: httpx.Client, taken: Taken) -> None:
    query = {
        "writeKey": "web-write-key",
        "anonymousId": '"px-1"',
        "name": "",
        "context.page.url": "https://www.example-courses.com/?ref=bob",
        "context.page.path": "/",
        "properties.amount": "12.50",
        "properties.amount.unit": "lost: its parent is a value",
    }
    answer = client.get("/pixel/v1/page", params=query)

    assert answer.headers["content-type"] == "image/gif"
    assert answer.content.startswith(b"GIF89a")
    (source, document), *_ = taken
    assert source == "web"
    assert document["context"] == {"page": {"path": "/", "url": "https://www.example-courses.com/?ref=bob"}}
    assert document["properties"] == {"amount": "12.50"}
    assert (document["anonymousId"], document["name"], document["type"]) == ("px-1", "Unknown Page", "page")
    assert document["timestamp"] == "2026-11-23T12:00:00.250Z"


def test_a_refused_pixel_request_still_gets_an_image(client: httpx.Client, taken: Taken) -> None:
    answer = client.get("/pixel/v1/track", params={"writeKey": "nobody"})

    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/gif")
    assert taken == []


def test_the_health_endpoint_answers(client: httpx.Client) -> None:
    assert client.get("/health").json()["server"] == "UP"
