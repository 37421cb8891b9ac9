"""A pager for output that may be longer than the screen: the one that PAGER names, else less."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

PAGED = frozenset(
    (
        *(
            [
                "show",
                "log",
                "list",
                "find",
                "stats",
                "explain",
                "sheet",
                "calendar",
                "replay",
                "what-if",
            ]
        ),
        *("customer list", "customer show", "outbox list", "outbox show", "request list"),
        *("book list", "book show", "book check"),
    )
)
"""Commands that print and ask nothing."""

_LESS = "less"
_OPTIONS = {"LESS": "FRX", "LESSCHARSET": "utf-8"}
"""What less is told where the user has not told it: end at once if one screen is enough, show colours,
leave what was shown."""


@contextmanager
def page_output() -> Iterator[None]:
    """Let a pager show what is printed; where there is none, the terminal shows it."""
    words = shlex.split(os.environ.get("PRASSI_PAGER") or os.environ.get("PAGER") or _LESS)
    if not words or words == ["cat"]:
        yield
        return
    columns, lines = os.get_terminal_size(sys.stdout.fileno())
    if not (columns and lines):  # a terminal without a screen, in which less would wait for ever
        yield
        return
    try:
        pager = subprocess.Popen(words, stdin=subprocess.PIPE, env={**_OPTIONS, **os.environ})
    except OSError:  # there is no such program
        yield
        return
    context = click.get_current_context()
    context.color = None if os.environ.get("NO_COLOR") else True
    os.environ.setdefault("COLUMNS", str(columns))
    with _print_into(pager):
        yield


@contextmanager
def _print_into(pager: subprocess.Popen[bytes]) -> Iterator[None]:
    """Let the standard output be the pager's input; it is waited for, whatever ends the block."""
    assert pager.stdin is not None
    sys.stdout.flush()
    screen = os.dup(sys.stdout.fileno())
    os.dup2(pager.stdin.fileno(), sys.stdout.fileno())
    pager.stdin.close()
    try:
        yield
    finally:
        with suppress(BrokenPipeError):  # whoever reads has seen enough
            sys.stdout.flush()
        os.dup2(screen, sys.stdout.fileno())
        os.close(screen)
        while pager.poll() is None:
            with suppress(KeyboardInterrupt):  # an interrupt is the pager's own
                pager.wait()
