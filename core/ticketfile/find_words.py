"""Finding tickets and customers by words: a scan of names, addresses, refs, items and notes.

SQLite sorts out texts of ASCII letters, which are most, by LIKE; the few that it lets through, and
those with other letters, are compared in Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from ..system.fast_json import encode
from ..system.records import NamedTuple
from ..values.word_patterns import PhonePattern, WordPattern, make_pattern, make_phone_pattern
from .sqlite import Connection, SqlRow

_LIKE = "{0} LIKE :like ESCAPE '\\' OR length(CAST({0} AS BLOB)) <> length({0})"
"""A text that may contain the word: all with letters beyond ASCII may."""

_NAMES = f"""
SELECT id, ref || char(10) || coalesce(name, '') || char(10) || coalesce(email, '')
FROM customer NOT INDEXED WHERE ended_by IS NULL
AND ({_LIKE.format("ref")} OR {_LIKE.format("name")} OR {_LIKE.format("email")})
"""
"""By the index of refs SQLite would go from row to row; by their ids it still can."""

_PHONES = """
SELECT id, phone FROM customer NOT INDEXED WHERE ended_by IS NULL
AND (phone LIKE :phone OR length(CAST(phone AS BLOB)) <> length(phone))
"""
_REFS = f"SELECT id, ref FROM ticket WHERE ended_by IS NULL AND ({_LIKE.format('ref')})"
_NOTES = f"SELECT ticket, text FROM note WHERE ended_by IS NULL AND ({_LIKE.format('text')})"
_ITEMS = f"""
SELECT ticket, data ->> :key FROM item WHERE kind IN ({{kinds}})
AND ({_LIKE.format("data")}) AND ended_by IS NULL
"""
"""Kinds that are named one by one are compared sooner than those that json_each gives, and whether an
event ended a row, which few did, is asked last: 12 ms of 100,000 tickets."""

_FEW = 10_000
"""Rows up to which it is faster to look at them by their ids than at all."""

_FIRST = 2_000
"""Open tickets that are looked at first."""

Keys = Mapping[str, Sequence[str]]
"""Which field of an item is its number: its name, with the kinds of items that have it."""


class Found(NamedTuple):
    """What fits all words: tickets, and customers who have none, by id."""

    tickets: list[int]
    customers: list[int]


class _Term:
    """A word, or several that may be one phone number, and what has it by itself.

    `among` narrows it to the ids of some customers and tickets, where these are few.
    """

    def __init__(self, word: str, connection: Connection, keys: Keys, among: Found | None) -> None:
        self._word: WordPattern = make_pattern(word)
        self._phone: PhonePattern | None = make_phone_pattern(word)
        self._connection = connection
        self.customers = self._find_customers(None if among is None else among.customers)
        self.tickets = self._find_tickets(keys, None if among is None else among.tickets)

    def _find_customers(self, among: Sequence[int] | None) -> set[int]:
        """The customers that have it: as name, e-mail, ref or phone."""
        names = self._select(_NAMES, "id", {"like": self._word.like}, among)
        found = {number for number, text in names if self._word.fits(text)}
        if self._phone is not None:
            phones = self._select(_PHONES, "id", {"phone": self._phone.like}, among)
            found.update(number for number, phone in phones if self._phone.fits(phone))
        return found

    def _find_tickets(self, keys: Keys, among: Sequence[int] | None) -> set[int]:
        """The tickets that have it: as ref, in a note, or as number of an item."""
        like = {"like": self._word.like}
        rows = [
            self._select(_REFS, "id", like, among),
            self._select(_NOTES, "ticket", like, among),
        ]
        for key, kinds in keys.items():
            named = {f"kind{place}": kind for place, kind in enumerate(kinds)}
            query = _ITEMS.format(kinds=", ".join(f":{name}" for name in named))
            given = {**like, "key": f"$.{key}", **named}
            rows.append(self._select(query, "ticket", given, among))
        fits = self._word.fits
        return {number for number, text in chain(*rows) if text is not None and fits(str(text))}

    def _select(
        self, query: str, number: str, given: Mapping[str, str | None], among: Sequence[int] | None
    ) -> Iterator[SqlRow]:
        if among is None or len(among) > _FEW:
            return self._connection.execute(query, given)
        narrowed = f"{query} AND {number} IN (SELECT value FROM json_each(:among))"
        return self._connection.execute(narrowed, {**given, "among": encode(list(among))})


def find_words(connection: Connection, words: Sequence[str], keys: Keys, most: int | None) -> Found:
    """The tickets, open ones first, and the customers without tickets that fit all words; at most
    so many of each.

    Where only some are wanted, the first open tickets are looked at first: of a word that many have,
    these have enough.
    """
    if most is not None:
        early = _find_all(connection, words, keys, _read_first(connection))
        if len(early.tickets) >= most:
            return Found(early.tickets[:most], [])
    found, limit = _find_all(connection, words, keys, None), -1 if most is None else most
    rows = connection.execute(
        "SELECT id FROM ticket WHERE id IN (SELECT value FROM json_each(?)) AND ended_by IS NULL"
        " ORDER BY open DESC, id LIMIT ?",
        (encode(found.tickets), limit),
    )
    alone = connection.execute(
        "SELECT id FROM customer AS c WHERE id IN (SELECT value FROM json_each(?)) AND NOT EXISTS"
        " (SELECT 1 FROM ticket WHERE customer = c.id AND ended_by IS NULL) ORDER BY id LIMIT ?",
        (encode(found.customers), limit),
    )
    return Found([row[0] for row in rows], [row[0] for row in alone])


def _read_first(connection: Connection) -> Found:
    """The open tickets that come first in the order of what is found."""
    rows = connection.execute(
        "SELECT id FROM ticket NOT INDEXED WHERE open = 1 AND ended_by IS NULL ORDER BY id LIMIT ?",
        (_FIRST,),
    )
    return Found([row[0] for row in rows], [])


def _find_all(
    connection: Connection, words: Sequence[str], keys: Keys, among: Found | None
) -> Found:
    """All that fit the words, of some tickets and their customers or of all.

    Words that few have come first: those with digits, then the longest; the others are looked for in
    what has these.
    """
    found = _widen(connection, among)
    for word in sorted(_join_phones(words), key=_rank_word):
        term = _Term(word, connection, keys, _widen(connection, found))
        found = _find_fitting(connection, term, found)
    return found or Found([], [])


def _join_phones(words: Sequence[str]) -> list[str]:
    """The words, with those that follow each other and are parts of a phone number as one."""
    joined = list[str]()
    for word in words:
        part = re.fullmatch(r"[\d+()./-]+", word) is not None
        if part and joined and re.fullmatch(r"[\d\s+()./-]+", joined[-1]):
            joined[-1] += f" {word}"
        else:
            joined.append(word)
    return joined


def _rank_word(word: str) -> tuple[bool, int]:
    return not any(map(str.isdecimal, word)), -len(word)


def _widen(connection: Connection, found: Found | None) -> Found | None:
    """What was found, with the customers of its tickets: they may have the next word."""
    if found is None:
        return None
    rows = connection.execute(
        "SELECT DISTINCT customer FROM ticket WHERE id IN (SELECT value FROM json_each(?))",
        (encode(found.tickets),),
    )
    return Found(found.tickets, sorted({*found.customers, *(row[0] for row in rows)}))


def _find_fitting(connection: Connection, term: _Term, before: Found | None) -> Found:
    """Of what fitted the words before, the tickets that have a term themselves or whose customer
    has it, and the customers that have it."""
    rows = connection.execute(
        "SELECT id FROM ticket WHERE ended_by IS NULL"
        " AND customer IN (SELECT value FROM json_each(?))",
        (encode(sorted(term.customers)),),
    )
    tickets, customers = term.tickets | {row[0] for row in rows}, term.customers
    if before is not None:
        tickets, customers = tickets & {*before.tickets}, customers & {*before.customers}
    return Found(sorted(tickets), sorted(customers))
