"""A class of tickets: what is known of them, written as of TODAY."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..abstract_values import AbstractValue, Unknown

Content = tuple[AbstractValue, ...]
"""What is known of an item, a task or another ticket: a value for each column that is kept."""


class AbstractList(NamedTuple):
    """What a ticket has several of: the newest in their order, and of what kinds older ones are.

    Of the older ones there is at least one of each kind, and there can be any number. Where they are
    `mixed` nothing is known of their order: an item that is changed becomes the newest.
    """

    older: frozenset[Content]
    newest: tuple[Content, ...]
    mixed: bool = False

    @property
    def kinds(self) -> Sequence[Content]:
        """The kinds of older ones, in the order of their places."""
        return kinds_in_order(self.older)


EMPTY = AbstractList(frozenset(), ())


class AbstractTicket(NamedTuple):
    """A class of tickets: values of the columns and lists that are kept, in their order.

    `others` are tickets that point at it.
    """

    columns: tuple[AbstractValue, ...]
    lists: tuple[AbstractList | Unknown, ...]
    others: tuple[Content, ...] = ()


def kinds_in_order(older: frozenset[Content]) -> Sequence[Content]:
    """Kinds of older items, each at its place."""
    return sorted(older, key=repr)
