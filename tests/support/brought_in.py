"""Bringing rows into a new ticket file, for tests: texts become sources of an import."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from prassi.core.errors import Faults
from prassi.core.importing.import_tickets import Imported, import_sources
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.ticketfile import connect, export
from prassi.core.ticketfile.open import create_file
from prassi.core.ticketfile.write_events import EventWriter

DATA = Path(__file__).parents[1] / "data"
TODAY = "2026-03-02"

CUSTOMER = {"ref": "C-1", "name": "Rossi", "email": None, "phone": None, "language": "it"}
TICKET = {"ref": "T-1", "book": "collections", "customer": "C-1"}


def lines(*rows: dict[str, Any]) -> str:
    """Rows as JSON Lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)


@cache
def shelf() -> Shelf:
    """The shipped books, and the one of the tests."""
    return Shelf(NONE._replace(books=str(DATA / "books")))


def bring_in(
    connection: sqlite3.Connection, paths: Sequence[str], map_path: str | None = None
) -> Imported:
    """Import sources as the command does."""
    with connect.transaction(connection):
        writer = EventWriter(connection, "import", TODAY)
        return import_sources(connection, shelf(), writer, paths, map_path, today=TODAY)


class Box:
    """A new ticket file, and a folder for sources."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, str(folder / "tickets.db")
        self.connection = create_file(self.path)

    def write(self, name: str, content: str | bytes | Mapping[str, Any]) -> str:
        """Write a source; a mapping becomes JSON on one line."""
        if isinstance(content, Mapping):
            content = json.dumps(content)
        raw = content.encode() if isinstance(content, str) else content
        (self.folder / name).write_bytes(raw)
        return str(self.folder / name)

    def take(self, **sources: str | bytes | Mapping[str, Any]) -> Imported:
        """Import sources, each called as its keyword; `map` is one."""
        paths = {name: self.write(name, content) for name, content in sources.items()}
        map_path = paths.pop("map", None)
        return bring_in(self.connection, list(paths.values()), map_path)

    def faults(self, **sources: str | bytes | Mapping[str, Any]) -> list[str]:
        """The faults of sources, which must have some; checks that nothing came in."""
        before = self.export()
        try:
            self.take(**sources)
        except Faults as faults:
            assert self.export() == before
            return [fault.replace(f"{self.folder}/", "") for fault in faults.faults]
        raise AssertionError("nothing was found wrong")

    def export(self) -> dict[str, Any]:
        """The ticket file in the import format."""
        made: dict[str, Any] = json.loads("".join(export.format_document(self.connection, shelf())))
        return made

    def ticket(self, ref: str) -> dict[str, Any]:
        """One ticket of the export."""
        return next(ticket for ticket in self.export()["tickets"] if ticket["ref"] == ref)

    def items(self, ref: str, kind: str, field: str) -> list[Any]:
        """One field of a ticket's items."""
        return [item[field] for item in self.ticket(ref)[kind]]
