#!/usr/bin/env python
"""How long commands take from start to end, beside a minimal script with Click and sqlite3.

    python scripts/bench/start.py [--check | --small]

All commands run in turn, round after round, so that a busy moment hits them alike; what is printed
is each one's median, and the median of its ratios to the minimal script in the same round.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence

from measuring.machine import OtherWork
from measuring.processes import PRASSI, Cost, run_process
from measuring.samples import compare_pairs
from measuring.sections import Section, Size, print_section, read_size

MINIMAL = """
import sqlite3, click

@click.command()
@click.argument("path")
def show(path):
    row = sqlite3.connect(path).execute("SELECT count(*) FROM ticket").fetchone()
    click.echo(str(row[0]))

show()
"""

TICKETS = """{"customers": [{"ref": "C-1", "name": "Officine Verdi srl", "email": "a@example.org", "language": "it"}],
"tickets": [%s]}"""
TICKET = """{"ref": "T-%d", "book": "collections", "customer": "C-1", "status": "new", "opened": "2026-02-01",
"missed_calls": %d, "proformas": [{"number": "PF-1", "amount": "120.00", "currency": "EUR"}]}"""

SETTINGS = '[company]\nname = "Quadrifoglia"\n'
AT = ("--at", "2026-03-02")
GOALS = {"show": 1.15, "--help": 0.9, "call-outcome": 1.35, "call-outcome, message": 1.8}
SECTION = Section(
    "From start to end",
    "`start.py`: short commands, beside a minimal script with Click and sqlite3, round after round; by the clock,\n"
    "and in seconds of the processor, which other work on the machine stretches less.",
    ("command",),
    ("ms", "ratio", "at most", "processor ms", "processor ratio", "peak MiB"),
)


def prassi(*words: str) -> list[str]:
    """A command line."""
    return [PRASSI, *words]


def prepare(folder: str, rounds: int) -> tuple[str, str]:
    """A ticket file with fresh tickets for each round, and an empty one."""
    full, empty = (os.path.join(folder, name) for name in ("full.db", "empty.db"))
    source = os.path.join(folder, "tickets.json")
    tickets = ",".join(TICKET % (n, n % 2) for n in range(1, 2 * rounds + 5))
    with open(source, "w", encoding="utf-8") as file:
        file.write(TICKETS % tickets)
    with open(os.path.join(folder, "prassi.toml"), "w", encoding="utf-8") as file:
        file.write(SETTINGS)
    for path in (full, empty):
        subprocess.run(prassi("init", "--file", path, "-q"), check=True)
    subprocess.run(prassi("import", source, "--file", full, "-q", *AT), check=True)
    return full, empty


def commands(script: str, full: str, empty: str, turn: int) -> dict[str, list[str]]:
    """What is timed in one round; tickets with an even number get a first call, with a message."""
    file, nothing = ("--file", full), ("--file", empty)
    return {
        "minimal": [sys.executable, script, full],
        "show": prassi("show", "T-1", *file),
        "--help": prassi("--help"),
        "call-outcome": prassi("call-outcome", f"T-{2 * turn + 1}", "no-answer", *file, *AT),
        "call-outcome, message": prassi(
            "call-outcome", f"T-{2 * turn + 2}", "no-answer", *file, *AT
        ),
        "triage, empty file": prassi("triage", *nothing, *AT),
    }


def measure(size: Size) -> Iterator[Sequence[object]]:
    """A row for each command."""
    rounds, others = size.choose(21, 11, 2), OtherWork()
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "minimal.py")
        with open(script, "w", encoding="utf-8") as file:
            file.write(MINIMAL)
        full, empty = prepare(folder, rounds)
        found: dict[str, list[Cost]] = {}
        for turn in range(rounds + 1):
            for name, command in commands(script, full, empty, turn).items():
                found.setdefault(name, []).append(run_process(command))
    yield from format_rows({name: costs[1:] for name, costs in found.items()}, others)


def format_rows(
    found: Mapping[str, Sequence[Cost]], others: OtherWork
) -> Iterator[Sequence[object]]:
    """The rows of what was measured; the first round, which warms caches, is left out before."""
    least = found["minimal"]
    for name, costs in found.items():
        cells: list[object] = []
        for times, of_least in zip(zip(*costs, strict=True), zip(*least, strict=True), strict=True):
            cells.append(f"{1000 * statistics.median(times):.1f}")
            cells.append(compare_pairs(times, of_least) if name != "minimal" else "")
        clock, ratio, processor, processor_ratio, *_ = cells
        memory = f"{statistics.median(cost.memory for cost in costs):.1f}"
        goal = GOALS.get(name, "")
        yield name, clock, ratio, goal, processor, processor_ratio, memory, others


if __name__ == "__main__":
    print_section(SECTION, measure(read_size(__doc__)))
