"""`python -m tests.faults.idle`: count the invocations that fail when an idle function runs again.

The function first opens many connections, and is frozen. Then they are reset, closed or silent, or Timestream
moves to another address.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from random import Random

from rich.console import Console

from chalicelib.engines.timestream.writer import BATCH, IN_FLIGHT
from devstack.timestream.faults import Fault
from tests.faults import documents as make
from tests.faults.deliveries import function, until_success
from tests.faults.documents import Object
from tests.faults.environments import Environment
from tests.faults.pauses import MOST_FAILED, Change, Pause, passing
from tests.faults.schedule import calm
from tests.faults.timestream.database import TimestreamPlan
from tests.faults.timestream.engine import Timestream
from tests.faults.world import World, world

MANY = "events/server/many"
ONE = make.packed("events/server/one", [make.page(0)], Random(0))


def main(arguments: Sequence[str] | None = None) -> int:
    """Apply each passing change to an idle function, print the result, and return the exit code."""
    options = _parser().parse_args(arguments)
    console = Console(highlight=False)
    worst = 0
    many = _of_batches(options.connections + 1)  # the first is sent alone
    # Calls overlap if they are slow.
    plan = TimestreamPlan({Fault.SLOW: 1}, delay=options.patience / 3)
    with function(Timestream()) as path, world(calm(plan, [many, ONE])) as services:
        for change in passing(Timestream.changes):
            with closing(Environment(path, services.network(), options.patience)) as environment:
                kept, failed = _after_pause(services, environment, change, options)
            console.print(f"{change}: {failed} invocations failed in a row ({kept} open connections)")
            worst = max(worst, failed)
    return 0 if worst <= options.most_failed else 1


def _after_pause(
    services: World, environment: Environment, change: Change, options: argparse.Namespace
) -> tuple[int, int]:
    """The number of connections that were open at the change, and of invocations that failed after it."""
    services.begin()
    environment.invoke(services.event([MANY]))
    services.clear()
    kept = environment.network.kept
    environment.suffer(Pause(change))
    answers = until_success(environment, services.event([ONE.key]), most_failed=options.connections)
    return kept, sum(answer is None or bool(answer.error) for answer in answers)


def _of_batches(number: int) -> Object:
    """An object of `number` batches. Each batch repeats one event, so it is quick to write."""
    documents = [make.page(batch) for batch in range(number) for _ in range(BATCH)]
    return make.packed(MANY, documents, Random(0))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.idle", description=__doc__)
    parser.add_argument(
        "--connections",
        type=int,
        default=IN_FLIGHT,
        metavar="N",
        help="connections to Timestream that the function opens first (default: %(default)s)",
    )
    parser.add_argument(
        "--patience",
        type=float,
        default=0.4,
        metavar="S",
        help="seconds that the function waits for an answer (default: %(default)s)",
    )
    parser.add_argument(
        "--most-failed",
        type=int,
        default=MOST_FAILED,
        metavar="N",
        help="invocations in a row that may fail (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
