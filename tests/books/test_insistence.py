"""The insistence book: what follows where a customer insists, rule by rule and on both sides of
every last day."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from desk import MONDAY, SETTINGS, Desk
from prassi.core.library import settings
from prassi.core.library.library import Shelf
from prassi.core.messages.template_files import OURS
from prassi.core.messages.templates import Messages
from prassi.core.ticketfile import facts_sql
from terminal import run_at_terminal

pytestmark = pytest.mark.unmeasured

Row = dict[str, Any]

SNAPSHOTS = Path(__file__).parents[1] / "snapshots" / "insistence"

FRIDAY, SATURDAY, YESTERDAY = "2026-02-27", "2026-02-28", "2026-03-01"
ROSA = {
    "ref": "C-1",
    "name": "Rosa Contreras Leal",
    "email": "rosa@example.org",
    "phone": "+56 9 0000 0001",
}
LATE, DISAGREE = "late-response", "disagreement"
SUBJECTS = (
    LATE, DISAGREE, "solution-not-executed", "service-enabling-delay", "supply-reconnection-delay",
    "collection-management",
)  # fmt: skip
SAID = "--description 'Nobody called back.'"


def requirement(answer: str | None = None, last: str | None = MONDAY, **more: Any) -> Row:
    """R-1, a first requirement, with its answer and its last day."""
    row: Row = {"ref": "R-1", "book": "insistence", "customer": "C-1", "opened": "2026-02-10"}
    answered = {"answer": answer, "answered_on": "2026-02-20"} if answer else {}
    return {
        **row, "line": "metered", "subject": "Billed twice", "respond_by": last, **answered, **more
    }  # fmt: skip


def follow_up(answer: str | None = None, last: str | None = MONDAY, **more: Any) -> Row:
    """R-2, which insists on R-1."""
    made = {"ref": "R-2", "opened": "2026-02-23", "subject": LATE, "insists_on": "R-1"}
    return requirement(answer, last, **{**made, **more})


def check(desk: Desk, tickets: list[Row], options: str, at: str = MONDAY) -> Row:
    """What the check of R-1 decides."""
    desk.load(*tickets, customers=[ROSA], at=at)
    found, decision = desk.good(f"insistence-check R-1 {options} --json", at=at).rows
    assert found["check"]["rule"] == decision["rule"]
    row: Row = decision
    return row


def kinds(decision: Row) -> list[str]:
    """The kinds of its actions, what the agent is told first left out."""
    return [a["action"] for a in decision["actions"] if a.get("who") != "agent"]


def told(decision: Row, who: str = "customer") -> list[str]:
    """What somebody is told."""
    return [a["text"] for a in decision["actions"] if a["action"] == "tell" and a["who"] == who]


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


# --- filing a follow-up ---------------------------------------------------------------------------

CATEGORIES = {
    LATE: "Respuesta fuera de plazo",
    DISAGREE: "Inconformidad en la respuesta",
    "solution-not-executed": "No ejecución de la solución",
    "service-enabling-delay": "Demora en la habilitación del servicio",
    "supply-reconnection-delay": "Tardanza en la reposición del suministro",
    "collection-management": "Gestión de cobranza",
}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_follow_up_is_filed_with_all_it_needs(desk: Desk, subject: str) -> None:
    decision = check(desk, [requirement(line="bulk")], f"--file-follow-up {subject} {SAID}")
    assert decision["rule"] == "insist.file"
    opened = next(a for a in decision["actions"] if a["action"] == "open")
    assert (opened["ticket"], opened["book"], opened["subject"]) == ("R-2", "insistence", subject)
    collecting = subject == "collection-management"
    filed = desk.show("R-2")
    expected = {
        "status": "open", "priority": "high", "opened": MONDAY, "customer": "C-1",
        "insists_on": "R-1", "subject": subject, "line": "bulk", "respond_by": "2026-03-09",
        "channel": "phone", "assignee": "Gestión de Clientes", "responsible": "Gestión de Clientes",
        "category_1": "Medidor" if collecting else "Granel",
        "category_2": "Cobranza" if collecting else "Insistencia",
        "category_3": CATEGORIES[subject], "document_class": "Reclamo",
        "description": "Nombre: Rosa Contreras Leal; Teléfono: +56 9 0000 0001;"
        " Email: rosa@example.org; Descripción: Nobody called back.",
    }  # fmt: skip
    assert {name: filed[name] for name in expected} == expected
    assert told(decision) == [
        f"Ingresamos su requerimiento R-2, «{CATEGORIES[subject]}», por su requerimiento anterior"
        " R-1. Le responderemos a más tardar el 9 de marzo de 2026."
    ]


@pytest.mark.parametrize(
    ("tickets", "options", "subject"),
    [
        ([requirement(last=FRIDAY)], f"--on-behalf {SAID}", LATE),
        ([requirement("No.")], f"--customer disagrees --on-behalf {SAID}", DISAGREE),
    ],
)
def test_the_check_files_what_it_comes_to(
    desk: Desk, tickets: list[Row], options: str, subject: str
) -> None:
    check(desk, tickets, options)
    filed = desk.show("R-2")
    assert (filed["subject"], filed["insists_on"], filed["category_1"]) == (
        subject,
        "R-1",
        "Medidor",
    )
    again = desk.good("insistence-check R-1 --json").rows[-1]
    assert again["facts"]["insistence_ref"] == "R-2"


@pytest.mark.parametrize("channel", ["phone", "email", "social", "in-person"])
def test_in_person_is_recorded_as_email_and_noted(desk: Desk, channel: str) -> None:
    check(desk, [requirement()], f"--file-follow-up {LATE} --channel {channel} {SAID}")
    filed = desk.show("R-2")
    assert filed["channel"] == ("email" if channel == "in-person" else channel)
    noted = [note["text"] for note in filed["notes"] if "in-person" in note["text"]]
    assert len(noted) == (channel == "in-person")


NAMES = ("--name", "--phone", "--email")


@pytest.mark.parametrize(
    "unknown", [{"name"}, {"phone"}, {"phone", "email"}, {"name", "phone", "email"}]
)
@pytest.mark.parametrize("command", [f"R-1 --file-follow-up {LATE}", "R-1 --on-behalf"])
def test_what_the_file_does_not_know_of_the_customer_is_asked_for(
    desk: Desk, command: str, unknown: set[str]
) -> None:
    customer = {name: value for name, value in ROSA.items() if name not in unknown}
    desk.load(requirement(last=FRIDAY), customers=[customer])
    before = desk.export()
    ran = desk.run(f"insistence-check {command}")
    assert ran.code == 2
    assert {option for option in NAMES if option in ran.err} == {f"--{name}" for name in unknown}
    assert "--description" in ran.err
    assert desk.export() == before
    given = " ".join(f"--{name} 'the {name}'" for name in unknown)
    desk.good(f"insistence-check {command} {given} {SAID}")
    for name in unknown:
        assert f"the {name}" in desk.show("R-2")["description"]


def test_a_second_open_follow_up_of_the_same_subject_is_refused(desk: Desk) -> None:
    subject = "solution-not-executed"
    check(desk, [requirement("Yes.")], f"--file-follow-up {subject} {SAID}")
    before = desk.export()
    ran = desk.run(f"insistence-check R-1 --file-follow-up {subject} {SAID}")
    assert (ran.code, "R-2" in ran.err, "prassi answer R-2" in ran.err) == (3, True, True)
    assert desk.export() == before
    desk.good(f"insistence-check R-1 --file-follow-up service-enabling-delay {SAID}")
    desk.good("answer R-2 --text Done.")
    desk.good(f"insistence-check R-1 --file-follow-up {subject} {SAID}")
    assert desk.show("R-4")["subject"] == subject


FILINGS = [
    # the requirement, its follow-ups, what is filed, the rule
    (requirement(), [], LATE, "insist.file"),
    (requirement("No."), [follow_up()], DISAGREE, "insist.file"),
    (requirement("No."), [follow_up()], LATE, "insist.x.filed-already"),
    (requirement("No."), [follow_up(last=FRIDAY)], LATE, "insist.x.filed-already"),
    (requirement("No."), [follow_up(last=FRIDAY)], DISAGREE, "insist.file"),
    (requirement("No."), [follow_up(last=FRIDAY, subject=DISAGREE)], LATE, "insist.x.escalate-first"),
    (requirement("No."), [follow_up(subject=DISAGREE)], LATE, "insist.file"),
    (requirement(), [follow_up("No.")], LATE, "insist.x.escalate-first"),
    (requirement("No."), [follow_up("No.")], DISAGREE, "insist.x.escalate-first"),
    (requirement("No."), [follow_up("No.")], "collection-management", "insist.file"),
    (requirement("No.", status="escalated"), [follow_up("No.")], DISAGREE, "insist.file"),
    (requirement("No.", status="escalated"), [follow_up(last=FRIDAY)], DISAGREE, "insist.file"),
    (requirement("No.", status="escalated"), [follow_up(last=FRIDAY)], LATE, "insist.x.filed-already"),
    (requirement("No.", status="closed"), [], LATE, "insist.file"),
    (requirement("No.", status="closed"), [], DISAGREE, "insist.file"),
    (requirement("No.", status="closed"), [], "solution-not-executed", "insist.file"),
    (requirement("No.", status="closed"), [], "service-enabling-delay", "insist.file"),
    (requirement("No.", status="closed"), [], "supply-reconnection-delay", "insist.file"),
    (requirement("No.", status="closed"), [], "collection-management", "insist.file"),
    (requirement("No.", status="closed"), [follow_up("No.")], DISAGREE, "insist.x.escalate-first"),
    (requirement("No.", status="closed"), [follow_up()], LATE, "insist.x.filed-already"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "more", "subject", "rule"), FILINGS)
def test_what_may_be_filed(
    desk: Desk, first: Row, more: list[Row], subject: str, rule: str
) -> None:
    desk.load(first, *more, customers=[ROSA])
    ran = desk.run(f"insistence-check R-1 --file-follow-up {subject} {SAID} --json")
    assert [ran.rows[0]["check"]["rule"], ran.rows[1]["rule"]] == [rule, rule]
    assert ran.code == (0 if rule == "insist.file" else 3)


@pytest.mark.parametrize(
    ("first", "subject", "said"),
    [
        (requirement("No."), LATE, "R-1 has an answer"),
        (requirement(), LATE, "until then there is time"),
        (requirement(), DISAGREE, "R-1 has no answer yet"),
    ],
)
def test_a_subject_that_does_not_fit_is_told(
    desk: Desk, first: Row, subject: str, said: str
) -> None:
    assert said in told(check(desk, [first], f"--file-follow-up {subject} {SAID}"), "agent")[3]


@pytest.mark.parametrize("subject", [LATE, DISAGREE])
def test_an_insistence_is_checked_on_what_it_insists_on(desk: Desk, subject: str) -> None:
    desk.load(requirement(), follow_up(subject=subject), customers=[ROSA])
    for command in ("", f"--file-follow-up {LATE} {SAID}"):
        ran = desk.run(f"insistence-check R-2 {command}")
        assert (ran.code, "prassi insistence-check R-1" in ran.err) == (3, True)


def test_a_follow_up_of_another_subject_can_be_insisted_on(desk: Desk) -> None:
    other = follow_up(subject="solution-not-executed", last=FRIDAY)
    desk.load(requirement("Yes."), other, customers=[ROSA])
    decision = desk.good(f"insistence-check R-2 --on-behalf {SAID} --json").rows[-1]
    assert decision["rule"] == "insist.3.late.file"
    assert desk.show("R-3")["insists_on"] == "R-2"


# --- a debt that is somebody else's ---------------------------------------------------------------

ALONE = "insistence-check --file-follow-up collection-management --description 'Mail for another.'"


def test_somebody_who_is_no_customer_files_without_a_requirement(desk: Desk) -> None:
    desk.load(requirement(), customers=[ROSA])
    given = "--name 'Hugo Leiva' --phone 800 --email hugo@example.org --channel in-person"
    decision = desk.good(f"{ALONE} {given} --json").rows[0]
    assert (decision["rule"], decision["extrapolated"]) == ("file.collection-management", False)
    filed = desk.show("R-2")
    expected = {
        "subject": "collection-management", "category_1": "Medidor", "category_2": "Cobranza",
        "category_3": "Gestión de cobranza", "responsible": "Gestión de Clientes", "priority": "high",
        "status": "open", "channel": "email", "document_class": "Reclamo",
        "respond_by": "2026-03-09", "description": "Nombre: Hugo Leiva; Teléfono: 800;"
        " Email: hugo@example.org; Descripción: Mail for another.",
    }  # fmt: skip
    assert {name: filed[name] for name in expected} == expected
    assert filed.get("insists_on") is None
    [customer] = [c for c in desk.export()["customers"] if c["ref"] == filed["customer"]]
    assert (customer["name"], customer["phone"], customer["email"]) == (
        "Hugo Leiva", "800", "hugo@example.org",
    )  # fmt: skip
    assert told(decision) == [
        "Ingresamos su requerimiento R-2, «Gestión de cobranza»."
        " Le responderemos a más tardar el 9 de marzo de 2026."
    ]


def test_a_customer_of_the_file_is_named_by_ref(desk: Desk) -> None:
    desk.load(requirement(), customers=[ROSA])
    desk.good(f"{ALONE} --customer C-1 --phone 900")
    filed = desk.show("R-2")
    assert filed["customer"] == "C-1"
    assert "Nombre: Rosa Contreras Leal; Teléfono: 900; Email: rosa" in filed["description"]


@pytest.mark.parametrize(
    ("options", "mentions"),
    [
        ("", ["--name", "--phone", "--email"]),
        ("--name X --email e@example.org", ["--phone"]),
        ("--customer C-9", ["--customer", "C-9"]),
        ("--customer accepts", ["--customer accepts", "no such customer"]),
        ("--customer C-1 --on-behalf", ["--on-behalf"]),
    ],
)
def test_what_is_wrong_without_a_ticket_is_named(
    desk: Desk, options: str, mentions: list[str]
) -> None:
    desk.load(requirement(), customers=[ROSA])
    before = desk.export()
    ran = desk.run(f"{ALONE} {options}")
    assert (ran.code, ran.out) == (2, "")
    assert all(mention in ran.err for mention in mentions), ran.err
    assert desk.export() == before


WRONG = [
    ("insistence-check", ["TICKET", "collection-management"]),
    (f"insistence-check --file-follow-up {LATE} {SAID}", ["TICKET", "collection-management"]),
    ("insistence-check R-1 --customer angry", ["--customer", "disagrees"]),
    (f"insistence-check R-1 --file-follow-up refund {SAID}", ["--file-follow-up", "disagreement"]),
    (f"insistence-check R-1 --file-follow-up {LATE} --channel fax {SAID}", ["--channel", "social"]),
    ("insistence-check --file-follow-up collection-management --customer C-1", ["--description"]),
    ("insistence-check R-9", ["R-9"]),
    ("answer R-1", ["--text"]),
    ("answer R-1 --text ''", ["--text"]),
    ("event R-1 close", ["result", "accepted"]),
    ("event R-1 close result=maybe", ["result", "withdrawn"]),
    ("event R-1 release", ["note"]),
]


@pytest.mark.parametrize(("command", "mentions"), WRONG)
def test_wrong_usage_names_the_option(desk: Desk, command: str, mentions: list[str]) -> None:
    desk.load(requirement("No.", status="escalated"), customers=[ROSA])
    ran = desk.run(command)
    assert (ran.code, ran.out) == (2, "")
    assert all(mention in ran.err for mention in mentions), ran.err


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


# --- what is said ---------------------------------------------------------------------------------

LANGUAGES = ("it", "es", "ru", "ar", "en")
SPOKEN = {
    "tell-deadline": ([requirement()], ""),
    "tell-answer": ([requirement("Sí.")], ""),
    "tell-self-service-late": ([requirement(last=FRIDAY)], ""),
    "tell-self-service-disagreement": ([requirement("No.")], "--customer disagrees"),
    "tell-filed": ([requirement()], f"--file-follow-up {LATE} {SAID}"),
    "tell-follow-up-deadline": ([requirement(), follow_up()], ""),
    "tell-follow-up-answer": ([requirement("No."), follow_up("Sí.")], ""),
    "tell-escalated": ([requirement(), follow_up("No.")], ""),
    "tell-satisfied": ([requirement("Sí.")], "--customer accepts"),
    "tell-satisfied.closed": ([requirement("Sí.", status="closed")], "--customer accepts"),
    "tell-satisfied.late": ([requirement(last="2026-02-11")], "--customer accepts"),
    "tell-satisfied.late-closed": (
        [requirement(last=FRIDAY, status="closed")],
        "--customer accepts",
    ),
    "tell-deadline.eleventh": ([requirement(last="2026-03-11")], ""),
    "tell-answer.eighth": ([requirement("Sí.", answered_on="2026-02-08")], ""),
    "tell-self-service-late.eighth": ([requirement(last="2026-02-08")], ""),
    **{
        f"tell-filed.{subject}": ([requirement()], f"--file-follow-up {subject} {SAID}")
        for subject in SUBJECTS[1:]
    },
}


@pytest.mark.unmeasured
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_said_in_five_languages(desk: Desk, language: str) -> None:
    """The texts as they are read out; `make snapshots` renews them."""
    customers = [{**ROSA, "language": language}]
    lines = []
    for template, (tickets, options) in SPOKEN.items():
        (desk.folder / template).mkdir()
        own = Desk(desk.folder / template)
        own.settings(SETTINGS.replace("[roles]", 'website = "gas.example.org"\n[roles]'))
        own.load(*tickets, customers=customers)
        decision = own.good(f"insistence-check R-1 {options} --json -n").rows[-1]
        lines += [f"{template.partition('.')[0]}: {text}" for text in told(decision)]
    path = SNAPSHOTS / f"{language}.txt"
    if os.environ.get("PRASSI_SNAPSHOTS") == "renew":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert lines == path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(SPOKEN)


def test_every_text_is_there_in_five_languages() -> None:
    messages = Messages()
    folder = Path(OURS) / "insistence"
    names = {file.name.partition(".")[0] for file in folder.glob("[!_]*.j2")}
    assert names == {name.partition(".")[0] for name in SPOKEN}
    for name in names:
        assert messages.languages("insistence", name) == tuple(sorted(LANGUAGES))


def test_without_a_website_and_without_the_day_of_an_answer_nothing_is_missing(desk: Desk) -> None:
    late = check(desk, [requirement(last=FRIDAY)], "")
    assert "Sucursal Virtual: ingrese" in told(late)[0]
    answered = desk.folder / "answered"
    answered.mkdir()
    decision = check(Desk(answered), [requirement("No.", answered_on=None)], "")
    assert told(decision) == ["Su requerimiento R-1 ya fue respondido. La respuesta dice: «No.»"]


def test_an_answer_that_is_not_in_the_file_is_looked_up(desk: Desk) -> None:
    known = {"answered_on": "2026-02-20"}
    decision = check(desk, [requirement(**known), follow_up(**known)], "")
    assert decision["rule"] == "insist.x.read-follow-up"
    assert told(decision) == []
    assert "look it up" in told(decision, "agent")[-1]


# --- the demo's desk ------------------------------------------------------------------------------

FIXTURE = Path(__file__).parents[2] / "fixtures" / "insistence.json"


def test_the_demos_desk_has_every_state(desk: Desk) -> None:
    desk.good("init")
    desk.good(f"import {FIXTURE}")
    rows = desk.good("triage --all --json").rows
    rules = {rule.id for rule in Shelf(settings.NONE).book("insistence").event("day").rules}
    assert {row["rule"] for row in rows} == rules
    before = desk.export()
    desk.good("triage")
    assert desk.export() == before


@pytest.mark.parametrize("name", ["insist", "day"])
def test_only_what_an_index_finds_is_looked_up(desk: Desk, name: str) -> None:
    """What SQLite works out for all tickets of the file at once takes a minute a night."""
    desk.load(requirement(), customers=[ROSA])
    book = Shelf(settings.NONE).book("insistence")
    query = facts_sql.build_facts_query(book, book.event(name), facts_sql.ANY_STATE)
    given = {**dict.fromkeys((*book.input_names, "book", "today", "now", "first", "last"))}
    given |= {name: known.sql_value() for name, known in book.parameters.items()}
    with closing(sqlite3.connect(desk.file)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", given)]
    assert not [step for step in plan if step.startswith(("SCAN t", "SCAN link", "SCAN main"))]
    assert not [step for step in plan if step in ("MATERIALIZE known", "MATERIALIZE asked_about")]
