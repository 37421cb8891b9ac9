"""Lines about tickets: in columns for people, as JSON or CSV for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from itertools import islice
from typing import Any, NamedTuple

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import mark, say

from ..options import CommonOptions
from .columns import format_table, measure_screen
from .output import print_json, print_text
from .spreadsheet import print_csv
from .workbook import check_workbook, write_workbook

Line = Mapping[str, Any]
_PAGE = 500
"""Lines that are laid out together; the columns of the next ones may be as wide as they need."""


class LineOptions(NamedTuple):
    """How lines are printed: in which columns, with heads or without, or into which spreadsheet."""

    columns: str | None
    no_header: bool
    xlsx: str | None
    force: bool


_LINE_OPTIONS = (
    click.option("--columns", metavar="C,...", help="These columns, by the keys of --json."),
    click.option("--no-header", is_flag=True, help="Print no heads above columns and CSV."),
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


def split_names(option: str, given: str | None) -> tuple[str, ...]:
    """The names of an option, separated by commas; none where it was not given."""
    names = tuple(name.strip() for name in given.split(",")) if given is not None else ()
    if "" in names:
        raise BadInput(f"{option} {given!r} has an empty name: write names separated by commas.")
    return names


def print_lines(
    common: CommonOptions, options: LineOptions, names: Sequence[str], lines: Iterable[Line]
) -> bool:
    """Print lines as they come; whether there were any."""
    if options.xlsx is not None:
        cells = ([_show_cell(line[n]) for n in names] for line in lines)
        write_workbook(options.xlsx, "Tickets", names, cells)
        return True
    if common.json:
        any_lines = False
        for line in lines:
            any_lines = True
            print_json({name: line[name] for name in names})
        return any_lines
    if common.csv:
        cells = ([_show_cell(line[n]) for n in names] for line in lines)
        return print_csv(names, cells, common.raw, head=not options.no_header)
    if options.columns is None:
        heads = [say(head) for head in _SHOWN.values()]
        return _print_table(heads, map(_shorten_line, lines), not options.no_header)
    rows = ([_show_cell(line[n]) for n in names] for line in lines)
    return _print_table(names, rows, not options.no_header)


def tell_nothing(common: CommonOptions, sentence: str) -> None:
    """Tell people that there are no lines; programs see it."""
    if not (common.json or common.csv or common.quiet):
        print_text(sentence)


def _shorten_line(line: Line) -> list[str]:
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
    return [_show_cell(cells[name]) for name in _SHOWN]


def _show_cell(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _print_table(heads: Sequence[str], rows: Iterator[list[str]], with_heads: bool) -> bool:
    """Print rows in columns, a page at a time; whether there were any."""
    any_rows = False
    while page := list(islice(rows, _PAGE)):
        any_rows = True
        for line in format_table(page, heads, measure_screen(), with_heads):
            print_text(line)
    return any_rows
