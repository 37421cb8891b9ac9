"""What a book does with the differences between the ticket file and another program's ledger."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections.abc import Mapping
from typing import NamedTuple

from .placeholders import Text

NEW, AGAIN, LESS, MORE = "new", "again", "less", "more"
CHANGED, CREDIT, PAID, GONE = "changed", "credit", "paid", "gone"

DIFFERENCES = (NEW, AGAIN, LESS, MORE, CHANGED, CREDIT, PAID, GONE)
"""What can differ in an item: it is new, it is open again, less or more of it is open, another value
changed, it was credited, it was paid, it is gone."""

KEEP, CLOSE = "keep", "close"
MISSING = (KEEP, PAID, CLOSE)
"""What becomes of items, and of tickets, that the ledger has no more."""

WAS, BY = "was.", "less."
"""What stands before the name of a value as it was, and of the difference between that and the new."""

Given = Text | tuple[Text, ...] | bool | int
"""What an event is given for an input: texts with names in braces, or a value as it is."""


class SyncEvent(NamedTuple):
    """The event that a difference is raised as, and what it is given."""

    event: str
    given: Mapping[str, Given]


class OwesAgain(NamedTuple):
    """New items where every ticket is closed: the book whose ticket is opened for them, and its field
    that names the closed one."""

    open: str
    link: str


class Sync(NamedTuple):
    """A book's answers: `items` by kind of item and difference; `missing` is one of MISSING; `close`
    closes a ticket that is gone."""

    missing: str
    owes_again: OwesAgain | None
    close: SyncEvent | None
    items: Mapping[str, Mapping[str, SyncEvent]]


NO_SYNC = Sync(missing=KEEP, owes_again=None, close=None, items={})
