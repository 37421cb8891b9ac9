"""What differs between decisions, in lines: each cause once, with an example."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from prassi.core.system.language import ENGLISH, find_spoken, say

from ..words import say_term
from .output import print_text

if TYPE_CHECKING:
    from prassi.core.analysis.causes import Cause

    from .json_book_rows import CauseJson

_BEFORE, _LONG = 12, 66
"""How much of two texts is shown before they part, and of each at most."""

WIDTH = 80
"""Of a line that names rules."""


def print_causes(causes: Sequence[Cause], count_unit: Callable[[int], str]) -> None:
    """Each cause once: what differs, in how many decisions (`count_unit` says what they are called) of which
    rules, with the first of them as an example."""
    book = None
    for cause in causes:
        if cause.book != book:
            book = cause.book
            print_text(f"{book}:")
        count = count_unit(cause.count).format(count=cause.count)
        title = f"  {_say_title(cause)}: {count}"
        print_text(f"{title} ({format_rules(cause.rules, WIDTH - len(title) - 3)})", lines=False)
        was, now = shorten_pair(cause.change.was, cause.change.now)
        print_text(f"    {cause.example}:", lines=False)
        print_text(f"      {say('was: {was}').format(was=was)}", lines=False)
        print_text(f"      {say('now: {now}').format(now=now)}", lines=False)


def _say_title(cause: Cause) -> str:
    kind = cause.change.kind
    if find_spoken() == ENGLISH:
        return cause.title
    about = cause.title.removeprefix(kind).removeprefix(" of")
    return f"{say_term(kind)}{about}"


def cause_as_json(cause: Cause) -> CauseJson:
    """A cause, with how often it is met by rule."""
    return {
        "book": cause.book,
        "kind": cause.change.kind,
        "what": ", ".join(cause.about),
        "count": cause.count,
        "rules": dict(cause.rules.most_common()),
        "example": cause.example,
        "was": cause.change.was,
        "now": cause.change.now,
    }


def format_rules(rules: Counter[str], width: int) -> str:
    """Rules with how often each, the most frequent first, as many as there is room for."""
    named = [
        rule if rules.total() == count else f"{rule} {count}" for rule, count in rules.most_common()
    ]
    shown = len(named)
    while shown > 1 and len(_name_first(named, shown)) > width:
        shown -= 1
    return _name_first(named, shown)


def _name_first(named: Sequence[str], shown: int) -> str:
    more = len(named) - shown
    return ", ".join([*named[:shown], *([say("{count} more").format(count=more)] if more else [])])


def shorten_pair(was: str | None, now: str | None) -> tuple[str, str]:
    """Two texts in a line each, from a little before the place where they part."""
    one, other = (" ".join((text or say("nothing")).split()) for text in (was, now))
    start = 0
    if was is not None and now is not None and max(len(one), len(other)) > _LONG:
        start = max(0, _count_common(one, other) - _BEFORE)
    lead = "…" if start else ""
    return _shorten(lead + one[start:]), _shorten(lead + other[start:])


def _count_common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _shorten(line: str) -> str:
    return line if len(line) <= _LONG else f"{line[: _LONG - 1]}…"
