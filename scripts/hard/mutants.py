#!/usr/bin/env python
"""Small mutations of the shipped books: a scenario notices each, or it makes no difference.

    python scripts/hard/mutants.py [--small] [--seed N]

A tenth of what `prassi book test --mutants` tries is tried on all scenarios. Two judges look at how that is
done: some mutations are tried again on the whole book, read anew with the mutation, which must come to
the same; and for each test of a rule whose mutation is said to make no difference, facts are drawn,
and the book must decide the same on them with the mutation as without.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import closing
from functools import cache

from common.figures import Figures, given, zero
from prassi.core.analysis.scenarios.differences import find_differences
from prassi.core.analysis.scenarios.equivalent_mutants import EquivalenceChecker
from prassi.core.analysis.scenarios.mutated_book import Original
from prassi.core.analysis.scenarios.mutation_report import MutationReport, try_mutations
from prassi.core.analysis.scenarios.mutations import Mutation, put_value
from prassi.core.analysis.scenarios.scenario_files import (
    Scenario,
    list_scenario_files,
    read_scenario_files,
)
from prassi.core.analysis.scenarios.stage import Stage
from prassi.core.analysis.scenarios.surviving_mutants import MutantTrial, is_complete
from prassi.core.book.model import Book
from prassi.core.book.status_catalogue import CatalogueState
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from seeding import BOOKS, Seed, files, find_changed_decision


def main() -> None:
    told = given(__doc__)
    figures = Figures("Changes of the shipped books", told)
    chance = random.Random(told.seed)
    for book in BOOKS:
        original = Original(Shelf(NONE).files(book))
        scenarios = read_scenario_files(list_scenario_files(original.files.folder), book)
        mutations = original.list_mutations()
        some = chance.sample(mutations, 30 if told.small else len(mutations) // 10)
        with closing(Stage(NONE)) as stage:
            verdict = try_mutations(stage, original, scenarios, some)
        tell(figures, book, verdict)
        few = chance.sample(mutations, 5 if told.small else 40)
        told_apart = differing(original, chance.sample(scenarios, 10 if told.small else 20), few)
        figures.print(f"{book}: of {len(few)}, tried otherwise anew", len(told_apart), zero)
        deciding = decide_otherwise(original, some)
        figures.print(f"{book}: no difference, and yet decide otherwise", len(deciding), zero)
        for mutation in [*told_apart, *deciding]:
            figures.wrong(f"{original.locate(mutation)}: {mutation.description}")
    figures.end()


def tell(figures: Figures, book: str, verdict: MutationReport) -> None:
    """The figures of a book, and each mutation that nothing notices."""
    figures.print(f"{book}: scenarios that fail", len(verdict.failures), zero)
    figures.print(f"{book}: changes", verdict.mutations)
    figures.print(f"{book}: noticed", verdict.killed_count)
    figures.print(f"{book}: make no difference", verdict.equivalent_count)
    figures.print(f"{book}: not noticed", verdict.missed_count, zero)
    for left in verdict.survivors:
        if left.reason is None:
            figures.wrong(f"{left.place}: {left.about}: {left.mutation}")


def differing(
    original: Original, scenarios: Sequence[Scenario], mutations: Sequence[Mutation]
) -> list[Mutation]:
    """The mutations of which reading the book anew says otherwise than the short way."""
    with closing(Stage(NONE)) as stage:
        trial = MutantTrial(original, stage, mutations)
        readable = {id(mutation) for mutation in trial.list_survivors()}
        trial.play_all(scenarios)
    left = {id(mutation) for mutation in trial.list_survivors()}
    found = []
    for mutation in mutations:
        # What a rule does is looked at by those that say more than which rule answers.
        of_rules = mutation.kind != "cell" and original.find_rules(mutation) is not None
        looking = [one for one in scenarios if not of_rules or is_complete(one)]
        noticed = noticed_anew(original, looking, mutation)
        known = None if id(mutation) not in readable else id(mutation) not in left
        # A property can name what no rule says any more: then the whole book can't be read.
        if noticed != known and not (noticed is None and known is not None):
            found.append(mutation)
    return found


def noticed_anew(
    original: Original, scenarios: Sequence[Scenario], mutation: Mutation
) -> bool | None:
    """Whether a scenario notices a mutation, on the whole book read with it; None where it can't be."""
    name = original.book.name
    books: dict[tuple[CatalogueState, ...], Book | None] = {(): original.mutate_book(mutation)}
    if books[()] is None:
        return None
    with closing(Stage(NONE)) as stage:
        for scenario in scenarios:
            with stage.set_up(scenario):
                states = tuple(stage.read_states(name))
                if states not in books:
                    books[states] = adopting(name, states).mutate_book(mutation)
                try:
                    came = stage.play(scenario, books[states])
                except (ValueError, KeyError, TypeError):
                    return True
                if find_differences(scenario.expected, came):
                    return True
    return False


@cache
def adopting(book: str, states: tuple[CatalogueState, ...]) -> Original:
    """A shipped book with the states that a ticket file keeps, if it keeps any."""
    return Original(Shelf(NONE).files(book), states)


def decide_otherwise(original: Original, mutations: Sequence[Mutation]) -> list[Mutation]:
    """The tests said to make no difference with whose mutation drawn facts are decided otherwise."""
    equivalence, name = EquivalenceChecker(original), original.book.name
    found = []
    # A mutation that leaves no book that can be read is none.
    with closing(Stage(NONE)) as stage:
        left = MutantTrial(original, stage, mutations).list_survivors()
    for mutation in left:
        # That no day comes to both of two counts is beyond that judge, who draws each for itself.
        if (
            mutation.kind == "cell"
            and equivalence.explain(mutation)
            and not list(equivalence.find_telling_facts(mutation))
        ):
            data = put_value(files(name).data, mutation.path, mutation.then)
            if find_changed_decision(Seed(name, mutation.description, data)) is not None:
                found.append(mutation)
    return found


if __name__ == "__main__":
    main()
