"""Tickets put together from the rows of an import or a sync, and checked as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..book.list_templates import list_templates
from ..book.model import Items, Status
from ..system.fast_json import encode
from ..tables.cells import format_value
from ..ticketfile.event_hash import MadeRow
from ..ticketfile.import_staging import SourcePlace, StagedItem, StagedTicket
from ..values.field_types import Stored
from .check_rows import Intake, RowFaults, name_row
from .credits import apply_credits as lower_items
from .export_map import AT, EVENT, EVENTS, NOTES, ORDER
from .given_messages import (
    MESSAGES,
    complete_messages,
    find_faults,
    list_outcomes,
    make_message_row,
)
from .row_forms import Form, read_item
from .rows_and_faults import TICKETS, Raw

Lists = dict[str, list[tuple[SourcePlace, dict[str, Stored]]]]
"""What a ticket has several of, each with the place it was read from."""

FaultAt = Callable[[StagedTicket, SourcePlace], RowFaults]
"""Tells a fault of a ticket at another place than its own row."""

AddEvent = Callable[[StagedTicket, Form, StagedItem], None]
"""Takes a row of a ticket that is an event."""


class TicketAssembler:
    """Puts the tickets of an intake together; what is wrong comes into its list of faults."""

    def __init__(self, intake: Intake, add_event: AddEvent | None = None) -> None:
        """`add_event` takes the rows that are events."""
        self._intake, self._add_event = intake, add_event

    def fault(self, ticket: StagedTicket, place: SourcePlace | None = None) -> RowFaults:
        what = name_row("ticket", ticket.single)
        return RowFaults(self._intake, place or ticket.place, what, TICKETS, ticket.faulty)

    def read_lists(self, ticket: StagedTicket, form: Form, hanging: Sequence[StagedItem]) -> Lists:
        """What the ticket's own row lists, and then the rows that hang on it."""
        lists = {
            kind: [(ticket.place, item) for item in ticket.lists.get(kind, ())]
            for kind in form.lists
        }
        for item in sorted(hanging, key=_read_order):
            if item.kind == EVENTS and self._add_event is not None:
                self._add_event(ticket, form, item)
            else:
                self._add_item(ticket, form, item, lists)
        for kind, items in form.lists.items():
            taken = {n: f.of_ticket for n, f in items.fields.items() if f.of_ticket is not None}
            for _, item_values in lists[kind] if taken else ():
                for name, of_ticket in taken.items():
                    if item_values.get(name) is None:
                        item_values[name] = ticket.single.get(of_ticket)
        if self._intake.by is not None and self._intake.by.order is not None:
            lists[NOTES].sort(key=lambda note: str(note[1].get("at")))
        return lists

    def _add_item(self, ticket: StagedTicket, form: Form, item: StagedItem, lists: Lists) -> None:
        """Add a row that hangs on the ticket to its lists."""
        what = f"one of {item.kind}"
        fault = RowFaults(self._intake, item.place, what, item.kind, faulty=False)
        if item.kind not in lists:
            fault("", f"a ticket of book {ticket.book} has no {item.kind}")
            return
        said = {name: value for name, value in item.values.items() if name != ORDER}
        values = read_item(form.lists[item.kind], said, None, fault, item.told)
        if self._is_repeated(item.kind) and any(values == one for _, one in lists[item.kind]):
            self._intake.report.count("equal")
        else:
            lists[item.kind].append((item.place, values))

    def _is_repeated(self, kind: str) -> bool:
        """Whether rows of a map may say the same of one ticket again: its task, or what is constant."""
        section = self._intake.by.sections.get(kind) if self._intake.by else None
        if section is None or kind not in ("tasks", "notes"):
            return False
        constant = not any(recipe.own_columns for recipe in section.recipes.values())
        return kind == "tasks" or constant

    def apply_credits(self, ticket: StagedTicket, form: Form, lists: Lists) -> bool:
        """Lower the items of a ticket by its credits; whether nothing of them is left, nor the ticket."""
        is_settled = False
        for kind, items in form.lists.items():
            found = self._intake.credits.pop((str(ticket.single.get("ref")), kind), None)
            section = self._intake.by.sections.get(kind) if self._intake.by else None
            if not found or section is None or section.amount is None:
                continue
            credits = [self.read_credit(items, place, raw) for place, raw in found]
            credited = lower_items(items, section.amount, lists[kind], credits)
            report = self._intake.report
            report.count("settled", credited.settled)
            report.items["credits"] += len(credits)
            if credited.unused:
                ref = str(ticket.single.get("ref"))
                report.unused_credits[ref] = ", ".join(credited.unused)
            is_settled |= section.is_row and bool(lists[kind]) and not credited.items
            lists[kind] = credited.items
        return is_settled

    def check_messages(self, ticket: StagedTicket, form: Form, lists: Lists) -> None:
        """Fill in what the messages of a ticket leave out, and tell what is wrong with them; that one
        has left is an event, where the book answers it."""
        messages = lists[MESSAGES]
        if not messages or ticket.faulty:
            return
        status = form.book.statuses.get(str(ticket.single.get("status")))
        is_closed = status is not None and status.closed
        templates = list_templates(form.book, form.book.event_names)
        staging = self._intake.staging
        complete_messages(
            form.book,
            [one for _, one in messages],
            lambda: staging.find_addresses(str(ticket.customer)),
        )
        for number, (place, one) in enumerate(messages, 1):
            for field, reason in find_faults(one, templates, is_closed):
                self.fault(ticket, place)(f"{MESSAGES} {number}: {field}", reason)
            for event, given in () if is_closed else list_outcomes(form.book, one):
                values = {EVENT: event, AT: one["left_on"], **given}
                if self._add_event is not None:
                    row = StagedItem(ticket.number, place, EVENTS, values, [])
                    self._add_event(ticket, form, row)

    def drop_tasks_of_closed(self, ticket: StagedTicket, form: Form, lists: Lists) -> int:
        """Another program keeps the term of a closed ticket; here nothing is to be done any more.
        Returns how many tasks that are."""
        status = form.book.statuses.get(str(ticket.single.get("status")))
        if not self._intake.is_mapped or status is None or not status.closed:
            return 0
        dropped, lists["tasks"] = len(lists["tasks"]), []
        return dropped

    def read_credit(self, items: Items, place: SourcePlace, raw: Raw) -> dict[str, Stored]:
        values = {name: value for name, value in raw.values.items() if name != "ticket"}
        fault = RowFaults(self._intake, place, f"one of {items.name}", raw.kind, bool(raw.told))
        return read_item(items, values, None, fault, raw.told)

    def check_customer(self, ticket: StagedTicket, fault: RowFaults) -> None:
        ref = ticket.customer
        if ref is not None and ticket.customer_id is None and not self._intake.broken:
            fault("customer", f"is {ref!r}: there is no such customer here or in the ticket file")


def _read_order(item: StagedItem) -> list[Any]:
    """Where a row stands among those of its ticket; rows without an order stay as they came."""
    return [*item.values.get(ORDER, ())]


def check_ticket(
    ticket: StagedTicket, form: Form, lists: Lists, fault: RowFaults, fault_at: FaultAt
) -> None:
    """What only the whole ticket shows."""
    check_keys(ticket, form, lists, fault_at)
    if ticket.faulty:
        return
    if not _has_status(ticket, form, fault):
        return
    status = form.book.statuses[ticket.single["status"]]
    for name in status.needs:
        if ticket.single.get(name) is None:
            fault(name, f"is missing, and status {status.name} needs it")
    result = ticket.single["result"]
    if status.results and result not in status.results:
        fault(
            "result", f"is {result!r}: a ticket is closed with one of {', '.join(status.results)}"
        )
    _check_awaited(status, form, lists, fault)
    for kind, wanted in status.needs_items.items():
        if not any(_fits(item, wanted) for _, item in lists[kind]):
            fault("", f"status {status.name} needs one of {kind} with {_describe_item(wanted)}")


def _check_awaited(status: Status, form: Form, lists: Lists, fault: RowFaults) -> None:
    """What is awaited in a status stands on open tickets in that status only."""
    for kind, items in form.lists.items():
        elsewhere = items.awaited_in not in (None, status.name) and not status.closed
        if elsewhere and any(_fits(item, items.awaited) for _, item in lists[kind]):
            told = f"one of {kind} has {_describe_item(items.awaited)}: the status must be"
            fault("", f"{told} {items.awaited_in}, not {status.name}")


def _has_status(ticket: StagedTicket, form: Form, fault: RowFaults) -> bool:
    """Whether the ticket stands in a state there is; without one it begins in the first."""
    known = tuple(form.book.statuses)
    first = next((s.name for s in form.book.statuses.values() if not s.closed), known[0])
    status = ticket.single["status"] = ticket.single["status"] or first
    if status not in known:
        fault("status", f"is {status!r}: it must be one of {', '.join(known)}")
    return status in known


def _describe_item(wanted: Mapping[str, object]) -> str:
    values = {n: value if isinstance(value, list) else [value] for n, value in wanted.items()}
    return " and ".join(f"{n} {' or '.join(map(format_value, v))}" for n, v in values.items())


def _fits(item: Mapping[str, object], wanted: Mapping[str, object]) -> bool:
    return all(
        item.get(name) in value if isinstance(value, list) else item.get(name) == value
        for name, value in wanted.items()
    )


def check_keys(ticket: StagedTicket, form: Form, lists: Lists, fault_at: FaultAt) -> None:
    """No two items of a kind have the same key."""
    for kind, items in form.lists.items():
        if items.key is None:
            continue
        seen = set()
        for place, item in lists[kind]:
            key = item.get(items.key)
            if key in seen:
                fault_at(ticket, place)("", f"there are two of {kind} with {items.key} {key!r}")
            seen.add(key)


def list_links(ticket: StagedTicket, form: Form, lists: Lists) -> Iterator[tuple[str, str]]:
    """The tickets this one points to: the field that does, and the ref."""
    for field in form.links:
        for target in _several(ticket.single.get(field)):
            yield field, target
    for kind, fields in form.list_links.items():
        for _, item in lists[kind]:
            for field in fields:
                for target in _several(item.get(field)):
                    yield field, target


def _several(value: object) -> Sequence[str]:
    return value if isinstance(value, list) else [] if value is None else [str(value)]


def make_rows(ticket: StagedTicket, form: Form, lists: Lists) -> Iterator[MadeRow]:
    """The rows of a ticket as the ticket file has them."""
    single, number = ticket.single, ticket.number
    fields = {name: single[name] for name in form.fields if single[name] is not None}
    is_open = int(not form.book.statuses[single["status"]].closed)
    yield (
        "ticket",
        (
            number,
            single["ref"],
            single["book"],
            ticket.customer_id,
            single["status"],
            is_open,
            single["opened"],
            single["priority"],
            single["assignee"],
            single["result"],
            encode(fields),
        ),
    )
    for tag in single["tags"]:
        yield "tag", (number, tag)
    for field in form.links:
        for target in _several(single.get(field)):
            yield "link", (number, field, target)
    for kind, items in lists.items():
        for _, item in items:
            yield _row(number, kind, item)


def _row(number: int, kind: str, item: Mapping[str, Stored]) -> MadeRow:
    if kind == "tasks":
        return "task", (number, item["kind"], item["due"])
    if kind == "notes":
        return "note", (number, item["at"], item["text"], None)
    if kind == MESSAGES:
        return make_message_row(number, item)
    return "item", (number, kind, {name: v for name, v in item.items() if v is not None})
