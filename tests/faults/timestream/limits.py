"""The function's limits of time with Timestream, made short."""

from botocore.config import Config
from botocore.session import Session

from chalicelib.engines.timestream import writer
from tests.faults.wire import Wire


def prepare(session: Session) -> None:
    """Read the service's model, so that forks create clients quickly."""
    writer.write_client(session).close()


def shorten(patience: float, wire: Wire) -> None:
    """Wait for an answer so many seconds."""
    vars(writer)["CONFIG"] = writer.CONFIG.merge(Config(read_timeout=patience))
