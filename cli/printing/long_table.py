"""A plain table of any length: its rows wait on the disk until the widths of its columns are known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from tempfile import SpooledTemporaryFile
from types import TracebackType

import click

from ..streams import make_safe
from .columns import GAP, measure_width

_IN_MEMORY = 2**20
"""Bytes that stay in memory before the disk is used."""


class LongTable:
    """Takes rows of text and prints them in columns under their heads, after an empty line."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8")  # noqa: SIM115
        self._widths: list[int] = []

    def __enter__(self) -> LongTable:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, cells: Sequence[str], heads: Sequence[str]) -> None:
        """Take a row; the heads that come with the first one are printed, with room beside them."""
        if not self._widths:
            self._widths = [measure_width(head) + GAP for head in heads]
            self._write(heads)
        self._write(cells)

    def _write(self, cells: Sequence[str]) -> None:
        shown = [make_safe(cell) for cell in cells]
        self._widths = [
            max(width, measure_width(cell)) for width, cell in zip(self._widths, shown, strict=True)
        ]
        self._file.write(f"{json.dumps(shown)}\n")

    def print(self) -> None:
        """Print the rows; nothing where there are none."""
        self._file.seek(0)
        for place, line in enumerate(self._file):
            shown = zip(json.loads(line), self._widths, strict=True)
            cells = [cell + " " * (width - measure_width(cell) + GAP) for cell, width in shown]
            click.echo("\n" * (not place) + "".join(cells).rstrip())
