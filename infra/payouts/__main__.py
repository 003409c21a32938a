"""Record the payouts of a list, or show them: `python -m infra.payouts record FILE --stage dev`."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import boto3
from rich.console import Console

from chalicelib.command_line import take_region
from chalicelib.directory import Directory, parse_directory
from chalicelib.errors import DirectoryError
from infra.account import PATIENT, open_account
from infra.errors import InfraError, run_command
from infra.ingest_function import find_ingest
from infra.kept_object import KeptObject, add_place
from infra.payouts.journal import NAME, Journal, JournalObject, Plan, plan
from infra.payouts.lists import Line, read_list
from infra.payouts.payout import amount, to_document
from infra.payouts.stream import Stream
from infra.stage import PROJECT, open_stage

SHOWN: Final = 20
"""Lines of a file under a sentence."""


def main(arguments: Sequence[str] | None = None, project: Path = PROJECT) -> int:
    """Record or list; the exit code."""
    options = _parser().parse_args(arguments)
    command = {"record": _record, "list": _list}[options.command]
    return run_command("payouts", lambda: command(options, project, _Teller(Console())))


def _record(options: Namespace, project: Path, tell: "_Teller") -> None:
    with _place(options, project) as place:
        lines = _read(options.file, place.directory(), tell)
        kept = place.journal.read()
        found = plan(lines, kept.journal)
        _check(found, options, tell)
        if not found.to_send:
            tell.line("Nothing to record: all of them are recorded already.")
            return
        tell.summary(found)
        if not options.yes:
            _confirm(tell, place)
        journal = place.journal.begin(kept, [line.payout for line in found.new], _now())
        known = journal.by_identity()
        sent = [known[line.payout.identity] for line in found.to_send]
        place.stream.put([to_document(entry, entry.time) for entry in sent])
        place.journal.finish(frozenset(entry.identity for entry in sent))
    tell.line(f"Recorded: {len(sent):,}. Balances change as soon as Firehose has delivered them.")


def _list(options: Namespace, project: Path, tell: "_Teller") -> None:
    with _place(options, project) as place:
        tell.journal(place.journal.read().journal, place.journal)


def _read(path: Path, directory: Directory | None, tell: "_Teller") -> Sequence[Line]:
    """The payouts in a file. Raises InfraError if it has problems, after it has told all of them."""
    try:
        given = read_list(path.read_bytes(), directory)
    except OSError as error:
        raise InfraError(f"{path} cannot be read: {error.strerror}.") from error
    for problem in given.problems:
        tell.line(f"{path}: {problem}")
    if given.problems:
        raise InfraError(
            f"{path} is not a list of payouts, so nothing was recorded. Problems: {len(given.problems):,}."
        )
    return given.lines


def _check(found: Plan, options: Namespace, tell: "_Teller") -> None:
    """Raise InfraError if the list has what the journal refuses, after it has told which lines."""
    for line, entry in found.different:
        tell.line(
            f"{options.file}: line {line.number}: {entry.payout_id} of {entry.affiliate_id!r} is "
            f"{entry.state} already, with {entry.shown} and not {line.payout.shown}"
        )
    if found.different:
        raise InfraError(
            f"Payouts with another amount than before: {len(found.different):,}. A payout stays as it is: "
            "give what is paid in addition a payout_id of its own."
        )
    if found.recorded and not options.skip_recorded:
        tell.lines(f"{options.file}: recorded already", found.recorded)
        raise InfraError(
            f"Payouts that are recorded already: {len(found.recorded):,}. To record only the others, add "
            "--skip-recorded."
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where payouts are recorded, and what else is known there."""

    name: str
    """What the user types to confirm: the stage, or the bucket."""
    journal: JournalObject
    stream: Stream
    directory_key: str

    def directory(self) -> Directory | None:
        """The directory, if there is one. Raises InfraError if it is broken, or the bucket does not exist."""
        found = KeptObject(self.journal.s3, self.journal.bucket, self.directory_key).read()
        if not found.etag:
            return None
        try:
            return parse_directory(found.body)
        except DirectoryError as error:
            raise InfraError(
                f"The directory is broken ({error}), so ingest would count nothing: publish another first."
            ) from error


@contextmanager
def _place(options: Namespace, project: Path) -> Iterator[_Place]:
    if options.bucket:
        take_region(os.environ)
        session = boto3.Session()
        with (
            closing(session.client("s3", config=PATIENT)) as s3,
            closing(session.client("firehose", config=PATIENT)) as firehose,
        ):
            yield _made(options.bucket, s3, options.bucket, options.key, Stream(firehose, options.stream))
        return
    stage = open_stage(project, options.stage)
    with open_account() as account:
        config = find_ingest(account, stage).config
        stream = Stream(account.client("firehose"), stage.server_stream)
        yield _made(stage.name, account.client("s3"), config.events_bucket, config.directory_key, stream)


def _made(name: str, s3: Any, bucket: str, directory_key: str, stream: Stream) -> _Place:
    folder, slash, _ = directory_key.rpartition("/")
    return _Place(name, JournalObject(s3, bucket, f"{folder}{slash}{NAME}"), stream, directory_key)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _confirm(tell: "_Teller", place: _Place) -> None:
    """Ask the user to type a name. Raises InfraError for any other answer."""
    if not sys.stdin.isatty():
        raise InfraError("Nothing was recorded: to confirm that you mean this, use a terminal or add --yes.")
    if tell.ask(f"Type {place.name} to record this: ") != place.name:
        raise InfraError(f"That is not {place.name}: nothing was recorded.")


class _Teller:
    """Prints what the user must know, whatever the terminal's width."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def line(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def ask(self, question: str) -> str:
        return self._console.input(question, markup=False).strip()

    def lines(self, title: str, lines: Sequence[Line]) -> None:
        """A sentence, and the lines of the file that it is about."""
        self.line(f"{title}:")
        for line in lines[:SHOWN]:
            payout = line.payout
            self.line(f"  line {line.number}: {payout.payout_id} of {payout.affiliate_id!r}, {payout.shown}")
        if len(lines) > SHOWN:
            self.line(f"  and {len(lines) - SHOWN:,} more")

    def summary(self, found: Plan) -> None:
        """What would be recorded, in each currency."""
        if found.recorded:
            self.line(f"Recorded already, and left out: {len(found.recorded):,}.")
        if found.pending:
            self.line(f"Pending from a run that broke off, and sent again: {len(found.pending):,}.")
        sums: defaultdict[str, list[int]] = defaultdict(list)
        for line in found.to_send:
            sums[line.payout.currency].append(line.payout.micros)
        self.line("To record:")
        for currency, micros in sorted(sums.items()):
            self.line(f"  {amount(sum(micros))} {currency} (payouts: {len(micros):,})")
        for line, entry in found.alike:
            self.line(
                f"Look at line {line.number}: {entry.affiliate_id!r} was paid as much, {entry.shown}, as "
                f"{entry.payout_id} on {entry.time[:10]}."
            )

    def journal(self, journal: Journal, place: JournalObject) -> None:
        """Each payout in the journal, the oldest first."""
        if not journal.payouts:
            self.line(f"{place} has no payouts.")
        for entry in sorted(journal.payouts, key=lambda each: (each.time, each.identity)):
            at = entry.time[:16].replace("T", " ")
            self.line(f"{at}  {entry.state:8}  {entry.payout_id}  {entry.affiliate_id}  {entry.shown}")


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m infra.payouts", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    record = commands.add_parser("record", help="record the payouts of a list", allow_abbrev=False)
    record.add_argument(
        "file", type=Path, metavar="FILE", help="the CSV file that the portal's page of balances downloads"
    )
    record.add_argument("--yes", action="store_true", help="do not ask before it records")
    record.add_argument(
        "--skip-recorded", action="store_true", help="leave out what is recorded already; else, it is refused"
    )
    record.add_argument(
        "--stream",
        default="server",
        help="with --bucket: the Firehose stream for server-side sources (%(default)s)",
    )
    shown = commands.add_parser(
        "list", help="show what was recorded, and what is pending", allow_abbrev=False
    )
    shown.set_defaults(stream="")
    for command in (record, shown):
        add_place(command, is_required=True)
    return parser


if __name__ == "__main__":
    sys.exit(main())
