"""Proving what a book declares of itself, and measuring how long its ways take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing

from ...book.properties import Happening, Property, Way
from ...library.settings import Settings
from .abstraction.shared_knowledge import SharedKnowledge
from .book_properties import read_properties
from .counterexample.durations import (
    NO_WAY,
    TimedStory,
    WayDuration,
    count_workdays,
    find_longest_way,
)
from .counterexample.play import Player, Story
from .counterexample.tell import StoryText, tell_story
from .refinement_loop import BROKEN, PROVEN, UNDECIDED, RefinementLoop, Verdict


class Prover:
    """Decides the properties of a book, as it is written: settings have no part in it.

    Close it at the end.
    """

    def __init__(self, settings: Settings, name: str) -> None:
        with ExitStack() as opened:
            self.player = opened.enter_context(closing(Player(settings, name)))
            self.book = self.player.book
            self.declared = read_properties(self.player.stage.shelf, name)
            rows = [row for one in self.declared.properties for row in one.tests]
            self.player.watched = frozenset(
                name
                for one in self.declared.properties
                for happening in one.happenings
                for row in happening.facts
                for name in row
            )
            declared = self.declared
            kinds = (
                kind
                for one in declared.properties
                for happening in one.happenings
                for kind in happening.named.get("task", ())
            )
            shared = SharedKnowledge(
                self.book, rows, declared.impossible, declared.impossible_given, kinds
            )
            self.shared = opened.enter_context(closing(shared))
            self._opened = opened.pop_all()

    def close(self) -> None:
        """Close the files in memory; nothing can be decided from then on."""
        self._opened.close()

    def decide_all(self) -> Iterator[Verdict]:
        """What comes of each property of the book, in their order."""
        yield from map(self.decide_whole, self.declared.properties)

    def decide_whole(self, declared: Property) -> Verdict:
        """What comes of a property: of all its parts, where it is about each template or row."""
        each = [self.decide(one) for one in self.declared.split(declared)]
        worst = max(each, key=lambda one: (PROVEN, UNDECIDED, BROKEN).index(one.outcome))
        if worst.outcome == PROVEN:
            parts = {part for verdict in each for part in verdict.parts}
            states = max(verdict.states for verdict in each)
            leans_on = tuple(dict.fromkeys(row for verdict in each for row in verdict.leans_on))
            worst = worst._replace(parts=tuple(sorted(parts)), states=states, leans_on=leans_on)
        return worst._replace(declared=declared)

    def decide(self, declared: Property) -> Verdict:
        """Prove a property, or find the story that breaks it in the fewest steps."""
        return RefinementLoop(self.player, self.shared, declared).decide()

    def find_quickest(self, status: str) -> Verdict:
        """The story that leads to a status in the fewest days, as what breaks that there is none."""
        enters = Happening({"status": (status,)}, {})
        declared = Property("", "", "", "order", enters)
        return RefinementLoop(self.player, self.shared, declared, in_days=True).decide()

    def tell(self, verdict: Verdict) -> StoryText | None:
        """The story that breaks a property, in words."""
        if verdict.story is None:
            return None
        one = verdict.declared
        name = f"{one.id} is broken: {one.says}"
        return self._tell_story(name, verdict.story, one.kind not in ("next", "end"))

    def measure_ways(self) -> Iterator[WayDuration]:
        """How long the ways take that the book asks for."""
        yield from map(self.measure_way, self.declared.ways)

    def measure_way(self, way: Way) -> WayDuration:
        """How long a way takes: the shortest story, and the longest one."""
        found = find_longest_way(self.player, way) if way.given else NO_WAY
        quickest = self.find_quickest(way.to)
        shortest = self._time(f"shortest way to {way.to}", quickest.story)
        longest = self._time(f"longest way to {way.to}, if {way.says}", found.story)
        return WayDuration(way, shortest, quickest.is_shortest, longest, found.tried, found.never)

    def _time(self, name: str, story: Story | None) -> TimedStory | None:
        if story is None:
            return None
        text = self._tell_story(name, story, ends_in_step=True)
        return TimedStory(text, count_workdays(self.player, story))

    def _tell_story(self, name: str, story: Story, ends_in_step: bool) -> StoryText:
        return tell_story(self.player.stage, self.book.name, name, story, ends_in_step)
