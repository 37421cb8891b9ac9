"""Which rows that a book calls impossible follow from its facts.sql: tried on tickets made by chance.

Proofs do not take a book's word for it. Used are only rows of facts that facts.sql reads from the
ticket and what hangs on it, one of them the status, or that name inputs of an event: none of many
tickets in each such status, with all else as chance has it, contradicts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import TypeVar

from ....book.model import Book, Event
from ....book.ticket_parts import STATUS_PART, Part
from ....tables.cells import Cell
from ....tables.decision_table import CellRow
from ....values.field_types import Field
from ..abstract_values import SOME, AbstractValue, Unknown, Values
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


def find_rows_that_hold(
    facts: AbstractFacts, rows: Iterable[CellRow], event: Event | None = None
) -> Iterator[CellRow]:
    """Those of some rows that no ticket fits, as far as chance can find one: rows of facts, or of facts
    and inputs of an event."""
    inputs = {} if event is None else {name: one.field for name, one in event.inputs.items()}
    for row in rows:
        parts = _list_parts(facts, row, inputs)
        if parts is not None and not _fits_a_ticket(facts, row, parts, inputs):
            yield row


def _list_parts(
    facts: AbstractFacts, row: CellRow, inputs: Mapping[str, Field]
) -> set[Part] | None:
    """What the facts of a row read; None where that is more than can be tried."""
    book, names = facts.book, row.keys() - inputs.keys()
    if not all(isinstance(book.facts.get(n), Field) for n in names):
        return None
    each = [facts.dependencies.of(name) for name in names]
    parts = {part for reads in each for part in reads.parts}
    given = {name for reads in each for name in reads.given}
    tables = {"ticket", "task", *book.items}
    if not all(one.simple for one in each) or "now" in given:
        return None
    if not {part.table for part in parts} <= tables:
        return None
    if not inputs and (STATUS_PART not in parts or not given.isdisjoint(book.input_names)):
        return None
    return parts | {STATUS_PART}


def _fits_a_ticket(
    facts: AbstractFacts, row: CellRow, parts: Iterable[Part], inputs: Mapping[str, Field]
) -> bool:
    kept = KeptParts(facts.book, facts.bounds, _keep_all(facts.book, parts))
    chance, names = Random(1), [name for name in row if name not in inputs]
    for status in facts.book.statuses:
        if "status" in row and not row["status"].holds(status):
            continue
        for number in range(TICKETS):
            ticket, given = _make_ticket(kept, status, chance), _give(row, inputs, chance)
            sample = ChanceTicket(number % SAMPLES, facts, chance)
            said = facts.ask_sample(sample, [*sample.rows(kept, ticket)], names, inputs, given)
            tests = ((row[name], one) for name, one in zip(names, said, strict=True))
            if all(isinstance(one, Unknown) or cell.holds(one) for cell, one in tests):
                return True
    return False


def _give(row: CellRow, inputs: Mapping[str, Field], chance: Random) -> Values:
    """What is given with an event, by chance, where a row is to hold of it."""
    return {name: chance.choice(_list_given(row.get(name), one)) for name, one in inputs.items()}


def _list_given(cell: Cell | None, field: Field) -> Sequence[AbstractValue]:
    """Some values of an input, with none for one that may be left out: those for which a test holds."""
    some: Sequence[AbstractValue] = [SOME]
    if field.many:
        some = [tuple(f"n{n}" for n in range(1, most + 1)) for most in (1, 2, _MOST_ITEMS)]
    elif field.type == "boolean":
        some = [False, True]
    elif field.values:
        some = field.values
    values = [*some, *([None] if field.optional else [])]
    return [one for one in values if cell is None or cell.holds(one)] or [None]


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
