"""prassi calendar: prints the working days, holidays and closures of a year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import ENGLISH, find_spoken, say, say_count

from ..options import CommonOptions, add_common_options
from ..printing.columns import Cell, measure_width
from ..printing.day_names import name_month, name_weekday
from ..printing.output import print_heading, print_text
from ..printing.rows import (
    Row,
    RowOptions,
    RowView,
    add_row_options,
    print_rows,
    print_wrapped,
    show_cell,
)
from ..spoken_errors import translate_error
from ..streams import warn
from ..words import say_heads, say_term

if TYPE_CHECKING:
    from prassi.core.desk.holiday_news import CalendarChange, ChangedDay
    from prassi.core.library.library import Shelf
    from prassi.core.values.working_days import Calendar, Day

_DAYS = ("calendar", "date", "weekday", "kind", "name", "estimated")
_DIFF = (
    "calendar",
    "date",
    "weekday",
    "change",
    "kind",
    "name",
    "estimated",
    "release",
    "older",
    "kept_on",
)
_CALENDARS = ("calendar", "region", "time_zone", "year", "working_days", "books")


@click.command("calendar")
@click.argument("country", required=False)
@click.argument("year", required=False)
@click.option(
    "--diff", is_flag=True, help="Only the days on which an older release of holidays differs."
)
@add_row_options(lambda: [*dict.fromkeys((*_CALENDARS, *_DIFF))])
@add_common_options
def command(
    common: CommonOptions,
    country: str | None,
    year: str | None,
    diff: bool,
    row_options: RowOptions,
) -> None:
    """Print the holidays, closures and working days of a year, as the settings have them.

    COUNTRY is a code such as IT, or IT-BZ for a region; without it, the calendars that books count
    by are listed. YEAR is this year unless it is given. A day that follows the moon is marked as
    estimated: the settings can correct it, with closures and working in [calendars.COUNTRY].

    Each night keeps the holidays of its year and the next in the ticket file. --diff compares those
    of the release that was installed before with those of the present one.
    """
    from prassi.core.library.library import Shelf  # late: 42 ms

    if country is not None and country.isdecimal() and year is None:
        country, year = None, country
    shelf = Shelf(common.load_settings())
    of_year = _read_year(year or common.at[:4])
    if diff:
        countries = sorted(shelf.calendars()) if country is None else [country.upper()]
        _print_diff(common, row_options, [shelf.calendar(one) for one in countries], of_year)
    elif country is None:
        _print_calendars(common, row_options, shelf, of_year)
    else:
        _print_year(common, row_options, shelf.calendar(country.upper()), of_year)


def _read_year(written: str) -> int:
    if not (written.isdecimal() and len(written) == len("2026")):
        raise BadInput(f"YEAR is {written!r}: it must be a year such as 2026.")
    return int(written)


def _print_calendars(common: CommonOptions, options: RowOptions, shelf: Shelf, year: int) -> None:
    """Print a line for each calendar that a book counts by."""
    view = RowView(say_heads(_CALENDARS), _make_calendar_cells)
    print_rows(common, options, _CALENDARS, _count_calendars(shelf, year), print_wrapped(view))


def _make_calendar_cells(row: Row) -> list[Cell]:
    return [str(show_cell(row[name])) for name in _CALENDARS]


def _count_calendars(shelf: Shelf, year: int) -> Iterator[Row]:
    for country, books in sorted(shelf.calendars().items()):
        calendar = shelf.calendar(country)
        yield {
            "calendar": country,
            "region": calendar.country.partition("-")[2] or None,
            "time_zone": calendar.zone or None,
            "year": year,
            "working_days": sum(calendar.count(year)),
            "books": books,
        }


def _print_year(common: CommonOptions, options: RowOptions, calendar: Calendar, year: int) -> None:
    """Print the days of a year on which a place does not work, and its working days by month."""
    days = calendar.list_special_days(year)
    if not any(day.kind == "holiday" for day in days):
        told = say(
            "No holidays of {country} are known for {year}: only weekends and the settings' days count."
        )
        warn(told.format(country=calendar.country, year=year))
    rows = ({"calendar": calendar.country, **_describe_day(one)} for one in days)
    print_rows(common, options, _DAYS, rows, partial(_print_days, calendar, year))


def _describe_day(one: Day) -> dict[str, object]:
    return {
        "date": one.day.isoformat(),
        "weekday": f"{one.day:%a}",
        "kind": one.kind,
        "name": one.name,
        "estimated": one.estimated,
    }


def _print_days(calendar: Calendar, year: int, rows: Iterable[Row], with_heads: bool) -> bool:
    """Print the days of a year for people, and how many working days its months have."""
    zone, months = f" ({calendar.zone})" if calendar.zone else "", calendar.count(year)
    count = sum(months)
    told = say_count(
        "{country} {year}: {count} working day{zone}",
        "{country} {year}: {count} working days{zone}",
        count,
    )
    print_heading(told.format(country=calendar.country, year=year, count=count, zone=zone))
    heads, names = say_heads(("date", "day", "kind", "name")), _name_holidays(calendar, year)
    print_wrapped(RowView(heads, partial(_make_cells, names)))(rows, with_heads)
    print_text()
    counts = [f"{name_month(month)} {count}" for month, count in enumerate(months, 1)]
    lead = f"{say_term('working days')}: "
    print_text(f"{lead}{', '.join(counts[:6])},")
    print_text(f"{'':{measure_width(lead)}}{', '.join(counts[6:])}")
    return True


def _name_holidays(calendar: Calendar, year: int) -> Mapping[date, str]:
    """The names of holidays in the language that is spoken; English ones stand in the rows."""
    language = find_spoken()
    return {} if language == ENGLISH else calendar.name_holidays(year, language)


def _make_cells(names: Mapping[date, str], row: Row) -> list[Cell]:
    day, kind = date.fromisoformat(row["date"]), say_term(row["kind"])
    if row["estimated"]:
        kind = say("{kind} (estimated)").format(kind=kind)
    told = translate_error(row["name"]).replace(f"{day:%A}", name_weekday(day))
    return [row["date"], name_weekday(day), kind, names.get(day) or told]


def _print_diff(
    common: CommonOptions, options: RowOptions, calendars: list[Calendar], year: int
) -> None:
    """Print the days of a year that an older release of `holidays` did not give, or gave otherwise."""
    from prassi.core.desk.holiday_news import compare_country_days  # late: 3 ms

    connection = common.open_file()
    changes: dict[str, CalendarChange] = {}
    for calendar in calendars:
        found = compare_country_days(connection, calendar, year)
        if found is None:
            told = say(
                "{country}: no night kept days from an older release of holidays: nothing to compare"
                " {year} with."
            )
            warn(told.format(country=calendar.country, year=year))
        else:
            changes[calendar.country] = found
    names = {one.country: _name_holidays(one, year) for one in calendars}
    rows = [
        _describe_change(country, found, one)
        for country, found in changes.items()
        for one in found.days
    ]
    print_rows(common, options, _DIFF, rows, partial(_print_changes, changes, names, year))


def _describe_change(country: str, found: CalendarChange, one: ChangedDay) -> Row:
    return {
        "calendar": country,
        "change": one.change,
        **_describe_day(one.day),
        "release": found.newer,
        "older": found.older,
        "kept_on": found.kept_on,
    }


def _print_changes(
    changes: Mapping[str, CalendarChange],
    names: Mapping[str, Mapping[date, str]],
    year: int,
    rows: Iterable[Row],
    with_heads: bool,
) -> bool:
    """Print the changes of each country's year as a table."""
    every_row = [*rows]
    heads = say_heads(("date", "day", "change", "kind", "name"))
    view = RowView(heads, lambda row: _add_change(row, _make_cells(names[row["calendar"]], row)))
    for country, found in changes.items():
        count = len(found.days)
        told = say_count(
            "{what}: {count} day differs between holidays {newer} and {older}, kept on {kept_on}",
            "{what}: {count} days differ between holidays {newer} and {older}, kept on {kept_on}",
            count,
        )
        releases = {"newer": found.newer, "older": found.older, "kept_on": found.kept_on}
        print_heading(told.format(what=f"{country} {year}", count=count, **releases))
        of_country = [row for row in every_row if row["calendar"] == country]
        print_wrapped(view)(of_country, with_heads)
    return bool(changes)


def _add_change(row: Row, cells: list[Cell]) -> list[Cell]:
    return [*cells[:2], say_term(row["change"]), *cells[2:]]
