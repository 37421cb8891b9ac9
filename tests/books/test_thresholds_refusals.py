"""What the collections book refuses, what it misses, and what its parameters change."""

from __future__ import annotations

import pytest
from desk import SETTINGS, Desk
from procedure import (
    Case,
    Ticket,
    appointment,
    calling,
    case,
    missed,
    noticed,
    promised,
    refused,
    rows,
    ticket,
)  # fmt: skip

pytestmark = pytest.mark.unmeasured

CALL = "call-outcome"
EXTEND = "promise --extend 2026-03-10"
LATER = "promise --reschedule 2026-03-10 --note 'Short of cash.'"

NOTHING_OPEN = [
    f"{CALL} no-answer",
    f"{CALL} already-paid --paid-on 2026-02-27",
    f"{CALL} agreement --agreed-on 2026-03-10",
    f"{CALL} no-agreement --reason refuses",
]


@rows(
    *(case(calling(3, 0), outcome, "call.x.nothing-open") for outcome in NOTHING_OPEN),
    case(appointment(2, 0), f"{CALL} no-answer", "call.x.nothing-open"),
    case(calling(0, 0), "promise --agreed-on 2026-03-10", "promise.x.nothing-open"),
    case(promised("2026-02-26", 0), EXTEND, "promise.x.nothing-open"),
    case(promised("2026-02-25", 0), LATER, "promise.x.nothing-open"),
)
def test_nothing_is_open(desk: Desk, case: Case) -> None:
    """The sentence names the ticket and the payment that is to be recorded instead."""
    refused(desk, case, 3, "T-1", "prassi payment")


KEPT = [{"pay_on": "2026-02-10", "state": "kept"}]


@rows(
    case(promised("2026-02-25"), EXTEND, "promise.extend.late"),
    case(promised("2026-01-12"), EXTEND, "promise.extend.late"),
    case(calling(1), EXTEND, "promise.extend.late"),
    case(missed(1), EXTEND, "promise.extend.late"),
    case(calling(1, promises=KEPT), EXTEND, "promise.extend.late"),
)
def test_it_is_too_late_to_extend(desk: Desk, case: Case) -> None:
    refused(desk, case, 3, "--reschedule", "--agreed-on")


@rows(
    case(promised("2026-02-26"), LATER, "promise.reschedule.early"),
    case(promised("2026-03-20"), LATER, "promise.reschedule.early"),
    case(calling(1), LATER, "promise.reschedule.early"),
    case(calling(1, promises=KEPT), LATER, "promise.reschedule.early"),
)
def test_no_promise_was_missed(desk: Desk, case: Case) -> None:
    refused(desk, case, 3, "--extend", "--agreed-on")


@pytest.mark.parametrize(
    "command",
    [f"{CALL} no-answer", "promise --agreed-on 2026-03-10", "payment --all", "care-reply solved", "hand-back",
     "triage", "preblock"],
)  # fmt: skip
def test_a_closed_ticket_is_left_alone(desk: Desk, command: str) -> None:
    closed = ticket("closed", 1, result="settled")
    refused(desk, case(closed, command, "").values[0], 3, "T-1", "closed")


NOTE = "--note x"
MISSING = [
    # what is given, and the option it misses
    (f"{CALL} already-paid", "--paid-on"),
    (f"{CALL} already-paid --paid-on 2026-02-20", "--note"),
    (f"{CALL} agreement", "--agreed-on"),
    (f"{CALL} agreement --partial 50", "--agreed-on"),
    (f"{CALL} no-agreement", "--reason"),
    (f"{CALL} no-agreement --reason problem", "--problem"),
    (f"{CALL} no-agreement --reason problem --problem balance", "--note"),
    (f"{CALL} no-agreement --reason refuses-contact {NOTE}", "--wants"),
    (f"{CALL} no-agreement --reason refuses-contact --wants manager", "--note"),
    (f"{CALL} no-agreement --reason refuses-contact --wants administration", "--note"),
    (f"{CALL} no-agreement --reason refuses-contact --wants accountant", "--note"),
    (f"{CALL} no-agreement --reason must-verify", "--appointment"),
    ("promise --partial 50", "--agreed-on"),
    ("promise --note x", "--agreed-on"),
    ("payment", "--proforma"),
    ("payment --on 2026-03-02", "--all"),
]


@pytest.mark.parametrize(("command", "option"), MISSING)
def test_a_missing_option_is_named(desk: Desk, command: str, option: str) -> None:
    ran = refused(desk, case(calling(1), command, "").values[0], 2, option)
    assert len(ran.err.strip().splitlines()) == 1


def test_a_new_date_needs_the_reason_for_not_paying(desk: Desk) -> None:
    refused(desk, case(missed(1), "promise --reschedule 2026-03-10", "").values[0], 2, "--note")


WRONG = [
    # what is given, and what the sentence names
    (f"{CALL} maybe", "maybe", "agreement"),
    (f"{CALL} no-answer --channel fax", "--channel", "email"),
    (f"{CALL} agreement --agreed-on 2026-02-30", "--agreed-on", "2026-02-30"),
    (f"{CALL} agreement --agreed-on 2026-03-01", "--agreed-on", "2026-03-01"),
    (f"{CALL} agreement --agreed-on 2026-03-10 --partial -5", "--partial", "-5"),
    (f"{CALL} agreement --agreed-on 2026-03-10 --partial 5.001", "--partial", "5.001"),
    (f"{CALL} agreement --agreed-on 2026-03-10 --partial 0", "--partial", "0.00"),
    (f"{CALL} already-paid --paid-on 2026-03-03", "--paid-on", "2026-03-03"),
    (f"{CALL} no-agreement --reason moody", "--reason", "must-verify"),
    (
        f"{CALL} no-agreement --reason must-verify --appointment 2026-03-01",
        "--appointment",
        "2026-03-01",
    ),
    (
        f"{CALL} no-agreement --reason must-verify --appointment 2026-03-04T25:00",
        "--appointment",
        "25:00",
    ),
    ("promise --agreed-on 2026-02-27", "--agreed-on", "2026-02-27"),
    ("promise --extend 2026-02-27", "--extend", "2026-02-27"),
    ("promise --reschedule 2026-02-27 --note x", "--reschedule", "2026-02-27"),
    ("promise --extend 2026-03-10 --reschedule 2026-03-11", "--extend", "--reschedule"),
    ("payment --proforma PF-9", "--proforma", "PF-9"),
    ("payment --proforma PF-1 --amount -1", "--amount", "-1"),
    ("payment --proforma PF-1 --all", "--proforma", "--all"),
    ("care-reply maybe", "maybe", "solved"),
]


@pytest.mark.parametrize(("command", "option", "value"), WRONG)
def test_a_wrong_value_is_named(desk: Desk, command: str, option: str, value: str) -> None:
    refused(desk, case(promised("2026-03-03"), command, "").values[0], 2, option, value)


def test_a_ticket_that_does_not_exist_is_named(desk: Desk) -> None:
    ran = desk.load(calling(1)).run("call-outcome T-9 no-answer")
    assert (ran.code, "T-9" in ran.err) == (2, True)


PARAMETERS = [
    # parameter and its other value, a ticket on the threshold, what happens, and what follows
    ("retry_workdays = 2", calling(0), f"{CALL} no-answer", "call.no-answer.first", "2026-03-04"),
    ("max_retries = 2", calling(2), f"{CALL} no-answer", "call.no-answer.missed-contact", "2026-04-10"),
    ("max_missed_appointments = 2", appointment(1), f"{CALL} no-answer", "call.appointment.missed-contact", None),
    ("preblock_proformas = 2", calling(3, 2), f"{CALL} no-answer", "call.no-answer.preblock", None),
    ("missed_contact_day = 11", calling(3, 2), f"{CALL} no-answer", "call.no-answer.missed-contact", "2026-04-13"),
    ("preblock_days = 14", noticed("2026-02-16"), "triage", "day.preblock.block", None),
    ("preblock_days = 20", calling(1), f"{CALL} no-agreement --reason refuses", "call.refuses", "2026-03-22"),
    ("slip_workdays = 4", calling(1), f"{CALL} already-paid --paid-on 2026-02-23 {NOTE}", "call.paid.old", None),
    ("check_workdays = 2", promised("2026-02-26"), "triage", "day.payment.missed", None),
    ("care_workdays = 1", calling(1), f"{CALL} no-agreement --reason problem --problem technical",
     "call.problem-technical", "2026-03-03"),
    ("reschedule_max_proformas = 2", promised("2026-02-25", 3), "triage", "day.payment.preblock", None),
    ("reschedule_max_broken = 1", missed(2, 1), LATER, "promise.refused", None),
]  # fmt: skip


def answer(desk: Desk, command: str) -> tuple[str, list[str]]:
    """The rule that would answer, and the dates it would set."""
    name, *rest = command.split(" ", 1)
    everything = "--all" if name == "triage" else ""
    decision = desk.good(f"{name} T-1 {' '.join(rest)} --json --dry-run {everything}").rows[0]
    return decision["rule"], [action["due"] for action in decision["actions"] if "due" in action]


@pytest.mark.slow
@pytest.mark.parametrize(("parameter", "row", "command", "rule", "due"), PARAMETERS)
def test_every_parameter_moves_its_threshold(
    desk: Desk, parameter: str, row: Ticket, command: str, rule: str, due: str | None
) -> None:
    before = answer(desk.load(row), command)
    desk.settings(f"{SETTINGS}\n[parameters.collections]\n{parameter}\n")
    after = answer(desk, command)
    assert after != before
    assert after[0] == rule
    assert due is None or due in after[1]
