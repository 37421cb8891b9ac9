"""The option of the commands that keep what they worked out about a book: to work it out again."""

from __future__ import annotations

import click

from .streams import warn

add_fresh_option = click.option(
    "--fresh", is_flag=True, help="Work everything out again, also what is kept from before."
)
"""Adds `--fresh`."""


def warn_of_kept(book: str) -> None:
    """Say that what is printed of a book was worked out before."""
    warn(f"{book}: kept from before, as nothing has changed; --fresh works it out again.")
