"""A small run of scripts/hard_import.py, and some of its giants."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Desk

SCRIPTS = Path(__file__).parent.parent / "scripts"
sys.path.append(str(SCRIPTS))

from hard.inputs import giants  # noqa: E402


def test_a_small_run() -> None:
    words = [sys.executable, str(SCRIPTS / "hard_import.py"), "--small"]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


GIANTS = {
    "a cell of 10 MB in JSON": ":1: customer 'C-1': name has 10,000,000 characters: it must have",
    "a cell of 10 MB in CSV": ":2: this is no CSV: field larger than field limit",
    "200,000 columns": ":1: the columns c0, c1, ",
    "200,000 known columns": ":1: there are two columns 'ref'; leave one of them.",
    "200,000 keys": "there are 200001 faults:",
    "lists 10000 deep": ":1: this is nested too deep.",
    "a value 10000 deep": ":1: this is nested too deep.",
    "a number of 1,000,000 digits": ":1: ticket 'T-1': missed_calls is 9999",
}


@pytest.mark.parametrize("name", GIANTS)
def test_giants(desk: Desk, name: str) -> None:
    path = desk.folder / "giant"
    path.write_bytes(next(content for called, content in giants() if called == name))
    desk.good("init")
    before = desk.file.read_bytes()
    ran = desk.run(f"import {path}")
    assert (ran.code, ran.out) == (2, "")
    assert GIANTS[name] in ran.err.replace(str(path), "")
    assert len(ran.err) < 20_000
    assert desk.file.read_bytes() == before
