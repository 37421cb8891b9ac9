"""Ticket files with many tickets on which the night acts, for the benchmarks.

Of `collections` they are made here: of ten, seven missed payments, two notices whose days are over, and
one promise beyond the limits, which sends a notice. Those of any other book are its fixture's, copied.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import models
from prassi.core.system.fast_json import encode
from prassi.core.ticketfile import connect
from prassi.core.ticketfile.open import create_file
from prassi.core.ticketfile.write_events import EventRecord, EventWriter

AT = "2026-03-02"
CHUNK = 1000
SETTINGS = '[company]\nname = "Quadrifoglia"\n'
"""Without a company's name, e-mails would be held."""


def make_file(folder: str, book: str, count: int) -> str:
    """A ticket file with `count` open tickets of a book, and settings beside it."""
    path = os.path.join(folder, "base.db")
    with open(os.path.join(folder, "prassi.toml"), "w", encoding="utf-8") as file:
        file.write(SETTINGS)
    if book == "collections":
        make(path, count)
    else:
        models.make(path, book, count, AT)
    return path


def tickets(count: int) -> Iterator[list[tuple[str, tuple[object, ...]]]]:
    """The rows of each ticket due on the day, its customer's included."""
    for number in range(1, count + 1):
        kind = number % 20
        status = "pre-block" if kind % 5 == 3 else "awaiting-payment"
        broken = 2 if kind == 19 else 0
        fields: dict[str, object] = {
            "missed_calls": 0,
            "missed_appointments": 0,
            "missed_contacts": 0,
            "broken_promises": broken,
            "received": 0,
        }
        if status == "pre-block":
            fields["preblock_on"] = "2026-02-10"
        customer = (
            number,
            f"C-{number}",
            f"Officine Verdi {number} srl",
            f"c{number}@example.org",
            None,
            "it",
            None,
            None,
        )
        ticket = (
            number,
            f"T-{number}",
            "collections",
            number,
            status,
            1,
            "2026-01-15",
            "medium",
            None,
            None,
            encode(fields),
        )
        rows: list[tuple[str, tuple[object, ...]]] = [("customer", customer), ("ticket", ticket)]
        for part in range(1 + number % 3):
            proforma = {
                "number": f"PF-{number}-{part}",
                "amount": 12000 + part,
                "currency": "EUR",
                "issued": "2025-12-10",
                "paid": None,
            }
            rows.append(("item", (number, "proformas", proforma)))
        if status == "awaiting-payment":
            promise = {"pay_on": "2026-02-20", "kind": "full", "amount": None, "state": "open"}
            rows.append(("item", (number, "promises", promise)))
            rows.append(("task", (number, "payment-check", "2026-02-25")))
        else:
            rows.append(("task", (number, "preblock-check", "2026-02-25")))
            rows.append(("tag", (number, "preblocco")))
        yield rows


def make(path: str, count: int) -> None:
    """A ticket file with `count` open tickets on which the night acts."""
    connection = create_file(path)
    with connect.transaction(connection):
        writer = EventWriter(connection, "import", "2026-02-01")
        made: list[tuple[str, tuple[object, ...]]] = []
        for number, rows in enumerate(tickets(count), 1):
            made += rows
            if number % CHUNK == 0 or number == count:
                writer.write_records([EventRecord(event="import", made=made)])
                made = []
    connection.close()
