"""cfn-lint, whose rules take half a second to load: once in each process that asks."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from cfnlint.api import lint  # type: ignore[import-untyped]  # cfn-lint is untyped
from cfnlint.config import ConfigMixIn  # type: ignore[import-untyped]
from cfnlint.runner import Runner  # type: ignore[import-untyped]


def mistakes_in_file(path: Path) -> list[str]:
    """What cfn-lint finds in a template."""
    runner = _runner()
    runner.config = ConfigMixIn(["--template", str(path)])
    return [str(found) for found in runner.run()]


def mistakes_in_policy(document: dict[str, Any]) -> list[str]:
    """What cfn-lint finds in a managed policy."""
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
    text = json.dumps({"Resources": {"Policy": policy}})
    return [str(found) for found in lint(text, rules=_runner().rules)]


@cache
def _runner() -> Any:
    return Runner(ConfigMixIn([]))
