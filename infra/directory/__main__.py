"""Check or publish the directory of affiliates: `python -m infra.directory publish FILE --stage dev`."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import boto3
import msgspec
from rich.console import Console

from chalicelib.command_line import take_region
from chalicelib.directory import Listing, decode_listing, problems
from chalicelib.errors import DirectoryError
from infra.account import PATIENT, open_account
from infra.directory.changes import Changes, compare
from infra.errors import InfraError, run_command
from infra.ingest_function import find_ingest
from infra.kept_object import Kept, KeptObject, add_place
from infra.stage import PROJECT, open_stage

SHOWN: Final = 10
"""Affiliates or codes in a line."""


def main(arguments: Sequence[str] | None = None, project: Path = PROJECT) -> int:
    """Check or publish; the exit code."""
    options = _parser().parse_args(arguments)
    return run_command("directory", lambda: _run(options, project, Console()))


def _run(options: Namespace, project: Path, console: Console) -> None:
    tell = _Teller(console)
    given = _read(options.file, tell)
    if not (options.stage or options.bucket):
        return
    with _place(options, project) as place:
        published = _published(place)
        tell.broken(published)
        changes = compare(given, published.listing)
        tell.changes(changes, published, place)
        if changes.moves:
            raise InfraError(_MOVES.format(len(changes.moves)))
        if options.command == "check":
            return
        body = msgspec.json.encode(changes.listing)
        if body == published.kept.body:
            return
        if (changes.removed or not published.is_known) and not options.yes:
            _confirm(console, place)
        if not place.write(body, published.kept):
            raise InfraError(
                "Somebody else has published meanwhile, so nothing was written: run the command again."
            )
    tell.line("Published. It counts from the next object of events on.")


def _read(path: Path, tell: "_Teller") -> Listing:
    """The directory in a file. Raises InfraError if it has problems, after it has told all of them."""
    try:
        listing = decode_listing(path.read_bytes())
    except OSError as error:
        raise InfraError(f"{path} cannot be read: {error.strerror}.") from error
    except DirectoryError as error:
        raise InfraError(f"{path}: {error}.") from error
    found = list(problems(listing))
    for problem in found:
        tell.line(f"{path}: {problem}")
    if found:
        raise InfraError(f"{path} is not a directory. Problems: {len(found):,}.")
    codes = sum(len(listed.codes or ()) for listed in listing.affiliates)
    tell.line(
        f"{path} has no problems. Affiliates: {len(listing.affiliates):,}, codes: {codes:,}, "
        f"retired codes: {len(listing.retired or {}):,}."
    )
    return listing


@dataclass(frozen=True, slots=True)
class _Published:
    """What is published now."""

    kept: Kept
    listing: Listing | None = None
    problem: str = ""
    """The first one; empty if there is none."""

    @property
    def is_known(self) -> bool:
        """Whether its codes are known."""
        return not self.kept.etag or self.listing is not None


def _published(place: KeptObject) -> _Published:
    """What is published now. Raises InfraError if the bucket does not exist."""
    kept = place.read()
    if not kept.etag:
        return _Published(kept)
    try:
        listing = decode_listing(kept.body)
    except DirectoryError as error:
        return _Published(kept, problem=str(error))
    return _Published(kept, listing, next(problems(listing), ""))


@contextmanager
def _place(options: Namespace, project: Path) -> Iterator[KeptObject]:
    if options.bucket:
        take_region(os.environ)
        with closing(boto3.Session().client("s3", config=PATIENT)) as s3:
            yield KeptObject(s3, options.bucket, options.key)
        return
    stage = open_stage(project, options.stage)
    with open_account() as account:
        config = find_ingest(account, stage).config
        yield KeptObject(account.client("s3"), config.events_bucket, config.directory_key)


class _Teller:
    """Prints what the user must know, whatever the terminal's width."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def line(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def broken(self, published: _Published) -> None:
        """Say if the published directory is broken, and what cannot be known of it."""
        if published.problem:
            self.line(f"The published directory is broken, so ingest has stopped: {published.problem}.")
        if not published.is_known:
            self.line("Which codes it had cannot be known. This one must have them all, retired ones too.")

    def changes(self, changes: Changes, published: _Published, place: KeptObject) -> None:
        """Say what changes, and which codes would move."""
        if not published.kept.etag:
            self.line(
                f"Nothing is published at {place} yet. With a directory, events for any other affiliate are "
                "left out as unknown_affiliate."
            )
        elif not any(lines := list(_lines(changes))) and not changes.moves:
            self.line(f"{place} has the same affiliates and codes.")
        else:
            self.line(f"Compared with {place}:")
            for line in lines:
                self.line(f"  {line}")
        for move in changes.moves:
            self.line(f"The code {move.code!r} is of {move.before!r}, and would move to {move.after!r}.")


def _lines(changes: Changes) -> Iterator[str]:
    for title, affiliates in (
        ("affiliates added", changes.added),
        ("affiliates removed", changes.removed),
        ("affiliates with another name", changes.renamed),
    ):
        yield from _line(title, affiliates)
    yield from _line("codes added", _with_owners(changes.codes_added))
    yield from _line("codes retired", _with_owners(changes.codes_retired))


def _line(title: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
        yield f"{title}: {', '.join(names[:SHOWN])}{more}"


def _with_owners(codes: Mapping[str, str]) -> list[str]:
    return [f"{code} ({owner})" for code, owner in codes.items()]


def _confirm(console: Console, place: KeptObject) -> None:
    """Ask the user to type the bucket's name. Raises InfraError for any other answer."""
    if not sys.stdin.isatty():
        raise InfraError("Nothing was published: to confirm that you mean this, use a terminal or add --yes.")
    if console.input(f"Type {place.bucket} to publish this: ").strip() != place.bucket:
        raise InfraError(f"That is not {place.bucket}: nothing was published.")


_MOVES: Final = (
    "Codes that would move to another affiliate: {:,}. A code stays its affiliate's for ever: else, an order "
    "that is sent again would be credited twice. Give the other affiliate a new code."
)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m infra.directory", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser(
        "check", help="say what is wrong with a directory, or what it would change", allow_abbrev=False
    )
    publish = commands.add_parser(
        "publish", help="write a directory to the bucket of the events", allow_abbrev=False
    )
    publish.add_argument(
        "--yes", action="store_true", help="do not ask: else, the command asks before it removes affiliates"
    )
    for command, is_needed in ((check, False), (publish, True)):
        command.add_argument("file", type=Path, metavar="FILE", help="the directory (docs/directory.md)")
        add_place(command, is_required=is_needed)
    return parser


if __name__ == "__main__":
    sys.exit(main())
