"""How the scenarios of a book come through its mutations: what they notice, and what they do not."""

from __future__ import annotations

import os
from collections.abc import Sequence
from math import floor
from typing import NamedTuple

from .coverage import ScenarioResult
from .equivalent_mutants import EquivalenceChecker
from .mutated_book import Original
from .mutations import TEXT, Mutation
from .scenario_files import Scenario
from .stage import Stage
from .surviving_mutants import MutantTrial
from .text_trial import TextTrial


class Survivor(NamedTuple):
    """A mutation that no scenario notices: its place, the rule or name it is about, its kind and
    itself in words; and the reason, where it makes no difference."""

    place: str
    about: str
    kind: str
    mutation: str
    reason: str | None


class MutationReport(NamedTuple):
    """How a book's scenarios came through its mutations.

    `failures` are scenarios that come out other than expected: while there are any, no mutation is
    tried.
    """

    mutations: int
    survivors: list[Survivor]
    failures: list[ScenarioResult]

    @property
    def equivalent_count(self) -> int:
        """How many mutations make no difference."""
        return sum(one.reason is not None for one in self.survivors)

    @property
    def missed_count(self) -> int:
        """How many mutations make a difference that no scenario notices."""
        return len(self.survivors) - self.equivalent_count

    @property
    def killed_count(self) -> int:
        """How many mutations some scenario notices."""
        return self.mutations - len(self.survivors)

    @property
    def score(self) -> float:
        """The mutations noticed, in per cent of those that make a difference, rounded down."""
        real = self.mutations - self.equivalent_count
        return floor(10_000 * self.killed_count / real) / 100 if real else 100.0


def try_mutations(
    stage: Stage,
    original: Original,
    scenarios: Sequence[Scenario],
    mutations: Sequence[Mutation] | None = None,
) -> MutationReport:
    """Try mutations of a book and of its messages on its scenarios; without `mutations`, all of them,
    else these only."""
    tried = original.list_mutations() if mutations is None else mutations
    messages = [] if mutations is not None else list_templates(original)
    texts = TextTrial(original.book, stage, messages)
    trial = MutantTrial(original, stage, tried, texts.try_on)
    failures = [result for result in trial.play_all(scenarios) if result.differences]
    if failures:
        return MutationReport(0, [], failures)
    equivalence = EquivalenceChecker(original)
    survivors = [
        Survivor(
            place=original.locate(mutation),
            about=original.name_subject(mutation),
            kind=mutation.kind,
            mutation=mutation.description,
            reason=equivalence.explain(mutation),
        )
        for mutation in trial.list_survivors()
    ]
    survivors += [
        Survivor(
            place=_shorten_place(text.place, original.files.folder),
            about="message",
            kind=TEXT,
            mutation=text.description,
            reason=texts.explain(text),
        )
        for text in texts.list_survivors()
    ]
    return MutationReport(trial.count + texts.count, survivors, [])


def _shorten_place(place: str, folder: str) -> str:
    """A place in a template that lies with its book, as the book's folder was given."""
    whole = os.path.join(os.path.realpath(folder), "")
    return os.path.join(folder, place.removeprefix(whole)) if place.startswith(whole) else place


def list_templates(original: Original) -> list[tuple[str, str]]:
    """The templates of a book that count, as paths and texts."""
    return list(original.files.messages.texts(original.book.name))
