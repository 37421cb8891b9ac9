"""prassi package-book"""

from __future__ import annotations

from typing import Any

import click

from ..options import AMOUNT, MOMENT, Common, common, option_label
from ..printing.decisions import answer
from ..printing.output import say, say_json

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
@click.option("--note", metavar="TEXT", help="What was said.")
@click.option("--script", is_flag=True, help="Only print selling points and terms.")
@common
def command(common: Common, script: bool, **given: Any) -> None:
    """Book a prepaid package during a call, or note that the customer does not book.

    Where the customer is not in the file yet, give --name and --phone.
    """
    if script:
        _say_script(common, given)
    else:
        answer(common, _BOOK, "booking", given)


def _say_script(common: Common, given: dict[str, Any]) -> None:
    """What to say about packages, in the customer's or the chosen language; nothing is written."""
    named = {name: value for name, value in given.items() if value is not None}
    office = common._replace(dry_run=True).office()
    for action in office.handle(_BOOK, "script", named, option_label).plan.actions:
        say_json(action) if common.json else say(action["text"])
