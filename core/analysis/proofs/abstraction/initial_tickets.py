"""Where stories begin: tickets as an import brings them in, in their first status, with no history.

What rules set or add is not there yet; what they never set comes from elsewhere, and can be anything
that the book allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, combinations_with_replacement, product
from typing import Any

from ....book.action_base import Action
from ....book.action_records import SetField
from ....book.item_actions import ChangeItems
from ....book.model import Book
from ....values.field_types import Field
from .abstract_ticket import ANY, SOME, TEXT, AbstractList, AbstractTicket, Unknown, offset
from .kept_parts import GIVEN, NEWEST, KeptParts, added_by_rules, fields_of

_MOST = 30
"""Kinds of items from which on nothing is told of them."""


def imported(scope: KeptParts) -> Iterator[AbstractTicket]:
    """The classes of tickets that an import can bring in their first status."""
    columns = [_column(scope, name) for name in scope.columns]
    lists = [_rows(scope, kind) for kind in scope.kinds]
    for values in product(*columns):
        for rows in product(*lists):
            yield AbstractTicket(values, rows)


def set_by_rules(book: Book) -> set[str]:
    """The fields that some rule sets on a ticket there is."""
    return {action.field.name for action in _actions(book) if isinstance(action, SetField)}


def _changed(book: Book, kind: str) -> set[str]:
    changes = [action for action in _actions(book) if isinstance(action, ChangeItems)]
    return {name for one in changes if one.item == kind for name in one.to}


def _actions(book: Book) -> Iterator[Action]:
    for name in book.event_names:
        for rule in book.event(name).rules:
            yield from (step.action for step in rule.steps)


def _column(scope: KeptParts, name: str) -> list[Any]:
    book = scope.book
    first = next(iter(book.statuses.values()))
    if name == "status":
        return [first.name]
    if name == "opened":
        exact = scope.bounds.days("ticket.opened")
        if scope.level("ticket.opened") == GIVEN:
            return [SOME]
        return [one for one in exact if one is SOME or offset(one) <= 0]
    if name not in book.fields:
        values: dict[str, list[Any]] = {"priority": ["medium"], "assignee": [None, TEXT]}
        return [scope.squeezed("ticket", name, value) for value in values.get(name, [None])]
    field = book.fields[name]
    if name in first.needs:
        return _anything(scope, "ticket", field._replace(optional=False))
    if name in set_by_rules(book):
        return [scope.squeezed("ticket", name, field.default)]
    return _anything(scope, "ticket", field)


def _anything(scope: KeptParts, table: str, field: Field) -> list[Any]:
    """A value of each class that a field can have."""
    part = f"{table}.{field.name}"
    none = [None] if field.optional and field.default is None else []
    if scope.level(part) == GIVEN or field.many or field.type == "money":
        return [*none, SOME]
    if field.type in ("date", "moment"):
        return [*none, *scope.bounds.days(part)]
    if field.values:
        return [*none, *field.values]
    if field.type == "boolean":
        return [*none, False, True]
    if field.type == "integer":
        return [*none, *scope.bounds.numbers(part, field)]
    return [*none, SOME] if field.type == "text" else [*none, TEXT]


def _rows(scope: KeptParts, kind: str) -> list[AbstractList | Unknown]:
    """What a ticket can have of a kind at first: any number, unless rules add them."""
    nothing = AbstractList(frozenset(), ())
    if kind not in scope.book.items or kind in added_by_rules(scope.book):
        return [nothing]
    contents = list(product(*(_content(scope, kind, name) for name in scope.contents[kind])))
    if len(contents) > 1 and len(contents) ** NEWEST > _MOST:
        return [ANY]
    found: list[AbstractList | Unknown] = [nothing]
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


def _content(scope: KeptParts, kind: str, name: str) -> list[Any]:
    field: Mapping[str, Field] = fields_of(scope.book, kind)
    if name in _changed(scope.book, kind):
        return [scope.squeezed(kind, name, field[name].default)]
    return _anything(scope, kind, field[name])
