"""prassi what-if"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click
from prassi.core.errors import BadInput

from ..options import DAY, CommonOptions, add_common_options
from ..printing.output import print_json, print_plain_table, print_text

if TYPE_CHECKING:
    from prassi.core.analysis.what_if import Difference, Outcome
    from prassi.core.library.settings import Settings


@click.command("what-if")
@click.option(
    "--set", "figures", multiple=True, metavar="BOOK.NAME=VALUE", help="Another parameter."
)
@click.option("--closure", "closures", type=DAY, multiple=True, help="Another day without work.")
@click.option(
    "--book", "folders", multiple=True, metavar="DIR", help="Another version of a book, in DIR."
)
@click.option("--until", type=DAY, help="Every night from today to this day, not today alone.")
@click.option("--list", "listed", is_flag=True, help="Each ticket that goes another way.")
@add_common_options
def command(
    common: CommonOptions,
    figures: tuple[str, ...],
    closures: tuple[str, ...],
    folders: tuple[str, ...],
    until: str | None,
    listed: bool,
) -> None:
    """What would become of the open tickets under other figures, days or books.

    They are worked out as things are and as they would be, and what differs is told. Nothing is
    written.
    """
    from prassi.core.analysis import what_if

    from ..printing.long_table import LongTable

    present = common.load_settings()
    trial = _trial(present, figures, closures, folders)
    offices = [
        common._replace(dry_run=True).open_office(),
        common._replace(dry_run=True).open_office(trial),
    ]
    if until is None:
        found = what_if.today(*offices)
    elif until < common.at[:10]:
        raise BadInput(f"--until is {until}, which is before {common.at[:10]}: give a later day.")
    else:
        found = what_if.nights(offices[0].connection, (present, trial), common.at, until)
    outcome = what_if.Outcome()
    rows = (_row(one) for one in found if outcome.take(one))
    if listed and common.json:
        for row in rows:
            print_json(row)
        return
    with LongTable() as table:
        for row in rows:
            if listed:
                table.add([_cell(cell) for cell in row.values()], [*row])
        if common.json:
            print_json(_summary(outcome))
            return
        _print(outcome, common.at[:10], until)
        table.print()


def _trial(
    settings: Settings, figures: Iterable[str], closures: Iterable[str], folders: Iterable[str]
) -> Settings:
    """The settings with what is tried out."""
    from datetime import date

    from prassi.core.library.library import Shelf, unfit

    books = dict(_book(folder) for folder in folders)
    bare = Shelf(settings._replace(trial=books))
    parameters = {book: dict(values) for book, values in settings.parameters.items()}
    for written in figures:
        book, name, value = _figure(written)
        wrong = unfit(bare.book(book).parameters.get(name), name, value)
        if wrong is not None:
            raise BadInput(f"--set {written}: {wrong}")
        parameters.setdefault(book, {})[name] = value
    days = tuple(date.fromisoformat(day) for day in closures)
    countries = {bare.book(name).calendar for name in bare.names()} if days else set()
    shut = {
        country: tuple(sorted({*settings.closures.get(country, ()), *days}))
        for country in {*countries, *settings.closures}
    }
    trial = settings._replace(parameters=parameters, closures=shut, trial=books)
    if not (books or days or list(figures)):
        raise BadInput("nothing is tried out: give --set, --closure or --book.")
    return trial


def _book(folder: str) -> tuple[str, str]:
    path = os.path.abspath(folder)
    if not os.path.isfile(os.path.join(path, "book.toml")):
        raise BadInput(f"--book {folder}: there is no book.toml in it.")
    return os.path.basename(path), path


def _figure(written: str) -> tuple[str, str, Any]:
    """A parameter as it is typed: `collections.preblock_days=20`; its value as TOML has it."""
    import tomllib

    place, equals, value = written.partition("=")
    book, dot, name = place.strip().partition(".")
    if not (equals and dot and book and name):
        raise BadInput(f"--set {written} is no BOOK.NAME=VALUE, as collections.preblock_days=20.")
    try:
        return book, name, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return book, name, value.strip()


def _print(outcome: Outcome, today: str, until: str | None) -> None:
    when = f"on {today}" if until is None else f"from {today} to {until}"
    print_text(f"{outcome.another_way} of {outcome.tickets} open tickets go another way {when}.")
    if outcome.other_days:
        print_text(f"Of these by the same rules on other days: {outcome.other_days}.")
    if outcome.rules:
        rows = [[rule, str(now), str(then)] for rule, (now, then) in sorted(outcome.rules.items())]
        print_plain_table(rows, ["rule", "now", "then"])
    for template, count in sorted(outcome.messages.items()):
        if count:
            print_text(f"Messages {template}: {abs(count)} {'more' if count > 0 else 'fewer'}.")
    print_text(f"Next dates that move, by the same rule: {outcome.moved}.")


def _summary(outcome: Outcome) -> dict[str, Any]:
    return {
        "tickets": outcome.tickets,
        "another_way": outcome.another_way,
        "other_days": outcome.other_days,
        "moved": outcome.moved,
        "rules": {
            rule: {"now": now, "then": then} for rule, (now, then) in sorted(outcome.rules.items())
        },
        "messages": {template: n for template, n in sorted(outcome.messages.items()) if n},
    }


def _row(one: Difference) -> dict[str, Any]:
    return {
        "ticket": one.ticket,
        "book": one.book,
        "now": list(one.now.rules),
        "then": list(one.then.rules),
        "due_now": one.now.due,
        "due_then": one.then.due,
        "messages_now": list(one.now.messages),
        "messages_then": list(one.then.messages),
    }


def _cell(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else value or ""
