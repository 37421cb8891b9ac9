"""The holidays that nights counted by, of each release of `holidays`, in a table that the chain does not cover.

They serve comparisons only: nothing in a ticket depends on them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from ..errors import FileUnusable
from ..system.fast_json import decode
from ..system.records import NamedTuple
from .connect import transaction
from .sqlite import Connection


class KeptCalendar(NamedTuple):
    """The days of a country's year, as plain lists; `release` gave them, `kept_on` is the night."""

    country: str
    year: int
    release: str
    kept_on: str
    days: Sequence[Sequence[Any]]


def find_missing(
    connection: Connection, wanted: Iterable[tuple[str, int]], release: str
) -> list[tuple[str, int]]:
    """The countries and years of which the file does not have the days of a release yet."""
    found = connection.execute("SELECT country, year FROM calendar WHERE release = ?", (release,))
    return sorted({*wanted}.difference(found.fetchall()))


def keep_calendars(connection: Connection, calendars: Iterable[KeptCalendar]) -> None:
    """Keep the days of countries' years; nothing where the disk is full or the file stays locked: a
    night that is done does not fail by them."""
    from json import dumps  # late: 2 ms, and few nights find new days

    from .row_hashes import insert_rows

    rows = [(*one[:4], dumps(one.days, ensure_ascii=False)) for one in calendars]
    with suppress(sqlite3.OperationalError, FileUnusable), transaction(connection):
        insert_rows(connection, "calendar", rows)


def read_older(
    connection: Connection, country: str, year: int, release: str
) -> KeptCalendar | None:
    """What was kept last of a country's year from another release than this one; None if nothing."""
    row = connection.execute(
        "SELECT country, year, release, kept_on, days FROM calendar"
        " WHERE country = ? AND year = ? AND release <> ? ORDER BY id DESC LIMIT 1",
        (country, year, release),
    ).fetchone()
    return None if row is None else KeptCalendar._make((*row[:4], decode(row[4])))
