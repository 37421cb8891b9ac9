"""Forgetting a customer: nothing of them is left in the file, and the chain stays sound."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from prassi.core.ticketfile import forget_rows
from procedure import calling, ticket

OLD = Path(__file__).parents[1] / "data" / "ticketfiles"
WORDS = ("brambilla", "zurlo", "0331 998877", "0331998877", "c-77")


@pytest.fixture
def told(desk: Desk) -> Desk:
    """A desk with a ticket of a customer who said much, and one of another customer."""
    customers = [
        {"ref": "C-77", "name": "Brambilla Zurlo", "email": "zurlo@brambilla.example.org", "phone": "0331 998877"},
        {"ref": "C-2", "name": "Verdi snc", "email": "verdi@example.org"},
    ]  # fmt: skip
    row = {
        **ticket("new"),
        "customer": "C-77",
        "tags": ["cliente Brambilla", "vip"],
        "assignee": "luca",
    }
    row["notes"] = [{"at": "2026-02-02", "text": "La signora ha chiamato."}]
    other = {**calling(2), "ref": "T-2", "customer": "C-2"}
    path = desk.folder / "all.json"
    path.write_text(json.dumps({"customers": customers, "tickets": [row, other]}))
    desk.good("init")
    desk.good(f"import {path}")
    path.unlink()
    desk.good("call-outcome T-1 no-answer --note 'Signora-Brambilla'")
    desk.good("customer set C-77 email=anna@brambilla.example.org")
    desk.good("note T-1 'Richiama la zurlo' --attach " + str(_file(desk, "brambilla.pdf")))
    desk.good("close T-1 withdrawn --note 'Brambilla rinuncia'")
    return desk


def _file(desk: Desk, name: str) -> Path:
    path = desk.folder / name
    path.write_text("x")
    return path


def forget(desk: Desk, ref: str = "C-77") -> Any:
    (row,) = desk.good(f"customer forget {ref} --because 'Art. 17' --yes --json").rows
    return row


def left(desk: Desk) -> list[str]:
    """The words that are still somewhere in the file."""
    raw = desk.file.read_bytes().lower()
    return [word for word in (*WORDS, "signora") if word.encode() in raw]


def test_nothing_is_left_and_the_chain_is_sound(told: Desk) -> None:
    assert left(told) == [*WORDS[:3], "c-77", "signora"]
    row = forget(told)
    assert (row["ref"], row["applied"], row["unguarded"]) == ("forgotten-1", True, 0)
    assert left(told) == []
    assert "1 customer was forgotten: of their events" in told.good("verify").out
    assert told.good("verify --json").rows[0]["forgotten"] == 1
    shown = told.show()
    assert (shown["customer"], shown["status"], shown["assignee"]) == (
        "forgotten-1",
        "closed",
        "luca",
    )
    assert shown["tags"] == ["(forgotten)", "(forgotten)", "chiamata 1"]
    assert [one["number"] for one in shown["proformas"]] == ["PF-1", "PF-2"]
    assert {one["text"] for one in shown["notes"]} == {"(forgotten)"}


def test_everything_else_goes_on(told: Desk) -> None:
    forget(told)
    for command in (
        "log",
        "log T-1",
        "show T-1",
        "replay --fail-on-change",
        "triage",
        "outbox list --all",
    ):
        told.good(command)
    replayed = told.good("replay").out.splitlines()
    assert re.fullmatch("([0-9]+) of \\1 decisions come out the same.", replayed[0])
    assert re.fullmatch(
        "[0-9]+ more (is|are) about customers who were forgotten: (it|they) can't be compared.",
        replayed[1],
    )
    told.good(f"backup {told.folder / 'copy.db'}")
    source = told.folder / "all.json"
    source.write_text(told.good("export").out)
    again = told.folder / "again.db"
    told.good(f"init -f {again}")
    told.good(f"import -f {again} {source}")
    assert json.loads(told.good(f"export -f {again}").out) == told.export()


def test_others_lose_nothing(told: Desk) -> None:
    before = told.show("T-2")
    forget(told)
    assert told.show("T-2") == before
    assert told.good("customer show C-2 --json").rows[0]["name"] == "Verdi snc"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE event SET facts = replace(facts, 'no-answer', 'agreement') WHERE event = 'call'",
        "UPDATE event SET facts = replace(facts, '(forgotten)', 'x') WHERE event = 'call'",
        "UPDATE item SET data = replace(data, '10000', '10001') WHERE id = 1",
        "UPDATE note SET text = 'x' WHERE id = 1",
        "UPDATE customer SET name = 'x' WHERE ref = 'forgotten-1'",
        "UPDATE event SET facts = replace(facts, 'Art. 17', 'x') WHERE event = 'forget'",
        "DELETE FROM event WHERE event = 'forget'",
    ],
)
def test_what_remains_is_protected(told: Desk, change: str) -> None:
    """What was blanked is part of the chain as before: a change of it is found."""
    forget(told)
    names = ("event_never_changes", "event_stays")
    with sqlite3.connect(told.file) as file:
        made = [
            file.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (name,)).fetchone()[0]
            for name in names
        ]
        for name in names:
            file.execute(f"DROP TRIGGER {name}")
        assert file.execute(change).rowcount == 1
        for trigger in made:
            file.execute(trigger)
    file.close()
    ran = told.run("verify")
    assert ran.code == 1, ran


def test_two_of_one_import_are_forgotten_one_after_the_other(told: Desk) -> None:
    told.good("close T-2 withdrawn --note x")
    assert forget(told)["ref"] == "forgotten-1"
    assert forget(told, "C-2")["ref"] == "forgotten-2"
    assert told.good("verify").code == 0
    assert b"verdi" not in told.file.read_bytes().lower()


def test_whoever_was_merged_in_is_forgotten_too(told: Desk) -> None:
    told.good("customer add ref=C-9 name='Maria Zurlo' phone='0331 112233'")
    told.good("customer merge C-9 C-77")
    forget(told)
    assert left(told) == []
    assert b"maria" not in told.file.read_bytes().lower()
    assert told.good("verify").code == 0


@pytest.mark.parametrize("again", [True, False])
def test_what_came_in_and_was_undone_is_forgotten_too(desk: Desk, again: bool) -> None:
    """An import that was taken back leaves its rows, and their words, in the history."""
    customer = {"ref": "C-77", "name": "Brambilla Zurlo", "email": "zurlo@brambilla.example.org"}
    row = {**ticket("new"), "customer": "C-77", "tags": ["cliente Brambilla"]}
    path = desk.folder / "all.json"
    path.write_text(json.dumps({"customers": [customer], "tickets": [row]}))
    desk.good("init")
    desk.good(f"import {path}")
    desk.good("undo --run 1 --yes")
    if again:
        desk.good(f"import {path}")
        desk.good("close T-1 withdrawn --note x")
    path.unlink()
    assert "brambilla" in left(desk)
    assert forget(desk)["ref"] == "forgotten-1"
    assert left(desk) == []
    assert "1 customer was forgotten" in desk.good("verify").out
    ran = desk.run("customer forget C-77 --because x --yes")
    assert (ran.code, "there is no customer 'C-77'" in ran.err) == (2, True)


def test_what_comes_later_fits_the_chain(told: Desk) -> None:
    forget(told)
    told.good("note T-1 Archiviato")
    told.good("undo")
    assert told.good("verify").code == 0


def test_a_dry_run_counts_and_writes_nothing(told: Desk) -> None:
    before = told.file.read_bytes()
    (row,) = told.good("customer forget C-77 --because 'Art. 17' -n --json").rows
    assert (row["applied"], row["event_ids"], row["events"]) == (False, [], 5)
    assert row["rows"] > 5
    assert told.file.read_bytes() == before


@pytest.mark.parametrize(
    ("command", "code", "sentence"),
    [
        ("C-77 --because x", 2, "forgetting C-77 can't be undone; give --yes to do it all the same."),
        ("C-78 --because x --yes", 2,
         "there is no customer 'C-78'; did you mean 'C-77'? `prassi customer list` lists them."),
        ("C-77 --because ' ' --yes", 2, "--because is empty: say why the customer is forgotten."),
        ("C-77 --because 'chiesto da Zurlo' --yes", 2,
         "--because holds words of the customer, and it is kept: write it without."),
        ("C-2 --because x --yes", 3,
         "C-2 has open tickets: T-2; close them first (`prassi close`), or let them come to their end."),
    ],
)  # fmt: skip
def test_what_can_not_be_is_told(told: Desk, command: str, code: int, sentence: str) -> None:
    before = told.file.read_bytes()
    assert told.run(f"customer forget {command}") == (code, "", f"Error: {sentence}\n")
    assert told.file.read_bytes() == before


def test_a_file_that_can_not_be_written_anew_is_told_after_the_commit(
    told: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is committed is never called unwritten: exit 1, and the customer is forgotten."""

    class NoRoom:
        def execute(self, query: str) -> None:
            raise sqlite3.OperationalError("database or disk is full")

    drop = forget_rows.drop_free_pages
    monkeypatch.setattr(forget_rows, "drop_free_pages", lambda _: drop(NoRoom()))  # type: ignore[arg-type]
    ran = told.run("customer forget C-77 --because 'Art. 17' --yes")
    assert (ran.code, "database or disk is full" in ran.err) == (1, True), ran
    assert told.show()["customer"] == "forgotten-1"


def test_it_is_not_undone(told: Desk) -> None:
    (event,) = forget(told)["event_ids"]
    assert told.run(f"undo {event} --yes").code == 3
    assert told.run("customer forget forgotten-1 --because x --yes").code == 3


@pytest.mark.slow
@pytest.mark.parametrize("version", [1, 2])
def test_files_of_before_forget_too(tmp_path: Path, version: int) -> None:
    """Their older events have no secret: the command says how many."""
    desk = Desk(tmp_path)
    shutil.copy(OLD / f"schema-{version}.db", desk.file)
    desk.good("verify")
    open_ones = [
        row["ref"] for row in desk.export()["tickets"] if row["customer"] == _anybody(desk)
    ]
    for ref in open_ones:
        desk.run(f"close {ref} withdrawn --note x", at="2026-06-01")
    row = forget_at(desk, _anybody(desk), "2026-06-01")
    assert row["unguarded"] > 0
    assert desk.good("verify").code == 0


def _anybody(desk: Desk) -> str:
    """A customer of collections."""
    rows = desk.export()["tickets"]
    return str(next(row["customer"] for row in rows if row["book"] == "collections"))


def forget_at(desk: Desk, ref: str, at: str) -> Any:
    (row,) = desk.good(f"customer forget {ref} --because 'Art. 17' --yes --json", at=at).rows
    return row


MAP = """
[customer]
ref = "Customer"
name = "Name"
[ticket]
ref = { column = "Customer", prefix = "AR-" }
book = { const = "collections" }
opened = { const = 2026-03-02 }
[items.proformas]
number = "Number"
amount = { column = "Amount", decimal = ".", negative = "credit" }
"""
LEDGER = "Customer,Name,Number,Amount\nC-77,Brambilla Zurlo,A1,10\nC-8,Neri,A2,20\nC-77,Brambilla Zurlo,A3,-2\n"


def test_a_forgotten_customer_does_not_come_in_again(told: Desk) -> None:
    """A ledger that still has the customer leaves nothing of it in the file, and is told."""
    told.good("close T-2 withdrawn --note x")
    ledger, by = told.folder / "brambilla.csv", told.folder / "zurlo.toml"
    ledger.write_text(LEDGER)
    by.write_text(MAP)
    told.good(f"sync {ledger} --map {by}")
    told.good("close AR-C-77 withdrawn --note x")
    forget(told)
    assert left(told) == []  # nor the names of file and map
    ran = told.good(f"sync {ledger} --map {by}")
    assert "Left out: 2 of forgotten customers." in ran.out
    assert (ran.err, left(told)) == ("", [])
    assert told.good(f"sync {ledger} --map {by} --json").rows[-1]["left_out"] == {"forgotten": 2}
    assert told.good("verify").code == 0
    forget(told, "C-2")
    old = told.folder / "old.json"
    old.write_text(
        json.dumps(
            {
                "customers": [{"ref": "C-2", "name": "Verdi snc"}],
                "tickets": [{**ticket("new"), "ref": "T-9", "customer": "C-2"}],
            }
        )
    )
    for command in (f"import {ledger} --map {by} --json", f"import {old} --json"):
        ran = told.run(command)
        assert (ran.code, "verdi" in ran.out + ran.err) == (0 if "old" in command else 2, False)
    assert ran.rows[-1]["left_out"] == {"forgotten": 2}
    told.good("customer add ref=C-77 name=Brambilla")
    assert told.good(f"sync {ledger} --map {by} -n --json").rows[-1]["left_out"] == {}
