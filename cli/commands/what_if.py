"""prassi what-if: compares decisions now and under other figures, days or books."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click
from prassi.core.errors import BadInput

from ..options import DAY, CommonOptions, add_common_options
from ..printing.long_table import LongTable
from ..printing.output import print_json, print_plain_table, print_text
from ..streams import warn

if TYPE_CHECKING:
    from prassi.core.analysis.what_if import Comparison, TrialSummary
    from prassi.core.library.settings import Settings
    from prassi.core.values.working_days import Place


@click.command("what-if")
@click.option(
    "--set",
    "figures",
    multiple=True,
    metavar="BOOK.NAME=VALUE",
    help="Try another value of a parameter.",
)
@click.option(
    "--closure", "closures", type=DAY, multiple=True, help="Try a day as one without work."
)
@click.option(
    "--book",
    "folders",
    multiple=True,
    metavar="DIR",
    help="Try the version of a book that is in DIR.",
)
@click.option("--until", type=DAY, help="Compare every night until this day, not only today's.")
@click.option("--list", "listed", is_flag=True, help="Print each ticket that differs.")
@add_common_options
def command(
    common: CommonOptions,
    figures: tuple[str, ...],
    closures: tuple[str, ...],
    folders: tuple[str, ...],
    until: str | None,
    listed: bool,
) -> None:
    """Compare what open tickets get now and under other figures, days or books.

    It decides them both ways and prints what differs. Nothing is written.
    """
    from prassi.core.analysis.what_if import TrialSummary  # late: 80 ms
    from prassi.core.library.settings import name_company

    present = name_company(common.load_settings())
    trial = _build_trial(present, figures, closures, folders)
    summary, left_out = TrialSummary(), dict[str, str]()
    compared = _compare(common, present, trial, until, left_out)
    differing = (one for one in compared if summary.count(one))
    if listed and common.json:
        for one in differing:
            print_json(_comparison_as_json(one))
    else:
        with LongTable() as table:
            for one in differing:
                if listed:
                    row = _comparison_as_json(one)
                    table.add([_format_cell(cell) for cell in row.values()], [*row])
            if common.json:
                print_json(_summary_as_json(summary))
            else:
                _print_summary(summary, common.at[:10], until)
                table.print()
    for name, fault in left_out.items():
        warn(f"book {name} is left out: {fault}", label="Error: ")
    if left_out:
        raise click.exceptions.Exit(1)


def _compare(
    common: CommonOptions,
    present: Settings,
    trial: Settings,
    until: str | None,
    left_out: dict[str, str],
) -> Iterator[Comparison]:
    """Each open ticket as today, or the nights until a day, decide it under both settings;
    `left_out` gets the first fault of each book that can't be read."""
    from prassi.core.analysis import what_if  # late: 73 ms

    dry = common._replace(dry_run=True)
    offices = dry.open_office(present), dry.open_office(trial)
    if until is not None and until < common.at[:10]:
        raise BadInput(f"--until is {until}, which is before {common.at[:10]}: give a later day.")
    names, faulty = what_if.find_books(*offices)
    left_out |= faulty
    if until is None:
        return what_if.compare_today(*offices, names)
    connection = offices[0].connection
    return what_if.compare_nights(connection, (present, trial), common.at, until, names)


def _close(place: Place, days: Sequence[date]) -> Place:
    """A place that is closed on some more days."""
    working = tuple(day for day in place.working if day not in days)
    return place._replace(closures=tuple(sorted({*place.closures, *days})), working=working)


def _build_trial(
    settings: Settings, figures: Iterable[str], closures: Iterable[str], folders: Iterable[str]
) -> Settings:
    """The settings with what is tried in them."""
    from prassi.core.library.check_parameters import find_parameter_faults, unfit
    from prassi.core.library.library import Shelf  # late: 45 ms
    from prassi.core.values.working_days import ANYWHERE

    books = dict(_find_book(folder) for folder in folders)
    bare = Shelf(settings._replace(trial=books))
    parameters = {book: dict(values) for book, values in settings.parameters.items()}
    for written in figures:
        book, name, value = _read_figure(written)
        wrong = unfit(bare.book(book).parameters.get(name), name, value)
        if wrong is not None:
            raise BadInput(f"--set {written}: {wrong}")
        parameters.setdefault(book, {})[name] = value
    for book in {_read_figure(written)[0]: None for written in figures}:
        for fault in find_parameter_faults(bare.files(book)._replace(overrides=parameters[book])):
            raise BadInput(f"--set {book}.{fault.name}: {fault.sentence}")
    days = tuple(date.fromisoformat(day) for day in closures)
    countries = {book.calendar for book in bare.sound()} if days else set()
    places = {
        country: _close(settings.places.get(country, ANYWHERE), days)
        for country in {*countries, *settings.places}
    }
    trial = settings._replace(parameters=parameters, places=places, trial=books)
    shelf = Shelf(trial)
    for name in books:
        shelf.book(name)  # Faults of what is tried out are told before anything is compared.
    if not (books or days or list(figures)):
        raise BadInput("there is nothing to compare: give --set, --closure or --book.")
    return trial


def _find_book(folder: str) -> tuple[str, str]:
    path = os.path.abspath(folder)
    if not os.path.isfile(os.path.join(path, "book.toml")):
        raise BadInput(f"--book {folder} has no book.toml: give the folder of a book.")
    return os.path.basename(path), path


def _read_figure(written: str) -> tuple[str, str, Any]:
    """A parameter as it is typed: `collections.preblock_days=20`; its value as TOML has it."""
    import tomllib  # late: 2 ms

    place, equals, value = written.partition("=")
    book, dot, name = place.strip().partition(".")
    if not (equals and dot and book and name):
        raise BadInput(
            f"--set {written} is not BOOK.NAME=VALUE: write for example collections.preblock_days=20."
        )
    try:
        return book, name, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return book, name, value.strip()


def _print_summary(summary: TrialSummary, today: str, until: str | None) -> None:
    when = f"on {today}" if until is None else f"from {today} to {until}"
    print_text(f"{summary.another_way} of {summary.tickets} open tickets go another way {when}.")
    if summary.other_days:
        print_text(f"Of these by the same rules on other days: {summary.other_days}.")
    if summary.rules:
        rows = [[rule, str(now), str(then)] for rule, (now, then) in sorted(summary.rules.items())]
        print_plain_table(rows, ["rule", "now", "then"])
    for template, count in sorted(summary.messages.items()):
        if count:
            print_text(f"Messages {template}: {abs(count)} {'more' if count > 0 else 'fewer'}.")
    print_text(f"Next dates that move, by the same rule: {summary.moved}.")


def _summary_as_json(summary: TrialSummary) -> dict[str, Any]:
    return {
        "tickets": summary.tickets,
        "another_way": summary.another_way,
        "other_days": summary.other_days,
        "moved": summary.moved,
        "rules": {
            rule: {"now": now, "then": then} for rule, (now, then) in sorted(summary.rules.items())
        },
        "messages": {template: n for template, n in sorted(summary.messages.items()) if n},
    }


def _comparison_as_json(one: Comparison) -> dict[str, Any]:
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


def _format_cell(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else value or ""
