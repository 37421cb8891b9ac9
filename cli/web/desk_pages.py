"""The pages about one ticket or customer, and My day."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request
from prassi.core.decision.plan import ANY_AGENT

from ..printing.task_calendar import format_calendar
from . import customer_screen, day_screen, ticket_screen
from .day_screen import DayScreen, DutyRefs
from .guard import Refusal
from .web_desk import WebDesk
from .workers import DeskFault, Visitor

_SHOWN = 50
"""Duties of a person on a page."""


def add_pages(app: Flask, desk: WebDesk) -> None:
    """Add them."""

    @app.get("/")
    def show_day() -> Response:
        return _show_day(desk)

    @app.get("/t/<path:ref>")
    def show_ticket(ref: str) -> Response:
        return show_ticket_page(desk, ref)

    @app.get("/why/<int:number>")
    def explain_event(number: int) -> Response:
        why = desk.read(ticket_screen.explain_event, number)
        return desk.show("why.html", why=why, number=number)

    @app.get("/why/t/<path:ref>")
    def explain_day(ref: str) -> Response:
        return desk.show("why.html", why=desk.read(ticket_screen.explain_day, ref), number=None)

    @app.get("/c/<path:ref>")
    def show_customer(ref: str) -> Response:
        return desk.show("customer.html", shown=_find(desk, customer_screen.read_customer, ref))

    @app.get("/cal/<token>.ics")
    def show_calendar(token: str) -> Response:
        return _show_calendar(desk, token)


def _find(desk: WebDesk, screen: Any, ref: str) -> Any:
    """What a screen has of something that the address names; 404 where there is nothing of that name."""
    try:
        return desk.read(screen, ref)
    except DeskFault as fault:
        if fault.kind == "BadInput":
            raise Refusal(404, fault.text) from None
        raise


def show_ticket_page(desk: WebDesk, ref: str, status: int = 200, **more: object) -> Response:
    """The page of a ticket; with `opened` and `sent` one of its forms as it was sent."""
    shown = _find(desk, ticket_screen.read_ticket, ref)
    given = {name: request.args.getlist(name) for name in request.args if name != "event"}
    values = {
        "opened": request.args.get("event"),
        "sent": given,
        "back": request.values.get("back"),
        "plan": None,
        "told": None,
        "asked": None,
    }
    return desk.show("ticket.html", status, shown=shown, **{**values, **more})


def _show_day(desk: WebDesk) -> Response:
    who = request.args.get("who") or desk.visitor.name
    duties, shown = _read_day(desk, who)
    everybody = {} if duties is None else duties.counts
    return desk.show(
        "day.html",
        who=who,
        shown=shown,
        duties=duties,
        people=sorted(name for name, count in everybody.items() if count),
        counts=everybody,
        calendar=f"{desk.address}/cal/{desk.keys.make_calendar_token(desk.signed.key)}.ics",
    )


def _read_day(desk: WebDesk, who: str) -> tuple[DutyRefs | None, DayScreen | None]:
    """The list of who has to do what, and somebody's day; read once more where the day is a new one."""
    for _ in range(2):
        duties, touched = desk.watch.read()
        if duties is None:
            break
        refs, others = (
            [*dict.fromkeys((*touched, *duties.refs.get(one, ())[:_SHOWN]))]
            for one in (who, ANY_AGENT)
        )
        shown: DayScreen = desk.read(day_screen.read_day, who, refs, others)
        if desk.watch.compare(shown.at[:10], shown.last_event):
            return duties, shown
    return None, None


def _show_calendar(desk: WebDesk, token: str) -> Response:
    """The tasks of a person as their calendar wants them; who has the address has them."""
    key = desk.keys.find_by_calendar_token(token)
    if key is None:
        raise Refusal(404, "There is no such calendar: copy its address from My day.")
    duties, touched = desk.watch.read()
    if duties is None:
        raise Refusal(503, "The calendar is not ready: try again in a moment.")
    visitor = Visitor(key.name, "read", key.language)
    refs = [*dict.fromkeys((*touched, *duties.refs.get(key.name, ())))]
    found = desk.workers.read(day_screen.read_tasks, visitor, key.name, refs)
    desk.watch.compare(found.at[:10], found.last_event)
    rows = [{**row, "holder": key.name} for row in found.rows]
    made = format_calendar(found.at, found.time_zone, iter(rows))
    return Response(made, mimetype="text/calendar")
