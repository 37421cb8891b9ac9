"""A book as it lies on the disk, before anything in it is known to be good."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .. import VERSION
from ..book.read_book import BookReader, read_book
from ..errors import BadInput, Faults
from ..messages.templates import Messages
from ..system import permissions
from ..system.records import NamedTuple
from ..system.toml_document import Document

if TYPE_CHECKING:
    from ..book.validate import BookValidator

OURS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "books")
"""The books that come with Prassi."""


class BookFiles(NamedTuple):
    """A book's folder and what stands in it.

    `overrides` are the parameters that the settings change, `messages` the templates at hand.
    """

    name: str
    folder: str
    raw: bytes
    sql: str
    overrides: Mapping[str, object]
    messages: Messages

    @property
    def path(self) -> str:
        """The file that holds the book."""
        return os.path.join(self.folder, "book.toml")

    def describe(self, *others: object) -> str:
        """All that a check of the book looks at, and what `others` there are. The long texts stand in
        it as they are, as Python would look at each letter of them to quote it, and how long they are
        tells one from the other."""
        written = self.raw.decode("utf-8", "replace")
        looked_at = [VERSION, self.overrides, self.messages.own_texts(self.name), *others]
        return f"{looked_at} {len(written)} {len(self.sql)}\n{written}{self.sql}"

    def document(self) -> Document:
        """The book as it is written; BadInput with file and line where it is not TOML."""
        from ..system.parse_toml import parse  # late: 0.5 ms; a checked book is not parsed again

        return parse(self.path, self.raw)

    def reader(self) -> BookReader:
        """What reads the parts of the book, and notes faults as it goes."""
        return read_book(self.document(), self.overrides, checking=True)

    def validator(self) -> BookValidator:
        """What looks for the faults of the book; BadInput where it is not TOML."""
        from ..book.validate import BookValidator  # 3 ms: a book from the cache has no faults

        return BookValidator(self.document(), self.overrides)

    def faults(self, validator: BookValidator) -> list[str]:
        """All that keeps the book from being read, but for facts that several rules answer."""
        from ..ticketfile.facts_sql import check_facts

        validator.look(
            lambda template: bool(self.messages.languages(self.name, template)),
            self.messages.texts(self.name),
        )
        toml = validator.reader.toml
        if not validator.faults and toml.document.data["book"]["name"] != self.name:
            told = f"the book stands in a folder {self.name!r} and must have its name."
            toml.fault(("book", "name"), told)
        if validator.faults:
            return validator.faults
        return check_facts(validator.reader.book(self.folder, self.sql, "", str))

    def check(self) -> dict[str, object]:
        """The book's data, once nothing in it is found wrong; raises Faults."""
        validator = self.validator()
        faults = [*self.faults(validator), *validator.find_overlaps()]
        if faults:
            raise Faults.of(self.path, faults)
        # As the cache gives it back: TOML has dates, JSON has none.
        from json import dumps, loads  # late: 2 ms; what is in the cache is not checked again

        written = dumps(validator.reader.toml.document.data, default=str)
        data: dict[str, object] = loads(written)
        return data


def read_files(
    name: str, folder: str, overrides: Mapping[str, object], messages: Messages
) -> BookFiles:
    """The files of a book; BadInput where they can't be read."""
    raw, sql = (read_file(os.path.join(folder, file)) for file in ("book.toml", "facts.sql"))
    return BookFiles(name, folder, raw, _sql(folder, sql), overrides, messages)


def _sql(folder: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput(
            f"{os.path.join(folder, 'facts.sql')} is not UTF-8 text; save it as UTF-8."
        ) from None


def read_file(path: str) -> bytes:
    """A file of a book; one of the user's lies among their books, and nobody else could write it."""
    books = os.path.dirname(os.path.dirname(path))
    try:
        if books == OURS:
            with open(path, "rb") as file:
                return file.read()
        permissions.check_folder(books)
        return permissions.read_trusted(permissions.resolve_inside(os.path.realpath(books), path))
    except OSError as error:
        raise BadInput(f"{path} can't be read: {(error.strerror or '').lower()}.") from None
