"""Bringing customers and tickets into the ticket file: all of them, or none and all faults.

First every source is read and each row is checked for itself (`intake`), then tickets are put
together and checked as a whole and against each other, and written: at most 1,000 tickets and 1,000
customers of one source are one event named `import`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from ..errors import BadInput
from ..library.library import Shelf
from ..ticketfile import source_notes
from ..ticketfile.event_hash import MadeRow
from ..ticketfile.import_staging import StagedItem, StagedTicket, Staging
from ..ticketfile.source_notes import EarlierSource, SourceNote
from ..ticketfile.sqlite import Connection
from ..ticketfile.write_events import EventRecord, EventWriter
from . import export_map_reader
from .check_rows import Intake, RowFaults
from .export_map import EVENTS
from .import_states import take_in
from .row_forms import Form, Forms
from .rows_and_faults import FaultList, Raw
from .sources import Source
from .tallies import ImportReport
from .whole_tickets import AddEvent, TicketAssembler, check_ticket, list_links, make_rows

if TYPE_CHECKING:
    from ..desk.office import Office
    from .logged_events import EventLog


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
    open_office: Callable[[], Office] | None = None,
) -> Imported:
    """Import all sources (`-` is stdin), in a transaction that the caller has begun with a lock.

    With a map, all sources are read by it. `report` is filled with what is counted. `open_office` makes
    what raises the rows of a log that are events, where the map has such. Raises BadInput where a
    source can't be read and Faults with every fault of its rows; the caller then rolls back.
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
    notes = note_sources(given, map_path, intake.report)
    same = source_notes.find_same(connection, [one.sum for one in notes])
    if same is not None:
        intake.faults.once_more = describe_same(same)
        intake.report.warnings.append(f"{describe_same(same)}.")
    made = _write_with_events(connection, writer, given, intake, open_office)
    intake.staging.drop()
    if writer.run_id is not None:
        source_notes.write_notes(connection, writer.run_id, notes)
    return made


def _write_with_events(
    connection: Connection,
    writer: EventWriter,
    given: Sequence[Source],
    intake: Intake,
    open_office: Callable[[], Office] | None,
) -> Imported:
    """Write what was taken in, and raise what happened to the tickets: the rows of a log that are
    events, and that messages have left."""
    log: EventLog | None = None

    def add_event(ticket: StagedTicket, form: Form, item: StagedItem) -> None:
        nonlocal log
        if log is None:
            from .logged_events import EventLog  # late: 60 ms, and few imports have events

            log = EventLog(intake)
        log.add(ticket, form, item)

    if open_office is None:
        if intake.by is not None and EVENTS in intake.by.sections:
            raise BadInput("the map has [events], and nothing here can raise them.")
        return _write_all(connection, writer, given, intake)
    made = _write_all(connection, writer, given, intake, add_event)
    if log is not None:
        log.raise_all(open_office(), writer, given)
        intake.faults.raise_if_any()
        intake.report.warnings += intake.report.tell_refused()
    return made


def note_sources(
    given: Sequence[Source], map_path: str | None, report: ImportReport
) -> list[SourceNote]:
    """What the file keeps of each source, once they are read to their ends."""
    by = os.path.basename(map_path) if map_path is not None else None
    return [
        SourceNote(by, one.short, report.dated.get(one.number), *report.sums[one.number])
        for one in given
        if one.number in report.sums
    ]


def describe_same(same: EarlierSource) -> str:
    """What is told of a file that comes once more."""
    return f"{same.note.name} has come in already, just so, with run {same.run} of {same.at}"


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
    made = _write_all(connection, writer, [Source(0, name)], intake)
    intake.staging.drop()
    return made


def _write_all(
    connection: Connection,
    writer: EventWriter,
    given: Sequence[Source],
    intake: Intake,
    add_event: AddEvent | None = None,
) -> Imported:
    """Write what was taken in, unless any fault is found in it."""
    intake.tell_strays()
    take_in(connection, writer, intake.forms, intake.states)
    counts = [_Output(writer, source, intake, add_event).write() for source in given]
    intake.faults.raise_if_any()
    intake.add_warnings(intake.credits)
    known = intake.staging.count_known_customers()
    return Imported(sum(made[0] for made in counts), sum(made[1] for made in counts), known)


class _Output:
    """Puts the tickets of a source together, and writes them while there is no fault."""

    def __init__(
        self, writer: EventWriter, source: Source, intake: Intake, add_event: AddEvent | None
    ) -> None:
        self._writer, self._source = writer, source
        self._intake, self._staging = intake, intake.staging
        self._assembler = TicketAssembler(intake, add_event)

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
            lists = self._assembler.read_lists(ticket, form, hanging.get(ticket.number, ()))
            if self._assembler.apply_credits(ticket, form, lists):
                continue
            fault = self._assembler.fault(ticket)
            self._assembler.check_customer(ticket, fault)
            check_ticket(ticket, form, lists, fault, self._assembler.fault)
            self._assembler.check_messages(ticket, form, lists)
            dropped = self._assembler.drop_tasks_of_closed(ticket, form, lists)
            self._intake.report.count("closed-task", dropped)
            links += [(target, fault, field) for field, target in list_links(ticket, form, lists)]
            if not self._intake.faults.count:
                self._intake.report.items.update({kind: len(one) for kind, one in lists.items()})
                yield from make_rows(ticket, form, lists)
        self._check_links(links)

    def _check_links(self, links: Sequence[tuple[str, RowFaults, str]]) -> None:
        missing = self._staging.find_missing([target for target, _, _ in links]) if links else ()
        for target, fault, field in links:
            if target in missing and not self._intake.broken:
                fault(field, f"is {target!r}: there is no such ticket here or in the ticket file")
