"""prassi calendar: prints the working days, holidays and closures of a year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import say, say_count

from ..options import CommonOptions, add_common_options
from ..printing.columns import format_table, measure_screen, measure_width
from ..printing.day_names import name_month, name_weekday
from ..printing.output import print_heading, print_json, print_text
from ..printing.spreadsheet import add_csv_options, print_csv
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
@add_csv_options
@add_common_options
def command(common: CommonOptions, country: str | None, year: str | None, diff: bool) -> None:
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
        _print_diff(common, [shelf.calendar(one) for one in countries], of_year)
    elif country is None:
        _print_calendars(common, shelf, of_year)
    else:
        _print_year(common, shelf.calendar(country.upper()), of_year)


def _read_year(written: str) -> int:
    if not (written.isdecimal() and len(written) == len("2026")):
        raise BadInput(f"YEAR is {written!r}: it must be a year such as 2026.")
    return int(written)


def _print_calendars(common: CommonOptions, shelf: Shelf, year: int) -> None:
    """Print a line for each calendar that a book counts by."""
    rows = []
    for country, books in sorted(shelf.calendars().items()):
        calendar = shelf.calendar(country)
        region = calendar.country.partition("-")[2]
        days = sum(calendar.count(year))
        rows.append((country, region, calendar.zone or "", year, days, ", ".join(books)))
    if common.csv:
        print_csv(_CALENDARS, rows, common.raw)
    elif common.json:
        for row in rows:
            record = dict(zip(_CALENDARS, row, strict=True))
            record["books"] = str(record["books"]).split(", ")
            print_json({name: value if value != "" else None for name, value in record.items()})
    else:
        shown = [(*row[:3], str(row[3]), *row[4:]) for row in rows]
        print_text("\n".join(format_table(shown, say_heads(_CALENDARS), measure_screen())))


def _print_year(common: CommonOptions, calendar: Calendar, year: int) -> None:
    """Print the days of a year on which a place does not work, and its working days by month."""
    months, days = calendar.count(year), calendar.list_special_days(year)
    if not any(day.kind == "holiday" for day in days):
        told = say(
            "No holidays of {country} are known for {year}: only weekends and the settings' days count."
        )
        warn(told.format(country=calendar.country, year=year))
    rows = [
        (calendar.country, one.day.isoformat(), f"{one.day:%a}", one.kind, one.name, one.estimated)
        for one in days
    ]
    if common.csv:
        shown = [(*row[:-1], "yes" if row[-1] else "") for row in rows]
        print_csv(_DAYS, shown, common.raw)
    elif common.json:
        for row in rows:
            print_json(dict(zip(_DAYS, row, strict=True)))
    else:
        zone = f" ({calendar.zone})" if calendar.zone else ""
        count = sum(months)
        told = say_count(
            "{country} {year}: {count} working day{zone}",
            "{country} {year}: {count} working days{zone}",
            count,
        )
        print_heading(told.format(country=calendar.country, year=year, count=count, zone=zone))
        print_text("\n".join(_format_days(days, months)))


def _print_diff(common: CommonOptions, calendars: list[Calendar], year: int) -> None:
    """Print the days of a year that an older release of `holidays` did not give, or gave otherwise."""
    from prassi.core.desk.holiday_news import compare_country_days  # late: 3 ms

    connection, rows = common.open_file(), []
    for calendar in calendars:
        found = compare_country_days(connection, calendar, year)
        if found is None:
            told = say(
                "{country}: no night kept days from an older release of holidays: nothing to compare"
                " {year} with."
            )
            warn(told.format(country=calendar.country, year=year))
        elif common.csv or common.json:
            rows += [_row_of_change(calendar.country, found, one) for one in found.days]
        else:
            _print_changes(f"{calendar.country} {year}", found)
    if common.csv:
        shown = [(*row[:6], "yes" if row[6] else "", *row[7:]) for row in rows]
        print_csv(_DIFF, shown, common.raw)
    elif common.json:
        for row in rows:
            print_json(dict(zip(_DIFF, row, strict=True)))


def _row_of_change(
    country: str, found: CalendarChange, one: ChangedDay
) -> tuple[str, str, str, str, str, str, bool, str, str, str]:
    day, releases = one.day, (found.newer, found.older)
    when = (day.day.isoformat(), f"{day.day:%a}")
    what = (one.change, day.kind, day.name, day.estimated)
    return country, *when, *what, *releases, found.kept_on


def _print_changes(what: str, found: CalendarChange) -> None:
    """Print the changes of a country's year as a table."""
    count = len(found.days)
    told = say_count(
        "{what}: {count} day differs between holidays {newer} and {older}, kept on {kept_on}",
        "{what}: {count} days differ between holidays {newer} and {older}, kept on {kept_on}",
        count,
    )
    releases = {"newer": found.newer, "older": found.older, "kept_on": found.kept_on}
    print_heading(told.format(what=what, count=count, **releases))
    shown = [
        (one.day.isoformat(), name_weekday(one.day), say_term(change), _describe(one), one.name)
        for change, one in found.days
    ]
    if shown:
        heads = say_heads(("date", "day", "change", "kind", "name"))
        print_text("\n".join(format_table(shown, heads, measure_screen())))


def _describe(one: Day) -> str:
    kind = say_term(one.kind)
    return say("{kind} (estimated)").format(kind=kind) if one.estimated else kind


def _format_days(days: Sequence[Day], months: list[int]) -> Iterator[str]:
    shown = [(one.day.isoformat(), name_weekday(one.day), _describe(one), one.name) for one in days]
    yield from format_table(shown, say_heads(("date", "day", "kind", "name")), measure_screen())
    yield ""
    counts = [f"{name_month(month)} {count}" for month, count in enumerate(months, 1)]
    lead = f"{say_term('working days')}: "
    yield f"{lead}{', '.join(counts[:6])},"
    yield f"{'':{measure_width(lead)}}{', '.join(counts[6:])}"
