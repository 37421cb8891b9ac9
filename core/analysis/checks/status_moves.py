"""How a book moves tickets between statuses, and statuses that no rule reaches or leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ...book.action_context import Constant
from ...book.item_actions import OpenTicket
from ...book.model import Event, Status
from .findings import Observation
from .rule_outcomes import RuleOutcome, list_outcomes
from .table_regions import TableRegions


class StatusMove(NamedTuple):
    """A change of status that a rule makes.

    `start` is None where a ticket is opened, `end` where the status comes from a value of the event.
    """

    event: str
    rule: str
    start: str | None
    end: str | None


def find_moves(
    table: TableRegions, statuses: Mapping[str, Status], book: str
) -> Iterator[StatusMove]:
    """The changes of status that the rules of an event of a book can make."""
    yield from find_openings(table.event, statuses, book)
    yield from find_changes(list_outcomes(table, [*statuses.values()], {}))


def find_changes(outcomes: Iterable[RuleOutcome]) -> Iterator[StatusMove]:
    """The changes of status in some outcomes, each once."""
    changes = (
        StatusMove(one.table.event.name, one.rule.id, one.status.name, one.after)
        for one in outcomes
        if one.enters
    )
    yield from dict.fromkeys(changes)


def find_openings(event: Event, statuses: Mapping[str, Status], book: str) -> Iterator[StatusMove]:
    """The statuses in which an event opens tickets; only those of the same book count."""
    for rule in event.rules:
        for step in rule.steps:
            if isinstance(step.action, OpenTicket) and step.action.book == book:
                source = step.action.given.get("status", Constant(next(iter(statuses))))
                opened = str(source.constant) if isinstance(source, Constant) else None
                yield StatusMove(event.name, rule.id, None, opened)


def check_statuses(
    moves: Sequence[StatusMove], statuses: Mapping[str, Status]
) -> Iterator[Observation]:
    """Statuses that nothing enters, and open statuses that no rule leaves.

    A status that needs something of its tickets is taken for one that imports bring along.
    """
    entered = {move.end for move in moves if move.start != move.end}
    left = {move.start for move in moves if move.start != move.end}
    for place, status in enumerate(statuses.values()):
        path = ("statuses", status.name)
        if not status.closed and status.name not in left:
            yield Observation(
                kind="status", at=path, sentence=f"no rule leaves the status {status.name}."
            )
        imported = place == 0 or status.needs or status.needs_items
        if not imported and status.name not in entered and None not in entered:
            why = "no rule leads there, and it needs nothing that would come with an import"
            sentence = f"nothing enters the status {status.name}: {why}."
            yield Observation(kind="status", at=path, sentence=sentence)
