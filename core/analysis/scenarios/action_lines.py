"""Actions as scenarios tell them: a short line for each thing a plan does."""

from __future__ import annotations

from collections.abc import Iterator

from ...book.done_action import show_words
from ...book.list_actions import NoteWritten
from ...decision.plan import Plan

NOTHING = "nothing"
"""What comes next where nothing does."""


def format_actions(plan: Plan) -> list[str]:
    """All that a plan does, in the order of its rule."""
    told = [" ".join(f"{done.name} {done.scenario_line(plan)}".split()) for done in plan.actions]
    notes = [done.text for done in plan.actions if isinstance(done, NoteWritten)]
    return [*told, *_unsaid(plan, notes)]


def format_next(plan: Plan) -> str:
    """What a person has to do next."""
    step = plan.next
    return NOTHING if step is None else f"{step['who']}: {step['action']} by {step['due']}"


def list_texts(plan: Plan) -> list[str]:
    """What the plan writes or says to people, a text each."""
    told = (done.words(plan) for done in plan.actions)
    return [text for text in told if text is not None]


def matches_line(expected: str, came: str) -> bool:
    """Whether a line is the one that was expected, which may end with ... for all that follows."""
    if expected.endswith("..."):
        return came.startswith(expected.removesuffix("..."))
    return expected == came


def shorten_line(line: str, longest: int = 80) -> str:
    """A line cut at a word, if it is a long text; of what is no text, every word counts."""
    if len(line) <= longest or not line.startswith(_TEXTS):
        return line
    return f"{line[:longest].rsplit(' ', 1)[0]}..."


_TEXTS = ("note ", "noted ", "tell ", "refuse ")


def _unsaid(plan: Plan, notes: list[str]) -> Iterator[str]:
    """What a plan makes that its actions do not tell: customers, and notes on other tickets."""
    for table, row in plan.made:
        if table == "note" and row[-1] in notes:
            notes.remove(row[-1])
        elif table == "note":
            yield " ".join(f"noted there {row[-1]}".split())
        elif table == "customer":
            yield f"new customer {' '.join(show_words(one) for one in row[1:] if one is not None)}"
