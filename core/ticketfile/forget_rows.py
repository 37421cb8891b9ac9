"""The rows and events of a person who is forgotten: read, blanked, and written back."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple, Protocol

from ..errors import PartlyDone
from ..system.fast_json import encode
from .event_hash import EDITION
from .row_hashes import hash_again
from .sqlite import Connection

NOTE = "(forgotten)"
"""What stands in place of a note."""


class RowWords(Protocol):
    """How what stands in rows is blanked."""

    def blank_fields(self, book: str, fields: str) -> str: ...

    def blank_item(self, book: str, kind: str, data: str) -> str: ...

    def blank_result(self, book: str, result: str | None) -> object: ...

    def blank_tag(self, book: str, tag: str) -> str: ...

    def holds_words(self, ref: str) -> bool: ...


class TouchedEvent(NamedTuple):
    """An event to blank, with the version of the book that decided it, and whose its ticket is."""

    number: int
    ticket: int | None
    customer: int | None
    owner: int | None
    ticket_book: str | None
    event: str
    facts: str
    changes: str
    kept: str | None
    digest: str | None


def read_words(connection: Connection, customers: Sequence[int]) -> list[str]:
    """All names and addresses that these customers have or had."""
    found = set[str]()
    columns = "SELECT name, email, phone FROM customer WHERE id IN (SELECT value FROM json_each(?))"
    for row in connection.execute(columns, (encode([*customers]),)):
        found.update(value for value in row if value)
    changes = (
        "SELECT one.value FROM event AS e, json_each(e.changes) AS column, json_each(column.value) AS one"
        " WHERE e.ticket IS NULL AND e.customer IN (SELECT value FROM json_each(?))"
        " AND column.key IN ('name', 'email', 'phone') AND one.value IS NOT NULL"
    )
    found.update(str(row[0]) for row in connection.execute(changes, (encode([*customers]),)))
    return sorted(found)


def read_persons(connection: Connection) -> set[str]:
    """Everybody who has acted."""
    rows = connection.execute("SELECT DISTINCT person FROM run WHERE person IS NOT NULL")
    return {row[0] for row in rows}


def find_events_of_sources(connection: Connection, words: RowWords) -> list[int]:
    """The imports from files whose names hold words of the person, whoever came in."""
    query = "SELECT id, json_extract(facts, '$.source') FROM event WHERE event = 'import' AND book IS NULL"
    holds = cache(words.holds_words)
    return [number for number, name in connection.execute(query) if name and holds(name)]


def read_events(connection: Connection, numbers: Sequence[int]) -> Iterator[TouchedEvent]:
    """Some events, in their order."""
    rows = connection.execute(
        "SELECT e.id, e.ticket, e.customer, t.customer, t.book, e.event, e.facts, e.changes, b.kept, b.digest"
        " FROM event AS e LEFT JOIN ticket AS t ON t.id = e.ticket LEFT JOIN book AS b ON b.id = e.book"
        " WHERE e.id IN (SELECT value FROM json_each(?)) ORDER BY e.id",
        (encode([*numbers]),),
    )
    return map(TouchedEvent._make, rows.fetchall())


def write_events(connection: Connection, changed: Iterable[tuple[str, str, int]]) -> None:
    """Give events other facts and changes: the only time that an event changes."""
    name = "event_never_changes"
    (trigger,) = connection.execute(
        "SELECT sql FROM sqlite_schema WHERE name = ?", (name,)
    ).fetchone()
    connection.execute(f"DROP TRIGGER {name}")
    connection.executemany("UPDATE event SET facts = ?, changes = ? WHERE id = ?", changed)
    connection.execute(trigger)


def erase_what_is_overwritten(connection: Connection) -> None:
    """Have SQLite fill with zeros what it overwrites from now on."""
    connection.execute("PRAGMA secure_delete = ON")


def drop_free_pages(connection: Connection) -> None:
    """Write the file anew, without its free pages, in which something may be left from before.

    Raises PartlyDone where that can't be done: what was blanked is committed.
    """
    try:
        connection.execute("VACUUM")
    except sqlite3.Error as error:
        raise PartlyDone(
            f"the customer is forgotten, but words may be left in free pages: {error}; when that is"
            " mended, run VACUUM with the sqlite3 program."
        ) from None


def count_unguarded(connection: Connection, numbers: Sequence[int]) -> int:
    """How many of some events are of the chain's first edition, whose hashes cover no secret."""
    row = connection.execute(
        "SELECT count(*) FROM event WHERE id IN (SELECT value FROM json_each(?)) AND id <"
        " coalesce((SELECT min(id) FROM event WHERE event = ? AND book IS NULL), 0)",
        (encode([*numbers]), EDITION),
    ).fetchone()
    return int(row[0])


class RowBlanking:
    """Blanks the rows of some customers and of their tickets."""

    def __init__(self, connection: Connection, customers: Sequence[int], words: RowWords) -> None:
        self._connection, self._words = connection, words
        self._customers = encode([*customers])

    def blank(self, name: str) -> int:
        """Blank them all; `name` becomes the customers' ref. Returns how many rows it were."""
        return (
            self._blank_customers(name)
            + self._blank_tickets()
            + self._blank_hanging()
            + self._blank_letters()
            + self._blank_sources()
        )

    def _blank_customers(self, name: str) -> int:
        found = self._connection.execute(
            "UPDATE customer SET ref = ?, name = NULL, email = NULL, phone = NULL"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (name, self._customers),
        )
        return found.rowcount

    def _blank_tickets(self) -> int:
        rows = self._connection.execute(
            "SELECT id, ref, book, result, fields FROM ticket WHERE customer IN (SELECT value FROM json_each(?))",
            (self._customers,),
        ).fetchall()
        words = self._words
        for number, ref, book, result, fields in rows:
            new_ref = f"forgotten-ticket-{number}" if words.holds_words(ref) else ref
            self._connection.execute(
                "UPDATE ticket SET ref = ?, result = ?, fields = ? WHERE id = ?",
                (
                    new_ref,
                    words.blank_result(book, result),
                    words.blank_fields(book, fields),
                    number,
                ),
            )
            if new_ref != ref:
                self._connection.execute(
                    "UPDATE link SET target = ? WHERE target = ?", (new_ref, ref)
                )
        return len(rows)

    def _select_hanging(self, columns: str, table: str) -> list[tuple[object, ...]]:
        return self._connection.execute(
            f"SELECT {columns} FROM {table} AS h JOIN ticket AS t ON t.id = h.ticket"
            " WHERE t.customer IN (SELECT value FROM json_each(?))",
            (self._customers,),
        ).fetchall()

    def _blank_hanging(self) -> int:
        """Items, notes and tags."""
        count = 0
        for number, book, kind, data in self._select_hanging(
            "h.id, t.book, h.kind, h.data", "item"
        ):
            blanked = self._words.blank_item(str(book), str(kind), str(data))
            self._connection.execute("UPDATE item SET data = ? WHERE id = ?", (blanked, number))
            count += 1
        for number, book, tag in self._select_hanging("h.id, t.book, h.tag", "tag"):
            blanked = self._words.blank_tag(str(book), str(tag))
            self._connection.execute("UPDATE tag SET tag = ? WHERE id = ?", (blanked, number))
            count += 1
        for (number,) in self._select_hanging("h.id", "note"):
            update = "UPDATE note SET text = ?, attachment = NULL WHERE id = ?"
            self._connection.execute(update, (NOTE, number))
            count += 1
        return count

    def _blank_letters(self) -> int:
        found = self._connection.execute(
            "UPDATE letter SET recipient = NULL, subject = NULL, body = '' WHERE message IN"
            " (SELECT m.id FROM message AS m JOIN ticket AS t ON t.id = m.ticket"
            " WHERE t.customer IN (SELECT value FROM json_each(?)))",
            (self._customers,),
        )
        return found.rowcount

    def _blank_sources(self) -> int:
        """The names of files and maps that hold words of the person."""
        count = 0
        for column in ("name", "map"):
            names = self._connection.execute(f"SELECT DISTINCT {column} FROM source").fetchall()
            for (name,) in names:
                if name is not None and self._words.holds_words(name):
                    update = f"UPDATE source SET {column} = ? WHERE {column} = ?"
                    count += self._connection.execute(update, (NOTE, name)).rowcount
        hash_again(self._connection, "source")
        return count
