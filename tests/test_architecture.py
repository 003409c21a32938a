"""Who may import whom, and what ships."""

import ast
import re
import sys
from pathlib import Path

import pytest

from chalicelib.rudderstack.fields import PLACES

ROOT = Path(__file__).parents[1]
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "events": set(),
    "outcomes": {"events"},
    "objects": {"errors"},
    "directory": {"errors", "events"},
    "rudderstack": {"directory", "errors", "events"},
    "config": {"errors", "rudderstack"},
    "figures": {"errors", "events"},
    "engines": {"events", "outcomes"},
    "engines.timestream": {"config", "engines", "errors", "events", "figures", "outcomes"},
    "engines.postgres": {"config", "engines", "errors", "events", "figures", "outcomes"},
    "ingest": {"config", "errors", "events", "objects", "outcomes", "rudderstack"},
    "command_line": {"config", "errors"},
    "sessions": set(),
}
"""What each package and module of chalicelib imports of the others, bottom up. Change it with the design."""

NOT_PURE = {"command_line", "engines.postgres", "engines.timestream", "objects", "sessions"}
"""They know AWS, the environment or the clock."""

FORBIDDEN_IN_PURE = {"boto3", "botocore", "chalice", "os", "time", "aws_lambda_powertools", "random"}


def imports(path: Path) -> set[str]:
    """The modules a file imports when it runs; what is imported for types alone does not count."""
    found = set()
    for node in ast.walk(_without_type_checking(ast.parse(path.read_text()))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def imported_modules(path: Path) -> set[str]:
    """The modules that a file imports names from when it runs."""
    tree = _without_type_checking(ast.parse(path.read_text()))
    return {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}


def _without_type_checking(tree: ast.Module) -> ast.Module:
    tree.body = [
        node
        for node in tree.body
        if not (
            isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        )
    ]
    return tree


def part(module: str) -> str:
    """The row of ALLOWED that a module of chalicelib belongs to, such as `engines.timestream`."""
    _, *names = module.split(".")
    found = next((".".join(names[:size]) for size in (2, 1) if ".".join(names[:size]) in ALLOWED), None)
    assert found, f"{module} is in no row of the table"
    return found


def parts() -> dict[str, set[str]]:
    """Each row's imports: whole names, standard library included."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "chalicelib").rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if module != "chalicelib":
            found.setdefault(part(module), set()).update(imports(path))
    return found


def test_packages_import_what_the_table_allows():
    arrows = {
        name: {part(module) for module in found if module.startswith("chalicelib.")} - {name}
        for name, found in parts().items()
    }
    assert arrows == ALLOWED


def test_arrows_point_one_way():
    names = list(ALLOWED)
    for position, name in enumerate(names):
        assert ALLOWED[name] <= set(names[:position]), f"{name} stands before what it imports"


def test_no_engine_is_known_outside_engines():
    engines = {name for name in ALLOWED if name.startswith("engines.")}
    assert engines
    assert not {name for name, known in ALLOWED.items() if known & engines}


@pytest.mark.parametrize("name", sorted(ALLOWED.keys() - NOT_PURE))
def test_pure_packages_know_neither_aws_nor_the_clock(name):
    assert not {module.partition(".")[0] for module in parts()[name]} & FORBIDDEN_IN_PURE


def test_the_documentation_says_of_each_package_what_its_docstring_says():
    rows = dict(re.findall(r"^\| `([\w.]+)` \| P? ?\| (.+) \|$", ARCHITECTURE, re.MULTILINE))
    assert rows == {name: _docstring(name) for name in ALLOWED}


def _docstring(name: str) -> str:
    path = ROOT / "chalicelib" / name.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return (ast.get_docstring(ast.parse(file.read_text())) or "").partition("\n")[0]


def test_the_documentation_says_which_packages_are_pure():
    assert set(re.findall(r"^\| `([\w.]+)` \| P \|", ARCHITECTURE, re.MULTILINE)) == ALLOWED.keys() - NOT_PURE


def test_the_documentation_has_the_places_of_each_field():
    for field, names in PLACES.items():
        assert f"| `{field}` | {', '.join(f'`{name}`' for name in names)} |" in ARCHITECTURE


def test_packages_are_used_by_their_faces():
    """What one package needs of another, it takes from the package and not from a module inside it."""
    packages = {"objects", "rudderstack", "figures", "engines.timestream", "engines.postgres"}
    inside = {
        (str(path.relative_to(ROOT)), module)
        for path in [ROOT / "app.py", *(ROOT / "chalicelib").rglob("*.py")]
        for module in imported_modules(path)
        for package in packages
        if module.startswith(f"chalicelib.{package}.") and package.replace(".", "/") not in str(path)
    }
    assert inside == {("chalicelib/config.py", "chalicelib.rudderstack.addresses")}


@pytest.mark.parametrize(
    "path",
    [ROOT / "app.py", *sorted((ROOT / "chalicelib").rglob("*.py"))],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_what_ships_imports_only_what_ships(path):
    """Nothing but the standard library, what Lambda has, and requirements.txt."""
    shipped = {"chalicelib", "chalice", "boto3", "botocore"}
    shipped |= {
        "aws_lambda_powertools",
        "crawleruseragents",
        "idna",
        "msgspec",
        "psycopg",
        "tzdata",
        "zlib_ng",
    }
    tops = {module.partition(".")[0] for module in imports(path)}
    assert tops <= shipped | sys.stdlib_module_names


def test_only_adapters_know_the_clients_of_aws():
    users = {
        name for name, found in parts().items() if any(module.startswith("botocore") for module in found)
    }
    assert users == {"engines.postgres", "engines.timestream", "sessions"}


ZONE_MAKERS = {"ZoneInfo", "ZoneInfo.no_cache", "zoneinfo.ZoneInfo", "zoneinfo.ZoneInfo.no_cache"}


def test_time_zones_are_the_wheels():
    """`ZoneInfo(name)` prefers the machine's time zone database; `wallclock.zone` does not."""
    folders = (ROOT / name for name in ("chalicelib", "devstack", "infra", "tests", "benchmarks"))
    sources = [ROOT / "app.py", *(path for folder in folders for path in folder.rglob("*.py"))]
    assert [str(path) for path in sources if calls(path) & ZONE_MAKERS] == []


def calls(path: Path) -> set[str]:
    """What a file calls, as it is written there."""
    return {
        ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)
    }
