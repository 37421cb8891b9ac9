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
from command_lines import LINES
from prassi.cli.commands.book import COMMANDS as BOOK_COMMANDS
from prassi.cli.main import COMMANDS

pytestmark = pytest.mark.unmeasured

FIXTURES = Path(__file__).parents[2] / "fixtures"
BOOKS = ("collections", "insistence", "cases", "packages", "requests")

QUICK = ("import", "triage", "show")
"""One that brings in, one that writes, one that reads; the others are tried with the slow tests."""


def slow(command: str) -> Any:
    return pytest.param(command, marks=pytest.mark.slow)


MORE = {
    "outbox export": "outbox export mail",
    "request new": "request new --customer C-101 --text ж",
    "request move": "request move Q-104 in-progress",
    "request board": "request board",
    "request states": "request states add Ж",
    "case-route folder": "case-route folder --creator anna",
    "triage --json": "triage --json",
    "undo of a run": "undo --run 2",
    "book show": "book show cases",
    "book test": "book test requests --list",
    "wrong usage": "call-outcome T-1009",
    "bad input": "import nowhere.csv",
}
"""Other lines, with those of groups: what they write is counted in the same way."""

TURNED_DOWN = ("wrong usage", "bad input", "desk")
"""Lines that are wrong, and what needs a terminal."""

SENTENCES = {name: line.words for name, line in LINES.items()} | MORE

KINDS = {
    "closed": ("<&- >&- 2>&-", {}),
    "full": (">/dev/full 2>/dev/full", {}),
    "ascii": ("", {"PYTHONIOENCODING": "ascii"}),
    "cp1252": ("", {"PYTHONIOENCODING": "cp1252"}),
}

EACH = {
    "latin-1": ("", {"PYTHONIOENCODING": "latin-1"}),
    "strict": ("", {"PYTHONIOENCODING": "latin-1:strict"}),
    "stdout closed": (">&-", {}),
    "stderr closed": ("2>&-", {}),
    "stdout full": (">/dev/full", {}),
    "stderr full": ("2>/dev/full", {}),
    "nobody reads": ("| true", {}),
}
"""One stream at a time, and other encodings."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ticket file of all fixtures, a backup and a source to bring in."""
    folder = tmp_path_factory.mktemp("streams")
    for line in ("init", *(f"import {FIXTURES}/{book}.json" for book in BOOKS), "backup kept.db"):
        assert run(folder, line).returncode == 0
    (folder / "more.csv").write_text("ref,name\nC-99999,Ёж ✓\n", encoding="utf-8")
    (folder / "more.toml").write_text('[customer]\nref = "ref"\nname = "name"\n')
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


@pytest.mark.parametrize("command", [one if one in QUICK else slow(one) for one in SENTENCES])
def test_the_exit_code_says_what_was_committed(command: str, made: Path, tmp_path: Path) -> None:
    compare(command, KINDS, made, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("command", SENTENCES)
def test_it_does_so_for_each_stream(command: str, made: Path, tmp_path: Path) -> None:
    compare(command, EACH, made, tmp_path)


def compare(
    command: str, kinds: dict[str, tuple[str, dict[str, str]]], made: Path, tmp_path: Path
) -> None:
    """Run a line with the usual streams and with others: as much is committed, and as truly told."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    usual = run(tmp_path, SENTENCES[command])
    before, wanted = count_events(made), count_events(tmp_path)
    assert usual.returncode in ((2,) if command in TURNED_DOWN else (0, 3)), usual
    for kind, (streams, more) in kinds.items():
        shutil.rmtree(tmp_path)
        shutil.copytree(made, tmp_path)
        ran = run(tmp_path, SENTENCES[command], streams, more)
        about = f"{command}, {kind}: {ran.returncode} {ran.stderr}"
        assert "Traceback" not in ran.stderr, about
        after = count_events(tmp_path)
        if ran.returncode in (2, 3, 4):
            assert after == before, about
        if kind in ("full", "stdout full") and usual.stdout:
            assert ran.returncode in (1, usual.returncode), about
        elif kind == "nobody reads":
            assert ran.returncode == 0, about  # that of the reader
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


@pytest.mark.slow
def test_standard_input_that_was_closed_is_empty(made: Path) -> None:
    ran = run(made, "import -", "<&-")
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
