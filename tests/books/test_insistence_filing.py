"""Filing follow-ups of requirements: on one of the customer, or for a debt that is somebody else's."""

from __future__ import annotations

import pytest
from desk import MONDAY, Desk
from insistencework import (
    DISAGREE,
    FRIDAY,
    LATE,
    ROSA,
    SAID,
    SUBJECTS,
    Row,
    check,
    follow_up,
    requirement,
    told,
)

pytestmark = pytest.mark.unmeasured


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
    (requirement("No.", status="escalated"), [follow_up("No.")], DISAGREE, "insist.x.escalate-first"),
    (requirement("No.", status="escalated"), [follow_up(last=FRIDAY)], DISAGREE, "insist.x.escalate-first"),
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
