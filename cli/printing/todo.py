"""What people have to do: in columns under each one's name, and as a page of HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from prassi.core.desk.duties import Duty
from prassi.core.desk.todo import make_row, rank_duty
from prassi.core.system.fast_json import decode, encode
from prassi.core.system.language import mark, say

from ..words import say_late
from .columns import (
    flatten_text,
    join_columns,
    measure_screen,
    measure_width,
    share_widths,
    wrap_text,
)
from .output import print_heading, print_text
from .worklist_file import WorklistFile

Row = Mapping[str, Any]
_HEADS = (
    mark("due"),
    mark("late"),
    mark("what"),
    mark("ticket"),
    mark("customer"),
    mark("phone"),
)
_ORDER = "holder COLLATE NOCASE, holder, urgency, late, due, ref, row"


class TodoList:
    """Gathers duties, and gives them back by who has to act, the most urgent first.

    They wait in a scratch file, so that any number of them fits.
    """

    def __init__(self) -> None:
        self._file = WorklistFile({"duty": "is_due, holder, urgency, late, due, ref, row"})

    def close(self) -> None:
        """Forget all of it."""
        self._file.close()

    def add(self, duty: Duty) -> None:
        """Take a duty into the list."""
        row = {"holder": duty.holder, **make_row(duty)}
        self._file.insert("duty", (duty.is_due, duty.holder, *rank_duty(duty), encode(row)))

    def read(self, everything: bool = True) -> Iterator[Row]:
        """The rows in their order, with who has to act as `holder`; without `everything`, those that
        the day asks for."""
        source = "duty" if everything else "duty WHERE is_due"
        for (row,) in self._file.read_lines(["row"], source, _ORDER):
            yield decode(str(row))


def print_todo(at: str, rows: Iterable[Row], with_heads: bool = True) -> bool:
    """Print rows under the name of each who has to act; whether there were any."""
    groups = ((holder, list(own)) for holder, own in groupby(rows, lambda row: row["holder"]))
    place = -1
    for place, (holder, own) in enumerate(groups):
        if place:
            print_text()
        late = sum(bool(row["late_workdays"]) for row in own)
        print_heading(f"{holder}, {at[:10]}: {len(own)}{say_late(late)}")
        for line in _format_group(own, measure_screen(), with_heads):
            print_text(line)
    if place < 0:
        print_text(say("Nothing to do on {day}.").format(day=at[:10]))
    return place >= 0


def _format_group(rows: Sequence[Row], room: int, with_heads: bool) -> Iterator[str]:
    """The lines of one holder's rows: columns, and why below them."""
    texts = [[flatten_text(cell) for cell in _cells(row)] for row in rows]
    heads = [say(head) for head in _HEADS]
    wanted = [max(map(measure_width, column)) for column in zip(heads, *texts, strict=True)]
    widths = share_widths(wanted, room - 2)
    for place, cells in enumerate((heads, *texts)):
        if not (place or with_heads):
            continue
        wrapped = [wrap_text(cell, width) for cell, width in zip(cells, widths, strict=True)]
        yield from (f"  {line}" for line in join_columns(wrapped, widths))
        if place:
            why = rows[place - 1]["why"]
            yield from (f"      {line}" for line in wrap_text(why, max(room, 40) - 6))


def _cells(row: Row) -> list[str]:
    return [
        row["due"],
        str(row["late_workdays"] or ""),
        row["action"],
        row["ticket"],
        row["name"] or row["customer"],
        row["phone"] or row["email"] or "",
    ]


class HolderPart(NamedTuple):
    """What one person has to do, for a page: how much, how much of it late, and the rows."""

    holder: str
    due: int
    late: int
    rows: list[Row]


def group_rows(rows: Iterator[Row], most: int | None = None) -> list[HolderPart]:
    """Rows by who has to act; of each at most so many."""
    parts = []
    for holder, own in groupby(rows, lambda row: row["holder"]):
        shown, due, late = list[Row](), 0, 0
        for row in own:
            due, late = due + 1, late + bool(row["late_workdays"])
            if most is None or due <= most:
                shown.append(row)
        parts.append(HolderPart(holder, due, late, shown))
    return parts
