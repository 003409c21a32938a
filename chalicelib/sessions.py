"""The botocore session that all clients are made from, quick to start."""

import gzip
from pathlib import Path
from typing import Any

import botocore.session
import msgspec
from botocore.loaders import JSONFileLoader, Loader

SERVICES = ("s3", "timestream-query", "timestream-write", "sts", "sso", "sso-oidc")
"""Those that the functions use; and, on a developer's machine, where a profile's credentials come from."""


def new_session() -> botocore.session.Session:
    """A session that makes clients of `SERVICES`, faster than botocore's own or boto3's.

    botocore makes a client from models in files. The session's data loader finds and reads them. The default
    loader does more than these services need, and takes a fifth of a cold start.
    """
    session = botocore.session.get_session()
    session.register_component("data_loader", _Loader(file_loader=DataFiles()))
    return session


class _Loader(Loader):
    """Knows the names of the services. The default loader looks through the folders of all 400, twice."""

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 - each has all types
        return list(SERVICES)


class DataFiles(JSONFileLoader):
    """Decodes into dicts. The default makes an OrderedDict of each object, in Python code."""

    def load_file(self, file_path: str) -> Any:
        """The content of a file, which is named without its ending; None if there is no such file."""
        plain, packed = Path(f"{file_path}.json"), Path(f"{file_path}.json.gz")
        if plain.is_file():
            return msgspec.json.decode(plain.read_bytes())
        if packed.is_file():
            return msgspec.json.decode(gzip.decompress(packed.read_bytes()))
        return None
