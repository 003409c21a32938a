"""As much of PostgreSQL's protocol as a proxy needs that can fail at every point.

https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

import struct
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from contextlib import suppress

_CANCEL, _SSL, _GSS = 80877102, 80877103, 80877104
_NO = b"N"
_LENGTH = 4
_END_OF_REQUEST = {b"S", b"Q", b"X"}
"""Sync, Query, Terminate: after these, the client waits or leaves."""

READY = b"Z\0\0\0\x05I"
"""ReadyForQuery, outside of a transaction."""


async def startup(requests: StreamReader, client: StreamWriter) -> bytes:
    """The message that begins a connection. Encryption is declined first."""
    while True:
        size = await requests.readexactly(_LENGTH)
        message = size + await requests.readexactly(_number(size) - _LENGTH)
        if _number(message[_LENGTH:]) not in (_SSL, _GSS):
            return message
        client.write(_NO)


def is_cancellation(message: bytes) -> bool:
    """Whether the message that begins a connection cancels a statement on another one."""
    return _number(message[_LENGTH:]) == _CANCEL


async def request(requests: StreamReader) -> bytes:
    """All messages of one statement. Raises IncompleteReadError when the client leaves."""
    data = b""
    while True:
        kind, message = await _message(requests)
        if kind == b"X":
            raise IncompleteReadError(b"", None)
        data += message
        if kind in _END_OF_REQUEST:
            return data


async def answer(answers: StreamReader) -> bytes:
    """The server's answer, up to READY, or to the end of the connection."""
    data, kind = b"", b""
    with suppress(IncompleteReadError, ConnectionError):
        while kind != b"Z":
            kind, message = await _message(answers)
            data += message
    return data


def process_of(first_answer: bytes) -> int:
    """The id of the server's process for a connection, from the answer to the message that begins it."""
    at = first_answer.index(b"K\0\0\0\x0c") + 5
    return _number(first_answer[at:])


def error(code: str, text: str, severity: str = "ERROR") -> bytes:
    """An ErrorResponse."""
    fields = f"S{severity}\0V{severity}\0C{code}\0M{text}\0\0".encode()
    return b"E" + struct.pack("!i", len(fields) + _LENGTH) + fields


async def _message(reader: StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readexactly(1 + _LENGTH)
    return head[:1], head + await reader.readexactly(_number(head[1:]) - _LENGTH)


def _number(data: bytes) -> int:
    number: int = struct.unpack("!i", data[:_LENGTH])[0]
    return number
