"""Rows on their way into the ticket file, and the list of faults they have."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from ..errors import BadInput, Faults
from ..system.language import mark_texts, say_count

CUSTOMERS, TICKETS, STATES = "customers", "tickets", "states"
"""The kinds of rows that stand for themselves; all others hang on a ticket."""

LISTED = 100
"""Faults that are told in full; the others are counted."""

_LONGEST = 300

Tell = Callable[[int, str], None]
"""Takes the line of a fault in the source that is being read, and a sentence."""


class Raw(NamedTuple):
    """A row as its source has it: the line it starts on, its kind, and its values.

    The kind is CUSTOMERS, TICKETS, STATES or the name of a list of a ticket, which the row then names under
    `ticket`. `told` is what has been told of it already: fields, which then are not read, or
    sentences. `repeats` says that the source may hold the same row again.
    """

    line: int
    kind: str
    values: Mapping[str, object]
    told: Collection[str] = ()
    repeats: bool = False


class Broken(BadInput):
    """From this line on the source can't be read; told as a fault where sources are read."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason


class EmptySource(BadInput):
    """A source has nothing in it at all."""


NOT_IMPORTED = mark_texts(
    "nothing was imported{why}; there is {count} fault:",
    "nothing was imported{why}; there are {count} faults:",
)
NOT_WRITTEN = mark_texts(
    "nothing was written{why}; there is {count} fault:",
    "nothing was written{why}; there are {count} faults:",
)
"""What was not done with sources that have faults."""


class FaultList:
    """The faults of all sources, of which the first ones are kept, in the order of the sources.

    With `by_kind`, faults that differ in names and figures only are told once, with their number.
    """

    def __init__(self, names: Sequence[str], by_kind: bool = False) -> None:
        self._names, self._kept = names, list[tuple[int, int, int, str]]()
        self._kinds: dict[str, int] | None = {} if by_kind else None
        self._kind_of: dict[int, str] = {}
        self._newest: tuple[int, int, str] | None = None
        self.count = 0
        self.undone = NOT_IMPORTED
        """What was not done with the sources."""
        self.once_more = ""
        """What explains the faults, where a source has come in before."""

    def add(self, source: int, line: int, reason: str, alike: str | None = None) -> None:
        """Note a fault of a source, by the source's place in the command.

        `alike` is what it has in common with others of its row and kind, where `reason` says more.
        """
        if self._kinds is not None and (source, line, alike or reason) == self._newest:
            return
        self.count += 1
        self._newest = source, line, alike or reason
        if self._kinds is not None and self._is_known_kind(self._kinds, alike or reason):
            return
        # A fault is one line, whatever it quotes: else a source could tell faults of its own.
        told = " ".join(reason[: _LONGEST + 1].split())
        shortened = told if len(reason) <= _LONGEST else f"{told[:_LONGEST]}..."
        self._kept.append((source, line, self.count, shortened))
        if len(self._kept) > 2 * LISTED:
            self._kept = sorted(self._kept)[:LISTED]

    def _is_known_kind(self, kinds: dict[str, int], reason: str) -> bool:
        """Count a fault with those of its kind; whether there was one before."""
        kind = _SPECIAL.sub("#", reason[:_LONGEST])
        if kind not in kinds and len(kinds) >= _MOST_KINDS:
            return True
        kinds[kind] = kinds.get(kind, 0) + 1
        if kinds[kind] > 1:
            return True
        self._kind_of[self.count] = kind
        return False

    def place(self, source: int, line: int) -> str:
        """A line of a source as faults name it."""
        return f"{self._names[source]}:{line}"

    def find_line(self, source: int, first: int) -> int | None:
        """The first line of a source, from a line on, that has a fault."""
        lines = (line for one, line, _, _ in self._kept if one == source and line >= first)
        return min(lines, default=None)

    def raise_if_any(self) -> None:
        """Raise Faults with the first ones by file and line, and the number of the others."""
        if not self.count:
            return
        first = sorted(self._kept)[:LISTED]
        alike = [self._count_alike(number) for _, _, number, _ in first]
        told = [
            f"{self.place(source, line)}: {reason}{_tell_alike(rows)}"
            for (source, line, _, reason), rows in zip(first, alike, strict=True)
        ]
        if self.count > sum(alike):
            told.append(f"and {self.count - sum(alike)} more.")
        why = f" ({self.once_more})" if self.once_more else ""
        about = say_count(*self.undone, self.count).format(why=why, count=self.count)
        raise Faults(about, told)

    def _count_alike(self, number: int) -> int:
        return 1 if self._kinds is None else self._kinds[self._kind_of[number]]


_SPECIAL = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[0-9]+""")
"""What is special to one fault of a kind: what it quotes, and figures."""

_MOST_KINDS = 1000


def _tell_alike(rows: int) -> str:
    return "" if rows == 1 else f" ({rows} rows have this fault; this is the first.)"
