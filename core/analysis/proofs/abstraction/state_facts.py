"""Whether a row of tests holds for a class of tickets as it stands, with no event asked about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ....book.model import Fact
from ....book.properties import find_template
from ....book.ticket_parts import Part
from ..abstract_values import AbstractValue, Unknown, Values
from ..search.abstraction import NO, YES, Answer, Needs, Tests
from .abstract_facts import FactQuery
from .abstract_ticket import AbstractTicket
from .fact_guesses import FactGuesses, has_to_be_guessed
from .kept_parts import KeptParts
from .message_classes import holds_for_messages
from .shared_knowledge import SharedKnowledge, add_bases, select_columns, select_derived


class StateFacts:
    """Facts that no event is needed for, fields and columns, of the classes of an abstraction.

    `names` are those that are asked for most often: they are asked for together.
    """

    def __init__(self, shared: SharedKnowledge, kept: KeptParts, names: Iterable[str]) -> None:
        self._shared, self._kept, self._names = shared, kept, tuple(names)
        self._guesses = FactGuesses(shared)
        self._queries: dict[tuple[str, ...], tuple[FactQuery, Sequence[str]]] = {}
        self._last: tuple[tuple[str, ...], AbstractTicket, Values] | None = None

    def holds(self, row: Tests, ticket: AbstractTicket) -> Answer:
        """Whether a row holds for all tickets of a class, for none, or what is not known for that."""
        unknown = set[str]()
        for source, test in row.items():
            template = find_template(source) if isinstance(source, str) else None
            if template is not None:
                answer = holds_for_messages(self._kept, ticket, template, test)
                if answer is NO:
                    return NO
                unknown |= answer.names if isinstance(answer, Needs) else set()
                continue
            name = source.column if isinstance(source, Part) else source
            value = self._value(source, row, ticket)
            if isinstance(value, Unknown) and has_to_be_guessed(self._fact(source), value):
                unknown.add(name)
            elif not test.holds(value):
                return NO
        return Needs(frozenset(unknown)) if unknown else YES

    def _fact(self, source: str | Part) -> Fact | None:
        """What the book says of a fact, a field or a part."""
        book = self._shared.book
        if isinstance(source, Part):
            return book.fields.get(source.column)
        return book.facts.get(source, book.fields.get(source))

    def _value(self, source: str | Part, row: Tests, ticket: AbstractTicket) -> AbstractValue:
        if isinstance(source, Part):
            return self._kept.value(ticket, source.column)
        if source not in self._shared.book.facts:
            return self._kept.value(ticket, source)
        is_among = source in self._names
        names = self._names if is_among else tuple(n for n in row if isinstance(n, str))
        return self._derive(names, ticket)[source]

    def _derive(self, names: tuple[str, ...], ticket: AbstractTicket) -> Values:
        """Facts of a class; remembered, since one row after the other is asked about a class."""
        if self._last is None or self._last[0] != names or self._last[1] is not ticket:
            query, derived = self._query(names)
            self._last = names, ticket, self._guesses.derive(query, derived, ticket, {})
        return self._last[2]

    def _query(self, names: tuple[str, ...]) -> tuple[FactQuery, Sequence[str]]:
        if names not in self._queries:
            book = self._shared.book
            wanted = add_bases(book, set(names) & book.facts.keys())
            columns = select_columns(book, wanted)
            query = self._shared.facts.make_query(self._kept, None, columns)
            self._queries[names] = query, select_derived(book, wanted)
        return self._queries[names]
