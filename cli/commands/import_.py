"""prassi import: brings in customers and tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..options import FILE_NAME, CommonOptions, add_common_options
from ..printing.imports import print_report, print_shown

if TYPE_CHECKING:
    from prassi.core.desk.office import Office
    from prassi.core.importing.import_tickets import Imported
    from prassi.core.importing.tallies import ImportReport


@click.command("import")
@click.argument("sources", nargs=-1, required=True, type=FILE_NAME, metavar="SOURCE...")
@click.option(
    "--map",
    "map_path",
    type=FILE_NAME,
    metavar="FILE",
    help="How the columns and words of another program map to ours (TOML).",
)
@click.option(
    "--show",
    type=click.IntRange(min=1),
    metavar="N",
    help="Print what the first N rows become.",
)
@add_common_options
def command(
    common: CommonOptions, sources: tuple[str, ...], map_path: str | None, show: int | None
) -> None:
    """Bring in customers and tickets from JSON, JSON Lines or CSV (- is stdin): all or nothing.

    With --map, from another program's export, a spreadsheet (XLSX) too. With -n --show 3, try a map:
    see what its first rows become, and write nothing.
    """
    from prassi.core.importing.tallies import ImportReport  # late: 2 ms

    report = ImportReport(show or 0)
    try:
        made = _import(common, sources, map_path, report)
    finally:
        print_shown(common, report)  # where rows have faults, to see these in their row
    print_report(common, made, report)


def _import(
    common: CommonOptions, sources: tuple[str, ...], map_path: str | None, report: ImportReport
) -> Imported:
    from prassi.core.importing.import_tickets import import_sources  # late: 92 ms
    from prassi.core.library.library import Shelf
    from prassi.core.ticketfile.connect import transaction

    connection = common.open_file_to_act()
    shelf = Shelf(common.load_settings(), connection)
    with transaction(connection, keep=not common.dry_run):
        writer = common.start_events(connection)

        def open_office() -> Office:
            from prassi.core.desk.office import Office  # late: 60 ms

            settings = common.load_settings()
            return Office(connection, settings, common.at, None, shelf, person=common.person)

        return import_sources(
            connection,
            shelf,
            writer,
            sources,
            map_path,
            today=common.at[:10],
            report=report,
            open_office=open_office,
        )
