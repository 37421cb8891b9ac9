"""A second file in which a map looks up what the export itself does not say, by a key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Row = Mapping[str, object]

_MOST = 3
"""Keys without a row that are told by name."""


class Lookup:
    """The rows of a file by the words in its key column; read when the first one is asked for."""

    def __init__(self, name: str, file: str, load: Callable[[], Mapping[str, Row]]) -> None:
        self.name, self.file, self._load = name, file, load
        self._rows: Mapping[str, Row] | None = None
        self._missing: dict[str, None] = {}

    def find(self, key: str) -> Row:
        """The row of a key; an empty one where there is none, which is told at the end."""
        if self._rows is None:
            self._rows = self._load()
        row = self._rows.get(key)
        if row is None:
            self._missing[key] = None
        return row or {}

    def tell_missing(self) -> str | None:
        """A sentence about the keys that had no row, if there were any."""
        if not self._missing:
            return None
        shown = ", ".join(list(self._missing)[:_MOST])
        more = f" and {len(self._missing) - _MOST} more" if len(self._missing) > _MOST else ""
        return f"{self.file} has no row for {shown}{more}: what the map looks up there is empty."
