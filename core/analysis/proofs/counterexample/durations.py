"""How long it takes to come to a status: the shortest way of all, and the longest of a kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from ....book.model import DAY
from ....book.properties import Way
from ....decision.plan import Plan
from .examples import FIRST_DAY, choose_near, list_tickets
from .play import Given, PlayedStep, Player, Story, begin_story
from .tell import StoryText

_YEAR = 366
_TICKETS = 60
"""Kinds of tickets with which the longest way is looked for."""

_PLANS = 100_000


class LongestWay(NamedTuple):
    """The longest way that was found, in working days; how many tickets were tried, and how many of
    them did not come there within a year."""

    story: Story | None
    tried: int
    never: int


NO_WAY = LongestWay(None, 0, 0)


class TimedStory(NamedTuple):
    """A story that leads to a status, and how many working days it takes."""

    text: StoryText
    workdays: int


class WayDuration(NamedTuple):
    """The shortest and the longest way to a status, where they were found; the rest as in LongestWay.

    `is_shortest`: there is no way in fewer days.
    """

    way: Way
    shortest: TimedStory | None
    is_shortest: bool
    longest: TimedStory | None
    tried: int
    never: int


def count_workdays(player: Player, story: Story) -> int:
    """The working days from the day a story begins to the one it ends on."""
    calendar = player.stage.shelf.calendar(player.book.calendar)
    return calendar.since(FIRST_DAY, date.fromisoformat(story.ends))


def find_longest_way(player: Player, way: Way) -> LongestWay:
    """The longest way to a status where everything is done on the day that it is due.

    Each night is run; when it asks for something, one of the way's events happens, in each way that
    it can; what is not asked for does not happen.
    """
    found: list[Story] = []
    tried = never = 0
    for ticket in islice(list_tickets(player.book, (DAY, *way.given)), _TICKETS):
        with player.import_ticket(ticket, FIRST_DAY.isoformat()):
            player.limit_plans(_PLANS)
            there = list(_go_on(player, way, begin_story(ticket)))
        tried += 1
        never += not there
        found += there
    best = max(found, key=lambda story: (story.ends, -len(story.steps)), default=None)
    return LongestWay(best, tried, never)


def _go_on(player: Player, way: Way, story: Story) -> Iterator[Story]:
    """The stories that go on from here and come to the status."""
    last = FIRST_DAY + timedelta(days=_YEAR)
    while story.ends <= last.isoformat():
        night = player.make_plan(story.ref, story.ends, DAY, {})
        if night is None:
            return
        if night.changes:
            player.carry_out(night)
            story = _add_step(story, DAY, {}, night)
        if _status(player, story.ref) == way.to:
            yield story
            return
        step = night.next
        if step is not None and step["due"][:10] <= story.ends:
            yield from _do_what_is_due(player, way, story)
            return
        story = story._replace(ends=_next_day(story.ends))


def _do_what_is_due(player: Player, way: Way, story: Story) -> Iterator[Story]:
    """The ways on from a day on which something is asked for."""
    for event, narrowed in way.given.items():
        for given in _list_given(player, event, narrowed):
            plan = player.make_plan(story.ref, story.ends, event, given)
            if plan is None or not _moves_on(plan):
                continue
            with player.stage.try_out():
                player.carry_out(plan)
                after = _add_step(story, event, given, plan)
                if _status(player, story.ref) == way.to:
                    yield after
                else:
                    yield from _go_on(player, way, after._replace(ends=_next_day(story.ends)))


def _moves_on(plan: Plan) -> bool:
    """Whether a plan does more than note something: else what is due stays as it is."""
    return bool(plan.columns) or plan.tasks is not plan.state.tasks


def _list_given(
    player: Player, event: str, narrowed: Mapping[str, Sequence[object]]
) -> Iterator[Given]:
    """All that can be given with an event where some inputs have some values."""
    names = [name for name in player.book.event(event).inputs if name in narrowed]
    for chosen in choose_near([narrowed[name] for name in names]):
        yield dict(zip(names, chosen, strict=True))


def _add_step(story: Story, event: str, given: Given, plan: Plan) -> Story:
    return story._replace(steps=(*story.steps, PlayedStep(story.ends, event, given, plan)))


def _status(player: Player, ref: str) -> str:
    state = player.stage.find_ticket(ref)
    assert state is not None
    return state.status


def _next_day(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
