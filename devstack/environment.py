"""Environment variables that connect the AWS SDK, and so the app, to this machine only."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

PROJECT = Path(__file__).resolve().parents[1]
STAGE = "local"
REGION: Final = "eu-west-1"


def local_environment(
    inherited: Mapping[str, str], settings: Mapping[str, str], *, timestream_url: str, s3_url: str
) -> dict[str, str]:
    """`inherited` without the variables of AWS and PostgreSQL, plus local endpoints and the app's `settings`.

    The user's own credentials, profile and configuration files are not used: a process with this environment
    cannot reach a real account, or a database that the settings do not name.
    """
    kept = {name: value for name, value in inherited.items() if not name.startswith(("AWS_", "PG"))}
    return {
        **kept,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_S3": s3_url,
        "AWS_ENDPOINT_URL_TIMESTREAM_WRITE": timestream_url,
        "AWS_ENDPOINT_URL_TIMESTREAM_QUERY": timestream_url,
        **settings,
    }


def stage_settings(project: Path = PROJECT) -> dict[str, str]:
    """The environment variables of the stage `local` in `.chalice/config.json`, as Chalice merges them."""
    config = json.loads((project / ".chalice" / "config.json").read_text(encoding="utf-8"))
    stage = config["stages"][STAGE]
    return {**config.get("environment_variables", {}), **stage.get("environment_variables", {})}
