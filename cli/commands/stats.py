"""prassi stats: figures about the desk, each with what it counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import mark, say

from ..options import CommonOptions, add_common_options
from ..printing.columns import Cell, measure_screen, wrap_text
from ..printing.output import print_heading, print_text
from ..printing.rows import (
    Row,
    RowOptions,
    RowView,
    add_row_options,
    choose_columns,
    print_rows,
    print_wrapped,
    show_cell,
    tell_nothing,
)
from ..streams import warn
from ..words import say_heads, say_term

if TYPE_CHECKING:
    from prassi.core.desk.stats import Entry, Figures

_TITLES = {
    "ageing": mark("ageing"),
    "promises": mark("promises"),
    "calls": mark("calls"),
    "sla": mark("sla"),
    "funnel": mark("funnel"),
}
_FIGURES = tuple(_TITLES)


def _list_names() -> Sequence[str]:
    """The columns of figures, and of what was counted."""
    from prassi.core.desk.stats import EntryJson, TotalJson  # late: 60 ms

    return [*dict.fromkeys((*TotalJson.__annotations__, *EntryJson.__annotations__))]


@click.command("stats")
@click.argument("figure", type=click.Choice(_FIGURES))
@click.option("--from", "first", metavar="D", help="The first day.  [default: a year before D]")
@click.option("--to", "last", metavar="D", help="The last day.  [default: today]")
@click.option(
    "--by", type=click.Choice(("who", "month", "book")), help="Also by person, or by month."
)
@click.option("--list", "listed", is_flag=True, help="Print what was counted, a ticket a line.")
@add_row_options(_list_names)
@add_common_options
def command(
    common: CommonOptions,
    figure: str,
    first: str | None,
    last: str | None,
    by: str | None,
    listed: bool,
    row_options: RowOptions,
) -> None:
    """Print figures about the desk, each with what it counts; [stats] of a book says of which fields.

    ageing: what is owed, by age. promises: kept and broken. calls: by how they went. sla: terms met and
    missed. funnel: how tickets came from status to status. Ageing is of today; the others count the
    last twelve months, unless --from and --to say otherwise.
    """
    between = _read_period(common.at[:10], figure, first, last)
    figures, all_sound = _open_figures(common, between)
    if listed:
        _print_entries(common, row_options, figures.read(figure))
    else:
        _print_totals(common, row_options, figures.read(figure), figure, between, by)
    if not all_sound:
        raise click.exceptions.Exit(1)


def _print_entries(common: CommonOptions, options: RowOptions, entries: Iterator[Entry]) -> None:
    """Print what was counted."""
    from prassi.core.desk.stats import EntryJson

    rows = ({**one.row._asdict(), "class": one.kind, "workdays": one.workdays} for one in entries)
    _print(common, options, [*EntryJson.__annotations__], map(_show_amount, rows))


def _print_totals(
    common: CommonOptions,
    options: RowOptions,
    entries: Iterator[Entry],
    figure: str,
    between: tuple[str, str],
    by: str | None,
) -> None:
    """Print a figure, for people with what it counts."""
    from prassi.core.desk.stats import DEFINITIONS, TotalJson, add_up

    totals = [vars(one) for one in add_up(figure, entries, None if by == "book" else by)]
    names, rows = [*TotalJson.__annotations__], [{**one, "class": one["kind"]} for one in totals]
    choose_columns(options.columns, names)  # a wrong one is told before anything is printed
    if not (common.json or common.csv or common.quiet):
        first, last = between
        print_heading(
            say("{figure}, {day}").format(figure=say(_TITLES[figure]), day=common.at[:10])
            if figure == "ageing"
            else say("{figure}, {first} to {last}").format(
                figure=say(_TITLES[figure]), first=first, last=last
            )
        )
        for line in wrap_text(say(DEFINITIONS[figure]), measure_screen()):
            print_text(line)
    _print(common, options, names, rows)


def _read_period(today: str, figure: str, first: str | None, last: str | None) -> tuple[str, str]:
    """The first and last day that count."""
    from datetime import date, timedelta

    from prassi.core.values.due_dates import add_months
    from prassi.core.values.typed_dates import read_typed_date

    if figure == "ageing" and (first or last):
        raise click.UsageError("ageing is of today: --from and --to can't be used with it.")
    days = {"--to": today, "--from": ""}
    for option, given in (("--to", last), ("--from", first)):
        if given is not None:
            try:
                days[option] = read_typed_date(given, today)
            except ValueError as error:
                raise BadInput(f"{option} {error}.") from None
    if not days["--from"]:
        before = add_months(date.fromisoformat(days["--to"]), -12)
        days["--from"] = (before + timedelta(1)).isoformat()
    if days["--from"] > days["--to"]:
        raise BadInput(f"--from {days['--from']} is after --to {days['--to']}.")
    return days["--from"], days["--to"]


def _open_figures(common: CommonOptions, between: tuple[str, str]) -> tuple[Figures, bool]:
    """The figures of the books that can be read, and whether those are all."""
    from prassi.core.desk.stats import Figures  # late: 60 ms
    from prassi.core.library.library import Shelf
    from prassi.core.ticketfile.ticket_columns import read_books_of_tickets

    connection = common.open_file()
    shelf = Shelf(common.load_settings(), connection)
    books, faulty = shelf.read_sound(read_books_of_tickets(connection))
    for name, fault in faulty.items():
        warn(f"book {name} is left out: {fault}", label=say("Error: "))
    known = {book.name: book for book in books}
    return Figures(connection, known, shelf.calendar, common.at[:10], between), not faulty


def _show_amount(row: dict[str, Any]) -> dict[str, Any]:
    from prassi.core.values.field_types import format_money

    amount = row["amount"]
    return {**row, "amount": None if amount is None else format_money(amount)}


def _print(
    common: CommonOptions, options: RowOptions, names: Sequence[str], rows: Iterable[Row]
) -> None:
    if not print_rows(common, options, names, rows, partial(_print_filled, names)):
        tell_nothing(common, say("Nothing to count."))


def _print_filled(names: Sequence[str], rows: Iterable[Row], with_heads: bool) -> bool:
    """Print the columns that have anything in them."""
    table = [*rows]
    filled = [name for name in names if any(row[name] is not None for row in table)]
    view = RowView(say_heads(filled), lambda row: [_say_cell(name, row[name]) for name in filled])
    return print_wrapped(view)(table, with_heads)


def _say_cell(name: str, value: object) -> Cell:
    cell = show_cell(value)
    return say_term(str(cell)) if name == "class" else cell
