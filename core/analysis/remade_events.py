"""Old events decided and planned again, on their tickets as they stood then."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..book.model import Book, Event, Rule
from ..decision.facts import read_fact
from ..decision.plan import Plan, PlanContext
from ..decision.plan_builder import make_plan
from ..desk.office import Office
from ..errors import BadInput, EngineFault, PrassiError, Undecided
from ..library.library import Shelf, as_kept, read_wordings
from ..ticketfile.past_states import PastDecision
from ..ticketfile.recorded_decisions import RecordedDecision, read_book_text
from ..ticketfile.sqlite import Connection


class BookArchive:
    """The versions of books that a ticket file keeps, each read when it is first asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._books = connection, dict[str, Book]()

    def book(self, digest: str) -> Book:
        """The version of a book with that digest."""
        if digest not in self._books:
            self._books[digest] = as_kept(read_book_text(self._connection, digest), digest)
        return self._books[digest]


class RemadeEvent(NamedTuple):
    """An event made again: the rule that answers and its plan; without a plan, `why` there is none.

    A rule without a plan answers, but can't be carried out.
    """

    rule: str | None
    plan: Plan | None
    why: str | None = None


class EventRemaker:
    """Makes events again by the books of an office, on their facts as the log has them."""

    def __init__(self, office: Office, archive: BookArchive) -> None:
        self._office, self._archive = office, archive
        self._contexts: dict[tuple[int, str], PlanContext] = {}
        self._wordings: dict[str, list[Book]] = {}

    def book(self, name: str) -> Book:
        """A book as it is now; BadInput where it can't be read."""
        return self._office.shelf.book(name)

    def remake(self, recorded: RecordedDecision, past: PastDecision) -> RemadeEvent:
        """The event as the present book answers it."""
        try:
            book = self.book(recorded.book)
            event = book.event(recorded.event)
        except BadInput as error:
            return RemadeEvent(None, None, error.first)
        if (why := self._find_unknown(recorded, book, event)) is not None:
            return RemadeEvent(None, None, why)
        return self._decide(recorded, past, book, event)

    def remake_as_kept(self, recorded: RecordedDecision, past: PastDecision) -> RemadeEvent:
        """The event as the version of the book answers it that decided it, by the present settings."""
        book = self._archive.book(recorded.digest)
        return self._decide(recorded, past, book, book.event(recorded.event))

    def remake_in_words(
        self, recorded: RecordedDecision, past: PastDecision
    ) -> Iterator[RemadeEvent]:
        """The event as the version of the book that decided it would have written it in each of the
        book's languages: its notes are in one of them."""
        if recorded.digest not in self._wordings:
            kept = read_book_text(self._office.connection, recorded.digest)
            folders = self._office.shelf.find_folders(recorded.book)
            self._wordings[recorded.digest] = [*read_wordings(kept, recorded.digest, folders)]
        for book in self._wordings[recorded.digest]:
            yield self._decide(recorded, past, book, book.event(recorded.event))

    def _find_unknown(self, recorded: RecordedDecision, book: Book, event: Event) -> str | None:
        """What the event asks about now and the log does not have; those facts that only stand in
        texts decide nothing."""
        if book.digest == recorded.digest:
            return None
        known = {*self._archive.book(recorded.digest).event(recorded.event).facts, *recorded.facts}
        unknown = [name for name in event.facts if name not in known]
        if unknown and _is_tested(event, unknown):
            return f"the log does not have {', '.join(unknown)}, which it asks about now."
        return None

    def _decide(
        self, recorded: RecordedDecision, past: PastDecision, book: Book, event: Event
    ) -> RemadeEvent:
        try:
            values = read_values(event, recorded.facts)
            rule = event.rules[event.decide(values)]
        except (Undecided, EngineFault) as error:  # an older book's facts can be of other types
            return RemadeEvent(None, None, str(error))
        facts = dict(zip(event.facts, values, strict=True))
        if rule.instead is not None:
            return RemadeEvent(rule.id, None, f"{rule.id} hands on to {rule.instead.event}.")
        if missing := [name for name in rule.needs if facts[name] is None]:
            return RemadeEvent(rule.id, None, f"{rule.id} needs {', '.join(missing)} now.")
        try:
            plan = self._plan(recorded, past, book, event, rule, facts)
        except (PrassiError, EngineFault) as error:
            return RemadeEvent(rule.id, None, str(error))
        return RemadeEvent(rule.id, plan)

    def _plan(
        self,
        recorded: RecordedDecision,
        past: PastDecision,
        book: Book,
        event: Event,
        rule: Rule,
        facts: Mapping[str, Any],
    ) -> Plan:
        context = self._find_context(book, recorded.at)
        opening = _RecordedOpening(self._office.shelf, past.opened)
        state = past.before
        if not state.id:
            state = state._replace(book=book.name)
        return make_plan(context._replace(opening=opening), event, rule, state, facts)

    def _find_context(self, book: Book, at: str) -> PlanContext:
        """What plans of a book at a moment are made with; a night's are made with the same."""
        key = (id(book), at)  # books are kept as long as this is
        if key not in self._contexts:
            self._contexts.clear()
            self._office.move_to(at)
            self._contexts[key] = self._office.plan_context(book)
        return self._contexts[key]


class _RecordedOpening:
    """Gives the tickets and customers that an event opens the ids and refs that they got; those of
    which it opened fewer, ids that nothing has."""

    def __init__(self, shelf: Shelf, opened: Mapping[str, Sequence[tuple[int, str]]]) -> None:
        self._shelf = shelf
        self._left = {table: [*known] for table, known in opened.items()}

    def ticket(self, book: str) -> tuple[Book, int, str]:
        """The book of a new ticket, its id and its ref."""
        return self._shelf.book(book), *self._next("ticket")

    def customer(self) -> tuple[int, str]:
        """The id and ref of a new customer."""
        return self._next("customer")

    def customer_id(self, ref: str) -> int:
        """Whose a new ticket is; no comparison asks."""
        return 0

    def _next(self, table: str) -> tuple[int, str]:
        left = self._left[table]
        return left.pop(0) if left else (-1, f"new {table}")


def read_values(event: Event, facts: Mapping[str, Any]) -> tuple[Any, ...]:
    """The facts of an event, in its order, from what the log says of them."""
    return tuple(read_fact(event, name, facts.get(name)) for name in event.facts)


def _is_tested(event: Event, names: Sequence[str]) -> bool:
    """Whether a rule tests one of these facts."""
    tested = {name for rule in event.rules for row in rule.rows for name in row}
    return not tested.isdisjoint(names)
