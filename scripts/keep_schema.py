#!/usr/bin/env python
"""Make the ticket file of the present schema that is kept for the tests of all later versions.

    python scripts/keep_schema.py [FOLDER]

It is tests/data/ticketfiles/schema-N.db, with tickets of all five books on which something of every
kind has happened. With the same code and SQLite it is the same to the byte each time: the clock
stands still. A file that is there stays: of a released schema, nothing changes any more.
"""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from pathlib import Path

from freezegun import freeze_time
from prassi.core.ticketfile import schema

sys.path.append(str(Path(__file__).parent / "hard"))

from common.commands import good
from common.files import OLD, ROOT

CLOCK = "2026-03-02T09:00:00+00:00"
BOOKS = ("collections", "insistence", "cases", "packages", "requests")
MONDAY, WEDNESDAY, LATER = "2026-03-02", "2026-03-04", "2026-03-20"
STEPS = (
    (MONDAY, "init"),
    (MONDAY, f"import {' '.join(f'{ROOT}/fixtures/{book}.json' for book in BOOKS)}"),
    (MONDAY, "triage"),
    (MONDAY, "call-outcome T-1009 no-answer --note 'È occupato: ёж, قطة'"),
    (MONDAY, "undo"),
    (MONDAY, "promise T-1010 --agreed-on 2026-03-18"),
    (
        MONDAY,
        "insistence-check R-105 --customer unaware --description 'Still nothing.'"
        " --name 'Ximena Bravo' --phone '+56 2 0000 1105' --email ximena@example.org",
    ),
    (MONDAY, "answer R-101 --text 'The meter was read again.'"),
    (MONDAY, "case-route K-208 repeat --insists"),
    (MONDAY, "package-expiry P-113 --call no-answer"),
    (WEDNESDAY, "request states add parked"),
    (WEDNESDAY, "request move Q-108 parked"),
    (WEDNESDAY, "payment T-1010 --all"),
    (LATER, "triage"),
)
"""What happens, and when."""


def make(path: str) -> None:
    """Make the file, with the clock standing still."""
    for at, command in STEPS:
        words = [*shlex.split(command), "--file", path, "--quiet"]
        if not command.startswith("init"):
            words += ["--at", at, "--config", str(ROOT / "fixtures" / "prassi.toml")]
        good(words)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else OLD
    path = folder / f"schema-{schema.VERSION}.db"
    if path.exists():
        sys.exit(f"{path} is there, and stays as it is.")
    with tempfile.TemporaryDirectory() as cache, freeze_time(CLOCK):
        os.environ["PRASSI_CACHE"] = cache
        make(str(path))
    path.chmod(0o644)
    print(f"{path} is made.")


if __name__ == "__main__":
    main()
