"""Whether a step of the search is a happening that a property names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ....book.done_action import DoneAction
from ....book.properties import Happening
from ....decision.plan import Plan
from ....tables.cells import Cell
from ....tables.decision_table import CellRow
from ..abstract_values import ANY, MARK, NOT_TOLD, OneOf, Unknown


def matches_step(happening: Happening, plan: Plan, opens: bool) -> bool | None:
    """Whether a step is one; None where that is not known. `opens`: the ticket is new."""
    if plan.event.name in happening.other_than:
        return False
    found = [_matches_part(happening, key, plan, opens) for key in happening.named]
    if happening.changes:
        found.append(None if NOT_TOLD in plan.made else plan.changes)
    if happening.facts:
        found.append(_any(_all(_hold(row, plan)) for row in happening.facts))
    return _all(found)


def _all(found: Iterable[bool | None]) -> bool | None:
    """Whether all of some answers are yes; None where that is not known."""
    answers = list(found)
    return False if False in answers else None if None in answers else True


def _any(found: Iterable[bool | None]) -> bool | None:
    """Whether one of some answers is yes; None where that is not known."""
    answers = list(found)
    return True if True in answers else None if None in answers else False


def _hold(row: CellRow, plan: Plan) -> Iterator[bool | None]:
    return (_holds(test, plan.values.get(name, ANY)) for name, test in row.items())


def _holds(test: Cell, value: object) -> bool | None:
    """Whether a test holds for a fact as the rule saw it; None where that is not known."""
    return None if isinstance(value, Unknown) else test.holds(value)


def _matches_part(happening: Happening, key: str, plan: Plan, opens: bool) -> bool | None:
    words = happening.named[key]
    if key == "event":
        return plan.event.name in words
    if key == "rule":
        return plan.rule.id in words
    if key == "status":
        return _enters_status(words, plan, opens)
    if key == "leaves":
        return _leaves_status(words, plan)
    return _any(
        _matches_action(happening, done, words) for done in plan.actions if done.name == key
    )


def _matches_action(happening: Happening, done: DoneAction, words: tuple[str, ...]) -> bool | None:
    word, data = done.word, done.data
    if isinstance(word, Unknown) or (isinstance(word, str) and MARK in word):
        return None
    if word not in words:
        return False
    return _all(_is_among(data.get(name), values) for name, values in happening.data.items())


def _is_among(value: object, values: tuple[object, ...]) -> bool | None:
    if isinstance(value, OneOf):
        found = [one in values for one in value.values]
        return None if True in found and False in found else found[0]
    return None if isinstance(value, Unknown) else value in values


def _enters_status(words: tuple[str, ...], plan: Plan, opens: bool) -> bool | None:
    if "status" not in plan.columns:
        return opens and plan.state.status in words
    before, after = plan.columns["status"]
    if isinstance(after, Unknown):
        return None
    if after not in words:
        return False
    return None if isinstance(before, Unknown) else True


def _leaves_status(words: tuple[str, ...], plan: Plan) -> bool | None:
    if "status" not in plan.columns:
        return False
    before, _ = plan.columns["status"]
    return None if isinstance(before, Unknown) else before in words
