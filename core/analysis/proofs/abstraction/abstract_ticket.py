"""Tickets that are alike: what is known of them, and what is left open.

A class is written as a ticket as of one day, TODAY. Of a value there can be known that there is one
(SOME) or nothing (ANY); a date or a number at its bound stands for all beyond it as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

TODAY = date(2026, 3, 2)


class Unknown:
    """A value of which is known at most that there is one."""

    __slots__ = ("given",)

    def __init__(self, given: bool) -> None:
        self.given = given

    def __str__(self) -> str:
        return "\ufffd"

    def __repr__(self) -> str:
        return "SOME" if self.given else "ANY"


ANY, SOME = Unknown(False), Unknown(True)


class OneOf(Unknown):
    """A value of which is known that it is one of several."""

    __slots__ = ("values",)

    def __init__(self, values: Sequence[Any]) -> None:
        super().__init__(True)
        self.values = tuple(values)

    def __repr__(self) -> str:
        return f"OneOf{self.values}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OneOf) and other.values == self.values

    def __hash__(self) -> int:
        return hash(self.values)


TEXT, BLANK = "x", " "
"""A text that says something, and one that doesn't."""


ALL, SOME_OF = "all", "some"
"""With a place: what names all older ones of a kind, or some of them, but not all."""


class DateRange(str):
    """A date of which only the first and the last that it can be are known, in days from TODAY."""

    __slots__ = ("ends",)
    ends: tuple[int, int]

    def __new__(cls, first: int, last: int) -> DateRange:
        made = super().__new__(cls, day(first))
        made.ends = first, last
        return made


class AbstractList(NamedTuple):
    """What a ticket has several of: the newest in their order, and of what kinds older ones are.

    Of the older ones there is at least one of each kind, and can be any number. Where they are `mixed`
    nothing is known of their order: an item that is changed becomes the newest.
    """

    older: frozenset[tuple[Any, ...]]
    newest: tuple[tuple[Any, ...], ...]
    mixed: bool = False

    @property
    def kinds(self) -> list[tuple[Any, ...]]:
        """The kinds of older ones, in the order of their places."""
        return sorted(self.older, key=repr)


class AbstractTicket(NamedTuple):
    """A class of tickets: values of the columns and lists that a scope keeps, in its order.

    `others` are tickets that point at it.
    """

    columns: tuple[Any, ...]
    lists: tuple[AbstractList | Unknown, ...]
    others: tuple[tuple[Any, ...], ...] = ()


@lru_cache(4096)
def day(offset: int) -> str:
    """The ISO date so many days after TODAY."""
    return (TODAY + timedelta(days=offset)).isoformat()


@lru_cache(4096)
def offset(iso: str) -> int:
    """How many days after TODAY a date or moment lies."""
    return (date.fromisoformat(iso[:10]) - TODAY).days
