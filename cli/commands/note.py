"""prassi note: writes a note on a ticket."""

from __future__ import annotations

import os

import click
from prassi.core.errors import BadInput

from ..events import record_event
from ..options import FILE_NAME, CommonOptions, add_common_options


@click.command("note")
@click.argument("ticket")
@click.argument("text")
@click.option(
    "--attach",
    type=FILE_NAME,
    metavar="PATH",
    help="A file that belongs to it; where it lies is kept.",
)
@add_common_options
def command(common: CommonOptions, ticket: str, text: str, attach: str | None) -> None:
    """Write a note on a ticket, also on a closed one."""
    if attach is not None:
        if not os.path.isfile(attach):
            raise BadInput(f"--attach {attach}: there is no such file.")
        attach = os.path.abspath(attach)
    record_event(common, ticket, "note", {"text": text, "attach": attach})
