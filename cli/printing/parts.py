"""What `export --parts` prints: a line for each part, and what stays together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .output import print_json, print_text

if TYPE_CHECKING:
    from prassi.core.library.take_apart import TakenApart


def print_parts(found: TakenApart, as_json: bool, dry_run: bool) -> None:
    """Print each part with what it holds, and the largest group of tickets that stays together."""
    for part in found.parts:
        if as_json:
            print_json(part._asdict())
        else:
            print_text(f"{part.file}: {_count(part.tickets, 'ticket')}", lines=False)
    if as_json:
        return
    would = "would be" if dry_run else "are"
    print_text(
        f"{_count(sum(part.tickets for part in found.parts), 'ticket')} {would} in {_count(len(found.parts), 'part')}."
    )
    if found.largest > 1:
        print_text(
            f"The largest group that stays together has {found.largest} tickets; {found.example} is its first."
        )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
