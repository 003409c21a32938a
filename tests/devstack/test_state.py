import socket
from contextlib import closing
from pathlib import Path

import pytest

from devstack.environment import local_environment, stage_settings
from devstack.errors import DevstackError
from devstack.http.ports import Ports, listen
from devstack.state import state


def test_one_folder_has_one_user(tmp_path: Path) -> None:
    with (
        state(tmp_path / "new" / "folder"),
        pytest.raises(DevstackError, match=r"Another devstack is using .*--state"),
        state(tmp_path / "new" / "folder"),
    ):
        pass
    with state(tmp_path / "new" / "folder"):
        pass


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DevstackError, match=r"Cannot use .*file"), state(tmp_path / "file"):
        pass


def test_a_folder_has_one_sample(tmp_path: Path) -> None:
    with state(tmp_path) as first:
        sample = first.sample_year(1)
        assert not first.is_sample_fed
        first.mark_sample_fed()
    with state(tmp_path) as second:
        assert second.sample_year(20) == sample
        assert second.is_sample_fed


def test_ports_are_made_definite() -> None:
    checked = Ports(0, 0, 0, 0).checked()

    numbers = [checked.timestream, checked.s3, checked.rudderstack, checked.rest]
    assert 0 not in numbers
    assert len(set(numbers)) == 4


@pytest.mark.parametrize("name", ["timestream", "s3", "rudderstack", "rest"])
def test_a_port_in_use_is_named_by_its_option(name: str) -> None:
    with closing(listen(0)) as taken:
        port = taken.getsockname()[1]
        ports = Ports(**{**dict.fromkeys(("timestream", "s3", "rudderstack", "rest"), 0), name: port})
        with pytest.raises(DevstackError, match=rf"Port {port} cannot be used \(.+\): .* --{name}-port\."):
            ports.checked()


def test_a_number_that_is_no_port_is_refused() -> None:
    with pytest.raises(DevstackError, match=r"There is no port 70000: .* --timestream-port"):
        Ports(70000, 0, 0, 0).checked()


def test_only_this_machine_is_bound() -> None:
    with closing(listen(0)) as bound:
        assert bound.family == socket.AF_INET
        assert bound.getsockname()[0] == "127.0.0.1"


def test_the_environment_reaches_no_real_account() -> None:
    inherited = {
        "PATH": "/bin",
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
