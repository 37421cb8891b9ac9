"""prassi verify: checks the ticket file."""

from __future__ import annotations

from contextlib import closing

import click
from prassi.core.errors import BadInput

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..streams import warn


@click.command("verify")
@click.option(
    "--head", "only_head", is_flag=True, help="Print the chain's head, to keep it elsewhere."
)
@click.option(
    "--expect", metavar="HEAD", help="A head that was kept, which the file must still have."
)
@add_common_options
def command(common: CommonOptions, only_head: bool, expect: str | None) -> None:
    """Check the file and its chain of events.

    It also checks the file's size, its schema, its rows against its events, and what SQLite itself
    finds. --expect also finds a file whose newest events are missing.
    """
    from prassi.core.ticketfile.verify import open_to_check, verify_file  # late: 15 ms

    if expect is not None and not _is_head(expect):
        raise BadInput("--expect must be a head as --head prints it: 64 digits from 0 to f.")
    with closing(open_to_check(common.file)) as connection:
        found = verify_file(connection, expect)
    if common.json:
        print_json(found._asdict())
    elif found.faults and not common.quiet:
        for fault in found.faults:
            (warn if only_head else print_text)(fault)
    elif only_head:
        print_text(found.head)
    elif not common.quiet:
        print_text(f"{common.file} is sound: {found.events} events, head {found.head}.")
    if found.faults:
        raise click.exceptions.Exit(1)


def _is_head(text: str) -> bool:
    return len(text) == 64 and all(character in "0123456789abcdef" for character in text)
