"""A disk that is full, for one process."""

import resource
import sys


def leave_free(size: int) -> None:
    """Let no file of this process grow beyond the size, in bytes.

    What is beyond fails with an OSError, as on a full disk. The limit holds for whoever runs it, root too.
    """
    sys.dont_write_bytecode = True  # Python 3.11 would keep a compiled module that was cut off
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
