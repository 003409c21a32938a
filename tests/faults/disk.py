"""A full disk for one process."""

import resource
import sys


def leave_free(size: int) -> None:
    """Let no file of this process grow beyond the size, in bytes.

    A larger write fails with an OSError, as on a full disk. The limit applies to root, too.
    """
    sys.dont_write_bytecode = True  # else Python 3.11 might leave a cut-off .pyc file
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
