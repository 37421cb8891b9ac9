"""What commands on books and old decisions print with --json: the keys of each object.

Used as json_rows is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

from prassi.core.analysis.proofs.counterexample.tell import StepText
from prassi.core.decision.explain import ExplainedRuleJson
from prassi.core.publish.pictures.drawing import Arrow, Box

# --- decisions, and what they would be ------------------------------------------------------------


class MissJson(TypedDict):
    """A fact that keeps a rule from answering, and what it would have to be."""

    fact: str
    value: str
    wanted: str


class RuledOutJson(TypedDict):
    """A rule that does not answer, with the cells that rule it out."""

    rule: str
    cells: Sequence[MissJson]


class TurnJson(TypedDict):
    """From when on another rule answers, if nothing else happens."""

    on: str
    rule: str


class ExplanationJson(TypedDict):
    """`explain`."""

    ticket: str
    book: str
    event: str
    at: str
    facts: Mapping[str, object]
    rules: Sequence[ExplainedRuleJson]
    ruled_out: Sequence[RuledOutJson]
    turns: TurnJson | None


class WhyNotJson(TypedDict):
    """`explain --why-not`: what would have to be different."""

    rule: str
    answers: bool
    change: Sequence[MissJson]


class EffectChangeJson(TypedDict):
    """What two decisions do not share."""

    kind: str
    what: str
    was: str | None
    now: str | None


class ReplayedJson(TypedDict):
    """`replay`: a decision that changes; `why` where no rule answers now."""

    event_id: int
    ticket: NotRequired[str]
    at: str
    book: str
    event: str
    rule: str
    now: str | None
    why: NotRequired[str]
    differences: Sequence[EffectChangeJson]


class CauseJson(TypedDict):
    """A cause of differences, with how often it is met by rule."""

    book: str
    kind: str
    what: str
    count: int
    rules: Mapping[str, int]
    example: str
    was: str | None
    now: str | None


class RuleCountsJson(TypedDict):
    """How many tickets a rule answers now and then."""

    now: int
    then: int


class TrialEventsJson(TypedDict):
    """Events of people made again, and those that were not looked at."""

    since: str
    looked_at: int
    otherwise: int
    changes: Sequence[CauseJson]
    older: int
    forgotten: int
    unreadable: int
    unmade: int
    uncounted: int


class TrialJson(TypedDict):
    """`what-if`: how many tickets go another way."""

    tickets: int
    another_way: int
    other_days: int
    moved: int
    rules: Mapping[str, RuleCountsJson]
    messages: Mapping[str, int]
    otherwise: int
    changes: Sequence[CauseJson]
    events: TrialEventsJson


class ComparisonJson(TypedDict):
    """`what-if --list`: a ticket that goes another way."""

    ticket: str
    book: str
    now: Sequence[str]
    then: Sequence[str]
    due_now: str | None
    due_then: str | None
    messages_now: Sequence[str]
    messages_then: Sequence[str]
    changes: Sequence[EffectChangeJson]


class ComparedEventJson(TypedDict):
    """`what-if --list`: a recorded event that comes out otherwise."""

    event_id: int
    ticket: str | None
    book: str
    at: str
    now: Sequence[str]
    then: Sequence[str]
    changes: Sequence[EffectChangeJson]


# --- books ----------------------------------------------------------------------------------------


class BookLineJson(TypedDict):
    """`book list`."""

    book: str
    title: str
    calendar: str
    digest: str


class FaultyBookJson(TypedDict):
    """`book list`: a book that can't be read, and its first fault."""

    book: str
    fault: str


# `from` is a word of Python's.
RuleJson = TypedDict(
    "RuleJson",
    {
        "rule": str,
        "event": str,
        "why": str,
        "extrapolated": bool,
        "from": Sequence[str],
        "remarks": Sequence[str],
        "needs": Sequence[str],
        "when": Sequence[Mapping[str, str]],
        "then": Sequence[str],
    },
)
"""A rule of a book."""


class ImpossibleJson(TypedDict):
    """Facts that can't be together, as the book has written them."""

    facts: Mapping[str, object]
    why: str


class BookJson(TypedDict):
    """`book show`."""

    book: str
    title: str
    source: str
    calendar: str
    language: str
    digest: str
    parameters: Mapping[str, object]
    roles: Mapping[str, str]
    statuses: Mapping[str, str]
    rules: Sequence[RuleJson]
    impossible: Sequence[ImpossibleJson]
    statements: Mapping[str, str]
    remarks: Mapping[str, str]


class ShownScenarioJson(TypedDict):
    """A scenario that shows a rule."""

    name: str
    place: str


class TracedRuleJson(TypedDict):
    """A rule of a statement, with the scenarios that show it."""

    rule: str
    event: str
    extrapolated: bool
    remarks: Sequence[str]
    scenarios: Sequence[ShownScenarioJson]


class TraceJson(TypedDict):
    """`book show --trace`: a statement; `manual`, `view` or `reading` where it needs no rule."""

    book: str
    statement: str | None
    says: str
    manual: str | None
    view: str | None
    reading: str | None
    rules: Sequence[TracedRuleJson]


class FindingJson(TypedDict):
    """`book check`: `fault` is the sentence with its place."""

    book: str
    fault: str
    kind: str
    rule: NotRequired[str]
    example: NotRequired[Mapping[str, object]]


class DrawingJson(TypedDict):
    """`book graph`."""

    book: str
    picture: str
    title: str
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]


# --- tests and proofs of books --------------------------------------------------------------------


class CameJson(TypedDict, total=False):
    """What came of a scenario; empty where it could not be played."""

    rule: str | None
    does: Sequence[str]
    next: str | None
    error: str | None


class PlayedJson(TypedDict):
    """`book test`: a scenario that was played, and what is wrong."""

    book: str
    scenario: str
    place: str
    event: str
    at: str
    passed: bool
    wrong: Sequence[str]
    came: CameJson


class CoverageJson(TypedDict):
    """`book test`: which rules and rows the scenarios of a book reach."""

    book: str
    scenarios: int
    failed: int
    rules: int
    rules_reached: int
    rows: int
    rows_reached: int
    not_reached: Sequence[str]


class MissingScenariosJson(TypedDict):
    """`book test --boundaries`: scenarios that the book lacks, as TOML."""

    book: str
    missing: Sequence[str]


class SurvivorJson(TypedDict):
    """`book test --mutants`: a change that no scenario notices; `reason` where it makes no difference."""

    book: str
    place: str
    about: str
    kind: str
    change: str
    reason: str | None


class MutantsJson(TypedDict):
    """`book test --mutants`, at the end: the score is in percent."""

    book: str
    changes: int
    noticed: int
    alike: int
    unnoticed: int
    score: float


class StoryJson(TypedDict):
    """A story in words: how it begins, its steps, and the scenario that it is."""

    begins: str
    steps: Sequence[StepText]
    ends: str
    scenario: str | None


class VerdictJson(TypedDict):
    """`book prove`: what came of a property; `story` is how it is broken, `if_never` the rows that the
    book calls impossible and a proof takes for so."""

    book: str
    property: str
    place: str
    says: str
    outcome: str
    classes: int
    parts: Sequence[str]
    why: str | None
    if_never: Sequence[str]
    story: StoryJson | None


class TimedStoryJson(StoryJson):
    """A story, and how many working days it takes."""

    workdays: int


class WayJson(TypedDict):
    """`book prove`: the shortest and the longest way to a status."""

    book: str
    way: str
    says: str
    shortest: TimedStoryJson | None
    is_shortest: bool
    longest: TimedStoryJson | None
    tried: int
    never: int
