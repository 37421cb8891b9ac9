"""Reading the tables of a TOML document: their keys and types, and each fault with its place.

What reads books, settings, maps and scenario files holds a TomlReader, and asks it for tables.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, time
from types import UnionType

from .toml_document import Document, Path

Kind = type | UnionType
"""What a value has to be; `object` is any value."""


class TableKeys(dict[str, Kind]):
    """The keys that a table can have, each with its kind; `needed` are those that it must have."""

    def __init__(self, known: Mapping[str, Kind], needed: Collection[str] = ()) -> None:
        super().__init__(known)
        self.needed = tuple(needed)

    @classmethod
    def all(cls, known: Mapping[str, Kind]) -> TableKeys:
        """Keys that a table must have, all of them."""
        return cls(known, known)


class TomlTable:
    """The keys of a table that are known and of the right type; one that is not there is empty."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def as_dict(self) -> dict[str, object]:
        """All of them, as they are."""
        return dict(self._values)

    def get(self, key: str) -> object:
        """A value of whatever kind; None if the key is missing."""
        return self._values.get(key)

    def text(self, key: str, default: str = "") -> str:
        """A text."""
        value = self._values.get(key)
        return value if isinstance(value, str) else default

    def text_or_none(self, key: str) -> str | None:
        """A text, None where there is none."""
        value = self._values.get(key)
        return value if isinstance(value, str) else None

    def number(self, key: str, default: int) -> int:
        """A whole number."""
        found = self.number_or_none(key)
        return default if found is None else found

    def number_or_none(self, key: str) -> int | None:
        """A whole number, None where there is none."""
        value = self._values.get(key)
        return value if _is(value, int) and isinstance(value, int) else None

    def is_true(self, key: str) -> bool:
        """Whether it is there and true."""
        return self._values.get(key) is True

    def items(self, key: str) -> Sequence[object]:
        """The elements of a list."""
        value = self._values.get(key)
        return value if isinstance(value, list) else ()

    def tables(self, key: str) -> list[Mapping[str, object]]:
        """The elements of a list that are tables."""
        return [one for one in self.items(key) if isinstance(one, dict)]

    def words(self, key: str) -> tuple[str, ...]:
        """The elements of a list, as texts."""
        return tuple(map(str, self.items(key)))

    def table(self, key: str) -> Mapping[str, object]:
        """A table, with all its keys."""
        value = self._values.get(key)
        return value if isinstance(value, dict) else {}


class TomlReader:
    """Reads a document, which faults call `what`; it notes the faults, so that all are told at once.

    Nothing is looked for unless `checking`: what was found good before is taken as it is.
    """

    def __init__(self, document: Document, what: str, checking: bool = True) -> None:
        self.document, self.what, self.checking = document, what, checking
        self._faults: dict[str, int] = {}

    @property
    def faults(self) -> list[str]:
        """The faults in the order in which they were found, each once."""
        return list(self._faults)

    @property
    def faults_by_line(self) -> list[str]:
        """The faults in the order of the document."""
        return sorted(self._faults, key=lambda fault: (self._faults[fault], fault))

    def fault(self, path: Path, sentence: str) -> None:
        """Note what is wrong at a place."""
        line = self.document.line(*path)
        self._faults.setdefault(f"{self.document.name}:{line}: {sentence}", line)

    @contextmanager
    def note_errors(self, path: Path, what: str = "") -> Iterator[None]:
        """Note the error that ends the block, if one does, as a fault."""
        try:
            yield
        except (ValueError, TypeError, KeyError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            self.fault(path, f"{what}: {reason}." if what else f"{reason}.")

    def section(self, name: str) -> Mapping[str, object]:
        """A table on top of the document, empty where there is none."""
        value = self.document.data.get(name, {})
        if isinstance(value, dict):
            return value
        self.fault((name,), f"{name} must be a table, not {show_value(value)}.")
        return {}

    def elements(self, name: str) -> Sequence[object]:
        """The tables of an array on top of the document."""
        value = self.document.data.get(name, [])
        return value if isinstance(value, list) else []

    def keys(
        self,
        raw: object,
        path: Path,
        known: Mapping[str, Kind],
        needed: Collection[str] | None = None,
    ) -> TomlTable:
        """The keys of a table that are known and of the right type; all else is a fault, and so is a
        missing one that is `needed`: where that is not given, the needed ones of the TableKeys."""
        if not isinstance(raw, dict):
            self.fault(path, f"{self.name_of(path)} must be a table, not {show_value(raw)}.")
            return TomlTable({})
        if not self.checking:
            return TomlTable(raw)
        good = {}
        for key, value in raw.items():
            if key not in known:
                told = f"{self.name_of(path)} has no key {key!r}; its keys are {', '.join(known)}."
                self.fault((*path, key), told)
            elif not _is(value, known[key]):
                self.fault(
                    (*path, key), f"{key} must be {_KINDS[known[key]]}, not {show_value(value)}."
                )
            else:
                good[key] = value
        if needed is None:
            needed = known.needed if isinstance(known, TableKeys) else ()
        for key in needed:
            if key not in raw:
                self.fault(path, f"{self.name_of(path)} needs {key!r}.")
        return TomlTable(good)

    def name_of(self, path: Path) -> str:
        """What a place is called in a sentence; one of several by its number, from 1."""
        if not path:
            return self.what
        last = path[-1]
        if isinstance(last, str):
            return last
        return f"{str(path[-2]).removesuffix('s')} {last + 1}"


_KINDS: dict[Kind, str] = {
    str: "text",
    list: "a list",
    dict: "a table",
    bool: "true or false",
    int: "a whole number",
    str | list: "text or a list",
    str | dict: "text or a table",
    object: "a value",
}


def show_value(value: object) -> str:
    """A value as TOML has it, as far as it is one word; else as Python has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, date | time) else repr(value)


def _is(value: object, kind: Kind) -> bool:
    """Whether a value is of a kind; true and false are not numbers."""
    return isinstance(value, kind) and (kind is not int or not isinstance(value, bool))
