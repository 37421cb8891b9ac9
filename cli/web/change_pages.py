"""What forms are sent to: every one of them is a POST, and was let through by the guard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, redirect, request

from . import customer_screen, ticket_screen, work_screens
from .desk_pages import show_ticket_page
from .guard import Refusal, read_way_back
from .web_desk import WebDesk
from .workers import DeskFault

_OURS = ("token", "form", "step", "back", "agreed")
"""Fields of a form that are not inputs of an event."""

_REFUSED = 409

MESSAGE_CHANGES = {"retry": "waiting", "hold": "held", "cancel": "withdrawn", "sent": "sent"}
"""What can be done with a message in the outbox, and its state then."""


def add_pages(app: Flask, desk: WebDesk) -> None:
    """Add them."""

    @app.post("/t/<path:ref>/e/<event>")
    def handle_event(ref: str, event: str) -> Any:
        sent = {name: request.form.getlist(name) for name in request.form if name not in _OURS}
        if request.form.get("step") == "record":
            return _record(desk, ref, event, sent)
        return _preview(desk, ref, event, sent)

    @app.post("/undo/<int:number>")
    def take_back(number: int) -> Any:
        return _take_back(desk, number)

    @app.post("/outbox/<int:number>/<change>")
    def change_message(number: int, change: str) -> Any:
        if change not in MESSAGE_CHANGES:
            raise Refusal(404, "There is no such change of a message.")
        if change in ("cancel", "sent") and not desk.signed.key.may("lead"):
            raise Refusal(403, "Only a lead withdraws messages, or says that they were sent.")
        again = request.form.get("agreed") == "yes"
        done = desk.write(work_screens.change_message, number, MESSAGE_CHANGES[change], again)
        desk.session.notices.append({"kind": "message", "change": done})
        return _go_back("/outbox")

    @app.post("/c/<path:ref>")
    def change_customer(ref: str) -> Any:
        given = {name: request.form.get(name, "").strip() for name in customer_screen.FIELDS}
        changed = desk.write(customer_screen.change_customer, ref, given)
        desk.session.notices.append({"kind": "customer", "changed": changed})
        return redirect(f"/c/{quote(ref)}", 303)


def _go_back(other: str) -> Any:
    """To the page that the form stood on, as it says itself."""
    return redirect(read_way_back(request.form.get("back") or other), 303)


def _preview(desk: WebDesk, ref: str, event: str, sent: Mapping[str, list[str]]) -> Response:
    """The ticket, with what an event would lead to; a fault stands at the form."""
    try:
        plan = desk.read(ticket_screen.plan_event, ref, event, sent)
    except DeskFault as fault:
        return _show_fault(desk, ref, event, sent, fault)
    status = 200 if plan["refusal"] is None else _REFUSED
    return show_ticket_page(desk, ref, status, opened=event, sent=sent, plan=plan)


def _record(desk: WebDesk, ref: str, event: str, sent: Mapping[str, list[str]]) -> Any:
    """Record an event once, however often its form is sent, and show the ticket."""
    if not desk.session.take_form(request.form.get("form", "")):
        desk.session.notices.append({"kind": "twice"})
        return redirect(f"/t/{quote(ref)}", 303)
    try:
        done = desk.write(ticket_screen.record_event, ref, event, sent)
        missing = None
        if done["refusal"] is not None:
            missing = desk.read(ticket_screen.find_missing, ref, event, sent)
    except DeskFault as fault:
        return _show_fault(desk, ref, event, sent, fault)
    if done["refusal"] is not None:
        return show_ticket_page(
            desk, ref, _REFUSED, opened=event, sent=sent, plan=done, asked=missing
        )
    desk.watch.touch(ref)
    desk.session.notices.append({"kind": "recorded", "done": done})
    back = request.form.get("back")
    return redirect(read_way_back(back) if back else f"/t/{quote(ref)}", 303)


def _show_fault(
    desk: WebDesk, ref: str, event: str, sent: Mapping[str, list[str]], fault: DeskFault
) -> Response:
    """The ticket, with its form as it was sent and what is wrong with it."""
    if fault.code not in (2, 3) or not fault.text:
        raise fault
    status = 400 if fault.code == 2 else _REFUSED
    return show_ticket_page(desk, ref, status, opened=event, sent=sent, told=fault.text)


def _take_back(desk: WebDesk, number: int) -> Any:
    """Take a step back; where that has to be agreed to, ask first."""
    agreed = request.form.get("agreed") == "yes"
    done = desk.write(ticket_screen.take_back, number, agreed)
    back = read_way_back(request.form.get("back") or f"/t/{quote(done['ticket'] or '')}")
    if done["asks"] is not None:
        return desk.show("agree.html", 409, done=done, back=back)
    if done["ticket"]:
        desk.watch.touch(done["ticket"])
    desk.session.notices.append({"kind": "undone", "done": done})
    return redirect(back, 303)
