"""Reading what the rules of a book rest on: the statements of its procedure, and remarks."""

from __future__ import annotations

from functools import cached_property

from ..system.toml_document import Path
from ..system.toml_reader import Kind, TomlReader
from .model import Remark, Statement
from .names import read_listed

_STATEMENT: dict[str, Kind] = {"id": str, "says": str, "manual": str, "view": str, "reading": str}
_REMARK: dict[str, Kind] = {"id": str, "says": str}


class StatementReader:
    """Reads what the rules rest on, when it is first asked for."""

    def __init__(self, toml: TomlReader) -> None:
        self._toml = toml

    @cached_property
    def statements(self) -> dict[str, Statement]:
        """The statements of the written procedure, by id."""
        return read_listed(self._toml, "statement", self._statement)

    @cached_property
    def remarks(self) -> dict[str, Remark]:
        """What the source leaves open, by id."""
        return read_listed(self._toml, "remark", self._remark)

    def _statement(self, raw: object, path: Path) -> Statement:
        good = self._toml.keys(raw, path, _STATEMENT, ("id", "says"))
        return Statement(
            id=good.text("id", "?"),
            says=good.text("says"),
            manual=good.text_or_none("manual"),
            view=good.text_or_none("view"),
            reading=good.text_or_none("reading"),
        )

    def _remark(self, raw: object, path: Path) -> Remark:
        good = self._toml.keys(raw, path, _REMARK, ("id", "says"))
        return Remark(good.text("id", "?"), good.text("says"))
