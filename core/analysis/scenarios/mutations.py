"""Every small mutation of a book that its scenarios ought to notice, one at a time.

A mutation puts something else at one place of book.toml. Whether the book can still be read with it
shows when it is tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ...book.action_base import (
    CHANNEL,
    DUE,
    FIELD_VALUE,
    ITEM_VALUES,
    NAME,
    NOTE,
    PERSON,
    PRIORITY,
    RESULT,
    ROLE,
    SHEET,
    STATUS,
    TAGS,
    TEMPLATE,
    TICKET_VALUES,
    Key,
)
from ...book.action_records import PRIORITIES
from ...book.actions import ACTION_KINDS
from ...book.message_actions import CHANNELS
from ...book.model import DATE_FACTS, Book, DateFact, DueFact, Event
from ...system.toml_document import Path
from ...tables.cells import Domain
from ...values.field_types import Field
from ..raw_tables import RawTable
from .variants import Variants, vary_value

DROP = "(dropped)"
"""In place of a value: it is left out."""

ADD = "(added)"
"""In place of what stands there now: nothing does."""

TEXT = "text"

KINDS = {
    "cell": "a test of a rule; a test more, as another rule of the event has it",
    "condition": "a test on which an action is done",
    "place": "a test on which an input can be given",
    "need": "an input that a rule needs",
    "action": "an action as a whole",
    "due": "a date: its number, its unit, or what it is counted from",
    "word": "a tag, template, channel, role, status, or whatever else an action names",
    "next": "what a person has to do next",
    "parameter": "a figure, a word, or an element of a list",
    "fact": "how a fact is counted from a date",
    TEXT: "a message: another language's text, another number, a dropped line",
}
"""The kinds of mutations, each with what it changes."""


class Mutation(NamedTuple):
    """What stands at a place of the book now, and what would stand there; `kind` is one of KINDS."""

    kind: str
    path: Path
    now: object
    then: object

    @property
    def description(self) -> str:
        """The mutation in words: `attempt "2..3" -> "2..4"`."""
        name = self.path[-1] if isinstance(self.path[-1], str) else ""
        where = "" if name in ("value", "next") else f"{name} " * bool(name)
        if self.now is ADD:
            return f"with {where}{format_written(self.then)}"
        if self.then is DROP:
            return f"without {where}{format_written(self.now)}"
        return f"{where}{format_written(self.now)} -> {format_written(self.then)}"


def format_written(value: object) -> str:
    """A value as it could stand in book.toml."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return (
            "{ "
            + ", ".join(f"{name} = {format_written(one)}" for name, one in value.items())
            + " }"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(format_written, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def put_value(data: RawTable, path: Path, value: object) -> dict[str, Any]:
    """Data with another value at a place, or without one (DROP); all beside the path is shared."""
    changed: dict[str, Any] = _put(data, path, value)
    return changed


def _put(data: Any, path: Path, value: object) -> Any:
    key, *rest = path
    changed: Any = dict(data) if isinstance(data, Mapping) else list(data)
    if rest:
        changed[key] = _put(data[key], tuple(rest), value)
    elif value is DROP:
        del changed[key]
    else:
        changed[key] = value
    return changed


class Mutator:
    """All mutations of a book, from the data it was read from."""

    def __init__(
        self,
        data: RawTable,
        book: Book,
        figures: Mapping[str, object],
        domains: Mapping[str, Mapping[str, Domain]],
        templates: Sequence[str],
    ) -> None:
        """`domains` are those of all facts by event; `templates` the messages there are."""
        self._data, self._book, self._variants = data, book, Variants(figures)
        self._domains, self._templates = domains, templates
        self._events = [book.event(name) for name in book.event_names]
        self._tests: dict[str, Mapping[str, Sequence[object]]] = {}

    def find_mutations(self) -> Iterator[Mutation]:
        """All mutations, in the order of the book."""
        for name, raw in self._data.get("parameters", {}).items():
            for then in vary_value(raw["value"]):
                yield Mutation("parameter", ("parameters", name, "value"), raw["value"], then)
        for name in self._data.get("facts", {}):
            yield from self._mutate_fact(name)
        used = _find_sequence_uses(self._data, self._events)
        for name, steps in self._data.get("sequences", {}).items():
            if name in used:
                yield from self._mutate_steps(("sequences", name), steps, used[name])
        for event in self._events:
            yield from self._mutate_event(event)

    # --- facts and events ------------------------------------------------------------------------

    def _mutate_fact(self, name: str) -> Iterator[Mutation]:
        fact, raw = self._book.facts.get(name), self._data["facts"][name]
        if isinstance(fact, DateFact):
            plain = {key: value for key, value in raw.items() if key != fact.unit}
            for unit in DATE_FACTS:
                if unit != fact.unit and (unit == "past") == (fact.unit == "past"):
                    yield Mutation("fact", ("facts", name), raw, {unit: fact.base, **plain})
        elif isinstance(fact, DueFact):
            written = raw["due"]
            if isinstance(written, list):
                for place, one in enumerate(written):
                    yield Mutation("fact", ("facts", name, "due", place), one, DROP)
            for place, one in enumerate(written if isinstance(written, list) else [written]):
                path: Path = ("facts", name, "due")
                path = (*path, place) if isinstance(written, list) else path
                for then in self._variants.vary_due(one, ()):
                    yield Mutation("fact", path, one, then)

    def _mutate_event(self, event: Event) -> Iterator[Mutation]:
        path, raw = ("events", event.name), self._data["events"][event.name]
        for name, given in raw.get("inputs", {}).items():
            row = given.get("when", {})
            yield from self._mutate_row("place", (*path, "inputs", name, "when"), row, event.name)
        for place, rule in enumerate(raw["rule"]):
            yield from self._mutate_rule((*path, "rule", place), rule, event)

    def _mutate_rule(self, path: Path, raw: RawTable, event: Event) -> Iterator[Mutation]:
        when = raw["when"]
        for place, row in enumerate(when if isinstance(when, list) else [when]):
            at = (*path, "when", place) if isinstance(when, list) else (*path, "when")
            yield from self._mutate_row("cell", at, row, event.name)
            yield from self._add_tests(at, row, event)
        for place, name in enumerate(raw.get("needs", ())):
            yield Mutation("need", (*path, "needs", place), name, DROP)
        yield from self._mutate_steps((*path, "then"), raw.get("then", ()), [event])
        yield from self._mutate_next((*path, "next"), raw.get("next"), event)
        for name, given in raw.get("instead", {}).get("with", {}).items():
            yield Mutation("word", (*path, "instead", "with", name), given, DROP)

    def _mutate_next(self, path: Path, raw: RawTable | None, event: Event) -> Iterator[Mutation]:
        if raw is None:
            return
        yield Mutation("next", path, raw, DROP)
        yield Mutation("next", (*path, "action"), raw["action"], f"not-{raw['action']}")
        who = "agent" if raw["who"] != "agent" else next(iter(self._book.roles), None)
        if who is not None:
            yield Mutation("next", (*path, "who"), raw["who"], who)
        for due in self._vary_due(raw["due"], [event]):
            yield Mutation("next", (*path, "due"), raw["due"], due)

    # --- tests and dates -------------------------------------------------------------------------

    def _mutate_row(self, kind: str, path: Path, row: RawTable, event: str) -> Iterator[Mutation]:
        for name, written in row.items():
            yield Mutation(kind, (*path, name), written, DROP)
            seen = [written]
            for then in self._variants.vary_test(written, self._domains[event][name]):
                if then not in seen:
                    seen.append(then)
                    yield Mutation(kind, (*path, name), written, then)

    def _add_tests(self, path: Path, row: RawTable, event: Event) -> Iterator[Mutation]:
        """A row with a test more: one that other rows of the event have."""
        for name, tests in self._list_tests(event).items():
            if name not in row:
                for test in tests:
                    yield Mutation("cell", (*path, name), ADD, test)

    def _list_tests(self, event: Event) -> Mapping[str, Sequence[object]]:
        """The tests that the rows of an event have of each fact, each once, and none that always holds."""
        if event.name not in self._tests:
            tests: dict[str, list[object]] = {}
            for rule in self._data["events"][event.name]["rule"]:
                when = rule["when"]
                for row in when if isinstance(when, list) else [when]:
                    for name, written in row.items():
                        if written not in tests.setdefault(name, []):
                            tests[name].append(written)
            self._tests[event.name] = tests
        return self._tests[event.name]

    def _vary_due(self, written: str, events: Sequence[Event]) -> Iterator[str]:
        """What a due date could be instead, counted from the dates that all these events have."""
        dates = [set(_list_dates(event)) for event in events]
        return self._variants.vary_due(written, sorted(set.intersection(*dates)) if dates else [])

    # --- actions ---------------------------------------------------------------------------------

    def _mutate_steps(
        self, path: Path, steps: Sequence[RawTable], events: Sequence[Event]
    ) -> Iterator[Mutation]:
        for place, raw in enumerate(steps):
            at = (*path, place)
            yield Mutation("action", at, raw, DROP)
            for event in events[:1]:
                yield from self._mutate_row("condition", (*at, "if"), raw.get("if", {}), event.name)
            kind = ACTION_KINDS.get(next(iter(raw)))
            keys = {key.name: key for key in kind.keys} if kind is not None else {}
            for name in raw:
                if name in keys:
                    yield from self._mutate_part(keys[name], raw, (*at, name), events)

    def _mutate_part(
        self, key: Key, raw: RawTable, path: Path, events: Sequence[Event]
    ) -> Iterator[Mutation]:
        """What a part of an action could be instead."""
        value, kind = raw[key.name], next(iter(raw))
        if key.holds == DUE:
            dues = self._vary_due(str(value), events)
            yield from (Mutation("due", path, value, due) for due in dues)
        elif isinstance(value, Mapping):
            fields = self._list_fields(key, str(raw[kind]))
            for name, one in value.items():
                yield Mutation("word", (*path, name), one, DROP)
                for then in self._vary_field(one, fields.get(name), events):
                    yield Mutation("word", (*path, name), one, then)
        elif key.holds == FIELD_VALUE:
            for then in self._vary_field(value, self._book.fields.get(raw[kind]), events):
                yield Mutation("word", path, value, then)
        else:
            if key.holds in (ROLE, NOTE) and not key.needed and key.name != kind:
                yield Mutation("word", path, value, DROP)
            yield from (Mutation("word", path, value, one) for one in self._vary_word(key, value))

    def _list_fields(self, key: Key, about: str) -> Mapping[str, Field]:
        """The fields that a table of an action gives values to; `about` is what its kind names."""
        if key.holds == ITEM_VALUES:
            return self._book.items[about].fields
        return self._book.fields if key.holds == TICKET_VALUES else {}

    def _vary_word(self, key: Key, value: object) -> Iterator[str]:
        """Another word in place of one that an action names; scenarios see every other one alike."""
        known = self._list_words(key)
        if known is None:
            return
        others = [word for word in known if word != value]
        if others:
            yield others[0]
        elif not known and isinstance(value, str):
            yield f"not {value}" if key.holds != TAGS else "not it"

    def _list_words(self, key: Key) -> Sequence[str] | None:
        """The words that a part of an action can name: none at all where any word will do, and None
        where it is not a word but a text, or says what the action is about."""
        book = self._book
        words: dict[str, Sequence[str]] = {
            NAME: (),
            TAGS: (),
            TEMPLATE: self._templates,
            CHANNEL: CHANNELS,
            ROLE: (*book.roles,),
            PERSON: (*book.roles, "none"),
            STATUS: (*book.statuses,),
            PRIORITY: PRIORITIES,
            SHEET: (*self._data.get("sheets", {}),),
            RESULT: book.statuses[book.closed_status].results,
        }
        return words.get(key.holds)

    def _vary_field(
        self, written: object, field: Field | None, events: Sequence[Event]
    ) -> Iterator[object]:
        """What a field could be set to instead."""
        if isinstance(written, bool):
            yield not written
        elif isinstance(written, int):
            yield written + 1
        elif field is not None and field.values and written in field.values:
            yield next(word for word in (*field.values, "?") if word != written)
        elif _is_date(field) and isinstance(written, str):
            yield from self._vary_due(written, events)


def _list_dates(event: Event) -> Iterator[str]:
    """The facts of an event that are dates."""
    for name in event.facts:
        if _is_date(event.fields.get(name)):
            yield name


def _is_date(field: Field | None) -> bool:
    return field is not None and field.type in ("date", "moment") and not field.many


def _find_sequence_uses(data: RawTable, events: Sequence[Event]) -> dict[str, list[Event]]:
    """The events that use each sequence, directly or through others."""
    used: dict[str, list[Event]] = {}
    for event in events:
        waiting = [rule.get("then", ()) for rule in data["events"][event.name]["rule"]]
        while waiting:
            for step in waiting.pop():
                name = step.get("do")
                if name is not None and event not in used.setdefault(name, []):
                    used[name].append(event)
                    waiting.append(data["sequences"][name])
    return used
