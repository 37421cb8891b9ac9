"""prassi desk: a prompt in which commands are typed one after another."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import say

from ..options import CommonOptions, KeptOpen, add_common_options
from ..streams import is_attended, warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prompt_toolkit.completion import Completer, Completion
    from prompt_toolkit.document import Document

_ENDS = ("exit", "quit", "q")


@click.command("desk")
@add_common_options
def command(common: CommonOptions) -> None:
    """Open a prompt: commands are typed without `prassi`, refs and words are completed with Tab.

    The ticket file and the books stay open, so that each command answers at once. What is given here,
    such as --as anna, holds for all of them. Ctrl-C ends the command that runs, or drops what is
    typed; exit, or Ctrl-D, ends the desk.
    """
    if not is_attended():
        raise BadInput("desk needs a terminal: in a script, give each command by itself.")
    try:
        from prompt_toolkit import PromptSession
    except ImportError:
        raise BadInput("desk needs prompt_toolkit: install it, or prassi[desk].") from None
    _hold_options(common)
    prompt = PromptSession[str](completer=_make_completer(), complete_while_typing=False)
    work_through(lambda: prompt.prompt("prassi> "))


def work_through(read: Callable[[], str]) -> None:
    """Run the lines that `read` gives until there are no more; an error ends only the line that has it."""
    from ..desk_session import DeskSession  # late: 45 ms

    KeptOpen.session = session = DeskSession()
    # An interrupt ends a line here; the handler of `entry` would note it as the end of the process.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        while True:
            try:
                line = read()
            except KeyboardInterrupt:
                continue
            except EOFError:
                return
            if line.strip() in _ENDS:
                return
            run_line(line)
    finally:
        signal.signal(signal.SIGINT, before)
        KeptOpen.session = None
        session.close()


def run_line(line: str) -> None:
    """Run a command as it is typed, with `prassi` before it or without."""
    from ..entry import INTERRUPTED
    from ..main import run

    try:
        words = shlex.split(line)
    except ValueError as error:
        warn(f"{str(error).lower()}: close the quote.", label=say("Error: "))
        return
    words = words[words[:1] == ["prassi"] :]
    if words[:1] == ["desk"]:
        warn("Error: this is the desk already.")
    elif words:
        try:
            if run(words) == INTERRUPTED:
                warn("")  # the prompt stands in a line of its own
        except SystemExit:  # a command that ends with a code of its own
            sys.stdout.flush()


def _hold_options(common: CommonOptions) -> None:
    """Let what was given hold for every command."""
    given = {
        "FILE": common.file,
        "AT": common.given_at,
        "CONFIG": common.config,
        "AS": common.person,
    }
    os.environ.update(
        {f"PRASSI_{name}": value for name, value in given.items() if value is not None}
    )


def _make_completer() -> Completer:
    from prompt_toolkit.completion import Completer, Completion

    from ..completion import FILES, complete_line

    class LineCompleter(Completer):
        """Offers what the last word can be."""

        def get_completions(self, document: Document, event: object) -> Iterator[Completion]:
            line = document.text_before_cursor
            begun = line.rpartition(" ")[2]
            for one in complete_line(f"prassi {line}"):
                if one.word != FILES:
                    yield Completion(one.word, -len(begun), display_meta=one.about)

    return LineCompleter()
