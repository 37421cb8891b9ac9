#!/usr/bin/env python
"""Replay a ledger of invoices through the collections book, night by night.

    python scripts/replay_ledger.py LEDGER.csv [--seed N] [--file FILE] [--until DATE]

An invoice that is not paid by its due date becomes a proforma the day after; a customer with an
open proforma has one open ticket, until everything is paid. Every night triage runs, twice; every
working day the desk calls whom triage says, and what customers answer is drawn (the chances are in
scripts/replay/answers.py). Payments come on the day the ledger says, whatever was promised.

Prints each month in numbers and then what must hold, with OK or FAILED; exit code 1 where it does
not, 2 where there is no such ledger. The same seed gives the same numbers and the same export.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from calendar import monthrange
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from tempfile import TemporaryDirectory

from prassi.core.errors import BadInput, PrassiError
from prassi.core.ticketfile.connect import translate_errors
from prassi.core.ticketfile.open import create_file, open_file
from replay import checks
from replay.ledger import Invoice, read
from replay.nights import Replay


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    given = _parser().parse_args(arguments)
    try:
        invoices = read(given.ledger)
        first, last = _period(invoices, given.until)
        with TemporaryDirectory() as folder:
            path = given.file or os.path.join(folder, "replay.db")
            with translate_errors(path):
                return _run(path, invoices, given.seed, first, last)
    except PrassiError as error:
        print(f"Error: {error}", file=sys.stderr)
        return error.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ledger", metavar="LEDGER.csv", help="the ledger")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of all draws (default 1)")
    parser.add_argument("--file", metavar="FILE", help="keep the ticket file, which must be new")
    parser.add_argument("--until", type=_day, metavar="DATE", help="the last day")
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        reason = f"{text} is no date: write it like 2012-12-31"
        raise argparse.ArgumentTypeError(reason) from None


def _period(invoices: Sequence[Invoice], until: date | None) -> tuple[date, date]:
    """The first day of the ledger, and the last one on which something was due or paid."""
    first = min(invoice.issued for invoice in invoices)
    last = until or max(max(i.late_from, i.settled or i.due) for i in invoices)
    if last < first:
        raise BadInput(f"--until {last} is before the ledger begins: give {first} or a later day.")
    return first, last


def _run(path: str, invoices: Sequence[Invoice], seed: int, first: date, last: date) -> int:
    started = time.perf_counter()
    connection = create_file(path)
    replay = Replay(connection, invoices, seed)
    _print_head(invoices, seed, first, last)
    for begin, end in _months(first, last):
        for day in _days(begin, end):
            replay.pass_date(day)
        _print_row(checks.month_row(connection, f"{begin:%Y-%m}", begin, end))
    _print_row(checks.month_row(connection, "total", first, last))
    print("", *checks.summary(connection), sep="\n")
    connection.close()
    with closing(open_file(path)) as connection:
        findings = checks.findings(connection, replay.watch)
    _print_findings(findings)
    print(f"Took {time.perf_counter() - started:.1f} s.", file=sys.stderr)
    return int(any(finding.broken for finding in findings))


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The months, each with its first and last day of the replay."""
    while first <= last:
        end = first.replace(day=monthrange(first.year, first.month)[1])
        yield first, min(end, last)
        first = end + timedelta(days=1)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


# --- what is printed ------------------------------------------------------------------------------


def _print_head(invoices: Sequence[Invoice], seed: int, first: date, last: date) -> None:
    customers = len({invoice.customer for invoice in invoices})
    late = sum(invoice.is_late for invoice in invoices)
    print(f"{len(invoices)} invoices of {customers} customers, {late} of them late.")
    print(f"{(last - first).days + 1} nights, {first} to {last}, seed {seed}.\n")
    _print_row(["month", *checks.MONTH])


def _print_row(cells: Sequence[str]) -> None:
    widths = [7, *(max(8, len(name) + 2) for name in checks.MONTH)]
    row = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
    print(cells[0].ljust(widths[0]) + "".join(row), flush=True)


def _print_findings(findings: Sequence[checks.Finding]) -> None:
    print()
    for number, finding in enumerate(findings, 1):
        mark = "FAILED" if finding.broken else "OK"
        print(f"{mark:6}  {number}. {finding.says}: {finding.counts}.")
        for one in finding.broken[:5]:
            print(f"           {one}")
        if len(finding.broken) > 5:
            print(f"           and {len(finding.broken) - 5} more")


if __name__ == "__main__":
    sys.exit(main())
