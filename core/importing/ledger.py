"""What a ledger says of a ticket, what the ticket file has of it, and how the two differ."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..book.model import Items
from ..book.sync_answers import AGAIN, CHANGED, CREDIT, GONE, LESS, MORE, NEW, PAID
from ..decision.ticket_state import TicketState
from ..values.field_types import Stored

LEFT, PAID_ON, CURRENCY = "left", "paid", "currency"
"""The fields that say what of an item is left to pay, when it was paid, and in which currency."""

AHEAD = "ahead"
"""The difference that is left alone: people recorded here what the ledger does not have yet."""

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

    def is_open(self, item: Values) -> bool:
        """Whether anything of an item is open."""
        if self.amount is None:
            return PAID_ON not in self.items.fields or item.get(PAID_ON) is None
        return self.open_amount(item) > 0

    def weigh(self, item: Values) -> int:
        """What of an item is open; 1 for one that asks for no amount."""
        return int(self.is_open(item)) if self.amount is None else self.open_amount(item)


class LedgerItem(NamedTuple):
    """An item of the ledger, and what is open of it once credits are taken off."""

    values: Values
    net: int


class KnownItem(NamedTuple):
    """An item of the ticket file, and its ticket."""

    ticket: TicketState
    values: Values


class RecordedHere(NamedTuple):
    """By how much people have lowered and raised what is open of an item, of late: the ledger may not
    have that yet."""

    lowered: int = 0
    raised: int = 0


def sum_recorded(changes: Iterable[tuple[bool, int]]) -> RecordedHere:
    """What of some changes, in their order, the ledger may not have: each is of the ledger or of people,
    and by how much it changed what is open. The ledger lowers an item only below what people have made
    of it, and raises it only above that: then it has what they lowered, or raised, before."""
    lowered = raised = 0
    for of_ledger, change in changes:
        if of_ledger:
            lowered, raised = (0 if change < 0 else lowered), (0 if change > 0 else raised)
        elif change < 0:
            lowered -= change
        else:
            raised += change
    return RecordedHere(lowered, raised)


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


class ItemComparison(NamedTuple):
    """Compares the items of one kind on the tickets of one ref in the ledger.

    `is_ours` says of an item that the ledger has not whether it ever came from there; `find_recorded`
    what people recorded of an item.
    """

    kind: ItemKind
    known: Mapping[str, KnownItem]
    is_ours: Callable[[str], bool]
    find_recorded: Callable[[str], RecordedHere]

    def compare(self, ledger: Mapping[str, LedgerItem]) -> Iterator[Difference]:
        """The differences: first what comes, so that nothing is settled too early."""
        found = [one for key, item in ledger.items() for one in self._compare(key, item)]
        order = (NEW, AGAIN, MORE, CHANGED, CREDIT, LESS, PAID, AHEAD)
        yield from sorted(found, key=lambda one: order.index(one.difference))
        for key, item in self.known.items():
            is_open = item.ticket.open and self.kind.is_open(item.values)
            if key not in ledger and is_open and self.is_ours(key):
                yield self._settle(key, GONE, item.values, {})

    def _differ(self, key: str, difference: str, was: Values, now: Values) -> Difference:
        return Difference(self.kind.items.name, key, difference, was, now)

    def _settle(self, key: str, difference: str, was: Values, now: Values) -> Difference:
        """What is settled in the ledger, unless people opened it here and the ledger lags behind."""
        is_ahead = self.find_recorded(key).raised >= self.kind.weigh(was)
        return self._differ(key, AHEAD if is_ahead else difference, was, now)

    def _compare(self, key: str, item: LedgerItem) -> Iterator[Difference]:
        kind, known = self.kind, self.known.get(key)
        is_open = item.net > 0 or kind.amount is None
        is_open &= item.values.get(PAID_ON) is None
        now = dict(item.values)
        if kind.amount is not None and is_open:
            now[kind.amount] = item.net
        if known is None:
            if is_open:
                yield self._differ(key, NEW, {}, now)
        elif is_open and not kind.is_open(known.values):
            yield from self._compare_settled(key, known.values, now)
        elif known.ticket.open and kind.is_open(known.values):
            if item.values.get(PAID_ON) is not None:
                yield self._settle(key, PAID, known.values, now)
                return
            yield from self._compare_amounts(key, item, known.values)
            if changed := list(_find_changed(kind, item.values, known.values)):
                was = {field: known.values.get(field) for field in (kind.key, *changed)}
                yield self._differ(key, CHANGED, was, now)

    def _compare_settled(self, key: str, was: Values, now: Values) -> Iterator[Difference]:
        """An item that is settled here and open in the ledger: what people settled is not open again."""
        amount = self.kind.amount
        there = self.kind.weigh(now)
        ahead = min(there, self.find_recorded(key).lowered)
        if ahead:
            yield self._differ(key, AHEAD, was, now)
        if there > ahead:
            rest = now if amount is None else {**now, amount: there - ahead}
            yield self._differ(key, AGAIN, was, rest)

    def _compare_amounts(self, key: str, item: LedgerItem, known: Values) -> Iterator[Difference]:
        """What is less is a payment as far as the ledger's own figure fell below the first amount; the
        rest is what its credits take off."""
        amount = self.kind.amount
        if amount is None:
            return
        was, gross = self.kind.open_amount(known), self.kind.open_amount(item.values)
        less, before = was - item.net, {**known, amount: was}
        if not less:
            return
        recorded = self.find_recorded(key)
        ahead = min(less, recorded.raised) if less > 0 else -min(-less, recorded.lowered)
        if ahead:
            yield self._differ(key, AHEAD, before, {**item.values, amount: item.net})
        less -= ahead
        if less < 0:
            yield self._differ(key, MORE, before, {**item.values, amount: was - less})
        if less <= 0:
            return
        first = known.get(amount)
        fell = max(0, (first if isinstance(first, int) else was) - gross)
        paid = less if gross == item.net else min(less, fell)
        if less > paid:
            yield self._differ(key, CREDIT, before, {**item.values, amount: less - paid})
        if paid:
            yield self._differ(key, LESS, before, {**item.values, amount: was - paid})


def _find_changed(kind: ItemKind, values: Values, known: Values) -> Iterator[str]:
    """The fields beside amounts that the ledger fills with another value."""
    for field in kind.stated:
        if field in (kind.amount, LEFT, PAID_ON, kind.key) or values.get(field) is None:
            continue
        if values[field] != known.get(field):
            yield field
