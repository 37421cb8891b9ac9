"""What a ledger says of a ticket, what the ticket file has of it, and how the two differ."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..book.model import Items
from ..book.sync_answers import AGAIN, CHANGED, CREDIT, GONE, LESS, MORE, NEW, PAID
from ..decision.ticket_state import TicketState
from ..values.field_types import Stored

LEFT, PAID_ON, CURRENCY = "left", "paid", "currency"
"""The fields that say what of an item is left to pay, when it was paid, and in which currency."""

Values = Mapping[str, Stored]


class ItemKind(NamedTuple):
    """A kind of item that has a key: `amount` is the field of what it asks for, `stated` are the
    fields that the map fills."""

    items: Items
    amount: str | None
    stated: tuple[str, ...]

    @property
    def key(self) -> str:
        """The field that tells one of them from others."""
        return self.items.key or ""

    def open_amount(self, item: Values) -> int:
        """What of an item is open: nothing once it is paid."""
        if item.get(PAID_ON) is not None or self.amount is None:
            return 0
        left = item.get(LEFT)
        found = item.get(self.amount) if left is None else left
        return found if isinstance(found, int) else 0


class LedgerItem(NamedTuple):
    """An item of the ledger, and what is open of it once credits are taken off."""

    values: Values
    net: int


class KnownItem(NamedTuple):
    """An item of the ticket file, and its ticket."""

    ticket: TicketState
    values: Values


class Difference(NamedTuple):
    """One difference: in an item of a kind, by its key; `was` is what the file has, `now` what the
    ledger says, each with the amount that is open, or of a credit that it takes off."""

    kind: str
    key: str
    difference: str
    was: Values
    now: Values


class Chain(NamedTuple):
    """The tickets of one ref in the ledger: its own, and those that follow it; oldest first."""

    root: str
    tickets: Sequence[TicketState]

    @property
    def current(self) -> TicketState | None:
        """The one that is open."""
        return next((one for one in reversed(self.tickets) if one.open), None)

    @property
    def newest(self) -> TicketState:
        """The last one, whatever became of it."""
        return self.tickets[-1]

    def known_items(self, kind: ItemKind) -> dict[str, KnownItem]:
        """The items of a kind by key; of several with one key the one that is open, else the last."""
        found: dict[str, KnownItem] = {}
        for ticket in self.tickets:
            for _, name, values in ticket.items:
                if name == kind.items.name:
                    key = str(values.get(kind.key))
                    before = found.get(key)
                    if before is None or before.values.get(PAID_ON) is not None:
                        found[key] = KnownItem(ticket, values)
        return found


def compare_items(
    kind: ItemKind,
    ledger: Mapping[str, LedgerItem],
    known: Mapping[str, KnownItem],
    is_ours: Callable[[str], bool],
) -> Iterator[Difference]:
    """The differences of one ticket: first what comes, so that nothing is settled too early.

    `is_ours` says of an item that the ledger has not whether it ever came from there.
    """
    found = [
        one for key, item in ledger.items() for one in _compare(kind, key, item, known.get(key))
    ]
    gone = [
        Difference(kind.items.name, key, GONE, item.values, {})
        for key, item in known.items()
        if key not in ledger and item.ticket.open and _is_open(kind, item.values) and is_ours(key)
    ]
    order = (NEW, AGAIN, MORE, CHANGED, CREDIT, LESS, PAID)
    yield from sorted(found, key=lambda one: order.index(one.difference))
    yield from gone


def _is_open(kind: ItemKind, values: Values) -> bool:
    if kind.amount is None:
        return PAID_ON not in kind.items.fields or values.get(PAID_ON) is None
    return kind.open_amount(values) > 0


def _compare(
    kind: ItemKind, key: str, item: LedgerItem, known: KnownItem | None
) -> Iterator[Difference]:
    name, is_open = kind.items.name, item.net > 0 or kind.amount is None
    is_open &= item.values.get(PAID_ON) is None
    now = dict(item.values)
    if kind.amount is not None and is_open:
        now[kind.amount] = item.net
    if known is None or (is_open and not _is_open(kind, known.values)):
        if is_open:
            was = {} if known is None else known.values
            yield Difference(name, key, NEW if known is None else AGAIN, was, now)
        return
    if not (known.ticket.open and _is_open(kind, known.values)):
        return
    if item.values.get(PAID_ON) is not None:
        yield Difference(name, key, PAID, known.values, now)
        return
    yield from _compare_amounts(kind, key, item, known.values)
    if changed := list(_find_changed(kind, item.values, known.values)):
        was = {field: known.values.get(field) for field in (kind.key, *changed)}
        yield Difference(name, key, CHANGED, was, {**now})


def _compare_amounts(
    kind: ItemKind, key: str, item: LedgerItem, known: Values
) -> Iterator[Difference]:
    """What is less is a payment as far as the ledger's own figure fell below the first amount; the
    rest is what its credits take off."""
    if kind.amount is None:
        return
    was, gross = kind.open_amount(known), kind.open_amount(item.values)
    less = was - item.net
    before = {**known, kind.amount: was}
    if less < 0:
        yield Difference(kind.items.name, key, MORE, before, {**item.values, kind.amount: item.net})
    if less <= 0:
        return
    first = known.get(kind.amount)
    fell = max(0, (first if isinstance(first, int) else was) - gross)
    paid = less if gross == item.net else min(less, fell)
    if less > paid:
        values = {**item.values, kind.amount: less - paid}
        yield Difference(kind.items.name, key, CREDIT, before, values)
    if paid:
        values = {**item.values, kind.amount: was - paid}
        yield Difference(kind.items.name, key, LESS, before, values)


def _find_changed(kind: ItemKind, values: Values, known: Values) -> Iterator[str]:
    """The fields beside amounts that the ledger fills with another value."""
    for field in kind.stated:
        if field in (kind.amount, LEFT, PAID_ON, kind.key) or values.get(field) is None:
            continue
        if values[field] != known.get(field):
            yield field
