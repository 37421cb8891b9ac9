#!/usr/bin/env python
"""Writers killed at any moment: nothing acknowledged is lost, nothing is there in part.

    python scripts/hard/kill.py [--small] [--seed N]

Each round runs a command to its end on a copy of a ticket file, and then again on the file itself,
where SIGKILL meets it at a random moment. After that, `verify` must pass; every event that the
command has acknowledged (on stdout, with --json) must be there; what is there must be the file
before, or after, whole pages of a night included; and the same command, run again, must bring the
file to where the copy is. Nights over many tickets write in a second process: there both are
killed, or the first alone, or the second alone.
"""

from __future__ import annotations

import os
import random
import shutil
import stat
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from common.commands import Ran, Shelled, Started, good, run
from common.figures import Figures, given, zero
from common.files import (
    AT,
    EARLIER,
    OLD,
    content,
    copied,
    events,
    folder_for,
    make,
    make_many,
    page_ends,
    source,
)
from common.workers import spread, together

WHO = ("the second", "the first", "both")
"""Of the two processes of a night, those that are killed."""
FULL = {"rounds": 330, "nights": 36, "tickets": 6000}
SMALL = {"rounds": 10, "nights": 2, "tickets": 4100}


class Wrong(Exception):
    """Something that must not happen has happened."""


class Killed(NamedTuple):
    """A command that was killed, if it had not ended by then."""

    ran: Ran
    words: list[str]
    met: bool
    midst: bool


class Life:
    """A ticket file that lives on through many kills."""

    def __init__(self, folder: str, seed: int) -> None:
        self.folder, self.chance = folder, random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.file = self._path("tickets.db")
        self._next = 41
        make(self.file, 40)

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    # --- commands ---------------------------------------------------------------------------------

    def round(self) -> None:
        """One kill of any writer."""
        writers: list[Callable[[], None]] = [
            self.call,
            self.call,
            self.triage,
            self.triage,
            self.undo,
            self.undo,
            self.bring_in,
            self.migration,
            self.backup,
            self.restore,
        ]
        writer = self.bring_in_many if self.chance.random() < 0.02 else self.chance.choice(writers)
        writer()
        self.counts[f"kills of {writer.__name__.replace('_', ' ')}"] += 1

    def call(self) -> None:
        """An agent notes a call."""
        ref = f"T-{self.chance.randrange(1, self._next)}"
        how = self.chance.choice(
            ["no-answer", "agreement --agreed-on 2026-04-09", "already-paid --paid-on 2026-03-02"]
        )
        self._once(["call-outcome", ref, *how.split(), "--at", AT])

    def triage(self) -> None:
        """A night; each one is later than the one before."""
        self._once(["triage", "--at", f"2026-{self.chance.randrange(3, 13):02}-16"])

    def undo(self) -> None:
        """The newest event is taken back."""
        undone = [row[1] for row in events(self.file).values()]
        ran = run(["undo", "--dry-run", "--json", "--file", self.file, "--at", AT])
        if ran.code == 0 and undone:
            self._once(["undo", str(ran.rows[0]["undone"]), "--at", AT])

    def bring_in(self) -> None:
        """More tickets come in, in events of at most 1,000."""
        count = self.chance.choice([1, 5, 20])
        path = source(self._path("more.json"), self._next, count)
        self._once(["import", path, "--at", AT])
        self._next += count

    def bring_in_many(self) -> None:
        """More tickets than an event takes come in, into a copy: old files are slow."""
        file, path = copied(self.file, self._path("many.db")), self._path("many.json")
        self._once(["import", source(path, 100_000, 2300), "--at", AT], file)
        os.remove(file)

    def migration(self) -> None:
        """The first command on a file of an earlier schema."""
        version = self.chance.choice(EARLIER)
        old, kept = self._path("old.db"), f"{self._path('old.db')}.schema-{version}.backup"
        for path in Path(self.folder).glob("old.db*"):
            path.unlink()
        shutil.copyfile(OLD / f"schema-{version}.db", old)
        before = content(old)
        words = self.chance.choice([["log"], ["triage", "--at", "2026-06-01"]])
        self._once(words, old)
        if content(kept) != before or stat.S_IMODE(os.stat(kept).st_mode) != 0o600:
            raise Wrong(f"the backup before a migration is not the file before: {kept}")

    def backup(self) -> None:
        """A backup is made: it is there whole, or it is not there."""
        copy = self._path("copy.db")
        before = content(self.file)
        killed = self._kill(lambda: ["backup", copy, "--file", self.file, "--json"], 0.06)
        if killed.ran.rows and not os.path.exists(copy):
            raise Wrong("an acknowledged backup is not there")
        if os.path.exists(copy):
            self._check_sound(copy)
            if content(copy) != before:
                raise Wrong("a backup is not equal to the file")
            os.remove(copy)
        self._clear()

    def restore(self) -> None:
        """A backup replaces the file: one or the other is there, whole."""
        copy = self._path("kept.db")
        if os.path.exists(copy):
            os.remove(copy)
        good(["backup", copy, "--file", self.file])
        whole = self._path("restored.db")
        good(["restore", copy, "--file", whole, "--at", AT])  # what waited is held in it
        kept = content(whole)
        for path in Path(self.folder).glob("restored.db*"):
            path.unlink()
        good(["triage", "--file", self.file, "--at", "2026-12-31", "--quiet"])
        before = content(self.file)
        words = ["restore", copy, "--replace", "--file", self.file, "--json", "--at", AT]
        killed = self._kill(lambda: words, 0.06)
        self._check_sound(self.file)
        now = content(self.file)
        if now not in (before, kept) or (killed.ran.rows and now != kept):
            raise Wrong("a restored file is neither the old one nor the backup")
        self._clear()

    # --- a kill -----------------------------------------------------------------------------------

    def _once(self, words: list[str], file: str | None = None) -> None:
        """Kill a command once, and judge what it has left."""
        file = file or self.file
        words = [*words, "--json", "--file"]
        before, copy = events(file), copied(file, self._path("whole.db"))
        whole = run([*words, copy])
        if whole.code not in (0, 2, 3):
            raise Wrong(f"{words} ended with {whole.code}: {whole.err}")
        wanted, after = {runs: content(copy, runs) for runs in (True, False)}, events(copy)
        for path in Path(self.folder).glob("whole.db*"):
            path.unlink()
        killed = self._kill(lambda: [*words, file], whole.seconds)
        self._judge(file, killed, before, after)
        written = len(events(file)) > len(before)
        if not (written and words[0] == "call-outcome"):  # That would be another call.
            again = run([*words, file])
            if again.code != whole.code and not (written and again.code in (2, 3)):
                raise Wrong(f"run again, {words} ended with {again.code}: {again.err}")
        # A night of several books writes page after page: what is left of one is a run of its own.
        of_one_run = words[0] != "triage" or not written
        if content(file, of_one_run) != wanted[of_one_run]:
            raise Wrong(f"run again, {words} did not bring the file to where it would be")

    def _kill(self, words: Callable[[], list[str]], seconds: float) -> Killed:
        """Start a command, and kill it at any moment of the time it takes.

        Every other time, at any moment from the one in which it begins to write.
        """
        said = words()
        started = Started(said)
        if self.chance.random() < 0.5:
            time.sleep(self.chance.uniform(0, seconds * 1.05))
        else:
            _wait_for(f"{said[said.index('--file') + 1]}-journal", seconds)
            time.sleep(self.chance.uniform(0, 0.02))
        started.kill()
        ran = started.wait()
        midst = os.path.exists(f"{said[said.index('--file') + 1]}-journal")
        self.counts["kills"] += 1
        self.counts["met at work"] += ran.code == -9
        self.counts["in the midst of a transaction"] += midst
        if ran.code not in (-9, 0, 2, 3):
            raise Wrong(f"{said} ended with {ran.code}: {ran.err}")
        return Killed(ran, said, ran.code == -9, midst)

    def _judge(
        self, file: str, killed: Killed, before: dict[int, Any], after: dict[int, Any]
    ) -> None:
        """What is there is what was there before, and nothing of the command, or all of it."""
        self._check_sound(file)
        now = events(file)
        if any(now.get(number) != row for number, row in before.items()):
            raise Wrong(f"an event from before {killed.words} is lost or changed")
        told = [row for row in killed.ran.rows if row.get("applied")]
        self.counts["acknowledged"] += sum(row.get("event_id") is not None for row in told)
        for row in told:
            number = row.get("event_id")
            if number is not None and (number not in now or not _same(row, now[number])):
                self.counts["lost"] += 1
            if row.get("tickets") and len(now) == len(before):
                self.counts["lost"] += 1
        whole = {len(before), len(after)}
        if any(row[1] == "edition" for number, row in now.items() if number not in before):
            whole.add(len(before) + 1)  # an older file is brought up to date first, by itself
        whole |= _find_ends_of_books(before, after)
        half = len(now) not in whole
        self.counts["torn"] += half or any(now[n][:5] != after[n][:5] for n in now)

    def _check_sound(self, file: str) -> None:
        ran = run(["verify", "--file", file])
        if ran.code != 0:
            self.counts["torn"] += 1
            print(f"{file} is not sound: {ran.out}{ran.err}", file=sys.stderr)

    def _clear(self) -> None:
        """Put away what killed backups have left, under names that say so."""
        left = [path for path in os.listdir(self.folder) if ".partial" in path]
        self.counts["left by killed backups"] += bool(left)
        for name in [*left, *(n for n in os.listdir(self.folder) if ".replaced" in n)]:
            os.remove(self._path(name))


def _find_ends_of_books(before: dict[int, Any], after: dict[int, Any]) -> set[int]:
    """How many events a file may have where a night has ended its page of one book, and not begun that
    of the next one: a ticket's ref begins with a letter of its book."""
    new = [number for number in after if number not in before and after[number][1] == "day"]
    return {
        number - 1 for last, number in pairwise(new) if after[last][0][:1] != after[number][0][:1]
    }


def _wait_for(path: str, seconds: float) -> None:
    """Wait until a file is there, for so long at most."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not os.path.exists(path):
        time.sleep(0.0002)


def _same(told: dict[str, Any], event: tuple[Any, ...]) -> bool:
    """Whether an event is the one that was acknowledged."""
    if "undone" in told:
        return bool(event[1] == "undo" and event[3] == f'{{"event":{told["undone"]}}}')
    return (told["ticket"], told["event"], told["rule"]) == event[:3] and told["at"] == event[4]


# --- nights over many tickets, in two processes ----------------------------------------------------


class Nights:
    """Nights over so many tickets that a second process writes."""

    def __init__(self, folder: str, tickets: int, seed: int) -> None:
        self.folder, self.tickets, self.chance = folder, tickets, random.Random(seed)
        self.counts: Counter[str] = Counter()
        self._fresh, self._file = (os.path.join(folder, name) for name in ("fresh.db", "night.db"))
        make_many(self._fresh, tickets)
        self._ends = page_ends(tickets)
        self._before = len(events(self._fresh))
        copied(self._fresh, self._file)
        whole = Shelled(self._words)
        began = time.monotonic()
        _wait_for(f"{self._file}-journal", 60)
        self._start = time.monotonic() - began
        self._seconds = whole.wait().seconds - self._start
        self._wanted = content(self._file, runs=False)
        self._after = events(self._file)

    @property
    def _words(self) -> list[str]:
        return ["triage", "--json", "--file", self._file, "--at", AT]

    def night(self, who: str) -> None:
        """Kill a night, `both` its processes or one of them."""
        copied(self._fresh, self._file)
        started = Shelled(self._words)
        _wait_for(f"{self._file}-journal", 2 * self._start)
        time.sleep(self.chance.uniform(0, 1.02) * self._seconds)
        second = started.child()
        if who == "the second" and second is not None:
            os.kill(second, 9)
        elif who == "the first":
            started.kill()
        else:
            started.kill_all()
        ran = started.wait()
        self._count(who, ran, second)
        self._judge(ran)

    def _count(self, who: str, ran: Ran, second: int | None) -> None:
        self.counts["kills"] += 1
        self.counts["met at work"] += ran.code != 0
        self.counts[f"kills of nights, {who}"] += 1
        self.counts["in the midst of a transaction"] += os.path.exists(f"{self._file}-journal")
        told = "Error: the writing process ended early; run the same command again.\n"
        ended = ran.code == 4 and ran.err.endswith(told)  # after what it says of held e-mails
        if ran.code not in (0, -9) and not ended:
            raise Wrong(f"with {who} killed, triage ended with {ran.code}: {ran.err}")

    def _judge(self, ran: Ran) -> None:
        told = {row["event_id"]: row for row in ran.rows if row.get("event_id") is not None}
        self.counts["acknowledged"] += len(told)
        now = events(self._file)
        self.counts["lost"] += sum(
            n not in now or not _same(row, now[n]) for n, row in told.items()
        )
        # A second process that was left alone may still write its page: whole pages are what counts.
        half = len(now) - self._before not in self._ends
        torn = half or any(now[number][:5] != self._after[number][:5] for number in now)
        self.counts["torn"] += bool(torn) or run(["verify", "--file", self._file]).code != 0
        if run([*self._words, "--quiet"]).code != 0:
            raise Wrong("the night could not be completed")
        if content(self._file, runs=False) != self._wanted:
            raise Wrong("the completed night is not the one that nobody disturbed")
        self.counts["nights completed"] += 1


def job(
    size: dict[str, int], seed: int, workers: int, small: bool
) -> Callable[[int], dict[str, Any]]:
    """The part of one worker."""

    def work(number: int) -> dict[str, Any]:
        with folder_for(small) as folder:
            os.environ["PRASSI_CACHE"] = os.path.join(folder, "cache")
            nights = Nights(folder, size["tickets"], seed + number)
            for place in range(number, size["nights"], workers):
                nights.night(WHO[place % 3])
            rounds, counts = len(range(number, size["rounds"], workers)), nights.counts
            for first in range(0, rounds, 40):  # A new life now and then: old files are slow.
                home = os.path.join(folder, f"life{first}")
                os.mkdir(home)
                life = Life(home, seed * 1000 + number * 100 + first)
                for _ in range(min(40, rounds - first)):
                    life.round()
                counts += life.counts
                shutil.rmtree(home)
            return counts

    return work


def main() -> None:
    told = given(__doc__)
    figures = Figures("Killed anywhere", told)
    size, workers = (SMALL, 1) if told.small else (FULL, 2)
    counts = together(spread(job(size, told.seed, workers, told.small), workers))
    of_nights = {f"kills of nights, {who}" for who in WHO}
    for name in sorted(of_nights | {name for name in counts if name.startswith("kills of")}):
        figures.print(name, counts[name])
    least = 1 if told.small else 330
    figures.print("kills", counts["kills"], lambda n: n >= least)
    for name in ("met at work", "in the midst of a transaction", "left by killed backups"):
        figures.print(name, counts[name])
    figures.print("nights completed", counts["nights completed"])
    figures.print("acknowledged events", counts["acknowledged"], None if told.small else bool)
    figures.print("lost", counts["lost"], zero)
    figures.print("torn", counts["torn"], zero)
    figures.end()


if __name__ == "__main__":
    main()
