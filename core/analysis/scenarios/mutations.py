"""Every small mutation of a book that its scenarios ought to notice, one at a time.

A mutation says what stands at a place of book.toml in place of what stands there. Whether the book
can still be read with it is seen when it is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ...book.actions import ACTIONS, PRIORITIES
from ...book.model import DATE_FACTS, Book, DateFact, DueFact, Event
from ...system.toml_document import Path
from ...tables.cells import Cell, Domain, Span, Value, parse
from ...values.field_types import Field

DROP = "(dropped)"
"""In place of a value: nothing is left of it."""

KINDS = {
    "cell": "a test of a rule",
    "condition": "a test on which an action is done",
    "place": "a test on which an input can be given",
    "need": "an input that a rule needs",
    "action": "an action as a whole",
    "due": "a date: its number, its unit, or what it is counted from",
    "word": "a tag, template, channel, role, status, or whatever else an action names",
    "next": "what a person has to do next",
    "parameter": "a figure, a word, or an element of a list",
    "fact": "how a fact is counted from a date",
}
"""What is changed."""


class Mutation(NamedTuple):
    """What stands at a place of the book now, and what would stand there; `kind` is one of KINDS."""

    kind: str
    path: Path
    now: Any
    then: Any

    @property
    def description(self) -> str:
        """The mutation in words: `attempt "2..3" -> "2..4"`."""
        name = self.path[-1] if isinstance(self.path[-1], str) else ""
        where = "" if name in ("value", "next") else f"{name} " * bool(name)
        if self.then is DROP:
            return f"without {where}{format_value(self.now)}"
        return f"{where}{format_value(self.now)} -> {format_value(self.then)}"


def format_value(value: Any) -> str:
    """A value as it could stand in book.toml."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{name} = {format_value(one)}" for name, one in value.items()) + " }"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(format_value, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def put_value(data: Any, path: Path, value: Any) -> Any:
    """Data with another value at a place, or none; what is not on the way there is shared."""
    key, *rest = path
    changed: Any = dict(data) if isinstance(data, dict) else list(data)
    if rest:
        changed[key] = put_value(data[key], tuple(rest), value)
    elif value is DROP:
        del changed[key]
    else:
        changed[key] = value
    return changed


class Mutator:
    """All mutations of a book, from the data it was read from."""

    def __init__(
        self,
        data: Mapping[str, Any],
        book: Book,
        figures: Mapping[str, Any],
        domains: Mapping[str, Mapping[str, Domain]],
        templates: Sequence[str],
    ) -> None:
        """`domains` are those of all facts by event; `templates` the messages there are."""
        self._data, self._book, self._figures = data, book, figures
        self._domains, self._templates = domains, templates
        self._events = [book.event(name) for name in book.event_names]

    def find_mutations(self) -> Iterator[Mutation]:
        """All mutations, in the order of the book."""
        for name, raw in self._data.get("parameters", {}).items():
            for then in _other_values(raw["value"]):
                yield Mutation("parameter", ("parameters", name, "value"), raw["value"], then)
        for name in self._data.get("facts", {}):
            yield from self._fact(name)
        used = _sequences_used(self._data, self._events)
        for name, steps in self._data.get("sequences", {}).items():
            if name in used:
                yield from self._steps(("sequences", name), steps, used[name])
        for event in self._events:
            yield from self._event(event)

    # --- facts and events ------------------------------------------------------------------------

    def _fact(self, name: str) -> Iterator[Mutation]:
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
                for then in self._dues(one, ()):
                    yield Mutation("fact", path, one, then)

    def _event(self, event: Event) -> Iterator[Mutation]:
        path, raw = ("events", event.name), self._data["events"][event.name]
        for name, given in raw.get("inputs", {}).items():
            row = given.get("when", {})
            yield from self._row("place", (*path, "inputs", name, "when"), row, event.name)
        for place, rule in enumerate(raw["rule"]):
            yield from self._rule((*path, "rule", place), rule, event)

    def _rule(self, path: Path, raw: Mapping[str, Any], event: Event) -> Iterator[Mutation]:
        when = raw["when"]
        for place, row in enumerate(when if isinstance(when, list) else [when]):
            at = (*path, "when", place) if isinstance(when, list) else (*path, "when")
            yield from self._row("cell", at, row, event.name)
        for place, name in enumerate(raw.get("needs", ())):
            yield Mutation("need", (*path, "needs", place), name, DROP)
        yield from self._steps((*path, "then"), raw.get("then", ()), [event])
        yield from self._next((*path, "next"), raw.get("next"), event)
        for name, given in raw.get("instead", {}).get("with", {}).items():
            yield Mutation("word", (*path, "instead", "with", name), given, DROP)

    def _next(self, path: Path, raw: Mapping[str, Any] | None, event: Event) -> Iterator[Mutation]:
        if raw is None:
            return
        yield Mutation("next", path, raw, DROP)
        yield Mutation("next", (*path, "action"), raw["action"], f"not-{raw['action']}")
        who = "agent" if raw["who"] != "agent" else next(iter(self._book.roles), None)
        if who is not None:
            yield Mutation("next", (*path, "who"), raw["who"], who)
        for due in self._dues(raw["due"], [event]):
            yield Mutation("next", (*path, "due"), raw["due"], due)

    # --- tests -----------------------------------------------------------------------------------

    def _row(self, kind: str, path: Path, row: Mapping[str, Any], event: str) -> Iterator[Mutation]:
        for name, written in row.items():
            domain = self._domains[event][name]
            yield Mutation(kind, (*path, name), written, DROP)
            seen: list[Any] = [written]
            for then in self._tests(written, domain):
                if then not in seen:
                    seen.append(then)
                    yield Mutation(kind, (*path, name), written, then)

    def _tests(self, written: Any, domain: Domain) -> Iterator[Any]:
        """What a test could be instead: bounds shifted, other words, one less of a list, not it."""
        cell = parse(written, domain, self._figures)
        if isinstance(written, list):
            for place, one in enumerate(written):
                rest = [*written[:place], *written[place + 1 :]]
                yield rest[0] if len(rest) == 1 else rest
                others = [one for one in self._others(one, domain) if one not in written]
                yield from ([*rest[:place], other, *rest[place:]] for other in others)
        else:
            yield from self._others(written, domain)
        negated = _negated(cell, domain)
        if negated:
            yield negated[0] if len(negated) == 1 else negated

    def _others(self, written: Any, domain: Domain) -> Iterator[Any]:
        """A single test with a bound shifted by one, or another word."""
        if domain.values is not None:
            yield from _other_words(written, domain)
        elif isinstance(written, int):
            yield from (written - 1, written + 1)
        elif isinstance(written, str):
            for match in re.finditer(_FIGURE, written):
                value = self._figure(match[0])
                for other in (value - 1, value + 1) if value is not None else ():
                    yield f"{written[: match.start()]}{other}{written[match.end() :]}"

    def _figure(self, written: str) -> int | None:
        """A number, or the value of the parameter in braces that stands for one."""
        value = self._figures.get(written[1:-1]) if written[0] == "{" else int(written)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    # --- actions ---------------------------------------------------------------------------------

    def _steps(
        self, path: Path, steps: Sequence[Mapping[str, Any]], events: Sequence[Event]
    ) -> Iterator[Mutation]:
        for place, raw in enumerate(steps):
            at = (*path, place)
            yield Mutation("action", at, raw, DROP)
            for event in events[:1]:
                yield from self._row("condition", (*at, "if"), raw.get("if", {}), event.name)
            kind = next(iter(raw))
            for key, value in raw.items():
                if key != "if" and kind in ACTIONS:
                    yield from self._part(kind, raw, (*at, key), value, events)

    def _part(
        self, kind: str, raw: Mapping[str, Any], path: Path, value: Any, events: Sequence[Event]
    ) -> Iterator[Mutation]:
        """What a part of an action could be instead."""
        key = path[-1]
        if (kind, key) in (("task", "due"), ("move_task", "move_task"), ("wait", "wait")):
            yield from (Mutation("due", path, value, due) for due in self._dues(value, events))
        elif isinstance(value, Mapping):
            fields = self._fields(kind, str(key), raw)
            for name, one in value.items():
                yield Mutation("word", (*path, name), one, DROP)
                for then in self._field_values(one, fields.get(name), events):
                    yield Mutation("word", (*path, name), one, then)
        elif kind == "set" and key == "to":
            for then in self._field_values(value, self._book.fields.get(raw["set"]), events):
                yield Mutation("word", path, value, then)
        elif (kind, key) in (("message", "to"), ("open", "note")):
            yield Mutation("word", path, value, DROP)
            yield from (Mutation("word", path, value, one) for one in self._words(kind, key, value))
        else:
            yield from (Mutation("word", path, value, one) for one in self._words(kind, key, value))

    def _fields(self, kind: str, key: str, raw: Mapping[str, Any]) -> Mapping[str, Field]:
        """The fields that a table of an action gives values to."""
        if kind in ("add", "change"):
            return self._book.items[raw[kind]].fields
        return self._book.fields if kind == "open" and key == "with" else {}

    def _words(self, kind: str, key: object, value: Any) -> Iterator[Any]:
        """Another word in place of one that an action names; every other one would be seen alike."""
        known: Sequence[str]
        match kind, key:
            case ("message", "message") | ("tell", "template"):
                known = self._templates
            case ("message", "channel"):
                known = ("email", "sms")
            case ("message", "to") | ("assign", _) | ("escalate", _):
                known = (*self._book.roles, *(["none"] if kind == "assign" else []))
            case ("status", _):
                known = tuple(self._book.statuses)
            case ("priority", _):
                known = PRIORITIES
            case ("report", _):
                known = tuple(self._data.get("sheets", {}))
            case ("close", _):
                known = self._book.statuses[self._book.closed_status].results
            case ("tag", _) | ("untag", _) | ("task", _) | ("transfer", _) | ("tell", "tell"):
                known = ()
            case _:
                return  # texts are not words, and what a set or an add is about is no detail
        others = [word for word in known if word != value]
        if others:
            yield others[0]
        elif not known and isinstance(value, str):
            yield f"not {value}" if kind != "untag" else "not it"

    def _field_values(
        self, written: Any, field: Field | None, events: Sequence[Event]
    ) -> Iterator[Any]:
        """What a field could be set to instead."""
        if isinstance(written, bool):
            yield not written
        elif isinstance(written, int):
            yield written + 1
        elif field is not None and field.values and written in field.values:
            yield next(word for word in (*field.values, "?") if word != written)
        elif _is_date(field) and isinstance(written, str):
            yield from self._dues(written, events)

    # --- dates -----------------------------------------------------------------------------------

    def _dues(self, written: str, events: Sequence[Event]) -> Iterator[str]:
        """What a due date could be instead; `events` are those whose facts it can be counted from."""
        dates = [set(_dates(event)) for event in events]
        known = sorted(set.intersection(*dates)) if dates else []
        if match := re.fullmatch(r"today|\{([a-z][a-z0-9_]*)\}", written):
            base = match[1] if match[1] != "today" else None
            yield "1 days" if base is None else f"1 days after {written}"
            if base is not None:
                yield "today"
            others = [name for name in known if name != base]
            yield from (f"{{{name}}}" for name in others[:1])
            return
        if match := re.match(_FIGURE, written):
            rest = written[match.end() :]
            number = self._figure(match[0])
            yield from (
                (f"{n}{rest}" for n in (number - 1, number + 1) if n >= 0)
                if number is not None
                else ()
            )
        elif match := re.search(rf"day ({_FIGURE}) of", written):
            number = self._figure(match[1])
            for n in (number - 1, number + 1) if number is not None else ():
                yield f"{written[: match.start(1)]}{n}{written[match.end(1) :]}"
        for unit in ("working days", "days", "months"):
            there = re.search(r"\b(working days|days|months)\b", written)
            if there and there[1] != unit and not written.startswith("first"):
                yield f"{written[: there.start()]}{unit}{written[there.end() :]}"
        if match := re.search(r" (after|before) \{([a-z][a-z0-9_]*)\}$", written):
            yield written[: match.start()]
            others = [name for name in known if name != match[2]]
            yield from (f"{written[: match.start(2) - 1]}{{{name}}}" for name in others[:1])


_FIGURE = r"-?\d+|\{[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_-]+)?\}"


def _dates(event: Event) -> Iterator[str]:
    """The facts of an event that are dates by themselves."""
    for name in event.facts:
        if _is_date(event.fields.get(name)):
            yield name


def _is_date(field: Field | None) -> bool:
    return field is not None and field.type in ("date", "moment") and not field.many


def _other_words(written: Any, domain: Domain) -> Iterator[Any]:
    words: Sequence[Value] = domain.values or ()
    if isinstance(written, bool) or words == ("given",):
        return
    mark, word = ("!= ", written[2:].strip()) if str(written).startswith("!=") else ("", written)
    for other in (*words, *(["none"] if domain.optional else [])):
        if other != word and not str(word).startswith("{"):
            yield f"{mark}{other}"


def _negated(cell: Cell, domain: Domain) -> list[Any]:
    """The test that holds where another one does not; an empty one where that is never."""
    none: list[Any] = ["none"] if domain.optional and None not in cell.values else []
    if domain.values is not None:
        rest = [v for v in domain.values if not cell.holds(v)]
        if domain.values == ("given",):
            return none or (["!= none"] if rest else [])
        return [*rest, *none]
    return [*map(_written, _between(cell.spans, domain)), *none]


def _between(spans: Sequence[Span], domain: Domain) -> Iterator[Span]:
    """The numbers of a domain that lie in none of some spans."""
    low, endless = domain.low, False
    for span in sorted(spans, key=lambda one: (one.low is not None, one.low or 0)):
        if span.low is not None and (low is None or low < span.low):
            yield Span(low, span.low - 1)
        if span.high is None:
            endless = True
        else:
            low = span.high + 1
    if not endless and (domain.high is None or low is None or low <= domain.high):
        yield Span(low, domain.high)


def _written(span: Span) -> Any:
    if span.low is not None and span.low == span.high:
        return span.low
    if span == Span(None, None):
        return "!= none"  # any number
    if span.low is not None and span.high is not None:
        return f"{span.low}..{span.high}"
    return f"<= {span.high}" if span.low is None else f">= {span.low}"


def _other_values(value: Any) -> Iterator[Any]:
    """What a parameter could be instead."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value - 1, value + 1)
    elif isinstance(value, float):
        yield from (round(value - 0.01, 4), round(value + 0.01, 4))
    elif isinstance(value, str):
        yield f"{value[:-1]}?"
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield [*value[:place], *value[place + 1 :]]
            yield from (
                [*value[:place], other, *value[place + 1 :]] for other in _other_values(one)
            )
    elif isinstance(value, dict):
        for name, one in value.items():
            yield {key: other for key, other in value.items() if key != name}
            yield from ({**value, name: other} for other in _other_values(one))


def _sequences_used(data: Mapping[str, Any], events: Sequence[Event]) -> dict[str, list[Event]]:
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
