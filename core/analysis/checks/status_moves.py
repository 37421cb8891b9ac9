"""How a book moves tickets: the changes of status its rules make, and statuses outside of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...book.model import Rule, Status, Step
from .findings import Observation
from .table_regions import TableRegions


class StatusMove(NamedTuple):
    """A change of status that a rule makes.

    `start` is None where a ticket is opened, `end` where the status is a value that is not known
    before.
    """

    event: str
    rule: str
    start: str | None
    end: str | None


def find_moves(
    table: TableRegions, statuses: Mapping[str, Status], book: str
) -> Iterator[StatusMove]:
    """The changes of status that the rules of an event can make, a rule that leaves it out.

    `book` is the book's name: of the tickets a rule opens, only those of its own count.
    """
    event, closed = table.event.name, _find_closed(statuses)
    for rule in table.event.rules:
        for step in rule.steps:
            if step.kind == "open" and step.raw["open"] == book:
                written = step.raw.get("with", {}).get("status")
                yield StatusMove(event, rule.id, None, _as_known(written or next(iter(statuses))))
        for start in () if table.event.opens else statuses.values():
            # What is asked of closed tickets can be told only where the table knows statuses.
            if not start.closed or table.stands_in(start.name):
                for step in _find_last_steps(table, rule, start.name):
                    yield StatusMove(event, rule.id, start.name, _find_end(step, closed))


def _find_last_steps(table: TableRegions, rule: Rule, start: str) -> Iterator[Step]:
    """The steps that may be the last to change the status of a ticket that stands in `start`."""
    here = table.stands_in(start)
    for step in reversed(rule.steps):
        if step.kind in ("status", "close") and table.admits(rule, here, step.when):
            yield step
            if not step.when:
                return


def _find_end(step: Step, closed: str) -> str | None:
    return closed if step.kind == "close" else _as_known(step.raw["status"])


def _as_known(written: str) -> str | None:
    return None if "{" in written else written


def _find_closed(statuses: Mapping[str, Status]) -> str:
    return next(status.name for status in statuses.values() if status.closed)


def check_statuses(
    made: Sequence[StatusMove], statuses: Mapping[str, Status]
) -> Iterator[Observation]:
    """Statuses that nothing enters, and such as no rule leaves though they are not closed.

    What a ticket in a status must have shows that imports bring tickets in it.
    """
    entered = {move.end for move in made if move.start != move.end}
    left = {move.start for move in made if move.start != move.end}
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
