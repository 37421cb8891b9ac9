"""The books at hand: those that come with Prassi, and a user's own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, TypedDict

from .. import VERSION
from ..book.model import Book
from ..book.read_book import read_book
from ..errors import BadInput, Faults
from ..messages.templates import Messages
from ..system.cache import KeptAs, load_or_build
from ..system.fast_json import decode, encode
from ..system.language import ENGLISH
from ..system.toml_document import Document
from ..ticketfile.sqlite import Connection
from ..values.working_days import ANYWHERE, Calendar, Place
from .book_files import OURS, BookFiles, read_files
from .book_texts import find_texts, list_sources, translate
from .settings import Settings

if TYPE_CHECKING:

    class CheckedBook(TypedDict):
        """What the cache keeps of a book in which nothing was found wrong."""

        book: dict[str, object]
        digest: str


class Shelf:
    """Books by name, read once each, with the settings' parameters in them.

    Where a book lets a ticket file have states of its own, it has those of `file`.
    """

    def __init__(self, settings: Settings, file: Connection | None = None) -> None:
        self._settings, self._file = settings, file
        self._books: dict[str, Book] = {}
        self._calendars: dict[str, Calendar] = {}
        self._known_facts: dict[str, dict[str, list[str]]] | None = None
        self._check_settings()

    @property
    def zone(self) -> str | None:
        """The time zone of the desk; None where it is the system's."""
        return self._settings.time_zone

    def names(self) -> list[str]:
        """All books there are, in the order of the alphabet."""
        folders = [OURS, *([self._settings.books] if self._settings.books else [])]
        found = {name for folder in folders for name in os.listdir(folder)}
        found |= set(self._settings.trial or ())
        return sorted(name for name in found if self._folder(name) is not None)

    def book(self, name: str) -> Book:
        """A checked book; BadInput where there is none, Faults with all that is wrong in it."""
        if name not in self._books:
            book = self._read(name)
            if faults := self._find_role_faults(book):
                raise Faults.of(self._document.name, faults)
            self._books[name] = book
        return self._books[name]

    def sound(self) -> Iterator[Book]:
        """Every book that can be read, in the order of the alphabet; who needs a faulty one is told
        its faults."""
        yield from self.read_sound(self.names())[0]

    def read_sound(self, names: Iterable[str]) -> tuple[list[Book], dict[str, str]]:
        """Those of some books that can be read, and the first fault of each other one."""
        sound, faulty = [], {}
        for name in names:
            try:
                sound.append(self.book(name))
            except BadInput as error:
                faulty[name] = error.first
        return sound, faulty

    def find_settings_faults(self, name: str) -> list[str]:
        """What the settings say of a book that can't be, each with its line; raises BadInput where
        the book is faulty without them."""
        if not (self._settings.parameters.get(name) or self._settings.book_roles.get(name)):
            return []
        plain = self._plain(name)
        return [*self._find_parameter_faults(self.files(name)), *self._find_role_faults(plain)]

    def forget(self, name: str) -> None:
        """Read a book anew when it is next asked for: its states have changed."""
        self._books.pop(name, None)

    def calendar(self, country: str) -> Calendar:
        """The working days of a country, and its clock, as the settings have them there."""
        if country not in self._calendars:
            place, zone = self._settings.places.get(country, ANYWHERE), self._settings.time_zone
            self._calendars[country] = Calendar(country, place, place.time_zone or zone, zone)
        return self._calendars[country]

    def _folder(self, name: str) -> str | None:
        if self._settings.trial and name in self._settings.trial:
            return self._settings.trial[name]
        for folder in (self._settings.books, OURS):
            path = os.path.join(folder, name) if folder and name == os.path.basename(name) else ""
            if path and os.path.isfile(os.path.join(path, "book.toml")):
                return path
        return None

    def files(self, name: str) -> BookFiles:
        """A book as it lies on the disk; BadInput where there is none, or it can't be read."""
        folder = self._folder(name)
        if folder is None:
            raise BadInput(f"there is no book {name!r}; there are {', '.join(self.names())}.")
        overrides = self._settings.parameters.get(name, {})
        return read_files(name, folder, overrides, Messages(self._settings.template_roots))

    def _read(self, name: str) -> Book:
        files = self.files(name)
        text, overrides = files.sql, files.overrides
        # All that decides; where this has been checked before, it stands in the cache.
        made_of = files.describe(self._places())
        # The book without settings is asked for beside the one with them, so each has its entry.
        called = f"book-{name}" + "-trial" * (self._settings.trial is not None)
        called += "-set" * bool(overrides)

        def load() -> CheckedBook:
            entry: CheckedBook = load_or_build(called, made_of, lambda: self._check(files))
            return entry

        sources, kept_as = self._list_sources(files.folder), called
        if sources:
            kept_as += f"-{self._settings.spoken}-{self._settings.language or 'own'}"
        entry = self._translate(kept_as, made_of, sources, files.folder, load)
        data, label = self._with_states(name, entry["book"]), self._settings.label_input
        states = "" if data is entry["book"] else repr(data["statuses"])
        reader = read_book(
            Document(files.path, data),
            overrides,
            label_input=label,
            kept=KeptAs(
                kept_as, f"{VERSION} {entry['digest']} {sources} {states} {label('input')}"
            ),
        )

        def keep() -> str:
            return _kept_as_json(load()["book"], text, overrides, self._places())

        return reader.book(files.folder, text, entry["digest"], keep)

    def _list_sources(self, folder: str) -> list[object]:
        """What a book's texts are made of in the languages of the settings, if they are made at all."""
        return [] if self._settings.spoken is None else [*list_sources(folder)]

    def _translate(
        self,
        called: str,
        made_of: str,
        sources: list[object],
        folder: str,
        load: Callable[[], CheckedBook],
    ) -> CheckedBook:
        """A book in the languages of the settings, where it has texts of its own from such `sources`;
        its digest is that of the book as it is written."""
        spoken, desk = self._settings.spoken, self._settings.language
        if spoken is None or not sources:
            return load()

        def build() -> CheckedBook:
            entry = load()
            return {
                "book": translate(entry["book"], folder, spoken, desk),
                "digest": entry["digest"],
            }

        made_of = f"{[sources, spoken, desk]} {made_of}"
        entry: CheckedBook = load_or_build(called, made_of, build)
        return entry

    def find_folders(self, name: str) -> list[str]:
        """Where texts of a book can lie: beside the book, and beside ours of that name."""
        return [*dict.fromkeys(filter(None, (self._folder(name), os.path.join(OURS, name))))]

    def translate(self, name: str, data: dict[str, object]) -> dict[str, object]:
        """A version of a book in the languages of the settings."""
        folder, settings = self._folder(name), self._settings
        if folder is None or settings.spoken is None:
            return data
        return translate(data, folder, settings.spoken, settings.language)

    def _with_states(self, name: str, data: dict[str, object]) -> dict[str, object]:
        """A book's data with the states that the ticket file keeps, if it keeps any."""
        heading = data["book"]
        if self._file is None or not (isinstance(heading, dict) and heading.get("catalogue")):
            return data
        from ..book.status_catalogue import adopt_states  # late: 4 ms
        from ..ticketfile.state_catalogue import read_states

        return adopt_states(data, read_states(self._file, name))

    def _check(self, files: BookFiles) -> CheckedBook:
        """The book's data, once nothing in it is found wrong, and the digest of all that decides.

        What is found does not depend on calendars, so a trial of other days checks nothing again.
        """
        from hashlib import sha256  # late: 3 ms

        plain = files._replace(overrides={})
        data = load_or_build(f"checked-{files.name}", plain.describe(), plain.check)
        if faults := self._find_parameter_faults(files):
            raise Faults.of(self._document.name, faults)
        kept = _kept_as_json(data, files.sql, files.overrides, self._places())
        return {"book": data, "digest": sha256(kept.encode("utf-8", "surrogatepass")).hexdigest()}

    def _places(self) -> dict[str, object]:
        """What the settings say of calendars and clocks, as a ticket file keeps it with a book."""
        settings = self._settings
        found: dict[str, object] = {
            "closures": {country: place.days_off for country, place in settings.places.items()}
        }
        special = {c: said for c, place in settings.places.items() if (said := _special(place))}
        if special:
            found["calendars"] = special
        if settings.time_zone:
            found["time_zone"] = settings.time_zone
        return found

    @property
    def _document(self) -> Document:
        """The settings file."""
        return self._settings.document or Document("settings", {})

    def _check_settings(self) -> None:
        """The settings must name books that there are, and for all books roles that one of them has.

        What they say of one book is checked when that book is read.
        """
        faults = [*self._find_unknown_books(), *self._find_unknown_roles()]
        if faults:
            raise Faults.of(self._document.name, faults)

    def _find_unknown_books(self) -> Iterator[str]:
        named = {"parameters": self._settings.parameters, "roles": self._settings.book_roles}
        for section, books in named.items():
            for book in books:
                if self._folder(book) is None and not self._has_lost(book):
                    at, known = self._document.at(section, book), ", ".join(self.names())
                    yield f"{at}: there is no book {book!r}; there are {known}."

    def _has_lost(self, book: str) -> bool:
        """Whether a user's book has a folder still, but no book.toml: it stops its own tickets only."""
        own = self._settings.books
        return bool(own and book and os.path.isdir(os.path.join(own, os.path.basename(book))))

    def _find_parameter_faults(self, files: BookFiles) -> list[str]:
        """What is wrong with a sound book's parameters in the settings, each with its line."""
        from .check_parameters import (
            find_parameter_faults,
        )  # late: a book from the cache is checked

        return [
            f"{self._document.at('parameters', files.name, name)}: {sentence}"
            for name, sentence in find_parameter_faults(files)
        ]

    def _find_role_faults(self, book: Book) -> list[str]:
        """The roles that the settings give people in a book, and that it has not."""
        have = ", ".join(book.roles) or "none"
        return [
            f"{self._document.at('roles', book.name, name)}: book {book.name} has no role {name!r};"
            f" it has {have}."
            for name in self._settings.book_roles.get(book.name, {})
            if name not in book.roles
        ]

    def _find_unknown_roles(self) -> Iterator[str]:
        if not self._settings.roles or len(self._roles()) < len(self.names()):
            return  # a faulty book is told when it is used; its roles can't be known before
        known = {role for roles in self._roles().values() for role in roles}
        for name in self._settings.roles:
            if name not in known:
                told = f"no book has a role {name!r}; there are {', '.join(sorted(known))}."
                yield f"{self._document.at('roles', name)}: {told}"

    def find_idle_places(self) -> Iterator[str]:
        """A sentence for each calendar of the settings that changes nothing."""
        document = self._settings.document or Document("settings", {})
        used = self.calendars() if self._settings.places else {}
        for country, place in self._settings.places.items():
            at = document.at("calendars", country)
            if country not in used:
                told = f"no book counts by {country}; books count by {', '.join(sorted(used))}"
                yield f"{at}: [calendars.{country}] has no effect: {told}."
            elif place == ANYWHERE:
                told = "give region, closures, working or time_zone"
                yield f"{at}: [calendars.{country}] has no effect: {told}."

    def calendars(self) -> dict[str, list[str]]:
        """The calendars that sound books count by, each with the names of these books."""
        found: dict[str, list[str]] = {}
        for book, facts in self._book_facts().items():
            found.setdefault(facts["calendar"][0], []).append(book)
        return found

    def _roles(self) -> dict[str, list[str]]:
        """The roles of every sound book."""
        return {book: facts["roles"] for book, facts in self._book_facts().items()}

    def _book_facts(self) -> dict[str, dict[str, list[str]]]:
        """The roles and the calendar of every sound book; read anew where a file is another one."""
        if self._known_facts is None:
            files = [os.path.join(self._folder(name) or "", "book.toml") for name in self.names()]
            made_of = repr([VERSION, [[file, *_stamp(file)] for file in files]])
            self._known_facts = load_or_build("book-facts", made_of, self._read_facts)
        return self._known_facts

    def _read_facts(self) -> dict[str, dict[str, list[str]]]:
        found = {}
        for name in self.names():
            with suppress(BadInput):
                book = self._plain(name)
                found[name] = {"roles": list(book.roles), "calendar": [book.calendar]}
        return found

    def _plain(self, name: str) -> Book:
        """A book as it is without the settings' parameters."""
        return Shelf(self._settings._replace(parameters={}, roles={}, book_roles={})).book(name)


def _special(place: Place) -> dict[str, object]:
    """What a place has beside closures."""
    said = {
        "region": place.region,
        "working": [day.isoformat() for day in place.working],
        "time_zone": place.time_zone,
    }
    return {name: value for name, value in said.items() if value}


def _stamp(path: str) -> tuple[int, int, int]:
    """What tells one state of a file from another, without reading it."""
    status = os.stat(path)
    return status.st_mtime_ns, status.st_size, status.st_ino


def as_kept(kept: str, digest: str, shelf: Shelf | None = None) -> Book:
    """A book as a ticket file keeps it: a version that decided something; with a shelf in the
    language that is spoken there, as far as the texts of today fit."""
    data = decode(kept)
    name, parameters = data["book"]["book"]["name"], data["parameters"]
    if shelf is not None:
        data["book"] = shelf.translate(name, data["book"])
    reader = read_book(Document(f"{name} as kept", data["book"]), parameters)
    return reader.book("", data["facts"], digest, lambda: kept)


def read_wordings(kept: str, digest: str, folders: Iterable[str]) -> Iterator[Book]:
    """A version of a book with its notes in each language for which one of these folders has texts."""
    for folder in folders:
        for language in find_texts(folder):
            data = decode(kept)
            data["book"] = translate(data["book"], folder, ENGLISH, language)
            yield as_kept(encode(data), digest)


def _kept_as_json(
    data: Mapping[str, object],
    sql: str,
    overrides: Mapping[str, object],
    places: Mapping[str, object],
) -> str:
    """All that decides, as the ticket file keeps it."""
    decides = {"book": data, "facts": sql, "parameters": overrides, **places}
    from json import dumps  # late: 2 ms, where the file does not keep this version yet

    return dumps(decides, default=str, ensure_ascii=False)
