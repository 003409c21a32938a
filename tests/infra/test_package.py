"""The zip for Lambda: its content, its size, and its handlers in an interpreter without other packages."""

import hashlib
import importlib.metadata
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra import package
from infra.errors import InfraError
from infra.package import MAX_ZIP, Package, check, required
from tests.deployment import BUCKET, Deployment, notification
from tests.infra.project import ROOT, copy_project

RUNTIME = ("boto3", "botocore", "s3transfer", "urllib3", "python-dateutil", "six")
"""The packages in Lambda's Python runtime: https://docs.aws.amazon.com/lambda/latest/dg/python-package.html"""

INVOKE = """
import importlib, json, sys
module, _, name = sys.argv[1].rpartition(".")
handler = getattr(importlib.import_module(module), name)
answer = handler(json.load(sys.stdin), None)
print(json.dumps(answer))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Path:
    """The zip that `make package` builds."""
    folder = tmp_path_factory.mktemp("package")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PIP_NO_INDEX", "1")
        environment.setenv("PIP_FIND_LINKS", str(wheels))
        assert package.main(["--output", str(folder / "package.zip")], copy_project(folder)) == 0
    return folder / "package.zip"


def test_the_zip_holds_the_app_and_its_requirements_and_nothing_else(built: Path):
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
    ours = {name for name in names if name == "app.py" or name.startswith("chalicelib/")}
    shipped = (path for kind in ("*.py", "*.sql") for path in (ROOT / "chalicelib").rglob(kind))
    assert ours == {"app.py", *(str(path.relative_to(ROOT)) for path in shipped)}
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not re.search(r"\.(dist-info|data)$", top)} == {
        "app.py",
        "aws_lambda_powertools",
        "chalice",
        "chalicelib",
        "crawleruseragents",
        "idna",
        "jmespath",
        "msgspec",
        "psycopg",
        "psycopg_binary",
        "psycopg_binary.libs",
        "typing_extensions.py",
        "tzdata",
        "zlib_ng",
    }
    assert {name for name in names if name.startswith("chalice/")} == {
        "chalice/__init__.py",
        "chalice/app.py",
    }
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".json.gz"))]


def test_the_zip_is_small(built: Path):
    read = package.read(built)
    assert read.zipped < 8 * 2**20  # a cold start fetches it; most of it is libpq and OpenSSL
    assert read.unpacked < 24 * 2**20


def test_a_zip_built_again_is_the_same(
    built: Path, tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    project = copy_project(tmp_path)
    (project / "chalicelib/__pycache__").mkdir()
    (project / "chalicelib/__pycache__/stray.pyc").write_bytes(b"stray")
    package.build(project, "local", lambda _: None, tmp_path / "again.zip")
    assert (
        hashlib.sha256((tmp_path / "again.zip").read_bytes()).digest()
        == hashlib.sha256(built.read_bytes()).digest()
    )


Invoke = Callable[[str, Any], Any]


@pytest.fixture
def invoke(built: Path, deployment: Deployment, tmp_path: Path) -> Invoke:
    """Invoke a handler of the zip by name, in an interpreter with only Lambda's packages."""
    code, runtime = tmp_path / "code", tmp_path / "runtime"
    with zipfile.ZipFile(built) as archive:
        archive.extractall(code)
    runtime.mkdir()
    for name in RUNTIME:
        distribution = importlib.metadata.distribution(name)
        for top in {file.parts[0] for file in distribution.files or [] if ".." not in file.parts}:
            if not top.endswith(".dist-info") and top != "__pycache__":
                (runtime / top).symlink_to(Path(str(distribution.locate_file(top))))

    def invoke(handler: str, event: Any) -> Any:
        script = f"import sys; sys.path[:0] = {[str(code), str(runtime)]!r}\n{INVOKE}"
        done = subprocess.run(
            # -S hides the packages that are installed here, and -I hides the current folder.
            [sys.executable, "-I", "-S", "-c", script, handler],
            input=json.dumps(event),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return invoke


def test_the_handlers_run_from_the_zip(deployment: Deployment, invoke: Invoke):
    assert invoke("app.ingest", {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET}) == []

    now = datetime.now(UTC).isoformat()
    event = {"type": "page", "messageId": "1", "anonymousId": "v", "timestamp": now, "receivedAt": now}
    properties = {"affiliate_id": "alice", "url": "https://www.site.example/"}
    body = json.dumps({**event, "properties": properties}).encode()
    deployment.s3.put_object(Bucket=BUCKET, Key="events/web/one", Body=body)
    (outcome,) = invoke("app.ingest", notification("events/web/one"))
    assert (outcome["documents"], outcome["written"]) == (1, 1)

    answer = invoke("app.app", get(affiliateId="alice", metricType="PageViews", timeWindow="Last7Days"))
    assert answer["statusCode"] == 200
    (total,) = json.loads(answer["body"])["totals"]
    assert (total["series"], total["value"]) == ("site.example", 1)
    answer = invoke("app.app", get(affiliateId="alice", timeZone="Europe/Paris"))
    assert json.loads(answer["body"])["Message"] == "metricType: is missing"


def get(**parameters: str) -> dict[str, Any]:
    """The event of a GET /metrics that API Gateway sends to the function."""
    return {
        "httpMethod": "GET",
        "resource": "/metrics",
        "path": "/metrics",
        "headers": {},
        "multiValueQueryStringParameters": {name: [value] for name, value in parameters.items()},
        "pathParameters": None,
        "requestContext": {"httpMethod": "GET", "resourcePath": "/metrics"},
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a>=1,<2  # why\n\n# b\nC_d.e==1\n", ["a", "c-d-e"]),
        (
            (ROOT / "requirements.txt").read_text(),
            [
                "aws-lambda-powertools",
                "crawler-user-agents",
                "idna",
                "jmespath",
                "msgspec",
                "psycopg",
                "psycopg-binary",
                "typing-extensions",
                "tzdata",
                "zlib-ng",
            ],
        ),
    ],
)
def test_names_of_required_packages(text: str, names: list[str]):
    assert required(text) == names


@pytest.mark.parametrize(
    ("package", "said"),
    [
        (
            Package((), 1, 1, {"a-1.0.dist-info": 1}),
            "Chalice left b-c of requirements.txt out of the package.",
        ),
        (
            Package((), MAX_ZIP + 1, 1, {"a-1.0.dist-info": 1, "B_c-2.dist-info": 1}),
            "The package is 50.0 MB, 0.0 MB unpacked: Lambda's limits are 50.0 MB and 250.0 MB.",
        ),
    ],
)
def test_a_package_that_lambda_would_refuse(package: Package, said: str):
    with pytest.raises(InfraError, match=re.escape(said)):
        check(package, "a>1\nb-c<3\n")
