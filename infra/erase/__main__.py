"""Erase a visitor: `python -m infra.erase --stage dev --visitor ID`. Without --yes, only look."""

import os
import shlex
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.status import Status

from chalicelib.config import POSTGRES, Config
from chalicelib.engines.postgres.connections import KeptConnection
from infra.account import Account, open_account
from infra.deliveries import Span
from infra.erase.objects import Erasing, Looking, Tally
from infra.erase.rewriting import MOST_IDS
from infra.erase.rows import check_rights, delete_rows, visitor_rows
from infra.erase.visitor import Visitor
from infra.errors import InfraError, run_command
from infra.ingest_function import find_ingest
from infra.invoking import results
from infra.journal import journal, journal_path
from infra.moments import parse_moment
from infra.postgres import open_database, place, with_own_url
from infra.stage import PROJECT, open_stage

JOURNALS: Final = Path(".erase")
"""The folder, in the project, with a journal of each unfinished run: names of objects, and no visitor."""

FIREHOSE_ERRORS: Final = "firehose-errors/"
"""Where Firehose writes what it could not deliver, as infra/storage.yaml says."""

AT_ONCE: Final = 8
"""Objects that are read at once."""

SHOWN: Final = 5


def main(arguments: Sequence[str] | None = None, project: Path = PROJECT) -> int:
    """Erase; the exit code."""
    options = _parser().parse_args(arguments)
    return run_command("erase", lambda: _run(options, project, Console()))


def _run(options: Namespace, project: Path, console: Console) -> None:
    stage = open_stage(project, options.stage)
    with open_account() as account:
        config = with_own_url(find_ingest(account, stage).config, os.environ)
        opened = open_database(config) if config.engine == POSTGRES else nullcontext()
        with opened as database, console.status("") as status:
            if database and options.yes:
                check_rights(database)
            erasure = _Erasure(options, account, config, project / JOURNALS, status)
            tally = erasure.objects()  # first: what is still in an object, a replay would bring back
            views = erasure.rows(database) if database else 0
            keeps_versions = erasure.bucket_keeps_versions()
    report = _Report(options, config, tally, views, keeps_versions)
    console.print(report.text(), markup=False, highlight=False, soft_wrap=True)
    if tally.failed:
        shown = "; ".join(f"{key}: {reason}" for key, reason in list(tally.failed.items())[:SHOWN])
        raise InfraError(f"{len(tally.failed):,} objects still hold the visitor: {shown}.")


class _Erasure:
    """One run of the command."""

    def __init__(
        self, options: Namespace, account: Account, config: Config, journals: Path, status: Status
    ) -> None:
        self._options, self._account, self._config = options, account, config
        self._journals, self._status = journals, status
        self._visitor = Visitor(frozenset(options.visitor))

    def objects(self) -> Tally:
        """Take the visitor out of the objects; in a dry run, look only. A journal keeps the progress."""
        if not self._options.yes:
            return self._visit(Looking, frozenset(), lambda _: None)
        path = journal_path(self._journals, *self._question())
        with journal(path) as kept:
            tally = self._visit(Erasing, kept.done, kept.add)
        if not tally.failed:
            path.unlink()
        return tally

    def rows(self, database: KeptConnection) -> int:
        """Delete the visitor's page views; in a dry run, count only. Returns their number."""
        read = found = 0
        for affiliate, count, event_ids in visitor_rows(database, self._visitor.hashes):
            if self._options.yes:
                delete_rows(database, affiliate, event_ids)
            read, found = read + count, found + len(event_ids)
            self._status.update(f"{read:,} page views read, {found:,} are the visitor's")
        return found

    def bucket_keeps_versions(self) -> bool:
        """Whether the bucket keeps what is deleted or written over."""
        found = self._account.client("s3").get_bucket_versioning(Bucket=self._config.events_bucket)
        return "Status" in found

    def _visit(
        self,
        kind: type[Looking] | type[Erasing],
        done: frozenset[str],
        settle: Callable[[str], None],
    ) -> Tally:
        bucket = kind(self._account.client("s3"), self._config.events_bucket, self._visitor)
        listed = bucket.listed(_prefixes(self._options, self._config), self._span)
        tally = Tally()
        for stored, found in results(
            (each for each in listed if each.name not in done), bucket.visit, AT_ONCE
        ):
            tally.add(stored.key, found)
            if not isinstance(found, InfraError):
                settle(stored.name)
            self._status.update(f"{tally.objects:,} objects read, {tally.changed:,} have the visitor")
        return tally

    @property
    def _span(self) -> Span:
        return Span(since=self._options.since) if self._options.since else Span()

    def _question(self) -> list[str]:
        options = self._options
        place = (self._account.id, self._account.region, self._config.events_bucket)
        return [*place, *map(str, (options.since, options.prefix)), *self._visitor.hashes]


def _prefixes(options: Namespace, config: Config) -> list[str]:
    usual = [config.events_prefix, config.dead_letter_prefix, FIREHOSE_ERRORS]
    return [*usual, *options.prefix]


@dataclass(frozen=True, slots=True)
class _Report:
    options: Namespace
    config: Config
    tally: Tally
    views: int
    keeps_versions: bool

    def text(self) -> str:
        """What was found or erased, and what is left to do; a line for each."""
        lines = (self._summary(), self._database(), self._other_ids(), self._damaged(), self._versions())
        return "\n".join(filter(None, (*lines, self._next())))

    def _summary(self) -> str:
        tally = self.tally
        views = f", and {self.views:,} page views in {place(self.config)}" if self._is_postgres else ""
        return (
            f"{'Erased' if self.options.yes else 'Found'} {tally.documents:,} documents of the visitor in "
            f"{tally.changed:,} of {tally.objects:,} objects of {self.config.events_bucket}{views}."
        )

    def _database(self) -> str:
        if self._is_postgres:
            return "Orders and payouts in the database hold nothing about a buyer."
        hashes = " and ".join(Visitor(frozenset(self.options.visitor)).hashes)
        return (
            "Timestream deletes no single record: the visitor's page views stay there, under the pseudonym "
            f"{hashes}, until the table's retention ends (MagneticStoreDays)."
        )

    def _other_ids(self) -> str:
        if not self.tally.ids:
            return ""
        ids = " ".join(f"--visitor {shlex.quote(each)}" for each in sorted(self.tally.ids)[:MOST_IDS])
        return f"These documents have other ids, too. If they are the same person's, add: {ids}"

    def _damaged(self) -> str:
        damaged = self.tally.damaged
        if not damaged:
            return ""
        return (
            f"{len(damaged):,} objects are damaged, and may hold more of the visitor than can be read: "
            f"{', '.join(sorted(damaged)[:SHOWN])}."
        )

    def _versions(self) -> str:
        if not self.keeps_versions:
            return ""
        return (
            "The bucket keeps old versions of objects, and the visitor is still in those: delete them, too."
        )

    def _next(self) -> str:
        if not self.options.yes:
            return "Nothing is erased yet: add --yes."
        return (
            "Firehose may hold events that it has not stored yet. Run the same command again tomorrow, with "
            f"--since {datetime.now(UTC):%Y-%m-%d}."
        )

    @property
    def _is_postgres(self) -> bool:
        return self.config.engine == POSTGRES


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m infra.erase", description=__doc__, allow_abbrev=False)
    parser.add_argument("--stage", required=True, help="a stage of .chalice/config.json")
    parser.add_argument(
        "--visitor",
        required=True,
        action="append",
        type=_visitor,
        metavar="ID",
        help="the visitor's anonymous id or user id; give the option once for each id",
    )
    parser.add_argument(
        "--yes", action="store_true", help="erase; without it, only show what would be erased"
    )
    parser.add_argument(
        "--since", type=parse_moment, metavar="TIME", help="only objects stored at or after this time"
    )
    parser.add_argument(
        "--prefix",
        action="append",
        default=[],
        help="look also at the objects whose keys begin with this, beside events, dead letters and what "
        "Firehose could not deliver",
    )
    return parser


def _visitor(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ArgumentTypeError("an id must be UTF-8") from error
    if not text:
        raise ArgumentTypeError("an id cannot be empty")
    return text


if __name__ == "__main__":
    sys.exit(main())
