"""Where stories begin: tickets as an import brings them in, in their first status, with no history.

What rules set or add is not there yet; what they never set comes from elsewhere, and can be anything
that the book allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, combinations_with_replacement, product

from ....book.action_base import Action
from ....book.action_records import SetField
from ....book.item_actions import ChangeItems
from ....book.model import Book
from ....book.ticket_parts import Part
from ....values.field_types import Field
from ..abstract_values import ANY, SOME, TEXT, AbstractValue, Unknown, offset
from ..precision import PRESENCE
from .abstract_ticket import EMPTY, AbstractList, AbstractTicket
from .kept_parts import DAYS, NEWEST, KeptParts, fields_of, kinds_added, select_words

_MOST = 30
"""Kinds of items from which on nothing is told of them."""


def list_initial_tickets(kept: KeptParts) -> Iterator[AbstractTicket]:
    """The classes of tickets that an import can bring in their first status."""
    columns = [_column_values(kept, name) for name in kept.columns]
    lists = [_lists(kept, kind) for kind in kept.kinds]
    for values in product(*columns):
        for rows in product(*lists):
            yield AbstractTicket(values, rows)


def fields_set(book: Book) -> set[str]:
    """The fields that some rule sets on a ticket there is."""
    return {action.field.name for action in _actions(book) if isinstance(action, SetField)}


def _fields_changed(book: Book, kind: str) -> set[str]:
    """The fields of a kind of items that some rule changes."""
    changes = [action for action in _actions(book) if isinstance(action, ChangeItems)]
    return {name for one in changes if one.item == kind for name in one.to}


def _actions(book: Book) -> Iterator[Action]:
    for name in book.event_names:
        for rule in book.event(name).rules:
            yield from (step.action for step in rule.steps)


def _column_values(kept: KeptParts, name: str) -> Sequence[AbstractValue]:
    """A value of each class that a column can have at first."""
    book = kept.book
    first = next(iter(book.statuses.values()))
    if name == "status":
        return [first.name]
    if name == "opened":
        return _opening_days(kept)
    column = kept.column("ticket", name)
    if name not in book.fields:
        values: dict[str, list[AbstractValue]] = {"priority": ["medium"], "assignee": [None, TEXT]}
        return [column.abstract(value) for value in values.get(name, [None])]
    field = book.fields[name]
    if name in first.needs:
        return list_field_values(kept, "ticket", field._replace(optional=False))
    if name in fields_set(book):
        return [column.abstract(_default(field))]
    return list_field_values(kept, "ticket", field)


def _opening_days(kept: KeptParts) -> Sequence[AbstractValue]:
    part = Part("ticket", "opened")
    if kept.level(part) == PRESENCE:
        return [SOME]
    days = kept.bounds.of(part).list_days()
    return [one for one in days if not isinstance(one, str) or offset(one) <= 0]


def _default(field: Field) -> AbstractValue:
    value = field.default
    return tuple(value) if isinstance(value, list) else value


def list_field_values(kept: KeptParts, table: str, field: Field) -> list[AbstractValue]:
    """A value of each class that a field can have."""
    part = Part(table, field.name)
    none = [None] if field.optional and field.default is None else []
    if kept.level(part) == PRESENCE and select_words(kept.book, part):
        column = kept.column(table, field.name)
        return [*none, *dict.fromkeys(map(column.abstract, field.values))]
    if kept.level(part) == PRESENCE or field.many or field.type == "money":
        return [*none, SOME]
    if field.type in DAYS:
        return [*none, *kept.bounds.of(part).list_days()]
    if field.values:
        return [*none, *field.values]
    if field.type == "boolean":
        return [*none, False, True]
    if field.type == "integer":
        return [*none, *kept.bounds.of(part).list_numbers(field)]
    return [*none, SOME] if field.type == "text" else [*none, TEXT]


def _lists(kept: KeptParts, kind: str) -> list[AbstractList | Unknown]:
    """What a ticket can have of a kind at first: any number, unless rules add them."""
    if kind not in kept.book.items or kind in kinds_added(kept.book):
        return [EMPTY]
    contents = list(product(*(_item_values(kept, kind, name) for name in kept.contents[kind])))
    if len(contents) > 1 and len(contents) ** NEWEST > _MOST:
        return [ANY]
    found: list[AbstractList | Unknown] = [EMPTY]
    for count in range(1, NEWEST + 1):
        found += [
            AbstractList(frozenset(), some)
            for some in combinations_with_replacement(contents, count)
        ]
    for size in range(1, len(contents) + 1):
        for older in combinations(contents, size):
            found += [
                AbstractList(frozenset(older), some)
                for some in combinations_with_replacement(contents, NEWEST)
            ]
    return found


def _item_values(kept: KeptParts, kind: str, name: str) -> Sequence[AbstractValue]:
    field = fields_of(kept.book, kind)[name]
    if name in _fields_changed(kept.book, kind):
        return [kept.column(kind, name).abstract(_default(field))]
    return list_field_values(kept, kind, field)
