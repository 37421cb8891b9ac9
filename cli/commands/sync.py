"""prassi sync: compares the whole export of another program, and raises what differs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
from prassi.core.errors import PartlyDone
from prassi.core.system.language import say_count

from ..options import FILE_NAME, CommonOptions, add_common_options

if TYPE_CHECKING:
    from prassi.core.importing.sync_guards import SyncOptions
    from prassi.core.importing.sync_report import SyncReport
    from prassi.core.importing.tallies import ImportReport


class ShareType(click.ParamType[float]):
    """A share: `20%` or `0.2`."""

    name = "share"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(%?)", str(value).strip())
        share = float(match[1]) / (100 if match[2] else 1) if match else 2.0
        if share > 1:
            self.fail(f"{value!r} is not a share: write one such as 20% or 0.2.", param, ctx)
        return share


@click.command("sync")
@click.argument("sources", nargs=-1, required=True, type=FILE_NAME, metavar="SOURCE...")
@click.option(
    "--map",
    "map_path",
    required=True,
    type=FILE_NAME,
    metavar="FILE",
    help="How their columns map to ours (TOML).",
)
@click.option(
    "--missing",
    type=click.Choice(["keep", "paid", "close"]),
    help="What becomes of what the export has no more.  [default: as the book says]",
)
@click.option(
    "--max-missing",
    type=ShareType(),
    default="20%",
    show_default=True,
    metavar="SHARE",
    help="Write nothing where more than this share of what is open is gone.",
)
@click.option(
    "--only",
    type=click.Choice(["new", "changed", "gone"]),
    multiple=True,
    help="Raise these differences only; can be given twice.",
)
@click.option(
    "--reconcile", is_flag=True, help="Name each ticket of which more or less is open here."
)
@click.option("--force", is_flag=True, help="Take a file that is older than the last, or cut off.")
@add_common_options
def command(
    common: CommonOptions,
    sources: tuple[str, ...],
    map_path: str,
    missing: str | None,
    max_missing: float,
    only: tuple[str, ...],
    reconcile: bool,
    force: bool,
) -> None:
    """Compare the whole export of the desk's other program with the ticket file.

    New, changed and gone customers and items become events that the book decides, in one run; the same
    export twice changes nothing. With -n, print what would be done.
    """
    from prassi.core.importing.sync_guards import SyncOptions  # late: 90 ms
    from prassi.core.importing.tallies import ImportReport

    from ..printing.sync import print_sync

    options = SyncOptions(
        missing=missing,
        max_missing=max_missing,
        only=only,
        force=force,
        dry_run=common.dry_run,
        keeps_lines=common.dry_run or common.json,
    )
    read = ImportReport()
    report = _sync(common, sources, map_path, options, read)
    print_sync(common, report, read, reconcile)
    left = len([*report.left])
    if left:
        told = say_count(
            "{count} difference was left as it is; record by hand what is right.",
            "{count} differences were left as they are; record by hand what is right.",
            left,
        )
        raise PartlyDone(told.format(count=left))


def _sync(
    common: CommonOptions,
    sources: tuple[str, ...],
    map_path: str,
    options: SyncOptions,
    read: ImportReport,
) -> SyncReport:
    from prassi.core.desk.office import Office
    from prassi.core.importing.sync import LedgerSync

    connection = common.open_file_to_act()
    office = Office(connection, common.load_settings(), common.at, None, person=common.person)
    sync = LedgerSync(office, sources, map_path, options, read)
    return sync.run(common.start_events(connection))
