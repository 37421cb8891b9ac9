"""How people answer: a seeded model, since a ledger tells only who paid when.

Every draw has a random generator of its own, seeded with the seed, what is drawn, whom it is about
and the day; so it depends on nothing else that happened, and on no clock.

A call, on any working day on which one is due (percent):

    45  no answer
    27  will pay everything, in 1 to 10 days
     5  will pay half of it, in 1 to 10 days
     8  has to check first: appointment in 1 to 5 working days
     7  says it is paid already, 0 to 14 days ago
     4  refuses
     2  wants the manager;  1  the administration;  1  the accountant

A customer with a disputed invoice does not answer in 45 of 100 calls either; in the other 55 they
refuse to pay until a problem is solved, technical or accounting (even chances, drawn for the
invoice), until Customer Care has solved it. Who broke their newest promise and would pay gets a new
date (everything, in 1 to 10 days), with the reason why they did not pay.

Between the calls, on each working day:

     5  of 100 customers in pre-block or to-block write that they will pay in 1 to 10 days
     4  of 100 who promised a payment announce that it will be 1 to 5 days later
    20  of 100 tickets with another department come back

Customer Care sends news 2 to 6 days after a problem was told and has solved it after 4 to 20 days,
on the next working day. What is drawn here changes nothing in what is paid, and when.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from prassi.core.values.field_types import format_money
from prassi.core.values.working_days import Calendar

ANSWERS = {
    "no-answer": 45,
    "pays": 27,
    "pays-part": 5,
    "must-verify": 8,
    "already-paid": 7,
    "refuses": 4,
    "manager": 2,
    "administration": 1,
    "accountant": 1,
}
WRITES_FROM_BLOCK = 5
ANNOUNCES_DELAY = 4
COMES_BACK = 20
PROBLEMS = ("technical", "accounting")


class Standing(NamedTuple):
    """What the model knows of a ticket.

    `owed` in hundredths; `problem` is what has to be solved first, None without one; the newest
    promise is told by its state and date, "" without one.
    """

    ref: str
    status: str
    owed: int
    problem: str | None
    promise: str
    pay_on: str


class Reply(NamedTuple):
    """What somebody said, as an event of the book and its inputs."""

    event: str
    given: dict[str, object]


class Care(NamedTuple):
    """When Customer Care sends news of a problem, and when it has solved it."""

    news_on: date
    solved_on: date


class Model:
    """Draws what people answer; the calendar tells which days are working days."""

    def __init__(self, seed: int, calendar: Calendar) -> None:
        self._seed, self._calendar = seed, calendar

    def call(self, ticket: Standing, day: date) -> Reply:
        """How a call went."""
        chance = self._chance("call", ticket.ref, day)
        kind = chance.choices(list(ANSWERS), list(ANSWERS.values()))[0]
        if kind == "no-answer":
            return Reply("call", {"outcome": "no-answer"})
        if ticket.problem is not None:
            return _refusal("problem", problem=ticket.problem)
        if kind in ("pays", "pays-part"):
            return _agreement(chance, ticket, day, kind == "pays-part")
        if kind == "must-verify":
            appointment = self._calendar.after(day, chance.randint(1, 5))
            return _refusal("must-verify", appointment=appointment.isoformat())
        if kind == "already-paid":
            paid_on = day - timedelta(days=chance.randint(0, 14))
            return _call("already-paid", paid_on=paid_on.isoformat(), note="Will send the slip.")
        if kind == "refuses":
            return _refusal("refuses")
        return _refusal("refuses-contact", wants=kind, note=f"Wants to talk to the {kind}.")

    def letter(self, ticket: Standing, day: date) -> Reply | None:
        """What a customer writes by themselves, if they write."""
        chance = self._chance("letter", ticket.ref, day)
        drawn = chance.randrange(100)
        blocked = ticket.status in ("pre-block", "to-block") and ticket.problem is None
        if blocked and drawn < WRITES_FROM_BLOCK:
            return Reply(
                "promise", {"what": "new", "agreed_on": _soon(chance, day), "note": _WHY_LATE}
            )
        if ticket.status == "awaiting-payment" and drawn < ANNOUNCES_DELAY:
            start = max(day, date.fromisoformat(ticket.pay_on))
            later = (start + timedelta(days=chance.randint(1, 5))).isoformat()
            return Reply("promise", {"what": "extend", "agreed_on": later})
        return None

    def comes_back(self, ref: str, day: date) -> bool:
        """Whether another department gives a ticket back today."""
        return self._chance("department", ref, day).randrange(100) < COMES_BACK

    def problem(self, invoice: str) -> str:
        """What is disputed about an invoice."""
        return self._chance("problem", invoice).choice(PROBLEMS)

    def care(self, ref: str, day: date) -> Care:
        """How long Customer Care takes for a problem told today."""
        chance = self._chance("care", ref, day)
        news, solved = chance.randint(2, 6), chance.randint(4, 20)
        first = self._calendar.first
        return Care(first(day + timedelta(days=news)), first(day + timedelta(days=solved)))

    def _chance(self, *what: object) -> Random:
        return Random(" ".join(map(str, (self._seed, *what))))


def _call(outcome: str, **given: object) -> Reply:
    return Reply("call", {"outcome": outcome, **given})


def _refusal(reason: str, **given: object) -> Reply:
    return _call("no-agreement", reason=reason, **given)


def _agreement(chance: Random, ticket: Standing, day: date, part: bool) -> Reply:
    """A promise in a call; after a broken one it is a new date, and about everything."""
    agreed_on = _soon(chance, day)
    if ticket.promise == "broken":
        given: dict[str, object] = {"what": "reschedule", "agreed_on": agreed_on, "note": _WHY_LATE}
        return Reply("promise", given)
    if part and ticket.owed > 1:
        return _call("agreement", agreed_on=agreed_on, partial=format_money(ticket.owed // 2))
    return _call("agreement", agreed_on=agreed_on)


_WHY_LATE = "Their own customers pay late."


def _soon(chance: Random, day: date) -> str:
    return (day + timedelta(days=chance.randint(1, 10))).isoformat()
