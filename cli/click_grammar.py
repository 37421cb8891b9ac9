"""The grammar of a command as Click has it declared."""

from __future__ import annotations

from collections.abc import Sequence

import click

from .command_grammar import Grammar, LineParameter
from .main import prassi
from .printing.rows import ColumnNames


def describe_command(path: Sequence[str]) -> Grammar:
    """What the command has that some words name; nothing where there is none."""
    command: click.Command = prassi
    context = click.Context(prassi, info_name="prassi")
    for word in path:
        found = command.get_command(context, word) if isinstance(command, click.Group) else None
        if found is None:
            return Grammar((), {})
        command, context = found, click.Context(found, context, found.name)
    if isinstance(command, click.Group):
        return Grammar((), _describe_commands(command, context))
    parameters = command.get_params(context)
    return Grammar([_describe_parameter(one) for one in parameters if not _is_hidden(one)], {})


def _describe_commands(group: click.Group, context: click.Context) -> dict[str, str]:
    """The commands of a group, each with its short help."""
    helps: dict[str, str] = getattr(group, "helps", {})
    return {
        name: helps.get(name) or _find_short_help(group.get_command(context, name))
        for name in group.list_commands(context)
    }


def _find_short_help(command: click.Command | None) -> str:
    return command.get_short_help_str(70) if command else ""


def _is_hidden(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Option) and parameter.hidden


def _describe_parameter(parameter: click.Parameter) -> LineParameter:
    option = parameter if isinstance(parameter, click.Option) else None
    kind = parameter.type
    return LineParameter(
        name=parameter.name or "",
        opts=[] if option is None else [*option.opts, *option.secondary_opts],
        takes_value=option is None or not (option.is_flag or option.count),
        many=parameter.nargs == -1,
        metavar=parameter.metavar or "",
        choices=_list_choices(kind),
        help="" if option is None else option.help or "",
    )


def _list_choices(kind: click.ParamType[object]) -> list[str]:
    """The words that a value can be, or be made of."""
    if isinstance(kind, ColumnNames):
        return [*kind.list_names()]
    return [*map(str, kind.choices)] if isinstance(kind, click.Choice) else []
