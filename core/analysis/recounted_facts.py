"""The facts of recorded events, counted anew: as they would have been under other settings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import NamedTuple

from ..book.model import Book, Event
from ..decision.facts import facts_as_json, read_fact
from ..desk.fact_reader import FactReader
from ..desk.office import Office
from ..errors import EngineFault, PrassiError
from ..ticketfile.recorded_decisions import RecordedDecision
from ..ticketfile.rewound_copy import RewoundCopy


class RecountedFacts(NamedTuple):
    """Facts by event that would be others, as the log writes them; and how many events they could not
    be counted of."""

    changed: Mapping[int, Mapping[str, object]]
    failed: int


def recount_facts(
    now: Office, then: Office, recorded: Sequence[RecordedDecision]
) -> RecountedFacts:
    """What other facts some events (oldest first) would have been decided on under the settings of
    `then`: facts.sql is asked, and days are counted, under both settings, on a copy of the file that is
    wound back to each event. A fact that comes out the same stays as the log has it."""
    changed: dict[int, Mapping[str, object]] = {}
    failed = 0
    alike = {name for name in {one.book for one in recorded} if _count_alike(now, then, name)}
    recorded = [one for one in recorded if one.book not in alike]
    if not recorded:
        return RecountedFacts(changed, failed)
    with closing(RewoundCopy(now.connection, _find_tickets((now, then), recorded))) as copy:
        readers = [FactReader(copy.connection, office.shelf) for office in (now, then)]
        for one in reversed(recorded):
            copy.rewind(one.event_id)
            books = [office.shelf.book(one.book) for office in (now, then)]
            try:
                sides = [
                    _count(reader, book, one) for reader, book in zip(readers, books, strict=True)
                ]
            except (PrassiError, EngineFault):
                failed += 1
                continue
            changed[one.event_id] = _find_changed(one, *sides)
    return RecountedFacts(changed, failed)


def _count_alike(now: Office, then: Office, name: str) -> bool:
    """Whether the facts of a book come out the same under both settings, whatever its rules do."""
    one, other = now.shelf.book(name), then.shelf.book(name)
    if (one.facts_sql, one.facts, now.settings.places) != (
        other.facts_sql,
        other.facts,
        then.settings.places,
    ):
        return False
    named = re.findall(r":(\w+)", one.facts_sql)
    figures = [
        {known: book.parameters[known].sql_value() for known in named if known in book.parameters}
        for book in (one, other)
    ]
    return figures[0] == figures[1]


def _find_tickets(
    offices: Sequence[Office], recorded: Sequence[RecordedDecision]
) -> set[int] | None:
    """The tickets to be wound back, where no facts of theirs look at others; else None."""
    names = {one.book for one in recorded}
    reaches = [office.shelf.book(name).reach for office in offices for name in names]
    if any(reach is None or reach for reach in reaches):
        return None
    return {one.ticket_id for one in recorded if one.ticket_id is not None}


class _Counted(NamedTuple):
    """The facts of an event by a book, as the log would have them."""

    event: Event
    facts: Mapping[str, object]


def _count(reader: FactReader, book: Book, one: RecordedDecision) -> _Counted:
    event = book.event(one.event)
    given = {name: read_fact(event, name, one.facts.get(name)) for name in event.inputs}
    ticket = 0 if event.opens or one.ticket_id is None else one.ticket_id
    facts = reader.read(book, event, ticket, given, one.at)
    return _Counted(event, facts_as_json(event, facts))


def _find_changed(one: RecordedDecision, now: _Counted, then: _Counted) -> dict[str, object]:
    """The facts that come out otherwise, or that only the other book asks about."""
    return {
        name: then.facts.get(name)
        for name in then.event.facts
        if name not in then.event.inputs
        and (
            then.facts.get(name) != now.facts.get(name)
            or (name not in now.event.facts and name not in one.facts)
        )
    }
