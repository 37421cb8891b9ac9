"""What stops a sync before anything is written: a source that can't be the whole ledger of today."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..book.sync_answers import GONE
from ..errors import Refused
from ..ticketfile import source_notes
from ..ticketfile.source_notes import SourceNote
from ..ticketfile.sqlite import Connection
from ..values.field_types import format_money
from .check_rows import Intake
from .sources import Source
from .sync_report import EQUAL, TICKETS, SyncReport


class SyncOptions(NamedTuple):
    """What a sync is told: what becomes of what is missing (None: as the books say), which share of it
    is too much, which differences are raised, whether a file is taken that seems old or cut off, and
    whether the report has a line for each difference."""

    missing: str | None = None
    max_missing: float = 0.2
    only: tuple[str, ...] = ()
    force: bool = False
    dry_run: bool = False
    keeps_lines: bool = True

    def raises(self, bucket: str) -> bool:
        """Whether differences that are counted so are raised."""
        return not self.only or bucket in self.only


def check_whole(given: Sequence[Source], intake: Intake, options: SyncOptions) -> None:
    """Refuse a source that ends within a row, which then can't be read or has a fault."""
    for source in given:
        summed = intake.report.sums.get(source.number)
        if options.force or summed is None or summed.ended:
            continue
        last = intake.last_lines.get(source.number, 2)
        if line := intake.faults.find_line(source.number, last):
            raise Refused(
                f"{source.name} ends in mid-row: line {line} has no end, and a fault. Nothing was"
                " written; export it again. If it was not cut off, --force tells what is wrong."
            )


def check_against_last(
    connection: Connection, notes: Sequence[SourceNote], options: SyncOptions
) -> None:
    """Refuse a source that is older than the last one, or that lost the end of its last line."""
    if options.force or not notes:
        return
    newest = max(notes, key=lambda note: note.dated or "")
    last = source_notes.find_newest(connection, newest.map or "")
    if last is None or newest.sum == last.note.sum:
        return
    if newest.dated is not None and last.note.dated is not None and newest.dated < last.note.dated:
        raise Refused(
            f"{newest.name} is of {newest.dated}, and {last.note.name}, which came in with run"
            f" {last.run}, of {last.note.dated}: it is older. Nothing was written; --force takes"
            " it all the same."
        )
    for note in notes:
        if last.note.ended and not note.ended:
            raise Refused(
                f"{note.name} ends in mid-row: its last line has no end, as that of {last.note.name}"
                f" had (run {last.run}). Nothing was written; --force takes it all the same."
            )


def check_empty(name: str, report: SyncReport, options: SyncOptions) -> None:
    """Refuse a ledger that has no rows, unless everything may be gone."""
    if options.max_missing >= 1:
        return
    counts = sorted(report.counts.items(), key=lambda one: one[0] != TICKETS)
    gone = [f"{found[GONE]} {kind}" for kind, found in counts if found[GONE]]
    sums = [f"{format_money(here)} {one}".rstrip() for one, (here, _) in report.sums.totals.items()]
    worth = f" ({' and '.join(sums)})" if sums else ""
    raise Refused(
        f"{name} has no rows: {' and '.join(gone) or 'nothing'} that came from it would be"
        f" gone{worth}. Nothing was written; --max-missing 100% takes it all the same."
    )


def check_missing(report: SyncReport, kinds: Mapping[str, int], options: SyncOptions) -> None:
    """Refuse a ledger in which too much of what is open here is gone.

    `kinds` are the kinds that are looked at, with the sum of what is gone.
    """
    for kind, amount in kinds.items():
        counts = report.counts.get(kind, Counter[str]())
        gone = counts[GONE]
        known = gone + counts[EQUAL] + counts["changed"]
        if not options.raises(GONE) or not gone or gone <= options.max_missing * known:
            continue
        worth = f" ({format_money(amount)})" if amount else ""
        what = f"{kind} that are open here" if kind != TICKETS else "open tickets"
        raise Refused(
            f"{gone} of {known} {what}{worth} are gone from the ledger, {gone / known:.0%}, and"
            f" --max-missing is {options.max_missing:.0%}. Nothing was written; if it is right, say"
            f" --max-missing {-(-100 * gone // known)}%."
        )
