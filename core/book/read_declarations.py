"""Reading what a book declares: parameters, statements, statuses, fields, items, facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from ..system.toml_document import Document, Path
from ..values import due_dates
from ..values.field_types import TYPES, Field, Stored
from .model import (
    DATE_FACTS,
    DateFact,
    DueFact,
    Fact,
    Forbidden,
    ForbiddenFact,
    Items,
    Parameter,
    Remark,
    Statement,
    Status,
)
from .toml_reader import Reader

_FIELD_KEYS = {
    "type": str,
    "values": list,
    "min": int,
    "max": int,
    "default": object,
    "optional": bool,
    "many": bool,
    "pattern": str,
    "quiet": bool,
    "within": str,
    "about": str,
}
_DATE_KEYS = {**dict.fromkeys(DATE_FACTS, str), "optional": bool, "about": str}
_VALUES = (bool, int, float, str)


class Declarations(Reader):
    """What a book is about, before its rules.

    `overrides` are the parameters that the settings change.
    """

    def __init__(
        self, document: Document, overrides: Mapping[str, Any], checking: bool = False
    ) -> None:
        super().__init__(document, checking)
        self.templates: dict[str, Path] = {}  # with the first rule that uses each
        data = document.data
        self.parameters = self._each("parameters", self._parameter)
        for name, value in overrides.items():
            if name in self.parameters:
                known = self.parameters[name].value
                merged = {**known, **value} if isinstance(known, dict) else value
                self.parameters[name] = self.parameters[name]._replace(value=merged)
        self.figures = {n: v for p in self.parameters.values() for n, v in p.figures().items()}
        self.roles = {str(k): str(v) for k, v in self._table(data, "roles").items()}
        self.statuses = self._each("statuses", self._status)
        self.catalogue = self._table(data, "book").get("catalogue") is True
        self.fields = self._each("fields", self._field)
        self.items = self._each("items", self._item_kind)
        self.facts = self._each("facts", self._fact)
        self.event_names = tuple(self._table(data, "events"))
        forbidden = data.get("forbidden", [])
        self.forbidden = tuple(self._forbid(raw, place) for place, raw in enumerate(forbidden))

    @cached_property
    def statements(self) -> dict[str, Statement]:
        """The statements of the written procedure, by id."""
        return {s.id: s for s in self._listed("statement", self._statement)}

    @cached_property
    def remarks(self) -> dict[str, Remark]:
        """What the source leaves open, by id."""
        return {r.id: r for r in self._listed("remark", self._remark)}

    def _parameter(self, name: str, raw: Any, path: Path) -> Parameter:
        known = {
            "value": object,
            "unit": str,
            "about": str,
            "min": int,
            "max": int,
            "pattern": str,
        }
        good = self._keys(raw, path, known, "value", "about")
        parameter = Parameter(
            name,
            good.get("value"),
            good.get("unit", ""),
            good.get("about", ""),
            good.get("min", 0),
            good.get("max"),
            good.get("pattern"),
        )
        if self._checking and "value" in good:
            if not _is_figure(parameter.value):
                told = f"{name} must be a number, text, a list, or a table of those, not {parameter.value!r}."
                self.fault(path, told)
            elif wrong := parameter.out_of_bounds(parameter.value):
                self.fault(path, wrong)
        return parameter

    def _forbid(self, raw: Any, place: int) -> Forbidden:
        path = ("forbidden", place)
        known = {"language": str, "pattern": str, "about": str}
        good = self._keys(raw, path, known, *known)
        if self._checking and not _is_pattern(good.get("pattern", "")):
            self.fault(path, f"the pattern {good['pattern']!r} is no regular expression.")
        return Forbidden(*(good.get(key, "") for key in known))

    def _statement(self, raw: Any, path: Path) -> Statement:
        good = self._keys(raw, path, {"id": str, "says": str, "manual": str}, "id", "says")
        return Statement(good.get("id", "?"), good.get("says", ""), good.get("manual"))

    def _remark(self, raw: Any, path: Path) -> Remark:
        good = self._keys(raw, path, {"id": str, "says": str}, "id", "says")
        return Remark(good.get("id", "?"), good.get("says", ""))

    def _status(self, name: str, raw: Any, path: Path) -> Status:
        known = {
            "about": str,
            "closed": bool,
            "needs": list,
            "needs_item": dict,
            "results": list,
            "completed": bool,
        }
        good = self._keys(raw, path, known, "about")
        return Status(
            name,
            good.get("about", ""),
            good.get("closed", False),
            tuple(good.get("needs", ())),
            good.get("needs_item", {}),
            tuple(map(str, good.get("results", ()))),
            good.get("completed", False),
        )

    def _field(
        self, name: str, raw: Any, path: Path, more: Mapping[str, type] | None = None
    ) -> Field:
        good = self._keys(
            self._with_values(name, raw, path),
            path,
            {**_FIELD_KEYS, **(more or {})},
            "type",
            "about",
        )
        kind = good.get("type", "text")
        if kind not in TYPES:
            self.fault(path, f"{name} has the type {kind!r}; there are {', '.join(TYPES)}.")
            kind = "text"
        if kind == "word" and not good.get("values"):
            self.fault(path, f"{name} is a word and needs its values.")
        if self._checking and not _is_pattern(good.get("pattern", "")):
            told = f"the pattern of {name} is no regular expression: {good['pattern']!r}."
            self.fault(path, told)
        bare = Field(
            name,
            kind,
            tuple(good.get("values", ())),
            good.get("min"),
            good.get("max"),
            None,
            good.get("optional", False),
            good.get("many", False),
            good.get("pattern"),
            good.get("quiet", False),
            good.get("about", ""),
            good.get("within"),
        )
        if more is None and good.get("default") == "today" and kind in ("date", "moment"):
            self.fault(path, f"{name} can't have today as its default; only an input can.")
        return bare._replace(default=self._default(bare, good, path))

    def _with_values(self, name: str, raw: Any, path: Path) -> Any:
        """A field whose values may be those of a parameter: a list, or the names in a table."""
        written = raw.get("values") if isinstance(raw, dict) else None
        if not isinstance(written, str):
            return raw
        named = self.figures.get(written[1:-1]) if written[:1] + written[-1:] == "{}" else None
        if not isinstance(named, list | dict) or not all(isinstance(one, str) for one in named):
            self.fault(
                path, f"{name}: {written!r} is no parameter that is a list or table of words."
            )
            return {**raw, "values": ["?"]}
        return {**raw, "values": list(named)}

    def _default(self, field: Field, good: Mapping[str, Any], path: Path) -> Stored:
        if "default" not in good or good["default"] == "today":
            return None
        reader = field if self._checking else field._replace(pattern=None)
        with self._told(path, f"the default of {field.name}"):
            return reader.read(good["default"])
        return None

    def _item_kind(self, name: str, raw: Any, path: Path) -> Items:
        good = self._keys(raw, path, {"about": str, "key": str, "fields": dict}, "about", "fields")
        for field in good.get("fields", {}):
            self._check_name(field, (*path, "fields", field))
        fields = {
            field: self._field(field, written, (*path, "fields", field))
            for field, written in good.get("fields", {}).items()
        }
        key = good.get("key")
        if key is not None and key not in fields:
            self.fault((*path, "key"), f"the key of {name} is no field of it: {key!r}.")
        return Items(name, good.get("about", ""), key, fields)

    def _fact(self, name: str, raw: Any, path: Path) -> Fact:
        if isinstance(raw, dict) and "forbidden_in" in raw:
            known = {"forbidden_in": str, "shows": str, "about": str}
            good = self._keys(raw, path, known, "about")
            shows = good.get("shows", "about")
            if shows not in ("about", "words"):
                self.fault(path, f"{name} shows 'about' or 'words', not {shows!r}.")
            return ForbiddenFact(name, good.get("forbidden_in", ""), shows, good.get("about", ""))
        if isinstance(raw, dict) and "due" in raw:
            return self._due_fact(name, raw, path)
        since = [key for key in DATE_FACTS if isinstance(raw, dict) and key in raw]
        if not since:
            return self._field(name, raw, path)
        good = self._keys(raw, path, _DATE_KEYS, "about")
        base = good.get(since[0], "")
        if self._date_named(base) is False:
            self.fault(
                path, f"{name} counts from {base!r}, which is no date among facts and inputs."
            )
        return DateFact(name, base, since[0], good.get("optional", False), good.get("about", ""))

    def _due_fact(self, name: str, raw: Mapping[str, Any], path: Path) -> DueFact:
        good = self._keys(raw, path, {"due": object, "optional": bool, "about": str}, "about")
        written = good.get("due")
        dues = []
        for one in written if isinstance(written, list) else [written]:
            with self._told(path, f"the due of {name}"):
                dues.append(due_dates.parse(str(one), self._plain_dates, self.figures))
        return DueFact(name, tuple(dues), good.get("optional", False), good.get("about", ""))

    def _date_named(self, name: str) -> bool:
        made = self._table(self.document.data, "facts").get(name)
        return name in self._plain_dates or (isinstance(made, dict) and "due" in made)

    @cached_property
    def _plain_dates(self) -> frozenset[str]:
        """The facts and inputs that are dates, or moments, by themselves."""
        tables = [self._table(self.document.data, "facts")]
        for event in self._table(self.document.data, "events").values():
            inputs = event.get("inputs") if isinstance(event, dict) else None
            tables.append(inputs if isinstance(inputs, dict) else {})
        return frozenset(
            name
            for table in tables
            for name, raw in table.items()
            if isinstance(raw, dict) and raw.get("type") in ("date", "moment")
        )

    def _input_names(self) -> tuple[str, ...]:
        events = self._table(self.document.data, "events").values()
        return tuple(dict.fromkeys(name for event in events for name in event.get("inputs", {})))


def _is_figure(value: object) -> bool:
    """Whether a value can be a parameter's."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, (*_VALUES, list, dict)) and all(
        isinstance(part, _VALUES) or (isinstance(value, dict) and isinstance(part, list))
        for part in parts
    )


def _is_pattern(written: str) -> bool:
    try:
        re.compile(written)
    except re.error:
        return False
    return True
