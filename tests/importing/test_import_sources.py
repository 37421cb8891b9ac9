"""What a source can be: its layout, its delimiter and its encoding are told from its content."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from brought_in import CUSTOMER, TICKET, Box, bring_in
from hypothesis import given, settings
from hypothesis import strategies as st
from prassi.core.errors import BadInput
from prassi.core.importing.csv_rows import DELIMITERS


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(tmp_path)
    yield made
    made.connection.close()


ROWS = [CUSTOMER, TICKET]

LAYOUTS = {
    "a document": json.dumps({"customers": [CUSTOMER], "tickets": [TICKET]}),
    "a document over many lines": json.dumps(
        {"tickets": [TICKET], "customers": [CUSTOMER]}, indent=2
    ),
    "a list": json.dumps(ROWS),
    "a list over many lines": json.dumps(ROWS, indent=1),
    "a row a line": "\r\n".join(map(json.dumps, ROWS)),
    "rows over many lines": "\n".join(json.dumps(row, indent=2) for row in ROWS),
    "blank lines around": "\n" * 50 + json.dumps(ROWS[0]) + "\n\n" + json.dumps(ROWS[1]) + "\n\n",
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS.keys())
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_in_every_layout(box: Box, text: str, encoding: str) -> None:
    assert box.take(rows=text.encode(encoding)) == (1, 1, 0)
    assert box.export()["customers"] == [CUSTOMER]


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv_in_every_dress(box: Box, delimiter: str, encoding: str, end: str) -> None:
    rows = [["ref", '"name"', "phone"], ["C-1", '"Caffè, ""due""; tre|quattro\tcinque"', " 055 "]]
    text = end.join(delimiter.join(row) for row in rows)
    box.take(rows=text.encode(encoding))
    (customer,) = box.export()["customers"]
    assert customer["name"] == 'Caffè, "due"; tre|quattro\tcinque'
    assert customer["phone"] == "055"


def test_what_a_spreadsheet_keeps_a_text(box: Box) -> None:
    box.take(rows='ref,name\n"=""0002""","=""say """"yes"""""""\n')
    (customer,) = box.export()["customers"]
    assert (customer["ref"], customer["name"]) == ("0002", 'say "yes"')


def test_the_line_of_a_spreadsheet_that_names_its_delimiter(box: Box) -> None:
    (fault,) = box.faults(rows="sep=|\nref|language\nC-1|?\n")
    assert fault.startswith("rows:3: ")


def test_a_header_with_more_of_another_delimiter(box: Box) -> None:
    (fault,) = box.faults(rows='ref;name;"a, b, c, d"\nC-1;Rossi;\n')
    assert fault.startswith("rows:1: a customer has no 'a, b, c, d'")


def test_cells_with_several_values(box: Box) -> None:
    box.take(
        customers="ref,name\nC-1,Rossi\n",
        tickets="ref,book,customer,tool,tags,names\nL-1,loans,C-1,saw;axe,a; b ;;c,anna;ugo\n",
        visits="ticket,at,found\nL-1,2026-03-01,rust;dust\n",
    )
    ticket = box.ticket("L-1")
    assert (ticket["tool"], ticket["tags"], ticket["names"]) == (
        "saw;axe",
        ["a", "b", "c"],
        ["anna", "ugo"],
    )
    assert ticket["visits"] == [{"at": "2026-03-01", "found": ["rust", "dust"]}]


def test_customers_may_repeat_in_csv(box: Box) -> None:
    assert box.take(rows="ref,name\nC-1,Rossi\nC-1,Rossi\n").customers == 1
    (fault,) = box.faults(rows="ref,name\nC-2,Rossi\nC-2,Bianchi\n")
    assert fault.startswith("rows:3: customer 'C-2': stands at rows:2 too, with another name")


def test_rows_over_several_lines_are_told_by_their_first(box: Box) -> None:
    (fault,) = box.faults(rows='ref,name,language\nC-1,"a\nb\nc",it\n\nC-2,"d\ne",?\n')
    assert fault.startswith("rows:6: customer 'C-2'")


WRONG_TABLES = [
    ("ref,name\nC-1,Rossi,it\n", ["rows:2: the row has 3 cells, the header 2 cells."]),
    ("ref,name\nC-1\n", ["rows:2: the row has 1 cell, the header 2 cells."]),
    ("ref,name,\nC-1,Rossi,\nC-2,Verdi,x\n", ["rows:3: 'x' stands in a column without a name;"]),
    ("ref,name,ref\nC-1,Rossi,C-1\n", ["rows:1: there are two columns 'ref'; leave one of them."]),
    ("ref,name,vat\nC-1,Rossi,1\n", ["rows:1: a customer has no 'vat'; it has ref, name, email,"]),
    ("ref,customer\nT-1,C-1\n", ["rows:1: the columns ref, customer are neither those of"]),
    ('ref,name\nC-1,"Ros"si\nC-2,x\n', ["rows:2: this is not valid CSV: ',' expected after '\"'"]),
    ('ref,name\nC-1,x\nC-2,"y\nC-3,z\n', ["rows:3: this is not valid CSV: unexpected end of data"]),
    ("ref,book,customer,vat\n", ["rows:1: a ticket has no 'vat'; it has ref, book, customer, "]),
    ("ticket,number\nT-1,PF-1\n", ["rows:1: the columns beside 'ticket' belong to none"]),
    ("ticket,at,kind\nT-1,2026-03-01,x\n", ["rows:1: the columns beside 'ticket' belong to none"]),
    ("ticket,number,amount\n,PF-1,1\n", ["rows:2: one of proformas: ticket is missing."]),
    ("a;b\n1;2\n", ["rows:1: the columns a, b are neither"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "faults"), WRONG_TABLES)
def test_a_wrong_table(box: Box, text: str, faults: list[str]) -> None:
    found = box.faults(rows=text)
    assert [f[: len(start)] for f, start in zip(found, faults, strict=True)] == faults


def test_a_field_of_another_book(box: Box) -> None:
    text = "ref,book,customer,tool,missed_calls\nT-1,collections,C-1,,1\nL-1,loans,C-1,saw,1\n"
    (fault,) = box.faults(rows=text, customers="ref,name\nC-1,Rossi\n")
    assert fault.startswith("rows:3: ticket 'L-1': a ticket of book loans has no 'missed_calls'")


def test_items_of_another_book(box: Box) -> None:
    tickets = "ref,book,customer,tool\nL-1,loans,C-1,saw\n"
    (fault,) = box.faults(
        rows=tickets, customers="ref,name\nC-1,Rossi\n", more="ticket,number,amount\nL-1,PF-1,3\n"
    )
    assert fault == "more:2: one of proformas: a ticket of book loans has no proformas."


def test_text_that_is_no_utf8(box: Box) -> None:
    (fault,) = box.faults(rows="ref,name\nC-1,Rossi\nC-2,Caffè\n".encode("cp1252"))
    assert fault.startswith("rows:3: this line is not UTF-8 text; save the file as UTF-8")
    assert "encoding =" in fault
    (fault,) = box.faults(rows=b'{"ref": "C-1"}\n{"ref": "C-2", "name": "\xe8"}\n')
    assert fault.startswith("rows:2: this line is not UTF-8 text")
    (fault,) = box.faults(rows="ref,name\nC-1,Rossi\n".encode("utf-16")[:-1])
    assert "this line is not UTF-16" in fault


NO_TEXT = [
    (b"", "rows is empty; give JSON, JSON Lines or CSV."),
    (b" \n\t\n", "rows is empty;"),
    ("".encode("utf-16"), "rows is empty;"),
    (b"\xff\xd8\xff\xe0\0\x10JFIF", "rows is a picture (JPEG);"),
    (
        b"PK\x03\x04\x14\0",
        "rows is a workbook or an archive (XLSX, ODS, ZIP); write a map for it (--map), or save",
    ),
    (b"%PDF-1.7\n", "rows is a PDF document;"),
    (bytes(range(256)), "rows is not text;"),
    ("ref,name\n".encode("utf-16-le"), "rows is not text;"),
]


@pytest.mark.parametrize(("content", "sentence"), NO_TEXT)
def test_what_is_no_text(box: Box, content: bytes, sentence: str) -> None:
    with pytest.raises(BadInput) as told:
        box.take(rows=content)
    assert str(told.value).replace(f"{box.folder}/", "").startswith(sentence)


def test_what_can_not_be_read(box: Box) -> None:
    with pytest.raises(BadInput, match=r"nothing.json can't be read: no such file or directory\.$"):
        bring_in(box.connection, [str(box.folder / "nothing.json")])
    with pytest.raises(BadInput, match=r"can't be read: is a directory\.$"):
        bring_in(box.connection, [str(box.folder)])
    with pytest.raises(BadInput, match="name it once"):
        bring_in(box.connection, ["-", "-"])


def test_standard_input_and_pipes(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "sys.stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(CUSTOMER).encode()))
    )
    pipe = str(box.folder / "pipe")
    os.mkfifo(pipe)
    writer = Thread(target=lambda: Path(pipe).write_text(json.dumps(TICKET)))
    writer.start()
    assert bring_in(box.connection, ["-", pipe]) == (1, 1, 0)
    writer.join()
    facts = [json.loads(row[0]) for row in box.connection.execute("SELECT facts FROM event")]
    assert [fact["source"] for fact in facts] == ["stdin", "pipe"]


characters = st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters="\t\r\n")
names = st.text(characters, min_size=1).map(str.strip).filter(lambda text: text[:2] != '="')


@settings(max_examples=50, deadline=None)
@given(st.lists(names.filter(bool), min_size=1, max_size=5), st.sampled_from(DELIMITERS))
def test_any_text_comes_through_csv(
    tmp_path_factory: pytest.TempPathFactory, given_names: list[str], delimiter: str
) -> None:
    import csv

    box, text = Box(tmp_path_factory.mktemp("box")), io.StringIO()
    table = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    table.writerow(["ref", "name"])
    table.writerows([f"C-{place}", name] for place, name in enumerate(given_names))
    box.take(rows=text.getvalue())
    assert [customer["name"] for customer in box.export()["customers"]] == given_names
    box.connection.close()
