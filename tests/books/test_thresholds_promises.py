"""Events `promise` and `payment` of the collections book, rule by rule.

Monday is 2026-03-02: one working day after Friday the 27th, two after the 26th, three after the
25th, from which on a payment is missing.
"""

from __future__ import annotations

import pytest
from desk import Desk
from procedure import (
    PREBLOCK,
    Case,
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

NEW = "promise --agreed-on 2026-03-10"
EXTEND = "promise --extend 2026-03-10"
LATER = "promise --reschedule 2026-03-10 --note 'Short of cash.'"

TAGS = ["controllo pagamento", "verifica pagamento"]
AWAITING = {"status": "awaiting-payment", "messages": []}
OPEN = "2026-03-10 full open"
ONCE = {
    "broken_promises": 1,
    "promises": [{"pay_on": "2026-02-10", "state": "broken"}, {"pay_on": "2026-02-25"}],
}
TWICE = {
    "broken_promises": 2,
    "promises": [{"pay_on": "2026-02-10", "state": "broken"}, {"pay_on": "2026-02-25"}],
}


@rows(
    case(ticket("new", 1), NEW, "promise.full", **AWAITING, tags=TAGS, task="payment-check 2026-03-13",
         promises=[OPEN]),
    case(calling(2), NEW, "promise.full", **AWAITING, missed_calls=0, tags=TAGS),
    case(appointment(1, missed_calls=1), f"{NEW} --partial 99.99", "promise.partial", **AWAITING, missed_calls=0,
         task="payment-agreement 2026-03-13", promises=["2026-03-10 partial 99.99 open"]),
    case(noticed("2026-02-20"), NEW, "promise.full", **AWAITING, tags=[TAGS[0], "preblocco", TAGS[1]]),
    case(missed(2), f"{NEW} --note x", "promise.again", **AWAITING, tags=["promessa di pagamento 3"]),
    case(missed(3), NEW, "promise.again.refused", **PREBLOCK),
    case(promised("2026-02-26"), f"{NEW} --partial 5", "promise.moved", **AWAITING, task="payment-agreement 2026-03-13",
         promises=["2026-02-26 full extended", "2026-03-10 partial 5.00 open"]),
)  # fmt: skip
def test_a_promise_outside_a_call(desk: Desk, case: Case) -> None:
    check(desk, case)


MOVED = {"status": "awaiting-payment", "broken_promises": 0}


@rows(
    case(promised("2026-02-26"), EXTEND, "promise.extend", **MOVED, task="payment-check 2026-03-13",
         promises=["2026-02-26 full extended", OPEN]),
    case(promised("2026-02-27", missed_calls=1, tags=["chiamata 1"]), EXTEND, "promise.extend", **MOVED,
         missed_calls=0, tags=[], note="Comunica un ritardo: la promessa del 2026-02-27 passa al 2026-03-10."),
    case(promised("2026-03-06"), EXTEND, "promise.extend", **MOVED),
    case(promised("2026-02-26", 4, kind="partial", amount="150.00"), EXTEND, "promise.extend", **MOVED,
         task="payment-agreement 2026-03-13",
         promises=["2026-02-26 partial 150.00 extended", "2026-03-10 partial 150.00 open"]),
    # Thursday before Easter: Friday is a working day, Monday is not.
    case(promised("2026-04-02"), "promise --extend 2026-04-10", "promise.extend", "2026-04-07",
         task="payment-check 2026-04-15"),
)  # fmt: skip
def test_a_delay_announced_in_time(desk: Desk, case: Case) -> None:
    check(desk, case)


NEW_DATE = {
    "status": "awaiting-payment",
    "messages": [],
    "task": "payment-check 2026-03-13",
    "note": "Short of cash.",
}


@rows(
    # Open and past its wait: it is broken first, and then counted.
    case(promised("2026-02-25", 1), LATER, "promise.reschedule", **NEW_DATE, broken_promises=1,
         promises=["2026-02-25 full broken", OPEN], tags=[TAGS[0], "promessa di pagamento 2", TAGS[1]]),
    case(promised("2026-02-25", 3), LATER, "promise.reschedule", **NEW_DATE),
    case(promised("2026-02-25", 3, **ONCE), LATER, "promise.reschedule", **NEW_DATE, broken_promises=2,
         tags=[TAGS[0], "promessa di pagamento 3", TAGS[1]]),
    # Already broken, by a night: nothing is counted twice.
    case(missed(1, 3), LATER, "promise.reschedule", **NEW_DATE, broken_promises=1,
         tags=["promessa di pagamento 2"]),
    case(missed(1, 3, missed_calls=2, tags=["chiamata 2"]), LATER, "promise.reschedule", **NEW_DATE,
         missed_calls=0, tags=["promessa di pagamento 2"]),
    case(missed(2, 3, tags=["promessa di pagamento 2"]), LATER, "promise.reschedule", **NEW_DATE,
         broken_promises=2, tags=["promessa di pagamento 3"]),
)  # fmt: skip
def test_a_new_date_after_a_missed_one(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    case(promised("2026-02-25", 4), LATER, "promise.refused", **PREBLOCK, broken_promises=1,
         promises=["2026-02-25 full broken"]),
    case(promised("2026-02-25", 1, **TWICE), LATER, "promise.refused", **PREBLOCK, broken_promises=3),
    case(promised("2026-02-25", 3, **TWICE), LATER, "promise.refused", **PREBLOCK, broken_promises=3),
    case(promised("2026-02-25", 4, **TWICE), LATER, "promise.refused", **PREBLOCK),
    case(missed(1, 4), LATER, "promise.refused", **PREBLOCK, broken_promises=1, tags=["preblocco"]),
    case(missed(3, 1), LATER, "promise.refused", **PREBLOCK, broken_promises=3),
    case(missed(3, 1, missed_calls=2, tags=["chiamata 2"]), LATER, "promise.refused", **PREBLOCK,
         missed_calls=0, tags=["preblocco"]),
)  # fmt: skip
def test_no_new_date(desk: Desk, case: Case) -> None:
    check(desk, case)


ALL, PART = "payment --all", "payment --proforma PF-1"
CLOSED = {"status": "closed", "task": None, "result": "settled"}
HALF = {"kind": "partial", "amount": "150.00"}


@rows(
    case(calling(2, 2), ALL, "payment.settled", **CLOSED, paid=["PF-1", "PF-2"]),
    case(calling(2, 1), f"{PART} --on 2026-02-27", "payment.settled", **CLOSED, paid=["PF-1"]),
    case(calling(2, 2), f"{PART} --proforma PF-2", "payment.settled", **CLOSED),
    case(promised("2026-03-02", 2), ALL, "payment.settled", **CLOSED, promises=["2026-03-02 full kept"]),
    case(promised("2026-03-02", 2, **HALF), ALL, "payment.settled", **CLOSED,
         promises=["2026-03-02 partial 150.00 kept"]),
    case(noticed("2026-02-20"), ALL, "payment.settled", **CLOSED),
    case(ticket("with-department"), ALL, "payment.settled", **CLOSED),
)  # fmt: skip
def test_everything_is_paid(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    case(calling(1, 2), PART, "payment.part", status="calling", paid=["PF-1"], task="call-again 2026-03-02"),
    case(noticed("2026-02-20"), PART, "payment.part", status="pre-block"),
    # A promise of everything is not covered by a part.
    case(promised("2026-03-02", 2), PART, "payment.part", status="awaiting-payment",
         promises=["2026-03-02 full open"]),
    # A promise of 150.00: 100.00 leaves it open, 149.99 too, 150.00 keeps it.
    case(promised("2026-03-02", 3, **HALF), PART, "payment.part", promises=["2026-03-02 partial 150.00 open"],
         status="awaiting-payment"),
    case(promised("2026-03-02", 3, **HALF), "payment --amount 149.99", "payment.part",
         promises=["2026-03-02 partial 150.00 open"]),
    case(promised("2026-03-02", 3, **HALF), "payment --amount 150", "payment.part",
         promises=["2026-03-02 partial 150.00 kept"], paid=["PF-1"], left={"PF-2": "50.00"}, status="calling"),
    case(calling(1, 2), f"{PART} --amount 60 --part", "payment.part", paid=[], left={"PF-1": "40.00"}),
    case(calling(1, 2), f"{PART} --amount 160 --over", "payment.part", paid=["PF-1"], left={},
         note="Arrivati 60.00 in più del dovuto: a credito."),
    case(promised("2026-03-02", 2, kind="claimed"), PART, "payment.part", promises=["2026-03-02 claimed kept"],
         status="calling"),
    case(promised("2026-03-02", 3, **HALF), f"{PART} --proforma PF-2", "payment.part",
         promises=["2026-03-02 partial 150.00 kept"], paid=["PF-1", "PF-2"]),
    case(promised("2026-03-02", 2, kind="partial", amount="100.00"), PART, "payment.part",
         promises=["2026-03-02 partial 100.00 kept"]),
)  # fmt: skip
def test_something_is_paid(desk: Desk, case: Case) -> None:
    check(desk, case)


def test_two_payments_together_cover_a_promise(desk: Desk) -> None:
    desk.load(promised("2026-03-04", 3, **HALF)).good("payment T-1 --proforma PF-1")
    assert desk.show()["promises"][-1]["state"] == "open"
    desk.good("payment T-1 --proforma PF-2")
    assert desk.show()["promises"][-1]["state"] == "kept"


@pytest.mark.parametrize(
    "command",
    [
        "promise T-1 --agreed-on 2026-03-06 --partial 150",
        "call-outcome T-1 agreement --agreed-on 2026-03-06 --partial 150",
    ],
)
def test_what_came_in_before_a_promise_does_not_cover_it(desk: Desk, command: str) -> None:
    desk.load(promised("2026-03-04", 3, **HALF)).good("payment T-1 --proforma PF-1")
    desk.good(command)
    desk.good("payment T-1 --proforma PF-2")
    assert desk.show()["promises"][-1]["state"] == "open"


def test_a_kept_part_lets_the_ticket_go_on(desk: Desk) -> None:
    """Nothing is promised any more, so the rest has to be agreed: it is called today."""
    desk.load(promised("2026-03-04", 3, **HALF, task="payment-agreement 2026-03-09"))
    desk.good("payment T-1 --proforma PF-1 --proforma PF-2")
    assert desk.show()["status"] == "calling"
    step = desk.good("triage T-1 --json").rows[0]["next"]
    assert (step["action"], step["due"]) == ("call-again", "2026-03-02")


BROKEN = {"broken_promises": 1}
OLD = {"pay_on": "2026-02-10", "state": "broken"}
RUNNING = promised("2026-02-26", promises=[OLD, {"pay_on": "2026-02-26"}], **BROKEN)
OVER = promised("2026-02-25", promises=[OLD, {"pay_on": "2026-02-25"}], **BROKEN)
RUNNING_FIRST = promised("2026-02-26", promises=[{"pay_on": "2026-02-26"}, OLD], **BROKEN)
OVER_FIRST = promised("2026-02-25", promises=[{"pay_on": "2026-02-25"}, OLD], **BROKEN)


@rows(
    case(RUNNING, "triage", "day.payment.wait"),
    case(RUNNING, EXTEND, "promise.extend"),
    case(OVER, "triage", "day.payment.missed", note="Il pagamento promesso per il 2026-02-25 non è arrivato in tempo."),
    case(OVER, LATER, "promise.reschedule"),
    case(RUNNING_FIRST, "triage", "day.payment.wait"),
    case(RUNNING_FIRST, EXTEND, "promise.extend"),
    case(OVER_FIRST, "triage", "day.payment.missed",
         note="Il pagamento promesso per il 2026-02-25 non è arrivato in tempo."),
    case(OVER_FIRST, LATER, "promise.reschedule"),
)  # fmt: skip
def test_the_open_promise_counts_in_whatever_order_they_were_imported(
    desk: Desk, case: Case
) -> None:
    check(desk, case)
