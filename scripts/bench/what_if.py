#!/usr/bin/env python
"""How long `prassi what-if` takes beside a dry-run triage of the same file, and what memory it takes.

    python scripts/bench/what_if.py [--check | --small]

A ticket file is made with open tickets of collections, as for a night. Then, in turn and in processes of
their own, a dry-run triage and a trial run over it, in seconds of the processor. The trial has another
figure and another closure, and lists every ticket that goes another way. Beside the triage that prints
what is to be done there is one that prints nothing, and so has less to work out.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial

from measuring.machine import OtherWork
from measuring.processes import PRASSI, run_in_turn, run_process
from measuring.samples import compare_pairs
from measuring.sections import Section, Size, print_section, read_size
from night_files import AT, make_file

COMMANDS = {
    "triage": ("triage", "--dry-run"),
    "quiet": ("triage", "--dry-run", "--quiet"),
    "what-if": ("what-if", "--set", "collections.preblock_days=25", "--closure", AT, "--list"),
}
SECTION = Section(
    "What if",
    "`what_if.py`: `what-if` with another figure and another closure, which lists every ticket that goes\n"
    "another way, beside `triage --dry-run` on the same tickets of `collections`; with `--quiet` that prints\n"
    "nothing, and has less to work out. Seconds of the processor.",
    ("tickets",),
    ("what-if s", "dry run s", "ratio", "at most", "quiet s", "ratio to quiet", "peak MiB"),
)
GOAL = 2


def measure(size: Size) -> Iterator[Sequence[object]]:
    """A row for each number of tickets."""
    counts = (1_000, 10_000, 100_000) if size.name == "full" else (size.choose(0, 10_000, 100),)
    for count in counts:
        others = OtherWork()
        with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
            yield f"{count:,}", *measure_one(folder, count, size), others


def measure_one(folder: str, count: int, size: Size) -> Iterator[object]:
    """The figures of a row."""
    end = ("--file", make_file(folder, "collections", count), "--at", AT)
    jobs = {name: partial(run_process, [PRASSI, *words, *end]) for name, words in COMMANDS.items()}
    found = run_in_turn(size.choose(5, 5, 1), jobs)
    worked = {name: [cost.processor for cost in costs] for name, costs in found.items()}
    middle = {name: f"{statistics.median(times):.2f}" for name, times in worked.items()}
    yield middle["what-if"]
    yield middle["triage"]
    yield compare_pairs(worked["what-if"], worked["triage"])
    yield GOAL
    yield middle["quiet"]
    yield compare_pairs(worked["what-if"], worked["quiet"])
    yield f"{statistics.median(cost.memory for cost in found['what-if']):.1f}"


if __name__ == "__main__":
    print_section(SECTION, measure(read_size(__doc__)))
