"""A ticket on the screen: who it is, where it stands, what can happen, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from prassi.core.book.model import DAY
from prassi.core.decision.explain import ExplainedRuleJson, Explanation
from prassi.core.decision.next_step import NextStep
from prassi.core.decision.plan import Plan
from prassi.core.decision.ticket_state import TicketState
from prassi.core.desk.decision_json import actions_as_json
from prassi.core.desk.office import Office, PlanResult
from prassi.core.desk.ticket_view import TicketView
from prassi.core.errors import BadInput, PrassiError, Refused
from prassi.core.ticketfile import read_tickets, state_catalogue
from prassi.core.ticketfile.find_steps import RecordedStep, find_event
from prassi.core.ticketfile.undo import undo_events

from ..printing.tickets import format_changes
from ..printing.values import format_fact, format_miss
from .browser_words import put_in_browser_words
from .desk_door import DeskDoor, label_field
from .event_forms import EventForm, list_forms, make_form, read_given
from .workers import Visitor


class DecisionScreen(TypedDict):
    """A decision: what was decided or would be, in words."""

    ticket: str
    title: str
    rule: str
    extrapolated: bool
    why: str
    lines: list[str]
    messages: list[dict[str, Any]]
    refusal: str | None
    irreversible: str | None
    next: NextStep | None
    beside: list[NextStep]
    open: bool
    event_id: int | None


class TicketScreen(TypedDict):
    """All that the page of a ticket has."""

    ticket: Mapping[str, Any]
    title: str
    today: DecisionScreen | None
    fault: str | None
    forms: Sequence[EventForm]
    changes: Mapping[int, str]
    at: str


def read_ticket(door: DeskDoor, visitor: Visitor, ref: str) -> TicketScreen:
    """A ticket with its forms; BadInput where there is none of that ref."""
    office = door.open_office(visitor.name)
    state = read_state(office, ref)
    shown = TicketView(office.connection, office.settings, office.shelf).read(ref, office.at)
    today, fault = _plan_day(office, ref)
    forms: Sequence[EventForm] = ()
    if fault is None:
        forms = list_forms(office, state)
    return {
        "ticket": shown,
        "title": office.shelf.book(state.book).title if fault is None else state.book,
        "today": today,
        "fault": fault,
        "forms": forms,
        "changes": {one["event_id"]: format_changes(one["changes"]) for one in shown["history"]},
        "at": office.at,
    }


def read_state(office: Office, ref: str) -> TicketState:
    """A ticket as it stands; BadInput where there is none of that ref."""
    number = read_tickets.find_ticket(office.connection, ref).id
    return read_tickets.read_states(office.connection, [number])[number]


def _plan_day(office: Office, ref: str) -> tuple[DecisionScreen | None, str | None]:
    """What the day asks of a ticket; where its book can't say, why."""
    try:
        return show_decision(PlanResult(office.plan(ref, DAY, {}, str), None)), None
    except Refused:
        return None, None
    except PrassiError as error:
        return None, str(error)


def show_decision(decision: PlanResult) -> DecisionScreen:
    """A decision as pages have it."""
    plan = decision.plan
    book = plan.context.book
    lines = [line for done in plan.actions if (line := done.line(plan)) is not None]
    actions = actions_as_json(plan)
    return {
        "ticket": plan.state.ref,
        "title": plan.event.title,
        "rule": plan.rule.id,
        "extrapolated": plan.rule.extrapolated,
        "why": plan.why,
        "lines": [put_in_browser_words(line, book) for line in lines],
        "messages": [one for one in actions if one["action"] == "message"],
        "refusal": find_refusal(plan),
        "irreversible": plan.rule.irreversible,
        "next": plan.next,
        "beside": plan.beside,
        "open": plan.is_open,
        "event_id": decision.event_id,
    }


def find_refusal(plan: Plan) -> str | None:
    """Why the procedure refuses an event, in the words of the browser; None where it does not."""
    refusal = plan.refusal
    return None if refusal is None else put_in_browser_words(refusal, plan.context.book)


# --- recording ------------------------------------------------------------------------------------


def plan_event(
    door: DeskDoor, visitor: Visitor, ref: str, event: str, sent: Mapping[str, Sequence[str]]
) -> DecisionScreen:
    """What an event would lead to; nothing is written."""
    return _handle(door.open_office(visitor.name), ref, event, sent)


def record_event(
    door: DeskDoor, visitor: Visitor, ref: str, event: str, sent: Mapping[str, Sequence[str]]
) -> DecisionScreen:
    """Record an event; what the procedure refuses has a `refusal`, and nothing is written."""
    return _handle(door.open_office(visitor.name, writes=True), ref, event, sent)


def _handle(
    office: Office, ref: str, event: str, sent: Mapping[str, Sequence[str]]
) -> DecisionScreen:
    state = read_state(office, ref)
    book = office.shelf.book(state.book)
    form = make_form(office, book, state._replace(id=0), book.event(event))
    return show_decision(office.handle(ref, event, read_given(sent, form), label_field))


def find_missing(
    door: DeskDoor, visitor: Visitor, ref: str, event: str, sent: Mapping[str, Sequence[str]]
) -> str | None:
    """The one input of text without which the procedure refuses an event, such as the owner; None
    where there is none."""
    office = door.open_office(visitor.name)
    state = read_state(office, ref)
    book = office.shelf.book(state.book)
    form = make_form(office, book, state._replace(id=0), book.event(event))
    given = read_given(sent, form)
    for field in form.fields:
        if field.kind == "text" and field.name not in given and not field.required:
            try:
                plan = office.plan(ref, event, {**given, field.name: visitor.name}, label_field)
            except (BadInput, Refused):
                continue
            if plan.refusal is None:
                return field.name
    return None


# --- taking back ----------------------------------------------------------------------------------


class TakenBack(TypedDict):
    """What became of a step of a person that is to be taken back; `asks` is what has to be agreed to
    first: that a message has `left`, or that the step is somebody `else`'s."""

    ticket: str | None
    event: str
    event_id: int
    person: str | None
    by: int | None
    asks: str | None


def take_back(door: DeskDoor, visitor: Visitor, number: int, agreed: bool) -> TakenBack:
    """Take a step back; where it is somebody else's, or its message has left, only once that is
    agreed to. Refused where the visitor may not."""
    office = door.open_office(visitor.name, writes=True)
    connection = office.connection
    assert office.writer is not None
    with office.writer.transaction() as events:
        steps = find_event(connection, number)
        step = next(one for one in steps if one.event_id == number)
        asks = None if agreed else _find_objection(step, visitor)
        if step.person != visitor.name and visitor.role != "lead":
            raise Refused(
                f"event {number} is {step.person}'s: only a lead takes back what others did."
            )
        if asks is not None:
            return _make_taken_back(step, None, asks)
        numbers = [one.event_id for one in steps]
        by = undo_events(connection, events, numbers)[numbers.index(number)]
        state_catalogue.check_open_tickets(connection, lambda: door.shelf, numbers)
        return _make_taken_back(step, by, None)


def _find_objection(step: RecordedStep, visitor: Visitor) -> str | None:
    if step.has_left:
        return "left"
    return None if step.person == visitor.name else "else"


def _make_taken_back(step: RecordedStep, by: int | None, asks: str | None) -> TakenBack:
    return {
        "ticket": step.ticket,
        "event": step.event,
        "event_id": step.event_id,
        "person": step.person,
        "by": by,
        "asks": asks,
    }


# --- why ------------------------------------------------------------------------------------------


class WhyScreen(TypedDict):
    """Why a rule answers: facts, sources, and what rules the others out."""

    ticket: str
    event: str
    at: str
    facts: list[tuple[str, str, str]]
    rules: list[ExplainedRuleJson]
    others: list[dict[str, Any]]
    turns: tuple[str, str] | None


def explain_day(door: DeskDoor, visitor: Visitor, ref: str) -> WhyScreen:
    """Why the day asks of a ticket what it asks, and from when on it asks for something else."""
    office = door.open_office(visitor.name)
    explained = office.explain(ref, DAY, {}, str)
    return _show_explanation(ref, office.at, explained, office.find_turn(ref, DAY, {}, str))


def explain_event(door: DeskDoor, visitor: Visitor, number: int) -> WhyScreen:
    """Why an old decision was what it was, by the book that made it."""
    from prassi.core.analysis.replay import explain_recorded  # late: 50 ms, and few ask

    ref, at, explained = explain_recorded(door.connection, number, door.settings)
    return _show_explanation(ref, at, explained, None)


def _show_explanation(
    ref: str, at: str, explained: Explanation, turn: tuple[str, str] | None
) -> WhyScreen:
    return {
        "ticket": ref,
        "event": explained.event.title,
        "at": at,
        "facts": [
            (name, format_fact(explained, name, value), about)
            for name, value, about in explained.list_facts()
        ],
        "rules": explained.rules_as_json(),
        "others": [
            {"rule": one.rule.id, "cells": [format_miss(explained, miss) for miss in one.misses]}
            for one in explained.others
        ],
        "turns": turn,
    }
