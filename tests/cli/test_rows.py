"""The columns of lists: one way for all commands that list."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path

import pytest
from desk import Desk
from openpyxl import load_workbook

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
    "calendar": ("working_days", "calendar"),
    "calendar IT 2026": ("kind", "date"),
    "sheet": ("title", "sheet"),
    "sheet preblock": ("customer", "ticket"),
    "preblock": ("days", "ticket"),
    "serve key list": ("role", "name"),
    "book list": ("digest", "book"),
    "promise T-1": ("state", "pay_on"),
    "package-expiry": ("customer", "ticket"),
    "case-route queue backoffice": ("subject", "number"),
    "case-route history K-1": ("by", "event"),
    "request list": ("state", "ticket"),
    "request list --counts": ("count", "type"),
    "request states list": ("open", "name"),
}
"""Commands that list, each with some keys of its JSON in another order than there."""


@pytest.fixture(scope="module")
def working(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk whose lists all have rows."""
    desk = Desk(tmp_path_factory.mktemp("rows"))
    proforma = {"number": "PF-1", "amount": "15.00", "issued": "2026-01-10"}
    row = {"customer": "C-1", "opened": "2026-02-01"}
    owed = {**row, "book": "collections", "proformas": [proforma]}
    noticed = {**owed, "status": "pre-block", "preblock_on": "2026-02-20"}
    package = {"visits": 8, "used": 5, "price": "8.00", "currency": "EGP", "method": "online"}
    package |= {"first_visit": "2026-01-05T10:00", "starts": "2026-01-05", "paid_on": "2026-01-04"}
    desk.load(
        {**owed, "ref": "T-1"},
        {**noticed, "ref": "T-2", "proformas": [{**proforma, "number": "PF-2"}]},
        {**row, "ref": "K-1", "book": "cases", "category": "backoffice", "description": "Old."},
        {
            **row,
            "ref": "P-1",
            "status": "expired",
            "book": "packages",
            "package": {**package, "expires": "2026-02-05"},
        },
        {**row, "ref": "Q-1", "book": "requests", "type": "support", "text": "Help"},
    )
    desk.good("call-outcome T-1 no-answer")
    desk.good("call-outcome T-1 agreement --agreed-on 2026-03-06")
    desk.good("case-route K-1 dispatch --queue backoffice --subject Invoice")
    desk.good("serve key add giulia")
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


HEADS = {"log": 0, "sheet": 0, "book list": 0, "todo --all": 2, "request list": 2}
"""Lines of heads, where it is not one."""


@pytest.mark.parametrize("command", LISTS)
def test_heads_are_left_out(working: Desk, command: str) -> None:
    for form in ("", " --csv", f" --columns {','.join(LISTS[command])}"):
        whole, bare = run(working, command + form), run(working, f"{command}{form} --no-header")
        heads = 1 if form else HEADS.get(command, 1)
        assert len(bare.splitlines()) == len(whole.splitlines()) - heads
        assert not Counter(bare.split()) - Counter(whole.split())


@pytest.mark.parametrize("command", [one for one in LISTS if one != "todo --all"])
def test_a_spreadsheet_has_the_cells_of_csv(working: Desk, command: str, tmp_path: Path) -> None:
    for form in ("", f" --columns {','.join(LISTS[command])}"):
        path = tmp_path / "rows.xlsx"
        told = run(working, f"{command}{form} --xlsx {path} --force")
        assert not [line for line in told.splitlines() if line.startswith(("T-", "K-", "P-", "Q-"))]
        (sheet,) = load_workbook(path)
        cells = [["" if one is None else str(one) for one in row] for row in sheet.values]
        assert cells == [*csv.reader(io.StringIO(run(working, f"{command}{form} --csv --raw")))]


def test_a_spreadsheet_is_not_written_over_or_beside_csv(working: Desk, tmp_path: Path) -> None:
    path = tmp_path / "rows.xlsx"
    ran = working.run(f"log --xlsx {path} --csv")
    assert (ran.code, ran.err) == (2, "Error: --xlsx can't be used with --csv: give one.\n")
    assert not path.exists()
    path.write_text("mine")
    ran = working.run(f"customer list --xlsx {path}")
    assert (ran.code, "exists already: name another file, or use --force" in ran.err) == (2, True)
    assert path.read_text() == "mine"


@pytest.mark.parametrize("command", LISTS)
def test_a_column_that_there_is_not_is_told(working: Desk, command: str) -> None:
    ran = working.run(f"{command} --columns {LISTS[command][0]}x")
    assert (ran.code, ran.out) == (2, "")
    assert f"did you mean {LISTS[command][0]!r}?" in ran.err
    ran = working.run(f"{command} --columns ''")
    assert (ran.code, "has an empty name" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("command", "language"),
    [("preblock", "it"), ("case-route queue backoffice", "ru"), ("package-expiry", "ar")],
)
def test_keys_are_the_same_in_all_languages(working: Desk, command: str, language: str) -> None:
    """People read translated heads above the columns of a sheet, programs what the book calls them."""
    english = [json.loads(line) for line in run(working, f"{command} --json").splitlines()]
    told = run(working, f"{command} --json --lang {language}")
    assert [[*json.loads(line)] for line in told.splitlines()] == [[*row] for row in english]
    assert english
    _, heads, *_ = run(working, f"{command} --lang {language}").splitlines()
    assert not set(LISTS[command]) & set(heads.split()) - {"ticket"}
    csv_heads = run(working, f"{command} --csv --lang {language}").splitlines()[0]
    assert csv_heads == ",".join(english[0])
