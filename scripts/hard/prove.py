#!/usr/bin/env python
"""What the books promise is proven, in time; every planted fault is told; and chance finds nothing else.

    python scripts/hard/prove.py [--small] [--seed N]

All properties of the five shipped books are proven in the time of so many loops of plain Python, timed
beside them: some 60 seconds of a quick processor. Faults are planted in copies of books, and each comes
out as a story that is played: a third of them, another one with each seed, and with --small every sixth,
since the slow tests have them all. Then tickets go their way as chance has it: nothing that was proven
may ever be broken, and whoever merges too much in the exploration is caught by it.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import fmean

from common.figures import Figures, Given, given, zero
from common.loop import time_loop
from common.workers import spread, together
from prassi.core.analysis.proofs.prove import Prover
from prassi.core.analysis.proofs.refinement_loop import BROKEN, PROVEN
from prassi.core.library.settings import NONE
from proving import FAULTS, changed, decide_fault
from walking import walked

BOOKS = ("cases", "collections", "insistence", "packages", "requests")
WORKERS = 2
LOOPS = 750
"""How many loops of plain Python all proofs may take as long as."""


def main() -> None:
    told = given(__doc__)
    figures = Figures("What books promise", told)
    proven = together(spread(_count_proven, WORKERS))
    figures.print("properties of the five books", proven["properties"])
    figures.print("not proven", proven["not proven"], zero)
    figures.print("seconds of the processor", round(proven["milliseconds"] / 1000, 1))
    figures.print(
        f"as long as so many loops, at most {LOOPS}", proven["loops"], lambda n: n <= LOOPS
    )
    faults = range(0, len(FAULTS), 6) if told.small else range(told.seed % 3, len(FAULTS), 3)
    figures.print("planted faults", len(faults))
    missed = together(spread(lambda number: _count_missed(faults[number::WORKERS]), WORKERS))
    figures.print("planted faults without a story", missed["missed"], zero)
    walks = 10 if told.small else 40
    counts = together(spread(lambda number: walks_of(range(number, walks, WORKERS), told), WORKERS))
    figures.print("tickets led by chance", counts["walks"])
    figures.print("properties broken by chance", counts["broken"], zero)
    figures.end()


def walks_of(numbers: range, told: Given) -> dict[str, int]:
    """How many properties are broken when chance leads tickets of each book, as often as there are numbers."""
    counts = Counter[str]()
    for book in BOOKS:
        with closing(Prover(NONE, book)) as prover:
            for number in numbers:
                counts["walks"] += 1
                counts["broken"] += len(walked(prover, Random(told.seed + number), 40))
    return counts


def _count_proven(number: int) -> dict[str, int]:
    """How many properties of the books a worker has proven, and how many not, in which time, also
    counted in loops of plain Python."""
    loops = [time_loop()]
    began, outcomes = time.process_time(), list[str]()
    for book in BOOKS:
        with closing(Prover(NONE, book)) as prover:
            share = prover.declared.properties[number::WORKERS]
            outcomes += [prover.decide_whole(one).outcome for one in share]
    took = time.process_time() - began
    loops.append(time_loop())
    return {
        "properties": len(outcomes),
        "not proven": len(outcomes) - outcomes.count(PROVEN),
        "milliseconds": round(1000 * took),
        "loops": round(took / fmean(loops)),
    }


def _count_missed(faults: range) -> dict[str, int]:
    """How many of some planted faults are not told as the story that each is known to be."""
    return {"missed": sum(map(_missed, faults))}


def _missed(place: int) -> bool:
    """Whether a planted fault is not told as the story that it is known to be."""
    fault = FAULTS[place]
    with tempfile.TemporaryDirectory() as folder:
        settings = changed(Path(folder), fault.book, fault.edits)
        with closing(Prover(settings, fault.book)) as prover:
            verdict = decide_fault(prover, fault.breaks)
    if verdict.outcome != BROKEN or verdict.story is None:
        return True
    return [done.plan.rule.id for done in verdict.story.steps] != fault.story


if __name__ == "__main__":
    main()
