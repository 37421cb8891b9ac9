"""Words are found as a plain comparison of every text finds them, whichever way is quicker."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import chain
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prassi.core.ticketfile import find_words, schema
from prassi.core.ticketfile.find_words import Found
from prassi.core.values.word_patterns import make_pattern, make_phone_pattern

KEYS = {"number": ["proformas"]}
NAMES = (
    "Bolle Blu",
    "Società Bollè",
    "BOLLE",
    "Щёлково",
    "Ёлка 00",
    "مؤسسة النور",
    "Zoë 0\u03010",
    "x\0bolle 00",
    "100 00",
    "Ò_1%",
    "\\0",
    "٠٠ ٧",
    "ﬁ 00²",
)
PHONES = (
    "+39 055 123-456",
    "0039055123456",
    "055/123.456",
    "٠٥٥ ١٢٣٤٥٦",
    "8 (495) 765 43 21",
    None,
)
WORDS = (
    "bolle",
    "blu",
    "olle",
    "societa",
    "щелк",
    "елка",
    "نور",
    "00",
    "0",
    "055 123456",
    "123456",
    "495 765-43-21",
    "pf-00",
    "t-1",
    "c-0",
    "1%",
    "_",
    "\\0",
    "2",
    "zzzz",
    "٠٠",
)
TEXTS = st.one_of(
    st.sampled_from(NAMES),
    st.text("abBè\u0301ёЁщЩنؤ٠0129 _%\\-.²\0", max_size=8),
)


class Ticket(NamedTuple):
    """A ticket of a customer, with the text of its note and the number of its item."""

    customer: int
    is_open: bool
    ended: bool
    note: str
    number: str


class Customer(NamedTuple):
    """A customer, who may have no ticket."""

    name: str
    email: str | None
    phone: str | None


CUSTOMERS = st.lists(
    st.builds(Customer, TEXTS, st.none() | TEXTS, st.sampled_from(PHONES)), min_size=1, max_size=5
)
TICKETS = st.lists(
    st.builds(Ticket, st.integers(0, 4), st.booleans(), st.booleans(), TEXTS, TEXTS), max_size=8
)


def write_file(customers: list[Customer], tickets: list[Ticket]) -> sqlite3.Connection:
    """A ticket file in memory with these, whose refs are C-0, C-1 ... and T-0, T-1 ..."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in schema.schema_statements():
        connection.execute(statement)
    for number, customer in enumerate(customers):
        connection.execute(
            "INSERT INTO customer (id, ref, name, email, phone, made_by) VALUES (?, ?, ?, ?, ?, 1)",
            (number, f"C-{number}", *customer),
        )
    for number, one in enumerate(tickets):
        connection.execute(
            "INSERT INTO ticket (id, ref, book, customer, status, open, opened, priority, fields,"
            " made_by, ended_by) VALUES (?, ?, 'b', ?, 's', ?, '2026-01-01', 'low', '{}', 1, ?)",
            (number, f"T-{number}", one.customer % len(customers), one.is_open, one.ended or None),
        )
        connection.execute(
            "INSERT INTO note (ticket, at, text, made_by) VALUES (?, '2026-01-01', ?, 1)",
            (number, one.note),
        )
        connection.execute(
            "INSERT INTO item (ticket, kind, data, made_by) VALUES (?, 'proformas',"
            " json_object('number', ?), 1)",
            (number, one.number),
        )
    return connection


def compare_all(customers: list[Customer], tickets: list[Ticket], words: list[str]) -> Found:
    """What fits all words, found by comparing each word with each text."""

    def has(number: int, word: str) -> bool:
        name, email, phone = customers[number]
        phone_pattern, fits = make_phone_pattern(word), make_pattern(word).fits
        of_phone = phone_pattern is not None and phone_pattern.fits(phone)
        return of_phone or any(map(fits, (f"C-{number}", name, email)))

    owners = [one.customer % len(customers) for one in tickets]
    found = [
        number
        for number, one in enumerate(tickets)
        if not one.ended
        and all(
            has(owners[number], word)
            or any(map(make_pattern(word).fits, (f"T-{number}", one.note, one.number)))
            for word in words
        )
    ]
    busy = {owner for owner, one in zip(owners, tickets, strict=True) if not one.ended}
    alone = [
        number
        for number in range(len(customers))
        if number not in busy and all(has(number, word) for word in words)
    ]
    return Found(sorted(found, key=lambda number: (not tickets[number].is_open, number)), alone)


@pytest.mark.parametrize(("first", "few"), [(1, 0), (2, 1), (500, 10_000)])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    customers=CUSTOMERS,
    tickets=TICKETS,
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True),
    most=st.none() | st.integers(1, 4),
)
def test_all_ways_find_the_same(
    monkeypatch: pytest.MonkeyPatch,
    first: int,
    few: int,
    customers: list[Customer],
    tickets: list[Ticket],
    words: list[str],
    most: int | None,
) -> None:
    """However many tickets are looked at first, and from however many on all are gone through."""
    monkeypatch.setattr(find_words, "_FIRST", first)
    monkeypatch.setattr(find_words, "_FEW", few)
    joined = find_words._join_phones(words)
    expected = compare_all(customers, tickets, joined)
    with closing(write_file(customers, tickets)) as connection:
        found = find_words.find_words(connection, words, KEYS, most)
    assert list_shown(found, most) == list_shown(expected, most)


MANY = [
    Customer("Bolle Blu", None, None),
    Customer("Rossi", "bolle@example.org", None),
    Customer("Bollè sas", None, "+39 055 123456"),
    Customer("Verdi", None, None),
    Customer("Zoë 0\u03010", None, None),
]
MIXED = [
    Ticket(
        customer=number % 5,
        is_open=number % 3 != 0,
        ended=number % 7 == 3,
        note=("blu", "", "bolle 00", "verdi")[number // 4 % 4],
        number=f"PF-{number:02}",
    )
    for number in range(40)
]


@pytest.mark.parametrize("most", [1, 5, 13, 25, 100, None])
@pytest.mark.parametrize(
    "words",
    [
        ["bolle"],
        ["blu"],
        ["verdi"],
        ["pf"],
        ["bolle", "00"],
        ["bolle", "blu"],
        ["pf-1", "verdi"],
        ["123456"],
        ["00"],
    ],
)
def test_of_many_hits_the_first_are_those_of_all(
    monkeypatch: pytest.MonkeyPatch, words: list[str], most: int | None
) -> None:
    """Open ones come first, ended ones and those that lack a word not at all."""
    monkeypatch.setattr(find_words, "_FIRST", 0)
    monkeypatch.setattr(find_words, "_FEW", 0)
    with closing(write_file(MANY, MIXED)) as connection:
        found = find_words.find_words(connection, words, KEYS, most)
    assert list_shown(found, most) == list_shown(compare_all(MANY, MIXED, words), most)


def list_shown(found: Found, most: int | None) -> list[tuple[str, int]]:
    """The lines of what was found: tickets, then customers, at most so many."""
    lines = chain((("T", one) for one in found.tickets), (("C", one) for one in found.customers))
    return [*lines][:most]
