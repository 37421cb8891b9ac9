"""Reading the kinds of items that a book declares: what a ticket has several of."""

# Without `from __future__ import annotations`, as in model.py.

from collections.abc import Callable, Mapping

from ..system.toml_document import Path
from ..system.toml_reader import TableKeys, TomlReader, TomlTable
from ..values.field_types import Field
from .model import Items
from .names import read_named

ITEMS_KEYS = TableKeys(
    {
        "about": str,
        "key": str,
        "awaited": dict,
        "owed": list,
        "settled": str,
        "fields": dict,
    },
    ("about", "fields"),
)

ReadFields = Callable[[Mapping[str, object], Path], dict[str, Field]]


def read_items(toml: TomlReader, read_fields: ReadFields) -> dict[str, Items]:
    """The kinds of items of a book, by name."""

    def read(name: str, raw: object, path: Path) -> Items:
        good = toml.keys(raw, path, ITEMS_KEYS)
        fields = read_fields(good.table("fields"), (*path, "fields"))
        key, awaited = good.text_or_none("key"), good.table("awaited")
        _check_fields(toml, name, good, fields, path)
        return Items(
            name=name,
            about=good.text("about"),
            key=key,
            fields=fields,
            awaited_in=str(awaited.get("status")) if awaited else None,
            awaited={field: value for field, value in awaited.items() if field != "status"},
            owed=good.words("owed"),
            settled=good.text_or_none("settled"),
        )

    return read_named(toml, "items", read)


def _check_fields(
    toml: TomlReader, name: str, good: TomlTable, fields: Mapping[str, Field], path: Path
) -> None:
    """What a kind of item says of its fields is about fields that it has."""
    key, awaited = good.text_or_none("key"), good.table("awaited")
    if key is not None and key not in fields:
        told = f"the key of {name} must be one of its fields, not {key!r}."
        toml.fault((*path, "key"), told)
    for field in fields.values():
        if field.of_ticket not in (None, *toml.section("fields")):
            told = f"{field.name}: a ticket has no field {field.of_ticket!r}."
            toml.fault((*path, "fields", field.name, "of_ticket"), told)
    wanted = awaited.keys() - {"status"}
    if awaited and (
        awaited.get("status") not in toml.section("statuses") or not fields.keys() >= wanted
    ):
        told = (
            f"{name} are awaited in a status, written as status = ..., with values of their fields."
        )
        toml.fault((*path, "awaited"), told)
    for word in good.words("owed"):
        if word not in fields or fields[word].type != "money":
            told = f"what is owed of {name} must be fields that are money, not {word!r}."
            toml.fault((*path, "owed"), told)
    settled = good.text_or_none("settled")
    if settled is not None and settled not in fields:
        told = f"what settles {name} must be one of their fields, not {settled!r}."
        toml.fault((*path, "settled"), told)
