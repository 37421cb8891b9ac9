"""Lines about tickets: in columns for people, as JSON or CSV for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import click
from prassi.core.errors import BadInput

from ..options import CommonOptions
from .columns import format_table, measure_screen
from .output import print_json, print_text
from .spreadsheet import print_csv

Line = Mapping[str, Any]
_PAGE = 500
"""Lines that are laid out together; the columns of the next ones may be as wide as they need."""


class Layout(NamedTuple):
    """How lines are laid out: with heads, and in the columns asked for or those that people read."""

    with_heads: bool = True
    as_asked: bool = False


FOR_PEOPLE = Layout()

_SHOWN = {
    "ticket": "ticket",
    "customer": "customer",
    "phone": "phone",
    "amount": "open sum",
    "status": "status",
    "next": "next step",
}


def add_line_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command --columns and --no-header."""
    columns = click.option(
        "--columns", metavar="C,...", help="These columns, by the keys they have with --json."
    )
    plain = click.option("--no-header", is_flag=True, help="Print no heads above columns and CSV.")
    return columns(plain(command))


def split_names(option: str, given: str | None) -> tuple[str, ...]:
    """The names of an option, separated by commas; none where it was not given."""
    names = tuple(name.strip() for name in given.split(",")) if given is not None else ()
    if "" in names:
        raise BadInput(f"{option} {given!r} has an empty name: write names separated by commas.")
    return names


def print_lines(
    common: CommonOptions,
    names: Sequence[str],
    lines: Iterable[Line],
    layout: Layout = FOR_PEOPLE,
) -> bool:
    """Print lines as they come; whether there were any."""
    if common.json:
        any_lines = False
        for line in lines:
            any_lines = True
            print_json({name: line[name] for name in names})
        return any_lines
    if common.csv:
        cells = ([_show_cell(line[n]) for n in names] for line in lines)
        return print_csv(names, cells, common.raw, head=layout.with_heads)
    rows = (
        (list(map(_show_cell, map(line.get, names))) for line in lines)
        if layout.as_asked
        else map(_shorten_line, lines)
    )
    heads = [*names] if layout.as_asked else [*_SHOWN.values()]
    return _print_table(heads, rows, layout.with_heads)


def tell_nothing(common: CommonOptions, sentence: str) -> None:
    """Tell people that there are no lines; programs see it."""
    if not (common.json or common.csv or common.quiet):
        print_text(sentence)


def _shorten_line(line: Line) -> list[str]:
    """What people read of a line."""
    step = f"{line['action']} by {line['due']}" if line["action"] else ""
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
