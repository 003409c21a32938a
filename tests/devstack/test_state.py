import re
import shutil
import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields
from itertools import product
from pathlib import Path

import pytest

from chalicelib.config import POSTGRES, TIMESTREAM
from devstack import __main__ as devstack_main
from devstack.environment import local_environment, stage_settings
from devstack.errors import DamagedStateError, DevstackError
from devstack.http.ports import Ports, listen
from devstack.state import state


def test_a_state_folder_has_one_user_at_a_time(tmp_path: Path) -> None:
    with (
        state(tmp_path / "new" / "folder", TIMESTREAM),
        pytest.raises(DevstackError, match=r"Another devstack is using .*--state"),
        state(tmp_path / "new" / "folder", TIMESTREAM),
    ):
        pass
    with state(tmp_path / "new" / "folder", TIMESTREAM):
        pass


def test_a_state_folder_that_cannot_be_created_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DevstackError, match=r"Cannot use .*file"), state(tmp_path / "file", TIMESTREAM):
        pass


def test_the_folder_of_another_engine_is_refused(tmp_path: Path) -> None:
    with state(tmp_path, POSTGRES):
        pass
    expected = r"has the data of a system on postgres: start with --engine postgres, or choose another"
    with pytest.raises(DevstackError, match=expected), state(tmp_path, TIMESTREAM):
        pass
    with state(tmp_path, POSTGRES):
        pass


def test_a_folder_without_the_name_of_its_engine_has_the_data_of_its_timestream(tmp_path: Path) -> None:
    (tmp_path / "timestream.duckdb").touch()
    with pytest.raises(DevstackError, match="on timestream"), state(tmp_path, POSTGRES):
        pass


def test_an_unknown_engine_is_damage(tmp_path: Path) -> None:
    (tmp_path / "engine").write_bytes(b"\xff")
    with pytest.raises(DamagedStateError, match="engine is damaged"), state(tmp_path, POSTGRES):
        pass


def test_a_state_folder_keeps_its_first_sample(tmp_path: Path) -> None:
    with state(tmp_path, TIMESTREAM) as first:
        sample = first.sample_year(1)
        assert not first.is_sample_fed
        first.mark_sample_fed()
    with state(tmp_path, TIMESTREAM) as second:
        assert second.sample_year(20) == sample
        assert second.is_sample_fed


def test_each_port_0_becomes_a_free_port() -> None:
    checked = Ports(*[0] * len(fields(Ports))).checked()

    numbers = [checked.timestream, checked.s3, checked.rudderstack, checked.rest]
    assert 0 not in numbers
    assert len(set(numbers)) == 4


def test_all_ports_in_use_are_named_at_once_with_the_command_to_type() -> None:
    with closing(listen(0)) as first, closing(listen(0)) as second:
        taken = [each.getsockname()[1] for each in (first, second)]
        with pytest.raises(DevstackError) as caught:
            Ports(0, taken[0], 0, taken[1], 0, 0, 0, 0, 0).checked()
    said = str(caught.value)
    assert re.match(rf"These ports cannot be used: {taken[0]} \(.+\), {taken[1]} \(.+\)\. ", said)
    assert 'make run ARGS="--any-ports"' in said
    assert 'make run ARGS="--s3-port 0 --rest-port 0"' in said


def test_any_ports_keeps_ports_that_are_chosen() -> None:
    options = devstack_main._parser().parse_args(["--any-ports", "--rest-port", "8765"])
    assert devstack_main._ports(options) == Ports(0, 0, 0, 8765, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(("engine", "unused"), [(TIMESTREAM, "postgres"), (POSTGRES, "timestream")])
def test_the_port_of_the_other_database_may_be_in_use(engine: str, unused: str) -> None:
    options = devstack_main._parser().parse_args([f"--engine={engine}"])
    assert getattr(devstack_main._ports(options), unused) == 0


def keep(path: Path, end: int) -> None:
    """Cut a file off at `end`."""
    path.write_bytes(path.read_bytes()[:end])


def replace_by_folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


DAMAGE: dict[str, Callable[[Path], object]] = {
    "40 bytes": lambda path: keep(path, 40),
    "half": lambda path: keep(path, path.stat().st_size // 2),
    "something else": lambda path: path.write_bytes(b"something else " * 1000),
    "a folder": replace_by_folder,
}
DAMAGED = [
    *product(["timestream.duckdb", "s3.sqlite", "sample.json", "appsync-key.pem"], DAMAGE),
    ("lock", "a folder"),
    *product(["ingest.log", "stand-ins.log", "deliveries.log", "rest.log"], ["a folder"]),
]


@pytest.fixture(scope="module")
def whole_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder after a run."""
    folder = tmp_path_factory.mktemp("whole")
    assert devstack_main.main(["--state", str(folder), "--once", "--any-ports", "--sample-size", "1"]) == 0
    return folder


def failure(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Start with a damaged folder. Returns the one line that is printed as the error."""
    (folder / "sample.fed").unlink()
    assert devstack_main.main(["--state", str(folder), "--once", "--any-ports"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    return line


@pytest.mark.parametrize(("name", "damage"), DAMAGED)
def test_a_damaged_file_is_reported_in_one_sentence_with_the_fix(
    whole_state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, damage: str
) -> None:
    folder = tmp_path / "state"
    shutil.copytree(whole_state, folder)
    path = folder / "logs" / name if name.endswith(".log") else folder / name
    DAMAGE[damage](path)
    line = failure(folder, capsys)
    assert line.startswith(f"devstack: {path} is damaged (")
    assert "`make clean`" in line


def test_a_database_without_its_last_bytes_is_damaged(
    whole_state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "state"
    shutil.copytree(whole_state, folder)
    keep(folder / "timestream.duckdb", -5)
    assert "timestream.duckdb is damaged (its end is missing). `make clean`" in failure(folder, capsys)


@pytest.mark.parametrize("name", ["logs", "failed"])
def test_a_file_in_place_of_a_folder_is_reported_in_one_sentence_with_the_fix(
    whole_state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    folder = tmp_path / "state"
    shutil.copytree(whole_state, folder)
    shutil.rmtree(folder / name)
    (folder / name).touch()
    assert failure(folder, capsys).startswith(
        f"devstack: {folder / name} is damaged (File exists). `make clean`"
    )


def test_a_number_that_is_not_a_port_is_refused() -> None:
    with pytest.raises(DevstackError, match=r"There is no port 70000: .* --timestream-port"):
        Ports(70000, 0, 0, 0).checked()


def test_servers_listen_on_this_machine_only() -> None:
    with closing(listen(0)) as bound:
        assert bound.family == socket.AF_INET
        assert bound.getsockname()[0] == "127.0.0.1"


def test_the_environment_cannot_reach_a_real_account() -> None:
    inherited = {
        "PATH": "/bin",
        "PGHOSTADDR": "10.0.0.1",
        "PGPASSWORD": "real",
        "AWS_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_SESSION_TOKEN": "real",
        "AWS_ENDPOINT_URL": "https://elsewhere.example",
    }
    made = local_environment(
        inherited, {"EVENTS_BUCKET": "b"}, timestream_url="http://127.0.0.1:1", s3_url="http://127.0.0.1:2"
    )
    assert made == {
        "PATH": "/bin",
        "EVENTS_BUCKET": "b",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:2",
        "AWS_ENDPOINT_URL_TIMESTREAM_WRITE": "http://127.0.0.1:1",
        "AWS_ENDPOINT_URL_TIMESTREAM_QUERY": "http://127.0.0.1:1",
    }


def test_settings_are_merged_as_chalice_merges_them(tmp_path: Path) -> None:
    (tmp_path / ".chalice").mkdir()
    (tmp_path / ".chalice" / "config.json").write_text(
        '{"environment_variables": {"A": "all", "B": "all"},'
        ' "stages": {"local": {"environment_variables": {"B": "local"}}, "dev": {}}}'
    )
    assert stage_settings(tmp_path) == {"A": "all", "B": "local"}
