"""Packages at their end: events `expiry` and `day`, rule by rule, and the list of expired ones.

On Monday, 2026-03-02, a package that ran until 1 March is over for a day, one until 16 February for
14 days, which is the last usable one.
"""

from __future__ import annotations

from typing import Any

import pytest
from desk import Desk
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
    words,
)  # fmt: skip

pytestmark = [pytest.mark.unmeasured, pytest.mark.usefixtures("without_roles")]

NIGHT = "triage"
FUTURE = ["2026-03-04T10:00", "2026-03-05T10:00", "2026-03-06T10:00"]


# --- event expiry -----------------------------------------------------------------------------------


@rows(
    *(case(expired(day), "package-expiry", "expiry.call", status="expired", told=["customer"],
           next=f"customer-success: call {due}")
      for day, due in ((1, TODAY), (5, "2026-02-26"), (14, "2026-02-17"))),
    case(expired(6, missed=1), "package-expiry", "expiry.call", next=f"customer-success: call {TODAY}"),
    case(expired(3, task=f"call-again {TOMORROW}"), "package-expiry", "expiry.call",
         next=f"customer-success: call {TOMORROW}"),
    case(active("2026-03-01"), "package-expiry", "expiry.call", status="expired"),
    case(expired(1, visit_times=FUTURE), "package-expiry", "expiry.x.planned", wait="2026-03-05",
         status="expired", next=None),
    case(expired(1, visit_times=FUTURE[:2]), "package-expiry", "expiry.call"),
    case(active("2026-03-01", visit_times=FUTURE), "package-expiry", "expiry.x.planned", status="expired"),
    case(expired(0), "package-expiry", "expiry.x.not-yet", wait=TOMORROW, next=None),
    case(active(TODAY), "package-expiry", "expiry.x.not-yet", wait=TOMORROW, status="active"),
    case(active(TODAY, left=0), "package-expiry --call no-answer", "expiry.x.not-yet", messages=[]),
    case(expired(1, left=0), "package-expiry", "expiry.used-up", status="closed", result="used", task=None),
    case(active("2026-03-01", left=0), "package-expiry", "expiry.used-up", result="used"),
    case(expired(40, left=0, task=f"call-again {TODAY}"), "package-expiry --call no-answer",
         "expiry.used-up", result="used", task=None, messages=[]),
    case(expired(15), "package-expiry", "expiry.over", status="closed", result="lost", next=None),
    case(expired(15, visit_times=FUTURE), "package-expiry", "expiry.over", result="lost"),
    case(active("2026-02-15"), "package-expiry", "expiry.over", status="closed", result="lost"),
    case(expired(15, missed=1), "package-expiry --call no-answer", "expiry.over", messages=[]),
    case(expired(15), "package-expiry --call answers --visit 2026-03-03", "expiry.over", result="lost"),
)  # fmt: skip
def test_where_an_expired_package_stands(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    case(expired(1), "package-expiry --call no-answer", "expiry.no-answer.first", status="expired",
         missed=1, messages=[f"expired-two-weeks sms {PHONE}"], task="call-again 2026-03-07",
         next="customer-success: call-again 2026-03-07"),
    case(expired(4), "package-expiry --call no-answer", "expiry.no-answer.first", task="call-again 2026-03-04"),
    case(expired(5), "package-expiry --call no-answer", "expiry.no-answer.first", task=f"call-again {TOMORROW}"),
    case(expired(6), "package-expiry --call no-answer", "expiry.no-answer.first", task=f"call-again {TOMORROW}"),
    case(expired(7), "package-expiry --call no-answer", "expiry.no-answer.first", task=f"call-again {TOMORROW}"),
    case(expired(13), "package-expiry --call no-answer", "expiry.no-answer.first", task=f"call-again {TOMORROW}"),
    case(expired(14), "package-expiry --call no-answer", "expiry.no-answer.first", next=None,
         task=f"grace-over {TOMORROW}", wait=TOMORROW, status="expired", missed=1),
    case(active("2026-03-01"), "package-expiry --call no-answer", "expiry.no-answer.first",
         status="expired", missed=1),
    case(expired(1, missed=1), "package-expiry --call no-answer", "expiry.no-answer.second",
         status="closed", result="no-answer", missed=2, messages=[f"expired-one-week sms {PHONE}"], task=None),
    case(expired(14, missed=3), "package-expiry --call no-answer", "expiry.no-answer.second", missed=4,
         messages=[f"expired-one-week sms {PHONE}"]),
    case(expired(6, missed=1), "call-outcome no-answer", "expiry.no-answer.second", result="no-answer"),
    case(expired(6), "call-outcome no-answer --note Ringing", "expiry.no-answer.first", note="Ringing"),
)  # fmt: skip
def test_nobody_answers(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    case(expired(1), "package-expiry --call answers", "expiry.answered", status="expired", missed=0,
         told=["agent"], task="call-again 2026-03-07", messages=[]),
    case(expired(5), "package-expiry --call answers", "expiry.answered", task=f"call-again {TOMORROW}"),
    case(expired(6), "package-expiry --call answers", "expiry.answered", task=f"call-again {TOMORROW}"),
    case(expired(13), "package-expiry --call answers", "expiry.answered", task=f"call-again {TOMORROW}"),
    case(expired(14), "package-expiry --call answers", "expiry.answered", task=None),
    case(expired(1), f"package-expiry --call answers --visit {TODAY} --visit 2026-03-15", "expiry.answered",
         told=["operations", "agent"], task="call-again 2026-03-07",
         visit_times=["2026-02-03T10:00", TODAY, "2026-03-15"]),
    case(expired(1, left=2, task=f"call-again {TODAY}"),
         "package-expiry --call answers --visit 2026-03-09T14:00 --visit 2026-03-09T10:00",
         "expiry.answered", told=["operations"], task=None,
         visit_times=["2026-02-03T10:00", "2026-03-09T10:00", "2026-03-09T14:00"]),
    case(expired(14, left=1), f"package-expiry --call answers --visit {TODAY}T18:00", "expiry.answered",
         f"{TODAY}T17:00", task=None),
    case(expired(1, missed=1, visit_times=FUTURE[:2]), "package-expiry --call answers --visit 2026-03-09",
         "expiry.answered", task=None, missed=1),
    case(expired(1), "call-outcome answers --visit 2026-03-09 --note Mornings", "expiry.answered",
         visit_times=["2026-02-03T10:00", "2026-03-09"], note="Mornings"),
    case(active("2026-03-01"), "package-expiry --call answers --visit 2026-03-09", "expiry.answered",
         status="expired"),
)  # fmt: skip
def test_who_answers_plans_what_is_left(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    case(expired(1), "package-expiry --call answers --visit 2026-03-01", "--visit: 2026-03-01 is not from"),
    case(expired(1), "package-expiry --call answers --visit 2026-03-16", "2026-03-15"),
    case(expired(1), "package-expiry --call answers --visit 2026-03-15 --visit 2026-03-16T00:00",
         "--visit: 2026-03-16T00:00 is not from today to 2026-03-15"),
    case(expired(1, left=1), "package-expiry --call answers --visit 2026-03-09 --visit 2026-03-10",
         "--visit: 2 dates are more than can be planned: P-1 has 1 left, 0 of them planned"),
    case(expired(1, visit_times=FUTURE), "package-expiry --call answers --visit 2026-03-09", "3 of them planned"),
    case(expired(1), "package-expiry --call answers --visit 2026-03-09 --visit 2026-03-09", "twice"),
    case(expired(1, visit_times=FUTURE[:1]), f"package-expiry --call answers --visit {FUTURE[0]}",
         "planned are 2026-03-04T10:00"),
    case(expired(1), "package-expiry --visit 2026-03-09", "--visit can only be used"),
    case(expired(1), "package-expiry --call no-answer --visit 2026-03-09", "--visit can only be used"),
    case(expired(1), "package-expiry --call maybe", "--call"),
    case(expired(1), "package-expiry --call answers --visit someday", "--visit"),
    case(expired(1), "call-outcome answers --visit 2026-03-16", "--visit: 2026-03-16"),
)  # fmt: skip
def test_dates_that_can_not_be_planned_are_told(desk: Desk, case: Case) -> None:
    refused(desk, case, 2, case.rule)


@rows(
    *(case(unpaid(status), "package-expiry", f"is {status}: a package expires once it is paid")
      for status in (*UNPAID, "final-try")),
    case(follow_up(), "package-expiry --call no-answer", "follow-up without a package"),
)  # fmt: skip
def test_what_is_not_paid_does_not_expire(desk: Desk, case: Case) -> None:
    refused(desk, case, 3, case.rule)


def test_calls_after_the_end_have_an_hour_where_one_is_set(desk: Desk) -> None:
    desk.settings("[parameters.packages]\nchase_hour = '09:15'\n")
    desk.load(expired(1), customers=customer())
    (decision,) = desk.good("package-expiry P-1 --call no-answer --json").rows
    assert decision["next"]["due"] == "2026-03-07T09:15"


# --- the list ---------------------------------------------------------------------------------------


def _named(ref: str, ticket: dict[str, Any]) -> dict[str, Any]:
    return ticket | {"ref": ref}


def test_the_list_has_every_expired_package_and_changes_nothing(desk: Desk) -> None:
    desk.load(
        _named("P-1", expired(1)), _named("P-2", expired(2, missed=1)), _named("P-3", expired(15)),
        _named("P-4", expired(6, missed=1, left=1)), _named("P-5", active("2026-03-01")),
        _named("P-6", expired(14, visit_times=FUTURE)), _named("P-7", expired(3, left=0)),
        _named("P-8", active("2026-03-02")),
        customers=customer(),
    )  # fmt: skip
    before = desk.export(), desk.run("log --json").out
    listed = {row["ticket"]: row for row in desk.good("package-expiry --json").rows}
    assert listed["P-1"] == {
        "ticket": "P-1", "customer": "Mona Adly", "day": "1", "visits left": "3",
        "grace ends": "2026-03-15", "next": f"customer-success: call by {TODAY}",
    }  # fmt: skip
    assert {ref: row["next"] for ref, row in listed.items()} == {
        "P-1": "customer-success: call by 2026-03-02",
        "P-2": "wait until 2026-03-06",
        "P-3": "the night closes it: lost",
        "P-4": "customer-success: call-again by 2026-03-02",
        "P-5": "customer-success: call by 2026-03-02",
        "P-6": "wait until 2026-03-05",
        "P-7": "the night closes it: used",
    }
    assert "Expired packages, 2026-03-02: 7" in desk.good("package-expiry").out
    assert (desk.export(), desk.run("log --json").out) == before


def test_an_empty_list_says_so(desk: Desk) -> None:
    desk.load(customers=customer())
    assert desk.good("package-expiry").out == "Expired packages: empty.\n"


@pytest.mark.parametrize("options", ["--call answers", "--visit 2026-03-09", "--note Hello"])
def test_a_call_needs_its_ticket(desk: Desk, options: str) -> None:
    desk.load(customers=customer())
    ran = desk.run(f"package-expiry {options}")
    assert ran.code == 2
    assert "TICKET is missing" in ran.err


# --- event day --------------------------------------------------------------------------------------


@rows(
    case(unpaid("not-paid", "2026-03-04"), NIGHT, "day.unpaid", status="not-paid",
         next=f"customer-success: call-for-payment {TODAY}"),
    case(unpaid("not-paid", task="payment-check 2026-03-03"), NIGHT, "day.wait", wait=TOMORROW, next=None),
    case(unpaid("not-paid", task=f"payment-check {TODAY}"), NIGHT, "day.unpaid.check",
         next=f"customer-success: payment-check {TODAY}"),
    case(unpaid("not-paid", task=f"call-again {TOMORROW}"), NIGHT, "day.unpaid",
         next=f"customer-success: call-for-payment {TOMORROW}"),
    case(unpaid("final-try", task=f"call-again {TODAY}"), NIGHT, "day.final-try",
         next=f"customer-success: final-call {TODAY}"),
    case(unpaid("final-try", task="call-again 2026-02-27"), NIGHT, "day.final-try",
         next="customer-success: final-call 2026-02-27"),
    case(unpaid("final-try", task=f"call-again {TOMORROW}"), NIGHT, "day.wait", wait=TOMORROW),
    case(unpaid("final-try"), NIGHT, "day.final-try", next="customer-success: final-call 2026-02-01"),
    case(follow_up(task=f"call-again {TOMORROW}"), NIGHT, "day.x.follow-up",
         next=f"customer-success: call {TOMORROW}"),
    case(follow_up(), NIGHT, "day.x.follow-up", next="customer-success: call 2026-02-01"),
)  # fmt: skip
def test_a_night_over_unpaid_packages(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    case(active(TODAY), NIGHT, "day.wait", wait=TOMORROW, status="active"),
    case(active(TODAY, left=0), NIGHT, "day.wait", wait=TOMORROW),
    case(active("2026-04-01"), NIGHT, "day.wait", wait="2026-04-02"),
    case(active("2026-03-01"), NIGHT, "day.expire", status="expired", messages=[],
         next=f"customer-success: call {TODAY}"),
    case(active("2026-02-16"), NIGHT, "day.expire", status="expired",
         next="customer-success: call 2026-02-17"),
    case(active("2026-02-15"), NIGHT, "day.expiry.over", status="closed", result="lost"),
    case(active("2026-02-15", paid_on=None), NIGHT, "day.expiry.over", status="closed", result="lost"),
    case(active(TODAY, visit_times=["2026-03-01T10:00"]), NIGHT, "visit.x.passed",
         next="operations: check-visit 2026-03-01"),
    case(active(TODAY, visit_times=[TODAY]), NIGHT, "day.wait", wait=TOMORROW),
    case(active("2026-03-01", visit_times=["2026-02-27"]), NIGHT, "day.expire", told=["operations"]),
    case(active("2026-03-01", left=0), NIGHT, "day.used-up", status="closed", result="used"),
    case(active("2026-03-01", left=0, paid_on=None), NIGHT, "day.used-up", result="used"),
    case(active("2026-03-01", paid_on=None), NIGHT, "day.x.unpaid-active", status="active",
         next=f"customer-success: payment-check {TODAY}"),
    case(active(TODAY, paid_on=None), NIGHT, "day.wait", status="active"),
    case(active("2026-03-09", task=f"visit-call {TODAY}"), NIGHT, "day.x.visit-call",
         next=f"customer-success: visit-call {TODAY}"),
    case(active("2026-03-01", task=f"visit-call {TODAY}"), NIGHT, "day.expire"),
    case(active("2026-03-09", task=f"call-back {TODAY}"), NIGHT, "day.wait", wait="2026-03-10"),
)  # fmt: skip
def test_a_night_over_active_packages(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    case(expired(0), NIGHT, "day.wait", wait=TOMORROW),
    case(expired(1), NIGHT, "day.expiry.1", status="expired", next=f"customer-success: call {TODAY}"),
    case(expired(14), NIGHT, "day.expiry.1", next="customer-success: call 2026-02-17"),
    case(expired(3, task=f"call-again {TOMORROW}"), NIGHT, "day.expiry.1",
         next=f"customer-success: call {TOMORROW}"),
    case(expired(5, missed=1), NIGHT, "day.wait", wait=TOMORROW, next=None),
    case(expired(1, missed=2), NIGHT, "day.wait", wait="2026-03-07"),
    case(expired(6, missed=1), NIGHT, "day.expiry.6", next=f"customer-success: call-again {TODAY}"),
    case(expired(14, missed=1), NIGHT, "day.expiry.6", next="customer-success: call-again 2026-02-22"),
    case(expired(7, missed=1, task=f"call-again {TOMORROW}"), NIGHT, "day.wait", wait=TOMORROW, next=None),
    case(expired(7, missed=1, task=f"call-again {TODAY}"), NIGHT, "day.expiry.6",
         next=f"customer-success: call-again {TODAY}"),
    case(expired(15), NIGHT, "day.expiry.over", status="closed", result="lost", task=None, next=None),
    case(expired(15, missed=1, task=f"call-again {TODAY}"), NIGHT, "day.expiry.over", task=None),
    case(expired(15, visit_times=FUTURE), NIGHT, "day.expiry.over", result="lost"),
    case(expired(1, left=0), NIGHT, "day.used-up", status="closed", result="used"),
    case(expired(15, left=0), NIGHT, "day.used-up", result="used"),
    case(expired(0, left=0), NIGHT, "day.wait"),
    case(expired(1, visit_times=FUTURE), NIGHT, "day.x.planned", wait="2026-03-05"),
    case(expired(6, missed=1, visit_times=[TODAY, *FUTURE[1:]]), NIGHT, "day.x.planned", wait=TOMORROW),
    case(expired(1, visit_times=["2026-03-01T10:00", *FUTURE[1:]]), NIGHT, "visit.x.passed",
         next="operations: check-visit 2026-03-01"),
    case(expired(1, visit_times=["2026-03-01T10:00", *FUTURE[2:]]), NIGHT, "day.expiry.1", told=["operations"]),
    case(expired(1, used=9), NIGHT, "day.used-up"),
)  # fmt: skip
def test_a_night_over_expired_packages(desk: Desk, case: Case) -> None:
    check(desk, case)


@pytest.mark.parametrize(
    "ticket",
    [
        unpaid("not-paid", "2026-03-03"), unpaid("waiting-on-customer", "2026-03-03"), unpaid("not-paid"),
        unpaid("final-try", task=f"call-again {TODAY}"), active("2026-03-01"), active("2026-02-15"),
        active("2026-03-01", left=0), expired(3), expired(6, missed=1), expired(15), follow_up(),
    ],
)  # fmt: skip
def test_a_second_night_of_the_day_changes_nothing(desk: Desk, ticket: dict[str, Any]) -> None:
    desk.load(ticket, customers=customer())
    desk.good("triage")
    after = desk.export(), desk.run("log --json").out
    desk.good("triage")
    assert (desk.export(), desk.run("log --json").out) == after


def test_the_nights_of_a_package_from_its_end_to_the_loss(desk: Desk) -> None:
    desk.load(active("2026-03-01"), customers=customer())
    assert [desk.good("triage P-1 --json --all", at=at).rows[0]["rule"] for at in (
        "2026-03-01", "2026-03-02", "2026-03-03", "2026-03-15")] == [
        "day.wait", "day.expire", "day.expiry.1", "day.expiry.1"]  # fmt: skip
    desk.good("call-outcome P-1 no-answer", at="2026-03-03")
    assert [desk.good("triage P-1 --json --all", at=at).rows[0]["rule"] for at in (
        "2026-03-06", "2026-03-07", "2026-03-15", "2026-03-16")] == [
        "day.wait", "day.expiry.6", "day.expiry.6", "day.expiry.over"]  # fmt: skip
    assert desk.show("P-1")["result"] == "lost"


def test_an_active_package_found_after_its_grace_is_switched_off_at_once(desk: Desk) -> None:
    desk.load(active("2026-02-15"), customers=customer())
    (decision,) = desk.good("triage --json").rows
    assert (decision["rule"], decision["next"]) == ("day.expiry.over", None)
    shown = desk.show("P-1")
    assert (shown["result"], shown["switched_off_on"]) == ("lost", TODAY)


def test_the_figures_of_the_end_can_be_set(desk: Desk) -> None:
    desk.settings("[parameters.packages]\ngrace_days = 20\nexpiry_call_days = [3, 10, 20]\n")
    desk.load(expired(2), customers=customer())
    rules = [
        desk.good("triage P-1 --json --all", at=at).rows[0]["rule"]
        for at in (TODAY, TOMORROW, "2026-03-20", "2026-03-21")
    ]
    assert rules == ["day.wait", "day.expiry.1", "day.expiry.1", "day.expiry.over"]


# --- closed after two missed calls, while the grace still runs --------------------------------------


def resting(day: int, **fields: Any) -> dict[str, Any]:
    """P-1, closed after the second missed call, so many days after its end."""
    return expired(day, missed=2, result="no-answer", **fields) | {"status": "closed"}


@rows(
    case(resting(6), "package-expiry --call answers --visit 2026-03-09", "expiry.answered", status="expired",
         visit_times=["2026-02-03T10:00", "2026-03-09"]),
    case(resting(14), f"package-expiry --call answers --visit {TODAY}", "expiry.answered", status="expired"),
    case(resting(15), "package-expiry", "expiry.over", status="closed", result="no-answer"),
    case(resting(15), "package-expiry --call answers --visit 2026-03-09", "expiry.over", result="no-answer"),
    case(resting(6, visit_times=["2026-03-05T10:00"]), "package-visit 2026-03-05 move --to 2026-03-06T10:00",
         "visit.free", status="expired", visit_times=["2026-03-06T10:00"]),
    case(resting(6, visit_times=["2026-03-05T10:00"]), "package-visit 2026-03-05 cancel", "visit.free",
         status="expired", visit_times=[]),
    case(resting(6, visit_times=[TODAY]), f"package-visit {TODAY} cancel", "visit.same-day", status="expired", used=6),
    case(resting(6, visit_times=[TODAY]), f"package-visit {TODAY} done", "visit.done", status="expired", used=6),
    case(resting(6, visit_times=["2026-03-01"]), "package-visit 2026-03-01 cancel", "visit.x.not-held",
         status="expired", used=5, visit_times=[]),
)  # fmt: skip
def test_a_package_serves_until_its_grace_ends_though_its_ticket_is_closed(
    desk: Desk, case: Case
) -> None:
    check(desk, case)


@rows(
    case(resting(6), "package-expiry --call no-answer", "expiry.x.closed"),
    case(resting(6), "package-expiry", "expiry.x.closed"),
    case(resting(6, left=0), "package-expiry --call answers --visit 2026-03-09", "expiry.x.closed"),
    case(resting(6, paid_on=None), "package-expiry --call answers --visit 2026-03-09", "expiry.x.closed"),
    case(resting(6, switched_off_on="2026-03-01"), "package-expiry", "expiry.x.closed"),
    case(resting(15, visit_times=["2026-03-05"]), "package-visit 2026-03-05 cancel", "visit.x.closed"),
)  # fmt: skip
def test_nobody_is_called_and_nothing_changed_on_what_is_closed(desk: Desk, case: Case) -> None:
    refused(desk, case, 3, "closed")
    ran = desk.run([*words(case.command), "--json"])
    assert ran.rows[0]["rule"] == case.rule


def test_what_is_switched_off_is_recorded_once(desk: Desk) -> None:
    desk.load(resting(15), customers=customer())
    desk.good("package-expiry P-1")
    assert desk.show("P-1")["switched_off_on"] == TODAY
    assert desk.run("package-expiry P-1").code == 3


def test_a_planned_visit_counts_as_used_once_its_day_is_over(desk: Desk) -> None:
    desk.load(expired(1), customers=customer())
    desk.good("package-expiry P-1 --call answers --visit 2026-03-04 --visit 2026-03-09")
    left = [
        desk.good("package-expiry P-1 --json -n", at=at).rows[0]["facts"]["left"]
        for at in ("2026-03-04", "2026-03-05", "2026-03-10")
    ]
    assert left == [3, 2, 1]
    desk.good("package-visit P-1 2026-03-04 cancel", at="2026-03-05")
    row = desk.good("package-expiry P-1 --json -n", at="2026-03-05").rows[0]
    assert row["facts"]["left"] == 3
    desk.good("package-visit P-1 2026-03-09 done", at="2026-03-10")
    assert desk.show("P-1")["package"]["used"] == 6


# --- tickets that are closed ------------------------------------------------------------------------


def rested(day: int, left: int = 3, **fields: Any) -> dict[str, Any]:
    """P-1, which was closed after two missed calls."""
    row = expired(day, left=left, missed=2, **{"result": "no-answer", **fields})
    return {**row, "status": "closed"}


def test_a_night_switches_off_what_was_closed_once_the_grace_is_over(desk: Desk) -> None:
    desk.load(rested(14), customers=customer())
    assert desk.good("triage --all --json").rows == []
    (row,) = desk.good("triage --json", at=TOMORROW).rows
    assert (row["rule"], row["applied"], row["next"]) == ("day.expiry.over.closed", True, None)
    shown = desk.show("P-1")
    assert (shown["status"], shown["result"]) == ("closed", "no-answer")
    assert shown["switched_off_on"] == TOMORROW
    assert "الزيارات الضائعة: 3" in shown["notes"][-1]["text"]
    before = desk.export()
    assert desk.good("triage --all --json", at="2026-03-04").rows == []
    assert desk.export() == before
    ran = desk.run("package-expiry P-1 --call answers", at="2026-03-04")
    assert (ran.code, "P-1 is closed, and nothing is left to plan" in ran.err) == (3, True)


def test_a_night_asks_nothing_of_others_that_are_closed(desk: Desk) -> None:
    others = [
        {**rested(40), "ref": "P-2", "result": "lost"},
        {**rested(40, left=0), "ref": "P-3"},
        {**rested(40, switched_off_on="2026-02-10"), "ref": "P-4"},
    ]
    desk.load(*others, customers=customer())
    assert desk.good("triage --all --json").rows == []
    assert desk.good("triage").out == f"To do on {TODAY}: 0\n"


def test_open_and_closed_ones_are_asked_in_one_night(desk: Desk) -> None:
    many = [{**rested(20), "ref": f"P-{n}"} for n in range(2, 300)]
    desk.load(expired(20), *many, customers=customer())
    rows = desk.good("triage --json").rows
    assert [row["rule"] for row in rows[:2]] == ["day.expiry.over", "day.expiry.over.closed"]
    assert len({row["ticket"] for row in rows}) == 299
    assert desk.good("verify").code == 0
    assert desk.good("triage --json").rows == []


def test_what_narrows_a_night_leaves_closed_ones_out(desk: Desk) -> None:
    desk.load(rested(20), customers=customer())
    assert desk.good("triage --json --book collections").rows == []
    assert desk.good("triage --json --assignee root").rows == []
    assert len(desk.good("triage --json --book packages -n").rows) == 1


def test_a_closed_one_that_a_night_looks_at_can_be_named(desk: Desk) -> None:
    others = [{**rested(20), "ref": "P-2"}, {**rested(20), "ref": "P-3", "result": "lost"}]
    desk.load(rested(20), *others, customers=customer())
    (row,) = desk.good("triage P-1 --json").rows
    assert (row["ticket"], row["rule"], row["applied"]) == ("P-1", "day.expiry.over.closed", True)
    assert desk.show("P-2")["history"] == []
    assert desk.good("triage P-1").out == f"To do on {TODAY}: 0\n"  # nothing is left to do
    ran = desk.run("triage P-2 P-3")
    assert (ran.code, "P-3 is closed, so triage has nothing to ask about it" in ran.err) == (
        3,
        True,
    )
