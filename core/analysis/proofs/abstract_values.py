"""What is known of a value: the value itself, that it is one of several, that there is one, or nothing.

Dates are written as of one day, TODAY; a date or a number at its bound stands for all beyond it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Protocol, TypeAlias, cast

from ...values.field_types import Stored

TODAY = date(2026, 3, 2)

TODAY_ISO = TODAY.isoformat()


class Unknown:
    """A value of which is known at most that there is one (`given`)."""

    __slots__ = ("given",)

    def __init__(self, given: bool) -> None:
        self.given = given

    def __str__(self) -> str:
        return "\ufffd"

    def __repr__(self) -> str:
        return "SOME" if self.given else "ANY"


ANY, SOME = Unknown(False), Unknown(True)
"""A value of which nothing is known, and one of which is known that it is there."""

MARK = str(ANY)
"""What stands in a text for a part that is not known."""

AbstractValue: TypeAlias = "str | int | Unknown | tuple[AbstractValue, ...] | None"
"""What a class of tickets knows of a value."""

NOT_TOLD: tuple[str, tuple[object, ...]] = ("", ())
"""Among the rows that a plan for a class makes: it may change more of its tickets than is told."""

Values = Mapping[str, AbstractValue]
"""Facts, inputs or columns by name, as far as they are known."""


def as_values(stored: Mapping[str, Stored]) -> Values:
    """What a plan for a class holds: it is typed as stored values, and has unknown ones among them."""
    return cast(Values, stored)


class FactTest(Protocol):
    """A test of a fact, as rows have them; of an unknown value it may ask whether there is one."""

    def holds(self, value: Any) -> bool:
        """Whether the test answers yes for a value."""


FactTests = Mapping[str, FactTest]
"""Tests by the name of the fact, all of which have to hold."""


class OneOf(Unknown):
    """A value of which is known that it is one of several."""

    __slots__ = ("values",)

    def __init__(self, values: Sequence[str | int | None]) -> None:
        super().__init__(True)
        self.values = tuple(values)

    def __repr__(self) -> str:
        return f"OneOf{self.values}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OneOf) and other.values == self.values

    def __hash__(self) -> int:
        return hash(self.values)


TEXT, BLANK = "x", " "
"""A text that says something, and one that says nothing."""

ALL, SOME_OF = "all", "some"
"""With a place: the name of all older items of a kind, or of some of them, but not all."""


class DateRange(str):
    """A date of which only the first and the last that it can be are known, in days from TODAY."""

    __slots__ = ("ends",)
    ends: tuple[int, int]

    def __new__(cls, first: int, last: int) -> DateRange:
        made = super().__new__(cls, day(first))
        made.ends = first, last
        return made


@lru_cache(4096)
def day(offset: int) -> str:
    """The ISO date so many days after TODAY."""
    return (TODAY + timedelta(days=offset)).isoformat()


@lru_cache(4096)
def offset(iso: str) -> int:
    """How many days after TODAY a date or moment lies."""
    return (date.fromisoformat(iso[:10]) - TODAY).days


def is_open(value: object) -> bool:
    """Whether a value, or a value of a list, is not known."""
    return isinstance(value, Unknown) or (
        isinstance(value, list | tuple) and any(map(is_open, value))
    )
