#!/usr/bin/env python
"""Disks that are full, read-only, forbidden, or gone in the middle: exit 4, a sentence, a sound file.

    python scripts/hard/disk.py [--small] [--seed N]

Runs itself in a namespace of its own, where it mounts a small disk that nobody else sees. Writers
run with every amount of room, from none to enough; on a disk that is mounted read-only; without
permission; and while the file, or the disk, is taken away beneath them. Whoever fails must fail with
exit code 4 and one sentence; the file must be as it was, or have whole pages of a night more; what
was to be made anew must not be there in part; and with room again the same command must succeed.
"""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from common.commands import Ran, Shelled, Started, run
from common.figures import Figures, Given, given, zero
from common.files import AT, OLD, content, copied, events, make, make_many, page_ends, source

NO_DISK = 77
SIZE = 24 << 20
MOUNT = f'mount -t tmpfs -o size={SIZE} tmpfs "$1" || exit {NO_DISK}; shift; exec "$@"'
WITHIN = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNT, "sh")

WRITERS = {
    "call": "call-outcome T-10 no-answer --file {file}",
    "triage": "triage --file {file}",
    "undo": "undo --file {file}",
    "import": "import {more} --file {file}",
    "init": "init --file {new}",
    "backup": "backup {new} --file {file}",
    "restore": "restore {kept} --replace --file {file}",
    "restore to a free name": "restore {kept} --file {new}",
    "migration": "log --file {old}",
}
READERS = ("show T-1", "log", "verify", "export", "triage --dry-run")

CAPABILITIES = 0x20080522
"""The version of the system's call that takes rights away."""


def give_up() -> None:
    """Give up the right to read and write everywhere, which the system's administrator has."""
    head, none = (ctypes.c_uint32 * 2)(CAPABILITIES, 0), (ctypes.c_uint32 * 6)()
    if os.geteuid() == 0 and ctypes.CDLL(None).capset(head, none) != 0:
        raise OSError("the right to write everywhere can't be given up")


class Size(NamedTuple):
    """How much is tried: amounts of room, cases of what is forbidden, nights, and their tickets."""

    frees: Sequence[int]
    cases: int
    nights: int
    gone: int
    tickets: int


FULL = Size(range(0, 655360, 16384), 3, 12, 30, 6000)
SMALL = Size((0, 65536), 1, 1, 2, 4100)


class Disk:
    """A small disk, ticket files to put on it, and what went wrong on it."""

    def __init__(self, disk: Path, kept: Path, seed: int, tickets: int) -> None:
        self.disk, self._kept, self.chance = disk, kept, random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._ends = page_ends(tickets)
        make(str(kept / "small.db"), 40)
        run(["call-outcome", "T-11", "no-answer", "--at", AT, "--file", str(kept / "small.db")])
        source(str(kept / "more.json"), 1000, 30)
        self.names = {
            "file": disk / "tickets.db",
            "old": disk / "old.db",
            "new": disk / "new.db",
            "more": kept / "more.json",
            "kept": kept / "small.db",
        }

    def fresh(self) -> None:
        """The disk with the files on it that commands are tried on."""
        for path in self.disk.iterdir():
            path.unlink()
        shutil.copy(self._kept / "small.db", self.names["file"])
        shutil.copy(OLD / "schema-1.db", self.names["old"])

    def words(self, writer: str) -> list[str]:
        return [*WRITERS[writer].format(**self.names).split(), "--at", AT]

    def files(self) -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in self.disk.iterdir() if p.name != "filler"}

    def judge(self, about: str, ran: Ran, before: dict[str, bytes] | None = None) -> None:
        """What has failed must have failed as it should, and have left everything as it was."""
        self.counts["tried"] += 1
        self.counts[f"ended with {ran.code}"] += 1
        told = [one for one in ran.err.splitlines() if not one.startswith("E-mails are held")]
        if ran.code == 4 and (len(told) != 1 or not told[0].startswith("Error: ")):
            self.wrong.append(f"{about}: it told {ran.err!r}")
        if ran.code not in (0, 4):
            self.wrong.append(f"{about}: it ended with {ran.code}: {ran.err}")
        if ran.code and before is not None and self.files() != before:
            self.counts["changed by a failure"] += 1
            self.wrong.append(f"{about}: {sorted(before)} became {sorted(self.files())}")

    def check_sound(self, about: str, path: Path) -> None:
        if run(["verify", "--file", str(path)]).code != 0:
            self.counts["not sound"] += 1
            self.wrong.append(f"{about}: {path.name} is not sound")

    # --- full -------------------------------------------------------------------------------------

    def full(self, frees: Iterable[int]) -> None:
        """Every writer with every amount of room."""
        for free in frees:
            for writer in WRITERS:
                self.fresh()
                fill(self.disk / "filler", free)
                before = self.files()
                ran = run(self.words(writer))
                about = f"{writer} with {free} bytes of room"
                kept = "old.db.schema-1.backup"  # It was made first, and is whole.
                if ran.code and kept in self.files() and kept not in before:
                    before[kept] = self.files()[kept]
                    self.check_sound(about, self.disk / kept)
                self.judge(about, ran, before)
                (self.disk / "filler").unlink()
                for path in self.disk.glob("*.db"):
                    self.check_sound(about, path)
                if ran.code and run(self.words(writer)).code != 0:
                    self.wrong.append(f"{about}: with room again it failed")

    def night(self, fresh: Path, frees: Iterable[int]) -> None:
        """A night over many tickets, in two processes, whose disk becomes full on the way."""
        file, before = self.names["file"], len(events(str(fresh)))
        words = ["triage", "--at", AT, "--quiet", "--file", str(file)]
        self.fresh()
        shutil.copy(fresh, file)
        run(words)
        wanted = content(str(file), runs=False)
        for free in frees:
            self.fresh()
            shutil.copy(fresh, file)
            fill(self.disk / "filler", free)
            ran = Shelled(words).wait()
            about = f"a night with {free} bytes of room"
            self.judge(about, ran)
            (self.disk / "filler").unlink()
            self.check_sound(about, file)
            if len(events(str(file))) - before not in self._ends:
                self.wrong.append(f"{about}: a page is there in part")
            run(words)
            if content(str(file), runs=False) != wanted:
                self.wrong.append(f"{about}: with room again it did not come to its end")

    # --- read-only, and forbidden -----------------------------------------------------------------

    def read_only(self) -> None:
        """A disk that is mounted read-only: nothing can be written, everything can be read."""
        self.fresh()
        before = self.files()
        # Of the mount alone (bind): the kernel takes no options of a disk from who is not root outside.
        subprocess.run(["mount", "-o", "remount,bind,ro", str(self.disk)], check=True)
        for writer in WRITERS:
            ran = run(self.words(writer))
            self.judge(f"{writer} on a read-only disk", ran, before)
            self._must_fail(writer, ran)
        for reader in READERS:
            ran = run([*reader.split(), "--at", AT, "--file", str(self.names["file"])])
            self.judge(f"{reader} on a read-only disk", ran, before)
            if ran.code != 0:
                self.wrong.append(f"{reader} on a read-only disk: {ran.err}")
        subprocess.run(["mount", "-o", "remount,bind,rw", str(self.disk)], check=True)

    def forbidden(self, number: int) -> None:
        """Files and folders that may not be read, or not be written: so many cases."""
        cases: dict[str, Callable[[], list[tuple[Path, int]]]] = {
            "a folder that may not be written": lambda: [(self.disk, 0o500)],
            "files that may not be written": lambda: [(p, 0o400) for p in self.disk.glob("*.db")],
            "files that may not be read": lambda: [(p, 0o000) for p in self.disk.glob("*.db")],
        }
        for case, modes in self.chance.sample(sorted(cases.items()), number):
            for writer in WRITERS:
                self.fresh()
                before = self.files()
                changed = [(path, path.stat().st_mode) for path, _ in modes()]
                for path, mode in modes():
                    path.chmod(mode)
                ran = Started(self.words(writer), give_up).wait()
                for path, mode in changed:
                    path.chmod(mode)
                self.judge(f"{writer}, {case}", ran, before)
                if not (
                    writer in ("init", "backup", "restore to a free name", "restore")
                    and "files" in case
                ):
                    self._must_fail(f"{writer}, {case}", ran)

    def _must_fail(self, about: str, ran: Ran) -> None:
        if ran.code != 4:
            self.wrong.append(f"{about}: it ended with {ran.code}")

    # --- gone -------------------------------------------------------------------------------------

    def gone(self, fresh: Path, times: int) -> None:
        """A night whose file, folder or disk is taken away in the middle."""
        ways = (self._unlinked, self._moved, self._replaced, self._folder_moved, self._unmounted)
        seconds = self._time(fresh)
        first = self.chance.randrange(len(ways))
        for number in range(first, first + times):
            way = ways[number % len(ways)]
            about = f"a night whose file is {way.__name__.strip('_').replace('_', ' ')}"
            folder = self.disk / "desk"
            folder.mkdir()
            file = Path(copied(str(fresh), str(folder / "tickets.db")))
            started = Shelled(["triage", "--at", AT, "--json", "--file", str(file)])
            while not Path(f"{file}-journal").exists() and not started.over():
                time.sleep(0.001)
            time.sleep(self.chance.uniform(0, seconds))
            left = way(file)
            ran = started.wait()
            self.judge(about, ran)
            self.counts["gone in the middle"] += ran.code == 4
            if left is not None:
                self._check_left(about, left, ran, fresh)
            shutil.rmtree(self.disk / "desk", ignore_errors=True)
            shutil.rmtree(self.disk / "away", ignore_errors=True)

    def _time(self, fresh: Path) -> float:
        file = copied(str(fresh), str(self.disk / "time.db"))
        whole = Shelled(["triage", "--at", AT, "--quiet", "--file", file]).wait().seconds
        os.remove(file)
        return whole * 0.6

    def _check_left(self, about: str, left: Path, ran: Ran, fresh: Path) -> None:
        """Where the file still is somewhere: whole pages, and all that was acknowledged."""
        self.check_sound(about, left)
        there, before = events(str(left)), len(events(str(fresh)))
        if len(there) - before not in self._ends:
            self.wrong.append(f"{about}: a page is there in part")
        told = [row["event_id"] for row in ran.rows if row.get("event_id")]
        lost = sum(number not in there for number in told)
        self.counts["acknowledged"] += len(told)
        self.counts["lost"] += lost
        if lost:
            self.wrong.append(f"{about}: {lost} acknowledged events are lost")

    def _unlinked(self, file: Path) -> None:
        file.unlink()

    def _moved(self, file: Path) -> Path:
        """With its journal, as somebody would who knows what belongs together."""
        return _renamed(file, file.with_name("moved.db"))

    def _replaced(self, file: Path) -> Path:
        left = file.with_name("left.db")
        os.link(file, left)
        other = file.with_name("other.db")
        shutil.copy(self._kept / "small.db", other)
        os.replace(other, file)
        if (journal := Path(f"{file}-journal")).exists():
            os.rename(journal, f"{left}-journal")
        return left

    def _folder_moved(self, file: Path) -> Path:
        file.parent.rename(self.disk / "away")
        return self.disk / "away" / file.name

    def _unmounted(self, file: Path) -> None:
        subprocess.run(["umount", "--lazy", str(self.disk)], check=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(self.disk)]
        subprocess.run(command, check=True)


def _renamed(file: Path, to: Path) -> Path:
    file.rename(to)
    if (journal := Path(f"{file}-journal")).exists():
        with suppress(FileNotFoundError):  # it was just rolled back, or committed
            journal.rename(f"{to}-journal")
    return to


def fill(path: Path, free: int) -> None:
    """Take all the room there is, but for `free` bytes."""
    with path.open("wb", buffering=0) as file:
        size = 0
        try:
            while True:
                size += file.write(bytes(65536 if size < SIZE - (1 << 20) else 4096))
        except OSError:
            file.truncate(max(0, size - free))


def within(disk: Path, told: Given) -> None:
    """All of it, on a disk of our own."""
    figures = Figures("Disks that fail", told)
    size = SMALL if told.small else FULL
    with TemporaryDirectory(prefix="hard") as folder:
        tried = Disk(disk, Path(folder), told.seed, size.tickets)
        tried.full(size.frees)
        tried.read_only()
        tried.forbidden(size.cases)
        many = Path(make_many(str(Path(folder) / "many.db"), size.tickets))
        tried.night(many, [tried.chance.randrange(1 << 22) for _ in range(size.nights)])
        for path in disk.iterdir():
            path.unlink()
        tried.gone(many, size.gone)
    counts = tried.counts
    for name in ("tried", "ended with 0", "ended with 4", "gone in the middle", "acknowledged"):
        figures.print(name, counts[name])
    for name in ("changed by a failure", "not sound", "lost"):
        figures.print(name, counts[name], zero)
    for told_wrong in tried.wrong:
        figures.wrong(told_wrong)
    figures.end()


def main() -> None:
    told = given(__doc__)
    if disk := os.environ.get("HARD_DISK"):
        within(Path(disk), told)
    with TemporaryDirectory(prefix="hard") as folder:
        words = [*WITHIN, folder, sys.executable, __file__, "--seed", str(told.seed)]
        words += ["--small"] * told.small
        code = NO_DISK
        if shutil.which("unshare"):
            code = subprocess.run(words, env={**os.environ, "HARD_DISK": folder}).returncode
        if code == NO_DISK:
            Figures("Disks that fail", told).skip("no disk can be mounted here")
        sys.exit(code)


if __name__ == "__main__":
    main()
