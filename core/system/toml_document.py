"""A TOML document that was read: its data, and the line of each key, so that a fault can name it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Path = tuple[str | int, ...]
"""Where a value stands: keys, and places in lists and arrays of tables."""


class Document:
    """A TOML document: its name as the user gave it, its data, and the line of each key.

    The lines are found when one is first asked for, since a document without faults needs none;
    `find_lines` keeps them. Data from elsewhere, as from the cache, has none: it is told at line 1.
    """

    def __init__(
        self,
        name: str,
        data: dict[str, Any],
        find_lines: Callable[[], Mapping[Path, int]] = dict,
    ) -> None:
        self.name, self.data, self._find_lines = name, data, find_lines

    def at(self, *path: str | int) -> str:
        """`name:line` of the nearest key at or above `path`."""
        return f"{self.name}:{self.line(*path)}"

    def line(self, *path: str | int) -> int:
        """The line of the nearest key at or above `path`."""
        lines = self._find_lines()
        while path and path not in lines:
            path = path[:-1]
        return lines.get(path, 1)

    def with_data(self, data: dict[str, Any]) -> Document:
        """The same document with other data; what stands in both is told at its line."""
        return Document(self.name, data, self._find_lines)
