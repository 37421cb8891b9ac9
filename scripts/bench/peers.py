#!/usr/bin/env python
"""A night over due tickets, beside Taskwarrior's bulk update of as many due tasks.

    python scripts/bench/peers.py [--check | --small]

Each gets so many things that are due, and one command: `prassi triage --quiet` decides on each ticket by
its book and writes what follows with its history; `task ... modify` gives each due task a priority and
a new day. It is set up to be quick: it says nothing, keeps no journal of changes beside its log, and
leaves tidying up for later. Taskwarrior is Debian's package `taskwarrior`; where it is missing, that is
said, and nothing is measured.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from measuring.machine import OtherWork
from measuring.processes import PRASSI, Cost, TooLong, run_in_turn, run_process
from measuring.samples import compare_pairs
from measuring.sections import Section, Size, print_section, read_size
from night_files import AT, make_file

MOST = 900
"""Seconds after which a peer's command is stopped."""
MISSING = "Taskwarrior was not installed, so nothing was measured beside it; Debian's package is taskwarrior."
SECTION = Section(
    "Beside Taskwarrior",
    "`peers.py`: a night of as many tickets as Taskwarrior has due tasks. It gives each a priority and a new\n"
    "day, in one command, and is set up to be quick.",
    ("tickets",),
    ("prassi s", "Taskwarrior s", "times as quick", "at least"),
)
SETTINGS = """\
data.location={0}
confirmation=no
bulk=0
recurrence.confirmation=no
dependency.confirmation=no
hooks=0
verbose=nothing
journal.info=off
gc=off
"""


class Taskwarrior:
    """Tasks in a folder, all of them due, which are given back after each update."""

    def __init__(self, folder: str, count: int) -> None:
        self._tasks, self._kept = os.path.join(folder, "tasks"), os.path.join(folder, "kept")
        os.mkdir(self._tasks)
        settings, source = os.path.join(folder, "taskrc"), os.path.join(folder, "tasks.json")
        Path(settings).write_text(SETTINGS.format(self._tasks), encoding="utf-8")
        Path(source).write_text(make_tasks(count), encoding="utf-8")
        self._environment = {"TASKRC": settings, "TASKDATA": self._tasks}
        self._run("import", source)
        shutil.copytree(self._tasks, self._kept)

    def update(self) -> Cost:
        """A bulk update of fresh tasks."""
        shutil.copytree(self._kept, self._tasks, dirs_exist_ok=True)
        os.sync()
        return self._run("due.before:2026-03-02", "modify", "priority:H", "due:2026-03-09")

    def _run(self, *words: str) -> Cost:
        return run_process(["task", *words], environment=self._environment, most=MOST)


def make_tasks(count: int) -> str:
    """As many tasks as Taskwarrior imports them, all of them due."""
    made = [
        {
            "description": f"Officine Verdi {number} srl",
            "project": "collections",
            "entry": "20260115T090000Z",
            "due": "20260225T090000Z",
            "tags": ["controllo"],
        }
        for number in range(count)
    ]
    return "\n".join(json.dumps(one) for one in made)


def measure(size: Size) -> Iterator[Sequence[object]]:
    """A row for each number of tickets; none without Taskwarrior."""
    if shutil.which("task") is None:
        return
    for count in (1_000, 10_000) if size.name == "full" else (size.choose(0, 1_000, 20),):
        others = OtherWork()
        with tempfile.TemporaryDirectory() as folder:
            yield f"{count:,}", *measure_one(folder, count, size), others


def measure_one(folder: str, count: int, size: Size) -> Sequence[object]:
    """The figures of a row."""
    base, done = make_file(folder, "collections", count), os.path.join(folder, "done.db")

    def run_night() -> Cost:
        shutil.copy(base, done)
        os.sync()
        return run_process([PRASSI, "triage", "--at", AT, "--quiet", "--file", done])

    try:
        jobs = {"prassi": run_night, "task": Taskwarrior(folder, count).update}
        found = run_in_turn(size.choose(5, 5, 1), jobs)
    except TooLong:
        return f"{run_night().clock:.2f}", f"more than {MOST}", "", ""
    ours, theirs = ([cost.clock for cost in found[name]] for name in jobs)
    middles = (f"{statistics.median(times):.2f}" for times in (ours, theirs))
    return *middles, compare_pairs(theirs, ours), ""


def main() -> None:
    size = read_size(__doc__)
    print_section(SECTION, measure(size))
    if shutil.which("task") is None:
        print(f"{MISSING}\n")


if __name__ == "__main__":
    main()
