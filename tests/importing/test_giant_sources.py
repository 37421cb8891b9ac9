"""Sources that are far too large: each is turned down in a few words, and nothing changes."""

from __future__ import annotations

import pytest
from common.inputs import giants
from desk import Desk

pytestmark = pytest.mark.unmeasured


GIANTS = {
    "a cell of 10 MB in JSON": ":1: customer 'C-1': name has 10,000,000 characters: it must have",
    "a cell of 10 MB in CSV": ":2: this is not valid CSV: field larger than field limit",
    "200,000 columns": ":1: the columns c0, c1, ",
    "200,000 known columns": ":1: there are two columns 'ref'; leave one of them.",
    "200,000 keys": "there are 200001 faults:",
    "lists 10000 deep": ":1: this is nested too deep.",
    "a value 10000 deep": ":1: this is nested too deep.",
    "a number of 1,000,000 digits": ":1: ticket 'T-1': missed_calls is 9999",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", GIANTS)
def test_giants(desk: Desk, name: str) -> None:
    path = desk.folder / "giant"
    path.write_bytes(next(content for called, content in giants() if called == name))
    desk.good("init")
    before = desk.file.read_bytes()
    ran = desk.run(f"import {path}")
    assert (ran.code, ran.out) == (2, "")
    assert GIANTS[name] in ran.err.replace(str(path), "")
    assert len(ran.err.replace(str(path), "")) < 20_000
    assert desk.file.read_bytes() == before


def test_a_source_can_tell_no_faults_of_its_own(desk: Desk) -> None:
    """A fault is one line, also where it quotes names with line breaks."""
    path = desk.folder / "rows.csv"
    path.write_text(f'"ref\n{path}:9: all is well.",name\nC-1,a\n', encoding="utf-8")
    desk.good("init")
    ran = desk.run(f"import {path}")
    assert ran.code == 2
    head, fault = ran.err.splitlines()
    assert head == "Error: nothing was imported; there is 1 fault:"
    assert fault.startswith(f"{path}:1: the columns ref {path}:9: all is well., name are neither")


@pytest.mark.parametrize(
    "command", ["show", "event T-1 call outcome=no-answer", "request move", "log"]
)
def test_arguments_that_are_no_text(desk: Desk, command: str) -> None:
    desk.good("init")
    before = desk.file.read_bytes()
    name, *more = command.split(" T-1 ")
    ran = desk.run(
        [*name.split(), "\udcff", *(more[0].split() if more else ["new"] * ("move" in name))]
    )
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == ("Error: an argument is not valid UTF-8; write it in UTF-8.\n")
    assert desk.file.read_bytes() == before
