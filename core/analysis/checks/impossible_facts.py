"""Facts of an event that can't occur together, though each of them is in its domain.

They are given as rows of tests that never hold. These follow from what the book says elsewhere: when
an input can be given, what a fact is counted from, what a ticket in a status must have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...book.model import DateFact, DueFact, Event, Fact, ForbiddenFact, Input, Status
from ...tables.cells import Cell, Span
from ...tables.regions import Outside, Tests
from ...values.field_types import Field

NONE = Cell("none", frozenset([None]), ())
SOME = Outside(NONE)
_NEVER = Cell("never", frozenset(), ())
_NOTHING = Cell("nothing", frozenset([None, False]), (Span(0, 0),))
_YES = Cell("yes", frozenset([True]), ())

_BEFORE_TODAY = {
    "days_since": Span(None, -1),
    "workdays_since": Span(None, -1),
    "months_since": Span(None, -1),
    "workdays_until": Span(1, None),
    "hours_until": Span(24, None),
}
"""What a count can never be for a date that is not after today."""

_AFTER_TODAY = {
    "days_since": Span(1, None),
    "workdays_since": Span(1, None),
    "months_since": Span(1, None),
    "workdays_until": Span(None, -1),
    "hours_until": Span(None, -25),
}
"""What a count can never be for a date that is not before today."""


def find_impossible_rows(
    event: Event, facts: Mapping[str, Fact], statuses: Mapping[str, Status]
) -> Iterator[Tests]:
    """The rows that never hold for the facts of an event; those that the book itself calls
    impossible are not among them.

    `statuses` is empty where the ticket file keeps them.
    """
    yield from _find_input_rows(event)
    known = {*facts, *event.inputs}
    for name, fact in facts.items():
        if name not in event.inputs and known.issuperset(find_bases(fact)):
            yield from _find_count_rows(name, fact, event)
    status = facts.get("status")
    if isinstance(status, Field) and status.type == "status" and "status" not in event.inputs:
        yield from _find_status_rows(event, facts, statuses)


def _find_input_rows(event: Event) -> Iterator[Tests]:
    """An input has a value where it must be given, and none where it can't be given."""
    for name, given in event.inputs.items():
        if _is_always_given(given):
            yield {**given.when, name: NONE}
        for fact, cell in given.when.items():
            yield {fact: Outside(cell), name: SOME}
    if event.one_of:
        yield dict.fromkeys(event.one_of, _NOTHING)


def _is_always_given(given: Input) -> bool:
    field = given.field
    return not field.optional or field.default is not None or given.default_today


def _find_count_rows(name: str, fact: Fact, event: Event) -> Iterator[Tests]:
    """What is worked out from a date or a text has a value exactly where that has one."""
    bases = find_bases(fact)
    if not bases:
        return
    past = isinstance(fact, DateFact) and fact.unit == "past"
    yield {name: _YES if past else SOME, **dict.fromkeys(bases, NONE)}
    if not past and not isinstance(fact, ForbiddenFact):
        for base in bases:
            yield {name: NONE, base: SOME}
    given = event.inputs.get(bases[0])
    if isinstance(fact, DateFact) and given is not None:
        yield from _find_bounded_rows(fact, given)


def find_bases(fact: Fact) -> tuple[str, ...]:
    """The facts that a fact is worked out from, if it only has a value where these have one."""
    if isinstance(fact, DueFact):
        return fact.bases if all(due.base is not None for due in fact.dues) else ()
    return (fact.base,) if isinstance(fact, DateFact | ForbiddenFact) else ()


def _find_bounded_rows(fact: DateFact, given: Input) -> Iterator[Tests]:
    """Counts that can't come from a date that must lie before or after today."""
    if fact.unit == "past":
        if given.earliest_today:
            yield {fact.name: _YES}
        return
    for bounded, never in (
        (given.latest_today, _BEFORE_TODAY),
        (given.earliest_today, _AFTER_TODAY),
    ):
        if bounded:
            yield {fact.name: Cell("beyond today", frozenset(), (never[fact.unit],))}


def _find_status_rows(
    event: Event, facts: Mapping[str, Fact], statuses: Mapping[str, Status]
) -> Iterator[Tests]:
    """Most events never meet closed tickets, and a ticket has what its status needs."""
    if event.opens:
        yield {"status": Outside(_NEVER)}
    for status in statuses.values():
        here = Cell(status.name, frozenset([status.name]), ())
        if status.closed and not event.of_closed:
            yield {"status": here}
        for field in status.needs:
            if isinstance(facts.get(field), Field) and field not in event.inputs:
                yield {"status": here, field: NONE}
