"""The portal's files in their bucket: what is uploaded, with which headers, and the settings beside them."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import which
from typing import Annotated, Any, Final
from uuid import uuid4

import msgspec

from infra.account import Account
from infra.errors import InfraError

CONFIG: Final = "config.json"
"""The portal's settings: docs/portal.md lists them."""


def upload(account: Account, bucket: str, folder: Path, settings: Mapping[str, Any]) -> str:
    """Upload the portal with these settings as its `config.json`, and delete what is no longer part of it.

    The page itself is last: what it loads is there before. Returns how many files there are.
    """
    s3 = account.client("s3")
    files = {**dict(_files(folder)), CONFIG: json.dumps(settings, indent=2, ensure_ascii=False).encode()}
    before = set(_keys(s3, bucket))
    for key in sorted(files, key=lambda key: key.endswith(".html")):
        s3.put_object(
            Bucket=bucket, Key=key, Body=files[key], ContentType=content_type(key), CacheControl=caching(key)
        )
    _delete(s3, bucket, sorted(before - files.keys()))
    return f"{len(files)}"


def small_copy(project: Path, folder: Path) -> Path:
    """The folder to upload: a copy of the portal in `folder`, in fewer and smaller files.

    Without Node or its packages (`make setup` installs them), it is the portal itself. It does the same, but
    loads more slowly.
    """
    if not (project / "node_modules" / "esbuild").is_dir() or not (node := which("node")):
        return project / "portal"
    made = subprocess.run(  # noqa: S603 - our own script
        [node, project / "infra" / "portal.mjs", folder], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise InfraError(f"The portal's files could not be made smaller: {made.stderr.strip()}.")
    return folder


def refresh(account: Account, distribution: str) -> str:
    """Have CloudFront fetch all files anew. It is done about a minute later."""
    account.client("cloudfront").create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": str(uuid4())},
    )
    return "everywhere in a minute"


def empty(account: Account, bucket: str) -> str:
    """Delete all files, since CloudFormation deletes no bucket that has some. Returns how many there were."""
    s3 = account.client("s3")
    keys = list(_keys(s3, bucket))
    _delete(s3, bucket, keys)
    return f"{len(keys)} deleted"


def read_settings(folder: Path) -> dict[str, Any]:
    """The settings in the checkout: those that are the same for all stages.

    Raises InfraError if the file is not JSON, or has settings that the portal would refuse.
    """
    try:
        settings = msgspec.json.decode((folder / CONFIG).read_bytes(), type=dict[str, Any])
        msgspec.convert(settings, _Settings)
    except msgspec.MsgspecError as error:
        raise InfraError(f"portal/{CONFIG}: {error}.") from error
    return settings


class _Site(msgspec.Struct):
    name: str
    url: str
    pages: tuple[str, ...] = ()


class _Settings(msgspec.Struct):
    """What is checked of the settings."""

    refreshSeconds: Annotated[float, msgspec.Meta(ge=1)] = 60  # noqa: N815 - as in the file
    sites: tuple[_Site, ...] = ()


def content_type(key: str) -> str:
    """The content type of a file. Raises InfraError for a kind of file that the portal has not had so far."""
    try:
        return _CONTENT_TYPES[Path(key).suffix]
    except KeyError:
        raise InfraError(
            f"portal/{key}: infra/portal_files.py has no content type for such a file."
        ) from None


def caching(key: str) -> str:
    """How long a file is kept. A browser always asks whether it has changed, so that no two versions mix."""
    return _ALWAYS_NEW if key in (CONFIG, "index.html") else _KEPT_BY_CLOUDFRONT


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The key and content of each file that browsers load."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in _FOR_DEVELOPERS:
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _keys(s3: Any, bucket: str) -> Iterator[str]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        yield from (each["Key"] for each in page.get("Contents", []))


def _delete(s3: Any, bucket: str, keys: list[str]) -> None:
    for first in range(0, len(keys), _MOST_AT_ONCE):
        batch = [{"Key": key} for key in keys[first : first + _MOST_AT_ONCE]]
        s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})


_MOST_AT_ONCE: Final = 1000
"""Objects that S3 deletes in one request."""

_ALWAYS_NEW: Final = "no-cache"
_KEPT_BY_CLOUDFRONT: Final = "public, max-age=0, must-revalidate, s-maxage=86400"

_FOR_DEVELOPERS: Final = (".ts",)

_CONTENT_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
