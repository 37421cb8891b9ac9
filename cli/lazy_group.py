"""A group of commands of which only the one that is called is imported."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click


def module_name(command: str) -> str:
    """The module of a command below cli/commands: `case_route` of case-route, `import_` of import."""
    name = re.sub("[- ]", "_", command)
    return f"{name}_" if iskeyword(name) else name


class LazyGroup(click.Group):
    """A group that imports a command's module when that command is called.

    `helps` has each command with its help in short; the module of `x-y` is commands/x_y.py, after `within`.
    """

    def __init__(self, *args: Any, helps: Mapping[str, str], within: str = "", **given: Any):
        super().__init__(*args, **given)
        self._helps, self._within = helps, within

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._helps)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._helps:
            return None
        name = module_name(self._within + cmd_name)
        command: click.Command = import_module(f"prassi.cli.commands.{name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self._helps.items()))
