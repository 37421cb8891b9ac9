"""Rows of which several make one ticket or customer, as in an event log: the first, the last, a count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..ticketfile.import_staging import SourcePlace
from .export_map import Order, Section, Unread
from .export_map_values import Clock, Row, read_words
from .rows_and_faults import Raw

Key = tuple[object, ...]
"""By which rows are put in order."""


class Taken(NamedTuple):
    """A field's value so far, the row it is from, and whether it could not be read."""

    key: Key
    place: SourcePlace
    value: object
    faulty: bool


class Differing(NamedTuple):
    """A field that another row of the same ref has otherwise: that row's place, the first one's, and
    both values, the first one's first."""

    kind: str
    ref: str
    field: str
    place: SourcePlace
    first: SourcePlace
    values: tuple[object, object]


class RolledUp(NamedTuple):
    """A row that several made, where the first of them stands.

    `unread` are the fields of it that could not be read, each with its row's place and the reason.
    """

    place: SourcePlace
    raw: Raw
    unread: list[tuple[SourcePlace, str, str]]


class Rollup:
    """One ticket or customer for all rows of its ref.

    A field with `take` is that of the first or last row in their order, or of the first that has
    it; one with `count` is a number of rows; all others must agree.
    """

    def __init__(self, kind: str, section: Section) -> None:
        self._kind, self._section = kind, section
        self._rows: dict[str, dict[str, Taken]] = {}
        self._first: dict[str, SourcePlace] = {}

    def add(self, place: SourcePlace, raw: Raw, key: Key) -> Iterator[Differing]:
        """Take in a row; gives the fields that disagree with what another row says."""
        ref = str(raw.values["ref"])
        first = self._first.setdefault(ref, place)
        kept = self._rows.setdefault(ref, {})
        for field, recipe in self._section.recipes.items():
            now = Taken(key, place, raw.values.get(field), field in raw.told)
            then = kept.get(field)
            if then is None:
                kept[field] = now
            elif recipe.counted is not None:
                kept[field] = then._replace(value=_add(then.value, now.value))
            elif recipe.take is not None:
                kept[field] = _choose(recipe.take, then, now)
            elif then.value != now.value and not (then.faulty or now.faulty):
                values = then.value, now.value
                yield Differing(self._kind, ref, field, place, first, values)

    def finish(self) -> Iterator[RolledUp]:
        """The rows, one for each ref, where its first row stands."""
        for ref, kept in self._rows.items():
            values = {
                field: one.value
                for field, one in kept.items()
                if not (one.value is None or one.faulty)
            }
            told = [field for field, one in kept.items() if one.faulty]
            unread = [
                (one.place, field, one.value.reason)
                for field, one in kept.items()
                if isinstance(one.value, Unread)
            ]
            place = self._first[ref]
            yield RolledUp(place, Raw(place.line, self._kind, values, told, repeats=True), unread)


def _choose(take: str, then: Taken, now: Taken) -> Taken:
    if take == "last":
        return now if now.key >= then.key else then
    if take == "any" and (then.value is None) != (now.value is None):
        return now if then.value is None else then
    return now if now.key < then.key else then


def _add(one: object, other: object) -> int:
    return (one if isinstance(one, int) else 0) + (other if isinstance(other, int) else 0)


def sort_key(order: Order | None, row: Row, number: int, clock: Clock) -> Key:
    """By which rows are put in order: what the column says, else as they stand. Raises ValueError."""
    if order is None:
        return (number,)
    stamp = order.recipe.read_stamp(row, clock) if order.recipe else None
    word = next(iter(read_words(row, order.column)), "")
    if stamp is not None:
        return (1, stamp.timestamp(), "", number)
    try:
        return (1, float(word), "", number)
    except ValueError:
        return (2 if word else 0, 0.0, word, number)


def make_rollups(sections: Mapping[str, Section]) -> dict[str, Rollup]:
    """Those kinds of rows that are made of several."""
    return {
        kind: Rollup(kind, section) for kind, section in sections.items() if section.is_rolled_up
    }
