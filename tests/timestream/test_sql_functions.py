"""Every signature runs, and has the type that it declares."""

from pathlib import Path

import duckdb
import pytest

from devstack.timestream.datatypes import Array, Scalar, TimeSeries
from devstack.timestream.functions import (
    AGGREGATE,
    RANKING,
    SCALAR,
    Parameter,
    Signature,
    Variable,
    signatures,
)
from devstack.timestream.query import install
from tests.timestream.sql_world import ask

SAMPLES = {
    Scalar.BOOLEAN: "(c = 1)",
    Scalar.INTEGER: "c",
    Scalar.BIGINT: "CAST(c AS bigint)",
    Scalar.DOUBLE: "CAST(c AS double)",
    Scalar.VARCHAR: "CAST(c AS varchar)",
    Scalar.TIMESTAMP: "from_milliseconds(c)",
    Scalar.DATE: "date(from_milliseconds(c))",
    Scalar.TIME: "CAST(from_milliseconds(c) AS time)",
    Scalar.INTERVAL_DAY_TO_SECOND: "(c * 1d)",
    Scalar.INTERVAL_YEAR_TO_MONTH: "(c * 1month)",
}
OPERATORS = "+-*/%||"

# Arguments that must be constants, with a sample value of the right range.
CONSTANTS = {
    "approx_percentile": {1: "0.5"},
    "bit_count": {1: "8"},
    "from_base": {0: "'1'", 1: "10"},
    "to_base": {1: "16"},
    "max": {1: "2"},
    "min": {1: "2"},
    "max_by": {2: "2"},
    "min_by": {2: "2"},
    "parse_duration": {0: "CAST(c AS varchar) || 'd'"},
    "from_iso8601_date": {0: "'2026-01-0' || CAST(c AS varchar)"},
    "from_iso8601_timestamp": {0: "'2026-01-0' || CAST(c AS varchar) || 'T00:00:00Z'"},
    "lpad": {2: "'x'"},
    "rpad": {2: "'x'"},
    "regexp_extract": {2: "0"},
    "regexp_extract_all": {2: "0"},
    "ntile": {0: "2"},
}


def sample(parameter: Parameter, i: int, name: str) -> str:
    """An expression of the parameter's type; it depends on a column, so that it is computed for each row."""
    if constant := CONSTANTS.get(name, {}).get(i):
        return f"ARRAY[{constant}]" if isinstance(parameter, Array) else constant
    match parameter:
        case Variable():
            return "c"
        case Array(element):
            return f"ARRAY[{sample(element, -1, name)}]"
        case TimeSeries():
            return "s"
        case _:
            assert isinstance(parameter, Scalar)
            return SAMPLES[parameter]


def call(signature: Signature) -> str:
    arguments = [sample(parameter, i, signature.name) for i, parameter in enumerate(signature.parameters)]
    if signature.name in OPERATORS:
        return (
            f" {signature.name} ".join(arguments)
            if len(arguments) == 2
            else f"{signature.name}{arguments[0]}"
        )
    return f"{signature.name}({', '.join(arguments) if arguments or signature.name != 'count' else '*'})"


def kind(parameter: Parameter) -> object:
    match parameter:
        case Variable():
            return "INTEGER"
        case Array(element):
            return {"ArrayColumnInfo": {"Type": _info(kind(element))}}
        case TimeSeries(value):
            return {"TimeSeriesMeasureValueColumnInfo": {"Type": _info(kind(value))}}
        case _:
            assert isinstance(parameter, Scalar)
            return parameter.name


def every(table: str) -> list[Signature]:
    return [signature for group in signatures(table).values() for signature in group]


@pytest.mark.parametrize("signature", every(SCALAR), ids=call)
def test_a_scalar_function_runs_and_has_its_declared_type(signature: Signature) -> None:
    answer = ask(f"""
        SELECT {call(signature)} FROM (VALUES 1, 2) AS t(c) CROSS JOIN
        (SELECT create_time_series(from_milliseconds(x), CAST(x AS double)) AS s FROM (VALUES 1, 2) AS u(x))
    """)
    assert answer.types == (kind(signature.result),)
    assert len(answer.rows) == 2


@pytest.mark.parametrize("signature", every(AGGREGATE), ids=call)
def test_an_aggregate_runs_with_and_without_a_window_and_has_its_declared_type(signature: Signature) -> None:
    answer = ask(f"SELECT {call(signature)}, {call(signature)} OVER () FROM (VALUES 1) AS t(c) GROUP BY c")
    assert answer.types == (kind(signature.result),) * 2


@pytest.mark.parametrize("signature", every(RANKING), ids=call)
def test_a_window_function_runs_and_has_its_declared_type(signature: Signature) -> None:
    answer = ask(f"SELECT {call(signature)} OVER (ORDER BY c) FROM (VALUES 1, 2) AS t(c)")
    assert answer.types == (kind(signature.result),)


def test_a_database_file_can_be_prepared_twice(tmp_path: Path) -> None:
    for _ in range(2):
        with duckdb.connect(tmp_path / "x.duckdb") as connection:
            install(connection)
            assert connection.execute("SELECT ts_substr('abc', -2)").fetchall() == [("bc",)]


def _info(found: object) -> object:
    return {"ScalarType": found} if isinstance(found, str) else found
