"""What is worked out of the parts of a file is what the commands print of the whole."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from prassi.core.library.settings import NONE, Settings, load
from prassi.core.spark.part_work import NIGHT, REPLAY, WHAT_IF, PartRow, Work, work_on_part
from prassi.core.spark.shipped_settings import ship_settings

FIXTURES = Path(__file__).parents[2] / "fixtures"
FOLLOW_UP = (
    "--file-follow-up late-response --phone +39055000888 --email a@example.org --description late"
)
BOOKS = ("cases", "collections", "insistence", "packages", "requests")
IMPORTED, NIGHTS, DAY = "2026-03-01", ("2026-03-02", "2026-03-03"), "2026-03-09"
PARTS = 4


def read_twice() -> dict[str, list[dict[str, Any]]]:
    """The tickets of all fixtures, and each of them again under another ref: more than 200."""
    made: dict[str, list[dict[str, Any]]] = {"customers": [], "tickets": []}
    for book in BOOKS:
        rows = json.loads((FIXTURES / f"{book}.json").read_text(encoding="utf-8"))
        refs = {row["ref"] for kind in made for row in rows[kind]}
        for end in ("", "-b"):
            for kind in made:
                for row in rows[kind]:
                    renamed = {
                        n: f"{v}{end}" if isinstance(v, str) and v in refs else v
                        for n, v in row.items()
                    }
                    made[kind].append(renamed)
    return made


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A ticket file with all five books, after some nights and some calls, and its parts."""
    desk = Desk(tmp_path_factory.mktemp("whole"))
    rows = read_twice()
    assert len(rows["tickets"]) > 200
    source = desk.folder / "rows.json"
    source.write_text(json.dumps(rows), encoding="utf-8")
    desk.good("init", at=IMPORTED)
    desk.good(f"import {source}", at=IMPORTED)
    desk.good("call-outcome T-1003 no-answer", at=IMPORTED)
    for day in NIGHTS:
        desk.good("triage -q", at=day)
    desk.good("call-outcome T-1003-b no-answer", at="2026-03-04")
    desk.good(
        f"insistence-check R-101 {FOLLOW_UP}",
        at="2026-03-04",
    )
    desk.good("assign T-1003 anna --until 2026-03-06", at="2026-03-04")
    desk.good(f"export --parts {PARTS} {desk.folder / 'parts'}")
    return desk


def work(desk: Desk, kind: str, *settings: Settings, everything: bool = False) -> list[PartRow]:
    """What the parts come to, by work that was sent elsewhere."""
    asked = Work(kind, DAY, ship_settings(*settings), "anna", everything)
    sent = pickle.loads(pickle.dumps(asked))
    return [
        row
        for path in sorted((desk.folder / "parts").iterdir())
        for row in work_on_part(sent, str(path))
    ]


def printed(desk: Desk, command: str) -> list[str]:
    """What a command prints of the whole file."""
    return sorted(desk.good(f"{command} --json --as anna", at=DAY).out.splitlines())


def lines(rows: Sequence[PartRow]) -> list[str]:
    assert [row.fault for row in rows if row.fault is not None] == []
    return sorted(str(row.line) for row in rows)


def test_a_night_over_parts_is_the_night_over_the_whole(whole: Desk) -> None:
    settings = load(str(whole.folder / "prassi.toml"))
    for everything, flag in ((False, ""), (True, "--all")):
        told = lines(work(whole, NIGHT, settings, everything=everything))
        assert told == printed(whole, f"triage --dry-run {flag}")
    assert len(told) > 150


def test_a_what_if_over_parts_is_the_one_over_the_whole(whole: Desk) -> None:
    settings = load(str(whole.folder / "prassi.toml"))
    trial = settings._replace(
        parameters={"collections": {"retry_workdays": 9, "preblock_days": 30}}, trial={}
    )
    told = lines(work(whole, WHAT_IF, settings, trial))
    asked = "what-if --list --set collections.retry_workdays=9 --set collections.preblock_days=30"
    assert told == printed(whole, asked)
    assert any('"event_id"' in line for line in told)
    assert any('"due_now"' in line for line in told)


@pytest.mark.slow
def test_a_replay_over_parts_is_the_one_over_the_whole(whole: Desk) -> None:
    changed = whole.folder / "changed.toml"
    changed.write_text("[parameters.collections]\nretry_workdays = 9\n")
    told = lines(work(whole, REPLAY, load(str(changed))))
    assert told == printed(whole, f"replay --config {changed}")
    assert told


def test_a_faulty_part_is_told_and_no_other_suffers(whole: Desk, tmp_path: Path) -> None:
    broken, missing = tmp_path / "part-00009.db", tmp_path / "part-00010.db"
    good = sorted((whole.folder / "parts").iterdir())[0]
    broken.write_bytes(good.read_bytes()[:5000])
    asked = Work(NIGHT, DAY, ship_settings(NONE), "anna")
    (row,) = work_on_part(asked, str(broken))
    assert (row.part, row.line) == ("part-00009.db", None)
    assert str(row.fault).startswith("part-00009.db ")
    (row,) = work_on_part(asked, str(missing))
    assert "No such file" in str(row.fault)


def test_books_and_templates_of_ones_own_go_along(tmp_path: Path) -> None:
    own = FIXTURES / "own-book" / "prassi.toml"
    words = tmp_path / "words"
    words.mkdir()
    (words / "notice.en.j2").write_text("Dear")
    named = load(str(own))._replace(templates=str(words))
    shipped = pickle.loads(pickle.dumps(ship_settings(named)))
    (settings,) = shipped.unpack(str(tmp_path / "elsewhere"))
    assert settings.templates != str(words)
    assert (Path(str(settings.templates)) / "notice.en.j2").read_text() == "Dear"
    moved = Path(str(settings.books)) / "lost-and-found"
    there = FIXTURES / "own-book" / "books" / "lost-and-found"
    assert moved.is_relative_to(tmp_path)
    assert {one.name: one.read_bytes() for one in moved.iterdir()} == {
        one.name: one.read_bytes() for one in there.iterdir()
    }
