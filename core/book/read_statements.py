"""Reading what the rules of a book rest on: the statements of its procedure, and remarks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from ..system.toml_document import Path
from ..system.toml_reader import TableKeys, TomlReader
from .model import Remark, Statement
from .names import read_listed
from .placeholders import put_in_labels

STATEMENT_KEYS = TableKeys(
    {"id": str, "says": str, "manual": str, "view": str, "reading": str}, ("id", "says")
)
REMARK_KEYS = TableKeys({"id": str, "says": str}, ("id", "says"))


class StatementReader:
    """Reads what the rules rest on, when it is first asked for; `figures` is what texts can name."""

    def __init__(self, toml: TomlReader, figures: Mapping[str, object]) -> None:
        self._toml, self._figures = toml, figures

    @cached_property
    def statements(self) -> dict[str, Statement]:
        """The statements of the written procedure, by id."""
        return read_listed(self._toml, "statement", self._statement)

    @cached_property
    def remarks(self) -> dict[str, Remark]:
        """What the source leaves open, by id."""
        return read_listed(self._toml, "remark", self._remark)

    def _statement(self, raw: object, path: Path) -> Statement:
        good = self._toml.keys(raw, path, STATEMENT_KEYS)
        return Statement(
            id=good.text("id", "?"),
            says=put_in_labels(good.text("says"), self._figures),
            manual=good.text_or_none("manual"),
            view=good.text_or_none("view"),
            reading=good.text_or_none("reading"),
        )

    def _remark(self, raw: object, path: Path) -> Remark:
        good = self._toml.keys(raw, path, REMARK_KEYS)
        says = put_in_labels(good.text("says"), self._figures)
        return Remark(good.text("id", "?"), says)
