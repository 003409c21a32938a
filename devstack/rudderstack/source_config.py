"""RudderStack's control plane, as far as its JavaScript SDK asks it: what is configured for a source."""

from typing import Any

WORKSPACE = "local"


def source_config(source: str, write_key: str) -> dict[str, Any]:
    """What `GET /sourceConfig` answers for `source`: enabled, with nothing for the browser itself to load.

    Where events go from RudderStack's server on is none of the browser's business, so that there are no
    destinations in it. Neither errors nor metrics of the SDK are to be reported to anyone.
    """
    return {
        "source": {
            "id": source,
            "name": source,
            "writeKey": write_key,
            "enabled": True,
            "workspaceId": WORKSPACE,
            "destinations": [],
            "config": {
                "statsCollection": {"errors": {"enabled": False}, "metrics": {"enabled": False}},
            },
        },
    }
