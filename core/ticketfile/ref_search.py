"""Refs as people remember them: in another case, by their number, by their beginning."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from ..errors import BadInput
from ..system.near_words import find_near
from .sqlite import Connection, SqlRow

_SUBJECT = "SELECT t.ref, c.name FROM ticket AS t JOIN customer AS c ON c.id = t.customer"
_MOST_NEAR = 200
"""Refs that are compared with one that was misspelt."""


class RefSubject(NamedTuple):
    """A ref, and whom it is about."""

    ref: str
    name: str


def find_any_case(connection: Connection, table: str, ref: str) -> str | None:
    """The ref of a ticket or a customer that is this one in another case; None unless one is."""
    query = f"SELECT ref FROM {table} WHERE ref = ? COLLATE NOCASE AND ended_by IS NULL LIMIT 2"
    found = connection.execute(query, (ref,)).fetchall()
    return str(found[0][0]) if len(found) == 1 else None


def find_like(connection: Connection, table: str, ref: str, otherwise: str) -> str:
    """The ref that is this one in another case; BadInput where there is none, with the nearest one, or
    what `otherwise` says."""
    known = find_any_case(connection, table, ref)
    if known is not None:
        return known
    near = find_near(ref, find_near_refs(connection, table, ref))
    then = otherwise if near is None else f"did you mean {near!r}? {otherwise}"
    raise BadInput(f"there is no {table} {ref!r}; {then}")


def find_by_number(connection: Connection, digits: str) -> list[str]:
    """The tickets whose number is this one; where there are none, those whose number ends in it."""
    query = "SELECT ref FROM ticket WHERE ref LIKE ? AND ended_by IS NULL ORDER BY id LIMIT 1000"
    found = [str(ref) for (ref,) in connection.execute(query, (f"%{digits}",))]
    return [ref for ref in found if not ref[: -len(digits)][-1:].isdigit()] or found


def find_near_refs(connection: Connection, table: str, ref: str) -> list[str]:
    """Some refs that begin or end as this one does."""
    start, end = ref[: max(len(ref) - 2, 1)], ref[-2:]
    query = (
        f"SELECT ref FROM {table} WHERE ended_by IS NULL AND (ref LIKE ? ESCAPE '\\'"
        " OR ref LIKE ? ESCAPE '\\') LIMIT ?"
    )
    patterns = (f"{_escape(start)}%", f"%{_escape(end)}")
    return [str(one) for (one,) in connection.execute(query, (*patterns, _MOST_NEAR))]


def complete_refs(connection: Connection, word: str, most: int) -> list[RefSubject]:
    """Tickets whose ref begins like the word; where none does, those of customers whose name has a
    word that begins so."""
    found = _complete_prefix(connection, word, most) or _complete_prefix(
        connection, word.upper(), most
    )
    if found or len(word) < 2:
        return found
    # CROSS JOIN keeps the order: customers are scanned first, and the first tickets are enough.
    rows = connection.execute(
        "SELECT t.ref, c.name FROM customer AS c CROSS JOIN ticket AS t WHERE t.customer = c.id"
        " AND c.name LIKE ? ESCAPE '\\' AND c.ended_by IS NULL AND t.ended_by IS NULL",
        (f"%{_escape(word)}%",),
    )
    return [*islice(_keep_beginnings(word, rows), most)]


def complete_customers(connection: Connection, word: str, most: int) -> list[RefSubject]:
    """Customers whose ref begins like the word, or whose name has a word that begins so."""
    rows = connection.execute(
        "SELECT ref, name FROM customer WHERE ended_by IS NULL"
        " AND (ref LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\')",
        (f"{_escape(word)}%", f"%{_escape(word)}%"),
    )
    return [*islice(_keep_beginnings(word, rows), most)]


def _keep_beginnings(word: str, rows: Iterable[SqlRow]) -> Iterator[RefSubject]:
    """Those of which the ref, or a word of the name, begins like this one."""
    begun = f" {word}".casefold()
    for ref, name in rows:
        if begun in f" {ref} {name or ''}".casefold():
            yield RefSubject(ref, name or "")


def _complete_prefix(connection: Connection, word: str, most: int) -> list[RefSubject]:
    """By the index of refs, whose order is that of their bytes."""
    query = (
        f"{_SUBJECT} WHERE t.ref >= ? AND t.ref < ? AND t.ended_by IS NULL ORDER BY t.ref LIMIT ?"
    )
    rows = connection.execute(query, (word, f"{word}\U0010ffff", most))
    return [RefSubject(ref, name or "") for ref, name in rows]


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
