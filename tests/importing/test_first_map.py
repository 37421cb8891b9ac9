"""The first map of an unknown export: what is guessed, and that the import takes it as it is."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from desk import Desk
from openpyxl import Workbook

LEDGER = (
    "Scadenzario;;;;;\n;;;;;\nCod. cliente;Ragione sociale;N. fattura;Data fattura;Importo;Note\n"
    "1001;Officine Ferri srl;26/1;12/01/2026;1.220,00;\n1001;Officine Ferri srl;NC 3;20/01/2026;220,00-;x\n"
    "1002;Bar Perché snc;26/2;13/01/2026;98,50;\n;;;;1.098,50;\n"
)


def draft(desk: Desk, name: str, content: str | bytes) -> Any:
    """The map that is drafted for a file, read as TOML; every line fits on a screen of 80."""
    path = desk.folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    text = desk.good(["map", str(path)]).out
    (desk.folder / "map.toml").write_text(text)
    return tomllib.loads(text)


def take(desk: Desk, name: str) -> str:
    desk.load(customers=())
    command = ["import", str(desk.folder / name), "--map", str(desk.folder / "map.toml")]
    return desk.good(command).out


def test_a_ledger(desk: Desk) -> None:
    made = draft(desk, "ledger.csv", LEDGER.encode("cp1252"))
    assert (made["encoding"], made["header"]) == ("cp1252", 3)
    assert made["skip"] == {"N. fattura": [""]}
    assert made["customer"]["ref"] == {"column": "Cod. cliente", "prefix": "C-"}
    assert made["items"]["proformas"] == {
        "number": "N. fattura",
        "amount": {"column": "Importo", "decimal": ",", "negative": "credit"},
        "issued": {"column": "Data fattura", "date": "%d/%m/%Y"},
    }
    assert take(desk, "ledger.csv") == (
        "2 customers and 2 tickets imported, with 1 credit and 2 proformas.\n"
        "Left out: 2 before the header; 1 by [only] or [skip].\n"
    )


def test_the_lines_of_a_map_are_commented_with_what_was_found(desk: Desk) -> None:
    draft(desk, "ledger.csv", LEDGER)
    lines = (desk.folder / "map.toml").read_text().splitlines()
    assert 'number = "N. fattura"   # 26/1; NC 3; 26/2' in lines
    assert "[skip]" in lines
    assert '"N. fattura" = [""]   # rows without it, such as totals: 1' in lines
    assert lines[-1] == '# "Note": x'
    assert max(map(len, lines)) <= 80


HELP_DESK = "Ticket ID,Requester,Subject,Status,Priority,Created\n" + "".join(
    f"{n},Ada Prova,Line {n},{'Open' if n % 2 else 'Solved'},Urgent,2026-03-02T23:3{n}:00Z\n"
    for n in range(1, 6)
)


def test_a_list_of_tickets(desk: Desk) -> None:
    made = draft(desk, "list.csv", HELP_DESK)
    ticket = made["ticket"]
    assert ticket["ref"] == {"column": "Ticket ID", "prefix": "T-"}
    assert ticket["opened"] == {"column": "Created", "moment": "%Y-%m-%dT%H:%M:%S%z"}
    assert ticket["status"]["values"] == {"Open": "new", "Solved": "new"}
    assert ticket["priority"]["values"] == {"Urgent": "blocking"}
    assert made["customer"]["name"] == "Requester"
    assert take(desk, "list.csv") == "1 customer and 5 tickets imported.\n"


def test_a_log_of_events(desk: Desk) -> None:
    rows = "".join(
        f"{n},{who},{what},2026/03/0{day} 10:00:00\n"
        for n, who in ((1, "A 1"), (2, "B 2"))
        for day, what in enumerate(("Open", "Call", "Call", "Closed"), 1)
    )
    made = draft(desk, "log.csv", "Case ID,Customer,Activity,Complete Timestamp\n" + rows)
    assert made["source"] == {"order": "Complete Timestamp"}
    assert made["ticket"]["opened"]["take"] == "first"
    assert made["ticket"]["status"]["take"] == "last"
    assert take(desk, "log.csv") == "2 customers and 2 tickets imported, with 8 notes.\n"


def test_a_document_of_json(desk: Desk) -> None:
    made = draft(
        desk, "list.json",
        '{"tickets": [{"id": 7, "subject": "x", "requester": {"id": 3, "name": "Ada", "email": "a@b.cc"}}]}',
    )  # fmt: skip
    assert made["rows"] == "tickets"
    assert made["customer"]["email"] == "requester.email"
    assert take(desk, "list.json") == "1 customer and 1 ticket imported.\n"


def test_a_sheet(desk: Desk) -> None:
    book = Workbook()
    for row in (
        ["Customer", "Invoice", "Due date", "Amount"],
        [1, "A-1", 46034, 12.5],
        [2, "A-2", 46040, 7],
    ):
        book.active.append(row)
    book.save(desk.folder / "made.xlsx")
    made = draft(desk, "open.xlsx", (desk.folder / "made.xlsx").read_bytes())
    assert made["items"]["proformas"]["issued"] == {"column": "Due date", "date": "excel"}
    assert take(desk, "open.xlsx") == "2 customers and 2 tickets imported, with 2 proformas.\n"


@pytest.mark.parametrize(
    ("written", "first", "second"),
    [
        ("02/03/2026", "%d/%m/%Y", "%m/%d/%Y"),
        ("02/13/2026", "%m/%d/%Y", None),
        ("20260302", "%Y%m%d", None),
    ],
)
def test_dates_that_can_be_read_in_two_ways_are_told(
    desk: Desk, written: str, first: str, second: str | None
) -> None:
    made = draft(desk, "x.csv", f"Customer,Invoice,Date,Amount\n1,a,{written},1.50\n")
    assert made["items"]["proformas"]["issued"]["date"] == first
    assert (f"or is it {second}?" in (desk.folder / "map.toml").read_text()) == (second is not None)


def test_nothing_in_a_file_can_end_a_comment(desk: Desk) -> None:
    hostile = (
        'Customer;Invoice;Amount;"No\nte"\n1;"a""\n[skip]\nx = 1";1,50;"\x1b[31mred\n[only]"\n'
    )
    made = draft(desk, "x.csv", hostile)
    assert set(made) == {"customer", "ticket", "items"}


def test_what_can_not_be_described(desk: Desk) -> None:
    (desk.folder / "empty").write_text("\n\n")
    assert desk.run(["map", str(desk.folder / "empty")]).code == 2
    ran = desk.run(["map", str(desk.folder / "nothing")])
    assert (ran.code, ran.err[-27:]) == (2, "no such file or directory.\n")
    (desk.folder / "words").write_text("a\nb\n")
    assert 'ref = "?"   # name the column' in desk.good(["map", str(desk.folder / "words")]).out


def test_what_has_no_rows_by_any_delimiter_is_told_in_a_sentence(desk: Desk) -> None:
    (desk.folder / "quote.csv").write_text('"\n')
    ran = desk.run(["map", str(desk.folder / "quote.csv")])
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "Error: there are no rows in it; give an export with some.\n"
