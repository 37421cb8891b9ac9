#!/usr/bin/env python
"""Customers who are forgotten after random histories: nothing of them is left, all is sound.

    python scripts/hard/forget.py [--small] [--seed N]

Each history is a ticket file with three customers, whose names, addresses, notes, tags and whatever else
is said of them hold secret words of their own. Calls, promises, payments, notes, changes, merges, undos
and nights happen to them. Then two are forgotten, one after the other. The judge looks for the secret
words in the bytes of the file, asks `verify`, and compares what the third customer's tickets have.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from common.figures import Figures, given, zero
from common.files import folder_for
from common.workers import spread, together
from desk import Desk, Ran
from keptbooks import keeping
from prassi.core.analysis import remade_events
from prassi.core.importing import forget_customer
from prassi.core.library.library import Shelf, as_kept

FULL, SMALL = 1000, 6
WORKERS = 2
STEPS = 12
LETTERS = "bcdfghjklmnpqrstvwxz"
"""Of words that stand in no text of Prassi."""

Shelf._read = keeping()  # type: ignore[method-assign, assignment]
# What files keep of the books is the same in all of them, and is read once, too.
vars(forget_customer)["as_kept"] = vars(remade_events)["as_kept"] = cache(as_kept)


class History:
    """One file, its customers, and the words of each.

    Its commands run in this process: a fork for each would take three times as long, and what is left
    of somebody in a file does not depend on that.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.desk = Desk(folder)
        self.words: dict[str, list[str]] = {f"C-{n}": [] for n in range(1, 4)}
        self.tickets: dict[str, list[str]] = {}
        self.day = 2

    def word(self, ref: str) -> str:
        """A new secret word of a customer."""
        made = "".join(self.chance.choice(LETTERS) for _ in range(9))
        self.words[ref].append(made)
        return made

    def make(self) -> None:
        """The file, with two tickets of each customer."""
        customers: list[dict[str, Any]] = []
        tickets: list[dict[str, Any]] = []
        for number, ref in enumerate(self.words, 1):
            name, mail = self.word(ref).title(), self.word(ref)
            customers.append(
                {"ref": ref, "name": f"{name} srl", "email": f"{mail}@example.org", "phone": f"+39 055 777 88 {number}"}
            )  # fmt: skip
            self.tickets[ref] = [f"T-{number}", f"K-{number}"]
            tickets += self._tickets(ref, number)
        source = self.desk.folder / "history.json"
        source.write_text(json.dumps({"customers": customers, "tickets": tickets}), "utf-8")
        self.run("init")
        self.run("import", str(source))
        if self.chance.random() < 0.3:  # the words stay in the history, and are to go too
            self.run("undo", "--run", "1", "--yes")
            self.run("import", str(source))

    def _tickets(self, ref: str, number: int) -> Iterator[dict[str, Any]]:
        common = {"customer": ref, "opened": "2026-02-01"}
        note = {"at": "2026-02-02", "text": f"Sagt {self.word(ref)}."}
        proformas = [{"number": f"PF-{number}-{n}", "amount": "100.00"} for n in range(2)]
        yield {
            **common, "ref": f"T-{number}", "book": "collections", "status": "new", "notes": [note],
            "proformas": proformas, "tags": [f"cliente {self.word(ref)}"],
        }  # fmt: skip
        yield {
            **common, "ref": f"K-{number}", "book": "cases", "status": "OPEN", "category": "backoffice",
            "queue": "backoffice", "creator": "anna", "subject": f"Frage {self.word(ref)}",
            "description": self.word(ref), "respond_by": "2026-02-10",
        }  # fmt: skip

    def run(self, *words: str) -> int:
        """A command on the file; how it ended."""
        return self._ask(*words, "--quiet", "--as", "anna").code

    def _ask(self, *words: str) -> Ran:
        """A command on the file, as of the day."""
        return self.desk.run(words, f"2026-03-{self.day:02}")

    def live(self) -> None:
        """What happens: some of it is refused, which is no matter."""
        for _ in range(STEPS):
            self.day = min(28, self.day + self.chance.randrange(3))
            self.run(*self.chance.choice([*self._happenings(self.chance.choice([*self.words]))]))

    def _happenings(self, ref: str) -> Iterator[Sequence[str]]:
        ticket, case = self.tickets[ref]
        yield "call-outcome", ticket, "no-answer", "--note", self.word(ref)
        yield (
            "call-outcome",
            ticket,
            "agreement",
            "--agreed-on",
            "2026-03-30",
            "--note",
            self.word(ref),
        )
        yield (
            "call-outcome",
            ticket,
            "no-agreement",
            "--reason",
            "refuses",
            "--note",
            self.word(ref),
        )
        yield "payment", ticket, "--all", "--on", "2026-03-01"
        yield "note", ticket, f"{self.word(ref)} {self.word(ref)}"
        yield "note", case, self.word(ref)
        yield (
            "customer",
            "set",
            ref,
            f"name={self.word(ref)}",
            f"email={self.word(ref)}@example.org",
        )
        yield "case-route", case, "dispatch", "--subject", self.word(ref)
        yield "case-route", case, "accept", "--agent", "petr"
        yield "case-route", case, "return", "--reason", self.word(ref)
        yield ("undo",)
        yield ("triage",)
        yield "close", case, self.word(ref)

    def end(self, ref: str) -> None:
        """Close what is open of a customer."""
        self.run("close", self.tickets[ref][0], "bankrupt", "--note", self.word(ref))
        self.run("close", self.tickets[ref][1], self.word(ref))

    def show(self, ref: str) -> list[str]:
        """A customer's tickets, as JSON has them."""
        return [self._ask("show", one, "--json").out for one in self.tickets[ref]]

    def count_left(self, ref: str) -> int:
        """How many of a customer's words are in the file's bytes."""
        raw = self.desk.file.read_bytes().lower()
        return sum(word.encode() in raw for word in self.words[ref])


def try_one(folder: Path, seed: int) -> dict[str, int]:
    """One history; what was wrong with it, counted. `folder` is made for it, and taken away: one of the
    same name each time, as the books are read once for each."""
    folder.mkdir()
    history = History(folder, seed)
    history.make()
    history.live()
    first, second, stays = history.chance.sample([*history.words], 3)
    found = {"words": 0, "words left": 0, "not forgotten": 0, "not sound": 0, "others changed": 0}
    found["replays that failed"] = 0
    before = history.show(stays)
    for ref in (first, second):
        history.end(ref)
        found["words"] += history.count_left(ref)
        done = history.run("customer", "forget", ref, "--because", "Art. 17", "--yes")
        found["not forgotten"] += done != 0
        found["words left"] += history.count_left(ref)
        found["not sound"] += history.run("verify") != 0
    found["others changed"] = history.show(stays) != before
    found["replays that failed"] = history.run("replay") != 0
    shutil.rmtree(folder)
    return found


def main() -> None:
    told = given(__doc__)
    figures = Figures("Customers who are forgotten", told)
    count = SMALL if told.small else FULL
    with folder_for(True) as folder:

        def work(number: int) -> dict[str, Any]:
            seeds = range(told.seed * count + number, told.seed * count + count, WORKERS)
            return dict(together([try_one(Path(folder, str(number)), seed) for seed in seeds]))

        found = together(spread(work, WORKERS))
    figures.print("histories", count)
    figures.print("customers forgotten", 2 * count - found["not forgotten"])
    figures.print("words of theirs in the files before", found["words"], bool)
    for name in (
        "words left",
        "not forgotten",
        "not sound",
        "others changed",
        "replays that failed",
    ):
        figures.print(name, found[name], zero)
    figures.end()


if __name__ == "__main__":
    main()
