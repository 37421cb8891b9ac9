"""The words in which the table tests of the collections book are written."""

from __future__ import annotations

import shlex
from typing import Any, NamedTuple

import pytest
from desk import MONDAY, Desk, Ran

Ticket = dict[str, Any]

PREBLOCK = {
    "status": "pre-block",
    "priority": "blocking",
    "task": "preblock-check 2026-03-17",
    "messages": ["preblock to rossi@example.org"],
    "sheets": ["preblock"],
    "preblock_on": MONDAY,
    "note": "avviso di PREBLOCCO preparato",
}
"""What the sequence of that name leaves behind on the Monday, beside its tag."""

FROM_ZERO = {
    "status": "new",
    "priority": "medium",
    "assignee": None,
    "missed_calls": 0,
    "missed_appointments": 0,
}


def ticket(status: str, open: int = 2, *, task: str | None = None, **fields: Any) -> Ticket:
    """A ticket T-1 with `open` unpaid proformas of 100.00, PF-1 and so on; task as `kind due`."""
    numbers = (f"PF-{n}" for n in range(1, open + 1))
    row: Ticket = {"ref": "T-1", "book": "collections", "customer": "C-1", "status": status}
    row["priority"] = "low"  # no rule sets it, so that every other one shows
    row |= {
        "opened": "2023-01-02",
        "proformas": [{"number": n, "amount": "100.00"} for n in numbers],
    }
    if task is not None:
        row["tasks"] = [dict(zip(("kind", "due"), task.split(), strict=True))]
    return row | fields


def calling(missed: int, open: int = 2, **fields: Any) -> Ticket:
    """A ticket whose last `missed` calls were missed; the next is due on the Monday."""
    status = "calling" if missed else "new"
    tags = [f"chiamata {min(missed, 3)}"] if missed else []
    return ticket(
        status,
        open,
        **{"task": f"call-again {MONDAY}", "missed_calls": missed, "tags": tags} | fields,
    )


def appointment(missed: int, open: int = 2, **fields: Any) -> Ticket:
    """A ticket to be called on appointment on the Monday, after `missed` missed ones."""
    tags = ["appuntamento telefonico", *([f"chiamata {missed}"] if missed else [])]
    made = {"task": f"appointment {MONDAY}", "missed_appointments": missed, "tags": tags}
    return ticket("appointment", open, **made | fields)


def promised(
    pay_on: str, open: int = 2, kind: str = "full", amount: str | None = None, **fields: Any
) -> Ticket:
    """A ticket that awaits the payment promised for a day."""
    promise = {"pay_on": pay_on, "kind": kind, "amount": amount, "state": "open"}
    task = "payment-agreement" if kind == "partial" else "payment-check"
    tags = ["controllo pagamento", "verifica pagamento"]
    made = {"promises": [promise], "task": f"{task} {MONDAY}", "tags": tags}
    return ticket("awaiting-payment", open, **made | fields)


def missed(broken: int, open: int = 2, **fields: Any) -> Ticket:
    """A ticket to be called because its newest promise, and `broken` in all, were broken."""
    promises = [{"pay_on": f"2026-02-{20 + n}", "state": "broken"} for n in range(broken)]
    made = {"task": f"call-again {MONDAY}", "promises": promises, "broken_promises": broken}
    return ticket("calling", open, **made | fields)


def noticed(on: str, open: int = 3, **fields: Any) -> Ticket:
    """A ticket with a pre-block notice of a day."""
    made = {"preblock_on": on, "tags": ["preblocco"], "priority": "blocking"}
    return ticket("pre-block", open, **made | fields)


class Case(NamedTuple):
    """A row of a table: a ticket, what happens to it when, and what must follow."""

    ticket: Ticket
    command: str
    rule: str
    at: str
    then: dict[str, Any]


def case(
    ticket: Ticket, command: str, rule: str, at: str = MONDAY, *, marks: Any = (), **then: Any
) -> Any:
    """A row; `command` without the ticket, `then` as OBSERVED."""
    told = f"{rule} {ticket['status']} {command} {at}".replace(" ", "_")
    return pytest.param(Case(ticket, command, rule, at, then), id=told, marks=marks)


def rows(*cases: Any) -> pytest.MarkDecorator:
    """A table of cases."""
    return pytest.mark.parametrize("case", cases)


def words(command: str) -> list[str]:
    """A command of a table, about T-1."""
    name, *rest = shlex.split(command)
    return [name, "T-1", *rest]


def check(desk: Desk, case: Case) -> None:
    """Load the ticket, let it happen, and compare."""
    desk.load(case.ticket, at=case.at)
    more = ["--all"] if case.command.startswith("triage") else []
    decision, *others = desk.good([*words(case.command), "--json", *more], at=case.at).rows
    assert not others
    assert decision["rule"] == case.rule
    seen = Seen(decision, desk.show(), desk.good("outbox list --json").rows)
    then = dict(case.then)
    if note := then.pop("note", None):
        assert note in [written["text"] for written in seen.ticket["notes"]]
    assert {name: OBSERVED[name](seen) for name in then} == then


class Seen(NamedTuple):
    """What can be seen afterwards: the decision, the ticket, the outbox."""

    decision: dict[str, Any]
    ticket: Ticket
    outbox: list[dict[str, Any]]

    def said(self, kind: str, key: str) -> list[Any]:
        """What the decision's actions of a kind say."""
        return [action[key] for action in self.decision["actions"] if action["action"] == kind]


def _next(seen: Seen) -> str | None:
    step = seen.decision["next"]
    if step is None:
        return None
    late = f" late {step['late_workdays']}" if step["late_workdays"] else ""
    return f"{step['who']}: {step['action']} {step['due']}{late}"


def _promises(seen: Seen) -> list[str]:
    return [
        " ".join(
            str(p[name])
            for name in ("pay_on", "kind", "amount", "state")
            if p.get(name) is not None
        )
        for p in seen.ticket["promises"]
    ]


def _tasks(seen: Seen) -> str | None:
    return ", ".join(f"{task['kind']} {task['due']}" for task in seen.ticket["tasks"]) or None


OBSERVED = {
    **{
        name: lambda seen, name=name: seen.ticket[name]
        for name in (
            "status", "priority", "assignee", "preblock_on", "blocked_on", "cycle", "missed_calls",
            "missed_appointments",
            "missed_contacts", "broken_promises", "result",
        )
    },
    "tags": lambda seen: sorted(seen.ticket["tags"]),
    "task": _tasks,
    "promises": _promises,
    "paid": lambda seen: [p["number"] for p in seen.ticket["proformas"] if p.get("paid")],
    "left": lambda seen: {p["number"]: p["left"] for p in seen.ticket["proformas"] if p.get("left")},
    "beside": lambda seen: [f"{s['who']}: {s['action']} {s['due']}" for s in seen.decision.get("beside", [])],
    "messages": lambda seen: [f"{m['template']} to {m['to']}" for m in seen.outbox],
    "sheets": lambda seen: seen.said("report", "sheet"),
    "wait": lambda seen: next(iter(seen.said("wait", "until")), None),
    "told": lambda seen: next(iter(seen.said("tell", "who")), None),
    "extrapolated": lambda seen: seen.decision["extrapolated"],
    "next": _next,
}  # fmt: skip
"""What a table can ask about, by the name it asks with; a `note` must be among the notes."""


def refused(desk: Desk, case: Case, code: int, *mentions: str) -> Ran:
    """Load the ticket, try it, and check that it is refused and that nothing has changed."""
    desk.load(case.ticket, at=case.at)
    before = desk.export(), desk.run("log --json").out
    ran = desk.run(words(case.command), at=case.at)
    assert ran.code == code, ran
    assert not ran.out
    for mention in mentions:
        assert mention in ran.err
    assert (desk.export(), desk.run("log --json").out) == before
    return ran
