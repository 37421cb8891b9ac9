"""Verifying a ticket file: a sound one passes, and whatever is changed in it is found and named."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from prassi.core.desk.night import Night, Selection
from prassi.core.desk.office import Office
from prassi.core.importing.import_tickets import import_sources
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.ticketfile import connect
from prassi.core.ticketfile import undo as undoing
from prassi.core.ticketfile.find_steps import find_of_run, find_own_newest
from prassi.core.ticketfile.open import create_file, open_file
from prassi.core.ticketfile.row_hashes import HASHED, insert_rows
from prassi.core.ticketfile.verify import open_to_check, verify_file
from prassi.core.ticketfile.write_events import EventWriter
from prassi.core.ticketfile.writer_process import InProcessWriter
from procedure import calling

AT = "2026-03-02"

CUSTOMERS = [
    {"ref": "C-1", "name": "Rossi", "email": "rossi@example.org", "phone": "+39", "language": "it"},
    {"ref": "C-2", "name": "Città srl"},
]


def ticket(ref: str, status: str, proformas: int, **more: Any) -> dict[str, Any]:
    numbers = [{"number": f"PF-{n}", "amount": "100.00"} for n in range(proformas)]
    row = {
        "ref": ref,
        "book": "collections",
        "customer": "C-1",
        "status": status,
        "opened": "2026-01-05",
    }
    return {**row, "proformas": numbers, **more}


TICKETS = [
    ticket("T-1", "new", 3, notes=[{"at": "2026-01-06", "text": "Wünscht einen Anruf"}]),
    ticket("T-2", "awaiting-payment", 4, promises=[{"pay_on": "2026-02-20"}],
           tasks=[{"kind": "payment-check", "due": "2026-02-25"}], tags=["verifica pagamento"]),
    ticket("T-3", "calling", 1, assignee="giulia", customer="C-2"),
]  # fmt: skip


def bring_in(connection: sqlite3.Connection, folder: Path, rows: dict[str, Any]) -> None:
    path = folder / "rows.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    with connect.transaction(connection):
        writer = EventWriter(connection, "import", "2026-03-01")
        import_sources(connection, Shelf(NONE), writer, [str(path)], today="2026-03-01")


def office(connection: sqlite3.Connection, command: str) -> Office:
    return Office(connection, NONE, AT, InProcessWriter(connection, command, AT))


def handle(connection: sqlite3.Connection, ref: str, event: str, **given: Any) -> None:
    office(connection, event).handle(ref, event, given, str)


def undo(connection: sqlite3.Connection, *numbers: int) -> None:
    with connect.transaction(connection):
        undoing.undo_events(connection, EventWriter(connection, "undo", AT), numbers)


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A ticket file with something in every table: a night, calls, a payment that is undone."""
    folder = tmp_path_factory.mktemp("verify")
    connection = create_file(str(folder / "tickets.db"))
    bring_in(connection, folder, {"customers": CUSTOMERS, "tickets": TICKETS})
    desk = office(connection, "triage")
    list(Night(desk, desk.shelf.book("collections"), Selection(), lambda rule: True).sweep())
    handle(connection, "T-1", "call", outcome="no-answer", note="Segreteria")
    handle(connection, "T-1", "call", outcome="agreement", agreed_on="2026-03-10", partial="50.00")
    handle(connection, "T-3", "payment", all=True)
    undo(connection, find_own_newest(connection, None)[0].event_id)
    handle(
        connection,
        "T-3",
        "call",
        outcome="no-agreement",
        reason="refuses-contact",
        wants="manager",
        note="Will den Chef",
    )
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def raw(worked: sqlite3.Connection) -> bytes:
    """That file, byte by byte."""
    return worked.serialize()


Change = Callable[[sqlite3.Connection], object]


def faults(raw: bytes, change: Change) -> list[str]:
    """What is found in the file once somebody has changed it behind Prassi's back."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(raw)
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        for name, _ in (made := triggers.fetchall()):
            connection.execute(f"DROP TRIGGER {name}")
        change(connection)
        for _, again in made:
            connection.execute(again)
        connection.execute("PRAGMA ignore_check_constraints = OFF")
        return verify_file(connection).faults


def sql(statement: str, *values: object) -> Change:
    return lambda connection: connection.execute(statement, values)


# --- sound ----------------------------------------------------------------------------------------------


def test_a_sound_file_passes(worked: sqlite3.Connection) -> None:
    found = verify_file(worked)
    newest = worked.execute("SELECT id, hex(hash) FROM event ORDER BY id DESC").fetchone()
    assert found == (newest[0], newest[1].lower(), [], None, [], 0)
    assert not worked.in_transaction


def test_the_file_has_something_in_every_table(worked: sqlite3.Connection) -> None:
    assert all(worked.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES)


def test_an_empty_file_passes(tmp_path: Path) -> None:
    with closing(create_file(str(tmp_path / "tickets.db"))) as connection:
        assert verify_file(connection) == (0, "0" * 64, [], None, [], 0)


def test_undoing_event_after_event_leaves_it_sound(raw: bytes, tmp_path: Path) -> None:
    (tmp_path / "tickets.db").write_bytes(raw)
    with closing(open_file(str(tmp_path / "tickets.db"))) as connection:
        for number in (7, 4, 3, 2, 1):
            undo(connection, number)
            assert verify_file(connection).faults == []
        bring_in(connection, tmp_path, {"customers": CUSTOMERS, "tickets": TICKETS[1:]})
        assert verify_file(connection).faults == []


def test_closing_and_undoing_a_run_leaves_it_sound(raw: bytes, tmp_path: Path) -> None:
    (tmp_path / "tickets.db").write_bytes(raw)
    with closing(open_file(str(tmp_path / "tickets.db"))) as connection:
        handle(connection, "T-3", "payment", all=True)
        run = connection.execute("SELECT max(id) FROM run").fetchone()[0]
        undo(connection, *(step.event_id for step in find_of_run(connection, run)))
        assert verify_file(connection).faults == []


# --- any value of any row -------------------------------------------------------------------------------

TABLES = {
    "run": ["command", "at", "recorded_at", "version", "person"],
    "book": ["name", "digest", "kept"],
    "event": ["run", "at", "ticket", "customer", "book", "event", "rule", "facts", "changes", "ended",
              "undoes", "hash"],
    "customer": ["ref", "name", "email", "phone", "language", "email_bad_on", "phone_bad_on"],
    "ticket": ["ref", "book", "customer", "status", "open", "opened", "priority", "assignee", "result", "fields"],
    "item": ["ticket", "kind", "data"],
    "note": ["ticket", "at", "text", "attachment"],
    "tag": ["ticket", "tag"],
    "task": ["ticket", "kind", "due"],
    "message": ["ticket", "template", "channel", "role", "state", "reason", "made_on", "left_on",
                "tries", "try_at", "claim"],
    "letter": ["language", "recipient", "subject", "body"],
    "secret": ["secret"],
    "report": ["ticket", "sheet", "on_day"],
}  # fmt: skip
"""Every table with its columns; `id`, `made_by` and `ended_by` come besides."""

KEYS = {"letter": "message", "secret": "customer"}
"""What a row goes by, where that is not `id`."""

NAMED = {
    "run": "SELECT min(id) FROM event WHERE run = ?",
    "book": "SELECT min(id) FROM event WHERE book = ?",
    "event": "SELECT ?",
    "letter": "SELECT made_by FROM message WHERE id = ?",
    "secret": "SELECT made_by FROM customer WHERE id = ?",
}
"""The event that has to be named for a row; for all other tables the one that made it."""


def changed(value: object, column: str) -> object:
    """Another value of the same type, of a text one with one character changed."""
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:]
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str) and value:
        place = len(value) // 2
        return f"{value[:place]}{'x' if value[place] != 'x' else 'y'}{value[place + 1 :]}"
    return 1 if column in ("ticket", "customer", "book", "undoes", "ended_by") else "x"


def newest_change(connection: sqlite3.Connection, ticket: int, column: str) -> int | None:
    """The event that left a ticket's column as it is, if one has changed it."""
    query = "SELECT max(id) FROM event WHERE ticket = ? AND changes ->> ? IS NOT NULL"
    newest: int | None = connection.execute(query, (ticket, f"$.{column}")).fetchone()[0]
    return newest


@pytest.mark.parametrize(
    ("table", "column"), [(table, column) for table in TABLES for column in TABLES[table]]
)
def test_a_changed_value_is_found_and_its_event_named(
    worked: sqlite3.Connection, raw: bytes, table: str, column: str
) -> None:
    key = KEYS.get(table, "id")
    for number, value in worked.execute(f"SELECT {key}, {column} FROM {table}").fetchall():
        named = NAMED.get(table, f"SELECT made_by FROM {table} WHERE id = ?")
        if table == "ticket" and (event := newest_change(worked, number, column)):
            named = f"SELECT {event}, ?"
        event = worked.execute(named, (number,)).fetchone()[0]
        change = sql(
            f"UPDATE OR REPLACE {table} SET {column} = ? WHERE {key} = ?",
            changed(value, column),
            number,
        )
        told = faults(raw, change)
        assert any(re.search(rf"\bevent {event}\b", fault) for fault in told), (number, value, told)


@pytest.mark.parametrize("table", [table for table in TABLES if table not in NAMED])
@pytest.mark.parametrize("column", ["made_by", "ended_by"])
def test_a_row_that_another_event_made_or_ended_is_found(
    worked: sqlite3.Connection, raw: bytes, table: str, column: str
) -> None:
    for number, value in worked.execute(f"SELECT id, {column} FROM {table}").fetchall():
        for other in {1, 2, 7, None if column == "ended_by" else 1} - {value}:
            assert faults(raw, sql(f"UPDATE {table} SET {column} = ? WHERE id = ?", other, number))


@pytest.mark.parametrize(
    "table", [table for table in TABLES if table not in ("run", "book", *KEYS)]
)
def test_a_row_that_is_gone_or_renumbered_is_found(
    worked: sqlite3.Connection, raw: bytes, table: str
) -> None:
    for (number,) in worked.execute(f"SELECT id FROM {table}").fetchall():
        newest = table == "event" and number == 7
        if not newest:  # the newest event takes what it made and changed with it: those are found
            assert faults(raw, sql(f"DELETE FROM {table} WHERE id = ?", number))
        assert faults(raw, sql(f"UPDATE {table} SET id = 1000 WHERE id = ?", number))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (sql("DELETE FROM event WHERE id = 7"), "rows do not belong to any event."),
        (sql("DELETE FROM event WHERE id = 4"), "event 4 is missing."),
        (sql("DELETE FROM run WHERE id = 1"), "event 1 does not fit the chain: it, or something"),
        (sql("DELETE FROM book"), "event 2 does not fit the chain: it, or something it made, was"),
        (sql("INSERT INTO note (ticket, at, text, made_by) VALUES (1, '2026-03-02', 'x', 3)"),
         "1 rows do not belong to any event."),
        (sql("INSERT INTO tag (ticket, tag, made_by) VALUES (1, 'x', 99)"), "1 rows do not belong to any"),
        (sql("UPDATE note SET ticket = 99 WHERE id = 1"), "a row of note points to a row that is missing."),
        (sql("UPDATE ticket SET priority = 'urgent' WHERE id = 1"),
         "SQLite finds: CHECK constraint failed in ticket."),
        (sql("UPDATE task SET ended_by = 3 WHERE ended_by IS NULL"), ", was ended by no event."),
        (sql("UPDATE tag SET ended_by = NULL"), "does not end as event"),
        (sql("UPDATE message SET id = 9 WHERE id = 2"), "event 3 does not fit the chain: it, or"),
        (sql("UPDATE book SET kept = kept || ' '"), "what is kept of its book is not what event 2"),
        (sql("UPDATE book SET name = 'x'"), "what is kept of its book is not what event 2 was"),
        (sql("UPDATE event SET facts = '{}' WHERE id = 3"), "event 3 does not fit the chain: it, or"),
        (sql("UPDATE ticket SET fields = '[]' WHERE id = 1"), "event 1 does not fit the chain: it,"),
        (sql("UPDATE ticket SET fields = '{' WHERE id = 1"), "event 1 does not fit the chain: it,"),
        (sql("UPDATE event SET changes = '{\"status\": 3}' WHERE id = 3"), "event 3 does not fit the"),
        (sql("UPDATE event SET ended = '{\"tag\": \"x\"}' WHERE id = 3"), "event 3 does not fit the"),
        (sql("UPDATE note SET text = CAST(x'ff' AS TEXT) WHERE made_by = 3"), "event 3 does not fit"),
        (sql("UPDATE run SET command = CAST(x'80' AS TEXT) WHERE id = 2"), "event 2 does not fit the"),
    ],
)  # fmt: skip
def test_a_change_is_told(raw: bytes, change: Change, sentence: str) -> None:
    assert any(sentence in fault for fault in faults(raw, change))


def test_where_secrets_are_lost_the_event_that_made_the_customer_is_named_for_certain(
    raw: bytes,
) -> None:
    told = faults(raw, sql("DELETE FROM secret"))
    assert told[0].startswith("event 1 does not fit the chain")


# --- rows that no event made ----------------------------------------------------------------------------

KEPT: dict[str, list[tuple[object, ...]]] = {
    "source": [
        (1, "ledger", "due.csv", "2026-03-02", "91b9", 1),
        (2, None, "rows.json", None, "1d0d", 0),
    ],
    "calendar": [
        ("IT", 2026, "0.109", "2026-03-02", '[["2026-01-06", "holiday", "Epifania", false]]'),
        ("IT", 2028, "0.109", "2026-03-02", "[]"),
    ],
}


def with_kept(change: Change) -> Change:
    """A change after rows that no event made have come."""

    def make(connection: sqlite3.Connection) -> None:
        for table, rows in KEPT.items():
            insert_rows(connection, table, rows)
        change(connection)

    return make


def test_rows_that_no_event_made_are_sound_as_they_come(raw: bytes) -> None:
    assert faults(raw, with_kept(lambda connection: None)) == []


@pytest.mark.parametrize(
    ("table", "column"),
    [(table, column) for table in HASHED for column in (*HASHED[table], "hash")],
)
def test_a_changed_value_of_a_row_that_no_event_made_is_found(
    raw: bytes, table: str, column: str
) -> None:
    place = [*HASHED[table], "hash"].index(column)
    value = (*KEPT[table][0], b"0" * 32)[place]
    change = sql(f"UPDATE {table} SET {column} = ? WHERE id = 1", changed(value, column))
    told = faults(raw, with_kept(change))
    assert told[0] == f"row 1 of {table} does not fit its hash: it was changed."


@pytest.mark.parametrize("table", [*HASHED])
def test_a_row_that_no_event_made_and_that_is_gone_is_found(raw: bytes, table: str) -> None:
    told = faults(raw, with_kept(sql(f"DELETE FROM {table} WHERE id = 1")))
    assert told == [f"row 1 of {table} is missing."]
    newest = f"UPDATE {table} SET id = 9 WHERE id = (SELECT max(id) FROM {table})"
    assert [one[-12:] for one in faults(raw, with_kept(sql(newest)))] == [" is missing."]


def test_a_changed_event_breaks_the_chain_even_where_its_hash_is_worked_out_again(
    raw: bytes,
) -> None:
    """Whoever mends one hash has to mend all that follow."""

    def forge(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE event SET facts = '{}' WHERE id = 3")
        connection.execute("UPDATE event SET hash = zeroblob(32) WHERE id = 3")

    assert [fault[:7] for fault in faults(raw, forge)] == ["event 3", "event 4"]


@pytest.mark.parametrize("column", ["run", "ticket", "book", "undoes"])
@pytest.mark.parametrize("value", ["'x'", "x'00ff'", "1.5", "9e999", "-1"])
def test_a_number_that_is_none_any_more_is_found(raw: bytes, column: str, value: str) -> None:
    """A bit says of what kind a value is; no rule of the schema is asked when one is flipped."""
    loose = "PRAGMA writable_schema = ON"
    strict = "UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'event'"

    def change(connection: sqlite3.Connection) -> None:
        connection.execute(loose)
        kept = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'event'").fetchone()
        connection.execute(strict)
        connection.deserialize(connection.serialize())
        connection.execute(loose)
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(f"UPDATE event SET {column} = {value} WHERE id = 3")
        connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'event'", kept)

    assert faults(raw, change)[0].startswith("event 3 does not fit the chain")


def test_a_changed_hash_is_the_fault_of_its_own_event(
    worked: sqlite3.Connection, raw: bytes
) -> None:
    """Also where the event made tickets: the one after it fits to what it should have said."""
    for (number,) in worked.execute("SELECT id FROM event").fetchall():
        found = faults(raw, sql("UPDATE event SET hash = zeroblob(32) WHERE id = ?", number))
        assert [fault.split(" does ")[0] for fault in found] == [f"event {number}"]


def test_of_very_many_changed_events_some_are_told(tmp_path: Path) -> None:
    with closing(create_file(str(tmp_path / "tickets.db"))) as connection:
        bring_in(connection, tmp_path, {"customers": CUSTOMERS, "tickets": TICKETS})
        for _ in range(30):
            handle(connection, "T-3", "call", outcome="no-answer")
        raw = connection.serialize()
    assert len(faults(raw, sql("UPDATE run SET version = 'x'"))) == 20


# --- the schema, the header, and the size ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("DROP TRIGGER event_stays", "trigger event_stays is missing."),
        ("DROP TRIGGER event_never_changes", "trigger event_never_changes is missing."),
        ("DROP INDEX ticket_ref", "index ticket_ref is missing."),
        ("DROP TABLE link", "table link is missing."),
        ("CREATE TABLE more (a)", "table more does not belong in a ticket file."),
        ("CREATE VIEW open AS SELECT * FROM ticket", "view open does not belong in a ticket file."),
        ("CREATE INDEX more ON note (text)", "index more does not belong in a ticket file."),
        ("CREATE TRIGGER more AFTER INSERT ON note BEGIN DELETE FROM tag; END",
         "trigger more does not belong in a ticket file."),
        ("DROP TRIGGER event_stays; CREATE TRIGGER event_stays BEFORE DELETE ON event"
         " BEGIN SELECT 1; END", "trigger event_stays is not as Prassi makes it."),
        ("DROP INDEX note_of_ticket; CREATE INDEX note_of_ticket ON note (text)",
         "index note_of_ticket is not as Prassi makes it."),
        ("ALTER TABLE tag ADD COLUMN more TEXT", "table tag is not as Prassi makes it."),
        ("PRAGMA application_id = 1", "its application id is 1, not that of a ticket file."),
        ("DELETE FROM _sqlite_migrations WHERE id = 2", "the migrations it lists are not those of"),
        ("UPDATE _sqlite_migrations SET name = 'x' WHERE id = 1", "the migrations it lists are not"),
        ("UPDATE _sqlite_migrations SET applied_at = 'x'", "the migrations it lists are not those"),
        ("PRAGMA user_version = 1", "the migrations it lists are not those of schema 1."),
        ("PRAGMA user_version = 0", "the migrations it lists are not those of schema 0."),
    ],
)  # fmt: skip
def test_another_schema_is_told(raw: bytes, tmp_path: Path, change: str, sentence: str) -> None:
    path = tmp_path / "tickets.db"
    path.write_bytes(raw)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(change)
    with closing(open_to_check(str(path))) as connection:
        found = verify_file(connection).faults
    assert any(fault.startswith(sentence) for fault in found), found


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        (-1, "it was cut, or its header was changed."),
        (-4096, "it was cut, or its header was changed."),
        (1, "it was lengthened, or its header was changed."),
        (4096, "it was lengthened, or its header was changed."),
    ],
)
def test_another_size_is_told(raw: bytes, tmp_path: Path, size: int, sentence: str) -> None:
    path = tmp_path / "tickets.db"
    path.write_bytes(raw + bytes(size) if size > 0 else raw[:size])
    with closing(open_to_check(str(path))) as connection:
        found = verify_file(connection).faults
    pages = f"the file has {len(raw) + size} bytes, but its header says {len(raw) // 4096} pages"
    assert any(fault.startswith(pages) and fault.endswith(sentence) for fault in found), found


def test_a_field_without_a_value_must_have_been_emptied_by_an_event(raw: bytes) -> None:
    """The hash does not tell apart a field that is empty from one that is not there."""
    fields = sql("UPDATE ticket SET fields = json_set(fields, '$.x', null) WHERE id = 2")
    assert any("ticket T-2 has other fields than event" in fault for fault in faults(raw, fields))


def test_a_column_that_no_event_left_so_is_told_with_the_event_that_left_it(raw: bytes) -> None:
    assert faults(raw, sql("UPDATE ticket SET status = 'new' WHERE id = 2")) == [
        "ticket T-2 has another status than event 2 left it."
    ]


# --- the head ------------------------------------------------------------------------------------------


def test_a_head_that_was_kept_shows_a_tail_that_is_cut(desk: Desk) -> None:
    """A file from before is sound in itself; only what was kept of it elsewhere shows what is gone."""
    desk.load(calling(1))
    earlier = desk.file.read_bytes()
    before = desk.good("verify --head").out.strip()
    desk.good("call-outcome T-1 no-answer")
    after = desk.good("verify --head").out.strip()
    assert len(after) == 64
    assert after != before
    for head in (before, after, "0" * 64):
        desk.good(f"verify --expect {head}")
    desk.file.write_bytes(earlier)
    desk.good("verify")
    ran = desk.run(f"verify --expect {after}")
    assert ran == (1, f"no event has the expected head {after}: the end of the file was cut off, or"
                      " it is another file.\n", "")  # fmt: skip
    assert desk.good("verify --json").rows == [
        {
            "events": 1,
            "head": before,
            "faults": [],
            "bad_event": None,
            "harmless": [],
            "forgotten": 0,
        }
    ]


def test_an_unsound_file_has_no_head_to_keep(desk: Desk) -> None:
    desk.load(calling(1))
    with closing(sqlite3.connect(desk.file)) as connection:
        connection.execute("DROP TRIGGER event_stays")
    assert desk.run("verify --head") == (1, "", "trigger event_stays is missing.\n")


@pytest.mark.parametrize("head", ["", "x", "0" * 63, "G" * 64, "0" * 65])
def test_what_can_be_no_head_is_told(desk: Desk, head: str) -> None:
    desk.load()
    told = "Error: --expect must be a head as --head prints it: 64 digits from 0 to f.\n"
    assert desk.run(["verify", "--expect", head]) == (2, "", told)


# --- any character of any text --------------------------------------------------------------------------


def texts(raw: bytes) -> list[tuple[str, str, int, str]]:
    """Every text of the file: table, column, number and what stands there."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(raw)
        return [
            (table, column, number, value)
            for table, columns in TABLES.items()
            for column in columns
            for number, value in connection.execute(
                f"SELECT {KEYS.get(table, 'id')}, {column} FROM {table}"
            ).fetchall()
            if isinstance(value, str) and value
        ]


def values(text: str) -> object:
    """The fields that a JSON text gives a value; a text that is none is none."""
    try:
        read = json.loads(text)
    except ValueError:
        return text
    return {n: v for n, v in read.items() if v is not None} if isinstance(read, dict) else text


@given(st.data())
@settings(deadline=None)
def test_any_character_of_any_text(raw: bytes, data: st.DataObject) -> None:
    table, column, number, text = data.draw(st.sampled_from(texts(raw)))
    place = data.draw(st.integers(0, len(text) - 1))
    character = data.draw(
        st.sampled_from('"{}[]:,x0 1-\n\\é') | st.characters(exclude_categories=["Cs"])
    )
    new = f"{text[:place]}{character}{text[place + 1 :]}"
    assume(new != text)
    # A field without a value is as good as none, whatever its name.
    assume(column != "fields" or values(new) != values(text))
    key = KEYS.get(table, "id")
    assert faults(
        raw, sql(f"UPDATE OR REPLACE {table} SET {column} = ? WHERE {key} = ?", new, number)
    )
