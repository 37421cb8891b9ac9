"""Refs as people remember them: in another case, by their number, by their beginning."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from typing import NamedTuple

from ..errors import BadInput
from ..system.near_words import find_near
from .sqlite import Connection

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
    word that begins so, open ones first."""
    found = _complete_prefix(connection, word, most) or _complete_prefix(
        connection, word.upper(), most
    )
    if found or len(word) < 2:
        return found
    name = _escape(word)
    query = (
        "SELECT t.ref, c.name FROM customer AS c JOIN ticket AS t ON t.customer = c.id"
        " WHERE (c.name LIKE ? ESCAPE '\\' OR c.name LIKE ? ESCAPE '\\')"
        " AND c.ended_by IS NULL AND t.ended_by IS NULL ORDER BY t.open DESC, t.id LIMIT ?"
    )
    rows = connection.execute(query, (f"{name}%", f"% {name}%", most))
    return [RefSubject(ref, name or "") for ref, name in rows]


def _complete_prefix(connection: Connection, word: str, most: int) -> list[RefSubject]:
    """By the index of refs, whose order is that of their bytes."""
    query = (
        f"{_SUBJECT} WHERE t.ref >= ? AND t.ref < ? AND t.ended_by IS NULL ORDER BY t.ref LIMIT ?"
    )
    rows = connection.execute(query, (word, f"{word}\U0010ffff", most))
    return [RefSubject(ref, name or "") for ref, name in rows]


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
