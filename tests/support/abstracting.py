"""From a ticket of a file to its class, written anew for tests: a judge over what the abstraction says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import permutations
from random import Random
from typing import Any, NamedTuple

from prassi.core.analysis.proofs.abstract_values import ANY, SOME, OneOf, Unknown, day
from prassi.core.analysis.proofs.abstraction.abstract_ticket import (
    AbstractList,
    AbstractTicket,
    Content,
)
from prassi.core.analysis.proofs.abstraction.kept_parts import KeptParts
from prassi.core.analysis.proofs.abstraction.refinements import list_parts, refine
from prassi.core.analysis.proofs.abstraction.shared_knowledge import SharedKnowledge, add_bases
from prassi.core.analysis.proofs.abstraction.ticket_abstraction import TicketAbstraction
from prassi.core.analysis.proofs.precision import Precision
from prassi.core.analysis.proofs.search.abstraction import NOTHING, Observables
from prassi.core.book.model import Book
from prassi.core.decision.ticket_state import TicketState
from prassi.core.tables.decision_table import CellRow
from prassi.core.values.field_types import Field

EVERYTHING = 8
"""How often a precision is refined until all that can be kept is."""


class RealTicket(NamedTuple):
    """A ticket of a file, each of its values as its class: its columns, and its items by their kinds."""

    columns: Content
    items: tuple[list[Content], ...]


def real_ticket(kept: KeptParts, state: TicketState, today: date) -> RealTicket:
    """A ticket that stands alone, as of a day, as far as its parts are kept."""
    columns = {
        "status": state.status,
        "opened": state.opened,
        "priority": state.priority,
        "assignee": state.assignee,
        "result": state.result,
        "ref": state.ref,
        "open": state.open,
        **_shown(kept.book.fields.values(), state.fields),
    }
    items = tuple(
        [kept.abstract_item(kind, _shifted(data, today)) for data in _items(kept, state, kind)]
        for kind in kept.kinds
    )
    return RealTicket(kept.abstract_columns(_shifted(columns, today)), items)


def class_of(kept: KeptParts, state: TicketState, today: date) -> AbstractTicket:
    """The class of such a ticket of which as much is known as can be."""
    lists = tuple(
        kept.abstract_list(kind, (), (_shifted(data, today) for data in _items(kept, state, kind)))
        for kind in kept.kinds
    )
    return AbstractTicket(real_ticket(kept, state, today).columns, lists)


def _items(kept: KeptParts, state: TicketState, kind: str) -> Iterator[dict[str, Any]]:
    if kind == "task":
        yield from ({"kind": task, "due": due} for _, task, due in state.tasks)
    else:
        fields = kept.book.items[kind].fields.values()
        yield from (_shown(fields, data) for _, of, data in state.items if of == kind)


def _shown(fields: Iterable[Field], values: dict[str, Any]) -> dict[str, Any]:
    return {field.name: values.get(field.name, field.default) for field in fields}


def _shifted(values: dict[str, Any], today: date) -> dict[str, Any]:
    """Values as they are on the day that classes are written as of."""
    return {name: _one_shifted(value, today) for name, value in values.items()}


def _one_shifted(value: Any, today: date) -> Any:
    if isinstance(value, list):
        return tuple(_one_shifted(one, today) for one in value)
    try:
        return day((date.fromisoformat(value[:10]) - today).days) if len(value) >= 10 else value
    except (TypeError, ValueError):
        return value


# --- what a class stands for -----------------------------------------------------------------------------


def is_in(general: AbstractTicket, real: RealTicket) -> bool:
    """Whether a ticket is one of those that a class stands for."""
    return _all_cover(general.columns, real.columns) and all(
        isinstance(rows, Unknown) or _list_covers(rows, items)
        for rows, items in zip(general.lists, real.items, strict=True)
    )


def _all_cover(general: Content, exact: Content) -> bool:
    return all(_covers(a, b) for a, b in zip(general, exact, strict=True))


def _covers(general: Any, exact: Any) -> bool:
    if general is ANY or general == exact:
        return True
    if isinstance(general, OneOf):
        return exact in general.values
    return general is SOME and exact is not None and exact is not ANY


def _list_covers(general: AbstractList, items: Sequence[Content]) -> bool:
    """Whether the newest items are as they are known to be, and the others of the kinds of older ones;
    where no order is known, whether they are in any."""
    count = len(general.newest)
    if len(items) < count:
        return False
    places = range(len(items))
    for newest in (
        permutations(places, count) if general.mixed else [(*places[len(items) - count :],)]
    ):
        older = [items[place] for place in places if place not in newest]
        if (
            all(_all_cover(a, items[n]) for a, n in zip(general.newest, newest, strict=True))
            and all(any(_all_cover(kind, one) for kind in general.older) for one in older)
            and all(any(_all_cover(kind, one) for one in older) for kind in general.older)
        ):
            return True
    return False


def blur(ticket: AbstractTicket, chance: Random) -> AbstractTicket:
    """A class that stands for all tickets of another one, and more: of some values less is known."""
    lists = tuple(
        ANY if isinstance(rows, Unknown) or chance.random() < 0.2 else _blur_list(rows, chance)
        for rows in ticket.lists
    )
    return AbstractTicket(_blur_all(ticket.columns, chance), lists)


def _blur_list(rows: AbstractList, chance: Random) -> AbstractList:
    newest = tuple(_blur_all(content, chance) for content in rows.newest)
    return rows._replace(newest=newest, mixed=bool(rows.older) and chance.random() < 0.3)


def _blur_all(values: Content, chance: Random) -> Content:
    return tuple(_blur_one(value, chance) for value in values)


def _blur_one(value: Any, chance: Random) -> Any:
    if chance.random() < 0.7:
        return value
    return ANY if value is None else chance.choice((ANY, SOME))


# --- what to ask by chance -------------------------------------------------------------------------------


def rows_by_chance(book: Book, chance: Random, count: int) -> Iterator[CellRow]:
    """Rows of tests that stand in rules, of facts that no event is needed for."""
    events = [book.event(name) for name in book.event_names]
    inputs = {name for event in events for name in event.inputs}
    cells = {
        (name, cell)
        for event in events
        for rule in event.rules
        for row in (*rule.rows, *(step.when for step in rule.steps))
        for name, cell in row.items()
        if name in book.facts and inputs.isdisjoint(add_bases(book, {name}))
    }
    listed = sorted(cells, key=repr)
    for _ in range(count):
        yield dict(chance.sample(listed, min(len(listed), chance.choice((1, 1, 2, 3)))))


def abstraction_by_chance(
    shared: SharedKnowledge, chance: Random, observables: Observables = NOTHING
) -> TicketAbstraction:
    """An abstraction that keeps some parts of tickets that stand alone, chosen by chance."""
    precision: Precision = {}
    names = [name for name in shared.book.facts if not _looks_at_others(shared, name)]
    for _ in range(chance.choice((0, 1, 2, 4, EVERYTHING))):
        finer = refine(shared, precision, chance.sample(names, min(len(names), 2)))
        precision = chance.choice(finer) if finer else precision
    return TicketAbstraction(shared, precision, observables, ())


def _looks_at_others(shared: SharedKnowledge, name: str) -> bool:
    return any(part.table in ("tickets", "link") for part in list_parts(shared, name))
