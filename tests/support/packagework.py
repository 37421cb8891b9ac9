"""The words in which the table tests of the packages book are written.

Everything happens on Monday, 2026-03-02, in Egypt, where that is an ordinary day.
"""

from __future__ import annotations

import shlex
from typing import Any, NamedTuple

import pytest
from desk import MONDAY, Desk, Ran

Ticket = dict[str, Any]

TODAY, TOMORROW = MONDAY, "2026-03-03"
UNPAID = ("not-paid", "waiting-on-customer", "last-chance")
PHONE = "+20 100 000 1"


def customer(language: str = "en") -> list[dict[str, Any]]:
    """C-1, who reads `language`."""
    return [{"ref": "C-1", "name": "Mona Adly", "phone": PHONE, "language": language}]


def unpaid(status: str, first: str = "2026-03-08T10:00", **fields: Any) -> Ticket:
    """P-1: a package of 4 visits for 1160.00 that is not paid, with its first visit at a moment."""
    package = {
        "visits": 4, "price": "1160.00", "first_visit": first, "starts": first[:10],
        "expires": "2026-04-20",
    }  # fmt: skip
    return _ticket(status, package, fields)


def active(expires: str = "2026-03-20", *, left: int = 3, **fields: Any) -> Ticket:
    """P-1: a paid package of 8 visits with some left, running until a day."""
    return _ticket("active", _paid(expires, left), fields)


def expired(day: int, *, left: int = 3, missed: int = 0, **fields: Any) -> Ticket:
    """P-1: a paid package of 8 visits that ran out so many days before Monday."""
    return _ticket("expired", _paid(_days_before(day), left), {"missed_calls": missed, **fields})


def follow_up(**fields: Any) -> Ticket:
    """P-1: somebody who did not book."""
    return _ticket("follow-up", {}, {"type": "Outbound sales request", **fields})


def _paid(expires: str, left: int) -> dict[str, Any]:
    return {
        "visits": 8, "used": 8 - left, "price": "800.00", "first_visit": "2026-02-03T10:00",
        "starts": "2026-02-03", "expires": expires, "paid_on": "2026-02-02", "method": "online",
        "visit_times": ["2026-02-03T10:00"],
    }  # fmt: skip


def _days_before(days: int) -> str:
    from datetime import date, timedelta

    return (date.fromisoformat(TODAY) - timedelta(days=days)).isoformat()


def _ticket(status: str, package: dict[str, Any], fields: dict[str, Any]) -> Ticket:
    """A ticket; what is no column of a ticket goes into its package."""
    outside = ("switched_off_on", "type", "missed_calls", "tasks", "assignee", "result", "priority")
    inside = {name: value for name, value in fields.items() if name not in (*outside, "task")}
    row: Ticket = {
        "ref": "P-1", "book": "packages", "customer": "C-1", "status": status, "opened": "2026-02-01",
        "priority": "low",
    }  # fmt: skip
    row |= {name: value for name, value in fields.items() if name in outside}
    if "task" in fields:
        row["tasks"] = [dict(zip(("kind", "due"), fields["task"].split(), strict=True))]
    return row | {"package": package | inside}


class Case(NamedTuple):
    """A row of a table: a ticket, what happens to it when, and what must follow."""

    ticket: Ticket
    command: str
    rule: str
    at: str
    then: dict[str, Any]


def case(ticket: Ticket, command: str, rule: str, at: str = TODAY, **then: Any) -> Any:
    """A row; `command` without the ticket, `then` as OBSERVED."""
    told = f"{rule} {ticket['status']} {command} {at}".replace(" ", "_")
    return pytest.param(Case(ticket, command, rule, at, then), id=told)


def rows(*cases: Any) -> pytest.MarkDecorator:
    """A table of cases."""
    return pytest.mark.parametrize("case", cases)


def words(command: str) -> list[str]:
    """A command of a table, about P-1."""
    name, *rest = shlex.split(command)
    return [name, "P-1", *rest]


def check(desk: Desk, case: Case) -> None:
    """Load the ticket, let it happen, and compare."""
    desk.load(case.ticket, customers=customer(), at=case.at)
    more = ["--all"] if case.command.startswith("triage") else []
    decision, *others = desk.good([*words(case.command), "--json", *more], at=case.at).rows
    assert not others
    assert decision["rule"] == case.rule
    assert decision["extrapolated"] is (".x." in case.rule or case.rule == "booking.later-close")
    seen = Seen(decision, desk.show("P-1"))
    then = dict(case.then)
    if note := then.pop("note", None):
        assert note in [written["text"] for written in seen.ticket["notes"]]
    assert {name: OBSERVED[name](seen) for name in then} == then


def refused(desk: Desk, case: Case, code: int, *mentions: str) -> Ran:
    """Load the ticket, try it, and check that it is refused and that nothing has changed."""
    desk.load(case.ticket, customers=customer(), at=case.at)
    before = desk.file.read_bytes()
    ran = desk.run(words(case.command), at=case.at)
    assert ran.code == code, ran
    assert not ran.out
    for mention in mentions:
        assert mention in ran.err
    assert desk.file.read_bytes() == before
    return ran


class Seen(NamedTuple):
    """What can be seen afterwards: the decision and the ticket."""

    decision: dict[str, Any]
    ticket: Ticket

    def said(self, kind: str, *keys: str) -> list[str]:
        """What the decision's actions of a kind say."""
        actions = [action for action in self.decision["actions"] if action["action"] == kind]
        return [" ".join(str(action[key]) for key in keys) for action in actions]


def _next(seen: Seen) -> str | None:
    step = seen.decision["next"]
    return None if step is None else f"{step['who']}: {step['action']} {step['due']}"


def _tasks(seen: Seen) -> str | None:
    return ", ".join(f"{task['kind']} {task['due']}" for task in seen.ticket["tasks"]) or None


OBSERVED = {
    **{
        name: lambda seen, name=name: seen.ticket.get(name)
        for name in ("status", "result", "assignee", "type")
    },
    **{
        name: lambda seen, name=name: seen.ticket["package"].get(name)
        for name in (
            "visits", "used", "price", "paid_on", "method", "starts", "expires", "first_visit",
            "visit_times", "counted_times", "cancelled_times",
        )
    },
    "missed": lambda seen: seen.ticket.get("missed_calls", 0),
    "task": _tasks,
    "messages": lambda seen: seen.said("message", "template", "channel", "to"),
    "told": lambda seen: seen.said("tell", "who"),
    "wait": lambda seen: next(iter(seen.said("wait", "until")), None),
    "next": _next,
}  # fmt: skip
"""What a table can ask about, by the name it asks with; a `note` must be among the notes."""
