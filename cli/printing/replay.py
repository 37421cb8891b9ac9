"""What a replay found, in lines: causes with an example each, or decision by decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .output import print_text

if TYPE_CHECKING:
    from prassi.core.analysis.effects import EffectChange
    from prassi.core.analysis.replay import ReplayedDecision
    from prassi.core.analysis.replay_causes import Cause, Causes

_BEFORE, _LONG = 12, 56
"""How much of two texts is shown before they part, and of each at most."""

_RULES = 3
"""Rules that are named with a cause, at most."""


def print_causes(causes: Sequence[Cause]) -> None:
    """Each cause once: what differs in how many decisions, with the first of them as an example."""
    book = None
    for cause in causes:
        if cause.book != book:
            book = cause.book
            print_text(f"{book}:")
        count = f"{cause.count} decision{'s' if cause.count > 1 else ''}"
        print_text(f"  {cause.difference.title}: {count} ({_format_rules(cause)})")
        first = cause.first
        print_text(f"    event {first.event_id}, {first.ticket or first.book}, {first.at}:")
        _print_pair(cause.difference)


def _print_pair(one: EffectChange) -> None:
    was, now = shorten_pair(one.was, one.now)
    print_text(f"      was: {was}", lines=False)
    print_text(f"      now: {now}", lines=False)


def print_decision_changes(again: ReplayedDecision) -> None:
    """A decision that changes, with a line for each difference."""
    from prassi.core.analysis.replay_causes import list_differences

    where = f"{again.event_id:>6}  {again.at}  {again.ticket or again.book}"
    for one in list_differences(again):
        was, now = shorten_pair(one.was, one.now)
        if one.kind == "no rule":
            print_text(f"{where}  {again.rule} → no rule: {one.now}", lines=False)
        else:
            told = "" if one.kind == "rule" else f"{again.rule}, {one.title}: "
            print_text(f"{where}  {told}{was} → {now}", lines=False)


def print_figures(causes: Causes) -> None:
    """How many decisions come out the same, and how many could not be compared."""
    print_text(f"{causes.same} of {causes.decisions} decisions come out the same.")
    if causes.forgotten:
        one = causes.forgotten == 1
        print_text(
            f"{causes.forgotten} more {'is' if one else 'are'} about customers who were forgotten:"
            f" {'it' if one else 'they'} can't be compared."
        )


def _format_rules(cause: Cause) -> str:
    """The rules of a cause, the most frequent first."""
    named = [
        rule if cause.count == count else f"{rule} {count}"
        for rule, count in cause.rules.most_common(_RULES)
    ]
    if (more := len(cause.rules) - _RULES) > 0:
        named.append(f"{more} more")
    return ", ".join(named)


def shorten_pair(was: str | None, now: str | None) -> tuple[str, str]:
    """Two texts in a line each, from a little before the place where they part."""
    if was is None or now is None:
        return tuple(_shorten(text or "nothing") for text in (was, now))  # type: ignore[return-value]
    one, other = " ".join(was.split()), " ".join(now.split())
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    start = max(0, same - _BEFORE)
    if max(len(one), len(other)) <= _LONG:
        start = 0
    lead = "…" if start else ""
    return _shorten(lead + one[start:]), _shorten(lead + other[start:])


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONG else f"{line[: _LONG - 1]}…"
