"""Tickets that a sync opens: new ones of the ledger, and those that follow a closed one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..book.sync_answers import OwesAgain
from ..decision.ticket_state import TicketState
from ..desk.free_numbers import FreeNumbers
from ..desk.office import Office
from ..errors import BadInput
from ..ticketfile import read_tickets
from ..ticketfile.event_hash import MadeRow
from ..ticketfile.import_staging import Staging
from ..ticketfile.sqlite import Connection
from ..ticketfile.write_events import EventRecord, EventWriter
from ..values.field_types import Stored
from .ledger_reader import LedgerTicket
from .whole_tickets import Lists, make_rows


class Opened(NamedTuple):
    """A ticket that was opened: its ref, the event, and the customer that came with it, if one did."""

    ref: str
    event_id: int
    customer: str | None


class TicketOpener:
    """Opens tickets, each by an event named `import`; the caller holds the lock."""

    def __init__(self, office: Office, staging: Staging, writer: EventWriter) -> None:
        self._office, self._staging, self._writer = office, staging, writer

    @property
    def _connection(self) -> Connection:
        return self._office.connection

    def open_new(self, ledger: LedgerTicket, source: str) -> Opened:
        """Open a ticket that the ledger has and the file has not, with its customer where that is
        new too."""
        number = read_tickets.find_free_id(self._connection, "ticket")
        ref = str(ledger.staged.customer)
        customer, made = self._find_customer(ref)
        ticket = ledger.staged._replace(number=number, customer_id=customer)
        rows = [*made, *make_rows(ticket, ledger.form, ledger.lists)]
        event = self._write(rows, source, customers=len(made))
        return Opened(str(ticket.single["ref"]), event, ref if made else None)

    def open_following(
        self,
        ledger: LedgerTicket,
        closed: TicketState,
        answer: OwesAgain,
        items: Mapping[str, Sequence[Mapping[str, Stored]]],
        source: str,
    ) -> Opened:
        """Open a ticket for new items where every ticket is closed, which it then follows."""
        opening = FreeNumbers(self._connection, self._office.shelf)
        _, number, ref = opening.ticket(answer.open)
        customer = opening.customer_id(closed.customer.ref)
        single = {**ledger.staged.single, "ref": ref, "opened": self._office.today}
        single |= {"status": next(iter(ledger.form.book.statuses)), "result": None}
        single[answer.link] = closed.ref
        ticket = ledger.staged._replace(number=number, customer_id=customer, single=single)
        lists: Lists = {
            kind: [(ticket.place, dict(one)) for one in items.get(kind, ())]
            for kind in ledger.form.lists
        }
        event = self._write(list(make_rows(ticket, ledger.form, lists)), source, customers=0)
        return Opened(ref, event, None)

    def add_customer(self, ref: str, source: str) -> int:
        """Add a customer who has no ticket; returns the event."""
        _, made = self._find_customer(ref)
        facts = {"source": source, "tickets": 0, "customers": len(made)}
        record = EventRecord(
            event="import", customer=int(str(made[0][1][0])), facts=facts, made=made
        )
        return self._writer.write_records([record])[0]

    def _find_customer(self, ref: str) -> tuple[int, list[MadeRow]]:
        """A customer's id, with the row to write where the file has none of that ref."""
        found = read_tickets.find_customer(self._connection, ref)
        if found is not None:
            return found[0], []
        columns = self._staging.find_customer(ref)
        if columns is None:
            raise BadInput(f"there is no customer {ref!r} any more; sync again.")
        number = read_tickets.find_free_id(self._connection, "customer")
        return number, [("customer", (number, *columns))]

    def _write(self, rows: Sequence[MadeRow], source: str, customers: int) -> int:
        facts = {"source": source, "tickets": 1, "customers": customers}
        return self._writer.write_records([EventRecord(event="import", facts=facts, made=rows)])[0]
