"""Running a book's facts.sql: it can read what a ticket is about, and only for a limited time.

SQLite itself tells what a query would do, when it is first prepared; a query that was found to read
only is not checked again. It may read what the names of `facts_sql.build_facts_query` stand for, and
call those functions that always give the same result.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..system.cache import find_cache_folder, keep, read_kept
from ..system.fast_hash import load_sha256
from . import query_limits
from .sqlite import Connection, SqlParameters, SqlRow

STEPS = 200_000_000
"""Steps of SQLite's machine after which a query is stopped; 250,000 are many for 1,000 tickets."""

LONGEST = 50_000_000
"""Bytes of the longest text that a query may build."""

MOST_ROWS = 10_000
"""More rows than any query is expected to give."""

_INTERVAL = 1_000_000
_TABLES = frozenset(
    {"ticket", "customer", "item", "task", "tag", "note", "message", "event", "link", "state"}
)
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
"""The queries that were found to read only, which depends on nothing but their text."""


class UnfitQuery(Exception):
    """What is wrong with a facts.sql, as the end of a sentence about it."""


class _QueryGuard:
    """Answers SQLite's questions about one query; `refusal` is what it was refused for."""

    def __init__(self) -> None:
        self.refusal: str | None = None
        self._left = STEPS

    def authorize(self, action: int, one: str | None, two: str | None, *where: str | None) -> int:
        """Whether a query may do what SQLite asks about, once for each table, column, function."""
        if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION:
            if two is not None and two.lower() in _FUNCTIONS:
                return sqlite3.SQLITE_OK
            return self._refuse(f"calls {two}(), which is not one of the functions it may call")
        if action == sqlite3.SQLITE_READ and self._may_read(one, two, where):
            return sqlite3.SQLITE_OK
        # This is how SQLite registers the columns of json_each when it is first used.
        if one == "sqlite_master" and action == sqlite3.SQLITE_UPDATE:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ:
            return self._refuse(f"reads {one}.{two}, which is not about tickets")
        return self._refuse("does more than read")

    def _may_read(
        self, table: str | None, column: str | None, where: tuple[str | None, ...]
    ) -> bool:
        if not column or table in _LISTS or (table, column) == ("sqlite_master", "ROWID"):
            return True
        return table in _TABLES and where[0] == "main" and where[1] is not None

    def _refuse(self, reason: str) -> int:
        self.refusal = self.refusal or reason
        return sqlite3.SQLITE_DENY

    def must_stop(self) -> bool:
        """Whether a query has to stop; SQLite asks every _INTERVAL steps."""
        self._left -= _INTERVAL
        if self._left > 0:
            return False
        self.refusal = f"does not finish: it was stopped after {STEPS:,} steps"
        return True


def run_query(
    connection: Connection, query: str, parameters: SqlParameters, kept_as: str | None = None
) -> list[SqlRow]:
    """The rows of a facts query, at most one more than MOST_ROWS; UnfitQuery where it may not run.

    That it was found to read only is kept under a name in the cache folder, if there is one.
    """
    if kept_as is not None and query not in _known and _is_kept(kept_as, query):
        _known.add(query)
    with _guard_query(connection, query):
        cursor = connection.execute(query, parameters)
        if query not in _known:
            _known.add(query)
            if kept_as is not None:
                keep(_find_path(kept_as), _digest(query))
        rows = cursor.fetchmany(MOST_ROWS + 1)
        cursor.close()
        return rows


def _is_kept(kept_as: str, query: str) -> bool:
    """Whether an earlier run found a query to read only: asking costs a third of running it."""
    try:
        return read_kept(_find_path(kept_as)) == _digest(query)
    except OSError:
        return False


def _find_path(kept_as: str) -> str:
    return os.path.join(find_cache_folder(), f"facts-{kept_as}.sha256")


def _digest(query: str) -> bytes:
    return load_sha256(many=False)(f"{sqlite3.sqlite_version}\n{query}".encode()).digest()


def check_query(connection: Connection, query: str, parameters: SqlParameters) -> None:
    """Raise UnfitQuery, or SQLite's own error, where a facts query can't run; it is not run."""
    with _guard_query(connection, f"EXPLAIN {query}"):
        connection.execute(f"EXPLAIN {query}", parameters).close()


@contextmanager
def _guard_query(connection: Connection, query: str) -> Iterator[None]:
    """UnfitQuery where a query does what it may not, or does not finish; SQLite's errors pass."""
    guard = _QueryGuard()
    authorize: Callable[..., int] | None = None if query in _known else guard.authorize
    timer = query_limits.QueryTimer(connection)
    longest = connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    try:
        if authorize is not None:
            connection.set_authorizer(authorize)
        connection.set_progress_handler(
            lambda: int(timer.must_stop() or guard.must_stop()), _INTERVAL
        )
        with query_limits.limit_resources(getattr(connection, "path", None)):
            yield
    except (sqlite3.DatabaseError, sqlite3.DataError, MemoryError) as error:
        reason = guard.refusal or _describe_excess(error, timer.expired)
        if reason is not None:
            raise UnfitQuery(reason) from error
        raise
    finally:
        timer.end()
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, longest)
        connection.set_progress_handler(None, 0)
        if authorize is not None:
            connection.set_authorizer(None)


def _describe_excess(error: Exception, expired: bool) -> str | None:
    """What a query took too much of, if that is what an error means."""
    if isinstance(error, MemoryError):
        return f"needs more than {query_limits.MEMORY >> 20:,} MB of memory"
    if expired:
        return f"does not finish: it was stopped after {query_limits.SECONDS:g} s of the processor"
    if "too big" in str(error):
        return f"builds a text of more than {LONGEST:,} bytes"
    # Where a query may only read, all that is written are SQLite's own temporary files.
    if getattr(error, "sqlite_errorname", "") in ("SQLITE_IOERR_WRITE", "SQLITE_FULL"):
        return f"needs a temporary file of more than {query_limits.ROOM >> 20:,} MB, or than there is room"
    return None


# --- the clock ------------------------------------------------------------------------------------

_TOKEN = (
    r"""(?P<text>'(?:[^']|'')*'|"[^"]*")|--[^\n]*|/\*.*?(?:\*/|$)|(?P<word>\w+)|(?P<mark>[(),])"""
)


def find_clock_call(sql: str) -> str | None:
    """The function by which a query would look at the clock, or at the machine's time zone."""
    inside: list[tuple[str, list[str]]] = []
    before = ""
    for token in re.finditer(_TOKEN, sql, re.DOTALL):
        if not any(token.groups()):
            continue  # a remark
        word = token[0].lower()
        if inside:
            called, given = inside[-1]
            if word == ")":
                inside.pop()
                if called in _DATES and len(given) < (2 if called == "strftime" else 1):
                    return called
            elif token["text"] and called in _DATES and word[1:-1].strip() in _CLOCK:
                return called
            if word == "," or not given:
                given.append(word)
        if word == "(":
            inside.append((before, []))
        before = word
    return None


# --- tables behind the views ----------------------------------------------------------------------

_QUOTED = r"""('(?:[^']|'')*'|"(?:[^"]|"")*"|\[[^\]]*\]|`(?:[^`]|``)*`)"""
_REMARK_OR_QUOTED = rf"{_QUOTED}|--[^\n]*|/\*.*?(?:\*/|$)"


def names_schema(sql: str) -> bool:
    """Whether a query names the file's own tables, such as main.ticket, past the views of them."""
    bare = re.sub(_REMARK_OR_QUOTED, _unquote_schema, sql, flags=re.DOTALL)
    return re.search(r"(?i)(?<![\w.])(?:main|temp)\s*\.", bare) is not None


def _unquote_schema(found: re.Match[str]) -> str:
    """What stands for a remark or something in quotation marks where only schemas matter."""
    name = (found[1] or "")[1:-1]
    return name if name.lower() in ("main", "temp") else " "
