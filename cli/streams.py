"""The standard streams: opened so that printing can't fail for a missing stream or its encoding.

What is unsafe for a terminal is made safe, and warnings go to stderr.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import TextIOWrapper
from typing import IO

import click

_STREAMS = (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w"))

# Plain texts, which `re` makes patterns of when they are first asked for: most output is plain.
UNSAFE = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, C1's too
    "\u202a-\u202e\u2066-\u2069\u061c\u206a-\u206f"  # what turns writing around
    "\u2028\u2029\ud800-\udfff"
    # what nobody sees
    "\u00ad\u180e\u200b\u2060-\u2065\ufeff\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff]"
)


_JAMO = "\u1160-\u11ff\ud7b0-\ud7fb\u3164\uffa0"
"""Korean letters that stand upon the one before them, or that nobody sees."""


FLOOD = rf"[^\w\s!-~{_JAMO}]{{9}}|[{_JAMO}]"
"""What could be a flood of marks: nine together that are no letter, digit or blank."""


MARKS = 8
"""Characters without a width, as accents and joiners are, that may follow one another."""


_LONGEST_LINE = 2_000
"""Characters of a line of a warning or an error, which quotes what was given."""


def make_safe(text: str, lines: bool = False) -> str:
    """Text without control characters, escape sequences and bidi overrides, which show as \\xNN.

    A line break becomes a space unless `lines` are wanted; U+200C to U+200F stay. Of a flood of
    accents and other characters without a width the first ones stay, and then comes one "…".
    """
    if not text.isprintable():
        text = re.sub(UNSAFE, escape, text if lines else text.replace("\n", " "))
    if text.isascii() or not re.search(FLOOD, text):
        return text
    return "".join(
        one if run <= MARKS else "…" if run == MARKS + 1 else ""
        for one, run in count_thin_runs(text)
    )


def escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 256:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def count_thin_runs(text: str) -> Iterator[tuple[str, int]]:
    """Each character with its place among those without a width that follow one another, from 1."""
    from unicodedata import category

    from wcwidth import wcwidth

    run = 0
    for one in text:
        thin = category(one) in ("Mn", "Me", "Mc", "Cf") or wcwidth(one) == 0
        run = run + 1 if thin else 0
        yield one, run


def open_streams() -> None:
    """Give the process the three standard streams, whatever it was started with.

    One that is missing (as under some service managers, or after `>&-`) becomes the null device:
    else a file that is opened later, the ticket file among them, would get its number. A character
    that the stream's encoding does not have is printed as an escape, so that no printing fails
    after something was written.
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


def is_unicode(stream: IO[str]) -> bool:
    """Whether a stream's encoding has every character."""
    return (getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")


def warn(text: str, label: str = "") -> None:
    """Print a warning or an error, on stderr; what it quotes is cut where it is long."""
    said = "\n".join(
        line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}..."
        for line in make_safe(text, lines=True).split("\n")
    )
    with suppress(OSError):  # A full or closed stderr changes nothing of what is done.
        click.echo(f"{label}{said}", err=True)


def drop_output() -> None:
    """Let what still waits to be printed go nowhere, once it can't be printed."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
