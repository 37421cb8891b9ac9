"""What an event changes in rows that stay in place: a ticket's columns and fields, a customer's
columns, the state and the words of messages.

An event's `changes` have the ticket's, or, without a ticket, the customer's: each name with its value
before and after; and under `messages`, by number, those of messages.
"""

from __future__ import annotations

from ..system.fast_json import JsonObject, decode, encode
from . import schema
from .first_rows import MESSAGES
from .sqlite import Connection

Pair = list[object]
"""A value before and after."""


class ChangedRows:
    """The rows that an event on a ticket or a customer changes."""

    def __init__(self, connection: Connection, ticket: int | None, customer: int | None) -> None:
        self._connection, self._ticket, self._customer = connection, ticket, customer

    def take_back(self, changes: JsonObject) -> JsonObject:
        """The changes that put back what an earlier event of the same rows changed: each value that
        still is as that event left it. A message that has left since stays as it is, and whether an
        address is bad goes with the address."""
        now = self._read_own()
        back: JsonObject = {
            name: pair[::-1]
            for name, pair in changes.items()
            if name != MESSAGES and now.get(name) == pair[1]
        }
        for mark in ("email_bad_on", "phone_bad_on"):
            if self._ticket is None and mark.removesuffix("_bad_on") in back:
                was = changes[mark][0] if mark in changes else None
                if now[mark] != was:
                    back[mark] = [now[mark], was]
        messages = {
            number: found
            for number, changed in changes.get(MESSAGES, {}).items()
            if (found := self._take_back_message(int(number), changed))
        }
        return {**back, MESSAGES: messages} if messages else back

    def write(self, changes: JsonObject) -> None:
        """Give the rows the values after these changes."""
        own = {name: pair[1] for name, pair in changes.items() if name != MESSAGES}
        if own and self._ticket is not None:
            self._write_ticket(own)
        elif own:
            self._update("customer", "id", self._customer, own)
        for number, changed in changes.get(MESSAGES, {}).items():
            after = {name: pair[1] for name, pair in changed.items()}
            words = {name: after.pop(name) for name in schema.LETTER if name in after}
            self._update("message", "id", int(number), after)
            self._update("letter", "message", int(number), words)

    def _read_own(self) -> JsonObject:
        """The values of the ticket, or else of the customer, as they are now."""
        if self._ticket is None:
            return _read_row(self._connection, "customer", schema.CUSTOMER, self._customer)
        row = _read_row(self._connection, "ticket", schema.TICKET, self._ticket)
        return {**row, **decode(row.pop("fields"))}

    def _take_back_message(self, number: int, changed: dict[str, Pair]) -> dict[str, Pair]:
        now = read_message_columns(self._connection, number)
        same = all(now.get(name) == pair[1] for name, pair in changed.items())
        return {name: pair[::-1] for name, pair in changed.items()} if same else {}

    def _write_ticket(self, after: JsonObject) -> None:
        columns = {name: after.pop(name) for name in list(after) if name in schema.TICKET}
        if after:
            query = "SELECT fields FROM ticket WHERE id = ?"
            row = self._connection.execute(query, (self._ticket,)).fetchone()
            columns["fields"] = encode({**decode(row[0]), **after})
        self._update("ticket", "id", self._ticket, columns)

    def _update(self, table: str, key: str, number: int | None, values: JsonObject) -> None:
        if values:
            assigned = ", ".join(f"{name} = ?" for name in values)
            query = f"UPDATE {table} SET {assigned} WHERE {key} = ?"
            self._connection.execute(query, (*values.values(), number))


def read_message_columns(connection: Connection, number: int) -> JsonObject:
    """The state and the words of a message, by column."""
    own = ("state", "reason", "left_on")
    return {
        **_read_row(connection, "message", own, number),
        **_read_row(connection, "letter", schema.LETTER, number, "message"),
    }


def _read_row(
    connection: Connection,
    table: str,
    columns: tuple[str, ...],
    number: int | None,
    key: str = "id",
) -> JsonObject:
    row = connection.execute(
        f"SELECT {', '.join(columns)} FROM {table} WHERE {key} = ?", (number,)
    ).fetchone()
    return {} if row is None else dict(zip(columns, row, strict=True))
