"""Books that are read once in a process, and not once for every command that runs in it."""

from __future__ import annotations

import os
from collections.abc import Callable

from prassi.core.book.model import Book
from prassi.core.library.book_texts import list_sources
from prassi.core.library.library import Shelf

PLAIN_READ = Shelf._read
"""How a shelf reads a book, for tests of just that."""


def keeping() -> Callable[[Shelf, str], Book]:
    """What takes the place of Shelf._read: a book it has read before is that very book.

    What it is made of says which one it is: other files, settings or another cache, and it is read
    anew, as are books that depend on a ticket file or on somebody's templates.
    """
    read, known = PLAIN_READ, dict[object, Book]()

    def kept(self: Shelf, name: str) -> Book:
        files = self.files(name)
        made_of = (
            files.folder, files.describe(self._places()), repr(list_sources(files.folder)),
            self._settings.spoken, self._settings.language,
            self._settings.label_input, os.environ.get("PRASSI_CACHE"),
        )  # fmt: skip
        if made_of in known:
            return known[made_of]
        book = read(self, name)
        if not book.catalogue:
            known[made_of] = book
        return book

    return kept
