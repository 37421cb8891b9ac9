"""Schemas of the files that people write: they know the keys that the readers know, and no others."""

from __future__ import annotations

import json
import tomllib
from importlib import import_module
from pathlib import Path
from types import UnionType
from typing import Any

import prassi.core
import pytest
from jsonschema import Draft202012Validator
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.publish.file_schema import FILES

ROOT = Path(__file__).parents[2]
WRITTEN = {
    "book": "core/books/*/book.toml",
    "settings": "fixtures/**/prassi.toml",
    "map": "fixtures/maps/*.toml",
    "scenario": "core/books/*/scenarios/*.toml",
}
BOOKS = list(Shelf(NONE).sound())
VALID = {shape: Draft202012Validator(make(BOOKS)) for shape, make in FILES.items()}


def read(text: str) -> Any:
    """A TOML file as JSON has it: dates are texts."""
    return json.loads(json.dumps(tomllib.loads(text), default=str))


@pytest.mark.parametrize("shape", WRITTEN)
def test_every_file_of_ours_is_valid(shape: str) -> None:
    Draft202012Validator.check_schema(VALID[shape].schema)
    paths = [*ROOT.glob(WRITTEN[shape])]
    assert len(paths) > 1
    for path in paths:
        VALID[shape].validate(read(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("shape", "was", "is_now"),
    [
        ("book", "calendar = ", "calender = "),
        ("book", "[[statement]]\nid = ", "[[statement]]\nid = 1 #"),
        ("book", "why = ", "wy = "),
        ("book", "{ note = ", "{ noet = "),
        ("book", "title = ", "title = 3 #"),
        ("settings", "hotline = ", "hotlines = "),
        ("settings", "[roles]", "[rolls]"),
        ("map", "[ticket]", "[tickets]"),
        ("map", "[customer]", "[customer]\nzz = 'a'"),
        ("scenario", "event = ", "evnt = "),
        ("scenario", "rule = ", "error = 'no'\nrule = "),
    ],
)
def test_a_file_that_the_reader_rejects_is_invalid(shape: str, was: str, is_now: str) -> None:
    path = next(
        path for path in sorted(ROOT.glob(WRITTEN[shape])) if was in path.read_text("utf-8")
    )
    text = path.read_text(encoding="utf-8")
    assert not VALID[shape].is_valid(read(text.replace(was, is_now, 1)))


def list_keys(schema: Any) -> set[frozenset[str]]:
    """The sets of keys of all tables in a schema."""
    found = {frozenset(schema["properties"])} if "properties" in schema else set()
    for value in schema.values():
        for part in value if isinstance(value, list) else [value]:
            found |= list_keys(part) if isinstance(part, dict) else set()
    return found


def is_table_of_keys(value: object) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and all(isinstance(kind, type | UnionType) for kind in value.values())
        and all(isinstance(name, str) for name in value)
    )


def test_the_schemas_have_all_tables_that_the_readers_know() -> None:
    """Every table of keys in the modules that read files is one of a schema."""
    known = {keys for one in VALID.values() for keys in list_keys(one.schema)}
    folder = Path(prassi.core.__file__).parent
    places = ("book", "library", "importing", "analysis/scenarios")
    modules = [path for place in places for path in (folder / place).glob("*.py")]
    declared = {
        f"{path.stem}.{name}": frozenset(value)
        for path in modules
        for name, value in vars(
            import_module(
                ".".join(["prassi.core", *path.relative_to(folder).with_suffix("").parts])
            )
        ).items()
        if is_table_of_keys(value) and name.isupper() and not name.startswith("_")
    }
    assert len(declared) > 25
    missing = {name for name, keys in declared.items() if not any(keys <= one for one in known)}
    assert {name for name in missing if not name.endswith(".ACTION_KINDS")} == set()
