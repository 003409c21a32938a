"""Serves an ASGI app in a thread."""

import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from devstack.http.loopback import refusal


@contextmanager
def serving(app: ASGIApp, listener: socket.socket, allowed_hosts: Collection[str] = ()) -> Iterator[None]:
    """Serve `app` on `listener` in a thread, for requests from this machine and from `allowed_hosts`.

    Requests that it has already received are answered before it stops.
    """
    guarded = LoopbackOnly(app, allowed_hosts)
    config = uvicorn.Config(guarded, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, name="serving", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


class LoopbackOnly:
    """An ASGI app that refuses requests to `app` that do not come from this machine."""

    def __init__(self, app: ASGIApp, allowed_hosts: Collection[str] = ()) -> None:
        self._app, self._allowed = app, allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        reason = refusal(Headers(scope=scope).items(), self._allowed)
        answer = self._app if reason is None else PlainTextResponse(f"{reason}\n", 403)
        await answer(scope, receive, send)
