"""The insistence book: what follows where a customer insists, rule by rule and on both sides of
every last day."""

from __future__ import annotations

from itertools import product

import pytest
from desk import MONDAY, Desk
from insistencework import (
    DISAGREE,
    FRIDAY,
    LATE,
    ROSA,
    SAID,
    SATURDAY,
    YESTERDAY,
    Row,
    check,
    follow_up,
    kinds,
    requirement,
    told,
)
from prassi.core.library import settings
from prassi.core.library.library import Shelf
from terminal import run_at_terminal

pytestmark = pytest.mark.unmeasured


# --- the results of the check ---------------------------------------------------------------------

TELL, FILED = ["tell"], ["note", "open", "tell"]
ESCALATED = ["tell", "note", "escalate", "set", "status"]
CONTENT = ["tell", "note"]
ACCEPTED = [*CONTENT, "close"]
OTHER = {"line": "bottled"}

CHECKS = [
    # the requirement, its follow-ups, what is given, the rule, and what it does
    (requirement(), [], "", "insist.1.give-deadline", TELL),
    (requirement(**OTHER), [], "--customer disagrees", "insist.1.give-deadline", TELL),
    (requirement("Yes."), [], "", "insist.2.read-answer", TELL),
    (requirement("Yes.", FRIDAY, **OTHER), [], "--customer unaware", "insist.2.read-answer", TELL),
    (requirement(last=YESTERDAY), [], "", "insist.3.late.self-service", TELL),
    (requirement(last=FRIDAY), [], "--customer disagrees", "insist.3.late.self-service", TELL),
    (requirement(last=FRIDAY), [], "--customer accepts", "insist.x.satisfied", CONTENT),
    (requirement(last=YESTERDAY), [], f"--on-behalf {SAID}", "insist.3.late.file", FILED),
    (requirement(last=YESTERDAY, **OTHER), [], SAID, "insist.3.late.file", FILED),
    (requirement(last=FRIDAY, line="bulk"), [], SAID, "insist.3.late.file", FILED),
    (requirement("No."), [], "--customer disagrees", "insist.4.disagree.self-service", TELL),
    (requirement("No."), [], f"--customer disagrees --on-behalf {SAID}", "insist.4.disagree.file", FILED),
    (requirement("No.", **OTHER), [], f"--customer disagrees {SAID}", "insist.4.disagree.file", FILED),
    (requirement("No.", FRIDAY, line="bulk"), [], f"--customer disagrees {SAID}", "insist.4.disagree.file", FILED),
    (requirement("No."), [follow_up()], "--customer disagrees", "insist.4.disagree.self-service", TELL),
    (requirement("No."), [follow_up(last=FRIDAY)], "", "insist.2.read-answer", TELL),
    (requirement("No.", FRIDAY), [follow_up(subject=DISAGREE)], "", "insist.5.give-deadline", TELL),
    (requirement("No.", FRIDAY), [follow_up(subject=DISAGREE)], "--customer accepts", "insist.5.give-deadline", TELL),
    (requirement(), [follow_up("Soon.")], "", "insist.6.escalate", ESCALATED),
    (requirement(last=FRIDAY), [follow_up("Soon.", FRIDAY)], "", "insist.6.escalate", ESCALATED),
    (requirement(), [follow_up(last=YESTERDAY)], "", "insist.7.escalate", ESCALATED),
    (requirement(), [follow_up(last=YESTERDAY)], "--customer accepts", "insist.x.satisfied", CONTENT),
    (requirement(), [follow_up("Soon.")], "--customer accepts", "insist.x.satisfied", CONTENT),
    (requirement("No."), [follow_up(last=FRIDAY, subject=DISAGREE)], "--customer disagrees",
     "insist.7.escalate", ESCALATED),
    (requirement("No."), [follow_up(last=FRIDAY, subject=DISAGREE)], "--customer accepts",
     "insist.x.satisfied", ACCEPTED),
    (requirement("No."), [follow_up("Still no.", subject=DISAGREE)], "--customer disagrees",
     "insist.8.escalate", ESCALATED),
    (requirement(), [follow_up()], "", "insist.x.first-still-open", TELL),
    (requirement(last=FRIDAY), [follow_up()], "--customer disagrees", "insist.x.first-still-open", TELL),
    (requirement("No."), [follow_up("Still no.", FRIDAY)], "", "insist.x.read-follow-up", TELL),
    (requirement("Yes."), [], "--customer accepts", "insist.x.satisfied", ACCEPTED),
    (requirement("No."), [follow_up("Yes.")], "--customer accepts", "insist.x.satisfied", ACCEPTED),
    # closed ones: with an answer, and without
    (requirement(status="closed"), [], "", "insist.1.give-deadline", TELL),
    (requirement("Yes.", status="closed"), [], "", "insist.2.read-answer", TELL),
    (requirement(last=FRIDAY, status="closed"), [], "", "insist.3.late.self-service", TELL),
    (requirement(last=FRIDAY, status="closed"), [], f"--on-behalf {SAID}", "insist.3.late.file", FILED),
    (requirement("No.", status="closed"), [], "--customer disagrees", "insist.4.disagree.self-service", TELL),
    (requirement("No.", status="closed", **OTHER), [], f"--customer disagrees {SAID}", "insist.4.disagree.file", FILED),
    (requirement("No.", status="closed"), [follow_up(subject=DISAGREE)], "", "insist.5.give-deadline", TELL),
    (requirement(status="closed"), [follow_up("Soon.")], "", "insist.6.escalate", ESCALATED),
    (requirement(status="closed"), [follow_up(last=FRIDAY)], "", "insist.7.escalate", ESCALATED),
    (requirement("No.", status="closed"), [follow_up("Still no.")], "--customer disagrees",
     "insist.8.escalate", ESCALATED),
    (requirement("Yes.", status="closed"), [], "--customer accepts", "insist.x.satisfied", CONTENT),
    # with the supervisor
    (requirement(last=FRIDAY, status="escalated"), [], "", "insist.x.escalated", TELL),
    (requirement(last=FRIDAY, status="escalated"), [], "--on-behalf", "insist.x.escalated", TELL),
    (requirement("No.", status="escalated"), [], "--customer disagrees", "insist.x.escalated", TELL),
    (requirement(status="escalated"), [follow_up("Soon.")], "", "insist.x.escalated", TELL),
    (requirement(status="escalated"), [follow_up(last=FRIDAY)], "", "insist.x.escalated", TELL),
    (requirement("No.", status="escalated"), [follow_up("No.")], "--customer disagrees", "insist.x.escalated", TELL),
    (requirement(status="escalated"), [], "", "insist.1.give-deadline", TELL),
    (requirement("Yes.", status="escalated"), [], "--customer accepts", "insist.x.satisfied", ACCEPTED),
]  # fmt: skip


@pytest.mark.parametrize(("first", "more", "options", "rule", "does"), CHECKS)
def test_every_result_of_the_check(
    desk: Desk, first: Row, more: list[Row], options: str, rule: str, does: list[str]
) -> None:
    decision = check(desk, [first, *more], options)
    assert (decision["rule"], kinds(decision)) == (rule, does)
    assert decision["extrapolated"] is (".x." in rule)
    assert [line[0] for line in told(decision, "agent")] == ["1", "2", "3"]


ASKED = {
    "status": ("open", "escalated", "closed"),
    "answered": (False, True),
    "late": (False, True),
    "insistence": ("none", "open", "answered"),
    "insistence_late": (False, True),
    "customer": ("unaware", "disagrees", "accepts"),
    "self_service": (False, True),
}


def rule_of_the_page(
    status: str, answered: bool, late: bool, insistence: str, insistence_late: bool,
    customer: str, self_service: bool,
) -> str:  # fmt: skip
    """The rule that the written tables give a requirement."""
    overdue = insistence == "open" and insistence_late
    content = insistence == "answered" or overdue or (insistence == "none" and (answered or late))
    if customer == "accepts" and content:
        return "insist.x.satisfied"
    how = "self-service" if self_service else "file"
    rule = {
        "none": (
            (f"insist.4.disagree.{how}" if customer == "disagrees" else "insist.2.read-answer")
            if answered
            else (f"insist.3.late.{how}" if late else "insist.1.give-deadline")
        ),
        "open": "insist.5.give-deadline" if answered else "insist.x.first-still-open",
        "answered": (
            ("insist.8.escalate" if customer == "disagrees" else "insist.x.read-follow-up")
            if answered
            else "insist.6.escalate"
        ),
    }[insistence]
    if overdue:
        rule = "insist.7.escalate"
    return "insist.x.escalated" if status == "escalated" and rule[7] in "34678" else rule


def test_the_table_is_that_of_the_page_whatever_the_facts() -> None:
    event = Shelf(settings.NONE).book("insistence").event("insist")
    for values in product(*ASKED.values()):
        facts = dict(zip(ASKED, values, strict=True))
        given = {"asked": "check", **facts}
        rule = event.rules[event.decide(tuple(given.get(name) for name in event.facts))]
        assert rule.id == rule_of_the_page(*values), facts


def test_the_agent_reads_the_three_checks_in_their_order(desk: Desk) -> None:
    desk.load(requirement(last=FRIDAY), follow_up(last="2026-03-03"), customers=[ROSA])
    lines = desk.good("insistence-check R-1").out.splitlines()
    assert lines[1:7] == [
        "  Neither the requirement nor follow-up R-2 is answered, and until 2026-03-03 there is time:"
        " give the follow-up's last day. [insist.x.first-still-open, extrapolated]",
        "  - tell the agent: 1. Last day for an answer to R-1: 2026-02-27.",
        "  - tell the agent: 2. Answer to R-1: no answer yet.",
        "  - tell the agent: 3. Follow-up R-2 (late-response), last day 2026-03-03: no answer yet.",
        "  - tell the customer: Su insistencia R-2 al requerimiento R-1 está dentro de plazo."
        " Le responderemos a más tardar el 3 de marzo de 2026.",
        "  Next: what `prassi triage R-1` says.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "more", "said"),
    [
        ({}, [], ["no answer yet", "3. Follow-up for a late answer or for disagreement: none."]),
        (
            {"answer": "No.", "answered_on": "2026-02-20"},
            [follow_up("No.")],
            [
                "answered on 2026-02-20",
                "3. Follow-up R-2 (late-response), last day 2026-03-02: answered on 2026-02-20.",
            ],
        ),
        (
            {"answer": "No.", "answered_on": None},
            [follow_up("No.", FRIDAY, answered_on=None)],
            [
                "answered, the day is not noted",
                "3. Follow-up R-2 (late-response), last day 2026-02-27: answered, the day is not noted.",
            ],
        ),
        (
            {"answered_on": "2026-02-20"},
            [follow_up(last=FRIDAY, subject=DISAGREE)],
            [
                "answered on 2026-02-20",
                "3. Follow-up R-2 (disagreement), last day 2026-02-27: no answer yet.",
            ],
        ),
        (
            {"status": "closed"},
            [follow_up(last=FRIDAY)],
            [
                "none, it was closed without one",
                "3. Follow-up R-2 (late-response), last day 2026-02-27: no answer yet.",
            ],
        ),
    ],
)
def test_the_agent_is_told_what_there_is(
    desk: Desk, answer: Row, more: list[Row], said: list[str]
) -> None:
    lines = told(check(desk, [requirement(**answer), *more], ""), "agent")
    assert lines[:3] == [
        "1. Last day for an answer to R-1: 2026-03-02.", f"2. Answer to R-1: {said[0]}.", said[1],
    ]  # fmt: skip


def test_the_check_comes_first_as_json(desk: Desk) -> None:
    desk.load(requirement(last=FRIDAY, **OTHER), customers=[ROSA])
    ran = desk.run("insistence-check R-1 --json")
    assert (ran.code, "--description is missing" in ran.err) == (2, True)
    assert ran.rows == [
        {
            "ticket": "R-1",
            "check": {
                "last_day": FRIDAY,
                "late": True,
                "answered": False,
                "answered_on": None,
                "insistence": "none",
                "insistence_ref": None,
                "insistence_subject": None,
                "insistence_last_day": None,
                "insistence_late": False,
                "rule": "insist.3.late.file",
                "why": "No answer until 2026-02-27: a follow-up for a late answer is filed.",
            },
        }
    ]
    assert desk.run("log --json").rows[-1]["event"] == "import"


def test_the_check_is_shown_before_what_is_missing_is_named(desk: Desk) -> None:
    desk.load(requirement(last=FRIDAY, **OTHER), customers=[ROSA])
    before = desk.export()
    ran = desk.run("insistence-check R-1")
    assert (ran.code, ran.out.splitlines()) == (
        2,
        [
            "R-1  Rosa Contreras Leal",
            "  No answer until 2026-02-27: a follow-up for a late answer is filed.",
            "  - 1. Last day for an answer to R-1: 2026-02-27.",
            "  - 2. Answer to R-1: no answer yet.",
            "  - 3. Follow-up for a late answer or for disagreement: none.",
        ],
    )
    assert "--description is missing: insist.3.late.file needs what the customer reports" in ran.err
    assert desk.export() == before
    assert desk.run("insistence-check R-1 --quiet").out == ""


def test_the_check_is_shown_where_filing_is_refused(desk: Desk) -> None:
    desk.load(requirement(), follow_up(), customers=[ROSA])
    ran = desk.run(f"insistence-check R-1 --file-follow-up {LATE} {SAID}")
    assert (ran.code, "  - 3. Follow-up R-2 (late-response)" in ran.out) == (3, True)


def test_a_terminal_is_asked_for_what_the_customer_reports_after_the_check(desk: Desk) -> None:
    desk.load(requirement(last=FRIDAY, **OTHER), customers=[{**ROSA, "phone": None}])
    code, shown = run_at_terminal(desk, "insistence-check R-1", "900\nNobody called back.\n")
    assert code == 0, shown
    places = [
        shown.index(text)
        for text in ("3. Follow-up for a late", "telephone:", "What the customer reports:", "R-2")
    ]
    assert places == sorted(places)
    assert "Teléfono: 900; " in desk.show("R-2")["description"]
    assert "Descripción: Nobody called back." in desk.show("R-2")["description"]


def test_a_terminal_is_asked_nothing_that_is_known(desk: Desk) -> None:
    desk.load(requirement(last=FRIDAY), customers=[ROSA])
    code, shown = run_at_terminal(desk, "insistence-check R-1", "")
    assert (code, "reports:" in shown) == (0, False)


def test_a_closed_requirement_is_open_again_once_escalated(desk: Desk) -> None:
    closed = requirement(status="closed", result="withdrawn")
    decision = check(desk, [closed, follow_up("Soon.")], "")
    assert decision["rule"] == "insist.6.escalate"
    shown = desk.show("R-1")
    assert (shown["status"], shown["assignee"], shown["escalated_on"]) == (
        "escalated", "supervisor", MONDAY,
    )  # fmt: skip
    nights = {row["ticket"]: row["rule"] for row in desk.good("triage --all --json").rows}
    assert nights["R-1"] == "day.escalated"


# --- which follow-up counts -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "insistence"),
    [
        ([follow_up(subject="solution-not-executed", last=FRIDAY)], "none"),
        ([follow_up()], "none"),
        ([follow_up(subject=DISAGREE)], "open"),
        ([follow_up("No.", opened="2026-02-19"), follow_up(ref="R-3")], "answered"),
        (
            [follow_up("No.", opened="2026-02-19"), follow_up(ref="R-3", subject=DISAGREE)],
            "open",
        ),
        (
            [
                follow_up("No."),
                follow_up(ref="R-3", opened="2026-02-19", last=FRIDAY, subject=DISAGREE),
            ],
            "answered",
        ),
        ([follow_up("No."), follow_up(ref="R-3", subject=DISAGREE)], "open"),
        ([follow_up(status="closed", result="withdrawn")], "none"),
        ([follow_up("No.", status="closed", result="answered")], "answered"),
        ([follow_up("No."), follow_up(ref="R-3", status="closed", result="duplicate")], "answered"),
        ([follow_up(status="escalated", subject=DISAGREE)], "open"),
        ([follow_up(answered_on="2026-02-26")], "answered"),
    ],
)
def test_the_newest_insistence_counts(desk: Desk, more: list[Row], insistence: str) -> None:
    decision = check(desk, [requirement("No."), *more], "")
    assert decision["facts"]["insistence"] == insistence


def test_a_follow_up_for_lateness_counts_until_the_answer_is_there(desk: Desk) -> None:
    assert check(desk, [requirement(), follow_up()], "")["facts"]["insistence"] == "open"
    desk.good("answer R-1 --text No.")
    [found, _] = desk.good("insistence-check R-1 --json").rows
    assert found["check"]["insistence"] == "none"


def test_a_follow_up_of_somebody_else_does_not_count(desk: Desk) -> None:
    other = requirement("No.", ref="R-9")
    decision = check(desk, [requirement("No."), other, follow_up(insists_on="R-9")], "")
    assert decision["rule"] == "insist.2.read-answer"


LAST_DAYS = [
    # opened, whether it is a follow-up, the last day
    ("2026-02-16", False, "2026-03-02"),
    ("2026-02-14", False, "2026-02-27"),  # a Saturday
    ("2025-12-18", False, "2026-01-05"),  # over Christmas and New Year
    ("2026-03-26", False, "2026-04-10"),  # over Good Friday
    ("2026-02-23", True, "2026-03-02"),
    ("2025-12-24", True, "2026-01-02"),
]


@pytest.mark.parametrize(("opened", "follows", "last"), LAST_DAYS)
def test_without_a_last_day_working_days_are_counted_in_chile(
    desk: Desk, opened: str, follows: bool, last: str
) -> None:
    kind = {"opened": opened, "respond_by": None, "subject": DISAGREE}
    first = requirement("No.", opened="2025-12-01")
    if not follows:
        first = requirement(opened=opened, respond_by=None)
    more = [follow_up(**kind)] if follows else []
    decision = check(desk, [first, *more], "", at=opened)
    assert (
        decision["facts"]["insistence_last_day" if follows else "last_day"],
        decision["rule"],
    ) == (last, "insist.5.give-deadline" if follows else "insist.1.give-deadline")


def test_the_day_after_the_last_is_late_also_on_a_weekend(desk: Desk) -> None:
    tickets = [requirement(last=FRIDAY)]
    assert check(desk, tickets, "", at=FRIDAY)["rule"] == "insist.1.give-deadline"
    late = desk.good("insistence-check R-1 --json", at=SATURDAY).rows[-1]
    assert late["rule"] == "insist.3.late.self-service"
