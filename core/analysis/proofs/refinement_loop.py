"""Counterexample-guided abstraction refinement: how one property is decided.

1. Abstract: as little of a ticket is kept as will do; what is left open can be anything.
2. Check: the search goes through all that can then happen. What it finds nothing wrong with is proven.
3. Concretize: a counterexample is played on a ticket file. If it really goes so, the property is broken.
4. Refine: else it is followed in finer abstractions. What rules it out is kept from then on, and it
   begins anew; where nothing does, the property is not decided.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from ...book.properties import Property
from .abstraction.abstract_ticket import AbstractTicket
from .abstraction.refinements import first_precision
from .abstraction.shared_knowledge import SharedKnowledge
from .abstraction.ticket_abstraction import TicketAbstraction
from .counterexample.concretize import Concretizer
from .counterexample.examples import FIRST_DAY
from .counterexample.judge import Judge
from .counterexample.play import Player, Story
from .search.abstraction import StepLabel
from .search.feasibility import Feasibility, FeasibilityCheck
from .search.goal_search import GoalSearch
from .search.monitors import list_names, make_monitor
from .search.state_checks import Guesses
from .search.state_search import Counterexample, Limit, SearchLimit, StateSearch
from .search.state_space import StateSpace

MOST_STATES = 40_000
SECONDS = 60.0
"""How far the searches for one property go before they give up, in processor time."""

FEW, MANY = (60, 3), (2500, 2500)
"""Plans that are tried to play a story, and of each step: before the abstraction is made finer, and
after."""

OTHERS = 2
"""Longer counterexamples that are tried where the shortest can't be played."""

CHEAP_STATES = 60
"""Classes up to which it is cheaper to refine at once than to play longer counterexamples."""

SHARE = 3
"""The part of the time for a property after which a story that was played is told, though a shorter
one may be among what is left to rule out."""

PROVEN, BROKEN, UNDECIDED = "proven", "broken", "not decided"


class Verdict(NamedTuple):
    """What came of a property: `outcome` is PROVEN, BROKEN or UNDECIDED.

    `parts` are the parts of a ticket that were kept, `states` the classes gone through in the last
    search; `story` is what breaks it, as it was played, `is_shortest` whether all shorter ones were
    ruled out; `why` says why it is not decided. `leans_on` are the rows that the book calls impossible
    without which it may not be proven.
    """

    declared: Property
    outcome: str
    parts: tuple[str, ...]
    states: int
    story: Story | None = None
    why: str = ""
    is_shortest: bool = True
    leans_on: tuple[str, ...] = ()


class _Played(NamedTuple):
    """A story that breaks the property, and its length, or that of the counterexample that it was
    played from."""

    story: Story
    length: int


class RefinementLoop:
    """Decides one property of a book."""

    def __init__(
        self, player: Player, shared: SharedKnowledge, declared: Property, in_days: bool = False
    ) -> None:
        """`in_days`: the story with the fewest days is looked for, not the one with the fewest steps, if
        all that happens is recorded on its day."""
        self._shared, self._declared, self._in_days = shared, declared, in_days
        self._monitor = make_monitor(declared)
        self._concretizer = Concretizer(
            player, Judge(self._monitor), in_days, shared.facts_of_customer
        )
        begun = time.process_time()
        self._limit = Limit(MOST_STATES, begun + SECONDS)
        self._share = Limit(MOST_STATES, begun + SECONDS / SHARE)
        self._played: _Played | None = None
        self._tried = set[tuple[str, ...]]()
        self._ruled_out = list[Counterexample]()
        """The counterexamples so far that were spurious."""

    def decide(self) -> Verdict:
        """Prove the property, or find the story that breaks it in the fewest steps, or days."""
        self._shared.forget_leaned_on()
        abstraction = self._coarsest
        while True:
            search = self._make_search(abstraction)
            try:
                found = search.find_counterexample()
            except SearchLimit as error:
                why = f"there is more to go through than {error.states} classes of tickets"
                return self._undecided(abstraction, error.states, why)
            if abstraction.is_crowded:
                why = "more tickets can point at one than are followed"
                return self._undecided(abstraction, search.states, why)
            if self._played is not None and (found is None or not self._is_shorter(found)):
                return self._verdict(BROKEN, abstraction, search.states, self._played.story)
            if found is None:
                return self._verdict(PROVEN, abstraction, search.states)
            story = self._concretize(found, found.choices, FEW)
            if story is not None and self._is_as_short(story, found):
                return self._verdict(BROKEN, abstraction, search.states, story)
            if (
                self._played is None
                and isinstance(search, StateSearch)
                and search.states > CHEAP_STATES
            ):
                self._play_others(search)
            finer = self._refine(abstraction, found)
            if finer is None or finer.precision == abstraction.precision:
                return self._decide_at_finest(abstraction, found, search.states)
            abstraction = self._coarsen(finer, found)

    @cached_property
    def _coarsest(self) -> TicketAbstraction:
        return TicketAbstraction(
            self._shared,
            first_precision(self._shared, self._declared),
            self._monitor.observables,
            list_names(self._declared),
            on_its_day=self._in_days,
        )

    def _undecided(self, abstraction: TicketAbstraction, states: int, why: str) -> Verdict:
        """What is told where a search can't go on: a story that was played, if there is one."""
        if self._played is None:
            return self._verdict(UNDECIDED, abstraction, states, why=why)
        verdict = self._verdict(BROKEN, abstraction, states, self._played.story)
        return verdict._replace(is_shortest=False)

    def _is_shorter(self, found: Counterexample) -> bool:
        """Whether a counterexample is shorter than the one that was played."""
        assert self._played is not None
        return self._length(found) < self._played.length

    def _is_as_short(self, story: Story, found: Counterexample) -> bool:
        """Whether a story that was played takes no more days than its counterexample, where days count.
        A longer one is kept: it is the shortest if no finer abstraction has a shorter one."""
        if not self._in_days:
            return True
        days = (date.fromisoformat(story.ends) - FIRST_DAY).days
        if self._played is None or days < self._played.length:
            self._played = _Played(story, days)
        return days <= self._length(found)

    def _length(self, found: Counterexample) -> int:
        return found.cost.sort_key(self._in_days)[0]

    def _play_others(self, search: StateSearch[AbstractTicket]) -> None:
        """Try to play longer counterexamples: the shortest may only be what the abstraction leaves open."""
        for _ in range(OTHERS):
            try:
                found = search.find_counterexample()
            except SearchLimit:
                return
            if found is None:
                return
            rules = tuple(label.rule for label in found.labels)
            if rules in self._tried:
                continue
            self._tried.add(rules)
            if (story := self._concretize(found, found.choices, FEW)) is not None:
                self._played = _Played(story, self._length(found))
                self._limit = self._share
                return

    def _verdict(
        self,
        outcome: str,
        abstraction: TicketAbstraction,
        states: int,
        story: Story | None = None,
        why: str = "",
    ) -> Verdict:
        parts = tuple(sorted(map(str, abstraction.precision)))
        leans_on = self._shared.list_leaned_on() if outcome == PROVEN else ()
        return Verdict(self._declared, outcome, parts, states, story, why, leans_on=leans_on)

    # --- check -----------------------------------------------------------------------------------

    def _make_space(self, abstraction: TicketAbstraction) -> StateSpace[AbstractTicket]:
        return StateSpace(self._shared.book, abstraction, self._monitor)

    def _make_search(
        self, abstraction: TicketAbstraction
    ) -> StateSearch[AbstractTicket] | GoalSearch[AbstractTicket]:
        abstraction.begin_search()
        space = self._make_space(abstraction)
        if self._is_about_goal:
            return GoalSearch(space, self._limit)
        return StateSearch(space, self._limit, self._in_days)

    @property
    def _is_about_goal(self) -> bool:
        """Whether the property says what must be possible."""
        return self._declared.kind == "end"

    # --- concretize ------------------------------------------------------------------------------

    def _concretize(
        self, found: Counterexample, choices: Sequence[Sequence[StepLabel]], most: tuple[int, int]
    ) -> Story | None:
        if self._is_about_goal and found.guessed:
            return None
        return self._concretizer.find_story(choices, *most)

    def _decide_at_finest(
        self, abstraction: TicketAbstraction, found: Counterexample, states: int
    ) -> Verdict:
        """A counterexample that no finer abstraction rules out: it counts if it can be played."""
        labels: Sequence[StepLabel] = found.labels
        guessed = found.guessed.union(*(label.guessed for label in labels))
        if not self._is_about_goal:
            labels = self._follow(abstraction.finest(guessed), found).labels or labels
        story = self._concretize(found, [[label] for label in labels], MANY)
        if story is not None and self._is_as_short(story, found):
            return self._verdict(BROKEN, abstraction, states, story)
        way = ", ".join(label.rule for label in found.labels if label.rule) or "nothing at all"
        why = f"a story may break it, but could not be played: {way}"
        if guessed:
            why += f"; nothing is known in it of {', '.join(sorted(guessed))}"
        return self._undecided(abstraction, states, why)

    # --- refine ----------------------------------------------------------------------------------

    def _refine(
        self, abstraction: TicketAbstraction, found: Counterexample
    ) -> TicketAbstraction | None:
        """An abstraction in which a counterexample is ruled out; None where it stands in all of them.

        What is guessed last is nearest to what goes wrong, so that is kept first; and that by which
        a rule answers before that by which it does one thing or another.
        """
        if self._is_about_goal:
            return _refine_nearest(abstraction, (found.guessed, *found.others))
        labels = reversed(found.labels)
        steps = (names for label in labels for names in (label.answers, label.guessed))
        guessed = (found.guessed, *steps)
        for names in guessed:
            for finer in abstraction.finer(names):
                if self._is_spurious(finer, found):
                    return self._minimize(finer, abstraction, found)
        return self._refine_step_by_step(abstraction, found, guessed)

    def _refine_step_by_step(
        self, abstraction: TicketAbstraction, found: Counterexample, guessed: Sequence[Guesses]
    ) -> TicketAbstraction | None:
        """The same where keeping more of one fact alone does not rule it out."""
        finer = _refine_nearest(abstraction, guessed)
        while finer is not None:
            followed = self._follow(finer, found)
            if followed.possible is None:
                return finer
            if not followed.possible:
                return self._minimize(finer, abstraction, found)
            guessed = followed.guessed
            finer = _refine_nearest(finer, guessed)
        return None

    def _minimize(
        self, finer: TicketAbstraction, coarse: TicketAbstraction, found: Counterexample
    ) -> TicketAbstraction:
        """Without what is not needed to rule a counterexample out."""
        for part in finer.list_refined(coarse):
            coarser = finer.coarser(part, coarse)
            finer = next((one for one in coarser if self._is_spurious(one, found)), finer)
        return finer

    def _coarsen(self, finer: TicketAbstraction, found: Counterexample) -> TicketAbstraction:
        """Without what was kept before, and is not needed any more to rule counterexamples out."""
        if self._is_about_goal or self._in_days:
            return finer
        self._ruled_out.append(found)
        for part in finer.list_refined(self._coarsest):
            for coarser in finer.coarser(part, self._coarsest):
                if all(self._is_spurious(coarser, one) for one in reversed(self._ruled_out)):
                    finer = coarser
                    break
        return finer

    def _is_spurious(self, abstraction: TicketAbstraction, found: Counterexample) -> bool:
        """Whether a counterexample can't happen in an abstraction."""
        return self._follow(abstraction, found).possible is False

    def _follow(self, abstraction: TicketAbstraction, found: Counterexample) -> Feasibility:
        ends_in_step = self._declared.kind not in ("never", "next")
        space = self._make_space(abstraction)
        return FeasibilityCheck(space, found.labels, ends_in_step, self._in_days).follow()


def _refine_nearest(
    abstraction: TicketAbstraction, guessed: Sequence[Guesses]
) -> TicketAbstraction | None:
    """The cheapest abstraction that keeps more of the first guesses of which more can be kept."""
    finer = (one for names in guessed for one in abstraction.finer(names))
    return next(finer, None)
