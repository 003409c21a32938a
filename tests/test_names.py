"""The names in the owner's answers: out of the directory, as it is now, and never a reason for no figures."""

import json
from typing import Any

import pytest

from tests.deployment import BUCKET, WIRE, Deployment

SALE = (WIRE / "events/08_track_order_completed_server.json").read_bytes()
KEY = "directory/affiliates.json"


def rows(deployment: Deployment) -> list[Any]:
    """Id and name of each affiliate, the same from both routes."""
    asked = {
        "/affiliates": {"timeWindow": "Custom", "from": "2023-11-01", "to": "2023-11-30"},
        "/balances": {},
    }
    found = []
    for path, given in asked.items():
        status, body = deployment.get(path, **given)
        assert status == 200
        found.append([(row["affiliateId"], row["name"]) for row in body["rows"]])
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        (None, None),
        ({"affiliates": [{"id": "alice", "name": "Alice Ferreira"}, {"id": "bob"}]}, "Alice Ferreira"),
        ({"affiliates": [{"id": "bob", "name": "Bob"}]}, None),
        ("no directory", None),
    ],
)
def test_a_name_comes_from_the_directory(deployment: Deployment, listed: object, name: str | None):
    deployment.deliver("events/server/sale", SALE)
    if listed is not None:
        deployment.s3.put_object(Bucket=BUCKET, Key=KEY, Body=json.dumps(listed))
    assert rows(deployment) == [("alice", name)]
