"""The commands that show what there is: in words for people, as JSON for scripts."""

from __future__ import annotations

from typing import Any

import pytest
from desk import MONDAY, VIEW, Desk
from procedure import calling, noticed, promised, ticket

CUSTOMERS = [
    {"ref": "C-1", "name": "Rossi Impianti srl", "email": "rossi@example.org"},
    {"ref": "C-2"},
]


@pytest.fixture
def full(desk: Desk) -> Desk:
    """A desk with tickets in several statuses, and some history."""
    desk.load(
        ticket("new"),
        {**calling(1), "ref": "T-2", "assignee": "anna"},
        {**promised("2026-03-10", 3, "partial", "50.00"), "ref": "T-3", "priority": "high"},
        {**noticed("2026-02-20"), "ref": "T-4", "customer": "C-2"},
        {**noticed("2026-02-15"), "ref": "T-5"},
        {**ticket("closed"), "ref": "T-6", "result": "settled"},
        customers=CUSTOMERS,
    )
    desk.good("call-outcome T-1 no-answer --note 'Era occupato'")
    desk.good("payment T-3 --amount 30")
    return desk


# --- show -----------------------------------------------------------------------------------------


def test_show_in_words(full: Desk) -> None:
    assert full.good("show T-3").out == SHOWN


def test_show_in_words_of_a_message_that_came_back(full: Desk) -> None:
    full.settings('[company]\nname = "Xilo"\nemail = "desk@example.org"\n')
    full.good("outbox retry")
    full.good(f"outbox export {full.folder}/out")
    full.good("outbox mark 1 bounced --reason full")
    said = full.good("show T-1").out
    assert "message 1: state waiting → handed-over, left_on none → 2026-03-02\n" in said
    assert "message 1: state handed-over → bounced, reason none → full\n" in said


SHOWN = """\
T-3  Rossi Impianti srl
  phone                -
  email                rossi@example.org
  language             -
  customer             C-1, 970.00 open in all
  other ticket         T-1: collections, calling, 200.00 open
  other ticket         T-2: collections, calling, 200.00 open
  other ticket         T-5: collections, pre-block, 300.00 open
  other ticket         T-6: collections, closed, 200.00 open
  status               awaiting-payment, 270.00 open
  next                 payment-agreement by 2026-03-02, agent
  book                 collections
  opened               2023-01-02
  priority             high
  missed calls         0
  missed appointments  0
  missed contacts      0
  broken promises      0
  cycle                1
  received             30.00
  tags                 controllo pagamento, verifica pagamento
  proformas
    number PF-2, amount 100.00, currency EUR
    number PF-3, amount 100.00, currency EUR
    number PF-1, amount 100.00, left 70.00, currency EUR
  promises
    pay_on 2026-03-10, kind partial, amount 50.00, state open, cycle 1
  tasks
    kind payment-agreement, due 2026-03-02
  notes
    at 2026-03-02, text Pagato il 2026-03-02: 30.00. Proforma ancora aperte: 3.
  history
        3  2026-03-02  anna  payment.part  received 0.00 → 30.00
"""


def sum_open(view: dict[str, Any]) -> float:
    """What is open of the other tickets, as each of them says."""
    return sum(float(one["amount"]) for one in view["other_tickets"] if one["open"])


def test_show_takes_several_tickets_and_a_customer(full: Desk) -> None:
    found = full.good("show T-4 T-3 T-4 --json").rows
    assert [one["ref"] for one in found] == ["T-4", "T-3"]
    found = full.good("show C-1 --json").rows
    assert [one["ref"] for one in found] == ["T-1", "T-2", "T-3", "T-5", "T-6"]
    ran = full.run("show C-9")
    assert ran.code == 2
    assert "there is no ticket 'C-9' and no such customer" in ran.err


def test_show_has_the_messages_with_their_state(full: Desk) -> None:
    (message,) = full.view("T-1")["messages"]
    assert (message["template"], message["state"], message["to"]) == (
        "summary",
        "waiting",
        "rossi@example.org",
    )
    assert "summary by email to rossi@example.org: waiting\n" in full.good("show T-1").out


def test_show_as_json_is_the_export_and_the_history(full: Desk) -> None:
    full.good("undo")
    shown, view = full.show("T-3"), full.view("T-3")
    assert shown.keys() | {*VIEW} == view.keys()
    history = shown.pop("history")
    assert shown == next(t for t in full.export()["tickets"] if t["ref"] == "T-3")
    assert view["contact"]["email"] == "rossi@example.org"
    assert view["contact"]["open_sum"] == f"{float(view['open_sum']) + sum_open(view):.2f}"
    assert [one["ticket"] for one in view["other_tickets"]] == ["T-1", "T-2", "T-5", "T-6"]
    assert view["next"] == {
        "action": "payment-agreement", "who": "agent", "person": None, "due": MONDAY, "late_workdays": 0,
    }  # fmt: skip
    assert history == [
        {
            "event_id": 3, "at": MONDAY, "by": "anna", "event": "payment", "rule": "payment.part",
            "changes": {"received": ["0.00", "30.00"]}, "undone": True,
        },
        {
            "event_id": 4, "at": MONDAY, "by": "anna", "event": "undo", "rule": None,
            "changes": {"received": ["30.00", "0.00"]}, "undone": False,
        },
    ]  # fmt: skip
    out = full.good("show T-3").out
    assert "payment.part (undone)  received 0.00 → 30.00\n" in out
    assert "  undo  received 30.00 → 0.00\n" in out


def test_show_knows_closed_tickets(full: Desk) -> None:
    assert "\n  result               settled\n" in full.good("show T-6").out


# --- log ------------------------------------------------------------------------------------------


def test_log_in_words(full: Desk) -> None:
    full.good("undo", at="2026-03-03T08:15")
    assert full.good("log").out == (
        "     1  run 1  2026-03-02  anna  -  import\n"
        "     2  run 2  2026-03-02  anna  T-1  call.no-answer.first\n"
        "     3  run 3  2026-03-02  anna  T-3  payment.part  (undone)\n"
        "     4  run 4  2026-03-03T08:15  anna  T-3  undo\n"
    )
    assert (
        full.good("log T-1").out == "     2  run 2  2026-03-02  anna  T-1  call.no-answer.first\n"
    )
    assert full.good("log T-2").out == ""


def test_log_as_json_has_the_keys_of_the_contract(full: Desk) -> None:
    full.good("undo")
    rows = full.good("log --json").rows
    books = {row["book"]: row for row in full.good("book list --json").rows}
    digest = books["collections"]["digest"]
    for row in rows:
        assert sorted(row) == sorted([
            "event_id", "run", "at", "recorded_at", "by", "ticket", "customer", "event", "rule", "book",
            "book_digest", "facts", "undone",
        ])  # fmt: skip
    first, called, paid, undone = [{**row, "facts": 0, "recorded_at": 0} for row in rows]
    plain = {"at": MONDAY, "recorded_at": 0, "by": "anna", "facts": 0, "undone": False}
    ours = {"book": "collections", "book_digest": digest}
    none = {"book": None, "book_digest": None, "rule": None}
    assert first == plain | none | {
        "event_id": 1, "run": 1, "ticket": None, "customer": None, "event": "import",
    }  # fmt: skip
    plain["customer"] = "C-1"
    assert called == plain | ours | {
        "event_id": 2, "run": 2, "ticket": "T-1", "event": "call", "rule": "call.no-answer.first",
    }  # fmt: skip
    assert paid == plain | ours | {
        "event_id": 3, "run": 3, "ticket": "T-3", "event": "payment", "rule": "payment.part",
        "undone": True,
    }  # fmt: skip
    assert undone == plain | none | {"event_id": 4, "run": 4, "ticket": "T-3", "event": "undo"}
    assert rows[3]["facts"] == {"event": 3}
    assert rows[2]["facts"]["amount_now"] == "30.00"
    assert full.good("log T-3 --json").rows == rows[2:]


# --- promise, without options ---------------------------------------------------------------------


def test_promises_listed(full: Desk) -> None:
    full.good("promise T-3 --extend 2026-03-20")
    assert full.good("promise T-3").out == (
        "pay_on      kind     amount    state     cycle\n"
        "2026-03-10  partial  50.00     extended  1\n"
        "2026-03-20  partial  50.00     open      1\n"
    )
    assert full.good("promise T-3 --json").rows == [
        {
            "ticket": "T-3",
            "pay_on": day,
            "kind": "partial",
            "amount": "50.00",
            "state": state,
            "cycle": 1,
        }
        for day, state in (("2026-03-10", "extended"), ("2026-03-20", "open"))
    ]
    assert full.good("promise T-1").out == "T-1 has no promises.\n"
    assert full.good("promise T-1 --json").out == ""


# --- preblock -------------------------------------------------------------------------------------

SHEET = """\
Pre-block sheet, 2026-03-02: 2
ticket  customer            notice      days  next step
T-4     C-2                 2026-02-20  10    wait until 2026-03-07
T-5     Rossi Impianti srl  2026-02-15  15    support: block by 2026-03-02
"""


def test_preblock_sheet(full: Desk) -> None:
    before = full.file.read_bytes()
    assert full.good("preblock").out == SHEET
    rows: list[dict[str, Any]] = full.good("preblock --json").rows
    heads = ["ticket", "customer", "notice", "days", "next step"]
    assert [list(row) for row in rows] == [heads, heads]
    assert [list(row.values())[:4] for row in rows] == [
        ["T-4", "C-2", "2026-02-20", "10"],
        ["T-5", "Rossi Impianti srl", "2026-02-15", "15"],
    ]
    assert full.file.read_bytes() == before


def test_preblock_sheet_without_tickets(desk: Desk) -> None:
    desk.load(ticket("new"))
    assert desk.good("preblock").out == "Pre-block sheet: empty.\n"
    assert desk.good("preblock --json").out == ""


def test_preblock_of_one_ticket_takes_the_step_that_is_due(full: Desk) -> None:
    out = full.good("preblock T-4").out
    assert "[day.preblock.wait]\n  - wait until 2026-03-07\n" in out
    before = full.file.read_bytes()
    dry = full.good("preblock T-5 --dry-run").out
    assert full.file.read_bytes() == before
    assert full.good("preblock T-5").out == dry.replace(
        "Dry run: nothing was written.", "Written as event 4."
    )
    assert full.show("T-5")["status"] == "to-block"
    (row,) = full.good("preblock T-5 --json").rows
    assert (row["rule"], row["applied"]) == ("day.to-block", False)
    assert row["next"] == {
        "action": "block",
        "who": "support",
        "person": "giulia",
        "due": MONDAY,
        "late_workdays": 0,
    }


# --- outbox ---------------------------------------------------------------------------------------


def test_outbox(full: Desk) -> None:
    full.good("call-outcome T-2 no-agreement --reason refuses")
    rows = full.good("outbox list --json").rows
    keys = [
        "id", "event_id", "at", "ticket", "template", "channel", "language", "to", "subject", "body",
        "state", "reason", "made_on", "left_on",
    ]  # fmt: skip
    assert [list(row) for row in rows] == [keys, keys]
    assert [(row["event_id"], row["ticket"], row["template"]) for row in rows] == [
        (2, "T-1", "summary"), (4, "T-2", "preblock"),
    ]  # fmt: skip
    heads, first, second = full.good("outbox list").out.splitlines()
    assert heads.split() == [
        "id", "at", "ticket", "state", "channel", "lang", "template", "to", "subject",
    ]  # fmt: skip
    assert first.split()[:8] == [
        "1", MONDAY, "T-1", "waiting", "email", "it", "summary", "rossi@example.org",
    ]  # fmt: skip
    assert second.endswith(rows[1]["subject"])
    assert full.good("outbox list T-2").out.splitlines()[1:] == [second]
    assert full.good("outbox list T-2 --json").rows == rows[1:]
    assert full.good("outbox list T-3").out == "No messages wait.\n"
    assert full.good("outbox show 2 --json").rows == rows[1:]
    told = full.good("outbox show 2").out
    assert (
        told
        == f"State: waiting\nTo: rossi@example.org\nSubject: {rows[1]['subject']}\n\n{rows[1]['body']}\n"
    )


def test_a_message_that_was_taken_back_is_not_there(full: Desk) -> None:
    full.good("undo --run 3")
    full.good("undo 2")
    assert full.good("outbox list").out == "No messages wait.\n"
    assert full.good("outbox show 1").out.startswith("State: withdrawn\n")


# --- verify ---------------------------------------------------------------------------------------


def test_verify(full: Desk) -> None:
    (row,) = full.good("verify --json").rows
    assert (row["events"], row["faults"], len(row["head"])) == (3, [], 64)
    assert full.good("verify").out == f"{full.file} is sound: 3 events, head {row['head']}.\n"
    assert full.good("verify --quiet").out == ""
