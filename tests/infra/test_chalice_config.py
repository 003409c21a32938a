"""`.chalice/config.json`: Chalice itself accepts misspelt keys and unknown stages."""

import ast
import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from chalice.config import Config as ChaliceConfig
from chalice.deploy.validate import validate_configuration

import app
from chalicelib.config import Config
from chalicelib.figures import Route
from devstack.environment import REGION, stage_settings
from devstack.http.ports import Ports
from devstack.http.ports import url as devstack_url
from infra.policies import BY_NAME, FUNCTIONS, read_policy
from infra.stage import LOCAL, PROJECT

CONFIG: dict[str, Any] = json.loads((PROJECT / ".chalice" / "config.json").read_text())
DEPLOYED = sorted(CONFIG["stages"].keys() - {LOCAL})
HANDLERS = {"ingest": "ingest", "api_handler": "metrics"}
"""Our functions, by Chalice's names for them."""


@dataclass(frozen=True)
class Key:
    """One that Chalice reads, and where it looks for it."""

    name: str
    of_stages: bool
    of_functions: bool


def known_keys() -> Iterator[Key]:
    """Those that Chalice's own code looks up."""
    for call in ast.walk(ast.parse(inspect.getsource(ChaliceConfig))):
        match call:
            case ast.Call(func=ast.Attribute(attr="_chain_lookup"), args=[ast.Constant(value=str(name))]):
                wide = {flag.arg for flag in call.keywords if ast.unparse(flag.value) == "True"}
                yield Key(name, "varies_per_chalice_stage" in wide, "varies_per_function" in wide)
            case ast.Call(func=ast.Attribute(attr="_chain_merge"), args=[ast.Constant(value=str(name))]):
                yield Key(name, of_stages=True, of_functions=True)


KEYS = list(known_keys())
STRUCTURE = {"stages", "lambda_functions"}
NOT_OF_A_FILE = {"chalice_app", "project_dir", "profile"}  # the command line's
ANYWHERE = {key.name for key in KEYS} - NOT_OF_A_FILE
OF_STAGES = {key.name for key in KEYS if key.of_stages}
OF_FUNCTIONS = {key.name for key in KEYS if key.of_functions}
MERGED = {"environment_variables", "tags"}  # and not read from the top's lambda_functions


def in_force(stage: str, function: str) -> ChaliceConfig:
    """The configuration of a function as Chalice sees it."""
    defaults = {
        "autogen_policy": True,
        "lambda_memory_size": 128,
        "lambda_timeout": 60,
    }  # chalice/cli/factory.py
    parameters = {"project_dir": str(PROJECT), "chalice_app": app.app}
    return ChaliceConfig(stage, function, parameters, CONFIG, defaults)


def test_chalices_keys_were_found():
    assert {
        "lambda_timeout",
        "iam_policy_file",
        "environment_variables",
        "autogen_policy",
        "xray",
    } <= OF_FUNCTIONS
    assert "lambda_architecture" in OF_STAGES - OF_FUNCTIONS


def test_every_key_is_one_that_chalice_reads():
    assert CONFIG.keys() <= ANYWHERE | STRUCTURE | {"version"}
    assert CONFIG["version"] == "2.0"


@pytest.mark.parametrize("stage", CONFIG["stages"])
def test_every_key_of_a_stage_is_one_that_chalice_reads_there(stage):
    assert CONFIG["stages"][stage].keys() <= OF_STAGES | {"lambda_functions"}


def test_every_key_of_a_function_is_one_that_chalice_reads_there():
    assert CONFIG["lambda_functions"].keys() == HANDLERS.keys()
    for settings in CONFIG["lambda_functions"].values():
        assert settings.keys() <= OF_FUNCTIONS - MERGED
    for stage in DEPLOYED:
        functions = CONFIG["stages"][stage].get("lambda_functions", {})
        assert functions.keys() <= HANDLERS.keys()
        for settings in functions.values():
            assert settings.keys() <= OF_FUNCTIONS


def test_the_configured_functions_exist_in_the_app():
    assert {chalice_name: name for name, chalice_name in FUNCTIONS.items()} == HANDLERS
    assert app.app.handler_map.keys() == {"ingest", *Route}


@pytest.mark.parametrize("stage", CONFIG["stages"])
def test_chalice_accepts_the_configuration(stage):
    validate_configuration(in_force(stage, "api_handler"))


def test_the_stages_are_those_that_are_documented():
    assert list(CONFIG["stages"]) == [LOCAL, "dev", "prod"]


@pytest.mark.parametrize("stage", DEPLOYED)
@pytest.mark.parametrize(
    ("function", "seconds", "megabytes"),
    [
        (
            "ingest",
            300,
            1769,
        ),  # one whole vCPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
        ("api_handler", 29, 1024),  # API Gateway waits no longer
    ],
)
def test_timeout_and_memory_of_each_function(stage, function, seconds, megabytes):
    config = in_force(stage, function)
    assert (config.lambda_timeout, config.lambda_memory_size) == (seconds, megabytes)
    # What the tests run from the package is what ships: its compiled parts are of this machine's kind.
    assert config.lambda_architecture == "x86_64"


@pytest.mark.parametrize("stage", DEPLOYED)
@pytest.mark.parametrize("function", HANDLERS)
def test_each_function_has_its_own_policy(stage, function):
    config = in_force(stage, function)
    assert config.autogen_policy is False  # Chalice reads app.py alone, and knows no Timestream
    assert config.manage_iam_role is True
    assert config.iam_policy_file == f"policy-{HANDLERS[function]}-by-name.json"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_policy_by_name_is_the_functions_policy_without_a_stack(function):
    folder = PROJECT / ".chalice"
    by_name = json.loads((folder / f"policy-{function}-by-name.json").read_text())
    assert by_name == read_policy(folder, function, BY_NAME)


@pytest.mark.parametrize("stage", DEPLOYED)
def test_the_api_is_regional_and_has_its_own_stage(stage):
    config = in_force(stage, "api_handler")
    assert (
        config.api_gateway_endpoint_type == "REGIONAL"
    )  # AppSync is in the region; Chalice's default is not
    # CloudWatch knows an API by its name, which all stages share, and by this.
    assert config.api_gateway_stage == stage


@pytest.mark.parametrize("stage", DEPLOYED)
@pytest.mark.parametrize("function", HANDLERS)
def test_environments_hold_settings_and_no_secrets(stage, function):
    settings = {name.upper() for name in Config.__struct_fields__}
    assert in_force(stage, function).environment_variables.keys() <= settings


@pytest.mark.parametrize("function", HANDLERS)
def test_chalice_does_not_set_log_retention(function):
    # It would set it for a log group that the API's function does not log to. `make deploy` sets it.
    assert in_force("prod", function).log_retention_in_days is None


def test_the_app_accepts_the_local_settings():
    assert Config.from_environ(stage_settings()).events_bucket


def test_the_local_stage_reaches_no_real_account():
    settings = stage_settings()
    assert settings["AWS_ENDPOINT_URL"] == devstack_url(Ports().timestream)
    assert settings["AWS_ACCESS_KEY_ID"] == settings["AWS_SECRET_ACCESS_KEY"] == "local"
    assert settings["AWS_DEFAULT_REGION"] == REGION
