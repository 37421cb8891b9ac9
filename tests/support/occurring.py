"""Facts as they really occur on tickets, held against what the check of books says can't be."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from typing import Any

import seeding
from desk import Desk
from prassi.core.analysis.checks.impossible_facts import find_impossible_rows
from prassi.core.analysis.checks.table_regions import build_table_regions
from prassi.core.book.model import Book, Event
from prassi.core.desk.fact_reader import FactReader
from prassi.core.desk.office import Office
from prassi.core.errors import Undecided
from prassi.core.library.settings import load
from prassi.core.tables.regions import Tests
from prassi.core.ticketfile import read_tickets
from prassi.core.ticketfile.open import open_file
from prassi.core.values.field_types import Field

__all__ = ["wrong_about"]


def wrong_about(desk: Desk, at: str, chance: random.Random, draws: int) -> Iterator[str]:
    """What is wrong with the facts of any event on any ticket: what can't be, or that no rule answers.

    Each event is asked about `draws` times, with inputs as a caller may give them.
    """
    with closing(open_file(str(desk.file))) as connection:
        office = Office(connection, load(str(desk.folder / "prassi.toml")), at, None)
        for number, book_name, is_open in connection.execute(
            "SELECT id, book, open FROM ticket WHERE ended_by IS NULL"
        ).fetchall():
            book = office.shelf.book(book_name)
            for event in map(book.event, book.event_names):
                if event.opens or not (is_open or event.of_closed):
                    continue
                for _ in range(draws if event.inputs else 1):
                    inputs = seeding.inputs(event, chance, at)
                    yield from _wrong(office, book, event, number, inputs)


def _wrong(
    office: Office, book: Book, event: Event, ticket: int, inputs: dict[str, Any]
) -> Iterator[str]:
    every = _with_all_facts(book, event)
    reader = FactReader(office.connection, office.shelf)
    facts = reader.read(book, every, ticket, inputs, office.at)
    told = (
        f"{book.name} {event.name} on {read_tickets.read_ref(office.connection, ticket)}: {facts}"
    )
    for row in _never(book.name, event.name):
        if row.keys() <= facts.keys() and all(test.holds(facts[n]) for n, test in row.items()):
            yield f"{row} holds: {told}"
    try:
        event.decide(tuple(facts[name] for name in event.facts))
    except Undecided:
        yield f"no rule answers: {told}"


def _with_all_facts(book: Book, event: Event) -> Event:
    """The event as if it asked about every fact it can."""
    made = [
        name
        for name, fact in book.facts.items()
        if name not in event.inputs
        and all(base in book.facts or base in event.inputs for base in _bases(fact))
    ]
    columns = [name for name in made if isinstance(book.facts[name], Field)]
    return event._replace(facts=(*event.inputs, *made), columns=tuple(columns))


def _bases(fact: Any) -> tuple[str, ...]:
    found = getattr(fact, "bases", (getattr(fact, "base", None),))
    return tuple(base for base in found if base is not None)


@cache
def _never(book: str, event: str) -> list[Tests]:
    reader = seeding.files(book).reader()
    one = reader.event(event)
    assert build_table_regions(reader, one).never is not None
    statuses = {} if reader.declarations.catalogue else reader.declarations.statuses
    return [
        *find_impossible_rows(one, reader.declarations.facts, statuses),
        *reader.events.impossible(one).values(),
    ]
