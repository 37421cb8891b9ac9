"""Event `call` of the collections book, rule by rule: facts on both sides of every threshold.

The tables read as the procedure's page and are written from it. Monday is 2026-03-02; five working
days later is 2026-03-09, three 2026-03-05, ten 2026-03-16, fifteen days 2026-03-17.
"""

from __future__ import annotations

import pytest
from desk import MONDAY, Desk
from procedure import (
    PREBLOCK,
    Case,
    Ticket,
    appointment,
    calling,
    case,
    check,
    missed,
    noticed,
    promised,
    rows,
    ticket,
)  # fmt: skip

pytestmark = pytest.mark.unmeasured

NOBODY = "call-outcome no-answer"
AGREED = "call-outcome agreement --agreed-on 2026-03-10"
PAID = "call-outcome already-paid --paid-on"
NO = "call-outcome no-agreement --reason"

AGAIN = {"status": "calling", "priority": "medium", "task": "call-again 2026-03-09"}
RESTS = {
    "status": "missed-contact",
    "priority": "medium",
    "task": "call-again 2026-04-10",
    "messages": [],
}
ANSWERED = {"missed_calls": 0, "tags": [], "task": None}


@rows(
    case(ticket("new", 1, priority="high"), NOBODY, "call.no-answer.first", **AGAIN, missed_calls=1,
         tags=["chiamata 1"], messages=["summary to rossi@example.org"], next="agent: call-again 2026-03-09",
         note="CLIENTE NON RISPONDE/NON REPERIBILE (chiamata)"),
    case(calling(0, 5), NOBODY, "call.no-answer.first", **AGAIN, tags=["chiamata 1"]),
    case(calling(1, 1), NOBODY, "call.no-answer.retry", **AGAIN, missed_calls=2, tags=["chiamata 2"], messages=[]),
    case(calling(1, 5), NOBODY, "call.no-answer.retry", **AGAIN, tags=["chiamata 2"], messages=[]),
    # A call before its day, with another department, in the block's four, or while a payment is
    # awaited is no attempt.
    *(case(row, NOBODY, "call.x.no-answer.not-due", status=row["status"], missed_calls=0, messages=[],
           extrapolated=True)
      for row in (ticket("calling", task="call-again 2026-03-03"), ticket("with-department"),
                  noticed("2026-02-20"), promised("2026-02-26"), ticket("to-block", preblock_on="2026-02-01"),
                  ticket("notice-due"), ticket("blocked", blocked_on="2026-02-20"),
                  ticket("customer-care", task="appointment 2026-03-03"))),
    # Past its wait a payment is missing first: then a call is due, or the notice has been made.
    case(promised("2026-02-25"), NOBODY, "call.no-answer.first", **AGAIN, broken_promises=1,
         promises=["2026-02-25 full broken"]),
    case(promised("2026-02-25", 4), NOBODY, "call.x.no-answer.not-due", **PREBLOCK, broken_promises=1),
    # Once the rest is over a call begins from zero.
    case(ticket("missed-contact", 5, task=f"call-again {MONDAY}", missed_calls=4, missed_contacts=1,
                tags=["chiamata 3"]), NOBODY, "call.no-answer.first", **AGAIN, missed_calls=1, cycle=2,
         tags=["chiamata 1"]),
    case(calling(2, 5, priority="high"), NOBODY, "call.no-answer.retry", **AGAIN, missed_calls=3,
         tags=["chiamata 3"], messages=[]),
    case(calling(3, 3), NOBODY, "call.no-answer.preblock", **PREBLOCK, missed_calls=4,
         tags=["chiamata 3", "preblocco"]),
    case(calling(3, 4), NOBODY, "call.no-answer.preblock", **PREBLOCK),
    case(calling(4, 3), NOBODY, "call.no-answer.preblock", **PREBLOCK),
    case(calling(3, 2), NOBODY, "call.no-answer.missed-contact", **RESTS, missed_contacts=1, missed_calls=4,
         tags=["chiamata 3", "mancato contatto 1"], next="agent: call-again 2026-04-10"),
    case(calling(3, 1), NOBODY, "call.no-answer.missed-contact", **RESTS),
    case(calling(3, 2, missed_contacts=1, tags=["chiamata 3", "mancato contatto 1"]), NOBODY,
         "call.no-answer.missed-contact", missed_contacts=2, tags=["chiamata 3", "mancato contatto 2"]),
    case(calling(3, 2, missed_contacts=2, tags=["mancato contatto 2"]), NOBODY,
         "call.no-answer.missed-contact", missed_contacts=3, tags=["mancato contatto 3"], extrapolated=False),
    case(calling(3, 2, missed_contacts=3, tags=["mancato contatto 3"]), NOBODY,
         "call.no-answer.x.missed-contact", **RESTS, missed_calls=4, missed_contacts=4,
         tags=["mancato contatto 3"], extrapolated=True, told="agent"),
)  # fmt: skip
def test_nobody_answers(desk: Desk, case: Case) -> None:
    check(desk, case)


HIGH = {
    "status": "appointment",
    "priority": "high",
    "task": "call-again 2026-03-09",
    "messages": [],
}


@rows(
    case(appointment(0, 5), NOBODY, "call.appointment.retry", **HIGH, missed_appointments=1, missed_calls=0,
         tags=["appuntamento telefonico", "chiamata 1"]),
    case(appointment(1, 1), NOBODY, "call.appointment.retry", **HIGH, missed_appointments=2,
         tags=["appuntamento telefonico", "chiamata 2"]),
    case(appointment(1, 3), NOBODY, "call.appointment.retry", **HIGH),
    # Customer Care's time is over: that call is one on appointment, and Care's answer is still awaited.
    case(ticket("customer-care", missed_calls=1), NOBODY, "call.appointment.retry",
         **HIGH | {"status": "customer-care"}, missed_calls=1),
    # A missed appointment takes this branch however many calls were missed before.
    case(appointment(0, 3, missed_calls=3), NOBODY, "call.appointment.retry", **HIGH),
    case(appointment(2, 3), NOBODY, "call.appointment.preblock", **PREBLOCK, missed_appointments=3,
         tags=["appuntamento telefonico", "chiamata 2", "preblocco"]),
    case(appointment(3, 4), NOBODY, "call.appointment.preblock", **PREBLOCK),
    case(appointment(2, 2), NOBODY, "call.appointment.missed-contact", **RESTS, missed_contacts=1,
         tags=["appuntamento telefonico", "chiamata 2", "mancato contatto 1"], missed_appointments=3),
    case(appointment(3, 1), NOBODY, "call.appointment.missed-contact", **RESTS),
    case(appointment(2, 2, missed_contacts=2, tags=["mancato contatto 2"]), NOBODY,
         "call.appointment.missed-contact", missed_contacts=3, tags=["mancato contatto 3"]),
    case(appointment(2, 2, missed_contacts=3, tags=["mancato contatto 3"]), NOBODY,
         "call.appointment.x.missed-contact", **RESTS, missed_appointments=3,
         tags=["mancato contatto 3"], extrapolated=True, told="agent"),
)  # fmt: skip
def test_nobody_answers_on_appointment(desk: Desk, case: Case) -> None:
    check(desk, case)


SLIP = {"messages": ["payment-slip-request to rossi@example.org"], "missed_calls": 0}
RECENT = {**SLIP, "status": "awaiting-payment", "task": "payment-check 2026-03-05"}
OLD = {
    **SLIP,
    "status": "with-department",
    "priority": "high",
    "assignee": "giulia",
    "note": "Slip attached.",
}


@rows(
    case(calling(2), f"{PAID} {MONDAY}", "call.paid.recent", **RECENT, tags=["controllo pagamento"],
         promises=[f"{MONDAY} claimed open"], next="agent: payment-check 2026-03-05"),
    case(calling(0), f"{PAID} 2026-02-23", "call.paid.recent", **RECENT),
    case(calling(3), f"{PAID} 2026-02-20 --note 'Slip attached.'", "call.paid.old", **OLD,
         tags=["verifica sede"], task=None),
    case(calling(1), f"{PAID} 2025-06-02 --note 'Slip attached.'", "call.paid.old", **OLD),
    # Around Easter Monday (6 April): 31 March is five working days before 8 April, 30 March six.
    case(calling(0), f"{PAID} 2026-03-31", "call.paid.recent", "2026-04-08"),
    case(calling(0), f"{PAID} 2026-03-30 --note 'Slip attached.'", "call.paid.old", "2026-04-08"),
    # Around New Year and Epiphany.
    case(calling(0), f"{PAID} 2025-12-30", "call.paid.recent", "2026-01-08"),
    case(calling(0), f"{PAID} 2025-12-29 --note 'Slip attached.'", "call.paid.old", "2026-01-08"),
)  # fmt: skip
def test_says_it_is_paid(desk: Desk, case: Case) -> None:
    check(desk, case)


CHECKS = {"status": "awaiting-payment", "missed_calls": 0}
KEPT_AT_LAST = [
    *({"pay_on": f"2026-01-{day}", "state": "broken", "cycle": 1} for day in (10, 17, 24)),
    {"pay_on": "2026-02-07", "state": "kept", "cycle": 1},
]
TAGS = ["controllo pagamento", "verifica pagamento"]


@rows(
    case(calling(2), AGREED, "call.agreement.full", **CHECKS, tags=TAGS, task="payment-check 2026-03-13",
         promises=["2026-03-10 full open"], messages=[], next="agent: payment-check 2026-03-13"),
    case(calling(2), f"{AGREED} --partial 120.50", "call.agreement.partial", **CHECKS, tags=TAGS,
         task="payment-agreement 2026-03-13", promises=["2026-03-10 partial 120.50 open"]),
    case(ticket("new"), "call-outcome agreement --agreed-on 2026-03-02", "call.agreement.full", **CHECKS,
         task="payment-check 2026-03-05"),
    case(appointment(1), f"{AGREED} --channel email", "call.agreement.full", **CHECKS),
    case(missed(2), f"{AGREED} --note 'Short of cash.'", "call.agreement.again", **CHECKS, broken_promises=2,
         tags=["promessa di pagamento 3"], task="payment-check 2026-03-13"),
    case(missed(3), AGREED, "call.agreement.again.refused", **PREBLOCK, broken_promises=3),
    case(missed(1, 4), AGREED, "call.agreement.again.refused", **PREBLOCK, broken_promises=1),
    # A promise of an earlier cycle does not count.
    case(missed(3, cycle=2, promises=[{"pay_on": "2026-01-10", "state": "broken", "cycle": 1}]), AGREED,
         "call.agreement.full", **CHECKS, broken_promises=3),
    # Three of this cycle were broken: no agreement leads out of pre-block, though one was kept since.
    case(noticed("2026-02-20", broken_promises=3, promises=KEPT_AT_LAST), AGREED,
         "call.agreement.again.refused", status="pre-block"),
    case(noticed("2026-02-20", broken_promises=3, promises=KEPT_AT_LAST, cycle=2), AGREED,
         "call.agreement.full", **CHECKS),
    # Agreed after the notice: allowed, and the tag stays.
    case(noticed("2026-02-20"), AGREED, "call.agreement.full", **CHECKS, tags=[*TAGS[:1], "preblocco", TAGS[1]]),
    case(ticket("to-block", 3, preblock_on="2026-02-10", tags=["preblocco"]), f"{AGREED} --partial 50",
         "call.agreement.partial", **CHECKS, tags=[*TAGS[:1], "preblocco", TAGS[1]]),
)  # fmt: skip
def test_agrees_to_pay(desk: Desk, case: Case) -> None:
    check(desk, case)


AWAY = {"status": "with-department", "note": "Wants it in writing.", **ANSWERED}
NOTE = "--note 'Wants it in writing.'"


@rows(
    case(calling(1, 1), f"{NO} refuses", "call.refuses", **PREBLOCK, missed_calls=0, tags=["preblocco"]),
    case(calling(1, 5), f"{NO} refuses", "call.refuses", **PREBLOCK),
    case(calling(1), f"{NO} must-verify --appointment 2026-03-04T15:30", "call.must-verify", missed_calls=0,
         status="appointment", task="appointment 2026-03-04T15:30", tags=["appuntamento telefonico"]),
    case(calling(1), f"{NO} must-verify --appointment 2026-03-04", "call.must-verify", task="appointment 2026-03-04"),
    case(calling(1), f"{NO} refuses-contact --wants manager {NOTE}", "call.wants-manager", **AWAY,
         priority="blocking", assignee="paolo"),
    case(calling(2), f"{NO} refuses-contact --wants administration {NOTE}", "call.wants-administration",
         **AWAY | {"tags": ["gestione sede"]}, priority="high", assignee="giulia"),
    case(calling(3), f"{NO} refuses-contact --wants accountant {NOTE}", "call.wants-accountant",
         **AWAY | {"tags": ["gestione studio"]}, priority="blocking", assignee="giulia"),
    case(calling(1), f"{NO} problem --problem balance {NOTE}", "call.problem-balance",
         **AWAY | {"tags": ["gestione studio"]}, priority="blocking", assignee="giulia"),
    case(calling(1), f"{NO} problem --problem accounting", "call.problem-accounting", status="customer-care",
         missed_calls=0, task="appointment 2026-03-16", told="customer",
         tags=["appuntamento telefonico", "customer care/contabile"],
         messages=["care-open-accounting to care@example.org"]),
    case(calling(1), f"{NO} problem --problem technical", "call.problem-technical", status="customer-care",
         missed_calls=0, task="appointment 2026-03-16", told="customer",
         tags=["appuntamento telefonico", "customer care"],
         messages=["care-chase to care@example.org"]),
)  # fmt: skip
def test_agrees_to_nothing(desk: Desk, case: Case) -> None:
    check(desk, case)


EVERY_WAY = [
    # A ticket, and how the contact went: one row for each rule.
    (calling(0), "no-answer"),
    (calling(1), "no-answer"),
    (calling(3, 3), "no-answer"),
    (calling(3, 2), "no-answer"),
    (appointment(0), "no-answer"),
    (appointment(2, 3), "no-answer"),
    (appointment(2, 2), "no-answer"),
    (calling(1), "already-paid --paid-on 2026-02-27"),
    (calling(1), f"already-paid --paid-on 2026-02-02 {NOTE}"),
    (calling(1), "agreement --agreed-on 2026-03-10"),
    (calling(1), "agreement --agreed-on 2026-03-10 --partial 50"),
    (calling(1), "no-agreement --reason refuses"),
    (calling(1), "no-agreement --reason must-verify --appointment 2026-03-04"),
    (calling(1), f"no-agreement --reason refuses-contact --wants manager {NOTE}"),
    (calling(1), f"no-agreement --reason refuses-contact --wants administration {NOTE}"),
    (calling(1), f"no-agreement --reason refuses-contact --wants accountant {NOTE}"),
    (calling(1), f"no-agreement --reason problem --problem balance {NOTE}"),
    (calling(1), "no-agreement --reason problem --problem accounting"),
    (calling(1), "no-agreement --reason problem --problem technical"),
]


@pytest.mark.parametrize("channel", ["call", "email", "ticket"])
@pytest.mark.parametrize(("row", "outcome"), EVERY_WAY)
def test_the_note_says_which_channel_it_was(
    desk: Desk, row: Ticket, outcome: str, channel: str
) -> None:
    """Replies by mail or ticket are contacts as calls are, and the note tells them apart."""
    words = {"call": "chiamata", "email": "e-mail", "ticket": "ticket"}
    desk.load(row).good(f"call-outcome T-1 {outcome} --channel {channel}")
    notes = [note["text"] for note in desk.show()["notes"]]
    assert any(f"({words[channel]})" in note for note in notes), notes


EVERY_WAY_KEPT = [way.values if hasattr(way, "values") else way for way in EVERY_WAY]


@pytest.mark.parametrize(("row", "outcome"), EVERY_WAY_KEPT)
def test_what_was_said_is_noted(desk: Desk, row: Ticket, outcome: str) -> None:
    desk.load(row).good(f"call-outcome T-1 {outcome} --note 'So they say.'")
    assert "So they say." in [note["text"] for note in desk.show()["notes"]]


RUNNING, OVER = promised("2026-02-26"), promised("2026-02-25")
MOVED = ("extended", "broken")


@rows(
    *(
        case(
            row,
            f"{command} --note x",
            rules[place],
            broken_promises=place,
            promises=[f"{old} {ends[place]}", new],
        )
        for command, rules, ends, new in (
            (
                AGREED,
                ("call.agreement.moved", "call.agreement.again"),
                MOVED,
                "2026-03-10 full open",
            ),
            (
                f"{AGREED} --partial 9",
                ("call.agreement.moved", "call.agreement.again"),
                MOVED,
                "2026-03-10 partial 9.00 open",
            ),
            (
                f"{PAID} 2026-02-27",
                ("call.paid.recent",) * 2,
                ("withdrawn", "broken"),
                f"{MONDAY} claimed open",
            ),
            (
                "promise --agreed-on 2026-03-10",
                ("promise.moved", "promise.again"),
                MOVED,
                "2026-03-10 full open",
            ),
        )
        for place, (row, old) in enumerate(
            ((RUNNING, "2026-02-26 full"), (OVER, "2026-02-25 full"))
        )
    )
)
def test_a_new_promise_takes_the_place_of_the_open_one(desk: Desk, case: Case) -> None:
    """From the third working day on the old one counts as broken, whether triage has run or not."""
    check(desk, case)
