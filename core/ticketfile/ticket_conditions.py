"""Conditions on tickets as SQL; what somebody typed comes into it as parameters only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..system.fast_json import encode
from ..values.field_types import Field
from ..values.text_patterns import TextPattern
from .sqlite import Connection
from .ticket_columns import TicketColumns, rank_priority

OPEN, ALWAYS, NEVER = "t.open = 1", "1", "0"
BOOK, STATUS, NEXT_TASK = "t.book", "t.status", "n.id"
TAG_TEXT, NOTE_TEXT = "x.tag", "x.text"
TASK_COLUMNS = {"kind": "x.kind", "due": "x.due"}
OPERATORS = ("<", "<=", ">", ">=")
"""What compares numbers and dates; anything else is equality."""


class Rows(NamedTuple):
    """What a ticket can have several of: the rows `x` of a table, and which of them."""

    name: str
    source: str
    which: str


TAG = Rows("tag", "tag AS x", "x.ended_by IS NULL")
NOTE = Rows("note", "note AS x", "x.ended_by IS NULL")
TASK = Rows("task", "task AS x", "x.ended_by IS NULL")
MESSAGE = Rows("message", "message AS x JOIN letter AS l ON l.message = x.id", "1")
MESSAGE_COLUMNS = {
    "template": "x.template",
    "channel": "x.channel",
    "state": "iif(x.ended_by IS NULL, x.state, 'withdrawn')",
    "reason": "x.reason",
    "made_on": "x.made_on",
    "left_on": "x.left_on",
    "language": "l.language",
    "to": "l.recipient",
    "subject": "l.subject",
    "body": "l.body",
}


class TicketConditions:
    """Makes conditions on the tickets that `TicketColumns.source` selects."""

    def __init__(self, columns: TicketColumns) -> None:
        self.columns, self.bind = columns, columns.bind
        self._patterns = list[Callable[[str], bool]]()

    def prepare(self, connection: Connection) -> None:
        """Give a connection the function that compares texts with letters beyond ASCII."""
        connection.create_function("text_fits", 2, self._compare_text)

    def _compare_text(self, place: int, text: str | int | None) -> bool | None:
        return None if text is None else self._patterns[place](str(text))

    def fits_text(self, value: str, pattern: TextPattern) -> str:
        """A text fits a pattern. LIKE decides on texts of ASCII letters, unless the pattern says that
        it only sorts them out."""
        self._patterns.append(pattern.fits)
        asked = f"text_fits({self.bind(len(self._patterns) - 1)}, {value})"
        like = f"{value} LIKE {self.bind(pattern.like)} ESCAPE '\\'"
        beyond_ascii = f"length(CAST({value} AS BLOB)) <> length({value})"
        if pattern.like_decides:
            return f"({like} OR {beyond_ascii} AND {asked})"
        return f"({like} OR {beyond_ascii}) AND {asked}"

    def compare(self, value: str, operator: str, with_value: str | int) -> str:
        """A number or a text stands in a relation to a given one."""
        sign = operator if operator in OPERATORS else "="
        return f"{value} {sign} {self.bind(with_value)}"

    def compare_day(self, value: str, operator: str, day: str) -> str:
        """The day of a date or a moment stands in a relation to a given one."""
        return self.compare(f"substr({value}, 1, 10)", operator, day)

    def compare_priority(self, operator: str, rank: int) -> str:
        """The ticket's priority stands in a relation to a given one."""
        return self.compare(rank_priority("t.priority"), operator, rank)

    def field(self, field: Field) -> str:
        """A field of the ticket."""
        return self.columns.extract("t.fields", field)

    def item_field(self, field: Field) -> str:
        """A field of an item `x`."""
        return self.columns.extract("x.data", field)

    def is_among(self, value: str, values: Sequence[str]) -> str:
        """A text is one of some."""
        if len(values) == 1:
            return self.compare(value, "=", values[0])
        return f"{value} IN (SELECT value FROM json_each({self.bind(encode(list(values)))}))"

    def any_element(self, value: str, condition: Callable[[str], str]) -> str:
        """A list in JSON has an element that fits."""
        return f"EXISTS (SELECT 1 FROM json_each({value}) AS e WHERE {condition('e.value')})"

    def of_customer(self, condition: str) -> str:
        """The ticket's customer `o` fits."""
        return f"t.customer IN (SELECT o.id FROM customer AS o WHERE {condition})"

    def of_rows(self, rows: Rows, conditions: Sequence[str]) -> str:
        """One of a ticket's rows fits all conditions."""
        fitting = join_all([rows.which, *conditions])
        return f"t.id IN (SELECT x.ticket FROM {rows.source} WHERE {fitting})"

    def items(self, kind: str) -> Rows:
        """The items of a kind."""
        return Rows(kind, "item AS x", f"x.kind = {self.bind(kind)} AND x.ended_by IS NULL")

    def has_next_of(self, who: str) -> str:
        """The next task is somebody's: of the role, of the person, or of one of those of the role."""
        holder, whole = self.columns.holder(), self.columns.who()
        held = {
            book: self.is_among(holder, [role for role, people in roles.items() if who in people])
            for book, roles in self.columns.holders.items()
        }
        mine = self.columns.by_book(held, NEVER)
        return f"({self.bind(who)} IN ({holder}, {whole}) OR {mine})"


def customer_column(name: str) -> str:
    """A column of the customer of `of_customer`."""
    return f"o.{name}"


def is_missing(value: str) -> str:
    """There is no such value."""
    return f"{value} IS NULL"


def is_there(value: str) -> str:
    """There is such a value."""
    return f"{value} IS NOT NULL"


def join_all(conditions: Sequence[str]) -> str:
    """All of some conditions."""
    return " AND ".join(f"({one})" for one in conditions) or ALWAYS


def join_any(conditions: Sequence[str]) -> str:
    """One of some conditions."""
    return " OR ".join(f"({one})" for one in conditions) or NEVER


def negate(condition: str) -> str:
    """A condition does not hold; where a value is missing, it does not."""
    return f"({condition}) IS NOT TRUE"
