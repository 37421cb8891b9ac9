"""What a book's facts look at: read from the query as SQLite has compiled it.

Each fact's query is compiled alone, over tables that have a column for each thing a ticket knows.
Its program names every column it reads and every value it is given; what it doesn't name can't bear
on the fact. A newer SQLite may read more or less for the same words; either is what it will do.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from ..book import Book

TICKET = ("ref", "status", "opened", "priority", "assignee", "result", "customer")

HANGING = {
    "task": ("kind", "due"), "tag": ("tag",), "note": ("at", "text"),
    "event": ("at", "event", "rule", "facts", "changes"),
}  # fmt: skip
"""What hangs on a ticket in every book, with its columns."""


class Looked(NamedTuple):
    """What a fact looks at: `parts` of the file (`table` or `table.column`), and `given` by name.

    `simple`: it is worked out with functions alone that are among SIMPLE. `figure` and `days` are the
    largest number that stands in its query, and the largest number of days that a date is moved by.
    """

    parts: frozenset[str]
    given: frozenset[str]
    simple: bool
    figure: int
    days: int


_ARITHMETIC = frozenset(
    {"Multiply", "Divide", "Remainder", "BitAnd", "BitOr", "ShiftLeft", "ShiftRight"}
)
"""What can tell any two numbers apart: with it, too, a fact is left open."""

_MOVED = re.compile(r"[+-]?(\d+) days?")

SIMPLE = frozenset({
    "->", "->>", "abs", "coalesce", "count", "date", "ifnull", "iif", "json_array",
    "json_array_length", "json_extract", "json_group_array", "julianday", "length", "like", "lower",
    "max", "min", "nullif", "round", "substr", "substring", "sum", "total", "trim", "upper",
})  # fmt: skip
"""Functions that choose among values, compare them, or count: with others, a fact is left open.

What `date` comes to in another month is seen where a fact is asked of tickets on several days.
"""


class Reads:
    """What the columns of a book's facts.sql look at."""

    def __init__(self, book: Book) -> None:
        self._book, self._connection = book, tables(book)
        self._names = (*book.input_names, *book.parameters, "book", "today", "now", "first", "last")
        listed = self._connection.execute(
            "SELECT rootpage, name FROM sqlite_schema WHERE rootpage > 0"
        )
        self._tables: Mapping[int, str] = dict(listed.fetchall())
        self._columns = {
            table: [row[1] for row in self._connection.execute(f"PRAGMA table_info('{table}')")]
            for table in self._tables.values()
        }
        self._known: dict[str, Looked] = {}

    def of(self, fact: str) -> Looked:
        """What a fact that facts.sql has a column for looks at."""
        if fact not in self._known:
            self._known[fact] = self._looked(fact)
        return self._known[fact]

    def _looked(self, fact: str) -> Looked:
        query = f'EXPLAIN SELECT asked."{fact}" FROM (\n{self._book.facts_sql}\n) AS asked'  # noqa: S608
        opened, parts, given = dict[int, str](), set[str](), set[str]()
        simple, days, figures = True, 0, dict[int, int]()
        for _, code, one, two, _, four, *_ in self._connection.execute(
            query, dict.fromkeys(self._names)
        ):
            if code == "OpenRead":
                opened[one] = self._tables[two]
                parts.add(opened[one])
            elif code == "Column" and one in opened:
                parts.add(f"{opened[one]}.{self._columns[opened[one]][two]}")
            elif code == "Variable":
                given |= {four[1:]} if four else self._named()
            elif code in ("Function", "PureFunc", "AggStep", "AggStep1"):
                simple &= str(four).partition("(")[0] in SIMPLE
                if str(four).startswith("substr"):  # the places in a text are no figures
                    figures |= dict.fromkeys(range(two + 1, two + 3), 0)
            elif code in _ARITHMETIC:
                simple = False
            elif code == "Integer":
                figures.setdefault(two, abs(one))
            elif code in ("String8", "String") and (moved := _MOVED.fullmatch(str(four))):
                days = max(days, int(moved[1]))
        return Looked(
            frozenset(parts), frozenset(given), simple, max(figures.values(), default=0), days
        )

    def _named(self) -> set[str]:
        """All that the query is given, where SQLite doesn't say which of it."""
        return set(re.findall(r":(\w+)", self._book.facts_sql)) & set(self._names)


def tables(book: Book) -> sqlite3.Connection:
    """An empty file in memory, with a column for each thing that facts.sql can name."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA automatic_index = OFF")  # an index would be read in a table's place
    made = {
        "ticket": (*TICKET, *book.fields),
        "tickets": (*TICKET, "open", *book.fields),
        "customer": ("ref", "name", "email", "phone", "language"),
        **{kind: ("ticket", *items.fields) for kind, items in book.items.items()},
        **{kind: ("ticket", *columns) for kind, columns in HANGING.items()},
    }
    for table, columns in made.items():
        named = "".join(f', "{column}"' for column in columns)
        connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY{named})")
    connection.execute("CREATE TABLE link (ticket, field, target)")
    connection.execute("CREATE TABLE state (name, place, completed)")
    standing = [s for s in book.statuses.values() if not s.closed]
    connection.executemany(
        "INSERT INTO state VALUES (?, ?, ?)",
        [(status.name, place, status.completed) for place, status in enumerate(standing, 1)],
    )
    return connection
