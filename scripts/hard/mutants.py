#!/usr/bin/env python
"""Every small change of the shipped books: a scenario notices it, or it makes no difference.

    python scripts/hard/mutants.py [--small] [--seed N]

All that `prassi book test --mutants` tries is tried on all scenarios. Two judges look at how that is
done: some changes are tried again on the whole book, read anew with the change, which must come to
the same; and for each test of a rule whose change is said to make no difference, facts are drawn,
and the book must decide the same on them with the change as without.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import closing
from functools import cache

from common.figures import Figures, given, zero
from prassi.core.analysis.scenarios.equivalent_mutants import Alike, Verdict, judged
from prassi.core.analysis.scenarios.mutated_book import Original
from prassi.core.analysis.scenarios.mutations import Change, put
from prassi.core.analysis.scenarios.scenario_files import Scenario, files_in, read_files
from prassi.core.analysis.scenarios.stage import Stage, wrong
from prassi.core.analysis.scenarios.surviving_mutants import Trial, is_complete
from prassi.core.book.model import Book
from prassi.core.book.status_catalogue import State
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from seeding import BOOKS, Seed, files, find_changed_decision


def main() -> None:
    told = given(__doc__)
    figures = Figures("Changes of the shipped books", told)
    chance = random.Random(told.seed)
    for book in BOOKS:
        original = Original(Shelf(NONE).files(book))
        scenarios = read_files(files_in(original.files.folder), book)
        changes = original.changes()
        some = chance.sample(changes, 30) if told.small else changes
        with closing(Stage(NONE)) as stage:
            verdict = judged(stage, original, scenarios, some)
        tell(figures, book, verdict)
        few = chance.sample(changes, 5 if told.small else 120)
        told_apart = differing(original, chance.sample(scenarios, 10 if told.small else 20), few)
        figures.print(f"{book}: of {len(few)}, tried otherwise anew", len(told_apart), zero)
        deciding = decide_otherwise(original, some)
        figures.print(f"{book}: no difference, and yet decide otherwise", len(deciding), zero)
        for change in [*told_apart, *deciding]:
            figures.wrong(f"{original.place(change)}: {change.told}")
    figures.end()


def tell(figures: Figures, book: str, verdict: Verdict) -> None:
    """The figures of a book, and each change that nothing notices."""
    figures.print(f"{book}: scenarios that fail", len(verdict.wrong), zero)
    figures.print(f"{book}: changes", verdict.changes)
    figures.print(f"{book}: noticed", verdict.noticed)
    figures.print(f"{book}: make no difference", verdict.alike)
    figures.print(f"{book}: not noticed", verdict.unnoticed, zero)
    for left in verdict.left:
        if left.reason is None:
            figures.wrong(f"{left.place}: {left.about}: {left.change}")


def differing(
    original: Original, scenarios: Sequence[Scenario], changes: Sequence[Change]
) -> list[Change]:
    """The changes of which reading the book anew says otherwise than the short way."""
    with closing(Stage(NONE)) as stage:
        trial = Trial(original, stage, changes)
        readable = {id(change) for change in trial.left()}
        trial.run(scenarios)
    left = {id(change) for change in trial.left()}
    found = []
    for change in changes:
        # What a rule does is looked at by those that say more than which rule answers.
        of_rules = change.kind != "cell" and original.reach(change) is not None
        looking = [one for one in scenarios if not of_rules or is_complete(one)]
        noticed = noticed_anew(original, looking, change)
        known = None if id(change) not in readable else id(change) not in left
        # A property can name what no rule says any more: then the whole book can't be read.
        if noticed != known and not (noticed is None and known is not None):
            found.append(change)
    return found


def noticed_anew(original: Original, scenarios: Sequence[Scenario], change: Change) -> bool | None:
    """Whether a scenario notices a change, on the whole book read with it; None where it can't be."""
    name = original.book.name
    books: dict[tuple[State, ...], Book | None] = {(): original.with_all(change)}
    if books[()] is None:
        return None
    with closing(Stage(NONE)) as stage:
        for scenario in scenarios:
            with stage.set(scenario):
                states = tuple(stage.read_states(name))
                if states not in books:
                    books[states] = adopting(name, states).with_all(change)
                try:
                    came = stage.play(scenario, books[states])
                except (ValueError, KeyError, TypeError):
                    return True
                if wrong(scenario.expected, came):
                    return True
    return False


@cache
def adopting(book: str, states: tuple[State, ...]) -> Original:
    """A shipped book with the states that a ticket file keeps, if it keeps any."""
    return Original(Shelf(NONE).files(book), states)


def decide_otherwise(original: Original, changes: Sequence[Change]) -> list[Change]:
    """The tests said to make no difference with whose change drawn facts are decided otherwise."""
    alike, name = Alike(original), original.book.name
    found = []
    # A change that leaves no book that can be read is none.
    with closing(Stage(NONE)) as stage:
        left = Trial(original, stage, changes).left()
    for change in left:
        # That no day comes to both of two counts is beyond that judge, who draws each for itself.
        if change.kind == "cell" and alike.reason(change) and not list(alike.apart(change)):
            data = put(files(name).data, change.path, change.then)
            if find_changed_decision(Seed(name, change.told, data)) is not None:
                found.append(change)
    return found


if __name__ == "__main__":
    main()
