"""Measure a stage to throw away: `python -m infra.measure --stage measure RudderStackWorkspaceId=…`.

It deploys the stage with PostgreSQL as its engine, puts a sample year into its bucket, compares every figure
with a database on this machine that has the same events, measures `GET /metrics` and `ingest`, and says what
all that cost. Then it deletes the stage with all that is in it.
"""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from chalicelib.config import Config
from devstack.sample import world
from devstack.sample.year import SESSIONS_PER_DAY, sample_year
from infra import deploy, destroy
from infra.account import Account, open_account
from infra.confirmation import PRODUCTION, confirm
from infra.durations import in_words
from infra.errors import InfraError, run_command
from infra.measure.cluster import used_units
from infra.measure.local import Local, local
from infra.measure.measurement import Measurement
from infra.measure.removal import remove
from infra.measure.sample import FOLDER, sample_objects
from infra.measure.usage import costs, described
from infra.progress import Progress, Step
from infra.stacks import Stack
from infra.stage import PROJECT, Stage, open_stage

ENGINE: Final = "Engine=postgres"

TIMES: Final = 4
"""How often each question is asked, each time in another time zone."""


def main(arguments: Sequence[str] | None = None, project: Path = PROJECT) -> int:
    """Measure; the exit code."""
    options = _parser().parse_args(arguments)
    return run_command("measure", lambda: _run(options, project, Console()))


def _run(options: Namespace, project: Path, console: Console) -> None:
    stage = open_stage(project, options.stage)
    if stage.name == PRODUCTION:
        raise InfraError(f"{PRODUCTION} is not a stage to throw away: add one of its own, such as measure.")
    with open_account() as account:
        check_is_ours(account, stage)
        if not options.yes:
            confirm(console, stage, account, "deploy it, measure it, and delete it with all that is in it")
    if not options.remove:
        if deploy.main([stage.name, ENGINE, *options.parameters], project):
            raise InfraError(
                f"the deployment failed. To remove what there is of it: --stage {stage.name} --remove"
            )
        with open_account() as account:
            _measure(options, stage, account, console)
    if options.keep:
        console.print(f"{stage.name} is still there. To remove it: --stage {stage.name} --remove")
        return
    _remove(stage, project, console)


def check_is_ours(account: Account, stage: Stage) -> None:
    """Raise InfraError if the stage's bucket has anything that this command did not put there."""
    if not (bucket := _storage(account, stage).outputs().get("EventsBucket")):
        return
    pages = account.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = (each["Key"] for page in pages for each in page.get("Contents", []))
    if found := next((key for key in keys if f"/{FOLDER}" not in key), ""):
        raise InfraError(f"{stage.name} is in use, and this command would delete it: {bucket} has {found}.")


def _measure(options: Namespace, stage: Stage, account: Account, console: Console) -> None:
    say = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    config = Config.from_environ(stage.settings)
    progress = Progress(console)
    with local() as here:
        measurement = Measurement(
            account,
            stage.deployed["rest_api"]["rest_api_url"],
            config.events_bucket,
            here,
            [affiliate.id for affiliate in world.AFFILIATES],
            progress.tell,
        )
        lines: list[str] = []
        progress.run(_steps(options.sample_size, measurement, config, lines))
    said = [*lines, *_functions(stage, measurement, here), *_costs(account, stage, measurement)]
    say("\n" + "\n".join(said))


def _steps(size: float, measurement: Measurement, config: Config, lines: list[str]) -> list[Step]:
    now = datetime.now(UTC)
    objects = list(sample_objects(sample_year(now, sessions_per_day=size), now, config.events_prefix))

    def time_requests() -> str:
        lines.extend(measurement.time_requests(TIMES))
        return f"{measurement.requests:,} requests"

    return [
        Step("The sample year, here", lambda: f"{measurement.here.ingest(objects):,} events"),
        Step("The sample year, in the bucket", lambda: measurement.upload(objects)),
        Step("Figures of the year", measurement.wait_for_figures),
        Step("All figures", measurement.compare),
        Step("Requests", time_requests),
    ]


def _functions(stage: Stage, measurement: Measurement, here: Local) -> list[str]:
    ingests = measurement.reported(stage.ingest_function, measurement.objects)
    metrics = measurement.reported(stage.api_function, 1)
    return [
        described("ingest", ingests),
        f"ingest here, an object: {in_words(here.seconds)}",
        described("metrics", metrics),
    ]


def _costs(account: Account, stage: Stage, measurement: Measurement) -> list[str]:
    cluster = next(
        (name for kind, name in destroy.kept_resources(account, stage) if kind == "AWS::DSQL::Cluster"), ""
    )
    client, patience = account.client("cloudwatch"), measurement.patience.metrics
    units = used_units(client, cluster, measurement.began, datetime.now(UTC), patience=patience)
    made = [
        each
        for function in (stage.ingest_function, stage.api_function)
        for each in measurement.reported(function, 1)
    ]
    used: dict[str, Any] = {
        "Aurora DSQL": units.get("TotalDPU", 0.0),
        "Lambda, time": sum(each.gb_seconds for each in made),
        "Lambda, requests": len(made),
        "REST API": measurement.requests,
        "S3": measurement.objects,
    }
    kinds = ", ".join(f"{name} {value:,.1f}" for name, value in units.items())
    return [f"DPU: {kinds or 'CloudWatch has none yet'}", *costs(used)]


def _remove(stage: Stage, project: Path, console: Console) -> None:
    with open_account() as account:
        kept = destroy.kept_resources(account, stage)
        if destroy.main([stage.name, "--yes"], project):
            raise InfraError("taking the stage down failed: repeat the command with --remove")
        left = remove(account, kept)
    text = f"Deleted what was kept, too{', but for ' + ', '.join(left) if left else ''}."
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _storage(account: Account, stage: Stage) -> Stack:
    return Stack(stage.storage_stack, account.client("cloudformation"), lambda _: None)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m infra.measure",
        description=__doc__,
        allow_abbrev=False,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stage", required=True, help="a stage of .chalice/config.json that nobody uses")
    parser.add_argument(
        "parameters", nargs="*", metavar="NAME=VALUE", help="as `python -m infra.deploy` takes them"
    )
    parser.add_argument(
        "--sample-size",
        type=float,
        default=SESSIONS_PER_DAY,
        metavar="N",
        help="visits per day (%(default)s)",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--keep", action="store_true", help="do not remove the stage afterwards")
    what.add_argument("--remove", action="store_true", help="only remove what an earlier run has left")
    return parser


if __name__ == "__main__":
    sys.exit(main())
