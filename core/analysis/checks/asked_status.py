"""Whether events ask where a ticket stands: what may be done anywhere, though nobody has said so.

Three things are found: an event whose rules answer in every status alike; a rule that leads out of a
status that waits as if it were any other; an item that is open where nobody awaits it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from itertools import groupby

from ...book.model import Status
from ...tables.regions import Box, find_uncovered, intersect_boxes
from ..raw_tables import RawTable
from .findings import Observation, join_words
from .rule_outcomes import AwaitedKinds, RuleOutcome, list_met_statuses
from .table_regions import TableRegions


class EventStatuses:
    """How an event of a book meets its statuses; `raw` is the event as it is written."""

    def __init__(
        self,
        table: TableRegions,
        statuses: Sequence[Status],
        outcomes: Sequence[RuleOutcome],
        raw: RawTable,
    ) -> None:
        self._table, self._raw = table, raw
        self._statuses, self._outcomes = statuses, outcomes
        self._open = [status for status in statuses if not status.closed]

    def check(self, kinds: AwaitedKinds) -> Iterator[Observation]:
        """Everything that is found in the event; `kinds` are items that are awaited in a status."""
        event = self._table.event
        if event.rules and not event.opens and len(self._open) > 1:
            yield from self._check_event()
            yield from self._check_rules()
            yield from self._check_awaited(kinds)

    # --- the event ----------------------------------------------------------------------------------

    def _check_event(self) -> Iterator[Observation]:
        name, declared = self._table.event.name, "any_status" in self._raw
        if not self._asks_status and not declared:
            sentence = (
                f"{name} never asks the status: each of its rules can answer in every one. Test the"
                " status, or say why not with any_status."
            )
            yield Observation(kind="anywhere", at=self._table.path, sentence=sentence)
        if declared and self._asks_status and not any(self._left.values()):
            sentence = f"{name} asks the status, so any_status says nothing."
            path = (*self._table.path, "any_status")
            yield Observation(kind="idle", at=path, sentence=sentence)

    @cached_property
    def _asks_status(self) -> bool:
        """Whether there is a row that can hold in one status, and in another one can't."""
        met = {status.name for status in list_met_statuses(self._table, self._statuses)}
        for _, of_row in groupby(self._outcomes, lambda one: (one.rule.id, one.row)):
            if {one.status.name for one in of_row} != met:
                return True
        return False

    # --- statuses that wait -------------------------------------------------------------------------

    def _check_rules(self) -> Iterator[Observation]:
        everywhere = "any_status" in self._raw
        for rule, written in zip(self._table.event.rules, self._raw["rule"], strict=True):
            left, declared = self._left.get(rule.id, []), "any_status" in written
            path = self._table.rule_path(rule, "when")
            if left and not declared and not everywhere:
                sentence = (
                    f"{rule.id} leaves {join_words(left)}, where tickets wait, on facts on which it"
                    " answers elsewhere too. Test the status, or say why not with any_status."
                )
                yield Observation(kind="anywhere", at=path, sentence=sentence, rule=rule.id)
            elif declared and (not left or everywhere):
                why = "the event says it" if left else "it leaves no status that waits unasked"
                sentence = f"{rule.id} needs no any_status: {why}."
                yield Observation(kind="idle", at=path, sentence=sentence, rule=rule.id)

    @cached_property
    def _left(self) -> dict[str, list[str]]:
        """For each rule, the statuses that wait, and that it leaves as if they were any other."""
        found: dict[str, dict[str, None]] = {}
        for one in self._outcomes:
            if one.status.waits and one.leaves and not one.asks and not self._row_asks(one):
                told = found.setdefault(one.rule.id, {})
                if one.status.name not in told and self._answers_elsewhere(one):
                    told[one.status.name] = None
        order = [status.name for status in self._statuses]
        return {rule: sorted(left, key=order.index) for rule, left in found.items()}

    def _row_asks(self, outcome: RuleOutcome) -> bool:
        """Whether a row has a test of the status that keeps an open one out."""
        cell = outcome.rule.rows[outcome.row].get("status")
        return cell is not None and not all(cell.holds(one.name) for one in self._open)

    def _answers_elsewhere(self, outcome: RuleOutcome) -> bool:
        """Whether a row answers, in a status that does not wait, on some of the facts that it tests."""
        tested = frozenset(outcome.rule.rows[outcome.row]) | outcome.tested
        here = list(self._list_possible(outcome.box, tested))
        for other in self._open:
            box = self._table.cut(
                self._table.boxes[outcome.rule.id][outcome.row],
                self._table.stands_in(other.name),
            )
            if not other.waits and box is not None:
                for there in self._list_possible(box, tested):
                    if any(intersect_boxes(one, there) for one in here):
                        return True
        return False

    def _list_possible(self, box: Box, tested: Collection[str]) -> Iterator[Box]:
        """The facts of a box that can occur, with only what they say of some facts but the status."""
        space = self._table.space
        for part in find_uncovered(box, self._table.never):
            yield tuple(
                bits if name in tested and name != "status" else whole
                for name, bits, whole in zip(space.names, part, space.whole, strict=True)
            )

    # --- items that are awaited ---------------------------------------------------------------------

    def _check_awaited(self, kinds: AwaitedKinds) -> Iterator[Observation]:
        closed = {status.name for status in self._statuses if status.closed}
        told = set[tuple[str, str, bool]]()
        for one in self._outcomes:
            for name, kind in kinds.items() if one.after not in (None, *closed) else ():
                is_open = name in one.open_kinds
                key = (one.rule.id, name, is_open)
                if is_open != (one.after == kind.awaited_in) and key not in told:
                    told.add(key)
                    yield self._tell_unawaited(one, name, is_open)

    def _tell_unawaited(self, outcome: RuleOutcome, kind: str, is_open: bool) -> Observation:
        rule = outcome.rule
        what = f"one of {kind} is still open" if is_open else f"none of {kind} is open"
        came = f", coming from {outcome.status.name}" if outcome.leaves else ""
        where = "where it is not awaited" if is_open else "where it is awaited"
        return Observation(
            kind="awaited",
            at=self._table.rule_path(rule, "then"),
            sentence=f"after {rule.id} {what} in {outcome.after}, {where}{came}.",
            rule=rule.id,
            about=f"{kind} {is_open}",
        )
