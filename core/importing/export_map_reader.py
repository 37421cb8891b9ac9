"""Reading a map: every fault is told, with file, line and a sentence, at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from ..errors import BadInput, Faults
from ..system.parse_toml import parse
from ..system.toml_document import Document, Path
from ..system.toml_reader import Kind, TomlReader, TomlTable
from .export_map import Map
from .export_map_values import Recipe, parse_day, plain_const
from .row_forms import CUSTOMER, Form, Forms
from .rows_and_faults import CUSTOMERS, TICKETS

_MAP: dict[str, Kind] = {
    "delimiter": str,
    "encoding": str,
    "rows": str,
    "customer": dict,
    "ticket": dict,
    "tasks": dict,
    "notes": dict,
    "items": dict,
    "skip": dict,
    "only": dict,
}
_RECIPE: dict[str, Kind] = {
    "column": str | list,
    "const": object,
    "default": str,
    "values": dict,
    "other": str,
    "date": str,
    "moment": str,
    "decimal": str,
    "split": str,
    "prefix": str,
}


def load(path: str, forms: Forms) -> Map:
    """Read a map; all its faults are told at once, with file and line."""
    try:
        with open(path, "rb") as file:
            document = parse(path, file.read())
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise BadInput(f"--map {path} can't be read: {reason}.") from None
    return MapReader(document, forms).read()


class MapReader:
    """Reads a map; `forms` know the fields that it can fill."""

    def __init__(self, document: Document, forms: Forms) -> None:
        self._toml, self._forms = TomlReader(document, "the map"), forms
        self._map = self._toml.keys(document.data, (), _MAP)

    def read(self) -> Map:
        """The map; raises Faults, in the order of its lines."""
        read = Map(
            document=self._toml.document,
            delimiter=self._read_delimiter(),
            encoding=self._read_encoding(),
            rows=tuple(part for part in self._map.text("rows").split(".") if part),
            skip=self._words("skip"),
            only=self._words("only"),
            recipes=self._sections(),
        )
        if self._toml.faults:
            raise Faults.of(self._toml.document.name, self._toml.faults_by_line)
        return read

    # --- the top ---------------------------------------------------------------------------------

    def _read_delimiter(self) -> str | None:
        delimiter = self._map.text("delimiter")
        if len(delimiter) > 1 or delimiter in ('"', "\n", "\r"):
            told = f"delimiter must be one character, not {delimiter!r}."
            self._toml.fault(("delimiter",), told)
            return None
        return delimiter or None

    def _read_encoding(self) -> str | None:
        encoding = self._map.text("encoding")
        try:
            "a".encode(encoding or "utf-8")
        except LookupError:
            told = f"there is no encoding {encoding!r}; try cp1252 or utf-16."
            self._toml.fault(("encoding",), told)
            return None
        return encoding or None

    def _words(self, section: str) -> dict[str, list[str]]:
        good = {}
        for column, words in self._map.table(section).items():
            if isinstance(words, list) and all(isinstance(word, str) for word in words):
                good[column] = words
            else:
                told = f"{column} must be a list of words, not {words!r}."
                self._toml.fault((section, column), told)
        return good

    # --- the sections ----------------------------------------------------------------------------

    def _sections(self) -> dict[str, dict[str, Recipe]]:
        books = self._books()
        sections: dict[str, dict[str, Recipe]] = {}
        if "customer" in self._map:
            customer = self._map.table("customer")
            sections[CUSTOMERS] = self._section(("customer",), customer, CUSTOMER, ("ref",))
        if "ticket" in self._map:
            known = {name for form in books for name in form.single}
            ticket = self._map.table("ticket")
            sections[TICKETS] = self._section(("ticket",), ticket, known, ("ref", "book"))
            self._default_customer(sections)
        elif not self._toml.document.data.keys() & {"customer", "ticket"}:
            self._toml.fault((), "a map needs [customer], [ticket] or both.")
        for path, raw in self._lists():
            self._list(sections, path, raw, books)
        return sections

    def _books(self) -> list[Form]:
        """The forms a ticket can have: that of the book the map names, else all."""
        book = self._map.table("ticket").get("book")
        name = book.get("const") if isinstance(book, dict) else None
        if name is None:
            return self._forms.all()

        def fault(field: str, reason: str) -> None:
            self._toml.fault(("ticket", "book"), f"{field} {reason}.")

        form = self._forms.of(name, fault)
        return [form] if form else self._forms.all()

    def _default_customer(self, sections: dict[str, dict[str, Recipe]]) -> None:
        if "customer" in sections[TICKETS]:
            return
        if "ref" in sections.get(CUSTOMERS, {}):
            sections[TICKETS]["customer"] = sections[CUSTOMERS]["ref"]
        else:
            self._toml.fault(("ticket",), "[ticket] needs a customer, or the map a [customer].")

    def _lists(self) -> Iterator[tuple[tuple[str, ...], object]]:
        """The sections of what a ticket has several of, each with its path."""
        for name in ("tasks", "notes"):
            if name in self._map:
                yield (name,), self._map.table(name)
        for name, raw in self._map.table("items").items():
            yield ("items", name), raw

    def _list(
        self,
        sections: dict[str, dict[str, Recipe]],
        path: tuple[str, ...],
        raw: object,
        books: Sequence[Form],
    ) -> None:
        kind = path[-1]
        known = {
            n: f for form in books if kind in form.lists for n, f in form.lists[kind].fields.items()
        }
        if not known:
            kinds = ", ".join(sorted({name for form in books for name in form.lists}))
            self._toml.fault(path, f"there are no {kind!r} on a ticket; there are {kinds}.")
            return
        if TICKETS not in sections:
            told = f"{kind} are part of tickets: the map needs a [ticket] with its ref."
            self._toml.fault(path, told)
        sections[kind] = self._section(path, raw, known, ())

    def _section(
        self, path: Path, raw: object, known: Collection[str], needed: Sequence[str]
    ) -> dict[str, Recipe]:
        good = self._toml.keys(raw, path, dict.fromkeys(sorted(known), str | dict), needed)
        return {field: self._recipe((*path, field), good.get(field)) for field in good}

    # --- one recipe ------------------------------------------------------------------------------

    def _recipe(self, path: Path, written: object) -> Recipe:
        if isinstance(written, str):
            return Recipe((written,), path)
        good = self._toml.keys(written, path, _RECIPE)
        columns = good.words("column") or ((good.text("column"),) if good.text("column") else ())
        if ("const" in good) == bool(columns):
            told = f"{path[-1]} needs a column or a const, and not both."
            self._toml.fault(path, told)
        self._check_formats(path, good)
        return Recipe(
            columns=columns,
            path=path,
            const=self._const(path, good),
            default=good.text_or_none("default"),
            values=self._values(path, good),
            other=good.text_or_none("other"),
            date=good.text_or_none("date"),
            moment=good.text_or_none("moment"),
            decimal=good.text_or_none("decimal"),
            split=good.text_or_none("split"),
            prefix=good.text("prefix"),
        )

    def _check_formats(self, path: Path, good: TomlTable) -> None:
        for key in ("date", "moment"):
            if key in good and not _is_date_format(good.text(key)):
                told = f"{key} of {path[-1]} is {good.text(key)!r}"
                self._toml.fault(path, f"{told}: write it as for strptime, such as %d.%m.%Y.")
        if good.text("decimal", ".") not in (".", ","):
            self._toml.fault(path, f"decimal of {path[-1]} must be a point or a comma.")
        if "other" in good and "values" not in good:
            told = f"other of {path[-1]} can only be used with values; for all words use const."
            self._toml.fault(path, told)

    def _values(self, path: Path, good: TomlTable) -> Mapping[str, str] | None:
        if "values" not in good:
            return None
        words = good.table("values")
        if not all(isinstance(word, str) for word in words.values()):
            self._toml.fault(path, f"values of {path[-1]} must be words, not {words!r}.")
        return {theirs: str(ours) for theirs, ours in words.items()}

    def _const(self, path: Path, good: TomlTable) -> object:
        if "const" not in good:
            return None
        try:
            return plain_const(good.get("const"))
        except ValueError as error:
            self._toml.fault(path, f"const of {path[-1]} {error}.")
            return None


def _is_date_format(written: str) -> bool:
    """Whether a date comes back that was written so."""
    sample = datetime(2026, 3, 14, 15, 9)
    try:
        return parse_day(sample.strftime(written), written).date() == sample.date()
    except (ValueError, re.error):
        return False
