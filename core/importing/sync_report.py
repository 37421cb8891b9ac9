"""What a sync found and did, for people and programs."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from ..book.sync_answers import AGAIN, GONE, NEW
from .ledger import AHEAD, Difference, ItemKind, Values

CUSTOMERS, TICKETS = "customers", "tickets"
EQUAL = "equal"
BUCKETS = (NEW, EQUAL, "changed", GONE)
"""What is counted of each kind."""


def bucket_of(difference: str) -> str:
    """Under which heading a difference is counted, and chosen by `--only`."""
    if difference in (NEW, AGAIN):
        return NEW
    return difference if difference in (GONE, AHEAD) else "changed"


class SyncLine(NamedTuple):
    """A difference, and what became of it: the event that it was raised as, or why it was left.

    `was` and `now` are values as JSON shows them.
    """

    kind: str
    ticket: str | None
    key: str
    difference: str
    was: dict[str, object]
    now: dict[str, object]
    event: str | None = None
    rule: str | None = None
    event_id: int | None = None
    left: str | None = None


class Gap(NamedTuple):
    """A ticket of which more, or less, is open here than in the ledger, in one currency."""

    ticket: str
    customer: str
    currency: str
    here: int
    ledger: int


class OpenSums:
    """What is open here and in the ledger, by currency; the tickets in which it differs are kept."""

    def __init__(self) -> None:
        self._here, self._ledger = Counter[str](), Counter[str]()
        self._gaps: dict[str, list[Gap]] = {}
        self._of_root: dict[str, Counter[str]] = {}

    def add(self, root: str, customer: str, here: Counter[str], ledger: Counter[str]) -> None:
        """Count a ticket; anew where it was counted before."""
        before = self._gaps.pop(root, None)
        if before is not None:
            for gap in before:
                self._here[gap.currency] -= gap.here
                self._ledger[gap.currency] -= gap.ledger
        self._here.update(here)
        self._ledger.update(ledger)
        if here != ledger or before is not None:
            self._gaps[root] = [
                Gap(root, customer, one, here[one], ledger[one]) for one in {**here, **ledger}
            ]

    def keep(self, root: str, customer: str, here: Counter[str], ledger: Counter[str]) -> None:
        """Count a ticket that will be counted anew."""
        self._here.update(here)
        self._ledger.update(ledger)
        self._gaps[root] = [
            Gap(root, customer, one, here[one], ledger[one]) for one in {**here, **ledger}
        ]

    @property
    def totals(self) -> dict[str, tuple[int, int]]:
        """What is open here and in the ledger, by currency."""
        known = sorted({**self._here, **self._ledger})
        return {one: (self._here[one], self._ledger[one]) for one in known}

    @property
    def gaps(self) -> list[Gap]:
        """The tickets in which it differs, in the order they were met."""
        return [gap for gaps in self._gaps.values() for gap in gaps if gap.here != gap.ledger]

    @property
    def by_customer(self) -> dict[tuple[str, str], tuple[int, int]]:
        """What those tickets come to, by customer and currency."""
        found: dict[tuple[str, str], tuple[int, int]] = {}
        for gap in self.gaps:
            here, ledger = found.get((gap.customer, gap.currency), (0, 0))
            found[gap.customer, gap.currency] = here + gap.here, ledger + gap.ledger
        return {one: sums for one, sums in found.items() if sums[0] != sums[1]}


class SyncReport:
    """Filled while a sync runs: `lines` are its differences, `counts` how many of each kind. With
    `keeps_lines` all of them are kept, else those that were left alone: a first sync has many."""

    def __init__(self, keeps_lines: bool = True) -> None:
        self._keeps_lines = keeps_lines
        self.lines: list[SyncLine] = []
        self.events = set[int]()
        """The events that were written."""
        self.ahead: list[SyncLine] = []
        """What people recorded here that the ledger does not have yet; it is left as it is here."""
        self.counts: dict[str, Counter[str]] = {}
        self.sums = OpenSums()
        self.lag_days = 0
        """How many days the ledger may take to have that."""
        self.run: int | None = None
        self.unread = 0
        """Tickets that could not be compared."""

    def count(self, kind: str, bucket: str, how_many: int = 1) -> None:
        """Count what is new, equal, changed or gone."""
        self.counts.setdefault(kind, Counter())[bucket] += how_many

    def add_line(self, line: SyncLine) -> None:
        """Add a difference, once it is known what became of it."""
        if line.event_id is not None:
            self.events.add(line.event_id)
        if self._keeps_lines or line.left is not None:
            self.lines.append(line)

    @property
    def left(self) -> Iterator[SyncLine]:
        """The differences that the book refused, or has no event for."""
        return (line for line in self.lines if line.left is not None)


def make_line(kind: ItemKind, difference: Difference, ticket: str | None = None) -> SyncLine:
    """The line of an item's difference."""
    was, now = show_values(kind, difference.was), show_values(kind, difference.now)
    name = difference.kind
    return SyncLine(name, ticket, difference.key, difference.difference, was, now)


def show_values(kind: ItemKind, values: Values) -> dict[str, object]:
    """The values of an item as JSON has them, without those that are not known."""
    fields = kind.items.fields
    return {
        name: fields[name].show(value)
        for name, value in values.items()
        if value is not None and name in fields
    }
