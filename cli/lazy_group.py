"""A group of commands that imports only the module of the command that is called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click
from prassi.core.system.language import ENGLISH, HELP, find_spoken, say

from .streams import is_attended


def name_module(command: str) -> str:
    """The module of a command in cli/commands: `case_route` for case-route, `import_` for import."""
    name = command.replace("-", "_").replace(" ", "_")
    return f"{name}_" if iskeyword(name) else name


class ShortGroup(click.Group):
    """A group whose commands, and their options, can be shortened at a terminal."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names."""
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-"):
            from .short_forms import find_command  # 1 ms, and scripts are not short

            args = [find_command(ctx, args[0], known), *args[1:]]
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and is_attended():
            from .short_forms import expand_options

            rest = expand_options(command, rest)
        return name, command, rest


class LazyGroup(ShortGroup):
    """A group that imports a command's module when that command is called.

    `helps` has the short help of each command; `within` stands before the name of each module: the
    module of `show` is commands/show.py, and within "book_" commands/book_show.py.
    """

    def __init__(self, *args: Any, helps: Mapping[str, str], within: str = "", **given: Any):
        super().__init__(*args, **given)
        self.helps, self._within = helps, within

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.helps)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.helps:
            return None
        name = name_module(self._within + cmd_name)
        command: click.Command = import_module(f"prassi.cli.commands.{name}").command
        if find_spoken() == ENGLISH or isinstance(command, LazyGroup):
            return command
        from .spoken_help import translate_help  # late: 1 ms, and only where help is not English

        return translate_help(command)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        self._help_option = None  # Click would keep it in the language of the first invocation
        return super().get_help_option(ctx)

    def get_help(self, ctx: click.Context) -> str:
        if find_spoken() == ENGLISH:
            return super().get_help(ctx)
        from .spoken_help import put_in_help  # late: 1 ms, and only where help is not English

        return click.Group.get_help(put_in_help(self), ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, say(text, HELP)) for name, text in self.helps.items()])
