"""An address that passes on statements to PostgreSQL, and fails as its faults tell."""

import asyncio
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from tests.faults.credentials import Credentials
from tests.faults.lines import Line
from tests.faults.pauses import Change
from tests.faults.postgres import protocol
from tests.faults.postgres.faults import ConnectFault, Faults, StatementFault
from tests.faults.postgres.server import OwnServer

_SHUT_DOWN = protocol.error("57P01", "terminating connection due to administrator command", "FATAL")
_EXPIRED = protocol.error("28000", "unable to accept connection, access denied", "FATAL")


def _end(client: StreamWriter) -> None:
    client.write(_SHUT_DOWN)
    client.close()


class PostgresLine(Line):
    """The address at which one environment finds the server, wherever it is at the time."""

    ends: ClassVar[Mapping[Change, Callable[[StreamWriter], None]]] = {**Line.ends, Change.ENDED: _end}

    def __init__(
        self, server: OwnServer, faults: Faults, credentials: Credentials, happened: Counter[str]
    ) -> None:
        super().__init__(happened)
        self._server, self._faults, self._credentials = server, faults, credentials

    async def talk(self, requests: StreamReader, client: StreamWriter) -> None:
        """Pass on one statement after another."""
        first = await protocol.startup(requests, client)
        answers, server = await asyncio.open_unix_connection(self._server.socket)
        try:
            if protocol.is_cancellation(first):
                server.write(first)
                await answers.readexactly(1)  # the server closes
            await self._let_in(client)
            exchange = Exchange(first, client, answers, server, self._faults)
            process = protocol.process_of(await exchange.pass_on())
            while True:
                statement = await protocol.request(requests)
                self.happened["statements"] += 1
                for planned in self._faults.passed_on():
                    self._server.end_later(planned, process)
                exchange = Exchange(statement, client, answers, server, self._faults)
                fault = self._faults.of_statement(statement)
                await (_STATEMENTS[fault](exchange) if fault else exchange.pass_on())
        finally:
            server.transport.abort()

    async def _let_in(self, client: StreamWriter) -> None:
        if not self._credentials.is_accepted():
            client.write(_EXPIRED)
            raise IncompleteReadError(b"", None)
        if fault := self._faults.of_connection():
            await _CONNECTIONS[fault](client)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request on its way to the server, and its answer on its way back."""

    request: bytes
    client: StreamWriter
    answers: StreamReader
    server: StreamWriter
    faults: Faults

    async def pass_on(self) -> bytes:
        """Pass on the request and its answer. Returns the answer."""
        return await self.answer_with(await self.carry_out())

    async def carry_out(self) -> bytes:
        """Have the server carry out the request. Returns the answer, which may be cut off."""
        self.server.write(self.request)
        return await protocol.answer(self.answers)

    async def answer_with(self, answer: bytes) -> bytes:
        """Give the client an answer. Closes the connection after one that is cut off."""
        self.client.write(answer)
        await self.client.drain()
        if not answer.endswith(protocol.READY):
            raise IncompleteReadError(answer, None)
        return answer


async def _cut_before(_: Exchange) -> None:
    raise ConnectionResetError


async def _cut_within(exchange: Exchange) -> None:
    exchange.server.write(exchange.request[: len(exchange.request) // 2])
    await exchange.server.drain()
    exchange.server.close()
    raise ConnectionResetError


async def _cut_after(exchange: Exchange) -> None:
    await exchange.carry_out()
    raise ConnectionResetError


async def _cut_answer(exchange: Exchange) -> None:
    answer = await exchange.carry_out()
    await exchange.answer_with(answer[: len(answer) // 2])


async def _late(exchange: Exchange) -> None:
    await asyncio.sleep(exchange.faults.delay())
    await exchange.pass_on()


async def _late_answer(exchange: Exchange) -> None:
    answer = await exchange.carry_out()
    await asyncio.sleep(exchange.faults.delay())
    await exchange.answer_with(answer)


def _refuse(code: str, text: str) -> Callable[[Exchange], Coroutine[Any, Any, Any]]:
    return lambda exchange: exchange.answer_with(protocol.error(code, text) + protocol.READY)


_STATEMENTS: Mapping[StatementFault, Callable[[Exchange], Coroutine[Any, Any, Any]]] = {
    StatementFault.CUT_BEFORE: _cut_before,
    StatementFault.CUT_WITHIN: _cut_within,
    StatementFault.CUT_AFTER: _cut_after,
    StatementFault.CUT_ANSWER: _cut_answer,
    StatementFault.CONFLICT: _refuse("40001", "change conflicts with another transaction (OC000)"),
    StatementFault.SHUT_DOWN: lambda exchange: exchange.answer_with(_SHUT_DOWN),
    StatementFault.DISK_FULL: _refuse("53100", "could not extend file: No space left on device"),
    StatementFault.LATE: _late,
    StatementFault.LATE_ANSWER: _late_answer,
}


def _turn_away(code: str, text: str) -> Callable[[StreamWriter], Coroutine[Any, Any, None]]:
    async def turn_away(client: StreamWriter) -> None:
        client.write(protocol.error(code, text, "FATAL"))
        raise IncompleteReadError(b"", None)

    return turn_away


async def _drop(_: StreamWriter) -> None:
    raise ConnectionResetError


async def _say_nothing(_: StreamWriter) -> None:
    await asyncio.Event().wait()  # until the network is closed


_CONNECTIONS: Mapping[ConnectFault, Callable[[StreamWriter], Coroutine[Any, Any, None]]] = {
    ConnectFault.CROWDED: _turn_away("53300", "sorry, too many clients already"),
    ConnectFault.STARTING: _turn_away("57P03", "the database system is starting up"),
    ConnectFault.DROPPED: _drop,
    ConnectFault.MUTE: _say_nothing,
}
