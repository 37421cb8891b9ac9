"""Books as far as they are needed to show and export tickets: what they declare, faulty or not."""

from __future__ import annotations

from ..book.model import Book
from ..errors import BadInput
from ..ticketfile.sqlite import Connection
from .library import Shelf, as_kept

_HEADING = ("name", "title", "source", "calendar", "language")


class ReadableBooks:
    """Looks books up for whoever only shows what tickets have.

    Of a faulty book it gives what its file declares, where that is sound, else the version that the
    ticket file kept last. `unreadable` has the first fault of each book that gives neither.
    """

    def __init__(self, shelf: Shelf, connection: Connection) -> None:
        self._shelf, self._connection = shelf, connection
        self._faulty = dict[str, Book | None]()
        self.unreadable = dict[str, str]()

    def book(self, name: str) -> Book | None:
        """The book of that name, which may have faulty rules; None where nothing of it is known."""
        if name in self._faulty:
            return self._faulty[name]
        try:
            return self._shelf.book(name)
        except BadInput as error:
            found = self._read_declarations(name) or self._read_kept(name)
            if found is None:
                self.unreadable[name] = error.first
            self._faulty[name] = found
            return found

    def names(self) -> list[str]:
        """All books of which something is known: those at hand, and those that the file has kept."""
        from ..ticketfile.recorded_decisions import read_kept_names  # late: 0.3 ms

        return sorted({*self._shelf.names(), *read_kept_names(self._connection)})

    def _read_declarations(self, name: str) -> Book | None:
        """What the book's file declares, where nothing is wrong with that."""
        try:
            files = self._shelf.files(name)
            reader = files._replace(overrides={}).reader()
        except BadInput:
            return None
        heading = reader.toml.document.data.get("book")
        if reader.toml.faults or not isinstance(heading, dict):
            return None
        if not all(isinstance(heading.get(key), str) for key in _HEADING):
            return None
        return reader.book(files.folder, files.sql, "", str)

    def _read_kept(self, name: str) -> Book | None:
        from ..ticketfile.recorded_decisions import find_newest_book  # late: 0.3 ms

        kept = find_newest_book(self._connection, name)
        return None if kept is None else as_kept(*kept)
