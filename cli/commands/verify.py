"""prassi verify: checks the ticket file."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import say, say_count

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..spoken_errors import translate_error
from ..streams import warn

if TYPE_CHECKING:
    from prassi.core.ticketfile.verify import FileCheck


@click.command("verify")
@click.option(
    "--head", "only_head", is_flag=True, help="Print the chain's head, to keep it elsewhere."
)
@click.option(
    "--expect", metavar="HEAD", help="A head that was kept, which the file must still have."
)
@click.option(
    "--mend",
    is_flag=True,
    help="Put right what other tools have left in the file that is harmless.",
)
@add_common_options
def command(common: CommonOptions, only_head: bool, expect: str | None, mend: bool) -> None:
    """Check the file and its chain of events.

    It also checks the file's size, its schema, its rows against its events, and what SQLite itself
    finds. --expect also finds a file whose newest events are missing. --mend takes away the tables
    of ANALYZE, WAL mode and auto_vacuum, where nothing else is wrong; with -n it says what it would
    mend.
    """
    from prassi.core.ticketfile.connect import translate_errors  # late: 15 ms
    from prassi.core.ticketfile.mend import mend_file
    from prassi.core.ticketfile.verify import open_to_check, verify_file

    if expect is not None and not _is_head(expect):
        raise BadInput("--expect must be a head as --head prints it: 64 digits from 0 to f.")
    mended: Sequence[str] = ()
    with closing(open_to_check(common.file)) as connection:
        found = verify_file(connection, expect)
        if mend and found.harmless and not found.faults and not common.dry_run:
            mended = found.harmless
            with translate_errors(common.file):
                mend_file(connection, mended)
            found = verify_file(connection, expect)
    if common.json:
        print_json({**found._asdict(), **({"mended": mended} if mend else {})})
    elif not common.quiet:
        tell = warn if only_head else print_text
        for told in _describe(found, mend, mended):
            tell(translate_error(told))
        if only_head and not found.faults:
            print_text(found.head)
        elif not found.faults:
            print_text(
                say("{file} is sound: {events} events, head {head}.").format(
                    file=common.file, events=found.events, head=found.head
                )
            )
            if found.forgotten:
                print_text(_describe_forgotten(found.forgotten))
    if found.faults or (found.harmless and not mend):
        raise click.exceptions.Exit(1)


def _describe_forgotten(count: int) -> str:
    return say_count(
        "{count} customer was forgotten: of their events, what remains is checked.",
        "{count} customers were forgotten: of their events, what remains is checked.",
        count,
    ).format(count=count)


def _describe(found: FileCheck, mend: bool, mended: Sequence[str]) -> list[str]:
    told = [*found.faults, *(f"{one}: mended." for one in mended)]
    for one in found.harmless:
        if not mend:
            told.append(f"{one}, which is harmless: `prassi verify --mend` puts it right.")
        elif found.faults:
            told.append(f"{one}, which is harmless: mended only where nothing else is wrong.")
        else:
            told.append(f"{one}: would be mended.")
    return told


def _is_head(text: str) -> bool:
    return len(text) == 64 and all(character in "0123456789abcdef" for character in text)
