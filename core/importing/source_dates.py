"""The day that a source is of: what a column says, or its name (`[source] dated` of a map)."""

from __future__ import annotations

from typing import NamedTuple

from ..system.toml_document import Path
from .export_map_values import Clock, Recipe, Row
from .stamps import read_stamp


class Dated(NamedTuple):
    """Where the day stands: in the file's `name`, written as for strptime, or in a column."""

    path: Path
    name: str | None
    recipe: Recipe | None

    def read_name(self, name: str) -> str | None:
        """The day in the name of a file, None where a column says it. Raises ValueError."""
        return None if self.name is None else read_stamp(name, (self.name,)).date().isoformat()

    def read_row(self, row: Row, clock: Clock) -> str | None:
        """The day that a row says, if it says one. Raises ValueError."""
        stamp = self.recipe.read_stamp(row, clock) if self.recipe else None
        return None if stamp is None else stamp.date().isoformat()
