"""What can't be brought in: all of it stays out, and what is wrong is told by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk
from failing import fails
from procedure import ticket


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return desk.load(ticket("new"))


def source(desk: Desk, name: str, content: bytes) -> Path:
    path = desk.folder / name
    path.write_bytes(content)
    return path


def test_a_broken_row_among_many(desk: Desk) -> None:
    """All of it stays out, and only that row is told, by its line."""
    rows = [f"C-{n},Nome {n}" for n in range(100, 9100)]
    rows[6999] = "C-7099,Nome,troppo"
    path = source(desk, "customers.csv", "\n".join(["ref,name", *rows]).encode())
    before = desk.file.read_bytes()
    ran = desk.run(["import", str(path)])
    assert (ran.code, ran.out) == (2, "")
    about, fault = ran.err.splitlines()
    assert about == "Error: nothing was imported; there is 1 fault:"
    assert fault == f"{path}:7001: the row has 3 cells, the header 2 cells."
    assert desk.file.read_bytes() == before


def test_a_picture(desk: Desk) -> None:
    path = source(desk, "ledger.csv", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(range(256)) * 40)
    fails(desk, f"import {path}", 2, f"{path} is a picture (JPEG)", "give JSON, JSON Lines or CSV")
    fails(desk, f"import {path} --map {path}", 2, str(path))
    fails(desk, f"triage --config {path}", 2, str(path))


def test_a_source_that_is_not_there(desk: Desk) -> None:
    fails(desk, "import /nowhere.csv", 2, "/nowhere.csv can't be read: no such file")
    fails(desk, f"import {desk.folder}", 2, f"{desk.folder} can't be read")
    fails(desk, "import - -", 2, "stdin")
    fails(desk, f"import {source(desk, 'empty.csv', b'')}", 2, "empty.csv is empty")


@pytest.mark.parametrize("missing", ["promises", "preblock_on"])
def test_a_status_without_what_its_rules_need(desk: Desk, missing: str) -> None:
    row = {"promises": "awaiting-payment", "preblock_on": "pre-block"}
    text = f"ref,book,customer,status\nT-9,collections,C-1,{row[missing]}\n"
    path = source(desk, "tickets.csv", text.encode())
    ran = desk.run(f"import {path}")
    assert (ran.code, ran.out) == (2, "")
    assert f"{path}:2: ticket 'T-9':" in ran.err
    assert missing in ran.err
