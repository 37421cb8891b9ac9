"""prassi book show"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from .options import Common, common
from .output import head, say, say_json

if TYPE_CHECKING:
    from prassi.core.book import Book, Event, Rule


@click.command("show")
@click.argument("name", metavar="BOOK")
@common
def command(common: Common, name: str) -> None:
    """Print a book as a procedure: parameters, tables, statements with their rules, remarks."""
    from prassi.core.shelf import Shelf

    book = Shelf(common.settings()).book(name)
    if common.json:
        say_json(_as_json(book))
        return
    head(f"{book.title} ({book.name})")
    for line in _told(book):
        say(line)


def _as_json(book: Book) -> dict[str, Any]:
    return {
        "book": book.name, "title": book.title, "source": book.source,
        "calendar": book.calendar, "language": book.language, "digest": book.digest,
        "parameters": {p.name: p.value for p in book.parameters.values()},
        "rules": [
            {
                "rule": rule.id, "event": name, "extrapolated": rule.extrapolated,
                "from": rule.statements, "remarks": rule.remarks,
                "when": [{fact: cell.text for fact, cell in row.items()} for row in rule.rows],
                "then": list(_steps(rule)),
            }
            for name in book.event_names
            for rule in book.event(name).rules
        ],
        "statements": {s.id: s.says for s in book.statements.values()},
        "remarks": {r.id: r.says for r in book.remarks.values()},
    }  # fmt: skip


def _told(book: Book) -> Iterator[str]:
    yield f"Source: {book.source}. Calendar {book.calendar}, language {book.language}."
    yield "\nParameters"
    for parameter in book.parameters.values():
        yield f"  {parameter.name} = {parameter.value} {parameter.unit}: {parameter.about}"
    for name in book.event_names:
        yield from _table(book.event(name))
    yield "\nStatements of the procedure, and the rules that come from them"
    rules = [rule for name in book.event_names for rule in book.event(name).rules]
    for statement in book.statements.values():
        cited = ", ".join(rule.id for rule in rules if statement.id in rule.statements)
        yield f"  {statement.id}  {statement.says} [{cited or f'by hand: {statement.manual}'}]"
    yield "\nWhat the source leaves open, and what was decided"
    for remark in book.remarks.values():
        yield f"  {remark.id}  {remark.says}"


def _table(event: Event) -> Iterator[str]:
    yield f"\nEvent {event.name}: {event.title}"
    for rule in event.rules:
        yield f"  {rule.id}{'  (extrapolated)' if rule.extrapolated else ''}"
        for row in rule.rows:
            yield f"    when {'; '.join(f'{fact}: {cell.text}' for fact, cell in row.items()) or 'always'}"
        yield f"    then {'; '.join(_steps(rule)) or 'nothing by itself'}"


def _steps(rule: Rule) -> Iterator[str]:
    for step in rule.steps:
        told = " ".join(f"{key} {_said(value)}" for key, value in step.raw.items() if key != "if")
        conditions = "; ".join(f"{fact}: {cell.text}" for fact, cell in step.when.items())
        yield f"{told} (if {conditions})" if conditions else told
    if rule.next is not None:
        who = rule.next.who
        named = who if isinstance(who, str) else f"{{{who.only}}}"
        yield f"next {named}: {rule.next.action}"


def _said(value: object) -> str:
    """What a step says, fields with their values."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return str(value)
