"""Packages from the booking to the payment: events `booking`, `call` and `payment`, rule by rule.

On Monday, 2026-03-02, a first visit on the 4th is not yet a matter of the last day; one on the 3rd is.
"""

from __future__ import annotations

import json
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
)  # fmt: skip

pytestmark = [pytest.mark.unmeasured, pytest.mark.usefixtures("without_roles")]

EARLY, LATE = "2026-03-04T10:00", "2026-03-03T10:00"
BOOK = "package-book --visits 8 --price 800 --first-visit 2026-03-10T10:00"


# --- booking --------------------------------------------------------------------------------------


@pytest.fixture
def empty(desk: Desk) -> Desk:
    return desk.load(customers=customer())


def booked(desk: Desk, command: str, at: str = TODAY) -> dict[str, Any]:
    """What a booking comes to."""
    (decision,) = desk.good(f"{command} --json", at=at).rows
    return decision


def kinds(decision: dict[str, Any]) -> list[str]:
    return [action["action"] for action in decision["actions"]]


def test_who_pays_online_gets_the_link_during_the_call(empty: Desk) -> None:
    decision = booked(
        empty, f"{BOOK} --pays now --method online --customer C-1 --note Ground-floor"
    )
    assert decision["rule"] == "booking.online"
    assert kinds(decision) == ["open", "note", "note", "message", "tell"]
    message = decision["actions"][3]
    assert (message["template"], message["channel"], message["to"]) == (
        "payment-link",
        "sms",
        PHONE,
    )
    assert "8 visits" in message["body"]
    assert decision["next"]["action"] == "payment-check"
    assert decision["next"]["due"] == "2026-03-09"
    shown = empty.show("P-1")
    assert shown["customer"] == "C-1"
    assert shown["status"] == "not-paid"
    assert shown["package"] == {
        "visits": 8, "used": 0, "price": "800.00", "currency": "EGP",
        "first_visit": "2026-03-10T10:00", "starts": "2026-03-10", "expires": "2026-04-10",
        "paid_on": None, "method": "online", "visit_times": ["2026-03-10T10:00"],
    }  # fmt: skip


def test_who_pays_cash_has_the_collection_recorded(empty: Desk) -> None:
    where = "--address '12 Nile St, Giza' --collect-at 2026-03-05T18:00"
    decision = booked(empty, f"{BOOK} --pays now --method cash --customer C-1 {where}")
    assert decision["rule"] == "booking.cash"
    assert kinds(decision) == ["open", "note", "add", "set", "set", "report", "tell"]
    assert decision["actions"][5]["sheet"] == "collections"
    told = decision["actions"][6]
    assert (told["who"], "collection partner will ring you" in told["text"]) == ("customer", True)
    shown = empty.show("P-1")
    assert shown["package"]["method"] == "cash"
    assert shown["collections"] == [
        {
            "address": "12 Nile St, Giza",
            "at": "2026-03-05T18:00",
            "amount": "800.00",
            "asked_on": TODAY,
        }
    ]
    assert empty.good("sheet collections method=cash --json").rows == [
        {
            "ticket": "P-1",
            "customer": "Mona Adly",
            "when": "2026-03-05T18:00",
            "address": "12 Nile St, Giza",
            "amount": "800.00 EGP",
        }
    ]
    assert empty.good("sheet collections method=online --json").rows == []


def test_a_collection_without_address_and_time_is_recorded_and_the_agent_told(empty: Desk) -> None:
    decision = booked(empty, f"{BOOK} --pays now --method cash --customer C-1")
    assert kinds(decision) == ["open", "note", "add", "set", "report", "tell", "tell"]
    assert decision["actions"][5]["who"] == "agent"
    assert "--address" in decision["actions"][5]["text"]
    assert empty.show("P-1")["collections"][0]["at"] == "2026-03-09"
    empty.good(
        "call-outcome P-1 pays --method cash --address 'Nile St' --collect-at 2026-03-08T09:00"
    )
    shown = empty.show("P-1")
    assert (shown["collect_address"], shown["collect_at"]) == ("Nile St", "2026-03-08T09:00")
    assert len(shown["collections"]) == 2
    empty.good("call-outcome P-1 pays --method online")
    shown = empty.show("P-1")
    assert (shown.get("collect_address"), shown.get("collect_at")) == (None, None)


def test_a_collection_that_is_over_is_asked_about(empty: Desk) -> None:
    where = "--address Giza --collect-at 2026-03-05T18:00"
    booked(empty, f"{BOOK} --pays now --method cash --customer C-1 {where}")
    for at, rule in (("2026-03-05T18:00", "day.unpaid"), ("2026-03-05T18:01", "day.collection")):
        row = empty.good("triage --json --all -n", at=at).rows[0]
        assert row["rule"] == rule
    assert row["next"]["action"] == "ask-partner"
    empty.good("payment P-1", at="2026-03-06")
    assert empty.good("triage --json --all -n", at="2026-03-06").rows[0]["rule"] == "day.wait"


def test_the_last_day_is_of_the_role_that_the_desk_names(desk: Desk) -> None:
    desk.load(unpaid("waiting-on-customer", TOMORROW), customers=customer())
    assert desk.good("triage --json -n").rows[0]["next"]["who"] == "customer-success"
    desk.settings("[parameters.packages]\nlast_day_role = 'customer-care'\n")
    assert desk.good("triage --json -n").rows[0]["next"]["who"] == "customer-care"


def test_a_new_customer_is_made_with_the_package(empty: Desk) -> None:
    new = f"{BOOK} --pays now --method cash --name 'Olga M.' --phone '+20 1' --language ru"
    decision = booked(empty, f"{new} --email olga@example.org --currency USD")
    assert "партнёр" in decision["actions"][-1]["text"]
    made = empty.export()["customers"][1]
    assert made == {
        "ref": "C-2", "name": "Olga M.", "email": "olga@example.org", "phone": "+20 1",
        "language": "ru",
    }  # fmt: skip
    assert empty.show("P-1")["customer"] == "C-2"
    assert empty.show("P-1")["package"]["currency"] == "USD"


@pytest.mark.parametrize(
    ("first", "at", "rule"),
    [
        ("2026-03-04T09:30", "2026-03-02T09:30", "booking.later-close"),
        ("2026-03-04T09:31", "2026-03-02T09:30", "booking.later"),
        ("2026-03-04", TODAY, "booking.later-close"),
        ("2026-03-05", TODAY, "booking.later"),
        ("2026-03-04T00:00", TODAY, "booking.later-close"),
        ("2026-03-04T00:01", TODAY, "booking.later"),
        ("2026-03-02T12:00", "2026-03-02T09:30", "booking.later-close"),
    ],
)
def test_who_pays_later_gets_no_package(empty: Desk, first: str, at: str, rule: str) -> None:
    before = empty.export()
    decision = booked(empty, f"package-book --pays later --first-visit {first} --customer C-1", at)
    assert decision["rule"] == rule
    assert decision["extrapolated"] is (rule == "booking.later-close")
    assert kinds(decision) == ["tell", "tell"]
    assert decision["next"] is None
    assert "single visit" in decision["actions"][0]["text"]
    assert empty.export() == before


def test_who_pays_later_is_told_in_the_chosen_language(empty: Desk) -> None:
    (decision,) = empty.good(
        "package-book --pays later --first-visit 2026-04-01 --language it --json"
    ).rows
    assert "visita singola" in decision["actions"][0]["text"]


@pytest.mark.parametrize(
    ("visits", "price"),
    [("", None), (" --visits 8 --price 800 --first-visit 2026-04-01", "800.00")],
)
def test_who_does_not_book_is_followed_up(empty: Desk, visits: str, price: str | None) -> None:
    decision = booked(empty, f"package-book --pays no --customer C-1{visits}")
    assert decision["rule"] == "booking.follow-up"
    opened = decision["actions"][0]
    assert (opened["action"], opened["book"], opened["ticket"]) == ("open", "packages", "P-1")
    assert opened["type"] == "Outbound sales request"
    assert decision["next"]["who"] == "customer-success"
    shown = empty.show("P-1")
    assert (shown["status"], shown["assignee"]) == ("follow-up", "customer-success")
    assert shown["type"] == "Outbound sales request"
    assert shown["package"]["price"] == price
    assert [task["due"] for task in shown["tasks"]] == [TOMORROW]


@pytest.mark.parametrize(
    ("command", "mentions"),
    [
        ("package-book", ["--pays is missing"]),
        ("package-book --pays maybe", ["--pays", "now, later, no"]),
        (f"{BOOK} --pays now --customer C-1", ["--method is missing"]),
        (f"{BOOK} --pays now --method card --customer C-1", ["--method", "online, cash"]),
        (f"{BOOK} --pays later --method cash", ["--method can only be used"]),
        ("package-book --pays now --method cash --customer C-1", ["--visits", "--price", "--first-visit"]),
        ("package-book --pays now --method cash --customer C-1 --visits 8 --price 800",
         ["--first-visit is missing"]),
        ("package-book --pays later", ["--first-visit is missing"]),
        (f"{BOOK} --pays now --method cash", ["--name and --phone are missing"]),
        (f"{BOOK} --pays now --method cash --name Omar", ["--phone is missing"]),
        ("package-book --pays no", ["--name and --phone are missing"]),
        (f"{BOOK} --pays now --method cash --customer C-9", ["--customer C-9", "no such customer"]),
        (f"{BOOK} --pays now --method cash --customer C-1 --name Omar", ["--name can only be used"]),
        (f"{BOOK} --pays now --method cash --customer C-1 --currency pounds", ["--currency"]),
        (f"{BOOK} --pays now --method cash --customer C-1 --visits 0", ["--visits", "at least 1"]),
        (f"{BOOK} --pays now --method cash --customer C-1 --visits 1000", ["--visits", "at most 999"]),
        (f"{BOOK} --pays now --method cash --customer C-1 --price 0", ["--price", "at least 0.01"]),
        (f"{BOOK} --pays now --method cash --customer C-1 --price 1000000000.01", ["--price", "at most"]),
        (f"{BOOK} --pays now --method cash --customer C-1 --price 1.005", ["--price"]),
        (f"{BOOK} --pays now --method cash --customer C-1 --first-visit 2026-03-01",
         ["--first-visit", "past"]),
        (f"{BOOK} --pays now --method cash --customer C-1 --first-visit 2026-02-30", ["--first-visit"]),
        (f"{BOOK} --pays now --method cash --name O --phone 1 --language Arabic!", ["--language"]),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_named(empty: Desk, command: str, mentions: list[str]) -> None:
    before = empty.export()
    ran = empty.run(command)
    assert ran.code == 2, ran
    for mention in mentions:
        assert mention in ran.err
    assert empty.export() == before


@pytest.mark.parametrize(("starts", "expires"), [
    ("2026-03-02T10:00", "2026-04-02"), ("2026-03-31T10:00", "2026-04-30"),
    ("2027-01-31T10:00", "2027-02-28"), ("2028-01-31", "2028-02-29"), ("2026-12-31", "2027-01-31"),
])  # fmt: skip
def test_a_package_runs_for_a_month(empty: Desk, starts: str, expires: str) -> None:
    booked(empty, f"{BOOK} --pays now --method cash --customer C-1 --first-visit {starts}")
    package = empty.show("P-1")["package"]
    assert (package["starts"], package["expires"]) == (starts[:10], expires)


@pytest.mark.parametrize(("first", "due"), [
    (TODAY, TODAY), (TOMORROW, TODAY), ("2026-03-04", TOMORROW),
])  # fmt: skip
def test_the_payment_is_looked_for_before_the_first_visit(
    empty: Desk, first: str, due: str
) -> None:
    decision = booked(
        empty, f"{BOOK} --pays now --method cash --customer C-1 --first-visit {first}"
    )
    assert decision["next"]["due"] == due


@pytest.mark.parametrize(("options", "word"), [
    ("--customer C-1", "Peace of mind"), ("--language ru", "дешевле"), ("", "فترة سماح"),
    ("--language it --customer C-1", "Risparmio"), ("--language fr", "فترة سماح"),
])  # fmt: skip
def test_the_script_is_said_in_a_language_and_writes_nothing(
    empty: Desk, options: str, word: str
) -> None:
    before = empty.export(), empty.run("log --json").out
    ran = empty.good(f"package-book --script {options}")
    assert word in ran.out
    assert len(ran.out.splitlines()) == 11
    assert (empty.export(), empty.run("log --json").out) == before


def test_the_script_names_the_figures_that_are_set(empty: Desk) -> None:
    empty.settings(
        "[parameters.packages]\nvalidity_months = 3\ngrace_days = 10\nfree_change_hours = 1\n"
        "cancellation_fee = 0.125\n"
    )
    (said,) = empty.good("package-book --script --language en --json").rows
    for words in ("three months", "3 months"), ("10 days",), ("one hour ahead",), ("12.5%",):
        assert any(word in said["text"] for word in words)


# --- calls about the payment ------------------------------------------------------------------------


@rows(
    *(case(unpaid(status), "call-outcome pays --method online", "unpaid.answer.online", status=status,
           method="online", task="payment-check 2026-03-07", messages=[f"payment-link sms {PHONE}"],
           told=["agent"], next="customer-success: payment-check 2026-03-07", paid_on=None)
      for status in (*UNPAID, "final-try")),
    *(case(unpaid(status), "call-outcome pays --method cash", "unpaid.answer.cash", status=status,
           method="cash", task="payment-check 2026-03-07", messages=[], told=["agent", "customer"],
           next="customer-success: payment-check 2026-03-07")
      for status in (*UNPAID, "final-try")),
    case(unpaid("last-chance", "2026-03-01T10:00"), "call-outcome pays --method cash",
         "unpaid.answer.cash", task=f"payment-check {TODAY}"),
    case(unpaid("final-try", f"{TODAY}T10:01"), "call-outcome pays --method cash", "unpaid.answer.cash",
         f"{TODAY}T10:00"),
    case(unpaid("final-try", TODAY), "call-outcome pays --method cash", "unpaid.answer.cash", f"{TODAY}T10:00"),
)  # fmt: skip
def test_who_answers_pays(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    case(unpaid("final-try", f"{TODAY}T10:00"), "call-outcome pays --method cash", "", f"{TODAY}T10:00"),
    case(unpaid("final-try", "2026-03-01"), "call-outcome pays --method online", ""),
    case(unpaid("final-try", "2026-03-01T23:59"), "call-outcome pays --method online", ""),
)  # fmt: skip
def test_after_its_first_visit_a_cancelled_package_is_booked_anew(desk: Desk, case: Case) -> None:
    refused(desk, case, 3, "was cancelled unpaid", "package-book", "close result=sold")


@rows(
    case(unpaid("not-paid", EARLY), "call-outcome no-answer", "unpaid.no-answer",
         status="waiting-on-customer", task=f"call-again {TOMORROW}",
         messages=[f"payment-reminder sms {PHONE}"], next=f"customer-success: call-again {TOMORROW}"),
    *(case(unpaid(status, EARLY), "call-outcome no-answer", "unpaid.too-early", status=status,
           messages=[], wait=TOMORROW, next=None, note="لا يرد.")
      for status in UNPAID[1:]),
    *(case(unpaid(status, EARLY), "call-outcome refuses --note Busy", "unpaid.x.refuses",
           status="waiting-on-customer", task=f"call-again {TOMORROW}", messages=[], note="Busy")
      for status in UNPAID),
)  # fmt: skip
def test_before_the_last_day(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    *(case(unpaid(status, first, visit_times=[first, "2026-03-09T10:00"]), f"call-outcome {outcome}",
           "unpaid.last-chance", status="final-try", task=f"call-again {TOMORROW}", visit_times=[],
           cancelled_times=[first, "2026-03-09T10:00"], messages=[f"cancelled-unpaid sms {PHONE}"],
           told=["operations"], next=f"customer-success: call-again {TOMORROW}", result=None)
      for status in UNPAID for outcome in ("no-answer", "refuses") for first in (LATE,)),
    case(unpaid("not-paid", f"{TODAY}T23:00"), "call-outcome no-answer", "unpaid.last-chance"),
    case(unpaid("waiting-on-customer", "2026-02-20"), "call-outcome no-answer", "unpaid.last-chance",
         cancelled_times=["2026-02-20"]),
)  # fmt: skip
def test_on_the_last_day_the_package_is_cancelled(desk: Desk, case: Case) -> None:
    check(desk, case)


def test_what_is_done_on_the_last_day_is_done_in_order(desk: Desk) -> None:
    desk.load(unpaid("last-chance", LATE), customers=customer())
    (decision,) = desk.good("call-outcome P-1 no-answer --json").rows
    assert kinds(decision) == ["note", "set", "set", "tell", "message", "task", "status"]


@rows(
    case(unpaid("final-try", LATE), "call-outcome no-answer", "unpaid.final.no-answer", status="closed",
         result="no-answer", task=None, messages=[], next=None),
    case(unpaid("final-try", "2026-03-30"), "call-outcome refuses", "unpaid.final.refuses",
         status="closed", result="lost"),
)  # fmt: skip
def test_the_last_try_closes(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    *(case(unpaid(status), "call-outcome answers", f"is {status}, so the call is about its payment")
      for status in (*UNPAID, "final-try")),
    case(expired(3), "call-outcome pays --method cash", "the outcome is answers or no-answer"),
    case(expired(3), "call-outcome refuses", "the outcome is answers or no-answer"),
    *(case(active(), f"call-outcome {outcome}", "is active until 2026-03-20")
      for outcome in ("no-answer", "answers", "refuses", "pays --method cash")),
    case(follow_up(), "call-outcome pays --method online", "package-book"),
    case(follow_up(), "call-outcome answers", "the outcome is refuses or no-answer"),
)  # fmt: skip
def test_an_outcome_that_does_not_fit_the_status_is_refused(desk: Desk, case: Case) -> None:
    refused(desk, case, 3, "P-1", case.rule)


@rows(
    case(unpaid("not-paid"), "call-outcome pays", "--method is missing"),
    case(unpaid("not-paid"), "call-outcome no-answer --method cash", "--method can only be used"),
    case(unpaid("not-paid"), "call-outcome no-answer --visit 2026-03-09", "--visit can only be used"),
    case(unpaid("not-paid"), "call-outcome agreement", "OUTCOME"),
    case(unpaid("not-paid"), "call-outcome pays --method gold", "--method"),
    case(unpaid("not-paid"), "call-outcome no-answer --reason refuses", "--reason"),
)  # fmt: skip
def test_a_wrong_call_is_told(desk: Desk, case: Case) -> None:
    refused(desk, case, 2, case.rule)


@rows(
    case(follow_up(task=f"call-again {TODAY}"), "call-outcome no-answer", "call.x.follow-up.no-answer",
         status="follow-up", task=f"call-again {TOMORROW}", next=f"customer-success: call {TOMORROW}"),
    case(follow_up(), "call-outcome refuses", "call.x.follow-up.refuses", status="closed", result="lost"),
)  # fmt: skip
def test_who_did_not_book_is_called(desk: Desk, case: Case) -> None:
    check(desk, case)


def test_calls_are_planned_for_an_hour_where_one_is_set(desk: Desk) -> None:
    desk.settings("[parameters.packages]\nchase_hour = '11:30'\n")
    desk.load(unpaid("not-paid", EARLY), customers=customer())
    (decision,) = desk.good("call-outcome P-1 no-answer --json").rows
    assert decision["next"]["due"] == f"{TOMORROW}T11:30"
    (decision,) = desk.good("call-outcome P-1 refuses --json", at=TOMORROW).rows
    assert decision["next"]["due"] == "2026-03-04T11:30"


@pytest.mark.parametrize("hour", ["24:00", "9:00", "11", "noon", "11:60"])
def test_an_hour_that_is_none_is_a_fault_of_the_settings(desk: Desk, hour: str) -> None:
    desk.settings(f"[parameters.packages]\nchase_hour = '{hour}'\n")
    ran = desk.run("book check packages")
    assert ran.code in (1, 2)
    assert "chase_hour must look like" in ran.out + ran.err


# --- the payment ------------------------------------------------------------------------------------


@rows(
    *(case(unpaid(status, task=f"call-again {TODAY}"), "payment", "payment.paid", status="active",
           paid_on=TODAY, task=None, next=None) for status in UNPAID),
    case(unpaid("not-paid"), "payment --on 2026-02-28 --amount 1160", "payment.paid", paid_on="2026-02-28"),
    case(unpaid("not-paid", expires=TODAY), "payment", "payment.paid", status="active"),
    case(unpaid("not-paid", "2026-01-31T10:00", starts=None, expires=None), "payment", "payment.paid",
         "2026-02-28", starts="2026-01-31", expires="2026-02-28"),
    case(unpaid("final-try", f"{TODAY}T10:00", visit_times=[],
                cancelled_times=[f"{TODAY}T10:00", "2026-03-09T10:00"]), "payment",
         "payment.x.brought-back", f"{TODAY}T09:59", status="active", paid_on=TODAY, told=["operations"],
         visit_times=[f"{TODAY}T10:00", "2026-03-09T10:00"], cancelled_times=None),
    case(unpaid("final-try", LATE), "payment", "payment.x.brought-back", visit_times=[LATE]),
    case(active(paid_on=None), "payment --on 2026-02-10", "payment.x.noted", status="active",
         paid_on="2026-02-10"),
    case(expired(3, paid_on=None), "payment", "payment.x.noted", status="expired", paid_on=TODAY),
)  # fmt: skip
def test_a_payment_makes_the_package_active(desk: Desk, case: Case) -> None:
    check(desk, case)


@rows(
    case(unpaid("final-try", f"{TODAY}T10:00"), "payment", "book a new package", f"{TODAY}T10:00"),
    case(unpaid("final-try", "2026-03-01"), "payment", "book a new package"),
    case(unpaid("last-chance", expires="2026-03-01"), "payment", "ran out on 2026-03-01"),
    case(unpaid("not-paid", "2026-01-31T10:00", starts=None, expires=None), "payment",
         "ran out on 2026-02-28", "2026-03-01"),
    case(unpaid("not-paid"), "payment --amount 1159.99", "costs 1160.00 EGP"),
    case(unpaid("not-paid"), "payment --amount 1160.01", "in one sum"),
    case(unpaid("final-try"), "payment --amount 500", "in one sum"),
    case(active(), "payment", "was paid on 2026-02-02"),
    case(expired(2), "payment", "was paid on 2026-02-02"),
    case(follow_up(), "payment", "follow-up without a package"),
)  # fmt: skip
def test_a_payment_that_can_not_be_taken_is_refused(desk: Desk, case: Case) -> None:
    refused(desk, case, 3, "P-1", case.rule)


@rows(
    case(unpaid("not-paid"), "payment --on 2026-03-03", "--on"),
    case(unpaid("not-paid"), "payment --all", "--all"),
    case(unpaid("not-paid"), "payment --proforma PF-1", "--proforma"),
    case(unpaid("not-paid"), "payment --amount 0", "--amount"),
)  # fmt: skip
def test_a_wrong_payment_is_told(desk: Desk, case: Case) -> None:
    refused(desk, case, 2, case.rule)


# --- what an import checks --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ticket", "mentions"),
    [
        (unpaid("not-paid", price=None), "price"),
        (unpaid("final-try", visits=None), "visits"),
        (unpaid("not-paid", first_visit=None), "first_visit"),
        (active(expires=None), "expires"),
        (expired(1, visits=0), "visits"),
        (expired(1, used=-1), "used"),
        (active(price="12.345"), "price"),
        (active(price="1000000000.01"), "price"),
        (active(method="barter"), "method"),
        (active(visit_times=["tomorrow"]), "visit_times"),
        (active(colour="green"), "colour"),
        (active() | {"status": "closed"}, "sold, lost, no-answer, used, cancelled"),
        (active() | {"status": "closed", "result": "settled"}, "sold, lost, no-answer, used, cancelled"),
        (active() | {"status": "asleep"}, "asleep"),
    ],
)  # fmt: skip
def test_an_import_lists_what_a_package_can_not_be(
    desk: Desk, ticket: dict[str, Any], mentions: str
) -> None:
    desk.load(customers=customer())
    rows = desk.folder / "more.json"
    rows.write_text(json.dumps({"customers": [], "tickets": [ticket]}), encoding="utf-8")
    ran = desk.run(f"import {rows}")
    assert ran.code == 2
    assert mentions in ran.err
