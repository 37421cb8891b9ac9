"""Columns on a screen: cells measured as a terminal shows them, wrapped, padded and cut.

Wide letters take two columns and marks none. A cell with letters that run from right to left stands
between two U+200E, so that it can't change the order of what stands beside it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import zip_longest

from prassi.core.system.language import find_direction

from ..streams import make_safe

Cell = str | int
"""What stands in a column; numbers are aligned to the right."""

GAP = 2
"""Blanks between columns."""
_WIDTH = 120
"""Columns of a printout that goes to a file."""
_LEAST = 6
"""Columns that any cell gets; a word that is longer is broken."""
_FIRST_MARK = "\u0300"
_FIRST_SIMPLE, _LAST_SIMPLE = "\u0370", "\u0483"
"""Latin letters come before the first accent that stands on another letter; Greek and Russian ones
are as wide as they too."""
_MARK, _RIGHT = "\u200e", "\u200f"


def measure_screen() -> int:
    """How many columns the printout has: as COLUMNS says, else the terminal, else 120."""
    with suppress(ValueError):
        if (wanted := int(os.environ.get("COLUMNS", ""))) > 0:
            return wanted
    wide = 0
    with suppress(OSError, ValueError):
        wide = os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else 0
    return wide or _WIDTH


def measure_width(text: str) -> int:
    """How many columns a text without line breaks takes."""
    if text.isascii() or all(
        one < _FIRST_MARK or _FIRST_SIMPLE <= one < _LAST_SIMPLE for one in text
    ):
        return len(text)
    from wcwidth import width  # late: 15 ms

    return width(text)


def flatten_text(text: str) -> str:
    """A text in one line, with nothing in it that could steer a terminal."""
    return make_safe(" ".join(text.split()))


def wrap_text(text: str, room: int) -> list[str]:
    """A text in lines of at most `room` columns, broken at blanks where that is possible."""
    text = flatten_text(text)
    if measure_width(text) <= room:
        return [_isolate_direction(text)]
    lines = _break_lines(text, room, False)
    return [_isolate_direction(one) for line in lines for one in _break_lines(line, room, True)]


def _break_lines(text: str, room: int, breaking: bool) -> list[str]:
    """Lines broken at blanks; with `breaking` also inside words that are too long for a line, at
    their hyphens first."""
    if text.isascii():
        from textwrap import TextWrapper  # late: 0.7 ms, and most cells fit

        return TextWrapper(room, break_on_hyphens=breaking, break_long_words=breaking).wrap(text)
    from wcwidth import wrap  # late: 15 ms

    return wrap(text, room, break_on_hyphens=breaking, break_long_words=breaking)


def cut_text(text: str, room: int) -> str:
    """A text in one line of at most `room` columns, which ends in … where it is cut."""
    text = flatten_text(text)
    if measure_width(text) > room:
        text = text[: room - 1]
        while measure_width(text) >= room:
            text = text[:-1]
        text += "…"
    return _isolate_direction(text)


def pad_text(text: str, room: int, right: bool = False) -> str:
    """A line of a cell with blanks up to the end of its column, or before it with `right`."""
    blanks = " " * (room - measure_width(text))
    return blanks + text if right else text + blanks


def share_widths(wanted: Sequence[int], room: int) -> list[int]:
    """Widths of columns that fit beside each other: narrow ones keep theirs, wide ones share the rest."""
    left, widths = room - GAP * (len(wanted) - 1), dict[int, int]()
    for column in sorted(range(len(wanted)), key=lambda column: wanted[column]):
        fair = left // (len(wanted) - len(widths))
        widths[column] = min(wanted[column], max(fair, _LEAST))
        left -= widths[column]
    return [widths[column] for column in range(len(wanted))]


def join_columns(
    cells: Sequence[Sequence[str]], widths: Sequence[int], right: Sequence[bool] = ()
) -> Iterator[str]:
    """The lines of cells side by side; a cell is a list of lines."""
    sides = right or [False] * len(widths)
    for lines in zip_longest(*cells, fillvalue=""):
        padded = (pad_text(*line) for line in zip(lines, widths, sides, strict=True))
        yield (" " * GAP).join(padded).rstrip()


def format_table(
    rows: Sequence[Sequence[Cell]], heads: Sequence[str], room: int, with_heads: bool = True
) -> Iterator[str]:
    """The lines of rows under their heads, wrapped so that none is wider than `room`.

    For what has free text; names, dates and figures go through `output.print_plain_table`.
    """
    texts = [[flatten_text(str(cell)) for cell in row] for row in rows]
    shown = [heads, *texts] if with_heads else texts
    wanted = [max(map(measure_width, column)) for column in zip(*shown, strict=True)]
    right = [any(isinstance(row[place], int) for row in rows) for place in range(len(heads))]
    widths = share_widths(wanted, room)
    for row in shown:
        cells = [wrap_text(cell, width) for cell, width in zip(row, widths, strict=True)]
        yield from join_columns(cells, widths, right)


def _isolate_direction(text: str) -> str:
    if text.isascii():
        return text
    from unicodedata import bidirectional  # late: 0.2 ms

    if not any(bidirectional(one) in ("R", "AL", "AN") for one in text):
        return text
    if find_direction() == "rtl" and _starts_right(text):
        text = f"{_RIGHT}{text}{_RIGHT}"  # so that its full stop stays at its end
    return f"{_MARK}{text}{_MARK}"


def _starts_right(text: str) -> bool:
    """Whether the first letter of a text runs from right to left."""
    from unicodedata import bidirectional  # late: 0.2 ms

    strong = (bidirectional(one) for one in text)
    return next((one for one in strong if one in ("L", "R", "AL")), "L") != "L"
