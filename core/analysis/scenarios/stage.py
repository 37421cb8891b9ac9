"""Where scenarios are played: a ticket file in memory, through the code that commands go through.

Books are played as they are written: parameters, roles and days of the settings belong to one desk,
and a scenario would come out differently at every desk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from ...book.domains import domain
from ...book.model import Book, DueFact, Event, Rule
from ...book.status_catalogue import CatalogueState
from ...decision.plan import Plan
from ...decision.ticket_state import TicketState
from ...desk.fact_reader import FactReader
from ...desk.office import Office
from ...errors import BadInput, PrassiError, Refused
from ...importing.import_tickets import import_rows
from ...importing.rows_and_faults import Raw
from ...library.library import Shelf
from ...library.settings import COMPANY, Settings, name_company
from ...messages.trial_messages import TrialMessages
from ...system.language import ENGLISH, speak_meanwhile
from ...tables.cells import describe_domain
from ...ticketfile import read_messages, read_tickets, state_catalogue
from ...ticketfile.connect import close_on_error, savepoint, transaction
from ...ticketfile.message_states import STATES, WITHDRAWN
from ...ticketfile.open import create_in_memory
from ...ticketfile.packed_plans import pack_plans
from ...ticketfile.sqlite import SqlRow
from ...ticketfile.write_events import EventWriter
from ...values.field_types import Field, Stored
from ..raw_tables import RawTable
from .action_lines import format_actions, format_next, list_texts
from .mail_outcome import MAIL_EVENTS, find_moving, write_outcome
from .scenario_files import Scenario, ScenarioStep

FactValues = Mapping[str, Any]
"""Facts by name, as tables decide on them."""


class Consultation(NamedTuple):
    """A decision table that was consulted: its book, its event, and the facts."""

    book: str
    event: Event
    facts: FactValues

    @property
    def rules(self) -> list[Rule]:
        """The rules that answer."""
        return [rule for rule in self.event.rules if find_matching_rows(rule, self.facts)]


class PlayResult(NamedTuple):
    """What came of a scenario: what its rule does, or the sentence with which it was turned down.

    `texts` are those that are written or said to people, `templates` the templates they were made of.
    """

    consultations: tuple[Consultation, ...]
    rule: str | None = None
    does: tuple[str, ...] = ()
    next: str | None = None
    why: str | None = None
    error: str | None = None
    texts: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()


def find_matching_rows(rule: Rule, facts: FactValues) -> list[int]:
    """The numbers of the rows of a rule that hold for some facts."""
    return [
        place
        for place, row in enumerate(rule.rows)
        if all(cell.holds(facts[name]) for name, cell in row.items())
    ]


def drop_desk_settings(settings: Settings) -> Settings:
    """The settings without all that belongs to one desk: books and templates stay."""
    return settings._replace(
        document=None,
        parameters={},
        roles={},
        book_roles={},
        places={},
        time_zone=None,
        language=None,
        spoken=None,
        company=dict.fromkeys(COMPANY, ""),
    )


class TrialShelf(Shelf):
    """The books at hand, of which another version can stand in for one."""

    stand_in: Book | None = None

    def book(self, name: str) -> Book:
        if self.stand_in is not None and self.stand_in.name == name:
            return self.stand_in
        return super().book(name)


class AssumedFacts:
    """Reads facts from the ticket file, puts in those that a step assumes, and keeps a record of the
    tables that are consulted.
    """

    def __init__(self, reader: FactReader) -> None:
        self._reader = reader
        self._assumed: RawTable = {}
        self.consultations: list[Consultation] = []

    def assume(self, facts: RawTable) -> None:
        """Assume some facts from now on, given as in a scenario, and begin a new record."""
        self._assumed, self.consultations = facts, []

    def read(
        self, book: Book, event: Event, ticket: int, inputs: Mapping[str, Stored], at: str
    ) -> dict[str, Any]:
        """The facts of an event's table, in its order, with the assumed ones in place."""
        row = self._put_in(book, event, self._reader.read_row(book, event, ticket, inputs, at))
        values = self._reader.convert(book, event, row, inputs, at)
        self.consultations.append(Consultation(book.name, event, dict(values)))
        return values

    def _put_in(self, book: Book, event: Event, row: SqlRow) -> SqlRow:
        changed = list(row)
        for name, raw in self._assumed.items():
            value = _read_fact(book, name, raw)
            if name in event.columns:
                changed[event.columns.index(name) + 1] = value
            elif not self.consultations and name not in event.facts:
                known = ", ".join(event.columns)
                raise BadInput(
                    f"facts: event {event.name} does not ask for {name}; it asks for {known}."
                )
        return tuple(changed)


class Stage:
    """Plays scenarios, one after the other; nothing is left of any of them.

    It holds an office on a ticket file in memory. Close it at the end.
    """

    def __init__(self, settings: Settings) -> None:
        bare = name_company(drop_desk_settings(settings))
        self._connection = create_in_memory()
        with close_on_error(self._connection):
            self.shelf = TrialShelf(bare, self._connection)
            self._reader = FactReader(self._connection, self.shelf)
            self._facts = AssumedFacts(self._reader)
            self._office = Office(
                self._connection, bare, "1900-01-01", None, self.shelf, source=self._facts
            )
            self._messages = TrialMessages(bare.template_roots)
            self._office.use_messages(self._messages)
        self._opened, self._company = "", bare.company

    def close(self) -> None:
        """Close the ticket file in memory; nothing can be played from then on."""
        self._connection.close()

    @property
    def template_roots(self) -> list[str]:
        """Where the templates of the messages lie."""
        return self._office.settings.template_roots

    # --- scenarios -------------------------------------------------------------------------------

    @contextmanager
    def set_up(self, scenario: Scenario) -> Iterator[None]:
        """Set up what is there before a scenario begins; it lasts as long as the context.

        Raises BadInput or Refused where that can't be.
        """
        setting = scenario.setting
        first = (*setting.before, scenario.step)[0]
        kinds = dict(setting.rows)
        if setting.made_up and self._opens(scenario.book, first.event):
            kinds["tickets"] = kinds["tickets"][1:]
        rows = [
            Raw(line=1, kind=kind, values=row) for kind, listed in kinds.items() for row in listed
        ]
        self._opened = ""
        self._office.use_company({**self._company, **setting.company})
        try:
            with self.furnish(rows, first.at):
                for step in setting.before:
                    plan = self._plan(scenario, step)
                    self.carry_out(plan)
                    self._opened = plan.state.ref
                yield
        finally:
            self._office.use_company(self._company)
            for row in setting.rows["states"]:
                self.shelf.forget(str(row.get("book")))

    def play_with(self, scenario: Scenario, messages: TrialMessages) -> PlayResult:
        """Play a scenario, once its setting is there, with other messages."""
        self._office.use_messages(messages)
        try:
            return self.play(scenario)
        finally:
            self._office.use_messages(self._messages)

    def play(self, scenario: Scenario, stand_in: Book | None = None) -> PlayResult:
        """Play a scenario, once its setting is there; `stand_in` is used in place of the book of its
        name."""
        self.shelf.stand_in = stand_in
        self._messages.rendered.clear()
        try:
            with speak_meanwhile(ENGLISH):  # in which the errors are written that are expected
                return self._describe(self._plan(scenario, scenario.step))
        except PrassiError as error:
            reason = " ".join(str(error).split())
            return PlayResult(consultations=tuple(self._facts.consultations), error=reason)
        finally:
            self.shelf.stand_in = None

    def _describe(self, plan: Plan) -> PlayResult:
        return PlayResult(
            consultations=tuple(self._facts.consultations),
            rule=plan.rule.id,
            does=tuple(format_actions(plan)),
            next=format_next(plan),
            why=" ".join(plan.why.split()),
            texts=tuple(list_texts(plan)),
            templates=tuple(self._messages.rendered),
        )

    def _plan(self, scenario: Scenario, step: ScenarioStep) -> Plan:
        return self.plan(scenario.book, self._opened or scenario.setting.ref, step)

    def _opens(self, book: str, event: str) -> bool:
        return self.shelf.book(book).event(event).opens

    # --- single steps ------------------------------------------------------------------------------

    @contextmanager
    def furnish(self, rows: Sequence[Raw], at: str) -> Iterator[None]:
        """Import rows into the empty ticket file as of a moment; it is empty again afterwards."""
        with transaction(self._connection, keep=False):
            self._office.move_to(at)
            writer = EventWriter(self._connection, "scenario", at)
            import_rows(self._connection, self.shelf, writer, "setting", rows, today=at[:10])
            yield

    @contextmanager
    def try_out(self) -> Iterator[None]:
        """Take back at the end whatever is carried out in this context."""
        with savepoint(self._connection):
            yield

    def move_to(self, at: str) -> None:
        """Go on as of another moment."""
        self._office.move_to(at)

    def plan(self, book: str, ref: str, step: ScenarioStep) -> Plan:
        """Plan a step on a ticket, or on none where the event of the book opens one.

        Raises a PrassiError where the step is turned down.
        """
        self._office.move_to(step.at)
        self._facts.assume(step.facts)
        about = book if self._opens(book, step.event) else ref
        if step.event not in MAIL_EVENTS:
            return self._office.plan(about, step.event, step.given, str)
        with self.try_out():
            self._write_outcome(ref, step.event, step.given)
            return self._office.plan(about, step.event, step.given, str)

    def can_be_told(self, ref: str, event: str, given: Mapping[str, object]) -> bool:
        """Whether a ticket has a message that an event of the outbox can be about; True of other events."""
        if event not in MAIL_EVENTS:
            return True
        ticket = read_tickets.find_ticket_id(self._connection, ref)
        return (
            ticket is not None and find_moving(self._connection, ticket, event, given) is not None
        )

    def list_message_states(self, ref: str, template: str) -> set[str]:
        """The states of a ticket's messages of a template, but for those that were withdrawn."""
        ticket = read_tickets.find_ticket_id(self._connection, ref)
        states = [one for one in STATES if one != WITHDRAWN]
        found = read_messages.read_stored(self._connection, states, ticket)
        return {one.message.state for one in found if one.message.template == template}

    def _write_outcome(self, ref: str, event: str, given: Mapping[str, object]) -> None:
        ticket = read_tickets.find_ticket_id(self._connection, ref)
        if ticket is not None:
            write_outcome(self._connection, ticket, event, given, self._office.at)

    def carry_out(self, plan: Plan) -> None:
        """Carry out a plan; Refused where it refuses its event."""
        if plan.refusal is not None:
            raise Refused(plan.refusal)
        if plan.event.name in MAIL_EVENTS:
            self._write_outcome(plan.state.ref, plan.event.name, plan.values)
        writer = EventWriter(self._connection, "scenario", self._office.at)
        writer.write_page(pack_plans([plan], self._office.book_to_keep(plan.context.book)))

    def find_ticket(self, ref: str) -> TicketState | None:
        """A ticket as it stands; None where there is no ticket with that ref."""
        number = read_tickets.find_ticket_id(self._connection, ref)
        if number is None:
            return None
        return read_tickets.read_states(self._connection, [number])[number]

    def read_facts(self, book: Book, event: Event, ticket: int) -> dict[str, Any]:
        """The facts of an event without inputs, for the ticket with this id as it stands."""
        return self._reader.read(book, event, ticket, {}, self._office.at)

    def convert_row(
        self, book: Book, event: Event, row: SqlRow, inputs: Mapping[str, Stored], at: str
    ) -> dict[str, Any]:
        """The facts that a row of facts.sql and the inputs amount to; the file is not read."""
        return self._reader.convert(book, event, row, inputs, at)

    def read_states(self, book: str) -> list[CatalogueState]:
        """The states that the ticket file keeps for a book."""
        return state_catalogue.read_states(self._connection, book)


def _read_fact(book: Book, name: str, raw: object) -> object:
    """A fact that a scenario assumes, as facts.sql would give it."""
    fact = book.facts.get(name)
    if fact is None:
        raise BadInput(f"facts: book {book.name} has no fact {name!r}.")
    if not isinstance(fact, Field):
        bases = fact.bases if isinstance(fact, DueFact) else (fact.base,)
        raise BadInput(
            f"facts: {name} is worked out from {' and '.join(bases)}: give that instead."
        )
    of = domain(fact, book.statuses)
    if raw == "none" and of.optional and raw not in (of.values or ()):
        return None
    try:
        value = fact.read(raw)
    except ValueError as error:
        raise BadInput(f"facts: {name} {error}.") from None
    if fact.type == "status" and of.values and value not in of.values:
        raise BadInput(f"facts: {name} is never {raw!r}: it is {describe_domain(of)}.")
    return json.dumps(value) if isinstance(value, list) else value
