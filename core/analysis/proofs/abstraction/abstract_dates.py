"""Dates that are counted from others, as far as a class of tickets knows them."""

from __future__ import annotations

from ....values.due_dates import Due
from ..abstract_values import ANY, SOME, AbstractValue, DateRange, OneOf, Unknown, day, offset
from .value_bounds import ValueBounds

_ENDLESS = 9999


def count_due(bounds: ValueBounds, due: Due, base: AbstractValue) -> AbstractValue:
    """The date that a due comes to from its base: to the day, or a DateRange, or SOME."""
    if base is None or base is ANY:
        return base
    if not isinstance(base, str) or due.unit == "as it is":
        return base
    least, most = _days(due)
    first, last = offset(base) + least, offset(base) + most
    if due.base is not None and bounds.of(due.base).is_at_end(base):
        first, last = (first, _ENDLESS) if offset(base) > 0 else (-_ENDLESS, last)
    return day(first) if first == last else DateRange(first, last)


def _days(due: Due) -> tuple[int, int]:
    """The least and the most days that a due can lie after its base.

    Any number of holidays and closures can lie between two working days.
    """
    if due.unit == "days":
        return due.number, due.number
    if due.unit == "working days":
        return due.number, _ENDLESS if due.number else 0
    if due.unit == "months":
        shorter, longer = sorted((28 * due.number, 31 * due.number))
        return shorter, longer
    return due.number, _ENDLESS  # on a day of the next month, or some days after it


def count_since(unit: str, base: AbstractValue) -> AbstractValue:
    """What a date fact comes to from its base: a number of days, one of several, yes, no, or SOME."""
    if unit == "past":
        return SOME if isinstance(base, Unknown) else isinstance(base, str) and offset(base) < 0
    if not isinstance(base, str):
        return base
    if unit in ("hours_until", "months_since"):
        return SOME
    if unit == "days_since":
        return -offset(base)
    return _workdays(offset(base) if unit == "workdays_until" else -offset(base))


def _workdays(days: int) -> AbstractValue:
    """How many working days there can be among so many days: all of them, or fewer."""
    return OneOf(range(min(days, 0), max(days, 0) + 1)) if days else 0
