"""Event logs whose rows are events of the book: each is decided as of its own moment, none is lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from desk import MONDAY, SETTINGS, Desk, Ran

LOG = """
[source]
order = "at"
[customer]
ref = "who"
email = "mail"
[ticket]
ref = "id"
book = { const = "collections" }
opened = { column = "at", moment = "%d/%m/%Y %H:%M:%S", take = "first" }
[notes]
at = { column = "at", moment = "%d/%m/%Y %H:%M:%S" }
text = "what"
[items.proformas]
number = "proforma"
amount = "amount"
[events]
event = { column = "what", values = { "No answer" = "call", "Said: paid" = "call", "Paid" = "payment" }, other = "" }
at = { column = "at", moment = "%d/%m/%Y %H:%M:%S" }
outcome = { column = "what", values = { "No answer" = "no-answer", "Said: paid" = "already-paid" }, other = "" }
on = { column = "at", date = "%d/%m/%Y %H:%M:%S" }
all = { column = "what", values = { "Paid" = "true" }, other = "" }
"""
HEADER = "id,who,mail,at,what,proforma,amount\n"
OPENED = "1,a,a@example.org,02/02/2026 09:00:00,Opened,P-1,10.00\n"
FIRST = "1,a,a@example.org,03/02/2026 10:00:05,No answer,,\n"
SECOND = "1,a,a@example.org,03/02/2026 10:00:40,Moved house,,\n"
THIRD = "1,a,a@example.org,12/02/2026 11:00:00,No answer,,\n"
PAID = "1,a,a@example.org,20/02/2026 08:00:00,Paid,,\n"
NOTED = LOG.replace("[events]", '[events]\nrefused = "note"')


def bring_in(desk: Desk, *rows: str, by: str = LOG) -> Ran:
    (desk.folder / "log.csv").write_text(HEADER + "".join(rows))
    (desk.folder / "log.toml").write_text(by)
    if not desk.file.exists():
        desk.good("init")
    return desk.run(["import", f"{desk.folder}/log.csv", "--map", f"{desk.folder}/log.toml"])


ROWS = (OPENED, FIRST, SECOND, THIRD, PAID)


@pytest.mark.parametrize("rows", [ROWS, ROWS[::-1]])
def test_each_row_is_a_note_or_an_event_of_its_own_moment(desk: Desk, rows: tuple[str]) -> None:
    ran = bring_in(desk, *rows)
    told = "1 customer and 1 ticket imported, with 1 proforma, 2 notes and 3 events.\n"
    assert (ran.code, ran.out, ran.err) == (0, told, "")
    ticket = desk.show("1")
    assert (ticket["status"], ticket["result"], ticket["missed_calls"]) == ("closed", "settled", 2)
    events = [(one["at"], one["rule"]) for one in ticket["history"]]
    assert events[:2] == [
        ("2026-02-03T10:00", "call.no-answer.first"),
        ("2026-02-12T11:00", "call.no-answer.retry"),
    ]
    assert events[2][0] == "2026-02-20T08:00"
    ours = [one["text"] for one in ticket["notes"] if one["text"] in ("Opened", "Moved house")]
    assert ours == ["Opened", "Moved house"]
    assert "sound" in desk.good("verify").out
    assert desk.good("replay --fail-on-change").code == 0


def test_rows_of_one_minute_keep_their_order(desk: Desk) -> None:
    """A log is often written with the newest row first, and moments are kept to the minute."""
    heard = SECOND.replace("10:00:40", "10:00:20").replace("Moved house", "Heard of it")
    paid = PAID.replace("20/02/2026 08:00:00", "03/02/2026 10:00:50")
    assert bring_in(desk, paid, SECOND, heard, FIRST, OPENED).code == 0
    ticket = desk.show("1")
    assert ticket["history"][0]["rule"] == "call.no-answer.first"
    ours = [one["text"] for one in ticket["notes"] if one["text"] in ("Heard of it", "Moved house")]
    assert ours == ["Heard of it", "Moved house"]


def test_days_are_counted_from_the_row_and_letters_stay(desk: Desk) -> None:
    assert bring_in(desk, OPENED, FIRST).code == 0
    view = desk.view("1")
    assert view["tasks"] == [{"kind": "call-again", "due": "2026-02-10"}]
    assert {(one["state"], one["reason"]) for one in view["messages"]} == {("held", "import")}
    desk.settings(SETTINGS + '[mail]\nsendmail = "/bin/false"\nfrom = "d@example.org"\n')
    assert "held: it belongs to an event of an imported log" in desk.good("outbox send -n").out


def test_an_import_with_events_is_taken_back_as_a_whole(desk: Desk) -> None:
    empty = desk.good("init") and desk.export()
    assert bring_in(desk, *ROWS).code == 0
    desk.good("undo --run 1 --yes")
    assert desk.export() == empty
    assert "sound" in desk.good("verify").out


FAULTS = [
    (PAID + THIRD.replace("12/02", "21/02"), "log.csv:4: event call on 1: "),
    (FIRST.replace("03/02/2026", "03/03/2026"),
     "log.csv:3: event call on 1: 2026-03-03T10:00 is after the moment of the import, 2026-03-02."),
    (FIRST.replace("03/02/2026 10:00:05", ""), "log.csv:3: one of events: at (our at) is missing"),
    (FIRST.replace("03/02/2026", "33/02/2026"), "log.csv:3: at (our at) is '33/02/2026 10:00:05'"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "fault"), FAULTS)
def test_what_the_book_refuses_is_a_fault_of_its_row(desk: Desk, rows: str, fault: str) -> None:
    by = LOG.replace('order = "at"', "")
    ran = bring_in(desk, OPENED, rows, by=by)
    assert ran.code == 2
    assert fault in ran.err
    assert desk.export() == {"customers": [], "tickets": []}


def test_what_the_book_refuses_can_come_in_as_a_note(desk: Desk) -> None:
    late = THIRD.replace("12/02", "21/02")
    ran = bring_in(desk, OPENED, PAID, late, by=NOTED)
    assert ran.code == 0
    assert "with 1 proforma, 2 notes and 1 event." in ran.out
    assert "1 row came in as a note, because the book refuses its event. The first is " in ran.err
    assert "log.csv:4: event call on 1: " in ran.err
    note = {"at": "2026-02-21T11:00", "text": "No answer"}
    assert note in [{name: one[name] for name in note} for one in desk.show("1")["notes"]]
    desk.good("undo --run 1 --yes")
    assert "sound" in desk.good("verify").out


WRONG = [
    (NOTED.replace("[notes]", "[tasks]").replace("text =", "kind ="), "refused can only be"),
    (NOTED.replace('refused = "note"', 'refused = "drop"'), "refused can only be"),
    (LOG.replace("outcome =", "outcom ="), "outcom"),
    (LOG.replace('= "call",', '= "ring",', 1), "book collections has no event 'ring': it has "),
]


@pytest.mark.parametrize(("by", "told"), WRONG)
def test_what_is_wrong_in_the_map_is_told(desk: Desk, by: str, told: str) -> None:
    ran = bring_in(desk, OPENED, FIRST, by=by)
    assert ran.code == 2
    assert told in ran.err


def test_a_sync_takes_no_log(desk: Desk) -> None:
    bring_in(desk, OPENED)
    words = ["sync", f"{desk.folder}/log.csv", "--map", f"{desk.folder}/log.toml"]
    ran = desk.run(words)
    assert ran.code == 2
    assert "has [events]" in ran.err


@pytest.mark.parametrize("moment", ["2026-02-03T10:01", "2026-02-03", MONDAY])
def test_a_changed_moment_breaks_the_chain(desk: Desk, moment: str) -> None:
    bring_in(desk, OPENED, FIRST)
    with closing(sqlite3.connect(desk.file)) as connection, connection:
        connection.execute("DROP TRIGGER event_never_changes")
        connection.execute("UPDATE event SET at = ? WHERE event = 'call'", (moment,))
        connection.execute(
            "CREATE TRIGGER event_never_changes BEFORE UPDATE ON event\n"
            "BEGIN SELECT raise(ABORT, 'an event never changes'); END"
        )
    ran = desk.run("verify")
    assert ran.code == 1
    assert "event 2 does not fit the chain" in ran.out + ran.err
