"""Whether a step of the search is a happening that a property names."""

from __future__ import annotations

from ....book.done_action import DoneAction
from ....book.properties import Happening
from ....decision.plan import Plan
from ....tables.cells import Cell
from ..abstract_values import ANY, MARK, Unknown


def matches_step(happening: Happening, plan: Plan, opens: bool) -> bool | None:
    """Whether a step is one; None where that is not known. `opens`: the ticket is new."""
    found = [_matches_part(happening, key, plan, opens) for key in happening.named]
    found += [_holds(test, plan.values.get(name, ANY)) for name, test in happening.facts.items()]
    return False if False in found else None if None in found else True


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
    found = [_matches_action(happening, done, words) for done in plan.actions if done.name == key]
    return True if True in found else None if None in found else False


def _matches_action(happening: Happening, done: DoneAction, words: tuple[str, ...]) -> bool | None:
    word, data = done.word, done.data
    if isinstance(word, Unknown) or (isinstance(word, str) and MARK in word):
        return None
    if word not in words:
        return False
    if any(isinstance(data.get(name), Unknown) for name in happening.data):
        return None
    return all(data.get(name) == value for name, value in happening.data.items())


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
