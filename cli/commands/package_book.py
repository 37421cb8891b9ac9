"""prassi package-book: records an event `booking` of the book packages."""

from __future__ import annotations

from typing import Any

import click

from ..events import label_option, record_event
from ..options import AMOUNT, MOMENT, CommonOptions, add_common_options
from ..printing.output import print_json, print_text

_BOOK = "packages"


@click.command("package-book")
@click.option("--customer", metavar="REF", help="The customer, if they are in the file.")
@click.option("--name", help="The name of a new customer.")
@click.option("--phone", help="The telephone of a new customer.")
@click.option("--email", help="The e-mail of a new customer.")
@click.option(
    "--language",
    metavar="CODE",
    help="The language of a new customer, or of the text that --script prints.",
)
@click.option("--visits", metavar="N", help="How many visits the package has.")
@click.option("--price", type=AMOUNT, help="What the package costs.")
@click.option("--currency", metavar="CODE", help="The currency of the price.  [default: EGP]")
@click.option("--first-visit", type=MOMENT, help="When the first visit is.")
@click.option(
    "--pays", metavar="now|later|no", help="When the customer pays; no: the customer does not book."
)
@click.option("--method", metavar="online|cash", help="How the customer pays now.")
@click.option("--address", metavar="TEXT", help="cash: where the money is collected.")
@click.option(
    "--collect-at",
    type=MOMENT,
    help="cash: when it is collected.  [default: the day before the first visit]",
)
@click.option("--note", metavar="TEXT", help="What was said.")
@click.option("--script", is_flag=True, help="Only print selling points and terms.")
@add_common_options
def command(common: CommonOptions, script: bool, **given: Any) -> None:
    """Book a prepaid package, or print what to say about it.

    A customer who does not book is noted too. For a customer who is not in the file yet, give
    --name and --phone.
    """
    if script:
        _print_script(common, given)
    else:
        record_event(common, _BOOK, "booking", given)


def _print_script(common: CommonOptions, given: dict[str, Any]) -> None:
    """Print what to say about packages, in the customer's or the chosen language."""
    from prassi.core.desk.decision_json import actions_as_json  # 9 ms of a help page

    named = {name: value for name, value in given.items() if value is not None}
    office = common._replace(dry_run=True).open_office()
    for action in actions_as_json(office.handle(_BOOK, "script", named, label_option).plan):
        print_json(action) if common.json else print_text(str(action["text"]))
