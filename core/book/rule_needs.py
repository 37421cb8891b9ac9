"""Which facts and parts of a ticket the rules of an event need."""

from __future__ import annotations

from collections.abc import Sequence

from ..tables.decision_table import CellRow
from . import placeholders
from .action_records import SetStatus
from .model import Rule, Step


def names_in_rule(rule: Rule) -> set[str]:
    """The names of all facts a rule asks about or puts into its texts and dates."""
    names = {name for row in rule.rows for name in row} | set(rule.why.names)
    for step in rule.steps:
        names |= {*step.when, *step.action.names}
    if rule.next is not None and rule.next.due.base is not None:
        names.add(rule.next.due.base)
    if rule.next is not None and isinstance(rule.next.who, placeholders.Text):
        names.update(rule.next.who.names)
    if rule.instead is not None:
        names.update(name for given in rule.instead.given.values() for name in given.names)
    return names


def parts_read(steps: tuple[Step, ...], has_next: bool) -> frozenset[str] | None:
    """What the steps look at; a message may show all there is."""
    parts = set[str]() if has_next else {"task"}
    for step in steps:
        looks_at = step.action.looks_at
        if looks_at is None:
            return None
        parts |= looks_at
    return frozenset(parts)


def repeatable_rules(rules: Sequence[Rule]) -> frozenset[str]:
    """The acting rules that may answer once more on a ticket that has acted already."""
    acting = [rule for rule in rules if rule.acts]
    return frozenset(
        rule.id
        for rule in acting
        if any(
            _admits(row, status)
            for before in acting
            for status in _left_in(before)
            for row in rule.rows
        )
    )


def _left_in(rule: Rule) -> list[str | None]:
    """The statuses in which a rule can leave an open ticket; None where one is not known before."""
    found: list[str | None] = []
    for step in reversed(rule.steps):
        if isinstance(step.action, SetStatus):
            found.append(None if step.action.status.names else step.action.status.as_written)
            if not step.when:
                return found
    return [*found, None]


def _admits(row: CellRow, status: str | None) -> bool:
    return status is None or "status" not in row or row["status"].holds(status)
