"""prassi call-conduct: records an event `conduct` of a case."""

from __future__ import annotations

from typing import Any

import click

from ..events import record_event
from ..options import CommonOptions, add_common_options


@click.command("call-conduct")
@click.argument("case")
@click.argument("kind")
@click.option("--call", metavar="ID", help="The number of the call, in which occurrences count.")
@click.option(
    "--end", is_flag=True, help="silence: end the call, which two prompts come before at least."
)
@click.option("--agent", metavar="WHO", help="Who takes the call.")
@add_common_options
def command(common: CommonOptions, case: str, **given: Any) -> None:
    """Warn a caller with whom the call can't go on, or end the call.

    KIND is insult (or threat), profanity, circular (everything is answered, and the same is asked
    again), off-topic (not about mobile service) or silence (the caller can't be heard).
    """
    record_event(common, case, "conduct", given)
