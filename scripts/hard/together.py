#!/usr/bin/env python
"""Two nights and eight agents at once on one ticket file; and ten first starts on an older one.

    python scripts/hard/together.py [--small] [--seed N]

Ten commands meet over the migration of a file of the first schema. Then, for 60 seconds, two triages
work through day after day, both over the same days, and eight agents record calls and payments, each
resting for about a second after every command. No command may fail for being locked, no action may
happen twice, no event may be lost, or be there without having been acknowledged. How long agents
waited is the time of their whole commands, but for the start of the interpreter: they run in forks
of a process that has loaded it.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from common.commands import Shelled, Started, good, run
from common.figures import Figures, given, zero
from common.files import OLD, events, folder_for, make, reading
from common.workers import spread

FIRST_DAY = date(2026, 3, 2)
AGENTS, NIGHTS = 8, 2
HOWS = (
    "call-outcome {ref} no-answer",
    "call-outcome {ref} no-answer --channel email",
    "call-outcome {ref} agreement --agreed-on {soon}",
    "payment {ref} --all --on {today}",
    "call-outcome {ref} no-agreement --reason refuses",
    "promise {ref} --agreed-on {soon}",
)


class Size(NamedTuple):
    """How much is done: seconds, tickets, and how long an agent rests at most."""

    seconds: float
    tickets: int
    rest: float


FULL, SMALL = Size(30, 6000, 1.5), Size(2, 300, 0.2)


class Told(NamedTuple):
    """How a command ended."""

    who: str
    code: int
    err: str
    seconds: float
    events: list[int]


class Desk:
    """The file, and who works on it; a day lasts a second and a half."""

    def __init__(self, path: str, size: Size, seed: int) -> None:
        self.path, self.size, self.seed = path, size, seed
        self._began = time.monotonic()

    def work(self, number: int) -> dict[str, Any]:
        """The part of one of them: the first two are nights, the others agents."""
        told = self._nights() if number < NIGHTS else self._agent(number)
        return {"told": list(told)}

    def days(self) -> int:
        """How many days have begun."""
        return int((time.monotonic() - self._began) / 1.5)

    def _today(self) -> date:
        return FIRST_DAY + timedelta(days=self.days())

    def _goes_on(self) -> bool:
        return time.monotonic() < self._began + self.size.seconds

    def _told(self, who: str, words: list[str]) -> Told:
        start = Shelled if who == "triage" else Started
        ran = start([*words, "--json", "--file", self.path]).wait()
        events = [row["event_id"] for row in ran.rows if row.get("event_id")]
        return Told(who, ran.code, ran.err, ran.seconds, events)

    def _nights(self) -> Iterator[Told]:
        """Triage of day after day, each together with the other one."""
        while self._goes_on():
            yield self._told("triage", ["triage", "--at", self._today().isoformat()])

    def _agent(self, number: int) -> Iterator[Told]:
        """Command after command on any ticket that waits for calls."""
        chance = random.Random(self.seed * 100 + number)
        while self._goes_on():
            day = self._today()
            ticket = 10 * chance.randrange(1, self.size.tickets // 10) + chance.randrange(3)
            soon = (day + timedelta(days=20)).isoformat()
            words = chance.choice(HOWS).format(ref=f"T-{ticket}", today=day, soon=soon)
            yield self._told("agent", [*words.split(), "--at", day.isoformat()])
            time.sleep(chance.uniform(self.size.rest / 3, self.size.rest))


def alone(path: str) -> float:
    """How long an agent's command takes with nobody beside it: the middle of nine."""
    words = ["call-outcome", "T-10", "no-answer", "--dry-run", "--at", "2026-03-02", "--file", path]
    return sorted(run(words).seconds for _ in range(9))[4]


def share(values: list[float], part: float) -> float:
    """The value below which a part of them lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def twice(path: str) -> int:
    """Actions of the night that happened twice: on one ticket, by one rule, on one day."""
    with reading(path) as connection:
        rows = connection.execute("SELECT ticket, rule, at FROM event WHERE event = 'day'")
        return sum(count - 1 for count in Counter(rows).values())


def main() -> None:
    told = given(__doc__)
    figures = Figures("Together on one file", told)
    size = SMALL if told.small else FULL
    with folder_for(told.small) as folder:
        path = make(os.path.join(folder, "tickets.db"), size.tickets)
        before = len(events(path))
        desk = Desk(path, size, told.seed)
        ended = spread(desk.work, NIGHTS + AGENTS)
        last = (FIRST_DAY + timedelta(days=desk.days())).isoformat()
        judge(
            figures,
            path,
            [Told(*one) for part in ended for one in part["told"]],
            before,
            told.small,
        )
        figures.print("days, each worked through by two triages", desk.days())
        good(["triage", "--file", path, "--at", last, "--quiet"])
        seen = len(events(path))
        good(["triage", "--file", path, "--at", last, "--quiet"])
        figures.print("actions of a second triage of the last day", len(events(path)) - seen, zero)
        old = shutil.copy(OLD / "schema-1.db", os.path.join(folder, "old.db"))
        starts = spread(
            lambda number: {"code": run(["log", "--file", old, "--quiet"]).code}, NIGHTS + AGENTS
        )
        figures.print("first starts that failed", sum(one["code"] for one in starts), zero)
        kept = len([*Path(folder).glob("old.db.schema-1.backup*")])
        figures.print("backups made by ten first starts", kept, lambda n: n == 1)
        figures.print("an agent's command alone, s", f"{alone(path):.2f}")
    figures.end()


def _is_fine(code: int, count: int) -> bool:
    """Whether commands may have ended with a code, however many did."""
    return code in (0, 3)


def judge(figures: Figures, path: str, said: list[Told], before: int, small: bool) -> None:
    """What was said against what stands in the file."""
    for (who, code), count in sorted(Counter((one.who, one.code) for one in said).items()):
        figures.print(f"{who}: ended with {code}", count, partial(_is_fine, code))
    figures.print("agents' commands", sum(one.who == "agent" for one in said), bool)
    figures.print("triages", sum(one.who == "triage" for one in said), bool)
    locked = sum("is locked" in one.err for one in said)
    figures.print("commands that failed for being locked", locked, zero)
    told = Counter(number for one in said for number in one.events)
    there = set(list(events(path))[before:])
    figures.print("events acknowledged", len(told), bool)
    figures.print("events lost", len(told.keys() - there), zero)
    figures.print("events nobody acknowledged", len(there - told.keys()), zero)
    figures.print("events acknowledged twice", sum(told.values()) - len(told), zero)
    figures.print("actions that happened twice", twice(path), zero)
    figures.print("verify ended with", run(["verify", "--file", path]).code, zero)
    waits = [one.seconds for one in said if one.who == "agent"]
    for name, part, goal in (("p50", 0.5, None), ("p99", 0.99, 1.0), ("longest", 1.0, 3.0)):
        value = round(share(waits, part), 2)
        must = None if small or goal is None else (lambda n, goal=goal: n < goal)
        figures.print(f"agents waited, {name}, s", value, must)


if __name__ == "__main__":
    main()
