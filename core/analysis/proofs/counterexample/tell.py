"""Telling a story day by day, and writing it as a scenario that `book test` plays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypedDict

from ....book.model import DAY
from ....system.write_toml import format_toml
from ....tables.cells import format_value
from ...scenarios.action_lines import format_actions, shorten_line
from ...scenarios.boundary_scenarios import format_toml_list
from ...scenarios.scenario_files import (
    Expectation,
    Scenario,
    ScenarioStep,
    Setting,
    build_bare_scenario,
)
from ...scenarios.stage import PlayResult, Stage
from .examples import FIRST_DAY, ImportedTicket
from .play import Given, PlayedStep, Story


class StepText(TypedDict):
    """A step of a story, as JSON has it."""

    at: str
    event: str
    given: Given
    rule: str
    does: Sequence[str]


class StoryText(NamedTuple):
    """A story in words: how it begins, its steps, and the scenario that it is, if it can be one."""

    begins: str
    steps: tuple[StepText, ...]
    ends: str
    scenario: str | None


def tell_story(stage: Stage, book: str, name: str, story: Story, ends_in_step: bool) -> StoryText:
    """A story of a book in words; `name` is the name of its scenario.

    `ends_in_step`: its last step is what breaks the property; else the ticket as it then stands is.
    """
    return StoryText(
        _tell_beginning(story),
        tuple(map(_tell_step, story.steps)),
        story.ends,
        _make_scenario(stage, book, name, story, ends_in_step),
    )


def _tell_beginning(story: Story) -> str:
    if story.ticket is None:
        return "No ticket is there yet."
    values = ", ".join(f"{name} {_shorten(value)}" for name, value in story.ticket.items())
    of = ", of a customer without an address" if story.customer else ""
    return f"A ticket is imported{of}{': ' if values else ''}{values}."


def _shorten(value: object) -> str:
    if isinstance(value, list):
        return str(len(value))
    if isinstance(value, Mapping):
        return "(" + ", ".join(f"{name} {_shorten(one)}" for name, one in value.items()) + ")"
    return format_value(value)


def _tell_step(step: PlayedStep) -> StepText:
    return {
        "at": step.at,
        "event": step.event,
        "given": dict(step.given),
        "rule": step.plan.rule.id,
        "does": [shorten_line(line) for line in format_actions(step.plan)],
    }


def list_lines(text: StoryText) -> Iterator[str]:
    """The lines of a story, day by day."""
    yield text.begins
    day = ""
    for step in text.steps:
        given = "".join(f" {name}={_quote(value)}" for name, value in step["given"].items())
        at = step["at"] if step["at"] != day else " " * len(step["at"])
        day = step["at"]
        yield f"{at}  {step['event']}{given}: {step['rule']}"
        yield from (f"{' ' * len(at)}    {line}" for line in step["does"])
    if text.ends != day:
        yield f"{text.ends}  that is how it stands."


def _quote(value: object) -> str:
    word = value if isinstance(value, str) else format_value(value)
    return f"'{word}'" if " " in word else word


# --- as a scenario ----------------------------------------------------------------------------------------


def _make_scenario(
    stage: Stage, book: str, name: str, story: Story, ends_in_step: bool
) -> str | None:
    """A story as a scenario file has it; None where it goes on with another ticket than it began."""
    steps = [ScenarioStep(step.at, step.event, step.given, {}) for step in story.steps]
    if not (ends_in_step and steps and steps[-1].at == story.ends):
        steps.append(ScenarioStep(story.ends, DAY, {}, {}))
    *before, last = steps
    ticket = _as_imported_on(story, steps[0].at)
    made = build_bare_scenario(book, last.at, last.event, ticket, story.customer)
    setting: Setting = made.setting._replace(before=tuple(before), key="")
    scenario = Scenario(name, "", book, setting, last, Expectation())
    if story.ref != setting.ref and not _is_about_opened(story):
        return None
    with stage.set_up(scenario):
        first = None if story.ticket is None else ticket
        return _write_scenario(scenario, first, story.customer, stage.play(scenario))


def _is_about_opened(story: Story) -> bool:
    """Whether a story is about the ticket that its first step opens."""
    return story.ticket is None and story.ref == story.steps[0].plan.state.ref


def _as_imported_on(story: Story, day: str) -> dict[str, object]:
    """The ticket that a story begins with, as a scenario imports it: on the day of the first step."""
    ticket = dict(story.ticket or {})
    if story.ticket is not None and day != FIRST_DAY.isoformat():
        ticket.setdefault("opened", FIRST_DAY.isoformat())
    return ticket


def _write_scenario(
    scenario: Scenario,
    ticket: ImportedTicket | None,
    customer: Mapping[str, str],
    ran: PlayResult,
) -> str:
    step = scenario.step
    written = [
        "[[scenario]]",
        f"name = {format_toml(scenario.name)}",
        f"at = {format_toml(step.at)}",
    ]
    if customer:
        written.append(f"customer = {format_toml({**customer})}")
    if ticket is not None:
        written.append(f"ticket = {format_toml(ticket)}")
    written += _write_before(scenario.setting.before)
    written.append(f"event = {format_toml(step.event)}")
    if step.given:
        written.append(f"given = {format_toml(step.given)}")
    written += _write_expected(ran)
    return "\n".join(written) + "\n"


def _write_before(before: Sequence[ScenarioStep]) -> Iterator[str]:
    if not before:
        return
    yield "before = ["
    for one in before:
        given = {"given": one.given} if one.given else {}
        yield f"  {format_toml({'at': one.at, 'event': one.event, **given})},"
    yield "]"


def _write_expected(ran: PlayResult) -> Iterator[str]:
    if ran.error is not None:
        yield f"error = {format_toml(ran.error)}"
        return
    yield f"rule = {format_toml(ran.rule)}"
    yield f"does = {format_toml_list([shorten_line(line) for line in ran.does])}"
    yield f"next = {format_toml(ran.next)}"
