"""The standard streams, opened so that printing fails neither for a missing stream nor its encoding.

Text is made safe for a terminal, and warnings and errors go to stderr.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import TextIOWrapper
from typing import IO

from prassi.core.system.language import ENGLISH, find_spoken

_STREAMS = (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w"))

# Plain texts, not compiled patterns: most output never needs them, and compiling them costs 1 ms.
UNSAFE = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, C1's too
    "\u202a-\u202e\u2066-\u2069\u061c\u206a-\u206f"  # changes of the writing direction
    "\u2028\u2029\ud800-\udfff"  # line separators and half pairs
    # invisible characters
    "\u00ad\u180e\u200b\u2060-\u2065\ufeff\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff]"
)
"""A character that could steer a terminal or that nobody sees, as a pattern."""

_JAMO = "\u1160-\u11ff\ud7b0-\ud7fb\u3164\uffa0"
"""Korean letters that stand on the one before them, or that nobody sees."""

FLOOD = rf"[^\w\s!-~{_JAMO}]{{9}}|[{_JAMO}]"
"""What may be a flood of marks: nine in a row that are not letters, digits or blanks."""

MARKS = 8
"""How many characters without a width, such as accents and joiners, may follow one another."""

_LONGEST_LINE = 2_000
"""Characters of a line of a warning or an error, which quotes what the user gave."""


def make_safe(text: str, lines: bool = False) -> str:
    """Text with control characters, escape sequences and bidi overrides written as \\xNN.

    A line break (CR LF too) becomes a space unless `lines` are wanted; U+200C to U+200F stay. Of a flood of
    accents and other characters without a width the first ones stay, followed by one "…".
    """
    if not text.isprintable():
        text = text.replace("\r\n", "\n")
        text = re.sub(UNSAFE, _escape_match, text if lines else text.replace("\n", " "))
    if text.isascii() or not re.search(FLOOD, text):
        return text
    return "".join(
        one if run <= MARKS else "…" if run == MARKS + 1 else ""
        for one, run in count_thin_runs(text)
    )


def _escape_match(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 256:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def count_thin_runs(text: str) -> Iterator[tuple[str, int]]:
    """Each character with its place, from 1, in a run of characters without a width; 0 for others."""
    from unicodedata import category  # late: 16 ms

    from wcwidth import wcwidth  # late: 30 ms

    run = 0
    for one in text:
        thin = category(one) in ("Mn", "Me", "Mc", "Cf") or wcwidth(one) == 0
        run = run + 1 if thin else 0
        yield one, run


def open_streams() -> None:
    """Give the process the three standard streams, whatever it was started with.

    A missing one (as under some service managers, or after `>&-`) becomes the null device: otherwise
    a file that is opened later, such as the ticket file, would get its number. A character that the
    stream's encoding does not have is printed as an escape, so that printing does not fail after
    something was written.
    """
    for name, number, mode in _STREAMS:
        if getattr(sys, name) is None:
            setattr(sys, name, _open_null(number, mode))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _open_null(number: int, mode: str) -> IO[str]:
    handle = os.open(os.devnull, os.O_RDWR)
    if handle != number and not _is_open(number):
        os.dup2(handle, number)
        os.close(handle)
        handle = number
    return open(handle, mode, encoding="utf-8", closefd=False)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def is_attended() -> bool:
    """Whether somebody types at a terminal and reads there: only then words can be shortened."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def is_unicode(stream: IO[str]) -> bool:
    """Whether a stream's encoding has every character."""
    return (getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")


def print_line(text: str) -> None:
    """Print a text in one line on stdout, without Click."""
    sys.stdout.write(f"{make_safe(text)}\n")


def warn(text: str, label: str = "") -> None:
    """Print a warning or an error on stderr, in the language that is spoken; lines that are too long
    are cut."""
    import click  # late: a shell that completes a line needs no Click, which takes 25 ms

    if find_spoken() != ENGLISH:
        from .spoken_errors import translate_error  # late: 0.5 ms

        text = translate_error(text)
    shown = "\n".join(
        line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}..."
        for line in make_safe(text, lines=True).split("\n")
    )
    with suppress(OSError):  # A full or closed stderr changes nothing of what was done.
        click.echo(f"{label}{shown}", err=True)


def drop_output() -> None:
    """Discard what still waits to be printed, once stdout can't be written."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
