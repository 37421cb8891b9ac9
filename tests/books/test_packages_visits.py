"""Visits moved, cancelled and done, packages cancelled and tickets closed, rule by rule.

It is Monday, 2026-03-02. What is 24 hours ahead is free to change, what is 23 hours and 59 minutes
ahead is not, and what is today never is.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from desk import Desk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packagework import (
    PHONE,
    TODAY,
    TOMORROW,
    UNPAID,
    Case,
    active,
    case,
    check,
    customer,
    expired,
    follow_up,
    refused,
    rows,
    unpaid,
)  # fmt: skip
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE

pytestmark = [pytest.mark.unmeasured, pytest.mark.usefixtures("without_roles")]

TEN = f"{TODAY}T10:00"
NEXT, LATER = f"{TOMORROW}T10:00", "2026-03-09T10:00"
MOVE = f"--to {LATER}"


def visits(*times: str, **fields: Any) -> dict[str, Any]:
    """An active package with these visits planned, 3 of 8 left."""
    return active(visit_times=list(times), **fields)


# --- event visit ------------------------------------------------------------------------------------


@rows(
    case(visits(NEXT), f"package-visit {TOMORROW} cancel", "visit.free", TEN, visit_times=[], used=5,
         expires="2026-03-20", told=["operations"], messages=[], status="active"),
    case(visits(NEXT), f"package-visit {TOMORROW} move {MOVE}", "visit.free", TEN, visit_times=[LATER],
         used=5, expires="2026-03-20", first_visit="2026-02-03T10:00"),
    case(visits(NEXT), f"package-visit {NEXT} move {MOVE} --note Away", "visit.free", TODAY, note="Away"),
    case(visits(NEXT, "2026-03-15"), f"package-visit {TOMORROW} move --to 2026-04-03", "visit.free", TEN,
         visit_times=["2026-03-15", "2026-04-03"]),
    case(visits(f"{TOMORROW}T08:00", f"{TOMORROW}T18:00"), f"package-visit {TOMORROW}T18:00 cancel",
         "visit.free", TEN, visit_times=[f"{TOMORROW}T08:00"]),
    case(visits(NEXT, counted_times=[f"{TOMORROW}T08:00"]), f"package-visit {TOMORROW} cancel",
         "visit.free", TEN),
    case(visits("2026-03-04"), "package-visit 2026-03-04 cancel", "visit.free", f"{TODAY}T23:59"),
    case(visits("2026-03-03"), "package-visit 2026-03-03 cancel", "visit.free", f"{TODAY}T00:00"),
    *(case(unpaid(status, visit_times=[NEXT, LATER]), f"package-visit {TOMORROW} cancel", "visit.free", TEN)
      for status in UNPAID),
    case(expired(3, visit_times=[NEXT]), f"package-visit {TOMORROW} move --to 2026-03-13", "visit.free", TEN),
    case(active(visit_times=None, first_visit=NEXT), f"package-visit {TOMORROW} move {MOVE}", "visit.free",
         TEN, visit_times=[LATER]),
)  # fmt: skip
def test_a_visit_a_day_ahead_is_free_to_change(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    case(visits(NEXT), f"package-visit {TOMORROW} cancel", "visit.late", f"{TODAY}T10:01", visit_times=[],
         counted_times=[NEXT], used=6, told=["customer"], messages=[], task=None),
    case(visits(NEXT), f"package-visit {TOMORROW} move {MOVE}", "visit.late", f"{TODAY}T10:01",
         visit_times=[], used=6),
    case(visits(NEXT), f"package-visit {TOMORROW} move", "visit.late", f"{TODAY}T23:59", used=6),
    case(visits(NEXT, "2026-03-15"), f"package-visit {TOMORROW} move --to 2027-01-01", "visit.late",
         f"{TODAY}T10:01", visit_times=["2026-03-15"]),
    case(visits(TOMORROW), f"package-visit {TOMORROW} cancel", "visit.late", f"{TODAY}T00:01"),
    case(visits(NEXT, left=1), f"package-visit {TOMORROW} cancel", "visit.late", f"{TODAY}T12:00", used=8),
    case(visits(NEXT, left=0), f"package-visit {TOMORROW} cancel", "visit.late", f"{TODAY}T12:00", used=8),
    case(expired(3, visit_times=[NEXT]), f"package-visit {TOMORROW} cancel", "visit.late", f"{TODAY}T12:00"),
    case(unpaid("not-paid", visit_times=[NEXT]), f"package-visit {TOMORROW} cancel", "visit.late",
         f"{TODAY}T12:00", used=1),
)  # fmt: skip
def test_a_visit_less_than_a_day_ahead_counts(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    *(case(visits(f"{TODAY}T18:00"), f"package-visit {TODAY} {change}", "visit.same-day", at,
           visit_times=[], counted_times=[f"{TODAY}T18:00"], used=6, told=["operations", "customer"],
           messages=[], task=f"visit-call {TODAY}", next=f"customer-success: visit-call {TODAY}")
      for change in ("cancel", "move", f"move {MOVE}") for at in (TODAY, f"{TODAY}T17:59", f"{TODAY}T20:00")),
    case(visits(f"{TODAY}T18:00"), f"package-visit {TODAY} cancel --no-answer", "visit.same-day.no-answer",
         visit_times=[], used=6, messages=[f"visit-counted sms {PHONE}"], told=["operations"], task=None),
    case(visits(counted_times=[f"{TODAY}T18:00"], task=f"visit-call {TODAY}"),
         f"package-visit {TODAY} cancel --no-answer", "visit.same-day.no-answer", used=5, task=None,
         counted_times=[f"{TODAY}T18:00"], messages=[f"visit-counted sms {PHONE}"], told=[]),
    case(visits(f"{TODAY}T20:00", counted_times=[f"{TODAY}T18:00"]),
         f"package-visit {TODAY} cancel --no-answer", "visit.same-day.no-answer", used=5,
         visit_times=[f"{TODAY}T20:00"]),
    case(visits(f"{TODAY}T20:00", counted_times=[f"{TODAY}T18:00"]), f"package-visit {TODAY} cancel",
         "visit.same-day", used=6, counted_times=[f"{TODAY}T18:00", f"{TODAY}T20:00"]),
    case(expired(2, visit_times=[TODAY], task="call-again 2026-03-06"), f"package-visit {TODAY} cancel",
         "visit.same-day", status="expired", task=f"visit-call {TODAY}"),
    case(visits(counted_times=[f"{TODAY}T18:00"], task=f"visit-call {TODAY}"), "call-outcome no-answer",
         "visit.same-day.no-answer", messages=[f"visit-counted sms {PHONE}"], task=None, used=5),
    case(visits(counted_times=[f"{TODAY}T18:00"], task=f"visit-call {TODAY}"), "call-outcome answers",
         "call.x.visit", messages=[], task=None),
    case(visits(counted_times=["2026-03-01"], task="visit-call 2026-03-01"), "call-outcome no-answer",
         "call.x.visit", messages=[], task=None),
)  # fmt: skip
def test_a_visit_on_its_day_counts_in_full(desk: Desk, case: Case) -> None:
    check(desk, case)


def test_no_setting_makes_a_visit_free_on_its_day(desk: Desk) -> None:
    desk.settings("[parameters.packages]\nfree_change_hours = 2\n")
    desk.load(visits(f"{TODAY}T18:00", f"{TOMORROW}T01:00"), customers=customer(), at=TODAY)
    rules = [
        desk.good(f"package-visit P-1 {day} cancel --json", at=f"{TODAY}T{at}").rows[0]["rule"]
        for day, at in ((TODAY, "12:00"), (TOMORROW, "23:00"))
    ]
    assert rules == ["visit.same-day", "visit.free"]


@rows(
    *(case(unpaid(status, NEXT, visit_times=[NEXT, LATER], task=f"call-again {TODAY}"),
           f"package-visit {TOMORROW} move --to 2026-03-07T12:00", "visit.free", TEN,
           first_visit="2026-03-07T12:00", task="call-again 2026-03-06", starts=TOMORROW,
           expires="2026-04-20") for status in UNPAID),
    case(unpaid("waiting-on-customer", NEXT, visit_times=[NEXT, LATER], task=f"call-again {TODAY}"),
         f"package-visit {TOMORROW} cancel", "visit.free", TEN, first_visit=LATER,
         task="call-again 2026-03-08"),
    case(unpaid("waiting-on-customer", NEXT, visit_times=[NEXT], task=f"call-again {TODAY}"),
         f"package-visit {TOMORROW} cancel", "visit.free", TEN, first_visit=NEXT, task=f"call-again {TODAY}"),
    case(unpaid("waiting-on-customer", LATER, visit_times=[LATER, "2026-03-16T10:00"],
                task="call-again 2026-03-08"),
         "package-visit 2026-03-16 move --to 2026-03-05T10:00", "visit.free", TEN,
         first_visit="2026-03-05T10:00", task="call-again 2026-03-04"),
    case(unpaid("waiting-on-customer", NEXT, visit_times=[NEXT, LATER], task=f"call-again {TODAY}"),
         "package-visit 2026-03-09 cancel", "visit.free", TEN, first_visit=NEXT, task=f"call-again {TODAY}"),
    case(unpaid("waiting-on-customer", NEXT, visit_times=[NEXT, LATER], task=f"letter {TODAY}"),
         f"package-visit {TOMORROW} cancel", "visit.free", TEN, first_visit=LATER, task=f"letter {TODAY}"),
)  # fmt: skip
def test_the_last_day_moves_with_the_first_visit_of_an_unpaid_package(
    desk: Desk, case: Case
) -> None:
    check(desk, case)


@rows(
    case(visits(NEXT), f"package-visit {TOMORROW} move --to 2026-04-04", "until 2026-04-03", TEN),
    case(expired(3, visit_times=[NEXT]), f"package-visit {TOMORROW} move --to 2026-03-14", "2026-03-13", TEN),
    case(visits(counted_times=[NEXT]), f"package-visit {TOMORROW} cancel", "was counted as used already"),
    case(visits(counted_times=[NEXT]), f"package-visit {TOMORROW} cancel --no-answer", "was counted"),
    case(visits(counted_times=[TODAY]), f"package-visit {TODAY} cancel", "--no-answer"),
    case(unpaid("final-try"), "package-visit 2026-03-08 cancel", "is final-try, so no visits"),
    case(follow_up(), "package-visit 2026-03-08 cancel", "package-book"),
)  # fmt: skip
def test_a_visit_that_can_not_be_changed_is_refused(desk: Desk, case: Case) -> None:
    refused(desk, case, 3, "P-1", case.rule)


@rows(
    case(visits(NEXT), "package-visit 2026-03-08 cancel", f"VISIT-DATE: P-1 has no visit then; planned are {NEXT}"),
    case(visits(NEXT), f"package-visit {TOMORROW}T11:00 cancel", "VISIT-DATE"),
    case(visits(), "package-visit 2026-03-08 cancel", "planned are none"),
    case(visits(f"{TOMORROW}T08:00", f"{TOMORROW}T18:00"), f"package-visit {TOMORROW} cancel", "give the hour"),
    case(visits(LATER), "package-visit 2026-03-09 move", "--to is missing"),
    case(visits(LATER), "package-visit 2026-03-09 cancel --to 2026-03-10", "--to can only be used"),
    case(visits(LATER), "package-visit 2026-03-09 move --to 2026-03-01", "--to"),
    case(visits(LATER), f"package-visit 2026-03-09 move {MOVE}", "--to: a visit of P-1 is planned for then"),
    case(visits(LATER), "package-visit 2026-03-09 cancel --no-answer", "--no-answer"),
    case(visits(NEXT), f"package-visit {TOMORROW} cancel --no-answer", "--no-answer"),
    case(visits(LATER), "package-visit 2026-03-09 skip", "CHANGE"),
    case(visits(LATER), "package-visit monday cancel", "monday"),
)  # fmt: skip
def test_a_wrong_visit_is_told(desk: Desk, case: Case) -> None:
    refused(desk, case, 2, case.rule)


def test_a_moved_visit_can_be_undone(desk: Desk) -> None:
    desk.load(visits(NEXT), customers=customer())
    before = desk.export()
    desk.good(f"package-visit P-1 {TOMORROW} move {MOVE}")
    assert desk.export() != before
    desk.good("undo")
    assert desk.export() == before


# --- a visit took place, or did not -----------------------------------------------------------------


@rows(
    case(visits(TEN), f"package-visit {TODAY} done", "visit.done", used=6, visit_times=[], counted_times=[TEN]),
    case(visits("2026-02-27"), "package-visit 2026-02-27 done", "visit.done", used=6),
    case(expired(3, visit_times=["2026-03-01"], left=1), "package-visit 2026-03-01 done", "visit.done", used=8),
    case(visits("2026-02-27T10:00"), "package-visit 2026-02-27 cancel", "visit.x.not-held", used=5,
         visit_times=[], told=["operations"], messages=[]),
    case(visits("2026-02-27T10:00"), f"package-visit 2026-02-27 move {MOVE}", "visit.x.not-held", used=5,
         visit_times=[LATER], told=["operations"]),
)  # fmt: skip
def test_a_visit_took_place_or_did_not(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    case(visits(TODAY, left=0), f"package-visit {TODAY} done", "All visits of P-1 are used"),
    case(visits(NEXT), f"package-visit {TOMORROW} done", "lies ahead"),
    case(visits(counted_times=["2026-03-01"]), "package-visit 2026-03-01 done", "counted as used already"),
    case(visits(counted_times=[TODAY]), f"package-visit {TODAY} done", "counted as used already"),
    *(case(unpaid(status, TODAY, visit_times=[TODAY]), f"package-visit {TODAY} done", "before the package is paid")
      for status in UNPAID),
    case(unpaid("final-try"), "package-visit 2026-03-08 done", "is final-try"),
    case(follow_up(), "package-visit 2026-03-08 done", "is follow-up"),
    case(visits("2026-02-27"), "package-visit 2026-02-27 move --to 2026-04-04", "until 2026-04-03"),
)  # fmt: skip
def test_a_visit_that_did_not_take_place_is_refused(desk: Desk, case: Case) -> None:
    refused(desk, case, 3, "P-1", case.rule)


@rows(
    case(visits(TODAY), "package-visit 2026-02-27 done", f"planned are {TODAY}"),
    case(visits(f"{TODAY}T08:00", f"{TODAY}T10:00"), f"package-visit {TODAY} done", "give the hour"),
    case(visits(TODAY), f"package-visit {TODAY} done --no-answer", "--no-answer can only be used"),
    case(visits(TODAY), f"package-visit {TODAY} done --to {TOMORROW}", "--to can only be used"),
    case(visits("2026-02-27"), "package-visit 2026-02-27 move", "--to is missing"),
    case(visits("2026-02-27"), "package-visit 2026-02-27 cancel --no-answer", "--no-answer"),
)  # fmt: skip
def test_it_must_be_clear_which_visit_took_place(desk: Desk, case: Case) -> None:
    refused(desk, case, 2, case.rule)


# --- event cancel -----------------------------------------------------------------------------------


@rows(
    *(case(unpaid(status, task=f"call-again {TODAY}"), "package-cancel --note Moves", "cancel.unpaid",
           status="closed", result="cancelled", task=None, told=["operations"], visit_times=[], note="Moves")
      for status in (*UNPAID, "final-try")),
    case(visits(NEXT), "package-cancel", "cancel.paid", status="closed", result="cancelled",
         told=["customer", "customer-care", "operations"], visit_times=[]),
    case(visits("2026-02-27"), "package-cancel", "cancel.paid", told=["customer", "customer-care"]),
    case(expired(14), "package-cancel", "cancel.paid", result="cancelled"),
    case(active("2026-02-16"), "package-cancel", "cancel.paid"),
    case(active(left=0), "package-cancel", "cancel.x.nothing-left", status="closed", result="cancelled", told=[]),
    case(expired(40, left=0), "package-cancel", "cancel.x.nothing-left"),
    case(visits(NEXT, paid_on=None), "package-cancel", "cancel.x.never-paid", result="cancelled",
         told=["operations"]),
)  # fmt: skip
def test_a_package_is_cancelled(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    case(expired(15), "package-cancel", "until 2026-03-01"),
    case(active("2026-02-15"), "package-cancel", "its visits are lost"),
    case(active(price=None), "package-cancel", "has no price"),
    case(follow_up(), "package-cancel", "close result=lost"),
)  # fmt: skip
def test_what_can_not_be_cancelled_is_refused(desk: Desk, case: Case) -> None:
    refused(desk, case, 3, "P-1", case.rule)


WORKED = (
    # price, visits in all, left, fee: what is left of the price, what is kept, what is paid back
    ("800.00", 8, 3, "0.30", "300.00", "90.00", "210.00"),
    ("1160.00", 4, 4, "0.30", "1160.00", "348.00", "812.00"),
    ("100.00", 3, 1, "0.30", "33.33", "10.00", "23.33"),  # 33.333, 23.333
    ("100.00", 3, 2, "0.30", "66.67", "20.00", "46.67"),  # 66.667, 46.667
    ("0.05", 1, 1, "0.30", "0.05", "0.01", "0.04"),  # 0.035, half up
    ("0.05", 2, 1, "0.30", "0.03", "0.01", "0.02"),  # 0.025 up, 0.0175
    ("0.01", 1, 1, "0.30", "0.01", "0.00", "0.01"),  # 0.007
    ("0.01", 2, 1, "0.30", "0.01", "0.01", "0.00"),  # 0.005 up, 0.0035
    ("1.15", 1, 1, "0.30", "1.15", "0.34", "0.81"),  # 0.805 half up; a binary float gives 0.80
    ("4.35", 1, 1, "0.30", "4.35", "1.30", "3.05"),  # 3.045 half up; a binary float gives 3.04
    ("999.99", 7, 5, "0.30", "714.28", "214.28", "500.00"),  # 714.27857, 499.995 half up
    ("1000000000.00", 999, 998, "0.30", "998998999.00", "299699699.70", "699299299.30"),
    ("1000000000.00", 1, 1, "0.30", "1000000000.00", "300000000.00", "700000000.00"),
    ("100.00", 1, 1, "0.00", "100.00", "0.00", "100.00"),
    ("100.00", 1, 1, "1.00", "100.00", "100.00", "0.00"),
    ("100.00", 1, 1, "0.3333", "100.00", "33.33", "66.67"),
    ("0.01", 1, 1, "0.5", "0.01", "0.00", "0.01"),  # 0.005 half up
    ("0.01", 1, 1, "0.5001", "0.01", "0.01", "0.00"),  # 0.004999
)


@pytest.mark.parametrize(("price", "total", "left", "share", "worth", "fee", "refund"), WORKED)
def test_a_refund_worked_by_hand(
    desk: Desk, price: str, total: int, left: int, share: str, worth: str, fee: str, refund: str
) -> None:
    desk.settings(f"[parameters.packages]\ncancellation_fee = {share}\n")
    ticket = active(price=price, visits=total, used=total - left, visit_times=[])
    desk.load(ticket, customers=customer())
    (decision,) = desk.good("package-cancel P-1 --json").rows
    facts = decision["facts"]
    assert (facts["worth"], facts["fee"], facts["refund"]) == (worth, fee, refund)


def test_a_refund_is_shown_with_its_parts(desk: Desk) -> None:
    desk.load(active(), customers=customer())
    shown = desk.good("package-cancel P-1 -n").out
    for words in "Visits left: 3", "worth 300.00 EGP", "fee 90.00 EGP", "paid back 210.00 EGP":
        assert words in shown
    assert "We keep EGP 90.00 as the cancellation fee and pay back EGP 210.00." in shown


def test_where_nothing_is_left_the_refund_is_nothing(desk: Desk) -> None:
    desk.load(active(left=0), customers=customer())
    facts = desk.good("package-cancel P-1 --json").rows[0]["facts"]
    assert (facts["fee"], facts["refund"]) == ("0.00", "0.00")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    cents=st.integers(1, 10**11), total=st.integers(1, 999), part=st.integers(0, 998),
    share=st.integers(0, 10_000),
)  # fmt: skip
def test_a_refund_is_exact(cents: int, total: int, part: int, share: int) -> None:
    left = 1 + part % total
    worth, fee, refund = _worked_out(cents, total, left, share)
    cent = Decimal("0.01")
    value = Decimal(cents) * left / total / 100
    whole = Decimal(cents) * left * (10_000 - share) / (total * 10_000) / 100
    assert Decimal(refund) / 100 == whole.quantize(cent, ROUND_HALF_UP)
    assert Decimal(worth) / 100 == value.quantize(cent, ROUND_HALF_UP)
    assert worth == fee + refund
    assert 0 <= fee <= worth


def _worked_out(cents: int, total: int, left: int, share: int) -> tuple[int, int, int]:
    """What facts.sql makes of a package, asked by itself."""
    import sqlite3

    book = Shelf(NONE).book("packages")
    names = dict.fromkeys(book.input_names)
    figures = {name: parameter.sql_value() for name, parameter in book.parameters.items()}
    connection = sqlite3.connect(":memory:")
    columns = dict.fromkeys(book.fields) | {
        "id": 1, "status": "active", "opened": TODAY, "visits": total, "used": total - left,
        "price": cents, "missed_calls": 0, "expires": TODAY, "result": None,
    }  # fmt: skip
    made = ", ".join(f"{value!r} AS {name}" if value is not None else f"NULL AS {name}"
                     for name, value in columns.items())  # fmt: skip
    query = f"WITH ticket AS (SELECT {made}), task AS (SELECT 0 AS id, 0 AS ticket, '' AS kind, '' AS due)"
    row = connection.execute(
        f"{query} SELECT worth, fee, refund FROM ({book.facts_sql})",
        {**names, **figures, "today": TODAY, "now": TEN, "cancellation_fee": share},
    ).fetchone()
    connection.close()
    return tuple(row)


# --- event close ------------------------------------------------------------------------------------


@pytest.mark.parametrize("result", ["sold", "lost", "no-answer", "used", "cancelled"])
def test_a_ticket_is_closed_with_a_sales_result(desk: Desk, result: str) -> None:
    desk.load(follow_up(task=f"call-again {TODAY}"), customers=customer())
    (decision,) = desk.good(f"event P-1 close result={result} --json").rows
    assert decision["rule"] == "close.result"
    shown = desk.show("P-1")
    assert (shown["status"], shown["result"], shown["tasks"]) == ("closed", result, [])


@rows(
    case(active(), "event close", "result is missing"),
    case(active(), "event close result=", "result is missing"),
    case(active(), "event close result=done", "sold, lost, no-answer, used, cancelled"),
)  # fmt: skip
def test_closing_without_a_sales_result_is_an_error(desk: Desk, case: Case) -> None:
    refused(desk, case, 2, case.rule)


@pytest.mark.parametrize(
    "command",
    [
        "call-outcome P-1 no-answer", "payment P-1", "package-expiry P-1", "package-cancel P-1",
        f"package-visit P-1 {TOMORROW} cancel", "event P-1 close result=lost", "triage P-1",
    ],
)  # fmt: skip
def test_nothing_more_is_asked_of_a_closed_ticket(desk: Desk, command: str) -> None:
    desk.load(active() | {"status": "closed", "result": "used"}, customers=customer())
    before = desk.export()
    ran = desk.run(command)
    assert ran.code == 3
    assert "P-1 is closed" in ran.err
    assert desk.export() == before
