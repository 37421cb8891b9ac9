"""Reading sheets: which tickets they list, and what stands in their columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..system.toml_document import Path
from ..system.toml_reader import TableKeys, TomlReader, TomlTable
from .actions import ActionReader
from .read_declarations import Declarations
from .sheet import Sheet, SheetColumn

SHEET_KEYS = TableKeys(
    {
        "title": str,
        "status": list,
        "columns": list,
        "by": list,
        "order": str,
        "closed": bool,
        "coming": bool,
    },
    ("title", "columns"),
)

COLUMN_KEYS = TableKeys({"head": str, "value": str, "title": str}, ("head", "value"))

TICKET_COLUMNS = ("ref", "customer", "status", "opened", "priority", "assignee", "result", "age")
"""What a sheet can show of every ticket; age are the days since it was opened."""


class SheetReader:
    """Reads sheets; `context` is what the texts of their columns can name."""

    def __init__(self, toml: TomlReader, declarations: Declarations, context: ActionReader) -> None:
        self._toml, self._declarations = toml, declarations
        self._plain = {*declarations.fields, *TICKET_COLUMNS}
        self._context = context.replace(names=context.names | {"next"} | self._plain)

    def sheet(self, name: str, raw: object, path: Path) -> Sheet:
        """One sheet."""
        good = self._toml.keys(raw, path, SHEET_KEYS)
        columns = tuple(self._columns(name, good, path))
        by, order = good.words("by"), good.text("order", "ref")
        self._check_names(name, good, path, (*by, order.removeprefix("-")))
        named = {name for column in columns for name in column.value.names}
        closed, asks = good.is_true("closed"), not named <= self._plain
        if closed and asks:
            unknown = ", ".join(sorted(named - self._plain))
            told = f"sheet {name} has closed tickets, and no day asks for their {unknown}."
            self._toml.fault((*path, "columns"), told)
        if good.is_true("coming") and not asks:
            told = f"sheet {name} does not ask the day, so it can't have coming = true."
            self._toml.fault((*path, "coming"), told)
        return Sheet(
            name=name,
            title=good.text("title", name),
            statuses=good.words("status"),
            columns=columns,
            by=by,
            order=order,
            closed=closed,
            asks=asks,
            coming=good.is_true("coming"),
        )

    def _columns(self, name: str, good: TomlTable, path: Path) -> Iterator[SheetColumn]:
        for place, raw in enumerate(good.items("columns")):
            at = (*path, "columns", place)
            column = self._toml.keys(raw, at, COLUMN_KEYS)
            with self._toml.note_errors(at, f"a column of {name}"):
                head, value = column.text("head"), self._context.text(column.text("value"))
                yield SheetColumn(head, value, column.text("title", head))

    def _check_names(self, name: str, good: TomlTable, path: Path, columns: Iterable[str]) -> None:
        """A sheet is narrowed and ordered by what every ticket has."""
        for status in good.words("status"):
            if status not in self._declarations.statuses:
                told = f"sheet {name} asks for status {status!r}, which does not exist."
                self._toml.fault((*path, "status"), told)
        for one in columns:
            if one not in self._plain:
                told = f"sheet {name} names {one!r}, which is not a column and not a field."
                self._toml.fault(path, told)
