"""Comparing the whole export of another program with the ticket file, and raising what differs.

First all sources are read into temporary tables, and compared page by page without a lock. Then each
ticket that differs is compared once more under the lock, and its differences are raised as events, a
few tickets at a time, so that others can write in between; all are of one run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from time import monotonic, sleep

from ..book.sync_answers import CLOSE, GONE, KEEP, NEW
from ..desk.office import Office
from ..errors import BadInput, PartlyDone, PrassiError
from ..ticketfile import ledger_queries, read_tickets, source_notes
from ..ticketfile.connect import transaction
from ..ticketfile.import_staging import Staging
from ..ticketfile.source_notes import SourceNote
from ..ticketfile.write_events import EventWriter
from . import export_map_reader
from .check_rows import Intake
from .export_map import EVENTS
from .import_tickets import note_sources
from .ledger import AHEAD, Chain, Difference, ItemKind
from .ledger_reader import LedgerReader, LedgerTicket
from .row_forms import Forms
from .rows_and_faults import NOT_WRITTEN, TICKETS, EmptySource, FaultList
from .sources import Source
from .sync_compare import LedgerComparison
from .sync_customers import ChangedCustomer, CustomerSync
from .sync_guards import (
    SyncOptions,
    check_against_last,
    check_empty,
    check_missing,
    check_whole,
)
from .sync_report import EQUAL, SyncReport, bucket_of, make_line
from .sync_tickets import TicketSettler
from .tallies import ImportReport
from .whole_tickets import check_ticket, list_links

HELD_SECONDS, REST_SECONDS = 0.25, 0.02
"""How long the lock is held at a time, and how long others have then."""


class LedgerSync:
    """One sync: `read`, `survey` and `check` write nothing, `write` does; then `report` is full."""

    def __init__(
        self,
        office: Office,
        paths: Sequence[str],
        map_path: str,
        options: SyncOptions,
        read: ImportReport,
    ) -> None:
        if list(paths).count("-") > 1:
            raise BadInput("- is stdin, which can be read once: name it once.")
        self._office, self._options = office, options
        self.report = SyncReport(options.keeps_lines)
        self._forms = Forms(office.shelf, office.today)
        self._by = export_map_reader.load(map_path, self._forms)
        if TICKETS not in self._by.sections and "customers" not in self._by.sections:
            raise BadInput(f"--map {map_path} has neither [customer] nor [ticket].")
        if EVENTS in self._by.sections:
            told = "a sync compares how things stand, and a log says what happened"
            raise BadInput(
                f"--map {map_path} has [events]: {told}; bring it in with `prassi import`."
            )
        self._sources = [Source(number, path) for number, path in enumerate(paths)]
        faults = FaultList([source.name for source in self._sources], by_kind=True)
        faults.undone = NOT_WRITTEN
        self._staging = Staging(office.connection, compares=True)
        self._intake = Intake(self._forms, self._staging, faults, self._by, read)
        self._map_path, self._notes = map_path, list[SourceNote]()
        reader = LedgerReader(self._intake, self._by)
        self.comparison = LedgerComparison(office, self._forms, self._by, reader, self._staging)
        self._customers = CustomerSync(office, self._by, self._staging, self.report)
        self._differing: list[int] = []
        self._absent: list[str] = []
        self._changed: list[ChangedCustomer] = []
        self._gone_sums = Counter[str]()

    def run(self, writer: EventWriter) -> SyncReport:
        """All of it, by a writer of events."""
        try:
            self.read()
            self.survey()
            self.check()
            self.write(writer)
        finally:
            if not self._office.connection.in_transaction:
                self._staging.drop()
        return self.report

    # --- without a lock --------------------------------------------------------------------------

    def read(self) -> None:
        """Read all sources to their ends; Faults with all that is wrong, Refused for what can't be
        today's ledger."""
        for source in self._sources:
            with suppress(EmptySource):  # refused below, with what would be gone
                self._intake.take_all(source)
        self._intake.finish()
        check_whole(self._sources, self._intake, self._options)
        self._intake.tell_strays()
        self._intake.faults.raise_if_any()
        self._notes = note_sources(self._sources, self._map_path, self._intake.report)
        check_against_last(self._office.connection, self._notes, self._options)
        days = [note.dated or self._office.today for note in self._notes]
        day = min(days, default=self._office.today)
        self.report.lag_days = self._by.lag_days
        lag = timedelta(days=self._by.lag_days)
        self.comparison.since = (date.fromisoformat(day) - lag).isoformat()

    def survey(self) -> None:
        """Find what differs, and count it."""
        connection = self._office.connection
        for page in self.comparison.read_pages():
            refs = [ledger.ref for ledger in page]
            with read_tickets.read_snapshot(connection):
                chains = self.comparison.read_chains(refs)
                for ledger in page:
                    self._survey_ticket(ledger, chains.get(ledger.ref))
        self._intake.faults.raise_if_any()
        self._changed = list(self._customers.survey(self._intake.report))
        credited = self.comparison.reader.credited
        self._intake.add_warnings([one for one in self._intake.credits if one not in credited])
        if self.comparison.books:
            books, links = [*self.comparison.books], self.comparison.links
            prefix = self.comparison.prefix
            found = ledger_queries.find_absent(connection, books, links, prefix)
            for chain in self.comparison.read_chains(found).values():
                self._survey_absent(chain)

    def _survey_ticket(self, ledger: LedgerTicket, chain: Chain | None) -> None:
        if chain is None:
            self._survey_new(ledger)
            return
        book, differs = chain.newest.book, False
        found = Counter[tuple[str, str]]()
        for kind, one in self.comparison.list_differences(chain, ledger):
            bucket, name = bucket_of(one.difference), kind.items.name
            found[name, bucket] += 1
            if bucket == AHEAD:
                self._tell_ahead(chain, kind, one)
                continue
            if bucket == GONE:
                self._gone_sums[name] += kind.open_amount(one.was)
            differs |= bucket != GONE or self._find_missing(book) not in (KEEP, CLOSE)
        self._count_items(ledger, found)
        here, there = self.comparison.sum_here(chain), self.comparison.sum_ledger(ledger)
        add = self.report.sums.keep if differs else self.report.sums.add
        add(ledger.ref, chain.newest.customer.ref, here, there)
        is_changed = any(bucket != AHEAD for _, bucket in found)
        self.report.count(TICKETS, "changed" if is_changed else EQUAL)
        if differs:
            self._differing.append(ledger.staged.number)

    def _survey_new(self, ledger: LedgerTicket) -> None:
        assembler, form = self.comparison.reader.assembler, ledger.form
        fault = assembler.fault(ledger.staged)
        assembler.check_customer(ledger.staged, fault)
        check_ticket(ledger.staged, form, ledger.lists, fault, assembler.fault)
        dropped = assembler.drop_tasks_of_closed(ledger.staged, form, ledger.lists)
        links = [*list_links(ledger.staged, form, ledger.lists)]
        for target in self._staging.find_missing([ref for _, ref in links]) if links else ():
            fault("", f"there is no ticket {target!r} here or in the ticket file")
        kinds = self.comparison.kinds_of(form.book.name)
        if ledger.is_settled(kinds):
            return
        self._intake.report.count("closed-task", dropped)
        self.report.count(TICKETS, NEW)
        for name in kinds:
            self.report.count(name, NEW, len(ledger.lists[name]))
        self.report.sums.keep(
            ledger.ref, ledger.staged.customer or "", Counter(), self.comparison.sum_ledger(ledger)
        )
        self._differing.append(ledger.staged.number)

    def _count_items(self, ledger: LedgerTicket, found: Counter[tuple[str, str]]) -> None:
        for (name, bucket), count in found.items():
            self.report.count(name, bucket, count)
        for name, kind in self.comparison.kinds_of(ledger.form.book.name).items():
            items = ledger.items[name].values()
            there = sum(item.net > 0 or kind.amount is None for item in items)
            differing = found[name, NEW] + found[name, "changed"] + found[name, AHEAD]
            self.report.count(name, EQUAL, max(0, there - differing))

    def _survey_absent(self, chain: Chain) -> None:
        if not ledger_queries.ticket_was_brought_in(self._office.connection, chain.root):
            return
        gone = 0
        for kind, one in self.comparison.list_differences(chain, None):
            if one.difference == AHEAD:
                self._tell_ahead(chain, kind, one)
                self.report.count(kind.items.name, AHEAD)
                continue
            gone += 1
            self._gone_sums[kind.items.name] += kind.open_amount(one.was)
            self.report.count(kind.items.name, GONE)
        here = self.comparison.sum_here(chain)
        if gone or not self.comparison.kinds_of(chain.newest.book):
            self.report.count(TICKETS, GONE)
        missing = self._find_missing(chain.newest.book)
        if missing == CLOSE or (gone and missing != KEEP):
            self._absent.append(chain.root)
            self.report.sums.keep(chain.root, chain.newest.customer.ref, here, Counter())
        else:
            self.report.sums.add(chain.root, chain.newest.customer.ref, here, Counter())

    def _tell_ahead(self, chain: Chain, kind: ItemKind, one: Difference) -> None:
        ticket = chain.known_items(kind)[one.key].ticket
        self.report.ahead.append(make_line(kind, one, ticket.ref))

    def _find_missing(self, book: str) -> str:
        known = self.comparison.books.get(book)
        return self._options.missing or (known.sync.missing if known else KEEP)

    def check(self) -> None:
        """Refused where the ledger is empty, or too much is gone."""
        if self._staging.is_empty:
            names = " and ".join(source.name for source in self._sources)
            check_empty(names, self.report, self._options)
        if all(self._find_missing(book) == KEEP for book in self.comparison.books):
            return
        kinds = {n for book in self.comparison.books for n in self.comparison.kinds_of(book)}
        sums = {name: self._gone_sums[name] for name in sorted(kinds)} or {TICKETS: 0}
        check_missing(self.report, sums, self._options)

    # --- under the lock --------------------------------------------------------------------------

    def write(self, writer: EventWriter) -> None:
        """Raise what differs, a few tickets at a time."""
        settler = TicketSettler(
            self.comparison, self._staging, writer, self._options, self.report, self._sources
        )
        work: list[Callable[[], None]] = []
        if self._options.raises("changed"):
            work += [partial(self._change_customer, writer, one) for one in self._changed]
        work += [partial(settler.settle, number) for number in self._differing]
        work += [partial(settler.settle_absent, root) for root in self._absent]
        if self._options.raises(NEW):
            alone = ledger_queries.find_customers_alone(self._office.connection)
            work += [partial(settler.add_customer, ref) for ref in alone]
        work.reverse()
        has_written = False
        while work:
            try:
                self._write_some(writer, work)
            except PrassiError as error:
                if has_written:
                    raise PartlyDone(
                        f"{error} What was written before stays: sync again."
                    ) from None
                raise
            has_written |= writer.run_id is not None
            if work:
                sleep(REST_SECONDS)
        self.report.run = None if self._options.dry_run else writer.run_id

    def _change_customer(self, writer: EventWriter, changed: ChangedCustomer) -> None:
        self.report.add_line(self._customers.change(writer, changed))

    def _write_some(self, writer: EventWriter, work: list[Callable[[], None]]) -> None:
        connection, before = self._office.connection, writer.run_id
        with transaction(connection, keep=not self._options.dry_run):
            until = monotonic() + HELD_SECONDS
            while work and monotonic() < until:
                work.pop()()
            if before is None and writer.run_id is not None:
                source_notes.write_notes(connection, writer.run_id, self._notes)
        if self._options.dry_run:
            writer.forget_run()
