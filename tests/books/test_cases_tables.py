"""The cases book's tables have no gap: whatever is known of a case, one rule answers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from prassi.core.book.domains import domain
from prassi.core.book.model import Event
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.tables.cells import Domain

pytestmark = pytest.mark.unmeasured

BOOK = Shelf(NONE).book("cases")


def values(event: Event, name: str) -> list[Any]:
    """All values of a fact that tests tell apart: of a number, those at every bound and beside it."""
    if name in event.inputs:
        field = event.inputs[name].field
        known = domain(field, BOOK.statuses)._replace(optional=field.optional)
    else:
        known = domain(BOOK.facts[name], BOOK.statuses)
    none = [None] if known.optional else []
    if known.values is not None:
        return [*known.values, *none]
    return [*sorted({n for n in _bounds(event, name) if known.holds(n)} or _some(known)), *none]


def _bounds(event: Event, name: str) -> Iterator[int]:
    for rule in event.rules:
        for row in rule.rows:
            for span in row[name].spans if name in row else ():
                for end in (span.low, span.high):
                    if end is not None:
                        yield from (end - 1, end, end + 1)


def _some(known: Domain) -> set[int]:
    return {known.low or 0}


def possible(event: str, facts: dict[str, Any]) -> bool:
    """What never is is left out: only an OPEN case is accepted, and no night asks of a closed one."""
    if event == "day" and facts["status"] == "CLOSED":
        return False
    return not facts.get("accepted") or facts.get("status", "OPEN") == "OPEN"


@pytest.mark.parametrize("name", BOOK.event_names)
def test_whatever_is_known_one_rule_answers(name: str) -> None:
    event = BOOK.event(name)
    asked = [n for n in event.facts if any(n in row for rule in event.rules for row in rule.rows)]
    answers = set()
    for known in product(*(values(event, fact) for fact in asked)):
        facts = dict(zip(asked, known, strict=True))
        if possible(name, facts):
            answers.add(event.decide([facts.get(fact) for fact in event.facts]))
    assert answers == set(range(len(event.rules)))  # and there is no rule that never answers


def test_every_rule_of_the_page_is_there() -> None:
    rules = {rule.id: rule for name in BOOK.event_names for rule in BOOK.event(name).rules}
    assert not [rule for rule in PAGE.split() if rule not in rules]
    for name, rule in rules.items():
        assert rule.extrapolated == (".x." in name), name
        assert bool(rule.statements) == (not rule.extrapolated), name


PAGE = """
route.save route.dispatch route.accept route.forward route.return route.recreate route.close
repeat.closed.retention repeat.closed.equipment repeat.dispatched repeat.open
repeat.x.forwarded repeat.x.returned repeat.x.wait repeat.x.closed repeat.x.closed.other
conduct.warn conduct.answer conduct.end conduct.silence.prompt conduct.silence.end
line.subscriber line.conflict line.prospect line.partner line.company
day.unsent day.returned day.overdue day.wait
"""
"""The rules that the procedure's page names."""
