"""A book in the languages of a desk: its texts from `texts.LANG.toml` beside book.toml."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ..errors import BadInput
from ..system.language import ENGLISH, LANGUAGES
from ..system.toml_document import Document
from .book_files import read_file

Texts = Mapping[str, Any]
"""What a file of texts has."""


def find_texts(folder: str) -> list[str]:
    """The languages in which a book has texts of its own."""
    return [one for one, *_ in list_sources(folder)]


def name_texts(folder: str, language: str) -> str:
    """The file of a book's texts in a language."""
    return os.path.join(folder, f"texts.{language}.toml")


def read_texts(folder: str, language: str) -> Document:
    """The texts of a book in a language; BadInput where they can't be read."""
    from ..system.parse_toml import parse  # late: 0.5 ms; what is in the cache is not parsed again

    path = name_texts(folder, language)
    return parse(path, read_file(path))


def list_sources(folder: str) -> list[tuple[str, int, int, int]]:
    """What tells the texts of a book from those of another time, by language, without reading them."""
    found = []
    for language in LANGUAGES:
        with suppress(OSError):
            status = os.stat(name_texts(folder, language))
            found.append((language, status.st_mtime_ns, status.st_size, status.st_ino))
    return found


def translate(
    data: Mapping[str, Any], folder: str, spoken: str, desk: str | None
) -> dict[str, Any]:
    """A book's data with its texts in other languages.

    What is said is in the language that is spoken; notes are in the desk's, else in the book's own.
    What the book does not have in it stays in English, as book.toml is.
    """
    from json import dumps, loads  # late: 2 ms; what is in the cache is not made again

    from ..book.texts import put_in_texts  # 0.5 ms

    made: dict[str, Any] = loads(dumps(data))
    noted = desk or str(made["book"]["language"])
    put_in_texts(made, _read(folder, spoken) if spoken != ENGLISH else {}, _read(folder, noted))
    return made


def _read(folder: str, language: str) -> Texts:
    """The texts in a language; none where they can't be read, which `book check` tells."""
    if language in find_texts(folder):
        with suppress(BadInput):
            return read_texts(folder, language).data
    return {}
