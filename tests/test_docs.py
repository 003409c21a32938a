"""What the documents point at exists, and what they list is complete."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = (".", ".github", "benchmarks", "docs", "docs/decisions", "docs/recipes")
PAGES = sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.md"))
DECISIONS = ROOT / "docs/decisions"
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+")


def text_of(page: Path) -> str:
    """The page without its blocks of code, which may show links of other projects."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The page's headings, as GitHub makes anchors of them."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dangling(page: Path) -> list[str]:
    links = re.findall(r"\]\(([^)\s]+)\)", text_of(page))
    return [link for link in links if not re.match(r"[a-z]+:", link) and not points_at_something(page, link)]


def points_at_something(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_points_at_something(page: Path) -> None:
    assert dangling(page) == []


def test_a_link_to_a_missing_file_or_heading_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One heading\n[a](#one-heading) [b](#another) [c](missing.md) [d](https://e.example/)\n"
    )
    assert dangling(page) == ["#another", "missing.md"]


def test_every_document_is_in_the_index() -> None:
    named = re.findall(r"\]\(([\w-]+\.md)\)", (ROOT / "docs/README.md").read_text(encoding="utf-8"))
    assert {*named, "README.md"} == {path.name for path in (ROOT / "docs").glob("*.md")}


def test_every_decision_is_in_the_index_in_order() -> None:
    named = re.findall(r"\]\((\d\d-[\w-]+\.md)\)", (DECISIONS / "README.md").read_text(encoding="utf-8"))
    assert named == sorted(path.name for path in DECISIONS.glob("[0-9]*.md"))


@pytest.mark.parametrize("page", sorted(DECISIONS.glob("[0-9]*.md")), ids=lambda page: page.stem)
def test_a_decision_says_its_number_its_context_and_its_consequences(page: Path) -> None:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0].startswith(f"{int(page.name[:2])}. ")
    assert headings[1:] == ["Context", "Decision", "Consequences"]


@pytest.mark.parametrize("page", [*PAGES, *WORKFLOWS], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_command_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    assert set(re.findall(r"(?:`|^|run: )make ([a-z]+)", text, re.MULTILINE)) <= targets


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_with_their_version(workflow: Path) -> None:
    used = re.findall(r"uses: (.+)$", workflow.read_text(), re.MULTILINE)
    assert used
    assert [action for action in used if not PINNED.fullmatch(action)] == []


def test_editors_break_python_lines_where_ruff_does() -> None:
    length = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["line-length"]
    python = (ROOT / ".editorconfig").read_text().partition("[*.py]")[2].partition("[")[0]
    assert f"max_line_length = {length}\n" in python
