"""Settling the differences of one ticket under the lock: events of its book, or a ticket opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..book.sync_answers import AGAIN, CLOSE, GONE, KEEP, NEW
from ..decision.ticket_state import TicketState
from ..desk.office import Office
from ..errors import BadInput
from ..ticketfile.import_staging import Staging
from ..ticketfile.write_events import EventWriter
from .ledger import AHEAD, Chain, Difference, ItemKind, Values
from .ledger_reader import LedgerTicket
from .sources import Source
from .sync_compare import LedgerComparison
from .sync_events import EventRaiser, Raised
from .sync_guards import SyncOptions
from .sync_openings import TicketOpener
from .sync_report import CUSTOMERS, TICKETS, SyncLine, SyncReport, bucket_of, make_line

Found = tuple[ItemKind, Difference]


class TicketSettler:
    """Compares a ticket once more, and raises what differs; the caller holds the lock."""

    def __init__(
        self,
        comparison: LedgerComparison,
        staging: Staging,
        writer: EventWriter,
        options: SyncOptions,
        report: SyncReport,
        sources: Sequence[Source],
    ) -> None:
        office: Office = comparison.office
        self._comparison, self._options, self._report = comparison, options, report
        self._raiser = EventRaiser(office, writer)
        self._opener = TicketOpener(office, staging, writer)
        self._sources, self._added = sources, set[str]()

    def settle(self, number: int) -> None:
        """Settle a ticket of the ledger, by its number there."""
        (ledger,) = self._comparison.read_some([number])
        chain = self._read_chain(ledger.ref)
        if chain is None:
            self._open(ledger)
        else:
            self._settle_chain(chain, ledger)

    def settle_absent(self, root: str) -> None:
        """Settle a ticket that the ledger has no more."""
        chain = self._read_chain(root)
        if chain is None or chain.current is None:
            return
        if self._find_missing(chain.newest.book) == CLOSE:
            self._close(chain.current)
            self._sum(root, None)
        else:
            self._settle_chain(chain, None)

    def add_customer(self, ref: str) -> None:
        """Add a customer that has no ticket in the ledger."""
        event = self._opener.add_customer(ref, self._sources[0].short)
        self._tell_customer(ref, event)

    def _read_chain(self, ref: str) -> Chain | None:
        return self._comparison.read_chains([ref]).get(ref)

    def _find_missing(self, book: str) -> str:
        known = self._comparison.books.get(book)
        return self._options.missing or (known.sync.missing if known else KEEP)

    # --- one ticket ------------------------------------------------------------------------------

    def _open(self, ledger: LedgerTicket) -> None:
        if ledger.is_settled(self._comparison.kinds_of(ledger.form.book.name)):
            return
        if not self._options.raises(NEW):
            self._sum(ledger.ref, ledger)
            return
        source = self._sources[ledger.staged.place.source].short
        self._comparison.reader.assembler.drop_tasks_of_closed(
            ledger.staged, ledger.form, ledger.lists
        )
        opened = self._opener.open_new(ledger, source)
        if opened.customer is not None:
            self._tell_customer(opened.customer, opened.event_id)
        now: dict[str, object] = {"book": ledger.form.book.name, "customer": ledger.staged.customer}
        self._tell_opened(opened.ref, opened.event_id, now)
        for name, kind in self._comparison.kinds_of(ledger.form.book.name).items():
            for _, item in ledger.lists[name]:
                line = make_line(kind, Difference(name, str(item[kind.key]), NEW, {}, item))
                raised = Raised("import", event_id=opened.event_id)
                self._report.add_line(_add(line, opened.ref, raised))
        self._sum(ledger.ref, ledger)

    def _tell_customer(self, ref: str, event: int) -> None:
        if ref not in self._added:
            self._added.add(ref)
            self._report.count(CUSTOMERS, NEW)
            line = SyncLine(CUSTOMERS, None, ref, NEW, {}, {}, event="import", event_id=event)
            self._report.add_line(line)

    def _tell_opened(self, ref: str, event: int, now: dict[str, object]) -> None:
        line = SyncLine(TICKETS, ref, ref, NEW, {}, now, event="import", event_id=event)
        self._report.add_line(line)

    def _settle_chain(self, chain: Chain, ledger: LedgerTicket | None) -> None:
        found = [
            one
            for one in self._comparison.list_differences(chain, ledger)
            if self._is_asked(chain, one)
        ]
        while found:
            kind, difference = found.pop(0)
            ticket = self._find_ticket(chain, kind, difference)
            if ticket is None:
                assert ledger is not None
                new = [(kind, difference), *(one for one in found if one[1].difference == NEW)]
                found = [one for one in found if one[1].difference != NEW]
                self._open_following(chain, ledger, new)
            else:
                book = self._comparison.books[ticket.book]
                raised = self._raiser.raise_item(book, kind, difference, ticket)
                self._report.add_line(_add(make_line(kind, difference), ticket.ref, raised))
            chain = self._read_chain(chain.root) or chain
        self._sum(chain.root, ledger)

    def _is_asked(self, chain: Chain, found: Found) -> bool:
        """Whether a difference is to be raised: what is missing is not, where it is kept."""
        _, difference = found
        if difference.difference == AHEAD:
            return False
        if difference.difference == GONE and self._find_missing(chain.newest.book) in (KEEP, CLOSE):
            return False
        return self._options.raises(bucket_of(difference.difference))

    def _find_ticket(
        self, chain: Chain, kind: ItemKind, difference: Difference
    ) -> TicketState | None:
        """The ticket that a difference is raised on; None where one has to be opened for it."""
        if difference.difference == NEW:
            return chain.current
        known = chain.known_items(kind)[difference.key]
        if difference.difference == AGAIN:
            return chain.current or known.ticket
        return known.ticket

    def _open_following(self, chain: Chain, ledger: LedgerTicket, new: Sequence[Found]) -> None:
        answer = self._comparison.books[chain.newest.book].sync.owes_again
        if answer is None:
            left = f"{chain.newest.ref} is closed, and the book opens no ticket that follows it"
            for kind, one in new:
                raised = Raised(left=left)
                self._report.add_line(_add(make_line(kind, one), chain.newest.ref, raised))
            return
        items: dict[str, list[Values]] = {}
        for kind, one in new:
            items.setdefault(kind.items.name, []).append(one.now)
        source = self._sources[ledger.staged.place.source].short
        try:
            opened = self._opener.open_following(ledger, chain.newest, answer, items, source)
        except BadInput as error:
            for kind, one in new:
                raised = Raised(left=str(error))
                self._report.add_line(_add(make_line(kind, one), chain.newest.ref, raised))
            return
        now: dict[str, object] = {"book": answer.open, answer.link: chain.newest.ref}
        self._tell_opened(opened.ref, opened.event_id, now)
        self._report.count(TICKETS, NEW)
        for kind, one in new:
            raised = Raised("import", event_id=opened.event_id)
            self._report.add_line(_add(make_line(kind, one), opened.ref, raised))

    def _close(self, ticket: TicketState) -> None:
        if not self._options.raises(GONE):
            return
        raised = self._raiser.raise_close(self._comparison.books[ticket.book], ticket)
        line = SyncLine(TICKETS, ticket.ref, ticket.ref, GONE, {"status": ticket.status}, {})
        self._report.add_line(_add(line, ticket.ref, raised))

    def _sum(self, root: str, ledger: LedgerTicket | None) -> None:
        """Count what is open here and in the ledger, now that the ticket is settled."""
        chain = self._read_chain(root)
        customer = chain.newest.customer.ref if chain else ledger.staged.customer if ledger else ""
        here = self._comparison.sum_here(chain) if chain else Counter[str]()
        self._report.sums.add(root, customer or "", here, self._comparison.sum_ledger(ledger))


def _add(line: SyncLine, ticket: str, raised: Raised) -> SyncLine:
    event, rule, event_id, left = raised
    return line._replace(ticket=ticket, event=event, rule=rule, event_id=event_id, left=left)
