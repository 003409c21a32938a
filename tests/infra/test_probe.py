"""`python -m infra.probe`: every question has an answer, and an unexpected one says what to change."""

import re
from pathlib import Path

import psycopg
import pytest

from devstack.postgres.fixture import Database, Databases
from infra.durations import in_words, percentile
from infra.probe import __main__ as probe
from infra.probe.probing import answer
from infra.probe.questions import LARGE_PROBE, PROBES
from tests.dsql import ENDPOINT, dsql

NAMES = {each.name for each in PROBES}
ONLY_DSQL = {"version", "identities", "3,001 rows", "11 MB", "long key", "SET", "COPY", "savepoint"}
"""What an ordinary PostgreSQL answers in another way."""


def unexpected(said: str) -> set[str]:
    return set(re.findall(r"^(.+?): .*\n    EXPECTED: ", said, re.MULTILINE))


def test_an_ordinary_postgresql_answers_every_question(database: Database, capfd: pytest.CaptureFixture[str]):
    with psycopg.connect(database.url(), autocommit=True) as connection:  # what an interrupted run has left
        connection.execute("CREATE SCHEMA affiliate_probe")
        connection.execute("CREATE TABLE affiliate_probe.page_views (left_over text)")
    assert probe.main(["--repeats", "1"], environ={"POSTGRES_URL": database.url()}) == 0
    said = capfd.readouterr().out
    assert {name for name in NAMES if f"\n{name}: " in said} == NAMES
    assert unexpected(said) == ONLY_DSQL
    assert "refused (the connection ended)" not in said
    assert f"{len(PROBES)} questions, {len(ONLY_DSQL)} with another answer" in said
    with psycopg.connect(database.url()) as connection:
        schemas = connection.execute("SELECT nspname FROM pg_catalog.pg_namespace").fetchall()
        assert ("affiliate_probe",) not in schemas
        assert connection.execute("SELECT count(*) FROM analytics.page_views").fetchall() == [(0,)]


def test_a_cluster_is_asked_as_its_admin(
    postgres: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    with dsql(postgres.server.url(), tmp_path) as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        assert probe.main(["--endpoint", ENDPOINT, "--repeats", "1"]) == 0
    assert unexpected(capfd.readouterr().out) == {"version", "3,001 rows", "11 MB", "long key"}
    assert set(running.connected) == {"admin"}


def test_what_is_refused_says_what_to_change(database: Database):
    arrays = next(each for each in PROBES if each.name == "arrays")
    given = answer(arrays, lambda: psycopg.connect(database.url(), autocommit=True), 1)  # there are no tables
    assert given.startswith('refused (42P01): relation "affiliate_probe.page_views" does not exist')
    assert arrays.line(given).endswith(
        "\n    EXPECTED: 1000 rows. What to change: set INSERT to insert_values in "
        "chalicelib/engines/postgres/writer.py."
    )


def test_each_question_that_has_a_right_answer_says_what_to_change():
    names = [each.name for each in (*PROBES, LARGE_PROBE)]
    assert len(set(names)) == len(names)
    for each in (*PROBES, LARGE_PROBE):
        assert bool(each.otherwise) or not each.expected, each.name


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([3.0], 0.5, 3.0),
        ([3.0], 0.95, 3.0),
        ([4.0, 1.0, 3.0, 2.0], 0.5, 2.0),
        (list(range(1, 101)), 0.95, 95),
        (list(range(1, 21)), 0.95, 19),
        (list(range(1, 20)), 0.95, 19),
        ([1.0, 2.0], 0.0, 1.0),
        ([1.0, 2.0], 1.0, 2.0),
    ],
)
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(
    values: list[float], share: float, expected: float
):
    assert percentile(values, share) == expected


def test_durations_in_words():
    assert in_words([0.001, 0.002, 0.0305]) == "p50 2.0 ms, p95 30.5 ms of 3"
    with pytest.raises(ValueError, match="no values"):
        in_words([])
