"""What was worked out about a book, kept until something that it was made of is changed.

It is made of Prassi's own code, Python and SQLite, the settings, and all files of the book and of its
templates: another byte in one of them, and it is worked out anew.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from ..library.library import Shelf
from ..library.settings import Settings
from ..messages.template_files import OURS
from ..system.cache import find_entry, find_release, load_or_build
from ..system.fast_hash import load_sha256
from ..ticketfile.sqlite import sqlite_version

_CODE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
"""Prassi, with its command line: `book check` knows its commands."""

_RELEASES = ("holidays", "jinja2", "babel")
"""Packages of which another release can come to another result."""


class KeptResult(NamedTuple):
    """What was worked out, plain JSON data, and whether it was kept from before."""

    value: Any
    is_kept: bool


def recall_result(
    what: str,
    settings: Settings,
    book: str,
    build: Callable[[], object],
    fresh: bool,
    also: object = None,
) -> KeptResult:
    """What `build` works out about a book, or what is kept of it; `fresh`: it is worked out anyway.

    `also` is what it is made of beside. Raises BadInput where there is no such book, and where a file
    of it may not be read: others can write it, or it is a link that leads out.
    """
    files = Shelf(settings).files(book)
    for _ in files.messages.texts(book):
        pass  # it is read for the fault that is raised
    folder = files.folder
    place = load_sha256(many=True)(f"{what} {os.path.abspath(folder)}".encode(*_ANY)).hexdigest()
    name, digest = os.path.join("results", place[:24]), _digest(settings, book, folder, also)
    if fresh:
        with suppress(OSError):
            os.unlink(find_entry(name))
    built = []

    def build_noted() -> object:
        built.append(build())
        return built[0]

    return KeptResult(load_or_build(name, digest, build_noted), not built)


_ANY = ("utf-8", "surrogatepass")


def _digest(settings: Settings, book: str, folder: str, also: object) -> str:
    """What tells that anything is not as it was."""
    sha256 = load_sha256(many=True)
    said = None if settings.document is None else settings.document.data
    heads = [
        sys.version,
        sqlite_version,
        [find_release(one) for one in _RELEASES],
        [said, settings.books, settings.templates, settings.trial, settings.spoken],
        repr(also),
    ]
    lines = [json.dumps(heads, default=repr, sort_keys=True)]
    roots = [*settings.template_roots, OURS]
    folders = [_CODE, folder, *(os.path.join(root, book) for root in roots)]
    for root in dict.fromkeys(folders):
        for path in _list_files(root, only_code=root == _CODE):
            try:
                with open(path, "rb") as file:
                    lines.append(f"{path} {sha256(file.read()).hexdigest()}")
            except OSError as error:
                lines.append(f"{path} {error.errno}")
    return sha256("\n".join(lines).encode(*_ANY)).hexdigest()


def _list_files(root: str, only_code: bool) -> Iterator[str]:
    """The files below a folder, in order; of Prassi's own folder its code."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(one for one in folders if one != "__pycache__")
        for name in sorted(names):
            path = os.path.join(folder, name)
            if (not only_code or name.endswith(".py")) and os.path.isfile(path):
                yield path
