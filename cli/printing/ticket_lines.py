"""Lines about tickets: in columns for people, as JSON or CSV for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..options import CommonOptions
from .columns import format_table, measure_screen
from .output import print_json, print_text
from .spreadsheet import print_csv

Line = Mapping[str, Any]
_PAGE = 500
"""Lines that are laid out together; the columns of the next ones may be as wide as they need."""

_SHOWN = {
    "ticket": "ticket",
    "customer": "customer",
    "phone": "phone",
    "amount": "open sum",
    "status": "status",
    "next": "next step",
}


def print_lines(
    common: CommonOptions, names: Sequence[str], lines: Iterable[Line], nothing: str
) -> None:
    """Print lines as they come; `nothing` tells people that there are none."""
    if common.json:
        for line in lines:
            print_json(line)
    elif common.csv:
        print_csv(names, ([_show_cell(line[n]) for n in names] for line in lines), common.raw)
    elif not _print_table([*_SHOWN.values()], map(_shorten_line, lines)) and not common.quiet:
        print_text(nothing)


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


def _print_table(heads: Sequence[str], rows: Iterator[list[str]]) -> bool:
    """Print rows in columns, a page at a time; whether there were any."""
    page, any_rows = list[list[str]](), False
    for row in rows:
        any_rows = True
        page.append(row)
        if len(page) == _PAGE:
            _print_page(heads, page)
            page = []
    if page:
        _print_page(heads, page)
    return any_rows


def _print_page(heads: Sequence[str], page: Sequence[Sequence[str]]) -> None:
    for line in format_table(page, heads, measure_screen()):
        print_text(line)
