"""The whole system as its user starts it: a process with its output, addresses and signals."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from socket import create_connection
from typing import Any

import httpx
import pytest

from chalicelib.config import ENGINES, TIMESTREAM, Config
from devstack.appsync.local import local_api, token_issuer
from devstack.appsync.token import KEY_NAME
from devstack.appsync.tokens import User
from devstack.environment import stage_settings
from devstack.http.ports import Ports, listen
from devstack.s3.storage import s3_client
from devstack.sample.world import AFFILIATES, WEBSITES, directory
from devstack.state import State, state
from tests.devstack.oracle import Totals, totals

ROOT = Path(__file__).parent.parent.parent
SIZE = 4
QUERY = """query ($metricType: MetricType!) {
  getAnalyticsData(metricType: $metricType, timeWindow: Last30Days) {
    from totals { series value currency }
  }
}"""
CODES = {affiliate.code: affiliate.id for affiliate in AFFILIATES}
LISTED = "Only the sample's affiliates count from now on"
FREE_PORTS = [f"--{field.name}-port=0" for field in fields(Ports)]


@dataclass(frozen=True)
class Running:
    """A running system, and its output up to the moment when it was ready."""

    state: Path
    process: "subprocess.Popen[str]"
    output: str

    def url(self, name: str) -> str:
        found = re.search(rf"^ +{name} +(http://127\.0\.0\.1:\d+)", self.output, re.MULTILINE)
        assert found, self.output
        return found[1]

    def metric(self, affiliate_id: str, metric: str) -> Any:
        """The affiliate's figures of 30 days, as AppSync answers."""
        return self._ask(affiliate_id, QUERY, metricType=metric)["getAnalyticsData"]

    def balance(self, affiliate_id: str) -> dict[str, Any]:
        """The affiliate's balances by currency, as AppSync answers."""
        balances = self._ask(affiliate_id, "{me {balance {currency held due paid}}}")["me"]["balance"]
        return {balance.pop("currency"): balance for balance in balances}

    def _ask(self, affiliate_id: str, query: str, **variables: str) -> Any:
        issuer = token_issuer(local_api(), self.state / KEY_NAME)
        answer = httpx.post(
            self.url("GraphQL") + "/graphql",
            headers={"Authorization": issuer.issue(User(affiliate_id))},
            json={"query": query, "variables": variables},
            timeout=30,
        )
        return answer.json(parse_float=Decimal, parse_int=Decimal)["data"]

    def stop(self, number: signal.Signals) -> tuple[int, str]:
        """Stop it with a signal. Returns the exit code and the rest of the output."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=30)
        return self.process.returncode, rest


def command(folder: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "devstack", f"--state={folder}", f"--sample-size={SIZE}", *options]


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Running]:
    process = subprocess.Popen(
        command(folder, "--buffer-interval=0.2", *FREE_PORTS, *options),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        bufsize=1,
    )
    with process:
        assert process.stdout
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("Press Ctrl-C"):
                break
        try:
            yield Running(folder, process, "".join(lines))
        finally:
            process.kill()


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def begin(answer: Any) -> datetime:
    return datetime.fromisoformat(answer["from"])


def found_totals(answer: Any) -> Totals:
    return {(total["series"], total.get("currency")): total["value"] for total in answer["totals"]}


@pytest.fixture(scope="module", params=ENGINES)
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("state"), f"--engine={request.param}") as started:
        yield started
        assert started.stop(signal.SIGTERM)[0] == 0


@pytest.mark.parametrize("system", [TIMESTREAM], indirect=True)
@pytest.mark.parametrize(
    "name",
    ["Demo site", "Portal", "GraphQL", "GraphiQL", "RudderStack", "Firehose", "REST", "S3", "Timestream"],
)
def test_all_parts_refuse_other_names_and_pages_of_other_sites(system: Running, name: str) -> None:
    foreign = [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
    answers = [httpx.post(system.url(name), headers=headers, content="x").status_code for headers in foreign]
    assert answers == [403, 403, 403]


@pytest.mark.parametrize("metric", ["PageViews", "Visitors", "Commissions"])
def test_the_figures_are_those_of_the_sent_events(system: Running, metric: str) -> None:
    sent = State(system.state).sample_year(SIZE)
    for affiliate in AFFILIATES[:4]:
        answer = system.metric(affiliate.id, metric)
        assert found_totals(answer) == totals(sent, affiliate.id, begin(answer), CODES)[metric]


def test_the_directory_of_the_sample_is_in_the_bucket(system: Running) -> None:
    bucket = stage_settings()["EVENTS_BUCKET"]
    with closing(s3_client(system.url("S3"))) as client:
        found = client.get_object(Bucket=bucket, Key=Config(bucket).directory_key)
        with closing(found["Body"]) as body:
            assert body.read() == directory()
    assert LISTED in system.output


def test_the_printed_commands_send_a_page_view_and_show_it_counted(system: Running) -> None:
    post, ask = (line.strip() for line in system.output.splitlines() if "curl -sS" in line)

    before = _asked(ask)
    assert run("sh", "-c", post).stdout == "OK"
    after = _asked(ask)

    site = WEBSITES[0].host.removeprefix("www."), None
    assert found_totals(after)[site] == found_totals(before).get(site, 0) + 1


def test_the_printed_command_moves_what_is_due_to_what_is_paid(system: Running, tmp_path: Path) -> None:
    (line,) = (each.strip() for each in system.output.splitlines() if "infra.payouts record" in each)
    before = system.balance("alice")["USD"]
    path = tmp_path / "payouts.csv"
    path.write_text(f"payout_id,affiliate_id,name,currency,amount\nnow,alice,Alice,USD,{before['due']}\n")

    done = run("sh", "-c", f"{line.replace('FILE.csv', str(path))} --yes")
    assert (done.returncode, done.stderr) == (0, "")
    answers = (system.balance("alice")["USD"] for _ in range(1000))  # Firehose delivers it after a moment
    assert next(each for each in answers if each != before) == {
        "held": before["held"], "due": 0, "paid": before["paid"] + before["due"],
    }  # fmt: skip


def _asked(line: str) -> Any:
    return json.loads(run("sh", "-c", line).stdout)["data"]["getAnalyticsData"]


def test_a_restart_continues_where_the_last_run_stopped(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        # This event is accepted, and still in the buffer when the signal comes.
        event = {"anonymousId": "last", "properties": {"url": "https://one.example/?ref=alice"}}
        httpx.post(f"{first.url('RudderStack')}/v1/page", json=event, auth=("web-write-key", ""))
        code, output = first.stop(signal.SIGINT)
    assert (code, output.splitlines()[0]) == (
        0,
        "Stopping, after the events in the buffers are delivered ...",
    )
    assert "Traceback" not in output

    # As if it had stopped just before the end of the sample: the sample is sent again, and no figure changes.
    (tmp_path / "sample.fed").unlink()
    with running(tmp_path) as second:
        assert "Sending a sample year of " in second.output
        assert LISTED in first.output
        assert LISTED not in second.output  # the directory that is there stays
        answer = second.metric("alice", "Visitors")
        sent = State(tmp_path).sample_year(SIZE)
        expected = totals(sent, "alice", begin(answer), CODES)["Visitors"]
        assert found_totals(answer) == {**expected, ("one.example", None): 1}
        assert _ends_with_its_parent(second)


def test_once_prints_plain_text_if_the_output_is_not_a_terminal(tmp_path: Path) -> None:
    with state(tmp_path, TIMESTREAM) as fed:
        fed.mark_sample_fed()
    done = run(*command(tmp_path, "--once", *FREE_PORTS))

    assert (done.returncode, done.stderr) == (0, "")
    for text in ("alice: PageViews", "alice: Visitors", "alice: Commissions"):
        assert text in done.stdout
    assert "http://" not in done.stdout  # the servers are gone
    assert all(character.isprintable() or character == "\n" for character in done.stdout)
    assert "Sending" not in done.stdout
    assert "Press Ctrl-C" not in done.stdout


def test_a_wrong_option_is_reported_in_one_sentence(tmp_path: Path) -> None:
    failed = run(*command(tmp_path, *FREE_PORTS, "--buffer-interval=901"))
    reason = "Firehose buffers for 0 to 900 seconds, not 901."
    assert (failed.returncode, failed.stdout, failed.stderr) == (1, "", f"devstack: {reason}\n")


def test_a_port_in_use_is_reported_before_anything_starts(tmp_path: Path) -> None:
    with closing(listen(0)) as taken:
        port = taken.getsockname()[1]
        failed = run(*command(tmp_path, *FREE_PORTS, f"--rest-port={port}"))

    assert (failed.returncode, failed.stdout) == (1, "")
    reason = f"These ports cannot be used: {port} ({os.strerror(errno.EADDRINUSE)}). "
    assert failed.stderr.startswith(f"devstack: {reason}")
    assert failed.stderr.endswith('make run ARGS="--rest-port 0".\n')
    assert not State(tmp_path).timestream.exists()


def _ends_with_its_parent(system: Running) -> bool:
    """Whether `chalice local` ends too if the system is killed and cannot stop it."""
    address = httpx.URL(system.url("REST"))
    with create_connection((address.host, address.port or 0), timeout=30) as connection:
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: local\r\n")  # and no more: it waits for the rest
        system.process.kill()
        try:
            return not connection.recv(1)
        except ConnectionResetError:
            return True
