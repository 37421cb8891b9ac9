"""Lines about tickets: in columns for people, as JSON or CSV for programs, or as a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, NamedTuple

import click
from prassi.core.system.language import mark, say

from ..options import CommonOptions
from .columns import Cell
from .rows import (
    Row,
    RowOptions,
    RowView,
    add_header_option,
    make_columns_option,
    print_rows,
    print_wrapped,
    show_cell,
)
from .workbook import check_workbook, write_workbook


class LineOptions(NamedTuple):
    """How lines are printed: in which columns, with heads or without, or into which spreadsheet."""

    columns: str | None
    no_header: bool
    xlsx: str | None
    force: bool


_LINE_OPTIONS = (
    make_columns_option("C,..."),
    add_header_option,
    click.option("--xlsx", metavar="FILE", help="Write a spreadsheet (needs prassi[sheets])."),
    click.option("--force", is_flag=True, help="Replace that file where it exists."),
)

_SHOWN = {
    "ticket": mark("ticket"),
    "customer": mark("customer"),
    "phone": mark("phone"),
    "amount": mark("open sum"),
    "status": mark("status"),
    "next": mark("next step"),
}


def add_line_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command --columns, --no-header and --xlsx; it gets them as one `LineOptions`."""

    @wraps(command)
    def with_options(*given: Any, **options: Any) -> None:
        own = LineOptions(**{name: options.pop(name) for name in LineOptions._fields})
        if own.xlsx is not None:
            check_workbook(own.xlsx, own.force)
        command(*given, line_options=own, **options)

    made = with_options
    for option in reversed(_LINE_OPTIONS):
        made = option(made)
    return made


def print_lines(
    common: CommonOptions, options: LineOptions, names: Sequence[str], lines: Iterable[Row]
) -> bool:
    """Print lines as they come; whether there were any."""
    if options.xlsx is not None:
        cells = ([show_cell(line[name]) for name in names] for line in lines)
        write_workbook(options.xlsx, "Tickets", names, cells)
        return True
    shown = RowView([say(head) for head in _SHOWN.values()], _shorten_line)
    row_options = RowOptions(options.columns, options.no_header)
    return print_rows(common, row_options, names, lines, print_wrapped(shown))


def _shorten_line(line: Row) -> list[Cell]:
    """What people read of a line."""
    step = (
        say("{action} by {due}").format(action=line["action"], due=line["due"])
        if line["action"]
        else ""
    )
    who = line["person"] or line["who"]
    cells = {
        **line,
        "customer": line["name"] or line["customer"],
        "ticket": line["ticket"] or f"({line['customer']})",
        "next": f"{step}, {who}" if step and who else step,
    }
    return [show_cell(cells[name]) for name in _SHOWN]
