"""The only way to stdout and stderr: what it prints can't steer a terminal."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import click

# Plain texts, which `re` makes patterns of when they are first asked for: most output is plain.
_UNSAFE = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, C1's too
    "\u202a-\u202e\u2066-\u2069\u061c\u206a-\u206f"  # what turns writing around
    "\u2028\u2029\ud800-\udfff"
    # what nobody sees
    "\u00ad\u180e\u200b\u2060-\u2065\ufeff\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff]"
)
_JAMO = "\u1160-\u11ff\ud7b0-\ud7fb\u3164\uffa0"
"""Korean letters that stand upon the one before them, or that nobody sees."""

_FLOOD = rf"[^\w\s!-~{_JAMO}]{{9}}|[{_JAMO}]"
"""What could be a flood of marks: nine together that are no letter, digit or blank."""

_MARKS = 8
"""Characters without a width, as accents and joiners are, that may follow one another."""

_LONGEST_LINE = 2_000
"""Characters of a line of a warning or an error, which quotes what was given."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode


def safe(text: str, lines: bool = False) -> str:
    """Text without control characters, escape sequences and bidi overrides, which show as \\xNN.

    A line break becomes a space unless `lines` are wanted; U+200C to U+200F stay. Of a flood of
    accents and other characters without a width the first ones stay, and then comes one "…".
    """
    if not text.isprintable():
        text = re.sub(_UNSAFE, _escaped, text if lines else text.replace("\n", " "))
    if text.isascii() or not re.search(_FLOOD, text):
        return text
    return "".join(
        one if run <= _MARKS else "…" if run == _MARKS + 1 else "" for one, run in _runs(text)
    )


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 256:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _runs(text: str) -> Iterator[tuple[str, int]]:
    """Each character with its place among those without a width that follow one another, from 1."""
    from unicodedata import category

    from wcwidth import wcwidth

    run = 0
    for one in text:
        thin = category(one) in ("Mn", "Me", "Mc", "Cf") or wcwidth(one) == 0
        run = run + 1 if thin else 0
        yield one, run


def say(text: str = "", lines: bool = True) -> None:
    """Print a result."""
    click.echo(safe(text, lines))


def warn(text: str, label: str = "") -> None:
    """Print a warning or an error, on stderr; what it quotes is cut where it is long."""
    said = "\n".join(
        line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}..."
        for line in safe(text, lines=True).split("\n")
    )
    click.echo(f"{label}{said}", err=True)


def say_json(record: Any) -> None:
    """Print one object a line; what could steer a terminal is escaped as JSON escapes it."""
    click.echo(_json_safe(_encode(record)))


def say_raw(pieces: Iterable[str]) -> None:
    """Print JSON in pieces, as it comes."""
    for piece in pieces:
        sys.stdout.write(_json_safe(piece))
    sys.stdout.flush()


def drop_output() -> None:
    """Let what still waits to be printed go nowhere, once it can't be printed."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _json_safe(text: str) -> str:
    """JSON in which what is unsafe is escaped, so that it stays what it is."""
    if not text.isprintable():
        text = re.sub(_UNSAFE, lambda match: _json_escaped(match[0]), text)
    if text.isascii() or not re.search(_FLOOD, text):
        return text
    return "".join(one if run <= _MARKS else _json_escaped(one) for one, run in _runs(text))


def _json_escaped(character: str) -> str:
    return json.dumps(character)[1:-1]


def head(text: str) -> None:
    """Print a heading, bold on a terminal."""
    click.secho(safe(text), bold=True)


def table(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> None:
    """Print rows in columns under their heads."""
    from tabulate import tabulate

    cells = [[safe(cell) for cell in row] for row in rows]
    click.echo(tabulate(cells, heads, tablefmt="plain", disable_numparse=True))
