"""CSV for people: whatever stands in a ticket, no program takes a cell of it for a formula."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from desk import Desk
from hostile import EVIL, SLY, steers
from hypothesis import given, settings
from hypothesis import strategies as st
from prassi.cli.printing import spreadsheet
from prassi.cli.printing.spreadsheet import defuse_cell
from procedure import noticed, ticket

FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(1;1)", "=cmd|'/c calc'!A0", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1",
    "\u00a0=1+1", "\u200e=1+1", "\u200b=1+1", "＝1+1", '"=1+1', "'=1+1", "a;=1+1", "a,=1+1", "a\t=1+1",
    "a|=1+1", 'a;"=1+1', "a; =1+1", "a\r\n=1+1", "a\x00=1+1", "\ufeff=1+1", "=HYPERLINK(\"http://x\")",
    "+39 055 000 1", "-5,5;=2", ";;=1", "-1;-2",
)  # fmt: skip
HARMLESS = (
    "",
    "abc",
    "Rossi & figli",
    "-5",
    "-12.50",
    "1=1",
    "a-b",
    "a @ b",
    "2026-03-02",
    "5 - 3",
)


def begins_a_formula(cell: str) -> bool:
    start = cell.strip(' \t\r\n"\u00a0\u200c\u200d\u200e\u200f\u200b\ufeff')[:1]
    number = cell.strip('" ').removeprefix("-").replace(".", "", 1).isdigit()
    return start in tuple("=+-@＝＋－＠") and not number


def cells(printed: str) -> list[str]:
    """The cells that any program may see in a CSV, whatever it takes for their ends."""
    text = printed.removeprefix("\ufeff")
    return [
        cell
        for delimiter in ",;\t|"
        for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        for cell in row
    ]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_could_be_a_formula(text: str) -> None:
    assert not any(map(begins_a_formula, cells(f'"{defuse_cell(text)}",x'))), defuse_cell(text)
    assert defuse_cell(text) != text


@pytest.mark.parametrize("text", HARMLESS)
def test_what_could_not_stays(text: str) -> None:
    assert defuse_cell(text) == text


BITS = st.sampled_from(
    [*"=+-@,;|'\" \t\r\n＝1a", "\u200e", "\u00a0", "\u200b", "\ufeff", "\\", ";="]
)


@given(st.lists(st.lists(BITS, max_size=9).map("".join), min_size=1, max_size=4))
@settings(deadline=None, max_examples=300)
def test_whatever_stands_in_a_row(row: list[str]) -> None:
    printed = StringIO()
    csv.writer(printed).writerow(spreadsheet.prepare_row(row, raw=False))
    assert not any(map(begins_a_formula, cells(printed.getvalue()))), printed.getvalue()


def test_a_number_below_zero_does_not_begin_a_formula_with_what_stands_behind_it() -> None:
    """Read with `;` between cells, the first cell is -1,1+SUM(1)."""
    assert spreadsheet.prepare_row(["-1", "1+SUM(1)"], raw=False) == ["'-1", "1+SUM(1)"]
    assert spreadsheet.prepare_row([-1, "1+SUM(1)"], raw=False) == ["'-1", "1+SUM(1)"]
    assert spreadsheet.prepare_row(["1", -1], raw=False) == ["1", -1]
    assert spreadsheet.prepare_row(["-1", "a"], raw=True) == ["-1", "a"]


# --- the commands -----------------------------------------------------------------------------------


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk with a customer and a ticket for each formula, and messages to them."""
    customers = [
        {
            "ref": f"C-{n}",
            "name": f"{text}{'' if n else EVIL}".replace("\0", ""),
            "email": "a@example.org",
        }
        for n, text in enumerate(FORMULAS)
    ]
    tickets: list[dict[str, Any]] = []
    for number in range(len(FORMULAS)):
        for state, mark in ((ticket("new"), "N"), (noticed("2026-02-20"), "P")):
            row = {**state, "ref": f"=T{mark}{number}{SLY}", "customer": f"C-{number}"}
            row["proformas"] = [
                {**p, "number": f"{mark}-{number}-{n}"} for n, p in enumerate(row["proformas"])
            ]
            tickets.append(row)
    desk.load(*tickets, customers=customers)
    for number in range(5):
        desk.good(["call-outcome", f"=TN{number}{SLY}", "no-answer"])
    return desk


LISTS = ("sheet preblock", "preblock", "outbox list", "sheet")


@pytest.mark.parametrize("command", LISTS)
def test_no_cell_of_a_list_is_a_formula(desk: Desk, command: str) -> None:
    out = desk.good(f"{command} --csv").out
    assert out.startswith("\ufeff")
    assert out.endswith("\r\n")
    assert not any(map(begins_a_formula, cells(out)))
    assert steers(out.removeprefix("\ufeff").replace("\r\n", "\n")) is None


@pytest.mark.parametrize("command", LISTS)
def test_raw_is_for_machines(desk: Desk, command: str) -> None:
    """What JSON says, but for what would steer a terminal."""
    out = desk.good(f"{command} --csv --raw").out
    assert "\ufeff" not in out
    assert "\r\n" not in out
    heads, *rows = csv.reader(StringIO(out, newline=""))
    told = desk.good(f"{command} --json").rows
    assert len(rows) == len(told)
    for row, record in zip(rows, told, strict=True):
        for head, cell in zip(heads, row, strict=True):
            said = record[{"lang": "language"}.get(head, head)]
            if isinstance(said, str) and said.isprintable() and said.isascii():
                assert cell == said
    assert steers(out) is None
    if command != "sheet":
        assert any(cell.startswith("=") for row in rows for cell in row)


def test_csv_reads_as_json_does(desk: Desk) -> None:
    heads, *rows = csv.reader(
        StringIO(desk.good("preblock --csv").out.removeprefix("\ufeff"), newline="")
    )
    told = desk.good("preblock --json").rows
    assert heads == [*told[0]]
    assert [row[2:] for row in rows] == [[*record.values()][2:] for record in told]


def test_where_csv_has_no_place(desk: Desk) -> None:
    for command, message in (
        ("preblock --csv --json", "--csv can't be used with --json: give one."),
        ("preblock --raw", "--raw can only be used with --csv."),
        ("outbox list --raw --json", "--raw can only be used with --csv."),
    ):
        ran = desk.run(command)
        assert (ran.code, ran.out) == (2, "")
        assert message in ran.err
    ran = desk.run(["preblock", f"=TP1{SLY}", "--csv"])
    assert (ran.code, ran.err) == (
        2,
        "Error: --csv can only be used for the whole sheet: leave TICKET out.\n",
    )


def test_an_empty_list_has_its_heads(desk: Desk) -> None:
    desk.file.unlink()
    desk.good("init")
    assert (
        desk.good("outbox list --csv --raw").out
        == "id,at,ticket,state,channel,lang,template,to,subject,body\n"
    )
