"""Two years of nights and working days: what the ledger says happens, and the desk works.

A date begins with its night: late invoices come in, and triage says what the day asks. Then
payments of the day are recorded, on any day of the week. On working days Customer Care and other
departments answer, customers write, and the agent works off what triage and the newer decisions
say comes next. Each step is an invocation of its own, as if typed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date

from prassi.core.analysis.scenarios.mail_outcome import write_outcome
from prassi.core.book.message_actions import WaitSet
from prassi.core.decision.next_step import NextStep
from prassi.core.desk.night import Night, Selection
from prassi.core.desk.office import Office, PlanResult
from prassi.core.errors import Refused
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.ticketfile import read_tickets
from prassi.core.ticketfile.connect import transaction
from prassi.core.ticketfile.writer_process import InProcessWriter

from .answers import Care, Model, Standing
from .arrivals import BOOK, add_proforma, open_tickets
from .ledger import Invoice

COMMANDS = {
    "call": "call-outcome",
    "promise": "promise",
    "payment": "payment",
    "care": "care-reply",
    "return": "hand-back",
}
"""The commands that record the events."""

CALLS = ("call", "call-again", "appointment", "care-check")
"""The next steps in which an agent calls the customer."""


class Watch:
    """What is seen of the nights while they pass."""

    def __init__(self) -> None:
        self.nights = self.tickets = 0
        self.rows_changed = 0
        self.dateless: list[str] = []

    def see(self, day: date, open_tickets: int, decisions: Iterable[PlanResult], rows: int) -> None:
        """A second triage of a night: every open ticket must have a date, and no row change."""
        self.nights += 1
        self.tickets += open_tickets
        self.rows_changed += rows
        dated = sum(map(_has_date, decisions))
        if dated != open_tickets:
            self.dateless.append(f"{day}: {open_tickets - dated} of {open_tickets} tickets")


class Replay:
    """The ticket file, what the ledger says, and what is going on besides."""

    def __init__(
        self, connection: sqlite3.Connection, invoices: Iterable[Invoice], seed: int
    ) -> None:
        self.watch = Watch()
        self._connection = connection
        self._shelf = Shelf(NONE)
        self._calendar = self._shelf.calendar(self._shelf.book(BOOK).calendar)
        self._model = Model(seed, self._calendar)
        self._late: dict[date, list[Invoice]] = {}
        self._paid: dict[date, list[Invoice]] = {}
        for invoice in filter(lambda invoice: invoice.is_late, invoices):
            self._late.setdefault(invoice.late_from, []).append(invoice)
            if invoice.settled is not None:
                self._paid.setdefault(invoice.settled, []).append(invoice)
        self._count = 0
        self._ticket_of: dict[str, str] = {}
        self._open: dict[str, list[Invoice]] = {}
        self._next: dict[str, NextStep | None] = {}
        self._care: dict[str, Care] = {}
        self._told: set[str] = set()
        self._solved: set[str] = set()

    def pass_date(self, day: date) -> None:
        """A night, and the day after it."""
        self._take_in(day)
        self._triage(day)
        self._send_notices(day)
        self._record_payments(day)
        if self._calendar.first(day) == day:
            self._answers_come_in(day)
            self._work(day)

    # --- the night -------------------------------------------------------------------------------

    def _take_in(self, day: date) -> None:
        """What was due yesterday and is not paid becomes a proforma."""
        new: dict[str, list[Invoice]] = {}
        for invoice in sorted(self._late.get(day, ()), key=lambda one: (one.customer, one.number)):
            ref = self._ticket_of.get(invoice.customer)
            if ref is None or ref in new:
                ref = ref or self._new_ref(invoice.customer)
                new.setdefault(ref, []).append(invoice)
            else:
                add_proforma(self._connection, self._id(ref), invoice, day)
            self._open.setdefault(ref, []).append(invoice)
        if new:
            open_tickets(self._connection, self._shelf, new, day)

    def _new_ref(self, customer: str) -> str:
        self._count += 1
        ref = self._ticket_of[customer] = f"T-{self._count:04}"
        return ref

    def _triage(self, day: date) -> None:
        """The night's triage, which makes the work list, and a second one that must do nothing."""
        self._next = {d.plan.state.ref: d.plan.next for d in self._sweep(day)}
        before = self._connection.total_changes
        again = list(self._sweep(day))
        rows = self._connection.total_changes - before
        self.watch.see(day, len(self._ticket_of), again, rows)

    def _send_notices(self, day: date) -> None:
        """The notices of the night leave in the morning, as `outbox send` notes it."""
        waiting = self._connection.execute(
            "SELECT t.id, t.ref FROM message AS m JOIN ticket AS t ON t.id = m.ticket WHERE m.ended_by IS NULL"
            " AND m.template = 'preblock' AND m.state IN ('waiting', 'held') AND t.open = 1 ORDER BY m.id"
        ).fetchall()
        given = {"template": "preblock", "channel": "email", "on": day.isoformat()}
        for number, ref in waiting:
            with transaction(self._connection):
                write_outcome(self._connection, number, "sent", given, day.isoformat())
            plan = self._office("outbox send", day).handle(ref, "sent", given, str).plan
            self._next[ref] = plan.next

    def _sweep(self, day: date) -> Iterator[PlanResult]:
        office = self._office("triage", day)
        night = Night(office, office.shelf.book(BOOK), Selection(), lambda rule: True)
        for page in night.sweep():
            yield from page

    # --- the day ---------------------------------------------------------------------------------

    def _record_payments(self, day: date) -> None:
        """What the ledger says was settled today, a payment for each ticket."""
        paid: dict[str, list[str]] = {}
        for invoice in self._paid.get(day, ()):
            paid.setdefault(self._ticket_of[invoice.customer], []).append(invoice.number)
        for ref, numbers in paid.items():
            left = [one for one in self._open[ref] if one.number not in numbers]
            customer, self._open[ref] = self._open[ref][0].customer, left
            # What is asked of a ticket that goes on stays on the agent's list of this morning.
            listed = self._next.get(ref)
            self._handle(ref, "payment", {"proforma": numbers, "on": day.isoformat()}, day)
            self._next[ref] = self._next[ref] or listed
            if not left:
                self._forget(ref, customer)

    def _forget(self, ref: str, customer: str) -> None:
        """Everything is paid: the customer's next late invoice opens a new ticket."""
        del self._ticket_of[customer], self._open[ref], self._next[ref]
        self._care.pop(ref, None)

    def _answers_come_in(self, day: date) -> None:
        """Customer Care, other departments, and customers who write."""
        for ref in sorted(self._open):
            ticket = self._standing(ref)
            if ref in self._care:
                self._care_answers(ticket, self._care[ref], day)
            elif ticket.status == "with-department":
                if self._model.comes_back(ref, day):
                    self._handle(ref, "return", {"note": "Talked to the customer."}, day)
            elif letter := self._model.letter(ticket, day):
                self._handle(ref, letter.event, letter.given, day)

    def _care_answers(self, ticket: Standing, care: Care, day: date) -> None:
        """News once, while the ticket waits for it; then the problem is solved."""
        ref, note = ticket.ref, f"About the {ticket.problem} problem."
        if day >= care.solved_on:
            self._handle(ref, "care", {"kind": "solved", "note": note}, day)
            self._solved.update(invoice.number for invoice in self._open[ref])
            self._told.discard(ref)
            del self._care[ref]
        elif day >= care.news_on and ref not in self._told and ticket.status == "customer-care":
            until = care.solved_on.isoformat()
            self._handle(ref, "care", {"kind": "update", "until": until, "note": note}, day)
            self._told.add(ref)

    def _work(self, day: date) -> None:
        """The agent calls whom the desk says to call by today."""
        for ref in sorted(self._open):
            step = self._next.get(ref)
            if step and step["action"] in CALLS and step["due"][:10] <= day.isoformat():
                answer = self._model.call(self._standing(ref), day)
                self._handle(ref, answer.event, answer.given, day)
                if answer.given.get("reason") == "problem" and ref not in self._care:
                    self._care[ref] = self._model.care(ref, day)

    # --- the way to the ticket file --------------------------------------------------------------

    def _handle(self, ref: str, event: str, given: dict[str, object], day: date) -> None:
        """One event through the desk; the model has nothing that the procedure refuses."""
        plan = self._office(COMMANDS[event], day).handle(ref, event, given, str).plan
        if plan.refusal is not None:
            raise Refused(f"{day}, {ref}: {event} {given} is refused: {plan.refusal}")
        self._next[ref] = plan.next

    def _office(self, command: str, day: date) -> Office:
        """An invocation, which shares what it reads with the others."""
        at = day.isoformat()
        office = Office(self._connection, NONE, at, InProcessWriter(self._connection, command, at))
        office.shelf = self._shelf
        return office

    def _id(self, ref: str) -> int:
        return read_tickets.find_ticket(self._connection, ref).id

    def _standing(self, ref: str) -> Standing:
        """An open ticket as the file has it, and what the ledger knows of its invoices."""
        number = self._id(ref)
        state = read_tickets.read_states(self._connection, [number])[number]
        # Of the present cycle: what was broken before it began is not asked about any more.
        cycle = state.fields.get("cycle") or 1
        promises = [
            data
            for _, kind, data in state.items
            if kind == "promises" and (data.get("cycle") or 1) == cycle
        ]
        newest = promises[-1] if promises else {"state": "", "pay_on": ""}
        return Standing(
            ref,
            state.status,
            sum(invoice.amount for invoice in self._open[ref]),
            self._problem(ref),
            str(newest["state"]),
            str(newest["pay_on"]),
        )

    def _problem(self, ref: str) -> str | None:
        """What has to be solved before the customer pays: the oldest dispute not solved yet."""
        for invoice in self._open[ref]:
            if invoice.disputed and invoice.number not in self._solved:
                return self._model.problem(invoice.number)
        return None


def _has_date(decision: PlanResult) -> bool:
    plan = decision.plan
    waits = any(isinstance(done, WaitSet) and done.until for done in plan.actions)
    return waits or (plan.next is not None and bool(plan.next["due"]))
