"""A night's work: what a day asks of every open ticket of a book, page by page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

from ..book.model import DAY, Book, Rule
from ..decision.facts import fact_row
from ..decision.plan import Plan
from ..decision.plan_reuse import Answer, Answers, Plans
from ..decision.ticket_state import TicketState
from ..errors import BadInput, EngineFault, Refused, Undecided
from ..ticketfile import facts_sql, read_tickets
from ..ticketfile.packed_plans import pack_plans
from ..ticketfile.writer_process import InProcessWriter
from .fact_reader import bind_parameters
from .office import Decision, Office

PAGE = 2500
"""Open tickets that triage reads, decides and commits together, at most."""

FIRST = 250
"""Those it begins with, so that the second process soon has something to write."""

MANY = 4000
"""Open tickets beyond which a second process pays."""


@contextmanager
def night_shift(office: Office) -> Iterator[None]:
    """Where many tickets are open, write in a second process as long as this lasts."""
    alone = office.writer
    if not isinstance(alone, InProcessWriter) or not read_tickets.has_more_open_than(
        office.connection, MANY
    ):
        yield
        return
    with alone.start_child() as second:
        office.writer = second
        try:
            yield
        finally:
            office.writer = alone


class Found(NamedTuple):
    """What a page of tickets was decided on: the newest event seen, the answers by ticket."""

    first: int
    last: int
    seen: int
    decided: list[tuple[int, Answer]]
    states: dict[int, TicketState]
    acted: set[int]


class Planned(NamedTuple):
    """The plans of a page, those of them that change something, and what the writer writes for these.

    `prepared` is None where there is nothing to write, or nobody who writes.
    """

    found: Found
    plans: list[Plan]
    acting: list[Plan]
    prepared: Any


class Only(NamedTuple):
    """Which open tickets a sweep is about: those named (by id), those of an assignee."""

    tickets: tuple[int, ...] | None = None
    assignee: str | None = None


_CUSTOMER = frozenset({"customer"})


def _decisions(page: Planned, numbers: list[int] | None) -> list[Decision]:
    """The decisions of a page, with the numbers of the events that those became that change
    something; None where nothing was written."""
    if numbers is None:
        return [Decision(plan, None) for plan in page.plans]
    if len(page.acting) == len(page.plans):
        return [*map(Decision, page.plans, numbers)]
    written = dict(zip(map(id, page.acting), numbers, strict=True))
    return [Decision(plan, written.get(id(plan))) for plan in page.plans]


class Night:
    """The plans of one book's day table, for a page of tickets at a time.

    Of the rules that change nothing, those are planned for which `shows` is true; without `names`,
    plans know customers only where their rule needs them. The tickets
    that no rule answers, or two, or whose message can't be written, are left as they are;
    `undecided` maps their ids to the reason.
    """

    def __init__(
        self,
        office: Office,
        book: Book,
        only: Only,
        shows: Callable[[Rule], bool],
        names: bool = True,
    ) -> None:
        self._office, self.book, self._event = office, book, book.event(DAY)
        self._which = facts_sql.open_tickets_condition(
            only.tickets is not None, bool(only.assignee)
        )
        self._query = facts_sql.build_facts_query(book, self._event, self._which)
        self._shows, self._names = shows, names
        self._context = office.plan_context(book)
        self._facts = fact_row(book, self._event, self._context.calendar, office.at)
        self._parameters = {
            **bind_parameters(book, {}, 0, 0, office.at),
            "tickets": json.dumps(only.tickets),
            "assignee": only.assignee,
        }
        self.undecided: dict[int, str] = {}

    def sweep(self) -> Iterator[list[Decision]]:
        """What the day asks of the open tickets of the book, page by page, each page committed.

        A page is read, and planned, while the page before it is written: it sees the file as it
        was before that, with one process as with two.
        """
        before: Planned | None = None
        done: Callable[[], list[Decision]] | None = None
        ends = read_tickets.find_page(self._office.connection, self.book.name, 0, FIRST)
        size = FIRST
        while ends is not None:
            size = min(2 * size, PAGE)
            with read_tickets.read_snapshot(self._office.connection) as seen:
                if before is not None:
                    self._send(before)
                found = self.read(*ends, seen)
                ends = read_tickets.find_page(
                    self._office.connection, self.book.name, ends[1], size
                )
            if done is not None:  # told only now: what writes has the next page by then
                yield done()
            page = self.planned(found)
            done = None if before is None else self._finished(before)
            before = page
        if before is not None:
            self._send(before)
            if done is not None:
                yield done()
            yield self._finished(before)()

    def _send(self, page: Planned) -> None:
        if self._office.writer is not None and page.prepared is not None:
            self._office.writer.send_page(page.prepared)

    def _finished(self, page: Planned) -> Callable[[], list[Decision]]:
        """What makes the decisions of a page, once it is written; planned anew where it was overtaken."""
        if self._office.writer is None or page.prepared is None:
            return partial(_decisions, page, None)
        numbers = self._office.writer.await_numbers()
        if numbers is not None:
            return partial(_decisions, page, numbers)
        anew = [one for part in self._parts(page.found) for one in self._under_lock(*part)]
        return lambda: anew

    def _parts(self, found: Found) -> Iterator[tuple[int, int]]:
        """The first and last ids of small parts of a page: others wait as long as one is planned."""
        after = found.first - 1
        while after < found.last:
            ends = read_tickets.find_page(self._office.connection, self.book.name, after, FIRST)
            if ends is None or ends[0] > found.last:
                break
            after = min(ends[1], found.last)
            yield ends[0], after

    def _under_lock(self, first: int, last: int) -> list[Decision]:
        """Read, plan and write a part of a page while nobody else can write."""
        writer = self._office.writer
        assert writer is not None
        writer.lock()
        for ticket in [number for number in self.undecided if first <= number <= last]:
            del self.undecided[ticket]
        with read_tickets.read_snapshot(self._office.connection) as seen:
            page = self.planned(self.read(first, last, seen))
        if page.prepared is None:
            writer.unlock()
            return _decisions(page, None)
        writer.send_page(page.prepared)
        numbers = writer.await_numbers()
        if numbers is None:
            raise RuntimeError("a page was overtaken under the lock")
        return _decisions(page, numbers)

    def read(self, first: int, last: int, seen: int) -> Found:
        """Decide on the open tickets from id `first` to `last`, and read what plans need.

        `seen` is the newest event of the snapshot that is read.
        """
        connection = self._office.connection
        decided = list(self._decided(first, last))
        again = [ticket for ticket, answer in decided if answer.rule.id in self._event.again]
        acted = (
            read_tickets.find_acted_on(connection, again, self._office.today) if again else set()
        )
        states: dict[int, TicketState] = {}
        asked: dict[frozenset[str] | None, list[int]] = {}
        for ticket, answer in decided:
            asked.setdefault(self._wants(answer), []).append(ticket)
        for wants, ids in asked.items():
            states |= read_tickets.read_states(connection, ids, wants)
        return Found(first, last, seen, decided, states, acted)

    def _wants(self, answer: Answer) -> frozenset[str] | None:
        """What of a ticket is read for its plan; its customer where somebody is to see the name."""
        wants = answer.rule.wants
        if wants is None or (answer.used is not None and not self._names):
            return wants
        return wants | _CUSTOMER

    def _decided(self, first: int, last: int) -> Iterator[tuple[int, Answer]]:
        answers = Answers(self._event, self._facts)
        bounds = {**self._parameters, "first": first, "last": last}
        rows = facts_sql.read_facts(self._office.connection, self._query, bounds)
        asked = facts_sql.find_asked_tickets(self._office.connection, self._which, bounds)
        if len(rows) < len(asked):
            for ticket in asked.difference(row[0] for row in rows):
                self.undecided[ticket] = f"facts.sql of book {self.book.name} has no row for it."
        for row in rows:
            try:
                answer = answers.to(row)
            except (Undecided, EngineFault) as error:
                self.undecided[row[0]] = str(error)
                continue
            if answer.rule.acts or self._shows(answer.rule):
                yield row[0], answer

    def planned(self, found: Found) -> Planned:
        """The plans for what was found, and what those that change something write."""
        writer, plans = self._office.writer, self.plans(found)
        acting, prepared = [plan for plan in plans if plan.changes], None
        if acting and writer is not None:
            prepared = writer.prepare_page(
                pack_plans(acting, self._office.kept(self.book)), found.seen
            )
        return Planned(found, plans, acting, prepared)

    def plans(self, found: Found) -> list[Plan]:
        """Plans for what was found; a ticket that a night of that day has acted on rests."""
        plans, alike = [], Plans(self._context, self._event)
        for ticket, answer in found.decided:
            try:
                plan = alike.plan(found.states[ticket], answer)
            except (BadInput, Refused) as error:  # a template that this ticket's values break
                self.undecided[ticket] = str(error)
                continue
            plans.append(plan.at_rest() if ticket in found.acted and answer.rule.acts else plan)
        return plans
