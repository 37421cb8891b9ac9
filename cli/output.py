"""The only way to stdout and stderr: what it prints can't steer a terminal."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import click

_UNSAFE = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff\ud800-\udfff]"
)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode


def safe(text: str, lines: bool = False) -> str:
    """Text without control characters, escape sequences and bidi overrides, which show as \\xNN.

    A line break becomes a space unless `lines` are wanted; U+200E and U+200F stay.
    """
    if text.isprintable():
        return text
    if not lines:
        text = text.replace("\n", " ")
    return re.sub(_UNSAFE, _escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def say(text: str = "", lines: bool = True) -> None:
    """Print a result."""
    click.echo(safe(text, lines))


def warn(text: str, label: str = "") -> None:
    """Print a warning or an error, on stderr."""
    click.echo(f"{label}{safe(text, lines=True)}", err=True)


def say_json(record: Any) -> None:
    """Print one object a line; what could steer a terminal is escaped as JSON escapes it."""
    text = _encode(record)
    click.echo(
        text if text.isprintable() else re.sub(_UNSAFE, lambda m: f"\\u{ord(m[0]):04x}", text)
    )


def say_raw(pieces: Iterable[str]) -> None:
    """Print JSON in pieces, as it comes."""
    for piece in pieces:
        text = piece if piece.isprintable() else _json_safe(piece)
        sys.stdout.write(text)
    sys.stdout.flush()


def drop_output() -> None:
    """Let what still waits to be printed go nowhere, once it can't be printed."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _json_safe(text: str) -> str:
    return re.sub(_UNSAFE, lambda match: f"\\u{ord(match[0]):04x}", text)


def head(text: str) -> None:
    """Print a heading, bold on a terminal."""
    click.secho(safe(text), bold=True)


def table(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> None:
    """Print rows in columns under their heads."""
    from tabulate import tabulate

    cells = [[safe(cell) for cell in row] for row in rows]
    click.echo(tabulate(cells, heads, tablefmt="plain", disable_numparse=True))
