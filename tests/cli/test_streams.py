"""Whatever the standard streams are, the exit code says what was committed, and there is no traceback."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from prassi.cli.commands.book import COMMANDS as BOOK_COMMANDS
from prassi.cli.main import COMMANDS

pytestmark = pytest.mark.unmeasured

FIXTURES = Path(__file__).parents[2] / "fixtures"
BOOKS = ("collections", "insistence", "cases", "packages", "requests")

LINES = {
    "init": "init -f new.db",
    "import": "import more.csv",
    "export": "export",
    "triage": "triage",
    "call-outcome": "call-outcome T-1009 no-answer --note è",
    "promise": "promise T-1010 --agreed-on 2026-03-18",
    "payment": "payment T-1010 --all",
    "preblock": "preblock T-1036",
    "sheet": "sheet preblock",
    "proforma": "proforma T-1010 add PF-ж 5",
    "care-reply": "care-reply T-1027 update --note ж",
    "hand-back": "hand-back T-1021 --note ж",
    "insistence-check": "insistence-check R-105 --customer unaware --description ж"
    " --name ж --phone +5622000 --email x@example.org",
    "answer": "answer R-101 --text ж",
    "case-route": "case-route K-208 repeat --insists",
    "call-conduct": "call-conduct K-208 insult --call 7",
    "call-line": "call-line --caller prospect --kind person",
    "package-book": "package-book --script",
    "package-expiry": "package-expiry P-113 --call no-answer",
    "package-visit": "package-visit P-101 2026-03-08T10:00 cancel",
    "package-cancel": "package-cancel P-101",
    "request": "request list",
    "event": "event T-1009 call outcome=no-answer",
    "show": "show T-1009",
    "log": "log",
    "undo": "undo",
    "explain": "explain T-1009",
    "what-if": "what-if --set collections.max_retries=2",
    "replay": "replay",
    "outbox": "outbox list --json",
    "book": "book list",
    "verify": "verify",
    "backup": "backup copy.db",
    "restore": "restore kept.db --replace",
}
"""A line of each command; some are refused, which has to be told as truly."""

QUICK = ("import", "triage", "show")
"""One that brings in, one that writes, one that reads; the others are tried with the slow tests."""


def slow(command: str) -> Any:
    return pytest.param(command, marks=pytest.mark.slow)


KINDS = {
    "closed": ("<&- >&- 2>&-", {}),
    "full": (">/dev/full 2>/dev/full", {}),
    "ascii": ("", {"PYTHONIOENCODING": "ascii"}),
    "cp1252": ("", {"PYTHONIOENCODING": "cp1252"}),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ticket file of all fixtures, a backup and a source to bring in."""
    folder = tmp_path_factory.mktemp("streams")
    for line in ("init", *(f"import {FIXTURES}/{book}.json" for book in BOOKS), "backup kept.db"):
        assert run(folder, line).returncode == 0
    (folder / "more.csv").write_text("ref,name\nC-99999,Ёж ✓\n", encoding="utf-8")
    return folder


def run(
    folder: Path, line: str, streams: str = "", more: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A command in a folder, its streams as a shell is told to give them."""
    env = {
        **os.environ, "PRASSI_AT": "2026-03-02", "PRASSI_CONFIG": str(FIXTURES / "prassi.toml"),
        **(more or {}),
    }  # fmt: skip
    words = f'"{sys.executable}" -m prassi.cli.main {line} {streams}'
    return subprocess.run(
        ["sh", "-c", words], cwd=folder, env=env, capture_output=True, text=True, errors="replace"
    )


def count_events(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "tickets.db")) as file:
        return int(file.execute("SELECT count(*) FROM event").fetchone()[0])


def test_every_command_has_a_line() -> None:
    assert LINES.keys() == COMMANDS.keys()
    assert BOOK_COMMANDS  # they write nothing


@pytest.mark.parametrize("command", [one if one in QUICK else slow(one) for one in LINES])
def test_the_exit_code_says_what_was_committed(command: str, made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    usual = run(tmp_path, LINES[command])
    wanted = count_events(tmp_path)
    assert usual.returncode in (0, 3), usual.stderr
    for kind, (streams, more) in KINDS.items():
        shutil.rmtree(tmp_path)
        shutil.copytree(made, tmp_path)
        before = count_events(tmp_path)
        ran = run(tmp_path, LINES[command], streams, more)
        about = f"{command}, {kind}: {ran.returncode} {ran.stderr}"
        assert "Traceback" not in ran.stderr, about
        after = count_events(tmp_path)
        if ran.returncode in (2, 3, 4):
            assert after == before, about
        if kind == "full" and usual.stdout:
            assert ran.returncode in (1, usual.returncode), about
        else:
            assert ran.returncode == usual.returncode, about
        assert after == wanted, about


def test_what_can_not_be_encoded_is_escaped_and_json_stays_what_it_is(made: Path) -> None:
    utf8 = run(made, "export").stdout
    ascii_ = run(made, "export", more={"PYTHONIOENCODING": "ascii"}).stdout
    assert ascii_.isascii()
    assert json.loads(ascii_) == json.loads(utf8)
    shown = run(made, "show K-208", more={"PYTHONIOENCODING": "cp1252"})
    assert shown.returncode == 0
    assert "\\u" in shown.stdout


def test_a_stream_that_was_closed_gives_its_number_to_no_file(made: Path, tmp_path: Path) -> None:
    """What is printed would else be written into whatever was opened first."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    assert run(tmp_path, "triage", ">&- 2>&-").returncode == 0
    assert run(tmp_path, "verify").returncode == 0


def test_standard_input_that_was_closed_is_empty(made: Path) -> None:
    ran = run(made, "import -", "<&-")
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
