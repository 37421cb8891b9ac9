#!/usr/bin/env python
"""How long a night takes beside the floor: a bare sqlite3 script that writes the very same rows.

    python scripts/bench/triage.py [BOOK ...] [N ...] [--least] [--rounds N] [--no-agents] [--check | --small]

By default `collections` at 1,000 to 1,000,000 tickets, on all of which the night acts. Of any other BOOK
(`all` is every book) the tickets are those of its fixture on which the night acts, copied. Where it acts on
none there are no rows to write, so there is no floor and no ratio.

In turn and in processes of their own, `prassi triage --quiet` runs over one copy of a ticket file, and
over another the floor (floor.py), some rounds. After each size of `collections` a night runs once more
while agents' commands come in; how long they wait is printed too.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import floor
from measuring.machine import OtherWork
from measuring.processes import PRASSI, Cost, run_in_turn, run_process
from measuring.samples import compare_pairs
from measuring.sections import Section, Size, add_sizes, find_size, print_section
from night_files import AT, make_file
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE

TRIAGE = (PRASSI, "triage", "--at", AT, "--quiet", "--file")
GOALS = {100_000: 1.8, 1_000_000: 1.35}
COMPARED = 100_000
"""The most tickets at which it is checked that the floor writes the same."""
COLUMNS = ("rows", "night s", "floor s", "ratio", "at most", "µs a ticket", "peak MiB", "agents s")
NIGHT = Section(
    "A night",
    "`triage.py`: a night that acts on all tickets of `collections`, beside the floor, a bare `sqlite3`\n"
    "script that writes the very same rows in one transaction. Agents' commands come in beside another night:\n"
    "how many seconds the longest of them took, from start to end (at most 1).",
    ("book", "tickets"),
    COLUMNS,
)
EACH = NIGHT._replace(
    title="Each book",
    about="`triage.py all`: the same for the tickets of each book's fixture, copied. Where the night only asks"
    " people\nfor something it writes nothing, and there is no floor.",
)


class Asked(NamedTuple):
    """What is to be measured: of which books, at how many tickets, how often."""

    books: Sequence[str]
    counts: Sequence[int]
    rounds: int
    least: bool
    agents: bool


class Trial:
    """A ticket file, and copies of it over which night and floor run."""

    def __init__(self, folder: str, book: str, count: int, least: bool) -> None:
        self.base = make_file(folder, book, count)
        self.done, self.bare, self.rows_path = (
            os.path.join(folder, name) for name in ("done.db", "bare.db", "rows.db")
        )
        self.run_night()
        self.rows = floor.take_rows(self.done, self.base, self.rows_path, least)
        if self.rows and count <= COMPARED and not least:
            self.run_floor()
            floor.compare_files(self.done, self.bare)

    def run_night(self) -> Cost:
        """A night over a fresh copy."""
        copy_file(self.base, self.done)
        return run_process([*TRIAGE, self.done])

    def run_floor(self) -> Cost:
        """The floor over a fresh copy; its time is that of the statements alone."""
        copy_file(self.base, self.bare)
        printed = f"{self.rows_path}.seconds"
        cost = run_process(
            [sys.executable, "-c", floor.SCRIPT, self.bare, self.rows_path], target=printed
        )
        return cost._replace(clock=float(Path(printed).read_text()))


def copy_file(path: str, target: str) -> None:
    """Copy a file to the disk: what is still to be written must not slow down what is measured."""
    shutil.copy(path, target)
    os.sync()


def wait_beside(trial: Trial, count: int) -> float:
    """Seconds of the longest of the agents' commands that come in while a night runs."""
    copy_file(trial.base, trial.done)
    stop, waits = threading.Event(), list[float]()
    thread = threading.Thread(target=call_agents, args=(trial.done, count, stop, waits))
    thread.start()
    try:
        run_process([*TRIAGE, trial.done])
    finally:
        stop.set()
        thread.join()
    if not waits:
        sys.exit("An agent's command beside the night failed.")
    return max(waits)


def call_agents(path: str, count: int, stop: threading.Event, waits: list[float]) -> None:
    """Put down how long commands take on tickets of the night's own kind; nothing if one fails."""
    chance = random.Random(1)
    while True:
        ref = f"T-{chance.randrange(1, min(count, 10_000))}"
        words = (PRASSI, "call-outcome", ref, "no-answer", "--file", path, "--at", AT, "--quiet")
        try:
            waits.append(run_process(words).clock)
        except SystemExit:
            waits.clear()
            return
        if stop.is_set():
            return
        time.sleep(0.2)


def measure(asked: Asked) -> Iterator[Sequence[object]]:
    """A row for each book and size."""
    for book in asked.books:
        for count in asked.counts:
            others = OtherWork()
            with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
                yield book, f"{count:,}", *measure_one(folder, book, count, asked), others


def measure_one(folder: str, book: str, count: int, asked: Asked) -> Iterator[object]:
    """The figures of a row."""
    trial = Trial(folder, book, count, asked.least)
    jobs: dict[str, Callable[[], Cost]] = {"night": trial.run_night}
    if trial.rows:
        jobs["floor"] = trial.run_floor
    found = run_in_turn(asked.rounds, jobs)
    nights, floors = ([cost.clock for cost in found.get(one, ())] for one in ("night", "floor"))
    night = statistics.median(nights)
    yield f"{trial.rows:,}"
    yield f"{night:.2f}"
    yield f"{statistics.median(floors):.2f}" if floors else ""
    yield compare_pairs(nights, floors) if floors else ""
    yield GOALS.get(count, "") if floors else ""
    yield f"{1e6 * night / count:.2f}"
    yield f"{statistics.median(cost.memory for cost in found['night']):.1f}"
    yield f"{wait_beside(trial, count):.2f}" if asked.agents and book == "collections" else ""


def read_asked() -> tuple[Section, Asked]:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("asked", nargs="*", metavar="BOOK|N")
    parser.add_argument("--least", action="store_true", help="the floor sets what changed only")
    parser.add_argument("--rounds", type=int, help="nights and floors in turn, by default 5")
    parser.add_argument("--no-agents", action="store_true", help="no commands beside a night")
    add_sizes(parser)
    given = parser.parse_args()
    size = find_size(given)
    books = [word for word in given.asked if not word.isdigit()]
    each = books == ["all"]
    counts = [int(word) for word in given.asked if word.isdigit()] or choose_counts(size, each)
    asked = Asked(
        books=Shelf(NONE).names() if each else books or ["collections"],
        counts=counts,
        rounds=given.rounds or size.choose(5, 5, 1),
        least=given.least,
        agents=not given.no_agents and not each,
    )
    return EACH if each else NIGHT, asked


def choose_counts(size: Size, each: bool) -> Sequence[int]:
    """How many tickets there are by default."""
    if each:
        return (size.choose(100_000, 100_000, 100),)
    counts = {"full": (1_000, 10_000, 100_000, 1_000_000), "check": (1_000, 10_000, 100_000)}
    return counts.get(size.name, (100,))


def main() -> None:
    section, asked = read_asked()
    print_section(section, measure(asked))


if __name__ == "__main__":
    main()
