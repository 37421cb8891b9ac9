"""The commands that record what happened: what they print, in words and as JSON."""

from __future__ import annotations

from typing import Any

import pytest
from desk import MONDAY, Desk
from procedure import Ticket, appointment, calling, missed, noticed, promised, ticket

DECISION = [
    "ticket", "book", "event", "at", "rule", "extrapolated", "facts", "actions", "why", "priority",
    "next", "applied", "event_id", "by", "customer",
]  # fmt: skip
"""The keys of a decision, in the contract's order."""

NEXT = ["action", "who", "person", "due", "late_workdays"]

ACTIONS = {
    "note": ["text"],
    "tag": ["tag"],
    "untag": ["tag"],
    "task": ["kind", "due"],
    "done": ["kind", "due"],
    "priority": ["value"],
    "status": ["value"],
    "assign": ["role", "to"],
    "message": ["template", "channel", "language", "to", "subject", "body"],
    "report": ["sheet"],
    "tell": ["who", "text"],
    "wait": ["until"],
    "refuse": ["text"],
    "close": ["result"],
    "set": ["field", "value"],
}
"""The keys of an action beside its kind."""

HAPPENINGS = (
    ("call-outcome T-1 no-answer --note Segreteria", ticket("new")),
    ("call-outcome T-1 no-answer", calling(2)),
    ("call-outcome T-1 no-answer", calling(3, open=3)),
    ("call-outcome T-1 no-answer", calling(3, missed_contacts=3)),
    ("call-outcome T-1 no-answer", appointment(0)),
    ("call-outcome T-1 already-paid --paid-on 2026-02-27", calling(1)),
    ("call-outcome T-1 already-paid --paid-on 2026-01-12 --note Distinta", calling(1)),
    ("call-outcome T-1 agreement --agreed-on 2026-03-12", calling(1)),
    ("call-outcome T-1 agreement --agreed-on 2026-03-12 --partial 60", calling(1)),
    ("call-outcome T-1 no-agreement --reason refuses", ticket("new")),
    ("call-outcome T-1 no-agreement --reason problem --problem technical", ticket("new")),
    ("call-outcome T-1 no-agreement --reason problem --problem accounting", ticket("new")),
    ("promise T-1 --agreed-on 2026-03-12", ticket("new")),
    ("promise T-1 --extend 2026-03-12", promised(MONDAY)),
    ("promise T-1 --reschedule 2026-03-12 --note Ferie", missed(1)),
    ("payment T-1 --proforma PF-1", promised(MONDAY)),
    ("payment T-1 --all", promised(MONDAY)),
    (
        "care-reply T-1 update --note Chiamato --until 2026-03-20",
        appointment(0, tags=["customer care"]),
    ),
    (
        "care-reply T-1 solved",
        ticket("customer-care", task="appointment 2026-03-12", tags=["customer care"]),
    ),
    ("hand-back T-1 --note Verificato", ticket("with-department")),
    ("event T-1 return note=Verificato", ticket("with-department")),
    ("triage T-1", promised("2026-02-20")),
    ("triage T-1 --all", promised(MONDAY)),
    ("preblock T-1", noticed("2026-02-01")),
)
"""A command of every kind, each on a ticket that it fits."""


def decided(desk: Desk, command: str, at: str = MONDAY) -> dict[str, Any]:
    """The one decision of a command."""
    (decision,) = desk.good(f"{command} --json", at=at).rows
    return dict(decision)


@pytest.mark.parametrize(("command", "about"), HAPPENINGS, ids=[c for c, _ in HAPPENINGS])
def test_a_decision_has_the_keys_of_the_contract(desk: Desk, command: str, about: Ticket) -> None:
    decision = decided(desk.load(about), command)
    assert list(decision) == DECISION
    assert (decision["ticket"], decision["book"]) == ("T-1", "collections")
    assert decision["at"] == MONDAY
    assert decision["next"] is None or list(decision["next"]) == NEXT
    for action in decision["actions"]:
        kind, *keys = action
        assert kind == "action"
        if action["action"] in ("add", "change"):
            assert keys[:2] == [
                "item",
                {"promises": "pay_on", "proformas": "number"}[action["item"]],
            ]
        else:
            assert keys == ACTIONS[action["action"]]
    written = desk.good("log T-1 --json").rows
    if decision["applied"]:
        (entry,) = written
        assert [entry[n] for n in ("event_id", "event", "rule", "facts")] == [
            decision[n] for n in ("event_id", "event", "rule", "facts")
        ]
    else:
        assert decision["event_id"] is None
        assert not written


def test_all_kinds_of_actions_are_among_these(desk: Desk) -> None:
    rows = [{**about, "ref": f"T-{n}"} for n, (_, about) in enumerate(HAPPENINGS)]
    desk.load(*rows, {**ticket("new", open=0), "ref": "T-x"})
    kinds = {"add", "change"}
    for n, (command, _) in enumerate(HAPPENINGS):
        done = decided(desk, command.replace("T-1", f"T-{n}"))
        kinds |= {action["action"] for action in done["actions"]}
    refused = desk.run("call-outcome T-x no-answer --json").rows[0]
    assert kinds | {action["action"] for action in refused["actions"]} >= set(ACTIONS)


def test_a_call_as_json(desk: Desk) -> None:
    """The example of the contract."""
    decision = decided(desk.load(ticket("new")), "call-outcome T-1 no-answer")
    facts = {"outcome": "no-answer", "attempt": 1, "proformas": 2}
    assert facts.items() <= decision["facts"].items()
    (message,) = [a for a in decision["actions"] if a["action"] == "message"]
    text = desk.good("outbox show 1").out
    assert (
        text
        == f"State: waiting\nTo: {message['to']}\nSubject: {message['subject']}\n\n{message['body']}\n"
    )
    assert [a for a in decision["actions"] if a not in (message,)] == [
        {"action": "set", "field": "missed_calls", "value": 1},
        {"action": "note", "text": "CLIENTE NON RISPONDE/NON REPERIBILE (chiamata)"},
        {"action": "tag", "tag": "chiamata 1"},
        {"action": "task", "kind": "call-again", "due": "2026-03-09"},
        {"action": "priority", "value": "medium"},
        {"action": "status", "value": "calling"},
    ]
    assert message | {"subject": "", "body": ""} == {
        "action": "message", "template": "summary", "channel": "email", "language": "it",
        "to": "rossi@example.org", "subject": "", "body": "",
    }  # fmt: skip
    assert decision | {"facts": 0, "actions": 0} == {
        "ticket": "T-1", "book": "collections", "event": "call", "at": MONDAY,
        "rule": "call.no-answer.first", "extrapolated": False, "facts": 0, "actions": 0,
        "why": "First missed call: a summary goes out, call again in 5 working days.",
        "priority": "medium",
        "next": {"action": "call-again", "who": "agent", "person": None, "due": "2026-03-09", "late_workdays": 0},
        "applied": True, "event_id": 2, "by": "anna",
        "customer": {
            "ref": "C-1", "name": "Rossi Impianti srl", "phone": "+39 055 000 1",
            "email": "rossi@example.org", "language": None,
        },
    }  # fmt: skip


CALL = """\
T-1  Rossi Impianti srl
  First missed call: a summary goes out, call again in 5 working days. [call.no-answer.first]
  - note: CLIENTE NON RISPONDE/NON REPERIBILE (chiamata)
  - tag chiamata 1
  - task call-again, due 2026-03-09
  - priority medium
  - message summary (it) to rossi@example.org
  - status calling
  Next: agent: call-again by 2026-03-09
"""


def test_a_call_in_words(desk: Desk) -> None:
    desk.load(ticket("new"))
    dry = desk.good("call-outcome T-1 no-answer --dry-run").out
    assert dry == CALL + "  Dry run: nothing was written.\n"
    assert desk.good("call-outcome T-1 no-answer").out == CALL + "  Written as event 2.\n"


def test_actions_in_words(desk: Desk) -> None:
    """Numbers with their points, tags that go, whom somebody is assigned to, what to say."""
    desk.load(
        calling(1),
        {**promised(MONDAY), "ref": "T-2"},
        {**calling(1, customer="C-2"), "ref": "T-3"},
        {**calling(3, missed_contacts=3), "ref": "T-4"},
        customers=[{"ref": "C-1"}, {"ref": "C-2"}],
    )
    out = desk.good("call-outcome T-1 agreement --agreed-on 2026-03-12 --partial 60").out
    assert "\n  - tag chiamata 1 taken away\n" in out
    assert (
        "\n  - new in promises: pay_on 2026-03-12, kind partial, amount 60.00, state open, cycle 1\n"
        in out
    )
    out = desk.good("payment T-2 --all").out
    assert (
        "\n  - now in proformas: number PF-2, amount 100.00, currency EUR, paid 2026-03-02\n" in out
    )
    assert f"\n  - task payment-check of {MONDAY} done\n  - closed: settled\n" in out
    assert "\n  Next: nothing, the ticket is closed.\n" in out
    words = "--reason refuses-contact --wants manager --note Direzione"
    assert "\n  - assigned to paolo\n" in desk.good(f"call-outcome T-3 no-agreement {words}").out
    out = desk.good("call-outcome T-4 no-answer").out
    assert "[call.no-answer.x.missed-contact, extrapolated]\n" in out
    assert "\n  - tell the agent: This is missed contact number 4;" in out
    out = desk.good("preblock T-3").out
    assert out.startswith("T-3  C-2\n")
    assert "\n  - wait until 2026-03-03\n" in out


def test_a_message_without_an_address_waits_for_one(desk: Desk) -> None:
    desk.load(ticket("new"), customers=[{"ref": "C-1", "name": "Rossi"}])
    out = desk.good("call-outcome T-1 no-answer").out
    assert "\n  - message summary (it) to nobody: there is no address, add one" in out
    assert desk.good("outbox list --json").rows[0]["to"] is None
    assert desk.good("outbox show 1").out.startswith("State: waiting\nTo: no address\nSubject: ")


def test_a_refusal_is_a_decision_too(desk: Desk) -> None:
    """As JSON it is printed, in words it is an error; neither writes anything."""
    desk.load(ticket("new", open=0))
    before = desk.file.read_bytes()
    ran = desk.run("call-outcome T-1 no-answer --json")
    (decision,) = ran.rows
    assert list(decision) == DECISION
    ((kind, text),) = [tuple(action.values()) for action in decision["actions"]]
    assert kind == "refuse"
    assert ran.err == f"Error: {text}\n"
    assert (ran.code, decision["applied"], decision["event_id"]) == (3, False, None)
    assert desk.run("call-outcome T-1 no-answer") == (3, "", ran.err)
    assert desk.file.read_bytes() == before
