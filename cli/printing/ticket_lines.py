"""Lines about tickets: in columns for people, as JSON or CSV for programs, or as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prassi.core.system.language import mark, say

from ..options import CommonOptions
from .columns import Cell
from .rows import Row, RowOptions, RowView, print_rows, print_wrapped, show_cell

_SHOWN = {
    "ticket": mark("ticket"),
    "customer": mark("customer"),
    "phone": mark("phone"),
    "amount": mark("open sum"),
    "status": mark("status"),
    "next": mark("next step"),
}


def print_lines(
    common: CommonOptions, options: RowOptions, names: Sequence[str], lines: Iterable[Row]
) -> bool:
    """Print lines as they come; whether there were any."""
    shown = RowView([say(head) for head in _SHOWN.values()], _shorten_line)
    return print_rows(common, options, names, lines, print_wrapped(shown))


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
