"""The states a ticket file has of its own: changing them, undoing it, and taking them elsewhere."""

from __future__ import annotations

import json
import shlex
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from desk import CUSTOMERS, Desk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prassi.core.book import status_catalogue
from prassi.core.errors import BadInput, Faults, PrassiError
from prassi.core.importing.import_tickets import import_sources
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.ticketfile import change_states as changing
from prassi.core.ticketfile import connect, export, state_catalogue
from prassi.core.ticketfile import undo as undoing
from prassi.core.ticketfile.find_steps import find_of_run
from prassi.core.ticketfile.open import create_file
from prassi.core.ticketfile.verify import verify_file
from prassi.core.ticketfile.write_events import EventWriter
from requestwork import refused, request

DEFAULTS = ["new", "in-progress", "waiting", "completed"]


def states(desk: Desk) -> list[str]:
    """The states there are, those in brackets that say a request may be closed."""
    rows = desk.good("request states list --json").rows
    return [f"({row['name']})" if row["completed"] else row["name"] for row in rows]


def sound(desk: Desk) -> None:
    """The chain and all rows fit."""
    assert desk.run("verify").code == 0


# --- changing them --------------------------------------------------------------------------------


def test_a_file_begins_with_the_books_states(desk: Desk) -> None:
    desk.load(request("waiting"), request("waiting", ref="Q-2"), request("closed", ref="Q-3"))
    assert desk.good("request states list --json").rows == [
        {"name": "new", "completed": False, "open": 0},
        {"name": "in-progress", "completed": False, "open": 0},
        {"name": "waiting", "completed": False, "open": 2},
        {"name": "completed", "completed": True, "open": 0},
    ]
    assert (
        desk.good("request states list").out.splitlines()[0] == "state        may be closed  open"
    )


def test_a_state_is_added(desk: Desk) -> None:
    desk.load(request())
    ran = desk.good("request states add 'to be checked'")
    assert "new, in-progress, waiting, completed, to be checked." in ran.out
    desk.good("request states add ready --completed")
    assert states(desk) == [
        "new",
        "in-progress",
        "waiting",
        "(completed)",
        "to be checked",
        "(ready)",
    ]
    desk.good("request move Q-1 'to be checked'")
    assert desk.show("Q-1")["status"] == "to be checked"
    sound(desk)


def test_past_seven_states_it_is_said_that_fewer_columns_read_better(desk: Desk) -> None:
    desk.load()
    for name in ("five", "six", "seven"):
        assert desk.good(f"request states add {name}").err == ""
    ran = desk.good("request states add eight --json")
    assert ran.err == "8 states are 8 columns on the board; fewer are easier to read.\n"
    assert len(ran.rows) == 1
    assert len(states(desk)) == 8


def test_a_completed_state_says_that_it_may_be_closed_not_that_it_is(desk: Desk) -> None:
    desk.load(request())
    desk.good("request states add ready --completed")
    desk.good("request move Q-1 ready")
    (told,) = desk.good("triage --json").rows
    assert told["rule"] == "day.closable"
    desk.good("request states rename ready ready --not-completed")
    (told,) = desk.good("triage --all --json").rows
    assert told["rule"] == "day.wait"


def test_what_is_in_a_renamed_state_goes_along(desk: Desk) -> None:
    desk.load(request("waiting"), request(ref="Q-2"), request("waiting", ref="Q-3"))
    desk.good("request generate Q-2 ticket --no-close")
    desk.good("request move Q-4 waiting")
    ran = desk.good("request states rename waiting 'on hold' --json")
    assert ran.rows[0]["tickets"] == ["Q-1", "Q-3", "Q-4"]
    assert [desk.show(ref)["status"] for ref in ("Q-1", "Q-2", "Q-3", "Q-4")] == [
        "on hold", "new", "on hold", "on hold",
    ]  # fmt: skip
    assert states(desk) == ["new", "in-progress", "on hold", "(completed)"]
    assert desk.show("Q-1")["history"][-1]["changes"] == {"status": ["waiting", "on hold"]}
    sound(desk)


def test_states_are_put_into_another_order(desk: Desk) -> None:
    desk.load(request())
    desk.good("request states reorder waiting new")
    assert states(desk) == ["waiting", "new", "in-progress", "(completed)"]
    board = desk.good("request board").out
    assert board.index("waiting (0)") < board.index("new (1)") < board.index("in-progress (0)")


def test_a_state_in_use_stays(desk: Desk) -> None:
    desk.load(request("waiting"), request(ref="Q-2"))
    refused(desk, "request states remove waiting", 3, "1 open ticket", "another name")
    desk.good("request move Q-2 waiting")
    refused(desk, "request states remove waiting", 3, "2 open tickets")
    desk.good("request close Q-1")
    desk.good("request move Q-2 new")
    desk.good("request states remove waiting")
    assert states(desk) == ["new", "in-progress", "(completed)"]
    refused(desk, "request move Q-2 waiting", 2, "new, in-progress, completed")


def test_a_ticket_made_from_a_request_uses_its_state_too(desk: Desk) -> None:
    desk.load(request("waiting"))
    desk.good("request generate Q-1 ticket --close")
    refused(desk, "request states remove new", 3, "1 open ticket")


def test_a_state_can_change_its_own_case_and_blanks(desk: Desk) -> None:
    desk.load(request("waiting"))
    desk.good("request states rename waiting 'Wait ing'")
    assert states(desk) == ["new", "in-progress", "Wait ing", "(completed)"]
    assert desk.show("Q-1")["status"] == "Wait ing"


def test_the_last_state_stays(desk: Desk) -> None:
    desk.load()
    for name in DEFAULTS[1:]:
        desk.good(f"request states remove {name}")
    refused(desk, "request states remove new", 3, "only state", "add another first")


@pytest.mark.parametrize(
    ("command", "mentions"),
    [
        ("add new", ["there is already a state 'new'; there are new, in-progress"]),
        ("add New", ["there is already a state 'new', which differs from 'New' only by case or"]),
        (
            "add 'in -Progress'",
            ["already a state 'in-progress', which differs from 'in -Progress'"],
        ),
        ("add ｎｅｗ", ["there is already a state 'new', which differs from 'ｎｅｗ' only"]),
        ("rename waiting 'NE W'", ["there is already a state 'new', which differs from 'NE W'"]),
        ("add closed", ["'closed'", "closed tickets"]),
        ("add Closed", ["'Closed'", "closed tickets have the state 'closed'"]),
        ("add ' x'", ["' x'"]),
        ("add ''", ["''"]),
        (["add", "two\nlines"], ["line breaks"]),
        (["add", "\u202eflip"], ["line breaks"]),
        ("rename nowhere x", ["no state 'nowhere'", "new, in-progress"]),
        ("rename new waiting", ["there is already a state 'waiting'"]),
        ("rename new new", ["'new' is already the name of the state"]),
        ("rename new closed", ["'closed'"]),
        ("reorder nowhere", ["no state 'nowhere'"]),
        ("reorder waiting waiting", ["'waiting' is named twice"]),
        ("reorder new in-progress", ["already in this order"]),
        ("reorder", ["STATE"]),
        ("remove nowhere", ["no state 'nowhere'"]),
    ],
)
def test_what_makes_no_sense_is_told(
    desk: Desk, command: str | list[str], mentions: list[str]
) -> None:
    desk.load(request())
    before = desk.export(), desk.good("log").out
    words = shlex.split(command) if isinstance(command, str) else command
    ran = desk.run(["request", "states", *words])
    assert (ran.code, ran.out) == (2, "")
    for mention in mentions:
        assert mention in ran.err
    assert (desk.export(), desk.good("log").out) == before


def test_a_dry_run_only_says_what_would_be(desk: Desk) -> None:
    desk.load(request())
    ran = desk.good("request states rename new fresh --dry-run")
    assert ran.out.startswith("The states would be now: fresh, in-progress")
    assert "event" not in ran.out
    (told,) = desk.good("request states add x --dry-run --json").rows
    assert (told["applied"], told["event_id"]) == (False, None)
    assert states(desk) == ["new", "in-progress", "waiting", "(completed)"]
    assert desk.good("request states add x --quiet").out == ""


# --- undoing it -----------------------------------------------------------------------------------


def test_each_change_can_be_undone(desk: Desk) -> None:
    desk.load(request("waiting"))
    seen = [desk.export()]
    for command in ("add x", "reorder x", "remove new", "rename x y --completed"):
        desk.good(f"request states {command}")
        seen.append(desk.export())
    assert seen[0] != seen[1]
    for before in reversed(seen[:-1]):
        desk.good("undo")
        assert desk.export() == before
        sound(desk)
    assert states(desk) == ["new", "in-progress", "waiting", "(completed)"]


def test_a_renaming_is_undone_as_a_whole(desk: Desk) -> None:
    desk.load(request("waiting"), request("waiting", ref="Q-2"))
    before = desk.export()
    desk.good("request states rename waiting 'on hold'")
    refused(desk, "undo", 3, "Q-2 would be left in the state 'waiting'", "prassi undo --run 2")
    refused(desk, "undo 2", 3, "would be left in the state 'on hold'", "prassi undo --run 2")
    desk.good("undo --run 2")
    assert desk.export() == before
    sound(desk)


def test_an_older_change_waits_for_the_newer_one(desk: Desk) -> None:
    desk.load()
    desk.good("request states add x")
    desk.good("request states add y")
    refused(desk, "undo 2", 3, "undo event 3 first")
    desk.good("undo 3")
    desk.good("undo 2")
    assert states(desk) == ["new", "in-progress", "waiting", "(completed)"]


def test_undo_leaves_no_ticket_in_a_state_there_is_not(desk: Desk) -> None:
    desk.load(request("waiting"))
    desk.good("request states add x")
    desk.good("request move Q-1 x")
    refused(desk, "undo 2", 3, "Q-1 would be left in the state 'x'")
    desk.good("request states remove waiting")
    refused(desk, "undo 3", 3, "Q-1 would be left in the state 'waiting'", "prassi undo --run 4")
    desk.good("undo --run 4")
    desk.good("undo 3")
    assert desk.show("Q-1")["status"] == "waiting"
    sound(desk)


def test_what_is_changed_behind_its_back_is_found(desk: Desk) -> None:
    desk.load()
    desk.good("request states add x")
    sound(desk)
    for tampering in (
        "UPDATE state SET completed = 1 WHERE name = 'x'",
        "UPDATE state SET ended_by = 1 WHERE name = 'x'",
        "DELETE FROM state WHERE name = 'x'",
    ):
        kept = desk.file.read_bytes()
        with sqlite3.connect(desk.file) as connection:
            connection.execute(tampering)
        connection.close()
        assert desk.run("verify").code == 1
        desk.file.write_bytes(kept)


# --- taking them elsewhere ------------------------------------------------------------------------


def moved_in(desk: Desk, tmp_path: Path, rows: str, name: str = "rows.json") -> Desk:
    """A new file, into which something was imported."""
    source = tmp_path / name
    source.write_text(rows, encoding="utf-8")
    desk.file = tmp_path / f"{name}.db"
    desk.good("init")
    desk.good(f"import {source}")
    return desk


def test_a_file_that_has_the_books_states_does_not_speak_of_them(desk: Desk) -> None:
    desk.load(request())
    assert "states" not in desk.export()


@pytest.mark.parametrize("form", ["", " --json"])
def test_states_go_along(desk: Desk, tmp_path: Path, form: str) -> None:
    desk.load(request("waiting"), request(ref="Q-2"))
    desk.good("request states add 'to be checked'")
    desk.good("request states rename waiting 'on hold' --completed")
    desk.good("request states reorder 'to be checked'")
    exported, text = desk.export(), desk.good(f"export{form}").out
    assert [row["state"] for row in exported["states"]] == [
        "to be checked", "new", "in-progress", "on hold", "completed",
    ]  # fmt: skip
    moved_in(desk, tmp_path, text)
    assert desk.export() == exported
    assert states(desk) == ["to be checked", "new", "in-progress", "(on hold)", "(completed)"]
    sound(desk)
    desk.good("request new --customer C-1 --type other --text x")
    assert desk.show("Q-3")["status"] == "to be checked"


def test_an_export_with_states_that_are_the_books_again_comes_in_too(
    desk: Desk, tmp_path: Path
) -> None:
    desk.load(request())
    desk.good("request states add x")
    desk.good("request states remove x")
    text = desk.good("export").out
    moved_in(desk, tmp_path, text)
    assert desk.good("export").out == text


def test_states_can_come_after_the_tickets_in_them_and_from_another_source(
    desk: Desk, tmp_path: Path
) -> None:
    tickets = tmp_path / "tickets.json"
    rows = {
        "tickets": [request("x"), {**request(ref="Q-2"), "status": None}],
        "customers": CUSTOMERS,
    }
    tickets.write_text(json.dumps(rows), encoding="utf-8")
    listed = tmp_path / "states.csv"
    listed.write_text("book,state,completed\nrequests,first,\nrequests,x,yes\n", encoding="utf-8")
    desk.good("init")
    desk.good(f"import {tickets} {listed}")
    assert states(desk) == ["first", "(x)"]
    assert [desk.show(ref)["status"] for ref in ("Q-1", "Q-2")] == ["x", "first"]
    desk.good("undo --run 1")
    assert desk.export() == {"customers": [], "tickets": []}
    assert states(desk) == ["new", "in-progress", "waiting", "(completed)"]


def state(name: object, book: object = "requests", **more: object) -> dict[str, object]:
    return {"book": book, "state": name, **more}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([state("a"), state("a")], "state is 'a', which is here twice"),
        (
            [state("ab"), state("A B")],
            "state is 'A B', and 'ab' is here too, which differs only",
        ),
        ([state("closed")], "state is 'closed': closed tickets have the state 'closed'"),
        ([state(" a")], "state is ' a'"),
        ([state(None)], "state is missing"),
        ([state(3)], "state is 3: it must be text"),
        ([state("a", completed="perhaps")], "completed is 'perhaps': it must be yes or no"),
        ([state("a", place=1)], "a state has no 'place'; it has book, state, completed"),
        ([state("a", "nothing")], "book is 'nothing'"),
        ([state("a", "collections")], "book is 'collections', whose states"),
        ([state("a")], "open tickets of book requests stand in 'waiting'; name that state too"),
    ],
)
def test_faults_of_states_are_told_with_their_line(
    desk: Desk, tmp_path: Path, rows: list[dict[str, object]], told: str
) -> None:
    desk.load(request("waiting"))
    before = desk.export()
    source = tmp_path / "states.jsonl"
    source.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    ran = desk.run(f"import {source}")
    assert ran.code == 2
    assert f"{source}:{len(rows)}: a state: {told}" in ran.err
    assert desk.export() == before


def test_a_file_with_states_of_its_own_takes_no_others(desk: Desk, tmp_path: Path) -> None:
    desk.load(request())
    desk.good("request states add x")
    exported = desk.good("export").out
    others = tmp_path / "states.json"
    others.write_text(json.dumps({"states": [state("new"), state("y")]}), encoding="utf-8")
    refused(desk, f"import {others}", 2, "other states of book requests: new, in-progress")
    same = json.loads(exported)
    others.write_text(json.dumps({"states": same["states"], "tickets": [request("x", ref="Q-9")]}))
    desk.good(f"import {others}")
    assert desk.show("Q-9")["status"] == "x"
    assert len(states(desk)) == 5


def test_a_ticket_in_a_state_there_is_not_is_a_fault(desk: Desk, tmp_path: Path) -> None:
    desk.load()
    desk.good("request states rename new fresh")
    source = tmp_path / "tickets.json"
    source.write_text(json.dumps({"tickets": [request("new")]}), encoding="utf-8")
    there_are = "fresh, in-progress, waiting, completed, closed"
    refused(desk, f"import {source}", 2, f"status is 'new': it must be one of {there_are}")


# --- books that let a file have its states -------------------------------------------------------


SHIPPED = Path(state_catalogue.__file__).parent.parent / "books" / "requests"


def book_with(folder: Path, old: str, new: str) -> Shelf:
    """The requests book with another text somewhere."""
    made = folder / "requests"
    made.mkdir()
    text = (SHIPPED / "book.toml").read_text(encoding="utf-8")
    assert old in text
    (made / "book.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    (made / "facts.sql").write_text((SHIPPED / "facts.sql").read_text(encoding="utf-8"))
    return Shelf(NONE._replace(books=str(folder)))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('{ status = "{state}" }', '{ status = "waiting" }', "there is no status 'waiting'"),
        ("stays = false }", 'stays = false, status = "new" }', "the test of status"),
        ("completed = true }\nclosed", "closed = true }\nclosed", None),
    ],
)
def test_rules_can_name_no_state_that_is_a_files_to_say(
    tmp_path: Path, old: str, new: str, told: str | None
) -> None:
    shelf = book_with(tmp_path, old, new)
    if told is None:
        assert [
            state.name for state in status_catalogue.states_of(shelf.book("requests"))
        ] == DEFAULTS[:3]
        return
    with pytest.raises(Faults) as raised:
        shelf.book("requests")
    (fault,) = raised.value.faults
    assert "book.toml:" in fault
    assert told in fault


def test_a_catalogue_begins_with_some_state(tmp_path: Path) -> None:
    text = (SHIPPED / "book.toml").read_text(encoding="utf-8")
    first = text.index("new = { about")
    shelf = book_with(tmp_path, text[first : text.index("closed = { about")], "")
    with pytest.raises(Faults, match="a catalogue needs an open status"):
        shelf.book("requests")


def test_the_states_of_other_books_are_their_own(desk: Desk) -> None:
    desk.load()
    with pytest.raises(BadInput, match="are fixed"):
        status_catalogue.states_of(Shelf(NONE).book("collections"))


# --- any changes, in any order --------------------------------------------------------------------

NAMES = st.sampled_from(["new", "in-progress", "waiting", "completed", "a", "b", "closed"])
CHANGES = st.one_of(
    st.tuples(st.just("add"), NAMES, st.booleans()),
    st.tuples(st.just("rename"), NAMES, NAMES),
    st.tuples(st.just("reorder"), NAMES, NAMES),
    st.tuples(st.just("remove"), NAMES),
    st.tuples(st.just("undo")),
)


@pytest.mark.slow
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.unmeasured
@given(changes=st.lists(CHANGES, max_size=8))
def test_no_change_leaves_a_ticket_without_a_state(
    changes: list[tuple[Any, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("states")
    rows = {"customers": CUSTOMERS, "tickets": [request(), request("waiting", ref="Q-2")]}
    (folder / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    connection = take_in(folder / "rows.json", folder / "a.db")
    before = exported(connection)
    for change in changes:
        change_states(connection, change)
        listed = [
            one.name for one in status_catalogue.states_of(shelf(connection).book("requests"))
        ]
        assert listed
        assert len(set(listed)) == len(listed)
        assert {"Q-1", "Q-2"} == {
            row["ref"]
            for row in json.loads(exported(connection))["tickets"]
            if row["status"] in listed
        }
    assert verify_file(connection).faults == []
    (folder / "rows.json").write_text(text := exported(connection), encoding="utf-8")
    other = take_in(folder / "rows.json", folder / "b.db")
    assert exported(other) == text
    other.close()
    undo_all(connection)
    assert exported(connection) == before
    connection.close()


def shelf(connection: sqlite3.Connection) -> Shelf:
    return Shelf(NONE, connection)


def take_in(rows: Path, path: Path) -> sqlite3.Connection:
    """A new ticket file with these rows."""
    connection = create_file(str(path))
    with connect.transaction(connection):
        writer = EventWriter(connection, "import", "2026-03-02")
        import_sources(connection, shelf(connection), writer, [str(rows)], today="2026-03-02")
    return connection


def exported(connection: sqlite3.Connection) -> str:
    return "".join(export.format_document(connection, shelf(connection)))


def change_states(connection: sqlite3.Connection, change: tuple[Any, ...]) -> None:
    """Make a change, unless it is refused."""
    book, kind, given = shelf(connection).book("requests"), change[0], change[1:]
    used = state_catalogue.count_open_tickets(connection, "requests")
    try:
        if kind == "undo":
            undo(connection)
            return
        made = {
            "add": lambda: status_catalogue.add_state(book, *given),
            "rename": lambda: status_catalogue.rename_state(book, *given, None),
            "reorder": lambda: status_catalogue.reorder_states(book, given),
            "remove": lambda: status_catalogue.remove_state(book, given[0], used.get(given[0], 0)),
        }[kind]()
        with connect.transaction(connection):
            writer = EventWriter(connection, "request states", "2026-03-02")
            changing.change_states(connection, writer, shelf(connection), "requests", made)
    except PrassiError:
        return


def newest_run(connection: sqlite3.Connection) -> int:
    """The run of the newest event that stands."""
    query = (
        "SELECT max(run) FROM event AS e WHERE undoes IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM event AS u WHERE u.undoes = e.id)"
    )
    return int(connection.execute(query).fetchone()[0])


def undo(connection: sqlite3.Connection) -> None:
    """Take the newest run back, unless it is the first."""
    run = newest_run(connection)
    if run == 1:
        return
    with connect.transaction(connection):
        undoing.undo_events(
            connection,
            EventWriter(connection, "undo", "2026-03-02"),
            [step.event_id for step in find_of_run(connection, run)],
        )
        state_catalogue.check_open_tickets(connection, lambda: shelf(connection), [1])


def undo_all(connection: sqlite3.Connection) -> None:
    """Take all runs but the first back, the newest first."""
    while True:
        if newest_run(connection) == 1:
            return
        undo(connection)
