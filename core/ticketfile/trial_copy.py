"""A copy of a ticket file, on which nights are tried out; the file itself stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..system.fast_json import JsonObject, decode
from . import schema
from .connect import close_on_error, copy_database
from .past_states import MadeRow
from .sqlite import Connection, open_scratch

_HISTORIES = """
SELECT t.ref, t.book, t.id,
 (SELECT group_concat(at || ' ' || rule, char(10)) FROM (SELECT at, rule FROM event
  WHERE ticket = t.id AND id > :event ORDER BY id)),
 (SELECT due FROM next_due WHERE ticket = t.id),
 (SELECT group_concat(template, char(10)) FROM (SELECT template FROM message
  WHERE ticket = t.id AND id > :message ORDER BY id))
FROM temp.was_open AS w JOIN ticket AS t ON t.id = w.id ORDER BY t.book, t.id
"""


class TrialHistory(NamedTuple):
    """What has happened to a ticket on a copy: each rule behind its day, the templates of its
    messages, and the date that was noted for it."""

    ticket: str
    book: str
    ticket_id: int
    rules: tuple[str, ...]
    due: str | None
    messages: tuple[str, ...]


class TrialCopy:
    """A copy of a ticket file that remembers which tickets were open when it was made.

    It has no name and is gone when it is closed. Close it at the end.
    """

    def __init__(self, original: Connection) -> None:
        self.connection = open_scratch(in_memory=False)
        with close_on_error(self.connection):
            copy_database(original, self.connection)
            self._last_event = self._read_last("event")
            self._last_message = self._read_last("message")
            self.connection.execute(
                "CREATE TEMP TABLE was_open AS"
                " SELECT id FROM ticket WHERE open = 1 AND ended_by IS NULL"
            )
            self.connection.execute(
                "CREATE TEMP TABLE next_due (ticket INTEGER PRIMARY KEY, due TEXT)"
            )

    def close(self) -> None:
        """Close the copy, which is gone then."""
        self.connection.close()

    def note_due_dates(self, dates: Iterable[tuple[int, str | None]]) -> None:
        """Note for tickets, by id, the date on which something is due next."""
        self.connection.executemany("INSERT INTO next_due VALUES (?, ?)", dates)

    def read_histories(self) -> Iterator[TrialHistory]:
        """What has happened since to each ticket that was open, by book and id."""
        since = {"event": self._last_event, "message": self._last_message}
        for ref, book, number, rules, due, messages in self.connection.execute(_HISTORIES, since):
            yield TrialHistory(
                ticket=ref,
                book=book,
                ticket_id=number,
                rules=tuple((rules or "").splitlines()),
                due=due,
                messages=tuple((messages or "").splitlines()),
            )

    def read_made_rows(self, ticket: int) -> list[MadeRow]:
        """The rows that have been made for a ticket since."""
        found: list[MadeRow] = []
        for table, columns in schema.ROWS.items():
            source = f"{table} AS h"
            if table == "message":
                source += " JOIN letter AS w ON w.message = h.id"
            query = (
                f"SELECT h.ticket, {', '.join(columns[1:])} FROM {source}"
                " WHERE h.ticket = ? AND h.made_by > ? ORDER BY h.id"
            )
            rows = self.connection.execute(query, (ticket, self._last_event))
            found += [(table, row) for row in rows]
        return found

    def read_values(self, ticket: int) -> JsonObject:
        """A ticket's columns and fields as they are now."""
        names = ("status", "priority", "assignee", "result", "fields")
        row = self.connection.execute(
            f"SELECT {', '.join(names)} FROM ticket WHERE id = ?", (ticket,)
        ).fetchone()
        *columns, fields = row
        return {**dict(zip(names, columns, strict=False)), **decode(fields)}

    def _read_last(self, table: str) -> int:
        query = f"SELECT coalesce(max(id), 0) FROM {table}"
        last: int = self.connection.execute(query).fetchone()[0]
        return last
