"""Asking a book's facts.sql: it can read what a ticket is about, and that not for ever.

SQLite itself is asked what a query would do, when it is first prepared; a query that was found to
read only is not asked about again. What it may read is what the names of `reading.facts_query` stand
for, and the functions it may call are those that answer the same each time.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from . import query_limits
from .sqlite import Connection

Row = tuple[Any, ...]

STEPS = 200_000_000
"""Steps of SQLite's machine after which a query is stopped; for 1,000 tickets 250,000 are many."""

LONGEST = 50_000_000
"""Bytes of a text that a query may make."""

MOST_ROWS = 10_000
"""More than any query is asked for."""

_INTERVAL = 1_000_000
_TABLES = frozenset({"ticket", "customer", "item", "task", "tag", "note", "event", "link", "state"})
_LISTS = frozenset({"json_each", "json_tree"})
_NAMES = (
    "-> ->> abs avg ceil ceiling char coalesce concat concat_ws count cume_dist date datetime"
    " dense_rank first_value floor format glob group_concat hex if ifnull iif instr json json_array"
    " json_array_length json_extract json_group_array json_group_object json_insert json_object"
    " json_patch json_quote json_remove json_replace json_set json_type json_valid julianday lag"
    " last_value lead length like likelihood likely lower ltrim max min mod nth_value ntile nullif"
    " octet_length percent_rank printf quote rank replace round row_number rtrim sign strftime"
    " string_agg substr substring sum time timediff total trim trunc typeof unicode unixepoch"
    " unlikely upper"
)
_FUNCTIONS = frozenset(_NAMES.split())
_DATES = frozenset({"date", "time", "datetime", "julianday", "strftime", "unixepoch", "timediff"})
_CLOCK = frozenset({"now", "localtime", "utc"})

_known: set[str] = set()
"""The queries that were found to read only: that depends on nothing but their words."""


class UnfitQuery(Exception):
    """What is wrong with a facts.sql, as the end of a sentence about it."""


class _QueryGuard:
    """Answers SQLite's questions about one query, and keeps what it was refused for."""

    def __init__(self) -> None:
        self.told: str | None = None
        self._left = STEPS

    def allows(self, action: int, one: str | None, two: str | None, *where: str | None) -> int:
        """Whether a query may do what SQLite asks about, once for each table, column, function."""
        if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION:
            if two is not None and two.lower() in _FUNCTIONS:
                return sqlite3.SQLITE_OK
            return self._refused(f"calls {two}(), which is none of the functions it may call")
        if action == sqlite3.SQLITE_READ and self._may_read(one, two, where):
            return sqlite3.SQLITE_OK
        # SQLite notes the columns of json_each so, when that is first used.
        if one == "sqlite_master" and action == sqlite3.SQLITE_UPDATE:
            return sqlite3.SQLITE_OK
        what = f"reads {one}.{two}" if action == sqlite3.SQLITE_READ else "does more than reading"
        return self._refused(f"{what}, which is not about tickets")

    def _may_read(
        self, table: str | None, column: str | None, where: tuple[str | None, ...]
    ) -> bool:
        if not column or table in _LISTS or (table, column) == ("sqlite_master", "ROWID"):
            return True
        return table in _TABLES and where[0] == "main" and where[1] is not None

    def _refused(self, told: str) -> int:
        self.told = self.told or told
        return sqlite3.SQLITE_DENY

    def goes_on(self) -> int:
        """Whether a query has to stop, asked every _LOOK steps."""
        self._left -= _INTERVAL
        if self._left > 0:
            return 0
        self.told = f"comes to no end: it was stopped after {STEPS:,} steps"
        return 1


def run_query(connection: Connection, query: str, parameters: Mapping[str, Any]) -> list[Row]:
    """The rows of a facts query, MOST_ROWS and one at most; Unfit where it may not be asked."""
    with _guard_query(connection, query):
        cursor = connection.execute(query, parameters)
        _known.add(query)
        rows = cursor.fetchmany(MOST_ROWS + 1)
        cursor.close()
        return rows


def check_query(connection: Connection, query: str, parameters: Mapping[str, Any]) -> None:
    """Raise Unfit, or SQLite's own error, where a facts query can't be asked; it isn't carried out."""
    with _guard_query(connection, f"EXPLAIN {query}"):
        connection.execute(f"EXPLAIN {query}", parameters).close()


@contextmanager
def _guard_query(connection: Connection, query: str) -> Iterator[None]:
    """Unfit where a query does what it may not, or comes to no end; errors of SQLite's stay those."""
    watch = _QueryGuard()
    allows: Callable[..., int] | None = None if query in _known else watch.allows
    if allows is not None:
        connection.set_authorizer(allows)
    connection.set_progress_handler(watch.goes_on, _INTERVAL)
    longest = connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    clock = query_limits.QueryTimer(connection)
    try:
        with query_limits.limit_resources(getattr(connection, "path", None)):
            yield
    except (sqlite3.DatabaseError, sqlite3.DataError, MemoryError) as error:
        told = watch.told or _describe_excess(error, clock.rang)
        if told is not None:
            raise UnfitQuery(told) from error
        raise
    finally:
        clock.end()
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, longest)
        connection.set_progress_handler(None, 0)
        if allows is not None:
            connection.set_authorizer(None)


def _describe_excess(error: Exception, rang: bool) -> str | None:
    """Of what a query took too much, if that is what an error tells."""
    if isinstance(error, MemoryError):
        return f"needs more than {query_limits.MEMORY >> 20:,} MB of memory"
    if rang:
        return f"comes to no end: it was stopped after {query_limits.SECONDS:g} s of the processor"
    if "too big" in str(error):
        return f"makes a text of more than {LONGEST:,} bytes"
    # Where nothing but reading is allowed, only SQLite's own drafts are written.
    if getattr(error, "sqlite_errorname", "") in ("SQLITE_IOERR_WRITE", "SQLITE_FULL"):
        return (
            f"makes a draft larger than {query_limits.ROOM >> 20:,} MB, or than there is room for"
        )
    return None


# --- the clock ------------------------------------------------------------------------------------

_TOKEN = (
    r"""(?P<text>'(?:[^']|'')*'|"[^"]*")|--[^\n]*|/\*.*?(?:\*/|$)|(?P<word>\w+)|(?P<mark>[(),])"""
)


def find_clock_call(sql: str) -> str | None:
    """The function by which a query would look at the clock, or at where the machine stands."""
    inside: list[tuple[str, list[str]]] = []
    before = ""
    for token in re.finditer(_TOKEN, sql, re.DOTALL):
        if not any(token.groups()):
            continue  # a remark
        said = token[0].lower()
        if inside:
            called, given = inside[-1]
            if said == ")":
                inside.pop()
                if called in _DATES and len(given) < (2 if called == "strftime" else 1):
                    return called
            elif token["text"] and called in _DATES and said[1:-1].strip() in _CLOCK:
                return called
            if said == "," or not given:
                given.append(said)
        if said == "(":
            inside.append((before, []))
        before = said
    return None
