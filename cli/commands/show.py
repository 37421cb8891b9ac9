"""prassi show: prints tickets with their customers and history."""

from __future__ import annotations

import click

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..printing.tickets import open_view, print_view, warn_if_unreadable


@click.command("show")
@click.argument("refs", metavar="REF...", nargs=-1, required=True)
@add_common_options
def command(common: CommonOptions, refs: tuple[str, ...]) -> None:
    """Show a ticket with its history: who it is, where it stands and what is next.

    REF is a ticket's, or a customer's: then all tickets of that customer are shown, open ones first.
    """
    view = open_view(common)
    found = [ticket for ref in refs for ticket in view.find_refs(ref)]
    for place, ticket in enumerate(dict.fromkeys(found)):
        shown = view.read(ticket, common.at)
        warn_if_unreadable(view, shown)
        if common.json:
            print_json(shown)
            continue
        if place:
            print_text()
        print_view(shown, view.find_words(shown["book"]))
