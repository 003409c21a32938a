"""Affiliate web analytics: page views and commissions from S3 into a database, and figures out of it."""

import os
import sys
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from aws_lambda_powertools.logging import Logger
from chalice.app import (
    BadRequestError,
    BaseLambdaEvent,
    Chalice,
    ChaliceViewError,
    IAMAuthorizer,
    Request,
    Response,
)

from chalicelib.config import POSTGRES, Config
from chalicelib.errors import RequestError, SettingError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.session import Session
    from types_boto3_s3 import S3Client

    from chalicelib.directory import Directory
    from chalicelib.engines import Engine
    from chalicelib.figures import Answers
    from chalicelib.objects import Latest, ObjectVersion
    from chalicelib.outcomes import Outcome

if IN_CHALICE_COMMAND := "AWS_CHALICE_CLI_MODE" in os.environ:
    from chalicelib.command_line import complete

    complete(os.environ, sys.argv[1:], Path(__file__).parent)
config = Config.from_environ(os.environ)
app = Chalice(app_name="affiliate-analytics", configure_logs=False)
logger = Logger(service=app.app_name)  # of that name, so it formats what Chalice logs too


class Notification(BaseLambdaEvent):
    """The objects that a notification from S3 tells of, whether it came directly, by SQS, SNS or EventBridge.

    Chalice's own S3Event reads only the first record, and fails without one.
    """

    def _extract_attributes(self, event_dict: dict[str, Any]) -> None:
        from chalicelib.objects import created_objects

        self.objects = tuple(created_objects(event_dict))


class ServiceUnavailableError(ChaliceViewError):
    """The database does not answer, or asks for fewer questions."""

    STATUS_CODE = 503


@app.on_s3_event(
    bucket=config.events_bucket, prefix=config.events_prefix, events=["s3:ObjectCreated:*"], name="ingest"
)
def ingest(event: Notification) -> list[dict[str, Any]]:
    """Store the events in every object that was created. Returns what became of each object."""
    from chalicelib.ingest import ingest_object

    known = current_directory()
    outcomes, failures = [], []
    for source in event.objects:
        try:
            outcome = ingest_object(source, s3=s3_client(), engine=engine(), config=config, directory=known)
        except Exception as error:
            # The other objects may still go well. Lambda runs the whole notification again, which counts
            # nothing twice.
            logger.exception("object not ingested", bucket=source.bucket, key=source.key)
            failures.append(error)
        else:
            report(source, outcome)
            outcomes.append(outcome.to_json())
    if failures:
        raise ExceptionGroup("not every object was ingested", failures)
    return outcomes


ingest.event_class = Notification


@app.route("/metrics", methods=["GET"], authorizer=IAMAuthorizer())
def metrics() -> Response:
    """An affiliate's figures of one metric over a time window, by website and bin."""
    return answer("metrics")


@app.route("/breakdown", methods=["GET"], authorizer=IAMAuthorizer())
def breakdown() -> Response:
    """An affiliate's figures of a time window, by website, link, page and so on."""
    return answer("breakdown")


@app.route("/entries", methods=["GET"], authorizer=IAMAuthorizer())
def entries() -> Response:
    """An affiliate's sales and refunds in a time window."""
    return answer("entries")


@app.route("/balance", methods=["GET"], authorizer=IAMAuthorizer())
def balance() -> Response:
    """What an affiliate has earned and got."""
    return answer("balance")


@app.route("/affiliates", methods=["GET"], authorizer=IAMAuthorizer())
def affiliates() -> Response:
    """The figures of every affiliate in a time window, for the owner."""
    return answer("affiliates")


@app.route("/balances", methods=["GET"], authorizer=IAMAuthorizer())
def balances() -> Response:
    """What every affiliate has earned and got, for the owner."""
    return answer("balances")


def answer(route: str) -> Response:
    """What a route answers to the current request, as the query string asks for it."""
    from chalicelib.figures import Route

    request = cast("Request", app.current_request).to_original_event()
    parameters = request["multiValueQueryStringParameters"] or {}
    try:
        body = answers().answer(Route(route), parameters, datetime.now(UTC))
    except RequestError as error:
        raise BadRequestError(str(error)) from error
    except refusals() as error:
        report_unavailable(error)
        raise ServiceUnavailableError("the figures are not available now: try again") from error
    headers: dict[str, Any] = {
        "Content-Type": "application/json",
        "Cache-Control": f"private, max-age={config.cache_seconds}",
    }
    return Response(body.decode(), headers=headers)


def current_directory() -> "Directory | None":
    """The directory of affiliates as it is now. Without one it is None, and any affiliate counts."""
    try:
        return directory().read()
    except Exception:
        # Without it, events would be left out, or counted for whom they should not. Lambda tries again, and
        # the notification ends in the failure queue.
        logger.exception("directory not read", bucket=config.events_bucket, key=config.directory_key)
        raise


def current_names() -> "Mapping[str, str]":
    """The affiliates' names by their ids, as the directory has them now. Empty if there is no directory."""
    from botocore.exceptions import BotoCoreError, ClientError

    from chalicelib.errors import DirectoryError

    try:
        return names().read() or {}
    except (BotoCoreError, ClientError, DirectoryError):
        # The figures are right without names. `ingest` fails as long as the directory cannot be read.
        logger.exception("names not read", bucket=config.events_bucket, key=config.directory_key)
        return {}


def report(source: "ObjectVersion", outcome: "Outcome") -> None:
    """Log an object's outcome as one line, and send it as CloudWatch metrics."""
    from aws_lambda_powertools.metrics import Metrics, MetricUnit

    from chalicelib.ingest import source_of

    if outcome.gone:
        logger.error("object is gone", bucket=source.bucket, key=source.key, version=source.version)
    logger.info("object ingested", bucket=source.bucket, key=source.key, **outcome.to_json())
    # By function, and so by stage: one stage's alarms are not another's. By source: anyone can post to `web`.
    sent = Metrics(
        namespace="AffiliateAnalytics", service=os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "ingest")
    )
    sent.add_dimension(name="source", value=source_of(source.key, config).name.lower())
    for name, value in (
        ("Documents", outcome.documents),
        ("Written", outcome.written),
        ("Duplicates", outcome.duplicates),
        ("LeftOut", outcome.left_out.total()),
        ("Malformed", outcome.malformed.total()),
        ("Rejected", outcome.rejected.total()),
        ("Gone", outcome.gone),
    ):
        sent.add_metric(name=name, unit=MetricUnit.Count, value=value)
    sent.add_metric(name="Bytes", unit=MetricUnit.Bytes, value=outcome.bytes)
    sent.flush_metrics()


def refusals() -> tuple[type[Exception], ...]:
    """What means that there are no figures now. That the database refuses a query is a mistake of ours,
    except under `chalice local`.
    """
    if not IN_CHALICE_COMMAND:
        return (UnavailableError,)
    if config.engine == POSTGRES:
        from psycopg import Error

        return UnavailableError, SettingError, Error
    from botocore.exceptions import ClientError

    return UnavailableError, ClientError


def report_unavailable(error: Exception) -> None:
    """Log why no figures are available now. Under `chalice local`, say what to start."""
    if not IN_CHALICE_COMMAND:
        logger.error("the database did not answer", exc_info=error)
        return
    from chalicelib.command_line import what_to_start

    logger.error(what_to_start(os.environ, error))


# What follows is made, and imported, when it is first needed: each of the two functions has this file, and
# neither should start the slower for what only the other needs.


@cache
def engine() -> "Engine":
    """Where events are stored and read: the one place that chooses a database."""
    if config.engine == POSTGRES:
        from chalicelib.engines.postgres import Postgres

        return Postgres(config)
    from chalicelib.engines.timestream import Timestream

    return Timestream(session(), config)


@cache
def answers() -> "Answers":
    """Answers the requests to the routes."""
    from chalicelib.figures import KEPT_BYTES, Answers, Cache, Key, weigh

    kept: Cache[Key, bytes] = Cache(config.cache_seconds, KEPT_BYTES, weigh, time.monotonic)
    return Answers(engine().dialect, engine().rows, kept, config.hold_days, current_names)


@cache
def directory() -> "Latest[Directory]":
    """Reads the directory of affiliates."""
    from chalicelib.directory import parse_directory
    from chalicelib.objects import Latest

    return Latest(s3_client(), config.events_bucket, config.directory_key, parse_directory)


@cache
def names() -> "Latest[Mapping[str, str]]":
    """Reads the names in the directory of affiliates."""
    from chalicelib.directory import parse_names
    from chalicelib.objects import Latest

    return Latest(s3_client(), config.events_bucket, config.directory_key, parse_names)


@cache
def session() -> "Session":
    """One session for all clients. botocore's: a cold start would pay for what boto3 adds."""
    from chalicelib.sessions import new_session

    return new_session()


@cache
def s3_client() -> "S3Client":
    """Reads objects and the directory, writes dead letters."""
    return cast("S3Client", session().create_client("s3"))
