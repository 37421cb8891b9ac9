"""prassi serve: the desk in a browser, and the keys of its people."""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import find_spoken, say

from ..options import FILE_NAME, CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..printing.rows import (
    RowOptions,
    RowView,
    add_row_options,
    print_plain,
    print_rows,
    show_cell,
    tell_nothing,
)
from ..web.keys import ROLES, KeyFile
from ..words import say_heads

_HEADS = ("name", "role", "language", "made_on")


@click.group("serve", invoke_without_command=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8600, show_default=True, help="Its port."
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="NAME",
    help="A name by which browsers reach it, such as desk.example.org.",
)
@click.option(
    "--tls-cert", type=FILE_NAME, metavar="FILE", help="The certificate, with which it speaks TLS."
)
@click.option("--tls-key", type=FILE_NAME, metavar="FILE", help="The key of the certificate.")
@click.option("--behind-proxy", is_flag=True, help="A proxy before it speaks TLS.")
@click.option("--read-only", is_flag=True, help="Record nothing, whatever a key allows.")
@add_common_options
def command(common: CommonOptions, read_only: bool, **given: Any) -> None:
    """Serve the desk to browsers, until it is interrupted (needs prassi[web]).

    Each person signs in with a key of their own: `prassi serve key add NAME`. Other machines reach it
    with --host and a certificate, or through a proxy.
    """
    if click.get_current_context().invoked_subcommand is not None:
        return
    try:
        from ..web.desk_door import DeskPlace
        from ..web.server import ServerOptions, serve  # late: 150 ms, and needs prassi[web]
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("flask", "waitress", "werkzeug"):
            raise
        raise BadInput(
            "prassi serve needs Flask and waitress: install them with `pip install 'prassi[web]'`."
        ) from None

    def tell(address: str) -> None:
        if common.json:
            print_json({"address": address})
        elif not common.quiet:
            print_text(say("The desk is at {address} (Ctrl+C ends it).").format(address=address))
        sys.stdout.flush()

    place = DeskPlace(common.file, common.find_settings(), common.given_at, find_spoken())
    serve(place, ServerOptions(read_only=read_only or common.dry_run, **given), tell)


@command.group("key")
def key() -> None:
    """Make, list and remove the keys by which people sign in."""


@key.command("add")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="agent",
    show_default=True,
    help="read looks; agent records, and takes back their own; lead also takes back what others did.",
)
@add_common_options
def add(common: CommonOptions, name: str, role: str) -> None:
    """Make a key for a person; it is printed once, and kept nowhere. --lang is that of their pages."""
    context = click.get_current_context()
    given = context.get_parameter_source("lang") is click.core.ParameterSource.COMMANDLINE
    lang: str | None = context.params["lang"] if given else None
    common.open_file()
    keys = KeyFile(common.file)
    made = None if common.dry_run else keys.add(name, role, lang, date.today().isoformat())
    if common.json:
        print_json({"name": name, "role": role, "language": lang, "key": made})
    elif made is None:
        print_text(say("Would make a key for {name} ({role}).").format(name=name, role=role))
    else:
        print_text(made)
        if not common.quiet:
            told = say("This is the key of {name} ({role}). It is not shown again.")
            print_text(told.format(name=name, role=role))


@key.command("list")
@add_row_options(lambda: _HEADS)
@add_common_options
def list_(common: CommonOptions, row_options: RowOptions) -> None:
    """List who has a key."""
    rows = ({name: getattr(one, name) for name in _HEADS} for one in KeyFile(common.file).read())
    view = RowView(say_heads(_HEADS), lambda row: [show_cell(row[name]) for name in _HEADS])
    if not print_rows(common, row_options, _HEADS, rows, print_plain(view)):
        tell_nothing(common, say("Nobody has a key."))


@key.command("remove")
@click.argument("name")
@add_common_options
def remove(common: CommonOptions, name: str) -> None:
    """Remove a person's key: their session ends, and their calendar's address."""
    keys = KeyFile(common.file)
    if common.dry_run:
        if all(one.name != name for one in keys.read()):
            raise BadInput(f"{name!r} has no key; `prassi serve key list` lists the keys.")
    else:
        keys.remove(name)
    if common.json:
        print_json({"name": name, "removed": not common.dry_run})
    elif not common.quiet:
        done = say("The key of {name} is removed.")
        told = say("The key of {name} would be removed.") if common.dry_run else done
        print_text(told.format(name=name))
