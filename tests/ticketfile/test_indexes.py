"""What a command asks of one ticket is looked up by indexes, however many tickets there are."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from desk import Desk
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.ticketfile import connect, facts_sql, schema

SHELF = Shelf(NONE)


@pytest.fixture(scope="module")
def empty() -> Iterator[sqlite3.Connection]:
    """A ticket file with nothing in it."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in schema.schema_statements():
            connection.execute(statement)
        yield connection


EVENTS = [(name, event) for name in SHELF.names() for event in SHELF.book(name).event_names]


@pytest.mark.parametrize(("name", "event"), EVENTS, ids=[" ".join(pair) for pair in EVENTS])
def test_no_table_of_the_file_is_read_as_a_whole(
    empty: sqlite3.Connection, name: str, event: str
) -> None:
    book = SHELF.book(name)
    which = facts_sql.NO_TICKET if book.event(event).opens else facts_sql.ANY_STATE
    query = facts_sql.build_facts_query(book, book.event(event), which)
    names = (*book.input_names, *book.parameters, "book", "today", "now", "first", "last")
    plan = empty.execute(f"EXPLAIN QUERY PLAN {query}", dict.fromkeys(names)).fetchall()
    steps = [row[3] for row in plan if "VIRTUAL TABLE" not in row[3]]
    # t, i and e are what facts.sql sees of tickets, items and events.
    whole = (
        r"SCAN (t|i|e|link|customer|task|tag|note|message)( |$)|SEARCH (t|i|e) .*AUTOMATIC PARTIAL"
    )
    assert [step for step in steps if re.match(whole, step)] == []


# --- what commands ask ----------------------------------------------------------------------------------

FIRST = {
    "ref": "T-1", "book": "collections", "customer": "C-1", "opened": "2026-02-01", "assignee": "anna",
    "proformas": [{"number": "A", "amount": "10.00"}],
}  # fmt: skip
SECOND = {
    "ref": "T-2", "book": "collections", "customer": "C-1", "opened": "2026-02-01",
    "status": "pre-block", "preblock_on": "2026-02-20", "tags": ["preblocco"],
    "proformas": [{"number": "A", "amount": "10.00"}],
}  # fmt: skip
COMMANDS = (
    "show T-1", "call-outcome T-1 no-answer", "log T-1", "log --limit 2", "log --since 2026-03-02",
    "triage T-1", "preblock T-2", "triage T-1 T-2", "outbox list", "outbox list T-1 --all",
    "outbox list --state waiting --limit 1", "outbox list --all --limit 1",
    "outbox list --all --since 2026-03-02", "outbox show 1", "customer show C-1",
    "customer list --since 2026-03-02 --limit 1", "customer set C-1 name=Ada", "undo --yes",
    "promise T-1", "promise T-1 --agreed-on 2026-03-06", "undo T-1 --yes", "note T-1 hello",
    "assign T-1 bo", "assign --from bo --to anna", "undo --yes", "postpone T-1 2026-03-20",
    "explain T-1 call outcome=no-answer", "triage --assignee bo", "payment T-1 --proforma A",
    "reopen T-1", "event T-1 note text=x", "undo --run 2 --yes", "todo --who anna", "todo --who bo",
)  # fmt: skip
GROWING = frozenset({"ticket", "event", "customer", "message", "letter", *schema.ROWS})
"""The tables that grow with a desk; runs, states and what a query itself made are few rows."""
NEWEST = (
    "ORDER BY id DESC LIMIT 1",
    "ORDER BY e.id DESC LIMIT 1",
    "ORDER BY id LIMIT 1",
    "max(id)",
)
"""Ends of queries that stop at the first row or rows, from one end of a table."""
STOPS = ("LIMIT 1 OFFSET 4000", "ORDER BY m.id DESC LIMIT", "ORDER BY e.id DESC LIMIT")


class Traced:
    """Opens ticket files as ever, and keeps each statement that is run on them."""

    def __init__(self) -> None:
        self.statements: set[str] = set()
        self._connect = connect.connect

    def __call__(self, path: str) -> sqlite3.Connection:
        connection = self._connect(path)
        connection.set_trace_callback(self.statements.add)
        return connection


def list_scans(connection: sqlite3.Connection, statement: str) -> list[str]:
    """The tables that a statement reads as a whole, of those that grow with a desk."""
    if not re.match(r"\s*(SELECT|WITH|UPDATE|DELETE|INSERT)\b", statement) or "temp." in statement:
        return []
    if any(end in statement for end in (*NEWEST, *STOPS)):
        return []
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    called = re.findall(r"(?:FROM|JOIN) (?:main\.)?\"?(\w+)\"?(?: (?:AS )?(\w+))?", statement)
    growing = {name for pair in called if pair[0] in GROWING for name in pair}
    # Of what hangs on a ticket, not all that waits either.
    whole = "SCAN |SEARCH .*message_by_state" if "ticket IN" in statement else "SCAN "
    scanned = [step for step in plan if re.match(whole, step)]
    told = " ".join(statement.split())[:160]
    return [f"{step} in {told}" for step in scanned if step.split()[1] in growing]


def test_no_command_reads_all_tickets_for_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.load(FIRST, SECOND)
    traced = Traced()
    monkeypatch.setattr(connect, "connect", traced)
    wrong = []
    with closing(sqlite3.connect(desk.file)) as connection:
        for command in COMMANDS:
            traced.statements = set()
            ran = desk.run(command)
            assert ran.code in (0, 3), ran.err
            scans = [one for sql in traced.statements for one in list_scans(connection, sql)]
            wrong += [f"{command}: {one}" for one in scans]
    assert wrong == []


@pytest.mark.parametrize(
    ("command", "read"),
    [("triage T-200", 1), ("preblock T-200", 1), ("triage --assignee anna", 1), ("triage", 2)],
)
def test_pages_come_from_the_tickets_that_are_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, command: str, read: int
) -> None:
    """Of 280 open tickets, a day that is asked for one does not look at the others."""
    many = [
        SECOND | {"ref": f"T-{n}", "assignee": "anna" if n == 200 else None} for n in range(1, 281)
    ]
    desk.load(*many)
    pages: list[object] = []
    real = facts_sql.read_facts

    def count(connection: sqlite3.Connection, query: str, bounds: Any, *more: Any) -> Any:
        rows = real(connection, query, bounds, *more)
        pages.append(len(rows))
        return rows

    monkeypatch.setattr(facts_sql, "read_facts", count)
    desk.good(f"{command} -n")
    assert len(pages) == read
    assert sum(map(int, pages)) == (280 if read > 1 else 1)
