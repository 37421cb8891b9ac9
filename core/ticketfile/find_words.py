"""Finding tickets and customers by words: a scan of names, addresses, refs, items and notes.

SQLite sorts out texts of ASCII letters, which are most, by LIKE; the few that it lets through, and
those with other letters, are compared in Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice

from ..system.fast_json import encode
from ..system.records import NamedTuple
from ..values.word_patterns import PhonePattern, WordPattern, make_pattern, make_phone_pattern
from .sqlite import Connection, SqlRow


def _may_have(*columns: str) -> str:
    """One of these texts may contain the word: LIKE decides on all of ASCII letters first, and it sees
    nothing of a text that comes after a NUL."""
    plain = [f"{one} LIKE :like ESCAPE '\\'" for one in columns]
    beyond_ascii = [
        f"length(CAST({one} AS BLOB)) <> length({one})"
        f" AND ({one} LIKE :loose ESCAPE '\\' OR instr({one}, char(0)))"
        for one in columns
    ]
    return f"({' OR '.join([*plain, *beyond_ascii])})"


_NAMES = f"""
SELECT id, ref || char(10) || coalesce(name, '') || char(10) || coalesce(email, '')
FROM customer NOT INDEXED WHERE {_may_have("name", "email", "ref")} AND ended_by IS NULL
"""
"""By the index of refs SQLite would go from row to row; by their ids it still can. Whether an event
ended a row, which few did, is asked last, here and below: 12 ms of 100,000 tickets."""

_PHONES = """
SELECT id, phone FROM customer NOT INDEXED
WHERE (phone LIKE :phone OR length(CAST(phone AS BLOB)) <> length(phone)) AND ended_by IS NULL
"""
_REFS = f"SELECT id, ref FROM ticket WHERE {_may_have('ref')} AND ended_by IS NULL"
_NOTES = f"SELECT ticket, text FROM note WHERE {_may_have('text')} AND ended_by IS NULL"
_ITEMS = f"""
SELECT ticket, data ->> :key FROM item
WHERE kind IN ({{kinds}}) AND {_may_have("data")} AND ended_by IS NULL
"""
"""Kinds that are named one by one are compared sooner than those that json_each gives."""

_FEW = 10_000
"""Rows up to which it is faster to look at them by their ids than at all."""

_FIRST = 500
"""Open tickets that are looked at first, in a fiftieth of the time that 100,000 take."""

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
        self._likes = {"like": self._word.like, "loose": self._word.loose}
        self._connection = connection
        self.customers = self._find_customers(None if among is None else among.customers)
        self.tickets = self._find_tickets(keys, None if among is None else among.tickets)

    def _find_customers(self, among: Sequence[int] | None) -> set[int]:
        """The customers that have it: as name, e-mail, ref or phone."""
        names = self._select(_NAMES, "id", self._likes, among)
        found = {number for number, text in names if self._word.fits(text)}
        if self._phone is not None:
            phones = self._select(_PHONES, "id", {"phone": self._phone.like}, among)
            found.update(number for number, phone in phones if self._phone.fits(phone))
        return found

    def _find_tickets(self, keys: Keys, among: Sequence[int] | None) -> set[int]:
        """The tickets that have it: as ref, in a note, or as number of an item."""
        rows = [
            self._select(_REFS, "id", self._likes, among),
            self._select(_NOTES, "ticket", self._likes, among),
        ]
        for key, kinds in keys.items():
            named = {f"kind{place}": kind for place, kind in enumerate(kinds)}
            query = _ITEMS.format(kinds=", ".join(f":{name}" for name in named))
            given = {**self._likes, "key": f"$.{key}", **named}
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


class _Fit(NamedTuple):
    """What fits all words: the last of them, and what fitted those before, if there are such."""

    term: _Term
    before: Found | None

    @property
    def may_be_many(self) -> bool:
        """Whether so many have the last word that going through tickets is faster."""
        return len(self.term.tickets) + len(self.term.customers) > _FEW


def find_words(connection: Connection, words: Sequence[str], keys: Keys, most: int | None) -> Found:
    """The tickets, open ones first, and the customers without tickets that fit all words; at most
    so many of each, and no customers where the tickets are so many.

    Where only some are wanted, the first open tickets are looked at first: of a word that many have,
    these have enough.
    """
    if most is not None:
        early = _find_all(connection, words, keys, _read_first(connection))
        if len(early.tickets) >= most:
            return Found(early.tickets[:most], [])
    fit = _fit_words(connection, words, keys, None)
    if most is not None and fit.may_be_many:
        first = [*islice(_read_fitting(connection, fit), most)]
        if len(first) == most:
            return Found(first, [])
    found, limit = _find_fitting(connection, fit), -1 if most is None else most
    rows = connection.execute(
        "SELECT id FROM ticket WHERE id IN (SELECT value FROM json_each(?)) AND ended_by IS NULL"
        " ORDER BY open DESC, id LIMIT ?",
        (encode(found.tickets), limit),
    )
    tickets = [row[0] for row in rows]
    if len(tickets) == most:
        return Found(tickets, [])
    alone = connection.execute(
        "SELECT id FROM customer AS c WHERE id IN (SELECT value FROM json_each(?)) AND NOT EXISTS"
        " (SELECT 1 FROM ticket WHERE customer = c.id AND ended_by IS NULL) ORDER BY id LIMIT ?",
        (encode(found.customers), limit),
    )
    return Found(tickets, [row[0] for row in alone])


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
    """All that fit the words, of some tickets and their customers or of all."""
    return _find_fitting(connection, _fit_words(connection, words, keys, among))


def _fit_words(
    connection: Connection, words: Sequence[str], keys: Keys, among: Found | None
) -> _Fit:
    """What fits the words, of some tickets and their customers or of all.

    Words that few have come first: those with digits, then the longest; the others are looked for in
    what has these.
    """
    *others, last = sorted(_join_phones(words), key=_rank_word)
    before = _widen(connection, among)
    for word in others:
        term = _Term(word, connection, keys, _widen(connection, before))
        before = _find_fitting(connection, _Fit(term, before))
    return _Fit(_Term(last, connection, keys, _widen(connection, before)), before)


def _read_fitting(connection: Connection, fit: _Fit) -> Iterator[int]:
    """The tickets that fit, open ones first, one after the other: quicker than all of them where some
    of many are enough."""
    before = None if fit.before is None else {*fit.before.tickets}
    for is_open in (1, 0):
        rows = connection.execute(
            "SELECT id, customer FROM ticket NOT INDEXED WHERE open = ? AND ended_by IS NULL"
            " ORDER BY id",
            (is_open,),
        )
        for number, customer in rows:
            has_term = number in fit.term.tickets or customer in fit.term.customers
            if has_term and (before is None or number in before):
                yield number


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


def _find_fitting(connection: Connection, fit: _Fit) -> Found:
    """Of what fitted the words before, the tickets that have the last one themselves or whose customer
    has it, and the customers that have it."""
    rows = connection.execute(
        "SELECT id FROM ticket WHERE ended_by IS NULL"
        " AND customer IN (SELECT value FROM json_each(?))",
        (encode(sorted(fit.term.customers)),),
    )
    tickets, customers = fit.term.tickets | {row[0] for row in rows}, fit.term.customers
    if fit.before is not None:
        tickets, customers = tickets & {*fit.before.tickets}, customers & {*fit.before.customers}
    return Found(sorted(tickets), sorted(customers))
