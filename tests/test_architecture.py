"""Who may import whom, and what ships."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED: dict[str, set[str]] = {
    "addresses": set(),
    "bots": set(),
    "compression": set(),
    "dead_letters": set(),
    "devices": set(),
    "scanning": set(),
    "documents": {"compression", "scanning"},
    "errors": set(),
    "events": set(),
    "moments": {"errors"},
    "money": {"errors", "events"},
    "notifications": {"errors"},
    "outcomes": {"events"},
    "records": {"events"},
    "messages": set(),
    "personal": set(),
    "rudderstack": {
        "addresses",
        "bots",
        "devices",
        "errors",
        "events",
        "messages",
        "moments",
        "money",
        "personal",
    },
    "connections": set(),
    "timestream_writer": {"connections", "errors", "outcomes", "records"},
    "cache": set(),
    "sessions": set(),
    "wallclock": set(),
    "config": {"addresses", "errors"},
    "command_line": {"config", "errors"},
    "ingest": {
        "compression",
        "config",
        "dead_letters",
        "documents",
        "errors",
        "events",
        "messages",
        "notifications",
        "outcomes",
        "records",
        "rudderstack",
        "timestream_writer",
    },
    "timerange": {"wallclock"},
    "sql": {"timerange", "wallclock"},
    "queries": {"config", "records", "sql", "timerange", "wallclock"},
    "series": {"events", "queries", "timerange"},
    "timestream_reader": {"connections", "errors", "queries"},
    "parameters": {"errors", "events", "queries", "timerange", "wallclock"},
    "metrics": {"cache", "config", "parameters", "queries", "series", "timerange"},
}
"""What each module of chalicelib imports of chalicelib, bottom up. Change it with the design."""

ADAPTERS = {
    "command_line",
    "compression",
    "connections",
    "dead_letters",
    "ingest",
    "sessions",
    "timestream_reader",
    "timestream_writer",
}

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


def _without_type_checking(tree: ast.Module) -> ast.Module:
    tree.body = [
        node
        for node in tree.body
        if not (
            isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        )
    ]
    return tree


def modules() -> dict[str, set[str]]:
    """Each module of chalicelib, with what it imports."""
    return {
        path.stem: imports(path) for path in (ROOT / "chalicelib").glob("*.py") if path.stem != "__init__"
    }


def test_modules_import_what_the_table_allows():
    arrows = {
        name: {module.split(".")[1] for module in found if module.startswith("chalicelib.")}
        for name, found in modules().items()
    }
    assert arrows == ALLOWED


def test_arrows_point_one_way():
    names = list(ALLOWED)
    for position, name in enumerate(names):
        assert ALLOWED[name] <= set(names[:position]), f"{name} stands before what it imports"


@pytest.mark.parametrize("name", sorted(ALLOWED.keys() - ADAPTERS))
def test_pure_modules_know_neither_aws_nor_the_clock(name):
    assert not {module.partition(".")[0] for module in modules()[name]} & FORBIDDEN_IN_PURE
    assert not ALLOWED[name] & (ADAPTERS - {"compression"})  # whose Damage is a value


@pytest.mark.parametrize(
    "path", [ROOT / "app.py", *sorted((ROOT / "chalicelib").glob("*.py"))], ids=lambda p: p.stem
)
def test_what_ships_stands_on_what_ships(path):
    """Nothing but the standard library, what Lambda has, and requirements.txt."""
    shipped = {"chalicelib", "chalice", "boto3", "botocore", "urllib3"}  # the last is botocore's
    shipped |= {"aws_lambda_powertools", "crawleruseragents", "idna", "msgspec", "tzdata", "zlib_ng"}
    tops = {module.partition(".")[0] for module in imports(path)}
    assert tops <= shipped | sys.stdlib_module_names


def test_only_the_adapters_of_timestream_know_its_clients():
    users = {
        name for name, found in modules().items() if any(module.startswith("botocore") for module in found)
    }
    assert users == {"connections", "sessions", "timestream_reader", "timestream_writer"}


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
