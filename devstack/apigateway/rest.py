"""`chalice local` for requests from this machine only. It ends when the process that started it ends."""

import os
import sys
from functools import partial
from pathlib import Path
from threading import Thread

from chalice.app import Chalice
from chalice.cli import local
from chalice.cli.factory import CLIFactory
from chalice.config import Config
from chalice.local import ChaliceRequestHandler, LocalDevServer

from devstack.http.loopback import LoopbackHandler


class _Handler(ChaliceRequestHandler, LoopbackHandler):
    pass


class _Factory(CLIFactory):
    def create_local_server(self, app_obj: Chalice, config: Config, host: str, port: int) -> LocalDevServer:
        made = super().create_local_server(app_obj, config, host, port)
        made.server.RequestHandlerClass = partial(_Handler, app_object=app_obj, config=config)
        return made


def _exit_with_parent() -> None:
    # The parent process holds the other end of the pipe and never writes to it. The input ends when the
    # parent ends, even if it was killed. (Linux could send a signal; this works everywhere.)
    while os.read(0, 1):
        pass
    os._exit(0)


if __name__ == "__main__":
    Thread(target=_exit_with_parent, daemon=True).start()
    os.environ["AWS_CHALICE_CLI_MODE"] = "true"  # as `chalice` itself does for all its commands
    sys.exit(local.main(obj={"factory": _Factory(str(Path.cwd()), environ=os.environ)}))
