"""Which scenarios are played: those beside a book, or those in a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...errors import BadInput
from ...library.library import Shelf
from ...library.settings import Settings
from .scenario_files import Scenario, group_by_book, list_scenario_files, read_scenario_files


class Target(NamedTuple):
    """A book with its scenarios; new ones can be written to `folder`, if that was named."""

    book: str
    folder: str | None
    scenarios: list[Scenario]


def find_targets(settings: Settings, named: Sequence[str]) -> tuple[Settings, list[Target]]:
    """The scenarios of the books and folders that are named; of all books where none are.

    Returns the settings with them: a book in a folder that is named stands for the one of its name.
    """
    shelf = Shelf(settings)
    books = [name for name in named or shelf.names() if name in shelf.names()]
    folders = [folder for name in named if name not in books for folder in _folders(name)]
    own = {_name(folder): folder for folder in folders if _is_book(folder)}
    if own:
        settings = settings._replace(trial={**(settings.trial or {}), **own})
        shelf = Shelf(settings)
    found = [Target(name, None, _beside(shelf, name)) for name in books]
    for folder in folders:
        if _is_book(folder):
            found.append(
                Target(
                    _name(folder), os.path.join(folder, "scenarios"), _beside(shelf, _name(folder))
                )
            )
        else:
            found += [
                Target(name, folder, of)
                for name, of in group_by_book(
                    read_scenario_files(list_scenario_files(folder), None)
                )
            ]
    return settings, found


def _beside(shelf: Shelf, book: str) -> list[Scenario]:
    return read_scenario_files(list_scenario_files(shelf.files(book).folder), book)


def _folders(name: str) -> Iterator[str]:
    """A book's folder, the books in a folder, or a folder of scenario files."""
    path = _as_given(name)
    if not os.path.isdir(path):
        raise BadInput(
            f"there is no book and no folder {name!r}; `prassi book list` shows the books."
        )
    inside = [os.path.join(path, one) for one in sorted(os.listdir(path))]
    books = [] if _is_book(path) else [one for one in inside if _is_book(one)]
    if not books and not _is_book(path) and not list_scenario_files(path):
        raise BadInput(f"{name} holds no book, and no scenarios: files that end in .toml.")
    yield from books or [path]


def _as_given(name: str) -> str:
    """A folder as it was given, as far as its own name and that of the one above stand in it."""
    path = os.path.normpath(name)
    if os.path.basename(path) in ("", os.curdir, os.pardir):
        return os.path.abspath(path)
    return path if os.path.dirname(path) else os.path.join(os.curdir, path)


def _is_book(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, "book.toml"))


def _name(folder: str) -> str:
    return os.path.basename(os.path.abspath(folder))
