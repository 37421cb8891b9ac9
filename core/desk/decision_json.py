"""Decisions as JSON: the object scripts rely on, with its keys in a fixed order."""

from __future__ import annotations

from ..decision.plan import Plan
from ..decision.ticket_state import Customer
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
        "why": plan.why,
        "priority": plan.after("priority"),
        "next": plan.next,
        **({"beside": beside} if (beside := plan.beside) else {}),
        "applied": decision.event_id is not None,
        "event_id": decision.event_id,
        "by": plan.context.by,
        "customer": customer_as_json(plan.state.customer),
    }


def customer_as_json(customer: Customer) -> JsonObject | None:
    """Whom a ticket is about, and how they are reached; None where it is about nobody."""
    if not customer.ref:
        return None
    return {
        "ref": customer.ref,
        "name": customer.name,
        "phone": customer.phone,
        "email": customer.email,
        "language": customer.language,
    }


def actions_as_json(plan: Plan) -> list[JsonObject]:
    """What a plan does, in the order of its rule."""
    return [done.as_json(plan) for done in plan.actions]
