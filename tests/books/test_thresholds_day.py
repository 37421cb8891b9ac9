"""Events `day`, `care` and `return` of the collections book, rule by rule.

A night is Monday's, 2026-03-02: one working day after Friday the 27th, two after the 26th, three
after the 25th; 14 days after 16 February, 15 after the 15th.
"""

from __future__ import annotations

import pytest
from desk import MONDAY, Desk
from procedure import (
    FROM_ZERO,
    PREBLOCK,
    Case,
    appointment,
    calling,
    case,
    check,
    noticed,
    promised,
    rows,
    ticket,
)  # fmt: skip

pytestmark = pytest.mark.unmeasured

NIGHT = "triage"
TODAY, TOMORROW, FRIDAY = MONDAY, "2026-03-03", "2026-02-27"


@rows(
    case(ticket("new"), NIGHT, "day.call", status="new", next=f"agent: call {TODAY}"),
    case(calling(1, task=f"call-again {TODAY}"), NIGHT, "day.call-again", status="calling",
         next=f"agent: call-again {TODAY}"),
    case(calling(1, task=f"call-again {FRIDAY}"), NIGHT, "day.call-again",
         next=f"agent: call-again {FRIDAY} late 1"),
    case(calling(1, task=f"call-again {TOMORROW}"), NIGHT, "day.wait", wait=TOMORROW, next=None),
    case(appointment(0, task=f"appointment {TODAY}"), NIGHT, "day.appointment",
         next=f"agent: appointment {TODAY}"),
    case(appointment(0, task=f"appointment {TODAY}T15:30"), NIGHT, "day.appointment", f"{TODAY}T09:00"),
    case(appointment(0, task=f"appointment {TOMORROW}T09:00"), NIGHT, "day.wait", f"{TODAY}T18:00",
         wait=f"{TOMORROW}T09:00"),
    case(appointment(1, task=f"call-again {TOMORROW}"), NIGHT, "day.wait", wait=TOMORROW),
    case(ticket("customer-care", task=f"appointment {TODAY}"), NIGHT, "day.care.check", told="agent",
         next=f"agent: care-check {TODAY}",
         status="customer-care"),
    case(ticket("customer-care", task=f"appointment {TOMORROW}"), NIGHT, "day.wait", wait=TOMORROW),
    case(ticket("missed-contact", task="call-again 2026-03-10"), NIGHT, "day.wait", wait="2026-03-10"),
    case(ticket("missed-contact", task="call-again 2026-03-10"), NIGHT, "day.wait", "2026-03-09"),
    case(ticket("with-department"), NIGHT, "day.department", next=None, status="with-department"),
    case(ticket("to-block", 3), NIGHT, "day.to-block", status="to-block"),
)  # fmt: skip
def test_a_step_is_due_or_it_waits(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    case(ticket("calling"), NIGHT, "day.call-again"),
    case(ticket("appointment"), NIGHT, "day.appointment"),
    case(ticket("customer-care"), NIGHT, "day.care.check"),
    case(ticket("missed-contact"), NIGHT, "day.restart"),
)
def test_no_open_task_counts_as_due(desk: Desk, case: Case) -> None:
    check(desk, case)


RESTED = {
    "missed_calls": 4, "missed_contacts": 2, "broken_promises": 1, "missed_appointments": 3,
    "tags": ["chiamata 3", "appuntamento telefonico", "mancato contatto 2"],
}  # fmt: skip


@rows(
    case(ticket("missed-contact", task="call-again 2026-03-10", **RESTED), NIGHT, "day.restart", "2026-03-10",
         **FROM_ZERO, tags=["mancato contatto 2"], missed_contacts=2, broken_promises=1,
         next="agent: call 2026-03-10"),
    case(ticket("missed-contact", task="call-again 2026-03-10"), NIGHT, "day.restart", "2026-03-11", **FROM_ZERO),
)  # fmt: skip
def test_the_month_is_over(desk: Desk, case: Case) -> None:
    check(desk, case)


BROKEN_ONCE = {"broken_promises": 1}
BROKEN_TWICE = {"broken_promises": 2}
MISSED = {
    "told": "agent",
    "status": "calling",
    "task": f"call-again {TODAY}",
    "next": f"agent: call-again {TODAY}",
    "messages": [],
}


@rows(
    case(promised("2026-03-06"), NIGHT, "day.payment.wait", wait="2026-03-11", next=None),
    case(promised(TODAY), NIGHT, "day.payment.wait", wait="2026-03-05"),
    case(promised("2026-02-26", 4, **BROKEN_TWICE), NIGHT, "day.payment.wait", wait=TOMORROW,
         status="awaiting-payment", promises=["2026-02-26 full open"], broken_promises=2),
    case(promised("2026-02-25", 1), NIGHT, "day.payment.missed", **MISSED, broken_promises=1,
         promises=["2026-02-25 full broken"]),
    case(promised("2026-02-25", 3), NIGHT, "day.payment.missed", **MISSED),
    case(promised("2026-02-25", 3, **BROKEN_ONCE), NIGHT, "day.payment.missed", **MISSED, broken_promises=2),
    case(promised("2026-02-25", 4), NIGHT, "day.payment.preblock", **PREBLOCK, broken_promises=1,
         promises=["2026-02-25 full broken"]),
    case(promised("2026-02-25", 1, **BROKEN_TWICE), NIGHT, "day.payment.preblock", **PREBLOCK, broken_promises=3),
    case(promised("2026-02-25", 3, **BROKEN_TWICE), NIGHT, "day.payment.preblock", **PREBLOCK),
    case(promised("2026-02-25", 4, **BROKEN_TWICE), NIGHT, "day.payment.preblock", **PREBLOCK),
    case(promised("2026-02-25", 2, kind="partial", amount="50"), NIGHT, "day.payment.missed", **MISSED),
    # A claim that proves untrue is not counted, and only the proformas are.
    case(promised("2026-02-25", 3, kind="claimed", **BROKEN_TWICE), NIGHT, "day.payment.untrue", **MISSED,
         broken_promises=2, promises=["2026-02-25 claimed untrue"]),
    case(promised("2026-02-25", 4, kind="claimed"), NIGHT, "day.payment.untrue.preblock", **PREBLOCK,
         broken_promises=0, promises=["2026-02-25 claimed untrue"]),
)  # fmt: skip
def test_a_payment_is_awaited(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    case(noticed(TODAY), NIGHT, "day.preblock.wait", wait="2026-03-17"),
    case(noticed("2026-02-16"), NIGHT, "day.preblock.wait", wait=TOMORROW, status="pre-block", next=None),
    case(noticed("2026-02-15", priority="high"), NIGHT, "day.preblock.block", status="to-block",
         priority="blocking", assignee="giulia", tags=["da bloccare", "preblocco"],
         next=f"support: block {TODAY}",
         note="Avviso di PREBLOCCO del 2026-02-15 senza esito per 15 giorni, chiamate registrate: 0. DA BLOCCARE."),
    case(noticed("2026-01-15", 1), NIGHT, "day.preblock.block", status="to-block"),
    # Calendar days: Christmas and New Year count, and so does a Sunday.
    case(noticed("2025-12-20"), NIGHT, "day.preblock.wait", "2026-01-03", wait="2026-01-04"),
    case(noticed("2025-12-20"), NIGHT, "day.preblock.block", "2026-01-04"),
)  # fmt: skip
def test_the_days_after_the_notice(desk: Desk, case: Case) -> None:
    check(desk, case)


@pytest.mark.parametrize("on", ["2026-02-16", "2026-02-15"])
def test_preblock_asks_the_day_about_one_ticket(desk: Desk, on: str) -> None:
    desk.load(noticed(on))
    expected = "day.preblock.wait" if on == "2026-02-16" else "day.preblock.block"
    assert desk.good("preblock T-1 --json").rows[0]["rule"] == expected


def test_the_next_night_does_not_break_the_promise_twice(desk: Desk) -> None:
    desk.load(promised("2026-02-25")).good("triage")
    once = desk.export()
    for night in (TODAY, TOMORROW, "2026-03-04"):
        desk.good("triage", at=night)
    assert desk.export() == once


def test_who_blocks_the_customer(desk: Desk) -> None:
    step = desk.load(ticket("to-block", 3)).good("triage --json").rows[0]["next"]
    assert (step["action"], step["who"]) == ("block", "support")


AT_CARE = ticket("customer-care", task="appointment 2026-03-12", tags=["customer care"])
UPDATE = "care-reply update --note 'A fix is being tried.'"


@rows(
    case(AT_CARE, UPDATE, "care.update", status="customer-care", task="appointment 2026-03-12",
         note="Customer Care: A fix is being tried."),
    case(AT_CARE, f"{UPDATE} --until 2026-03-20", "care.update", task="appointment 2026-03-20"),
    case(AT_CARE, "care-reply solved --note 'Update 4.2.'", "care.solved", status="calling", told="agent",
         task=f"call-again {TODAY}", next=f"agent: call-again {TODAY}", note="Update 4.2."),
    case(AT_CARE, "care-reply solved", "care.solved", status="calling", tags=[]),
    case(noticed("2026-02-20", tags=["customer care", "preblocco"]), f"{UPDATE} --until 2026-03-20",
         "care.x.update.noted", status="pre-block", task=None),
    case(noticed("2026-02-20", tags=["customer care", "preblocco"]), "care-reply solved", "care.x.solved.noted",
         status="pre-block", tags=["preblocco"]),
)  # fmt: skip
def test_customer_care_answers(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    case(ticket("with-department", **RESTED), "hand-back", "return.restart", **FROM_ZERO,
         task=f"call-again {TODAY}", tags=["mancato contatto 2"], missed_contacts=2, broken_promises=1),
    case(ticket("with-department", tags=["gestione studio"]), "hand-back --note 'All clear.'", "return.restart",
         **FROM_ZERO, note="All clear.", tags=[]),
)  # fmt: skip
def test_a_department_gives_the_ticket_back(desk: Desk, case: Case) -> None:
    check(desk, case)
