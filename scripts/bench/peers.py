#!/usr/bin/env python
"""A night over due tickets, beside Taskwarrior's bulk update of as many due tasks.

    python scripts/bench/peers.py [N ...]       default: 10000 100000

Each gets N things that are due, and one command: `prassi triage --quiet` decides on each ticket by
its book and writes what follows with its history; `task ... modify` gives each due task a priority and
a new day. Taskwarrior is Debian's package `taskwarrior`; where it is missing, that is said, and
nothing is measured.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from typing import Any

import triage

AT = triage.AT
MOST = 900
"""Seconds after which a peer's command is stopped."""
MISSING = "Taskwarrior is not installed, so nothing is measured beside it; Debian's package is taskwarrior."


def tasks(count: int) -> str:
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


def timed(command: list[str], **given: Any) -> float | None:
    """Seconds of a command; None where it takes too long."""
    start = time.perf_counter()
    try:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=MOST, **given)
    except subprocess.TimeoutExpired:
        return None
    return time.perf_counter() - start


def taskwarrior(count: int, folder: str) -> tuple[float | None, str]:
    """Seconds of a bulk update, once the tasks are imported; and Taskwarrior's version.

    None where one of the two takes too long. It is set up to be quick: it says nothing, keeps no journal
    of changes beside its log, and leaves tidying up for later.
    """
    settings = os.path.join(folder, "taskrc")
    with open(settings, "w", encoding="utf-8") as file:
        file.write(
            f"data.location={folder}\nconfirmation=no\nbulk=0\nrecurrence.confirmation=no\n"
            "dependency.confirmation=no\nhooks=0\nverbose=nothing\njournal.info=off\ngc=off\n"
        )
    env = {**os.environ, "TASKRC": settings, "TASKDATA": folder}
    version = subprocess.run(
        ["task", "--version"], check=True, capture_output=True, text=True, env=env
    )
    quiet: dict[str, Any] = {"env": env, "stderr": subprocess.DEVNULL}
    made = timed(["task", "import", "-"], input=tasks(count).encode(), **quiet)
    update = ["task", "due.before:2026-03-02", "modify", "priority:H", "due:2026-03-09"]
    return made and timed(update, **quiet), version.stdout.strip()


def prassi(count: int, folder: str) -> float | None:
    """Seconds of a night on which something is done with every ticket."""
    path = os.path.join(folder, "tickets.db")
    triage.make(path, count)
    command = [
        sys.executable,
        "-m",
        "prassi.cli.main",
        "triage",
        "--at",
        AT,
        "--quiet",
        "--file",
        path,
    ]
    return timed(command)


def measure(count: int) -> dict[str, Any]:
    """One size."""
    with tempfile.TemporaryDirectory() as folder:
        ours = prassi(count, folder)
    with tempfile.TemporaryDirectory() as folder:
        theirs, version = taskwarrior(count, folder)
    told: dict[str, Any] = {"tickets": count, "prassi_s": ours and round(ours, 2)}
    told |= {"taskwarrior": version, "taskwarrior_s": theirs and round(theirs, 2)}
    if theirs is None:
        told["longer_than_s"] = MOST
    elif ours is not None:
        told["ratio"] = round(theirs / ours, 1)
    return told


def main() -> None:
    if shutil.which("task") is None:
        print(MISSING, file=sys.stderr)
        return
    for count in [int(size) for size in sys.argv[1:]] or [10_000, 100_000]:
        print(json.dumps(measure(count)), flush=True)


if __name__ == "__main__":
    main()
