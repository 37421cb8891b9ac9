"""Customers at a sync: what the ledger says of them that the ticket file has otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..desk.office import Office
from ..errors import BadInput, Refused
from ..ticketfile import ledger_queries, read_customers
from ..ticketfile.import_staging import Staging
from ..ticketfile.read_customers import StoredCustomer
from ..ticketfile.schema import CUSTOMER
from ..ticketfile.write_events import EventWriter
from .change_customers import set_customer
from .export_map import Map
from .rows_and_faults import CUSTOMERS
from .sync_report import EQUAL, SyncLine, SyncReport
from .tallies import ImportReport

CHANGED = "changed"


class ChangedCustomer(NamedTuple):
    """A customer of whom the ledger says something else: values before and now."""

    ref: str
    was: Mapping[str, str | None]
    now: Mapping[str, str]


class CustomerSync:
    """Compares customers and changes them; an empty cell says nothing, nor does a column that the map
    does not name. What a person has corrected here stays while the ledger has what it was before."""

    def __init__(self, office: Office, by: Map, staging: Staging, report: SyncReport) -> None:
        self._office, self._staging, self._report = office, staging, report
        section = by.sections.get(CUSTOMERS)
        stated = section.recipes if section else {}
        self._stated = [name for name in CUSTOMER[1:] if name in stated]

    def survey(self, read: ImportReport) -> Iterator[ChangedCustomer]:
        """The customers that differ; equal ones are counted. Of addresses that can't be used, those of
        new customers are told: the others are known, or are refused when they are changed."""
        after, connection = 0, self._office.connection
        while page := self._staging.read_customers_page(after):
            after = page[-1][0]
            known = ledger_queries.read_customers_of(connection, [ref for _, ref, _ in page])
            for _, ref, columns in page:
                if ref in known:
                    for name in ("email", "phone"):
                        read.drop_address(ref, name)
                    changed = self._compare(known[ref], dict(zip(CUSTOMER, columns, strict=True)))
                    self._report.count(CUSTOMERS, CHANGED if changed else EQUAL)
                    if changed:
                        yield changed

    def _compare(self, known: StoredCustomer, says: Mapping[str, object]) -> ChangedCustomer | None:
        now = {}
        for name in self._stated:
            value = says[name]
            if value is None or value == known.values[name]:
                continue
            before = ledger_queries.find_value_before(self._office.connection, known.id, name)
            if before != [value]:
                now[name] = str(value)
        was = {name: known.values[name] for name in now}
        return ChangedCustomer(known.ref, was, now) if now else None

    def change(self, writer: EventWriter, changed: ChangedCustomer) -> SyncLine:
        """Change a customer, under the lock; what can't be is left."""
        line = SyncLine(
            kind=CUSTOMERS,
            ticket=None,
            key=changed.ref,
            difference=CHANGED,
            was=dict(changed.was),
            now=dict(changed.now),
            event="customer",
        )
        found = read_customers.find_customer_row(self._office.connection, changed.ref)
        if found is None:
            return line._replace(left="the customer is not there any more; sync again")
        try:
            done = set_customer(self._office.connection, writer, changed.ref, changed.now)
        except (BadInput, Refused) as error:
            return line._replace(left=str(error))
        return line._replace(event_id=done.event_ids[0] if done.event_ids else None)
