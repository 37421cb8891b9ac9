"""Rows that stay in place as they were first written: what events changed in them is taken back.

A ticket, a customer and a message are changed where they stand; each event says what it changed, from
what to what. What does not follow from one change to the next, and from the last one to the row, is
doubtful.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from ..system.fast_json import JsonObject, encode
from .event_hash import INSERTED
from .readable_rows import OwnedRows, RowsByOwner
from .sqlite import Connection, SqlRow

MESSAGES = "messages"
"""Under what name an event's changes have those of messages: by number, each like a ticket's."""

# Not by the index: where that one is damaged, rows and events are not.
_CHANGES = {
    "ticket": """
SELECT ticket, id, changes FROM event NOT INDEXED
WHERE changes <> '{}' AND ticket IS NOT NULL ORDER BY ticket, id
""",
    "customer": """
SELECT customer, id, changes FROM event NOT INDEXED
WHERE changes <> '{}' AND ticket IS NULL AND customer IS NOT NULL ORDER BY customer, id
""",
    "message": f"""
SELECT CAST(one.key AS INTEGER), e.id, one.value
FROM event AS e NOT INDEXED, json_each(e.changes, '$.{MESSAGES}') AS one
WHERE e.changes LIKE '%"{MESSAGES}"%' ORDER BY CAST(one.key AS INTEGER), e.id
""",
}
"""What events changed in rows that stay in place, by the rows' numbers."""

RESTORED = tuple(_CHANGES)
"""The tables of those rows."""

_WRONG = "does not fit its events"

Doubt = Callable[[int, str], None]
"""Notes that an event may be bad, and in what way."""


class RestoredRows:
    """Rows of a file as they were first written; `doubt` is told what does not fit."""

    def __init__(self, connection: Connection, doubt: Doubt) -> None:
        self._connection, self._doubt = connection, doubt
        self._changed = set[int]()

    def has_changed(self, number: int) -> bool:
        """Whether an event made rows that later ones changed; events are asked for in their order."""
        self._changed -= {owner for owner in self._changed if owner < number}
        return number in self._changed

    def restore(self, table: str, rows: OwnedRows) -> OwnedRows:
        """The rows of a table, each changed column as its first change found it.

        They come by the event that made them, in the order of their numbers, which are before them.
        """
        changes = RowsByOwner(self._read_changes(table))
        for made_by, (number, *row) in rows:
            own = changes.take_rows(number)
            yield made_by, self._restore_row(table, number, made_by, (*row,), own)

    def _read_changes(self, table: str) -> OwnedRows:
        for owner, number, text in self._connection.execute(_CHANGES[table]):
            if isinstance(owner, int):  # Else its event does not fit the chain.
                yield owner, (number, text)

    def _restore_row(
        self, table: str, number: int, made_by: int, row: SqlRow, changes: Sequence[SqlRow]
    ) -> SqlRow:
        columns: JsonObject = dict(zip(INSERTED[table], row, strict=True))
        fields = _parse_object(columns.pop("fields")) if table == "ticket" else None
        name = f"{table} {columns.get('ref', number)}"
        first, newest = self._follow_changes(changes)
        if newest:
            self._changed.add(made_by)
        if table == "message" and columns["state"] == "claimed":
            columns["state"] = "waiting"  # no event says so: it is on its way out
        if fields is not None:
            self._check_fields(name, made_by, row[-1], fields, changes, newest)
        for column, (event, value) in newest.items():
            where = columns if column in columns or fields is None else fields
            if where.get(column) != value:
                self._doubt(event, f"{name} has another {column} than event {event} left it.")
            if column in where or fields is not None:
                where[column] = first[column]
        own = (*columns.values(),)
        return own if fields is None else (*own, _encode_fields(fields))

    def _check_fields(
        self,
        name: str,
        made_by: int,
        text: object,
        fields: JsonObject,
        changes: Sequence[SqlRow],
        newest: dict[str, tuple[int, object]],
    ) -> None:
        """What the hash of a ticket does not tell apart in its fields."""
        unasked = any(value is None and field not in newest for field, value in fields.items())
        if unasked or _encode_fields(fields) != text:
            number = max((event for event, _ in changes), default=made_by)
            self._doubt(number, f"{name} has other fields than event {number} left it.")

    def _follow_changes(
        self, changes: Sequence[SqlRow]
    ) -> tuple[JsonObject, dict[str, tuple[int, object]]]:
        """What each changed column was at first, and what it is since which event."""
        first: JsonObject = {}
        newest: dict[str, tuple[int, object]] = {}
        for number, text in changes:
            for name, pair in _parse_object(text).items():
                if name == MESSAGES:
                    continue
                old, new = pair if isinstance(pair, list) and len(pair) == 2 else (_WRONG, _WRONG)
                _, before = newest.get(name, (number, old))
                if before != old:
                    self._doubt(number, f"event {number} changed another {name} than there was.")
                first.setdefault(name, old)
                newest[name] = number, new
        return first, newest


def _parse_object(text: object) -> JsonObject:
    """A JSON object; for any other text, an object that fits nothing."""
    try:
        read = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        read = None
    return read if isinstance(read, dict) else {_WRONG: _WRONG}


def _encode_fields(fields: JsonObject) -> str:
    try:
        return encode(fields)
    except ValueError:  # a number that JSON does not have
        return ""
