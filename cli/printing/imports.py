"""What an import did: the first rows and what they became, what came in, and what was left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from prassi.core.importing.tallies import LEFT_OUT
from prassi.core.system.language import say

from ..kinds import name_one, say_kind
from ..options import CommonOptions
from ..streams import warn
from .columns import measure_screen, wrap_text
from .output import print_json, print_text

if TYPE_CHECKING:
    from prassi.core.importing.import_tickets import Imported
    from prassi.core.importing.rows_and_faults import Raw
    from prassi.core.importing.tallies import ImportReport

_INDENT = 2
_ORDER = {"customers": 0, "tickets": 1}


def print_shown(common: CommonOptions, report: ImportReport) -> None:
    """Print what the first rows became, where that was asked for."""
    for row in report.shown:
        if common.json:
            for raw in row.made:
                values = {name: one for name, one in raw.values.items() if name != "ticket"}
                record = {"row": row.place, "kind": raw.kind, "values": values}
                print_json({**record, "faulty": list(raw.told)})
            continue
        print_text(row.place, lines=False)
        width = max((len(raw.kind) for raw in row.made), default=0)
        for raw in sorted(row.made, key=lambda raw: _ORDER.get(raw.kind, len(_ORDER))):
            print_text("\n".join(_format_made(raw, width)))


def _format_made(raw: Raw, width: int) -> Iterator[str]:
    """A row of the import format, its fields in lines that fit on the screen."""
    fields = [
        f"{name} {_format_value(value)}" for name, value in raw.values.items() if name != "ticket"
    ]
    fields += [
        say("{name} can't be read").format(name=name) for name in raw.told if name.isidentifier()
    ]
    kind = name_one(raw.kind)
    room = measure_screen() - width - 2 * _INDENT
    for place, line in enumerate(wrap_text(", ".join(fields), max(room, 20))):
        head = kind if place == 0 else ""
        yield f"{'':{_INDENT}}{head:<{width}}{'':{_INDENT}}{line}"


def _format_value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def print_report(common: CommonOptions, made: Imported, report: ImportReport) -> None:
    """Print how much came in and was left out; what people should look at goes to stderr."""
    if common.json:
        counts = {"customers": made.customers, "tickets": made.tickets, **report.as_json()}
        print_json({**counts, "applied": not common.dry_run})
    elif not common.quiet:
        told = (
            say("{customers} and {tickets} would be imported{items}.")
            if common.dry_run
            else say("{customers} and {tickets} imported{items}.")
        ).format(
            customers=say_kind("customers", made.customers),
            tickets=say_kind("tickets", made.tickets),
            items=_tell(report),
        )
        print_text("\n".join(wrap_text(told, measure_screen())))
        for line in format_left_out(report.left_out):
            print_text(line)
    for sentence in report.warnings:
        warn(sentence, label=say("Warning: "))


def _tell(report: ImportReport) -> str:
    """What the tickets have, by kind."""
    counts = [say_kind(kind, count) for kind, count in report.items.items() if count]
    if not counts:
        return ""
    if not counts[1:]:
        return say(", with {items}").format(items=counts[0])
    return say(", with {items} and {last}").format(items=", ".join(counts[:-1]), last=counts[-1])


def format_left_out(left_out: Mapping[str, int]) -> Iterator[str]:
    """What was left out, with the reasons, as far as anything was."""
    total = sum(left_out.values())
    if total:
        reasons = "; ".join(
            f"{count} {say(LEFT_OUT[reason])}" for reason, count in left_out.items()
        )
        told = say("Left out: {reasons}.").format(reasons=reasons)
        yield "\n".join(wrap_text(told, measure_screen()))
