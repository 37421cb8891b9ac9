"""Decisions as JSON: the object scripts rely on, with its keys in a fixed order."""

from __future__ import annotations

from typing import Any

from .office import Decision


def as_json(decision: Decision, at: str) -> dict[str, Any]:
    """One decision: what was decided, why, what follows, and the event it became, if any."""
    plan = decision.plan
    return {
        "ticket": plan.state.ref or None,
        "book": plan.state.book,
        "event": plan.event.name,
        "at": at,
        "rule": plan.rule.id,
        "extrapolated": plan.rule.extrapolated,
        "facts": plan.facts,
        "actions": plan.actions,
        "next": plan.next,
        "applied": decision.event_id is not None,
        "event_id": decision.event_id,
    }
