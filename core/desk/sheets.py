"""Sheets: tickets of a book in lines, as the book lays them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from ..book.action_records import TicketClosed
from ..book.message_actions import WaitSet
from ..book.model import Book
from ..book.placeholders import Text
from ..book.sheet import Sheet
from ..decision.plan import Plan
from ..decision.ticket_state import TicketState
from ..errors import BadInput
from ..system.language import say
from ..ticketfile import read_tickets
from .night import Night, Selection
from .office import Office


def format_rows(
    office: Office, book: Book, sheet: Sheet, wanted: Mapping[str, str]
) -> Iterator[list[str]]:
    """The lines of a sheet: the tickets in its statuses that have the values in `wanted`.

    Where its columns ask what the day says of a ticket, nothing of that is carried out.
    """
    for name in wanted:
        if name not in sheet.by:
            raise BadInput(f"sheet {sheet.name} can't be narrowed by {name}.")
    if sheet.asks:
        yield from _format_asked_rows(office, book, sheet, wanted)
        return
    found = read_tickets.list_tickets(
        office.connection, book, sheet.statuses, sheet.closed, wanted, sheet.order
    )
    for state in found:
        yield [
            _fill_cell(column.value, book, _name_values(office, book, state))
            for column in sheet.columns
        ]


def _format_asked_rows(
    office: Office, book: Book, sheet: Sheet, wanted: Mapping[str, str]
) -> Iterator[list[str]]:
    night = Night(office, book, Selection(), lambda rule: True)
    for page in night.sweep():
        for decision in page:
            plan = decision.plan
            if not _is_listed(sheet, plan) or not _matches(plan, wanted):
                continue
            step = plan.next
            then = _format_wait(plan)
            if step:
                told = say("{who}: {action} by {due}{late}")
                then = told.format(who=step["who"], action=step["action"], due=step["due"], late="")
            names = {**_name_values(office, book, plan.state), **plan.facts, "next": then}
            names["customer"] = _customer_name(plan.state)
            yield [_fill_cell(column.value, book, names) for column in sheet.columns]


def _is_listed(sheet: Sheet, plan: Plan) -> bool:
    """Whether a ticket is in one of the sheet's statuses, or the day would lead it there."""
    if not sheet.statuses or plan.state.status in sheet.statuses:
        return True
    return sheet.coming and plan.after("status") in sheet.statuses


def _matches(plan: Plan, wanted: Mapping[str, str]) -> bool:
    state = plan.state
    have = {**state.fields, **state._asdict(), "customer": state.customer.ref}
    return all(str(have.get(name)) == value for name, value in wanted.items())


def _name_values(office: Office, book: Book, state: TicketState) -> dict[str, object]:
    """What every column can name of a ticket: its columns, its age in days, the book's fields."""
    fields = {name: state.fields.get(name, field.default) for name, field in book.fields.items()}
    age = (date.fromisoformat(office.today) - date.fromisoformat(state.opened[:10])).days
    return {
        **fields,
        "ref": state.ref,
        "customer": _customer_name(state),
        "status": state.status,
        "opened": state.opened,
        "priority": state.priority,
        "assignee": state.assignee,
        "result": state.result,
        "age": age,
        "today": office.today,
    }


def _customer_name(state: TicketState) -> str:
    return state.customer.name or state.customer.ref


def _fill_cell(text: Text, book: Book, names: Mapping[str, object]) -> str:
    """A column's text; a name without a value leaves nothing."""
    known = ((name, names.get(name)) for name in text.names)
    filled = {name: "" if value is None else value for name, value in known}
    return text.fill(filled, book.fields).strip()


def _format_wait(plan: Plan) -> str:
    for done in plan.actions:
        if isinstance(done, WaitSet):
            return say("wait until {day}").format(day=done.until)
        if isinstance(done, TicketClosed):
            return say("the night closes it: {result}").format(result=done.result)
    return plan.rule.id
