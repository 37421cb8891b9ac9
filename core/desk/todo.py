"""Duties as rows of `todo`: who has to do what by when, for whom, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from ..decision.plan import ANY_AGENT
from ..errors import BadInput
from ..system.near_words import find_near
from ..ticketfile.ticket_columns import URGENCY
from .duties import Duty
from .office import Office
from .people import list_people

Row = Mapping[str, object]


class DutyJson(TypedDict):
    """What somebody has to do; `who` is a role, `person` who has it alone, `people` all who have it."""

    due: str
    late_workdays: int
    action: str
    who: str
    person: str | None
    people: list[str]
    ticket: str
    book: str
    status: str
    priority: str
    customer: str
    name: str | None
    phone: str | None
    email: str | None
    why: str


COLUMNS = tuple(DutyJson.__annotations__)
"""The keys of a row, in their order."""


def make_row(duty: Duty) -> DutyJson:
    """A duty as JSON has it."""
    plan, step = duty.plan, duty.step
    customer = plan.state.customer
    return {
        "due": step["due"],
        "late_workdays": step["late_workdays"],
        "action": step["action"],
        "who": step["who"],
        "person": step["person"],
        "people": [*duty.people],
        "ticket": plan.state.ref,
        "book": plan.state.book,
        "status": str(plan.after("status")),
        "priority": str(plan.after("priority")),
        "customer": customer.ref,
        "name": customer.name,
        "phone": customer.phone,
        "email": customer.email,
        "why": plan.why,
    }


def rank_duty(duty: Duty) -> tuple[int, int, str, str]:
    """By what duties of one person are ordered: urgency, how late, date, ticket."""
    urgency = -URGENCY.index(str(duty.plan.after("priority")))
    return urgency, -duty.step["late_workdays"], duty.step["due"], duty.plan.state.ref


def check_holder(office: Office, option: str, who: str) -> None:
    """BadInput where a name is near that of a person or a role, and is not one."""
    books, _ = office.shelf.read_sound(office.shelf.names())
    known: Sequence[str] = sorted(
        {ANY_AGENT, *list_people(office.settings, office.connection)}.union(
            *(book.roles for book in books)
        )
    )
    if who not in known and (near := find_near(who, known)) is not None:
        raise BadInput(f"{option} {who}: there is nobody of that name; did you mean {near!r}?")
