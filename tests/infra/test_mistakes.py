"""Each wrong use of a command prints one sentence that says what to do, not a stack trace."""

import io
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, ProfileNotFound

from infra import deploy, destroy, package, replay
from infra.errors import InfraError, run_command, to_sentence
from infra.runtime import lambda_runtime
from tests.infra.project import copy_project
from tests.scripted import Answer, Request, as_json, scripted

PARAMETERS = ["UserPoolId=eu-west-1_AbCdEf123", "RudderStackWorkspaceId=workspace"]


@dataclass
class Refusing:
    """AWS, which refuses each service's calls in its own words; what is not named is fine."""

    url: str
    errors: dict[str, tuple[str, str]]
    """Code and message, by service."""


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Refusing]:
    errors: dict[str, tuple[str, str]] = {}

    def answer(request: Request) -> Answer:
        if request.method == "GET":
            missing = {"X-Amzn-ErrorType": "ResourceNotFoundException"}
            return as_json({"Message": "Function not found"}, 404, missing)
        service = request.headers["Authorization"].split("/")[3]
        code, message = errors.get(service, ("", ""))
        if service == "timestream":
            error = {"__type": f"com.amazonaws.timestream.v20181101#{code}", "message": message}
            return as_json(error, 400) if code else as_json({"Endpoints": []})
        if code:
            said = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
            return Answer(400, f"<ErrorResponse>{said}</ErrorResponse>".encode())
        return Answer(200, _IDENTITY.encode()) if service == "sts" else Answer(400, _NO_STACK.encode())

    with scripted(answer) as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL", running.url)
        yield Refusing(running.url, errors)


_IDENTITY = """<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
_NO_STACK = """<ErrorResponse><Error><Code>ValidationError</Code><Message>x does not exist</Message>
</Error></ErrorResponse>"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path)


def sentence(capfd: pytest.CaptureFixture[str]) -> str:
    """The one line on standard error."""
    error = capfd.readouterr().err
    assert "Traceback" not in error
    (line,) = error.splitlines()
    return line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["prdo", *PARAMETERS], "deploy: .chalice/config.json has no stage 'prdo': did you mean prod?"),
        (["local"], "deploy: The stage local is for this machine, `make run`: choose from dev, prod."),
        (
            ["dev", "UserPoolID=x"],
            "deploy: No template has a parameter UserPoolID: did you mean UserPoolId?",
        ),
        (["dev", "UserPoolId"], "deploy: 'UserPoolId' is not a parameter of a template: write NAME=VALUE."),
        (["dev", "UserPoolId=pool"], "deploy: UserPoolId cannot be 'pool': The Cognito user pool that"),
        (
            ["dev", "UserPoolId=us-east-1_a"],
            "deploy: The user pool is in us-east-1, and this is eu-west-1: one region",
        ),
        (["dev", "Introspection=YES"], "deploy: Introspection must be one of DISABLED, ENABLED, not 'YES'."),
        (["dev"], "deploy: RudderStackWorkspaceId is missing: add RudderStackWorkspaceId=… to the command ("),
        (
            ["dev", PARAMETERS[1], "AffiliateClaim=custom:affiliate_id"],
            "deploy: AffiliateClaim=custom:affiliate_id needs a user pool of yours (UserPoolId=…): the",
        ),
        (
            ["dev", PARAMETERS[1], "PortalDomain=partners.shop.example"],
            "deploy: PortalDomain needs PortalCertificateArn: give both.",
        ),
    ],
)
def test_deploy_says_what_is_wrong_with_its_arguments(
    refusing: Refusing, project: Path, capfd, arguments: list[str], said: str
):
    assert deploy.main(arguments, project) == 1
    assert sentence(capfd).startswith(said)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"AWS_ACCESS_KEY_ID": ""}, "No AWS credentials were found: run `aws sso login` or `aws configure`"),
        ({"AWS_PROFILE": "nobody"}, "The config profile (nobody) could not be found: `aws configure list-"),
        (
            {"AWS_DEFAULT_REGION": "", "AWS_REGION": ""},
            "No AWS region is chosen: set AWS_DEFAULT_REGION, such as eu-west-1.",
        ),
        (
            {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
            'Could not connect to the endpoint URL: "http://127.0.0.1:9/"',
        ),
    ],
)
@pytest.mark.parametrize("command", [deploy.main, replay.main])
def test_a_command_says_what_is_wrong_with_the_aws_settings(
    refusing: Refusing,
    project: Path,
    capfd,
    monkeypatch: pytest.MonkeyPatch,
    command: Callable[[list[str], Path], int],
    environment: dict[str, str],
    said: str,
):
    for name, value in environment.items():
        if value:
            monkeypatch.setenv(name, value)
        else:
            monkeypatch.delenv(name)
    arguments = ["dev", *PARAMETERS] if command is deploy.main else ["--stage", "dev", "--prefix", "events/"]
    assert command(arguments, project) == 1
    assert said in sentence(capfd)


@pytest.mark.parametrize(
    "environment",
    [
        {"AWS_DEFAULT_REGION": "", "AWS_REGION": "eu-north-1"},
        {"AWS_DEFAULT_REGION": "eu-north-1", "AWS_REGION": "eu-west-1"},
    ],
)
def test_who_cannot_use_timestream_in_a_region_is_told_of_postgres(
    refusing: Refusing, project: Path, capfd, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert deploy.main(["dev", *PARAMETERS], project) == 1
    said = sentence(capfd)
    assert "Timestream is not in eu-north-1: set AWS_DEFAULT_REGION to one of " in said
    assert said.endswith("Or deploy with PostgreSQL (Aurora DSQL): make deploy STAGE=… ENGINE=postgres.")


@pytest.mark.parametrize(
    ("service", "code", "message", "said"),
    [
        (
            "sts",
            "ExpiredToken",
            "The security token included is expired",
            "The AWS credentials have expired: run ",
        ),
        (
            "sts",
            "InvalidClientTokenId",
            "It is invalid.",
            "AWS does not accept these credentials (InvalidClientTok",
        ),
        (
            "timestream",
            "AccessDeniedException",
            "Only existing Timestream for LiveAnalytics customers can access the service. Reach out to us",
            "This account has no access to Amazon Timestream for LiveAnalytics, which takes no new customers",
        ),
        (
            "timestream",
            "AccessDeniedException",
            "User: ana is not authorized to perform: timestream:DescribeEndpoints",
            "Your AWS identity lacks a permission for DescribeEndpoints: User: ana is not authorized",
        ),
        (
            "cloudformation",
            "AccessDenied",
            "User: ana is not authorized to perform: cloudformation:DescribeStacks",
            "Your AWS identity lacks a permission for DescribeStacks: User: ana is not authorized",
        ),
    ],
)
def test_a_refusal_of_aws_is_explained(
    refusing: Refusing, project: Path, capfd, service: str, code: str, message: str, said: str
):
    refusing.errors[service] = (code, message)
    assert deploy.main(["dev", *PARAMETERS], project) == 1
    assert sentence(capfd).startswith(f"deploy: {said}")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "replay: Say what to replay: --prefix PREFIX, --dead-letters or --failures."),
        (["--prefix", "events/"], "replay: Say which stage: --stage dev or --stage prod."),
        (
            ["--stage", "dve", "--failures"],
            "replay: .chalice/config.json has no stage 'dve': did you mean dev?",
        ),
        (
            ["--failures", "--since", "2026-11-01"],
            "replay: --failures replays the whole queue: leave out --prefix",
        ),
        (
            ["--prefix", "events/", "--since", "2026-11-02", "--until", "2026-11-01"],
            "replay: --since 2026-11-02 00:00 must be before --until 2026-11-01 00:00.",
        ),
        (
            ["--stage", "dev", "--prefix", "events/"],
            "replay: The stage dev is not deployed in eu-west-1 of account 123456789012: check AWS_DEFAULT_",
        ),
    ],
)
def test_replay_says_what_is_wrong_with_its_arguments(
    refusing: Refusing, project: Path, capfd, arguments: list[str], said: str
):
    assert replay.main(arguments, project) == 1
    assert sentence(capfd).startswith(said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--since", "yesterday"], "argument --since: 'yesterday' is not a time such as 2026-11-23"),
        (["--concurrency", "0"], "argument --concurrency: '0' is not a number from 1 to 32"),
        (["--dead-letters", "--failures"], "argument --failures: not allowed with argument --dead-letters"),
    ],
)
def test_replay_rejects_malformed_arguments(capfd, arguments: list[str], said: str):
    with pytest.raises(SystemExit) as stopped:
        replay.main(arguments)
    assert stopped.value.code == 2
    assert said in capfd.readouterr().err


CONFIRMED: list[tuple[Callable[[list[str], Path], int], list[str]]] = [
    (destroy.main, ["dev"]),
    (destroy.main, ["prod"]),
    (deploy.main, ["prod", *PARAMETERS]),
]
"""What asks first."""


@pytest.mark.parametrize(("command", "arguments"), CONFIRMED)
def test_without_a_terminal_a_command_must_be_confirmed_by_an_option(
    refusing: Refusing,
    project: Path,
    capfd,
    monkeypatch: pytest.MonkeyPatch,
    command: Callable[[list[str], Path], int],
    arguments: list[str],
):
    with Path(os.devnull).open() as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        assert command(arguments, project) == 1
    stage = arguments[0]
    assert sentence(capfd).endswith(
        f": To confirm that you mean {stage}, use a terminal or add --yes "
        f"(with make: STAGE={stage} ARGS=--yes)."
    )


@pytest.mark.parametrize("typed", ["", "yes", "PROD", "dev"])
@pytest.mark.parametrize("command", [destroy.main, deploy.main])
def test_nothing_is_done_unless_the_stages_name_is_typed(
    refusing: Refusing,
    project: Path,
    capfd,
    monkeypatch: pytest.MonkeyPatch,
    command: Callable[[list[str], Path], int],
    typed: str,
):
    monkeypatch.setattr("sys.stdin", Terminal(f"{typed}\n"))
    arguments = ["prod"] if command is destroy.main else ["prod", *PARAMETERS]
    before = set(project.rglob("*"))
    assert command(arguments, project) == 1
    said = capfd.readouterr()
    assert "Type prod to " in said.out
    assert said.err.endswith(": That is not prod: nothing was done.\n")
    assert set(project.rglob("*")) == before


@pytest.mark.parametrize("confirmed", [["--yes"], []])
def test_a_confirmed_deployment_starts(
    refusing: Refusing, project: Path, capfd, monkeypatch: pytest.MonkeyPatch, confirmed: list[str]
):
    """As far as this AWS goes: it makes no stack."""
    monkeypatch.setattr("sys.stdin", Terminal(" prod \n"))
    assert deploy.main(["prod", *PARAMETERS, *confirmed], project) == 1
    said = capfd.readouterr()
    assert ("Type prod to deploy it in eu-west-1 of account 123456789012: " in said.out) is (not confirmed)
    assert "1/12  Storage: failed" in said.out


class Terminal(io.StringIO):
    """One at which a user types."""

    def isatty(self) -> bool:
        return True


def test_deploy_refuses_a_stage_of_another_account(refusing: Refusing, project: Path, capfd):
    arn = "arn:aws:lambda:us-east-1:999999999999:function:affiliate-analytics-dev"
    state = project / ".deploy/dev/.chalice/deployed"
    state.mkdir(parents=True)
    deployed = {"name": "api_handler", "resource_type": "lambda_function", "lambda_arn": arn}
    (state / "dev.json").write_text(json.dumps({"resources": [deployed]}))
    assert deploy.main(["dev", *PARAMETERS], project) == 1
    said = (
        "deploy: The stage dev was last deployed to us-east-1 in account 999999999999, and this is eu-west-1"
    )
    assert sentence(capfd).startswith(said)


def test_a_package_that_cannot_be_built_is_one_sentence(
    project: Path, capfd, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (project / "requirements.txt").write_text("no-such-distribution>=1\n")
    assert package.main([], project) == 1
    assert sentence(capfd).startswith("package: Chalice failed: ")


@pytest.mark.parametrize(
    ("version", "today", "said"),
    [
        (
            (3, 10),
            date(2026, 11, 23),
            "This is Python 3.10, and Lambda must run the same version: deploy with 3.12, 3.13 or 3.14 ",
        ),
        ((3, 15), date(2026, 11, 23), "This is Python 3.15, and Lambda must run the same version"),
        ((3, 11), date(2027, 6, 30), "Lambda has not accepted python3.11 since 2027-06-30"),
    ],
)
def test_a_python_without_a_lambda_runtime_is_refused(version: tuple[int, int], today: date, said: str):
    with pytest.raises(InfraError, match=said):
        lambda_runtime(version, today)


@pytest.mark.parametrize("minor", [12, 13, 14])
def test_supported_pythons_have_a_runtime(minor: int):
    runtime = lambda_runtime((3, minor), date(2026, 11, 23))
    assert (runtime.name, runtime.warning) == (f"python3.{minor}", "")


def test_a_runtime_near_its_end_has_a_warning():
    assert "Amazon Linux 2" in lambda_runtime((3, 11), date(2026, 11, 23)).warning


def test_an_unknown_error_keeps_its_own_words():
    error = ClientError({"Error": {"Code": "Odd", "Message": "It is odd."}}, "CreateStack")
    assert to_sentence(error) == "AWS refused CreateStack (Odd): It is odd."
    assert to_sentence(ProfileNotFound(profile="x")).startswith("The config profile (x) could not be found: ")


def test_an_interrupted_command_says_how_to_continue(capfd):
    def interrupted() -> None:
        raise KeyboardInterrupt

    assert run_command("replay", interrupted) == 130
    assert sentence(capfd) == "replay: interrupted; run the same command to continue."
