"""A stage of the app: its names on AWS, its settings, and what Chalice has deployed of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.errors import InfraError, suggestion

PROJECT: Final = Path(__file__).resolve().parents[1]

LOCAL: Final = "local"
"""The stage of the system on one machine: never deployed."""

WORKSPACES: Final = ".deploy"
"""The folder, ignored by git, that stages are deployed from: see `workspace`."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of `.chalice/config.json`."""

    project: Path
    """The checkout. Nothing in it is changed."""
    app: str
    name: str

    @property
    def workspace(self) -> Path:
        """The folder that Chalice deploys the stage from."""
        return self.project / WORKSPACES / self.name

    @property
    def storage_stack(self) -> str:
        """What holds the data, and what brings it."""
        return f"{self.app}-{self.name}-storage"

    @property
    def graphql_stack(self) -> str:
        """AppSync, in front of the REST API."""
        return f"{self.app}-{self.name}-graphql"

    @property
    def users_stack(self) -> str:
        """The user pool, if the stage has one of its own."""
        return f"{self.app}-{self.name}-users"

    @property
    def portal_stack(self) -> str:
        """The portal, if its users are in the stage's own pool."""
        return f"{self.app}-{self.name}-portal"

    @property
    def server_stream(self) -> str:
        """The Firehose stream for server-side sources, as the storage stack names it."""
        return f"{self.app}-{self.name}-server"

    @property
    def api_function(self) -> str:
        """The Lambda function behind `GET /metrics`, as Chalice names it."""
        return f"{self.app}-{self.name}"

    @property
    def ingest_function(self) -> str:
        """The Lambda function that S3 invokes, as Chalice names it."""
        return f"{self.app}-{self.name}-ingest"

    @property
    def api_stage(self) -> str:
        """API Gateway's own stage, which is in the path; `api` is Chalice's default."""
        config = _read(_config(self.project))
        name: str = {**config, **config["stages"][self.name]}.get("api_gateway_stage", "api")
        return name

    @property
    def settings(self) -> dict[str, str]:
        """The environment variables of its functions in the workspace, as Chalice merges them."""
        config = _read(_config(self.workspace))
        return {
            **config.get("environment_variables", {}),
            **config["stages"][self.name].get("environment_variables", {}),
        }

    def write_settings(self, settings: Mapping[str, str]) -> None:
        """Put these into the stage's environment variables in the workspace."""
        self._write({"environment_variables": settings})

    def use_policies(self, files: Mapping[str, str]) -> None:
        """Have each function, by Chalice's name, use a file of `.chalice/` in the workspace."""
        functions = {function: {"iam_policy_file": file} for function, file in files.items()}
        self._write({"lambda_functions": functions})

    @property
    def deployed(self) -> dict[str, dict[str, Any]]:
        """What Chalice has deployed from the workspace, by name."""
        if not self.deployed_file.exists():
            return {}
        return {each["name"]: each for each in _read(self.deployed_file)["resources"]}

    @property
    def deployed_file(self) -> Path:
        """Where Chalice keeps that. Without this file, it would make a second REST API."""
        return self.workspace / ".chalice" / "deployed" / f"{self.name}.json"

    def _write(self, additions: Mapping[str, Any]) -> None:
        """Put these into the stage's part of the configuration in the workspace."""
        path = _config(self.workspace)
        config = _read(path)
        config["stages"][self.name] = _merged(config["stages"][self.name], additions)
        _write(path, config)


def open_stage(project: Path, name: str) -> Stage:
    """The stage of this name.

    Raises InfraError if the configuration has no such stage. Chalice would make a new one, without any
    setting.
    """
    names = stage_names(project)
    if name == LOCAL:
        raise InfraError(f"The stage {LOCAL} is for this machine, `make run`{suggestion(name, names)}")
    if name not in names:
        raise InfraError(f".chalice/config.json has no stage {name!r}{suggestion(name, names)}")
    return Stage(project, _read(_config(project))["app_name"], name)


def stage_names(project: Path) -> list[str]:
    """The stages of `.chalice/config.json` that are deployed to AWS."""
    return [name for name in _read(_config(project))["stages"] if name != LOCAL]


def write_deployed(stage: Stage, resources: list[dict[str, Any]]) -> None:
    """Write Chalice's state: these resources are what it has deployed of the stage."""
    stage.deployed_file.parent.mkdir(exist_ok=True)
    _write(stage.deployed_file, {"resources": resources, "schema_version": "2.0", "backend": "api"})


def _config(folder: Path) -> Path:
    """Chalice's configuration, in the checkout or in the workspace."""
    return folder / ".chalice" / "config.json"


def _merged(old: Mapping[str, Any], additions: Mapping[str, Any]) -> dict[str, Any]:
    deeper = {
        name: _merged(old.get(name, {}), value) if isinstance(value, Mapping) else value
        for name, value in additions.items()
    }
    return {**old, **deeper}


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise InfraError(f"{path.name} is not valid JSON: {error}.") from error
    return content


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
