"""The values that facts can take."""

# Without `from __future__ import annotations`: as in model.

from collections.abc import Mapping

from ..tables.cells import GIVEN, Domain, Value
from .model import DateFact, DueFact, Fact, ForbiddenFact, Status


def domain(fact: Fact, statuses: Mapping[str, Status]) -> Domain:
    """The values a fact can take, as its cells are checked and its gaps are looked for.

    Where `statuses` are not the book's to say, there are none.
    """
    if isinstance(fact, ForbiddenFact):
        return Domain(GIVEN, optional=True)
    if isinstance(fact, DueFact):
        return Domain(GIVEN, optional=fact.optional)
    if isinstance(fact, DateFact):
        return Domain((True, False)) if fact.unit == "past" else Domain(optional=fact.optional)
    values: tuple[Value, ...] | None = None
    if fact.type == "status":
        values = tuple(statuses) or GIVEN
    elif fact.type == "boolean":
        values = (True, False)
    elif fact.values:
        values = fact.values
    elif fact.type not in ("integer", "money"):
        values = GIVEN
    low = 0 if fact.type == "money" and fact.low is None else fact.low
    return Domain(values, low, fact.high, fact.optional)
