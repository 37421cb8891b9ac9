"""A book as a procedure to read: what can be set, what can happen and what follows, and from where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prassi.core.system.language import say

if TYPE_CHECKING:
    from prassi.core.book.model import Book, Event, Input, Rule, Step

    from .json_book_rows import BookJson, ImpossibleJson


def book_as_json(book: Book) -> BookJson:
    """The book as --json prints it."""
    return {
        "book": book.name,
        "title": book.title,
        "source": book.source,
        "calendar": book.calendar,
        "language": book.language,
        "digest": book.digest,
        "parameters": {p.name: p.value for p in book.parameters.values()},
        "roles": dict(book.roles),
        "statuses": {s.name: s.about for s in book.statuses.values()},
        "rules": [
            {
                "rule": rule.id,
                "event": name,
                "why": rule.why.as_written,
                "extrapolated": rule.extrapolated,
                "from": rule.statements,
                "remarks": rule.remarks,
                "needs": rule.needs,
                "when": [{fact: cell.text for fact, cell in row.items()} for row in rule.rows],
                "then": list(_format_actions(rule)),
            }
            for name in book.event_names
            for rule in book.event(name).rules
        ],
        "impossible": _impossible_facts(book),
        "statements": {s.id: s.says for s in book.statements.values()},
        "remarks": {r.id: r.says for r in book.remarks.values()},
    }


def format_book(book: Book) -> Iterator[str]:
    """The book in lines of text."""
    yield say("Source: {source}. Calendar {calendar}, language {language}.").format(
        source=book.source, calendar=book.calendar, language=book.language
    )
    yield f"\n{say('Parameters')}"
    for parameter in book.parameters.values():
        yield f"  {parameter.name} = {parameter.value} {parameter.unit}: {parameter.about}"
    yield f"\n{say('Who takes part')}"
    for role, about in book.roles.items():
        yield f"  {role}: {about}"
    yield f"\n{say('Where a ticket can stand')}"
    for status in book.statuses.values():
        yield f"  {status.name}: {status.about}{say(' (closed)') if status.closed else ''}"
    yield from _format_tasks(book)
    for name in book.event_names:
        yield from _format_event(book.event(name))
    if impossible := _impossible_facts(book):
        yield "\n" + say("What can't be")
        for row in impossible:
            tests = "; ".join(
                f"{fact}: {_format_value(test)}" for fact, test in row["facts"].items()
            )
            yield f"  {tests}  ({row['why']})"
    yield "\n" + say("Statements of the procedure, and the rules that come from them")
    rules = [rule for name in book.event_names for rule in book.event(name).rules]
    for statement in book.statements.values():
        cited = ", ".join(rule.id for rule in rules if statement.id in rule.statements)
        way = "; ".join(f"{key}: {text}" for key, text in statement.without_rules.items())
        yield f"  {statement.id}  {statement.says} [{cited or way}]"
    yield "\n" + say("What the source leaves open, and what was decided")
    for remark in book.remarks.values():
        yield f"  {remark.id}  {remark.says}"


def _format_tasks(book: Book) -> Iterator[str]:
    if book.tasks:
        yield f"\n{say('Tasks')}"
    for task in book.tasks.values():
        yield f"  {task.name}: {task.about} ({task.who})"


def _impossible_facts(book: Book) -> list[ImpossibleJson]:
    """What the book says can't be, as it is written there."""
    impossible: list[ImpossibleJson] = json.loads(book.kept_json)["book"].get("impossible", [])
    return impossible


def _format_event(event: Event) -> Iterator[str]:
    yield "\n" + say("Event {name}: {title}").format(name=event.name, title=event.title)
    for name, given in event.inputs.items():
        told = say("given {name}{place}: {about}")
        told = told.format(name=name, place=_format_place(given), about=given.field.about)
        yield f"  {told}"
    for rule in event.rules:
        guessed = f" {say(' (extrapolated)')}" if rule.extrapolated else ""
        yield f"  {rule.id}{guessed}"
        yield f"    {rule.why.as_written}"
        for row in rule.rows:
            tests = "; ".join(f"{fact}: {cell.text}" for fact, cell in row.items())
            yield f"    {say('when')} {tests or say('always')}"
        if rule.needs:
            yield f"    {say('needs')} {', '.join(rule.needs)}"
        then = say("then")
        for place, told in enumerate(list(_format_actions(rule)) or [say("nothing by itself")]):
            yield f"    {then if place == 0 else ' ' * len(then)} {told}"
        if sources := [*rule.statements, *rule.remarks]:
            yield f"    {say('from')} {', '.join(sources)}"


def _format_place(given: Input) -> str:
    """Where an input has a place, and whether it may be left out."""
    if given.when:
        tests = "; ".join(f"{fact}: {cell.text}" for fact, cell in given.when.items())
        return say(" (with {tests})").format(tests=tests)
    free = given.field.optional or given.field.default is not None or given.default_today
    return say(" (may be left out)") if free else ""


def _format_actions(rule: Rule) -> Iterator[str]:
    """What a rule does, an action each, and what comes next."""
    for step in rule.steps:
        yield _format_step(step)
    if rule.instead is not None:
        yield f"hand on to {rule.instead.event}"
    if rule.next is not None:
        who = rule.next.who if isinstance(rule.next.who, str) else rule.next.who.as_written
        yield f"next {who}: {rule.next.action}, {rule.next.due.words}"


def _format_step(step: Step) -> str:
    told = " ".join(
        f"{key} {_format_value(value)}" for key, value in step.written.items() if key != "if"
    )
    conditions = "; ".join(f"{fact}: {cell.text}" for fact, cell in step.when.items())
    if not conditions:
        return told
    return say("{told} (if {conditions})").format(told=told, conditions=conditions)


def _format_value(value: object) -> str:
    """A value of the book as people read it."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_format_value(one)}" for name, one in value.items())
    if isinstance(value, list):
        return say(" or ").join(map(_format_value, value)) or "none"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
