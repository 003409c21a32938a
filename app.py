"""Affiliate web analytics: page views and commissions from S3 into Timestream, and figures out of it."""

import os
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any, cast

import botocore.session
from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit
from botocore.exceptions import BotoCoreError, ClientError
from chalice.app import (
    BadRequestError,
    BaseLambdaEvent,
    Chalice,
    ChaliceViewError,
    IAMAuthorizer,
    Request,
    Response,
)

from chalicelib import timestream_reader
from chalicelib.config import Config
from chalicelib.errors import RequestError
from chalicelib.ingest import ingest_object
from chalicelib.metrics import answer
from chalicelib.notifications import ObjectVersion, created_objects
from chalicelib.outcomes import Outcome
from chalicelib.timestream_writer import Writer, write_client

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_timestream_query import TimestreamQueryClient

config = Config.from_environ(os.environ)
app = Chalice(app_name="affiliate-analytics", configure_logs=False)
logger = Logger(service=app.app_name)  # of that name, so it formats what Chalice logs too
metrics_log = Metrics(namespace="AffiliateAnalytics", service="ingest")


class Notification(BaseLambdaEvent):
    """Every record of an S3 notification. Chalice's own S3Event reads the first alone, and fails on none."""

    def _extract_attributes(self, event_dict: dict[str, Any]) -> None:
        self.objects = tuple(created_objects(event_dict))


class ServiceUnavailableError(ChaliceViewError):
    """Timestream does not answer, or asks for less."""

    STATUS_CODE = 503


@app.on_s3_event(
    bucket=config.events_bucket, prefix=config.events_prefix, events=["s3:ObjectCreated:*"], name="ingest"
)
def ingest(event: Notification) -> list[dict[str, Any]]:
    """Write the events in every object that was created; returns what became of each object."""
    outcomes, failures = [], []
    for source in event.objects:
        try:
            outcome = ingest_object(source, s3=s3_client(), writer=writer(), config=config)
        except Exception as error:
            # Others may still go well. Lambda runs the whole notification again, which counts nothing twice.
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
    """An affiliate's figures, as the query string asks for them."""
    request = cast("Request", app.current_request).to_original_event()
    parameters = request["multiValueQueryStringParameters"] or {}
    try:
        body = answer(
            parameters,
            config=config,
            rows=partial(timestream_reader.rows, query_client()),
            now=datetime.now(UTC),
        )
    except RequestError as error:
        raise BadRequestError(str(error)) from error
    except (BotoCoreError, ClientError) as error:
        if not timestream_reader.is_passing(error):
            raise
        logger.exception("Timestream did not answer")
        raise ServiceUnavailableError("the figures cannot be had now: try again") from error
    return Response(body.decode(), headers={"Content-Type": "application/json"})


def report(source: ObjectVersion, outcome: Outcome) -> None:
    """Log an object's outcome as one line, and send it as CloudWatch metrics."""
    logger.info("object ingested", bucket=source.bucket, key=source.key, **outcome.to_json())
    for name, value in (
        ("Documents", outcome.documents),
        ("Written", outcome.written),
        ("Duplicates", outcome.duplicates),
        ("LeftOut", outcome.left_out.total()),
        ("Malformed", outcome.malformed.total()),
        ("Rejected", outcome.rejected.total()),
    ):
        metrics_log.add_metric(name=name, unit=MetricUnit.Count, value=value)
    metrics_log.add_metric(name="Bytes", unit=MetricUnit.Bytes, value=outcome.bytes)
    metrics_log.flush_metrics()


@cache
def session() -> botocore.session.Session:
    """One for all clients: botocore's, since boto3 adds to it only what a cold start pays for."""
    return botocore.session.get_session()


@cache
def s3_client() -> "S3Client":
    """One client for all invocations; likewise below."""
    return cast("S3Client", session().create_client("s3"))


@cache
def writer() -> Writer:
    """Writes to Timestream."""
    return Writer(write_client(session()))


@cache
def query_client() -> "TimestreamQueryClient":
    """Reads from Timestream."""
    return timestream_reader.query_client(session())
