"""prassi undo: takes back an event or a run."""

from __future__ import annotations

import click
from prassi.core.errors import BadInput

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text


@click.command("undo")
@click.argument("event", type=int, required=False)
@click.option("--run", type=int, metavar="RUN", help="Take back all events of a run.")
@add_common_options
def command(common: CommonOptions, event: int | None, run: int | None) -> None:
    """Take back an event or a whole run; without either, the newest event."""
    from prassi.core.library.library import Shelf  # late: 62 ms
    from prassi.core.ticketfile import state_catalogue, undo
    from prassi.core.ticketfile.connect import transaction
    from prassi.core.ticketfile.write_events import EventWriter

    if event is not None and run is not None:
        raise BadInput("EVENT can't be used with --run: give one.")
    connection = common.open_file_to_act()
    with transaction(connection, keep=not common.dry_run):
        named = [event] if event is not None else None
        numbers = undo.find_events_of_run(connection, run) if run is not None else named
        numbers = numbers or [undo.find_newest(connection)]
        undone = undo.undo_events(
            connection, EventWriter(connection, common.command, common.at), numbers
        )
        state_catalogue.check_open_tickets(
            connection, lambda: Shelf(common.load_settings(), connection), numbers
        )
    for number, by in zip(numbers, undone, strict=True):
        if common.json:
            print_json(
                {
                    "undone": number,
                    "applied": not common.dry_run,
                    "event_id": None if common.dry_run else by,
                }
            )
        elif not common.quiet:
            would = "would be" if common.dry_run else "is"
            print_text(
                f"Event {number} {would} undone" + ("." if common.dry_run else f", by event {by}.")
            )
