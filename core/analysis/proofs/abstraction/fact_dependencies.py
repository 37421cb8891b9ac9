"""What a book's facts read: found out from the query as SQLite has compiled it.

Each fact's query is compiled alone, over tables that have a column for each thing a ticket knows.
Its program names every column it reads and every value it is given; what it does not name has no
bearing on the fact. A newer SQLite may read more or less for the same words; either is what it will
do.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ....book.model import Book
from ....book.ticket_parts import Part
from ....ticketfile.facts_sql import parameter_names
from ....ticketfile.facts_sql_sample import Operation, SampleFile


class Dependencies(NamedTuple):
    """What a fact reads: `parts` of the file, and what it is `given` by name.

    `simple`: it is worked out with functions alone that are among SIMPLE. `figure` and `days` are the
    largest number that stands in its query, and the largest number of days that a date is moved by;
    `texts` are those that stand in it.
    """

    parts: frozenset[Part]
    given: frozenset[str]
    simple: bool
    figure: int
    days: int
    texts: frozenset[str]


_ARITHMETIC = frozenset(
    {"Multiply", "Divide", "Remainder", "BitAnd", "BitOr", "ShiftLeft", "ShiftRight"}
)
"""What can tell any two numbers apart: with it, too, a fact is left open."""

_FUNCTIONS = frozenset({"Function", "PureFunc", "AggStep", "AggStep1"})

_SHIFT = re.compile(r"[+-]?(\d+) days?")

SIMPLE = frozenset(
    {
        "->",
        "->>",
        "abs",
        "coalesce",
        "count",
        "date",
        "ifnull",
        "iif",
        "json_array",
        "json_array_length",
        "json_extract",
        "json_group_array",
        "julianday",
        "length",
        "like",
        "lower",
        "max",
        "min",
        "nullif",
        "round",
        "substr",
        "substring",
        "sum",
        "total",
        "trim",
        "upper",
    }
)
"""Functions that choose among values, compare them, or count: with others, a fact is left open.

What `date` comes to in another month is seen where a fact is asked of tickets on several days.
"""


class FactDependencies:
    """What the columns of a book's facts.sql read."""

    def __init__(self, book: Book) -> None:
        self._book, self._sample = book, SampleFile(book)
        self._known: dict[str, Dependencies] = {}

    def close(self) -> None:
        """Close the sample that the columns are looked up in."""
        self._sample.close()

    def of(self, fact: str) -> Dependencies:
        """What a fact that facts.sql has a column for reads."""
        if fact not in self._known:
            self._known[fact] = self._find(fact)
        return self._known[fact]

    def _find(self, fact: str) -> Dependencies:
        program = _Program(self._sample, self._names(), "&" in self._book.facts_sql)
        for operation in self._sample.program(fact):
            program.read(operation)
        return Dependencies(
            parts=frozenset(program.parts),
            given=frozenset(program.given),
            simple=program.simple,
            figure=max(program.figures.values(), default=0),
            days=program.days,
            texts=frozenset(program.texts),
        )

    def _names(self) -> frozenset[str]:
        """All that the query is given, where SQLite does not say which of it."""
        named = set(re.findall(r":(\w+)", self._book.facts_sql))
        return frozenset(named & set(parameter_names(self._book)))


class _Program:
    """What the operations of a query's program add up to."""

    def __init__(self, sample: SampleFile, names: frozenset[str], has_bits: bool) -> None:
        """`has_bits`: numbers are joined bit by bit. Else SQLite only does so with the yes and no of an IN."""
        self._sample, self._names = sample, names
        self._harmless = () if has_bits else ("BitAnd",)
        self._tables: dict[int, str] = {}
        """The tables that are open, by cursor."""
        self.parts: set[Part] = set()
        self.given: set[str] = set()
        self.figures: dict[int, int] = {}
        """Whole numbers by the register that holds them."""
        self.texts: set[str] = set()
        self.days, self.simple = 0, True

    def read(self, operation: Operation) -> None:
        """Take in one operation."""
        code, cursor, place = operation.code, operation.p1, operation.p2
        if code == "OpenRead":
            self._tables[cursor] = self._sample.tables[place]
            self.parts.add(Part(self._tables[cursor]))
        elif code == "Column" and cursor in self._tables:
            table = self._tables[cursor]
            self.parts.add(Part(table, self._sample.columns[table][place]))
        elif code == "Variable":
            self.given |= {operation.p4[1:]} if operation.p4 else self._names
        elif code == "Integer":
            self.figures.setdefault(place, abs(operation.p1))
        elif code in ("String8", "String"):
            self.texts.add(operation.p4)
            shift = _SHIFT.fullmatch(operation.p4)
            self.days = max(self.days, int(shift[1]) if shift else 0)
        else:
            self._read_calculation(operation)

    def _read_calculation(self, operation: Operation) -> None:
        if operation.code in _FUNCTIONS:
            self.simple &= operation.p4.partition("(")[0] in SIMPLE
            if operation.p4.startswith("substr"):  # places in a text are not figures
                self.figures |= dict.fromkeys(range(operation.p2 + 1, operation.p2 + 3), 0)
        elif operation.code in _ARITHMETIC and operation.code not in self._harmless:
            self.simple = False
