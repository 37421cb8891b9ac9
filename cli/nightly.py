"""A night over some tickets, for the commands that ask what a day asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from prassi.core.errors import BadInput, PrassiError, Refused

from .streams import warn

if TYPE_CHECKING:
    from prassi.core.book.model import Rule
    from prassi.core.desk.office import Decision, Office


class NightFault(PrassiError):
    """Some tickets could not be decided; the others were."""


def decisions(
    office: Office,
    books: Sequence[str],
    tickets: Sequence[str],
    assignee: str | None,
    shows: Callable[[Rule], bool],
    names: bool = True,
) -> Iterator[Decision]:
    """Every decision of the night, each page committed before its decisions come.

    Raises NightFault at the end, once the tickets without an answer have been told on stderr.
    """
    from prassi.core.desk.night import Night, Only, night_shift
    from prassi.core.ticketfile import read_tickets

    found = [_open_ticket(office, ref) for ref in tickets]
    ids = tuple(number for number, _ in found) if tickets else None
    known = (
        {book for _, book in found} if tickets else set(read_tickets.books_in(office.connection))
    )
    for book in books:
        office.shelf.book(book)
    wanted = sorted(known & set(books) if books else known)
    nights = [
        Night(office, office.shelf.book(name), Only(ids, assignee), shows, names) for name in wanted
    ]
    with night_shift(office):
        for night in nights:
            for page in night.sweep():
                yield from page
    faults = {number: why for night in nights for number, why in night.undecided.items()}
    for number, why in sorted(faults.items()):
        warn(f"{read_tickets.ref(office.connection, number)}: {why}", label="Error: ")
    if faults:
        raise NightFault(
            f"{len(faults)} tickets were left as they are; mend the book and run triage again."
        )


def waits(rule: Rule) -> bool:
    """Whether all a rule says is to wait."""
    return any(step.kind == "wait" for step in rule.steps)


def _open_ticket(office: Office, ref: str) -> tuple[int, str]:
    from prassi.core.ticketfile import read_tickets

    number, book, is_open = read_tickets.find_ticket(office.connection, ref)
    if not is_open:
        raise Refused(
            f"{ref} is closed, so no day asks anything of it; `prassi show {ref}` tells how it ended."
        )
    if not book:
        raise BadInput(f"{ref} has no book.")
    return number, book
