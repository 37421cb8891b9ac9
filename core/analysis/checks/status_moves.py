"""How a book moves tickets between statuses, and statuses that no rule reaches or leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...book.action_context import Constant, ValueSource
from ...book.item_actions import OpenTicket
from ...book.model import Rule, Status, Step
from ...book.placeholders import Text
from .findings import Observation
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
    """The changes of status that the rules of an event can make.

    `book` is the book's name: of the tickets that a rule opens, only those of the same book count.
    """
    event = table.event.name
    for rule in table.event.rules:
        for step in rule.steps:
            if isinstance(step.action, OpenTicket) and step.action.book == book:
                status = step.action.given.get("status", Constant(next(iter(statuses))))
                yield StatusMove(event, rule.id, None, _find_constant(status))
        for start in () if table.event.opens else statuses.values():
            # Which rules answer closed tickets is only known where the table knows statuses.
            if not start.closed or table.stands_in(start.name):
                for step in _find_last_steps(table, rule, start.name):
                    yield StatusMove(
                        event, rule.id, start.name, _find_end(step.action.status_after)
                    )


def _find_last_steps(table: TableRegions, rule: Rule, start: str) -> Iterator[Step]:
    """The steps that may be the last to change the status of a ticket in the status `start`."""
    here = table.stands_in(start)
    for step in reversed(rule.steps):
        if step.action.status_after is not None and table.admits(rule, here, step.when):
            yield step
            if not step.when:
                return


def _find_end(status: Text | None) -> str | None:
    return None if status is None or status.names else status.as_written


def _find_constant(source: ValueSource) -> str | None:
    return str(source.constant) if isinstance(source, Constant) else None


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
