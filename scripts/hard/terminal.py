#!/usr/bin/env python
"""Text that steers terminals, in every field and argument, through every command: none comes out.

    python scripts/hard/terminal.py [--small] [--seed N]

Each round draws its text anew, out of escape sequences (OSC, CSI, DCS, C1), carriage returns, what
turns writing around, what nobody sees, floods of accents, and any characters at all. It fills the
tickets of all five books and the settings with that, has every command print them, in words, as JSON
and as CSV, and gives it to every option and argument. What is printed is looked at by patterns of
the tests' own. What was imported must come out of JSON again, character for character.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections import Counter
from contextlib import chdir
from pathlib import Path
from typing import Any

from common.figures import Figures, Given, given, zero
from common.workers import spread, together
from desk import Desk
from everywhere import EVERY, fill, hostile, work
from hostile import BOOKS, GIVEN, Bad, drawn, poisoned, steers

WORKERS, ROUNDS = 2, 8
KEPT = ("ref", "name", "email", "phone", "subject", "description", "text", "owner", "creator")


def main() -> None:
    told = given(__doc__)
    figures = Figures("Text that steers terminals", told)
    rounds = 1 if told.small else ROUNDS
    workers = 1 if told.small else WORKERS
    counts = together(spread(lambda number: tried(range(number, rounds, workers), told), workers))
    for name in ("rounds", "commands", "characters printed"):
        figures.print(name, counts[name], bool)
    figures.print("fields of tickets with such text", counts["fields"], bool)
    figures.print("printouts that steer a terminal", counts["steers"], zero)
    figures.print("commands that ended as they must not", counts["ended wrong"], zero)
    figures.print("fields that JSON does not give back", counts["lost"], zero)
    figures.end()


def tried(rounds: range, told: Given) -> dict[str, int]:
    """What came of these rounds; what was wrong is told at once."""
    counts = Counter[str]()
    for number in rounds:
        chance = random.Random(told.seed * 1000 + number)
        bad = GIVEN if number == 0 and not told.small else drawn(chance)
        # Files are written under such names, too.
        with tempfile.TemporaryDirectory() as folder, chdir(folder):
            one_round(Path(folder), bad, counts, chance if told.small else None)
        counts["rounds"] += 1
    return counts


def one_round(folder: Path, bad: Bad, counts: Counter[str], chance: random.Random | None) -> None:
    """All commands, or with `chance` a tenth of them, on one ticket file."""
    desk = Desk(folder)
    fill(desk, bad)
    given_back(desk, bad, counts)
    sound = desk.file.read_bytes()
    # What a field refuses, as a ref with a blank in it, is told with that text too.
    tried: list[tuple[list[str], tuple[int, ...]]] = [
        ([*words, "--dry-run"], (0, 1, 2, 3, 4)) for name in EVERY for words in hostile(name, bad)
    ]
    for name, lines in work(bad).items():
        for words in lines:
            for more in ((), ("--json",)) if "--csv" not in words else ((),):
                # With 1, `doctor` says that something would go wrong tonight.
                codes: tuple[int, ...] = (0, 1) if name == "doctor" else (0, 2, 3)
                tried.append(([*name.split(), *words, *more], codes))
    for words, codes in tried if chance is None else chance.sample(tried, len(tried) // 10):
        judge(desk, words, codes, counts)
        desk.file.write_bytes(sound)


def judge(desk: Desk, words: list[str], codes: tuple[int, ...], counts: Counter[str]) -> None:
    ran = desk.run(words)
    counts["commands"] += 1
    counts["characters printed"] += len(ran.out) + len(ran.err)
    counts["done"] += ran.code == 0
    if ran.code not in codes:
        counts["ended wrong"] += 1
        print(f"{words!r:.300} ended with {ran.code}: {ran.err!r:.300}")
    printed = ran.out.removeprefix("\ufeff").replace("\r\n", "\n") + ran.err
    if (found := steers(printed)) is not None:
        counts["steers"] += 1
        print(f"{words!r:.300} printed {found}")


def given_back(desk: Desk, bad: Bad, counts: Counter[str]) -> None:
    """Every field that was imported with bad text comes out of the export as it came in."""
    printed = desk.good("export").out
    if (found := steers(printed)) is not None:
        counts["steers"] += 1
        print(f"export printed {found}")
    rows = json.loads(printed)
    for book in BOOKS:
        wanted = poisoned(book, bad)
        for kind in ("customers", "tickets"):
            there = {row["ref"]: row for row in rows[kind]}
            for row in wanted[kind]:
                counts.update(compared(row, there.get(row["ref"], {})))


def compared(wanted: dict[str, Any], there: dict[str, Any]) -> Counter[str]:
    """How many fields there are to compare, and which are lost."""
    texts = {name: wanted[name] for name in KEPT if isinstance(wanted.get(name), str)}
    lost = {name: there.get(name) for name, text in texts.items() if there.get(name) != text}
    for name, now in [*lost.items()][:1]:
        print(f"{name} was {texts[name]!r:.200} and is {now!r:.200}")
    return Counter({"fields": len(texts), "lost": len(lost)})


if __name__ == "__main__":
    main()
