"""Kept connections, against a server that answers byte for byte as it is told, and against botocore's own."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

import pytest
import trustme
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError, ReadTimeoutError, SSLError

import app
from chalicelib.connections import keep_connections

BODY = b'{"RecordsIngested":{"Total":7}}'
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 31\r\n\r\n" + BODY
SLOW_DOWN = b'{"__type":"com.amazonaws.timestream.v20181101#ThrottlingException","message":"slow down"}'


@dataclass
class Server:
    """Each answer goes to the next request; after `CLOSE` the connection ends, and SILENCE is no answer."""

    answers: list[bytes]
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    url: str = ""


CLOSE, SILENCE = b"<close>", b""


@contextmanager
def serving(*answers: bytes, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    told = Server(list(answers))

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            told.connections += 1
            while head := self._head():
                length = next(
                    int(line[15:]) for line in head.splitlines() if line.startswith(b"Content-Length:")
                )
                told.requests.append(head + self.rfile.read(length))
                answer = told.answers.pop(0) if told.answers else OK
                for start in range(0, len(answer.removesuffix(CLOSE)), 40):  # in pieces, as networks do
                    self.wfile.write(answer.removesuffix(CLOSE)[start : start + 40])
                if answer.endswith(CLOSE):
                    return

        def _head(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) not in (b"", b"\r\n"):
                lines.append(line)
            return b"".join(lines)

    class TCPServer(ThreadingTCPServer):
        daemon_threads = True

        def get_request(self) -> Any:
            connection, address = super().get_request()
            return (tls.wrap_socket(connection, server_side=True) if tls else connection), address

        def handle_error(self, *_: Any) -> None:
            """A client that does not trust the server goes away in the middle."""

    with TCPServer(("127.0.0.1", 0), Handler) as server:
        told.url = f"http{'s' if tls else ''}://localhost:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()


def client_of(url: str, *, kept: bool = True, attempts: int = 3, timeout: float = 5) -> Any:
    session = app.session()
    config = Config(read_timeout=timeout, retries={"mode": "standard", "total_max_attempts": attempts})
    client: Any = session.create_client("timestream-write", endpoint_url=url, config=config)
    if kept:
        keep_connections(client, session, "WriteRecords")
    return client


def write(client: Any) -> Any:
    record = {"Dimensions": [{"Name": "a", "Value": "b"}], "Time": "0"}
    answer = client.write_records(DatabaseName="database", TableName="table", Records=[record])
    return answer["RecordsIngested"]


def test_one_connection_carries_one_request_after_another():
    with serving() as server:
        client = client_of(server.url)
        assert [write(client) for _ in range(3)] == [{"Total": 7}] * 3
        client.close()
    assert (server.connections, len(server.requests)) == (1, 3)
    assert b"\r\nAccept-Encoding: identity\r\n" in server.requests[0]


@pytest.mark.parametrize(
    "answer",
    [OK + CLOSE, OK.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n"), OK.replace(b"1.1", b"1.0")],
)
def test_a_connection_that_has_ended_is_not_used_again(answer):
    with serving(answer) as server:
        client = client_of(
            server.url
        )  # its end may come just after we have looked: then it is a retry's turn
        assert [write(client) for _ in range(2)] == [{"Total": 7}] * 2
        client.close()
    assert (server.connections, len(server.requests)) == (2, 2)


def test_an_answer_that_is_cut_off_is_none():
    """Botocore's own transport takes it for the whole, and an empty one for success."""
    with serving(OK[:-5] + CLOSE, OK.partition(b"{")[0] + CLOSE) as server:
        client = client_of(server.url)
        assert write(client) == {"Total": 7}
        with serving(OK[:-5] + CLOSE) as cut, pytest.raises(ConnectionClosedError):
            write(client_of(cut.url, attempts=1))
        client.close()
    assert len(server.requests) == 3


def test_an_answer_that_does_not_come_is_asked_for_again():
    with serving(SILENCE, OK[:20]) as server:
        client = client_of(server.url, timeout=0.5)
        assert write(client) == {"Total": 7}
        with serving(SILENCE) as silent, pytest.raises(ReadTimeoutError):
            write(client_of(silent.url, attempts=1, timeout=0.5))
        client.close()
    assert (server.connections, len(server.requests)) == (3, 3)


ANSWERS = {
    "as usual": OK,
    "headers in other letters": OK.replace(b"Content-Length: ", b"CONTENT-LENGTH:"),
    "no reason": OK.replace(b" OK", b""),
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1f\r\n" + BODY + b"\r\n0\r\n\r\n",
    "of unknown length": b"HTTP/1.1 200 OK\r\n\r\n" + BODY + CLOSE,
    "HTTP/1.0": OK.replace(b"1.1", b"1.0") + CLOSE,
    "throttled": b"HTTP/1.1 429 Too Many\r\nContent-Length: %d\r\n\r\n%b" % (len(SLOW_DOWN), SLOW_DOWN),
    "failed": b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n",
    "a page of some proxy's": b"HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\n<html>",
    "a number that is none": OK.replace(b": 31", b": many") + CLOSE,
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n\r\n" + CLOSE,
    "nothing": CLOSE,
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_what_botocore_makes_of_an_answer_stays_the_same(answer):
    def outcome(*, kept: bool) -> Any:
        with serving(*[answer] * 4) as server:
            client = client_of(server.url, kept=kept, attempts=1)
            try:
                return write(client)
            except ClientError as error:
                return error.response["Error"], error.response["ResponseMetadata"]["HTTPStatusCode"]
            except BotoCoreError as error:
                return type(error)
            finally:
                client.close()

    assert outcome(kept=True) == outcome(kept=False)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_keeps_from_connecting_is_botocores_to_tell(scheme, monkeypatch):
    with serving() as server:
        url = server.url.replace("http", scheme)
    monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere/authority.pem")
    outcomes = []
    for kept in (True, False):
        client = client_of(url, kept=kept, attempts=1)
        with pytest.raises(BotoCoreError) as caught:
            write(client)
        outcomes.append(type(caught.value))
    assert outcomes[0] == outcomes[1]


def test_a_proxy_is_used(monkeypatch):
    with serving() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        client = client_of("http://timestream.invalid")
        assert write(client) == {"Total": 7}
        client.close()
    assert proxy.requests[0].startswith(b"POST http://timestream.invalid/ HTTP/1.1")


def test_a_server_is_trusted_by_its_certificate_alone(monkeypatch, tmp_path):
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    with serving(tls=tls) as server:
        with pytest.raises(SSLError):
            write(client_of(server.url, attempts=1))
        monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "authority.pem"))
        with pytest.raises(SSLError):  # it has another name
            write(client_of(server.url.replace("localhost", "127.0.0.1"), attempts=1))
    with serving(tls=tls) as server:
        client = client_of(server.url)
        assert [write(client) for _ in range(2)] == [{"Total": 7}] * 2
        client.close()
    assert (server.connections, len(server.requests)) == (1, 2)
