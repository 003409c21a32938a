"""Faults on purpose: what a client sees, whether the request is done, and that faults can be repeated."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from devstack.timestream import Fault, Faults, Server
from devstack.timestream.__main__ import main
from devstack.timestream.fixture import SettableClock, Timestream

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TABLE = {"DatabaseName": "Database", "TableName": "Table"}
WIRE = (Fault.THROTTLE, Fault.ERROR_BEFORE, Fault.MOVED, Fault.ERROR_AFTER, Fault.RESET, Fault.SLOW)


@pytest.fixture
def faulty() -> Iterator[Timestream]:
    """A Timestream with a table, whose slow responses are delayed by a second."""
    clock, faults = SettableClock(), Faults(seed=1, delay=1)
    clock.set(NOW)
    with Server(clock=clock, faults=faults) as server:
        running = Timestream(server.url, clock, faults)
        create = running.client("timestream-write")
        create.create_database(DatabaseName="Database")
        create.create_table(**TABLE)
        yield running
        running.close()


MakeClient = Callable[..., Any]


@pytest.fixture
def client(faulty: Timestream, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeClient]:
    """Makes clients with a number of tries and a short time-out, which discover their endpoint."""
    for name, value in faulty.environment.items():
        monkeypatch.setenv(name, value)
    session: Any = boto3.Session()
    with ExitStack() as made:

        def make(tries: int, service: str = "timestream-write") -> Any:
            config = Config(retries={"mode": "standard", "total_max_attempts": tries}, read_timeout=0.3)
            return made.enter_context(closing(session.client(service, config=config)))

        yield make


def records(count: int) -> list[dict[str, Any]]:
    return [
        {
            "Dimensions": [{"Name": "id", "Value": str(number)}],
            "MeasureName": "count",
            "MeasureValue": "1",
            "MeasureValueType": "BIGINT",
            "Time": str(round(NOW.timestamp() * 1000)),
        }
        for number in range(count)
    ]


def stored(timestream: Timestream) -> set[str]:
    """The ids in the table. Turns all faults off."""
    timestream.faults.set({})
    query = timestream.client("timestream-query")
    if len(query.query(QueryString='DESCRIBE "Database"."Table"')["Rows"]) < 4:
        return set()  # nothing has been written
    rows = query.query(QueryString='SELECT id FROM "Database"."Table"')["Rows"]
    return {row["Data"][0]["ScalarValue"] for row in rows}


@pytest.mark.parametrize(
    ("fault", "error", "is_done"),
    [
        (Fault.THROTTLE, "ThrottlingException", False),
        (Fault.ERROR_BEFORE, "InternalServerException", False),
        (Fault.ERROR_AFTER, "InternalServerException", True),
    ],
)
def test_an_error_can_come_before_or_after_the_commit(faulty, client, fault, error, is_done):
    faulty.faults.set({fault: 1})
    with pytest.raises(ClientError) as raised:
        client(1).write_records(**TABLE, Records=records(3))
    assert raised.value.response["Error"]["Code"] == error
    assert stored(faulty) == ({"0", "1", "2"} if is_done else set())


@pytest.mark.parametrize(
    ("fault", "error"), [(Fault.RESET, ConnectionClosedError), (Fault.SLOW, ReadTimeoutError)]
)
def test_a_request_can_be_done_although_its_response_does_not_arrive(faulty, client, fault, error):
    faulty.faults.set({fault: 1})
    with pytest.raises(error):
        client(1).write_records(**TABLE, Records=records(3))
    assert stored(faulty) == {"0", "1", "2"}


@pytest.mark.parametrize("fault", WIRE)
def test_botocore_recovers_from_each_fault_in_half_of_the_requests(faulty, client, fault):
    faulty.faults.set({fault: 0.5})
    writer = client(8)
    for one in records(2):
        writer.write_records(**TABLE, Records=[one])
    assert stored(faulty) == {"0", "1"}


def test_nothing_is_written_if_the_endpoint_cannot_be_discovered(faulty, client):
    faulty.faults.set({Fault.DISCOVERY: 1})
    with pytest.raises(ClientError, match="InternalServerException"):
        client(1).write_records(**TABLE, Records=records(1))
    assert stored(faulty) == set()


def test_queries_have_faults_and_the_control_plane_does_not(faulty, client):
    faulty.faults.set({Fault.THROTTLE: 1})
    with pytest.raises(ClientError, match="ThrottlingException"):
        client(1, "timestream-query").query(QueryString="SELECT 1")
    assert client(1).describe_table(**TABLE)["Table"]["TableName"] == "Table"


WINDOW = (
    "The record timestamp is outside the time range [2026-11-22T17:35:00.000Z, 2026-11-23T00:15:00.000Z) "
    "of the memory store."
)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(Fault.OUT_OF_WINDOW, WINDOW), (Fault.OVER_LIMIT, "The record exceeds the limit of 2048 bytes.")],
)
def test_the_same_records_are_rejected_every_time_and_the_others_written(faulty, client, fault, reason):
    faulty.faults.set({fault: 0.2})
    rejected = []
    for _ in range(2):
        with pytest.raises(ClientError) as raised:
            client(1).write_records(**TABLE, Records=records(50))
        found: Any = raised.value.response
        rejected.append(found["RejectedRecords"])
    assert rejected[0] == rejected[1]
    assert {each["Reason"] for each in rejected[0]} == {reason}
    struck = {str(each["RecordIndex"]) for each in rejected[0]}
    assert stored(faulty) == {str(number) for number in range(50)} - struck


def test_an_invalid_record_makes_its_whole_request_fail(faulty, client):
    faulty.faults.set({Fault.INVALID: 0.2})
    writer, refused = client(1), set()
    with pytest.raises(ClientError, match="ValidationException"):
        writer.write_records(**TABLE, Records=records(50))
    for number, one in enumerate(records(50)):
        try:
            writer.write_records(**TABLE, Records=[one])
        except writer.exceptions.ValidationException:
            refused.add(str(number))
    assert 0 < len(refused) < 25
    assert stored(faulty) == {str(number) for number in range(50)} - refused


@given(
    seed=st.integers(),
    bodies=st.lists(st.binary(max_size=3), max_size=30),
    rates=st.lists(st.floats(0, 1 / len(WIRE)), min_size=len(WIRE), max_size=len(WIRE)),
)
def test_the_order_of_requests_does_not_change_their_faults(seed, bodies, rates):
    def faults_of(asked):
        faults = Faults(dict(zip(WIRE, rates, strict=True)), seed)
        return sorted((body, str(faults.of_request("WriteRecords", body))) for body in asked)

    assert faults_of(bodies) == faults_of(bodies[::-1])


def test_a_rate_is_the_share_of_requests_even_with_threads():
    faults = Faults({Fault.THROTTLE: 0.3, Fault.RESET: 0.1})
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: faults.of_request("Query", b"the same"), range(4000)))
    assert abs(found.count(Fault.THROTTLE) / 4000 - 0.3) < 0.03
    assert abs(found.count(Fault.RESET) / 4000 - 0.1) < 0.02


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--fault", "thunder=1"], "'thunder=1' is not NAME=RATE, with one of throttle, error-before,"),
        (["--fault", "throttle"], "'throttle' is not NAME=RATE"),
        (["--fault", "throttle=1.5"], "throttle=1.5: a rate is between 0 and 1"),
        (["--fault", "throttle=nan"], "throttle=nan: a rate is between 0 and 1"),
        (["--fault", "throttle=0.6", "--fault", "slow=0.6"], "the rates add up to more than 1"),
    ],
)
def test_invalid_faults_on_the_command_line_are_refused(capsys, options, problem):
    with pytest.raises(SystemExit) as ended:
        main(options)
    assert ended.value.code == 2
    assert problem in capsys.readouterr().err
