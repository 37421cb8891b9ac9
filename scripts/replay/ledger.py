"""The ledger: which invoices there were, when each was due, and when it was paid."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from prassi.core.errors import BadInput
from prassi.core.values.field_types import read_money

COLUMNS = (
    "countryCode",
    "customerID",
    "PaperlessDate",
    "invoiceNumber",
    "InvoiceDate",
    "DueDate",
    "InvoiceAmount",
    "Disputed",
    "SettledDate",
    "PaperlessBill",
    "DaysToSettle",
    "DaysLate",
)
"""What a ledger has, in any order; dates are month/day/year."""


class Invoice(NamedTuple):
    """One row of the ledger; the amount in hundredths, `settled` None while it is not paid."""

    number: str
    customer: str
    country: str
    issued: date
    due: date
    amount: int
    disputed: bool
    settled: date | None

    @property
    def is_late(self) -> bool:
        """Whether it was not paid by its due date, so that it becomes a proforma."""
        return self.settled is None or self.settled > self.due

    @property
    def late_from(self) -> date:
        """The day after its due date."""
        return self.due + timedelta(days=1)


def read(path: str) -> list[Invoice]:
    """All invoices by due date; BadInput with a sentence where the file is no ledger."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            invoices = list(_invoices(path, csv.DictReader(file)))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInput(f"{path} can't be read: {reason}; give the path of a ledger.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{path} is no CSV in UTF-8 ({error}); give a ledger.") from None
    if not invoices:
        raise BadInput(f"{path} has no invoice in it.")
    _check_numbers(path, invoices)
    return sorted(invoices, key=lambda invoice: (invoice.due, invoice.number))


def _invoices(path: str, rows: csv.DictReader[str]) -> Iterator[Invoice]:
    _check_columns(path, rows.fieldnames or ())
    for row in rows:
        try:
            yield _invoice(row)
        except ValueError as error:
            raise BadInput(f"{path}, line {rows.line_num}: {error}.") from None


def _check_columns(path: str, found: Iterable[str]) -> None:
    have = list(found)
    missing = ", ".join(name for name in COLUMNS if name not in have)
    unknown = ", ".join(name for name in have if name not in COLUMNS)
    told = [f"missing: {missing}"] * bool(missing) + [f"unknown: {unknown}"] * bool(unknown)
    if told:
        raise BadInput(f"{path} has other columns than a ledger ({'; '.join(told)}).")


def _check_numbers(path: str, invoices: Iterable[Invoice]) -> None:
    seen: set[str] = set()
    for invoice in invoices:
        if invoice.number in seen:
            raise BadInput(f"{path}: invoice {invoice.number} stands there twice.")
        seen.add(invoice.number)


def _invoice(row: dict[str, str | None]) -> Invoice:
    """A row's values; ValueError names the column that is wrong."""
    if None in row or None in row.values():
        raise ValueError("the row has more or fewer columns than the header")
    text = {name: (value or "").strip() for name, value in row.items()}
    for name in ("customerID", "invoiceNumber"):
        if not text[name]:
            raise ValueError(f"{name} is missing")
    try:
        amount = read_money(text["InvoiceAmount"])
    except ValueError as error:
        raise ValueError(f"InvoiceAmount {error}") from None
    return Invoice(
        text["invoiceNumber"],
        text["customerID"],
        text["countryCode"],
        _day(text, "InvoiceDate"),
        _day(text, "DueDate"),
        amount,
        _yes(text, "Disputed"),
        _day(text, "SettledDate") if text["SettledDate"] else None,
    )


def _day(row: dict[str, str], name: str) -> date:
    try:
        return datetime.strptime(row[name], "%m/%d/%Y").date()
    except ValueError:
        raise ValueError(f"{name} is {row[name]!r}: it must be month/day/year") from None


def _yes(row: dict[str, str], name: str) -> bool:
    if row[name] not in ("Yes", "No"):
        raise ValueError(f"{name} is {row[name]!r}: it must be Yes or No")
    return row[name] == "Yes"
