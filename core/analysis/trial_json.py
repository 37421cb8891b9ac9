"""What differs, as JSON: tickets and events of a trial, decisions of a replay."""

from __future__ import annotations

from ..system.fast_json import JsonObject
from .replay import ReplayedDecision
from .trial_events import ComparedEvent
from .what_if import Comparison


def comparison_as_json(one: Comparison) -> JsonObject:
    """A ticket of which something differs."""
    return {
        "ticket": one.ticket,
        "book": one.book,
        "now": list(one.now.rules),
        "then": list(one.then.rules),
        "due_now": one.now.due,
        "due_then": one.then.due,
        "messages_now": list(one.now.messages),
        "messages_then": list(one.then.messages),
        "changes": [change._asdict() for change in one.changes],
    }


def event_as_json(one: ComparedEvent) -> JsonObject:
    """A recorded event, made again."""
    return {
        "event_id": one.event_id,
        "ticket": one.ticket,
        "book": one.book,
        "at": one.at,
        "now": [one.now or "no rule"],
        "then": [one.then or "no rule"],
        "changes": [change._asdict() for change in one.changes],
    }


def replayed_as_json(again: ReplayedDecision) -> JsonObject:
    """A decision that changes; the rule it has now is null where there is none."""
    told = again._asdict()
    del told["forgotten"]
    told["differences"] = [one._asdict() for one in again.differences]
    return {name: value for name, value in told.items() if value is not None or name == "now"}
