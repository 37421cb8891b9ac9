"""Which fields, items and events of a book are the figures of `prassi stats`."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from typing import NamedTuple

CLOSED = "closed"
"""What `done` of `sla` says where it is the closing of the ticket."""


class AgeingSource(NamedTuple):
    """The items that are owed, and the date from which they are aged."""

    items: str
    since: str


class PromiseSource(NamedTuple):
    """The items that are promises: their date, and which states are kept and broken."""

    items: str
    due: str
    state: str
    kept: tuple[str, ...]
    broken: tuple[str, ...]


class CallSource(NamedTuple):
    """The event that is a call, and its input that says how it went."""

    event: str
    outcome: str


class SlaSource(NamedTuple):
    """The field with the last day, and the one with the day on which it was done, or `closed`."""

    due: str
    done: str


class StatSources(NamedTuple):
    """Where the figures of a book come from; None where it has no such figure."""

    ageing: AgeingSource | None
    promises: PromiseSource | None
    calls: CallSource | None
    sla: SlaSource | None
