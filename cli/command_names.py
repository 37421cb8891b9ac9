"""Whether words name a command, as the statements of books do."""

from __future__ import annotations

import re

import click


def is_command(words: str) -> bool:
    """Whether there is a command, and what follows it is a subcommand or stands in its help.

    `request board` is a subcommand; `case-route folder` has its view as an argument.
    """
    context = click.get_current_context()
    command: click.Command | None = context.find_root().command
    for word in words.split():
        if isinstance(command, click.Group):
            command = command.get_command(context, word)
        elif command is None or not re.search(
            rf"(?<![\w-]){re.escape(word)}(?![\w-])", command.help or ""
        ):
            return False
    return command is not None and bool(words.split())
