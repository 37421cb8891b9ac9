"""Messages that come in with a ticket: a notice that another program has sent counts from its day."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from desk import Desk

ADDRESS = "rossi@example.org"
NOTICE: dict[str, Any] = {
    "template": "preblock", "channel": "email", "state": "sent", "made_on": "2026-02-16",
    "left_on": "2026-02-18", "to": ADDRESS, "subject": "Avviso", "body": "Testo.\nSegue.",
}  # fmt: skip


def noticed(*messages: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A ticket in pre-block since 16 February, with messages."""
    proforma = {"number": "PF-1", "amount": "15.00", "issued": "2026-01-10"}
    return {
        "ref": "T-1", "book": "collections", "customer": "C-1", "status": "pre-block", "opened": "2026-02-01",
        "preblock_on": "2026-02-16", "proformas": [proforma], "messages": [*messages], **values,
    }  # fmt: skip


def waiting(**values: Any) -> dict[str, Any]:
    """A notice that has not left."""
    kept = {name: value for name, value in NOTICE.items() if name not in ("left_on", "to")}
    return {**kept, "state": "waiting", **values}


@pytest.mark.parametrize(
    ("messages", "day", "status"),
    [
        ((), "2026-03-02", "pre-block"),
        ((), "2026-03-03", "to-block"),
        ((NOTICE,), "2026-03-04", "pre-block"),
        ((NOTICE,), "2026-03-05", "to-block"),
        (({**NOTICE, "left_on": None},), "2026-03-02", "pre-block"),
        (({**NOTICE, "left_on": None},), "2026-03-03", "to-block"),
    ],
)
def test_a_notice_counts_from_the_day_on_which_it_left(
    desk: Desk, messages: tuple[dict[str, Any], ...], day: str, status: str
) -> None:
    """15 days later the customer can be blocked; without a message they count from `preblock_on`, and
    without the day on which it left from that on which it was made."""
    desk.load(noticed(*messages), at="2026-02-20")
    desk.good("triage", at=day)
    assert desk.show()["status"] == status


def test_what_has_left_is_told_and_not_sent_again(desk: Desk) -> None:
    desk.load(noticed(NOTICE), at="2026-02-20")
    shown = desk.view()
    assert shown["preblock_on"] == "2026-02-18"
    (message,) = shown["messages"]
    assert (message["state"], message["left_on"], message["to"]) == ("sent", "2026-02-18", ADDRESS)
    assert [one["text"] for one in shown["notes"]] == ["avviso di PREBLOCCO inoltrato"]
    assert desk.good("outbox list --json").rows == []
    assert desk.good("verify").code == 0


def test_one_that_waits_goes_out_to_the_customer(desk: Desk) -> None:
    desk.settings('[company]\nname = "Verdi"\nemail = "conti@verdi.example.org"\n')
    desk.load(noticed(waiting()), at="2026-02-20")
    (row,) = desk.good("outbox list --json").rows
    assert (row["state"], row["to"], row["language"]) == ("waiting", ADDRESS, "it")
    (desk.folder / "out").mkdir()
    desk.good(f"outbox export {desk.folder / 'out'}", at="2026-02-23")
    (letter,) = (desk.folder / "out" / "new").iterdir()
    assert "Segue." in letter.read_text()
    assert desk.show()["preblock_on"] == "2026-02-23"


@pytest.mark.parametrize("state", ["held", "failed"])
def test_what_needs_somebody_can_be_sent_after_all(desk: Desk, state: str) -> None:
    desk.load(noticed(waiting(state=state)), at="2026-02-20")
    (row,) = desk.good("outbox list --json").rows
    assert row["state"] == state
    desk.good(f"outbox retry {row['id']}")
    assert [one["state"] for one in desk.good("outbox list --json").rows] == ["waiting"]


def test_one_that_may_have_left_is_not_sent_without_asking(desk: Desk) -> None:
    desk.load(noticed(waiting(state="unknown")), at="2026-02-20")
    ran = desk.run("outbox retry 1")
    assert (ran.code, "message 1 may have left" in ran.err) == (3, True)
    desk.good("outbox mark 1 sent", at="2026-02-23")
    assert desk.show()["preblock_on"] == "2026-02-23"


def test_one_that_came_back_does_not_count(desk: Desk) -> None:
    desk.load(noticed({**NOTICE, "state": "bounced"}), at="2026-02-20")
    shown = desk.show()
    assert (shown["status"], shown["preblock_on"]) == ("notice-due", None)
    assert [row["rule"] for row in shown["history"]] == ["sent.notice", "undelivered.notice"]


def test_a_closed_ticket_keeps_what_was_sent(desk: Desk) -> None:
    closed = noticed(NOTICE, status="closed", result="settled", preblock_on=None)
    desk.load(closed, at="2026-02-20")
    assert [one["state"] for one in desk.view()["messages"]] == ["sent"]
    assert desk.show()["history"] == []


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ({**NOTICE, "template": "prebloc"}, "messages 1: template is 'prebloc': it must be one of"),
        ({**NOTICE, "channel": "fax"}, "messages 1: channel is 'fax': it must be one of email, sms."),
        ({**NOTICE, "state": "claimed"}, "messages 1: state is 'claimed': it must be one of waiting, held"),
        ({**NOTICE, "state": None}, "messages 1: state is missing."),
        ({**NOTICE, "left_on": "2026-02-30"}, "messages 1: left_on is '2026-02-30': there is no such day"),
        ({**NOTICE, "left_on": "2026-02-15"}, "messages 1: left_on is 2026-02-15, before made_on, which is"),
        ({**NOTICE, "left_on": "2026-02-21"}, "2026-02-21 is after the moment of the import, 2026-02-20"),
        ({**NOTICE, "subject": "a\nBcc: x"}, "messages 1: subject is 'a\\nBcc: x': it holds control characters."),
        ({**NOTICE, "to": "a\nb"}, "messages 1: to is 'a\\nb': it holds control characters."),
        (waiting(left_on="2026-02-18"), "messages 1: left_on can't be given with the state waiting: it has not left."),
        (waiting(body=""), "messages 1: body is missing, and a message that is waiting needs it."),
        ({**NOTICE, "words": "x"}, "messages 1: one of messages has no 'words'; it has template, channel, state,"),
        ("sent", "messages 1: this is 'sent' and must be an object."),
    ],
)  # fmt: skip
def test_what_can_not_be_is_told(desk: Desk, message: Any, told: str) -> None:
    path = desk.folder / "rows.json"
    customer = {"ref": "C-1", "name": "Rossi", "email": ADDRESS}
    path.write_text(json.dumps({"customers": [customer], "tickets": [noticed(message)]}))
    desk.good("init")
    ran = desk.run(f"import {path}", at="2026-02-20")
    assert (ran.code, told in ran.err) == (2, True), ran.err
    assert desk.good("list all:yes --json").rows == []


def test_nothing_waits_on_a_closed_ticket(desk: Desk) -> None:
    path = desk.folder / "rows.json"
    row = noticed(waiting(), status="closed", result="settled", preblock_on=None)
    path.write_text(json.dumps({"customers": [{"ref": "C-1"}], "tickets": [row]}))
    desk.good("init")
    ran = desk.run(f"import {path}")
    assert (ran.code, "state is waiting, and nothing waits on a closed ticket." in ran.err) == (
        2,
        True,
    )


def test_they_come_as_csv_too(desk: Desk) -> None:
    rows = {"customers": [{"ref": "C-1", "email": ADDRESS}], "tickets": [noticed()]}
    (desk.folder / "rows.json").write_text(json.dumps(rows))
    (desk.folder / "sent.csv").write_text(
        "ticket,template,channel,state,made_on,left_on\nT-1,preblock,email,sent,2026-02-16,2026-02-18\n"
    )
    desk.good("init")
    told = desk.good(
        f"import {desk.folder / 'rows.json'} {desk.folder / 'sent.csv'}", at="2026-02-20"
    )
    assert told.out == "1 customer and 1 ticket imported, with 1 proforma, 1 message and 1 event.\n"
    assert desk.show()["preblock_on"] == "2026-02-18"


def test_a_run_with_messages_is_undone_as_a_whole(desk: Desk) -> None:
    desk.load(noticed(waiting(), ref="T-1"), at="2026-02-20")
    desk.good("undo --run 1 --yes")
    assert desk.good("list all:yes --json").rows == []
    assert desk.good("outbox list --json").rows == []
    assert desk.good("verify").code == 0


def test_their_words_are_forgotten(desk: Desk) -> None:
    desk.load(noticed({**NOTICE, "body": "Gentile Brambilla"}), at="2026-02-20")
    desk.good("close T-1 withdrawn --note x")
    desk.good("customer forget C-1 --because 'Art. 17' --yes")
    raw = desk.file.read_bytes()
    assert not re.search(rb"brambilla|rossi@example", raw, re.IGNORECASE)
    assert desk.good("verify").code == 0


def test_an_export_has_none(desk: Desk) -> None:
    desk.load(noticed(NOTICE), at="2026-02-20")
    assert "messages" not in desk.good("export --json").rows[-1]
