"""A copy of a ticket file that is wound back, event by event, to how it stood before old events."""

from __future__ import annotations

from collections.abc import Collection

from ..system.fast_json import JsonObject, decode, encode
from . import schema
from .changed_rows import ChangedRows
from .connect import close_on_error, copy_database
from .first_rows import MESSAGES
from .sqlite import Connection, open_scratch

_EVENTS = "SELECT id, ticket, customer, changes, ended, undoes FROM event WHERE id >= ? AND id < ?"
_OF_TICKETS = " AND (ticket IS NULL OR ticket IN (SELECT value FROM json_each(?)))"


class RewoundCopy:
    """A copy of a ticket file, which goes back in time. Close it at the end.

    With `tickets`, by id, only these are wound back: all others stay as they are now.
    """

    def __init__(self, original: Connection, tickets: Collection[int] | None = None) -> None:
        self.connection = open_scratch(in_memory=False)
        with close_on_error(self.connection):
            copy_database(original, self.connection)
            self.connection.execute("DROP TRIGGER event_stays")
            query = "SELECT coalesce(max(id), 0) + 1 FROM event"
            self._next: int = self.connection.execute(query).fetchone()[0]
        self._tickets = None if tickets is None else encode(sorted(tickets))

    def close(self) -> None:
        """Close the copy, which is gone then."""
        self.connection.close()

    def rewind(self, event: int) -> None:
        """Go back to how everything stood before an event; never forward again."""
        query, given = _EVENTS, [event, self._next]
        if self._tickets is not None:
            query += _OF_TICKETS
        names = [*given, *([] if self._tickets is None else [self._tickets])]
        for row in self.connection.execute(f"{query} ORDER BY id DESC", names).fetchall():
            self._take_back(*row)
        self._next = min(event, self._next)

    def _take_back(
        self,
        number: int,
        ticket: int | None,
        customer: int | None,
        changes: str,
        ended: str,
        undoes: int | None,
    ) -> None:
        """Leave out what an event made, put back what it ended and changed, and forget it."""
        self._leave_out_made(number, ticket)
        if undoes is not None:
            # What the event ended that was undone had come back, and is gone again.
            row = self.connection.execute("SELECT ended FROM event WHERE id = ?", (undoes,))
            self._mark(decode(row.fetchone()[0]), undoes)
        self._mark(decode(ended), None)
        if changes != "{}":
            ChangedRows(self.connection, ticket, customer).write(_turn_round(decode(changes)))
        self.connection.execute("DELETE FROM event WHERE id = ?", (number,))

    def _leave_out_made(self, number: int, ticket: int | None) -> None:
        gone = "UPDATE {} SET ended_by = made_by WHERE made_by = ?".format
        found = self.connection.execute("SELECT id FROM ticket WHERE made_by = ?", (number,))
        opened = [row[0] for row in found]
        tables = [*(["ticket", "customer"] if opened or ticket is None else [])]
        for table in (*tables, *(["state"] if ticket is None else [])):
            self.connection.execute(gone(table), (number,))
        own = encode([*opened, ticket])
        for table in schema.ROWS:
            of_own = " AND ticket IN (SELECT value FROM json_each(?))"
            self.connection.execute(gone(table) + of_own, (number, own))

    def _mark(self, rows: JsonObject, ended_by: int | None) -> None:
        """Say of rows, by table, which event ended them."""
        for table, numbers in rows.items():
            self.connection.executemany(
                f"UPDATE {table} SET ended_by = ? WHERE id = ?",
                [(ended_by, number) for number in numbers],
            )


def _turn_round(changes: JsonObject) -> JsonObject:
    """Changes with what was before in the place of what was after, those of messages too."""
    back: JsonObject = {name: pair[::-1] for name, pair in changes.items() if name != MESSAGES}
    messages = {
        number: {name: pair[::-1] for name, pair in changed.items()}
        for number, changed in changes.get(MESSAGES, {}).items()
    }
    return {**back, MESSAGES: messages} if messages else back
