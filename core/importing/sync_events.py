"""Raising the differences of a ledger as events that the book decides, one ticket at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..book.model import Book
from ..book.placeholders import Text
from ..book.sync_answers import AGAIN, BY, GONE, NEW, WAS, Given, SyncEvent
from ..decision.plan import Plan
from ..decision.ticket_state import TicketState
from ..desk.office import Office
from ..errors import BadInput, Refused
from ..ticketfile.packed_plans import pack_plans
from ..ticketfile.write_events import EventWriter
from ..values.field_types import Field
from .ledger import CURRENCY, Difference, ItemKind, Values


class Raised(NamedTuple):
    """What became of a difference: its event with rule and number, or why it was left."""

    event: str | None = None
    rule: str | None = None
    event_id: int | None = None
    left: str | None = None


class EventRaiser:
    """Raises events through the desk; the caller holds the lock."""

    def __init__(self, office: Office, writer: EventWriter) -> None:
        self._office, self._writer = office, writer

    def today(self, book: Book) -> str:
        """The day, by the clock of the place that a book works in."""
        return self._office.shelf.calendar(book.calendar).local(self._office.at)[:10]

    def raise_item(
        self, book: Book, kind: ItemKind, difference: Difference, ticket: TicketState
    ) -> Raised:
        """Raise the difference of an item on a ticket."""
        answer = book.sync.items.get(kind.items.name, {}).get(difference.difference)
        if answer is None:
            return Raised(
                left=f"book {book.name} has no event for that ({_describe(kind, difference)})"
            )
        values, fields = _list_values(kind, difference)
        values["today"] = self.today(book)
        given = fill_given(answer.given, values, fields)
        wanted = difference.now if difference.difference in (NEW, AGAIN) else {}
        return self._raise(ticket.ref, answer, given, kind, wanted)

    def raise_close(self, book: Book, ticket: TicketState) -> Raised:
        """Close a ticket that the ledger has no more."""
        answer = book.sync.close
        if answer is None:
            return Raised(left=f"book {book.name} has no event that closes what is gone")
        values = {"today": self.today(book), "ref": ticket.ref}
        return self._raise(ticket.ref, answer, fill_given(answer.given, values, {}), None, {})

    def _raise(
        self,
        ref: str,
        answer: SyncEvent,
        given: Mapping[str, object],
        kind: ItemKind | None,
        wanted: Values,
    ) -> Raised:
        try:
            plan = self._office.plan(ref, answer.event, given, lambda name: name)
        except (BadInput, Refused) as error:
            return Raised(answer.event, left=str(error))
        if plan.refusal is not None:
            return Raised(answer.event, plan.rule.id, left=plan.refusal)
        if kind is not None and (told := _find_untrue(plan, kind, wanted)):
            return Raised(answer.event, plan.rule.id, left=told)
        page = pack_plans([plan], self._office.book_to_keep(plan.context.book))
        (number,) = self._writer.write_page(page)
        return Raised(answer.event, plan.rule.id, number)


def fill_given(
    given: Mapping[str, Given], values: Mapping[str, object], fields: Mapping[str, Field]
) -> dict[str, object]:
    """What an event is given, with values in place of names; what names only an unknown is left out."""
    filled = {name: _fill(one, values, fields) for name, one in given.items()}
    return {name: one for name, one in filled.items() if one is not None}


def _fill(given: Given, values: Mapping[str, object], fields: Mapping[str, Field]) -> object:
    if isinstance(given, Text):
        return _fill_text(given, values, fields)
    if isinstance(given, tuple):
        texts = (_fill_text(text, values, fields) for text in given if isinstance(text, Text))
        return [one for one in texts if one is not None]
    return given


def _fill_text(text: Text, values: Mapping[str, object], fields: Mapping[str, Field]) -> str | None:
    unknown = text.only is not None and values.get(text.only) is None
    return None if unknown else text.fill(values, fields)


def _list_values(
    kind: ItemKind, difference: Difference
) -> tuple[dict[str, object], dict[str, Field]]:
    """What the texts of a difference can name, and how each is shown."""
    known, was, now = kind.items.fields, difference.was, difference.now
    if difference.difference == GONE:
        now = was
    values: dict[str, object] = {name: now.get(name) for name in known}
    fields = dict(known)
    for name, field in known.items():
        values[WAS + name], fields[WAS + name] = was.get(name), field
        before, after = was.get(name), now.get(name)
        if field.type == "money" and isinstance(before, int) and isinstance(after, int):
            values[BY + name], fields[BY + name] = before - after, field
    return values, fields


def _find_untrue(plan: Plan, kind: ItemKind, wanted: Values) -> str | None:
    """What the event would write of a new item that the ledger has otherwise."""
    checked = [name for name in (kind.amount, CURRENCY) if name in kind.items.fields]
    for table, row in plan.made:
        if table != "item" or row[1] != kind.items.name or not isinstance(row[2], dict):
            continue
        made = row[2]
        for name in checked:
            ours = wanted.get(name or "")
            if made.get(kind.key) == wanted.get(kind.key) and ours not in (None, made.get(name)):
                shown = kind.items.fields[name or ""].show(ours)
                return f"event {plan.event.name} can't say that its {name} is {shown}"
    return None


def _describe(kind: ItemKind, difference: Difference) -> str:
    """A difference in figures."""
    was, now, fields = difference.was, difference.now, kind.items.fields
    told = [
        f"{name} is {fields[name].show(was[name]) or 'not known'} here,"
        f" {fields[name].show(now[name])} in the ledger"
        for name in was
        if name in fields and now.get(name) not in (None, was[name])
    ]
    return ", ".join(told) or difference.difference
