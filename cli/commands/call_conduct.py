"""prassi call-conduct"""

from __future__ import annotations

from typing import Any

import click

from ..options import Common, common
from ..printing.decisions import answer


@click.command("call-conduct")
@click.argument("case")
@click.argument("kind")
@click.option("--call", metavar="ID", help="The number of the call, in which occurrences count.")
@click.option("--agent", metavar="WHO", help="Who takes the call.")
@common
def command(common: Common, case: str, **given: Any) -> None:
    """A call that can't go on like this: warn the caller, or end it.

    KIND is insult (or threat), profanity, circular (all is answered, and the same is asked again),
    off-topic (not about mobile service) or silence (the caller can't be heard).
    """
    answer(common, case, "conduct", given)
