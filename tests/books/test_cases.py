"""The cases book, rule by rule: where a case goes, and what is answered when it is asked about.

The tables read as the procedure's page and are written from it, with facts on both sides of every
threshold.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from casework import (
    CUSTOMERS,
    HURRY,
    STATES,
    Row,
    Ticket,
    accepted,
    case,
    check,
    refused,
    row,
    rows,
)
from desk import Desk
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE

pytestmark = pytest.mark.unmeasured

ROUTE = "case-route K-1"
BACK = {"status": "OPEN-REJECT-RETURN", "queue": None, "assignee": None, "came_from": None}
RETURNED = case("OPEN-REJECT-RETURN", returned_on="2026-02-27", returned_for="не та категория")
EMPTY = {"status": "OPEN", "subject": None, "description": None, "category": None}


# --- the ways of a case ---------------------------------------------------------------------------


@rows(
    row(case(), f"{ROUTE} save", "route.save", status="OPEN", queue=None, agent_told=[
        "K-1 is saved only: it is in no queue and will not be worked on. Send it: `prassi case-route K-1 dispatch`."]),
    row(accepted(), f"{ROUTE} save", "route.save", status="OPEN", assignee="boris", agent_told=[
        "K-1 is saved only: it is in no queue and will not be worked on by anybody but boris."]),
    row(case(), f"{ROUTE} save --subject Роуминг --description 'Дорого.' --category expert-support",
        "route.save", subject="Роуминг", description="Дорого.", category="expert-support"),
    row(case(), f"{ROUTE} dispatch", "route.dispatch", status="OPEN-DISPATCH", queue="backoffice",
        respond_by="2026-03-04"),
    row(case(category="account-personal"), f"{ROUTE} dispatch", "route.dispatch", queue="account-personal"),
    row(case(), f"{ROUTE} dispatch --queue expert-support", "route.dispatch", queue="expert-support"),
    row(case(), f"{ROUTE} dispatch --category expert-support", "route.dispatch", queue="expert-support",
        category="expert-support"),
    row(case(respond_by=None), f"{ROUTE} dispatch", "route.dispatch", respond_by="2026-03-10"),
    row(case(**EMPTY), f"{ROUTE} dispatch --subject S --description D --queue backoffice",
        "route.dispatch", status="OPEN-DISPATCH", subject="S", description="D", queue="backoffice"),
    row(accepted(), f"{ROUTE} dispatch", "route.dispatch", status="OPEN-DISPATCH", queue="backoffice",
        assignee=None, came_from=None),
    row(accepted(category=None), f"{ROUTE} dispatch", "route.dispatch", queue="backoffice"),
    row(accepted(category="roaming"), f"{ROUTE} dispatch", "route.dispatch", queue="backoffice"),
    row(case("OPEN-DISPATCH"), f"{ROUTE} accept --agent boris", "route.accept", status="OPEN",
        assignee="boris", queue=None, came_from="backoffice"),
    row(case("OPEN-FORWARDED", queue="expert-support"), f"{ROUTE} accept --agent boris", "route.accept",
        status="OPEN", assignee="boris", queue=None, came_from="expert-support"),
    row(accepted(), f"{ROUTE} forward --queue expert-support", "route.forward", status="OPEN-FORWARDED",
        queue="expert-support", assignee=None, came_from=None),
    row(case("OPEN-DISPATCH"), f"{ROUTE} forward --queue expert-support", "route.forward",
        status="OPEN-FORWARDED", queue="expert-support"),
    row(case("OPEN-FORWARDED"), f"{ROUTE} forward --queue expert-support", "route.forward",
        status="OPEN-FORWARDED", queue="expert-support"),
    row(accepted(came_from=None), f"{ROUTE} forward --queue backoffice", "route.forward", queue="backoffice"),
    row(accepted(), f"{ROUTE} return --reason 'не та категория'", "route.return", **BACK, priority="high",
        returned_on="2026-03-02", returned_for="не та категория", notes=["Возвращён: не та категория"],
        next="anna: correct 2026-03-02"),
    row(accepted(priority="blocking", creator=None), f"{ROUTE} return --reason x", "route.return",
        priority="blocking", next="agent: correct 2026-03-02"),
    # Brought in as accepted, and yet with its queue.
    row(accepted(queue="backoffice", came_from=None), f"{ROUTE} return --reason x", "route.return", **BACK),
    row(RETURNED, f"{ROUTE} recreate --category expert-support", "route.recreate", status="CLOSED",
        result="recreated", opened=[("K-2", "OPEN", "expert-support", "K-1")],
        notes=["Заменён на K-2."], next=None),
    *(row(ticket, f"{ROUTE} close --resolution 'Настроено'", "route.close", status="CLOSED",
          result="Настроено", queue=None) for state, ticket in STATES.items() if state != "closed"),
)  # fmt: skip
def test_route(desk: Desk, row: Row) -> None:
    check(desk, row)


def test_a_case_made_anew_keeps_what_is_not_given_anew(desk: Desk) -> None:
    desk.load({**RETURNED, "topic": "sim"}, customers=CUSTOMERS)
    desk.good(f"{ROUTE} recreate --category expert-support --subject 'Замена SIM'")
    new = desk.show("K-2")
    assert {name: new[name] for name in new if new[name] is not None} == {
        "ref": "K-2", "book": "cases", "customer": "C-1", "status": "OPEN", "opened": "2026-03-02",
        "priority": "medium", "tags": [], "tasks": [], "category": "expert-support",
        "creator": "anna", "subject": "Замена SIM", "description": "Не работает.", "topic": "sim",
        "respond_by": "2026-03-04", "recreated_from": "K-1", "discounts": [],
        "notes": [{"at": "2026-03-02", "text": "Заменяет K-1."}],
        "history": new["history"],
    }  # fmt: skip
    assert (new["assignee"], new["queue"]) == (None, None)
    desk.good("undo")
    assert desk.show("K-1")["status"] == "OPEN-REJECT-RETURN"
    assert desk.run("show K-2").code == 2


ALLOWED = {
    "created": ("save", "dispatch", "close"),
    "accepted": ("save", "dispatch", "forward", "return", "close"),
    "dispatched": ("accept", "forward", "close"),
    "forwarded": ("accept", "forward", "close"),
    "returned": ("recreate", "close"),
    "closed": (),
}
GIVEN = {
    "save": "", "dispatch": "", "accept": "--agent boris", "forward": "--queue expert-support",
    "return": "--reason x", "recreate": "--category expert-support", "close": "--resolution x",
}  # fmt: skip


@pytest.mark.parametrize("state", ALLOWED)
def test_every_pair_of_state_and_action(desk: Desk, state: str) -> None:
    """What is refused names the state and just the actions that are not."""
    desk.load(STATES[state], customers=CUSTOMERS)
    for action, given in GIVEN.items():
        ran = desk.run(f"{ROUTE} {action} {given} --dry-run")
        if action in ALLOWED[state]:
            assert ran.code == 0, (action, ran.err)
            continue
        told = refused(
            desk, {}, f"{ROUTE} {action}", 3, STATES[state]["status"], f"{action} is not"
        )
        also = ("returned",) if state == "returned" else ()
        named = re.findall(r"[a-z]+", told.err.partition("Possible are")[2].partition(";")[0])
        assert named == [*ALLOWED[state], *also, "repeat", "discount", "say"]


@pytest.mark.parametrize("state", [state for state in STATES if state != "returned"])
def test_only_what_came_back_can_be_handled_as_returned(desk: Desk, state: str) -> None:
    ran = refused(desk, STATES[state], f"{ROUTE} returned", 3, STATES[state]["status"])
    named = re.findall(r"[a-z]+", ran.err.partition("Possible are")[2])
    assert named == [*ALLOWED[state], "repeat", "discount", "say"]


@pytest.mark.parametrize(
    ("ticket", "command", "mention"),
    [
        (case("OPEN-DISPATCH"), "accept", "--agent is missing"),
        (accepted(), "forward", "--queue is missing"),
        (accepted(), "return", "--reason is missing"),
        (RETURNED, "recreate", "--category is missing"),
        (case(), "close", "--resolution is missing"),
        (case(subject=None), "dispatch", "--subject is missing"),
        (case(subject="  "), "dispatch", "--subject is missing"),
        (case(description=None), "dispatch", "--description is missing"),
        (case(category=None), "dispatch", "--queue is missing"),
        (case(category="roaming"), "dispatch", "--queue is missing"),
        (
            case(),
            "dispatch --queue nowhere",
            "--queue is 'nowhere': it must be one of backoffice, ",
        ),
        (
            case(),
            "save --category roaming",
            "--category is 'roaming': it must be one of backoffice, ",
        ),
        (case(), "save --queue backoffice", "--queue can only be used with"),
        (case(), "close --reason x --resolution x", "--reason can only be used with"),
        (case(), "say", "--text is missing"),
        (case(), "repeat --queue backoffice", "--queue is not asked for by event repeat"),
        (case(), "", "ACTION is missing: it must be one of save, dispatch, accept"),
        (case(), "lose", "ACTION is 'lose': it must be one of save, dispatch, accept"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    desk: Desk, ticket: Ticket, command: str, mention: str
) -> None:
    refused(desk, ticket, f"{ROUTE} {command}", 2, mention)


@pytest.mark.parametrize(
    ("ticket", "mention"),
    [
        (case("OPEN-DISPATCH"), "K-1 is OPEN-DISPATCH in queue backoffice already"),
        (case("OPEN-FORWARDED"), "K-1 is OPEN-FORWARDED in queue backoffice already"),
        (accepted(), "K-1 was accepted out of queue backoffice, so it can't be forwarded there"),
        (accepted(queue="backoffice", came_from=None), "K-1 was accepted out of queue backoffice"),
    ],
)
def test_no_case_is_forwarded_to_its_own_queue(desk: Desk, ticket: Ticket, mention: str) -> None:
    refused(desk, ticket, f"{ROUTE} forward --queue backoffice", 3, mention, "another queue")


def test_a_resolution_promises_nothing(desk: Desk) -> None:
    refused(
        desk, case(), [*ROUTE.split(), "close", "--resolution", "Ждите, мы Вам перезвоним."], 3,
        "promises that somebody will call back", '"мы Вам перезвоним"',
    )  # fmt: skip


def test_queues_and_categories_are_the_desks_own(desk: Desk) -> None:
    desk.settings(
        '[parameters.cases]\nqueues = ["hall"]\ncategories = { roaming = "hall" }\nterm_workdays = 1\n'
    )
    desk.load(case(category="roaming", respond_by=None), customers=CUSTOMERS)
    desk.good(f"{ROUTE} dispatch")
    assert (desk.show("K-1")["queue"], desk.show("K-1")["respond_by"]) == ("hall", "2026-03-03")
    refused(desk, {}, f"{ROUTE} forward --queue backoffice", 2, "it must be one of hall")


# --- a case begins --------------------------------------------------------------------------------


def test_a_new_case(desk: Desk) -> None:
    desk.load({**case(), "ref": "K-7"}, customers=CUSTOMERS)
    command = "event cases new customer=C-2 creator=vera category=expert-support subject=Тариф"
    (made,) = desk.good(f"{command} description=Дорого topic=tariff --json").rows
    assert (made["rule"], made["ticket"], made["next"]["who"]) == ("new.created", "K-8", "vera")
    new = desk.show("K-8")
    assert [new[name] for name in ("status", "customer", "creator", "queue", "assignee")] == [
        "OPEN", "C-2", "vera", None, None,
    ]  # fmt: skip
    assert desk.good("case-route K-8 dispatch --json").rows[0]["rule"] == "route.dispatch"
    for wrong, mention in (
        ("creator=vera", "customer is missing"),
        ("customer=C-2", "creator is missing"),
        ("customer=C-9 creator=vera", "customer C-9: there is no such customer"),
        ("customer=C-2 creator=vera category=roaming", "category is 'roaming'"),
    ):
        refused(desk, {}, f"event cases new {wrong}", 2, mention)


# --- the customer asks again ----------------------------------------------------------------------

OVER, LAST_DAY = {"respond_by": "2026-03-01"}, {"respond_by": "2026-03-02"}
MARKED = {"status": "OPEN-DISPATCH", "queue": "backoffice", "subject": "ПОВТОР Интернет",
          "notes": ["Повтор"], "customer_told": [HURRY], "steps": ["OPEN", "OPEN-DISPATCH"],
          "assignee": None}  # fmt: skip
UNSENT = ("K-1 was never sent and nobody works on it. Send it: `prassi case-route K-1 dispatch`.",)
WAITS = "Ваша заявка передана специалистам и ожидает рассмотрения.\nСрок её рассмотрения: "


@rows(
    *(row(case("CLOSED", category=category), f"{ROUTE} repeat --disagrees", "repeat.closed.retention",
          line="retention", status="CLOSED")
      for category in ("backoffice", "backoffice-retention", "expert-support", "account-business")),
    *(row(case("CLOSED", category=category), f"{ROUTE} repeat --disagrees", "repeat.closed.equipment",
          line="equipment-experts", status="CLOSED")
      for category in ("equipment-experts", "account-personal")),
    *(row(case("CLOSED", category=category), f"{ROUTE} repeat --disagrees", "repeat.x.closed.other",
          line=None, escalated="supervisor") for category in ("roaming", "home-internet", None)),
    row(case("CLOSED", result="Настроено"), f"{ROUTE} repeat", "repeat.x.closed",
        customer_told=["Ваша заявка закрыта.\nРешение: Настроено"]),
    row(case("CLOSED"), f"{ROUTE} repeat --insists", "repeat.x.closed", customer_told=["Ваша заявка закрыта."]),
    row(case("OPEN-DISPATCH"), f"{ROUTE} repeat --insists", "repeat.dispatched", **MARKED),
    row(case("OPEN-DISPATCH", **OVER), f"{ROUTE} repeat", "repeat.dispatched", **MARKED),
    row(case("OPEN-DISPATCH", **OVER), f"{ROUTE} repeat --insists --disagrees --agent boris",
        "repeat.dispatched", **MARKED),
    row(case("OPEN-DISPATCH", subject="ПОВТОР Интернет"), f"{ROUTE} repeat --insists", "repeat.dispatched",
        **MARKED),
    row(case("OPEN-DISPATCH", subject="ПОВТОРНЫЙ сбой"), f"{ROUTE} repeat --insists", "repeat.dispatched",
        subject="ПОВТОР ПОВТОРНЫЙ сбой"),
    row(case("OPEN-DISPATCH", subject=None), f"{ROUTE} repeat --insists", "repeat.dispatched", subject="ПОВТОР"),
    row(case("OPEN-DISPATCH", **LAST_DAY), f"{ROUTE} repeat", "repeat.x.wait", subject="Интернет",
        notes=[], customer_told=[f"{WAITS}2 марта 2026 г."]),
    # Five working days since 20 February are over on 2 March: the 23rd is a holiday.
    row(case("OPEN-DISPATCH", respond_by=None, opened="2026-02-20"), f"{ROUTE} repeat", "repeat.x.wait",
        customer_told=[f"{WAITS}2 марта 2026 г."]),
    row(case("OPEN-DISPATCH", respond_by=None, opened="2026-02-19"), f"{ROUTE} repeat", "repeat.dispatched"),
    row(case("OPEN-FORWARDED"), f"{ROUTE} repeat --insists", "repeat.x.forwarded", **MARKED),
    row(case("OPEN-FORWARDED", **OVER), f"{ROUTE} repeat", "repeat.x.forwarded", **MARKED),
    row(case("OPEN-FORWARDED", **LAST_DAY), f"{ROUTE} repeat", "repeat.x.wait", status="OPEN-FORWARDED"),
    row(accepted(), f"{ROUTE} repeat --insists", "repeat.open", status="OPEN", assignee="boris",
        subject="Интернет", notes=["Повтор"], customer_told=[HURRY], agent_told=[]),
    row(accepted(**OVER), f"{ROUTE} repeat", "repeat.open", notes=["Повтор"]),
    row(accepted(**LAST_DAY), f"{ROUTE} repeat", "repeat.x.wait", agent_told=[], notes=[],
        customer_told=["Специалист уже занимается Вашей заявкой.\nСрок её рассмотрения: 2 марта 2026 г."]),
    row(case(), f"{ROUTE} repeat --insists", "repeat.open", status="OPEN", agent_told=[*UNSENT]),
    row(case(**OVER), f"{ROUTE} repeat", "repeat.open", customer_told=[HURRY]),
    row(case(), f"{ROUTE} repeat", "repeat.x.wait", agent_told=[*UNSENT]),
    row(RETURNED, f"{ROUTE} repeat", "repeat.x.returned", status="OPEN-REJECT-RETURN",
        next="anna: correct 2026-03-02", agent_told=[
            "K-1 was wrongly made, and its creator corrects it first. The reason: не та категория."]),
    row(RETURNED, f"{ROUTE} repeat --insists", "repeat.x.returned", subject="Интернет"),
)  # fmt: skip
def test_repeat(desk: Desk, row: Row) -> None:
    check(desk, row)


def test_the_mark_is_put_once(desk: Desk) -> None:
    desk.load(case("OPEN-DISPATCH"), customers=CUSTOMERS)
    for _ in range(3):
        desk.good(f"{ROUTE} repeat --insists")
    assert desk.show("K-1")["subject"] == "ПОВТОР Интернет"
    assert [note["text"] for note in desk.show("K-1")["notes"]] == ["Повтор"] * 3


def test_whoever_asks_about_a_case_made_anew_hears_of_the_new_one(desk: Desk) -> None:
    desk.load(RETURNED, customers=CUSTOMERS)
    desk.good(f"{ROUTE} recreate --category expert-support")
    (decision,) = desk.good(f"{ROUTE} repeat --json").rows
    told = [action["text"] for action in decision["actions"]]
    assert told == [
        "Ваша заявка закрыта.\nВместо неё по этому вопросу оформлена новая заявка.",
        "K-2 took its place: go on there.",
    ]


# --- a case that came back ------------------------------------------------------------------------


@rows(
    row(RETURNED, f"{ROUTE} returned", "returned.correct", status="OPEN-REJECT-RETURN", priority="high",
        next="anna: correct 2026-02-27 late 1", notes=[]),
    row(case("OPEN-REJECT-RETURN", opened="2026-02-26", notes=[{"at": "2026-02-27", "text": "нет фото"}]),
        f"{ROUTE} returned", "returned.correct", next="anna: correct 2026-02-26 late 2"),
    row(RETURNED, f"{ROUTE} returned --text 'заберёт в салоне'", "returned.other-way",
        notes=["Клиент отказывается от курьера и выбирает другой вариант: заберёт в салоне"],
        next="anna: close 2026-03-02", status="OPEN-REJECT-RETURN"),
)  # fmt: skip
def test_returned(desk: Desk, row: Row) -> None:
    check(desk, row)


def test_the_reason_of_an_imported_case_is_its_newest_comment(desk: Desk) -> None:
    notes = [{"at": "2026-02-26", "text": "создано"}, {"at": "2026-02-27", "text": "нет фото"}]
    desk.load(case("OPEN-REJECT-RETURN", notes=notes), customers=CUSTOMERS)
    (decision,) = desk.good(f"{ROUTE} returned --json").rows
    assert decision["actions"][0]["text"] == "Read the reason: нет фото."
    assert decision["actions"][2]["text"].startswith("Приносим Вам извинения: ")


# --- discounts ------------------------------------------------------------------------------------


def discount(given_on: str, topic: str = "roaming") -> list[dict[str, str]]:
    return [{"topic": topic, "given_on": given_on}]


NO = "No discount may be offered: one for roaming was given on {}."
YES = "A discount may be offered: the last one for roaming was on {}."
NEVER = "A discount may be offered: there was none for roaming."
ASK = f"{ROUTE} discount --topic roaming"


@rows(
    row(case(), ASK, "discount.none", agent_told=[NEVER]),
    row(case(discounts=discount("2025-11-02")), ASK, "discount.over", agent_told=[YES.format("2025-11-02")]),
    row(case(discounts=discount("2025-11-03")), ASK, "discount.given", agent_told=[NO.format("2025-11-03")]),
    row(case(discounts=discount("2026-03-02")), ASK, "discount.given"),
    row(case(discounts=discount("2026-03-01", "tariff")), ASK, "discount.none"),
    row(case(discounts=[*discount("2026-02-20"), *discount("2024-02-20")]), ASK, "discount.given",
        agent_told=[NO.format("2026-02-20")]),
    row(case(topic="roaming"), f"{ROUTE} discount", "discount.none", agent_told=[NEVER]),
    row(case("CLOSED", category="roaming"), f"{ROUTE} discount", "discount.none", agent_told=[NEVER]),
    # Four months before 31 March is 30 November.
    row(case(discounts=discount("2025-11-30")), ASK, "discount.given", at="2026-03-29"),
    row(case(discounts=discount("2025-11-30")), ASK, "discount.over", at="2026-03-30"),
    row(case(), "event K-1 grant topic=roaming", "grant.x.recorded", discounts=discount("2026-03-02")),
    row(case("CLOSED", topic="roaming", discounts=discount("2025-11-02")), "event K-1 grant on=2026-02-27",
        "grant.x.recorded", discounts=[*discount("2025-11-02"), *discount("2026-02-27")]),
)  # fmt: skip
def test_discount(desk: Desk, row: Row) -> None:
    check(desk, row)


def test_a_discount_counts_on_all_of_the_customers_cases(desk: Desk) -> None:
    other = case("CLOSED", ref="K-2", discounts=discount("2026-02-20"))
    strange = case(ref="K-3", customer="C-2")
    desk.load(case(), other, strange, customers=CUSTOMERS)
    assert desk.good(f"{ASK} --json").rows[0]["rule"] == "discount.given"
    asked = desk.good("case-route K-3 discount --topic roaming --json").rows[0]
    assert asked["rule"] == "discount.none"
    refused(
        desk, {}, "event K-1 grant topic=roaming", 3, "had a discount for roaming on 2026-02-20"
    )


@pytest.mark.parametrize("command", [f"{ROUTE} discount", "event K-1 grant"])
def test_a_discount_is_for_something(desk: Desk, command: str) -> None:
    refused(desk, case(category=None), command, 2, "topic is missing")


# --- a night has passed ---------------------------------------------------------------------------

DAY = "triage K-1"


@rows(
    row(case(opened="2026-03-01", respond_by=None), DAY, "day.unsent", next="anna: dispatch 2026-03-01 late 1"),
    row(case(opened="2026-03-01", creator=None, **OVER), DAY, "day.unsent", next="agent: dispatch 2026-03-01 late 1"),
    row(case(opened="2026-03-02", respond_by=None), DAY, "day.x.created", wait="2026-03-03"),
    row(case(opened="2026-03-02T09:30", **OVER), DAY, "day.x.created", wait="2026-03-03"),
    row(RETURNED, DAY, "day.returned", priority="high", next="anna: correct 2026-02-27 late 1"),
    row(case("OPEN-REJECT-RETURN", priority="blocking"), DAY, "day.returned", priority="blocking",
        next="anna: correct 2026-02-27 late 1"),
    row(accepted(respond_by="2026-02-27"), DAY, "day.overdue", next="boris: solve 2026-02-27 late 1"),
    row(accepted(**LAST_DAY), DAY, "day.wait", wait="2026-03-02"),
    row(case("OPEN-DISPATCH", **OVER), DAY, "day.overdue", next="backoffice: solve 2026-03-01 late 1"),
    row(case("OPEN-DISPATCH", **LAST_DAY), DAY, "day.wait", wait="2026-03-02"),
    row(case("OPEN-FORWARDED", **OVER), DAY, "day.overdue", next="backoffice: solve 2026-03-01 late 1"),
    row(case("OPEN-FORWARDED"), DAY, "day.wait", wait="2026-03-04"),
    row(case("OPEN-DISPATCH", respond_by=None, opened="2026-02-20"), DAY, "day.wait", wait="2026-03-02"),
    row(case("OPEN-DISPATCH", respond_by=None, opened="2026-02-19"), DAY, "day.overdue",
        next="backoffice: solve 2026-02-27 late 1"),
    # Monday, 9 March, is a holiday, the Saturday before it is free too.
    row(case("OPEN-DISPATCH", respond_by="2026-03-06"), DAY, "day.overdue", at="2026-03-09",
        next="backoffice: solve 2026-03-06"),
    row(case("OPEN-DISPATCH", respond_by="2026-03-06", assignee="vera"), DAY, "day.overdue", at="2026-03-10",
        next="backoffice: solve 2026-03-06 late 1"),
)  # fmt: skip
def test_day(desk: Desk, row: Row) -> None:
    check(desk, row)


def test_a_second_night_changes_nothing(desk: Desk) -> None:
    made = [{**ticket, "ref": f"K-{n}"} for n, ticket in enumerate(STATES.values(), 1)]
    desk.load(*made, customers=CUSTOMERS)
    desk.good("triage")
    after = desk.export(), desk.good("log").out
    desk.good("triage")
    desk.good("triage", at="2026-03-03")
    assert (desk.export(), desk.good("log").out) == after


# --- what is brought in ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["OPEN-DISPATCH", "OPEN-FORWARDED"])
def test_a_case_in_a_queue_names_it(desk: Desk, status: str) -> None:
    desk.good("init")
    (desk.folder / "rows.json").write_text(
        '{"customers": [{"ref": "C-1"}], "tickets": [{"ref": "K-1", "book": "cases",'
        f' "customer": "C-1", "opened": "2026-03-02", "status": "{status}"}}]}}',
        encoding="utf-8",
    )
    ran = desk.run(f"import {desk.folder / 'rows.json'}")
    assert ran.code == 2
    assert "queue" in ran.err


def test_the_demo_desk_has_a_case_for_every_rule_of_the_day(desk: Desk) -> None:
    desk.good("init")
    desk.good(f"import {Path(__file__).parents[2] / 'fixtures' / 'cases.json'}")
    statuses = {ticket["status"] for ticket in desk.export()["tickets"]}
    rules = {row["rule"] for row in desk.good("triage --all --json").rows}
    book = Shelf(NONE).book("cases")
    assert statuses == set(book.statuses)
    assert rules == {rule.id for rule in book.event("day").rules}


@pytest.mark.parametrize(
    ("state", "command", "event"),
    [
        (
            "dispatched",
            "case-route K-1 accept --agent boris",
            "K-1 route action=accept agent=boris",
        ),
        ("accepted", "case-route K-1 return --reason x", "K-1 route action=return reason=x"),
        ("closed", "case-route K-1 repeat --disagrees", "K-1 repeat disagrees=yes"),
        ("returned", "case-route K-1 returned --text x", "K-1 returned text=x"),
        ("created", "case-route K-1 discount --topic x", "K-1 discount topic=x"),
        ("created", "case-route K-1 say --text x", "K-1 say text=x"),
        ("created", "call-conduct K-1 insult --call 7", "K-1 conduct kind=insult call=7"),
        ("created", "call-line --caller active", "cases line caller=active"),
    ],
)
def test_the_commands_are_faces_of_event(desk: Desk, state: str, command: str, event: str) -> None:
    desk.load(STATES[state], customers=CUSTOMERS)
    named = desk.good(f"{command} --json --dry-run")
    assert desk.good(f"event {event} --json --dry-run") == named
