"""What people have to do as a page of HTML, for `todo --html`."""

from __future__ import annotations

from collections.abc import Iterator

from ..printing.todo import Row, group_rows
from .pages import render_sheet


def format_page(at: str, rows: Iterator[Row]) -> str:
    """A page that stands alone, with the duties of each who has to act."""
    return render_sheet("todo.html", day=at[:10], groups=group_rows(rows))
