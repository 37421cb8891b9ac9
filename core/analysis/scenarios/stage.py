"""Where scenarios are played: a ticket file in memory, through the code that commands go through.

Books are played as they are written: parameters, roles and days of the settings belong to one desk,
and a scenario would come out differently at every desk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from ...book.model import Book, DueFact, Event, Rule, domain
from ...book.status_catalogue import State as CatalogueState
from ...decision.plan import Plan
from ...decision.ticket_state import State
from ...desk.fact_reader import FactReader
from ...desk.office import Office
from ...errors import BadInput, PrassiError, Refused
from ...importing.import_tickets import import_rows
from ...importing.rows_and_faults import Raw
from ...library.library import Shelf
from ...library.settings import COMPANY, Settings
from ...tables.cells import describe
from ...ticketfile import read_tickets, state_catalogue
from ...ticketfile.connect import close_on_error, savepoint, transaction
from ...ticketfile.open import create_in_memory
from ...ticketfile.packed_plans import pack_plans
from ...ticketfile.sqlite import SqlRow
from ...ticketfile.write_events import EventWriter
from ...values.field_types import Field, Stored
from .action_lines import format_actions, format_next, list_texts, matches_line
from .scenario_files import Expectation, Scenario, ScenarioStep


class Consultation(NamedTuple):
    """A table that was asked, and the facts it was asked with."""

    book: str
    event: Event
    facts: Mapping[str, Any]

    @property
    def rules(self) -> list[Rule]:
        """The rules that answer."""
        return [rule for rule in self.event.rules if find_matching_rows(rule, self.facts)]


class PlayResult(NamedTuple):
    """How a scenario came out: what was planned, or the sentence with which it was turned down."""

    consultations: tuple[Consultation, ...]
    rule: str | None = None
    does: tuple[str, ...] = ()
    next: str | None = None
    why: str | None = None
    error: str | None = None
    texts: tuple[str, ...] = ()


def find_matching_rows(rule: Rule, facts: Mapping[str, Any]) -> list[int]:
    """The rows of a rule that hold for some facts, by their place."""
    return [
        place
        for place, row in enumerate(rule.rows)
        if all(cell.holds(facts[name]) for name, cell in row.items())
    ]


def without_desk(settings: Settings) -> Settings:
    """Settings that say where books and templates are, and nothing about a desk."""
    return settings._replace(
        document=None,
        parameters={},
        roles={},
        book_roles={},
        closures={},
        company=dict.fromkeys(COMPANY, ""),
    )


class TrialShelf(Shelf):
    """The books at hand; another version can stand in for one of them."""

    stand_in: Book | None = None

    def book(self, name: str) -> Book:
        if self.stand_in is not None and self.stand_in.name == name:
            return self.stand_in
        return super().book(name)


class AssumedFacts:
    """Facts from the ticket file, except those that a step assumes; remembers the tables asked."""

    def __init__(self, reader: FactReader) -> None:
        self._reader = reader
        self._assumed: Mapping[str, Any] = {}
        self.consultations: list[Consultation] = []

    def assume(self, facts: Mapping[str, Any]) -> None:
        """Take some facts for granted from now on, as a scenario writes them; begin a new list of
        the tables that are asked."""
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
                told = f"event {event.name} asks for no {name}"
                raise BadInput(f"facts: {told}; it asks for {', '.join(event.columns)}.")
        return tuple(changed)


class Stage:
    """Plays scenarios, one after the other; nothing is left of any of them.

    It holds an office on a ticket file in memory. Close it at the end.
    """

    def __init__(self, settings: Settings) -> None:
        bare = without_desk(settings)
        self._connection = create_in_memory()
        with close_on_error(self._connection):
            self.shelf = TrialShelf(bare, self._connection)
            self._reader = FactReader(self._connection, self.shelf)
            self._facts = AssumedFacts(self._reader)
            self._office = Office(
                self._connection, bare, "1900-01-01", None, self.shelf, source=self._facts
            )
        self._opened = ""

    def close(self) -> None:
        """Close the ticket file in memory; nothing can be played from then on."""
        self._connection.close()

    # --- scenarios -------------------------------------------------------------------------------

    @contextmanager
    def set_up(self, scenario: Scenario) -> Iterator[None]:
        """What is there before a scenario begins; BadInput or Refused where that can't be."""
        setting = scenario.setting
        first = (*setting.before, scenario.step)[0]
        kinds = dict(setting.rows)
        if setting.made_up and self._opens(scenario.book, first.event):
            kinds["tickets"] = kinds["tickets"][1:]
        rows = [Raw(1, kind, row) for kind, listed in kinds.items() for row in listed]
        self._opened = ""
        try:
            with self.furnish(rows, first.at):
                for step in setting.before:
                    plan = self._plan(scenario, step)
                    self.carry_out(plan)
                    self._opened = plan.state.ref
                yield
        finally:
            for row in setting.rows["states"]:
                self.shelf.forget(str(row.get("book")))

    def play(self, scenario: Scenario, stand_in: Book | None = None) -> PlayResult:
        """What comes of a scenario, once its setting is there; `stand_in` is used in place of the
        book of its name."""
        self.shelf.stand_in = stand_in
        try:
            plan = self._plan(scenario, scenario.step)
            did, then, why = (
                tuple(format_actions(plan)),
                format_next(plan),
                " ".join(plan.why.split()),
            )
        except PrassiError as error:
            return PlayResult(tuple(self._facts.consultations), error=" ".join(str(error).split()))
        finally:
            self.shelf.stand_in = None
        return PlayResult(
            tuple(self._facts.consultations),
            plan.rule.id,
            did,
            then,
            why,
            None,
            tuple(list_texts(plan)),
        )

    def _plan(self, scenario: Scenario, step: ScenarioStep) -> Plan:
        return self.plan(scenario.book, self._opened or scenario.setting.ref, step)

    def _opens(self, book: str, event: str) -> bool:
        return self.shelf.book(book).event(event).opens

    # --- what scenarios, and whoever plays something else, are made of ----------------------------

    @contextmanager
    def furnish(self, rows: Sequence[Raw], at: str) -> Iterator[None]:
        """Import rows into the empty ticket file as of a moment; at the end it is empty again."""
        with transaction(self._connection, keep=False):
            self._office.move_to(at)
            writer = EventWriter(self._connection, "scenario", at)
            import_rows(self._connection, self.shelf, writer, "setting", rows, today=at[:10])
            yield

    @contextmanager
    def try_out(self) -> Iterator[None]:
        """Whatever is carried out in it is taken back at its end."""
        with savepoint(self._connection):
            yield

    def move_to(self, at: str) -> None:
        """Go on as of another moment."""
        self._office.move_to(at)

    def plan(self, book: str, ref: str, step: ScenarioStep) -> Plan:
        """What comes of a step on a ticket (or of a book's event that opens one).

        Raises a PrassiError where it is turned down.
        """
        self._office.move_to(step.at)
        self._facts.assume(step.facts)
        about = book if self._opens(book, step.event) else ref
        return self._office.plan(about, step.event, step.given, str)

    def carry_out(self, plan: Plan) -> None:
        """Write what a plan does; Refused where it turns its event down."""
        if plan.refused is not None:
            raise Refused(plan.refused)
        writer = EventWriter(self._connection, "scenario", self._office.at)
        writer.write_page(pack_plans([plan], self._office.kept(plan.desk.book)))

    def find_ticket(self, ref: str) -> State | None:
        """A ticket as it stands; None where there is none of that ref."""
        number = read_tickets.find_ticket_id(self._connection, ref)
        if number is None:
            return None
        return read_tickets.read_states(self._connection, [number])[number]

    def read_facts(self, book: Book, event: Event, ticket: int) -> dict[str, Any]:
        """The facts of an event without inputs for the ticket with this id, as it stands."""
        return self._reader.read(book, event, ticket, {}, self._office.at)

    def convert_row(
        self, book: Book, event: Event, row: SqlRow, inputs: Mapping[str, Stored], at: str
    ) -> dict[str, Any]:
        """The facts that a row of facts.sql and the inputs amount to, without asking the file."""
        return self._reader.convert(book, event, row, inputs, at)

    def read_states(self, book: str) -> list[CatalogueState]:
        """The states that the ticket file has of a book that lets it have its own."""
        return state_catalogue.read_states(self._connection, book)


def _read_fact(book: Book, name: str, raw: object) -> Any:
    """A fact that is taken for granted, as facts.sql would give it."""
    fact = book.facts.get(name)
    if fact is None:
        raise BadInput(f"facts: book {book.name} has no fact {name!r}.")
    if not isinstance(fact, Field):
        bases = fact.bases if isinstance(fact, DueFact) else (fact.base,)
        raise BadInput(f"facts: {name} is worked out from {' and '.join(bases)}: give that.")
    of = domain(fact, book.statuses)
    if raw == "none" and of.optional and raw not in (of.values or ()):
        return None
    try:
        value = fact.read(raw)
    except ValueError as error:
        raise BadInput(f"facts: {name} {error}.") from None
    if fact.type == "status" and of.values and value not in of.values:
        raise BadInput(f"facts: {name} is never {raw!r}: it is {describe(of)}.")
    return json.dumps(value) if isinstance(value, list) else value


# --- what is expected, and what came --------------------------------------------------------------


def find_differences(expected: Expectation, ran: PlayResult) -> list[str]:
    """What came otherwise than expected, a sentence each; none where all is as it should be."""
    if expected.error is not None:
        if ran.error is None:
            return [f"expected to be turned down ({expected.error}); came {ran.rule}"]
        return (
            []
            if matches_line(expected.error, ran.error)
            else _told("error", expected.error, ran.error)
        )
    if ran.error is not None:
        return [f"expected {expected.rule}; it was turned down: {ran.error}"]
    if expected.rule != ran.rule:
        return _told("rule", expected.rule, ran.rule)
    told = [] if expected.does is None else _lines_wrong(expected.does, ran.does)
    for what, wanted, came in (
        ("next", expected.next, ran.next),
        ("why", expected.why, ran.why),
    ):
        if wanted is not None and not matches_line(wanted, came or ""):
            told += _told(what, wanted, came)
    nowhere = [text for text in expected.says if not any(text in one for one in ran.texts)]
    return told + [f"nothing that is said has in it: {text}" for text in nowhere]


def _told(what: str, expected: str | None, came: str | None) -> list[str]:
    return [f"{what}: expected {expected}; came {came}"]


def _lines_wrong(expected: Sequence[str], came: Sequence[str]) -> list[str]:
    """The lines that are missing and those that are too many, or that their order is another."""
    left, missing = list(came), []
    for line in expected:
        found = next((one for one in left if matches_line(line, one)), None)
        if found is None:
            missing.append(line)
        else:
            left.remove(found)
    told = [f"does not: {line}" for line in missing] + [f"does too: {line}" for line in left]
    in_order = all(map(matches_line, expected, came))
    return told if told or in_order else ["does the same in another order"]
