"""`export --parts`: tickets that belong together stay together, and nothing is lost or there twice."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from desk import Desk

FIXTURES = Path(__file__).parents[2] / "fixtures"
FOLLOW_UP = (
    "--file-follow-up late-response --phone +39055000888 --email a@example.org --description late"
)
CUSTOMERS = [{"ref": f"C-{number}", "name": f"Customer {number}"} for number in range(1, 8)]


def insistence(ref: str, customer: str, insists_on: str | None = None) -> dict[str, Any]:
    return {
        "ref": ref, "book": "insistence", "customer": customer, "status": "open", "opened": "2026-02-01",
        "line": "metered", "subject": "late-response", "insists_on": insists_on, "respond_by": "2026-04-13",
    }  # fmt: skip


def case(ref: str, customer: str) -> dict[str, Any]:
    return {
        "ref": ref, "book": "cases", "customer": customer, "status": "OPEN-DISPATCH", "opened": "2026-02-01",
        "category": "backoffice", "queue": "backoffice", "creator": "anna", "subject": "x", "description": "y",
    }  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """R-1 <- R-2 <- R-3 over three customers; K-1 and K-2 of one; Q-1 and R-5, R-6 of another, apart."""
    return Desk(tmp_path).load(
        insistence("R-1", "C-1"), insistence("R-2", "C-2", "R-1"), insistence("R-5", "C-5"),
        case("K-1", "C-4"), insistence("R-3", "C-3", "R-2"), insistence("R-6", "C-5"), case("K-2", "C-4"),
        customers=CUSTOMERS,
    )  # fmt: skip


def fails(desk: Desk, command: str, code: int) -> str:
    """What is said of a command that must fail with a code."""
    ran = desk.run(command)
    assert ran.code == code, ran.err
    return ran.err


def take_apart(desk: Desk, count: int, name: str = "parts") -> list[set[str]]:
    """The refs in each part."""
    desk.good(f"export --parts {count} {desk.folder / name}")
    parts = []
    for path in sorted((desk.folder / name).iterdir()):
        with closing(sqlite3.connect(path)) as part:
            assert part.execute("PRAGMA foreign_key_check").fetchall() == []
            parts.append({ref for (ref,) in part.execute("SELECT ref FROM ticket")})
    return parts


def test_what_reach_joins_stays_together(desk: Desk) -> None:
    parts = take_apart(desk, 7)
    assert sorted(map(sorted, parts)) == [["K-1", "K-2"], ["R-1", "R-2", "R-3"], ["R-5"], ["R-6"]]
    out = desk.good(f"export --parts 2 {desk.folder / 'two'}").out
    assert "7 tickets are in 2 parts." in out
    assert "The largest group that stays together has 3 tickets; R-1 is its first." in out


def test_a_ticket_that_an_event_opened_stays_with_the_one_it_came_from(desk: Desk) -> None:
    desk.good(f"insistence-check R-5 {FOLLOW_UP}", at="2026-03-02")
    with closing(sqlite3.connect(desk.file)) as whole:
        opened = {ref for (ref,) in whole.execute("SELECT ref FROM ticket WHERE id > 7")}
        whole.execute("DELETE FROM link")
        whole.commit()
    assert opened
    assert {"R-5", *opened} in take_apart(desk, 9)


def test_importing_what_all_parts_print_gives_an_equal_file(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    desk, again = Desk(tmp_path / "one"), Desk(tmp_path / "other")
    sources = [
        str(FIXTURES / f"{name}.json")
        for name in ("cases", "collections", "insistence", "requests")
    ]
    desk.good("init", at="2026-03-01")
    nobody = tmp_path / "nobody.json"
    nobody.write_text('{"customers": [{"ref": "C-99999", "name": "Nobody"}], "tickets": []}')
    desk.good(["import", *sources, str(nobody)], at="2026-03-01")
    desk.good("triage -q")
    desk.good(f"export --parts 3 {tmp_path / 'parts'}")
    again.good("init", at="2026-03-01")
    for path in sorted((tmp_path / "parts").iterdir()):
        printed = desk.good(["export", "--file", str(path)]).out
        source = tmp_path / "rows.json"
        source.write_text(printed, encoding="utf-8")
        again.good(f"import {source}")
    one, other = (sorted(made.good("export --json").out.splitlines()) for made in (desk, again))
    assert one == other


def test_each_event_is_in_one_part(desk: Desk) -> None:
    desk.good("triage -q")
    desk.good("customer set C-1 phone=+39055000777")
    desk.good("note R-2 'called twice'")
    desk.good(
        "event insistence file name=Ann phone=+39055000888 channel=phone email=a@example.org description=late"
    )
    desk.good("call-line --caller prospect --kind person --agent anna")
    with closing(sqlite3.connect(desk.file)) as whole:
        alone = (
            "SELECT e.id FROM event AS e WHERE e.ticket IS NULL AND e.rule IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM ticket AS t WHERE t.made_by = e.id)"
        )
        assert whole.execute(alone).fetchone() is not None
    take_apart(desk, 3)
    decisions = list[int]()
    for path in (desk.folder / "parts").iterdir():
        with closing(sqlite3.connect(path)) as part:
            decisions += [
                row[0] for row in part.execute("SELECT id FROM event WHERE rule IS NOT NULL")
            ]
    with closing(sqlite3.connect(desk.file)) as whole:
        found = [row[0] for row in whole.execute("SELECT id FROM event WHERE rule IS NOT NULL")]
    assert sorted(decisions) == found


def test_verify_says_that_a_part_is_not_chained(desk: Desk) -> None:
    desk.good("note R-1 'called'")
    take_apart(desk, 2)
    for path in sorted((desk.folder / "parts").iterdir()):
        ran = desk.run(["verify", "--file", str(path)])
        assert (ran.code, ran.out.count("\n")) == (1, 1)
        assert "is a part of a ticket file" in ran.out


def test_a_part_shows_and_replays_what_the_whole_does(desk: Desk) -> None:
    desk.good("note R-1 'called'")
    take_apart(desk, 1)
    (part,) = (desk.folder / "parts").iterdir()
    for words in (["show", "R-1", "--json"], ["log", "R-1", "--json"], ["replay"], ["find", "R-1"]):
        assert desk.good([*words, "--file", str(part)]).out == desk.good(words).out


def test_what_is_refused(desk: Desk) -> None:
    full = desk.folder / "full"
    full.mkdir()
    (full / "x").write_text("x")
    assert "is not empty" in fails(desk, f"export --parts 2 {full}", 2)
    assert "can only be used together" in fails(desk, "export --parts 2", 2)
    assert "can only be used together" in fails(desk, f"export {full}", 2)
    assert "can't be used for parts" in fails(
        desk, f"export --parts 2 {desk.folder / 'no' / 'such'}", 2
    )


def test_a_book_that_looks_at_everything_is_refused_by_name(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    settings = FIXTURES / "own-book" / "prassi.toml"
    desk.good("init")
    desk.good(
        f"event lost-and-found found thing=umbrella finder=Huber --config {settings}",
        at="2026-03-23",
    )
    told = fails(desk, f"export --parts 2 {tmp_path / 'parts'} --config {settings}", 3)
    assert 'book lost-and-found has the reach "all"' in told
    assert not (tmp_path / "parts").exists()


def test_an_empty_file_and_a_dry_run(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.good("init")
    assert take_apart(desk, 3) == []
    (tmp_path / "other").mkdir()
    empty = Desk(tmp_path / "other").load(insistence("R-1", "C-1"), customers=CUSTOMERS)
    rows = empty.good(f"export -n --json --parts 3 {tmp_path / 'dry'}").rows
    assert [(row["tickets"], row["customers"]) for row in rows] == [(1, None)]
    assert not (tmp_path / "dry").exists()
    assert json.dumps(rows)
