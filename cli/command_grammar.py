"""What can stand on the line of a command: its parameters, or the commands of a group.

It is read from Click once and kept, because a shell that completes a line asks at each press of its
key, and Click with a command's module takes 40 ms.
"""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from prassi.core import VERSION
from prassi.core.system.cache import load_or_build

_DECLARED = ("", "commands", "printing")
"""The folders of `cli` whose modules declare commands and options."""


class Parameter(NamedTuple):
    """An option or an argument; `opts` are the names of an option, `many` is an argument that takes
    all words that are left."""

    name: str
    opts: Sequence[str]
    takes_value: bool
    many: bool
    metavar: str
    choices: Sequence[str]
    help: str

    @property
    def is_argument(self) -> bool:
        """Whether it has no name on the line."""
        return not self.opts


class Grammar(NamedTuple):
    """A command's parameters, or the short help of each command of a group."""

    parameters: Sequence[Parameter]
    commands: Mapping[str, str]

    def find_option(self, name: str) -> Parameter | None:
        """The option of a name."""
        return next((one for one in self.parameters if name in one.opts), None)


def read_grammar(path: Sequence[str]) -> Grammar:
    """What the command has that some words name; of no words, the commands there are."""
    kept = load_or_build("line-" + "-".join(path), _digest_commands(), lambda: _ask_click(path))
    parameters, commands = kept
    return Grammar([Parameter(*one) for one in parameters], commands)


def _ask_click(path: Sequence[str]) -> Grammar:
    from .click_grammar import describe_command  # late: 40 ms

    return describe_command(path)


@cache
def _digest_commands() -> str:
    """What tells these declarations of commands from those of another release."""
    folder = os.path.dirname(os.path.abspath(__file__))
    changed = [
        entry.stat().st_mtime_ns
        for name in _DECLARED
        for entry in os.scandir(os.path.join(folder, name))
        if entry.name.endswith(".py")
    ]
    return f"{VERSION} {len(changed)} {max(changed)} {folder}"
