"""Names of files on the command line: one that can't stand in a sentence is refused or told so."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from desk import Desk
from everywhere import EVERY
from prassi.cli.options import FileNameType

NAMED = (
    "FILE",
    "DIR",
    "PATH",
    "DEST",
    "SOURCE",
    "[DIR]",
    "SOURCE...",
    "[BOOK|DIR]...",
    "FILE.html",
)


@pytest.mark.parametrize(("name", "command"), EVERY.items(), ids=EVERY)
def test_every_parameter_that_names_a_file_is_of_that_type(
    name: str, command: click.Command
) -> None:
    loose = [
        param.name
        for param in command.params
        if param.metavar in NAMED and not isinstance(param.type, FileNameType)
    ]
    assert loose == []


@pytest.mark.parametrize(
    "words", ["map {}", "import {}", "backup {}", "outbox export {}", "verify -f {}"]
)
@pytest.mark.parametrize("name", ["a\nb", "a.csv\r\nb.csv", "a\n", "\n"])
def test_a_name_with_a_line_break_is_refused(desk: Desk, words: str, name: str) -> None:
    before = desk.load().file.read_bytes()
    told = desk.run([name if word == "{}" else word for word in words.split()])
    assert told.code == 2
    assert f"{name!r} has a line break; give one name at a time." in told.err
    assert desk.file.read_bytes() == before


@pytest.mark.parametrize(
    "words", ["map ''", "import x.json ''", "list --xlsx ''", "todo --config ''"]
)
def test_an_empty_name_is_refused(desk: Desk, words: str) -> None:
    told = desk.load().run(words)
    assert (told.code, told.out) == (2, "")
    assert told.err.endswith(": it is empty; give a name.\n")


def test_a_name_that_begins_with_a_blank_is_told_with_its_folder(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert desk.run(["map", " x.csv"]).err.startswith("Error: ./ x.csv can't be read: ")
    Path(" x.csv").write_text("ref,customer\nT-1,C-1\n")
    assert "T-1" in desk.run(["map", " x.csv"]).out
