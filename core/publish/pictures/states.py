"""The statuses of a book as a picture: where tickets stand, and which rules lead on from there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ...analysis.checks.status_moves import StatusMove
from ...book.model import Status
from .drawing import Arrow, Box, Drawing, wrap_text

_START, _ANY, _NAMED = "start", "any", "named"


def draw_statuses(
    book: str, title: str, statuses: Mapping[str, Status], moves: Iterable[StatusMove]
) -> Drawing:
    """The statuses as boxes, and the moves between them as arrows, each with its events and rules.

    What a rule does from every open status is drawn once, from a box of its own.
    """
    names = {status: f"s{place}" for place, status in enumerate(statuses)}
    still_open = [name for name, status in statuses.items() if not status.closed]
    between: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (event, rule, end), starts in _by_rule(moves).items():
        to = names[end] if end is not None else _NAMED
        if set(still_open) <= starts - {None}:
            between[_ANY, to][event].append(rule)
            starts = {start for start in starts if start is None or statuses[start].closed}
        for start in starts:
            if start is None or start != end:
                start_name = _START if start is None else names[start]
                between[start_name, to][event].append(rule)
    arrows = [Arrow(_START, next(iter(names.values())), ())] if names else []
    arrows += [Arrow(*ends, _told(events)) for ends, events in sorted(between.items())]
    used = {name for arrow in arrows for name in (arrow.start, arrow.end)}
    extra = [
        Box(_START, ("",), "start"),
        Box(_ANY, ("any open status",), "any"),
        Box(_NAMED, ("the status that is named",), "any"),
    ]
    boxes = [
        Box(
            names[name],
            (name, *wrap_text(status.about, 28)),
            "closed" if status.closed else "status",
        )
        for name, status in statuses.items()
    ]
    return Drawing(
        book, "states", title, (*(box for box in extra if box.name in used), *boxes), tuple(arrows)
    )


def _by_rule(moves: Iterable[StatusMove]) -> dict[tuple[str, str, str | None], set[str | None]]:
    """The statuses from which each rule leads to an end."""
    found: dict[tuple[str, str, str | None], set[str | None]] = defaultdict(set)
    for move in moves:
        found[move.event, move.rule, move.end].add(move.start)
    return found


def _told(events: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Events, each with the rules that lead there; the event's own name is left out of theirs."""
    return tuple(
        line
        for event, rules in events.items()
        for line in wrap_text(
            f"{event}: {', '.join(r.removeprefix(f'{event}.') for r in rules)}", 40
        )
    )
