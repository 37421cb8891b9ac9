"""Import of other programs' exports by a map: a ledger, and two help desks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from brought_in import DATA, Box, bring_in
from prassi.core.errors import BadInput, Faults

MAPS = DATA / "maps"
LEDGER = (MAPS / "ledger.toml").read_text()
HEADER = "customerID,invoiceNumber,InvoiceDate,InvoiceAmount,SettledDate,countryCode\n"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(tmp_path)
    yield made
    made.connection.close()


def test_a_ledger(box: Box) -> None:
    made = bring_in(box.connection, [str(MAPS / "ledger.csv")], str(MAPS / "ledger.toml"))
    assert made == (2, 2, 0)
    alfa = box.ticket("AR-ALFA-1")
    assert (alfa["customer"], alfa["opened"], alfa["priority"]) == ("ALFA-1", "2026-03-01", "high")
    assert alfa["proformas"] == [
        {"number": "0000000011", "amount": "55.94", "currency": "EUR", "issued": "2026-01-02",
         "paid": "2026-01-15"},
        {"number": "0000000013", "amount": "1065.80", "currency": "EUR", "issued": "2026-02-03",
         "paid": None},
    ]  # fmt: skip
    assert box.items("AR-BETA-2", "proformas", "amount") == ["61.74", "70.00"]


def test_a_list_of_tickets_from_freshdesk(box: Box) -> None:
    made = bring_in(box.connection, [str(MAPS / "freshdesk.csv")], str(MAPS / "freshdesk.toml"))
    assert made == (2, 2, 0)
    first, second = box.export()["tickets"]
    assert first["customer"] == "Caffè Roma"
    assert (first["ref"], first["status"], first["opened"]) == ("FD-101", "new", "2026-02-02")
    assert (first["priority"], first["assignee"], first["tags"]) == (
        "blocking",
        "Anna",
        ["freshdesk"],
    )
    assert first["tasks"] == [{"kind": "call-again", "due": "2026-03-05T12:00"}]
    assert first["notes"] == [
        {"at": "2026-02-02T09:15", "text": "Proforma scaduta: perché? Collections"}
    ]
    assert (second["ref"], second["status"], second["tasks"]) == ("FD-102", "new", [])
    assert (second["priority"], second["assignee"]) == ("medium", "support")


def test_a_list_of_tickets_from_zendesk(box: Box) -> None:
    made = bring_in(box.connection, [str(MAPS / "zendesk.json")], str(MAPS / "zendesk.toml"))
    assert made == (2, 2, 0)
    assert [customer["email"] for customer in box.export()["customers"]] == ["a@example.org", None]
    first, second = box.export()["tickets"]
    assert (first["ref"], first["customer"], first["status"]) == (
        "ZD-35436",
        "ZD-20978392",
        "calling",
    )
    assert (first["priority"], first["tags"]) == ("medium", ["enterprise", "italy"])
    assert first["tasks"] == [{"kind": "call-again", "due": "2026-03-05"}]
    assert box.items("ZD-35436", "proformas", "amount") == ["120.10"]
    assert (second["status"], second["proformas"], second["tasks"]) == ("closed", [], [])


def test_rows_of_one_ticket_must_agree(box: Box) -> None:
    by = LEDGER.replace(
        "opened = { const = 2026-03-01 }", 'opened = { column = "InvoiceDate", date = "%m/%d/%Y" }'
    )
    (fault,) = box.faults(map=by, rows=HEADER + "A,1,1/2/2026,1,,1\nA,2,1/3/2026,1,,1\n")
    assert fault == (
        "rows:3: ticket 'AR-A': stands at rows:2 too, with another InvoiceDate (our opened);"
        ' say in the map which row counts, take = "first" or take = "last".'
    )


def test_a_task_that_all_rows_of_a_ticket_have_is_taken_once(box: Box) -> None:
    task = 'kind = { const = "call" }\ndue = { const = 2026-03-05 }\n'
    by = f'{LEDGER}[notes]\ntext = "countryCode"\n[tasks]\n{task}'
    box.take(map=by, rows=HEADER + "A,1,1/2/2026,1,,1\nA,2,1/3/2026,1,,1\nA,3,1/3/2026,1,,2\n")
    assert box.items("AR-A", "notes", "text") == ["1", "1", "2"]
    assert box.items("AR-A", "tasks", "kind") == ["call"]


WRONG_ROWS = [
    (
        "A,1,2/30/2026,1,,",
        "InvoiceDate (our issued) is '2/30/2026': it is not a date written as %m/%d/%Y.",
    ),
    (
        "A,1,1/2/2026,one,,",
        "InvoiceAmount (our amount) is 'one': it is not an amount written with '.'",
    ),
    (
        "A,1,1/2/2026,-1,,",
        "InvoiceAmount (our amount) is '-1.00', below zero: say in the map what such a row is;",
    ),
    ("A,,1/2/2026,1,,", "one of proformas: invoiceNumber (our number) is missing."),
    ("A,1,1/2/2026,1", "the row has 4 cells, the header 6 cells."),
    ("B,7,1/2/2026,1,,", "ticket 'AR-B': there are two of proformas with number '7'."),
]


@pytest.mark.parametrize(("row", "reason"), WRONG_ROWS)
def test_a_wrong_row_is_told_by_their_column(box: Box, row: str, reason: str) -> None:
    (fault,) = box.faults(map=LEDGER, rows=f"{HEADER}B,7,1/2/2026,1,,\n{row}\n")
    assert fault.startswith(f"rows:3: {reason}")


def test_a_word_the_map_does_not_know(box: Box) -> None:
    by = LEDGER.replace(
        '{ const = "high" }', '{ column = "countryCode", values = { "1" = "low" } }'
    )
    (fault,) = box.faults(map=by, rows=HEADER + "A,1,1/2/2026,1,,2\n")
    assert fault == (
        "rows:2: countryCode (our priority) is '2': the map knows 1; add it there, or give other."
    )


def test_a_wrong_constant(box: Box) -> None:
    (fault,) = box.faults(map=LEDGER.replace("high", "higher"), rows=HEADER + "A,1,1/2/2026,1,,\n")
    assert fault.startswith("rows:2: ticket 'AR-A': priority (from the map) is 'higher': it must")


def test_a_column_there_is_not(box: Box) -> None:
    assert box.faults(map=LEDGER, rows="customerID,invoiceNumber,InvoiceAmount\nA,1,1\n") == [
        "map:3: rows has no 'countryCode'; it has customerID, invoiceNumber, InvoiceAmount.",
        "map:17: rows has no 'InvoiceDate'; it has customerID, invoiceNumber, InvoiceAmount.",
        "map:18: rows has no 'SettledDate'; it has customerID, invoiceNumber, InvoiceAmount.",
    ]
    (fault,) = box.faults(
        map='[customer]\nref = "id.x"\nname = "nome"\n', rows='[{"id": {"x": 1}}]'
    )
    assert fault == "map:3: rows has no 'nome'; it has id."
    (fault,) = box.faults(map='[customer]\nref = "id"\n', rows="id,id\n1,1\n")
    assert fault == "rows:1: there are two columns 'id'; rename one of them."


def test_json_faults_in_their_rows(box: Box) -> None:
    by = 'rows = "data.list"\n[customer]\nref = "id"\nname = "who"\n'
    faults = box.faults(
        map=by, rows='{"data": {"list": [\n{"id": {"a": 1}, "who": "\\ud800"},\n7\n]}}'
    )
    assert [fault.partition(" (our")[0] for fault in faults] == [
        "rows:2: id",
        "rows:2: customer: who",
        "rows:3: this is 7; a row must be an object, in braces.",
    ]
    (fault,) = box.faults(map=by, rows='{"date": {"list": []}}')
    assert fault == "rows:1: there is no 'data' here, where the map's rows should stand."


AMOUNTS = [
    (",", "1.234,50", "1234.50"), (",", "€ 1 234,5", "1234.50"), (",", "12", "12.00"),
    (".", "$1,234.50", "1234.50"), (".", "1'234.", "1234.00"),
    (",", "1.5", None), (".", "1,5", None), (",", "1,2345", None), (",", "-3,00", None),
]  # fmt: skip


@pytest.mark.parametrize(("decimal", "theirs", "ours"), AMOUNTS)
def test_amounts_as_they_are_written(box: Box, decimal: str, theirs: str, ours: str | None) -> None:
    by = LEDGER.replace('decimal = "."', f'decimal = "{decimal}"')
    source = HEADER + f'A,1,1/2/2026,"{theirs}",,\n'
    if ours is None:
        assert "InvoiceAmount (our amount) is" in box.faults(map=by, rows=source)[0]
    else:
        box.take(map=by, rows=source)
        assert box.items("AR-A", "proformas", "amount") == [ours]


def test_tags_in_one_cell_and_a_delimiter_of_their_own(box: Box) -> None:
    by = (
        'delimiter = "~"\n[customer]\nref = "who"\n[ticket]\nref = "id"\nbook = "kind"\n'
        'tags = { column = "labels", split = "/", prefix = "x-" }\n'
    )
    box.take(map=by, rows="who~id~kind~labels\nA~1~collections~a / b\n")
    assert box.ticket("1")["tags"] == ["x-a", "x-b"]


WRONG_MAPS = [
    ("delimiter = ';;'", 1, "delimiter must be one character"),
    ("encoding = 'rot13'", 1, "there is no encoding 'rot13'"),
    ("rows = 3", 1, "rows must be text, not 3"),
    ("column = 'x'", 1, "the map has no key 'column'; its keys are delimiter, encoding, rows,"),
    ("[skip]\nStatus = 'Closed'", 2, "Status must be a list of words"),
    ("customer = 3", 1, "customer must be a table"),
    ("[customer]\nname = 'x'", 1, "customer needs 'ref'"),
    ("[ticket]\nref = 'x'\nbook = 'y'", 1, "[ticket] needs a customer, or the map"),
    ("[ticket]\nref = 'x'\ncustomer = 'y'\nbook = { const = 'z' }", 4, "book is 'z': there are"),
    ("[notes]\ntext = 'x'", 1, "notes are part of tickets"),
    ("[items.pets]\nname = 'x'", 1, "there are no 'pets' on a ticket; there are collections, discounts,"),
    ("[customer]\nref = 'x'\nvat = 'y'", 3, "customer has no key 'vat'; its keys are email,"),
    ("[customer]\nref = {}", 2, "ref needs a column or a const"),
    ("[customer]\nref = { column = 'a', const = 'b' }", 2, "ref needs a column or a const"),
    ("[customer]\nref = { column = 'a', colour = 'b' }", 2, "ref has no key 'colour'; its keys are"),
    ("[customer]\nref = { column = 3 }", 2, "column must be text or a list, not 3"),
    ("[customer]\nref = { const = 1.5 }", 2, "const of ref is 1.5: write it in quotation marks"),
    ("[customer]\nref = { column = 'a', date = '%Q' }", 2, "date of ref is '%Q': write it"),
    ("[customer]\nref = { column = 'a', decimal = ';' }", 2, "decimal of ref must be a point"),
    ("[customer]\nref = { column = 'a', other = 'b' }", 2, "other of ref can only be used with values"),
    ("[customer]\nref = { column = 'a', values = { a = 1 } }", 2, "values of ref must be words"),
    ("", 1, "a map needs [customer], [ticket] or both"),
]  # fmt: skip


@pytest.mark.parametrize(("by", "line", "reason"), WRONG_MAPS)
def test_a_wrong_map(box: Box, by: str, line: int, reason: str) -> None:
    faults = box.faults(map=by, rows="x\n")
    told = [fault for fault in faults if reason in fault]
    assert len(told) == 1
    assert told[0].startswith(f"map:{line}: ")
    assert faults == sorted(faults, key=lambda fault: int(fault.split(":")[1]))


def test_a_map_that_can_not_be_read(box: Box) -> None:
    source = box.write("rows", "x\n")
    with pytest.raises(
        BadInput, match=r"--map .*nothing can't be read: no such file or directory\.$"
    ):
        bring_in(box.connection, [source], str(box.folder / "nothing"))
    with pytest.raises(BadInput, match=r"by:1: this is not valid TOML: "):
        bring_in(box.connection, [source], box.write("by", "[customer"))
    assert not issubclass(BadInput, Faults)
