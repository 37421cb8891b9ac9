"""Where scenarios are played: a ticket file in memory, through the code that commands go through.

Books are played as they are written: what the settings make of parameters, roles and days is a
desk's own, and a scenario would come out otherwise at every desk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from ...book.model import Book, DueFact, Event, Rule, domain
from ...decision.facts import FactRow, fact_row
from ...decision.plan import Plan
from ...desk.office import Office
from ...errors import BadInput, PrassiError, Refused
from ...importing.import_tickets import import_rows
from ...importing.rows_and_faults import Raw
from ...library.library import Shelf
from ...library.settings import COMPANY, Settings
from ...tables.cells import describe_domain
from ...ticketfile import schema
from ...ticketfile.connect import transaction
from ...ticketfile.packed_plans import pack_plans
from ...ticketfile.sqlite import open_scratch
from ...ticketfile.write_events import EventWriter
from ...values.field_types import Field, Stored
from .action_lines import fits, lines, next_line, said
from .scenario_files import Expected, Scenario, Setting, Step


class Decided(NamedTuple):
    """A table that was asked, and the facts it was asked with."""

    book: str
    event: Event
    facts: Mapping[str, Any]

    @property
    def rules(self) -> list[Rule]:
        """The rules that answer."""
        return [rule for rule in self.event.rules if held_rows(rule, self.facts)]


class Ran(NamedTuple):
    """How a scenario came out: what was planned, or the sentence with which it was turned down."""

    decided: tuple[Decided, ...]
    rule: str | None = None
    does: tuple[str, ...] = ()
    next: str | None = None
    why: str | None = None
    error: str | None = None
    said: tuple[str, ...] = ()


def held_rows(rule: Rule, facts: Mapping[str, Any]) -> list[int]:
    """The rows of a rule that hold for some facts, by their place."""
    return [
        place
        for place, row in enumerate(rule.rows)
        if all(cell.holds(facts[name]) for name, cell in row.items())
    ]


def plain(settings: Settings) -> Settings:
    """Settings that say where books and templates are, and nothing about a desk."""
    return settings._replace(
        document=None,
        parameters={},
        roles={},
        book_roles={},
        closures={},
        company=dict.fromkeys(COMPANY, ""),
    )


class Books(Shelf):
    """The books at hand, of which one can have another in its place."""

    instead: Book | None = None

    def book(self, name: str) -> Book:
        if self.instead is not None and self.instead.name == name:
            return self.instead
        return super().book(name)


class Stage(Office):
    """Plays scenarios, one after the other; nothing is left of any of them. Close it at the end."""

    def __init__(self, settings: Settings) -> None:
        connection = open_scratch()
        for statement in schema.schema_statements():
            connection.execute(statement)
        connection.execute("PRAGMA foreign_keys = ON")
        super().__init__(connection, plain(settings), "1900-01-01", None)
        self.shelf: Books = Books(plain(settings), connection)
        self._step = Step("", "", {}, {})
        self._opened = ""
        self._asked_of: list[Decided] = []
        self._ways: dict[object, tuple[Book, FactRow]] = {}
        self._queries: dict[object, tuple[Book, str]] = {}

    def close(self) -> None:
        """Close the ticket file in memory; nothing can be played from then on."""
        self.connection.close()

    @contextmanager
    def set(self, scenario: Scenario) -> Iterator[None]:
        """What is there before a scenario begins; BadInput or Refused where that can't be."""
        setting = scenario.setting
        first = (*setting.before, scenario.step)[0]
        self._opened = ""
        with transaction(self.connection, keep=False):
            try:
                self._take_in(setting, first.at, self._opens(scenario.book, first))
                for step in setting.before:
                    plan = self._plan(scenario, step)
                    self._carry_out(plan)
                    self._opened = plan.state.ref
                yield
            finally:
                for row in setting.rows["states"]:
                    self.shelf.forget(str(row.get("book")))

    def _opens(self, book: str, step: Step) -> bool:
        return self.shelf.book(book).event(step.event).opens

    def _take_in(self, setting: Setting, at: str, opens: bool) -> None:
        self.at, self.today = at, at[:10]
        kinds = dict(setting.rows)
        if opens and setting.made_up:
            kinds["tickets"] = kinds["tickets"][1:]
        rows = [Raw(1, kind, row) for kind, listed in kinds.items() for row in listed]
        writer = EventWriter(self.connection, "scenario", at)
        import_rows(self.connection, self.shelf, writer, "setting", rows, today=self.today)

    def _carry_out(self, plan: Plan) -> None:
        if plan.refused is not None:
            raise Refused(plan.refused)
        writer = EventWriter(self.connection, "scenario", self.at)
        writer.write_page(pack_plans([plan], self.kept(plan.desk.book)))

    def play(self, scenario: Scenario) -> Ran:
        """What comes of a scenario, once its setting is there."""
        self._asked_of = []
        try:
            plan = self._plan(scenario, scenario.step)
            did, then, why = tuple(lines(plan)), next_line(plan), " ".join(plan.why.split())
        except PrassiError as error:
            return Ran(tuple(self._asked_of), error=" ".join(str(error).split()))
        return Ran(tuple(self._asked_of), plan.rule.id, did, then, why, None, tuple(said(plan)))

    def _plan(self, scenario: Scenario, step: Step) -> Plan:
        self.at, self.today, self._step = step.at, step.at[:10], step
        ref = (
            scenario.book
            if self._opens(scenario.book, step)
            else self._opened or scenario.setting.ref
        )
        return self._planned(ref, step.event, step.given, str)

    # --- facts -----------------------------------------------------------------------------------

    def facts(
        self, book: Book, event: Event, ticket: int, inputs: Mapping[str, Stored]
    ) -> dict[str, Any]:
        """The facts of a table, with those in place that the scenario takes for granted."""
        row = self._taken(book, event, self._row(book, event, ticket, inputs))
        made = self.way(book, event)(row, inputs)
        values = dict(zip(event.facts, made, strict=True))
        self._asked_of.append(Decided(book.name, event, dict(values)))
        return values

    def way(self, book: Book, event: Event) -> FactRow:
        """The way from a row to the facts, worked out once for all that share it."""
        # The book is kept with it, so that no other one's facts can come to have their id.
        key = (id(book.facts), event.facts, event.columns, self.at)
        if key not in self._ways:
            made = fact_row(book, event, self.shelf.calendar(book.calendar), self.at)
            self._ways[key] = (book, made)
        return self._ways[key][1]

    def query(self, book: Book, event: Event, which: str) -> str:
        key = (id(book.facts), event.columns, which)
        if key not in self._queries:
            self._queries[key] = (book, super().query(book, event, which))
        return self._queries[key][1]

    def _taken(self, book: Book, event: Event, row: Sequence[Any]) -> Sequence[Any]:
        taken = list(row)
        for name, raw in self._step.facts.items():
            value = _stored(book, name, raw)
            if name in event.columns:
                taken[event.columns.index(name) + 1] = value
            elif not self._asked_of and name not in event.facts:
                told = f"event {event.name} asks for no {name}"
                raise BadInput(f"facts: {told}; it asks for {', '.join(event.columns)}.")
        return taken


def _stored(book: Book, name: str, raw: object) -> Any:
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
        raise BadInput(f"facts: {name} is never {raw!r}: it is {describe_domain(of)}.")
    return json.dumps(value) if isinstance(value, list) else value


# --- what is expected, and what came --------------------------------------------------------------


def wrong(expected: Expected, ran: Ran) -> list[str]:
    """What came otherwise than expected, a sentence each; none where all is as it should be."""
    if expected.error is not None:
        if ran.error is None:
            return [f"expected to be turned down ({expected.error}); came {ran.rule}"]
        return [] if fits(expected.error, ran.error) else _told("error", expected.error, ran.error)
    if ran.error is not None:
        return [f"expected {expected.rule}; it was turned down: {ran.error}"]
    if expected.rule != ran.rule:
        return _told("rule", expected.rule, ran.rule)
    told = [] if expected.does is None else _lines_wrong(expected.does, ran.does)
    for what, wanted, came in (
        ("next", expected.next, ran.next),
        ("why", expected.why, ran.why),
    ):
        if wanted is not None and not fits(wanted, came or ""):
            told += _told(what, wanted, came)
    nowhere = [text for text in expected.says if not any(text in one for one in ran.said)]
    return told + [f"nothing that is said has in it: {text}" for text in nowhere]


def _told(what: str, expected: str | None, came: str | None) -> list[str]:
    return [f"{what}: expected {expected}; came {came}"]


def _lines_wrong(expected: Sequence[str], came: Sequence[str]) -> list[str]:
    """The lines that are missing and those that are too many, or that their order is another."""
    left, missing = list(came), []
    for line in expected:
        found = next((one for one in left if fits(line, one)), None)
        if found is None:
            missing.append(line)
        else:
            left.remove(found)
    told = [f"does not: {line}" for line in missing] + [f"does too: {line}" for line in left]
    in_order = all(map(fits, expected, came))
    return told if told or in_order else ["does the same in another order"]
