"""CSV for people's spreadsheets, in which no cell is a formula; with --raw it is for programs."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Iterable, Sequence

import click

from ..streams import make_safe

Cell = str | int | None

_FORMULA = r"""((?:^|[,;|])[\s"'\u200c-\u200f]*)(?=[=+\-@＝＋－＠])"""
"""Where a formula would begin: at the start of a cell, and after a character that another program
takes for the end of a cell."""

_NUMBER = r"-[0-9]+(\.[0-9]+)?"


def add_csv_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command --csv and --raw; its `CommonOptions` has them."""
    raw = click.option("--raw", is_flag=True, help="With --csv: cells as they are, for programs.")
    csv = click.option(
        "--csv", is_flag=True, help="CSV for a spreadsheet, in which no cell is a formula."
    )
    return csv(raw(command))


def defuse_cell(cell: str) -> str:
    """A cell in one line that no spreadsheet calculates: `'` stands before what begins like a
    formula and is not a negative number."""
    text = " ".join(make_safe(cell).split())
    return text if re.fullmatch(_NUMBER, text) else re.sub(_FORMULA, r"\1'", text)


def print_csv(
    heads: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    raw: bool,
    first: bool = True,
    head: bool = True,
) -> bool:
    """Print rows, under their heads unless `head` is false, as they come; whether there were any.

    A file for people starts with a byte order mark, by which their programs recognise UTF-8; `first`
    says whether these are the first rows of the file.
    """
    if first and not raw and not sys.stdout.isatty():
        sys.stdout.write("\ufeff")
    writer = csv.writer(sys.stdout, lineterminator="\n" if raw else "\r\n")
    if head:
        writer.writerow(prepare_row(heads, raw))
    any_rows = False
    for row in rows:
        any_rows = True
        writer.writerow(prepare_row(row, raw))
    sys.stdout.flush()
    return any_rows


def prepare_row(row: Sequence[Cell], raw: bool) -> list[Cell]:
    """A row as it is printed.

    A program that ends cells at another character reads the whole row as one cell. It begins with
    the first cell, and is then not a negative number any more: so `'` stands before that one too.
    """
    if raw:
        return [make_safe(cell, lines=True) if isinstance(cell, str) else cell for cell in row]
    made = [defuse_cell(cell) if isinstance(cell, str) else cell for cell in row]
    if len(made) > 1 and str(made[0]).startswith("-"):
        made[0] = f"'{made[0]}"
    return made
