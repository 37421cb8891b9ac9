"""How far a book's facts.sql looks, by the program that SQLite compiles it to.

What facts.sql names is a table here, with indexes on what joins a row to a ticket. Each table must
then be looked up by such a key, and the key must come from a row that was found before: so, one step
after the other, nothing but the ticket asked about and what is joined to it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import NamedTuple

from ..book.model import Book
from ..book.reach import CUSTOMER, LINKS
from .facts_sql import parameter_names
from .facts_sql_sample import create_tables
from .sqlite import Connection

_INDEXED = {
    "tickets": ("ref", "customer"),
    "link": ("ticket", "target"),
    "customer": ("ref",),
}
_TYPES = {"ticket": "INTEGER", "customer": "INTEGER"}
"""Of the columns that hold ids: SQLite uses no index to compare one without a type to an id."""

_SEEKS = frozenset({"SeekGE", "SeekGT", "SeekLE", "SeekLT"})
_ENDS = frozenset({"IdxGE", "IdxGT", "IdxLE", "IdxLT"})
_POINTS = frozenset({"SeekRowid", "NotExists", "Found", "NotFound", "NoConflict"})
_SCANS = frozenset({"Rewind", "Last", "Count"})
_COPIES = frozenset({"Copy", "SCopy", "Move"})
_ROW_VALUES = frozenset({"Column", "Rowid", "IdxRowid"})


class NeededReach(NamedTuple):
    """The smallest reach that certainly fits a facts.sql: what joins tickets, None for all tickets;
    `because` says what it reads, for the end of a sentence."""

    reach: frozenset[str] | None
    because: str


class _Step(NamedTuple):
    """An instruction of SQLite's program: its code, and the operands P1 to P3."""

    code: str
    p1: int
    p2: int
    p3: int


class _Table(NamedTuple):
    """What a cursor is opened on: a table, and the columns that it holds in their order; `key` is the
    column by which it is searched."""

    name: str
    key: str
    columns: tuple[str, ...]


def find_needed_reach(book: Book) -> NeededReach:
    """The smallest reach that certainly fits a book's facts.sql."""
    columns = {name for event in map(book.event, book.event_names) for name in event.columns}
    named = ", ".join(f'asked."{name}"' for name in ("ticket", *sorted(columns)))
    query = f"EXPLAIN SELECT {named} FROM (\n{book.facts_sql}\n) AS asked"
    with closing(create_tables(book, _TYPES)) as connection:
        tables = _index_tables(connection, book)
        given = dict.fromkeys(parameter_names(book))
        steps = [_Step(*row[1:5]) for row in connection.execute(query, given)]
    return _CompiledLookups(steps, tables, book).find_needed()


def _index_tables(connection: Connection, book: Book) -> dict[int, _Table]:
    """Add indexes to the tables that facts.sql names; returns what SQLite opens by its number."""
    hanging = [*book.items, "task", "tag", "note", "message", "event"]
    for table, keys in {**_INDEXED, **dict.fromkeys(hanging, ("ticket",))}.items():
        for key in keys:
            connection.execute(f'CREATE INDEX "{table} {key}" ON {table} ({key})')
    listed = connection.execute(
        "SELECT rootpage, tbl_name, name, type FROM sqlite_schema WHERE rootpage > 0"
    ).fetchall()
    found = {}
    for root, table, name, kind in listed:
        info = connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
        key = name.partition(" ")[2] if kind == "index" else "id"
        columns = (key, "id") if kind == "index" else tuple(row[0] for row in info)
        found[root] = _Table(table, key, columns)
    return found


class _CompiledLookups:
    """A compiled facts query, in which each look at a table is judged."""

    def __init__(self, steps: list[_Step], tables: dict[int, _Table], book: Book) -> None:
        self._steps = steps
        self._fields = {name for name, field in book.fields.items() if field.type == "ticket"}
        self._cursors = {
            one.p1: tables[one.p2]
            for one in steps
            if one.code in ("OpenRead", "ReopenIdx") and one.p2 in tables
        }

        self._copies = {one.p1: one.p2 for one in steps if one.code == "OpenDup"}

    def find_needed(self) -> NeededReach:
        """What joins the rows that it reads to the ticket."""
        needed: dict[str, str] = {}
        for place, step in enumerate(self._steps):
            table = self._cursors.get(step.p1)
            if table is None or table.name in ("ticket", "state"):
                continue
            if step.code in _SCANS or (step.code in _SEEKS and not self._is_search(place)):
                return NeededReach(None, f"it reads all rows of {table.name}")
            if step.code in _SEEKS or step.code in _POINTS:
                if (strange := self._find_strange_key(place, table)) is not None:
                    return NeededReach(None, strange)
                needed |= _name_join(table)
        return NeededReach(frozenset(needed), " and ".join(needed.values()))

    def _is_search(self, place: int) -> bool:
        """Whether a seek finds the rows with one value of an index: then SQLite looks where they end."""
        cursor = self._steps[place].p1
        for step in self._steps[place + 1 :]:
            if step.p1 == cursor and step.code in _ENDS:
                return self._cursors[cursor].columns[-1] == "id"
            if step.p1 == cursor and step.code in (_SEEKS | {"Next", "Prev"}):
                return False
        return False

    def _find_strange_key(self, place: int, table: _Table) -> str | None:
        """What is wrong with the value by which a row is looked up, where no row found before has it."""
        if table.name == "customer":
            return None
        origins = [*self._find_origins(self._steps[place].p3, place)]
        if any(one.code == "Variable" for one in origins):
            return f"it looks up {table.name} by what the caller gives"
        if origins and all(
            one.code in _ROW_VALUES and self._may_join(one, table) for one in origins
        ):
            return None
        return f"it looks up {table.name} by another value than a link, a customer or an id"

    def _may_join(self, origin: _Step, table: _Table) -> bool:
        """Whether what a row says may be the value by which another one is looked up."""
        source = self._cursors.get(origin.p1)
        if source is None:
            return False
        if table.key not in ("ref", "target"):
            return True
        return origin.code == "Column" and source.columns[origin.p2] in {
            "ref",
            "target",
            *self._fields,
        }

    def _find_origins(self, register: int, place: int) -> Iterator[_Step]:
        """The instructions that give a register its value: the last one before a place, or those of the
        part of the program that runs first, which stands at its end."""
        before = (at for at in range(place - 1, -1, -1) if self._writes(self._steps[at], register))
        found: Iterable[int] = (
            [at]
            if (at := next(before, None)) is not None
            else (
                at
                for at in range(place, len(self._steps))
                if self._writes(self._steps[at], register)
            )
        )
        for at in found:
            step = self._steps[at]
            if step.code in _COPIES:
                yield from self._find_origins(step.p1 + register - step.p2, at)
            elif step.code == "Column" and step.p1 not in self._cursors:
                yield from self._find_kept(step, at)
            else:
                yield step

    def _find_kept(self, column: _Step, place: int) -> Iterator[_Step]:
        """The instructions that give a column of rows its values which SQLite keeps meanwhile."""
        cursor = self._copies.get(column.p1, column.p1)
        records = [
            self._find_record(step.p2, at)
            for at, step in enumerate(self._steps[:place])
            if step.p1 == cursor and step.code in ("Insert", "IdxInsert")
        ]
        for at in records:
            yield from self._find_origins(self._steps[at].p1 + column.p2, at)
        if not records:
            yield column

    def _find_record(self, register: int, place: int) -> int:
        """Where the record in a register is made of its columns."""
        return next(
            at
            for at in range(place, -1, -1)
            if self._steps[at].code == "MakeRecord" and self._steps[at].p3 == register
        )

    def _writes(self, step: _Step, register: int) -> bool:
        if step.code in _COPIES:
            return step.p2 <= register <= step.p2 + (step.p3 if step.code != "SCopy" else 0)
        if step.code in _TO_P3:
            return step.p3 == register
        return step.code in _TO_P2 and step.p2 == register


_TO_P3 = frozenset(
    {
        "Column",
        "Function",
        "PureFunc",
        "Concat",
        "Add",
        "Subtract",
        "Multiply",
        "Divide",
        "Remainder",
    }
)
"""Instructions that write to the register P3."""

_TO_P2 = frozenset(
    {"Variable", "Rowid", "IdxRowid", "String8", "String", "Integer", "Int64", "Real"}
)
"""Instructions that write to the register P2."""


def _name_join(table: _Table) -> dict[str, str]:
    """The reach that looking a table up by its key needs, with what is looked up."""
    if table.name == "tickets" and table.key == "customer":
        return {CUSTOMER: "it looks up tickets of the same customer"}
    if table.name in ("tickets", "link"):
        return {LINKS: "it follows links to other tickets"}
    return {}
