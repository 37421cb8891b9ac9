"""The parts of a book that its DMN file leaves out, because DMN can't express them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from ...book.list_actions import SetTask
from ...book.model import DateFact, DueFact, Event, ForbiddenFact, Input, Rule
from ...values.field_types import Field
from .model import DmnModel

_SECTIONS = {
    "sequences": "sequences that rules share",
    "parameters": "parameters; the tests have only their values",
    "statuses": "statuses",
    "tasks": "kinds of tasks",
    "roles": "roles",
    "fields": "fields of tickets",
    "items": "kinds of items",
    "sheets": "sheets",
    "sync": "answers to differences in another program's ledger",
    "stats": "sources of figures",
    "impossible": "facts that can't be together",
    "forbidden": "patterns of what must not be said",
}
"""The sections of a book that DMN can't express, each in words."""


class OmittedPart(NamedTuple):
    """Something that is left out: what it is, how many of it there are, and their names."""

    part: str
    times: int
    names: tuple[str, ...]


def list_omitted(model: DmnModel) -> Iterator[OmittedPart]:
    """What the file of a book leaves out, kind by kind."""
    for part, names in chain(_list_facts(model), _list_rules(model), _list_sections(model)):
        listed = list(names)
        if listed:
            unique = dict.fromkeys(name for name in listed if name)
            yield OmittedPart(part, len(listed), tuple(unique))


def _list_facts(model: DmnModel) -> Iterator[tuple[str, Iterable[str]]]:
    """How the data that the tables ask for are obtained."""
    book, tables = model.book, model.tables
    facts = dict.fromkeys(n for t in tables for n in t.asked if n not in t.event.inputs)
    known = {name: book.facts[name] for name in facts}
    yield "facts that facts.sql reads", (n for n, f in known.items() if isinstance(f, Field))
    yield (
        f"facts that the calendar of {book.calendar} counts",
        (n for n, f in known.items() if isinstance(f, DateFact | DueFact)),
    )
    yield (
        "facts that are looked for in texts",
        (n for n, f in known.items() if isinstance(f, ForbiddenFact)),
    )
    yield (
        "conditions on what a caller gives",
        (
            f"{t.event.name}.{name}"
            for t in tables
            for name, given in t.event.inputs.items()
            if _has_conditions(name, given, t.event)
        ),
    )


def _has_conditions(name: str, given: Input, event: Event) -> bool:
    """Whether an input has conditions: a test, a bound, a default, a pattern, items to choose from."""
    field = given.field
    filled = given.default_today or field.default is not None or given.known is not None
    bounded = given.earliest_today or given.latest_today or field.pattern is not None
    needed = any(name in rule.needs for rule in event.rules)
    return any((given.when, filled, bounded, given.among, needed, name in event.one_of))


def _list_rules(model: DmnModel) -> Iterator[tuple[str, Iterable[str]]]:
    """What follows when a rule answers."""
    rules = [rule for table in model.tables for rule in table.event.rules]
    steps = [step for rule in rules for step in rule.steps]
    yield "actions", (step.action.name for step in steps)
    yield "conditions of actions", ("" for step in steps if step.when)
    yield (
        "due dates",
        ["" for step in steps if isinstance(step.action, SetTask)]
        + ["" for r in rules if r.next is not None],
    )
    yield "messages", (template for step in steps for template in step.action.templates)
    yield "next steps of people", (rule.next.action for rule in rules if rule.next is not None)
    yield "rules that hand on to another event", (rule.id for rule in rules if rule.instead)
    yield "rules that can't be undone", (rule.id for rule in rules if rule.irreversible)
    yield "rows that no facts fit", (rule.id for rule in rules if _never_holds(rule))


def _never_holds(rule: Rule) -> bool:
    return any(not cell.samples() for row in rule.rows for cell in row.values())


def _list_sections(model: DmnModel) -> Iterator[tuple[str, Iterable[str]]]:
    data = json.loads(model.book.kept_json)["book"]
    for section, about in _SECTIONS.items():
        found = data.get(section, {})
        yield about, found if isinstance(found, dict) else ("" for _ in found)
