"""What all abstractions of a book share, however much they keep of its tickets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from functools import cached_property
from types import MappingProxyType

from ....book.list_templates import list_templates
from ....book.model import Book, DateFact, DueFact, Event, ForbiddenFact
from ....book.ticket_parts import Part
from ....tables.decision_table import CellRow
from ....values.field_types import Field
from .abstract_facts import AbstractFacts
from .fact_dependencies import FactDependencies
from .impossible_rows import find_rows_that_hold
from .possible_events import list_event_names
from .value_bounds import ValueBounds


class SharedKnowledge:
    """What a book's facts read, the bounds of its values, and what facts.sql said of classes.

    `rows` are tests beside those of the book's tables, `impossible` the rows of facts that the book
    says never hold, `given` those that name inputs of an event, too, `kinds` the kinds of tasks that
    properties name. Close it at the end.
    """

    def __init__(
        self,
        book: Book,
        rows: Iterable[CellRow],
        impossible: Sequence[CellRow] = (),
        given: Mapping[str, Sequence[CellRow]] = MappingProxyType({}),
        kinds: Iterable[str] = (),
    ) -> None:
        self.book = book
        self.event_names = list_event_names(book)
        """The events that can happen."""
        self.templates = list_templates(book, self.event_names)
        """The templates of which rules make messages."""
        with ExitStack() as opened:
            self.dependencies = opened.enter_context(closing(FactDependencies(book)))
            self.bounds = ValueBounds(book, self.dependencies, rows, kinds)
            self.facts = opened.enter_context(
                closing(AbstractFacts(book, self.dependencies, self.bounds))
            )
            self._impossible, self._given = impossible, given
            self._never_given: dict[str, Sequence[CellRow]] = {}
            self._leaned_on = dict[int, CellRow]()
            self._opened = opened.pop_all()

    @cached_property
    def never(self) -> Sequence[CellRow]:
        """Those of the book's impossible rows that hold for no ticket, as far as could be tried."""
        return list(find_rows_that_hold(self.facts, self._impossible))

    def never_given(self, event: Event) -> Sequence[CellRow]:
        """Those of the book's impossible rows with inputs of an event that hold for none, likewise."""
        if event.name not in self._never_given:
            rows = self._given.get(event.name, ())
            self._never_given[event.name] = list(find_rows_that_hold(self.facts, rows, event))
        return self._never_given[event.name]

    @cached_property
    def _impossible_by_id(self) -> Mapping[int, CellRow]:
        rows = (*self._impossible, *(row for rows in self._given.values() for row in rows))
        return {id(one): one for one in rows}

    def lean_on(self, row: object) -> None:
        """Note that a row ruled something out, where it is one of the book's impossible rows."""
        if (known := self._impossible_by_id.get(id(row))) is not None:
            self._leaned_on[id(row)] = known

    def forget_leaned_on(self) -> None:
        """Begin to note anew which rows rule something out."""
        self._leaned_on.clear()

    def list_leaned_on(self) -> tuple[str, ...]:
        """Of the book's impossible rows those, in words, by which something was ruled out."""
        return tuple(dict.fromkeys(map(_format_row, self._leaned_on.values())))

    @cached_property
    def facts_of_customer(self) -> frozenset[str]:
        """The facts that depend on what the customer has, an address for one."""
        known = (name for name, fact in self.book.facts.items() if isinstance(fact, Field))
        reads = ((name, self.dependencies.of(name).parts) for name in known)
        return frozenset(name for name, parts in reads if Part("customer") in parts)

    def close(self) -> None:
        """Close the samples that are asked."""
        self._opened.close()


def _format_row(row: CellRow) -> str:
    """A row of tests in words, the status first."""
    names = sorted(row, key=lambda name: name != "status")
    return " with ".join(f"{name} {row[name].text}" for name in names)


def add_bases(book: Book, names: Iterable[str]) -> set[str]:
    """Facts, with those that they are worked out from."""
    found = set(names)
    for _ in range(3):
        for name in found & book.facts.keys():
            fact = book.facts[name]
            if isinstance(fact, DueFact):
                found |= set(fact.bases)
            elif isinstance(fact, DateFact | ForbiddenFact):
                found |= {fact.base}
    return found


def select_columns(book: Book, names: Iterable[str]) -> tuple[str, ...]:
    """Those of some facts that facts.sql has, in the book's order."""
    wanted = set(names)
    return tuple(n for n, fact in book.facts.items() if n in wanted and isinstance(fact, Field))


def select_derived(book: Book, names: Iterable[str]) -> tuple[str, ...]:
    """Those of some facts that are worked out from others, in the order in which they can be."""
    wanted = set(names)
    listed = [n for n, fact in book.facts.items() if n in wanted and not isinstance(fact, Field)]
    return tuple(sorted(listed, key=lambda n: isinstance(book.facts[n], DateFact)))
