"""A section of the page of figures: a benchmark prints it, the page is made of it, and it can be read back.

Columns that say what is measured stand to the left, figures to the right. A row is printed when it is
known, since some take minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

OTHERS = "others"
"""The column that says how many processors worked for others meanwhile."""
CAUTION = 0.2
"""So many processors at work for others are told beside a table: its times are longer than alone."""


class Section(NamedTuple):
    """What a benchmark prints: its title, what is measured, and the columns of its table."""

    title: str
    about: str
    labels: Sequence[str]
    figures: Sequence[str]


class Row(NamedTuple):
    """A row of a table, as it was read."""

    title: str
    labels: tuple[str, ...]
    cells: Mapping[str, str]


def print_section(section: Section, rows: Iterable[Sequence[object]]) -> None:
    """Print a benchmark's section; rows have a cell for each column, and one for other work."""
    print(f"## {section.title}\n\n{section.about}\n")
    heads = [*section.labels, *section.figures, OTHERS]
    marks = ["---"] * len(section.labels) + ["--:"] * (len(section.figures) + 1)
    for cells in (heads, marks):
        print(format_row(cells))
    busy = False
    for row in rows:
        print(format_row(row), flush=True)
        busy |= _is_busy(str(row[-1]))
    print()
    if busy:
        print("**Taken while the machine was busy with other work.**\n")


def format_row(cells: Iterable[object]) -> str:
    """A row of a table in Markdown."""
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _is_busy(others: str) -> bool:
    return others.replace(".", "", 1).isdigit() and float(others) > CAUTION


def read_sections(text: str) -> Iterator[Row]:
    """The rows of all tables with figures in a page or in what a benchmark printed."""
    title, heads, labels = "", list[str](), 0
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("## "):
            title, heads, labels = line[3:], [], 0
        elif not line.startswith("|"):
            heads, labels = [], 0
        elif not heads:
            heads = cells
        elif not labels:
            labels = sum(cell == "---" for cell in cells)
        else:
            yield Row(
                title, tuple(cells[:labels]), dict(zip(heads[labels:], cells[labels:], strict=True))
            )


class Size(NamedTuple):
    """How much a benchmark measures: all for the page, less for a check, next to nothing for the tests."""

    name: str

    def choose(self, full: int, check: int, small: int) -> int:
        """A number of this size."""
        return {"full": full, "check": check, "small": small}[self.name]


FULL, CHECK, SMALL = Size("full"), Size("check"), Size("small")


def read_size(about: str | None) -> Size:
    """Read a command line that has no more than a size."""
    parser = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    add_sizes(parser)
    return find_size(parser.parse_args())


def add_sizes(parser: argparse.ArgumentParser) -> None:
    """The options that say how much is measured."""
    parser.add_argument("--check", action="store_true", help="what `make bench-check` measures")
    parser.add_argument("--small", action="store_true", help="a small version, for the test suite")


def find_size(given: argparse.Namespace) -> Size:
    """Which of them was given."""
    return SMALL if given.small else CHECK if given.check else FULL
