"""Finding the scenarios to be played: those of books, or those in folders."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...errors import BadInput
from ...library.library import Shelf
from ...library.settings import Settings
from .scenario_files import Scenario, group_by_book, list_scenario_files, read_scenario_files


class Target(NamedTuple):
    """A book with its scenarios, and the folder for new ones; None if the book was given by name."""

    book: str
    folder: str | None
    scenarios: list[Scenario]


def find_targets(settings: Settings, named: Sequence[str]) -> tuple[Settings, list[Target]]:
    """The scenarios of the books and folders that are named; without any, of all books.

    Also returns the settings to play them with: a book in such a folder replaces the one of its name.
    """
    shelf = Shelf(settings)
    books = [name for name in named or shelf.names() if name in shelf.names()]
    folders = [folder for name in named if name not in books for folder in _find_folders(name)]
    own = {_name_book(folder): folder for folder in folders if _is_book(folder)}
    if own:
        settings = settings._replace(trial={**(settings.trial or {}), **own})
        shelf = Shelf(settings)
    found = [Target(name, None, _read_beside(shelf, name)) for name in books]
    for folder in folders:
        if _is_book(folder):
            name = _name_book(folder)
            inside = os.path.join(folder, "scenarios")
            found.append(Target(name, inside, _read_beside(shelf, name)))
        else:
            scenarios = read_scenario_files(list_scenario_files(folder), None)
            found += [Target(name, folder, of) for name, of in group_by_book(scenarios)]
    return settings, found


def find_books(settings: Settings, named: Sequence[str]) -> tuple[Settings, tuple[str, ...]]:
    """The names of the books that are named, or whose folders are; without any, of all books.

    Also returns the settings to read them with: a book in such a folder replaces the one of its name.
    """
    known, names, own = Shelf(settings).names(), list[str](), dict[str, str]()
    for one in named or known:
        if one in known or not os.path.isdir(one):
            names.append(one)
            continue
        found = {_name_book(folder): folder for folder in _find_folders(one) if _is_book(folder)}
        if not found:
            raise BadInput(f"{one} contains no book: give a folder that has book.toml.")
        names += found
        own |= found
    trial = {**(settings.trial or {}), **own} if own else settings.trial
    return settings._replace(trial=trial), tuple(names)


def _read_beside(shelf: Shelf, book: str) -> list[Scenario]:
    return read_scenario_files(list_scenario_files(shelf.files(book).folder), book)


def _find_folders(name: str) -> Iterator[str]:
    """A book's folder, the books in a folder, or a folder of scenario files."""
    path = _shorten_path(name)
    if not os.path.isdir(path):
        raise BadInput(
            f"there is no book and no folder {name!r}; `prassi book list` shows the books."
        )
    inside = [os.path.join(path, one) for one in sorted(os.listdir(path))]
    books = [] if _is_book(path) else [one for one in inside if _is_book(one)]
    if not books and not _is_book(path) and not list_scenario_files(path):
        raise BadInput(
            f"{name} contains neither a book nor scenarios, which are files named *.toml."
        )
    yield from books or [path]


def _shorten_path(name: str) -> str:
    """A folder as it was given, if that shows its own name and the name of the folder above it."""
    path = os.path.normpath(name)
    if os.path.basename(path) in ("", os.curdir, os.pardir):
        return os.path.abspath(path)
    return path if os.path.dirname(path) else os.path.join(os.curdir, path)


def _is_book(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, "book.toml"))


def _name_book(folder: str) -> str:
    return os.path.basename(os.path.abspath(folder))
