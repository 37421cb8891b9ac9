"""Help in other languages than English: commands and options with their texts from the catalogue."""

from __future__ import annotations

import inspect
from copy import copy
from functools import partial
from typing import TypeVar

import click
from prassi.core.system.language import HELP, say

Command = TypeVar("Command", bound=click.Command)


def translate_help(command: click.Command) -> click.Command:
    """The same command, whose help is in the language that is spoken; it is looked up when it is
    printed."""
    spoken = copy(command)
    if isinstance(spoken, click.Group):
        spoken.commands = {n: translate_help(one) for n, one in spoken.commands.items()}
    spoken.get_help = partial(_get_help, command)  # type: ignore[method-assign]
    return spoken


def _get_help(command: click.Command, context: click.Context) -> str:
    """The help of a command in the language that is spoken."""
    return put_in_help(command).get_help(context)


def put_in_help(command: Command) -> Command:
    """A command whose texts of help are in the language that is spoken."""
    translated = copy(command)
    translated.help = _say_help(command.help)
    if isinstance(translated, click.Group):
        translated.commands = {n: put_in_help(one) for n, one in translated.commands.items()}
    translated.params = [_translate_option(one) for one in command.params]
    vars(translated)["_help_option"] = None  # Click keeps it, in the language of its first use
    return translated


def _translate_option(parameter: click.Parameter) -> click.Parameter:
    translated = copy(parameter)
    if isinstance(translated, click.Option):
        translated.help = _say_help(translated.help)
    return translated


def _say_help(text: str | None) -> str | None:
    return say(inspect.cleandoc(text), HELP) if text else text
