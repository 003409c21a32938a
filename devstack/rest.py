"""`chalice local`, in a process that does not outlive the one that started it."""

import os
import sys
from threading import Thread

from chalice.cli import main


def _exit_with_parent() -> None:
    # The parent holds the other end and never writes: the end of the input is the end of the parent, however
    # that came about. (Linux could signal us; this works everywhere.)
    while os.read(0, 1):
        pass
    os._exit(0)


if __name__ == "__main__":
    Thread(target=_exit_with_parent, daemon=True).start()
    sys.exit(main())
