#!/usr/bin/env python
"""How long commands take from start to end, beside a minimal script with Click and sqlite3.

    python scripts/bench/start.py [ROUNDS]          default: 21

All commands run in turn, round after round, so that a busy moment hits them alike; what is printed
is each one's median, and the median of its ratios to the minimal script in the same round.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

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

AT = ("--at", "2026-03-02")
GOALS = {"show": 1.3, "--help": 1.3, "call-outcome": 1.5, "call-outcome, message": 2.2}


def prassi(*words: str) -> list[str]:
    """The installed command itself, as users start it."""
    return [os.path.join(os.path.dirname(sys.executable), "prassi"), *words]


def prepare(folder: str, rounds: int) -> tuple[str, str]:
    """A ticket file with fresh tickets for each round, and an empty one."""
    full, empty = (os.path.join(folder, name) for name in ("full.db", "empty.db"))
    source = os.path.join(folder, "tickets.json")
    tickets = ",".join(TICKET % (n, n % 2) for n in range(1, 2 * rounds + 5))
    with open(source, "w", encoding="utf-8") as file:
        file.write(TICKETS % tickets)
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


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "minimal.py")
        with open(script, "w", encoding="utf-8") as file:
            file.write(MINIMAL)
        full, empty = prepare(folder, rounds)
        timed: dict[str, list[float]] = {}
        for turn in range(rounds + 1):
            for name, command in commands(script, full, empty, turn).items():
                timed.setdefault(name, []).append(seconds(command))
    for name, all_times in timed.items():
        times = all_times[1:]  # the first round warms caches
        ratio = statistics.median(a / b for a, b in zip(times, timed["minimal"][1:], strict=True))
        goal = f"   to reach: {GOALS[name]}" if name in GOALS else ""
        print(
            f"{name:<24} {statistics.median(times) * 1000:6.1f} ms   {ratio:4.2f} of minimal{goal}"
        )


if __name__ == "__main__":
    main()
