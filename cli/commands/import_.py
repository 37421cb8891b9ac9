"""prassi import: brings in customers and tickets."""

from __future__ import annotations

import click

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text


@click.command("import")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "--map",
    "map_path",
    metavar="FILE",
    help="How the columns and words of another program map to ours (TOML).",
)
@add_common_options
def command(common: CommonOptions, sources: tuple[str, ...], map_path: str | None) -> None:
    """Bring in customers and tickets from JSON, JSON Lines or CSV (- is stdin): all or nothing."""
    from prassi.core.importing.import_tickets import import_sources  # late: 92 ms
    from prassi.core.library.library import Shelf
    from prassi.core.ticketfile.connect import transaction

    connection = common.open_file_to_act()
    shelf = Shelf(common.load_settings(), connection)
    with transaction(connection, keep=not common.dry_run):
        writer = common.start_events(connection)
        made = import_sources(connection, shelf, writer, sources, map_path, today=common.at[:10])
    if common.json:
        print_json(
            {"customers": made.customers, "tickets": made.tickets, "applied": not common.dry_run}
        )
    elif not common.quiet:
        done = "would be imported" if common.dry_run else "imported"
        print_text(f"{made.customers} customers and {made.tickets} tickets {done}.")
