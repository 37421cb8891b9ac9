"""Events of people who were forgotten: which they are, and what remains of each.

The hash of such an event can't be worked out again: it covered words that are gone, and a secret
that is deleted. The event `forget` has SHA-256 of what remains of each; the newest one counts.
"""

from __future__ import annotations

import hmac
import json
import os
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

HASHES, KEY = "left_out", "key"
"""Under what names it has hashes of the refs that the person had, and the key of these hashes."""


class ForgottenRefs:
    """The refs of people who were forgotten, each known by a keyed hash only: whoever has a ref can
    ask whether it is one of them, and nobody can read them from the file."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._key = connection, b""
        self._hashes = set[str]()
        query = (
            "SELECT facts FROM event INDEXED BY event_of_customer WHERE ticket IS NULL"
            f" AND customer IS NOT NULL AND event = '{FORGET}' ORDER BY id"
        )
        for (facts,) in connection.execute(query):
            kept = json.loads(facts).get(HASHES)
            if kept is not None:
                self._key = bytes.fromhex(kept[KEY])
                self._hashes.update(kept[HASHES])

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def __contains__(self, ref: object) -> bool:
        """Whether a customer of that ref was forgotten, and none was added since."""
        if not isinstance(ref, str) or self._hash(ref) not in self._hashes:
            return False
        query = "SELECT 1 FROM main.customer WHERE ref = ? AND ended_by IS NULL"
        return self._connection.execute(query, (ref,)).fetchone() is None

    def as_fact(self, refs: Iterable[str]) -> dict[str, object]:
        """What the event keeps of refs that are forgotten now; all such events have one key."""
        self._key = self._key or os.urandom(16)
        return {KEY: self._key.hex(), HASHES: sorted(map(self._hash, refs))}

    def _hash(self, ref: str) -> str:
        return hmac.digest(self._key, ref.encode("utf-8", "surrogatepass"), "sha256").hex()


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


_MERGED = (
    "SELECT c.id, c.ref FROM customer AS c JOIN event AS e ON e.id = c.ended_by"
    " WHERE e.event = 'customer' AND json_extract(e.facts, '$.into') = ?"
)
_TAKEN_BACK = (
    "SELECT c.id, c.ref FROM customer AS c JOIN event AS e ON e.id = c.ended_by"
    " WHERE e.undoes IS NOT NULL AND c.ref = ? ORDER BY c.id DESC"
)
"""Customers who were merged into one of a ref, and those of a ref who came in with what was undone."""


def find_same_person(connection: Connection, customer: int, ref: str) -> dict[int, str]:
    """A customer, those who were merged into that one, and those who came in as one of them with what
    was undone since: their refs by number."""
    found, asked = {customer: ref}, [ref]
    while asked:
        into = asked.pop()
        for query in (_MERGED, _TAKEN_BACK):
            for number, other in connection.execute(query, (into,)).fetchall():
                if number not in found:
                    found[number] = other
                    asked.append(other)
    return found


def find_taken_back(connection: Connection, ref: str) -> int | None:
    """The newest customer of a ref who came in with what was undone since; None where there is none."""
    row = connection.execute(_TAKEN_BACK, (ref,)).fetchone()
    return None if row is None else int(row[0])


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
