"""Decisions as JSON: the object scripts rely on, with its keys in a fixed order."""

from __future__ import annotations

from ..decision.plan import Plan
from ..system.fast_json import JsonObject
from .office import PlanResult


def decision_as_json(decision: PlanResult, at: str) -> JsonObject:
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
        "actions": actions_as_json(plan),
        "next": plan.next,
        **({"beside": beside} if (beside := plan.beside) else {}),
        "applied": decision.event_id is not None,
        "event_id": decision.event_id,
    }


def actions_as_json(plan: Plan) -> list[JsonObject]:
    """What a plan does, in the order of its rule."""
    return [done.as_json(plan) for done in plan.actions]
