"""Telling a story day by day, and writing it as a scenario that `book test` plays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ....book.model import DAY
from ....tables.cells import format_value
from ...scenarios.action_lines import format_actions, shorten_line
from ...scenarios.boundary_scenarios import format_toml, format_toml_list
from ...scenarios.scenario_files import (
    Expectation,
    Scenario,
    ScenarioStep,
    Setting,
    build_bare_scenario,
)
from ...scenarios.stage import PlayResult, Stage
from .play import FIRST_DAY, PlayedStep, Story


class StoryText(NamedTuple):
    """A story in words: how it begins, its steps, and the scenario that it is, if it can be one.

    `breaks` says whether the last step is what breaks the property; else the ticket as it then is
    does.
    """

    begins: str
    steps: tuple[Mapping[str, Any], ...]
    ends: str
    scenario: str | None


def told(stage: Stage, book: str, name: str, story: Story, in_step: bool) -> StoryText:
    """A story of a book; `name` is what its scenario is called, `in_step` whether a step ends it."""
    return StoryText(
        _begins(story),
        tuple(map(_step, story.steps)),
        story.ends,
        _scenario(stage, book, name, story, in_step),
    )


def _begins(story: Story) -> str:
    if story.ticket is None:
        return "No ticket is there yet."
    said = ", ".join(f"{name} {_short(value)}" for name, value in story.ticket.items())
    return f"A ticket is imported: {said}."


def _short(value: Any) -> str:
    if isinstance(value, list):
        return str(len(value))
    if isinstance(value, Mapping):
        return "(" + ", ".join(f"{name} {_short(one)}" for name, one in value.items()) + ")"
    return format_value(value)


def _step(done: PlayedStep) -> dict[str, Any]:
    return {
        "at": done.at,
        "event": done.event,
        "given": dict(done.given),
        "rule": done.plan.rule.id,
        "does": [shorten_line(line) for line in format_actions(done.plan)],
    }


def day_by_day(found: StoryText) -> Iterator[str]:
    """The lines of a story."""
    yield found.begins
    day = ""
    for step in found.steps:
        given = "".join(f" {name}={_word(value)}" for name, value in step["given"].items())
        at = step["at"] if step["at"] != day else " " * len(step["at"])
        day = step["at"]
        yield f"{at}  {step['event']}{given}: {step['rule']}"
        yield from (f"{' ' * len(at)}    {line}" for line in step["does"])
    if found.ends != day:
        yield f"{found.ends}  that is how it stands."


def _word(value: Any) -> str:
    word = value if isinstance(value, str) else format_value(value)
    return f"'{word}'" if " " in word else word


# --- as a scenario ----------------------------------------------------------------------------------------


def _scenario(stage: Stage, book: str, name: str, story: Story, in_step: bool) -> str | None:
    """A story as a scenario file has it; None where it goes on with another ticket than it began."""
    steps = [ScenarioStep(done.at, done.event, done.given, {}) for done in story.steps]
    if not (in_step and steps and steps[-1].at == story.ends):
        steps.append(ScenarioStep(story.ends, DAY, {}, {}))
    *before, last = steps
    made = build_bare_scenario(book, last.at, last.event, _imported(story, steps[0].at))
    setting: Setting = made.setting._replace(before=tuple(before), key="")
    scenario = Scenario(name, "", book, setting, last, Expectation())
    begun = story.ref == setting.ref or (
        story.ticket is None and story.ref == story.steps[0].plan.state.ref
    )
    if not begun:
        return None
    with stage.set_up(scenario):
        ticket = None if story.ticket is None else _imported(story, steps[0].at)
        return _written(scenario, ticket, stage.play(scenario))


def _imported(story: Story, first: str) -> dict[str, Any]:
    """The ticket that a story begins with; a scenario imports it on the day of the first step."""
    ticket = dict(story.ticket or {})
    if story.ticket is not None and first != FIRST_DAY.isoformat():
        ticket.setdefault("opened", FIRST_DAY.isoformat())
    return ticket


def _written(scenario: Scenario, ticket: Mapping[str, Any] | None, ran: PlayResult) -> str:
    step, before = scenario.step, scenario.setting.before
    written = [
        "[[scenario]]",
        f"name = {format_toml(scenario.name)}",
        f"at = {format_toml(step.at)}",
    ]
    if ticket is not None:
        written.append(f"ticket = {format_toml(ticket)}")
    if before:
        written.append("before = [")
        for one in before:
            given = {"given": one.given} if one.given else {}
            written.append(f"  {format_toml({'at': one.at, 'event': one.event, **given})},")
        written.append("]")
    written.append(f"event = {format_toml(step.event)}")
    if step.given:
        written.append(f"given = {format_toml(step.given)}")
    if ran.error is not None:
        written.append(f"error = {format_toml(ran.error)}")
    else:
        does = [shorten_line(line) for line in ran.does]
        written += [
            f"rule = {format_toml(ran.rule)}",
            f"does = {format_toml_list(does)}",
            f"next = {format_toml(ran.next)}",
        ]
    return "\n".join(written) + "\n"
