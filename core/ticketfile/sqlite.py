"""SQLite as everything above the ticket file sees it; only this package imports `sqlite3`."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from sqlite3 import Connection, sqlite_version
from typing import Any

__all__ = ["Connection", "SqlParameters", "SqlRow", "open_scratch", "sqlite_version"]

SqlRow = tuple[Any, ...]
"""A row as SQLite returns it. Queries name their columns, and whoever reads a row unpacks it at once,
or makes a record of it; rows are plain tuples because a night reads and writes millions of them."""

SqlParameters = Mapping[str, object]
"""What a query is given by name."""


def open_scratch(in_memory: bool = True) -> Connection:
    """An empty database that nobody else sees: in memory, or in a temporary file without a name."""
    return sqlite3.connect(":memory:" if in_memory else "", isolation_level=None)
