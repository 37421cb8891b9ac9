"""prassi package-book"""

from __future__ import annotations

from typing import Any

import click

from ..options import AMOUNT, MOMENT, CommonOptions, add_common_options, label_option
from ..printing.decisions import record_event
from ..printing.output import print_json, print_text

_BOOK = "packages"


@click.command("package-book")
@click.option("--customer", metavar="REF", help="The customer, where they are in the file.")
@click.option("--name", help="Of a new customer.")
@click.option("--phone", help="Of a new customer.")
@click.option("--email", help="Of a new customer.")
@click.option("--language", metavar="CODE", help="Of a new customer, or what to talk in.")
@click.option("--visits", metavar="N", help="How many visits the package has.")
@click.option("--price", type=AMOUNT, help="What the package costs.")
@click.option("--currency", metavar="CODE", help="Of the price.  [default: EGP]")
@click.option("--first-visit", type=MOMENT, help="When the first visit is.")
@click.option("--pays", metavar="now|later|no", help="Whether the customer pays; no: doesn't book.")
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
    """Book a prepaid package during a call, or note that the customer does not book.

    Where the customer is not in the file yet, give --name and --phone.
    """
    if script:
        _say_script(common, given)
    else:
        record_event(common, _BOOK, "booking", given)


def _say_script(common: CommonOptions, given: dict[str, Any]) -> None:
    """What to say about packages, in the customer's or the chosen language; nothing is written."""
    named = {name: value for name, value in given.items() if value is not None}
    office = common._replace(dry_run=True).open_office()
    for action in office.handle(_BOOK, "script", named, label_option).plan.actions:
        print_json(action) if common.json else print_text(action["text"])
