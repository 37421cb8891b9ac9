"""Putting right what other tools have left in a ticket file that changes nothing in it."""

from __future__ import annotations

from collections.abc import Sequence

from .compare_schema import AUTO_VACUUM, STATISTICS, WAL_MODE
from .sqlite import Connection


def mend_file(connection: Connection, harmless: Sequence[str]) -> None:
    """Take away what find_harmless found in a file that was verified; SQLite's error where somebody
    else has it open. The rows, their numbers and the chain stay as they are.
    """
    if WAL_MODE in harmless:
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    for table in STATISTICS:
        connection.execute(f"DROP TABLE IF EXISTS main.{table}")
    if AUTO_VACUUM in harmless:
        connection.execute("PRAGMA auto_vacuum = NONE")
        connection.execute("VACUUM")
