"""Which tickets of a book can be a person's: a day that is asked for one person reads no others."""

from __future__ import annotations

from collections.abc import Iterator

from ..book.action_records import Assign
from ..book.model import DAY, Book
from ..book.placeholders import Text
from ..decision.plan import ANY_AGENT
from ..ticketfile.read_tickets import find_ids_assigned_to
from .office import Office


def find_candidates(
    office: Office, book: Book, person: str, is_open: bool = True
) -> tuple[int, ...] | None:
    """The ids of a book's open or closed tickets that a person may have to do something about: those
    assigned to them. None where it can be any, since they have a role, or the book names people."""
    if _has_role(office, book, person) or _names_people(book):
        return None
    return find_ids_assigned_to(office.connection, book.name, person, is_open)


def _has_role(office: Office, book: Book, person: str) -> bool:
    """Whether a person has a role in a book, or is one."""
    holders = office.settings.roles_in(book.name).values()
    return person in (ANY_AGENT, *book.roles) or any(person in people for people in holders)


def _names_people(book: Book) -> bool:
    """Whether a day of the book can ask something of others than roles and assignees."""
    known = {ANY_AGENT, *book.roles}
    return any(isinstance(who, Text) or who not in known for who in _list_doers(book))


def _list_doers(book: Book) -> Iterator[str | Text]:
    """Whom the tasks and the day of a book name."""
    yield from (task.who for task in book.tasks.values())
    for rule in book.event(DAY).rules:
        if rule.next is not None:
            yield rule.next.who
        for step in rule.steps:
            if isinstance(step.action, Assign) and step.action.person is not None:
                yield step.action.person
