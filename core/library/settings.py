"""The user's settings: parameters, people, the company, closures, own books and templates."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..book.placeholders import LabelInput, label_option
from ..errors import BadInput, Faults
from ..system import permissions
from ..system.cache import load_or_build
from ..system.fast_hash import load_sha256
from ..system.language import LANGUAGES, mark
from ..system.records import NamedTuple
from ..system.toml_document import Document, Path
from ..system.toml_reader import Kind, TableKeys, TomlReader, TomlTable, show_value
from ..values.field_types import read_date
from ..values.time_zones import read_zone
from ..values.working_days import Place, is_country, list_regions

if TYPE_CHECKING:
    from .sending_settings import MailSettings, SmsSettings

COMPANY = {
    "name": mark("as it signs its letters"),
    "address": mark("one line"),
    "email": mark("for answers"),
    "phone": mark("switchboard"),
    "hotline": mark("whom customers call"),
    "iban": mark("account to pay to"),
    "bank": mark("that keeps the account"),
    "website": mark("with https://"),
}
"""What the settings can say about the company, each with its meaning."""

SECTIONS = {
    "company": mark("the company as messages show it"),
    "roles": mark(
        "who has a role: a name, an e-mail address, or a list of them; in a table of a book's name, of that book"
    ),
    "people": mark("a table for each person: email, for `todo --mail`"),
    "parameters": mark("a table for each book, with the parameters to change"),
    "calendars": mark("a table for each country: region, closures, working, time_zone"),
    "desk": mark(
        "language: of what people read, and of notes: it, es, ru, ar, en; time_zone: by whose clock the desk works"
    ),
    "mail": mark("how e-mails are sent: docs/sending.md"),
    "sms": mark("how SMS are sent: docs/sending.md"),
    "folders": mark("books and templates: folders of the user's own"),
    "views": mark(
        'queries of `prassi list` by name: `mine = "who:luca due:<=today"` is `list @mine`'
    ),
}


People = tuple[str, ...]
"""Who has a role: names or e-mail addresses."""


class Settings(NamedTuple):
    """What a settings file says, checked; without one, everything is empty.

    `places` says what is special in the calendar of each country. `trial` is None in earnest; where
    something is only tried, the folders of books tried out by name.
    """

    document: Document | None
    company: Mapping[str, str]
    roles: Mapping[str, People]
    parameters: Mapping[str, Mapping[str, object]]
    places: Mapping[str, Place]
    books: str | None
    templates: str | None
    trial: Mapping[str, str] | None = None
    book_roles: Mapping[str, Mapping[str, People]] = MappingProxyType({})
    time_zone: str | None = None
    language: str | None = None
    """The desk's: its notes are written in it, and what people read unless they ask for another."""
    spoken: str | None = None
    """The language in which books speak to people; None is as their book.toml is written, notes too,
    as scenarios and proofs want it."""
    label_input: LabelInput = label_option
    mail: MailSettings | None = None
    sms: SmsSettings | None = None
    views: Mapping[str, str] = MappingProxyType({})
    addresses: Mapping[str, str] = MappingProxyType({})
    """The e-mail address of people of the desk, by name."""

    def roles_in(self, book: str) -> Mapping[str, People]:
        """Who has which role in a book: what is said for that book goes before what is said for all."""
        return {**self.roles, **self.book_roles.get(book, {})}

    @property
    def people(self) -> set[str]:
        """Everybody who has a role or an address."""
        roles = (self.roles, *self.book_roles.values())
        held = {person for people in roles for one in people.values() for person in one}
        return held.union(self.addresses)

    @property
    def template_roots(self) -> list[str]:
        """Where the user's templates lie, each root with a folder a book; a book's own come last."""
        tried = [os.path.dirname(folder) for folder in (self.trial or {}).values()]
        return [*tried, *(root for root in (self.templates, self.books) if root is not None)]


NONE = Settings(None, dict.fromkeys(COMPANY, ""), {}, {}, {}, None, None)


def name_company(settings: Settings) -> Settings:
    """The settings with a company, where they have none: for what is only tried, so that no e-mail is
    held for want of somebody who signs it."""
    if settings.company["name"]:
        return settings
    return settings._replace(company={**settings.company, "name": "Example Company"})


def load(path: str | None) -> Settings:
    """Read a settings file (TOML); all its faults are told at once, with file and line."""
    if path is None:
        return NONE
    try:
        raw = permissions.read_trusted(path)
    except OSError as error:
        raise BadInput(
            f"--config {path} can't be read: {(error.strerror or '').lower()}."
        ) from None
    return SettingsReader(read_document(path, raw)).read()


def read_document(path: str, raw: bytes) -> Document:
    """The settings as they are written, or as an earlier start parsed the same bytes (4 ms)."""

    def parse() -> Document:
        from ..system.parse_toml import parse

        return parse(path, raw)

    def find_lines() -> Mapping[Path, int]:
        from ..system.parse_toml import find_lines

        return find_lines(path, raw)

    sha256 = load_sha256(many=False)
    place = sha256(os.path.abspath(path).encode("utf-8", "surrogatepass")).hexdigest()
    data = load_or_build(
        f"settings-{place[:16]}", sha256(raw).hexdigest(), lambda: _choose_kept(parse().data)
    )
    return parse() if data is None else Document(path, data, find_lines)


def _choose_kept(data: dict[str, object]) -> object:
    """What the cache may keep of settings: all or nothing.

    Nothing where JSON can't say them, as with a date, or where the key of a gateway may stand in them.
    """
    from json import dumps, loads  # late: 2 ms; what is in the cache is not made again

    plain = loads(dumps(data, default=str)) == data
    return data if plain and "sms" not in data else None


class SettingsReader:
    """Reads settings; what they say of books is checked where the books are known."""

    def __init__(self, document: Document) -> None:
        self._toml = TomlReader(document, "the settings file")
        self._sections = self._toml.keys(document.data, (), dict.fromkeys(SECTIONS, dict))

    def read(self) -> Settings:
        """The settings; raises Faults."""
        company = self._texts("company", COMPANY)
        folders = self._texts("folders", FOLDER_KEYS)
        roles = self._any_keys("roles", object)
        mail, sms = self._sending()
        views = self._texts("views", self._sections.table("views"))
        desk = self._texts("desk", DESK_KEYS)
        settings = Settings(
            document=self._toml.document,
            company={name: company.text(name) for name in COMPANY},
            roles=self._people(roles, ("roles",)),
            parameters=self._parameters(),
            places=self._places(),
            books=self._folder(folders, "books"),
            templates=self._folder(folders, "templates"),
            book_roles=self._book_roles(roles),
            time_zone=self._time_zone(desk, ("desk",)),
            language=self._language(desk),
            mail=mail,
            sms=sms,
            views={name: views.text(name) for name in views},
            addresses=self._addresses(),
        )
        if self._toml.faults:
            raise Faults.of(self._toml.document.name, self._toml.faults)
        return settings

    def _sending(self) -> tuple[MailSettings | None, SmsSettings | None]:
        """How messages are sent, where the settings say so."""
        if "mail" not in self._sections and "sms" not in self._sections:
            return None, None
        from .sending_settings import read_mail, read_sms  # late: 5 ms; most settings have neither

        there, toml = self._sections, self._toml
        mail = read_mail(toml, there.table("mail")) if "mail" in there else None
        return mail, read_sms(toml, there.table("sms"), mail) if "sms" in there else None

    def _texts(self, section: str, known: Iterable[str]) -> TomlTable:
        """A section of texts."""
        return self._toml.keys(self._sections.table(section), (section,), dict.fromkeys(known, str))

    def _any_keys(self, section: str, kind: Kind) -> TomlTable:
        """A section in which any names can stand."""
        table = self._sections.table(section)
        return self._toml.keys(table, (section,), dict.fromkeys(table, kind))

    def _addresses(self) -> dict[str, str]:
        people, found = self._any_keys("people", dict), dict[str, str]()
        if not [*people]:
            return found
        from ..messages.addresses import Unsendable, parse_mail_address  # late: 1 ms

        for person in people:
            path = ("people", person)
            good = self._toml.keys(people.table(person), path, PERSON_KEYS)
            try:
                found[person] = parse_mail_address(good.text("email"))
            except Unsendable as error:
                if "email" in good:
                    self._toml.fault((*path, "email"), f"{error}.")
        return found

    def _parameters(self) -> dict[str, Mapping[str, object]]:
        books = self._any_keys("parameters", dict)
        return {book: books.table(book) for book in books}

    def _people(self, roles: TomlTable, path: Path) -> dict[str, People]:
        """Who has each role of a table, which can hold tables of books too."""
        found = {}
        for role in roles:
            written = roles.get(role)
            if isinstance(written, dict):
                continue
            people = written if isinstance(written, list) else [written]
            if not people or not all(isinstance(one, str) and one.strip() for one in people):
                told = f"{role} must be a name or a list of names, not {show_value(written)}."
                self._toml.fault((*path, role), told)
            elif len({*people}) < len(people):
                self._toml.fault((*path, role), f"{role} names somebody twice.")
            else:
                found[role] = tuple(people)
        return found

    def _book_roles(self, roles: TomlTable) -> dict[str, dict[str, People]]:
        found = {}
        for book in roles:
            if isinstance(roles.get(book), dict):
                table = roles.table(book)
                of_book = self._toml.keys(table, ("roles", book), dict.fromkeys(table, object))
                found[book] = self._people(of_book, ("roles", book))
        return found

    def _places(self) -> dict[str, Place]:
        calendars = self._any_keys("calendars", dict)
        return {country: self._place(country, calendars.table(country)) for country in calendars}

    def _place(self, country: str, written: Mapping[str, object]) -> Place:
        path = ("calendars", country)
        good = self._toml.keys(written, path, PLACE_KEYS)
        closures = [_read_closure(day) for day in self._list(good.get("closures"))]
        place = Place(
            region=good.text_or_none("region"),
            closures=self._days([day for day in closures if not _is_yearly(day)], path, "closures"),
            yearly=self._yearly([str(day) for day in closures if _is_yearly(day)], path),
            working=self._days(self._list(good.get("working")), path, "working"),
            time_zone=self._time_zone(good, path),
        )
        self._check_country(country, place.region, path)
        for day in place.working:
            if place.is_closed(day):
                told = f"{day} is a closure and a working day: leave it in one of the lists."
                self._toml.fault((*path, "working"), told)
        return place

    def _check_country(self, country: str, region: str | None, path: Path) -> None:
        if not is_country(country):
            told = f"there is no calendar {country!r}: use a country code such as IT."
            self._toml.fault(path, told)
        elif region is not None and "-" in country:
            self._toml.fault((*path, "region"), f"{country} is a region already: leave region out.")
        elif region is not None and not is_country(f"{country}-{region}"):
            known = ", ".join(list_regions(country)) or "none"
            told = f"{country} has no region {region!r}: its regions are {known}."
            self._toml.fault((*path, "region"), told)

    def _list(self, written: object) -> list[object]:
        return [] if written is None else written if isinstance(written, list) else [written]

    def _days(self, written: Iterable[object], path: Path, key: str) -> tuple[date, ...]:
        days = set()
        for day in written:
            try:
                days.add(date.fromisoformat(read_date(day)))
            except ValueError as error:
                self._toml.fault((*path, key), f"{_DAYS[key]} {error}.")
        return tuple(sorted(days))

    def _yearly(self, written: Iterable[str], path: Path) -> tuple[str, ...]:
        """Days of every year, such as 06-24, which each year or each leap year has."""
        days = set()
        for day in written:
            try:
                read_date(f"2024-{day}")
                days.add(day)
            except ValueError:
                told = (
                    f"a closure is {day!r}: there is no such day; write it as 06-24, month first."
                )
                self._toml.fault((*path, "closures"), told)
        return tuple(sorted(days))

    def _time_zone(self, table: TomlTable, path: Path) -> str | None:
        name = table.text_or_none("time_zone")
        if name is None:
            return None
        try:
            read_zone(name)
        except ValueError as error:
            self._toml.fault((*path, "time_zone"), f"time_zone {error}.")
        return name

    def _language(self, desk: TomlTable) -> str | None:
        name = desk.text_or_none("language")
        if name is not None and name not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            self._toml.fault(("desk", "language"), f"language {name!r} is not one of {known}.")
        return name

    def _folder(self, folders: TomlTable, name: str) -> str | None:
        """A folder beside the settings file, unless its path is absolute."""
        if name not in folders:
            return None
        beside = os.path.dirname(os.path.abspath(self._toml.document.name))
        path = os.path.join(beside, folders.text(name))
        if not os.path.isdir(path):
            self._toml.fault(("folders", name), f"there is no folder {path!r}.")
        return path


DESK_KEYS: dict[str, Kind] = {"language": str, "time_zone": str}
FOLDER_KEYS: dict[str, Kind] = {"books": str, "templates": str}
PERSON_KEYS = TableKeys.all({"email": str})
PLACE_KEYS: dict[str, Kind] = {
    "region": str,
    "closures": object,
    "working": object,
    "time_zone": str,
}
_DAYS = {"closures": "a closure", "working": "a working day"}


def _read_closure(written: object) -> object:
    return written.strip() if isinstance(written, str) else written


def _is_yearly(written: object) -> bool:
    return isinstance(written, str) and re.fullmatch("[0-9]{1,2}-[0-9]{1,2}", written) is not None
