"""Web pages of other sites cannot use the servers on this machine."""

import os
import subprocess
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import provisional as urls
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from devstack.apigateway.chalice_local import chalice_local
from devstack.environment import local_environment, stage_settings
from devstack.http.loopback import parse_host, refusal
from devstack.http.ports import free_port, listen, url
from devstack.http.serving import serving
from devstack.s3.storage import s3_client, storage
from devstack.timestream.server import Server

ROOT = Path(__file__).parents[2]
ALLOWED = ("shop.test", "fd00::1")
SIGNED = {
    "X-Amz-Target": "Timestream_20181101.DescribeEndpoints",
    "Authorization": "AWS4-HMAC-SHA256 Credential=local/20261123/eu-west-1/s3/aws4_request, Signature=0",
}

OUR_HOSTS = [
    "localhost",
    "localhost:8086",
    "LOCALHOST:8086",
    "localhost.",
    "localhost.:8086",
    "127.0.0.1",
    "127.0.0.1:8086",
    "127.1.2.3:1",
    "[::1]",
    "[::1]:8086",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]:8086",
    "bucket.localhost:8087",
    "bucket.with.dots.s3.localhost",
    "bucket.s3.eu-west-1.localhost:8087",
    # Hosts that the command line allows.
    "shop.test",
    "Shop.Test:8086",
    "[fd00:0::1]:80",
]
FOREIGN_HOSTS = [
    None,
    "",
    ":8086",
    ".",
    ".localhost",
    "evil.example",
    "evil.example:80",
    "localhost.evil.example",
    "evil-localhost",
    "notlocalhost:8086",
    "localhost..",
    "localhost:8086.evil.example",
    "localhost:80:80",
    "localhost:http",
    "localhost@evil.example",
    "evil.example@localhost",
    "evil.example/.localhost",
    "evil.example#.localhost",
    "evil.example, localhost",
    "localhost evil.example",
    "127.0.0.1.nip.io",
    "127.0.0.1.evil.example:8086",
    "0.0.0.0:8086",
    "128.0.0.1",
    "127.0.0.256",
    "127.1",
    "2130706433",
    "0x7f000001",
    "192.168.0.10:8086",
    "::1",
    "[::]",
    "[::1",
    "[::1]evil.example",
    "[::2]",
    "[127.0.0.1]",
    "[::ffff:10.0.0.1]",
    "other.test",
    "sub.shop.test",
    "shop.test.evil.example",
]
OUR_PAGES: list[dict[str, str]] = [
    {"Origin": "http://localhost:8090"},
    {"Origin": "http://127.0.0.1:8091"},
    {"Origin": "https://localhost"},
    {"Origin": "HTTP://LocalHost:3000"},
    {"Origin": "http://app.localhost:3000"},
    {"Origin": "http://[::1]:3000"},
    {"Origin": "https://shop.test"},
    # A page of localhost sends a request to 127.0.0.1, which is another site.
    {"Origin": "http://localhost:8090", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    # Somebody follows an affiliate's link.
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
]
FOREIGN_PAGES: list[dict[str, str]] = [
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:8090.evil.example"},
    {"Origin": "http://evil.example:8090"},
    {"Origin": "http://127.0.0.1.nip.io"},
    {"Origin": "http://evil.example/localhost"},
    {"Origin": "http://evil.example http://localhost"},
    {"Origin": "http://localhost http://evil.example"},
    {"Origin": "http://localhost/"},
    {"Origin": "localhost"},
    {"Origin": "//localhost"},
    {"Origin": "file://"},
    {"Origin": "file://localhost"},
    {"Origin": "chrome-extension://localhost"},
    {"Origin": "http://other.test"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
]
SIMPLE: list[tuple[str, dict[str, str]]] = [
    ("GET", {}),
    ("HEAD", {}),
    ("POST", {"Content-Type": "text/plain"}),
    ("POST", {"Content-Type": "application/x-www-form-urlencoded"}),
    ("PUT", {}),
    ("DELETE", {}),
    ("OPTIONS", {"Access-Control-Request-Method": "DELETE"}),
]
"""Requests that a page can make its browser send, and that must be refused."""


@pytest.fixture(scope="module", params=["timestream", "s3", "asgi"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """One of the servers. It also allows `ALLOWED`."""
    with ExitStack() as parts:
        if request.param == "timestream":
            address = parts.enter_context(Server(allowed_hosts=ALLOWED)).url
        elif request.param == "s3":
            path = tmp_path_factory.mktemp("s3") / "objects.sqlite"
            address = parts.enter_context(storage(0, "bucket", path, ALLOWED)).url
        else:
            listener = listen(0)
            address = url(listener.getsockname()[1])
            methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]
            app = Starlette(routes=[Route("/", lambda _: PlainTextResponse("done"), methods=methods)])
            parts.enter_context(serving(app, listener, ALLOWED))
        yield httpx.URL(address).port or 0


def send(
    port: int, headers: dict[str, str], method: str = "POST", path: str = "/"
) -> tuple[int, str, dict[str, str]]:
    """Send a request with only these headers. Returns the status, body and headers of the response."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in {**headers, "Content-Length": "0"}.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        return response.status, response.read().decode(), {k.lower(): v for k, v in response.getheaders()}


def host(name: str | None) -> dict[str, str]:
    return {} if name is None else {"Host": name}


@pytest.mark.parametrize("name", OUR_HOSTS)
def test_a_request_to_a_name_of_this_machine_is_answered(port: int, name: str) -> None:
    status, _, _ = send(port, {**SIGNED, **host(name)})
    assert status not in {400, 403}


@pytest.mark.parametrize("name", FOREIGN_HOSTS)
def test_a_request_to_another_name_is_refused(port: int, name: str | None) -> None:
    status, _, _ = send(port, {**SIGNED, **host(name)})
    assert status in ({400, 403} if name is None else {403})  # uvicorn itself refuses a request without Host


@pytest.mark.parametrize("headers", OUR_PAGES, ids=str)
def test_a_request_from_a_page_of_this_machine_is_answered(port: int, headers: dict[str, str]) -> None:
    status, _, _ = send(port, {**SIGNED, "Host": "127.0.0.1", **headers})
    assert status not in {400, 403}


@pytest.mark.parametrize("headers", FOREIGN_PAGES, ids=str)
def test_a_request_from_another_page_is_refused(port: int, headers: dict[str, str]) -> None:
    status, _, answered = send(port, {**SIGNED, "Host": "127.0.0.1", **headers})
    assert status == 403
    assert not any(name.startswith("access-control-") for name in answered)


@pytest.mark.parametrize(("method", "headers"), SIMPLE, ids=str)
def test_a_page_of_another_site_is_refused_for_every_request(
    port: int, method: str, headers: dict[str, str]
) -> None:
    foreign = {"Host": "127.0.0.1", "Origin": "https://evil.example"}
    status, _, answered = send(port, {**SIGNED, **foreign, **headers}, method)
    assert status == 403
    assert not any(name.startswith("access-control-") for name in answered)


def test_one_header_of_another_site_is_enough_to_refuse() -> None:
    ours = ("Host", "localhost")
    assert refusal([ours, ("host", "evil.example")])
    assert refusal([ours, ("ORIGIN", "http://localhost"), ("origin", "https://evil.example")])
    assert refusal([ours]) is None


@given(urls.domains())
def test_only_domains_under_localhost_are_answered(domain: str) -> None:
    assert refusal([("Host", domain)])
    assert refusal([("Host", f"localhost.{domain}")])
    assert refusal([("Host", f"{domain}.localhost")]) is None
    assert refusal([("Host", domain)], [parse_host(domain)]) is None


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("shop.test", "shop.test"),
        ("Shop.Test.", "shop.test"),
        ("shop.test:8080", "shop.test"),
        ("my_service", "my_service"),
        ("192.168.0.10", "192.168.0.10"),
        ("FD00:0::1", "fd00::1"),
        ("[fd00::1]:80", "fd00::1"),
    ],
)
def test_an_allowed_host_is_spelled_as_requests_spell_it(text: str, parsed: str) -> None:
    assert parse_host(text) == parsed


@pytest.mark.parametrize("text", ["", "*", "*.test", "http://shop.test", "a b", "a,b", "müller.test"])
def test_text_that_is_not_a_host_cannot_be_allowed(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="is not the name or the address of a host"):
        parse_host(text)


REFUSALS: list[tuple[list[tuple[str, str]], str]] = [
    (
        [("Host", "timestream:8086")],
        (
            "This server answers only to names of this machine, such as localhost, and not to timestream. "
            "If this name is yours, start the server with --allow-host timestream."
        ),
    ),
    (
        [],
        (
            "This server answers only to names of this machine, such as localhost. "
            "The Host header of the request has no valid name."
        ),
    ),
    (
        [("Host", "localhost"), ("Origin", "https://shop.test")],
        (
            "This server answers only to web pages of this machine, and not to those of shop.test. "
            "If they are yours, start the server with --allow-host shop.test."
        ),
    ),
    (
        [("Host", "localhost"), ("Origin", "null")],
        (
            "This server answers only to web pages of this machine. "
            "The Origin header of the request names no such page."
        ),
    ),
    (
        [("Host", "localhost"), ("Sec-Fetch-Site", "cross-site")],
        (
            "This server answers only to web pages of this machine, and a page of another site asked for "
            "this. (For a browser, localhost and 127.0.0.1 are two sites.)"
        ),
    ),
]


@pytest.mark.parametrize(("headers", "reason"), REFUSALS)
def test_a_refusal_says_what_to_do(headers: Sequence[tuple[str, str]], reason: str) -> None:
    assert refusal(headers) == reason


def test_an_sdk_shows_the_reason(tmp_path: Path) -> None:
    """For a client in a container, for example, where the server has another name."""
    reason = REFUSALS[0][1]
    with Server() as server, storage(0, "bucket", tmp_path / "s3.sqlite") as s3:
        asked: list[tuple[Any, str, dict[str, Any]]] = [
            ("timestream-write", server.url, {"operation": "list_databases"}),
            ("s3", s3.url, {"operation": "list_objects_v2", "Bucket": "bucket"}),
        ]
        for service, address, call in asked:
            with closing(client(service, address)) as sdk:
                sdk.meta.events.register("before-sign", rename)
                with pytest.raises(ClientError) as refused:
                    getattr(sdk, call.pop("operation"))(**call)
            assert refused.value.response["Error"]["Message"] == reason


def client(service: Any, address: str) -> Any:
    return boto3.client(
        service, endpoint_url=address, region_name="eu-west-1", config=Config(retries={"max_attempts": 0})
    )


def rename(request: Any, **_: Any) -> None:
    request.headers["Host"] = "timestream:8086"


def test_sdks_can_use_each_name_of_this_machine(tmp_path: Path) -> None:
    with storage(0, "bucket", tmp_path / "s3.sqlite") as s3, Server() as server:
        for name in ("127.0.0.1", "localhost"):
            with (
                closing(s3_client(s3.url.replace("127.0.0.1", name))) as objects,
                closing(client("timestream-write", server.url.replace("127.0.0.1", name))) as write,
            ):
                objects.put_object(Bucket="bucket", Key="key", Body=b"body")
                assert objects.list_objects_v2(Bucket="bucket")["KeyCount"] == 1
                assert write.list_databases()["Databases"] == []


def test_a_bucket_is_found_by_its_host_name(tmp_path: Path) -> None:
    with storage(0, "bucket", tmp_path / "s3.sqlite") as s3:
        s3.put("events/a", b"body")
        port = httpx.URL(s3.url).port or 0
        status, body, headers = send(port, {**SIGNED, "Host": f"bucket.localhost:{port}"}, "GET", "/events/a")
    assert (status, body) == (200, "body")
    assert "access-control-allow-origin" not in headers


def test_pages_can_read_the_local_s3_only_if_the_bucket_allows_it(tmp_path: Path) -> None:
    page = {**SIGNED, "Host": "localhost", "Origin": "http://localhost:3000"}
    preflight = {**page, "Access-Control-Request-Method": "DELETE"}
    with storage(0, "bucket", tmp_path / "s3.sqlite") as s3, closing(s3_client(s3.url)) as objects:
        port = httpx.URL(s3.url).port or 0
        for headers, method in ((page, "GET"), (preflight, "OPTIONS")):
            _, _, answered = send(port, headers, method, "/bucket")
            assert "access-control-allow-origin" not in answered
        rule: Any = {"AllowedOrigins": ["http://localhost:3000"], "AllowedMethods": ["GET"]}
        objects.put_bucket_cors(Bucket="bucket", CORSConfiguration={"CORSRules": [rule]})
        preflight["Access-Control-Request-Method"] = "GET"
        _, _, answered = send(port, preflight, "OPTIONS", "/bucket/key")
        assert answered["access-control-allow-origin"] == "http://localhost:3000"


def test_the_local_appsync_refuses_other_sites_when_it_runs_alone(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "devstack.appsync", f"--port={port}", f"--state={tmp_path}"]
    with subprocess.Popen(
        [*command, "--allow-host=shop.test"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout
        try:
            next(line for line in process.stdout if "Uvicorn running on" in line)
            names = ("localhost", "shop.test", "evil.example")
            assert [send(port, {"Host": name})[0] for name in names] == [405, 405, 403]
        finally:
            process.kill()


def test_the_app_behind_the_local_api_gateway_refuses_other_sites(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:1"
    environment = local_environment(os.environ, stage_settings(), timestream_url=nowhere, s3_url=nowhere)
    port = free_port()
    with chalice_local(port, environment, tmp_path / "rest.log"):
        assert send(port, {"Host": f"127.0.0.1:{port}"}, "GET", "/metrics")[0] == 400
        assert send(port, {"Host": f"evil.example:{port}"}, "GET", "/metrics")[0] == 403
        page = {"Host": "127.0.0.1", "Origin": "https://evil.example"}
        assert send(port, page, "GET", "/metrics")[0] == 403
