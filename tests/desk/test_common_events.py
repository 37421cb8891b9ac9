"""What every book has beside its procedure: notes, assignments, postponing, closing, reopening."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from desk import MONDAY, Desk
from prassi.core.book.common_events import make_common_event
from prassi.core.book.names import COMMON_EVENTS
from prassi.core.book.read_book import read_book
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.system.parse_toml import parse
from prassi.core.system.toml_document import Document
from procedure import calling, noticed, promised, ticket

DUE = "2026-03-09"


@pytest.fixture
def called(desk: Desk) -> Desk:
    return desk.load({**calling(2, task=f"call-again {DUE}"), "assignee": "anna"})


def changed(desk: Desk, command: str) -> dict[str, tuple[Any, Any]]:
    """What a command changes on T-1, but for its history."""
    before = desk.show()
    desk.good(command)
    after = desk.show()
    names = [n for n in {**before, **after} if n != "history" and after.get(n) != before.get(n)]
    return {name: (before.get(name), after.get(name)) for name in names}


def test_a_note_changes_nothing_else(called: Desk) -> None:
    assert changed(called, "note T-1 Richiama") == {
        "notes": ([], [{"at": MONDAY, "text": "Richiama"}])
    }


def test_a_note_keeps_where_its_file_lies(called: Desk) -> None:
    path = called.folder / "x.pdf"
    path.write_text("x")
    (action,) = called.good(f"note T-1 Distinta --attach {path} --json").rows[0]["actions"]
    assert action == {
        "action": "note",
        "text": "Distinta",
        "attachment": str(path),
    }
    ran = called.run("note T-1 Distinta --attach nothing.pdf")
    assert ran == (2, "", "Error: --attach nothing.pdf: there is no such file.\n")


def test_a_closed_ticket_takes_notes_and_nothing_else(desk: Desk) -> None:
    desk.load({**ticket("closed"), "result": "settled"})
    desk.good("note T-1 Ringrazia")
    for command in (
        f"postpone T-1 {DUE}",
        "done T-1",
        "assign T-1 luca",
        "close T-1 bankrupt --note x",
    ):
        assert desk.run(command).code == 3


def test_assigning(called: Desk) -> None:
    assert changed(called, "assign T-1 luca") == {"assignee": ("anna", "luca")}
    assert changed(called, "assign T-1 none") == {"assignee": ("luca", None)}


def test_postponing_moves_the_task(called: Desk) -> None:
    tasks = [{"kind": "call-again", "due": DUE}], [{"kind": "call-again", "due": "2026-03-12"}]
    assert changed(called, "postpone T-1 2026-03-12") == {"tasks": tasks}


@pytest.mark.parametrize(
    ("row", "command", "told"),
    [
        (noticed(MONDAY, task=f"x {DUE}"), f"postpone T-1 {DUE}", "T-1 is pre-block."),
        (promised(DUE), f"postpone T-1 {DUE}", "T-1 is awaiting-payment."),
        (ticket("new"), f"postpone T-1 {DUE}", "T-1 has no open task that could be moved."),
        (ticket("new"), "done T-1", "T-1 has no open task."),
        (calling(1, task=f"call-again {DUE}"), "done T-1 unblock", "T-1 has no open task unblock."),
        (ticket("new"), "reopen T-1", "T-1 is open."),
    ],
)  # fmt: skip
def test_what_can_not_be_is_refused(
    desk: Desk, row: dict[str, Any], command: str, told: str
) -> None:
    desk.load(row)
    before = desk.file.read_bytes()
    ran = desk.run(command)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("Error: ")
    assert told.removeprefix("T-1 ") in ran.err
    assert desk.file.read_bytes() == before


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("postpone T-1 2026-03-01", "DATE is 2026-03-01, which is past"),
        ("close T-1 bankrupt", "--note is missing"),
        ("close T-1 tired --note x", "RESULT is 'tired': it must be one of withdrawn, bankrupt"),
        ("assign T-1", "name one or several tickets"),
        ("assign --from anna", "give tickets and WHO, or --from and --to"),
        ("assign --from bruno --to luca", "no open ticket is assigned to bruno"),
        ("assign --from anna --to lucaa", "did you mean 'luca'?"),
        ("ticket new collections --customer C-9", "there is no such customer"),
        ("ticket new collections --customer C-1 colour=red", "colour is not asked for"),
    ],
)
def test_wrong_input_is_told(desk: Desk, command: str, told: str) -> None:
    desk.load(
        {**calling(2, task=f"call-again {DUE}"), "assignee": "anna"},
        {**calling(2), "ref": "T-2", "assignee": "luca"},
    )
    before = desk.file.read_bytes()
    ran = desk.run(command)
    assert (ran.code, told in ran.err) == (2, True), ran
    assert desk.file.read_bytes() == before


def test_a_task_is_done(called: Desk) -> None:
    assert changed(called, "done T-1") == {"tasks": ([{"kind": "call-again", "due": DUE}], [])}


def test_closing_by_hand_ends_the_task_and_withdraws_what_waits(desk: Desk) -> None:
    desk.load(ticket("new"))
    desk.good("call-outcome T-1 no-answer")
    (row,) = desk.good("close T-1 bankrupt --note Fallita --json").rows
    kinds = [action["action"] for action in row["actions"]]
    assert kinds == ["done", "note", "close", "withdraw"]
    assert row["next"] is None
    shown = desk.show()
    assert (shown["status"], shown["result"], shown["tasks"]) == ("closed", "bankrupt", [])


def test_a_reopened_ticket_begins_anew(desk: Desk) -> None:
    desk.load(ticket("calling"))
    desk.good("close T-1 withdrawn --note x")
    assert changed(desk, "reopen T-1") == {
        "status": ("closed", "new"),
        "result": ("withdrawn", None),
        "cycle": (1, 2),
        "priority": ("low", "medium"),
    }
    assert desk.good("triage --json").rows[0]["rule"] == "day.call"


@pytest.mark.parametrize(
    "command",
    ["note T-1 x", "assign T-1 luca", "postpone T-1 2026-03-12", "done T-1", "close T-1 bankrupt --note x"],
)  # fmt: skip
def test_each_is_undone(called: Desk, command: str) -> None:
    before = called.export()
    called.good(command)
    assert called.export() != before
    called.good("undo")
    assert called.export() == before
    assert called.good("verify").code == 0


def test_notes_and_assignments_stand_in_no_way_of_an_undo(called: Desk) -> None:
    (row,) = called.good("call-outcome T-1 no-answer --json").rows
    called.good("note T-1 x")
    called.good("assign T-1 luca")
    called.good(f"undo {row['event_id']} --yes")
    shown = called.show()
    assert (shown["assignee"], [note["text"] for note in shown["notes"]]) == ("luca", ["x"])


# --- many tickets at once -------------------------------------------------------------------------


@pytest.fixture
def twelve(desk: Desk) -> Desk:
    rows = ({**calling(2), "ref": f"T-{n}", "assignee": "anna"} for n in range(1, 13))
    return desk.load(*rows, {**calling(2), "ref": "T-13", "assignee": "luca"})


def assignees(desk: Desk) -> list[str | None]:
    return [row["assignee"] for row in desk.export()["tickets"]]


def test_all_tickets_of_a_colleague_move_with_one_command_and_one_undo(twelve: Desk) -> None:
    rows = twelve.good("assign --from anna --to luca --json").rows
    assert (len(rows), {row["by"] for row in rows}) == (12, {"anna"})
    assert assignees(twelve) == ["luca"] * 13
    twelve.good("undo")
    assert assignees(twelve) == ["anna"] * 12 + ["luca"]


def test_several_tickets_move_together_or_not_at_all(twelve: Desk) -> None:
    twelve.good("close T-2 withdrawn --note x")
    before = twelve.file.read_bytes()
    assert twelve.run("assign T-1 T-2 T-3 luca").code == 3
    assert twelve.file.read_bytes() == before
    twelve.good("assign T-1 T-3 luca")
    assert assignees(twelve)[:3] == ["luca", "anna", "luca"]


def test_the_night_of_the_day_gives_them_back(twelve: Desk) -> None:
    twelve.good("assign --from anna --to luca --until 2026-03-04")
    twelve.good("assign T-1 giulia")
    twelve.good("triage", at="2026-03-03")
    assert assignees(twelve)[:2] == ["giulia", "luca"]
    out = twelve.good("triage", at="2026-03-04").out
    assert assignees(twelve) == ["giulia"] + ["anna"] * 11 + ["luca"]
    assert out.count("It changes hands.") == 11
    events = len(twelve.good("log --json").rows)
    twelve.good("triage", at="2026-03-04")
    assert assignees(twelve)[:2] == ["giulia", "anna"]
    assert len(twelve.good("log --json").rows) == events


def test_what_all_books_have_of_somebody_is_lent_and_given_back(desk: Desk) -> None:
    row = {"customer": "C-1", "opened": MONDAY, "assignee": "anna"}
    case = {**row, "ref": "K-1", "book": "cases", "status": "OPEN", "creator": "petr"}
    case |= {"category": "backoffice", "subject": "x", "description": "x", "respond_by": DUE}
    request = {**row, "ref": "Q-1", "book": "requests", "status": "new", "owner": "anna"}
    desk.load(calling(2) | {"assignee": "anna"}, case, request | {"type": "other", "text": "x"})
    desk.good("assign --from anna --to luca --until 2026-03-04")
    owners = [desk.show(ref)["assignee"] for ref in ("T-1", "K-1", "Q-1")]
    assert [*owners, desk.show("Q-1")["owner"]] == ["luca"] * 4
    desk.good("triage", at="2026-03-03")
    assert desk.show("Q-1")["owner"] == "luca"
    desk.good("triage", at="2026-03-04")
    owners = [desk.show(ref)["assignee"] for ref in ("T-1", "K-1", "Q-1")]
    assert [*owners, desk.show("Q-1")["owner"]] == ["anna"] * 4


def test_a_case_or_a_request_is_not_taken_from_everybody(desk: Desk) -> None:
    row = {"customer": "C-1", "opened": MONDAY, "assignee": "anna"}
    case = {**row, "ref": "K-1", "book": "cases", "status": "OPEN", "creator": "petr"}
    case |= {"category": "backoffice", "subject": "x", "description": "x", "respond_by": DUE}
    request = {**row, "ref": "Q-1", "book": "requests", "status": "new", "owner": "anna"}
    desk.load(case, request | {"type": "other", "text": "x"})
    for ref in ("K-1", "Q-1"):
        ran = desk.run(f"assign {ref} none")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == ("Error: WHO is missing: common.assign needs who has it from now on.\n")


def test_a_case_that_nobody_has_accepted_is_assigned_to_nobody(desk: Desk) -> None:
    case = {"ref": "K-1", "book": "cases", "customer": "C-1", "opened": MONDAY, "status": "OPEN"}
    case |= {"creator": "petr", "category": "backoffice", "subject": "x", "description": "x"}
    desk.load(case | {"respond_by": DUE})
    ran = desk.run("assign K-1 luca")
    assert (ran.code, ran.out) == (3, "")
    assert "only where it is OPEN and somebody has accepted it" in ran.err


def test_a_faulty_book_keeps_its_loan_and_stops_no_other_ticket(desk: Desk) -> None:
    request = {
        "ref": "Q-1",
        "book": "requests",
        "customer": "C-1",
        "status": "new",
        "opened": MONDAY,
    }
    lent = {**calling(2), "assignee": "anna"}
    desk.load(lent, {**request, "owner": "anna", "type": "commercial", "text": "x"})
    desk.good("assign T-1 luca --until 2026-03-04")
    source = Path(Shelf(NONE).book("collections").folder)
    own = desk.folder / "own" / "collections"
    own.mkdir(parents=True)
    (own / "book.toml").write_text((source / "book.toml").read_text().replace("[tasks]", "[taskz]"))
    (own / "facts.sql").write_text((source / "facts.sql").read_text())
    desk.settings('[folders]\nbooks = "own"\n')
    ran = desk.run("triage --all --json", at="2026-03-04")
    assert (ran.code, [row["ticket"] for row in ran.rows]) == (1, ["Q-1"]), ran
    assert "T-1: " in ran.err
    desk.settings("")
    desk.good("triage", at="2026-03-04")
    assert desk.show()["assignee"] == "anna"


# --- what a book says of them ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["cases", "collections", "insistence", "packages", "requests"])
def test_common_events_are_sound_parts_of_every_book(name: str) -> None:
    """Each reads without a fault, as if the book had written it."""
    book = Shelf(NONE).book(name)
    path = Path(book.folder) / "book.toml"
    document = parse(str(path), path.read_bytes())
    own = document.data["events"]
    fields = document.data.get("fields", {})
    assert isinstance(own, dict)
    assert isinstance(fields, dict)
    made = {n: make_common_event(n, book, fields) for n in COMMON_EVENTS if n not in own}
    for event in made.values():
        for rule in event["rule"]:
            rule["extrapolated"] = True
    data = {**document.data, "common": {}, "events": {**own, **made}}
    reader = read_book(Document(str(path), data), {}, checking=True)
    for one in made:
        reader.event(one)
    assert reader.toml.faults == []


def test_the_book_s_own_close_is_used(desk: Desk) -> None:
    row = {
        "ref": "Q-1",
        "book": "requests",
        "customer": "C-1",
        "status": "new",
        "opened": MONDAY,
        "owner": "anna",
    }
    desk.load({**row, "type": "commercial", "text": "x"})
    assert desk.good("close Q-1 done --json").rows[0]["rule"] == "request.close"
    told = "Error: reopen is not part of the procedure of book requests.\n"
    assert desk.run("reopen Q-1") == (3, "", told)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("closing = false", "there is no common event 'closing'; there are note, assign,"),
        ("day = false", "there is no common event 'day'; there are note,"),
        ("close = true", "close must be a table, not true."),
        ('postpone = { status = ["asleep"] }', "there is no status 'asleep'; there are "),
        (
            'note = { status = ["new"] }',
            "note takes no status; assign, postpone, task-done, close can.",
        ),
        ('close = { needs = ["slip"] }', "close has no 'slip' to need; it has note."),
        ('assign = { needs = ["note"] }', "assign has no 'note' to need; it has who."),
        ('assign = { if = "asleep" }', "'asleep' is not a yes-or-no fact of the book."),
        ('assign = { if = "status" }', "'status' is not a yes-or-no fact of the book."),
        ('close = { if = "closed" }', "close takes no if; assign can."),
        ('close = { event = "shut" }', "there is no event 'shut' to hand on to."),
        ('close = { with = { x = "y" } }', "with says what an event is given: name the event."),
    ],
)
def test_what_a_book_says_of_them_is_checked(desk: Desk, said: str, told: str) -> None:
    source = Path(Shelf(NONE).book("collections").folder)
    own = desk.folder / "own" / "collections"
    own.mkdir(parents=True)
    text = (source / "book.toml").read_text()
    start = text.index("[common]")
    end = text.index("\n\n", start)
    (own / "book.toml").write_text(f"{text[:start]}[common]\n{said}{text[end:]}")
    (own / "facts.sql").write_text((source / "facts.sql").read_text())
    (desk.folder / "prassi.toml").write_text('[folders]\nbooks = "own"\n')
    line = text[:start].count("\n") + 2
    desk.good("init")
    ran = desk.run("book check collections")
    assert f"book.toml:{line}: {told}" in ran.out + ran.err, ran
