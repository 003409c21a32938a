"""A stand-in for an Aurora DSQL cluster: TLS, a token instead of a password, and DSQL's own statements.

A proxy before an ordinary PostgreSQL. libpq finds it by its own variables (`environment`), so the code under
test connects to the cluster's real name, and verifies its certificate.
"""

import re
import socketserver
import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import IPPROTO_TCP, SHUT_RDWR, TCP_NODELAY, create_connection, socket
from threading import Thread
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit
from uuid import uuid4

import psycopg
import trustme

ENDPOINT: Final = "abcdefghijklmnopqrstuvwxyz.dsql.eu-west-1.on.aws"

_SSL_REQUEST, _CANCEL_REQUEST = 80877103, 80877102
_ACTIONS: Final = {"admin": "DbConnectAdmin"}
"""The action that a role's token must be for. Any other role's is DbConnect."""

REWRITTEN: Final = (
    (r"^CREATE INDEX ASYNC ", "CREATE INDEX "),
    (r"^AWS IAM GRANT (\w+) TO ('.*')$", r"INSERT INTO sys.iam_pg_role_mappings VALUES ('\1', \2)"),
    (
        r"^AWS IAM REVOKE (\w+) FROM ('.*')$",
        r"DELETE FROM sys.iam_pg_role_mappings WHERE (pg_role_name, arn) = ('\1', \2)",
    ),
)
"""Statements that PostgreSQL does not know, and what stands for them."""

REFUSED: Final = re.compile(
    r"^(SET|SAVEPOINT|COPY|TRUNCATE|VACUUM|LISTEN|CREATE (TEMP|UNLOGGED|EXTENSION|INDEX (?!ASYNC)))",
    re.IGNORECASE,
)
"""Statements that DSQL does not take. They become a syntax error."""


class Dsql:
    """The running stand-in."""

    def __init__(self, port: int, roots: Path) -> None:
        self.port, self._roots = port, roots
        self.connected: list[str] = []
        """The role of each connection that was accepted."""
        self.statements: list[str] = []
        """The text of every statement that came, without its values."""
        self.largest = 0
        """Bytes of the largest message that came."""

    @property
    def environment(self) -> dict[str, str]:
        """libpq's variables, with which connections to ENDPOINT lead here."""
        return {"PGHOSTADDR": "127.0.0.1", "PGPORT": str(self.port), "PGSSLROOTCERT": str(self._roots)}


@contextmanager
def dsql(url: str, folder: Path) -> Iterator[Dsql]:
    """Run a cluster without tables on the server at `url`, whose user is its superuser.

    `folder` gets the certificate.
    """
    database = f"dsql_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in _SETUP:
            connection.execute(statement.replace("DATABASE", f"DATABASE {database}").encode())
    upstream = urlsplit(url)
    with psycopg.connect(f"postgresql://admin@{upstream.hostname}:{upstream.port}/{database}") as connection:
        connection.execute("CREATE SCHEMA sys")
        connection.execute("CREATE TABLE sys.iam_pg_role_mappings (pg_role_name text, arn text)")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "roots.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(ENDPOINT).configure_cert(context)
    with _Server(("127.0.0.1", 0), _Connection) as server:
        server.upstream, server.database, server.context = upstream, database, context
        server.dsql = Dsql(server.server_address[1], folder / "roots.pem")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.dsql
        finally:
            server.shutdown()
            thread.join()
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {database} WITH (FORCE)".encode())


_SETUP: Final = (
    "DROP ROLE IF EXISTS admin",
    "CREATE ROLE admin WITH LOGIN CREATEROLE",
    "CREATE DATABASE OWNER admin",
)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    upstream: SplitResult
    database: str
    context: ssl.SSLContext
    dsql: Dsql


class _Connection(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        with suppress(OSError, EOFError):  # the client or the server has gone
            self._handle()

    def _handle(self) -> None:
        code, _ = _startup(self.request)
        if code != _SSL_REQUEST:
            self.request.sendall(_error("08P01", "unencrypted connections are not allowed"))
            return
        self.request.sendall(b"S")
        with (
            self.server.context.wrap_socket(_prompt(self.request), server_side=True) as client,
            self._upstream() as server,
        ):
            code, body = _startup(client)
            if code == _CANCEL_REQUEST:
                server.sendall(_message(b"", struct.pack("!i", code) + body))
                server.recv(1)
            elif user := self._let_in(client, body):
                parameters = {"user": user, "database": self.server.database}
                server.sendall(_message(b"", struct.pack("!i", 3 << 16) + _packed(parameters)))
                self._relay(client, server)

    def _upstream(self) -> socket:
        return _prompt(create_connection((self.server.upstream.hostname, self.server.upstream.port)))

    def _let_in(self, client: socket, startup: bytes) -> str:
        """The role that the client's token lets in; empty if it lets nobody in."""
        texts = startup.rstrip(b"\0").decode().split("\0")
        user = dict(zip(texts[::2], texts[1::2], strict=True))["user"]
        client.sendall(_message(b"R", struct.pack("!i", 3)))  # a password in clear text
        _, password = _next(client)
        if problem := token_problem(password.rstrip(b"\0").decode(), user):
            client.sendall(_error("28000", f"unable to accept connection, access denied: {problem}"))
            return ""
        self.server.dsql.connected.append(user)
        return user

    def _relay(self, client: socket, server: socket) -> None:
        back = Thread(target=_copy, args=(server, client), daemon=True)
        back.start()
        with suppress(OSError, EOFError):
            while True:
                kind, body = _next(client)
                self.server.dsql.largest = max(self.server.dsql.largest, len(_message(kind, body)))
                if kind in _HAVE_TEXT:
                    self.server.dsql.statements.append(_parts(kind, body)[1])
                server.sendall(_message(kind, _rewritten(kind, body)))
        with suppress(OSError):
            server.shutdown(SHUT_RDWR)
        back.join()


def token_problem(token: str, user: str) -> str:
    """Why DSQL would not take the token for the role; empty if it would."""
    address = urlsplit(f"https://{token}")
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    expected = {
        "host": (address.netloc, ENDPOINT),
        "Action": (query.get("Action"), _ACTIONS.get(user, "DbConnect")),
        "scope": (query.get("X-Amz-Credential", "").split("/")[2:], ["eu-west-1", "dsql", "aws4_request"]),
        "algorithm": (query.get("X-Amz-Algorithm"), "AWS4-HMAC-SHA256"),
        "signature": (len(query.get("X-Amz-Signature", "")), 64),
    }
    return ", ".join(f"{name} is {found}" for name, (found, right) in expected.items() if found != right)


def _rewritten(kind: bytes, body: bytes) -> bytes:
    """A message with its statement in PostgreSQL's own words."""
    if kind not in _HAVE_TEXT:
        return body
    before, statement, after = _parts(kind, body)
    if REFUSED.match(statement):
        statement = f"DSQL does not take this: {statement}"
    for pattern, replacement in REWRITTEN:
        statement = re.sub(pattern, replacement, statement, flags=re.DOTALL)
    return before + statement.encode() + after


def _parts(kind: bytes, body: bytes) -> tuple[bytes, str, bytes]:
    """What is before the statement in a message, the statement, and what is after it."""
    start = 0 if kind == b"Q" else body.index(b"\0") + 1
    end = body.index(b"\0", start)
    return body[:start], body[start:end].decode(), body[end:]


_HAVE_TEXT: Final = (b"Q", b"P")
"""Query, and Parse: the kinds of messages with a statement."""


def _prompt(wire: socket) -> socket:
    """The connection, without Nagle's algorithm: it delays the second of two short messages by 40 ms."""
    wire.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    return wire


def _copy(source: socket, target: socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(SHUT_RDWR)


def _startup(wire: socket) -> tuple[int, bytes]:
    (length,) = struct.unpack("!i", _exactly(wire, 4))
    body = _exactly(wire, length - 4)
    return struct.unpack("!i", body[:4])[0], body[4:]


def _next(wire: socket) -> tuple[bytes, bytes]:
    kind = _exactly(wire, 1)
    (length,) = struct.unpack("!i", _exactly(wire, 4))
    return kind, _exactly(wire, length - 4)


def _exactly(wire: socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        if not (piece := wire.recv(min(size - len(data), 65536))):
            raise EOFError
        data += piece
    return bytes(data)


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


def _packed(parameters: dict[str, str]) -> bytes:
    return b"".join(f"{name}\0{value}\0".encode() for name, value in parameters.items()) + b"\0"


def _error(code: str, text: str) -> bytes:
    fields = f"SFATAL\0VFATAL\0C{code}\0M{text}\0\0"
    return _message(b"E", fields.encode())
