"""Concretizing a counterexample: a real story that goes as an abstract one does.

The search says which events follow each other, which rules answer, and how many days lie between:
here the tickets, inputs and dates are looked for with which it really goes so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from ....book.item_actions import TicketOpened
from ....book.model import DateFact, Input
from ....decision.plan import Plan
from ....errors import PrassiError
from ..abstract_values import BLANK, TEXT, AbstractValue, OneOf, offset
from ..abstraction.kept_parts import DAYS
from ..search.abstraction import StepLabel
from .examples import FIRST_DAY, ImportedTicket, choose_near, list_examples, list_tickets
from .play import NO_ADDRESS, Given, OutOfTries, PlayedStep, Player, Story, begin_story

_PLANS_AGAIN = 100
"""Plans that a story is played again with."""

_LATER = (1, 2, 3, 4, 5, 7, 14, 31, 62)
"""Days more than a story says, where working days or months are counted in it."""

StoryCheck = Callable[[Player, Story], bool]
"""Whether a story is one that is looked for, once it has been played to its end."""


class _DatedEvent(NamedTuple):
    """An event of an abstract story, and the days that pass before it: one of some steps."""

    days: int
    labels: Sequence[StepLabel]


class _Outline(NamedTuple):
    """An abstract story: whether it begins with an import, its events, and the days after them."""

    is_imported: bool
    events: Sequence[_DatedEvent]
    days_after: int


class Concretizer:
    """Looks for a story that goes as an outline does, and for which a check holds at its end."""

    def __init__(
        self,
        player: Player,
        check: StoryCheck,
        on_its_day: bool = False,
        of_customer: Set[str] = frozenset(),
    ) -> None:
        """`on_its_day`: what has happened is recorded on the day on which it happens; `of_customer` are
        the facts that depend on the customer."""
        self._of_customer = of_customer
        self._player, self._check, self._on_its_day = player, check, on_its_day
        self._later: Sequence[int] = ()
        self._each = 0
        self._days_after = 0

    def find_story(
        self, choices: Sequence[Sequence[StepLabel]], most: int, each: int
    ) -> Story | None:
        """A story with one of some steps at each place: the first, else what is guessed least for.

        None where none is found with twice so many plans at `most`, and so many of `each`
        step.
        """
        self._each = each
        outline = _make_outline(choices)
        self._days_after = outline.days_after
        for customer in self._list_customers(choices):
            for later in ((), _LATER) if self._can_wait(outline) else ((),):
                self._later = later
                self._player.limit_plans(most)
                with suppress(OutOfTries):
                    for ticket in self._list_tickets(outline):
                        found = self._play(begin_story(ticket, customer), outline.events)
                        if found is not None:
                            return self._simplify(found)
        return None

    def _list_customers(
        self, choices: Sequence[Sequence[StepLabel]]
    ) -> Iterator[Mapping[str, str]]:
        """What there can be of the customer: also no address, if something is guessed of them."""
        yield {}
        if any(not self._of_customer.isdisjoint(one.guessed) for each in choices for one in each):
            yield NO_ADDRESS

    def _list_tickets(self, outline: _Outline) -> Iterable[ImportedTicket | None]:
        return list_tickets(self._player.book) if outline.is_imported else [None]

    def _play(self, story: Story, events: Sequence[_DatedEvent]) -> Story | None:
        try:
            with self._player.import_ticket(story.ticket, story.ends, story.customer):
                return self._go_on(story, events)
        except PrassiError:
            return None

    def _go_on(self, story: Story, events: Sequence[_DatedEvent]) -> Story | None:
        if not events:
            return self._end(story)
        (days, labels), *rest = events
        for label in (one for one in labels if one.other < 0):
            for more in (0, *(self._later if days or self._may_wait(label) else ())):
                at = _plus(story.ends, days + more)
                for given in islice(self._list_given(label, at, story.ref), self._each):
                    found = self._take_step(story, label, at, given, rest)
                    if found is not None:
                        return found
        return None

    def _can_wait(self, outline: _Outline) -> bool:
        """Whether more days can pass somewhere than an outline says."""
        events = outline.events
        waits = (one.days or any(map(self._may_wait, one.labels)) for one in events)
        return bool(outline.days_after) or any(waits)

    def _may_wait(self, label: StepLabel) -> bool:
        """Whether days of which nothing is known may have to pass before a step."""
        facts = self._player.book.facts
        return any(isinstance(facts.get(name), DateFact) for name in label.guessed)

    def _end(self, story: Story) -> Story | None:
        """The story with the days after its last event, so many that the check holds."""
        after = self._days_after
        for days in (after, *(after + more for more in self._later if after)):
            ended = story._replace(ends=_plus(story.ends, days))
            self._player.stage.move_to(ended.ends)
            if self._check(self._player, ended):
                return ended
        return None

    def _take_step(
        self, story: Story, label: StepLabel, at: str, given: Given, rest: Sequence[_DatedEvent]
    ) -> Story | None:
        """The story that goes on with a step; None where the step goes otherwise."""
        event = str(label.event)
        plan = self._player.make_plan(story.ref, at, event, given)
        if plan is None or plan.rule.id != label.rule:
            return None
        with self._player.stage.try_out():
            if not self._player.carry_out(plan):
                return None
            step = PlayedStep(at, event, given, plan)
            ref = plan.state.ref if label.child < 0 else _ref_of_opened(plan, label.child)
            steps = (*story.steps, step)
            return self._go_on(story._replace(steps=steps, ends=at, ref=ref), rest)

    # --- what is given with a step ---------------------------------------------------------------

    def _list_given(self, label: StepLabel, at: str, ref: str) -> Iterator[Given]:
        """What can be given with a step, as near as can be to what the search said of it."""
        inputs, known = self._player.book.event(str(label.event)).inputs, dict(label.given)
        each = [self._list_values(spec, known.get(n), at, ref) for n, spec in inputs.items()]
        for chosen in choose_near(each):
            yield {n: v for n, v in zip(inputs, chosen, strict=True) if v is not None}

    def _list_values(
        self, spec: Input, known: AbstractValue, at: str, ref: str
    ) -> Sequence[object]:
        """Values for an input of which the search knows so much; None: not given."""
        if known is None or spec.standing is not None:
            return [None]
        if spec.latest_today and self._on_its_day:
            return [at]
        if spec.among is not None:
            listed = self._player.list_items(spec, ref)
            return [listed, *([one] for one in listed)] if listed else [None]
        if isinstance(known, OneOf):
            return known.values
        if isinstance(known, bool | int) or spec.field.values:
            return [known]
        examples = list_examples(spec.field, date.fromisoformat(at))
        if spec.field.type in DAYS and isinstance(known, str):
            hour = "T10:00" if spec.field.type == "moment" else ""
            return [f"{_plus(at, offset(known))}{hour}", *examples]
        if spec.field.type == "text" and isinstance(known, str) and known not in (TEXT, BLANK):
            return [known]
        return [[one] for one in examples] if spec.field.many else examples

    # --- the same with less ----------------------------------------------------------------------

    def _simplify(self, story: Story) -> Story:
        """The same story without all that can be left out of its ticket and of what is given."""
        for name in story.ticket or ():
            fewer = {n: v for n, v in (story.ticket or {}).items() if n != name}
            story = self._replay(story._replace(ticket=fewer)) or story
        for place, step in enumerate(story.steps):
            for name in step.given:
                given = {n: v for n, v in story.steps[place].given.items() if n != name}
                steps = list(story.steps)
                steps[place] = steps[place]._replace(given=given)
                story = self._replay(story._replace(steps=tuple(steps))) or story
        return story

    def _replay(self, story: Story) -> Story | None:
        """A story played again; None where it goes otherwise now."""
        self._player.limit_plans(_PLANS_AGAIN)
        try:
            day = FIRST_DAY.isoformat()
            with self._player.import_ticket(story.ticket, day, story.customer):
                return self._replay_steps(story)
        except PrassiError:
            return None

    def _replay_steps(self, story: Story) -> Story | None:
        player, steps = self._player, list[PlayedStep]()
        for step in story.steps:
            plan = player.make_plan(story.ref, step.at, step.event, step.given)
            if plan is None or plan.rule.id != step.plan.rule.id or not player.carry_out(plan):
                return None
            steps.append(step._replace(plan=plan))
        player.stage.move_to(story.ends)
        again = story._replace(steps=tuple(steps))
        return again if self._check(player, again) else None


def _make_outline(choices: Sequence[Sequence[StepLabel]]) -> _Outline:
    events, days = list[_DatedEvent](), 0
    for labels in choices:
        if labels[0].event is None:
            days += 1
        elif labels[0].event != "import":
            first, *others = labels
            others.sort(key=lambda one: len(one.guessed))
            events.append(_DatedEvent(days, [first, *others]))
            days = 0
    return _Outline(bool(choices) and choices[0][0].event == "import", events, days)


def _ref_of_opened(plan: Plan, place: int) -> str:
    """The ref of one of the tickets that a plan opens."""
    book = plan.context.book.name
    opened = [done for done in plan.actions if isinstance(done, TicketOpened)]
    return [done.ticket for done in opened if done.book == book][place]


def _plus(day: str, days: int) -> str:
    return (date.fromisoformat(day[:10]) + timedelta(days=days)).isoformat()
