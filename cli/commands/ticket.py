"""prassi ticket: opens tickets by hand."""

from __future__ import annotations

import click

from ..events import record_event
from ..key_values import read_key_values
from ..lazy_group import ShortGroup
from ..options import CommonOptions, add_common_options


@click.group("ticket", cls=ShortGroup)
def command() -> None:
    """Open a ticket by hand."""


@command.command("new")
@click.argument("book")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option("--customer", metavar="REF", required=True, help="Whom it is about.")
@add_common_options
def new(common: CommonOptions, book: str, fields: tuple[str, ...], customer: str) -> None:
    """Open a ticket of a book for a customer, with what is known of it.

    A book with an event `new` of its own asks for what that wants to know.
    """
    given = {"customer": customer, **read_key_values(fields)}
    record_event(common, book, "new", given, _label)


def _label(name: str) -> str:
    return "--customer" if name == "customer" else name
