"""prassi book"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from .options import Common, common
from .output import head, say, say_json

if TYPE_CHECKING:
    from prassi.core.book import Book, Event, Rule


@click.group("book")
def command() -> None:
    """List, show and check the books."""


@command.command("list")
@common
def list_(common: Common) -> None:
    """List the books there are, the shipped ones and your own."""
    from prassi.core.shelf import Shelf

    shelf = Shelf(common.settings())
    for name in shelf.names():
        book = shelf.book(name)
        if common.json:
            say_json(
                {
                    "book": name,
                    "title": book.title,
                    "calendar": book.calendar,
                    "digest": book.digest,
                }
            )
        else:
            say(f"{name:<14} {book.title} (calendar {book.calendar}, language {book.language})")


@command.command("check")
@click.argument("books", nargs=-1, metavar="[BOOK]...")
@common
def check(common: Common, books: tuple[str, ...]) -> None:
    """Check books: all their faults at once, each with file and line."""
    from prassi.core.errors import Faults
    from prassi.core.shelf import Shelf

    shelf = Shelf(common.settings())
    found: list[str] = []
    for name in books or shelf.names():
        try:
            book = shelf.book(name)
            rules = sum(len(book.event(event).rules) for event in book.event_names)
            if not common.json and not common.quiet:
                say(f"{name}: {rules} rules in {len(book.event_names)} tables, nothing found.")
        except Faults as error:
            found += error.faults
            for fault in error.faults:
                say_json({"book": name, "fault": fault}) if common.json else say(fault)
    if found:
        raise click.exceptions.Exit(1)


@command.command("show")
@click.argument("name", metavar="BOOK")
@common
def show(common: Common, name: str) -> None:
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
        told = " ".join(f"{key} {value}" for key, value in step.raw.items() if key != "if")
        conditions = "; ".join(f"{fact}: {cell.text}" for fact, cell in step.when.items())
        yield f"{told} (if {conditions})" if conditions else told
    if rule.next is not None:
        yield f"next {rule.next.who}: {rule.next.action}"
