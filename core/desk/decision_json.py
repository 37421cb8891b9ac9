"""Decisions as JSON: the object scripts rely on, with its keys in a fixed order."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from ..decision.next_step import NextStep
from ..decision.plan import Plan
from ..decision.ticket_state import Customer
from ..system.fast_json import JsonObject
from .office import PlanResult


class CustomerJson(TypedDict):
    """Whom a ticket is about; what is unknown is null."""

    ref: str
    name: str | None
    phone: str | None
    email: str | None
    language: str | None


class _Beside(TypedDict, total=False):
    beside: list[NextStep]


class DecisionJson(TypedDict):
    """A decision; `actions` are those of its rule, each with its own keys."""

    ticket: str | None
    book: str
    event: str
    at: str
    rule: str
    extrapolated: bool
    facts: dict[str, Any]
    actions: list[JsonObject]
    why: str
    priority: str
    next: NextStep | None
    beside: NotRequired[list[NextStep]]
    applied: bool
    event_id: int | None
    by: str | None
    customer: CustomerJson | None


def decision_as_json(decision: PlanResult, at: str) -> DecisionJson:
    """One decision: what was decided, why, what follows, and the event it became, if any."""
    plan = decision.plan
    beside: _Beside = {"beside": plan.beside} if plan.beside else {}
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
        "priority": str(plan.after("priority")),
        "next": plan.next,
        **beside,
        "applied": decision.event_id is not None,
        "event_id": decision.event_id,
        "by": plan.context.by,
        "customer": customer_as_json(plan.state.customer),
    }


def customer_as_json(customer: Customer) -> CustomerJson | None:
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
