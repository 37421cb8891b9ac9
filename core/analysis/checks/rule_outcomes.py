"""How tickets come out of a rule, status by status: where they stand then, and what is still awaited.

The steps of a rule are followed on regions of facts, so that each condition counts exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...book.action_base import Action
from ...book.action_context import Constant, ValueSource
from ...book.item_actions import AddItem, ChangeItems
from ...book.model import Items, Rule, Status, Step
from ...book.placeholders import Text
from ...tables.regions import Box, find_uncovered
from .table_regions import TableRegions

AwaitedKinds = Mapping[str, Items]
"""The kinds of items of a book of which some are awaited in a status, by name."""


class RuleOutcome(NamedTuple):
    """What a row of a rule comes to for tickets in a status, on the facts in `box`.

    `after` is the status then, None where a value of the event says which; `enters` says whether a
    step enters it, and `asks` whether that step has a condition on the status. `tested` are the facts
    in the conditions of the steps that count. `open_kinds` are the kinds of items of which an awaited
    one is there at the end.
    """

    table: TableRegions
    rule: Rule
    row: int
    status: Status
    box: Box
    after: str | None
    enters: bool
    asks: bool
    tested: frozenset[str]
    open_kinds: frozenset[str]

    @property
    def leaves(self) -> bool:
        """Whether the ticket stands elsewhere then, or may."""
        return self.after != self.status.name


def list_outcomes(
    table: TableRegions, statuses: Sequence[Status], kinds: AwaitedKinds
) -> Iterator[RuleOutcome]:
    """All outcomes of an event that comes to a ticket."""
    for rule in table.event.rules:
        steps = [step for step in rule.steps if _has_bearing(step.action, kinds)]
        for row in range(len(rule.rows)):
            for status in list_met_statuses(table, statuses):
                yield from _find_outcomes(table, rule, row, status, steps, kinds)


def list_met_statuses(table: TableRegions, statuses: Sequence[Status]) -> list[Status]:
    """The statuses of tickets that an event can come to.

    Which rules answer closed tickets is only known where the table knows statuses.
    """
    if table.event.opens:
        return []
    of_closed = table.event.of_closed
    return [one for one in statuses if not one.closed or (of_closed and table.stands_in(one.name))]


def list_awaited_kinds(kinds: Mapping[str, Items]) -> AwaitedKinds:
    """Those of some kinds of items of which some are awaited in a status."""
    return {name: kind for name, kind in kinds.items() if kind.awaited_in is not None}


def _find_outcomes(
    table: TableRegions,
    rule: Rule,
    row: int,
    status: Status,
    steps: Sequence[Step],
    kinds: AwaitedKinds,
) -> list[RuleOutcome]:
    """The outcomes of a row for tickets in a status; `steps` are those that have a bearing."""
    box = table.cut(table.boxes[rule.id][row], table.stands_in(status.name))
    if box is None or not table.can_be(box):
        return []
    before = RuleOutcome(
        table=table,
        rule=rule,
        row=row,
        status=status,
        box=box,
        after=status.name,
        enters=False,
        asks=False,
        tested=frozenset(),
        open_kinds=frozenset(n for n, kind in kinds.items() if kind.awaited_in == status.name),
    )
    outcomes = [before]
    for step in steps:
        outcomes = [one for so_far in outcomes for one in _follow_step(so_far, step, kinds)]
    return outcomes


def _follow_step(before: RuleOutcome, step: Step, kinds: AwaitedKinds) -> Iterator[RuleOutcome]:
    """What an outcome becomes where a step is done, and where it is not."""
    table, action = before.table, step.action
    inside = table.cut(before.box, step.when)
    if inside is None or not table.can_be(inside):
        yield before
        return
    before = before._replace(tested=before.tested.union(step.when))
    done = before._replace(box=inside, open_kinds=_count_open(action, before.open_kinds, kinds))
    if (entered := action.status_after) is not None:
        asks = "status" in step.when
        done = done._replace(after=_read_constant(entered), enters=True, asks=asks)
    yield done
    for rest in find_uncovered(before.box, [inside]):
        if table.can_be(rest):
            yield before._replace(box=rest)


def _has_bearing(action: Action, kinds: AwaitedKinds) -> bool:
    if isinstance(action, AddItem | ChangeItems):
        return action.item in kinds
    return action.status_after is not None


def _read_constant(text: Text) -> str | None:
    return None if text.names else text.as_written


# --- items ------------------------------------------------------------------------------------------


def _count_open(action: Action, before: frozenset[str], kinds: AwaitedKinds) -> frozenset[str]:
    """The kinds of which an awaited item is there after an action."""
    if isinstance(action, AddItem):
        return before | {action.item} if _adds_awaited(action, kinds[action.item]) else before
    if isinstance(action, ChangeItems) and _ends_awaited(action, kinds[action.item]):
        return before - {action.item}
    return before


def _adds_awaited(action: AddItem, kind: Items) -> bool:
    return all(
        _is_value(action.given.get(name, Constant(action.defaults.get(name))), value)
        for name, value in kind.awaited.items()
    )


def _ends_awaited(action: ChangeItems, kind: Items) -> bool:
    """Whether an action changes every awaited item into one that is not awaited."""
    whole = all(
        name in kind.awaited and _is_value(source, kind.awaited[name])
        for name, source in action.where.items()
    )
    return whole and any(
        isinstance(source, Constant) and source.constant != kind.awaited[name]
        for name, source in action.to.items()
        if name in kind.awaited
    )


def _is_value(source: ValueSource, value: object) -> bool:
    return isinstance(source, Constant) and source.constant == value
