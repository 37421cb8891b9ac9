"""What a command asks of one ticket is looked up by indexes, however many tickets there are."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.ticketfile import facts_sql, schema

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
