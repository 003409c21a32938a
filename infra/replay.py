"""Ingest stored objects or failures again: `python -m infra.replay --prefix events/web/2026/11/`."""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from infra.account import Account, open_account
from infra.deliveries import (
    Delivery,
    Span,
    dead_letter_sources,
    queue_length,
    queued_failures,
    stored_objects,
)
from infra.errors import InfraError, run_command
from infra.ingest_function import COUNTS, IngestFunction, Result, find_ingest
from infra.invoking import Summary, results
from infra.journal import journal, journal_path
from infra.moments import parse_moment
from infra.stage import PROJECT, open_stage, stage_names

JOURNALS: Final = Path(".replay")
"""The folder, in the project, with a journal of each unfinished replay."""

DEFAULT_AT_ONCE: Final = 4
"""How many invocations run at once. A new account may run 10, and new events and affiliates need the rest.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
"""

SHOWN_ERRORS: Final = 5


def main(arguments: Sequence[str] | None = None, project: Path = PROJECT) -> int:
    """Replay; the exit code."""
    options = _parser().parse_args(arguments)
    return run_command("replay", lambda: _run(options, project))


def _run(options: Namespace, project: Path) -> None:
    _check(options)
    stage = open_stage(project, options.stage or _only_stage(project))
    with open_account() as account:
        replay = _Replay(options, account, find_ingest(account, stage), project / JOURNALS, Console())
        if options.failures:
            replay.failures()
        else:
            replay.objects()


class _Replay:
    """One run of the command."""

    def __init__(
        self, options: Namespace, account: Account, ingest: IngestFunction, journals: Path, console: Console
    ) -> None:
        self._options, self._account, self._ingest = options, account, ingest
        self._journals, self._console = journals, console

    def objects(self) -> None:
        """Replay stored objects, or only those with dead letters. A journal keeps the progress."""
        found = self._found()
        if self._options.dry_run:
            self._console.print(
                f"{len(found):,} objects, {found[0].name} to {found[-1].name}: none replayed."
            )
            return
        path = journal_path(self._journals, *self._question())
        with journal(path) as kept:
            pending = [delivery for delivery in found if delivery.name not in kept.done]
            if len(pending) < len(found):
                self._console.print(
                    f"Continuing: {len(found) - len(pending):,} objects are done already.", soft_wrap=True
                )
            summary = self._replay(pending, len(pending), lambda done: kept.add(done.name))
        if not summary.errors:
            path.unlink()
        self._report(summary, "Run the same command to try them again.")

    def failures(self) -> None:
        """Replay the failures in the queue, and delete those that succeed."""
        sqs = self._account.client("sqs")
        queue_url = sqs.get_queue_url(QueueName=self._ingest.failure_queue())["QueueUrl"]
        length = queue_length(sqs, queue_url)
        if self._options.dry_run:
            self._console.print(f"About {length:,} failures are in the queue: none replayed.", soft_wrap=True)
            return

        def delete(done: Delivery) -> None:
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=done.receipt)

        summary = self._replay(queued_failures(sqs, queue_url), length, delete)
        self._report(summary, "These stay in the queue, and can be replayed in 15 minutes.")

    def _found(self) -> list[Delivery]:
        find = dead_letter_sources if self._options.dead_letters else stored_objects
        prefix = self._prefix()
        s3 = self._account.client("s3")
        found = list(find(s3, self._ingest.config, prefix, _span(self._options)))
        if not found:
            kind = "objects with dead letters" if self._options.dead_letters else "objects"
            raise InfraError(
                f"Found no {kind} under {prefix} in {self._ingest.config.events_bucket} for these options."
            )
        return found

    def _prefix(self) -> str:
        """The prefix, always in the events' folder: `ingest` reads an object's source from its key."""
        events = self._ingest.config.events_prefix
        prefix: str = self._options.prefix or events
        if not prefix.startswith(events):
            raise InfraError(f"--prefix must begin with {events}, the folder of the events, not {prefix!r}.")
        return prefix

    def _question(self) -> tuple[str, ...]:
        options = self._options
        names = (self._ingest.name, self._ingest.config.events_bucket, self._account.region)
        return (*names, *map(str, (self._prefix(), options.since, options.until, options.dead_letters)))

    def _replay(
        self, deliveries: Iterable[Delivery], total: int, settle: Callable[[Delivery], None]
    ) -> Summary:
        summary = Summary()
        columns = (TextColumn("Replaying"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self._console, disable=not self._console.is_terminal) as progress:
            task = progress.add_task("", total=total)
            for delivery, result in results(deliveries, self._invoke, self._options.concurrency):
                summary.add(delivery, result)
                if not result.error:
                    settle(delivery)
                progress.advance(task)
        return summary

    def _invoke(self, delivery: Delivery) -> Result:
        return self._ingest.invoke(delivery.notification)

    def _report(self, summary: Summary, next_step: str) -> None:
        counts = ", ".join(f"{name.replace('_', ' ')} {summary.counts[name]:,}" for name in COUNTS)
        self._console.print(f"{summary.invocations:,} invocations: {counts}.", soft_wrap=True)
        if not summary.errors:
            return
        for name, error in list(summary.errors.items())[:SHOWN_ERRORS]:
            self._console.print(f"  {name}: {error}", markup=False, highlight=False, soft_wrap=True)
        raise InfraError(f"{len(summary.errors):,} of {summary.invocations:,} failed. {next_step}")


def _check(options: Namespace) -> None:
    if not (options.prefix or options.dead_letters or options.failures):
        raise InfraError("Say what to replay: --prefix PREFIX, --dead-letters or --failures.")
    if options.failures and (options.prefix or options.since or options.until):
        raise InfraError("--failures replays the whole queue: leave out --prefix, --since and --until.")
    span = _span(options)
    if span.since >= span.until:
        raise InfraError(
            f"--since {span.since:%Y-%m-%d %H:%M} must be before --until {span.until:%Y-%m-%d %H:%M}."
        )


def _span(options: Namespace) -> Span:
    given: dict[str, Any] = {"since": options.since, "until": options.until}
    return Span(**{name: moment for name, moment in given.items() if moment})


def _only_stage(project: Path) -> str:
    """The stage, if the configuration has just one that is deployed to AWS."""
    names = stage_names(project)
    if len(names) != 1:
        raise InfraError(f"Say which stage: --stage {' or --stage '.join(names)}.")
    return names[0]


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m infra.replay", description=__doc__, allow_abbrev=False)
    parser.add_argument("--stage", help="a stage of .chalice/config.json; not needed if there is just one")
    parser.add_argument(
        "--prefix", help="replay the objects whose keys begin with this, such as events/web/2026/"
    )
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument(
        "--dead-letters", action="store_true", help="replay only objects that have dead letters"
    )
    kind.add_argument("--failures", action="store_true", help="replay the failures in the queue")
    parser.add_argument(
        "--since", type=parse_moment, metavar="TIME", help="only objects stored at or after this time"
    )
    parser.add_argument(
        "--until", type=parse_moment, metavar="TIME", help="only objects stored before this time"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would be replayed, and replay nothing"
    )
    parser.add_argument(
        "--concurrency",
        type=_concurrency,
        default=DEFAULT_AT_ONCE,
        metavar="N",
        help="invocations at once (%(default)s)",
    )
    return parser


def _concurrency(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= _MOST_AT_ONCE):
        raise ArgumentTypeError(f"{text!r} is not a number from 1 to {_MOST_AT_ONCE}")
    return int(text)


_MOST_AT_ONCE: Final = 32


if __name__ == "__main__":
    sys.exit(main())
