"""The columns of lists: one way for all commands that list."""

from __future__ import annotations

import csv
import io
import json

import pytest
from desk import Desk

LISTS = {
    "find rossi": ("ticket", "name"),
    "list": ("status", "ticket"),
    "customer list": ("name", "ref"),
    "outbox list --all": ("template", "state", "ticket"),
    "log": ("event", "by"),
    "stats ageing": ("class", "count"),
    "stats ageing --list": ("ticket", "amount"),
    "todo --all": ("due", "ticket"),
    "doctor": ("state", "check"),
}
"""Commands that list, each with some keys of its JSON in another order than there."""


@pytest.fixture(scope="module")
def working(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("rows"))
    proforma = {"number": "PF-1", "amount": "15.00", "issued": "2026-01-10"}
    row = {"ref": "T-1", "book": "collections", "customer": "C-1", "opened": "2026-02-01"}
    desk.load({**row, "proformas": [proforma]})
    desk.good("call-outcome T-1 no-answer")
    return desk


def run(desk: Desk, command: str) -> str:
    """What a command prints; doctor finds something in any folder."""
    ran = desk.run(command)
    assert ran.code == 0 or command.startswith("doctor"), ran.err
    return ran.out.removeprefix("\ufeff")


@pytest.mark.parametrize(("command", "names"), LISTS.items())
def test_columns_are_those_that_are_asked_for(
    working: Desk, command: str, names: tuple[str, ...]
) -> None:
    asked = f"{command} --columns {','.join(names)}"
    whole = [json.loads(line) for line in run(working, f"{command} --json").splitlines()]
    rows = [json.loads(line) for line in run(working, f"{asked} --json").splitlines()]
    assert rows == [{name: row[name] for name in names} for row in whole]
    assert rows
    heads, *cells = csv.reader(io.StringIO(run(working, f"{asked} --csv --raw")))
    assert tuple(heads) == names
    assert len(cells) == len(rows)
    assert f"\n{'  '.join(names)[:4]}" in "\n" + run(working, asked)


def split_lines(printed: str) -> list[list[str]]:
    """The words of each line: without heads, columns are narrower."""
    return [line.split() for line in printed.splitlines()]


@pytest.mark.parametrize("command", LISTS)
def test_heads_are_left_out(working: Desk, command: str) -> None:
    for form in ("", " --csv", f" --columns {','.join(LISTS[command])}"):
        whole = split_lines(run(working, command + form))
        bare = split_lines(run(working, f"{command}{form} --no-header"))
        assert len(bare) == len(whole) - (0 if command == "log" and not form else 1)
        assert [line for line in bare if line not in whole] == []


@pytest.mark.parametrize("command", LISTS)
def test_a_column_that_there_is_not_is_told(working: Desk, command: str) -> None:
    ran = working.run(f"{command} --columns {LISTS[command][0]}x")
    assert (ran.code, ran.out) == (2, "")
    assert f"did you mean {LISTS[command][0]!r}?" in ran.err
    ran = working.run(f"{command} --columns ''")
    assert (ran.code, "has an empty name" in ran.err) == (2, True)
