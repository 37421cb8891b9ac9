"""The user's settings: parameters, people, the company, closures, own books and templates."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

import os
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from ..errors import BadInput, Faults
from ..system import permissions
from ..system.toml_document import Document, Path
from ..system.toml_reader import Kind, TomlReader, TomlTable
from ..values.field_types import read_date
from ..values.working_days import is_country

COMPANY = {
    "name": "as it signs its letters",
    "address": "one line",
    "email": "for answers",
    "phone": "switchboard",
    "hotline": "whom customers call",
    "iban": "account to pay to",
    "bank": "that keeps the account",
    "website": "with https://",
}
"""What the settings can say about the company, each with its meaning."""

SECTIONS = {
    "company": "the company as messages show it",
    "roles": "who has a role: a name, or an e-mail address; in a table of a book's name, for that book",
    "parameters": "a table for each book, with the parameters to change",
    "calendars": "a table for each country: closures, a list of days",
    "folders": "books and templates: folders of the user's own",
}


class Settings(NamedTuple):
    """What a settings file says, checked; without one, everything is empty.

    `trial` is None in earnest; where something is only tried, the folders of books tried out by name.
    """

    document: Document | None
    company: Mapping[str, str]
    roles: Mapping[str, str]
    parameters: Mapping[str, Mapping[str, object]]
    closures: Mapping[str, tuple[date, ...]]
    books: str | None
    templates: str | None
    trial: Mapping[str, str] | None = None
    book_roles: Mapping[str, Mapping[str, str]] = MappingProxyType({})

    def roles_in(self, book: str) -> Mapping[str, str]:
        """Who has which role in a book: what is said for that book goes before what is said for all."""
        return {**self.roles, **self.book_roles.get(book, {})}

    @property
    def template_roots(self) -> list[str]:
        """Where the user's templates lie, each root with a folder a book; a book's own come last."""
        tried = [os.path.dirname(folder) for folder in (self.trial or {}).values()]
        return [*tried, *(root for root in (self.templates, self.books) if root is not None)]


NONE = Settings(None, dict.fromkeys(COMPANY, ""), {}, {}, {}, None, None)


def load(path: str | None) -> Settings:
    """Read a settings file (TOML); all its faults are told at once, with file and line."""
    if path is None:
        return NONE
    from ..system.parse_toml import parse  # late: 0.5 ms; many run without settings

    try:
        document = parse(path, permissions.read_trusted(path))
    except OSError as error:
        raise BadInput(
            f"--config {path} can't be read: {(error.strerror or '').lower()}."
        ) from None
    return SettingsReader(document).read()


class SettingsReader:
    """Reads settings; what they say of books is checked where the books are known."""

    def __init__(self, document: Document) -> None:
        self._toml = TomlReader(document, "the settings file")
        self._sections = self._toml.keys(document.data, (), dict.fromkeys(SECTIONS, dict))

    def read(self) -> Settings:
        """The settings; raises Faults."""
        company = self._texts("company", COMPANY)
        folders = self._texts("folders", ("books", "templates"))
        roles = self._any_keys("roles", str | dict)
        settings = Settings(
            document=self._toml.document,
            company={name: company.text(name) for name in COMPANY},
            roles={name: roles.text(name) for name in roles if isinstance(roles.get(name), str)},
            parameters=self._parameters(),
            closures=self._closures(),
            books=self._folder(folders, "books"),
            templates=self._folder(folders, "templates"),
            book_roles=self._book_roles(roles),
        )
        if self._toml.faults:
            raise Faults.of(self._toml.document.name, self._toml.faults)
        return settings

    def _texts(self, section: str, known: Iterable[str]) -> TomlTable:
        """A section of texts."""
        return self._toml.keys(self._sections.table(section), (section,), dict.fromkeys(known, str))

    def _any_keys(self, section: str, kind: Kind) -> TomlTable:
        """A section in which any names can stand."""
        table = self._sections.table(section)
        return self._toml.keys(table, (section,), dict.fromkeys(table, kind))

    def _parameters(self) -> dict[str, Mapping[str, object]]:
        books = self._any_keys("parameters", dict)
        return {book: books.table(book) for book in books}

    def _book_roles(self, roles: TomlTable) -> dict[str, dict[str, str]]:
        found = {}
        for book in roles:
            if isinstance(roles.get(book), dict):
                table = roles.table(book)
                of_book = self._toml.keys(table, ("roles", book), dict.fromkeys(table, str))
                found[book] = {role: of_book.text(role) for role in of_book}
        return found

    def _closures(self) -> dict[str, tuple[date, ...]]:
        found, calendars = {}, self._any_keys("calendars", dict)
        for country in calendars:
            path = ("calendars", country)
            if not is_country(country):
                told = f"there is no calendar {country!r}: use a country code such as IT."
                self._toml.fault(path, told)
            good = self._toml.keys(calendars.table(country), path, {"closures": object})
            found[country] = self._days(good.get("closures"), (*path, "closures"))
        return found

    def _days(self, written: object, path: Path) -> tuple[date, ...]:
        days = set()
        for day in [] if written is None else written if isinstance(written, list) else [written]:
            try:
                days.add(date.fromisoformat(read_date(day)))
            except ValueError as error:
                self._toml.fault(path, f"a closure {error}.")
        return tuple(sorted(days))

    def _folder(self, folders: TomlTable, name: str) -> str | None:
        """A folder beside the settings file, unless its path is absolute."""
        if name not in folders:
            return None
        beside = os.path.dirname(os.path.abspath(self._toml.document.name))
        path = os.path.join(beside, folders.text(name))
        if not os.path.isdir(path):
            self._toml.fault(("folders", name), f"there is no folder {path!r}.")
        return path
