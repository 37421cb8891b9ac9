"""Which rows that a book calls impossible follow from its facts.sql: tried on tickets made by chance.

Proofs do not take a book's word for it. Used are only rows of facts that facts.sql reads from the
ticket and what hangs on it, one of them the status: none of many tickets in such a status, with all
else as chance has it, contradicts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import TypeVar

from ....book.model import Book
from ....book.ticket_parts import STATUS_PART, Part
from ....tables.decision_table import CellRow
from ....values.field_types import Field
from ..abstract_values import Unknown
from ..precision import EXACT
from .abstract_facts import AbstractFacts
from .abstract_ticket import AbstractList, AbstractTicket, Content
from .initial_tickets import list_field_values
from .kept_parts import KeptParts, field_of, fields_of
from .sample_tickets import SAMPLES, SampleTicket

TICKETS = 60
"""Tickets that are tried of each status."""

_MOST_ITEMS = 5

_Choice = TypeVar("_Choice")


class ChanceTicket(SampleTicket):
    """A ticket whose values are as chance has them."""

    def __init__(self, number: int, facts: AbstractFacts, chance: Random) -> None:
        super().__init__(number, facts.bounds, {}, many=1)
        self._chance = chance

    def _pick(self, values: Sequence[_Choice]) -> _Choice:
        return self._chance.choice(values)


def find_rows_that_hold(facts: AbstractFacts, rows: Iterable[CellRow]) -> Iterator[CellRow]:
    """Those of some rows of facts that no ticket fits, as far as chance can find one."""
    for row in rows:
        parts = _list_parts(facts, row)
        if parts is not None and not _fits_a_ticket(facts, row, parts):
            yield row


def _list_parts(facts: AbstractFacts, row: CellRow) -> set[Part] | None:
    """What the facts of a row read; None where that is more than can be tried."""
    book = facts.book
    if "status" not in row or not all(isinstance(book.facts.get(n), Field) for n in row):
        return None
    each = [facts.dependencies.of(name) for name in row]
    parts = {part for reads in each for part in reads.parts}
    given = {name for reads in each for name in reads.given}
    tables = {"ticket", "task", *book.items}
    if not all(one.simple for one in each) or not given.isdisjoint({*book.input_names, "now"}):
        return None
    if not {part.table for part in parts} <= tables or STATUS_PART not in parts:
        return None
    return parts


def _fits_a_ticket(facts: AbstractFacts, row: CellRow, parts: Iterable[Part]) -> bool:
    kept = KeptParts(facts.book, facts.bounds, _keep_all(facts.book, parts))
    chance = Random(1)
    for status in filter(row["status"].holds, facts.book.statuses):
        for number in range(TICKETS):
            ticket = _make_ticket(kept, status, chance)
            sample = ChanceTicket(number % SAMPLES, facts, chance)
            said = facts.ask_sample(sample, [*sample.rows(kept, ticket)], [*row], {}, {})
            tests = zip(row.values(), said, strict=True)
            if all(isinstance(one, Unknown) or cell.holds(one) for cell, one in tests):
                return True
    return False


def _keep_all(book: Book, parts: Iterable[Part]) -> dict[Part, int]:
    return {part: EXACT for part in parts if field_of(book, part) is not None}


def _make_ticket(kept: KeptParts, status: str, chance: Random) -> AbstractTicket:
    fields = fields_of(kept.book, "ticket")
    columns = tuple(
        status
        if name == "status"
        else chance.choice(list_field_values(kept, "ticket", fields[name]))
        for name in kept.columns
    )
    lists = tuple(_make_list(kept, kind, chance) for kind in kept.kinds)
    return AbstractTicket(columns, lists)


def _make_list(kept: KeptParts, kind: str, chance: Random) -> AbstractList:
    fields = fields_of(kept.book, kind)

    def make_content() -> Content:
        each = (list_field_values(kept, kind, fields[name]) for name in kept.contents[kind])
        return tuple(map(chance.choice, each))

    return AbstractList(
        frozenset(), tuple(make_content() for _ in range(chance.randint(0, _MOST_ITEMS)))
    )
