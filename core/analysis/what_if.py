"""What if: the open tickets worked out under other figures, days or books, beside the present ones.

Nothing is written to the ticket file; where nights follow each other, they run on copies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from typing import NamedTuple

from ..book.message_actions import MessageQueued, WaitSet
from ..book.model import Book, Rule
from ..decision.plan import Plan
from ..desk.night import PAGE, DecidedPage, Night, Selection
from ..desk.office import Office
from ..library.library import Shelf
from ..library.settings import Settings
from ..ticketfile import read_tickets
from ..ticketfile.sqlite import Connection
from ..ticketfile.trial_copy import TrialCopy, TrialHistory
from ..ticketfile.writer_process import InProcessWriter
from .causes import Causes
from .effects import DUE, NEXT, WAIT, EffectChange, find_changes, find_plan_changes, list_standing


class Course(NamedTuple):
    """What becomes of a ticket: the rules that answer, the next date, and the messages it gets.

    Over several nights, a rule stands behind its day.
    """

    rules: tuple[str, ...]
    due: str | None
    messages: tuple[str, ...]


class TicketCourse(NamedTuple):
    """A ticket, and what becomes of it; no rule answers it where there is no plan."""

    ref: str
    course: Course
    plan: Plan | None


class Comparison(NamedTuple):
    """What becomes of a ticket as things are, and as they would be.

    `changes` are what the same rules do otherwise, on the same days; but for the next date, which
    the courses have.
    """

    ticket: str
    book: str
    now: Course
    then: Course
    changes: Sequence[EffectChange]


class TrialSummary:
    """The figures of a trial: how many tickets there are, how many differ in what, and why."""

    def __init__(self) -> None:
        self.tickets = self.another_way = self.other_days = self.moved = self.otherwise = 0
        self.rules: dict[str, list[int]] = {}
        """How often each rule answers now and then, on the tickets that go another way."""
        self.messages: Counter[str] = Counter()
        """By template: how many more; below zero, how many fewer."""
        self.causes = Causes()

    def count(self, ticket: Comparison) -> bool:
        """Count a ticket; returns whether anything about it differs."""
        self.tickets += 1
        if ticket.now == ticket.then and not ticket.changes:
            return False
        if ticket.now.rules != ticket.then.rules:
            self._count_rules(ticket)
        elif ticket.now.due != ticket.then.due:
            self.moved += 1
        self.otherwise += bool(ticket.changes)
        for change in ticket.changes:
            self.causes.add(ticket.book, _drop_days(ticket.now)[-1], change, ticket.ticket)
        self.messages.update(Counter(ticket.then.messages))
        self.messages.subtract(Counter(ticket.now.messages))
        return True

    def _count_rules(self, ticket: Comparison) -> None:
        now, then = _drop_days(ticket.now), _drop_days(ticket.then)
        self.another_way += 1
        self.other_days += now == then
        for place, rules in enumerate((now, then)):
            for rule in rules:
                self.rules.setdefault(rule, [0, 0])[place] += 1


def _drop_days(course: Course) -> list[str]:
    """The rules without their days."""
    return [rule.rpartition(" ")[2] for rule in course.rules]


def find_books(now: Office, then: Office) -> tuple[list[str], dict[str, str]]:
    """The books of open tickets that can be read under both offices' settings, and the first fault
    of each other one."""
    names = read_tickets.read_open_books(now.connection)
    faulty = {**now.shelf.read_sound(names)[1], **then.shelf.read_sound(names)[1]}
    return [name for name in names if name not in faulty], faulty


def compare_today(now: Office, then: Office, names: Sequence[str]) -> Iterator[Comparison]:
    """Every open ticket of some books as today asks of it, under both offices' settings."""
    for name in names:
        books = [office.shelf.book(name) for office in (now, then)]
        # A book that the trial does not change is decided once: both ways come out the same.
        same = len({(book.digest, book.folder) for book in books}) == 1
        offices = (now,) if same else (now, then)
        nights = [
            Night(*both, Selection(), _show_all, names=False)
            for both in zip(offices, books, strict=False)
        ]
        after = 0
        while (ends := read_tickets.find_page(now.connection, name, after, PAGE)) is not None:
            after = ends[1]
            with read_tickets.read_snapshot(now.connection) as seen:
                pages = [
                    _read_courses(now, night, night.decide_page(*ends, seen)) for night in nights
                ]
            for number, ticket in pages[0].items():
                other = pages[-1][number]
                changes = [] if same else _find_changes(ticket, other)
                yield Comparison(ticket.ref, name, ticket.course, other.course, changes)


def _read_courses(office: Office, night: Night, found: DecidedPage) -> dict[int, TicketCourse]:
    """What the night makes of each ticket of a page, by the id of the ticket."""
    courses = {
        plan.state.id: TicketCourse(plan.state.ref, _read_course(plan), plan)
        for plan in night.make_plans(found)
    }
    for number in night.undecided:
        if found.first <= number <= found.last:
            ref = read_tickets.read_ref(office.connection, number)
            courses[number] = TicketCourse(ref, Course(("no answer",), None, ()), None)
    return courses


def _find_changes(now: TicketCourse, then: TicketCourse) -> list[EffectChange]:
    """What the same rule does otherwise, beside the next date."""
    if now.plan is None or then.plan is None or now.course.rules != then.course.rules:
        return []
    found = find_plan_changes(now.plan, then.plan)
    return _drop_dates(found) if now.course.due != then.course.due else found


def _drop_dates(changes: Sequence[EffectChange]) -> list[EffectChange]:
    """What differs beside dates on which something is due, where these are told already."""
    return [one for one in changes if one.kind not in (DUE, WAIT, NEXT)]


def _show_all(rule: Rule) -> bool:
    return True


def _show_none(rule: Rule) -> bool:
    return False


def _read_course(plan: Plan) -> Course:
    sent = tuple(done.template for done in plan.actions if isinstance(done, MessageQueued))
    step = plan.next
    waits = next((done.until for done in plan.actions if isinstance(done, WaitSet)), None)
    return Course((plan.rule.id,), step["due"] if step else waits, sent)


def compare_nights(
    connection: Connection,
    settings: tuple[Settings, Settings],
    first: str,
    last: str,
    names: Sequence[str],
) -> Iterator[Comparison]:
    """What becomes of every ticket of some books that is open now in the nights from `first` to
    `last`, under both settings; the nights run on copies of the file."""
    start, end = (date.fromisoformat(day[:10]) for day in (first, last))
    with closing(TrialCopy(connection)) as one, closing(TrialCopy(connection)) as other:
        shelves = [
            _run_nights(copy, of, start, end, names)
            for copy, of in zip((one, other), settings, strict=True)
        ]
        for now, then in zip(one.read_histories(), other.read_histories(), strict=True):
            if now.book in names:
                book = shelves[0].book(now.book)
                yield _compare_histories(book, (one, other), now, then)


def _compare_histories(
    book: Book, copies: tuple[TrialCopy, TrialCopy], now: TrialHistory, then: TrialHistory
) -> Comparison:
    """What has become of a ticket on two copies."""
    changes: list[EffectChange] = []
    if now.rules and now.rules == then.rules:
        standing = [
            list_standing(book, copy.read_values(now.ticket_id), copy.read_made_rows(now.ticket_id))
            for copy in copies
        ]
        changes = find_changes(*standing)
    if now.due != then.due:
        changes = _drop_dates(changes)
    courses = [Course(one.rules, one.due, one.messages) for one in (now, then)]
    return Comparison(now.ticket, now.book, courses[0], courses[1], changes)


def _run_nights(
    copy: TrialCopy, settings: Settings, first: date, last: date, names: Sequence[str]
) -> Shelf:
    """Run every night on a copy, and note what is due next after the last one; returns its books."""
    shelf = Shelf(settings, copy.connection)
    for days in range((last - first).days + 1):
        day = first + timedelta(days=days)
        at, is_last = day.isoformat(), day == last
        writer = InProcessWriter(copy.connection, "what-if", at, many=True)
        office = Office(copy.connection, settings, at, writer, shelf)
        for name in names:
            shows = _show_all if is_last else _show_none
            for page in Night(office, shelf.book(name), Selection(), shows).sweep():
                if is_last:
                    copy.note_due_dates(
                        (made.plan.state.id, _read_course(made.plan).due) for made in page
                    )
    return shelf
