"""Refs as people remember them: in another case, by their number, by their beginning."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ..errors import BadInput
from ..system.near_words import find_near
from ..system.records import NamedTuple
from .sqlite import Connection

_SUBJECT = "SELECT t.ref, c.name FROM ticket AS t JOIN customer AS c ON c.id = t.customer"
_CUSTOMERS = "FROM customer NOT INDEXED WHERE id > ? AND id <= ? AND ended_by IS NULL"
"""A page of customers; by the index of refs SQLite would read all of them, from row to row."""

_PAGE = 2000
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
    query = f"{_SUBJECT} WHERE t.ended_by IS NULL AND t.ref >= ? AND t.ref < ? ORDER BY t.ref"
    found = _complete_prefix(connection, query, word, most)
    if found or len(word) < 2:
        return found
    of_customer = "SELECT ref FROM ticket WHERE customer = ? AND ended_by IS NULL"
    named = (
        RefSubject(ref, one.name)
        for number, one in _find_named(connection, word)
        for (ref,) in connection.execute(of_customer, (number,))
    )
    return [*islice(named, most)]


def complete_customers(connection: Connection, word: str, most: int) -> list[RefSubject]:
    """Customers whose ref begins like the word; where none does, those whose name has a word that
    begins so."""
    query = "SELECT ref, name FROM customer WHERE ended_by IS NULL AND ref >= ? AND ref < ? ORDER BY ref"
    found = _complete_prefix(connection, query, word, most)
    if found or len(word) < 2:
        return found
    return [one for _, one in islice(_find_named(connection, word), most)]


def _complete_prefix(connection: Connection, query: str, word: str, most: int) -> list[RefSubject]:
    """By the index of refs, whose order is that of their bytes; as typed, else in capitals."""
    for begun in dict.fromkeys((word, word.upper())):
        rows = connection.execute(f"{query} LIMIT ?", (begun, f"{begun}\U0010ffff", most))
        if found := [RefSubject(ref, name or "") for ref, name in rows]:
            return found
    return []


def _find_named(connection: Connection, word: str) -> Iterator[tuple[int, RefSubject]]:
    """The customers whose name has a word that begins like this one, with their ids.

    Names are looked at by the page, as one text; the rows only of pages that have the word.
    """
    from ..values.word_patterns import make_pattern  # late: 1.5 ms, and most refs begin as typed

    pattern = make_pattern(word)
    (last,) = connection.execute("SELECT max(id) FROM customer").fetchone()
    for start in range(0, last or 0, _PAGE):
        page = (start, start + _PAGE)
        (names,) = connection.execute(
            f"SELECT group_concat(name, char(10)) {_CUSTOMERS}", page
        ).fetchone()
        if pattern.fits(names):
            for number, ref, name in connection.execute(f"SELECT id, ref, name {_CUSTOMERS}", page):
                if pattern.fits(name):
                    yield number, RefSubject(ref, name)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
