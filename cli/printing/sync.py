"""What a sync found: counts, the differences of a dry run, what was left, and the sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from prassi.core.importing.sync_report import BUCKETS, CUSTOMERS, TICKETS
from prassi.core.system.language import say, say_count
from prassi.core.values.field_types import format_money

from ..kinds import name_one, say_kind
from ..options import CommonOptions
from ..streams import warn
from ..words import say_term
from .columns import measure_screen, wrap_text
from .imports import format_left_out
from .output import print_json, print_plain_table, print_text

if TYPE_CHECKING:
    from prassi.core.importing.sync_report import SyncLine, SyncReport
    from prassi.core.importing.tallies import ImportReport

    from .json_import_rows import CustomerSumsJson, SumsJson, SyncJson

_SIGNS = {"new": "+", "again": "+", "gone": "-", "paid": "-"}


def print_sync(
    common: CommonOptions, report: SyncReport, read: ImportReport, reconcile: bool
) -> None:
    """Print all of it; what was left goes to stderr."""
    if common.json:
        _print_json(common, report, read, reconcile)
    elif not common.quiet:
        _print_text(common, report, read, reconcile)
    for sentence in read.warnings:
        warn(sentence, label=say("Warning: "))
    for line in report.left:
        warn(f"{_name(line)}: {line.left}", label=say("Error: "))


def _print_json(
    common: CommonOptions, report: SyncReport, read: ImportReport, reconcile: bool
) -> None:
    for line in (*report.lines, *report.ahead):
        applied = not common.dry_run and line.left is None and line.event is not None
        event = line.event_id if applied else None
        row = {**line._asdict(), "event_id": event, "applied": applied, "run": report.run}
        print_json(row)
    for gap in report.sums.gaps if reconcile else ():
        sums = {"here": format_money(gap.here), "ledger": format_money(gap.ledger)}
        row = {"ticket": gap.ticket, "customer": gap.customer, "currency": gap.currency}
        print_json({"reconcile": {**row, **sums}})
    customers: list[CustomerSumsJson] = [
        {"customer": ref, "currency": currency, **_show_pair(sums)}
        for (ref, currency), sums in report.sums.by_customer.items()
    ]
    totals = {currency: _show_pair(sums) for currency, sums in report.sums.totals.items()}
    counts = {kind: {one: found[one] for one in BUCKETS} for kind, found in _order(report)}
    totalled: SyncJson = {
        "counts": counts,
        "left_out": dict(read.left_out),
        "left": len([*report.left]),
        "ahead": len(report.ahead),
        "open": totals,
        "differing_customers": customers,
        "applied": not common.dry_run,
        "run": report.run,
    }
    print_json(totalled)


def _show_pair(sums: tuple[int, int]) -> SumsJson:
    return {"here": format_money(sums[0]), "ledger": format_money(sums[1])}


def _order(report: SyncReport) -> Iterator[tuple[str, Mapping[str, int]]]:
    """The counts, customers and tickets first."""
    kinds = [CUSTOMERS, TICKETS, *(k for k in report.counts if k not in (CUSTOMERS, TICKETS))]
    for kind in kinds:
        if kind in report.counts:
            yield kind, report.counts[kind]


def _print_text(
    common: CommonOptions, report: SyncReport, read: ImportReport, reconcile: bool
) -> None:
    if common.dry_run:
        for line in report.lines:
            if line.left is None:
                print_text("\n".join(_format_difference(line)))
    rows = [
        [say_term(kind), *(str(found[one]) for one in BUCKETS)] for kind, found in _order(report)
    ]
    print_plain_table(rows, ["", *map(say_term, BUCKETS)])
    for text in format_left_out(read.left_out):
        print_text(text)
    print_text(_tell_events(common, report))
    for text in (*_tell_ahead(report), *_format_sums(report, reconcile)):
        print_text("\n".join(_wrap(text)))
    if common.dry_run or reconcile:
        for line in report.ahead:
            print_text("\n".join(_wrap(f"  {_name(line)}: {_format_ahead(line)}")))


def _tell_events(common: CommonOptions, report: SyncReport) -> str:
    events = len(report.events)
    if common.dry_run:
        return say("Nothing was written (--dry-run).")
    if report.run is None:
        return say("Nothing was written.")
    told = say_count(
        "{count} event written by run {run}.", "{count} events written by run {run}.", events
    )
    return told.format(count=events, run=report.run)


def _name(line: SyncLine) -> str:
    of_ticket = line.ticket if line.ticket not in (None, line.key) else ""
    return " ".join(part for part in (of_ticket, name_one(line.kind), line.key) if part)


def _format_difference(line: SyncLine) -> Iterator[str]:
    """A difference as a diff shows it."""
    sign = _SIGNS.get(line.difference, "~")
    values = ", ".join(_format_values(line))
    yield from _wrap(f"{sign} {_name(line)}{f': {values}' if values else ''}")


def _wrap(text: str) -> Iterator[str]:
    """A text in lines that fit on the screen, each but the first one further to the right."""
    head = text[: len(text) - len(text.lstrip())]
    for place, part in enumerate(wrap_text(text, max(measure_screen() - len(head) - 4, 20))):
        yield f"{head}{'    ' if place else ''}{part}"


def _tell_ahead(report: SyncReport) -> Iterator[str]:
    """A sentence about what people recorded here that the ledger does not have yet."""
    counts = Counter(line.kind for line in report.ahead)
    for kind, count in counts.items():
        told = say_count(
            "{counted} stays as it is here: people recorded what the ledger does not have yet (it has"
            " {days} days for that: lag_days in the map).",
            "{counted} stay as they are here: people recorded what the ledger does not have yet (it has"
            " {days} days for that: lag_days in the map).",
            count,
        )
        yield told.format(counted=say_kind(kind, count), days=report.lag_days)


def _format_ahead(line: SyncLine) -> str:
    """What is here and in the ledger of an item that people changed here."""
    if not line.now:
        return say("open here, not in the ledger")
    if "paid" in line.was:
        return say("paid {day} here, open in the ledger").format(day=line.was["paid"])
    told = say("{name} {here} here, {there} in the ledger")
    return "; ".join(
        told.format(name=name, here=line.was[name], there=value)
        for name, value in line.now.items()
        if line.was.get(name, value) != value
    )


def _format_values(line: SyncLine) -> Iterator[str]:
    if not line.now or line.difference in ("gone",):
        yield from (f"{name} {value}" for name, value in line.was.items() if value != line.key)
        return
    if line.difference == "credit":
        told = say("credit of {amount}")
        yield from (told.format(amount=one) for name, one in line.now.items() if name == "amount")
        return
    if line.difference == "again":
        yield say("open again")
        yield from (f"{name} {value}" for name, value in line.now.items() if value != line.key)
        return
    for name, value in line.now.items():
        before = line.was.get(name)
        if value == line.key or (line.was and before == value):
            continue
        yield f"{name} {before} -> {value}" if name in line.was else f"{name} {value}"


def _format_sums(report: SyncReport, reconcile: bool) -> Iterator[str]:
    """The sums of what is open; where they differ by customer, and by ticket where that is asked."""
    for currency, (here, ledger) in report.sums.totals.items():
        if here == ledger:
            told = say("Open here and in the ledger: {amount}.")
            yield told.format(amount=_show_sum(here, currency))
        else:
            told = (
                say("Open here: {here}. In the ledger: {ledger}. That is {more} more here.")
                if here > ledger
                else say("Open here: {here}. In the ledger: {ledger}. That is {more} less here.")
            )
            yield told.format(
                here=_show_sum(here, currency),
                ledger=_show_sum(ledger, currency),
                more=_show_sum(abs(here - ledger), currency),
            )
    for (customer, currency), (here, ledger) in report.sums.by_customer.items():
        yield f"  {say_term('customer')} {customer}: {_format_gap(here, ledger, currency)}"
    for gap in report.sums.gaps if reconcile else ():
        told = _format_gap(gap.here, gap.ledger, gap.currency)
        yield f"  {say_term('ticket')} {gap.ticket}: {told}"


def _format_gap(here: int, ledger: int, currency: str) -> str:
    told = say("{here} here, {ledger} in the ledger")
    return told.format(here=_show_sum(here, currency), ledger=_show_sum(ledger, currency))


def _show_sum(amount: int, currency: str) -> str:
    return f"{format_money(amount)} {currency}".rstrip()
