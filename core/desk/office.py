"""From event to plan to ticket file: the one path every command takes.

An office is one invocation on one ticket file: its settings, its moment, its books. It handles an
event on one ticket; what a day asks of all of them is a night's work (core/desk/night.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ..book.model import Book, Event, Rule
from ..book.placeholders import Text
from ..decision.inputs import Label, read_inputs
from ..decision.plan import Plan, PlanContext
from ..decision.plan_builder import make_plan
from ..errors import BadInput, Undecided, WrongInput
from ..library.library import Shelf
from ..library.settings import Settings
from ..messages.plain_text import plain
from ..messages.templates import Messages
from ..system.records import NamedTuple
from ..ticketfile import read_tickets
from ..ticketfile.packed_plans import KeptBook, pack_plans
from ..ticketfile.query_limits import watch_together
from ..ticketfile.sqlite import Connection
from .fact_reader import FactReader, FactSource
from .free_numbers import FreeNumbers
from .occurrence import Occurrence, read_occurrence

if TYPE_CHECKING:
    from ..decision.explain import Explanation
    from ..ticketfile.writer_process import TicketWriter

_YEAR = 367
"""Days that are looked ahead."""


class PlanResult(NamedTuple):
    """A plan, and the number of the event it became; None where nothing was written."""

    plan: Plan
    event_id: int | None


class Office:
    """One invocation: a ticket file, settings, and the moment (`DATE` or `DATETHH:MM`) to act as of.

    The path of an event: `read_occurrence` finds the ticket and reads the inputs, the fact source
    gives the facts, the event's table decides the rule, `make_plan` makes its actions concrete, and
    the writer puts the plan into the ticket file.
    """

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        at: str,
        writer: TicketWriter | None,
        shelf: Shelf | None = None,
        source: FactSource | None = None,
        person: str | None = None,
    ) -> None:
        """Without a `writer` nothing is written. Without a `source`, facts are read from the ticket
        file."""
        self.connection, self.settings, self.at = connection, settings, at
        self.writer, self.today, self.person = writer, at[:10], person
        self.shelf = shelf or Shelf(settings, connection)
        self._source = source or FactReader(connection, self.shelf)
        self._messages = Messages(settings.template_roots)
        self._kept: set[str] = set()

    def move_to(self, at: str) -> None:
        """Act as of another moment from now on."""
        self.at, self.today = at, at[:10]

    def use_messages(self, messages: Messages) -> Messages:
        """Write with other messages from now on; returns those before."""
        self._messages, before = messages, self._messages
        return before

    def use_company(self, company: Mapping[str, str]) -> None:
        """Write for another company from now on."""
        self.settings = self.settings._replace(company=dict(company))

    def find_book(self, ref: str) -> Book:
        """The book of a ticket, or the one of that name; BadInput where there is neither."""
        if read_tickets.find_ticket_id(self.connection, ref) is None and ref in self.shelf.names():
            return self.shelf.book(ref)
        return self.shelf.book(read_tickets.find_ticket(self.connection, ref).book)

    # --- the path of an event ----------------------------------------------------------------------

    def handle(self, ref: str, event: str, given: Mapping[str, object], label: Label) -> PlanResult:
        """Plan an event on a ticket and write it; without a writer, only plan it.

        `ref` is the ticket's, or the name of the book whose event begins without one.
        """
        if self.writer is None:
            return PlanResult(self.plan(ref, event, given, label), None)
        with self.writer.transaction() as events:
            plan = self.plan(ref, event, given, label)
            if plan.refusal is not None:
                return PlanResult(plan, None)
            page = pack_plans([plan], self.book_to_keep(plan.context.book))
            (number,) = events.write_page(page)
            return PlanResult(plan, number)

    def plan(self, ref: str, event: str, given: Mapping[str, object], label: Label) -> Plan:
        """What an event on a ticket leads to; nothing is written. BadInput, Refused or Undecided
        where it leads to nothing."""
        return self._plan(self._read_occurrence(ref, event, given, label), label)

    def _read_occurrence(
        self, ref: str, event: str, given: Mapping[str, object], label: Label
    ) -> Occurrence:
        return read_occurrence(self.connection, self.shelf, self.at, ref, event, given, label)

    def _plan(self, occurrence: Occurrence, label: Label) -> Plan:
        book, event, ticket, _ = occurrence
        facts = self._read_facts(occurrence)
        rule = _decide(occurrence, facts)
        facts = _fill_known(event, facts)
        _check_needs(event, rule, facts, label)
        if rule.instead is not None:
            return self._plan(self._hand_on(occurrence, rule, facts, label), label)
        try:
            return make_plan(self.plan_context(book), event, rule, ticket, facts)
        except WrongInput as error:
            raise BadInput(f"{label(error.name)}: {error.reason}.") from None

    def _read_facts(self, occurrence: Occurrence) -> dict[str, Any]:
        book, event, ticket, inputs = occurrence
        return self._source.read(book, event, ticket.id, inputs, self.at)

    def _hand_on(
        self, occurrence: Occurrence, rule: Rule, facts: Mapping[str, Any], label: Label
    ) -> Occurrence:
        """The other event of the ticket that a rule hands on to."""
        book, event, ticket, _ = occurrence
        assert rule.instead is not None
        other = book.event(rule.instead.event)
        given = {name: _hand_value(text, event, facts) for name, text in rule.instead.given.items()}
        known = {name: value for name, value in given.items() if value}
        today = self._local_moment(book)[:10]
        return Occurrence(book, other, ticket, read_inputs(other, known, today, label))

    # --- what plans are made with ------------------------------------------------------------------

    def plan_context(self, book: Book) -> PlanContext:
        """What plans of a book are made with."""
        here = self._local_moment(book)
        return PlanContext(
            book=book,
            at=here,
            today=date.fromisoformat(here[:10]),
            calendar=self.shelf.calendar(book.calendar),
            messages=self._messages,
            roles=self.settings.roles_in(book.name),
            common=self._common_values(book),
            opening=FreeNumbers(self.connection, self.shelf),
            by=self.person,
        )

    def _local_moment(self, book: Book) -> str:
        """The moment to act as of, by the clock of the place that a book works in."""
        return self.shelf.calendar(book.calendar).local(self.at)

    def _common_values(self, book: Book) -> Mapping[str, object]:
        """What every message of a book can show, whatever its ticket."""
        parameters = {one.name: one.value for one in book.parameters.values()}
        company = self.settings.company
        values: Mapping[str, object] = plain(
            {"today": self._local_moment(book)[:10], "company": company, "parameters": parameters}
        )
        return values

    def book_to_keep(self, book: Book) -> KeptBook:
        """A book's name and digest, and what of it the file has to keep: nothing if it has it."""
        # Asked until it has it: a night's page that is being written would keep the answer waiting.
        if book.digest not in self._kept and read_tickets.has_book(self.connection, book.digest):
            self._kept.add(book.digest)
        return book.name, book.digest, "" if book.digest in self._kept else book.kept_json

    # --- questions about an event ------------------------------------------------------------------

    def explain(
        self, ref: str, event_name: str, given: Mapping[str, object], label: Label
    ) -> Explanation:
        """Why an event on a ticket would be answered as it is; nothing is planned or written."""
        from ..decision.explain import explain  # 1 ms: one command asks

        occurrence = self._read_occurrence(ref, event_name, given, label)
        book, event, ticket, _ = occurrence
        facts = self._read_facts(occurrence)
        names = {"ref": ref, "customer": ticket.customer.name}
        names["today"] = self._local_moment(book)[:10]
        return explain(book, event, facts, {**facts, **names})

    def find_turn(
        self, ref: str, event_name: str, given: Mapping[str, object], label: Label
    ) -> tuple[str, str] | None:
        """The next day, within a year, on which an event would be answered by another rule if
        nothing else happens, and that rule; None where there is no such day."""
        with watch_together(self.connection):
            return self._find_turn(self._read_occurrence(ref, event_name, given, label))

    def _find_turn(self, occurrence: Occurrence) -> tuple[str, str] | None:
        book, event, ticket, inputs = occurrence
        reader = FactReader(self.connection, self.shelf)
        row = reader.read_row(book, event, ticket.id, inputs, self.at)
        same = ":today" not in book.facts_sql and ":now" not in book.facts_sql
        now = None
        for days in range(_YEAR):
            later = (date.fromisoformat(self.today) + timedelta(days=days)).isoformat()
            if not same:
                row = reader.read_row(book, event, ticket.id, inputs, later)
            then = _name_rule(event, reader.convert(book, event, row, inputs, later))
            now = now or then
            if then != now:
                return later, then
        return None


def _decide(occurrence: Occurrence, facts: Mapping[str, Any]) -> Rule:
    """The rule that answers to the facts of an event."""
    try:
        return occurrence.event.rules[occurrence.event.decide(tuple(facts.values()))]
    except Undecided as error:
        raise Undecided(f"{occurrence.ticket.ref or occurrence.book.name}: {error}.") from None


def _name_rule(event: Event, facts: Mapping[str, Any]) -> str:
    """The id of the rule that answers to some facts."""
    try:
        return event.rules[event.decide(tuple(facts.values()))].id
    except Undecided:
        return "no rule"


def _fill_known(event: Event, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts, with inputs that were not given as the ticket knows them."""
    known = {
        name: facts[spec.known]
        for name, spec in event.inputs.items()
        if spec.known is not None and facts[name] is None
    }
    return {**facts, **known}


def _check_needs(event: Event, rule: Rule, facts: Mapping[str, Any], label: Label) -> None:
    """BadInput where a rule needs inputs that were not given."""
    if missing := [name for name in rule.needs if facts[name] is None]:
        options = " and ".join(map(label, missing))
        wanted = ", and ".join(event.inputs[name].field.about for name in missing)
        are = "is" if len(missing) == 1 else "are"
        raise BadInput(f"{options} {are} missing: {rule.id} needs {wanted}.")


def _hand_value(given: Text, event: Event, facts: Mapping[str, Any]) -> object:
    """What an event hands on: a value as it is, where the text is just its name."""
    if given.only is None:
        return given.fill(facts, event.fields)
    field = event.fields.get(given.only)
    return field.show(facts[given.only]) if field else facts[given.only]
