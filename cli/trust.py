"""The option of the commands that only look at books: to look at those that others can write, too."""

from __future__ import annotations

import click


def _follow_all(context: click.Context, option: click.Parameter, given: bool) -> None:
    if given:
        from prassi.core.system.permissions import follow_all  # late: 1 ms

        context.with_resource(follow_all())


add_trust_option = click.option(
    "--trust",
    is_flag=True,
    expose_value=False,
    callback=_follow_all,
    help="Follow settings, books and templates that others can write, too.",
)
"""Adds `--trust`: as CI needs it in a checkout that was made with umask 000."""
