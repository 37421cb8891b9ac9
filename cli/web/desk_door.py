"""The door to the desk: one ticket file, kept open between pages, with its settings and books.

Settings and books are read anew where their files have changed, and the ticket file is opened anew
where another one lies in its place.
"""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from prassi.core.desk.office import Office
from prassi.core.library.library import Shelf
from prassi.core.library.settings import Settings, load
from prassi.core.system.language import ENGLISH, speak
from prassi.core.ticketfile.clock import check_clock
from prassi.core.ticketfile.open import open_file
from prassi.core.ticketfile.sqlite import Connection
from prassi.core.ticketfile.state_catalogue import read_states
from prassi.core.ticketfile.writer_process import InProcessWriter

from ..options import read_clock
from ..streams import warn

if TYPE_CHECKING:
    from prassi.core.analysis.status_matrix import MatrixRow

COMMAND = "serve"
"""The command of the runs that are recorded in a browser."""


class DeskPlace(NamedTuple):
    """Where a desk is: its ticket file, its settings file, if any, and the moment to act as of, where
    that is not the present one."""

    file: str
    config: str | None
    given_at: str | None
    language: str = ENGLISH
    """The language of who did not choose one."""


class DeskDoor:
    """Opens offices on one ticket file, for one person after the other."""

    def __init__(self, place: DeskPlace) -> None:
        self.place = place
        self._connection: Connection | None = None
        self._file: tuple[int, int] | None = None
        self._stamps = list[tuple[str, int, int, int]]()
        self._settings: Settings | None = None
        self._shelves = dict[str, Shelf]()
        self._states = dict[tuple[str, str], object]()
        self._matrices = dict[tuple[str, ...], "Sequence[MatrixRow]"]()
        self._language = place.language

    def speak(self, language: str | None) -> None:
        """Speak a person's language from now on, and have the books speak it."""
        self._language = language or self.place.language
        speak(self._language)

    @property
    def connection(self) -> Connection:
        """The ticket file; opened anew where another one lies there by now."""
        identity = _identify(self.place.file)
        if self._connection is None or identity != self._file:
            self.close()
            self._connection, self._file = open_file(self.place.file, warn), identity
        return self._connection

    @property
    def settings(self) -> Settings:
        """The settings, as their file has them by now."""
        stamps = [*self._read_stamps(self._settings)]
        if self._settings is None or stamps != self._stamps:
            self._settings = load(self.place.config)
            self._shelves.clear()
            self._stamps = [*self._read_stamps(self._settings)]
        return self._settings._replace(spoken=self._language, label_input=label_field)

    @property
    def shelf(self) -> Shelf:
        """The books, as their files have them by now."""
        settings, connection = self.settings, self.connection
        language = self._language
        if language not in self._shelves:
            self._shelves[language] = Shelf(settings, connection)
        shelf = self._shelves[language]
        for book in shelf.sound():
            if book.catalogue:
                states, key = read_states(connection, book.name), (language, book.name)
                if self._states.setdefault(key, states) != states:
                    self._states[key] = states
                    shelf.forget(book.name)
        return shelf

    def read_matrix(self, name: str) -> "Sequence[MatrixRow]":
        """The matrix of a book: which rule can answer which event in which status."""
        book = self.shelf.book(name)
        key = (book.digest, *book.statuses)
        if key not in self._matrices:
            from prassi.core.analysis.status_matrix import StatusMatrix  # late: 20 ms, and few ask

            rows = StatusMatrix(book, self.shelf.files(name).reader()).list_rows()
            self._matrices[key] = rows
        return self._matrices[key]

    @property
    def at(self) -> str:
        """The moment to act as of."""
        return self.place.given_at or read_clock(self.settings.time_zone)

    def open_office(self, person: str, writes: bool = False) -> Office:
        """An office for a person; without `writes` it only plans. WrongClock where it is to act by a
        clock that can't be right."""
        connection, at = self.connection, self.at
        if writes and self.place.given_at is None:
            check_clock(connection, datetime.now(UTC))
        writer = InProcessWriter(connection, COMMAND, at, person) if writes else None
        return Office(connection, self.settings, at, writer, self.shelf, person=person)

    def close(self) -> None:
        """Close the ticket file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._shelves.clear()
            self._states.clear()

    def _read_stamps(self, settings: Settings | None) -> Iterator[tuple[str, int, int, int]]:
        """What tells one state of the user's files from another."""
        folders = () if settings is None else (settings.books, settings.templates)
        for path in (self.place.config, *_list_files(filter(None, folders))):
            if path is not None and os.path.exists(path):
                status = os.stat(path)
                yield path, status.st_mtime_ns, status.st_size, status.st_ino


def label_field(name: str) -> str:
    """An input, or a value of one, as forms have it."""
    return f"“{(name.partition('=')[2] or name).replace('_', ' ')}”"


def _list_files(folders: Iterator[str]) -> Iterator[str]:
    for folder in folders:
        for place, _, names in os.walk(folder):
            yield from (os.path.join(place, name) for name in sorted(names))


def _identify(path: str) -> tuple[int, int] | None:
    """Which file a name leads to; None where there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino
