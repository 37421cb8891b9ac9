"""How a class of tickets stands, for the events that every book has: inputs that no caller gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ....book.model import Book
from ....book.task_kinds import stands_beside
from ..abstract_values import SOME, AbstractValue, OneOf, Unknown, Values
from .abstract_ticket import AbstractList, AbstractTicket
from .kept_parts import KeptParts, is_closed


class Standing(NamedTuple):
    """The values that an input can have, and what is not known of the ticket for it."""

    values: Sequence[AbstractValue]
    guessed: frozenset[str] = frozenset()


_STATUS_OPEN, _TASK_OPEN = frozenset({"status"}), frozenset({"task", "status"})


def find_standing(
    kept: KeptParts, what: str, ticket: AbstractTicket | None, given: Values
) -> Standing:
    """What an input is that says how the tickets of a class stand; `given` is what the caller gives."""
    if ticket is None:
        return Standing([None])
    status = kept.value(ticket, "status")
    if what == "status":
        return _find_status(kept.book, status)
    if what == "closed":
        if isinstance(status, Unknown):
            return Standing([True, False], _STATUS_OPEN)
        return Standing([is_closed(kept.book, status)])
    if what == "assignee":
        return Standing([kept.value(ticket, "assignee")])
    return _find_task(kept, ticket, status, what, given.get("task"))


def _find_status(book: Book, status: AbstractValue) -> Standing:
    if isinstance(status, OneOf):
        return Standing(status.values, _STATUS_OPEN)
    if isinstance(status, Unknown):
        standing = [one.name for one in book.statuses.values() if not one.closed]
        return Standing(standing, _STATUS_OPEN)
    return Standing([status])


def _find_task(
    kept: KeptParts,
    ticket: AbstractTicket,
    status: AbstractValue,
    what: str,
    named: AbstractValue,
) -> Standing:
    """The kind of the task that is meant: as it is found for a ticket, see decision/standing.py."""
    kinds = list_task_kinds(kept, ticket)
    if kinds is None or isinstance(status, Unknown) or SOME in kinds:
        return Standing([SOME, None], _TASK_OPEN)
    if what == "task" and named is not None:
        return Standing([named if named in kinds else None])
    own = [one for one in kinds if not stands_beside(kept.book.tasks, str(one), status)]
    if not own and what == "task":
        own = [*kinds]
    if len(own) > 1:
        return Standing(own, frozenset({"task"}))
    return Standing(own or [None])


def list_task_kinds(kept: KeptParts, ticket: AbstractTicket) -> list[AbstractValue] | None:
    """The kinds of the open tasks, SOME where one is not known; None where the tasks are not."""
    if "task" not in kept.kinds:
        return None
    rows = ticket.lists[kept.kinds.index("task")]
    if not isinstance(rows, AbstractList):
        return None
    names = kept.contents["task"]
    if "kind" not in names:
        return [SOME for _ in (*rows.older, *rows.newest)]
    found = (content[names.index("kind")] for content in (*rows.older, *rows.newest))
    return list(dict.fromkeys(SOME if isinstance(one, Unknown) else one for one in found))
