"""The steps of a deployment after Chalice: columns, statements, retries, and the smoke test."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from chalicelib.config import Config
from chalicelib.engines.timestream.dialect import dialect
from chalicelib.events import is_affiliate_id
from devstack.http.ports import free_port
from devstack.postgres.fixture import Databases
from infra.account import Account, open_account
from infra.cluster import make_tables
from infra.errors import InfraError
from infra.function_settings import set_retries
from infra.smoke import smoke_test
from infra.stage import Stage
from infra.statements import QUESTIONS
from infra.timestream_tables import NOBODY, prime_columns, try_statements
from tests.deployment import BUCKET, Deployment
from tests.dsql import ENDPOINT, dsql
from tests.infra.project import ROOT
from tests.scripted import Answer, Request, scripted

CONFIG = Config(events_bucket=BUCKET)
STAGE = Stage(ROOT, "affiliate-analytics", "dev")
NOT_YET = (
    "The function's execution role does not have permissions to call SendMessage on arn:aws:sqs:eu-west-1:1:q"
)


@pytest.fixture
def account(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with open_account() as account:
        yield account


def test_columns_are_known_before_the_first_event_arrives(deployment: Deployment, account: Account):
    now = datetime.now(UTC)
    refused = r"Timestream refuses the statement for metrics, PageViews, Last24Hours: .*does not exist"
    with pytest.raises(InfraError, match=refused):
        try_statements(account, CONFIG, now)
    assert prime_columns(account, CONFIG, now, pause=0) == "known now"
    assert prime_columns(account, CONFIG, now, pause=0) == "known already"
    assert try_statements(account, CONFIG, now) == f"{len(QUESTIONS)} are right"
    columns = {
        row[0]
        for table in ("PageViewsTable", "CommissionsTable")
        for row in deployment.rows(f'DESCRIBE "WebAnalyticsDb"."{table}"')
    }
    named = {
        column.name
        for question in QUESTIONS
        for column in question.statement("amy", dialect(CONFIG), now).columns
    }
    assert columns >= named > {"click", "link", "path", "country", "coupon", "payout_id"}


def test_the_records_that_prime_the_columns_are_not_counted(deployment: Deployment, account: Account):
    prime_columns(account, CONFIG, datetime.now(UTC), pause=0)
    assert not is_affiliate_id(NOBODY)
    assert not is_affiliate_id(f"{NOBODY}x")
    status, answer = deployment.get(affiliateId=NOBODY, metricType="PageViews", timeWindow="Last24Hours")
    assert (status, answer["Message"]) == (400, "affiliateId: must be 1 to 128 printable characters")
    event = {"type": "page", "messageId": "1", "anonymousId": "v", "timestamp": datetime.now(UTC).isoformat()}
    properties = {"affiliate_id": NOBODY, "url": "https://site.example/"}
    body = json.dumps({**event, "receivedAt": event["timestamp"], "properties": properties}).encode()
    assert deployment.deliver("events/web/nobody", body)["left_out"] == {"no_affiliate": 1}


def test_a_deployer_with_an_assumed_role_is_known_to_timestream(
    deployment: Deployment, s3_url: str, tmp_path: Path
):
    with assumed_role(s3_url, tmp_path), open_account() as account:
        assert prime_columns(account, CONFIG, datetime.now(UTC), pause=0) == "known now"
    assert deployment.rows('DESCRIBE "WebAnalyticsDb"."PageViewsTable"')


def test_a_deployer_with_an_assumed_role_is_known_to_a_cluster(
    postgres: Databases, s3_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with dsql(postgres.server.url(), tmp_path) as cluster, assumed_role(s3_url, tmp_path):
        for name, value in cluster.environment.items():
            monkeypatch.setenv(name, value)
        assert make_tables(ENDPOINT) == "are there"


@contextmanager
def assumed_role(s3_url: str, folder: Path) -> Iterator[None]:
    """An identity that the SDK must ask another service for. It does the same after `aws sso login`."""
    config = folder / "config"
    config.write_text(
        "[profile deployer]\nrole_arn = arn:aws:iam::123456789012:role/deployer\nsource_profile = source\n"
        "[profile source]\naws_access_key_id = local\naws_secret_access_key = local\n"
    )
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.delenv(name)
        environment.setenv("AWS_CONFIG_FILE", str(config))
        environment.setenv("AWS_PROFILE", "deployer")
        environment.setenv("AWS_ENDPOINT_URL", s3_url)
        yield


def test_set_retries_waits_until_a_new_role_has_its_permissions(account: Account):
    client = account.client("lambda")
    with Stubber(client) as stubber:
        error: Any = {"service_error_code": "InvalidParameterValueException", "service_message": NOT_YET}
        stubber.add_client_error("put_function_event_invoke_config", **error)
        stubber.add_response("put_function_event_invoke_config", {})
        assert (
            set_retries(account, STAGE, "arn:aws:sqs:eu-west-1:1:q", pause=0)
            == "2 retries, then the failure queue"
        )
        stubber.assert_no_pending_responses()
        for _ in range(11):
            stubber.add_client_error("put_function_event_invoke_config", **error)
        with pytest.raises(ClientError):
            set_retries(account, STAGE, "arn:aws:sqs:eu-west-1:1:q", pause=0)
        stubber.assert_no_pending_responses()


EMPTY = '{"dataset": [], "rows": [], "entries": [], "balances": []}'


@pytest.mark.parametrize(
    ("signed", "unsigned", "said"),
    [
        ([(403, "{}"), (502, ""), (200, EMPTY)], 403, "11 answers, as expected"),
        (
            [(403, "{}")],
            403,
            "GET /metrics answers 403: your AWS identity needs the permission execute-api:Invoke",
        ),
        ([(400, '{"Message": "no"}')], 403, 'GET /metrics answers 400: {"Message": "no"} (see the function'),
        ([(200, '{"dataset": [1]}')], 403, "GET /metrics has figures where there can be none."),
        ([(200, EMPTY)], 200, "GET /metrics answers 200 to a request without a signature"),
    ],
)
def test_the_smoke_test_reports_what_the_api_answered(
    account: Account, signed: list[tuple[int, str]], unsigned: int, said: str
):
    """The API answers what is `signed` in this order, and the last of it for ever."""
    answers = list(signed)

    def answer(request: Request) -> Answer:
        if "Authorization" not in request.headers:
            return Answer(unsigned, b"{}")
        status, body = answers.pop(0) if len(answers) > 1 else answers[0]
        return Answer(status, body.encode())

    with scripted(answer) as api:
        try:
            result = smoke_test(account, f"{api.url}/dev/", pause=0)
        except InfraError as error:
            result = str(error)
    assert result.startswith(said)


def test_the_smoke_test_reports_an_api_that_does_not_answer(account: Account):
    nowhere = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(InfraError, match=f"^GET /metrics does not answer at {nowhere}/dev: .*refused"):
        smoke_test(account, f"{nowhere}/dev/", pause=0)
