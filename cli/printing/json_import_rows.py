"""What `map`, `import` and `sync` print with --json: the keys of each object.

Used as json_rows is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict


class FirstMapJson(TypedDict):
    """`map`: the map as TOML."""

    source: str
    map: str


class ShownRowJson(TypedDict):
    """`import --show`: what a row became; `faulty` are fields that can't be read."""

    row: str
    kind: str
    values: Mapping[str, object]
    faulty: Sequence[str]


class ImportJson(TypedDict):
    """`import`: how many rows came in, `items` by their kind, and `left_out` by the reason."""

    customers: int
    tickets: int
    tasks: NotRequired[int]
    notes: NotRequired[int]
    items: NotRequired[Mapping[str, int]]
    left_out: NotRequired[Mapping[str, int]]
    applied: bool


class SyncLineJson(TypedDict):
    """`sync`: a difference, and the event that it was raised as, or why it was `left`."""

    kind: str
    ticket: str | None
    key: str
    difference: str
    was: Mapping[str, object]
    now: Mapping[str, object]
    event: str | None
    rule: str | None
    event_id: int | None
    left: str | None
    applied: bool
    run: int | None


class SumsJson(TypedDict):
    """What is open here and in the ledger."""

    here: str
    ledger: str


class GapJson(SumsJson):
    """A ticket of which more, or less, is open here than in the ledger."""

    ticket: str
    customer: str
    currency: str


class ReconcileJson(TypedDict):
    """`sync --reconcile`."""

    reconcile: GapJson


class CustomerSumsJson(SumsJson):
    """A customer of whom more, or less, is open here than in the ledger."""

    customer: str
    currency: str


class SyncJson(TypedDict):
    """`sync`, at the end: counts by kind and difference, and the open sums by currency."""

    counts: Mapping[str, Mapping[str, int]]
    left_out: Mapping[str, int]
    left: int
    ahead: int
    open: Mapping[str, SumsJson]
    differing_customers: Sequence[CustomerSumsJson]
    applied: bool
    run: int | None
