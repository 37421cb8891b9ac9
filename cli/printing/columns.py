"""Columns on a screen: cells measured as a terminal shows them, wrapped, and kept apart.

Wide letters take two places and marks none. A cell with letters that run from right to left stands
between U+200E, so that it can't draw what stands beside it into its own order.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import zip_longest
from textwrap import TextWrapper

from ..streams import make_safe

Cell = str | int
"""What stands in a column; numbers stand to the right of it."""

GAP = 2
"""Blanks between columns."""
_WIDTH = 120
"""Columns where the printout goes to a file."""
_LEAST = 6
"""Columns that any cell gets; a word that is longer is broken."""
_MARK = "\u200e"


def measure_screen() -> int:
    """How wide the printout is: as COLUMNS says, or the terminal, or 120."""
    with suppress(ValueError):
        if (told := int(os.environ.get("COLUMNS", ""))) > 0:
            return told
    wide = 0
    with suppress(OSError, ValueError):
        wide = os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else 0
    return wide or _WIDTH


def measure_width(text: str) -> int:
    """How many columns a text without line breaks takes."""
    if text.isascii():
        return len(text)
    from wcwidth import width

    return width(text)


def flatten_text(text: str) -> str:
    """A text in one line, with nothing in it that could steer a terminal."""
    return make_safe(" ".join(text.split()))


def wrap_text(text: str, room: int) -> list[str]:
    """A text as lines of at most `room` columns, broken at blanks where that is possible."""
    text = flatten_text(text)
    if measure_width(text) <= room:
        return [_isolate_direction(text)]
    lines = _break_lines(text, room, False)
    return [_isolate_direction(one) for line in lines for one in _break_lines(line, room, True)]


def _break_lines(text: str, room: int, breaking: bool) -> list[str]:
    """Lines broken at blanks; where `breaking`, words too that have no room in any line, at their
    hyphens first."""
    if text.isascii():
        return TextWrapper(room, break_on_hyphens=breaking, break_long_words=breaking).wrap(text)
    from wcwidth import wrap

    return wrap(text, room, break_on_hyphens=breaking, break_long_words=breaking)


def cut_text(text: str, room: int) -> str:
    """A text in one line of at most `room` columns, with … where there is more of it."""
    text = flatten_text(text)
    if measure_width(text) > room:
        text = text[: room - 1]
        while measure_width(text) >= room:
            text = text[:-1]
        text += "…"
    return _isolate_direction(text)


def pad_text(text: str, room: int, right: bool = False) -> str:
    """A line of a cell with blanks up to the column's end."""
    blanks = " " * (room - measure_width(text))
    return blanks + text if right else text + blanks


def share_widths(wanted: Sequence[int], room: int) -> list[int]:
    """Widths of columns that fit beside each other: narrow ones as they are, wide ones share."""
    left, widths = room - GAP * (len(wanted) - 1), dict[int, int]()
    for column in sorted(range(len(wanted)), key=lambda column: wanted[column]):
        fair = left // (len(wanted) - len(widths))
        widths[column] = min(wanted[column], max(fair, _LEAST))
        left -= widths[column]
    return [widths[column] for column in range(len(wanted))]


def join_columns(
    cells: Sequence[Sequence[str]], widths: Sequence[int], right: Sequence[bool] = ()
) -> Iterator[str]:
    """The lines of cells that stand side by side; a cell is a list of lines."""
    sides = right or [False] * len(widths)
    for lines in zip_longest(*cells, fillvalue=""):
        told = (pad_text(*line) for line in zip(lines, widths, sides, strict=True))
        yield (" " * GAP).join(told).rstrip()


def format_table(rows: Sequence[Sequence[Cell]], heads: Sequence[str], room: int) -> Iterator[str]:
    """The lines of rows under their heads, wrapped so that they are at most `room` wide."""
    texts = [[flatten_text(str(cell)) for cell in row] for row in rows]
    wanted = [max(map(measure_width, column)) for column in zip(heads, *texts, strict=True)]
    right = [any(isinstance(row[place], int) for row in rows) for place in range(len(heads))]
    widths = share_widths(wanted, room)
    for row in (heads, *texts):
        cells = [wrap_text(cell, width) for cell, width in zip(row, widths, strict=True)]
        yield from join_columns(cells, widths, right)


def _isolate_direction(text: str) -> str:
    if text.isascii() or not any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in text):
        return text
    return f"{_MARK}{text}{_MARK}"
