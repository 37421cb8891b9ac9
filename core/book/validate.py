"""Checking a whole book: all its parts are read, and then what only the whole shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from ..errors import Faults
from ..system.toml_document import Document, Path
from ..system.toml_reader import Kind, TableKeys
from ..tables.cells import format_value
from ..tables.decision_table import RuleCells, find_overlaps
from ..values.working_days import is_country
from .forbidden import forbidden_in
from .model import DAY, Event, Rule, Statement, Status
from .reach import find_reach_fault
from .read_book import read_book
from .read_properties import PropertyReader

BOOK_KEYS = TableKeys(
    {
        "book": dict,
        "parameters": dict,
        "roles": dict,
        "statement": list,
        "remark": list,
        "statuses": dict,
        "tasks": dict,
        "common": dict,
        "fields": dict,
        "items": dict,
        "facts": dict,
        "sequences": dict,
        "events": dict,
        "sheets": dict,
        "sync": dict,
        "stats": dict,
        "forbidden": list,
        "impossible": list,
        "property": list,
        "way": list,
    },
    ("book", "statuses", "events"),
)
_HEADING = ("name", "title", "source", "calendar", "language")
HEADING_KEYS = TableKeys(
    {**dict.fromkeys(_HEADING, str), "prefix": str, "catalogue": bool, "reach": object}, _HEADING
)


class BookValidator:
    """Looks for the faults of a book, so that all of them are told at once.

    `reader` is left with what was read; it is `sound` once no fault was found in how it is written.
    """

    def __init__(self, document: Document, overrides: Mapping[str, object]) -> None:
        self.reader = read_book(document, overrides, checking=True)
        self.sound = False
        self._toml, self._declarations = self.reader.toml, self.reader.declarations
        self._events: list[Event] = []

    @property
    def faults(self) -> list[str]:
        """The faults that were found."""
        return self._toml.faults

    def check(self, has_template: Callable[[str], bool]) -> None:
        """Look for faults, and for rules that both answer; raises Faults."""
        self.look(has_template)
        self.find_overlaps()
        if self.faults:
            raise Faults.of(self._toml.document.name, self.faults)

    def look(
        self, has_template: Callable[[str], bool], texts: Iterable[tuple[str, str]] = ()
    ) -> None:
        """Read all of the book, then look at what only the whole shows.

        `texts` are its templates, each with its path.
        """
        self._check_sections()
        _ = (
            self.reader.sheets,
            self.reader.sync,
            self.reader.stats,
        )  # which are read when they are first asked for
        self._events = [self.reader.event(name) for name in self._declarations.event_names]
        self._check_statuses()
        self._check_impossible()
        self._check_declared()
        self._check_rules()
        if DAY not in self._declarations.event_names:
            self._toml.fault(
                ("events",),
                f"there is no event {DAY}; every book needs it, because a night asks it.",
            )
        self.sound = not self.faults
        self._check_statements()
        for template, path in self.reader.events.rules.templates.items():
            if not has_template(template):
                self._toml.fault(path, f"there is no template {template!r} in any language.")
        if not self.faults:
            self._check_texts(texts)

    def find_overlaps(self) -> list[str]:
        """Facts that two rules answer, as faults, once the book was looked at."""
        before = len(self.faults)
        for event in self._events:
            for one, other, example in find_overlaps(
                [RuleCells(r.id, r.rows) for r in event.rules]
            ):
                told = ", ".join(f"{name} {format_value(value)}" for name, value in example.items())
                place = max(place for place, rule in enumerate(event.rules) if rule.id == other)
                path = ("events", event.name, "rule", place, "when")
                self._toml.fault(path, f"{one} and {other} both answer: {told}.")
        return self.faults[before:]

    # --- parts -------------------------------------------------------------------------------------

    def _check_sections(self) -> None:
        data = self._toml.document.data
        self._toml.keys(data, (), BOOK_KEYS)
        self._check_heading()
        roles = dict.fromkeys(self._declarations.roles, str)
        self._toml.keys(self._toml.section("roles"), ("roles",), dict[str, Kind](roles))
        for name, steps in self._toml.section("sequences").items():
            if not isinstance(steps, list):
                told = f"{name} must be a list of actions, not {steps!r}."
                self._toml.fault(("sequences", name), told)

    def _check_heading(self) -> None:
        good = self._toml.keys(self._toml.section("book"), ("book",), HEADING_KEYS)
        prefix, calendar = good.text("prefix", "T"), good.text_or_none("calendar")
        if not re.fullmatch(r"[A-Za-z]{1,8}", prefix):
            told = (
                f"prefix must be 1 to 8 letters, which refs such as T-1 begin with, not {prefix!r}."
            )
            self._toml.fault(("book", "prefix"), told)
        if calendar is not None and not is_country(calendar):
            told = f"there is no calendar {calendar!r}: use a country code such as IT or EG."
            self._toml.fault(("book", "calendar"), told)
        reach_fault = find_reach_fault(good.get("reach")) if "reach" in good else None
        if reach_fault is not None:
            self._toml.fault(("book", "reach"), reach_fault)

    def _check_statuses(self) -> None:
        statuses = self._declarations.statuses.values()
        if not any(status.closed for status in statuses):
            self._toml.fault(("statuses",), "no status is marked closed = true.")
        if self._declarations.catalogue and all(status.closed for status in statuses):
            self._toml.fault(("statuses",), "a catalogue needs an open status to begin with.")
        for status in statuses:
            self._check_status_needs(status)

    def _check_status_needs(self, status: Status) -> None:
        path, known = ("statuses", status.name), self._declarations
        for name in status.needs:
            if name not in known.fields:
                self._toml.fault(path, f"{status.name} needs {name!r}, which is not a field.")
        for kind, values in status.needs_items.items():
            if kind not in known.items:
                self._toml.fault(
                    path, f"{status.name} needs {kind!r}, which is not a kind of item."
                )
            elif values.keys() - known.items[kind].fields.keys():
                told = f"{status.name} needs {kind} with {values!r}, which they can't have."
                self._toml.fault(path, told)

    def _check_impossible(self) -> None:
        """What can't be is said of facts and inputs."""
        inputs = {name for event in self._events for name in event.inputs}
        for place, facts in self.reader.events.impossible_facts():
            for name in facts:
                if name not in inputs and name not in self._declarations.facts:
                    path = ("impossible", place, "facts")
                    self._toml.fault(path, f"there is no fact {name!r} to test.")
        for event in self._events:
            self.reader.events.impossible(event)

    def _check_declared(self) -> None:
        """What the book declares of itself is said in words that it has."""
        properties = PropertyReader(self.reader)
        properties.properties()
        properties.ways()

    def _check_statements(self) -> None:
        cited = {s for event in self._events for rule in event.rules for s in rule.statements}
        raws = enumerate(self._toml.elements("statement"))
        places = {str(raw.get("id")): place for place, raw in raws if isinstance(raw, dict)}
        for statement in self.reader.statements.values():
            path = ("statement", places.get(statement.id, 0))
            for fault in self._find_statement_faults(statement, statement.id in cited):
                self._toml.fault(path, fault)

    def _find_statement_faults(self, statement: Statement, has_rule: bool) -> Iterator[str]:
        """What is wrong with how a statement is carried: by rules, or in one other way."""
        ways = list(statement.without_rules)
        if not has_rule and not ways:
            yield (
                f"no rule comes from {statement.id}; mark it manual, with the reason, or name the"
                " command that fulfils it (view) or the remark that says how it was read (reading)."
            )
        if has_rule and ways:
            yield f"{statement.id} is marked {ways[0]}, but a rule comes from it."
        if len(ways) > 1:
            yield f"{statement.id} has {' and '.join(ways)}, and only one of them can be used."
        if statement.reading is not None and statement.reading not in self.reader.remarks:
            yield f"{statement.id} is read by remark {statement.reading!r}, which does not exist."

    def _check_texts(self, texts: Iterable[tuple[str, str]]) -> None:
        """No template may say what the book forbids."""
        forbidden = self._declarations.forbidden
        for template, written in texts if forbidden else ():
            found = forbidden_in(forbidden, written)
            if found is not None:
                told = f"{found[0].about} ({found[0].language}: {found[0].pattern})"
                self._toml.fault(
                    ("forbidden",), f"{template} says what must never be said: {told}."
                )

    # --- rules -------------------------------------------------------------------------------------

    def _check_rules(self) -> None:
        seen = set[str]()
        for event in self._events:
            for place, rule in enumerate(event.rules):
                path: Path = ("events", event.name, "rule", place)
                if rule.id in seen:
                    self._toml.fault((*path, "id"), f"there are two rules {rule.id!r}.")
                seen.add(rule.id)
                self._check_opening(event, rule, path)
                self._check_handing_on(rule, path)

    def _check_opening(self, event: Event, rule: Rule, path: Path) -> None:
        """Only what opens a ticket, or says something, can be done before there is a ticket."""
        path, own = (*path, "then"), self._toml.section("book")
        actions = [step.action for step in rule.steps]
        opened = next((n for n, action in enumerate(actions) if action.opens), len(actions))
        early = [action.name for action in actions[:opened] if action.needs_ticket]
        if event.opens and early:
            told = f"{rule.id} has {early[0]} before it opens a ticket; put it after the open."
            self._toml.fault(path, told)
        opens_own = any(action.opens and action.opens == own.get("name") for action in actions)
        if opens_own and "prefix" not in own:
            told = f"{rule.id} opens a ticket; [book] needs a prefix for its ref, such as R in R-1."
            self._toml.fault(path, told)

    def _check_handing_on(self, rule: Rule, path: Path) -> None:
        """An event that is handed on to hands on no further, so that it ends."""
        name = rule.instead.event if rule.instead else None
        other = next((event for event in self._events if event.name == name), None)
        if other is not None and any(one.instead for one in other.rules):
            told = f"{rule.id} hands on to {other.name}, which hands on too."
            self._toml.fault((*path, "instead"), told)
