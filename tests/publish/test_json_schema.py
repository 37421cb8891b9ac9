"""JSON that people can build on: every command prints what its schema says, and a change is told."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from command_lines import LINES
from desk import Desk
from jsonschema import Draft202012Validator
from prassi.cli.main import prassi
from prassi.cli.printing.json_shapes import PRINTED
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.publish.file_schema import FILES
from prassi.core.publish.schemas import RECORDS, SHAPES, make_schema

ROOT = Path(__file__).parents[2]
KEYS = ROOT / "tests" / "data" / "json_keys.txt"
"""The keys of all shapes as the last release had them, a line each."""

MAPS = ROOT / "fixtures" / "maps"
SAP = f"{MAPS}/sap.csv --map {MAPS}/sap.toml"
READ = {
    "decision": ("triage -n --all", "triage -n --news"),
    "event": ("log", "log T-1001"),
    "line": ("list all:yes", "find srl"),
    "duty": ("todo --all",),
    "total": (
        *(f"stats {one} --by who" for one in ("ageing", "promises", "sla")),
        "stats calls",
        "stats funnel --by month",
    ),
    "entry": ("stats sla --list",),
    "message": ("outbox list --all", "outbox show 1"),
    "ticket": (
        "show C-101 T-1009 R-101 K-201 P-101 P-108 Q-101",
        "show T-1046 K-217 T-1001",
    ),
    "export": ("export", "case-route find K-210"),
    "item": ("promise T-1025",),
    "action": ("package-book --script",),
    "init": ("init -f {new}.db", "init -f {new}.db -n"),
    "import": (f"import {SAP} -n", f"import {MAPS}/jira.csv --map {MAPS}/jira.toml -n --show 2"),
    "sync": (f"sync {SAP} -n --reconcile --max-missing 100%",),
    "first-map": (f"map {MAPS}/sap.csv",),
    "sheet": ("sheet", "sheet expiry", "preblock", "package-expiry", "case-route queue backoffice"),
    "case-event": ("case-route history K-201",),
    "request": ("request list", "request board", "request list --counts"),
    "state": (
        "request states list",
        "request states add parked -n",
        "request states rename new fresh -n",
        "request states reorder waiting -n",
        "request states add parked",
        "request states remove parked",
    ),
    "customer": (
        "customer list",
        "customer show C-101",
        "customer add ref=C-9 name=Nuova -n",
        "customer set C-101 phone=+39055123 -n",
        "customer merge C-101 C-102 -n",
        "customer forget C-146 --because asked -n",
    ),
    "sent": (
        "outbox send -n --config {mail}",
        "outbox hold 2 -n",
        "outbox cancel 2 -n",
        "outbox export {new} -n",
        "outbox mark 1 bounced -n",
        "outbox hold 2",
        "outbox retry 2",
    ),
    "todo-mail": ("todo --mail -n --config {mail}",),
    "undo": ("undo T-1001 -n",),
    "explain": ("explain T-1009", "explain T-1009 --why-not day.call-again"),
    "calendar": ("calendar", "calendar IT 2026"),
    "book-list": ("book list",),
    "book-new": ("book new fresh --config {odd} -n",),
    "book-show": ("book show insistence", "book show insistence --trace"),
    "book-graph": ("book graph insistence",),
    "book-export": ("book export insistence --dmn {new}.dmn -n",),
    "verify": ("verify", "verify --mend"),
    "doctor": ("doctor",),
    "serve": ("serve key add marta --role agent", "serve key list", "serve key remove marta -n"),
    "report": ("report {new}.html",),
    "backup": ("backup {new}.db -n",),
}
"""Commands that record no event of a book, by the shape of what they print."""

SLOW = {
    "replay": ("replay --config {tight}",),
    "what-if": (
        "what-if --set collections.retry_workdays=3",
        "what-if --list --set collections.retry_workdays=3 --set collections.preblock_days=5",
    ),
    "book-check": ("book check --config {odd}",),
    "book-test": (
        "book test lost-and-found --config {odd}",
        "book test lost-and-found --config {odd} --mutants",
        "book test lost-and-found --config {odd} --boundaries",
    ),
    "book-prove": ("book prove insistence",),
}

DECISIONS = {
    **{
        name: LINES[name].words
        for name in (
            "call-outcome", "payment", "care-reply", "hand-back", "insistence-check", "answer",
            "case-route", "call-conduct", "call-line", "package-expiry", "package-visit",
            "package-cancel", "note", "assign", "postpone", "done", "close", "ticket", "event",
            "promise", "proforma",
        )
    },
    "reopen": "reopen T-1046",
    "preblock": "preblock T-1036",
    "request new": "request new --customer U-101 --type support --text x",
    "request describe": "request describe Q-101 --text x",
    "request move": "request move Q-104 waiting",
    "request generate": "request generate Q-106 ticket --no-close",
    "request close": "request close Q-113",
    "package-book": "package-book --customer N-101 --pays no",
}  # fmt: skip
"""Commands that record an event, and print its decision."""

WITHOUT = {"completion", "desk", "schema", "restore"}
"""`completion` prints a script, `schema` a schema; what `restore` prints is tested below."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with all fixtures, a night, and a call."""
    desk = Desk(tmp_path_factory.mktemp("schemas"))
    shutil.copy(ROOT / "fixtures" / "prassi.toml", desk.folder / "prassi.toml")
    desk.good("init")
    for book in ("collections", "cases", "insistence", "packages", "requests"):
        desk.good(f"import {ROOT / 'fixtures' / f'{book}.json'}")
    desk.good("call-outcome T-1001 no-answer")
    desk.good(f"outbox export {desk.folder / 'box'}")
    desk.good("call-outcome T-1002 no-answer")
    desk.good("note K-201 x")
    settings = (desk.folder / "prassi.toml").read_text("utf-8")
    mail = '[mail]\nsmtp = "localhost:25"\nsecurity = "none"\nfrom = "desk@example.org"\n'
    people = '[people]\ngiulia = { email = "giulia@example.org" }\n'
    (desk.folder / "mail.toml").write_text(f"{settings}\n{mail}{people}", "utf-8")
    tight = "\n[parameters.collections]\nretry_workdays = 3\n"
    (desk.folder / "tight.toml").write_text(f"{settings}{tight}", "utf-8")
    (desk.folder / "odd.toml").write_text(f"{settings}\n[folders]\nbooks = 'books'\n", "utf-8")
    shutil.copytree(ROOT / "fixtures" / "own-book" / "books", desk.folder / "books")
    odd = desk.folder / "books" / "lost-and-found" / "book.toml"
    whole = odd.read_text("utf-8")
    place = whole.index("[[events.dispose.rule]]")
    end = whole.index("[[events.dispose.rule]]", place + 1)
    odd.write_text(whole[:place] + whole[end:], "utf-8")  # `book check` finds the gap
    return desk


def validators() -> dict[str, Draft202012Validator]:
    books = list(Shelf(NONE).sound())
    made = {shape: make_schema(shape, books, PRINTED) for shape in (*SHAPES, *PRINTED)}
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


def run_shape(made: Desk, shape: str, commands: Iterable[str], tmp_path: Path) -> None:
    for place, command in enumerate(commands):
        places = {name: str(made.folder / f"{name}.toml") for name in ("mail", "tight", "odd")}
        ran = made.run(f"{command} --json".format(new=tmp_path / f"new{place}", **places))
        assert ran.rows, ran.err
        check(shape, ran.rows)


@pytest.mark.parametrize("shape", READ)
def test_what_is_read_is_as_its_schema_says(made: Desk, shape: str, tmp_path: Path) -> None:
    run_shape(made, shape, READ[shape], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("shape", SLOW)
def test_what_takes_long_is_as_its_schema_says(made: Desk, shape: str, tmp_path: Path) -> None:
    run_shape(made, shape, SLOW[shape], tmp_path)


@pytest.mark.parametrize("name", DECISIONS)
def test_what_is_recorded_is_as_its_schema_says(made: Desk, name: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    shutil.copy(made.folder / "prassi.toml", tmp_path / "prassi.toml")
    shutil.copy(made.file, desk.file)
    ran = desk.run(f"{DECISIONS[name]} --json")
    check("decision", [row for row in ran.rows if "check" not in row])
    check("check", [row for row in ran.rows if "check" in row])
    assert ran.rows, ran.err


def test_what_restore_prints_is_as_its_schema_says(made: Desk, tmp_path: Path) -> None:
    made.good(f"backup {tmp_path / 'kept.db'}")
    check(
        "restore", made.good(f"restore {tmp_path / 'kept.db'} -f {tmp_path / 'new.db'} --json").rows
    )


def list_commands(group: click.Group, before: str = "") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from list_commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def test_every_command_is_tried() -> None:
    lines = [
        *DECISIONS.values(),
        *(one for table in (READ, SLOW) for c in table.values() for one in c),
    ]
    tried = {
        name
        for name in list_commands(prassi)
        for line in lines
        if f"{line} ".startswith(f"{name} ")
    }
    assert tried | WITHOUT == {*list_commands(prassi)}
    assert {*READ, *SLOW, "check", "restore", *FILES} == {*SHAPES, *PRINTED}


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
    shapes = (*RECORDS, *PRINTED)
    made = (line for shape in shapes for line in keys(shape, make_schema(shape, (), PRINTED)))
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
    """Of each kind of row where a shape has several."""
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    found = re.findall(r"^##+ `([\w-]+)`\n(.*?)(?=^##|\Z)", page, re.M | re.S)
    assert [name for name, _ in found] == [*SHAPES, *PRINTED]
    for shape, text in found:
        rows = [
            json.loads(line)
            for line in "".join(
                re.findall(r"^```jsonl\n(.*?)^```$", text, re.M | re.S)
            ).splitlines()
        ]
        written = re.findall(r"^```toml\n(.*?)^```$", text, re.M | re.S)
        files = re.findall(r"\((examples/\S+\.toml)\)", text)
        written += [(ROOT / "docs" / file).read_text(encoding="utf-8") for file in files]
        rows += [json.loads(json.dumps(tomllib.loads(one), default=str)) for one in written]
        check(shape, rows)
        assert len(rows) >= len(PRINTED.get(shape, "x")), shape


def test_the_command_prints_them(desk: Desk) -> None:
    assert json.loads(desk.good("schema event").out) == VALID["event"].schema
    assert len(desk.good("schema decision --json").out.splitlines()) == 1
    ran = desk.run("schema decison")
    assert (ran.code, "did you mean 'decision'?" in ran.err) == (2, True)
