"""Run commands on a disk that is full, or nearly; prints how each of them ended.

`python full_disk.py DISK TICKETS`: DISK is the folder of a small disk of its own, TICKETS a ticket
file. As a test needs a disk to fill, it runs this in a namespace of its own.
"""

from __future__ import annotations

import gc
import json
import shutil
import sys
from pathlib import Path

from desk import Desk

COMMANDS = (
    "call-outcome T-1 no-answer",
    "triage",
    "undo",
    "import {more}",
    "init -f {new}",
)
FREE = (0, 4096, 8192, 16384, 32768, 65536, 131072)
"""Bytes that are left on the disk; with some of them a step begins and can't end."""


def main(disk: Path, tickets: Path) -> None:
    """Every command with every amount of room, each on a fresh copy of the ticket file."""
    for free in FREE:
        for command in COMMANDS:
            gc.collect()  # A connection that hangs on an error keeps its file, although deleted.
            for path in disk.iterdir():
                path.unlink()
            desk = Desk(disk)
            shutil.copy(tickets, desk.file)
            fill(disk / "filler", free)
            before = desk.file.read_bytes()
            names = {"more": tickets.with_suffix(".csv"), "new": disk / "new.db"}
            ran = desk.run(command.format(**names))
            left = sorted(path.name for path in disk.iterdir())
            same = desk.file.read_bytes() == before
            (disk / "filler").unlink()
            sound = desk.run("verify").code == 0
            print(json.dumps([command, free, ran.code, ran.err, left, same, sound]))


def fill(path: Path, free: int) -> None:
    """Take all the room there is, but for `free` bytes."""
    with path.open("wb", buffering=0) as file:
        size = 0
        try:
            while True:
                size += file.write(bytes(4096))
        except OSError:
            file.truncate(max(0, size - free))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
