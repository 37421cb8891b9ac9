"""Events of people who were forgotten: which they are, and what remains of each.

The hash of such an event can't be worked out again: it covered words that are gone, and a secret
that is deleted. The event `forget` has SHA-256 of what remains of each; the newest one counts.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Iterable

from ..system.fast_json import encode
from . import schema
from .readable_rows import is_damage
from .sqlite import Connection

FORGET = "forget"
"""The event, and under what name it has the hashes of what remains, by the events' numbers."""

REMAINS = "remains"


def read_remains(connection: Connection) -> dict[int, str]:
    """The SHA-256 of what remains of each event that was blanked, by number."""
    found: dict[int, str] = {}
    query = (
        f"SELECT facts FROM event NOT INDEXED WHERE event = '{FORGET}' AND book IS NULL ORDER BY id"
    )
    try:
        for (facts,) in connection.execute(query):
            listed = json.loads(facts).get(REMAINS, {})
            found |= {int(number): str(digest) for number, digest in listed.items()}
    except (sqlite3.DatabaseError, ValueError, AttributeError, TypeError) as error:
        if isinstance(error, sqlite3.DatabaseError) and not is_damage(error):
            raise
    return found


def find_same_person(connection: Connection, customer: int, ref: str) -> dict[int, str]:
    """A customer, and those who were merged into that one, with their refs by number."""
    found, asked = {customer: ref}, [ref]
    while asked:
        rows = connection.execute(
            "SELECT c.id, c.ref FROM customer AS c JOIN event AS e ON e.id = c.ended_by"
            " WHERE e.event = 'customer' AND json_extract(e.facts, '$.into') = ?",
            (asked.pop(),),
        )
        for number, other in rows.fetchall():
            if number not in found:
                found[number] = other
                asked.append(other)
    return found


def is_forgotten(ref: str) -> bool:
    """Whether a customer's ref is that of somebody who was forgotten."""
    return re.fullmatch("forgotten-[0-9]+", ref) is not None


def name_next(connection: Connection) -> str:
    """What the next customer who is forgotten is called."""
    rows = connection.execute("SELECT ref FROM customer WHERE ref GLOB 'forgotten-[0-9]*'")
    numbers = [int(ref.removeprefix("forgotten-")) for (ref,) in rows if is_forgotten(ref)]
    return f"forgotten-{max(numbers, default=0) + 1}"


def find_touched_events(
    connection: Connection, customers: Collection[int], refs: Collection[str]
) -> list[int]:
    """The events that were about some customers or their tickets, made rows of theirs, or name them."""
    tickets = "SELECT id FROM ticket WHERE customer IN (SELECT value FROM json_each(:customers))"
    hanging = " ".join(
        f"UNION SELECT made_by FROM {table} WHERE ticket IN ({tickets})" for table in schema.ROWS
    )
    query = f"""
SELECT id FROM event WHERE customer IN (SELECT value FROM json_each(:customers)) OR ticket IN ({tickets})
UNION SELECT made_by FROM customer WHERE id IN (SELECT value FROM json_each(:customers))
UNION SELECT made_by FROM ticket WHERE id IN ({tickets})
{hanging}
UNION SELECT id FROM event WHERE event = 'customer' AND (
    json_extract(facts, '$.into') IN (SELECT value FROM json_each(:refs))
    OR json_extract(facts, '$.merge') IN (SELECT value FROM json_each(:refs)))
"""
    names = {"customers": encode([*customers]), "refs": encode([*refs])}
    return sorted(row[0] for row in connection.execute(query, names))


def delete_secrets(connection: Connection, customers: Iterable[int]) -> None:
    """Delete what the hashes of some customers' events can't be worked out without."""
    connection.executemany("DELETE FROM secret WHERE customer = ?", [(one,) for one in customers])
