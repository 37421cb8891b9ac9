"""What an import counts: what came in, what was left out and why, and what people should look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..system.language import mark, say, say_count
from .rows_and_faults import Raw
from .sources import FileSum

LEFT_OUT = {
    "before-header": mark("before the header"),
    "repeated-header": mark("repeating the header"),
    "after-rows": mark("after the last row"),
    "skipped": mark("by [only] or [skip]"),
    "zero": mark("with an amount of 0.00"),
    "negative": mark("with an amount below zero"),
    "settled": mark("settled by credits"),
    "equal": mark("equal to another of the ticket"),
    "closed-task": mark("to do on closed tickets"),
    "forgotten": mark("of forgotten customers"),
}
"""Why lines, rows and items are left out: the word in JSON, and what stands behind their number."""


MOST_ADDRESSES = 1000
"""Addresses to which nothing can be sent that are counted."""


class Shown(NamedTuple):
    """One of the first rows, and what it became: the place it stands at, and rows of the import format."""

    place: str
    made: list[Raw]


class ImportReport:
    """What one import did, for people; filled while it runs, so that it is there after a fault too.

    `show` is how many of the first rows are kept with what they became.
    """

    def __init__(self, show: int = 0) -> None:
        self.show = show
        self.shown: list[Shown] = []
        self.items: Counter[str] = Counter()
        """What came in beside customers and tickets, by kind."""
        self.left_out: Counter[str] = Counter()
        """Rows that were left out, by the reason (a key of LEFT_OUT)."""
        self.warnings: list[str] = []
        self.sums: dict[int, FileSum] = {}
        """What tells each source from others, by its number."""
        self.dated: dict[int, str] = {}
        """The day that each source is of, where its map says so."""
        self.unused_credits: dict[str, str] = {}
        """What no open item took up, by the ref of the ticket."""
        self.refused = 0
        """Rows that came in as notes, since the book refused them as events."""
        self._first_refused = ""
        self._names: dict[str, tuple[object, object]] = {}
        self._addresses: dict[tuple[str, str], str] = {}

    def count(self, reason: str, rows: int = 1) -> None:
        """Count rows that are left out."""
        if rows:
            self.left_out[reason] += rows

    def note_day(self, source: int, day: str | None) -> None:
        """Note a day that a source says it is of: the newest one counts."""
        if day is not None:
            self.dated[source] = max(day, self.dated.get(source, day))

    def keep(self, place: str, raw: Raw) -> None:
        """Keep what one of the first rows became, without what is kept beside its values."""
        raw = raw._replace(values={n: one for n, one in raw.values.items() if n[:1] != "="})
        of_row = next((one for one in self.shown if one.place == place), None)
        if of_row is not None:
            of_row.made.append(raw)
        elif len(self.shown) < self.show:
            self.shown.append(Shown(place, [raw]))

    def note_name(self, ref: str, first: object, other: object) -> None:
        """Note that a customer has another name in another row."""
        self._names.setdefault(ref, (first, other))

    def note_address(self, ref: str, field: str, sentence: str) -> None:
        """Note an address to which nothing can be sent."""
        if len(self._addresses) < MOST_ADDRESSES:
            self._addresses[ref, field] = sentence

    def drop_address(self, ref: str, field: str) -> None:
        """Tell nothing of an address: it is no news."""
        self._addresses.pop((ref, field), None)

    def note_refused(self, sentence: str) -> None:
        """Note an event that the book refused, and that came in as a note."""
        self.refused += 1
        self._first_refused = self._first_refused or sentence

    def tell_refused(self) -> Iterator[str]:
        """A sentence about events that the book refused, if there are any."""
        if self.refused:
            told = say_count(
                "{count} row came in as a note, because the book refuses its event. The first is {first}",
                "{count} rows came in as notes, because the book refuses their events. The first is"
                " {first}",
                self.refused,
            )
            yield told.format(count=self.refused, first=self._first_refused)

    def tell_addresses(self) -> Iterator[str]:
        """A sentence about addresses to which nothing can be sent, if there are any."""
        if self._addresses:
            count, first = len(self._addresses), next(iter(self._addresses.values()))
            what = say_count(
                "{count} address can't be used", "{count} addresses can't be used", count
            )
            if count == MOST_ADDRESSES:
                what = say("at least {count} addresses can't be used")
            told = say(
                "{what}: {first}. It is kept as it is, and nothing is sent to it; correct it there,"
                " or with `prassi customer set`."
            )
            yield told.format(what=what.format(count=count), first=first)

    def tell_names(self) -> Iterator[str]:
        """A sentence about customers whose name varies, if there are any."""
        if self._names:
            ref, (first, other) = next(iter(self._names.items()))
            count = len(self._names)
            told = say_count(
                "{count} customer has several names, of which the first counts: {ref} is {first},"
                ' later {other}; for the last one write take = "last" in the map.',
                "{count} customers have several names, of which the first counts: {ref} is {first},"
                ' later {other}; for the last one write take = "last" in the map.',
                count,
            )
            yield told.format(count=count, ref=ref, first=repr(first), other=repr(other))

    def tell_unused_credits(self) -> Iterator[str]:
        """A sentence about credits for which there is nothing open."""
        unused = self.unused_credits
        if unused:
            ref, rest = next(iter(unused.items()))
            told = say_count(
                "Credits of {count} ticket are more than is open there ({ref}: {rest}): the rest is"
                " left out.",
                "Credits of {count} tickets are more than is open there ({ref}: {rest}): the rest is"
                " left out.",
                len(unused),
            )
            yield told.format(count=len(unused), ref=ref, rest=rest)

    def as_json(self) -> Mapping[str, object]:
        """What came in beside customers and tickets, and what was left out; nothing where there is
        none."""
        counts = {kind: count for kind, count in self.items.items() if count}
        found: dict[str, object] = {
            "tasks": counts.pop("tasks", 0),
            "notes": counts.pop("notes", 0),
            "items": counts,
            "left_out": dict(self.left_out),
        }
        return {name: value for name, value in found.items() if value}
