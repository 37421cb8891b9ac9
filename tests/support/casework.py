"""The words in which the table tests of the cases book are written.

Everything happens on Monday 2026-03-02, in Russia's calendar: five working days later is 2026-03-10,
since the 9th is a holiday.
"""

from __future__ import annotations

import shlex
from typing import Any, NamedTuple

import pytest
from desk import MONDAY, Desk, Ran

Ticket = dict[str, Any]

CUSTOMERS = (
    {"ref": "C-1", "name": "Иван Петров", "phone": "+7 000 000 00 01"},
    {"ref": "C-2", "name": "Лидия Орлова", "phone": "+7 000 000 00 02", "language": "ru"},
)
HURRY = (
    "К Вашей заявке добавлен комментарий, чтобы её рассмотрели быстрее. "
    "Просим Вас подождать уведомления в течение 24 часов."
)


def case(status: str = "OPEN", **fields: Any) -> Ticket:
    """A case K-1 of the back office in a state; in a queue where that state needs one."""
    row: Ticket = {"ref": "K-1", "book": "cases", "customer": "C-1", "status": status}
    row |= {"opened": "2026-02-27", "category": "backoffice", "creator": "anna"}
    row |= {"subject": "Интернет", "description": "Не работает.", "respond_by": "2026-03-04"}
    if status in ("OPEN-DISPATCH", "OPEN-FORWARDED"):
        row["queue"] = "backoffice"
    return row | fields


def accepted(by: str = "boris", **fields: Any) -> Ticket:
    """The case once it has been accepted."""
    return case("OPEN", assignee=by, **{"came_from": "backoffice"} | fields)


STATES = {
    "created": case("OPEN"),
    "accepted": accepted(),
    "dispatched": case("OPEN-DISPATCH"),
    "forwarded": case("OPEN-FORWARDED"),
    "returned": case("OPEN-REJECT-RETURN"),
    "closed": case("CLOSED", result="Настроено"),
}
"""A case in each state."""


class Row(NamedTuple):
    """A row of a table: a case, what happens to it when, and what must follow."""

    ticket: Ticket
    command: str
    rule: str
    at: str
    then: dict[str, Any]


def row(ticket: Ticket, command: str, rule: str, at: str = MONDAY, **then: Any) -> Any:
    """A row; `command` names K-1, `then` as OBSERVED."""
    return pytest.param(Row(ticket, command, rule, at, then), id=f"{rule} {command}"[:80])


def rows(*made: Any) -> pytest.MarkDecorator:
    """A table of rows."""
    return pytest.mark.parametrize("row", made)


def check(desk: Desk, row: Row) -> None:
    """Load the case, let it happen, and compare."""
    desk.load(row.ticket, customers=CUSTOMERS, at=row.at)
    more = ["--all"] if row.command.startswith("triage") else []
    decision, *others = desk.good([*shlex.split(row.command), "--json", *more], at=row.at).rows
    assert not others
    assert decision["rule"] == row.rule
    assert decision["extrapolated"] == (".x." in row.rule)
    seen = Seen(desk, decision, desk.show("K-1"))
    assert {name: OBSERVED[name](seen) for name in row.then} == row.then


class Seen(NamedTuple):
    """What can be seen afterwards: the desk, the decision, the case."""

    desk: Desk
    decision: dict[str, Any]
    ticket: Ticket

    def said(self, kind: str, key: str) -> list[Any]:
        """What the decision's actions of a kind say."""
        return [action[key] for action in self.decision["actions"] if action["action"] == kind]


def _next(seen: Seen) -> str | None:
    step = seen.decision["next"]
    if step is None:
        return None
    late = f" late {step['late_workdays']}" if step["late_workdays"] else ""
    return f"{step['who']}: {step['action']} {step['due']}{late}"


def _told(who: str) -> Any:
    return lambda seen: [
        action["text"]
        for action in seen.decision["actions"]
        if action["action"] == "tell" and action["who"] == who
    ]


OBSERVED = {
    **{
        name: lambda seen, name=name: seen.ticket.get(name)
        for name in (
            "status", "queue", "assignee", "subject", "description", "category", "priority",
            "result", "came_from", "respond_by", "returned_on", "returned_for", "discounts",
        )
    },
    "notes": lambda seen: [note["text"] for note in seen.ticket["notes"]],
    "customer_told": _told("customer"),
    "agent_told": _told("agent"),
    "line": lambda seen: next(iter(seen.said("transfer", "line")), None),
    "escalated": lambda seen: next(iter(seen.said("escalate", "to")), None),
    "wait": lambda seen: next(iter(seen.said("wait", "until")), None),
    "steps": lambda seen: seen.said("status", "value"),
    "opened": lambda seen: [
        (ref, (new := seen.desk.show(ref))["status"], new["category"], new["recreated_from"])
        for ref in seen.said("open", "ticket")
    ],
    "next": _next,
}  # fmt: skip
"""What a table can ask about, by the name it asks with."""


def refused(desk: Desk, ticket: Ticket, command: str, code: int, *mentions: str) -> Ran:
    """Load the case, try it, and check that it is refused and that nothing has changed."""
    if not desk.file.exists():
        desk.load(ticket, customers=CUSTOMERS)
    before = desk.file.read_bytes()
    ran = desk.run(command)
    assert (ran.code, ran.out) == (code, ""), ran
    for mention in mentions:
        assert mention in ran.err
    assert desk.file.read_bytes() == before
    return ran
