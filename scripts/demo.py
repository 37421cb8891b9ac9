"""What Prassi does, shown on five desks of invented customers: `make demo`.

Makes demo.db in the current folder anew, out of fixtures/, and works through a Monday morning.
Every line that begins with $ can be typed by hand after that; the output is always the same.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FILE = Path("demo.db")
SETTINGS = {
    "PRASSI_FILE": str(FILE),
    "PRASSI_CONFIG": "fixtures/prassi.toml",
    "PRASSI_AT": "2026-03-02",
}
BOOKS = ("collections", "insistence", "cases", "packages", "requests")
STEPS = (
    (
        "The tickets of five desks, as their old programs export them, become one ticket file.",
        "init",
        "import " + " ".join(f"fixtures/{book}.json" for book in BOOKS),
    ),
    (
        "Monday morning: what people have to do, most urgent first, and what was done by itself.",
        "triage",
    ),
    (
        "Lavanderia Bolle Blu was missed three times. What if nobody answers today? And why?",
        "explain T-1009 call outcome=no-answer",
    ),
    ("Nobody answers.", "call-outcome T-1009 no-answer"),
    ("One of the letters that wait to be sent.", "outbox show 1"),
    ("Who has had a pre-block notice, and what follows when.", "preblock"),
    (
        "What would a longer notice change, until the end of the month?",
        "what-if --set collections.preblock_days=20 --until 2026-03-31",
    ),
    (
        "A requirement is late: the contact centre files the follow-up.",
        "insistence-check R-105 --name 'Ximena Bravo' --phone '+56 2 0000 1105'"
        " --email ximena@example.org --description 'Still no answer about the meter.'",
    ),
    ("A caller wants a waiting case solved at once.", "case-route K-208 repeat --insists"),
    ("What waits in a queue.", "case-route queue backoffice"),
    (
        "A package is over, and nobody answers: an SMS says until when the visits left can be used.",
        "package-expiry P-113 --call no-answer",
    ),
    ("What customers ask for, by state.", "request board"),
)
"""What is shown: a sentence, and the commands for it."""


def run(command: str) -> None:
    """Show a command as it is typed, and run it; the demo ends where it fails."""
    print(f"$ prassi {command}", flush=True)
    words = [sys.executable, "-m", "prassi.cli.main", *shlex.split(command)]
    ended = subprocess.run(words, env=os.environ | SETTINGS, check=False)
    if ended.returncode:
        sys.exit(ended.returncode)


def lines() -> Iterator[str]:
    """The settings as a shell takes them."""
    return (f"$ export {name}={value}" for name, value in SETTINGS.items())


def main() -> None:
    if not Path("fixtures").is_dir():
        sys.exit("There is no folder fixtures here: run this from the top of the repository.")
    FILE.unlink(missing_ok=True)
    print("\n".join(lines()))
    for about, *commands in STEPS:
        print(f"\n# {about}")
        for command in commands:
            run(command)


if __name__ == "__main__":
    main()
