"""Deciding a property: as little of a ticket is looked at as will do, and more where that is not enough.

What is left open can be anything, so that what is proven of few parts holds for all tickets. A story
that may break the property is looked at more closely; where that rules it out, what rules it out is
kept from then on; where nothing does, it is played on a ticket file.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from typing import NamedTuple

from ...book.model import DateFact, DueFact, ForbiddenFact
from ...book.properties import Happening, Property
from ...library.settings import Settings
from .abstraction.abstract_facts import AbstractFacts
from .abstraction.fact_dependencies import FactDependencies
from .abstraction.kept_parts import ALWAYS_KNOWN, EXACT, GIVEN, NEVER_KNOWN, KeptParts, fields_of
from .abstraction.successors import Successors
from .abstraction.value_bounds import ValueBounds
from .book_properties import read_properties
from .counterexample.durations import LongestWay, TimedStory, WayDuration, longest, workdays
from .counterexample.judge import Judge
from .counterexample.play import Player, Story
from .counterexample.tell import StoryText, told
from .search.monitors import Monitor, names_in, watch
from .search.state_search import Counterexample, Feasibility, Search, SearchLimit, StepLabel

MOST_STATES = 40_000
SECONDS = 60.0
"""How far a search for one property goes before it gives up, in processor time."""

FEW, MANY = 60, 2500
"""Plans that are tried to play a story: before it is looked at more closely, and after."""

PROVEN, BROKEN, UNDECIDED = "proven", "broken", "not decided"

Levels = Mapping[str, int]


class Verdict(NamedTuple):
    """What came of a property: `outcome` is PROVEN, BROKEN or UNDECIDED.

    `parts` are the parts of a ticket that were looked at, `states` the classes gone through in the
    last search; `story` is what breaks it, as it was played; `why` says why it is not decided.
    """

    declared: Property
    outcome: str
    parts: tuple[str, ...]
    states: int
    story: Story | None = None
    why: str = ""


class Prover:
    """Decides the properties of a book, as it is written: settings have no part in it.

    Close it at the end.
    """

    def __init__(self, settings: Settings, name: str) -> None:
        with ExitStack() as opened:
            self.player = opened.enter_context(closing(Player(settings, name)))
            self.book = book = self.player.book
            self.declared = read_properties(self.player.stage.shelf, name)
            rows = [row for one in self.declared.properties for row in one.rows]
            self.reads = opened.enter_context(closing(FactDependencies(book)))
            self.bounds = ValueBounds(book, self.reads, rows)
            self.asked = opened.enter_context(closing(AbstractFacts(book, self.reads, self.bounds)))
            self._opened = opened.pop_all()

    def close(self) -> None:
        """Close the files in memory; nothing can be decided from then on."""
        self._opened.close()

    def verdicts(self) -> Iterator[Verdict]:
        """What comes of each property of the book, in their order."""
        for one in self.declared.properties:
            found = [self.decide(each) for each in one.one_by_one(self.declared.templates)]
            worst = max(
                found, key=lambda verdict: (PROVEN, UNDECIDED, BROKEN).index(verdict.outcome)
            )
            if worst.outcome == PROVEN:
                parts = {part for verdict in found for part in verdict.parts}
                states = max(verdict.states for verdict in found)
                worst = worst._replace(parts=tuple(sorted(parts)), states=states)
            yield worst._replace(declared=one)

    def told(self, verdict: Verdict) -> StoryText | None:
        """The story that breaks a property, in words."""
        if verdict.story is None:
            return None
        one = verdict.declared
        called = f"{one.id} is broken: {one.says}"
        return told(
            self.player.stage,
            self.book.name,
            called,
            verdict.story,
            one.kind not in ("next", "end"),
        )

    def ways(self) -> Iterator[WayDuration]:
        """How long the ways take that the book asks for."""
        for way in self.declared.ways:
            found = longest(self.player, way) if way.given else LongestWay(None, 0, 0)
            shortest = self._timed(f"shortest way to {way.to}", self.quickest(way.to).story)
            slowest = self._timed(f"longest way to {way.to}, if {way.says}", found.story)
            yield WayDuration(way, shortest, slowest, found.tried, found.never)

    def _timed(self, called: str, story: Story | None) -> TimedStory | None:
        if story is None:
            return None
        made = told(self.player.stage, self.book.name, called, story, in_step=True)
        return TimedStory(made, workdays(self.player, story))

    def search(self, levels: Levels, watching: Monitor) -> Search:
        """The stories that tickets can have, as far as some parts of them are looked at."""
        scope = KeptParts(self.book, self.bounds, levels)
        moves = Successors(self.book, self.reads, self.bounds, self.asked, scope, watching.wants)
        return Search(moves, watching)

    def quickest(self, status: str) -> Verdict:
        """The story that leads to a status in the fewest days, as what breaks that there is none."""
        enters = Happening({"status": (status,)}, {})
        return self.decide(Property("", "", "", "order", enters), in_days=True)

    def decide(self, declared: Property, in_days: bool = False) -> Verdict:
        """Prove a property, or find the story that breaks it in the fewest steps, or days."""
        watching = watch(declared)
        levels: Levels = {**watching.levels, **self._asked_of(declared)}
        until = time.process_time() + SECONDS
        while True:
            search = self.search(levels, watching)
            try:
                if declared.kind == "end":
                    found = search.stuck(MOST_STATES, until)
                else:
                    found = search.broken(MOST_STATES, until, in_days)
            except SearchLimit as error:
                told = f"there is more to go through than {error.states} classes of tickets"
                return self._verdict(declared, UNDECIDED, levels, error.states, why=told)
            if search.moves.crowded:
                told = "more tickets can point at one than are followed"
                return self._verdict(declared, UNDECIDED, levels, search.states, why=told)
            if found is None:
                return self._verdict(declared, PROVEN, levels, search.states)
            if (story := self._played(found, found.edges, watching, FEW)) is not None:
                return self._verdict(declared, BROKEN, levels, search.states, story)
            closer = self._closer(levels, watching, found)
            if closer is None or closer == levels:
                return self._as_far_as_seen(declared, levels, watching, search, found)
            levels = closer

    def _as_far_as_seen(
        self,
        declared: Property,
        levels: Levels,
        watching: Monitor,
        search: Search,
        found: Counterexample,
    ) -> Verdict:
        """A story that stands however close one looks: it breaks the property if it can be played."""
        edges = found.edges
        if declared.kind != "end":
            closest = {**levels, **self._everything(found)}
            edges = self._follow(closest, watching, found).edges or edges
        story = self._played(found, edges, watching, MANY)
        if story is not None:
            return self._verdict(declared, BROKEN, levels, search.states, story)
        way = ", ".join(edge.rule for edge in found.edges if edge.rule) or "nothing at all"
        guessed = sorted({n for edge in found.edges for n in edge.guessed} | found.guessed)
        told = f"a story may break it, but could not be played: {way}"
        if guessed:
            told += f"; nothing is known in it of {', '.join(guessed)}"
        return self._verdict(declared, UNDECIDED, levels, search.states, why=told)

    def _verdict(
        self,
        declared: Property,
        outcome: str,
        levels: Levels,
        states: int,
        story: Story | None = None,
        why: str = "",
    ) -> Verdict:
        return Verdict(declared, outcome, tuple(sorted(levels)), states, story, why)

    def _played(
        self, found: Counterexample, edges: Sequence[StepLabel], watching: Monitor, most: int
    ) -> Story | None:
        if watching.declared.kind == "end" and found.guessed:
            return None
        return self.player.story(edges, Judge(watching), most)

    def _everything(self, found: Counterexample) -> Levels:
        """All parts that bear on what was guessed in a story, as they are."""
        names = {name for edge in found.edges for name in edge.guessed} | found.guessed
        return {part: EXACT for name in names for part in self.parts(name)}

    def _asked_of(self, declared: Property) -> Levels:
        """What of a ticket a property speaks of by itself."""
        if declared.kind != "never":
            return {}
        return {part: GIVEN for name in names_in(declared) for part in self.parts(name)}

    # --- looking closer --------------------------------------------------------------------------

    def _closer(self, levels: Levels, watching: Monitor, found: Counterexample) -> Levels | None:
        """The parts with which a story is ruled out; None where it stands however close one looks.

        What is guessed last is nearest to what goes wrong, so that is looked at first.
        """
        if watching.declared.kind == "end":
            each = (self._choices(names, levels) for names in (found.guessed, *found.others))
            first = next((choices[0] for choices in each if choices), None)
            return None if first is None else {**levels, **first}
        guessed: Sequence[frozenset[str]] = (
            found.guessed,
            *(e.guessed for e in reversed(found.edges)),
        )
        for names in guessed:
            for more in self._choices(names, levels):
                if self._follow({**levels, **more}, watching, found).possible is False:
                    return self._fewest({**levels, **more}, levels, watching, found)
        closer = dict(levels)
        while True:
            ways = (self._choices(names, closer) for names in guessed)
            nearest = next((choices[0] for choices in ways if choices), None)
            if nearest is None:
                return None
            closer |= nearest
            followed = self._follow(closer, watching, found)
            if followed.possible is None:
                return closer
            if not followed.possible:
                return self._fewest(closer, levels, watching, found)
            guessed = followed.guessed

    def _choices(self, names: Iterable[str], levels: Levels) -> list[dict[str, int]]:
        """Ways to look closer at what bears on some facts, the cheapest first."""
        found = [more for name in sorted(names) for more in self._steps(name, levels)]
        return sorted(found, key=self._cost)

    def _cost(self, more: Mapping[str, int]) -> int:
        """How many classes looking closer may make of one."""
        cost = 1
        for part, level in more.items():
            cost *= self._classes(part, level)
        return cost

    def _classes(self, part: str, level: int) -> int:
        table, dot, column = part.partition(".")
        field = fields_of(self.book, table).get(column) if dot and table != "link" else None
        if field is None or level == GIVEN:
            return 2 if field is not None else 3
        bound = self.bounds.of(part)
        if field.many:
            return 50
        if field.type in ("date", "moment"):
            return bound.past + bound.future + 2
        if field.type == "integer":
            return bound.steps + 1
        if column == "status":
            return len(self.book.statuses)
        return len(field.values) or {"boolean": 2}.get(field.type, 4)

    def _fewest(
        self, closer: Levels, levels: Levels, watching: Monitor, found: Counterexample
    ) -> Levels:
        """Without what is not needed to rule a story out: parts, or more of them than whether they are."""
        for part in [part for part in closer if closer[part] != levels.get(part)]:
            without = {n: level for n, level in closer.items() if n != part}
            before = {part: levels[part]} if part in levels else {}
            ways = [without | before] if before else [without]
            if closer[part] == EXACT and self._can_be_given(part) and before != {part: GIVEN}:
                ways.append(without | {part: GIVEN})
            for fewer in ways:
                if self._follow(fewer, watching, found).possible is False:
                    closer = fewer
                    break
        return closer

    def _can_be_given(self, part: str) -> bool:
        table, dot, column = part.partition(".")
        field = fields_of(self.book, table).get(column) if dot and table != "link" else None
        return field is not None and field.type in ("date", "moment", "text", "ticket", "customer")

    def _follow(self, levels: Levels, watching: Monitor, found: Counterexample) -> Feasibility:
        return self.search(levels, watching).follow(found.edges, not _ends_in_step(watching))

    def _steps(self, name: str, levels: Levels) -> Iterator[dict[str, int]]:
        """Ways to look closer at what bears on a fact: only whether there are dates, or all of it."""
        parts = [part for part in self.parts(name) if levels.get(part, 0) < EXACT]
        loose = [part for part in parts if self._can_be_given(part)]
        if loose and any(part not in levels for part in parts):
            yield {part: GIVEN if part in loose else EXACT for part in parts}
        if parts:
            yield dict.fromkeys(parts, EXACT)

    def parts(self, name: str) -> list[str]:
        """The parts of a ticket that bear on a fact, a field or a column, as far as they can be known."""
        if name == "task":
            return ["task.kind"]
        fact = self.book.facts.get(name)
        if isinstance(fact, DueFact):
            return [part for base in fact.bases for part in self.parts(base)]
        if isinstance(fact, DateFact | ForbiddenFact):
            return self.parts(fact.base)
        if fact is None:
            return [f"ticket.{name}"] if name in fields_of(self.book, "ticket") else []
        looked = self.reads.of(name)
        if "now" in looked.given or any(part in NEVER_KNOWN for part in looked.parts):
            return []
        return sorted(part for part in looked.parts if self._is_open(part))

    def _is_open(self, part: str) -> bool:
        table, dot, column = part.partition(".")
        if table == "link":
            return not dot
        if table in ("ticket", "tickets", "state"):
            return bool(dot) and column not in ALWAYS_KNOWN and table != "state"
        key = self.book.items[table].key if table in self.book.items else None
        return not dot or column not in (*ALWAYS_KNOWN, key)


def _ends_in_step(watching: Monitor) -> bool:
    return watching.declared.kind not in ("never", "next")
