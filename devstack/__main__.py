"""`python -m devstack`: start the whole system on this machine, with a sample year of data."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from threading import Event

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from chalicelib.config import ENGINES, POSTGRES, TIMESTREAM
from devstack.appsync import token
from devstack.databases import PORTS, Database, choose, ports_of
from devstack.errors import DevstackError
from devstack.firehose.buffer import Hints
from devstack.http import loopback
from devstack.http.ports import Ports, option
from devstack.report import logs, plain_console, print_addresses, print_metrics, shown
from devstack.sample.feed import Destination, feed
from devstack.sample.world import directory
from devstack.sample.year import SESSIONS_PER_DAY, Sent
from devstack.stack import WRITE_KEYS, Stack, stack
from devstack.state import State, state


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C, or print a token. Returns the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["token"]:
        return token.main(given[1:])
    options = _parser().parse_args(given)
    console = plain_console(sys.stdout)
    stopped = _stopped_by_signal()
    try:
        with state(_folder(options), options.engine) as opened, logs(opened.logs, console):
            return _run(options, opened, console, stopped)
    except DevstackError as error:
        print(f"devstack: {error}", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace, opened: State, console: Console, stopped: Event) -> int:
    ports = _ports(options).checked()
    database = choose(options.engine, os.environ, ports, options.allow_host)
    hints = _hints(options)
    console.print(f"Starting, with everything kept in {_places(opened, database)} ...")
    # Before anything starts, since its file may be damaged.
    is_missing = options.sample_size and not opened.is_sample_fed
    sample = opened.sample_year(options.sample_size) if is_missing else []
    with stack(opened, database, ports, hints, allowed_hosts=options.allow_host) as running:
        if options.sample_size:
            _check_claim(opened, database)
            if sample:
                _feed(sample, opened, running, console, stopped.is_set)
        if not stopped.is_set():
            print_metrics(console, running)
        if not (options.once or stopped.is_set()):
            print_addresses(console, running, opened.folder)
            _serve(console, stopped)
    if running.failed:
        raise DevstackError(f"{running.failed} objects could not be ingested. See {opened.failed}.")
    return 0


def _folder(options: argparse.Namespace) -> Path:
    """The state folder. Each engine has its own, unless one is chosen."""
    return options.state or _FOLDERS[options.engine]


def _places(opened: State, database: Database) -> str:
    return f"{opened.folder} and {database.place}" if database.place else str(opened.folder)


def _check_claim(opened: State, database: Database) -> None:
    """Refuse to mix the sample with other data, in a database of the user's."""
    if database.place != opened.claimed:
        raise DevstackError(
            f"{database.place} has page views that this system did not send: name an empty database in "
            "POSTGRES_URL, or start with --no-sample, which adds nothing to them."
        )


def _ports(options: argparse.Namespace) -> Ports:
    """The ports to use. The port of a database that is not used is any free one: nothing will listen on it.

    With --any-ports, this is true of each port that is not chosen by its own option.
    """
    asked = Ports(*(getattr(options, f"{field.name}_port") for field in fields(Ports)))
    names = {field.name for field in fields(Ports)}
    usual = {name for name in names if getattr(asked, name) == getattr(Ports(), name)}
    unused = PORTS.difference(ports_of(options.engine, os.environ))
    return replace(asked, **dict.fromkeys(unused | usual if options.any_ports else unused, 0))


def _hints(options: argparse.Namespace) -> Hints:
    try:
        return Hints(options.buffer_size, options.buffer_interval)
    except ValueError as error:
        raise DevstackError(f"{error}.") from error


def _feed(
    sent: Sequence[Sent], opened: State, running: Stack, console: Console, is_stopped: Callable[[], bool]
) -> None:
    _publish_directory(running, console)
    to = Destination(
        url=running.rudderstack_url,
        write_keys=WRITE_KEYS,
        prefix=f"{running.config.events_prefix}web/",
        stream="web",
        deliver=running.delivery,
        flush=running.flush,
    )
    with _progress(console, len(sent)) as advance:
        is_complete = feed(sent, to, advance, is_stopped)
    if running.failed:
        raise DevstackError(f"The sample could not be ingested. See {opened.failed} and {opened.logs}.")
    if is_complete:
        opened.mark_sample_fed()
    else:
        console.print(
            "The sample is not complete. The next start sends it again, and nothing is counted twice."
        )


def _publish_directory(running: Stack, console: Console) -> None:
    """Put the directory of the sample's affiliates into the bucket, unless it has one."""
    key = running.config.directory_key
    if running.s3.add(key, directory(), "application/json"):
        console.print(f"Only the sample's affiliates count from now on: {key} in the bucket lists them.")


@contextmanager
def _progress(console: Console, total: int) -> Iterator[Callable[[int], None]]:
    """Show how much of the sample is sent: a progress bar, or one line if the output is not a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("Sending a sample year", total=total)
        if progress.disable:
            console.print(f"Sending a sample year of {total:,} events ...")
        yield lambda count: progress.advance(task, count)


def _serve(console: Console, stopped: Event) -> None:
    console.print("Press Ctrl-C to stop.")
    with shown(console):
        stopped.wait()
    console.print("Stopping, after the events in the buffers are delivered ...")


def _stopped_by_signal() -> Event:
    """An event that Ctrl-C or SIGTERM sets. Neither raises an exception, so no step is left half done."""
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m devstack",
        description="The whole system on this machine, from RudderStack to AppSync.",
        epilog="For an ID token of the local AppSync: python -m devstack token --help",
    )
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default=TIMESTREAM,
        help="the database: with postgres, the one that POSTGRES_URL names if it is set, else one that is "
        "started here (default: %(default)s)",
    )
    parser.add_argument(
        "--state",
        type=Path,
        help="folder for all data and logs (default: .devstack, and .devstack-postgres with that engine)",
    )
    parser.add_argument(
        "--once", action="store_true", help="start, feed the sample, print the figures, and stop"
    )
    sample = parser.add_mutually_exclusive_group()
    sample.add_argument(
        "--sample-size", type=_size, metavar="N", help="visits per day in the sample (default: %(default)s)"
    )
    sample.add_argument(
        "--no-sample",
        dest="sample_size",
        action="store_const",
        const=0,
        help="start without a sample",
        default=argparse.SUPPRESS,
    )
    parser.set_defaults(sample_size=SESSIONS_PER_DAY)
    parser.add_argument(
        "--buffer-size",
        type=int,
        default=1,
        metavar="MIB",
        help="Firehose delivers after this many MiB (default: %(default)s)",
    )
    parser.add_argument(
        "--buffer-interval",
        type=float,
        default=3,
        metavar="S",
        help="Firehose delivers after this many seconds (default: %(default)s)",
    )
    loopback.add_option(parser)
    parser.add_argument(
        "--any-ports", action="store_true", help="take any free ports instead of the usual ones"
    )
    for field in fields(Ports):
        default = field.default
        parser.add_argument(
            option(field.name),
            type=int,
            default=default,
            metavar="PORT",
            help="0 means any free port (default: %(default)s)",
        )
    return parser


def _size(text: str) -> float:
    size = float(text)
    if not 0 <= size <= _LARGEST_SAMPLE:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and {_LARGEST_SAMPLE}")
    return size


_LARGEST_SAMPLE = 1000

_FOLDERS = {TIMESTREAM: Path(".devstack"), POSTGRES: Path(".devstack-postgres")}


if __name__ == "__main__":
    sys.exit(main())
