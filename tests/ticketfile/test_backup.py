"""Backups, their way back, and older ticket files, which are kept as they were before they change."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk
from failing import fails
from prassi.core.errors import FileUnusable
from prassi.core.ticketfile import backup, connect, schema
from prassi.core.ticketfile.open import open_file
from procedure import calling, noticed, promised

OLD = Path(__file__).parents[1] / "data" / "ticketfiles"
TABLES = (
    "run",
    "book",
    "event",
    "customer",
    "ticket",
    "item",
    "note",
    "tag",
    "task",
    "message",
    "report",
)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk with some history."""
    desk.load(
        calling(1),
        {**noticed("2026-02-01"), "ref": "T-2"},
        {**promised("2026-02-20"), "ref": "T-3"},
    )
    desk.good("call-outcome T-1 no-answer")
    return desk


def rows(path: Path, tables: tuple[str, ...] = TABLES) -> dict[str, list[tuple[object, ...]]]:
    """All that stands in a file."""
    with closing(sqlite3.connect(path)) as connection:
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables}


def names(desk: Desk) -> set[str]:
    """What lies in the desk's folder, without what it was made from."""
    return {path.name for path in desk.folder.iterdir()} - {"prassi.toml", "tickets.json"}


# --- backup ---------------------------------------------------------------------------------------


def test_a_backup_is_the_file_and_only_its_owner_can_read_it(desk: Desk) -> None:
    copy = desk.folder / "copy.db"
    head = desk.good("verify --head").out.strip()
    assert desk.good(f"backup {copy} --json").rows == [
        {"file": str(desk.file), "backup": str(copy), "events": 2, "head": head, "applied": True}
    ]
    assert rows(copy) == rows(desk.file)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert names(desk) == {"tickets.db", "copy.db"}
    desk.good(f"verify --file {copy} --expect {head}")
    desk.good(f"call-outcome T-1 no-answer --file {copy}")


def test_a_backup_is_told_in_words(desk: Desk) -> None:
    copy = desk.folder / "copy.db"
    head = desk.good("verify --head").out.strip()
    told = f"{copy} would be a backup of {desk.file}: 2 events, head {head}.\n"
    assert desk.good(f"backup {copy} --dry-run").out == told
    assert names(desk) == {"tickets.db"}
    assert desk.good(f"backup {copy}").out == told.replace("would be", "is")


@pytest.mark.parametrize("there", ["a file", "a link to nothing", "a folder", "a journal"])
def test_a_backup_is_never_written_over_anything(desk: Desk, there: str) -> None:
    copy = desk.folder / "copy.db"
    if there == "a file":
        copy.write_text("mine")
    elif there == "a link to nothing":
        copy.symlink_to(desk.folder / "nothing")
    elif there == "a folder":
        copy.mkdir()
    else:
        copy.with_name("copy.db-journal").write_text("of a file that is gone")
        fails(desk, f"backup {copy}", 4, "copy.db-journal was left there by a file that is gone")
        return
    fails(desk, f"backup {copy}", 2, f"{copy} exists already; choose another name for the backup.")


def test_a_backup_that_meets_another_one_of_its_name_gives_way(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = desk.folder / "copy.db"
    sound = backup._check_copy

    def meanwhile(*given: str) -> object:
        copy.write_text("somebody else's")
        return sound(*given)

    monkeypatch.setattr(backup, "_check_copy", meanwhile)
    ran = desk.run(f"backup {copy}")
    assert (ran.code, ran.err) == (4, f"Error: {copy} exists already; choose another name.\n")
    assert copy.read_text() == "somebody else's"
    assert names(desk) == {"tickets.db", "copy.db"}


def test_without_second_names_a_backup_is_moved_to_its_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on file systems that have no hard links."""

    def link(*_: str) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    desk.good(f"backup {desk.folder / 'copy.db'}")
    desk.good(f"restore {desk.folder / 'copy.db'} --replace")
    assert names(desk) == {"tickets.db", "copy.db", "tickets.db.replaced"}


def test_an_unsound_file_is_not_backed_up(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.file)) as connection:
        connection.execute("UPDATE note SET text = 'x'")
        connection.commit()
    fails(desk, f"backup {desk.folder / 'copy.db'}", 4,
          f"{desk.file} is not sound, and no backup was made: event 2 does not fit the chain",
          f"`prassi verify --file {desk.file}` lists all")  # fmt: skip
    assert names(desk) == {"tickets.db"}


def test_where_nothing_can_be_made_there_is_no_backup(desk: Desk) -> None:
    fails(desk, "backup ''", 2, "'DEST': it is empty; give a name.")
    fails(
        desk, "backup /nowhere/copy.db", 4, "/nowhere/copy.db can't be created: no such file or dir"
    )
    fails(desk, f"backup {desk.folder}/copy.db --file nothing.db", 4, "nothing.db does not exist")


def test_a_backup_waits_for_a_writer_and_then_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "BUSY_SECONDS", 0.01)
    with closing(sqlite3.connect(desk.file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        fails(desk, f"backup {desk.folder / 'copy.db'}", 4, "has been locked by another program")


# --- restore --------------------------------------------------------------------------------------


def test_what_is_restored_is_the_backup(desk: Desk) -> None:
    copy = desk.folder / "copy.db"
    desk.good(f"backup {copy}")
    before = rows(copy)
    desk.good("call-outcome T-1 no-answer")
    desk.file.unlink()
    head = desk.good(f"verify --head --file {copy}").out.strip()
    assert desk.good(f"restore {copy} --json").rows == [
        {"file": str(desk.file), "source": str(copy), "events": 2, "head": head, "aside": None,
         "held": 0, "applied": True}
    ]  # fmt: skip
    assert rows(desk.file) == rows(copy) == before
    assert stat.S_IMODE(desk.file.stat().st_mode) == 0o600
    assert names(desk) == {"tickets.db", "copy.db"}
    desk.good("call-outcome T-1 no-answer")


def test_a_file_that_is_there_is_only_put_aside(desk: Desk) -> None:
    copy = desk.folder / "copy.db"
    desk.good(f"backup {copy}")
    told = f"{desk.file} exists already; choose another name with --file, or put it aside with"
    fails(desk, f"restore {copy}", 4, told)
    for aside in ("tickets.db.replaced", "tickets.db.replaced.2"):
        desk.good("call-outcome T-1 no-answer")
        before = rows(desk.file)
        out = desk.good(f"restore {copy} --replace").out
        assert out.endswith(f" What was there is now {desk.folder / aside}.\n")
        assert rows(desk.file) == rows(copy)
        assert rows(desk.folder / aside) == before


def test_what_waits_in_a_backup_is_held(desk: Desk) -> None:
    """It may have left since: nothing but the name of each lets it go."""
    desk.good("call-outcome T-1 already-paid --paid-on 2026-03-01")
    copy = desk.folder / "copy.db"
    desk.good(f"backup {copy}")
    before = copy.read_bytes()
    out = desk.good(f"restore {copy} --replace -n").out
    assert "1 message is held, which may have left" in out
    (told,) = desk.good(f"restore {copy} --replace --json --as marta").rows
    assert (told["held"], told["events"]) == (1, 4)
    assert desk.good("verify --head").out.strip() == told["head"]
    assert copy.read_bytes() == before
    (row,) = desk.good("outbox list --json").rows
    assert (row["state"], row["reason"]) == ("held", "restored")
    assert desk.good("log --json").rows[-1]["by"] == "marta"
    assert desk.good("outbox retry").out == "No messages to retry.\n"
    desk.good("outbox retry 1")
    assert desk.good("outbox list --json").rows[0]["state"] == "waiting"
    desk.good("verify")


def test_a_dry_run_restores_nothing(desk: Desk) -> None:
    copy = desk.folder / "copy.db"
    desk.good(f"backup {copy}")
    desk.good("call-outcome T-1 no-answer")
    before = desk.file.read_bytes()
    out = desk.good(f"restore {copy} --replace --dry-run").out
    assert out.startswith(f"{desk.file} would be {copy} again: 2 events, head ")
    assert desk.file.read_bytes() == before
    assert names(desk) == {"tickets.db", "copy.db"}


def test_an_unsound_backup_is_not_restored(desk: Desk) -> None:
    copy = desk.folder / "copy.db"
    desk.good(f"backup {copy}")
    raw = copy.read_bytes()
    copy.write_bytes(raw[:-4096])
    fails(desk, f"restore {copy} --replace", 4, f"{copy} is damaged; take the newest backup.")
    place = raw.index(b"CLIENTE NON RISPONDE/NON REPERIBILE (chiamata)")
    copy.write_bytes(raw[:place] + b"c" + raw[place + 1 :])
    fails(
        desk, f"restore {copy} --replace", 4, f"{copy} is not sound, and was not restored: event 2 "
    )
    assert names(desk) == {"tickets.db", "copy.db"}


@pytest.mark.parametrize("damage", ["no database", "cut"])
def test_a_damaged_file_is_replaced_and_its_journal_goes_with_it(desk: Desk, damage: str) -> None:
    copy, journal = desk.folder / "copy.db", Path(f"{desk.file}-journal")
    desk.good(f"backup {copy}")
    raw = (
        b"SQLite format 3\0" + b"x" * 5000
        if damage == "no database"
        else desk.file.read_bytes()[:-1]
    )
    desk.file.write_bytes(raw)
    if damage == "no database":
        journal.write_bytes(b"of that file")
    desk.good(f"restore {copy} --replace")
    assert rows(desk.file) == rows(copy)
    assert (desk.folder / "tickets.db.replaced").read_bytes() == raw
    assert not journal.exists()


def test_a_journal_of_a_file_that_is_gone_is_not_mixed_into_a_new_one(desk: Desk) -> None:
    """SQLite would take it for the new file's own, and roll it back into it."""
    copy, journal = desk.folder / "copy.db", Path(f"{desk.file}-journal")
    desk.good(f"backup {copy}")
    desk.file.unlink()
    journal.write_bytes(b"of that file")
    for command in (f"restore {copy}", f"restore {copy} --replace", "init"):
        fails(desk, command, 4, f"{journal} was left there by a file that is gone; move it away")


def test_a_link_is_restored_where_it_leads(desk: Desk) -> None:
    copy, link = desk.folder / "copy.db", desk.folder / "link.db"
    desk.good(f"backup {copy}")
    link.symlink_to(desk.file)
    desk.good("call-outcome T-1 no-answer")
    desk.good(f"restore {copy} --replace --file {link}")
    assert link.is_symlink()
    assert rows(desk.file) == rows(copy)


def test_a_command_that_is_under_way_does_not_write_to_the_replaced_file(desk: Desk) -> None:
    copy = desk.folder / "copy.db"
    desk.good(f"backup {copy}")
    with closing(open_file(str(desk.file))) as connection:
        desk.good(f"restore {copy} --replace")
        before = rows(desk.folder / "tickets.db.replaced")
        with (
            pytest.raises(
                FileUnusable, match="was moved, deleted or replaced meanwhile; nothing was"
            ),
            connect.translate_errors(str(desk.file)),
            connect.transaction(connection),
        ):
            connection.execute(
                "INSERT INTO run (command, at, recorded_at, version) VALUES ('', '', '', '')"
            )
    assert rows(desk.folder / "tickets.db.replaced") == before


def test_a_file_that_somebody_writes_to_is_not_replaced(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = desk.folder / "copy.db"
    desk.good(f"backup {copy}")
    monkeypatch.setattr(connect, "BUSY_SECONDS", 0.01)
    with closing(sqlite3.connect(desk.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        fails(
            desk, f"restore {copy} --replace", 4, f"{desk.file} has been locked by another program"
        )


# --- files of earlier versions --------------------------------------------------------------------

EARLIER = range(1, schema.VERSION)


def old(desk: Desk, version: int) -> Path:
    """A ticket file as an earlier version of Prassi has written it."""
    return Path(shutil.copy(OLD / f"schema-{version}.db", desk.file))


def test_of_every_schema_a_file_is_kept() -> None:
    wanted = {f"schema-{number}.db" for number in (*EARLIER, schema.VERSION)}
    assert {path.name for path in OLD.iterdir()} == wanted


@pytest.mark.parametrize("version", [*EARLIER, schema.VERSION])
def test_a_schema_never_changes(version: int) -> None:
    """What is to be otherwise is a migration more; scripts/keep_schema.py makes its file."""
    with closing(sqlite3.connect(OLD / f"schema-{version}.db")) as connection:
        assert set(connection.execute(schema.OBJECTS)) == schema.schema_objects(version)


@pytest.mark.parametrize("version", EARLIER)
def test_an_older_file_opens_and_is_kept_as_it_was(desk: Desk, version: int) -> None:
    before = rows(old(desk, version))
    head = desk.good("verify --head").out.strip()
    kept = Path(f"{desk.file}.schema-{version}.backup")
    ran = desk.good("log --json")
    assert ran.err == (
        f"{desk.file} is brought up to schema {schema.VERSION}; as it was, it is kept as {kept}.\n"
    )
    assert len(ran.rows) == len(before["event"]) + 1
    edition = ran.rows[-1]
    assert (edition["event"], edition["facts"]) == (
        "edition",
        {"edition": 2, "events": len(before["event"]), "runs": len(before["run"]), "last": head},
    )
    assert rows(kept) == before
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    desk.good(f"verify --expect {head}")
    assert desk.good(f"verify --head --file {kept}").out.strip() == head
    waited = [row for row in before["message"] if row[-1] is None]
    held = desk.good("outbox list --state held --json").rows
    assert [(row["id"], row["reason"]) for row in held] == [(row[0], "before") for row in waited]
    assert waited
    with closing(sqlite3.connect(desk.file)) as connection:
        assert set(connection.execute(schema.OBJECTS)) == schema.schema_objects(schema.VERSION)
    assert desk.good("log").err == ""


@pytest.mark.parametrize("version", [*EARLIER, schema.VERSION])
def test_with_a_kept_file_work_goes_on(desk: Desk, version: int) -> None:
    """Its tickets are read and written, its decisions explained, by whatever books there are now."""
    tickets = rows(old(desk, version))["ticket"]
    desk.good("export")  # brings it up to date
    events = desk.good("log --json").rows
    head = desk.good("verify --head").out.strip()
    exported = desk.good("export").out
    assert len(json.loads(exported)["tickets"]) == len(tickets)
    assert {row[2] for row in tickets} == set(KEPT_BOOKS[version])
    for event in events:
        if event["rule"] is not None:
            assert event["rule"] in desk.good(f"explain --event-id {event['event_id']}").out
    desk.good("triage", at="2026-04-01")
    night = desk.good("log --json").rows[-1]
    assert night["event_id"] > len(events)
    desk.good(f"undo --run {night['run']}", at="2026-04-01")
    assert desk.good("export").out == exported
    desk.good(f"verify --expect {head}")


FIVE = ["cases", "collections", "insistence", "packages", "requests"]
KEPT_BOOKS = {1: ["collections"], 2: FIVE, 3: FIVE}


@pytest.mark.parametrize("version", [*EARLIER, schema.VERSION])
def test_a_kept_file_is_checked_and_backed_up_as_it_is(desk: Desk, version: int) -> None:
    raw = old(desk, version).read_bytes()
    copy = desk.folder / "copy.db"
    desk.good("verify")
    desk.good(f"backup {copy}")
    (told,) = desk.good(f"restore {copy} --replace --json").rows
    if version < schema.VERSION:
        assert rows(desk.file) == rows(copy)
    else:  # what waited is held
        assert told["held"] == len(rows(desk.file)["event"]) - len(rows(copy)["event"]) > 0
    assert (desk.folder / "tickets.db.replaced").read_bytes() == raw
    with closing(sqlite3.connect(desk.file)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (version,)


def test_a_dry_run_leaves_an_older_file_as_it_is(desk: Desk) -> None:
    raw = old(desk, 1).read_bytes()
    ran = desk.good("triage --dry-run --json", at="2026-04-01")
    assert (ran.err, bool(ran.rows)) == ("", True)
    assert desk.file.read_bytes() == raw
    assert names(desk) == {"tickets.db"}


def test_a_backup_before_a_migration_takes_no_name_that_is_taken(desk: Desk) -> None:
    kept = Path(f"{old(desk, 1)}.schema-1.backup")
    kept.write_text("mine")
    desk.good("log")
    assert kept.read_text() == "mine"
    desk.good(f"verify --file {kept}.2")


def test_without_a_backup_there_is_no_migration(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = old(desk, 1).read_bytes()

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(backup, "copy_database", full)
    fails(desk, "log", 4, "can't grow: the disk is full; nothing was written.")
    assert desk.file.read_bytes() == raw


def test_a_migration_that_fails_leaves_the_file_and_its_backup(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(old(desk, 1))

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE report")
        raise sqlite3.OperationalError("disk I/O error")

    migrate = schema.migrate
    monkeypatch.setattr(schema, "migrate", fail)
    for _ in range(2):  # The second time, the backup is there already.
        assert desk.run("log").code == 4
    monkeypatch.setattr(schema, "migrate", migrate)
    desk.good("log")
    assert rows(Path(f"{desk.file}.schema-1.backup")) == before
    desk.good("verify")
    assert names(desk) == {"tickets.db", "tickets.db.schema-1.backup"}


def test_of_two_that_migrate_only_one_makes_a_backup(desk: Desk) -> None:
    """The second one waits for the lock, and finds nothing left to do."""
    old(desk, 1)
    words = [sys.executable, "-m", "prassi.cli.main", "log", "--quiet", "--file", str(desk.file)]
    both = [subprocess.Popen(words, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [one.wait(60) for one in both] == [0, 0]
    assert names(desk) == {"tickets.db", "tickets.db.schema-1.backup"}
    desk.good("verify")


def test_the_disk_is_asked_for_certainty(desk: Desk) -> None:
    """With less, a journal could come back after a power cut, and take a transaction with it."""
    with closing(open_file(str(desk.file))) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (3,)
