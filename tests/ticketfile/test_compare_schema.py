"""A file with somebody else's view, trigger or table is not opened; what is harmless is mended."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk
from prassi.core.ticketfile import schema
from prassi.core.ticketfile.compare_schema import DIGESTS, find_differences
from prassi.core.ticketfile.sqlite import open_scratch

TICKET = {"ref": "T-1", "book": "collections", "customer": "C-1", "opened": "2026-03-02"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path).load(TICKET)


def change(desk: Desk, script: str) -> bytes:
    """Change the file as another program would; returns its bytes."""
    with closing(sqlite3.connect(desk.file)) as connection:
        connection.executescript(script)
    return desk.file.read_bytes()


@pytest.mark.parametrize("version", DIGESTS)
def test_what_is_compared_is_what_the_migrations_make(version: int) -> None:
    """Every object and each of its words: a changed one is found."""
    with closing(open_scratch()) as connection:
        schema.migrate(connection, version)
        assert find_differences(connection, version) == []
        connection.execute("ALTER TABLE tag RENAME COLUMN tag TO word")
        assert [str(one) for one in find_differences(connection, version)] == [
            "table tag is not as Prassi makes it"
        ]


@pytest.mark.skipif(sqlite3.sqlite_version_info[:2] != (3, 40), reason="it may word them otherwise")
@pytest.mark.parametrize("version", DIGESTS)
def test_a_sound_file_is_known_without_making_one(
    monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    with closing(open_scratch()) as connection:
        schema.migrate(connection, version)
        monkeypatch.delattr(schema, "schema_objects")
        assert find_differences(connection, version) == []


FOREIGN = {
    "CREATE VIEW open AS SELECT * FROM ticket": "view open does not belong in a ticket file",
    "CREATE TRIGGER more AFTER INSERT ON note BEGIN DELETE FROM tag; END": (
        "trigger more does not belong in a ticket file"
    ),
    "CREATE TABLE more (a)": "table more does not belong in a ticket file",
    "CREATE INDEX more ON note (text)": "index more does not belong in a ticket file",
    "DROP TRIGGER event_stays": "trigger event_stays is missing",
    "DROP TABLE tag": "index tag_of_ticket is missing",
    "ALTER TABLE tag ADD COLUMN more TEXT": "table tag is not as Prassi makes it",
    "PRAGMA user_version = 2": "index event_assigns does not belong in a ticket file",
}


@pytest.mark.parametrize("script", FOREIGN)
@pytest.mark.parametrize(
    "command", ["show T-1", "triage", "note T-1 hello", "export", "backup copy.db", "undo --yes"]
)
def test_a_file_with_another_schema_is_not_opened(desk: Desk, script: str, command: str) -> None:
    before = change(desk, script)
    ran = desk.run(command)
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith(f"Error: {desk.file} can't be trusted: {FOREIGN[script]}. `prassi")
    assert desk.file.read_bytes() == before
    assert not (desk.folder / "copy.db").exists()


def test_verify_tells_all_that_is_wrong_and_ends_with_1(desk: Desk) -> None:
    before = change(desk, "CREATE VIEW open AS SELECT 1; CREATE TABLE more (a); ANALYZE")
    told = "table more does not belong in a ticket file.\nview open does not belong in a ticket file.\n"
    harmless = "it has the table sqlite_stat1 of ANALYZE, which is harmless: "
    ran = desk.run("verify")
    assert (ran.code, ran.out) == (1, f"{told}{harmless}`prassi verify --mend` puts it right.\n")
    ran = desk.run("verify --mend")
    assert (ran.code, ran.out) == (1, f"{told}{harmless}mended only where nothing else is wrong.\n")
    assert desk.file.read_bytes() == before


HARMLESS = {
    "ANALYZE": "it has the table sqlite_stat1 of ANALYZE",
    "PRAGMA journal_mode = WAL": "it is in WAL mode",
    "PRAGMA auto_vacuum = FULL; VACUUM": "auto_vacuum is on",
    "PRAGMA auto_vacuum = INCREMENTAL; VACUUM": "auto_vacuum is on",
}


@pytest.mark.parametrize("script", HARMLESS)
def test_what_is_harmless_is_told_worked_with_and_mended(desk: Desk, script: str) -> None:
    what, head = HARMLESS[script], desk.good("verify --head").out
    change(desk, script)
    ran = desk.run("show T-1")
    told = f"{desk.file} is not as Prassi makes it, but can be used: {what}. Mend it with"
    assert (ran.code, ran.err) == (0, f"{told} `prassi verify --mend`.\n")
    assert f"{what}, which is harmless" in desk.run("doctor").out.replace("\n", " ")
    ran = desk.run("verify")
    sound = f"{desk.file} is sound: 1 events, head {head.strip()}.\n"
    advice = f"{what}, which is harmless: `prassi verify --mend` puts it right.\n"
    assert (ran.code, ran.out) == (1, advice + sound)
    assert desk.good("verify --mend -n").out == f"{what}: would be mended.\n{sound}"
    assert desk.good("verify --mend").out == f"{what}: mended.\n{sound}"
    assert desk.good("verify --mend").out == sound
    assert desk.good("verify").out == sound
    assert desk.good("show T-1").err == ""
    assert not [path.name for path in desk.folder.glob("tickets.db-*")]


def test_all_that_is_harmless_is_mended_at_once_and_the_history_stays(desk: Desk) -> None:
    desk.good("note T-1 called")
    export, log = desk.good("export").out, desk.good("log --json").out
    change(desk, "ANALYZE; PRAGMA journal_mode = WAL; PRAGMA auto_vacuum = FULL; VACUUM")
    desk.good("note T-1 again")
    desk.good("undo --yes")
    ran = desk.good("verify --mend --json")
    assert '"harmless": []' in ran.out
    assert '"mended": ["it has the table sqlite_stat1 of ANALYZE", "it is in WAL mode",' in ran.out
    assert desk.good("export").out == export
    assert desk.good("log --json").out.startswith(log)
    assert desk.file.read_bytes()[18:20] == b"\1\1"


def test_nothing_is_mended_while_somebody_else_has_the_file_in_wal_mode(desk: Desk) -> None:
    change(desk, "PRAGMA journal_mode = WAL")
    with closing(sqlite3.connect(desk.file, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM ticket").fetchone()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("prassi.core.ticketfile.connect.BUSY_SECONDS", 0.1)
            ran = desk.run("verify --mend")
    assert (ran.code, ran.out) == (4, "")
    assert "has been locked by another program" in ran.err
