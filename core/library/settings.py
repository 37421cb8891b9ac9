"""The user's settings: parameters, people, the company, closures, own books and templates."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from ..errors import BadInput, Faults
from ..system import permissions
from ..system.parse_toml import parse
from ..system.toml_document import Document
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
    parameters: Mapping[str, Mapping[str, Any]]
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
    try:
        document = parse(path, permissions.read(path))
    except OSError as error:
        raise BadInput(
            f"--config {path} can't be read: {(error.strerror or '').lower()}."
        ) from None
    return _Reader(document).settings()


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document, self.faults = document, list[str]()

    def settings(self) -> Settings:
        data = self.document.data
        for name in data:
            self._known(name, SECTIONS, (), "settings")
        company = {**dict.fromkeys(COMPANY, ""), **self._texts("company", COMPANY)}
        folders = self._texts("folders", {"books": "", "templates": ""})
        said = self._section("roles")
        roles = self._people(("roles",), {n: v for n, v in said.items() if not isinstance(v, dict)})
        of_books = {
            n: self._people(("roles", n), v) for n, v in said.items() if isinstance(v, dict)
        }
        settings = Settings(
            self.document,
            company,
            roles,
            self._parameters(),
            self._closures(),
            self._folder(folders, "books"),
            self._folder(folders, "templates"),
            None,
            of_books,
        )
        if self.faults:
            raise Faults.of(self.document.name, self.faults)
        return settings

    def _fault(self, path: tuple[str | int, ...], sentence: str) -> None:
        self.faults.append(f"{self.document.at(*path)}: {sentence}")

    def _known(self, name: str, known: Mapping[str, Any], path: tuple[str, ...], what: str) -> bool:
        if name not in known:
            self._fault((*path, name), f"{what} know no {name!r}; they know {', '.join(known)}.")
        return name in known

    def _section(self, name: str) -> Mapping[str, Any]:
        value = self.document.data.get(name, {})
        if isinstance(value, Mapping):
            return value
        self._fault((name,), f"[{name}] must be a table.")
        return {}

    def _texts(self, section: str, known: Mapping[str, str]) -> dict[str, str]:
        good = {}
        for name, value in self._section(section).items():
            if not self._known(name, known, (section,), f"[{section}]"):
                continue
            if isinstance(value, str):
                good[name] = value
            else:
                self._fault((section, name), f"{name} must be text, not {value!r}.")
        return good

    def _people(self, path: tuple[str, ...], said: Mapping[str, Any]) -> dict[str, str]:
        for name, value in said.items():
            if not isinstance(value, str):
                self._fault((*path, name), f"{name} must be text, not {value!r}.")
        return {name: value for name, value in said.items() if isinstance(value, str)}

    def _parameters(self) -> dict[str, Mapping[str, Any]]:
        good = {}
        for book, values in self._section("parameters").items():
            if isinstance(values, Mapping):
                good[book] = values
            else:
                self._fault(("parameters", book), f"[parameters.{book}] must be a table.")
        return good

    def _closures(self) -> dict[str, tuple[date, ...]]:
        good = {}
        for country, said in self._section("calendars").items():
            path = ("calendars", country)
            if not isinstance(said, Mapping):
                self._fault(path, f"[calendars.{country}] must be a table.")
                continue
            if not is_country(country):
                self._fault(
                    path, f"there is no calendar {country!r}: use a country code such as IT."
                )
            for name in said:
                self._known(name, {"closures": ""}, path, f"[calendars.{country}]")
            good[country] = self._days(said.get("closures", []), (*path, "closures"))
        return good

    def _days(self, written: object, path: tuple[str | int, ...]) -> tuple[date, ...]:
        days = []
        for day in written if isinstance(written, list) else [written]:
            try:
                days.append(date.fromisoformat(read_date(day)))
            except ValueError as error:
                self._fault(path, f"a closure {error}.")
        return tuple(sorted(set(days)))

    def _folder(self, folders: Mapping[str, str], name: str) -> str | None:
        """A folder beside the settings file, unless its path is absolute."""
        if name not in folders:
            return None
        path = os.path.join(os.path.dirname(os.path.abspath(self.document.name)), folders[name])
        if not os.path.isdir(path):
            self._fault(("folders", name), f"there is no folder {path!r}.")
        return path
