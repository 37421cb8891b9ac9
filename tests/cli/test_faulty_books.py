"""A faulty book stops its own tickets only: the others, and whatever needs no book, go on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from command_lines import LINES, Line
from desk import Desk, Ran
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE

pytestmark = pytest.mark.unmeasured

ROOT = Path(__file__).parents[2]
OURS = ROOT / "core" / "books"
OWN = ROOT / "fixtures" / "own-book" / "books" / "lost-and-found"
SHIPPED = ("cases", "collections", "insistence", "packages", "requests")
BOOKS = (*SHIPPED, OWN.name)

SETTINGS = """\
company = { name = "Quadrifoglia", email = "desk@example.org" }
[folders]
books = "books"
"""

OF_ALL = ("triage", "todo", "stats", "what-if", "report")
"""Commands about all books, which end with 1 where they had to leave one out."""

MORE = {
    "own event": Line("event lost-and-found found thing=bag finder=Huber", OWN.name),
    "own book": Line("book show lost-and-found", OWN.name),
    "night of one book": Line("triage --book cases", "cases"),
    "night of one ticket": Line("triage P-101", "packages"),
    "pre-block sheet": Line("preblock", "collections"),
    "all sheets": Line("sheet"),
    "promises": Line("promise T-1012", "collections"),
    "board": Line("request board", "requests"),
    "states": Line("request states add Sospesa", "requests"),
    "folder": Line("case-route folder --creator anna", "cases"),
    "rows": Line("export --json"),
    "old decision": Line("explain --event-id 20"),
    "outbox folder": Line("outbox export -n mail"),
    "ticket of a run": Line("log T-1009"),
    "undo of a run": Line("undo --run 8"),
    "graph": Line("book graph requests", "requests"),
}

APART = ("doctor", "desk")
"""What is tried by itself, and what needs a terminal."""

QUICK = {(OWN.name, "facts")}
QUICK_LINES = ("triage", "export", "show", "event", "case-route", "sheet", "undo", "what-if")


# --- faults ---------------------------------------------------------------------------------------


def break_toml(desk: Desk, book: str) -> str:
    path = desk.folder / "books" / book / "book.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n[broken\n", encoding="utf-8")
    return "this is not valid TOML"


def break_facts(desk: Desk, book: str) -> str:
    (desk.folder / "books" / book / "facts.sql").write_text("SELECT 1 FROM nothing")
    return f"{book}/facts.sql: "


def break_parameter(desk: Desk, book: str) -> str:
    plain = Shelf(NONE._replace(books=str(desk.folder / "books"))).book(book)
    figures = (one for one in plain.parameters.values() if type(one.value) is int)
    name = next((one.name for one in figures), "nothing")
    desk.settings(f"{SETTINGS}[parameters.{book}]\n{name} = -1\n")
    return f"{desk.folder}/prassi.toml:5: "


def break_template(desk: Desk, book: str) -> str:
    path = desk.folder / "books" / book / "book.toml"
    head, message, tail = path.read_text(encoding="utf-8").partition('{ message = "')
    assert message
    path.write_text(f"{head}{message}no-{tail}", encoding="utf-8")
    return f"{book}/book.toml:"


BREAKS: dict[str, Callable[[Desk, str], str]] = {
    "toml": break_toml,
    "facts": break_facts,
    "parameter": break_parameter,
    "template": break_template,
}
"""What makes a book faulty, and returns what then must be told."""

WITHOUT_MESSAGES = ("insistence", "requests")


def cases() -> Iterator[Any]:
    for book in BOOKS:
        for kind in BREAKS:
            if kind != "template" or book not in WITHOUT_MESSAGES:
                marks = () if (book, kind) in QUICK else (pytest.mark.slow,)
                yield pytest.param(book, kind, marks=marks, id=f"{book}-{kind}")


# --- the desk ----------------------------------------------------------------------------------------


class Sound(NamedTuple):
    """A folder with books and a ticket file in which nights have been, and what lines answer there."""

    folder: Path
    ran: dict[str, Ran]
    events: dict[str, int]


def copy_desk(folder: Path, to: Path) -> Desk:
    """The desk of a folder once more, where only its owner can write, as books must be."""
    shutil.copytree(folder, to, dirs_exist_ok=True)
    desk = Desk(to)
    desk.settings(SETTINGS)
    return desk


def run(desk: Desk, line: Line, monkeypatch: pytest.MonkeyPatch) -> Ran:
    monkeypatch.chdir(desk.folder)
    return desk.run(line.words, at="2026-03-03")


def count_events(desk: Desk) -> int:
    return len(desk.run("log --json", at="2026-03-03").rows)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    desk = Desk(tmp_path_factory.mktemp("sound"))
    for book in SHIPPED:
        shutil.copytree(OURS / book, desk.folder / "books" / book)
    shutil.copytree(OWN, desk.folder / "books" / OWN.name)
    desk.settings(SETTINGS)
    desk.good("init")
    for book in SHIPPED:
        desk.good(f"import {ROOT}/fixtures/{book}.json")
    desk.good("event lost-and-found found thing=bag finder=Huber")
    desk.good("triage")
    desk.good("request close Q-101 --owner chiara")
    desk.good("call-outcome T-1009 no-answer --at 2026-03-02T09:30")
    desk.good(f"backup {desk.folder}/kept.db")
    (desk.folder / "more.csv").write_text("ref,name\nC-99999,Ёж ✓\n", encoding="utf-8")
    (desk.folder / "more.toml").write_text('[customer]\nref = "ref"\nname = "name"\n')
    return Sound(desk.folder, {}, {})


def run_sound(
    made: Sound, name: str, line: Line, tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Ran, int]:
    """What a line answers where every book is sound, and the events after it."""
    if name not in made.ran:
        desk = copy_desk(made.folder, tmp / "sound")
        ran = run(desk, line, monkeypatch)
        made.ran[name] = ran._replace(out=ran.out.replace(str(desk.folder), ""))
        made.events[name] = count_events(desk)
        shutil.rmtree(desk.folder)
    return made.ran[name], made.events[name]


# --- every command --------------------------------------------------------------------------------


@pytest.mark.parametrize(("book", "kind"), list(cases()))
def test_a_faulty_book_stops_its_own_tickets_only(
    made: Sound, book: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = copy_desk(made.folder, tmp_path / "desk")
    told, before = BREAKS[kind](desk, book), desk.file.read_bytes()
    # What doctor prints is about the faulty book.
    lines = {name: line for name, line in {**LINES, **MORE}.items() if name not in APART}
    for name in QUICK_LINES if (book, kind) in QUICK else lines:
        line = lines[name]
        usual, wanted = run_sound(made, name, line, tmp_path, monkeypatch)
        # In the fixtures is a letter that has no address: it can't be handed over.
        assert usual.code in (0, 3) or (name, usual.code) == ("outbox folder", 1), (name, usual)
        ran = run(desk, line, monkeypatch)
        about = f"{name}: {ran}"
        if line.book == book:
            assert (ran.code, told in ran.err) == (2, True), about
            assert desk.file.read_bytes() == before, about
        elif name in OF_ALL:
            assert ran.code == 1, about
            assert f"book {book} is left out: " in ran.err, about
            assert told in ran.err, about
        else:
            assert ran.code == usual.code, about
            assert count_events(desk) == wanted, about
            # What restore prints has the head of an event with the clock in it.
            if name not in ("replay", "book", "all sheets", "restore"):
                assert ran.out.replace(str(desk.folder), "") == usual.out, about
        desk.file.write_bytes(before)


# --- the night ------------------------------------------------------------------------------------


@pytest.mark.parametrize("book", ["collections", "packages"])
def test_a_night_does_the_other_books_and_ends_with_1(
    made: Sound, book: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line("triage --all --json")
    usual = run(copy_desk(made.folder, tmp_path / "sound"), line, monkeypatch)
    desk = copy_desk(made.folder, tmp_path / "desk")
    told = break_facts(desk, book)
    ran = run(desk, line, monkeypatch)
    others = [row for row in usual.rows if row["book"] != book]

    def decided(rows: list[Any]) -> list[tuple[str, str]]:
        return [(row["ticket"], row["rule"]) for row in rows]

    assert others
    assert decided(ran.rows) == decided(others)
    assert ran.code == 1
    first, last = ran.err.strip().splitlines()
    assert first.startswith(f"Error: book {book} is left out: {desk.folder}/books/{book}/facts.sql")
    assert told in first
    assert last == (
        f"Error: all tickets of {book} were left as they are; mend the book and run triage again."
    )


def test_a_facts_sql_that_fails_at_night_stops_its_own_book_only(
    made: Sound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is fine on an empty ticket file, as a check runs it, and gives two rows for a ticket."""
    desk = copy_desk(made.folder, tmp_path / "desk")
    path = desk.folder / "books" / "collections" / "facts.sql"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"SELECT * FROM ({text}) UNION ALL SELECT * FROM ({text})", encoding="utf-8")
    ran = run(desk, Line("triage --json"), monkeypatch)
    assert ran.code == 1
    assert "book collections is left out: facts.sql of book collections gives more" in ran.err
    books = {row["book"] for row in ran.rows}
    assert books >= {"cases", "insistence", "requests"}
    assert "collections" not in books


# --- export ---------------------------------------------------------------------------------------


def import_own(desk: Desk) -> None:
    """A ticket of the book of one's own, on which nothing was decided yet."""
    desk.good("init")
    ticket = {"ref": "LF-1", "book": OWN.name, "customer": "C-1", "thing": "bag"}
    path = desk.folder / "own.json"
    path.write_text(json.dumps({"customers": [{"ref": "C-1"}], "tickets": [ticket]}))
    desk.good(f"import {path}")


def make_own(folder: Path) -> Desk:
    shutil.copytree(OWN, folder / "books" / OWN.name)
    desk = Desk(folder)
    desk.settings(SETTINGS)
    import_own(desk)
    return desk


def test_an_export_takes_the_declarations_of_a_faulty_book(tmp_path: Path) -> None:
    desk = make_own(tmp_path)
    usual = desk.good("export").out
    break_facts(desk, OWN.name)
    assert desk.good("export").out == usual
    break_template(desk, OWN.name)
    assert desk.good("export").out == usual


def test_an_export_of_which_nothing_is_known_can_not_be_taken_for_another_one(
    tmp_path: Path,
) -> None:
    """An amount is stored in hundredths: imported as it is, it would be a hundred times as much."""
    desk = make_own(tmp_path)
    told = break_toml(desk, OWN.name)
    ran = desk.run("export")
    assert ran.code == 1
    assert "Error: the tickets of book lost-and-found are printed as they are stored: " in ran.err
    assert told in ran.err
    (ticket,) = json.loads(ran.out)["tickets"]
    assert ticket["stored"] == {"fields": {"class": "ordinary", "thing": "bag"}}
    shown = desk.run("show LF-1 --json")
    assert (shown.code, shown.rows[0]["stored"]) == (0, ticket["stored"])
    assert "LF-1 is printed as it is stored: " in shown.err


def test_an_export_takes_the_version_that_the_file_kept(tmp_path: Path) -> None:
    desk = make_own(tmp_path)
    desk.good("event lost-and-found found thing=hat finder=Huber")
    usual = desk.good("export").out
    shutil.rmtree(desk.folder / "books" / OWN.name)
    assert desk.good("export").out == usual


# --- settings -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_a_parameter_makes_of_a_book_is_told_at_its_line(
    made: Sound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = copy_desk(made.folder, tmp_path / "desk")
    desk.settings(
        f"{SETTINGS}[parameters.collections]\nretry_workdays = 4\npreblock_proformas = 0\n"
    )
    ran = run(desk, Line("call-outcome T-1009 no-answer"), monkeypatch)
    assert ran.code == 2
    head, fault = ran.err.strip().splitlines()
    assert head == f"Error: {desk.folder}/prassi.toml has 1 fault:"
    assert fault.startswith(f"{desk.folder}/prassi.toml:6: preblock_proformas can't be 0: ")
    assert "call.no-answer.preblock and call.x.nothing-open both answer" in fault
    checked = run(desk, Line("book check collections"), monkeypatch)
    assert (checked.code, checked.out.strip()) == (1, fault)
    tried = run(desk, Line("what-if --set cases.nothing=1"), monkeypatch)
    assert tried.code == 2
    desk.settings(SETTINGS)
    tried = run(desk, Line("what-if --set collections.preblock_proformas=0"), monkeypatch)
    assert tried.code == 2
    assert tried.err.startswith(
        "Error: --set collections.preblock_proformas: preblock_proformas can't be 0: "
    )


def test_people_of_a_role_that_a_book_has_not_stop_that_book_only(
    made: Sound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = copy_desk(made.folder, tmp_path / "desk")
    desk.settings(f'{SETTINGS}[roles.packages]\nboss = "x"\n')
    ran = run(desk, Line("triage"), monkeypatch)
    told = f"book packages is left out: {desk.folder}/prassi.toml:5: book packages has no role"
    assert (ran.code, told in ran.err) == (1, True)
    checked = run(desk, Line("book check packages"), monkeypatch)
    assert (checked.code, checked.out.startswith(f"{desk.folder}/prassi.toml:5: ")) == (1, True)


@pytest.mark.slow
def test_a_check_of_all_books_goes_on(
    made: Sound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = copy_desk(made.folder, tmp_path / "desk")
    told = break_toml(desk, "cases")
    ran = run(desk, Line("book check"), monkeypatch)
    assert (ran.code, told in ran.err) == (1, True)
    assert [line.split(":")[0] for line in ran.out.splitlines()] == sorted({*BOOKS} - {"cases"})


def test_a_book_whose_file_is_gone_stops_its_own_tickets_only(
    made: Sound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings name it still, and the ticket file keeps what it declared."""
    desk = copy_desk(made.folder, tmp_path / "desk")
    settings = f"{SETTINGS}[parameters.{OWN.name}]\nremind_workdays = 3\n"
    desk.settings(settings)
    usual = run(desk, Line("export"), monkeypatch)
    (desk.folder / "books" / OWN.name / "book.toml").unlink()
    ran = run(desk, Line("triage --json"), monkeypatch)
    assert (ran.code, f"book {OWN.name} is left out: there is no book" in ran.err) == (1, True)
    assert {row["book"] for row in ran.rows} >= {"cases", "requests"}
    assert run(desk, Line("show LF-1"), monkeypatch).code == 0
    desk.file.write_bytes((made.folder / "tickets.db").read_bytes())
    assert run(desk, Line("export"), monkeypatch).out == usual.out
    desk.settings(settings.replace(OWN.name, "lost-and-fount"))
    assert run(desk, Line("triage"), monkeypatch).code == 2
