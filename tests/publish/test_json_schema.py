"""JSON that people can build on: every command prints what its schema says, and a change is told."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_lines import LINES
from desk import Desk
from jsonschema import Draft202012Validator
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.publish.json_schema import RECORDS, SHAPES, make_schema

ROOT = Path(__file__).parents[2]
KEYS = ROOT / "tests" / "data" / "json_keys.txt"
"""The keys of all shapes as the last release had them, a line each."""

MORE = {
    "log": ("event", "log"),
    "log T-1001": ("event", "log T-1001"),
    "list": ("line", "list all:yes"),
    "find": ("line", "find srl"),
    "todo": ("duty", "todo --all"),
    "outbox": ("message", "outbox list --all"),
    "show": ("ticket", "show C-101 T-1009 R-101 K-201 P-101 P-108 Q-101"),
    "show closed": ("ticket", "show T-1046 K-217"),
    "triage": ("decision", "triage -n --all"),
    "triage news": ("decision", "triage -n --news"),
    **{f"stats {one}": ("total", f"stats {one} --by who") for one in ("ageing", "promises", "sla")},
    "stats calls": ("total", "stats calls"),
    "stats funnel": ("total", "stats funnel --by month"),
    "stats list": ("entry", "stats sla --list"),
}
DECISIONS = (
    "call-outcome", "payment", "care-reply", "hand-back", "insistence-check", "answer", "case-route",
    "call-conduct", "call-line", "package-visit", "package-cancel", "note", "assign", "postpone", "done",
    "close", "ticket", "event", "promise", "proforma",
)  # fmt: skip
"""Commands that record an event, and print its decision."""

OTHERS = {
    "init", "import", "export", "sync", "map", "sheet", "preblock", "request", "undo", "explain", "what-if",
    "replay", "customer", "calendar", "book", "verify", "doctor", "backup", "restore", "schema",
    "package-book", "package-expiry", "reopen",
}  # fmt: skip
"""Commands whose JSON has no schema yet, or that are refused on the fixtures."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with all fixtures, a night, and a call."""
    desk = Desk(tmp_path_factory.mktemp("schemas"))
    shutil.copy(ROOT / "fixtures" / "prassi.toml", desk.folder / "prassi.toml")
    desk.good("init")
    for book in ("collections", "cases", "insistence", "packages", "requests"):
        desk.good(f"import {ROOT / 'fixtures' / f'{book}.json'}")
    desk.good("call-outcome T-1001 no-answer")
    return desk


def validators() -> dict[str, Draft202012Validator]:
    books = list(Shelf(NONE).sound())
    made = {shape: make_schema(shape, books) for shape in SHAPES}
    for schema in made.values():
        Draft202012Validator.check_schema(schema)
    return {shape: Draft202012Validator(schema) for shape, schema in made.items()}


VALID = validators()


def check(shape: str, rows: list[Any]) -> None:
    for row in rows:
        faults = [
            f"{error.json_path}: {error.message[:300]}" for error in VALID[shape].iter_errors(row)
        ]
        assert faults == [], f"{shape}: {json.dumps(row)[:300]}"


@pytest.mark.parametrize("name", MORE)
def test_what_is_read_is_as_its_schema_says(made: Desk, name: str) -> None:
    shape, command = MORE[name]
    rows = made.good(f"{command} --json").rows
    assert rows
    check(shape, rows)


@pytest.mark.parametrize("name", DECISIONS)
def test_what_is_recorded_is_as_its_schema_says(made: Desk, name: str, tmp_path: Path) -> None:
    (tmp_path / "prassi.toml").write_text((made.folder / "prassi.toml").read_text("utf-8"), "utf-8")
    desk = Desk(tmp_path)
    shutil.copy(made.folder / "prassi.toml", tmp_path / "prassi.toml")
    shutil.copy(made.file, desk.file)
    rows = desk.run(f"{LINES[name].words} --json").rows
    check("decision", [row for row in rows if "check" not in row])
    assert rows or name in ("promise",)


def test_every_command_has_a_schema_or_is_named_as_without() -> None:
    known = {name.split()[0] for name in MORE} | {*DECISIONS} | OTHERS
    assert known == {*LINES}


def keys(shape: str, schema: Any, path: str = "") -> Iterator[str]:
    """The keys of a schema, each with where it stands and what it may be."""
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from keys(shape, part, path + _name_part(part))
    for name, inner in schema.get("properties", {}).items():
        kind = json.dumps(inner.get("type") or inner.get("const") or "", ensure_ascii=False)
        needed = "" if name in schema.get("required", ()) else " optional"
        yield f"{shape}{path}.{name} {kind}{needed}"
        yield from keys(shape, inner, f"{path}.{name}")
    if "items" in schema:
        yield from keys(shape, schema["items"], f"{path}[]")


def _name_part(part: Any) -> str:
    action = part.get("properties", {}).get("action", {}).get("const")
    return f"({action or part.get('title')})" if action or "title" in part else ""


def test_a_key_that_changes_is_told_in_the_changelog() -> None:
    """tests/data/json_keys.txt has the keys of the last release: it is renewed with a release only."""
    made = (line for shape in RECORDS for line in keys(shape, make_schema(shape, ())))
    now = {line for line in made if "(stamp)" not in line}  # of tests/support/stamp_action.py
    before = {*KEYS.read_text(encoding="utf-8").splitlines()}
    news = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    unreleased = re.split(r"^## \[\d", news, maxsplit=1, flags=re.M)[0]
    changed = sorted({line.split()[0] for line in now ^ before})
    untold = [key for key in changed if f"`{key}`" not in unreleased]
    assert untold == [], "name these keys in CHANGELOG.md, as `decision.beside`"


def test_a_schema_knows_what_is_wrong(made: Desk) -> None:
    (row, *_) = made.good("triage -n --json").rows
    for wrong in (
        {**row, "zz": 1},
        {name: value for name, value in row.items() if name != "why"},
        {**row, "applied": "yes"},
        {**row, "actions": [{"action": "juggle"}]},
        {**row, "actions": [{"action": "status"}]},
        {**row, "next": {}},
    ):
        assert not VALID["decision"].is_valid(wrong)
    (shown,) = made.good("show T-1009 --json").rows
    for wrong in ({**shown, "zz": 1}, {**shown, "missed_calls": "3"}, {**shown, "book": "cases"}):
        assert not VALID["ticket"].is_valid(wrong)


def test_the_page_has_an_example_of_each_shape() -> None:
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    found = dict(re.findall(r"^## `(\w+)`.*?^```jsonl\n(.*?)^```$", page, re.M | re.S))
    assert [*found] == [*SHAPES]
    for shape, text in found.items():
        check(shape, [json.loads(text)])


def test_the_command_prints_them(desk: Desk) -> None:
    assert json.loads(desk.good("schema event").out) == VALID["event"].schema
    assert len(desk.good("schema decision --json").out.splitlines()) == 1
    ran = desk.run("schema decison")
    assert (ran.code, "did you mean 'decision'?" in ran.err) == (2, True)
