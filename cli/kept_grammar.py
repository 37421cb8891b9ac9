"""The grammar of a command, read from Click once and kept.

A shell that completes a line asks at each press of its key, and Click with a command's module takes
40 ms.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache

from prassi.core import VERSION
from prassi.core.system.cache import load_or_build

from .command_grammar import Grammar, LineParameter

_DECLARED = ("", "commands", "printing")
"""The folders of `cli` whose modules declare commands and options."""


def read_grammar(path: Sequence[str]) -> Grammar:
    """What the command has that some words name; of no words, the commands there are."""
    kept = load_or_build("line-" + "-".join(path), _digest_commands(), lambda: _ask_click(path))
    parameters, commands = kept
    return Grammar([LineParameter(*one) for one in parameters], commands)


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
