"""Invoices become proformas: on a new ticket, or on the one that the customer has open."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from tempfile import TemporaryDirectory
from typing import Any

from prassi.core.importing.import_tickets import import_sources
from prassi.core.library.library import Shelf
from prassi.core.ticketfile.connect import transaction
from prassi.core.ticketfile.write_events import EventRecord, EventWriter
from prassi.core.values.field_types import format_money

from .ledger import Invoice

BOOK, CURRENCY = "collections", "EUR"

LANGUAGES = {"391": "it", "406": "es", "770": "en", "818": "ru", "897": "ar"}
"""The ledger's countries are made up; giving each a language puts all five into the letters."""


def open_tickets(
    connection: sqlite3.Connection,
    shelf: Shelf,
    tickets: Mapping[str, Sequence[Invoice]],
    day: date,
) -> None:
    """Import new tickets (by ref, each with the invoices of one customer) and new customers."""
    today = day.isoformat()
    firsts = (invoices[0] for invoices in tickets.values())
    document = {
        "customers": [_customer(one) for one in firsts if not _is_known(connection, one.customer)],
        "tickets": [_ticket(ref, invoices, today) for ref, invoices in tickets.items()],
    }
    with TemporaryDirectory() as folder:
        path = os.path.join(folder, f"late-{today}.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(document, file)
        with transaction(connection):
            writer = EventWriter(connection, "import", today)
            import_sources(connection, shelf, writer, [path], today=today)


def add_proforma(connection: sqlite3.Connection, ticket: int, invoice: Invoice, day: date) -> None:
    """Put one more proforma on an open ticket: `import` brings only those of new tickets."""
    stored = {
        "number": invoice.number,
        "amount": invoice.amount,
        "currency": CURRENCY,
        "issued": invoice.issued.isoformat(),
    }
    record = EventRecord(
        event="import",
        ticket=ticket,
        made=[("item", (ticket, "proformas", stored))],
    )
    with transaction(connection):
        EventWriter(connection, "import", day.isoformat()).write_records([record])


def _is_known(connection: sqlite3.Connection, customer: str) -> bool:
    found = connection.execute("SELECT 1 FROM customer WHERE ref = ?", (customer,))
    return found.fetchone() is not None


def _customer(invoice: Invoice) -> dict[str, Any]:
    return {
        "ref": invoice.customer,
        "name": f"Customer {invoice.customer}",
        "email": f"{invoice.customer.lower()}@example.org",
        "language": LANGUAGES.get(invoice.country, "it"),
    }


def _ticket(ref: str, invoices: Sequence[Invoice], today: str) -> dict[str, Any]:
    proformas = [
        {
            "number": invoice.number,
            "amount": format_money(invoice.amount),
            "currency": CURRENCY,
            "issued": invoice.issued.isoformat(),
        }
        for invoice in invoices
    ]
    return {
        "ref": ref,
        "book": BOOK,
        "customer": invoices[0].customer,
        "opened": today,
        "proformas": proformas,
    }
