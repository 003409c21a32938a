"""Times on the command line."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime


def parse_moment(text: str) -> datetime:
    """A date or a time, in UTC if it has no offset. Raises argparse's error for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(
            f"{text!r} is not a time such as 2026-11-23 or 2026-11-23T14:00+01:00"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
