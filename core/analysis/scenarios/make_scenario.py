"""Making a scenario for some facts: an existing one of the same event, changed as little as possible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from ...book.model import Book, Event
from ...errors import PrassiError
from ...tables.cells import Value, format_value
from ...values.field_types import Field
from .action_lines import shorten_line
from .make_step import StepMaker, WantedFacts, make_example
from .scenario_files import Expectation, Scenario, ScenarioStep, build_bare_scenario
from .stage import FactValues, PlayResult, Stage
from .telling_facts import Region

REGIONS, TRIES, ROUNDS = 60, 20, 4
"""How many regions are considered for a scenario, how many ways into one are tried, and how often
more inputs or facts are added on such a way."""


class BaseScenario(NamedTuple):
    """A scenario to start from, with the facts it came to and the rule that answered.

    If it was made, `root` is the one that somebody wrote, and `words` say how it differs from that.
    """

    scenario: Scenario
    facts: FactValues
    rule: str | None
    root: Scenario
    words: Mapping[str, str] = {}


class NewScenario(NamedTuple):
    """A new scenario: the one it is like, in words how it differs, and how it came out.

    It is turned down `rightly` if nobody can ask for the same and not be turned down.
    """

    root: Scenario
    words: Mapping[str, str]
    scenario: Scenario
    played: PlayResult
    rightly: bool = False


class Aim(NamedTuple):
    """What a new scenario is to be: one of an event that is `good`; `complete` if it is to say all
    that its rule does, not only the rule.

    Inputs to `keep` are given even where the book does not allow them.
    """

    event: Event
    good: Callable[[NewScenario], bool]
    complete: bool = False
    keep: Collection[str] = ()


class ScenarioMaker:
    """Makes scenarios for the events of a book from those there are."""

    def __init__(self, book: Book, stage: Stage, at: str) -> None:
        """`at` is the moment of scenarios that are like no other."""
        self._book, self._stage, self._at = book, stage, at
        self._steps = StepMaker(book, stage, at)
        self._bases: dict[str, list[BaseScenario]] = defaultdict(list)
        self._names = set[str]()

    def learn(
        self, scenario: Scenario, played: PlayResult, made: NewScenario | None = None
    ) -> None:
        """Take note of a scenario that came out as expected, and how it was made, if it was."""
        self._names.add(scenario.name)
        self._steps.learn_inputs(scenario.step)
        event = scenario.step.event
        if played.consultations and played.consultations[0].event.name == event:
            first = played.consultations[0]
            self._add_base(
                event,
                BaseScenario(
                    scenario=scenario,
                    facts=first.facts,
                    rule=first.rules[0].id if first.rules else None,
                    root=scenario if made is None else made.root,
                    words={} if made is None else made.words,
                ),
            )

    def _add_base(self, event: str, base: BaseScenario) -> None:
        self._bases[event].append(base)
        self._steps.learn_facts(event, base.facts)

    def _list_bases(self, event: Event) -> Sequence[BaseScenario]:
        """The scenarios of an event; where there is none, one about a blank ticket."""
        if not self._bases[event.name]:
            for base in self._make_blank(event):
                self._add_base(event.name, base)
        return self._bases[event.name]

    def _make_blank(self, event: Event) -> Iterator[BaseScenario]:
        fields = {
            name: make_example(field, self._at)
            for name, field in self._book.fields.items()
            if not field.optional and field.default is None
        }
        ticket = {} if event.opens else fields
        bare = build_bare_scenario(self._book.name, self._at, event.name, ticket)
        given = self._steps.complete_inputs(event, {})
        scenario = bare._replace(step=bare.step._replace(given=given))
        try:
            with self._stage.set_up(scenario):
                played = self._stage.play(scenario)
        except PrassiError:  # a ticket that can't be made up: somebody has to write one
            return
        if played.consultations:
            facts = played.consultations[0].facts
            yield BaseScenario(scenario=scenario, facts=facts, rule=None, root=scenario)

    # --- one scenario ----------------------------------------------------------------------------

    def make(self, regions: Iterable[Region], rule: str | None, aim: Aim) -> NewScenario | None:
        """A scenario with facts from one of the regions that reaches an aim; None where none is found.

        Scenarios of `rule` are tried before others that are as near.
        """
        ways = [
            (len(region.space.misses(region.box, base.facts)), base.rule != rule, base, region)
            for region in islice(regions, REGIONS)
            for base in self._list_bases(aim.event)
        ]
        ways.sort(key=lambda way: way[:2])
        second = None
        for _, _, base, region in ways[:TRIES]:
            made = self._try(base, region, aim)
            if made is not None and (made.played.error is None or made.rightly or aim.keep):
                return made
            second = second or made
        return second

    def make_without_input(
        self, event: Event, rule: str, name: str, good: Callable[[NewScenario], bool]
    ) -> NewScenario | None:
        """A scenario of a rule in which an input is missing that the rule needs."""
        for base in self._list_bases(event):
            if base.rule == rule and base.scenario.expected.error is None:
                step = base.scenario.step._replace(given={**base.scenario.step.given, name: ""})
                known = event.inputs[name].known
                if known is not None:
                    step = step._replace(facts={**step.facts, known: "none"})
                made = self._make_from(base, step, {name: "missing"}, False)
                if good(made):
                    return made
        return None

    def make_complete(self, event: Event, rule: str) -> NewScenario | None:
        """A scenario of a rule that says all the rule does, like one that does not."""
        for base in self._list_bases(event):
            if base.rule == rule and base.scenario.expected.rule == rule:
                return self._make_from(base, base.scenario.step, {}, True)
        return None

    def _try(self, base: BaseScenario, region: Region, aim: Aim) -> NewScenario | None:
        """The base's scenario with facts of a region, if that can be and it is good."""
        sample, event = region.space.sample(region.box), aim.event
        wanted = {name: sample[name] for name in region.space.misses(region.box, base.facts)}
        words = {name: _format_fact(event, name, value) for name, value in wanted.items()}
        words |= {name: "given" for name in aim.keep if base.facts.get(name) is None}
        turned_down = None
        with self._stage.set_up(base.scenario):
            for _ in range(ROUNDS):
                facts = WantedFacts(event, region, wanted, aim.keep)
                step = self._steps.make(base.scenario.step, base.facts, facts)
                if step is None:
                    return None
                made = self._play(base, step, words, aim.complete)
                if made.played.consultations and not made.played.consultations[0].rules:
                    return None  # a gap, which `book check` finds
                if more := _find_missing_inputs(made):
                    turned_down = made
                elif astray := self._find_astray(event, region, made):
                    # What is given makes these facts what they are: they exclude each other.
                    if turned_down is not None and not aim.complete and aim.good(turned_down):
                        return turned_down._replace(rightly=True)
                    more = {name: sample[name] for name in astray}
                else:
                    return made if aim.good(made) else None
                wanted = {**wanted, **more}
        return None

    def _find_astray(self, event: Event, region: Region, made: NewScenario) -> list[str]:
        """The facts of facts.sql that are not as wanted."""
        if not made.played.consultations:
            return []
        return [
            name
            for name in region.space.misses(region.box, made.played.consultations[0].facts)
            if isinstance(self._book.facts.get(name), Field) and name not in event.inputs
        ]

    def _make_from(
        self, base: BaseScenario, step: ScenarioStep, words: Mapping[str, str], complete: bool
    ) -> NewScenario:
        with self._stage.set_up(base.scenario):
            return self._play(base, step, words, complete)

    def _play(
        self, base: BaseScenario, step: ScenarioStep, words: Mapping[str, str], complete: bool
    ) -> NewScenario:
        """A scenario that expects what comes of a step, once the base's setting is there."""
        played = self._stage.play(base.scenario._replace(step=step))
        if played.error is not None:
            expected = Expectation(error=played.error)
        elif complete:
            does = tuple(shorten_line(line) for line in played.does)
            expected = Expectation(rule=played.rule, does=does, next=played.next)
        else:
            expected = Expectation(rule=played.rule)
        words = {**base.words, **words}
        name = self._name(base, played, words)
        scenario = base.scenario._replace(name=name, place="new", step=step, expected=expected)
        return NewScenario(
            root=base.root if base.root.name else scenario,
            words=words,
            scenario=scenario,
            played=played,
        )

    def _name(self, base: BaseScenario, played: PlayResult, words: Mapping[str, str]) -> str:
        """A name that no scenario has yet: what it is like, and how it differs."""
        begins = base.root.name or played.rule or base.scenario.step.event
        differs = ", ".join(f"{name} {word}" for name, word in words.items())
        name = (
            f"{begins}, {'but ' * bool(base.root.name)}{differs}" if words else f"{begins}, in full"
        )
        place, free = 2, name
        while free in self._names:
            free, place = f"{name} ({place})", place + 1
        return free


def _find_missing_inputs(made: NewScenario) -> dict[str, Value]:
    """The inputs for want of which a scenario was turned down."""
    if made.played.error is None or not made.played.consultations:
        return {}
    first = made.played.consultations[0]
    needs = (name for rule in first.rules for name in rule.needs)
    return {name: "given" for name in needs if first.facts[name] is None}


def _format_fact(event: Event, name: str, value: Value) -> str:
    field = event.fields.get(name)
    return format_value(field.show(value) if field is not None and value is not None else value)
