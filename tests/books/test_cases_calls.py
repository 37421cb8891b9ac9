"""The cases book: calls that can't go on, and calls about home internet that reach the mobile desk."""

from __future__ import annotations

from typing import Any

import pytest
from casework import CUSTOMERS, case, refused
from desk import MONDAY, Desk

pytestmark = pytest.mark.unmeasured

# --- a call that can't go on ----------------------------------------------------------------------


def conduct(desk: Desk, kind: str, call: str = "77", ref: str = "K-1") -> dict[str, Any]:
    decision: dict[str, Any] = desk.good(f"call-conduct {ref} {kind} --call {call} --json").rows[0]
    return decision


@pytest.mark.parametrize(
    ("kind", "rules"),
    [
        ("insult", ["conduct.warn", "conduct.end", "conduct.end"]),
        ("profanity", ["conduct.warn", "conduct.warn", "conduct.end"]),
        ("off-topic", ["conduct.warn", "conduct.end", "conduct.end"]),
        ("circular", ["conduct.answer", "conduct.answer", "conduct.end"]),
        (
            "silence",
            [*["conduct.silence.prompt"] * 3, "conduct.silence.end", "conduct.silence.end"],
        ),
    ],
)
def test_the_call_goes_on_until_the_last_warning(desk: Desk, kind: str, rules: list[str]) -> None:
    desk.load(case("CLOSED"), customers=CUSTOMERS)
    decisions = [conduct(desk, kind) for _ in rules]
    assert [decision["rule"] for decision in decisions] == rules
    assert [decision["facts"]["occurrence"] for decision in decisions] == [
        *range(1, len(rules) + 1)
    ]
    ended = [number for number, rule in enumerate(rules, 1) if rule.endswith("end")]
    notes = [note["text"] for note in desk.show("K-1")["notes"]]
    assert len(notes) == len(ended)
    for number, decision in enumerate(decisions, 1):
        told = [action.get("text") for action in decision["actions"]]
        assert ("End the call." in told) == (number in ended)


def test_the_agent_alone_is_told_which_warning_it_is(desk: Desk) -> None:
    desk.load(case(), customers=CUSTOMERS)
    first, second = (conduct(desk, "profanity")["actions"] for _ in range(2))
    assert first[0] == {"action": "tell", "who": "agent", "text": "Warn the caller (1 of 2):"}
    assert second[0]["text"] == "Warn the caller (2 of 2):"
    assert first[1]["who"] == second[1]["who"] == "customer"
    assert (
        first[1]["text"]
        == second[1]["text"]
        == ("Прошу Вас не употреблять бранных слов, иначе разговор придётся завершить.")
    )
    end = conduct(desk, "profanity")["actions"]
    assert end[2] == {"action": "note", "text": "Звонок 77 завершён: нецензурная речь, 3-й раз."}


def test_who_can_not_be_heard_is_asked_to_call_again(desk: Desk) -> None:
    desk.load(case(), customers=CUSTOMERS)
    prompts = [conduct(desk, "silence")["actions"] for _ in range(3)]
    assert prompts[0][0]["text"] == "К сожалению, Вас не слышно. Повторите, пожалуйста, Ваш вопрос."
    assert "по-прежнему" in prompts[1][0]["text"]
    assert prompts[2][1]["text"] == "Prompt 3 of 3, within 10 to 15 seconds in all."
    assert not desk.good("outbox list --json").rows
    conduct(desk, "silence")
    (sms,) = desk.good("outbox list --json").rows
    assert (sms["template"], sms["channel"], sms["to"]) == ("not-heard", "sms", "+7 000 000 00 01")
    assert "0611" in sms["body"]


@pytest.mark.parametrize(("prompts", "code"), [(0, 3), (1, 3), (2, 0), (3, 0)])
def test_the_agent_ends_a_silent_call_after_two_prompts(
    desk: Desk, prompts: int, code: int
) -> None:
    desk.load(case(), customers=CUSTOMERS)
    for _ in range(prompts):
        assert conduct(desk, "silence")["rule"] == "conduct.silence.prompt"
    ran = desk.run("call-conduct K-1 silence --call 77 --end --json")
    rule = "conduct.silence.end" if code == 0 else "conduct.x.silence.too-early"
    assert (ran.code, ran.rows[0]["rule"]) == (code, rule)
    assert len(desk.good("outbox list --json").rows) == (code == 0)


def test_a_desk_with_one_prompt_ends_the_call_after_it(desk: Desk) -> None:
    desk.settings("[parameters.cases]\nsilence_prompts = 1\n")
    desk.load(case(), customers=CUSTOMERS)
    conduct(desk, "silence")
    ran = desk.good("call-conduct K-1 silence --call 77 --end --json")
    assert ran.rows[0]["rule"] == "conduct.silence.end"


def test_occurrences_are_counted_in_a_call_from_the_file(desk: Desk) -> None:
    """Over all cases of the customer and kind by kind; other calls and other callers don't count."""
    desk.load(
        case(),
        case("OPEN-DISPATCH", ref="K-2"),
        case(ref="K-3", customer="C-2"),
        customers=CUSTOMERS,
    )
    assert conduct(desk, "insult", "77", "K-1")["rule"] == "conduct.warn"
    assert conduct(desk, "off-topic", "77", "K-1")["rule"] == "conduct.warn"
    assert conduct(desk, "insult", "78", "K-1")["rule"] == "conduct.warn"
    assert conduct(desk, "insult", "77", "K-3")["rule"] == "conduct.warn"
    assert conduct(desk, "insult", "77", "K-2")["rule"] == "conduct.end"
    for _ in range(5):
        desk.good("undo")
    assert conduct(desk, "insult", "77", "K-2")["rule"] == "conduct.warn"


def test_a_dry_run_counts_for_nothing(desk: Desk) -> None:
    desk.load(case(), customers=CUSTOMERS)
    for _ in range(3):
        desk.good("call-conduct K-1 insult --call 77 --dry-run")
    assert conduct(desk, "insult")["rule"] == "conduct.warn"


def test_warnings_are_the_desks_own(desk: Desk) -> None:
    desk.settings("[parameters.cases]\nwarnings = { insult = 0 }\nsilence_prompts = 2\n")
    desk.load(case(), customers=CUSTOMERS)
    assert conduct(desk, "insult")["rule"] == "conduct.end"
    assert [conduct(desk, "profanity")["rule"] for _ in range(3)][1:] == [
        "conduct.warn", "conduct.end",
    ]  # fmt: skip
    assert [conduct(desk, "silence")["rule"] for _ in range(3)][1:] == [
        "conduct.silence.prompt", "conduct.silence.end",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "mention"),
    [
        ("K-1 insult", "--call is missing: give the number of the call"),
        ("K-1 insult --call 7 --end", "--end can only be used with KIND silence"),
        ("K-1 shouting --call 7", "KIND is 'shouting': it must be one of insult, profanity"),
        ("K-9 insult --call 7", "there is no ticket 'K-9'"),
    ],
)
def test_what_conduct_needs(desk: Desk, command: str, mention: str) -> None:
    refused(desk, case(), f"call-conduct {command}", 2, mention)


# --- home internet and television -----------------------------------------------------------------

COMPANY = {
    "--city": "Казань",
    "--contact-person": "Рената Юсупова",
    "--phone": "+7 000 000 00 09",
    "--organisation": "ООО «Ива»",
}


def line(desk: Desk, *words: str) -> dict[str, Any]:
    if not desk.file.exists():
        desk.load({**case(), "ref": "K-5"}, customers=CUSTOMERS)
    decision: dict[str, Any] = desk.good(["call-line", *words, "--json"]).rows[0]
    return decision


@pytest.mark.parametrize(
    ("words", "rule", "action", "said"),
    [
        ("active", "line.subscriber", "tell", "88007008000"),
        ("active --situation calm", "line.subscriber", "tell", "88007008000"),
        ("active --kind company", "line.subscriber", "tell", "88007008000"),
        ("active --situation conflict", "line.conflict", "transfer", "home-internet"),
        (
            "active --situation conflict --kind partner",
            "line.conflict",
            "transfer",
            "home-internet",
        ),
        ("prospect --kind person", "line.prospect", "transfer", "home-internet"),
        (
            "prospect --kind person --situation conflict",
            "line.prospect",
            "transfer",
            "home-internet",
        ),
        ("prospect --kind partner", "line.partner", "tell", "8-800-700-7007"),
        ("prospect --kind public-body", "line.partner", "tell", "8:00 до 20:00"),
        *(
            (
                f"prospect --kind {kind} --situation conflict",
                "line.conflict",
                "transfer",
                "home-internet",
            )
            for kind in ("company", "partner", "public-body")
        ),
    ],
)
def test_line(desk: Desk, words: str, rule: str, action: str, said: str) -> None:
    decision = line(desk, "--caller", *words.split())
    assert (decision["rule"], decision["ticket"]) == (rule, None)
    (done,) = decision["actions"]
    assert done["action"] == action
    assert said in str(done.get("text", done.get("line")))
    assert [ticket["ref"] for ticket in desk.export()["tickets"]] == ["K-5"]


def test_a_subscriber_hears_it_in_their_language(desk: Desk) -> None:
    desk.load(case(), customers=[*CUSTOMERS, {"ref": "C-3", "language": "es"}])
    told = line(desk, "--caller", "active", "--customer", "C-3")["actions"][0]["text"]
    assert told.startswith("Las consultas sobre internet en el hogar")
    refused(desk, {}, "call-line --caller active --customer C-9", 2, "--customer C-9: there is no")


def test_a_company_is_recorded(desk: Desk) -> None:
    options = [word for pair in COMPANY.items() for word in pair]
    decision = line(desk, "--caller", "prospect", "--kind", "company", "--agent", "anna", *options)
    assert (decision["rule"], decision["ticket"]) == ("line.company", "K-6")
    assert decision["actions"][1]["text"] == (
        "Ваша заявка записана. Если с Вами не свяжутся в течение 2 рабочих дней, позвоните, пожалуйста,"
        " по номеру 8-800-700-7007."
    )
    shown = desk.show("K-6")
    assert {name: shown[name] for name in (
        "status", "queue", "category", "creator", "respond_by", "opened", "city", "contact_person",
        "contact_phone", "organisation", "subject",
    )} == {
        "status": "OPEN-DISPATCH", "queue": "home-internet", "category": "home-internet",
        "creator": "anna", "respond_by": "2026-03-04", "opened": MONDAY, "city": "Казань",
        "contact_person": "Рената Юсупова", "contact_phone": "+7 000 000 00 09",
        "organisation": "ООО «Ива»", "subject": "ШПД, юридическое лицо: ООО «Ива»",
    }  # fmt: skip
    customer = next(c for c in desk.export()["customers"] if c["ref"] == shown["customer"])
    assert (customer["name"], customer["phone"]) == ("ООО «Ива»", "+7 000 000 00 09")
    desk.good("undo")
    assert desk.run("show K-6").code == 2


@pytest.mark.parametrize("missing", COMPANY)
def test_a_company_gives_all_four(desk: Desk, missing: str) -> None:
    options = [word for pair in COMPANY.items() if pair[0] != missing for word in pair]
    desk.load(case(), customers=CUSTOMERS)
    ran = desk.run(["call-line", "--caller", "prospect", "--kind", "company", *options])
    assert (ran.code, ran.out) == (2, "")
    assert f"{missing} is missing: line.company needs" in ran.err


@pytest.mark.parametrize(
    ("words", "mention"),
    [
        ("", "--caller is missing"),
        ("--caller prospect", "--kind is missing"),
        ("--caller neighbour", "--caller is 'neighbour': it must be one of active, prospect"),
        ("--caller active --situation storm", "--situation is 'storm': it must be one of calm"),
    ],
)
def test_what_line_needs(desk: Desk, words: str, mention: str) -> None:
    refused(desk, case(), f"call-line {words}", 2, mention)
