"""From event to plan to ticket file: the one path every command takes.

An office is one invocation on one ticket file: its settings, its moment, its books. It handles an
event on one ticket; what a day asks of all of them is a night's work (core/desk/night.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from ..book.model import Book, Event
from ..book.placeholders import Text
from ..decision.inputs import Label, read_inputs
from ..decision.plan import Plan, PlanContext
from ..decision.plan_builder import make_plan
from ..decision.ticket_state import Customer, TicketState
from ..errors import BadInput, Refused, Undecided, WrongInput
from ..library.library import Shelf
from ..library.settings import Settings
from ..messages.plain_text import plain
from ..messages.templates import Messages
from ..ticketfile import read_tickets
from ..ticketfile.packed_plans import pack_plans
from ..ticketfile.sqlite import Connection
from ..values.field_types import Stored
from .fact_reader import FactReader, FactSource

if TYPE_CHECKING:
    from ..decision.explain import Explanation
    from ..ticketfile.writer_process import TicketWriter


class Decision(NamedTuple):
    """A plan, and the number of the event it became; none where nothing was written."""

    plan: Plan
    event_id: int | None


class Office:
    """One invocation: a ticket file, settings, and the moment (`DATE` or `DATETHH:MM`) to act as of."""

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        at: str,
        writer: TicketWriter | None,
        shelf: Shelf | None = None,
        source: FactSource | None = None,
    ) -> None:
        """Without a `source`, facts are read from the ticket file."""
        self.connection, self.settings, self.at = connection, settings, at
        self.writer, self.today = writer, at[:10]
        self.shelf = shelf or Shelf(settings, connection)
        self._source = source or FactReader(connection, self.shelf)
        self._messages = Messages(settings.template_roots)
        self._has: set[str] = set()

    def move_to(self, at: str) -> None:
        """Act as of another moment from now on."""
        self.at, self.today = at, at[:10]

    def kept(self, book: Book) -> tuple[str, str, str]:
        """A book's name and digest, and what of it the file has to keep: nothing if it has it."""
        # Asked until it has it: a night's page that is being written would keep the answer waiting.
        if book.digest not in self._has and read_tickets.has_book(self.connection, book.digest):
            self._has.add(book.digest)
        return book.name, book.digest, "" if book.digest in self._has else book.kept_json

    def plan_context(self, book: Book) -> PlanContext:
        """What plans of a book are made with."""
        return PlanContext(
            book,
            self.at,
            date.fromisoformat(self.today),
            self.shelf.calendar(book.calendar),
            self._messages,
            self.settings.roles_in(book.name),
            self._common(book),
            _Free(self.connection, self.shelf),
        )

    def _common(self, book: Book) -> Any:
        """What every message of a book can show, whatever its ticket."""
        parameters = {one.name: one.value for one in book.parameters.values()}
        company = self.settings.company
        return plain({"today": self.today, "company": company, "parameters": parameters})

    # --- one event on one ticket -----------------------------------------------------------------

    def handle(self, ref: str, event: str, given: Mapping[str, object], label: Label) -> Decision:
        """Decide an event on a ticket and carry the rule out; without a writer, only plan it.

        `ref` is the ticket's, or the name of the book whose event begins without one.
        """
        if self.writer is None:
            return Decision(self.plan(ref, event, given, label), None)
        with self.writer.transaction() as events:
            plan = self.plan(ref, event, given, label)
            if plan.refusal is not None:
                return Decision(plan, None)
            return Decision(
                plan, events.write_page(pack_plans([plan], self.kept(plan.context.book)))[0]
            )

    def explain(
        self, ref: str, event_name: str, given: Mapping[str, object], label: Label
    ) -> Explanation:
        """Why an event on a ticket would be answered as it is; nothing is planned or written."""
        from ..decision.explain import explain

        book, event, inputs, state = self._asked(ref, event_name, given, label)
        values = self._source.read(book, event, state.id, inputs, self.at)
        names = {"ref": ref, "customer": state.customer.name, "today": self.today}
        return explain(book, event, values, {**values, **names})

    def turn(
        self, ref: str, event_name: str, given: Mapping[str, object], label: Label
    ) -> tuple[str, str] | None:
        """The next day, within a year, on which an event would be answered by another rule if
        nothing else happens, and that rule; None where there is no such day."""
        book, event, inputs, state = self._asked(ref, event_name, given, label)
        reader = FactReader(self.connection, self.shelf)
        row = reader.read_row(book, event, state.id, inputs, self.at)
        same = ":today" not in book.facts_sql and ":now" not in book.facts_sql
        now = None
        for days in range(367):
            later = (date.fromisoformat(self.today) + timedelta(days=days)).isoformat()
            if not same:
                row = reader.read_row(book, event, state.id, inputs, later)
            then = _answer(event, reader.convert(book, event, row, inputs, later))
            now = now or then
            if then != now:
                return later, then
        return None

    def _asked(
        self, ref: str, event_name: str, given: Mapping[str, object], label: Label
    ) -> tuple[Book, Event, dict[str, Stored], TicketState]:
        """What an event is about, once the ticket and what the caller gave are found good."""
        state = self._state(ref, event_name)
        book = self.shelf.book(state.book)
        event = book.event(event_name)
        if event.opens and state.id:
            raise BadInput(
                f"event {event_name} is about no ticket there is: give {book.name} in place of {ref}."
            )
        inputs = read_inputs(event, given, self.today, label)
        state = self._with_customer(event, inputs, state, label)
        if not state.open and not event.of_closed:
            raise Refused(
                f"{ref} is {state.status} ({state.result or 'no result noted'}), so nothing more is"
                f" asked of it; `prassi undo` takes the newest step back."
            )
        _check_among(event, inputs, state, label)
        return book, event, inputs, state

    def _state(self, ref: str, event: str) -> TicketState:
        """The ticket of that ref; an empty one where it is a book whose event opens its ticket."""
        number = read_tickets.find_ticket_id(self.connection, ref)
        if number is not None:
            return read_tickets.read_states(self.connection, [number])[number]
        if ref in self.shelf.names() and self.shelf.book(ref).event(event).opens:
            nobody = Customer("", None, None, None, None)
            return TicketState(
                0, "", ref, "", True, self.at, "medium", None, None, {}, nobody, [], [], []
            )
        raise BadInput(f"there is no ticket {ref!r}; `prassi triage --all` shows those there are.")

    def _with_customer(
        self, event: Event, inputs: Mapping[str, Stored], state: TicketState, label: Label
    ) -> TicketState:
        """The state with the customer that an input names; each such input must name one."""
        for name, spec in event.inputs.items():
            if spec.field.type == "customer" and inputs[name] is not None:
                found = read_tickets.find_customer(self.connection, str(inputs[name]))
                if found is None:
                    raise BadInput(f"{label(name)} {inputs[name]}: there is no such customer.")
                if not state.id:
                    state = state._replace(customer=found[1])
        return state

    def plan(self, ref: str, event_name: str, given: Mapping[str, object], label: Label) -> Plan:
        """What an event on a ticket leads to; nothing is written. BadInput, Refused or Undecided
        where it leads to nothing."""
        book, event, inputs, state = self._asked(ref, event_name, given, label)
        return self._decided(book, event, inputs, state, label)

    def _decided(
        self,
        book: Book,
        event: Event,
        inputs: Mapping[str, Stored],
        state: TicketState,
        label: Label,
    ) -> Plan:
        ref = state.ref or book.name
        values = self._source.read(book, event, state.id, inputs, self.at)
        try:
            rule = event.rules[event.decide(tuple(values.values()))]
        except Undecided as error:
            raise Undecided(f"{ref}: {error}.") from None
        for name, spec in event.inputs.items():
            if spec.known is not None and values[name] is None:
                values[name] = values[spec.known]
        if missing := [name for name in rule.needs if values[name] is None]:
            options = " and ".join(map(label, missing))
            wanted = ", and ".join(event.inputs[name].field.about for name in missing)
            are = "is" if len(missing) == 1 else "are"
            raise BadInput(f"{options} {are} missing: {rule.id} needs {wanted}.")
        if rule.instead is None:
            try:
                return make_plan(self.plan_context(book), event, rule, state, values)
            except WrongInput as error:
                raise BadInput(f"{label(error.name)}: {error.reason}.") from None
        other = book.event(rule.instead.event)
        handed = {name: _handed(given, event, values) for name, given in rule.instead.given.items()}
        inputs = read_inputs(other, {n: v for n, v in handed.items() if v}, self.today, label)
        return self._decided(book, other, inputs, state, label)


class _Free:
    """The ids and refs that new tickets and customers get; the caller holds the write lock, or
    only tries."""

    def __init__(self, connection: Connection, shelf: Shelf) -> None:
        self._connection, self._shelf = connection, shelf
        self._ids: dict[str, int] = {}
        self._refs: dict[str, int] = {}

    def ticket(self, book: str) -> tuple[Book, int, str]:
        """The book of a new ticket, its id and its ref."""
        known = self._shelf.book(book)
        if known.prefix is None:
            raise BadInput(f"book {book} has no prefix, so no ticket of it can be opened.")
        return known, *self._next("ticket", known.prefix)

    def customer(self) -> tuple[int, str]:
        """The id and ref of a new customer."""
        return self._next("customer", "C")

    def customer_id(self, ref: str) -> int:
        """The id of a customer there is; BadInput where there is none."""
        found = read_tickets.find_customer(self._connection, ref)
        if found is None:
            raise BadInput("a new ticket needs a customer: name one that is in the ticket file.")
        return found[0]

    def _next(self, table: str, prefix: str) -> tuple[int, str]:
        number, ref = read_tickets.find_free_numbers(self._connection, table, prefix)
        self._ids[table] = number = max(number, self._ids.get(table, 0) + 1)
        self._refs[prefix] = ref = max(ref, self._refs.get(prefix, 0) + 1)
        return number, f"{prefix}-{ref}"


def _handed(given: Text, event: Event, values: Mapping[str, Any]) -> Any:
    """What an event hands on: a value as it is, where the text is just its name."""
    if given.only is None:
        return given.fill(values, event.fields)
    field = event.fields.get(given.only)
    return field.show(values[given.only]) if field else values[given.only]


def _answer(event: Event, facts: Mapping[str, Any]) -> str:
    """The rule of an event that answers to some facts."""
    try:
        return event.rules[event.decide(tuple(facts.values()))].id
    except Undecided:
        return "no rule"


def _check_among(
    event: Event, inputs: Mapping[str, Stored], state: TicketState, label: Label
) -> None:
    """Inputs that name items of the ticket must name some that it has."""
    for name, spec in event.inputs.items():
        given = inputs[name]
        if spec.among is None or given is None:
            continue
        kind, field, where = spec.among
        known = [
            str(data.get(field))
            for _, of, data in state.items
            if of == kind and all(data.get(n) == value for n, value in where.items())
        ]
        for one in given if isinstance(given, list) else [given]:
            if one not in known:
                have = ", ".join(known) or "none"
                raise BadInput(
                    f"{label(name)} {one}: {state.ref} has no such one that is open; open are {have}."
                )
