"""Tickets and values to try: as an import, or whoever gives something with an event, can bring them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations, product
from typing import Any

from ....book.model import Book, Status
from ....values.field_types import Field
from ..abstraction.initial_tickets import fields_set
from ..abstraction.kept_parts import DAYS, kinds_added

FIRST_DAY = date(2026, 3, 2)
"""A Monday: where stories begin."""

_MOST_CHANGES = 2
_ITEM_COUNTS = (1, 4, 0, 2)
_AGES = (0, 40)
_DAYS_AWAY = (5, 0, 30, 1, -5, -30)

ImportedTicket = Mapping[str, object]
"""A ticket as the import format has it, without its ref, book and customer."""


def choose_near(each: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    """Choices of one of each: the first ones, then with one of them changed, then with two."""
    first = [values[0] for values in each]
    open_places = [n for n, values in enumerate(each) if len(values) > 1]
    for count in range(min(_MOST_CHANGES, len(each)) + 1):
        for places in combinations(open_places, count):
            for others in product(*(each[place][1:] for place in places)):
                chosen = list(first)
                for place, value in zip(places, others, strict=True):
                    chosen[place] = value
                yield tuple(chosen)


def list_tickets(book: Book, events: tuple[str, ...] | None = None) -> Iterator[ImportedTicket]:
    """Tickets as an import can bring them in, in the book's first status and with no history.

    They have none of the items that events add; where only these events happen, of what they add.
    """
    first = next(iter(book.statuses.values()))
    set_later = fields_set(book) - set(first.needs)
    fields = [field for field in book.fields.values() if field.name not in set_later]
    kinds = [kind for kind in book.items if kind not in kinds_added(book, events)]
    values = [_field_examples(field, first) for field in fields]
    for *chosen, age in choose_near([*values, *(_ITEM_COUNTS for _ in kinds), _AGES]):
        row: dict[str, object] = {
            "status": first.name,
            "opened": (FIRST_DAY - timedelta(days=age)).isoformat(),
            **_place_values(fields, chosen[: len(fields)]),
        }
        for kind, count in zip(kinds, chosen[len(fields) :], strict=True):
            row[kind] = [_make_item(book, kind, number) for number in range(1, count + 1)]
        yield row


def _place_values(fields: Sequence[Field], values: Sequence[object]) -> dict[str, object]:
    """Values of fields where the import format has them: some within an object."""
    placed: dict[str, object] = {}
    within: dict[str, dict[str, object]] = {}
    for field, value in zip(fields, values, strict=True):
        if value is not None and field.within is not None:
            within.setdefault(field.within, {})[field.name] = value
            placed[field.within] = within[field.within]
        elif value is not None:
            placed[field.name] = value
    return placed


def _field_examples(field: Field, first: Status) -> Sequence[object]:
    """Values of a field to try, the likeliest first; None leaves it out."""
    examples = list_examples(field, FIRST_DAY)
    if field.default is not None:
        return [None, *(one for one in examples if one != field.default)]
    if field.type in ("ticket", "customer"):
        return [None]
    listed = [[one] for one in examples] if field.many else examples
    return listed if field.name in first.needs or not field.optional else [*listed, None]


def _make_item(book: Book, kind: str, number: int) -> dict[str, object]:
    items = book.items[kind]
    made = {
        name: list_examples(field, FIRST_DAY)[0]
        for name, field in items.fields.items()
        if field.default is None and not field.optional
    }
    return {**made, **({items.key: f"N-{number}"} if items.key is not None else {})}


def list_examples(field: Field, day: date) -> Sequence[object]:
    """Some values that a field can have; None where none is known that fits its pattern."""
    if field.values:
        return field.values
    if field.pattern is not None:
        return [None]
    if field.type in DAYS:
        hour = "T10:00" if field.type == "moment" else ""
        return [f"{day + timedelta(days=n)}{hour}" for n in _DAYS_AWAY]
    low = field.low or 0
    examples: dict[str, Sequence[object]] = {
        "boolean": [True, False],
        "integer": [max(low, 1), low, low + 4],
        "customer": ["C-1"],
        "money": ["100.00", "1.00", "1000.00"],
    }
    return examples.get(field.type, ["As told."])
