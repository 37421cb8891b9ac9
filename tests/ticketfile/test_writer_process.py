"""Writing beside others: pages that were overtaken, a second process, agents during a sweep."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from prassi.core.desk import night as night_module
from prassi.core.desk.night import FIRST, MANY, Night, Selection, use_second_process
from prassi.core.desk.office import Office, PlanResult
from prassi.core.errors import FileUnusable
from prassi.core.library.settings import NONE
from prassi.core.system.fast_json import encode
from prassi.core.ticketfile import connect
from prassi.core.ticketfile.open import create_file, open_file
from prassi.core.ticketfile.packed_plans import PlanPage, pack_plans
from prassi.core.ticketfile.verify import verify_file
from prassi.core.ticketfile.write_events import EventRecord, EventWriter
from prassi.core.ticketfile.writer_process import ChildProcessWriter, InProcessWriter

# A test runner has threads of its own, at which newer Pythons shake their heads before a fork.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")

AT = "2026-03-02"
LONG_AGO = "2026-02-20"
"""Promised for that day; three working days later the night asks for a new call."""

TABLES = (
    "run", "book", "event", "customer", "ticket", "item", "note", "tag", "task", "message", "report",
)  # fmt: skip


def ticket(number: int) -> list[tuple[str, tuple[Any, ...]]]:
    """The rows of a ticket whose promise was missed; every hundredth one gets the notice now."""
    fields = {
        "missed_calls": 0, "missed_appointments": 0, "missed_contacts": 0,
        "broken_promises": 0 if number % 100 else 2, "received": 0,
    }  # fmt: skip
    proforma = {
        "number": f"PF-{number}",
        "amount": 12000,
        "currency": "EUR",
        "issued": None,
        "paid": None,
    }
    promise = {"pay_on": LONG_AGO, "kind": "full", "amount": None, "state": "open"}
    return [
        ("customer", (number, f"C-{number}", f"Rossi {number}", "a@example.org", None, "it", None, None)),
        ("ticket", (number, f"T-{number}", "collections", number, "awaiting-payment", 1, "2026-01-15",
                    "medium", None, None, encode(fields))),
        ("item", (number, "proformas", proforma)),
        ("item", (number, "promises", promise)),
        ("task", (number, "payment-check", "2026-02-25")),
    ]  # fmt: skip


def make(path: Path, count: int) -> Path:
    """A ticket file with so many tickets on which the night acts."""
    connection = create_file(str(path))
    with connect.transaction(connection):
        writer = EventWriter(connection, "import", "2026-02-01")
        for first in range(1, count + 1, 1000):
            numbers = range(first, min(first + 1000, count + 1))
            rows = [row for number in numbers for row in ticket(number)]
            writer.write_records([EventRecord(event="import", made=rows)])
    connection.close()
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A ticket file with three tickets."""
    return make(tmp_path / "tickets.db", 3)


@contextmanager
def office(path: Path, command: str = "triage") -> Iterator[Office]:
    """An office with a connection of its own."""
    connection = open_file(str(path))
    try:
        yield Office(connection, NONE, AT, InProcessWriter(connection, command, AT))
    finally:
        connection.close()


def night(at: Office) -> Night:
    return Night(at, at.shelf.book("collections"), Selection(), lambda rule: True)


def triage(path: Path) -> list[PlanResult]:
    """A whole night, with a second process where many tickets are open."""
    with office(path) as desk, use_second_process(desk):
        return [decision for page in night(desk).sweep() for decision in page]


def call(path: Path, ref: str) -> None:
    """What an agent does meanwhile: a call that nobody answered."""
    with office(path, "call-outcome") as desk:
        desk.handle(ref, "call", {"outcome": "no-answer"}, str)


def pay(path: Path, ref: str) -> None:
    with office(path, "payment") as desk:
        desk.handle(ref, "payment", {"all": True}, str)


def dump(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that stands in a file, apart from the moment a run was recorded at, and the hashes."""
    connection = sqlite3.connect(path)
    rows = {
        table: connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
        for table in TABLES
    }
    connection.close()
    rows["run"] = [(*row[:3], *row[4:]) for row in rows["run"]]
    # The hash comes before the customer, whose column is younger.
    rows["event"] = [(*row[:-2], row[-1]) for row in rows["event"]]
    return rows


def count(path: Path, table: str = "event") -> int:
    return len(dump(path)[table])


def sound(path: Path) -> bool:
    connection = open_file(str(path))
    try:
        return not verify_file(connection).faults
    finally:
        connection.close()


def status(path: Path, ref: str) -> str:
    return next(row[4] for row in dump(path)["ticket"] if row[1] == ref)


# --- pages that were overtaken ----------------------------------------------------------------------


class Meanwhile:
    """A writer beside which something else happens, just before its first page is sent, or another."""

    def __init__(
        self,
        writer: InProcessWriter | ChildProcessWriter,
        happens: Callable[[], None],
        page: int = 1,
    ) -> None:
        self._writer, self._happens, self._page = writer, happens, page
        self.overtaken = self.held = 0

    def prepare_page(self, page: PlanPage, seen: int) -> Any:
        return self._writer.prepare_page(page, seen)

    def send_page(self, ready: Any) -> None:
        self._page -= 1
        if self._page == 0:
            self._happens()
        self._writer.send_page(ready)

    def await_numbers(self) -> list[int] | None:
        numbers = self._writer.await_numbers()
        self.overtaken += numbers is None
        return numbers

    def lock(self) -> None:
        self.held += 1
        self._writer.lock()

    def unlock(self) -> None:
        self._writer.unlock()

    def transaction(self) -> Any:
        return self._writer.transaction()


@contextmanager
def writing(desk: Office, behind: bool) -> Iterator[InProcessWriter | ChildProcessWriter]:
    """The writer of an office, or a second process in its place."""
    here = InProcessWriter(desk.connection, "triage", AT)
    if not behind:
        yield here
        return
    with here.start_child() as second:
        yield second


def swept(
    path: Path, behind: bool, happens: Callable[[], None], page: int = 1
) -> tuple[list[PlanResult], Meanwhile]:
    """A night beside which something happens."""
    with office(path) as desk, writing(desk, behind) as writer:
        desk.writer = beside = Meanwhile(writer, happens, page)
        return [one for page in night(desk).sweep() for one in page], beside


def nothing() -> None:
    pass


@pytest.mark.parametrize("behind", [False, True])
def test_a_page_that_was_overtaken_is_planned_anew_and_written(file: Path, behind: bool) -> None:
    decisions, writer = swept(file, behind, lambda: call(file, "T-2"))
    assert writer.overtaken == 1
    assert [(one.plan.state.ref, one.plan.rule.id, one.event_id) for one in decisions] == [
        ("T-1", "day.payment.missed", 3),
        ("T-2", "day.wait", None),
        ("T-3", "day.payment.missed", 4),
    ]
    assert sound(file)


@pytest.mark.parametrize("behind", [False, True])
def test_it_is_planned_anew_in_small_parts_so_that_others_get_in(
    tmp_path: Path, behind: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(night_module, "FIRST", 2)
    monkeypatch.setattr(night_module, "PAGE", 5)
    file = make(tmp_path / "nine.db", 9)
    decisions, writer = swept(file, behind, lambda: call(file, "T-8"), page=3)  # T-7 to T-9
    assert (writer.overtaken, writer.held) == (1, 2)
    assert [one.plan.state.ref for one in decisions] == [f"T-{n}" for n in range(1, 10)]
    assert {one.plan.state.ref for one in decisions if one.event_id is None} == {"T-8"}
    assert sound(file)


def test_what_was_undecided_on_an_overtaken_page_is_decided_anew(file: Path) -> None:
    with office(file) as desk:
        writer = InProcessWriter(desk.connection, "triage", AT)
        tonight = night(desk)
        desk.writer = beside = Meanwhile(writer, lambda: call(file, "T-2"))
        tonight.undecided = {1: "as it was", 9: "another page's"}
        assert len([one for page in tonight.sweep() for one in page]) == 3
        assert beside.overtaken == 1
        assert tonight.undecided == {9: "another page's"}


@pytest.mark.parametrize("behind", [False, True])
def test_where_nothing_is_left_to_write_the_lock_is_given_back(
    tmp_path: Path, behind: bool
) -> None:
    file = make(tmp_path / "one.db", 1)
    decisions, writer = swept(file, behind, lambda: pay(file, "T-1"))
    assert (writer.overtaken, decisions) == (1, [])
    assert status(file, "T-1") == "closed"
    assert free(file)
    assert sound(file)


def free(path: Path) -> bool:
    """Whether the file can be written to, without waiting."""
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True


def planned(desk: Office) -> tuple[PlanPage, int]:
    """The one page of a small file, with the newest event it was planned on."""
    tonight = night(desk)
    found = tonight.decide_page(1, 3, newest(desk.connection))
    return pack_plans(tonight.plan_page(found).acting, desk.book_to_keep(tonight.book)), found.seen


def newest(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT max(id) FROM event WHERE undoes IS NULL").fetchone()[0])


@pytest.mark.parametrize("behind", [False, True])
def test_an_overtaken_page_is_refused_and_the_next_can_be_planned_under_the_lock(
    file: Path, behind: bool
) -> None:
    with office(file) as desk, writing(desk, behind) as writer:
        old = planned(desk)
        call(file, "T-2")
        writer.send_page(writer.prepare_page(*old))
        assert writer.await_numbers() is None
        assert count(file) == 2
        assert free(file)
        writer.lock()
        assert not free(file)
        writer.send_page(writer.prepare_page(*planned(desk)))
        assert writer.await_numbers() == [3, 4]
        assert free(file)
        writer.lock()
        writer.unlock()
        assert free(file)


def test_events_of_the_same_run_do_not_overtake_it(file: Path) -> None:
    with office(file) as desk:
        writer, page = InProcessWriter(desk.connection, "triage", AT), planned(desk)
        writer.send_page(writer.prepare_page(*page))
        assert writer.await_numbers() == [2, 3, 4]
        writer.send_page(writer.prepare_page(*page))
        assert writer.await_numbers() == [5, 6, 7]


# --- one process or two -----------------------------------------------------------------------------


def test_two_processes_write_what_one_writes(tmp_path: Path) -> None:
    alone, together = make(tmp_path / "alone.db", 1100), make(tmp_path / "together.db", 1100)
    decisions = {}
    for path, behind in ((alone, False), (together, True)):
        decisions[behind], writer = swept(path, behind, nothing)
        assert writer.overtaken == 0
    assert [one.event_id for one in decisions[True]] == [*range(3, 1103)]
    assert [one.event_id for one in decisions[False]] == [*range(3, 1103)]
    assert dump(alone) == dump(together)
    assert count(alone, "message") == 11
    assert sound(alone)
    assert sound(together)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with so many tickets that a second process pays."""
    return make(tmp_path_factory.mktemp("many") / "tickets.db", MANY + 200)


def copied(original: Path, path: Path) -> Path:
    path.write_bytes(original.read_bytes())
    return path


@pytest.mark.slow
def test_a_sweep_over_many_tickets_with_an_agent_beside_it(many: Path, tmp_path: Path) -> None:
    file = copied(many, tmp_path / "tickets.db")
    before = count(file)
    decisions, agents, kinds = [], [], set()
    with office(file) as desk, use_second_process(desk):
        for page in night(desk).sweep():
            kinds.add(type(desk.writer))
            decisions += page
            if len(decisions) == FIRST:  # the page after the next one has been read already
                first = agent(file, f"T-{4 * FIRST + 1}")
                assert first.wait(60) == 0
                agents.append(agent(file, f"T-{MANY + 100}"))
        assert type(desk.writer) is ChildProcessWriter
    assert type(desk.writer) is InProcessWriter
    assert kinds == {ChildProcessWriter}
    assert [one.wait(60) for one in agents] == [0]
    rules = {one.plan.state.ref: one.plan.rule.id for one in decisions}
    assert rules["T-1"] == "day.payment.missed"
    assert rules[f"T-{4 * FIRST + 1}"] == "day.wait"
    numbers = [one.event_id for one in decisions if one.event_id is not None]
    calls = [row[0] for row in dump(file)["event"] if row[5] == "call"]
    assert sorted(numbers + calls) == [*range(before + 1, count(file) + 1)]
    assert len(calls) == 2
    assert len(decisions) == MANY + 200
    assert sound(file)
    again = count(file)
    assert not [one for one in triage(file) if one.event_id is not None]
    assert count(file) == again
    assert count(file, "run") == 4


def agent(path: Path, ref: str) -> subprocess.Popen[bytes]:
    """Somebody at another shell."""
    words = ["call-outcome", ref, "no-answer", "--file", str(path), "--at", AT, "--quiet"]
    return subprocess.Popen([sys.executable, "-m", "prassi.cli.main", *words])


def test_few_tickets_are_written_by_one_process(file: Path) -> None:
    with office(file) as desk, use_second_process(desk):
        assert type(desk.writer) is InProcessWriter


def test_a_dry_run_writes_nothing_and_makes_no_second_process(many: Path) -> None:
    before = count(many)
    connection = open_file(str(many))
    desk = Office(connection, NONE, AT, None)
    with use_second_process(desk):
        decisions = [one for page in night(desk).sweep() for one in page]
    connection.close()
    assert len(decisions) == MANY + 200
    assert {one.event_id for one in decisions} == {None}
    assert count(many) == before


def test_the_second_process_leaves_the_first_its_processors(file: Path) -> None:
    before = os.sched_getaffinity(0)
    swept(file, True, nothing)
    assert os.sched_getaffinity(0) == before


# --- when it goes wrong -----------------------------------------------------------------------------


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is opened whatever its schema is, so that a trigger can stand for what goes wrong."""
    monkeypatch.setattr(connect, "check_schema", lambda *given: None)


def refuse(path: Path, table: str, condition: str = "1") -> None:
    """From now on the file takes no new rows of a table."""
    connection = sqlite3.connect(path)
    connection.execute(
        f"CREATE TRIGGER refuse BEFORE INSERT ON {table} WHEN {condition}"
        " BEGIN SELECT raise(ABORT, 'no room'); END"
    )
    connection.commit()
    connection.close()


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize("table", ["run", "book", "event", "note", "task", "message"])
def test_a_page_that_fails_is_not_there_at_all(tmp_path: Path, behind: bool, table: str) -> None:
    file = make(tmp_path / "hundred.db", 100)
    before = dump(file)
    refuse(file, table)
    with pytest.raises(sqlite3.Error, match="no room"):
        swept(file, behind, nothing)
    assert dump(file) == before
    assert free(file)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("behind", [False, True])
def test_pages_before_the_one_that_fails_stay(tmp_path: Path, behind: bool) -> None:
    file = make(tmp_path / "tickets.db", FIRST + 10)
    refuse(file, "task", f"NEW.ticket = {FIRST + 5}")
    with pytest.raises(sqlite3.Error, match="no room"):
        swept(file, behind, nothing)
    assert count(file) == 1 + FIRST
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TRIGGER refuse")
    connection.close()
    assert sound(file)


@pytest.mark.usefixtures("trusted")
def test_a_hand_that_failed_can_go_on(file: Path) -> None:
    with office(file) as desk:
        writer = InProcessWriter(desk.connection, "triage", AT)
        page = planned(desk)
        refuse(file, "note")
        writer.send_page(writer.prepare_page(*page))
        with pytest.raises(sqlite3.IntegrityError):
            writer.await_numbers()
        desk.connection.execute("DROP TRIGGER refuse")
        writer.send_page(writer.prepare_page(*page))
        assert writer.await_numbers() == [2, 3, 4]
    assert sound(file)


@pytest.mark.usefixtures("trusted")
def test_a_single_event_that_fails_leaves_nothing_and_the_next_one_is_written(file: Path) -> None:
    before = dump(file)
    refuse(file, "note")
    with office(file) as desk:
        with pytest.raises(sqlite3.IntegrityError):
            desk.handle("T-1", "call", {"outcome": "no-answer"}, str)
        assert dump(file) == before
        desk.connection.execute("DROP TRIGGER refuse")
        assert desk.handle("T-1", "call", {"outcome": "no-answer"}, str).event_id == 2
    assert sound(file)


def test_a_file_that_is_locked_for_too_long_is_told(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "BUSY_SECONDS", 0)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for behind in (False, True):
        with (
            pytest.raises(FileUnusable, match="has been locked by another program"),
            connect.translate_errors(str(file)),
        ):
            swept(file, behind, nothing)
    other.close()
    assert len(triage(file)) == 3


ENDED = pytest.raises(FileUnusable, match=r"^the writing process ended early; run the same")


def test_a_second_process_that_can_not_open_the_file_says_why(file: Path) -> None:
    with office(file) as desk:
        page = planned(desk)
        file.rename(file.with_suffix(".moved"))
        gone = pytest.raises(FileUnusable, match=r"tickets\.db is no longer there: ")
        with writing(desk, behind=True) as writer:
            for _ in range(2):
                writer.send_page(writer.prepare_page(*page))
                with gone:
                    writer.await_numbers()


@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize("how", ["deleted", "moved", "replaced"])
def test_a_file_that_vanishes_in_the_middle_takes_no_page(
    file: Path, behind: bool, how: str
) -> None:
    """SQLite would go on to write to a file that nobody finds any more."""
    kept = file.with_suffix(".kept")

    def vanish() -> None:
        shutil.copy(file, kept)
        if how == "replaced":
            os.replace(shutil.copy(file, file.with_suffix(".new")), file)
        elif how == "moved":
            file.rename(file.with_suffix(".moved"))
        else:
            file.unlink()

    vanished = pytest.raises(FileUnusable, match=r"is no longer there: .*; nothing was written\.")
    with vanished, connect.translate_errors(str(file)):
        swept(file, behind, vanish)
    for left in [path for path in (file, file.with_suffix(".moved")) if path.exists()]:
        assert dump(left) == dump(kept)


def test_a_second_process_that_meets_an_error_of_its_own_says_so(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventWriter, "write_page", lambda self, page: 1 / 0)
    with office(file) as desk:
        page = planned(desk)
        with writing(desk, behind=True) as writer:
            writer.send_page(writer.prepare_page(*page))
            with pytest.raises(FileUnusable, match="an error of its own: ZeroDivisionError"):
                writer.await_numbers()


@pytest.mark.parametrize("sent", ["a page", "more than a pipe takes", "a word that a buffer takes"])
def test_a_second_process_that_is_killed_is_told_and_leaves_no_half_page(
    file: Path, sent: str
) -> None:
    before = dump(file)
    with office(file) as desk:
        page, seen = planned(desk)
        with ENDED, writing(desk, behind=True) as writer:
            assert isinstance(writer, ChildProcessWriter)
            os.kill(writer._process, signal.SIGKILL)
            os.waitid(os.P_PID, writer._process, os.WEXITED | os.WNOWAIT)
            if sent.startswith("a word"):
                writer.unlock()
            writer.send_page(
                writer.prepare_page(
                    page._replace(records=page.records * (400 if "pipe" in sent else 1)), seen
                )
            )
            writer.await_numbers()
        with pytest.raises(ChildProcessError):  # nobody is left to wait for
            os.waitpid(writer._process, os.WNOHANG)
    assert dump(file) == before
    assert free(file)


def test_where_the_first_process_gives_up_the_second_ends_and_the_lock_is_free(file: Path) -> None:
    with office(file) as desk:
        old = planned(desk)
        call(file, "T-1")
        with suppress(KeyboardInterrupt), writing(desk, behind=True) as writer:
            writer.send_page(writer.prepare_page(*old))
            assert writer.await_numbers() is None
            writer.lock()
            assert not free(file)
            raise KeyboardInterrupt
    assert free(file)
    assert count(file) == 2


def test_single_events_are_not_for_the_second_process(file: Path) -> None:
    with office(file) as desk, writing(desk, behind=True) as writer:
        with pytest.raises(RuntimeError, match="in their own process"):
            writer.transaction()
        assert isinstance(writer, ChildProcessWriter)
