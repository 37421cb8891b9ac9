"""prassi doctor: says what would go wrong tonight."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput, Faults

from ..options import FILE_NAME, CommonOptions, add_common_options, read_clock
from ..printing.rows import Row, RowOptions, RowView, add_row_options, print_rows, print_wrapped
from ..spoken_errors import translate_error
from ..words import say_heads, say_term

if TYPE_CHECKING:
    from prassi.core.desk.doctor import Diagnosis

_NAMES = ("check", "state", "told")


@click.command("doctor")
@click.option(
    "--backups",
    type=FILE_NAME,
    metavar="DIR",
    help="Where backups lie.  [default: the ticket file's folder]",
)
@add_row_options(lambda: _NAMES)
@add_common_options
def command(common: CommonOptions, backups: str | None, row_options: RowOptions) -> None:
    """Say what would go wrong tonight, and write nothing.

    It checks the file and its rights, the settings and books, the calendars of the next 15 months,
    roles that nobody has, the sender of letters, the newest backup, the last night, what cron does
    not find, and the clock. A fault ends it with 1, a warning does not. --quiet leaves out what is
    in order. `verify` checks the file's whole history.
    """
    if backups is not None and not os.path.isdir(backups):
        raise BadInput(f"--backups {backups} is not a folder.")
    findings = _examine(common, backups)
    rows = (asdict(one) for one in findings if not (common.quiet and one.state == "ok"))
    print_rows(
        common, row_options, _NAMES, rows, print_wrapped(RowView(say_heads(_NAMES), _say_finding))
    )
    if any(one.state == "fault" for one in findings):
        raise click.exceptions.Exit(1)


def _examine(common: CommonOptions, backups: str | None) -> list[Diagnosis]:
    from prassi.core.desk.doctor import FAULT, Diagnosis, ExaminedDesk, examine_desk  # late: 80 ms
    from prassi.core.library.library import Shelf
    from prassi.core.library.settings import load
    from prassi.core.ticketfile.open import open_file

    with closing(open_file(common.file, dry_run=True)) as connection:
        try:
            settings = load(common.find_settings())
            at = common.given_at or read_clock(settings.time_zone)
            now = None if common.given_at else datetime.now(UTC)
            folder = backups or os.path.dirname(common.file) or "."
            shelf = Shelf(settings, connection)
        except BadInput as error:
            # No command works without sound settings, so nothing else is worth checking.
            faults = error.faults if isinstance(error, Faults) else [str(error)]
            return [Diagnosis("settings", FAULT, fault) for fault in faults]
        desk = ExaminedDesk(connection, common.file, settings, shelf, at, now, folder)
        return list(examine_desk(desk))


def _say_finding(row: Row) -> list[str]:
    """A finding in the language that is spoken."""
    return [say_term(row["check"]), say_term(row["state"]), translate_error(row["told"])]
