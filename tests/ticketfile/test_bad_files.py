"""Ticket files that can't be used, or not be written: exit 4, one sentence, nothing changed."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from desk import MONDAY, Desk, Ran
from failing import fails
from full_disk import COMMANDS as WRITING
from full_disk import FREE
from prassi.core.ticketfile import connect, schema
from procedure import calling, noticed, promised, ticket

TESTS = Path(__file__).parents[1]
READING = (
    "show T-1", "log", "export", "verify", "outbox list", "explain T-1", "preblock", "promise T-1",
    "triage --dry-run", "call-outcome T-1 no-answer --dry-run",
)  # fmt: skip
CHANGING = (
    "call-outcome T-1 no-answer", "promise T-1 --agreed-on 2026-03-12", "payment T-1 --all",
    "triage", "undo", "preblock T-2", "hand-back T-4", "import {rows}",
)  # fmt: skip


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk with tickets on which a night has something to do, and some history."""
    desk.load(
        {**calling(1), "notes": [{"at": MONDAY, "text": "Era occupato"}]},
        {**noticed("2026-02-01"), "ref": "T-2"},
        {**promised("2026-02-20", open=4), "ref": "T-3"},
        {**ticket("with-department"), "ref": "T-4"},
    )
    (desk.folder / "rows.csv").write_text("ref,name\nC-9,Verdi\n", encoding="utf-8")
    desk.good("call-outcome T-1 no-answer")
    return desk


def every(desk: Desk, commands: Sequence[str]) -> list[str]:
    return [command.format(rows=desk.folder / "rows.csv") for command in commands]


# --- what is not a ticket file --------------------------------------------------------------------


def cut(size: int) -> Callable[[Path], None]:
    return lambda path: os.truncate(path, size)


def foreign(path: Path) -> None:
    """Another program's database."""
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE ticket (ref)")
    connection.close()


def newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def link(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("gone.db"))


UNUSABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, "does not exist; make it with `prassi init"),
    "a link to nothing": (link, "is a link to a file that does not exist; remove the link"),
    "a picture": (
        lambda path: path.write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(9000)),
        "is not a ticket file; choose another",
    ),
    "empty": (cut(0), "is not a ticket file; choose another"),
    "text": (lambda path: path.write_text("ref,name\n"), "is not a ticket file; choose another"),
    "a folder": (folder, "can't be read: is a directory"),
    "a pipe": (pipe, "is not a ticket file; choose another"),
    "a head only": (cut(50), "is not a ticket file; choose another"),
    "a part of the schema only": (cut(4096), "is damaged; take the newest backup"),
    "cut in a page": (cut(5000), "is damaged; take the newest backup"),
    "cut in two": (cut(98304), "is damaged; take the newest backup"),
    "another program's": (foreign, "is a database, but not a ticket file"),
    "newer": (newer, f"was written by a newer Prassi (schema 99, this one knows {schema.VERSION})"),
}


@pytest.mark.parametrize(("spoil", "told"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_file_that_is_no_ticket_file(
    desk: Desk, spoil: Callable[[Path], object], told: str
) -> None:
    """Every command says so, and none touches it or makes one in its place."""
    assert desk.file.stat().st_size > 98304
    spoil(desk.file)
    there = desk.file.exists()
    for command in every(desk, READING + CHANGING):
        if command == "verify" and "is damaged" in told:
            ran = desk.run("verify")
            assert (ran.code, ran.err) == (1, "")
            schema_is_lost = re.search(r"no such table: (main\.)?event", ran.out)
            assert schema_is_lost or re.match(r"event [12] |.* event 2 ", ran.out)
            assert "pages of 4096: it was cut" in ran.out
            continue
        fails(desk, command, 4, f"{desk.file} {told}")
    assert desk.file.exists() == there


DAMAGE = {
    "a page of zeros": (b"Era occupato", bytes(600)),
    "no JSON in a list": (b'"kind":"partial"', b'"kind";"partial"'),
    "no JSON at all": (b'{"number":"PF-1"', b'{"number":"PF-1}'),
    "no text": (b"Era occupato", b"Era \xff\xfe\xc0pato"),
}


@pytest.mark.parametrize(("good", "bad"), DAMAGE.values(), ids=DAMAGE.keys())
def test_a_file_that_is_damaged_inside(desk: Desk, good: bytes, bad: bytes) -> None:
    """What comes upon the damage says so, what does not works; `verify` always finds it."""
    desk.good("promise T-1 --agreed-on 2026-03-12 --partial 50")
    raw = desk.file.read_bytes()
    place = raw.index(good)
    desk.file.write_bytes(raw[:place] + bad + raw[place + len(bad) :])
    before = desk.file.read_bytes()
    assert len(before) == len(raw)
    for command in every(desk, READING):
        ran = desk.run(command)
        assert ran.code in (0, 1, 4), ran
        assert ran.code != 4 or f"{desk.file} is damaged" in ran.err or "can't be used" in ran.err
        assert desk.file.read_bytes() == before
    assert desk.run("export").code == 4
    assert desk.run("verify").code in (1, 4)


# --- locked ---------------------------------------------------------------------------------------

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(f"BEGIN {sys.argv[2]}")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(file: Path, how: str) -> Iterator[None]:
    """Another process has the ticket file locked meanwhile."""
    words = [sys.executable, "-c", HOLD, str(file), how]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        yield
        other.communicate("")


def test_a_file_that_another_process_has_locked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "BUSY_SECONDS", 0.01)
    locked = f"{desk.file} has been locked by another program"
    with held(desk.file, "EXCLUSIVE"):
        for command in every(desk, READING + CHANGING):
            fails(desk, command, 4, locked, "try again")
    with held(desk.file, "IMMEDIATE"):
        for command in every(desk, CHANGING):
            fails(desk, command, 4, locked, "try again")
        for command in every(desk, READING):
            desk.good(command)
    desk.good("call-outcome T-1 no-answer")


# --- read-only ------------------------------------------------------------------------------------

# The system's administrator may write everywhere, unless that right is given up first.
GIVE_UP = """
import ctypes, os, sys
if os.geteuid() == 0:
    for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        if ctypes.CDLL(None).prctl(24, right, 0, 0, 0) != 0:  # PR_CAPBSET_DROP
            sys.exit("the right to write everywhere can't be given up")
os.execv(sys.executable, [sys.executable, "-m", "prassi.cli.main", *sys.argv[1:]])
"""


def outside(desk: Desk, code: str, command: str) -> Ran:
    """Run a command in a process of its own, which `code` begins."""
    env = {**os.environ, "PRASSI_FILE": str(desk.file), "PRASSI_AT": MONDAY, "PYTHONUTF8": "1"}
    # The measuring of coverage would meet the limits of the process too, and tell of it.
    env = {name: value for name, value in env.items() if not name.startswith("COVERAGE_")}
    words = [sys.executable, "-c", code, *command.split()]
    ran = subprocess.run(words, capture_output=True, env=env, text=True, check=False)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@contextmanager
def mode(path: Path, bits: int) -> Iterator[None]:
    before = path.stat().st_mode
    path.chmod(bits)
    try:
        yield
    finally:
        path.chmod(before)


@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_read_only_folder_or_file(desk: Desk, what: str) -> None:
    before = desk.file.read_bytes()
    path, bits = {"folder": (desk.folder, 0o500), "file": (desk.file, 0o400)}[what]
    with mode(path, bits):
        for command in every(desk, CHANGING[-5:]):
            ran = outside(desk, GIVE_UP, command)
            assert ran == (4, "", f"Error: {desk.file} can't be written: the file or its folder is"
                                  " read-only; nothing was written.\n")  # fmt: skip
        for command in every(desk, READING[-2:]):
            ran = outside(desk, GIVE_UP, command)
            assert (ran.code, ran.err) == (0, "")
    assert desk.file.read_bytes() == before


@pytest.mark.parametrize("bits", [0o400, 0o600])
def test_a_file_in_wal_mode_can_not_be_read_in_a_read_only_folder(desk: Desk, bits: int) -> None:
    """SQLite keeps a file beside it while it reads."""
    with closing(sqlite3.connect(desk.file)) as file:
        file.execute("PRAGMA journal_mode = wal")
    told = f"Error: {desk.file} is in WAL mode, in which even reading it needs a folder that can be"
    with mode(desk.file, bits), mode(desk.folder, 0o500):
        for command in ("show T-1", "export", "verify", "triage"):
            ran = outside(desk, GIVE_UP, command)
            assert (ran.code, ran.out) == (4, "")
            assert ran.err.startswith(told), ran.err
    assert desk.good("show T-1").err.startswith(
        f"{desk.file} is not as Prassi makes it, but can be"
    )


def test_a_folder_in_which_nothing_can_be_made(desk: Desk) -> None:
    new = desk.folder / "new.db"
    with mode(desk.folder, 0o500):
        ran = outside(desk, GIVE_UP, f"init --file {new}")
    assert ran == (4, "", f"Error: {new} can't be created: permission denied.\n")
    assert not new.exists()
    ran = outside(desk, GIVE_UP, "init --file /nowhere/new.db")
    assert ran == (4, "", "Error: /nowhere/new.db can't be created: no such file or directory.\n")


def test_a_file_that_may_not_be_read(desk: Desk) -> None:
    with mode(desk.file, 0o000):
        ran = outside(desk, GIVE_UP, "show T-1")
    assert ran == (4, "", f"Error: {desk.file} can't be read: permission denied.\n")


# --- a full disk ----------------------------------------------------------------------------------

NO_DISK = 77
SMALL_DISK = (
    "sh", "-c", f'test "$(command -v unshare)" || exit {NO_DISK}; exec unshare "$@"', "sh",
    "--user", "--map-root-user", "--mount",
    "sh", "-c",
    f'mount -t tmpfs -o size=512k tmpfs "$1" || exit {NO_DISK}; shift; exec "$@"', "sh",
)  # fmt: skip
"""Runs a command with a disk of 512 KiB in the folder named first, which nobody else sees."""


@pytest.mark.unmeasured
def test_a_full_disk(desk: Desk) -> None:
    """A step is taken, or it is not: with no room at all, and with room for its beginning."""
    disk = desk.folder / "disk"
    disk.mkdir()
    tickets = desk.folder / "kept.db"
    tickets.write_bytes(desk.file.read_bytes())
    tickets.with_suffix(".csv").write_text("ref,name\nC-9,Verdi\n", encoding="utf-8")
    words = [sys.executable, str(TESTS / "support" / "full_disk.py"), str(disk), str(tickets)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([*SMALL_DISK, str(disk), *words], env=env, capture_output=True, text=True)
    if ran.returncode == NO_DISK:
        pytest.skip(f"no disk can be mounted here: {ran.stderr}")
    assert ran.returncode == 0, ran.stderr
    ended = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(ended) == len(WRITING) * len(FREE)
    for command, free, code, err, left, same, sound in ended:
        about = f"{command} with {free} bytes: {code} {err}"
        assert sound, about
        assert not [name for name in left if name.endswith("-journal")], about
        if code == 0:
            assert same == command.startswith("init"), about
            continue
        assert (code, same) == (4, True), about
        assert "can't grow: the disk is full; nothing was written.\n" in err, about
        assert "new.db" not in left, about
    failed = [command for command, _, code, *_ in ended if code]
    assert set(failed) == set(WRITING)
    assert len(failed) < len(ended)


@pytest.mark.slow
def test_a_file_that_may_not_grow(desk: Desk) -> None:
    """A limit of the system stops the writing in its midst."""
    before = desk.file.read_bytes()
    for size in (0, 512, 8192):
        limited = LIMIT.format(size=size)
        for command in every(desk, CHANGING[-5:]):
            ran = outside(desk, limited, command)
            assert (ran.code, ran.out) == (4, "")
            assert ran.err.startswith(f"Error: {desk.file} can't be ")
            assert ran.err.endswith("nothing was written.\n")
            assert desk.file.read_bytes() == before
    ran = outside(desk, LIMIT.format(size=8192), f"init --file {desk.folder / 'new.db'}")
    assert (ran.code, ran.out) == (4, "")
    assert sorted(path.name for path in desk.folder.glob("*.db*")) == ["tickets.db"]
    desk.good("verify")


LIMIT = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
from prassi.cli.main import main
main()
"""
