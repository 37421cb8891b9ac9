"""What `export --parts` prints: a line for each part, and what stays together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prassi.core.system.language import say, say_count

from ..kinds import say_kind
from .output import print_json, print_text

if TYPE_CHECKING:
    from prassi.core.library.take_apart import TakenApart


def print_parts(found: TakenApart, as_json: bool, dry_run: bool) -> None:
    """Print each part with what it holds, and the largest group of tickets that stays together."""
    for part in found.parts:
        if as_json:
            print_json(part._asdict())
        else:
            print_text(f"{part.file}: {say_kind('tickets', part.tickets)}", lines=False)
    if as_json:
        return
    told = say("{tickets} would be in {parts}.") if dry_run else say("{tickets} are in {parts}.")
    count = len(found.parts)
    parts = say_count("{count} part", "{count} parts", count).format(count=count)
    tickets = say_kind("tickets", sum(part.tickets for part in found.parts))
    print_text(told.format(tickets=tickets, parts=parts))
    if found.largest > 1:
        told = say_count(
            "The largest group that stays together has {count} ticket; {example} is its first.",
            "The largest group that stays together has {count} tickets; {example} is its first.",
            found.largest,
        )
        print_text(told.format(count=found.largest, example=found.example))
