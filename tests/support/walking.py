"""What happens by chance: a judge over what was proven, which knows nothing of how that was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from prassi.core.analysis.proofs.abstraction.possible_events import list_event_names
from prassi.core.analysis.proofs.counterexample.examples import (
    FIRST_DAY,
    list_examples,
    list_tickets,
)
from prassi.core.analysis.proofs.counterexample.judge import Judge
from prassi.core.analysis.proofs.counterexample.play import PlayedStep, Player, Story
from prassi.core.analysis.proofs.prove import Prover
from prassi.core.analysis.proofs.search.monitors import make_monitor
from prassi.core.book.model import DAY
from prassi.core.errors import PrassiError

_TRIES = 6
"""Events that are tried until one is not turned down."""

_GOES_ON = 0.9
"""How often a step that would close the ticket is passed over."""

_FIRST = 200
"""Kinds of tickets among which a walk begins with one."""


def walked(prover: Prover, chance: Random, steps: int) -> list[str]:
    """The properties that so many events in a row break, as chance chooses them, on one ticket."""
    player = prover.player
    checks = [
        (one.id, Judge(make_monitor(each)))
        for one in prover.declared.properties
        if one.kind != "end"
        for each in prover.declared.split(one)
    ]
    begun = [one for one, _ in zip(list_tickets(player.book), range(_FIRST), strict=False)]
    while True:
        try:
            return sorted(_broken(player, chance.choice(begun), steps, chance, checks))
        except PrassiError:
            continue  # a ticket that can't be imported: another one is taken


def _broken(
    player: Player, ticket: Mapping[str, Any], steps: int, chance: Random,
    checks: Sequence[tuple[str, Judge]],
) -> set[str]:  # fmt: skip
    day, broken = FIRST_DAY, set[str]()
    story = Story(ticket, (), day.isoformat(), "T-1")
    with player.import_ticket(story.ticket, story.ends):
        player.limit_plans(-1)
        for _ in range(steps):
            day += timedelta(days=chance.choice((0, 0, 0, 1, 3, 7, 15)))
            story = one_more(player, story, day, chance)
            broken |= {name for name, check in checks if check(player, story)}
    return broken


def one_more(player: Player, story: Story, day: date, chance: Random) -> Story:
    """A story with one more event, if some are tried that are not all turned down."""
    at = day.isoformat()
    names = [name for name in list_event_names(player.book) if not player.book.event(name).opens]
    for _ in range(_TRIES):
        name = chance.choice([DAY, *names])
        given = _given(player, story, name, day, chance)
        plan = player.make_plan(story.ref, at, name, given)
        if plan is None or ("open" in plan.columns and chance.random() < _GOES_ON):
            continue
        if player.carry_out(plan):
            return story._replace(steps=(*story.steps, PlayedStep(at, name, given, plan)), ends=at)
    return story._replace(ends=at)


def _given(player: Player, story: Story, name: str, day: date, chance: Random) -> dict[str, Any]:
    """Something to give with an event."""
    event, given = player.book.event(name), dict[str, Any]()
    for n, spec in event.inputs.items():
        if spec.standing is None and (not spec.field.optional or chance.random() < 0.7):
            examples = [*list_examples(spec.field, day)]
            if n == "task":
                examples += _tasks(player, story.ref)
            given[n] = chance.choice(examples)
    for n, spec in event.inputs.items():
        if spec.when and not all(cell.holds(given.get(m)) for m, cell in spec.when.items()):
            given.pop(n, None)
        elif spec.among is not None:
            given[n] = player.list_items(spec, story.ref)[:1]
    return {n: v for n, v in given.items() if v not in (None, [])}


def _tasks(player: Player, ref: str) -> list[str]:
    """The kinds of the open tasks of a ticket."""
    state = player.stage.find_ticket(ref)
    return [] if state is None else [kind for _, kind, _ in state.tasks]
