"""Reading how one of our values is made, from a map: a column's name, a constant, or a table."""

from __future__ import annotations

from collections.abc import Mapping

from ..system.toml_document import Path
from ..system.toml_reader import Kind, TomlReader, TomlTable
from .export_map_values import Recipe, plain_const
from .lookups import Lookup
from .stamps import Formats, is_format

RECIPE_KEYS: dict[str, Kind] = {
    "column": str | list,
    "const": object,
    "default": str,
    "empty": list,
    "values": dict,
    "other": str,
    "date": str | list,
    "moment": str | list,
    "decimal": str,
    "split": str,
    "join": str,
    "prefix": str,
    "round": bool,
    "negative": str,
    "debit": str,
    "credit": str,
    "take": str,
    "count": object,
    "lookup": str,
    "by": str,
}

_NEGATIVE = ("credit", "skip")
_TAKE = ("first", "last", "any")
_OF_AMOUNTS = ("round", "negative", "debit")
"""What makes a value an amount, with a point before the cents unless `decimal` says otherwise."""


class RecipeReader:
    """Reads recipes; the faults are noted with those of the map."""

    def __init__(self, toml: TomlReader, lookups: Mapping[str, Lookup]) -> None:
        self._toml, self._lookups = toml, lookups

    def read(self, path: Path, written: object) -> Recipe:
        """One recipe."""
        if isinstance(written, str):
            return Recipe((written,), path)
        good = self._toml.keys(written, path, RECIPE_KEYS)
        columns = good.words("column") or ((good.text("column"),) if good.text("column") else ())
        self._check_source(path, good, bool(columns))
        self._check_formats(path, good)
        self._check_words(path, good)
        is_amount = "decimal" in good or any(key in good for key in _OF_AMOUNTS)
        return Recipe(
            columns=columns,
            path=path,
            const=self._const(path, good),
            default=good.text_or_none("default"),
            empty=good.words("empty"),
            values=self._values(path, good),
            other=good.text_or_none("other"),
            date=_formats(good, "date"),
            moment=_formats(good, "moment"),
            decimal=good.text("decimal", ".") if is_amount else None,
            split=good.text_or_none("split"),
            join=good.text("join", " "),
            prefix=good.text("prefix"),
            round=good.is_true("round"),
            negative=good.text_or_none("negative"),
            debit=good.text_or_none("debit"),
            credit=good.text_or_none("credit"),
            take=good.text_or_none("take"),
            counted=self._count(path, good),
            lookup=self._lookup(path, good),
            by=good.text_or_none("by"),
        )

    def _fault(self, path: Path, sentence: str) -> None:
        self._toml.fault(path, sentence)

    def _check_source(self, path: Path, good: TomlTable, columns: bool) -> None:
        """A value is from a column, from two with the sides of an amount, or a constant."""
        sides = ("debit" in good) + ("credit" in good)
        if sides == 1:
            self._fault(path, f"{path[-1]} needs both debit and credit, or neither.")
        if [columns, "const" in good, sides > 0].count(True) != 1:
            self._fault(path, f"{path[-1]} needs a column or a const, and not both.")
        if ("lookup" in good) != ("by" in good):
            told = "lookup, the other file, and by, the column here that names its row"
            self._fault(path, f"{path[-1]} needs both {told}.")
        if "count" in good and not isinstance(good.get("column"), str):
            self._fault(path, f"count of {path[-1]} needs one column.")

    def _check_formats(self, path: Path, good: TomlTable) -> None:
        for key in ("date", "moment"):
            for written in _formats(good, key) or ():
                if not is_format(written):
                    told = f"{key} of {path[-1]} is {written!r}"
                    self._fault(path, f"{told}: write it as for strptime, such as %d.%m.%Y.")
        if good.text("decimal", ".") not in (".", ","):
            self._fault(path, f"decimal of {path[-1]} must be a point or a comma.")
        if "other" in good and "values" not in good:
            told = f"other of {path[-1]} can only be used with values; for all words use const."
            self._fault(path, told)

    def _check_words(self, path: Path, good: TomlTable) -> None:
        for key, known in (("negative", _NEGATIVE), ("take", _TAKE)):
            if key in good and good.text(key) not in known:
                told = f"{key} of {path[-1]} is {good.text(key)!r}"
                self._fault(path, f"{told}: it must be one of {', '.join(known)}.")
        if "negative" in good and path[0] != "items":
            self._fault(path, f"negative of {path[-1]} can only be used in [items.KIND].")
        if ("take" in good or "count" in good) and path[0] not in ("customer", "ticket"):
            key = "take" if "take" in good else "count"
            self._fault(path, f"{key} of {path[-1]} can only be used in [customer] and [ticket].")

    def _values(self, path: Path, good: TomlTable) -> Mapping[str, str] | None:
        if "values" not in good:
            return None
        words = good.table("values")
        if not all(isinstance(word, str) for word in words.values()):
            self._fault(path, f"values of {path[-1]} must be words, not {words!r}.")
        return {theirs: str(ours) for theirs, ours in words.items()}

    def _const(self, path: Path, good: TomlTable) -> object:
        if "const" not in good:
            return None
        try:
            return plain_const(good.get("const"))
        except ValueError as error:
            self._fault(path, f"const of {path[-1]} {error}.")
            return None

    def _count(self, path: Path, good: TomlTable) -> tuple[str, ...] | None:
        """The words that are counted; none where any word is."""
        written = good.get("count")
        if "count" not in good or written is False:
            return None
        if written is True:
            return ()
        if isinstance(written, list) and written and all(isinstance(one, str) for one in written):
            return tuple(written)
        self._fault(path, f"count of {path[-1]} must be a list of words, or true.")
        return None

    def _lookup(self, path: Path, good: TomlTable) -> Lookup | None:
        name = good.text_or_none("lookup")
        if name is None:
            return None
        if name not in self._lookups:
            known = ", ".join(self._lookups) or "none"
            self._fault(path, f"there is no [lookups.{name}] in the map; there are {known}.")
        return self._lookups.get(name)


def _formats(good: TomlTable, key: str) -> Formats | None:
    if key not in good:
        return None
    written = good.get(key)
    return (written,) if isinstance(written, str) else good.words(key)
