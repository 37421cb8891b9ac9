"""prassi package-visit: records an event `visit` of a package."""

from __future__ import annotations

from typing import Any

import click

from ..events import record_event
from ..options import MOMENT, CommonOptions, add_common_options


@click.command("package-visit")
@click.argument("ticket")
@click.argument("visit_date", type=MOMENT, metavar="VISIT-DATE")
@click.argument("change", metavar="move|cancel|done")
@click.option("--to", type=MOMENT, help="The new date of a visit that moves.")
@click.option("--no-answer", is_flag=True, help="The call about today's visit was not answered.")
@click.option("--note", metavar="TEXT", help="What was said.")
@add_common_options
def command(common: CommonOptions, ticket: str, **given: Any) -> None:
    """Move or cancel a visit of a package, or say that it took place.

    A visit that is changed too late counts as used. VISIT-DATE is the day of the visit, with the
    hour where there are several on that day.
    """
    record_event(common, ticket, "visit", given, _label_argument)


def _label_argument(name: str) -> str:
    return {"visit_date": "VISIT-DATE", "change": "CHANGE"}.get(name, f"--{name.replace('_', '-')}")
