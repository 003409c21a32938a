"""The databases of the local system: which one is chosen, and what is said of one that cannot be used."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest

from chalicelib.config import POSTGRES, TIMESTREAM, Config
from devstack.databases import EmbeddedPostgres, LocalTimestream, OtherPostgres, choose, ports_of
from devstack.errors import DevstackError
from devstack.http.ports import Ports, free_port
from devstack.postgres.fixture import Database, Databases
from devstack.state import State, state

CONFIG = Config(events_bucket="events")
URL = "postgresql://u:secret@db.example/shop"
PAGE_VIEW = b"INSERT INTO analytics.page_views VALUES ('alice', 'e', now(), 'one.example', 'v')"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[State]:
    with state(tmp_path / "state", POSTGRES) as opened:
        yield opened


@pytest.mark.parametrize(
    ("engine", "environ", "kind", "ports"),
    [
        (TIMESTREAM, {}, LocalTimestream, ("timestream",)),
        (TIMESTREAM, {"POSTGRES_URL": URL}, LocalTimestream, ("timestream",)),
        (POSTGRES, {}, EmbeddedPostgres, ("postgres",)),
        (POSTGRES, {"POSTGRES_URL": " "}, EmbeddedPostgres, ("postgres",)),
        (POSTGRES, {"POSTGRES_URL": URL}, OtherPostgres, ()),
    ],
)
def test_a_database_is_chosen_by_engine_and_url(
    engine: str, environ: Mapping[str, str], kind: type, ports: tuple[str, ...]
) -> None:
    assert type(choose(engine, environ, Ports())) is kind
    assert ports_of(engine, environ) == ports


def test_the_functions_are_users_of_their_own_in_the_embedded_postgres() -> None:
    database = choose(POSTGRES, {}, Ports(postgres=8092))
    for role in ("ingest", "metrics"):
        url = f"postgresql://{role}@127.0.0.1:8092/postgres"
        assert database.settings(role) == {"ENGINE": "postgres", "POSTGRES_URL": url, "DSQL_ENDPOINT": ""}


def test_a_database_of_the_users_is_used_with_its_variables_and_shown_without_its_password() -> None:
    database = choose(POSTGRES, {"POSTGRES_URL": URL, "PGSSLROOTCERT": "mine.pem", "HOME": "/"}, Ports())
    given = {"ENGINE": "postgres", "POSTGRES_URL": URL, "DSQL_ENDPOINT": "", "PGSSLROOTCERT": "mine.pem"}
    assert database.settings("ingest") == database.settings("metrics") == given
    assert database.place == "db.example:5432/shop"
    assert "secret" not in database.address(CONFIG)


@pytest.mark.parametrize(
    "url", ["mysql://u:secret@h/d", "postgresql://u:se@cret@h/d", "postgresql://u:se%zzcret@h/d"]
)
def test_a_url_that_cannot_be_read_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(DevstackError, match=r"^POSTGRES_URL .*\.$") as caught:
        choose(POSTGRES, {"POSTGRES_URL": url}, Ports())
    assert "cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("user", "name", "said"),
    [
        ("stranger", "", 'role "stranger" does not exist. Start it, or correct POSTGRES_URL'),
        ("metrics", "_none", "does not exist. Start it, or correct POSTGRES_URL"),
        ("postgres:secret", "", 'password authentication failed for user "postgres". Start it, or correct'),
        ("metrics", "", "The tables cannot be made in 127.0.0.1:"),
    ],
)
def test_a_database_that_cannot_be_used_is_reported_in_one_sentence(
    postgres: Databases, opened: State, user: str, name: str, said: str
) -> None:
    url = postgres.server.url(user, "postgres" + name)
    with pytest.raises(DevstackError) as caught, OtherPostgres(url, {}).running(opened, CONFIG):
        pass
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_database_is_claimed_for_the_sample(database: Database, opened: State) -> None:
    opened.mark_sample_fed()  # into another one
    other = OtherPostgres(database.url(), {})
    with other.running(opened, CONFIG):
        assert (opened.claimed, opened.is_sample_fed) == (other.place, False)
        opened.mark_sample_fed()
    add_page_view(database)
    with other.running(opened, CONFIG):
        assert (opened.claimed, opened.is_sample_fed) == (other.place, True)


def test_a_database_with_page_views_is_not_claimed(database: Database, opened: State) -> None:
    add_page_view(database)
    with OtherPostgres(database.url(), {}).running(opened, CONFIG):
        assert opened.claimed == ""


def test_the_sample_is_fed_into_the_embedded_postgres_after_another(opened: State) -> None:
    opened.claim("db.example:5432/shop")
    opened.mark_sample_fed()
    with EmbeddedPostgres(free_port()).running(opened, CONFIG):
        assert (opened.claimed, opened.is_sample_fed) == ("", False)


def add_page_view(database: Database) -> None:
    with psycopg.connect(database.url("ingest"), autocommit=True) as connection:
        connection.execute(PAGE_VIEW)
