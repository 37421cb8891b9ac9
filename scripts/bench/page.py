#!/usr/bin/env python
"""Run all benchmarks, one after the other, and write their page: docs/performance.md with its plot.

    python scripts/bench/page.py [--check | --small]

Each prints its section of the page. What stands in the page outside of the two marks stays as it is: what
dominates, and what was tried and did not help. Taskwarrior and Zen are measured where they are installed.
`--check` measures what `make bench-check` does, without nights of a million tickets; `--small` measures
next to nothing, and prints what it would write.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import plot
from measuring.machine import describe_machine
from measuring.sections import FULL, SMALL, Row, add_sizes, find_size, read_sections

DOCS = Path(__file__).parents[2] / "docs"
PAGE, PLOT = "performance.md", "performance.svg"
BEGIN, END = "<!-- figures: made by `make bench` -->", "<!-- end of the figures -->"
GROWTH_GOAL = 12
BENCHMARKS: dict[str, Sequence[str]] = {
    "start": ("start",),
    "night": ("triage",),
    "each": ("triage", "all"),
    "what-if": ("what_if",),
    "decide": ("decide",),
    "peers": ("peers",),
}
"""The script of each benchmark, with its words."""


def run_benchmark(name: str, *options: str) -> str:
    """What a benchmark prints, in a process of its own; its warnings go to the terminal."""
    script, *words = BENCHMARKS[name]
    began = time.monotonic()
    print(f"{name} ...", end="", file=sys.stderr, flush=True)
    path = Path(__file__).parent / f"{script}.py"
    command = [sys.executable, str(path), *words, *options]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if ran.returncode:
        sys.exit(f"The benchmark {name} failed; nothing was written.")
    print(f" {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return ran.stdout


def format_page(sections: Iterable[str]) -> str:
    """The part of the page that the benchmarks make."""
    made = [f"{describe_machine()}.\n"]
    for section in sections:
        made += [section.strip(), "", *describe_growth(find_nights(section))]
    return "\n".join(made)


def find_nights(text: str) -> list[Row]:
    """The nights of many sizes among what was printed."""
    return [row for row in read_sections(text) if row.title == "A night"]


def describe_growth(nights: Sequence[Row]) -> Iterator[str]:
    """The picture of the nights, and how the time grows from each size to the next."""
    sizes = [(count_tickets(row), float(row.cells["night s"])) for row in nights]
    steps = [
        f"{b / a:g} times the tickets of {a:,} took {slow / quick:.1f} times the time"
        for (a, quick), (b, slow) in pairwise(sizes)
    ]
    if steps:
        yield f"![What a night costs, from few tickets to many]({PLOT})\n"
        yield f"{'; '.join(steps)} (at most, for ten times: {GROWTH_GOAL}).\n"


def count_tickets(row: Row) -> int:
    """How many tickets a night had."""
    return int(row.labels[-1].replace(",", ""))


def draw_nights(nights: Sequence[Row]) -> str:
    """The picture of the nights."""
    heads = {"night": "night s", "floor": "floor s"}
    return plot.plot(
        {
            name: [
                (count_tickets(row), float(row.cells[head])) for row in nights if row.cells[head]
            ]
            for name, head in heads.items()
        }
    )


def put(old: str, made: str) -> str:
    """The page with other figures; all outside of the marks stays."""
    before, begin, rest = old.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE} has lost the marks that the figures stand between: {BEGIN} {END}")
    return f"{before}{BEGIN}\n\n{made.rstrip()}\n\n{END}{after}"


def write(folder: Path, sections: Sequence[str]) -> None:
    """Write the page and its picture."""
    path = folder / PAGE
    made = put(path.read_text(encoding="utf-8"), format_page(sections))
    nights = [row for section in sections for row in find_nights(section)]
    if nights:
        (folder / PLOT).write_text(draw_nights(nights), encoding="utf-8")
    path.write_text(made, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Run all benchmarks, and write their page.")
    add_sizes(parser)
    size = find_size(parser.parse_args())
    options = [] if size is FULL else [f"--{size.name}"]
    sections = [run_benchmark(name, *options) for name in BENCHMARKS]
    if size is SMALL:
        print(format_page(sections))
    else:
        write(DOCS, sections)
        print(f"docs/{PAGE} and docs/{PLOT} are written.")


if __name__ == "__main__":
    main()
