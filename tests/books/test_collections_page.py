"""Sentences of the collections page, each played as a user plays it."""

from __future__ import annotations

import pytest
from desk import Desk

PARTLY_MISSED = {
    "ref": "T-1", "book": "collections", "customer": "C-1", "status": "calling", "opened": "2026-02-01",
    "proformas": [{"number": "PF-1", "amount": "100.00"}, {"number": "PF-2", "amount": "100.00"}],
    "promises": [{"pay_on": "2026-02-02", "kind": "partial", "amount": "50.00", "state": "broken"}],
    "broken_promises": 1, "tasks": [{"kind": "call-again", "due": "2026-03-02"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("command", "kind", "amount", "task"),
    [
        ("call-outcome T-1 agreement --agreed-on 2026-03-20", "partial", "50.00", "payment-agreement"),
        ("call-outcome T-1 agreement --agreed-on 2026-03-20 --full", "full", None, "payment-check"),
        ("call-outcome T-1 agreement --agreed-on 2026-03-20 --partial 70", "partial", "70.00", "payment-agreement"),
        ("promise T-1 --agreed-on 2026-03-20", "partial", "50.00", "payment-agreement"),
        ("promise T-1 --agreed-on 2026-03-20 --full", "full", None, "payment-check"),
        ("promise T-1 --reschedule 2026-03-20", "partial", "50.00", "payment-agreement"),
    ],
)  # fmt: skip
def test_an_agreement_after_a_missed_one_is_its_rescheduling(
    desk: Desk, command: str, kind: str, amount: str | None, task: str
) -> None:
    desk.load(PARTLY_MISSED).good(f"{command} --note 'Short of cash.'")
    ticket = desk.show()
    newest = ticket["promises"][-1]
    assert (newest["kind"], newest["amount"], newest["state"]) == (kind, amount, "open")
    assert [one["kind"] for one in ticket["tasks"]] == [task]
    assert "promessa di pagamento 2" in ticket["tags"]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("call-outcome T-1 agreement --agreed-on 2026-03-20 --note x --channel email", "e-mail"),
        ("promise T-1 --agreed-on 2026-03-20 --note x --channel ticket", "ticket"),
        ("promise T-1 --reschedule 2026-03-20 --note x --channel email", "e-mail"),
    ],
)
def test_the_note_says_which_channel_it_was(desk: Desk, command: str, says: str) -> None:
    desk.load(PARTLY_MISSED).good(command)
    assert any(says in note["text"] for note in desk.show()["notes"])


@pytest.mark.parametrize(
    ("pay_on", "broken_before", "state", "broken"),
    [
        ("2026-02-26", 0, "withdrawn", 0),
        ("2026-02-25", 0, "broken", 1),
        ("2026-02-26", 1, "broken", 2),
    ],
)
def test_closing_ends_the_open_promise(
    desk: Desk, pay_on: str, broken_before: int, state: str, broken: int
) -> None:
    promises = [{"pay_on": "2026-02-02", "state": "broken"}] * broken_before
    promises += [{"pay_on": pay_on, "state": "open"}]
    ticket = {**PARTLY_MISSED, "status": "awaiting-payment", "promises": promises}
    desk.load({**ticket, "broken_promises": broken_before})
    desk.good("close T-1 bankrupt --note 'Court order.'")
    closed = desk.show()
    assert (closed["promises"][-1]["state"], closed["broken_promises"]) == (state, broken)


@pytest.mark.parametrize("words", ["credit PF-1 20", "credit PF-1", "correct PF-1 120"])
def test_a_closed_ticket_gets_no_credit(desk: Desk, words: str) -> None:
    desk.load(PARTLY_MISSED).good("close T-1 withdrawn --note x")
    ran = desk.run(f"proforma T-1 {words}")
    assert ran.code == 3
    assert "T-1 is closed" in ran.err


@pytest.mark.parametrize("night", [True, False])
@pytest.mark.parametrize("command", ["call-outcome T-1 agreement", "promise T-1"])
def test_an_agreement_finds_what_the_night_would_leave(
    desk: Desk, command: str, night: bool
) -> None:
    """A claim whose wait is over, and with more than three proformas, leads to the notice first."""
    proformas = [{"number": f"PF-{place}", "amount": "10.00"} for place in range(4)]
    claim = [{"pay_on": "2026-02-20", "kind": "claimed", "state": "open"}]
    ticket = {
        **PARTLY_MISSED,
        "status": "awaiting-payment",
        "promises": claim,
        "proformas": proformas,
    }
    desk.load({**ticket, "broken_promises": 0})
    if night:
        desk.good("triage")
    desk.good(f"{command} --agreed-on 2026-03-20")
    after = desk.view()
    assert (after["status"], after["priority"], after["preblock_on"]) == (
        "awaiting-payment", "blocking", "2026-03-02",
    )  # fmt: skip
    assert "preblocco" in after["tags"]
    assert [one["state"] for one in after["promises"]] == ["untrue", "open"]
    assert all(message["state"] == "withdrawn" for message in after["messages"])


@pytest.mark.parametrize(
    "order", [("triage", "payment T-1 --amount 50"), ("payment T-1 --amount 50", "triage")]
)
def test_a_part_after_the_wait_breaks_the_promise_whether_or_not_the_night_came_first(
    desk: Desk, order: tuple[str, str]
) -> None:
    promises = [{"pay_on": "2026-02-25", "kind": "partial", "amount": "50.00", "state": "open"}]
    ticket = {**PARTLY_MISSED, "status": "awaiting-payment", "promises": promises}
    desk.load({**ticket, "broken_promises": 0})
    for command in order:
        desk.good(command)
    after = desk.show()
    assert (after["promises"][-1]["state"], after["broken_promises"]) == ("broken", 1)
    assert (after["status"], after["tasks"][0]["due"]) == ("calling", "2026-03-02")


def test_a_credit_names_its_proforma_also_where_only_one_is_open(desk: Desk) -> None:
    """The command line is a contract: credit NUMBER [AMOUNT]. Only the event can name none."""
    desk.load(PARTLY_MISSED)
    for words, mention in (("credit", "NUMBER"), ("credit 20", "PF-1")):
        ran = desk.run(f"proforma T-1 {words}")
        assert (ran.code, mention in ran.err) == (2, True)
    decision = desk.good("event T-1 proforma amount=20 --json").rows[0]
    assert decision["rule"] == "proforma.credit"
