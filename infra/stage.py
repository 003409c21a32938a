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


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of `.chalice/config.json`."""

    project: Path
    app: str
    name: str

    @property
    def storage_stack(self) -> str:
        """What holds the data, and what brings it."""
        return f"{self.app}-{self.name}-storage"

    @property
    def graphql_stack(self) -> str:
        """AppSync, in front of the REST API."""
        return f"{self.app}-{self.name}-graphql"

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
        config = _read(self._config)
        name: str = {**config, **config["stages"][self.name]}.get("api_gateway_stage", "api")
        return name

    @property
    def settings(self) -> dict[str, str]:
        """The environment variables of its functions, as Chalice merges them."""
        config = _read(self._config)
        return {
            **config.get("environment_variables", {}),
            **config["stages"][self.name].get("environment_variables", {}),
        }

    def change_settings(self, settings: Mapping[str, str]) -> bool:
        """Put these into the stage's environment variables; whether that changed any."""
        return self._change({"environment_variables": settings})

    def use_policies(self, files: Mapping[str, str]) -> bool:
        """Have each function, by Chalice's name, use a file of `.chalice/`; whether that changed any."""
        functions = {function: {"iam_policy_file": file} for function, file in files.items()}
        return self._change({"lambda_functions": functions})

    @property
    def deployed(self) -> dict[str, dict[str, Any]]:
        """What Chalice has deployed from here, by name; empty before it has."""
        if not self.deployed_file.exists():
            return {}
        return {each["name"]: each for each in _read(self.deployed_file)["resources"]}

    @property
    def deployed_file(self) -> Path:
        """Where Chalice keeps that. Without it, it would make a second REST API."""
        return self.project / ".chalice" / "deployed" / f"{self.name}.json"

    @property
    def _config(self) -> Path:
        return self.project / ".chalice" / "config.json"

    def _change(self, additions: Mapping[str, Any]) -> bool:
        """Put these into the stage's part of the configuration; whether that changed any of it."""
        config = _read(self._config)
        changed = _merged(config["stages"][self.name], additions)
        if changed == config["stages"][self.name]:
            return False
        config["stages"][self.name] = changed
        _write(self._config, config)
        return True


def open_stage(project: Path, name: str) -> Stage:
    """The stage of this name.

    Raises InfraError where there is none. Chalice would make a new environment, without any setting.
    """
    config = _read(project / ".chalice" / "config.json")
    names = [stage for stage in config["stages"] if stage != LOCAL]
    if name == LOCAL:
        raise InfraError(f"The stage {LOCAL} is for this machine, `make run`{suggestion(name, names)}")
    if name not in names:
        raise InfraError(f".chalice/config.json has no stage {name!r}{suggestion(name, names)}")
    return Stage(project, config["app_name"], name)


def write_deployed(stage: Stage, resources: list[dict[str, Any]]) -> None:
    """Have Chalice know these resources as the stage's own."""
    stage.deployed_file.parent.mkdir(exist_ok=True)
    _write(stage.deployed_file, {"resources": resources, "schema_version": "2.0", "backend": "api"})


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
        raise InfraError(f"{path.name} is no JSON: {error}.") from error
    return content


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
