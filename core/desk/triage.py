"""What a day asks of the tickets of all books: the nights of the books, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..book.model import DAY, Book, Rule
from ..errors import BadInput, Refused
from ..ticketfile import read_tickets
from .assign import give_back
from .candidates import find_candidates
from .holiday_news import keep_country_days
from .night import Night, Selection, use_second_process
from .office import Office, PlanResult
from .people import check_person


class Triage:
    """A day's questions to open tickets, each page of a book committed before its decisions come.

    `books` and `tickets` (refs) narrow it, `person` to what one person has to do; `shows` says which
    rules that change nothing are planned too; without `names`, plans know customers only where
    their rule needs them. Of tickets that can't be `near`'s, none need be read. What is named is
    looked up here: raises BadInput or Refused.

    A night of all tickets begins with those that somebody had until this day: they are given back,
    unless it is only looked at for what is `near`'s.

    Tickets that no rule answers, or more than one, are left as they are: `left` has the reason by
    ref once the decisions were all read. So are all tickets of a book that can't be read or whose
    facts.sql fails: `faulty_books` has its first fault. A book or ticket that is named must have a
    sound book.
    """

    def __init__(
        self,
        office: Office,
        books: Sequence[str] = (),
        tickets: Sequence[str] = (),
        person: str | None = None,
        shows: Callable[[Rule], bool] = lambda rule: True,
        names: bool = True,
        near: str | None = None,
    ) -> None:
        self._office, self._left = office, dict[int, str]()
        if person is not None:
            check_person(office, "--assignee", person)
        self._not_given_back = dict[str, str]()
        self._all, self._is_named = not (books or tickets or person), bool(tickets)
        self._near = near or person
        found = [find_asked_ticket(office, ref) for ref in tickets]
        ids = tuple(sorted({head.id for head in found})) if tickets else None
        known = {head.book for head in found}
        for book in {*books, *known}:
            office.shelf.book(book)
        if not tickets:
            known = {*read_tickets.read_open_books(office.connection)}
        sound, self.faulty_books = office.shelf.read_sound(
            sorted(known & {*books} if books else known)
        )
        self._nights = [
            Night(office, one, self._select(one, ids, person), shows, names) for one in sound
        ]
        if not tickets and person is None:
            self._nights += list_closed_nights(office, books, names, near)
        closed = sorted({head.book for head in found if not head.open})
        self._nights += [
            Night(office, of, Selection(ids, person, closed=True), shows, names)
            for of in office.shelf.read_sound(closed)[0]
        ]

    def _select(self, book: Book, named: tuple[int, ...] | None, person: str | None) -> Selection:
        """The open tickets of a book that are read."""
        if named is None and self._near is not None:
            named = find_candidates(self._office, book, self._near)
        return Selection(named, person)

    def __iter__(self) -> Iterator[PlanResult]:
        has_written = False
        for page in self._sweep_all():
            has_written = has_written or any(one.event_id is not None for one in page)
            yield from page
        if self._all and has_written:
            self._keep_calendars()

    def _sweep_all(self) -> Iterator[list[PlanResult]]:
        if self._all and self._near is None:
            yield from ([one] for one in give_back(self._office, self._not_given_back))
        with use_second_process(self._office, self._is_named):
            for night in self._nights:
                try:
                    yield from night.sweep()
                except BadInput as error:
                    self.faulty_books[night.book.name] = error.first
                self._left |= night.undecided

    def _keep_calendars(self) -> None:
        """Keep the holidays that this night, which has written something, counts by."""
        office, books = self._office, [night.book for night in self._nights]
        calendars = [office.shelf.calendar(book.calendar) for book in books]
        keep_country_days(office.connection, calendars, office.today)

    @property
    def left_tickets(self) -> dict[str, str]:
        """Why tickets were left as they are, by ref, in the order of the file."""
        left = {
            read_tickets.read_ref(self._office.connection, number): why
            for number, why in sorted(self._left.items())
        }
        return {**self._not_given_back, **left}


def list_closed_nights(
    office: Office, books: Sequence[str], names: bool, near: str | None = None
) -> Iterator[Night]:
    """The nights of closed tickets: of books whose day asks of some, and shown where one acts.

    A book that can't be read is told where it has open tickets. For one person all books are looked
    at, since which of them have tickets is only found by going through all tickets.
    """
    held = read_tickets.read_all_books(office.connection) if near is None else office.shelf.names()
    known = [one for one in held if one in books or not books]
    for book in office.shelf.read_sound(known)[0]:
        if book.event(DAY).of_results:
            named = None if near is None else find_candidates(office, book, near, is_open=False)
            yield Night(office, book, Selection(named, closed=True), lambda _: False, names)


def only_waits(rule: Rule) -> bool:
    """Whether all a rule says is to wait."""
    return any(step.action.waits for step in rule.steps)


def find_asked_ticket(office: Office, ref: str) -> read_tickets.TicketHead:
    """A ticket of which a day can ask something: an open one, or a closed one with a result of which
    its book's day asks. BadInput where there is none, Refused where it is closed otherwise."""
    head = read_tickets.find_ticket(office.connection, ref)
    if not head.book:
        raise BadInput(f"{ref} has no book.")
    results = () if head.open else office.shelf.book(head.book).event(DAY).of_results
    if not head.open and read_tickets.read_result(office.connection, head.id) not in results:
        raise Refused(
            f"{ref} is closed, so triage has nothing to ask about it; `prassi show {ref}` shows how it ended."
        )
    return head
