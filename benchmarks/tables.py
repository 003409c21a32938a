"""Formats figures as Markdown, and puts them into the README."""

import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

README = Path(__file__).parent / "README.md"


def to_markdown(labels: Sequence[str], figures: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with columns of labels, aligned left, then columns of figures, aligned right."""
    lines = [[*labels, *figures], ["---"] * len(labels) + ["---:"] * len(figures), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def spread(values: Sequence[float], digits: int = 1) -> str:
    """The median, with the lowest and the highest value if they differ."""
    least, middle, most = (f"{f(values):.{digits}f}" for f in (min, statistics.median, max))
    return middle if least == most else f"{middle} ({least} to {most})"


def publish(section: str, text: str) -> None:
    """Put the text between the section's markers in the README."""
    begin, end = f"<!-- {section} -->\n", f"<!-- /{section} -->\n"
    before, found, rest = README.read_text().partition(begin)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        raise SystemExit(f"{README.name} has no markers for {section}")
    README.write_text(f"{before}{begin}\n{text}\n{end}{after}")
