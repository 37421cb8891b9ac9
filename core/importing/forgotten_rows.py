"""Rows of customers who were forgotten: another program still has them, and they do not come in again."""

from __future__ import annotations

from ..ticketfile.forgotten import ForgottenRefs
from .export_map import Map
from .export_map_values import Clock, Row
from .rows_and_faults import CUSTOMERS, TICKETS, Raw
from .tallies import ImportReport

FORGOTTEN = "forgotten"


class ForgottenRows:
    """Says which rows are left out, and counts them."""

    def __init__(self, refs: ForgottenRefs, by: Map | None, report: ImportReport) -> None:
        self._refs, self._by, self._report = refs, by, report
        self._tickets = set[object]()
        """The refs of tickets that are left out."""

    def has_ticket(self, ref: object) -> bool:
        """Whether a ticket is left out."""
        return ref in self._tickets

    def take_out(self, raw: Raw) -> bool:
        """Whether a row of the import format is left out."""
        if not self._refs:
            return False
        customer = raw.values.get("ref" if raw.kind == CUSTOMERS else "customer")
        ticket = raw.values.get("ref" if raw.kind == TICKETS else "ticket")
        return self._take_out(customer, None if raw.kind == CUSTOMERS else ticket)

    def take_out_row(self, row: Row) -> bool:
        """Whether a row of an export is left out, with all that it makes."""
        if not self._refs or self._by is None:
            return False
        ticket, customer = self._make(row, TICKETS, "ref"), self._make(row, TICKETS, "customer")
        return self._take_out(customer or self._make(row, CUSTOMERS, "ref"), ticket)

    def _make(self, row: Row, kind: str, field: str) -> object:
        section = self._by.sections.get(kind) if self._by else None
        recipe = section.recipes.get(field) if section else None
        try:
            return recipe.make(row, Clock(None, None)) if recipe else None
        except ValueError:  # told where the row is taken in
            return None

    def _take_out(self, customer: object, ticket: object) -> bool:
        if customer not in self._refs and ticket not in self._tickets:
            return False
        if ticket is not None:
            self._tickets.add(ticket)
        self._report.count(FORGOTTEN)
        return True
