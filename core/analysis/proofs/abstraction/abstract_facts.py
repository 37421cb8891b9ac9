"""What facts.sql says of a class of tickets: asked of several of its tickets, on several days.

A fact is left open where it reads a part of which nothing is known, and where the sample tickets of
the class do not agree.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, cast

from ....book.model import Book, Event
from ....book.ticket_parts import Part
from ....ticketfile.facts_sql_sample import SampleFile, SampleRow
from ....values.field_types import Field
from ..abstract_values import ALL, ANY, SOME, SOME_OF, AbstractValue, OneOf, Unknown, Values, day
from .abstract_ticket import AbstractTicket
from .fact_dependencies import FactDependencies
from .kept_parts import DAYS, KeptParts, is_free_text
from .sample_tickets import LEVEL_SAMPLES, NO_TICKET, SAMPLES, SampleTicket, as_parameters
from .value_bounds import ValueBounds

_LOOKS, _LONGEST = 200, 1_000_000
"""How often a query is looked at before it is stopped, and the longest text."""

_MOST_NAMED = 40
_MOST_ITEMS = 2000


class FactQuery(NamedTuple):
    """Some columns of facts.sql, asked together; `inputs` are those of the event they are asked for."""

    kept: KeptParts
    inputs: Mapping[str, Field]
    columns: Sequence[FactColumn]


class FactColumn:
    """A column of facts.sql, asked of the classes of one abstraction for one event.

    `open` is what is known of it where it can't be asked, `may_be_asked` says whether it can be of some
    class; `inputs` are those it reads.
    """

    def __init__(
        self, facts: AbstractFacts, kept: KeptParts, inputs: Mapping[str, Field], name: str
    ) -> None:
        reads, fact = facts.dependencies.of(name), facts.book.facts[name]
        self.name, self._kept = name, kept
        self.open = ANY if isinstance(fact, Field) and fact.optional else SOME
        self.may_be_asked = (
            reads.simple and "now" not in reads.given and all(map(kept.keeps, reads.parts))
        )
        self.given, self.figure, self._parts = reads.given, reads.figure, reads.parts
        tables = {part.table for part in reads.parts}
        self._needs_no_ticket = tables <= {"ticket", "state"}
        self._columns = [n for n, c in enumerate(kept.columns) if Part("ticket", c) in reads.parts]
        self._lists = [n for n, kind in enumerate(kept.kinds) if kind in tables]
        self._others = bool(tables & {"tickets", "link"})
        self.inputs = [name for name in inputs if name in reads.given]
        self.precision = tuple(
            (part, level)
            for part, level in sorted(kept.precision.items())
            if part in reads.parts or part.table in tables - {"ticket"}
        )
        """How much is kept of what it reads."""
        self.words = facts.bounds.words_of(reads)
        """The texts that its query can tell from any other."""
        self.answers: dict[object, AbstractValue] = {}

    def key(self, ticket: AbstractTicket | None, given: Values) -> tuple[object, ...]:
        """What of a class and of the inputs bears on the answer."""
        inputs = tuple([given[name] for name in self.inputs])
        if ticket is None:
            return (None, inputs)
        columns = tuple([ticket.columns[n] for n in self._columns])
        lists = tuple([ticket.lists[n] for n in self._lists])
        return columns, lists, ticket.others if self._others else (), inputs

    def can_be_asked(self, ticket: AbstractTicket | None, given: Values) -> bool:
        """Whether nothing that it reads is left open."""
        if not self.may_be_asked or any(_is_left_open(given[name]) for name in self.inputs):
            return False
        if ticket is None:
            return self._needs_no_ticket
        if not self._kept.can_tell(self._parts, ticket):
            return False
        return all(self._kept.knows(ticket, part) for part in self._parts)

    def list_open_words(self, ticket: AbstractTicket) -> list[str]:
        """The words that its query compares, and that a part may be, or may not: a free text of which
        only that it is there is known can be any, another value one of those that it can be."""
        kept, some = self._kept, set[object]()
        for part in filter(kept.keeps, self._parts):
            for value in kept.list_values(ticket, part):
                if value is SOME and is_free_text(kept.book, part):
                    return self.words
                some.update(value.values if isinstance(value, OneOf) else ())
        return [word for word in self.words if word in some]


class AbstractFacts:
    """Asks facts.sql about classes, and remembers what it said."""

    def __init__(self, book: Book, dependencies: FactDependencies, bounds: ValueBounds) -> None:
        self.book, self.dependencies, self.bounds = book, dependencies, bounds
        self._sample = SampleFile(book)
        self._sample.limit(_LOOKS, _LONGEST)
        self._figures = {name: p.sql_value() for name, p in book.parameters.items()}
        self._columns: dict[tuple[KeptParts, str, str], FactColumn] = {}
        self._answers: dict[object, dict[object, AbstractValue]] = {}
        """What was said before, also in other abstractions that keep as much of what a column reads."""

    def close(self) -> None:
        """Close the sample that is asked."""
        self._sample.close()

    def make_query(self, kept: KeptParts, event: Event | None, names: Sequence[str]) -> FactQuery:
        """Some columns, to be asked together."""
        inputs = {} if event is None else {n: i.field for n, i in event.inputs.items()}
        columns = []
        for name in names:
            about = "" if event is None else event.name
            key = (kept, about, name)
            if key not in self._columns:
                made = self._columns[key] = FactColumn(self, kept, inputs, name)
                same = (about, name, made.precision)
                made.answers = self._answers.setdefault(same, made.answers)
            columns.append(self._columns[key])
        return FactQuery(kept, inputs, columns)

    def ask(
        self, query: FactQuery, ticket: AbstractTicket | None, given: Values
    ) -> dict[str, AbstractValue]:
        """Columns of facts.sql for a class, None for an event without a ticket; `given` are inputs."""
        keys = [(column, column.key(ticket, given)) for column in query.columns]
        new = [(column, key) for column, key in keys if key not in column.answers]
        if new:
            asked = [(column, key) for column, key in new if column.can_be_asked(ticket, given)]
            for column, key in new:
                column.answers[key] = column.open
            columns = [column for column, _ in asked]
            for (column, key), answer in zip(
                asked, self._ask_samples(columns, query, ticket, given), strict=True
            ):
                column.answers[key] = answer
        return {column.name: column.answers[key] for column, key in keys}

    def _ask_samples(
        self,
        columns: Sequence[FactColumn],
        query: FactQuery,
        ticket: AbstractTicket | None,
        given: Values,
    ) -> list[AbstractValue]:
        """What all samples of a class say of columns.

        Where it is open whether a part is a word that the query compares, and the samples agree
        nevertheless, each such word is tried: what it says of one of them could be said of no other. It
        is tried with the samples, too, in which two numbers can be equal.
        """
        numbers = range(SAMPLES if columns else 0)
        tries = [self._ask_sample(one, columns, query, ticket, given) for one in numbers]
        answers = [_join([one[place] for one in tries]) for place in range(len(columns))]
        for place, column in enumerate(columns):
            words = [] if ticket is None else column.list_open_words(ticket)
            for number, word in enumerate(words):
                for sample in sorted({*LEVEL_SAMPLES, number % SAMPLES}):
                    if isinstance(answers[place], Unknown):
                        break
                    (said,) = self._ask_sample(sample, [column], query, ticket, given, word)
                    answers[place] = _join([answers[place], said])
        return answers

    def _ask_sample(
        self,
        number: int,
        columns: Sequence[FactColumn],
        query: FactQuery,
        ticket: AbstractTicket | None,
        given: Values,
        word: str | None = None,
    ) -> Sequence[AbstractValue]:
        names = [column.name for column in columns]
        inputs = {name: given[name] for column in columns for name in column.inputs}
        many = self._more_than_compared(columns)
        sample = SampleTicket(number, self.bounds, inputs, many, word)
        rows = [NO_TICKET] if ticket is None else [*sample.rows(query.kept, ticket)]
        return self.ask_sample(sample, rows, names, query.inputs, inputs)

    def ask_sample(
        self,
        sample: SampleTicket,
        rows: Sequence[SampleRow],
        names: Sequence[str],
        fields: Mapping[str, Field],
        inputs: Values,
    ) -> Sequence[AbstractValue]:
        """Columns of facts.sql for one ticket, whose rows are these; `fields` are those of inputs."""
        today = sample.today.isoformat()
        said = self._sample.ask(
            rows,
            names,
            {
                **self._figures,
                **dict.fromkeys(self.book.input_names),
                **as_parameters(sample, fields, inputs),
                "book": self.book.name,
                "today": today,
                "now": f"{today}T00:00",
                "first": 1,
                "last": 1,
            },
        )
        if said is None:
            return [ANY] * len(names)
        return [
            self._abstract(name, value, sample) for name, value in zip(names, said, strict=True)
        ]

    def _more_than_compared(self, columns: Iterable[FactColumn]) -> int:
        """More items than any figure with which these columns could compare how many there are."""
        figures = [max(self.bounds.largest_figure(one.given), one.figure) for one in columns]
        return min(max([3, *figures]) + 1, _MOST_ITEMS)

    # --- from what SQL says to a class -----------------------------------------------------------

    def _abstract(self, name: str, value: object, sample: SampleTicket) -> AbstractValue:
        """A column of the query as the class of a fact.

        Of what can't be read as the fact's type nothing is known: an event asked it is turned down.
        """
        try:
            return self._read(name, value, sample)
        except (TypeError, ValueError):
            return ANY

    def _read(self, name: str, value: object, sample: SampleTicket) -> AbstractValue:
        field = self.book.facts[name]
        assert isinstance(field, Field)
        if field.type == "boolean":
            return value == 1
        if value is None:
            return None
        if field.type in DAYS:
            return self.bounds.abstract(name, field, _as_of(field, value, sample.today))
        if not field.many:
            return self.bounds.abstract(name, field, cast(AbstractValue, value))
        listed = json.loads(cast(str, value))
        if len(listed) <= _MOST_NAMED and all(map(_is_item_name, listed)):
            return _name_items(listed, sample.old)
        return self.bounds.abstract(name, field, listed)


def _join(values: Sequence[AbstractValue]) -> AbstractValue:
    """What all samples say, as a class; if they do not agree, whether there always is a value."""
    first = values[0]
    if all(value == first and type(value) is type(first) for value in values):
        return first
    return ANY if None in values or ANY in values else SOME


def _is_item_name(name: object) -> bool:
    return re.fullmatch(r"n\d|old-\d+-\d+", str(name)) is not None


def _name_items(names: Sequence[str], old: Mapping[int, Collection[str]]) -> tuple[str, ...]:
    """Names of items: the newest one by one, of older ones (`old`) all of a kind, or some."""
    found = sorted(name for name in names if name[0] == "n")
    for place, numbers in old.items():
        if not set(numbers).isdisjoint(names):
            found.append(f"{ALL if set(numbers) <= set(names) else SOME_OF}{place}")
    return tuple(found)


def _as_of(field: Field, value: object, today: date) -> AbstractValue:
    """A date, or a list of them, that a query gave on some day, as it is on TODAY."""
    if field.many:
        return tuple(_as_of_today(one, today) for one in json.loads(cast(str, value)))
    return _as_of_today(cast(str, value), today)


def _as_of_today(iso: str, today: date) -> str:
    return day((date.fromisoformat(iso[:10]) - today).days)


def _is_left_open(value: AbstractValue) -> bool:
    """Whether a value that is given can't be told by samples."""
    return value is ANY or (isinstance(value, tuple) and (ANY in value or SOME in value))
