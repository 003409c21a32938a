"""The requests of an invocation, counted, and the one at which the function is stopped."""

import itertools
import os
import signal

from tests.faults.messages import AtRequest, Moment, Stop


class Wire:
    """Counts the requests of an invocation, and kills the process at the planned one."""

    def restart(self, stop: Stop | None) -> None:
        """Begin an invocation."""
        self._stop = stop if isinstance(stop, AtRequest) else None
        self._numbers = itertools.count(1)

    def begin(self) -> int:
        """A request is about to be sent. Returns its number."""
        number = next(self._numbers)
        self.reach(number, Moment.SENDING)
        return number

    def reach(self, number: int, moment: Moment) -> None:
        """A request has come to a moment."""
        if AtRequest(number, moment) == self._stop:
            os.kill(os.getpid(), signal.SIGKILL)
