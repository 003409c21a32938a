"""The command line: starts a local Amazon Timestream."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from devstack.http import loopback
from devstack.timestream import Fault, Faults, FirstPage, Server

_STOPS = {signal.SIGINT, signal.SIGTERM}

_READY = """\
Timestream at {url}
export AWS_ENDPOINT_URL_TIMESTREAM_WRITE={url}
export AWS_ENDPOINT_URL_TIMESTREAM_QUERY={url}"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C, then return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        faults = Faults(dict(options.fault), options.fault_seed, options.fault_delay)
    except ValueError as error:
        parser.error(f"argument --fault: {error}")
    # Before any thread starts, so that each inherits the mask and the signals wait for sigwait.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    try:
        with _server(options, faults) as server:
            print(_READY.format(url=server.url), flush=True)
            signal.sigwait(_STOPS)
    except _CannotStartError as error:
        print(f"timestream: {error}", file=sys.stderr)
        return 1
    return 0


class _CannotStartError(Exception):
    """The server cannot listen on its address, or cannot open its file. The text says why, in one line."""


def _server(options: argparse.Namespace, faults: Faults) -> Server:
    first_page = FirstPage.EMPTY if options.empty_first_page else FirstPage.FULL
    try:
        return Server(
            (options.host, options.port),
            options.path,
            first_page=first_page,
            faults=faults,
            allowed_hosts=options.allow_host,
        )
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise _CannotStartError(f"cannot listen on {options.host}:{options.port}: {reason}") from error
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise _CannotStartError(f"cannot open {options.path}: {reason}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m devstack.timestream",
        description="A local Amazon Timestream for LiveAnalytics: write and query service, on one port.",
        epilog="Point any AWS SDK at it with AWS_ENDPOINT_URL_TIMESTREAM_WRITE and "
        "AWS_ENDPOINT_URL_TIMESTREAM_QUERY; any credentials will do.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=8086, help="port, 0 for a free one (default: %(default)s)"
    )
    loopback.add_option(parser)
    parser.add_argument(
        "--path", type=Path, metavar="FILE", help="DuckDB file to keep data in (default: memory)"
    )
    parser.add_argument(
        "--empty-first-page",
        action="store_true",
        help="first answer each query without rows but with a NextToken, as Timestream sometimes does: "
        "finds clients that read only the first page",
    )
    _add_faults(parser.add_argument_group("faults", "Errors on purpose, to test how a client handles them."))
    return parser


def _add_faults(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--fault",
        type=_parse_fault,
        action="append",
        default=[],
        metavar="NAME=RATE",
        help="a fault, and the share of requests or records that have it, such as throttle=0.1; "
        f"may be given several times; one of {', '.join(Fault)}",
    )
    group.add_argument(
        "--fault-seed",
        type=int,
        default=0,
        metavar="N",
        help="seed for choosing which requests fail (default: %(default)s)",
    )
    group.add_argument(
        "--fault-delay",
        type=float,
        default=30.0,
        metavar="S",
        help="delay of a slow response, in seconds (default: %(default)s)",
    )


def _parse_fault(text: str) -> tuple[Fault, float]:
    name, _, rate = text.partition("=")
    try:
        return Fault(name), float(rate)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not NAME=RATE, with one of {', '.join(Fault)}, and a rate such as 0.1"
        ) from None


if __name__ == "__main__":
    sys.exit(main())
