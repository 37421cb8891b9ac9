"""Plans as scenarios write them: a short line for each thing that is done."""

from __future__ import annotations

from collections.abc import Iterator

from ...book.done_action import show_words
from ...book.list_actions import NoteWritten
from ...decision.plan import Plan

NOTHING = "nothing"
"""The next step where there is none."""


def format_actions(plan: Plan) -> list[str]:
    """Everything that a plan does, in the order of its rule, a line each."""
    lines = [" ".join(f"{done.name} {done.scenario_line(plan)}".split()) for done in plan.actions]
    notes = [done.text for done in plan.actions if isinstance(done, NoteWritten)]
    return [*lines, *_format_side_effects(plan, notes)]


def format_next(plan: Plan) -> str:
    """The next step of a person, as a line."""
    step = plan.next
    return NOTHING if step is None else f"{step['who']}: {step['action']} by {step['due']}"


def list_texts(plan: Plan) -> list[str]:
    """The texts that a plan writes or says to people."""
    texts = (done.words(plan) for done in plan.actions)
    return [text for text in texts if text is not None]


def matches_line(expected: str, got: str) -> bool:
    """Whether a line is the expected one, in which `...` at the end stands for any rest."""
    if expected.endswith("..."):
        return got.startswith(expected.removesuffix("..."))
    return expected == got


def shorten_line(line: str, longest: int = 80) -> str:
    """Cut a line that is a long text at a word; other lines stay whole, since every word counts."""
    if len(line) <= longest or not line.startswith(_TEXTS):
        return line
    return f"{line[:longest].rsplit(' ', 1)[0]}..."


_TEXTS = ("note ", "noted ", "tell ", "refuse ")


def _format_side_effects(plan: Plan, notes: list[str]) -> Iterator[str]:
    """Lines for what is made beside the actions: customers, and notes on other tickets."""
    for table, row in plan.made:
        if table == "note":
            text = str(row[2])
            if text in notes:
                notes.remove(text)
            else:
                yield " ".join(f"noted there {text}".split())
        elif table == "customer":
            yield f"new customer {' '.join(show_words(one) for one in row[1:] if one is not None)}"
