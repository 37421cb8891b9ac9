#!/usr/bin/env python
"""Thousands of faults put into the shipped books: every one that changes a decision is found.

    python scripts/hard/book_check.py [--small] [--seed N]

One place of a book is changed at a time: a rule, row, test, bound or source, an input, a fact, a name.
There are some 6,000 such faults, and a run takes a fortieth of them, another one with each seed. A
judge that draws facts and asks both books which rules answer says whether a decision has changed;
then `prassi book check` must have something to tell. Then the demo desks are worked on for weeks, and
on each day every event of every ticket is asked about: nothing that the check leaves out as
impossible may be there, and one rule answers.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from datetime import date, timedelta
from functools import partial
from itertools import chain
from pathlib import Path

from common.figures import Figures, given, zero
from common.workers import spread, together
from desk import MONDAY, Desk
from occurring import wrong_about
from seeding import BOOKS, check_seed, files, find_changed_decision, inputs, seeds

ROOT = Path(__file__).parents[2]
WORKERS, PART = 2, 40


def main() -> None:
    told = given(__doc__)
    figures = Figures("Seeded faults of books", told)
    counts = Counter[str]()
    for book in BOOKS:
        of_book = together(spread(partial(tried, book, small=told.small, start=told.seed), WORKERS))
        found, missed = of_book["changed and found"], of_book["changed and missed"]
        figures.print(f"{book}: faults", of_book["faults"])
        figures.print(f"{book}: of them found", of_book["found"])
        figures.print(f"{book}: change a decision, and are found", found)
        figures.print(f"{book}: change a decision, and are not found", missed, zero)
        counts += of_book
    figures.print("faults in all", counts["faults"], lambda n: told.small or n >= 120)
    for name in ("found", "missed"):
        told_so = f"change a decision, and are {'not ' * (name == 'missed')}found"
        figures.print(told_so, counts[f"changed and {name}"])
    on_desks = partial(list_wrong_facts, start=told.seed, days=2 if told.small else 10)
    for seed, wrong in chain(*(one.items() for one in spread(on_desks, 1 if told.small else 2))):
        figures.print(f"facts that can't be, seed {seed}", len(wrong), zero)
        for line in wrong[:5]:
            figures.wrong(line)
    figures.end()


def tried(book: str, number: int, small: bool, start: int) -> dict[str, int]:
    """One of PART faults, another one with each seed, whose place falls to this worker."""
    counts = Counter[str]()
    first, step = (number, 97) if small else (number + start % PART * WORKERS, PART * WORKERS)
    for seed in seeds(book, first, step):
        found, changed = check_seed(seed), find_changed_decision(seed)
        counts["faults"] += 1
        counts["found"] += bool(found)
        if changed is not None:
            counts["changed and found" if found else "changed and missed"] += 1
            if not found:
                print(
                    f"{book}: {seed.what} is not found, and yet it decides otherwise on {changed}"
                )
    return counts


def list_wrong_facts(number: int, start: int, days: int) -> dict[str, list[str]]:
    """What is wrong with the facts on the demo desks, worked on for so many days, by the seed of it."""
    seed = start + number
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desk.good("init")
        for book in BOOKS:
            desk.good(f"import {ROOT / 'fixtures' / f'{book}.json'}")
        wrong: list[str] = []
        for later in range(0, days, 3):
            day = (date.fromisoformat(MONDAY) + timedelta(later)).isoformat()
            happened(desk, day, chance)
            wrong += wrong_about(desk, day, chance, 3)
            desk.run("triage", at=day)
        return {str(seed): wrong}


def happened(desk: Desk, day: str, chance: random.Random) -> None:
    """Some events of some tickets, with any inputs; many of them are refused."""
    tickets = [(row["ref"], row["book"]) for row in desk.export()["tickets"]]
    for ref, name in chance.sample(tickets, 40):
        reader = files(name).reader()
        event = reader.event(chance.choice(reader.declarations.event_names))
        if event.opens or event.name == "day":
            continue
        words = [
            f"{key}={value if not isinstance(value, list) else value[0]}"
            for key, value in inputs(event, chance, day).items()
            if value is not None and value != []
        ]
        desk.run(["event", ref, event.name, *words], at=day)


if __name__ == "__main__":
    main()
