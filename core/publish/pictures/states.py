"""The statuses of a book as a picture: where tickets can stand, and which rules move them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ...analysis.checks.status_moves import StatusMove
from ...book.model import Status
from .drawing import Arrow, Box, Drawing, wrap_text

_START, _ANY, _NAMED = "start", "any", "named"
_EXTRA = (
    Box(_START, ("",), "start"),
    Box(_ANY, ("any open status",), "any"),
    Box(_NAMED, ("the status that is named",), "any"),
)
"""The boxes that do not stand for a status; drawn if an arrow needs them."""


def draw_statuses(
    book: str, title: str, statuses: Mapping[str, Status], moves: Iterable[StatusMove]
) -> Drawing:
    """Draw the statuses as boxes, and the moves between them as arrows with their events and rules.

    A rule that leads on from every open status is drawn once, from a box of its own.
    """
    names = {status: f"s{place}" for place, status in enumerate(statuses)}
    arrows = [Arrow(_START, next(iter(names.values())), ())] if names else []
    between = _group_by_ends(names, statuses, moves)
    arrows += [Arrow(*ends, _write_events(events)) for ends, events in sorted(between.items())]
    used = {name for arrow in arrows for name in (arrow.start, arrow.end)}
    boxes = [
        Box(
            names[name],
            (name, *wrap_text(status.about, 28)),
            "closed" if status.closed else "status",
        )
        for name, status in statuses.items()
    ]
    return Drawing(
        book=book,
        of="states",
        title=title,
        boxes=(*(box for box in _EXTRA if box.name in used), *boxes),
        arrows=tuple(arrows),
    )


def _group_by_ends(
    names: Mapping[str, str], statuses: Mapping[str, Status], moves: Iterable[StatusMove]
) -> dict[tuple[str, str], dict[str, list[str]]]:
    """The rules that lead from one box to another, by their events."""
    still_open = {name for name, status in statuses.items() if not status.closed}
    between: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (event, rule, end), starts in _group_by_rule(moves).items():
        to = names[end] if end is not None else _NAMED
        if still_open <= starts:
            between[_ANY, to][event].append(rule)
            starts = {start for start in starts if start is None or statuses[start].closed}
        for start in starts:
            if start is None or start != end:
                start_name = _START if start is None else names[start]
                between[start_name, to][event].append(rule)
    return between


def _group_by_rule(
    moves: Iterable[StatusMove],
) -> dict[tuple[str, str, str | None], set[str | None]]:
    """The statuses from which each rule leads to an end, by event, rule and end."""
    found: dict[tuple[str, str, str | None], set[str | None]] = defaultdict(set)
    for move in moves:
        found[move.event, move.rule, move.end].add(move.start)
    return found


def _write_events(events: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Events with the rules that lead there; the names of rules are without that of their event."""
    return tuple(
        line
        for event, rules in events.items()
        for line in wrap_text(
            f"{event}: {', '.join(r.removeprefix(f'{event}.') for r in rules)}", 40
        )
    )
