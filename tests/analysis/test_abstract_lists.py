"""Items that a rule changes, as a class knows them: whatever becomes of a ticket's items is in its class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any, NamedTuple, cast

import pytest
from abstracting import RealTicket, is_in
from hypothesis import given, settings
from hypothesis import strategies as st
from prassi.core.analysis.proofs.abstract_values import ALL, SOME, SOME_OF
from prassi.core.analysis.proofs.abstraction.abstract_plan import AbstractPlans
from prassi.core.analysis.proofs.abstraction.abstract_ticket import AbstractList, AbstractTicket
from prassi.core.analysis.proofs.abstraction.kept_parts import KeptParts
from prassi.core.analysis.proofs.abstraction.shared_knowledge import SharedKnowledge
from prassi.core.analysis.proofs.precision import EXACT, PRESENCE
from prassi.core.book.action_base import Action
from prassi.core.book.draft import Draft
from prassi.core.book.model import DAY, Step
from prassi.core.book.ticket_parts import Part
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE


class Items(NamedTuple):
    """A kind of items of a book, the field that is kept of them, and some of its values."""

    book: str
    kind: str
    field: str
    values: tuple[str, ...]
    key: str | None = None


PROMISES = Items("collections", "promises", "state", ("open", "kept", "broken"))
DOCUMENTS = Items("requests", "documents", "kind", ("quote", "meeting"), "number")


class Change(NamedTuple):
    """A change of the items with some values, as an action has it carried out."""

    kind: str
    where: Mapping[str, Any]
    to: Mapping[str, Any]

    changes = True

    @property
    def writes(self) -> tuple[Part, ...]:
        return (Part(self.kind),)

    def carry_out(self, draft: Draft) -> None:
        draft.change_items(self.kind, self.where, self.to)


class Lists:
    """Lists of items, as they are and as an abstraction knows them that keeps one field."""

    def __init__(self, items: Items, shared: SharedKnowledge) -> None:
        self.items, self._book = items, shared.book
        self._kept = KeptParts(shared.book, shared.bounds, {Part(items.kind, items.field): EXACT})
        self._plans = AbstractPlans(shared.book, self._kept)

    def class_of(self, values: list[str]) -> AbstractTicket:
        """The class of a ticket whose items have these values, the oldest first."""
        rows = ({self.items.field: value} for value in values)
        return AbstractTicket((), (self._kept.abstract_list(self.items.kind, (), rows),))

    def change(self, ticket: AbstractTicket, where: Mapping[str, Any], to: str) -> AbstractTicket:
        """The class after a change."""
        event = self._book.event(DAY)
        change = Change(self.items.kind, where, {self.items.field: to})
        step = Step(action=cast(Action, change), when={}, written={})
        after = self._plans.carry_out(event, event.rules[0], [step], ticket, {}).ticket
        assert after is not None
        return after

    def has(self, ticket: AbstractTicket, values: list[str]) -> bool:
        """Whether a ticket with such items is in a class."""
        return is_in(ticket, RealTicket((), ([(value,) for value in values],)))


@pytest.fixture(scope="module")
def lists_of() -> Iterator[dict[Items, Lists]]:
    found, opened = {}, []
    for items in (PROMISES, DOCUMENTS):
        shared = SharedKnowledge(Shelf(NONE).book(items.book), ())
        opened.append(shared)
        found[items] = Lists(items, shared)
    yield found
    for one in opened:
        one.close()


def changed(values: list[str], places: set[int], to: str) -> list[str]:
    """What changes becomes the newest."""
    return [v for n, v in enumerate(values) if n not in places] + [to] * len(places)


def some_of(items: Items) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(items.values), max_size=6)


@pytest.mark.parametrize("items", [PROMISES, DOCUMENTS])
@settings(deadline=None)
@given(data=st.data())
def test_items_with_some_values_are_changed(
    items: Items, lists_of: dict[Items, Lists], data: st.DataObject
) -> None:
    """One change after the other, each of the items that have one of some values then."""
    lists, values = lists_of[items], data.draw(some_of(items))
    ticket = lists.class_of(values)
    for _ in range(3):
        assert lists.has(ticket, values)
        wanted = data.draw(st.sets(st.sampled_from(items.values), min_size=1))
        to = data.draw(st.sampled_from(items.values))
        ticket = lists.change(ticket, {items.field: sorted(wanted)}, to)
        values = changed(values, {n for n, v in enumerate(values) if v in wanted}, to)
    assert lists.has(ticket, values)


@settings(deadline=None)
@given(data=st.data())
def test_items_that_are_named_are_changed(
    lists_of: dict[Items, Lists], data: st.DataObject
) -> None:
    """The newest by their places, of older ones all of a kind or some."""
    lists, values = lists_of[DOCUMENTS], data.draw(some_of(DOCUMENTS))
    places = data.draw(st.sets(st.sampled_from(range(len(values))))) if values else set[int]()
    ticket = lists.class_of(values)
    [rows] = ticket.lists
    assert isinstance(rows, AbstractList)
    cut = len(values) - len(rows.newest)
    names = [f"n{n}" for n in range(1, len(rows.newest) + 1) if cut + n - 1 in places]
    for place, (value,) in enumerate(rows.kinds):
        of_kind = {n for n in range(cut) if values[n] == value}
        if chosen := of_kind & places:
            names.append(f"{ALL if chosen == of_kind else SOME_OF}{place}")
    after = lists.change(ticket, {"number": names}, "meeting")
    assert lists.has(after, changed(values, places, "meeting"))


def test_each_item_may_be_as_before_where_it_is_open_which_change(
    lists_of: dict[Items, Lists],
) -> None:
    """The kind of a promise is not kept, so that any of them may be the one that changes."""
    lists = lists_of[PROMISES]
    after = lists.change(lists.class_of(["open", "kept"]), {"kind": "full"}, "broken")
    for values in (["open", "kept"], ["open", "broken"], ["broken", "kept"], ["broken", "broken"]):
        assert lists.has(after, values)
    assert not lists.has(after, [])


@pytest.mark.parametrize("level", [PRESENCE, EXACT])
def test_a_count_of_items_that_are_as_the_ticket_is_left_open(level: int) -> None:
    """How many of any number of promises are broken, and of the ticket's cycle, beyond all that is kept:
    it takes both in one sample ticket to see that there can be so many."""
    book = Shelf(NONE).book("collections")
    parts = {Part("promises", name): EXACT for name in ("kind", "cycle")}
    ticket = {Part("ticket", name): EXACT for name in ("status", "cycle")}
    with closing(SharedKnowledge(book, [])) as shared:
        kept = KeptParts(book, shared.bounds, {**parts, **ticket, Part("promises", "state"): level})
        promise = {"kind": "full", "cycle": 9, "state": "broken"}
        older = kept.abstract_older("promises", promise)
        listed = kept.abstract_list("promises", [older], [promise])
        columns = kept.abstract_columns({"status": "pre-block", "cycle": 9})
        query = shared.facts.make_query(kept, None, ["no_way_out"])
        said = shared.facts.ask(query, AbstractTicket(columns, (listed,)), {})
    assert said == {"no_way_out": SOME}
