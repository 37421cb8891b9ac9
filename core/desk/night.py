"""A night's work: what a day asks of every open ticket of a book, page by page."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from ..book.model import DAY, Book, Rule
from ..decision.facts import fact_row
from ..decision.plan import Plan
from ..decision.plan_reuse import Answer, Answers, Plans
from ..decision.ticket_state import TicketState
from ..errors import BadInput, EngineFault, Refused, Undecided
from ..system.fast_json import encode
from ..system.records import NamedTuple
from ..ticketfile import facts_sql, read_tickets
from ..ticketfile.packed_plans import pack_plans
from ..ticketfile.writer_process import InProcessWriter, PreparedPage
from .fact_reader import bind_parameters
from .office import Office, PlanResult

PAGE = 2500
"""Open tickets that are read, decided and committed together, at most."""

FIRST = 250
"""The open tickets of the first page, so that the second process soon has something to write."""

MANY = 4000
"""Open tickets from which on a second process saves time."""


@contextmanager
def use_second_process(office: Office, named: bool = False) -> Iterator[None]:
    """Have an office write in a second process as long as this lasts, where many tickets are open;
    not where some are `named`."""
    own = office.writer
    if named or not isinstance(own, InProcessWriter) or not _has_many(office):
        yield
        return
    with own.start_child() as second:
        office.writer = second
        try:
            yield
        finally:
            office.writer = own


def _has_many(office: Office) -> bool:
    return read_tickets.has_more_open_than(office.connection, MANY)


class DecidedPage(NamedTuple):
    """A page of tickets with the table's answers: from which id to which, and as of which newest event.

    `acted` are the tickets on which a night of that day has already acted.
    """

    first: int
    last: int
    seen: int
    answers: list[tuple[int, Answer]]
    states: dict[int, TicketState]
    acted: set[int]


class PlannedPage(NamedTuple):
    """The plans of a page, those of them that change something, and these as the writer takes them.

    `prepared` is None where there is nothing to write, or no writer.
    """

    decided: DecidedPage
    plans: list[Plan]
    acting: list[Plan]
    prepared: PreparedPage | None


class Selection(NamedTuple):
    """Which tickets a night is about: those named (by id, in order), those on which a person has to act; by
    default all. They are open, or closed with a result of which the book's day asks."""

    tickets: tuple[int, ...] | None = None
    person: str | None = None
    closed: bool = False


_CUSTOMER = frozenset({"customer"})


def _number_plans(page: PlannedPage, numbers: list[int] | None) -> list[PlanResult]:
    """The plans of a page, with the numbers of the events that the acting ones became; `numbers` is
    None where nothing was written."""
    if numbers is None:
        return [PlanResult(plan, None) for plan in page.plans]
    if len(page.acting) == len(page.plans):
        return [*map(PlanResult, page.plans, numbers)]
    written = dict(zip(map(id, page.acting), numbers, strict=True))
    return [PlanResult(plan, written.get(id(plan))) for plan in page.plans]


class Night:
    """The plans of one book's day table, for a page of tickets at a time.

    Rules that change nothing are planned where `shows` is true for them; without `names`, plans know
    customers only where their rule needs them. Tickets that no rule answers, or more than one, or
    whose message can't be written, are left as they are; `undecided` maps their ids to the reason.
    """

    def __init__(
        self,
        office: Office,
        book: Book,
        only: Selection,
        shows: Callable[[Rule], bool],
        names: bool = True,
    ) -> None:
        self._office, self.book, self._event = office, book, book.event(DAY)
        self._results = self._event.of_results if only.closed else ()
        self._named = only.tickets
        self._which = facts_sql.tickets_condition(only.tickets is not None, only.closed)
        self._query = facts_sql.build_facts_query(book, self._event, self._which)
        self._shows, self._names = shows, names
        self._context = office.plan_context(book)
        self._facts = fact_row(book, self._event, self._context.calendar, office.at)
        self._parameters = {
            **bind_parameters(book, {}, 0, 0, self._context.at),
            "results": encode(self._results),
        }
        self._person = only.person
        self.undecided: dict[int, str] = {}

    def sweep(self) -> Iterator[list[PlanResult]]:
        """What the day asks of the open tickets of the book, page by page, each page committed.

        A page is read, and planned, while the page before it is written: it sees the file as it
        was before that, with one process as with two. BadInput where the book's facts.sql fails,
        once the pages before are done.
        """
        before: PlannedPage | None = None
        done: Callable[[], list[PlanResult]] | None = None
        decided: DecidedPage | BadInput
        ends, size = self._find_page(0, FIRST), FIRST
        while ends is not None:
            size = min(2 * size, PAGE)
            with read_tickets.read_snapshot(self._office.connection) as seen:
                if before is not None:
                    self._send(before)
                first, last = ends
                decided = self._try_page(first, last, seen)
                ends = self._find_page(last, size)
            if done is not None:  # only now: by then the writer has the next page
                yield done()
            if isinstance(decided, BadInput):
                if before is not None:
                    yield self._finish_page(before)()
                raise decided
            page = self.plan_page(decided)
            done = None if before is None else self._finish_page(before)
            before = page
        if before is not None:
            self._send(before)
            if done is not None:
                yield done()
            yield self._finish_page(before)()

    def _try_page(self, first: int, last: int, seen: int) -> DecidedPage | BadInput:
        """The page from id `first` to `last`, or what the book's facts.sql fails with."""
        try:
            return self.decide_page(first, last, seen)
        except BadInput as error:
            return error

    def _find_page(self, after: int, size: int) -> tuple[int, int] | None:
        if self._named is not None:
            page = self._list_named(after + 1, self._named[-1] if self._named else 0)[:size]
            return (page[0], page[-1]) if page else None
        connection = self._office.connection
        return read_tickets.find_page(connection, self.book.name, after, size, self._results)

    def _list_named(self, first: int, last: int) -> tuple[int, ...]:
        """Those of the named tickets from id `first` to `last`."""
        named = self._named or ()
        return named[bisect_left(named, first) : bisect_right(named, last)]

    def _send(self, page: PlannedPage) -> None:
        if self._office.writer is not None and page.prepared is not None:
            self._office.writer.send_page(page.prepared)

    def _finish_page(self, page: PlannedPage) -> Callable[[], list[PlanResult]]:
        """Wait until a page is written, and plan it anew where it was overtaken; returns what makes
        its results."""
        if self._office.writer is None or page.prepared is None:
            return partial(_number_plans, page, None)
        numbers = self._office.writer.await_numbers()
        if numbers is not None:
            return partial(_number_plans, page, numbers)
        parts = self._split_page(page.decided)
        anew = [one for first, last in parts for one in self._redo_under_lock(first, last)]
        return lambda: anew

    def _split_page(self, page: DecidedPage) -> Iterator[tuple[int, int]]:
        """The first and last ids of small parts of a page: others wait as long as one is planned."""
        after = page.first - 1
        while (ends := self._find_page(after, FIRST)) is not None:
            first, last = ends
            if first > page.last:
                break
            after = min(last, page.last)
            yield first, after
            if after == page.last:
                break

    def _redo_under_lock(self, first: int, last: int) -> list[PlanResult]:
        """Read, plan and write a part of a page while nobody else can write."""
        writer = self._office.writer
        assert writer is not None
        writer.lock()
        for ticket in [number for number in self.undecided if first <= number <= last]:
            del self.undecided[ticket]
        try:
            with read_tickets.read_snapshot(self._office.connection) as seen:
                page = self.plan_page(self.decide_page(first, last, seen))
        except BadInput:
            writer.unlock()
            raise
        if page.prepared is None:
            writer.unlock()
            return _number_plans(page, None)
        writer.send_page(page.prepared)
        numbers = writer.await_numbers()
        if numbers is None:
            raise RuntimeError("a page was overtaken under the lock")
        return _number_plans(page, numbers)

    def decide_page(self, first: int, last: int, seen: int) -> DecidedPage:
        """Decide on the open tickets from id `first` to `last`, and read what plans need.

        `seen` is the newest event of the snapshot that is read.
        """
        connection = self._office.connection
        answers = list(self._decide_tickets(first, last))
        again = [ticket for ticket, answer in answers if answer.rule.id in self._event.again]
        acted = (
            read_tickets.find_acted_on(connection, again, self._office.today) if again else set()
        )
        states: dict[int, TicketState] = {}
        wanted: dict[frozenset[str] | None, list[int]] = {}
        for ticket, answer in answers:
            wanted.setdefault(self._wants(answer), []).append(ticket)
        for wants, ids in wanted.items():
            states |= read_tickets.read_states(connection, ids, wants)
        return DecidedPage(
            first=first, last=last, seen=seen, answers=answers, states=states, acted=acted
        )

    def _wants(self, answer: Answer) -> frozenset[str] | None:
        """What of a ticket is read for its plan: its customer too, where the name is shown."""
        wants = answer.rule.wants
        if wants is None or (answer.used is not None and not self._names):
            return wants
        return wants | _CUSTOMER

    def _decide_tickets(self, first: int, last: int) -> Iterator[tuple[int, Answer]]:
        """The answers that are planned, by ticket; the tickets without one come into `undecided`."""
        answers = Answers(self._event, self._facts)
        tickets = encode(self._list_named(first, last))
        bounds = {**self._parameters, "first": first, "last": last, "tickets": tickets}
        connection = self._office.connection
        rows = facts_sql.read_facts(connection, self._query, bounds)
        if len(rows) < facts_sql.count_asked_tickets(connection, self._which, bounds):
            asked = facts_sql.find_asked_tickets(connection, self._which, bounds)
            for ticket in asked.difference(number for number, *_ in rows):
                self.undecided[ticket] = f"facts.sql of book {self.book.name} has no row for it."
        beside = self._find_beside(first, last)
        for row in rows:
            try:
                answer = answers.to(row)
            except (Undecided, EngineFault) as error:
                self.undecided[row[0]] = str(error)
                continue
            if answer.rule.acts or self._shows(answer.rule) or row[0] in beside:
                yield row[0], answer

    def _find_beside(self, first: int, last: int) -> set[int]:
        """The tickets with a task that may stand beside another, and is due: whatever else waits."""
        kinds = [kind.name for kind in self.book.tasks.values() if kind.beside]
        if not kinds:
            return set()
        connection, today = self._office.connection, self._office.today
        return read_tickets.find_with_tasks(connection, kinds, today, first, last)

    def plan_page(self, page: DecidedPage) -> PlannedPage:
        """The plans of a page, and what those that change something write."""
        writer, plans = self._office.writer, self.make_plans(page)
        acting, prepared = [plan for plan in plans if plan.changes], None
        if acting and writer is not None:
            packed = pack_plans(acting, self._office.book_to_keep(self.book))
            prepared = writer.prepare_page(packed, page.seen)
        return PlannedPage(page, plans, acting, prepared)

    def make_plans(self, page: DecidedPage) -> list[Plan]:
        """The plans of a page; a ticket that a night of that day has acted on rests."""
        plans, reuse = [], Plans(self._context, self._event)
        states, acted, person = page.states, page.acted, self._person
        for ticket, answer in page.answers:
            try:
                plan = reuse.plan(states[ticket], answer)
            except (BadInput, Refused) as error:  # a template that this ticket's values break
                self.undecided[ticket] = str(error)
                continue
            if ticket in acted and answer.rule.acts:
                plan = plan.at_rest()
            if person is None or plan.concerns(person):
                plans.append(plan)
        return plans
