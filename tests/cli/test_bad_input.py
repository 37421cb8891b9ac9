"""Bad input: one sentence that names it and says what to do, the right exit code, nothing changed."""

from __future__ import annotations

import shlex

import pytest
from desk import MONDAY, Desk
from failing import fails
from procedure import calling, noticed, promised, ticket

pytestmark = pytest.mark.unmeasured


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk with an open ticket, a closed one, one of Customer Care's, one with nothing to pay."""
    return desk.load(
        calling(1),
        {**ticket("closed", open=1), "ref": "T-2", "result": "settled"},
        {**ticket("customer-care", task="appointment 2026-03-12"), "ref": "T-3"},
        {**ticket("calling", open=0), "ref": "T-4"},
        {**noticed("2026-02-01"), "ref": "T-5"},
        {**promised("2026-02-20", open=4), "ref": "T-6"},
        {**ticket("customer-care", tags=["customer care"]), "ref": "T-8"},
    )


# --- which ticket ---------------------------------------------------------------------------------

ON_A_TICKET = (
    "call-outcome {} no-answer",
    "promise {} --agreed-on 2026-03-12",
    "payment {} --all",
    "care-reply {} solved",
    "hand-back {}",
    "event {} call outcome=no-answer",
    "triage {}",
    "triage T-1 {}",
    "preblock {}",
    "explain {}",
)
LOOKING = ("show {}", "log {}", "promise {}", "outbox list {}")


@pytest.mark.parametrize("command", ON_A_TICKET + LOOKING)
@pytest.mark.parametrize("ref", ["T-9", "x-1", "1", "''", "'T-1 '"])
def test_a_ticket_that_does_not_exist(desk: Desk, command: str, ref: str) -> None:
    name = shlex.split(ref)[0]
    fails(desk, command.format(ref), 2, f"there is no ticket {name!r}", "prassi ")


@pytest.mark.parametrize("command", ON_A_TICKET)
def test_a_closed_ticket(desk: Desk, command: str) -> None:
    fails(desk, command.format("T-2"), 3, "T-2 is closed", "prassi ")


@pytest.mark.parametrize("command", LOOKING)
def test_a_closed_ticket_can_be_looked_at(desk: Desk, command: str) -> None:
    desk.good(command.format("T-2"))


# --- what is given --------------------------------------------------------------------------------

DATES = (
    ("call-outcome T-1 agreement --agreed-on {}", "--agreed-on"),
    ("call-outcome T-1 already-paid --paid-on {}", "--paid-on"),
    ("call-outcome T-1 no-agreement --reason must-verify --appointment {}", "--appointment"),
    ("promise T-1 --agreed-on {}", "--agreed-on"),
    ("promise T-1 --extend {}", "--extend"),
    ("promise T-1 --reschedule {} --note Ferie", "--reschedule"),
    ("payment T-1 --all --on {}", "--on"),
    ("care-reply T-3 update --note Chiamato --until {}", "--until"),
    ("triage --at {}", "--at"),
    ("event T-1 promise what=new agreed_on={}", "agreed_on"),
)
NO_DATES = (
    "2026-02-30", "2025-02-29", "2026-13-01", "2026-2-3", "30/02/2026", "someday", "1e400",
    "0000-00-00", "2200-01-01", "1899-12-31", "２０２６-03-12", "2026-03-12-", "-1",
)  # fmt: skip


@pytest.mark.parametrize(("command", "option"), DATES)
@pytest.mark.parametrize("day", NO_DATES)
def test_a_date_that_is_none(desk: Desk, command: str, option: str, day: str) -> None:
    fails(desk, command.format(day), 2, option, day)


@pytest.mark.parametrize(
    "moment", ["2026-03-12T25:00", "2026-03-12T10:60", "2026-03-12T10", "T10:00"]
)
def test_a_moment_that_is_none(desk: Desk, moment: str) -> None:
    command = "call-outcome T-1 no-agreement --reason must-verify --appointment"
    fails(desk, f"{command} {moment}", 2, "--appointment", moment)
    fails(desk, f"triage --at {moment}", 2, "--at", moment)
    fails(desk, f"payment T-1 --all --on {MONDAY}T10:00", 2, "--on")


AMOUNTS = (
    ("call-outcome T-1 agreement --agreed-on 2026-03-12 --partial={}", "--partial"),
    ("promise T-1 --agreed-on 2026-03-12 --partial {}", "--partial"),
    ("payment T-1 --all --amount {}", "--amount"),
    ("event T-1 payment all=yes amount={}", "amount"),
)
NO_AMOUNTS = (
    "-5", "-0.01", "5.001", "1e400", "1e2", "nan", "inf", "12,505", "1 0x0", "0x10", "€5", "５", "",
    "1234567890123", ".", "5.", ".5", "+5", "--5",
)  # fmt: skip


@pytest.mark.parametrize(("command", "option"), AMOUNTS)
@pytest.mark.parametrize("amount", [a for a in NO_AMOUNTS if a])
def test_an_amount_that_is_none(desk: Desk, command: str, option: str, amount: str) -> None:
    fails(desk, [word.format(amount) for word in command.split()], 2, option, amount)


@pytest.mark.parametrize(("command", "option"), AMOUNTS)
@pytest.mark.parametrize("amount", ["0", "0.0", "000.00"])
def test_an_amount_of_nothing(desk: Desk, command: str, option: str, amount: str) -> None:
    fails(desk, command.format(amount), 2, f"{option} is 0.00", "at least 0.01")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("call-outcome T-1 agreement --agreed-on 2026-03-01", "--agreed-on is 2026-03-01"),
        ("promise T-1 --agreed-on 2026-03-01", "--agreed-on is 2026-03-01"),
        ("promise T-6 --extend 2026-03-01", "--extend is 2026-03-01"),
        ("promise T-6 --reschedule 1900-01-01 --note x", "--reschedule is 1900-01-01"),
        (
            "call-outcome T-1 no-agreement --reason must-verify --appointment 2026-03-01T23:59",
            "--appointment is 2026-03-01T23:59",
        ),
        ("care-reply T-3 update --note x --until 2026-03-01", "--until is 2026-03-01"),
    ],
)
def test_an_agreement_in_the_past(desk: Desk, command: str, told: str) -> None:
    fails(desk, command, 2, told, f"past: give {MONDAY} or a later day")


@pytest.mark.parametrize(
    "command",
    ["call-outcome T-1 already-paid --paid-on 2026-03-03", "payment T-1 --all --on 2026-03-03"],
)
def test_a_payment_to_come(desk: Desk, command: str) -> None:
    fails(desk, command, 2, "is 2026-03-03, which is in the future", f"give {MONDAY} or an earlier")


# --- what is not given ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("call-outcome T-1 agreement", "--agreed-on"),
        ("call-outcome T-1 agreement --partial 5", "--agreed-on"),
        ("call-outcome T-1 already-paid", "--paid-on"),
        ("call-outcome T-1 already-paid --paid-on 2026-01-12", "--note"),
        ("call-outcome T-1 no-agreement", "--reason"),
        ("call-outcome T-1 no-agreement --reason refuses-contact", "--wants"),
        ("call-outcome T-1 no-agreement --reason refuses-contact --wants manager", "--note"),
        ("call-outcome T-1 no-agreement --reason refuses-contact --wants accountant", "--note"),
        ("call-outcome T-1 no-agreement --reason refuses-contact --wants administration", "--note"),
        ("call-outcome T-1 no-agreement --reason problem", "--problem"),
        ("call-outcome T-1 no-agreement --reason problem --problem balance", "--note"),
        ("call-outcome T-1 no-agreement --reason problem --problem balance --note ''", "--note"),
        ("call-outcome T-1 no-agreement --reason must-verify", "--appointment"),
        ("promise T-1 --partial 5", "--agreed-on"),
        ("promise T-1 --note Ferie", "--agreed-on"),
        ("care-reply T-8 update", "--note"),
        ("event T-1 call", "outcome"),
        ("event T-1 promise what=new", "agreed_on"),
    ],
)
def test_a_missing_option(desk: Desk, command: str, missing: str) -> None:
    fails(desk, command, 2, missing, " missing: ")


def test_a_missing_note_of_a_new_date(desk: Desk) -> None:
    desk.good("payment T-6 --proforma PF-1")
    fails(desk, "promise T-6 --reschedule 2026-03-12", 2, "--note is missing")


@pytest.mark.parametrize("command", ["payment T-1", f"payment T-1 --on {MONDAY}"])
def test_a_payment_of_what(desk: Desk, command: str) -> None:
    fails(desk, command, 2, "one of --proforma, --all, --amount is needed")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("call-outcome T-1", "OUTCOME"), ("call-outcome", "TICKET"), ("show", "REF"),
        ("event T-1", "EVENT"), ("care-reply T-3", "solved"), ("import", "SOURCE"),
        ("outbox show", "NUMBER"), ("book show", "BOOK"),
    ],
)  # fmt: skip
def test_a_missing_argument(desk: Desk, command: str, told: str) -> None:
    fails(desk, command, 2, "Missing", told)


# --- what has no place ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("call-outcome T-1 maybe", ["OUTCOME is 'maybe'", "no-answer, already-paid, agreement"]),
        ("care-reply T-3 maybe", ["KIND is 'maybe'", "update, solved"]),
        ("call-outcome T-1 no-answer --channel pigeon", ["--channel is 'pigeon'", "email"]),
        ("call-outcome T-1 no-agreement --reason bored", ["--reason is 'bored'", "refuses"]),
        (
            "call-outcome T-1 no-answer --agreed-on 2026-03-12",
            ["--agreed-on can only be used with OUTCOME agreement"],
        ),
        (
            "call-outcome T-1 no-agreement --reason refuses --wants manager",
            ["--wants can only be used with --reason refuses-contact"],
        ),
        ("call-outcome T-1 no-answer --method cash", ["--method is not asked for by event call"]),
        (
            "promise T-6 --extend 2026-03-12 --partial 5",
            ["--partial can only be used with --agreed-on or --reschedule."],
        ),
        (
            "promise T-6 --reschedule 2026-03-12 --note x --partial 5 --full",
            ["--full can only be used with --agreed-on or --reschedule, and without --partial."],
        ),
        (
            "promise T-6 --extend 2026-03-12 --agreed-on 2026-03-12",
            ["--agreed-on can't be used with --extend: give one."],
        ),
        (
            "care-reply T-3 solved --until 2026-03-12",
            ["--until", "can only be used with KIND update"],
        ),
        ("payment T-1 --proforma PF-9", ["--proforma PF-9", "T-1", "open are PF-1, PF-2"]),
        ("payment T-1 --proforma PF-1 --proforma X", ["--proforma X"]),
        ("payment T-4 --proforma PF-1", ["open are none"]),
        ("payment T-1 --proforma PF-1 --all", ["--proforma can't be used with --all: give one."]),
        ("event T-1 nothing", ["book collections has no event 'nothing'", "call, promise"]),
        ("event T-1 call outcome=no-answer colour=red", ["colour is not asked for", "outcome"]),
        ("event T-1 call outcome", ["'outcome' is not KEY=VALUE"]),
        ("event T-1 call =x", ["'=x' is not KEY=VALUE"]),
        ("event T-1 call outcome=no-answer outcome=agreement", ["outcome is "]),
        ("event T-1 day", ["prassi triage T-1"]),
        ("triage --book nobody", ["there is no book 'nobody'", "collections"]),
        ("triage --limit 0", ["--limit", "0"]),
        ("triage --limit many", ["--limit", "many"]),
        ("triage --nonsense", ["--nonsense"]),
        ("undo first", ["first"]),
        ("outbox show 9", ["there is no message 9", "prassi outbox list"]),
        ("nonsense", ["nonsense"]),
        ("triage --config /nowhere.toml", ["--config /nowhere.toml can't be read"]),
    ],
)
def test_what_has_no_place(desk: Desk, command: str, told: list[str]) -> None:
    fails(desk, command, 2, *told)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("call-outcome T-4 no-answer", ["T-4", "prassi payment T-4 --all"]),
        ("promise T-4 --agreed-on 2026-03-12", ["T-4", "prassi payment T-4 --all"]),
        ("promise T-6 --extend 2026-03-12", ["T-6", "--reschedule", "--agreed-on"]),
        ("promise T-1 --reschedule 2026-03-12 --note x", ["T-1", "--extend", "--agreed-on"]),
    ],
)
def test_what_the_procedure_refuses(desk: Desk, command: str, told: list[str]) -> None:
    fails(desk, command, 3, *told)


def test_beyond_the_calendar(desk: Desk) -> None:
    fails(desk, "call-outcome T-1 no-answer", 2, "2199", at="2199-12-31")
    fails(desk, "promise T-1 --agreed-on 2199-12-31", 2, "2199")
