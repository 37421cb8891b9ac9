"""Reading a map: every fault is told, with file, line and a sentence, at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..errors import BadInput, Faults
from ..system.parse_toml import parse
from ..system.toml_document import Document, Path
from .export_map import Map
from .export_map_values import Recipe, day, plain_const
from .row_forms import CUSTOMER, Form, Forms
from .rows_and_faults import CUSTOMERS, TICKETS

_TOP = {"delimiter": str, "encoding": str, "rows": str}
_SECTIONS = ("customer", "ticket", "tasks", "notes", "items", "skip", "only")
_RECIPE: dict[str, tuple[type, ...]] = {
    "column": (str, list),
    "const": (object,),
    "default": (str,),
    "values": (dict,),
    "other": (str,),
    "date": (str,),
    "moment": (str,),
    "decimal": (str,),
    "split": (str,),
    "prefix": (str,),
}


def load(path: str, forms: Forms) -> Map:
    """Read a map; all its faults are told at once, with file and line."""
    try:
        with open(path, "rb") as file:
            document = parse(path, file.read())
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise BadInput(f"--map {path} can't be read: {reason}.") from None
    return _Reader(document, forms).map()


class _Reader:
    def __init__(self, document: Document, forms: Forms) -> None:
        self.document, self.forms = document, forms
        self.faults = list[tuple[int, str]]()

    def map(self) -> Map:
        data = self.document.data
        for name in data:
            if name not in _TOP and name not in _SECTIONS:
                known = ", ".join([*_TOP, *(f"[{section}]" for section in _SECTIONS)])
                self._fault((name,), f"a map has no {name!r}; it has {known}.")
        recipes = self._sections()
        made = Map(
            self.document,
            self._delimiter(),
            self._encoding(),
            tuple(part for part in self._top("rows").split(".") if part),
            self._words("skip"),
            self._words("only"),
            recipes,
        )
        if self.faults:
            faults = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
            in_order = [
                f"{self.document.name}:{line}: {told}" for line, told in sorted(self.faults)
            ]
            raise Faults(f"{self.document.name} has {faults}:", in_order)
        return made

    def _fault(self, path: Path, sentence: str) -> None:
        line = int(self.document.at(*path).rpartition(":")[2])
        self.faults.append((line, sentence))

    # --- the top ---------------------------------------------------------------------------------

    def _top(self, name: str) -> str:
        value = self.document.data.get(name, "")
        if isinstance(value, str):
            return value
        self._fault((name,), f"{name} must be text, not {value!r}.")
        return ""

    def _delimiter(self) -> str | None:
        delimiter = self._top("delimiter")
        if len(delimiter) > 1 or delimiter in ('"', "\n", "\r"):
            self._fault(("delimiter",), f"delimiter must be one character, not {delimiter!r}.")
            return None
        return delimiter or None

    def _encoding(self) -> str | None:
        encoding = self._top("encoding")
        try:
            "a".encode(encoding or "utf-8")
        except LookupError:
            self._fault(("encoding",), f"there is no encoding {encoding!r}; try cp1252 or utf-16.")
            return None
        return encoding or None

    def _words(self, section: str) -> dict[str, list[str]]:
        good = {}
        for column, words in self._table(self.document.data.get(section, {}), (section,)).items():
            if isinstance(words, list) and all(isinstance(word, str) for word in words):
                good[column] = words
            else:
                self._fault((section, column), f"{column} must be a list of words, not {words!r}.")
        return good

    def _table(self, raw: Any, path: Path) -> Mapping[str, Any]:
        if isinstance(raw, Mapping):
            return raw
        self._fault(path, f"{path[-1]} must be a table, not {raw!r}.")
        return {}

    # --- the sections ----------------------------------------------------------------------------

    def _sections(self) -> dict[str, dict[str, Recipe]]:
        data, books = self.document.data, self._books()
        made: dict[str, dict[str, Recipe]] = {}
        if "customer" in data:
            made[CUSTOMERS] = self._section(("customer",), data["customer"], CUSTOMER, ("ref",))
        if "ticket" in data:
            known = {name for form in books for name in form.single}
            made[TICKETS] = self._section(("ticket",), data["ticket"], known, ("ref", "book"))
            self._default_customer(made)
        elif "customer" not in data:
            self._fault((), "a map needs [customer], [ticket] or both.")
        for kind, path, raw in self._lists():
            self._list(made, kind, path, raw, books)
        return made

    def _books(self) -> list[Form]:
        """The forms a ticket can have: that of the book the map names, else all."""
        ticket = self.document.data.get("ticket")
        book = ticket.get("book") if isinstance(ticket, Mapping) else None
        name = book.get("const") if isinstance(book, Mapping) else None
        if name is None:
            return self.forms.all()
        said = list[str]()
        form = self.forms.of(name, lambda field, reason: said.append(f"{field} {reason}."))
        for sentence in said:
            self._fault(("ticket", "book"), sentence)
        return [form] if form else self.forms.all()

    def _default_customer(self, made: dict[str, dict[str, Recipe]]) -> None:
        if "customer" in made[TICKETS]:
            return
        if "ref" in made.get(CUSTOMERS, {}):
            made[TICKETS]["customer"] = made[CUSTOMERS]["ref"]
        else:
            self._fault(("ticket",), "[ticket] needs a customer, or the map a [customer].")

    def _lists(self) -> Iterator[tuple[str, Path, Any]]:
        data = self.document.data
        for name in ("tasks", "notes"):
            if name in data:
                yield name, (name,), data[name]
        for name, raw in self._table(data.get("items", {}), ("items",)).items():
            yield name, ("items", name), raw

    def _list(
        self,
        made: dict[str, dict[str, Recipe]],
        kind: str,
        path: Path,
        raw: Any,
        books: Sequence[Form],
    ) -> None:
        known = {
            n: f for form in books if kind in form.lists for n, f in form.lists[kind].fields.items()
        }
        if not known:
            kinds = sorted({name for form in books for name in form.lists})
            self._fault(path, f"there are no {kind!r} on a ticket; there are {', '.join(kinds)}.")
            return
        if TICKETS not in made:
            self._fault(path, f"{kind} hang on tickets: the map needs a [ticket] with its ref.")
        made[kind] = self._section(path, raw, known, ())

    def _section(
        self, path: Path, raw: Any, known: Collection[str], needed: Sequence[str]
    ) -> dict[str, Recipe]:
        made = {}
        for field, written in self._table(raw, path).items():
            if field not in known:
                names = ", ".join(sorted(known))
                self._fault((*path, field), f"{path[-1]} has no {field!r}; it has {names}.")
                continue
            made[field] = self._recipe((*path, field), written)
        for field in needed:
            if field not in made:
                self._fault(path, f"{path[-1]} needs {field!r}.")
        return made

    # --- one recipe ------------------------------------------------------------------------------

    def _recipe(self, path: Path, written: Any) -> Recipe:
        if isinstance(written, str):
            return Recipe((written,), path)
        good = self._recipe_keys(path, self._table(written, path))
        columns = good.pop("column", ())
        if ("const" in good) == bool(columns):
            self._fault(path, f"{path[-1]} needs a column or a const, and not both.")
        self._check_formats(path, good)
        named = (columns,) if isinstance(columns, str) else tuple(map(str, columns))
        return Recipe(named, path, **good)

    def _recipe_keys(self, path: Path, table: Mapping[str, Any]) -> dict[str, Any]:
        good = {}
        for key, value in table.items():
            if key not in _RECIPE:
                self._fault(path, f"{path[-1]} has {key!r}; it can have {', '.join(_RECIPE)}.")
            elif not isinstance(value, _RECIPE[key]):
                self._fault(path, f"{key} of {path[-1]} can't be {value!r}.")
            else:
                good[key] = value
        return good

    def _check_formats(self, path: Path, good: dict[str, Any]) -> None:
        for key in ("date", "moment"):
            if key in good and not _is_date_format(good[key]):
                told = f"{key} of {path[-1]} is {good[key]!r}"
                self._fault(path, f"{told}: write it as strptime has it, such as %d.%m.%Y.")
        if good.get("decimal", ".") not in (".", ","):
            self._fault(path, f"decimal of {path[-1]} must be a point or a comma.")
        if "other" in good and "values" not in good:
            self._fault(path, f"other of {path[-1]} goes with values; for all words use const.")
        words = good.get("values", {}).values()
        if not all(isinstance(word, str) for word in words):
            self._fault(path, f"values of {path[-1]} must be words: {good['values']!r}.")
        if "const" in good:
            try:
                good["const"] = plain_const(good["const"])
            except ValueError as error:
                self._fault(path, f"const of {path[-1]} {error}.")


def _is_date_format(written: str) -> bool:
    """Whether a date comes back that was written so."""
    sample = datetime(2026, 3, 14, 15, 9)
    try:
        return day(sample.strftime(written), written).date() == sample.date()
    except (ValueError, re.error):
        return False
