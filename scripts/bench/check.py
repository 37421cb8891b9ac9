#!/usr/bin/env python
"""Say whether a figure got worse than the one in docs/performance.md by more than its spread.

    python scripts/bench/check.py [NAME ...] [--small]

NAME is a benchmark: start, each (a night of each book), what-if, decide, peers; by default all but peers.
Compared are ratios that were measured side by side, since times depend on the machine. A ratio is worse
if its median lies further from the one in the page than the lowest and the highest of either are apart.
What looks worse is measured once more, and only what is worse both times counts: then the exit code is 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from measuring.samples import Sample, is_worse, read_sample
from measuring.sections import OTHERS, format_row, read_sections
from page import BENCHMARKS, DOCS, PAGE, run_benchmark

NAMES = [name for name in BENCHMARKS if name != "night"]
"""Nights of many sizes take too long to be measured again and again."""


class Place(NamedTuple):
    """Where a ratio stands in the page: section, row, column."""

    title: str
    labels: tuple[str, ...]
    head: str

    @property
    def more_is_better(self) -> bool:
        """Whether the ratio says how many times as quick something is, not how slow."""
        return "times" in self.head

    def __str__(self) -> str:
        return f"{self.title}: {', '.join(self.labels)}: {self.head}"


class Ratio(NamedTuple):
    """A ratio, and how many processors worked for others when it was measured."""

    sample: Sample
    others: str


def read_ratios(text: str) -> Mapping[Place, Ratio]:
    """All ratios of a page, or of what a benchmark printed."""
    return {
        Place(row.title, row.labels, head): Ratio(sample, row.cells.get(OTHERS, "?"))
        for row in read_sections(text)
        for head, cell in row.cells.items()
        if (sample := read_sample(cell)) is not None
    }


def find_worse(before: Mapping[Place, Ratio], now: Mapping[Place, Ratio]) -> list[Place]:
    """Ratios that got worse by more than their spread."""
    return [
        place
        for place, ratio in now.items()
        if place in before and is_worse(before[place].sample, ratio.sample, place.more_is_better)
    ]


def format_comparison(
    before: Mapping[Place, Ratio], now: Mapping[Place, Ratio], worse: Iterable[Place]
) -> Iterator[str]:
    """A line for each ratio that was measured."""
    for place, ratio in now.items():
        old = before.get(place)
        verdict = "WORSE" if place in worse else "not in the page" if old is None else "fine"
        kept = ("", "") if old is None else (old.sample, old.others)
        yield format_row((place, *kept, ratio.sample, ratio.others, verdict))


def compare_benchmark(name: str, options: list[str], before: Mapping[Place, Ratio]) -> list[Place]:
    """Measure a benchmark, once more if something looks worse; print and return what is."""
    now = read_ratios(run_benchmark(name, *options))
    worse = find_worse(before, now)
    if worse:
        now = read_ratios(run_benchmark(name, *options))
        worse = [place for place in find_worse(before, now) if place in worse]
    for line in format_comparison(before, now, worse):
        print(line, flush=True)
    return worse


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--small", action="store_true", help="measure next to nothing")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; name one of: {', '.join(NAMES)}")
    before = read_ratios((DOCS / PAGE).read_text(encoding="utf-8"))
    print(format_row(("figure", "in the page", OTHERS, "now", OTHERS, "verdict")))
    print(format_row(["---"] * 6))
    options = ["--small" if given.small else "--check"]
    names = given.names or [name for name in NAMES if name != "peers"]
    worse = [place for name in names for place in compare_benchmark(name, options, before)]
    for place in worse:
        print(f"Got worse: {place}", file=sys.stderr)
    sys.exit(bool(worse))


if __name__ == "__main__":
    main()
