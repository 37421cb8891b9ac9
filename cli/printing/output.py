"""All that goes to stdout, safe for a terminal: lines, headings, JSON Lines and plain tables."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache

import click

from ..streams import FLOOD, MARKS, UNSAFE, count_thin_runs, is_unicode, make_safe


def print_text(text: str = "", lines: bool = True) -> None:
    """Print a result; with `lines` its line breaks stay, without they become spaces."""
    click.echo(make_safe(text, lines))


def print_heading(text: str) -> None:
    """Print a heading, bold on a terminal."""
    click.secho(make_safe(text), bold=True)


def print_json(record: object) -> None:
    """Print an object on a line; what could steer a terminal is escaped as JSON escapes it."""
    click.echo(_escape_unsafe(_find_encoder()(record)))


@cache
def _find_encoder() -> Callable[[object], str]:
    from json import JSONEncoder  # late: 2 ms

    return JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode


def print_json_pieces(pieces: Iterable[str]) -> None:
    """Print pieces of JSON as they come."""
    for piece in pieces:
        sys.stdout.write(_escape_unsafe(piece))
    sys.stdout.flush()


def _escape_unsafe(text: str) -> str:
    """JSON in which every unsafe character is escaped, so that it still means the same."""
    if not text.isprintable():
        text = re.sub(UNSAFE, lambda match: _escape_character(match[0]), text)
    if not text.isascii() and not is_unicode(sys.stdout):
        return re.sub("[^\x00-\x7f]", lambda match: _escape_character(match[0]), text)
    if text.isascii() or not re.search(FLOOD, text):
        return text
    return "".join(
        one if run <= MARKS else _escape_character(one) for one, run in count_thin_runs(text)
    )


def _escape_character(character: str) -> str:
    from json import dumps  # late: 2 ms

    return dumps(character)[1:-1]


def print_plain_table(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> None:
    """Print rows under their heads, a line each, as wide as their cells are.

    For names, dates and figures; what has free text goes through `columns.format_table`.
    """
    from tabulate import tabulate  # late: 41 ms

    cells = [[make_safe(cell) for cell in row] for row in rows]
    click.echo(tabulate(cells, heads, tablefmt="plain", disable_numparse=True))
