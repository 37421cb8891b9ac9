"""Making a scenario for some facts: an existing one of the same event, with as little of it changed
as need be.

What the caller gives is given; what facts.sql says is taken for granted; what is counted from a
date is had by another date.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from ...book.model import Book, DueFact, Event, Fact, Input
from ...errors import PrassiError
from ...tables.cells import show_value
from ...tables.decision_table import misses
from ...values.field_types import Field
from .action_lines import shorten_line
from .scenario_files import Expectation, Scenario, ScenarioStep, build_bare_scenario
from .stage import PlayResult, Stage
from .telling_facts import Region

REGIONS, TRIES, ROUNDS = 60, 20, 4
"""How many regions are looked at for a scenario, how many ways to have one are tried, and how often
more is said in one of them."""

DAYS, HOURS = 1200, 120
"""How far from the moment a date is looked for that makes a count come out, at most."""


class BaseScenario(NamedTuple):
    """A scenario to start from, with the facts it came to and the rule that answered.

    If it was made, `root` is the one that somebody wrote, and `words` say what is not like that.
    """

    scenario: Scenario
    facts: Mapping[str, Any]
    rule: str | None
    root: Scenario
    words: Mapping[str, str] = {}


class NewScenario(NamedTuple):
    """A new scenario: what it is like, what is not in words, and what it came to.

    It is turned down `rightly` if there is no way to ask for the same and not to be.
    """

    root: Scenario
    words: Mapping[str, str]
    scenario: Scenario
    ran: PlayResult
    rightly: bool = False


class Aim(NamedTuple):
    """What a new scenario is to be: one of an event, that is `good`, and says all or only the rule.

    Inputs to `keep` are given even where they have no place.
    """

    event: Event
    good: Callable[[NewScenario], bool]
    complete: bool = False
    keep: Collection[str] = ()


class ScenarioMaker:
    """Makes scenarios for the events of a book from those there are."""

    def __init__(self, book: Book, stage: Stage, at: str) -> None:
        self._book, self._stage, self._at = book, stage, at
        self._bases: dict[str, list[BaseScenario]] = defaultdict(list)
        self._known: dict[tuple[str, str], Any] = {}
        self._names = set[str]()

    def learn(self, scenario: Scenario, ran: PlayResult, made: NewScenario | None = None) -> None:
        """Take note of a scenario that came out as expected, and how it was made, if it was."""
        self._names.add(scenario.name)
        for name, value in scenario.step.given.items():
            if value not in ("", False, None):
                self._known.setdefault((scenario.step.event, name), value)
        if ran.consultations and ran.consultations[0].event.name == scenario.step.event:
            rules = [rule.id for rule in ran.consultations[0].rules]
            root, words = (made.root, made.words) if made is not None else (scenario, {})
            base = BaseScenario(
                scenario, ran.consultations[0].facts, rules[0] if rules else None, root, words
            )
            self._bases[scenario.step.event].append(base)

    def bases(self, event: Event) -> list[BaseScenario]:
        """The scenarios of an event; where there is none, one about a blank ticket."""
        if not self._bases[event.name]:
            self._bases[event.name] += self._blank(event)
        return self._bases[event.name]

    def _blank(self, event: Event) -> Iterator[BaseScenario]:
        fields = {
            name: _example(field, self._at)
            for name, field in self._book.fields.items()
            if not field.optional and field.default is None
        }
        bare = build_bare_scenario(
            self._book.name, self._at, event.name, {} if event.opens else fields
        )
        given = self._with_inputs(event, {}, bare.step.at, ())
        scenario = bare._replace(step=bare.step._replace(given=given))
        try:
            with self._stage.set_up(scenario):
                ran = self._stage.play(scenario)
        except PrassiError:  # a ticket that can't be made up: somebody has to write one
            return
        if ran.consultations:
            yield BaseScenario(scenario, ran.consultations[0].facts, None, scenario)

    # --- one scenario ----------------------------------------------------------------------------

    def make(self, regions: Iterable[Region], rule: str | None, aim: Aim) -> NewScenario | None:
        """A scenario with facts from one of the regions, as it is wanted; None where none is found.

        `rule` is the one whose scenarios are nearest.
        """
        ways = [
            (len(region.space.misses(region.box, base.facts)), base.rule != rule, base, region)
            for region in islice(regions, REGIONS)
            for base in self.bases(aim.event)
        ]
        ways.sort(key=lambda way: way[:2])
        second = None
        for _, _, base, region in ways[:TRIES]:
            made = self._try(base, region, aim)
            if made is not None and (made.ran.error is None or made.rightly or aim.keep):
                return made
            second = second or made
        return second

    def without(
        self, event: Event, rule: str, name: str, good: Callable[[NewScenario], bool]
    ) -> NewScenario | None:
        """A scenario of a rule in which an input is not given that the rule needs."""
        for base in self.bases(event):
            if base.rule == rule and base.scenario.expected.error is None:
                step = base.scenario.step._replace(given={**base.scenario.step.given, name: ""})
                known = event.inputs[name].known
                if known is not None:
                    step = step._replace(facts={**step.facts, known: "none"})
                made = self._played(base, step, {name: "missing"}, False)
                if good(made):
                    return made
        return None

    def as_it_is(self, event: Event, rule: str) -> NewScenario | None:
        """A scenario of a rule with all that it does, like one that does not say it."""
        for base in self.bases(event):
            if base.rule == rule and base.scenario.expected.rule == rule:
                return self._played(base, base.scenario.step, {}, True)
        return None

    def _try(self, base: BaseScenario, region: Region, aim: Aim) -> NewScenario | None:
        """The base's scenario with other facts, if that can be and it is good."""
        sample, event = region.space.sample(region.box), aim.event
        wanted = {name: sample[name] for name in region.space.misses(region.box, base.facts)}
        words = {name: _word(event, name, value) for name, value in wanted.items()}
        words |= {name: "given" for name in aim.keep if base.facts.get(name) is None}
        turned_down = None
        with self._stage.set_up(base.scenario):
            for _ in range(ROUNDS):
                step = self._step(base, region, wanted, aim)
                if step is None:
                    return None
                made = self._expecting(base, step, words, aim.complete)
                if made.ran.consultations and not made.ran.consultations[0].rules:
                    return None  # a gap, which `book check` tells
                if needed := _needed(made):
                    turned_down = made
                elif astray := self._astray(event, region, made):
                    # What is given makes these facts what they are: it can't be given with them.
                    if turned_down is not None and not aim.complete and aim.good(turned_down):
                        return turned_down._replace(rightly=True)
                    needed = {name: sample[name] for name in astray}
                else:
                    return made if aim.good(made) else None
                wanted = {**wanted, **needed}
        return None

    def _astray(self, event: Event, region: Region, made: NewScenario) -> list[str]:
        """What facts.sql says otherwise than is wanted."""
        if not made.ran.consultations:
            return []
        return [
            name
            for name in region.space.misses(region.box, made.ran.consultations[0].facts)
            if isinstance(self._book.facts.get(name), Field) and name not in event.inputs
        ]

    def _played(
        self, base: BaseScenario, step: ScenarioStep, words: Mapping[str, str], complete: bool
    ) -> NewScenario:
        with self._stage.set_up(base.scenario):
            return self._expecting(base, step, words, complete)

    def _expecting(
        self, base: BaseScenario, step: ScenarioStep, words: Mapping[str, str], complete: bool
    ) -> NewScenario:
        """A scenario that expects what comes of a step, once the base's setting is there."""
        ran = self._stage.play(base.scenario._replace(step=step))
        if ran.error is not None:
            expected = Expectation(error=ran.error)
        elif complete:
            does = tuple(shorten_line(line) for line in ran.does)
            expected = Expectation(ran.rule, does, ran.next)
        else:
            expected = Expectation(ran.rule)
        words = {**base.words, **words}
        name = self._name(base, ran, ", ".join(f"{name} {word}" for name, word in words.items()))
        scenario = base.scenario._replace(name=name, place="new", step=step, expected=expected)
        root = base.root if base.root.name else scenario
        return NewScenario(root, words, scenario, ran)

    def _name(self, base: BaseScenario, ran: PlayResult, words: str) -> str:
        """A name that there is not yet: what it is like, and what is not."""
        begins = base.root.name or ran.rule or base.scenario.step.event
        name = (
            f"{begins}, {'but ' * bool(base.root.name)}{words}" if words else f"{begins}, in full"
        )
        place, made = 2, name
        while made in self._names:
            made, place = f"{name} ({place})", place + 1
        return made

    # --- what is given, and what is taken for granted ----------------------------------------------

    def _step(
        self, base: BaseScenario, region: Region, wanted: Mapping[str, Any], aim: Aim
    ) -> ScenarioStep | None:
        """The base's step with other facts; None where no date can be found that makes them."""
        old, event = base.scenario.step, aim.event
        given, facts = dict(old.given), dict(old.facts)
        for name in aim.keep:
            if given.get(name) in (None, "", False):
                given[name] = self._some(event, name)
        counted = []
        for name, value in wanted.items():
            if name in event.inputs:
                given[name] = self._input(event, name, value)
            elif isinstance(fact := self._book.facts[name], Field):
                facts[name] = self._fact(event, fact, value)
            else:
                counted.append(name)
        given = self._with_inputs(event, given, old.at, aim.keep)
        step = ScenarioStep(old.at, old.event, given, facts)
        for name in counted:
            found = self._counted(event, base, region, step, name)
            if found is None:
                return None
            step = found
        return step

    def _input(self, event: Event, name: str, value: Any) -> Any:
        if value is None:
            return ""
        return self._some(event, name) if value == "given" else event.fields[name].show(value)

    def _fact(self, event: Event, fact: Field, value: Any) -> Any:
        if value is None:
            return "none"
        if value != "given":
            return fact.show(value)
        for base in self._bases[event.name]:
            if base.facts.get(fact.name) is not None:
                return fact.show(base.facts[fact.name])
        return _example(fact, self._at)

    def _some(self, event: Event, name: str) -> Any:
        """Some value for an input: one that a scenario gives, or an example."""
        if (event.name, name) in self._known:
            return self._known[event.name, name]
        return _example(event.inputs[name].field, self._at)

    def _with_inputs(
        self, event: Event, given: Mapping[str, Any], at: str, keep: Collection[str]
    ) -> dict[str, Any]:
        """What is given, with what has to be, and without what has no place."""
        good = dict(given)
        values: dict[str, Any] = {}
        for name, spec in event.inputs.items():
            raw = good.get(name)
            missing = raw in (None, "", False) or raw == []
            if spec.when and name not in keep and misses(spec.when, values):
                if not missing:
                    good[name] = ""
                values[name] = None
                continue
            if missing and _must_be(spec):
                good[name] = raw = self._some(event, name)
            try:
                values[name] = spec.field.read(None if raw in (None, "", False) else raw)
            except ValueError:
                values[name] = None
        return good

    # --- dates ------------------------------------------------------------------------------------

    def _counted(
        self, event: Event, base: BaseScenario, region: Region, step: ScenarioStep, name: str
    ) -> ScenarioStep | None:
        """The step with another date, so that what is counted from it lies in the region."""
        for root in _roots(self._book.facts, event, name):
            names = [n for n in region.space.names if root in _roots(self._book.facts, event, n)]
            units = {getattr(self._book.facts.get(n), "unit", "") for n in names}
            dates = self._dates(event, root, step.at, "hours_until" in units)
            for value in dates:
                other = _with(event, step, root, value)
                facts = self._worked_out(event, base, other)
                if facts is not None and not {*region.space.misses(region.box, facts)} & {*names}:
                    return other
        return None

    def _dates(self, event: Event, root: str, at: str, by_hours: bool) -> Iterator[Any]:
        """Values that a date or a text could have, the nearest to the moment first."""
        spec = event.inputs.get(root)
        field = spec.field if spec is not None else self._book.facts[root]
        if not _must_be(spec) if spec is not None else isinstance(field, Field) and field.optional:
            yield None
        today = date.fromisoformat(at[:10])
        if isinstance(field, Field) and field.type == "text":
            yield from (b.facts[root] for b in self._bases[event.name] if b.facts.get(root))
            return
        if by_hours:
            start = datetime.fromisoformat(at)
            for hours in range(HOURS):
                for turned in (hours, -hours):
                    yield (start + timedelta(hours=turned)).isoformat(timespec="minutes")
        for days in range(DAYS):
            if spec is None or not spec.latest_today or days == 0:
                yield (today + timedelta(days=days)).isoformat()
            if spec is None or not spec.earliest_today:
                yield (today - timedelta(days=days)).isoformat()

    def _worked_out(
        self, event: Event, base: BaseScenario, step: ScenarioStep
    ) -> dict[str, Any] | None:
        """The facts of a step, without asking facts.sql again."""
        taken = dict(base.facts)
        for name, raw in step.facts.items():
            fact = self._book.facts[name]
            if isinstance(fact, Field):
                taken[name] = None if raw == "none" and fact.optional else fact.read(raw)
        inputs = {name: _read(spec, step.given.get(name)) for name, spec in event.inputs.items()}
        columns = (taken.get(name) for name in event.columns)
        row = (0, *(json.dumps(one) if isinstance(one, list) else one for one in columns))
        try:
            return self._stage.convert_row(self._book, event, row, inputs, step.at)
        except (PrassiError, TypeError):
            return None


def _needed(made: NewScenario) -> dict[str, Any]:
    """The inputs for want of which a scenario was turned down."""
    if made.ran.error is None or not made.ran.consultations:
        return {}
    decided = made.ran.consultations[0]
    needs = (name for rule in decided.rules for name in rule.needs)
    return {name: "given" for name in needs if decided.facts[name] is None}


def _read(spec: Input, raw: Any) -> Any:
    try:
        return spec.field.read(None if raw in (None, "", False) else raw)
    except ValueError:
        return None


def _must_be(spec: Input) -> bool:
    return not (spec.field.optional or spec.default_today or spec.field.default is not None)


def _with(event: Event, step: ScenarioStep, root: str, value: Any) -> ScenarioStep:
    if root in event.inputs:
        return step._replace(given={**step.given, root: "" if value is None else value})
    return step._replace(facts={**step.facts, root: "none" if value is None else value})


def _roots(facts: Mapping[str, Fact], event: Event, name: str) -> Sequence[str]:
    """The dates and texts of facts.sql or the caller that a fact is worked out from."""
    fact = facts.get(name)
    if name in event.inputs or fact is None or isinstance(fact, Field):
        return []
    bases = fact.bases if isinstance(fact, DueFact) else (fact.base,)
    found: list[str] = []
    for base in bases:
        found += _roots(facts, event, base) or [base]
    return found


def _word(event: Event, name: str, value: Any) -> str:
    field = event.fields.get(name)
    return show_value(field.show(value) if field is not None and value is not None else value)


def _example(field: Field, at: str) -> Any:
    """A value that a field could have."""
    examples: dict[str, Any] = {
        "date": at[:10],
        "moment": f"{at[:10]}T10:00",
        "money": "100.00",
        "boolean": True,
        "integer": max(1, field.low or 0),
        "customer": "C-1",
    }
    value = field.values[0] if field.values else examples.get(field.type, "As it was told.")
    return [value] if field.many else value
