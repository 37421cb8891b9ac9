"""What the desk keeps open: the ticket file, the settings and the books."""

from __future__ import annotations

import os

from prassi.core.library.library import Shelf
from prassi.core.library.settings import Settings, load
from prassi.core.ticketfile.open import open_file
from prassi.core.ticketfile.sqlite import Connection

from .streams import warn


class DeskSession:
    """What `prassi desk` keeps open from one command to the next.

    Books of the user's own are read anew each time, since they may have been changed; the shipped ones
    until somebody else writes to the ticket file, which can hold statuses of theirs.
    """

    def __init__(self) -> None:
        self._settings: dict[tuple[str | None, int], Settings] = {}
        self._files: dict[str, Connection] = {}
        self._shelf: tuple[object, Shelf] | None = None

    def load_settings(self, path: str | None) -> Settings:
        """The settings, read anew where the file has changed."""
        key = (path, 0 if path is None or not os.path.exists(path) else os.stat(path).st_mtime_ns)
        if key not in self._settings:
            self._settings = {key: load(path)}
        return self._settings[key]

    def open_file(self, path: str) -> Connection:
        """The ticket file, opened once."""
        if path not in self._files:
            self._files[path] = open_file(path, warn)
        return self._files[path]

    def open_shelf(self, settings: Settings, connection: Connection) -> Shelf:
        """The books, as they were read before where that is safe."""
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        key = (settings, id(connection), version)
        if self._shelf is None or settings.books is not None or self._shelf[0] != key:
            self._shelf = (key, Shelf(settings, connection))
        return self._shelf[1]

    def close(self) -> None:
        """Close the files."""
        for connection in self._files.values():
            connection.close()
