"""What a book's facts look at: read from the query as SQLite has compiled it.

Each fact's query is compiled alone, over tables that have a column for each thing a ticket knows.
Its program names every column it reads and every value it is given; what it doesn't name can't bear
on the fact. A newer SQLite may read more or less for the same words; either is what it will do.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ....book.model import Book
from ....ticketfile.facts_sql import parameter_names
from ....ticketfile.facts_sql_sample import SampleFile


class Dependencies(NamedTuple):
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
    """What the columns of a book's facts.sql look at."""

    def __init__(self, book: Book) -> None:
        self._book, self._sample = book, SampleFile(book)
        self._known: dict[str, Dependencies] = {}

    def close(self) -> None:
        """Close the sample that the columns are looked up in."""
        self._sample.close()

    def of(self, fact: str) -> Dependencies:
        """What a fact that facts.sql has a column for looks at."""
        if fact not in self._known:
            self._known[fact] = self._looked(fact)
        return self._known[fact]

    def _looked(self, fact: str) -> Dependencies:
        sample, opened = self._sample, dict[int, str]()
        parts, given = set[str](), set[str]()
        simple, days, figures = True, 0, dict[int, int]()
        for code, one, two, four in sample.program(fact):
            if code == "OpenRead":
                opened[one] = sample.tables[two]
                parts.add(opened[one])
            elif code == "Column" and one in opened:
                parts.add(f"{opened[one]}.{sample.columns[opened[one]][two]}")
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
        return Dependencies(
            frozenset(parts), frozenset(given), simple, max(figures.values(), default=0), days
        )

    def _named(self) -> set[str]:
        """All that the query is given, where SQLite doesn't say which of it."""
        return set(re.findall(r":(\w+)", self._book.facts_sql)) & set(parameter_names(self._book))
