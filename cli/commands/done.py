"""prassi done: says that a task is done."""

from __future__ import annotations

import click

from ..events import record_event
from ..options import CommonOptions, add_common_options


@click.command("done")
@click.argument("ticket")
@click.argument("task", required=False)
@add_common_options
def command(common: CommonOptions, ticket: str, task: str | None) -> None:
    """Say that a task of a ticket is done: TASK, else the one that is due first."""
    record_event(common, ticket, "task-done", {"task": task})
