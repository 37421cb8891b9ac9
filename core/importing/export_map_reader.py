"""Reading a map: every fault is told, with file, line and a sentence, at once."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from ..errors import BadInput, Faults
from ..system.parse_toml import parse
from ..system.toml_document import Document, Path
from ..system.toml_reader import Kind, TableKeys, TomlReader, TomlTable
from ..values.time_zones import read_zone
from .export_map import AT, EVENT, EVENTS, LAG_DAYS, NOTES, Each, Map, Order, Section, Words
from .export_map_values import Recipe
from .foreign_tables import Frame
from .given_messages import MESSAGES
from .lookup_files import load_lookup
from .lookups import Lookup
from .recipe_reader import RecipeReader
from .row_forms import CUSTOMER, Form, Forms
from .rows_and_faults import CUSTOMERS, TICKETS
from .source_dates import Dated
from .stamps import is_format

MAP_KEYS: dict[str, Kind] = {
    "delimiter": str,
    "encoding": str,
    "rows": str,
    "sheet": str,
    "header": int,
    "footer": int,
    "source": dict,
    "lookups": dict,
    "customer": dict,
    "ticket": dict,
    "tasks": dict,
    "notes": dict,
    "items": dict,
    "events": dict,
    "skip": dict,
    "only": dict,
}
SOURCE_KEYS: dict[str, Kind] = {"order": str, "time_zone": str, "dated": dict, "lag_days": int}
DATED_KEYS: dict[str, Kind] = {"name": str, "column": str, "date": str | list}
LOOKUP_KEYS = TableKeys(
    {"file": str, "key": str, "delimiter": str, "encoding": str}, ("file", "key")
)
EACH_KEYS = TableKeys({"column": str, "split": str, "by": str, "into": list}, ("column",))


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
        self._map = self._toml.keys(document.data, (), MAP_KEYS)
        self._recipes = RecipeReader(self._toml, self._read_lookups())
        self._repeated: set[str] = set()

    def read(self) -> Map:
        """The map; raises Faults, in the order of its lines."""
        sections = self._sections()
        source = self._toml.keys(self._map.table("source"), ("source",), SOURCE_KEYS)
        read = Map(
            document=self._toml.document,
            delimiter=self._read_delimiter(self._map, ()),
            encoding=self._read_encoding(self._map, ()),
            rows=tuple(part for part in self._map.text("rows").split(".") if part),
            sheet=self._map.text_or_none("sheet"),
            frame=self._read_frame(),
            skip=self._words("skip"),
            only=self._words("only"),
            sections=sections,
            time_zone=self._read_zone(source),
            order=_find_order(source, sections),
            dated=self._read_dated(source) if "dated" in source else None,
            lag_days=self._read_lag(source),
            repeated=frozenset(self._repeated),
            zone_of=self._forms.zone_of,
        )
        if self._toml.faults:
            raise Faults.of(self._toml.document.name, self._toml.faults_by_line)
        return read

    # --- the top ---------------------------------------------------------------------------------

    def _read_delimiter(self, table: TomlTable, path: Path) -> str | None:
        delimiter = table.text("delimiter")
        if len(delimiter) > 1 or delimiter in ('"', "\n", "\r"):
            told = f"delimiter must be one character, not {delimiter!r}."
            self._toml.fault((*path, "delimiter"), told)
            return None
        return delimiter or None

    def _read_encoding(self, table: TomlTable, path: Path) -> str | None:
        encoding = table.text("encoding")
        try:
            "a".encode(encoding or "utf-8")
        except LookupError:
            told = f"there is no encoding {encoding!r}; try cp1252 or utf-16."
            self._toml.fault((*path, "encoding"), told)
            return None
        return encoding or None

    def _read_frame(self) -> Frame:
        header, footer = self._map.number_or_none("header"), self._map.number("footer", 0)
        if header is not None and header < 1:
            self._toml.fault(("header",), f"header is {header}: lines are counted from 1.")
        if footer < 0:
            self._toml.fault(("footer",), f"footer is {footer}: it can't be below 0.")
        return Frame(header, max(footer, 0))

    def _read_zone(self, source: TomlTable) -> str | None:
        zone = source.text_or_none("time_zone")
        if zone is not None:
            with self._toml.note_errors(("source", "time_zone"), "time_zone"):
                read_zone(zone)
        return zone

    def _read_lag(self, source: TomlTable) -> int:
        days = source.number("lag_days", LAG_DAYS)
        if not 0 <= days <= 366:
            told = f"lag_days is {days}: write a number of days from 0 to 366."
            self._toml.fault(("source", "lag_days"), told)
        return days

    def _read_dated(self, source: TomlTable) -> Dated:
        path = ("source", "dated")
        good = self._toml.keys(source.get("dated"), path, DATED_KEYS)
        name = good.text_or_none("name")
        if ("column" in good) == (name is not None):
            told = 'dated needs a column, or a name such as "partite_%Y%m%d.csv", and not both.'
            self._toml.fault(path, told)
        if name is not None and not is_format(name):
            told = f"name is {name!r}: write the day in it as for strptime, such as %Y%m%d."
            self._toml.fault((*path, "name"), told)
        written = {"date": "%Y-%m-%d", **good.as_dict()}
        recipe = self._recipes.read(path, written) if "column" in good else None
        return Dated(path, name, recipe)

    def _words(self, section: str) -> dict[str, Words]:
        good = {}
        for column, words in self._map.table(section).items():
            if isinstance(words, list) and all(isinstance(word, str) for word in words):
                good[column] = tuple(words)
            else:
                told = f"{column} must be a list of words, not {words!r}."
                self._toml.fault((section, column), told)
        return good

    def _read_lookups(self) -> dict[str, Lookup]:
        found = {}
        for name, raw in self._map.table("lookups").items():
            path = ("lookups", name)
            good = self._toml.keys(raw, path, LOOKUP_KEYS)
            beside = os.path.dirname(self._toml.document.name)
            file = os.path.join(beside, good.text("file"))
            delimiter = self._read_delimiter(good, path)
            encoding = self._read_encoding(good, path)
            rows = partial(load_lookup, file, good.text("key"), delimiter, encoding)
            found[name] = Lookup(name, file, rows)
        return found

    # --- the sections ----------------------------------------------------------------------------

    def _sections(self) -> dict[str, Section]:
        books = self._books()
        sections: dict[str, Section] = {}
        if "customer" in self._map:
            customer = self._map.table("customer")
            recipes = self._section(("customer",), customer, CUSTOMER, ("ref",))
            sections[CUSTOMERS] = Section(recipes)
        if "ticket" in self._map:
            known = {name for form in books for name in form.single}
            ticket = self._map.table("ticket")
            recipes = self._section(("ticket",), ticket, known, ("ref", "book"))
            self._default_customer(recipes, sections)
            self._note_lists(recipes, books)
            sections[TICKETS] = Section(recipes)
        elif not self._toml.document.data.keys() & {"customer", "ticket"}:
            self._toml.fault((), "a map needs [customer], [ticket] or both.")
        for path, raw in self._lists():
            self._list(sections, path, raw, books)
        if "events" in self._map:
            sections[EVENTS] = self._read_events(sections, books)
        return sections

    def _note_lists(self, recipes: Mapping[str, Recipe], books: Sequence[Form]) -> None:
        """Columns of fields with several values may be there several times."""
        many = {name for form in books for name, field in form.single.items() if field.many}
        for field in many & recipes.keys():
            self._repeated.update(recipes[field].own_columns)

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

    def _default_customer(self, ticket: dict[str, Recipe], sections: Mapping[str, Section]) -> None:
        if "customer" in ticket:
            return
        if CUSTOMERS in sections and "ref" in sections[CUSTOMERS].recipes:
            ticket["customer"] = sections[CUSTOMERS].recipes["ref"]
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
        sections: dict[str, Section],
        path: tuple[str, ...],
        raw: object,
        books: Sequence[Form],
    ) -> None:
        kind = path[-1]
        forms = [form.lists[kind] for form in books if kind in form.lists and kind != MESSAGES]
        known = {name: field for items in forms for name, field in items.fields.items()}
        if not known:
            names = {name for form in books for name in form.lists} - {MESSAGES}
            kinds = ", ".join(sorted(names))
            self._toml.fault(path, f"there are no {kind!r} on a ticket; there are {kinds}.")
            return
        if TICKETS not in sections:
            told = f"{kind} are part of tickets: the map needs a [ticket] with its ref."
            self._toml.fault(path, told)
        table = raw if isinstance(raw, dict) else {}
        each = table.get("each")
        fields = {name: one for name, one in table.items() if name != "each"} if each else raw
        recipes = self._section(path, fields, known, ())
        money = [name for name in known if known[name].type == "money" and name in recipes]
        sections[kind] = Section(
            recipes=recipes,
            each=None if each is None else self._each((*path, "each"), each),
            amount=money[0] if money else None,
            is_row=any(items.key in recipes for items in forms if items.key) and each is None,
            has_currency="currency" in known,
        )

    def _read_events(self, sections: Mapping[str, Section], books: Sequence[Form]) -> Section:
        """How rows become events: the inputs of all events of the books are known."""
        path, table = ("events",), dict(self._map.table("events"))
        refused = table.pop("refused", None)
        if refused is not None and (refused != "note" or NOTES not in sections):
            told = 'refused can only be "note", where the map has [notes] for such a row'
            self._toml.fault((*path, "refused"), f"{told}.")
        if TICKETS not in sections:
            self._toml.fault(path, "events are of tickets: the map needs a [ticket] with its ref.")
        inputs = {name for form in books for name in form.list_inputs()}
        recipes = self._section(path, table, {EVENT, AT, *inputs}, (EVENT, AT))
        return Section(recipes, keeps_refused=refused is not None)

    def _each(self, path: Path, raw: object) -> Each:
        if isinstance(raw, str):
            self._repeated.add(raw)
            return Each(raw, path)
        good = self._toml.keys(raw, path, EACH_KEYS)
        into = good.words("into")
        if ("by" in good) != (len(into) > 1):
            told = "by, what stands between the parts, and into, the names of two or more"
            self._toml.fault(path, f"each needs both {told}.")
        self._repeated.add(good.text("column"))
        return Each(
            column=good.text("column"),
            path=path,
            split=good.text("split") or None,
            by=good.text("by") or None,
            into=into,
        )

    def _section(
        self, path: Path, raw: object, known: Collection[str], needed: Sequence[str]
    ) -> dict[str, Recipe]:
        good = self._toml.keys(raw, path, dict.fromkeys(sorted(known), str | dict), needed)
        return {field: self._recipes.read((*path, field), good.get(field)) for field in good}


def _find_order(source: TomlTable, sections: Mapping[str, Section]) -> Order | None:
    """The column that orders rows, read as a date where any recipe of the map reads it so."""
    column = source.text_or_none("order")
    if column is None:
        return None
    recipes = (one for section in sections.values() for one in section.recipes.values())
    dated = (one for one in recipes if one.columns == (column,) and (one.moment or one.date))
    return Order(column, next(dated, None), ("source", "order"))
