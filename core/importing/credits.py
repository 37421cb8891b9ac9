"""Credit notes at an import: each lowers the oldest open items of its ticket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..book.model import Items
from ..ticketfile.import_staging import SourcePlace
from ..values.field_types import Stored, format_money

_PAID, _LEFT = "paid", "left"
"""The fields that say when an item was paid, and what of it is left to pay, where a kind has them."""

Item = tuple[SourcePlace, dict[str, Stored]]


class Credited(NamedTuple):
    """The items that are still open, how many are settled by credits, and what no item took up."""

    items: list[Item]
    settled: int
    unused: list[str]


def apply_credits(
    kind: Items, amount: str, items: Sequence[Item], credits: Sequence[Mapping[str, Stored]]
) -> Credited:
    """Lower the oldest open items, each by no more than it asks for, in the currency of the credit.

    An item of which nothing is left is no debt any more, and left out.
    """
    lowered = [(place, dict(item)) for place, item in items]
    unused = []
    for credit in credits:
        rest = _whole(credit.get(amount))
        for _, item in sorted(lowered, key=lambda one: _age(kind, one[1])):
            if rest and item.get(_PAID) is None and item.get("currency") == credit.get("currency"):
                rest -= _lower(item, amount, rest, _LEFT in kind.fields)
        if rest:
            unused.append(f"{format_money(rest)} {credit.get('currency') or ''}".rstrip())
    open_field = _LEFT if _LEFT in kind.fields else amount
    still = [
        (place, item) for place, item in lowered if item.get(_PAID) or item.get(open_field) != 0
    ]
    return Credited(still, len(lowered) - len(still), unused)


def _lower(item: dict[str, Stored], amount: str, credit: int, has_left: bool) -> int:
    """Lower what an item asks for; returns by how much."""
    field = _LEFT if has_left else amount
    asked = _whole(item.get(field) if item.get(field) is not None else item.get(amount))
    item[field] = asked - min(asked, credit)
    return min(asked, credit)


def _age(kind: Items, item: Mapping[str, Stored]) -> tuple[bool, str]:
    """Items by their first date, those without one last."""
    dates = [name for name, field in kind.fields.items() if field.type == "date" and name != _PAID]
    first = item.get(dates[0]) if dates else None
    return first is None, str(first or "")


def _whole(value: Stored) -> int:
    return value if isinstance(value, int) else 0
