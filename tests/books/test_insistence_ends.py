"""Requirements after the check: answers, the supervisor, the night, and what the desk can set."""

from __future__ import annotations

import pytest
from desk import MONDAY, SETTINGS, Desk
from insistencework import (
    FRIDAY,
    LATE,
    ROSA,
    SAID,
    SATURDAY,
    Row,
    check,
    follow_up,
    requirement,
    told,
)

pytestmark = pytest.mark.unmeasured


# --- answers, ends, and the supervisor ------------------------------------------------------------


def test_an_answer_is_recorded_with_its_day(desk: Desk) -> None:
    desk.load(requirement(last=FRIDAY), customers=[ROSA])
    decision = desk.good("answer R-1 --text 'It was our fault.' --json").rows[0]
    assert (decision["rule"], decision["extrapolated"]) == ("answer.x.recorded", True)
    shown = desk.show("R-1")
    assert (shown["answer"], shown["answered_on"], shown["status"]) == (
        "It was our fault.", MONDAY, "open",
    )  # fmt: skip
    again = desk.good("insistence-check R-1 --json").rows[-1]
    assert (again["rule"], told(again)) == (
        "insist.2.read-answer",
        ["Su requerimiento R-1 ya fue respondido el 2 de marzo de 2026."
         " La respuesta dice: «It was our fault.»"],
    )  # fmt: skip


ANSWERS = [
    (requirement(), "answer.x.recorded", 0),
    (requirement(status="escalated"), "answer.x.recorded", 0),
    (requirement("No.", status="escalated"), "answer.x.replaced", 0),
    (requirement("No.", status="escalated", answered_on=None), "answer.x.replaced", 0),
    (requirement("No."), "answer.x.again", 3),
    (requirement(status="closed"), "answer.x.closed", 3),
    (requirement("No.", status="closed", result="accepted"), "answer.x.closed", 3),
]


@pytest.mark.parametrize(("first", "rule", "code"), ANSWERS)
def test_where_an_answer_can_be_recorded(desk: Desk, first: Row, rule: str, code: int) -> None:
    desk.load(first, customers=[ROSA])
    ran = desk.run("answer R-1 --text Yes. --json")
    assert (ran.rows[0]["rule"], ran.code) == (rule, code)
    shown = desk.show("R-1")
    assert shown.get("answer") == ("Yes." if code == 0 else first.get("answer"))
    assert shown["status"] == first.get("status", "open")
    if code == 3:
        assert "R-1" in ran.err
        assert "prassi" in ran.err


def test_an_escalated_ticket_goes_to_the_supervisor_and_back(desk: Desk) -> None:
    desk.settings(SETTINGS.replace("[roles]", '[roles]\nsupervisor = "carla"'))
    check(desk, [requirement(), follow_up("No.")], "")
    shown = desk.show("R-1")
    assert (shown["status"], shown["assignee"], shown["escalated_on"]) == (
        "escalated", "carla", MONDAY,
    )  # fmt: skip
    desk.good("insistence-check R-1", at="2026-03-04")
    assert desk.show("R-1")["escalated_on"] == MONDAY
    desk.good("event R-1 release note='A technician goes there.'", at="2026-03-05")
    shown = desk.show("R-1")
    assert (shown["status"], shown["assignee"], shown.get("escalated_on")) == ("open", None, None)
    assert "A technician goes there." in shown["notes"][-1]["text"]
    ran = desk.run("event R-1 release note=Again")
    assert (ran.code, "prassi insistence-check R-1" in ran.err) == (3, True)


ENDS = [
    # the ticket, how it is to end, the rule
    (requirement("Yes."), "accepted", "close.x.closed"),
    (requirement("Yes."), "answered", "close.x.closed"),
    (requirement(), "withdrawn", "close.x.closed"),
    (requirement("Yes.", status="escalated"), "duplicate", "close.x.closed"),
    (requirement(status="escalated"), "decided", "close.x.closed"),
    (requirement(), "accepted", "close.x.unanswered"),
    (requirement(status="escalated"), "answered", "close.x.unanswered"),
    (requirement("Yes."), "decided", "close.x.not-escalated"),
]


@pytest.mark.parametrize(("first", "result", "rule"), ENDS)
def test_how_a_ticket_can_end(desk: Desk, first: Row, result: str, rule: str) -> None:
    desk.load(first, customers=[ROSA])
    ran = desk.run(f"event R-1 close result={result} note='So it is.' --json")
    closed = rule == "close.x.closed"
    assert (ran.rows[0]["rule"], ran.code) == (rule, 0 if closed else 3)
    shown = desk.show("R-1")
    assert (shown["status"] == "closed", shown.get("result")) == (
        closed,
        result if closed else None,
    )
    assert bool(shown["notes"]) is closed


def test_closed_is_closed(desk: Desk) -> None:
    desk.load(requirement("No.", status="closed", result="accepted"), customers=[ROSA])
    for command in (
        "answer R-1 --text x",
        "event R-1 close result=withdrawn",
        "event R-1 release note=x",
    ):
        ran = desk.run(command)
        assert (ran.code, "R-1 is closed" in ran.err) == (3, True), command


def test_filing_can_be_undone(desk: Desk) -> None:
    desk.load(requirement(last=FRIDAY), customers=[ROSA])
    before = desk.export()
    desk.good(f"insistence-check R-1 --on-behalf {SAID}")
    desk.good("undo")
    assert desk.export() == before
    assert desk.run("show R-2").code == 2


# --- the night ------------------------------------------------------------------------------------

OPEN = {"action": "answer", "who": "agent", "late_workdays": 0}

NIGHTS = [
    # the ticket, the day, the rule, and what comes next: who, what, due, late; or the wait
    (requirement(last="2026-03-04"), MONDAY, "day.wait", "2026-03-04"),
    (requirement(last="2026-03-03"), MONDAY, "day.answer-due", "agent answer 2026-03-03 0"),
    (requirement(), MONDAY, "day.answer-due", "agent answer 2026-03-02 0"),
    (requirement(last=MONDAY), FRIDAY, "day.answer-due", "agent answer 2026-03-02 0"),
    (requirement(last="2026-03-03"), FRIDAY, "day.wait", "2026-03-03"),
    (requirement(last=SATURDAY), FRIDAY, "day.answer-due", "agent answer 2026-02-28 0"),
    (requirement(last=FRIDAY), SATURDAY, "day.answer-late", "agent answer 2026-02-27 0"),
    (requirement(last=FRIDAY), MONDAY, "day.answer-late", "agent answer 2026-02-27 1"),
    (requirement(last="2026-02-13"), MONDAY, "day.answer-late", "agent answer 2026-02-13 11"),
    (requirement("No.", FRIDAY), MONDAY, "day.wait", None),
    (requirement(status="escalated"), MONDAY, "day.escalated", "supervisor decide 2026-02-10 14"),
    (requirement("No.", status="escalated", escalated_on=FRIDAY), MONDAY, "day.escalated",
     "supervisor decide 2026-02-27 1"),
    (follow_up(ref="R-1", insists_on="R-0", last=FRIDAY), MONDAY, "day.answer-late", "supervisor answer 2026-02-27 1"),
    (follow_up(ref="R-1", insists_on="R-0", last=MONDAY), MONDAY, "day.answer-due", "agent answer 2026-03-02 0"),
    (requirement(subject="collection-management", last=FRIDAY), MONDAY, "day.answer-late",
     "supervisor answer 2026-02-27 1"),
    (requirement(subject="collection-management", opened="2026-02-23", last=None), MONDAY, "day.answer-due",
     "agent answer 2026-03-02 0"),
]  # fmt: skip


@pytest.mark.parametrize(("ticket", "at", "rule", "then"), NIGHTS)
def test_what_a_night_asks(desk: Desk, ticket: Row, at: str, rule: str, then: str | None) -> None:
    more = [requirement(ref="R-0", last="2026-04-01")] if "insists_on" in ticket else []
    desk.load(*more, ticket, customers=[ROSA], at=at)
    before = desk.export()
    [decision] = desk.good("triage R-1 --all --json", at=at).rows
    assert decision["rule"] == rule
    step = decision["next"]
    waits = [action["until"] for action in decision["actions"] if action["action"] == "wait"]
    seen = " ".join(str(v) for v in (step["who"], step["action"], step["due"], step["late_workdays"])) \
        if step else next(iter(waits), None)  # fmt: skip
    assert seen == then
    assert desk.export() == before


def test_what_is_due_tomorrow_is_on_the_list_of_today(desk: Desk) -> None:
    desk.load(requirement(last="2026-03-03"), customers=[ROSA])
    out = desk.good("triage").out
    assert "To do on 2026-03-02: 1" in out
    assert "2026-03-03" in out


@pytest.mark.parametrize("result", ["accepted", "decided", None])
def test_an_answered_follow_up_ends_with_its_requirement(desk: Desk, result: str | None) -> None:
    first = requirement("Yes.", status="closed", result=result)
    open_one = follow_up(ref="R-3", subject="solution-not-executed", last="2026-04-01")
    desk.load(first, follow_up("Yes."), open_one, customers=[ROSA])
    rows = {row["ticket"]: row for row in desk.good("triage --all --json").rows}
    assert {ref: row["rule"] for ref, row in rows.items()} == {
        "R-2": "day.x.settled",
        "R-3": "day.wait",
    }
    shown = desk.show("R-2")
    assert (shown["status"], shown["result"]) == ("closed", result or "answered")
    after = desk.export()
    desk.good("triage", at=MONDAY)
    assert desk.export() == after


def test_the_customers_acceptance_ends_both(desk: Desk) -> None:
    check(desk, [requirement("No."), follow_up("Yes.")], "--customer accepts")
    assert desk.show("R-1")["result"] == "accepted"
    desk.good("triage")
    assert desk.show("R-2")["result"] == "accepted"


# --- what the desk can set ------------------------------------------------------------------------

CHECKING = f"insistence-check R-1 {SAID}"
FILING = f"insistence-check R-1 --file-follow-up {LATE} {SAID}"
PARAMETERS = [
    # a parameter, the tickets, a command, and the rule or a date with it
    ("response_workdays = 3", requirement(opened="2026-02-26", last=None), "insistence-check R-1", "2026-03-03"),
    ("due_soon_workdays = 2", requirement(last="2026-03-04"), "triage R-1 --all", "day.answer-due"),
    ('self_service_lines = ["bottled", "bulk"]', requirement(last=FRIDAY), CHECKING, "insist.3.late.file"),
    ("self_service_lines = []", requirement(last=FRIDAY), CHECKING, "insist.3.late.file"),
    ('self_service_lines = ["metered", "bulk"]', requirement(last=FRIDAY, line="bulk"), "insistence-check R-1",
     "insist.3.late.self-service"),
    ("insistence_workdays = 7", requirement(), FILING, "2026-03-11"),
    ('recorded_as = { social = "phone" }', requirement(), f"{FILING} --channel social",
     '"channel": "phone"'),
    ('groups = { late-response = "Calidad" }', requirement(), FILING, "Calidad"),
    ('first_category = { metered = "Red" }', requirement(), FILING, '"Red"'),
    ('second_category = { late-response = "Plazos" }', requirement(), FILING, "Plazos"),
    ('third_category = { late-response = "Atraso" }', requirement(), FILING, "«Atraso»"),
    ('complaint = "Queja"', requirement(), FILING, "Queja"),
    ('description_labels = ["A", "B", "C", "D"]', requirement(), FILING,
     "A: Rosa Contreras Leal; B: +56"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("parameter", "ticket", "command", "seen"), PARAMETERS)
def test_every_parameter_can_be_set(
    desk: Desk, parameter: str, ticket: Row, command: str, seen: str
) -> None:
    desk.load(ticket, customers=[ROSA])
    assert seen not in desk.run(f"{command} --json --dry-run").out
    desk.settings(f"{SETTINGS}\n[parameters.insistence]\n{parameter}\n")
    assert seen in desk.good(f"{command} --json --dry-run").out


def test_a_follow_up_without_a_last_day_has_the_days_the_desk_sets(desk: Desk) -> None:
    desk.settings(f"{SETTINGS}\n[parameters.insistence]\ninsistence_workdays = 4\n")
    late = follow_up(opened="2026-02-23", last=None)
    assert check(desk, [requirement(), late], "")["rule"] == "insist.7.escalate"
