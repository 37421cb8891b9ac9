"""prassi init: makes an empty ticket file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from prassi.core.system.language import say

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text

if TYPE_CHECKING:
    from ..printing.json_rows import InitJson


@click.command("init")
@click.option(
    "--group",
    is_flag=True,
    help="Share the file and its folder with the folder's group of accounts.",
)
@add_common_options
def command(common: CommonOptions, group: bool) -> None:
    """Make an empty ticket file.

    --group gives the file the mode 0660 and its folder 2770, so that journal, outbox and backups
    in it are the group's too. Everybody in that group can then change settings and books there.
    """
    from prassi.core.ticketfile.connect import check_free  # late: 6 ms
    from prassi.core.ticketfile.open import create_file

    if common.dry_run:
        check_free(common.file)
    else:
        create_file(common.file, group).close()
    if common.json:
        row: InitJson = {"file": common.file, "applied": not common.dry_run}
        print_json(row)
    elif not common.quiet:
        told = (
            say("{file} would be made.")
            if common.dry_run
            else say("{file} is made; fill it with `prassi import`.")
        )
        print_text(told.format(file=common.file))
