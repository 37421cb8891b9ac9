"""The only way to stdout and stderr: what it prints can't steer a terminal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from ..streams import FLOOD, MARKS, UNSAFE, count_thin_runs, is_unicode, make_safe

_encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode


def print_text(text: str = "", lines: bool = True) -> None:
    """Print a result."""
    click.echo(make_safe(text, lines))


def print_json(record: Any) -> None:
    """Print one object a line; what could steer a terminal is escaped as JSON escapes it."""
    click.echo(_json_safe(_encode(record)))


def print_json_pieces(pieces: Iterable[str]) -> None:
    """Print JSON in pieces, as it comes."""
    for piece in pieces:
        sys.stdout.write(_json_safe(piece))
    sys.stdout.flush()


def _json_safe(text: str) -> str:
    """JSON in which what is unsafe is escaped, so that it stays what it is."""
    if not text.isprintable():
        text = re.sub(UNSAFE, lambda match: _json_escaped(match[0]), text)
    if not text.isascii() and not is_unicode(sys.stdout):
        return re.sub("[^\x00-\x7f]", lambda match: _json_escaped(match[0]), text)
    if text.isascii() or not re.search(FLOOD, text):
        return text
    return "".join(
        one if run <= MARKS else _json_escaped(one) for one, run in count_thin_runs(text)
    )


def _json_escaped(character: str) -> str:
    return json.dumps(character)[1:-1]


def print_heading(text: str) -> None:
    """Print a heading, bold on a terminal."""
    click.secho(make_safe(text), bold=True)


def print_plain_table(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> None:
    """Print rows in columns under their heads."""
    from tabulate import tabulate

    cells = [[make_safe(cell) for cell in row] for row in rows]
    click.echo(tabulate(cells, heads, tablefmt="plain", disable_numparse=True))
