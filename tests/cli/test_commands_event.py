"""Any event of any book by its name, also of a book of one's own; and commands that bring rows in."""

from __future__ import annotations

import json

import pytest
from desk import Desk
from procedure import Ticket, calling, missed, noticed, ticket

CARE = ticket("customer-care", task="appointment 2026-03-12", tags=["customer care"])


@pytest.mark.parametrize(
    ("command", "event"),
    [
        ("call-outcome T-1 no-answer --channel email", "call outcome=no-answer channel=email"),
        (
            "call-outcome T-1 agreement --agreed-on 2026-03-12 --partial 60.5",
            "call outcome=agreement agreed-on=2026-03-12 partial=60.5",
        ),
        (
            "call-outcome T-1 no-agreement --reason must-verify --appointment 2026-03-12T10:30",
            "call outcome=no-agreement reason=must-verify appointment=2026-03-12T10:30",
        ),
        ("promise T-1 --agreed-on 2026-03-12", "promise what=new agreed_on=2026-03-12"),
        ("payment T-1 --all", "payment all=yes"),
        (
            "payment T-1 --proforma PF-1 --proforma PF-2 --on 2026-02-27",
            "payment proforma=PF-1 proforma=PF-2 on=2026-02-27",
        ),
        ("payment T-1 --all --amount 5 --part", "payment all=yes amount=5 part=yes"),
        (
            "promise T-1 --agreed-on 2026-03-12 --partial 5",
            "promise what=new agreed_on=2026-03-12 partial=5",
        ),
        (
            "proforma T-1 add PF-9 50 --issued 2026-02-20",
            "proforma add=PF-9 amount=50 issued=2026-02-20",
        ),
        ("proforma T-1 credit PF-1 50", "proforma credit=PF-1 amount=50"),
        ("proforma T-1 correct PF-1 999", "proforma correct=PF-1 amount=999"),
    ],
)
def test_the_commands_are_faces_of_event(desk: Desk, command: str, event: str) -> None:
    is_same_event(desk, calling(1, open=3), command, event)


@pytest.mark.parametrize(
    ("about", "command", "event"),
    [
        (CARE, "care-reply T-1 update --note 'a = b'", "care kind=update 'note=a = b'"),
        (ticket("with-department"), "hand-back T-1", "return"),
        (
            missed(1),
            "promise T-1 --reschedule 2026-03-12 --full --note x",
            "promise what=reschedule agreed_on=2026-03-12 full=yes note=x",
        ),
        (noticed("2026-02-27"), "preblock T-1 --sent-on 2026-03-01", "notice on=2026-03-01"),
        (
            ticket("to-block"),
            "preblock T-1 --blocked --on 2026-03-01",
            "block what=done on=2026-03-01",
        ),
        (
            ticket("blocked", blocked_on="2026-02-20", task="unblock 2026-03-02"),
            "preblock T-1 --unblocked",
            "block what=lifted",
        ),
    ],
)
def test_commands_of_other_statuses_are_faces_of_event(
    desk: Desk, about: Ticket, command: str, event: str
) -> None:
    is_same_event(desk, about, command, event)


def is_same_event(desk: Desk, about: Ticket, command: str, event: str) -> None:
    """A command and the event it stands for decide the same."""
    desk.load(about)
    named = desk.good(f"{command} --json --dry-run")
    assert desk.good(f"event T-1 {event} --json --dry-run") == named
    assert desk.good(f"event T-1 {event} --json").rows[0]["applied"]


def test_event_drives_a_book_of_ones_own(desk: Desk) -> None:
    """A folder named in the settings is all that another procedure needs."""
    book = desk.folder / "books" / "calls"
    book.mkdir(parents=True)
    (book / "facts.sql").write_text("SELECT id AS ticket, status FROM ticket", encoding="utf-8")
    (book / "book.toml").write_text(OWN_BOOK, encoding="utf-8")
    desk.settings('[folders]\nbooks = "books"\n')
    desk.load({"ref": "T-1", "book": "calls", "customer": "C-1"})
    assert desk.good("event T-1 rang mood=good --json").rows[0]["rule"] == "rang.good"
    assert desk.show()["status"] == "done"
    ran = desk.run("event T-1 rang mood=bad")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("Error: T-1 is done (no result noted), so nothing more is recorded")
    desk.good("undo")
    ran = desk.run("call-outcome T-1 no-answer")
    assert ran == (
        2,
        "",
        "Error: book calls has no event 'call': it has rang, day, note, assign, postpone,"
        " task-done, close, reopen, new.\n",
    )
    assert "calls" in desk.good("book list").out


OWN_BOOK = """
[book]
name = "calls"
title = "Whoever rings"
source = "nobody's"
calendar = "IT"
language = "en"

[[statement]]
id = "s1"
says = "Whoever rings is asked how they are."

[statuses]
open = { about = "nobody has rung" }
done = { about = "somebody has", closed = true }

[facts]
status = { type = "status", about = "where it stands" }

[events.rang]
title = "Somebody rang"
[events.rang.inputs]
mood = { type = "word", values = ["good", "bad"], about = "how they were" }

[[events.rang.rule]]
id = "rang.good"
why = "All is well."
from = ["s1"]
when = { mood = "good" }
then = [{ status = "done" }]

[[events.rang.rule]]
id = "rang.bad"
why = "Not so well."
from = ["s1"]
when = { mood = "bad" }
then = [{ note = "Ask again." }]

[events.day]
title = "A night"

[[events.day.rule]]
id = "day.open"
why = "Nobody has rung."
from = ["s1"]
when = { status = "open" }
then = []
next = { action = "wait-for-ring", who = "agent", due = "today" }

[[events.day.rule]]
id = "day.done"
why = "Somebody has."
from = ["s1"]
when = { status = "done" }
then = []
"""


def test_import_and_init_as_json(desk: Desk) -> None:
    made = desk.good("init --json")
    assert made.rows == [{"file": str(desk.file), "applied": True}]
    rows = desk.folder / "rows.json"
    rows.write_text(json.dumps([{"ref": "C-1"}]), encoding="utf-8")
    dry = desk.good(f"import {rows} --json --dry-run").rows
    assert dry == [{"customers": 1, "tickets": 0, "applied": False}]
    assert desk.good(f"import {rows} --json").rows == [dry[0] | {"applied": True}]
    assert desk.export()["customers"][0]["ref"] == "C-1"
