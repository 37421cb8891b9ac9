#!/usr/bin/env python
"""How what people wait for grows with a ticket file, and the page about it: docs/growth.md.

    python scripts/bench/growth.py [TICKETS...]      default: 1000 100000 1000000

For each size a ticket file is made of so many open tickets of customers of their own, a night acts on
each, and each gets a note: twice as many events as tickets. Then commands run in processes of their own,
five times each, but once those that read a whole file; printed, and written into the page, are medians of
milliseconds of the processor. What stands in the page outside of its marks stays as it is.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

sys.path.append(str(Path(__file__).parents[1] / "hard"))

from common.files import CHUNK, make_many
from measuring.machine import OtherWork, describe_machine
from measuring.processes import PRASSI, run_process
from page import DOCS
from prassi.core.ticketfile import connect
from prassi.core.ticketfile.open import open_file
from prassi.core.ticketfile.write_events import EventRecord, EventWriter

PAGE = DOCS / "growth.md"
BEGIN, END = "<!-- figures: made by scripts/bench/growth.py -->", "<!-- end of the figures -->"
SIZES = (1_000, 100_000, 1_000_000)
ROUNDS = 5
WHOLE = ("sync", "backup", "verify")
"""Commands that read a whole file, and are run once."""
MOST = 2.0
"""What should not grow takes at most so many times as long in the largest file as in the smallest."""

NIGHT, NEXT, LATER = "2026-03-02", "2026-03-03", "2026-03-04"
SETTINGS = '[company]\nname = "Quadrifoglia"\n[roles]\nsupport = "giulia"\nmanager = "paolo"\n'
MAP = """
[customer]
ref = "Customer"
[ticket]
ref = "Ticket"
book = { const = "collections" }
[items.proformas]
number = "Document"
amount = "Amount"
"""


class Question(NamedTuple):
    """A command; `{n}` in it is another ticket each time. Whether it may grow, and why."""

    words: str
    why: str = ""

    @property
    def may_grow(self) -> bool:
        """Whether it has to read more where there is more."""
        return bool(self.why)


QUESTIONS = (
    Question("show T-{n}"),
    Question("call-outcome T-{n} no-answer"),
    Question("undo T-{n} --yes"),
    Question("triage T-{n} -n"),
    Question("triage --assignee anna -n"),
    Question("log T-{n}"),
    Question("log --limit 20"),
    Question(f"log --since {LATER}"),
    Question("outbox list --limit 20"),
    Question("customer show H-{n}"),
    Question("customer list --limit 20"),
    Question("list --limit 20", "the first twenty are found by going through the open tickets"),
    Question("find verdi --limit 20", "words are looked for in every note and name"),
    Question("todo --who anna"),
    Question("sync {ledger} --map {map}", "the whole ledger is read"),
    Question("backup {copy}", "the whole file is copied, and the copy checked"),
    Question("verify", "every event is worked out again"),
)


def make_file(folder: Path, count: int) -> Path:
    """A ticket file of so many tickets, with two events each, and the ledger that it agrees with."""
    path = folder / "tickets.db"
    make_many(str(path), count)
    (folder / "prassi.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "map.toml").write_text(MAP, encoding="utf-8")
    run_prassi(folder, f"triage --quiet --at {NIGHT}")
    with closing(open_file(str(path))) as connection, connect.transaction(connection):
        writer = EventWriter(connection, "note", NEXT, "anna", many=True)
        for first in range(1, count + 1, CHUNK):
            writer.write_records(_make_notes(first, min(first + CHUNK, count + 1)))
    with open(folder / "ledger.csv", "w", encoding="utf-8") as file:
        file.write("Customer,Ticket,Document,Amount\n")
        file.writelines(f"H-{n},T-{n},PF-{n},120.00\n" for n in range(1, count + 1))
    run_prassi(folder, f"assign T-500 anna --quiet --at {NEXT}")
    return path


def _make_notes(first: int, last: int) -> Iterator[EventRecord]:
    for number in range(first, last):
        row = ("note", (number, NEXT, "Heard nothing.", None))
        yield EventRecord(event="note", ticket=number, made=[row])


def run_prassi(folder: Path, words: str) -> float:
    """How many milliseconds of the processor a command takes, in a process of its own."""
    return 1000 * run_process([PRASSI, *words.split()], str(folder)).processor


def measure(folder: Path) -> Iterator[tuple[Question, float]]:
    """What each command costs: the median of several, each about another ticket."""
    for question in QUESTIONS:
        found = []
        for place in range(1 if question.words.split()[0] in WHOLE else ROUNDS):
            names = {"ledger": "ledger.csv", "map": "map.toml", "copy": f"copy{place}.db"}
            words = question.words.format(n=511 + 10 * place, **names)
            found.append(run_prassi(folder, f"{words} --at {LATER}"))
        yield question, statistics.median(found)


Figures = Mapping[int, Mapping[Question, float]]
"""What the commands cost, by the number of tickets."""


def format_page(figures: Figures, others: OtherWork) -> Iterator[str]:
    """The table of the page."""
    sizes = sorted(figures)
    yield (
        f"{describe_machine()}; meanwhile {others} processors worked for others. Milliseconds of the"
        " processor, each command a process of its own."
    )
    yield ""
    yield f"| command | {' | '.join(f'{size:,} tickets' for size in sizes)} | it may grow, because |"
    yield f"| --- |{' ---: |' * len(sizes)} --- |"
    for question in QUESTIONS:
        costs = [f"{figures[size][question]:,.0f}" for size in sizes]
        words = question.words.format(n="500", ledger="LEDGER", map="MAP", copy="DEST")
        yield f"| `{words}` | {' | '.join(costs)} | {question.why or '**it may not**'} |"


def find_grown(figures: Figures) -> Iterator[str]:
    """A sentence about each command that grows, and should not."""
    first, last = min(figures), max(figures)
    for question in QUESTIONS:
        before, after = figures[first][question], figures[last][question]
        if not question.may_grow and after > MOST * before:
            yield f"{question.words}: {before:.0f} ms at {first:,} tickets, {after:.0f} ms at {last:,}"


def write_page(figures: Figures, others: OtherWork) -> None:
    """Put the table between the marks of the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    table = "\n".join(format_page(figures, others))
    PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")


def main() -> None:
    figures: dict[int, dict[Question, float]] = {}
    others = OtherWork()
    for size in [int(one) for one in sys.argv[1:]] or SIZES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            make_file(folder, size)
            figures[size] = {}
            for question, cost in measure(folder):
                figures[size][question] = cost
                print(f"{size:>9,}  {question.words:<32}{cost:10,.0f} ms", flush=True)
    write_page(figures, others)
    grown = [*find_grown(figures)]
    for sentence in grown:
        print(f"GROWS: {sentence}")
    sys.exit(bool(grown))


if __name__ == "__main__":
    main()
