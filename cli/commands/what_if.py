"""prassi what-if: compares decisions now and under other figures, days or books."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import say

from ..options import DAY, FILE_NAME, CommonOptions, add_common_options
from ..printing.long_table import LongTable
from ..printing.output import print_json
from ..printing.trial import print_trial, trial_as_json
from ..streams import warn
from ..words import say_term

if TYPE_CHECKING:
    from prassi.core.analysis.trial_events import TrialEvents
    from prassi.core.analysis.what_if import Comparison, TrialSummary
    from prassi.core.desk.office import Office
    from prassi.core.library.settings import Settings
    from prassi.core.system.fast_json import JsonObject
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
    type=FILE_NAME,
    metavar="DIR",
    help="Try the version of a book that is in DIR.",
)
@click.option("--until", type=DAY, help="Compare every night until this day, not only today's.")
@click.option(
    "--events",
    type=click.IntRange(0),
    metavar="N",
    help="Make the newest N recorded events of people again (default: all of the last 90 days).",
)
@click.option("--list", "listed", is_flag=True, help="Print each ticket that differs.")
@add_common_options
def command(
    common: CommonOptions,
    figures: tuple[str, ...],
    closures: tuple[str, ...],
    folders: tuple[str, ...],
    until: str | None,
    events: int | None,
    listed: bool,
) -> None:
    """Compare what open tickets get now and under other figures, days or books.

    It decides them both ways, and what people did lately, and prints what differs: rules, dates,
    tags, values, messages and their words. Nothing is written.
    """
    from prassi.core.analysis.what_if import TrialSummary as Summary  # late: 80 ms
    from prassi.core.library.settings import name_company

    present = name_company(common.load_settings())
    present, trial = _word_alike(present, _build_trial(present, figures, closures, folders))
    dry = common._replace(dry_run=True)
    offices = dry.open_office(present), dry.open_office(trial)
    names, left_out = _find_books(offices, common.at[:10], until)
    recorded = _open_events(offices, events)
    summary, heads = Summary(), [say_term(head) for head in _HEADS]
    compared = _compare(offices, (present, trial), common.at, until, names)
    with LongTable() as table:
        for row in _list_rows(summary, compared, recorded):
            if listed and common.json:
                print_json(row)
            elif listed:
                table.add([_format_cell(row.get(head)) for head in _HEADS], heads)
        if common.json and not listed:
            print_json(trial_as_json(summary, recorded))
        elif not common.json:
            print_trial(summary, recorded, common.at[:10], until)
            table.print()
    for name, fault in left_out.items():
        warn(f"book {name} is left out: {fault}", label=say("Error: "))
    if left_out:
        raise click.exceptions.Exit(1)


def _list_rows(
    summary: TrialSummary, compared: Iterable[Comparison], recorded: TrialEvents
) -> Iterator[JsonObject]:
    """Each ticket that differs, then each recorded event; both are counted."""
    from prassi.core.analysis.trial_json import comparison_as_json, event_as_json  # late: 73 ms

    for ticket in compared:
        if summary.count(ticket):
            yield comparison_as_json(ticket)
    for event in recorded.compare():
        yield event_as_json(event)


def _find_books(
    offices: tuple[Office, Office], today: str, until: str | None
) -> tuple[list[str], dict[str, str]]:
    """The books of open tickets that can be read under both settings, and the first fault of each
    other one."""
    from prassi.core.analysis import what_if  # late: 73 ms

    if until is not None and until < today:
        raise BadInput(f"--until is {until}, which is before {today}: give a later day.")
    return what_if.find_books(*offices)


def _open_events(offices: tuple[Office, Office], newest: int | None) -> TrialEvents:
    """What people did, to be made again."""
    from prassi.core.analysis.trial_events import TrialEvents, find_readable_books

    return TrialEvents(*offices, newest, find_readable_books(*offices))


def _compare(
    offices: tuple[Office, Office],
    settings: tuple[Settings, Settings],
    at: str,
    until: str | None,
    names: Sequence[str],
) -> Iterator[Comparison]:
    """Each open ticket as today, or the nights until a day, decide it under both settings."""
    from prassi.core.analysis import what_if  # late: 73 ms

    if until is None:
        return what_if.compare_today(*offices, names)
    return what_if.compare_nights(offices[0].connection, settings, at, until, names)


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
    countries = bare.calendars() if days else {}
    places = {
        country: _close(settings.places.get(country, ANYWHERE), days)
        for country in sorted({*countries, *settings.places})
    }
    trial = settings._replace(parameters=parameters, places=places, trial=books)
    shelf = Shelf(trial)
    for name in books:
        shelf.book(name)  # Faults of what is tried out are told before anything is compared.
    if not (books or days or list(figures)):
        raise BadInput("there is nothing to compare: give --set, --closure or --book.")
    return trial


def _word_alike(present: Settings, trial: Settings) -> tuple[Settings, Settings]:
    """Both settings; where a book that is tried has no texts in a language in which the present one
    has them, both are without a language, so that books are compared as book.toml has them."""
    from prassi.core.library.book_texts import find_texts
    from prassi.core.library.library import Shelf  # late: 45 ms

    shelf = Shelf(present)
    if any(
        {*find_texts(now)}.difference(find_texts(then))
        for name, then in (trial.trial or {}).items()
        for now in shelf.find_folders(name)[:1]
    ):
        return present._replace(spoken=None), trial._replace(spoken=None)
    return present, trial


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


_HEADS = (
    "ticket",
    "book",
    "now",
    "then",
    "due_now",
    "due_then",
    "messages_now",
    "messages_then",
    "changes",
    "event_id",
)
"""The columns of what is listed: those of tickets, and the event that is made again."""


def _format_cell(value: Any) -> str:
    if not isinstance(value, list):
        return str(value or "")
    kinds = (
        f"{one['kind']} {one['what']}".strip() if isinstance(one, dict) else one for one in value
    )
    return ", ".join(dict.fromkeys(kinds))
