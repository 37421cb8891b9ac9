"""prassi init: makes an empty ticket file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import find_spoken, say

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
@click.option(
    "--settings",
    is_flag=True,
    help="Write a first settings file instead, with all there is as comments.",
)
@add_common_options
def command(common: CommonOptions, group: bool, settings: bool) -> None:
    """Make an empty ticket file.

    --group gives the file the mode 0660 and its folder 2770, so that journal, outbox and backups
    in it are the group's too. Everybody in that group can then change settings and books there.
    """
    if settings:
        _write_settings(common, group)
        return
    from prassi.core.ticketfile.connect import check_free  # late: 6 ms
    from prassi.core.ticketfile.open import create_file

    if common.dry_run:
        check_free(common.file)
    else:
        create_file(common.file, group).close()
    then = say("{file} is made; fill it with `prassi import`.")
    _tell(common, common.file, then)


def _write_settings(common: CommonOptions, group: bool) -> None:
    """Write the settings file that --config names, else the one beside the ticket file."""
    from prassi.core.library.first_settings import draft_settings  # late: 45 ms
    from prassi.core.library.library import Shelf
    from prassi.core.library.settings import NONE

    from ..printing.output_file import write_output_file

    if group:
        raise BadInput("--group can't be used with --settings: give one.")
    path = common.config or common.beside_file
    if os.path.lexists(path):
        raise BadInput(f"{path} exists already; `prassi doctor` says what is wrong in it.")
    text = draft_settings([*Shelf(NONE._replace(spoken=find_spoken())).sound()])
    if not common.dry_run:
        write_output_file(path, text.encode())
    _tell(common, path, say("{file} is made; read it, and take the # away where a line is yours."))


def _tell(common: CommonOptions, file: str, then: str) -> None:
    if common.json:
        row: InitJson = {"file": file, "applied": not common.dry_run}
        print_json(row)
    elif not common.quiet:
        told = say("{file} would be made.") if common.dry_run else then
        print_text(told.format(file=file))
