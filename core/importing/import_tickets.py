"""Bringing customers and tickets into the ticket file: all of them, or none and all faults.

First every source is read and each row is checked for itself (`intake`), then tickets are put
together and checked as a whole and against each other, and written: at most 1,000 tickets and 1,000
customers of one source are one event named `import`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from ..book.model import Items, Status
from ..errors import BadInput
from ..library.library import Shelf
from ..system.fast_json import encode
from ..tables.cells import format_value
from ..ticketfile.event_hash import MadeRow
from ..ticketfile.import_staging import SourcePlace, StagedItem, StagedTicket, Staging
from ..ticketfile.sqlite import Connection
from ..ticketfile.write_events import EventRecord, EventWriter
from ..values.field_types import Stored
from . import export_map_reader
from .check_rows import Intake, RowFaults, name_row
from .credits import apply_credits
from .import_states import take_in
from .row_forms import Form, Forms, read_item
from .rows_and_faults import TICKETS, FaultList, Raw
from .sources import Source
from .tallies import ImportReport

Lists = dict[str, list[tuple[SourcePlace, dict[str, Stored]]]]
"""What a ticket has several of, each with the place it was read from."""

FaultAt = Callable[[StagedTicket, SourcePlace], RowFaults]
"""Tells a fault of a ticket at another place than its own row."""


class Imported(NamedTuple):
    """What came in; `known` customers were in the ticket file already, just so."""

    tickets: int
    customers: int
    known: int


def import_sources(
    connection: Connection,
    shelf: Shelf,
    writer: EventWriter,
    paths: Sequence[str],
    map_path: str | None = None,
    *,
    today: str,
    report: ImportReport | None = None,
) -> Imported:
    """Import all sources (`-` is stdin), in a transaction that the caller has begun with a lock.

    With a map, all sources are read by it. `report` is filled with what is counted.
    Raises BadInput where a source can't be read and Faults
    with every fault of its rows; the caller then rolls back.
    """
    if list(paths).count("-") > 1:
        raise BadInput("- is stdin, which can be read once: name it once.")
    forms = Forms(shelf, today)
    by = export_map_reader.load(map_path, forms) if map_path is not None else None
    given = [Source(number, path) for number, path in enumerate(paths)]
    faults = FaultList([source.name for source in given], by_kind=by is not None)
    intake = Intake(forms, Staging(connection), faults, by, report)
    for source in given:
        intake.take_all(source)
    intake.finish()
    return _write_all(connection, writer, given, intake)


def import_rows(
    connection: Connection,
    shelf: Shelf,
    writer: EventWriter,
    name: str,
    rows: Iterable[Raw],
    *,
    today: str,
) -> Imported:
    """Import rows that are at hand, which faults call `name`; all else is as with sources."""
    faults = FaultList([name])
    intake = Intake(Forms(shelf, today), Staging(connection), faults)
    intake.take(0, rows, lambda line, sentence: faults.add(0, line, sentence))
    return _write_all(connection, writer, [Source(0, name)], intake)


def _write_all(
    connection: Connection, writer: EventWriter, given: Sequence[Source], intake: Intake
) -> Imported:
    """Write what was taken in, unless any fault is found in it."""
    intake.tell_strays()
    take_in(connection, writer, intake.forms, intake.states)
    counts = [_Output(writer, source, intake).write() for source in given]
    intake.faults.raise_if_any()
    intake.report.warnings += [*intake.report.tell_names(), *_tell_unused(intake)]
    if intake.by is not None:
        intake.report.warnings += intake.by.lookup_warnings()
    known = intake.staging.count_known_customers()
    intake.staging.drop()
    return Imported(sum(made[0] for made in counts), sum(made[1] for made in counts), known)


def _tell_unused(intake: Intake) -> Iterator[str]:
    """A sentence about credits for which there is nothing open."""
    unused = dict(intake.report.unused_credits)
    for (ref, kind), rows in intake.credits.items():
        amount = intake.by.sections[kind].amount if intake.by else None
        unused[ref] = ", ".join(str(raw.values.get(amount or "")) for _, raw in rows)
    if unused:
        ref, rest = next(iter(unused.items()))
        count = "1 ticket" if len(unused) == 1 else f"{len(unused)} tickets"
        yield f"Credits of {count} are more than is open there ({ref}: {rest}): the rest is left out."


class _Output:
    """Puts the tickets of a source together, and writes them while there is no fault."""

    def __init__(self, writer: EventWriter, source: Source, intake: Intake) -> None:
        self._writer, self._source = writer, source
        self._intake, self._staging = intake, intake.staging

    def write(self) -> tuple[int, int]:
        """Check all tickets of the source and write its rows; returns how many of each kind."""
        number, tickets, customers = self._source.number, 0, 0
        both = zip_longest(
            self._staging.read_tickets(number), self._staging.read_customers(number), fillvalue=()
        )
        for some_tickets, some_customers in both:
            made = [*(("customer", row) for row in some_customers), *self._make_rows(some_tickets)]
            written = sum(table == "ticket" for table, _ in made)
            tickets, customers = tickets + written, customers + len(some_customers)
            if made and not self._intake.faults.count:
                self._write(made, written, len(some_customers))
        return tickets, customers

    def _write(self, made: Sequence[MadeRow], tickets: int, customers: int) -> None:
        facts = {"source": self._source.short, "tickets": tickets, "customers": customers}
        record = EventRecord(event="import", facts=facts, made=made)
        self._writer.write_records([record])

    def _make_rows(self, chunk: Sequence[StagedTicket]) -> Iterator[MadeRow]:
        """The rows of these tickets, once each is checked as a whole."""
        if not chunk:
            return
        hanging = self._staging.read_items(chunk[0].number, chunk[-1].number)
        links: list[tuple[str, RowFaults, str]] = []
        for ticket in chunk:
            form = self._intake.forms.get(ticket.book)
            if form is None:
                continue
            lists = self._lists(ticket, form, hanging.get(ticket.number, ()))
            if self._credit(ticket, form, lists):
                continue
            fault = self._fault(ticket)
            self._check_customer(ticket, fault)
            _check(ticket, form, lists, fault, self._fault)
            self._drop_tasks_of_closed(ticket, form, lists)
            links += [(target, fault, field) for field, target in _links(ticket, form, lists)]
            if not self._intake.faults.count:
                self._intake.report.items.update({kind: len(one) for kind, one in lists.items()})
                yield from _rows(ticket, form, lists)
        self._check_links(links)

    def _fault(self, ticket: StagedTicket, place: SourcePlace | None = None) -> RowFaults:
        what = name_row("ticket", ticket.single)
        return RowFaults(self._intake, place or ticket.place, what, TICKETS, ticket.faulty)

    def _lists(self, ticket: StagedTicket, form: Form, hanging: Sequence[StagedItem]) -> Lists:
        """What the ticket's own row lists, and then the rows that hang on it."""
        lists = {
            kind: [(ticket.place, item) for item in ticket.lists.get(kind, ())]
            for kind in form.lists
        }
        for item in hanging:
            what = f"one of {item.kind}"
            fault = RowFaults(self._intake, item.place, what, item.kind, faulty=False)
            if item.kind not in lists:
                fault("", f"a ticket of book {ticket.book} has no {item.kind}")
                continue
            values = read_item(form.lists[item.kind], item.values, None, fault, item.told)
            if self._is_repeated(item.kind) and any(values == one for _, one in lists[item.kind]):
                self._intake.report.count("equal")
            else:
                lists[item.kind].append((item.place, values))
        for kind, items in form.lists.items():
            taken = {n: f.of_ticket for n, f in items.fields.items() if f.of_ticket is not None}
            for _, item_values in lists[kind] if taken else ():
                for name, of_ticket in taken.items():
                    if item_values.get(name) is None:
                        item_values[name] = ticket.single.get(of_ticket)
        if self._intake.by is not None and self._intake.by.order is not None:
            lists["notes"].sort(key=lambda note: str(note[1].get("at")))
        return lists

    def _is_repeated(self, kind: str) -> bool:
        """Whether rows of a map may say the same of one ticket again: its task, or what is constant."""
        section = self._intake.by.sections.get(kind) if self._intake.by else None
        if section is None or kind not in ("tasks", "notes"):
            return False
        constant = not any(recipe.own_columns for recipe in section.recipes.values())
        return kind == "tasks" or constant

    def _credit(self, ticket: StagedTicket, form: Form, lists: Lists) -> bool:
        """Lower the items of a ticket by its credits; whether nothing of them is left, nor the ticket."""
        is_settled = False
        for kind, items in form.lists.items():
            found = self._intake.credits.pop((str(ticket.single.get("ref")), kind), None)
            section = self._intake.by.sections.get(kind) if self._intake.by else None
            if not found or section is None or section.amount is None:
                continue
            credits = [self._read_credit(items, place, raw) for place, raw in found]
            credited = apply_credits(items, section.amount, lists[kind], credits)
            report = self._intake.report
            report.count("settled", credited.settled)
            report.items["credits"] += len(credits)
            if credited.unused:
                ref = str(ticket.single.get("ref"))
                report.unused_credits[ref] = ", ".join(credited.unused)
            is_settled |= section.is_row and bool(lists[kind]) and not credited.items
            lists[kind] = credited.items
        return is_settled

    def _drop_tasks_of_closed(self, ticket: StagedTicket, form: Form, lists: Lists) -> None:
        """Another program keeps the term of a closed ticket; here nothing is to be done any more."""
        status = form.book.statuses.get(str(ticket.single.get("status")))
        if self._intake.is_mapped and status is not None and status.closed and lists["tasks"]:
            self._intake.report.count("closed-task", len(lists["tasks"]))
            lists["tasks"] = []

    def _read_credit(self, items: Items, place: SourcePlace, raw: Raw) -> dict[str, Stored]:
        values = {name: value for name, value in raw.values.items() if name != "ticket"}
        fault = RowFaults(self._intake, place, f"one of {items.name}", raw.kind, bool(raw.told))
        return read_item(items, values, None, fault, raw.told)

    def _check_customer(self, ticket: StagedTicket, fault: RowFaults) -> None:
        ref = ticket.customer
        if ref is not None and ticket.customer_id is None and not self._intake.broken:
            fault("customer", f"is {ref!r}: there is no such customer here or in the ticket file")

    def _check_links(self, links: Sequence[tuple[str, RowFaults, str]]) -> None:
        missing = self._staging.find_missing([target for target, _, _ in links]) if links else ()
        for target, fault, field in links:
            if target in missing and not self._intake.broken:
                fault(field, f"is {target!r}: there is no such ticket here or in the ticket file")


# --- one ticket ----------------------------------------------------------------------------------


def _check(
    ticket: StagedTicket, form: Form, lists: Lists, fault: RowFaults, fault_at: FaultAt
) -> None:
    """What only the whole ticket shows."""
    _check_keys(ticket, form, lists, fault_at)
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


def _check_keys(ticket: StagedTicket, form: Form, lists: Lists, fault_at: FaultAt) -> None:
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


def _links(ticket: StagedTicket, form: Form, lists: Lists) -> Iterator[tuple[str, str]]:
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


def _rows(ticket: StagedTicket, form: Form, lists: Lists) -> Iterator[MadeRow]:
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


def _row(number: int, kind: str, item: Mapping[str, object]) -> MadeRow:
    if kind == "tasks":
        return "task", (number, item["kind"], item["due"])
    if kind == "notes":
        return "note", (number, item["at"], item["text"], None)
    return "item", (number, kind, {name: v for name, v in item.items() if v is not None})
