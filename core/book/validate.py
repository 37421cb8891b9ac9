"""Checking a whole book: all its parts are built, and then what only the whole shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..errors import Faults
from ..system.toml_document import Document
from ..tables.cells import show_value
from ..tables.decision_table import Row, RuleCells, overlaps
from ..values.working_days import is_country
from .actions import ACTIONS
from .forbidden import forbidden_in
from .model import DAY, Event, Status
from .read_events import BookReader


class BookCheck(BookReader):
    """A reader that looks for faults, and tells them all at once."""

    def __init__(self, document: Document, overrides: Mapping[str, Any]) -> None:
        super().__init__(document, overrides, checking=True)
        self.sound = False
        """Once it was looked at: whether all events could be read as they are written."""

    def check(self, has_template: Callable[[str], bool]) -> None:
        """Look for faults, and for rules that both answer; raises Faults."""
        self.look(has_template)
        self.overlaps()
        if self.faults:
            raise Faults.of(self.document.name, self.faults)

    def look(
        self, has_template: Callable[[str], bool], texts: Iterable[tuple[str, str]] = ()
    ) -> None:
        """Build all of the book, then look at what only the whole shows, and note the faults.

        `texts` are its templates, each with its path.
        """
        known: dict[str, type] = {
            "book": dict,
            "parameters": dict,
            "roles": dict,
            "statement": list,
            "remark": list,
            "statuses": dict,
            "fields": dict,
            "items": dict,
            "facts": dict,
            "sequences": dict,
            "events": dict,
            "sheets": dict,
            "forbidden": list,
            "impossible": list,
            "property": list,
            "way": list,
        }
        self._keys(self.document.data, (), known, "book", "statuses", "events")
        heading = {"name": str, "title": str, "source": str, "calendar": str, "language": str}
        more = {"prefix": str, "catalogue": bool}
        raw = self.document.data.get("book", {})
        good = self._keys(raw, ("book",), {**heading, **more}, *heading)
        if not re.fullmatch(r"[A-Za-z]{1,8}", good.get("prefix", "T")):
            told = f"prefix must be 1 to 8 letters, which refs such as T-1 begin with, not {good['prefix']!r}."
            self.fault(("book", "prefix"), told)
        if "calendar" in good and not is_country(good["calendar"]):
            told = (
                f"there is no calendar {good['calendar']!r}: use a country code such as IT or EG."
            )
            self.fault(("book", "calendar"), told)
        self._keys(
            self._table(self.document.data, "roles"), ("roles",), dict.fromkeys(self.roles, str)
        )
        for name, steps in self._table(self.document.data, "sequences").items():
            if not isinstance(steps, list):
                self.fault(("sequences", name), f"{name} must be a list of actions, not {steps!r}.")
        self._each("sheets", self.sheet)
        events = [self.event(name) for name in self.event_names]
        self._events = {event.name: event for event in events}
        if not any(status.closed for status in self.statuses.values()):
            self.fault(("statuses",), "no status is marked closed = true.")
        if self.catalogue and all(status.closed for status in self.statuses.values()):
            self.fault(("statuses",), "a catalogue needs an open status to begin with.")
        for status in self.statuses.values():
            self._check_needs(status)
        self._check_impossible()
        self._check_declared()
        for event in events:
            self.impossible(event)
        self._check_ids(events)
        self._check_openings(events)
        self._check_handing_on(events)
        if DAY not in self.event_names:
            self.fault(("events",), f"there is no event {DAY}, which says what a night asks.")
        self.sound = not self.faults
        self._check_statements(
            {s for event in events for rule in event.rules for s in rule.statements}
        )
        for template, path in self.templates.items():
            if not has_template(template):
                self.fault(path, f"there is no template {template!r}, in no language.")
        if not self.faults:
            self._check_said(texts)

    def _check_said(self, texts: Iterable[tuple[str, str]]) -> None:
        """No template may say what the book forbids."""
        for template, written in texts if self.forbidden else ():
            found = forbidden_in(self.forbidden, written)
            if found is not None:
                told = f"{found[0].about} ({found[0].language}: {found[0].pattern})"
                self.fault(("forbidden",), f"{template} says what must never be said: {told}.")

    def _check_needs(self, status: Status) -> None:
        path = ("statuses", status.name)
        for name in status.needs:
            if name not in list(self.fields):
                self.fault(path, f"{status.name} needs {name!r}, which is no field.")
        for kind, values in status.needs_items.items():
            if kind not in self.items:
                self.fault(path, f"{status.name} needs {kind!r}, which is no kind of item.")
            elif not isinstance(values, dict) or values.keys() - self.items[kind].fields.keys():
                told = f"{status.name} needs {kind} with {values!r}, which they can't have."
                self.fault(path, told)

    def overlaps(self) -> list[str]:
        """Facts that two rules answer, as faults, once the book was looked at."""
        before = len(self.faults)
        for event in self._events.values():
            for one, other, example in overlaps([RuleCells(r.id, r.rows) for r in event.rules]):
                told = ", ".join(f"{name} {show_value(value)}" for name, value in example.items())
                place = max(place for place, rule in enumerate(event.rules) if rule.id == other)
                path = ("events", event.name, "rule", place, "when")
                self.fault(path, f"{one} and {other} both answer: {told}.")
        return self.faults[before:]

    def impossible(self, event: Event) -> dict[int, Row]:
        """The facts that the book says can't be together, by place, as far as an event has them."""
        domains = self.domains(event.inputs)
        return {
            place: self._row(facts, ("impossible", place, "facts"), domains)
            for place, facts in self._called_impossible()
            if facts.keys() <= domains.keys()
        }

    def _called_impossible(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """What stands in each [[impossible]], by place."""
        raws = self.document.data.get("impossible", [])
        for place, raw in enumerate(raws if isinstance(raws, list) else []):
            known = {"facts": dict, "why": str}
            yield place, self._keys(raw, ("impossible", place), known, *known).get("facts", {})

    def _check_impossible(self) -> None:
        """What can't be is said of facts and inputs."""
        known = {*self.facts, *(name for event in self._events.values() for name in event.inputs)}
        for place, facts in self._called_impossible():
            for name in facts:
                if name not in known:
                    self.fault(
                        ("impossible", place, "facts"), f"there is no fact {name!r} to test."
                    )

    def _check_declared(self) -> None:
        """What the book declares of itself is said in words that it has."""
        if self.document.data.keys() & {"property", "way"}:
            from .properties import PropertyReader

            reader = PropertyReader(self.document, {}, checking=True)
            reader.faults = self.faults
            reader.properties()
            reader.ways()

    def _check_ids(self, events: list[Event]) -> None:
        seen = set[str]()
        for event in events:
            for place, rule in enumerate(event.rules):
                if rule.id in seen:
                    path = ("events", event.name, "rule", place, "id")
                    self.fault(path, f"there are two rules {rule.id!r}.")
                seen.add(rule.id)

    def _check_openings(self, events: list[Event]) -> None:
        """Only what opens a ticket, or says something, can be done before there is a ticket."""
        own = self._table(self.document.data, "book")
        for event in events:
            for place, rule in enumerate(event.rules):
                path = ("events", event.name, "rule", place, "then")
                kinds = [step.kind for step in rule.steps]
                opened = kinds.index("open") if "open" in kinds else len(kinds)
                early = [k for k in kinds[:opened] if ACTIONS[k].changes and k != "escalate"]
                if event.opens and early:
                    told = f"{rule.id} has {early[0]} before it opens a ticket, and there is none."
                    self.fault(path, told)
                opens_own = any(
                    step.kind == "open" and step.raw["open"] == own.get("name")
                    for step in rule.steps
                )
                if opens_own and "prefix" not in own:
                    told = (
                        f"{rule.id} opens a ticket; [book] needs a prefix for its ref, as R in R-1."
                    )
                    self.fault(path, told)

    def _check_handing_on(self, events: list[Event]) -> None:
        """An event that is handed on to hands on no further, so that it ends."""
        known = {event.name: event for event in events}
        for event in events:
            for place, rule in enumerate(event.rules):
                other = known.get(rule.instead.event) if rule.instead else None
                if other is not None and any(one.instead for one in other.rules):
                    path = ("events", event.name, "rule", place, "instead")
                    self.fault(path, f"{rule.id} hands on to {other.name}, which hands on too.")

    def _check_statements(self, cited: set[str]) -> None:
        raws = self.document.data.get("statement", [])
        listed = enumerate(raws if isinstance(raws, list) else [])
        places = {str(raw.get("id")): n for n, raw in listed if isinstance(raw, dict)}
        for statement in self.statements.values():
            path = ("statement", places.get(statement.id, 0))
            if statement.id not in cited and statement.manual is None:
                self.fault(
                    path, f"no rule comes from {statement.id}; mark it manual, with the reason."
                )
            if statement.id in cited and statement.manual is not None:
                self.fault(path, f"{statement.id} is marked manual, and yet a rule comes from it.")
