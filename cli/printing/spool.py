"""A table of any length, printed once its columns are known: until then its rows wait on the disk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from tempfile import SpooledTemporaryFile
from types import TracebackType

import click

from ..streams import make_safe
from .columns import GAP, measure_width

SMALL = 2**20
"""Bytes that stand in memory, before the disk is used."""


class Spool:
    """Takes rows of text, and prints them in columns under their heads, after an empty line."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(SMALL, "w+", encoding="utf-8")  # noqa: SIM115
        self._wide: list[int] = []

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, cells: Sequence[str], heads: Sequence[str]) -> None:
        """Take a row; the heads of the first one are printed, with room beside them."""
        if not self._wide:
            self._wide = [measure_width(head) + GAP for head in heads]
            self._take(heads)
        self._take(cells)

    def _take(self, cells: Sequence[str]) -> None:
        shown = [make_safe(cell) for cell in cells]
        self._wide = [
            max(room, measure_width(one)) for room, one in zip(self._wide, shown, strict=True)
        ]
        self._file.write(f"{json.dumps(shown)}\n")

    def print(self) -> None:
        """Print what was taken; nothing where that is nothing."""
        self._file.seek(0)
        for place, line in enumerate(self._file):
            shown = zip(json.loads(line), self._wide, strict=True)
            cells = [one + " " * (room - measure_width(one) + GAP) for one, room in shown]
            click.echo("\n" * (not place) + "".join(cells).rstrip())
