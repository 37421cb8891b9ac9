"""A book as DMN: the file is as the standard wants it, and its tables answer as the book's do."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import pytest
from desk import Desk
from dmnfile import faults, tag, texts
from drawn_facts import Drawer
from feelreader import unary_tests
from prassi.core.book.model import Book, Rule
from prassi.core.errors import Undecided
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE, load
from prassi.core.publish.dmn import export_dmn
from prassi.core.publish.dmn.model import DmnModel
from prassi.core.tables.cells import Value

BOOKS = ("cases", "collections", "insistence", "packages", "requests")
DRAWS = 120
"""Facts for each table; scripts/hard/dmn.py has 2,000, and another engine."""


# A book of all that is hard to write: words with commas, quotes and line ends, names that are FEEL's,
# tests that are lists of ranges, amounts, rows of one rule that overlap.
ODD = r"""
[book]
name = "odd"
title = "Odd & <ends>"
source = "Nobody's \"rules\"\u0007"
calendar = "IT"
language = "en"

[[statement]]
id = "s1"
says = "All <of> it."
[[remark]]
id = "r1"
says = "A remark."

[statuses]
"not paid" = { about = "1" }
"a, b" = { about = "2" }
"quo\"te" = { about = "3" }
"back\\slash" = { about = "4" }
"null" = { about = "5" }
"x-due" = { about = "6" }
"due" = { about = "7" }
"été\u00a0\u0007\U0001f600\n." = { about = "8" }
"true" = { about = "9" }
gone = { about = "10", closed = true }

[facts]
status = { type = "status", about = "where it stands" }
count = { type = "integer", min = 0, max = 9, optional = true, about = "a count" }
sum = { type = "money", optional = true, about = "an amount" }
free = { type = "integer", about = "any number" }
in = { type = "boolean", about = "a word of FEEL's" }
on = { type = "date", optional = true, about = "a day" }
at = { type = "moment", optional = true, about = "a moment" }
many = { type = "text", many = true, optional = true, about = "several" }
kind = { type = "word", values = ["none", "a", "b"], optional = true, about = "of which one is called none" }
day_rule = { type = "boolean", about = "called like a table" }
"""

ODD_TABLES = {
    "day": ('{ status = "!= gone", day_rule = true }', '{ status = "!= gone", day_rule = false }'),
    "words": (
        '{ status = ["not paid", "a, b"] }', r'{ status = "quo\"te" }', r'{ status = "back\\slash" }',
        '{ status = ["null", "true"] }', '{ status = ["x-due", "due"] }', '{ status = "gone" }',
        r'{ status = "été\u00a0\u0007\U0001f600\n." }',
    ),
    "counts": ('{ count = ["0..2", "4..6"] }', "{ count = 3 }", '{ count = ["none", 7] }', '{ count = ">= 8" }'),
    "not-three": ('{ count = "!= 3" }', "{ count = 3 }"),
    "sums": (
        '{ sum = "< 10" }', '{ sum = "10..999" }', '{ sum = ["none", "1001..1005", ">= 1007"] }',
        '{ sum = [1000, 1006] }',
    ),
    "frees": ('{ free = "< -3" }', '{ free = "-3..-1" }', "{ free = 0 }", '{ free = "> 0" }', '{ free = "2..1" }'),
    "given": (
        '{ in = true, on = "none" }', '{ in = true, on = "given", at = "none" }',
        '{ in = true, on = "!= none", at = "!= none" }', '{ in = false, many = "none" }',
        '{ in = false, many = "given" }',
    ),
    "kinds": ('{ kind = "none" }', '{ kind = "a" }', '{ kind = "b", free = "< 0" }'),
    "overlap": ('[{ free = "> 3" }, { free = "> 5" }, { count = "!= none", free = "<= 3" }]',),
    "own": ('{ kind = "x" }', '{ kind = "y" }'),
}  # fmt: skip


def odd_book(folder: Path) -> Shelf:
    """A shelf with the odd book."""
    tables = [
        f'[events.{name}]\ntitle = "The {name}"\nof_closed = {str(name != "day").lower()}\n'
        + ('[events.own.inputs]\nkind = { type = "word", values = ["x", "y"], about = "its own" }\n' * (name == "own"))
        + "".join(
            f'[[events.{name}.rule]]\nid = "{name}, {place}"\nwhy = "Because {{free}}."\nfrom = ["s1"]\n'
            f'remarks = ["r1"]\nwhen = {when}\nthen = []\n'
            for place, when in enumerate(rows, 1)
        )
        for name, rows in ODD_TABLES.items()
    ]  # fmt: skip
    book = folder / "books" / "odd"
    book.mkdir(parents=True)
    (book / "book.toml").write_text(ODD + "\n".join(tables), encoding="utf-8")
    (book / "facts.sql").write_text(
        "SELECT id AS ticket, status, 1 AS count, 1 AS sum, 1 AS free, 1 AS \"in\", NULL AS \"on\","
        " NULL AS at, NULL AS many, NULL AS kind, 1 AS day_rule FROM ticket"
    )  # fmt: skip
    (folder / "odd.toml").write_text('[folders]\nbooks = "books"\n')
    return Shelf(load(str(folder / "odd.toml")))


@pytest.mark.parametrize("name", BOOKS)
def test_the_file_is_as_the_standard_wants_it(name: str) -> None:
    made = export_dmn(Shelf(NONE).book(name))
    root = ET.fromstring(made.xml)
    assert root.tag == tag("definitions")
    assert list(faults(root)) == []
    assert (
        len(root.findall(tag("decision"))) == made.tables == len(Shelf(NONE).book(name).event_names)
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('href="#input.made"', 'href="#input.mad"'),
        ('id="requests.day.rule.2"', 'id="requests.day.rule.1"'),
        ("<question>(.*)</question>", r"<reason>\1</reason>"),
        ("(<variable .*/>)\\s*(<decisionTable .*>)", r"\2\1"),
        ('typeRef="number"', 'typeRef="integer"'),
        ('name="closed"', 'name="not closed"'),
        ('dmnElementRef="input.made"', 'dmnElementRef="input.stays"'),
        ('<dc:Bounds x="160"', '<dc:Bounds x="510"'),
        ('<di:waypoint x="350"', '<di:waypoint x="351"'),
        ('hitPolicy="UNIQUE"', 'hitPolicy="FIRST"'),
        (r"(<outputEntry.*\s.*\s*</outputEntry>)", r"\1\1"),
        ("(?s)<annotationEntry>.*?</annotationEntry>", ""),
        ("(?s)<dmndi:DMNEdge.*?</dmndi:DMNEdge>", ""),
    ],
)
def test_a_file_that_is_otherwise_is_found_out(old: str, new: str) -> None:
    made = export_dmn(Shelf(NONE).book("requests")).xml.decode()
    broken, times = re.subn(old, new, made, count=1)
    assert times
    assert list(faults(ET.fromstring(broken)))


# --- answers ----------------------------------------------------------------------------------------


class Read(NamedTuple):
    """A table read back from a file: the names it asks for, what they can be, and its rows."""

    names: list[str]
    allowed: list[str]
    rows: list[tuple[list[str], str]]
    types: list[str]
    hit_policy: str


def read(root: ET.Element, name: str) -> Read:
    """A decision's table."""
    (table,) = (one[-1] for one in root.findall(tag("decision")) if one.get("name") == name)
    asked = list(table.iter(tag("inputExpression")))
    values = [one.find(tag("inputValues")) for one in table.findall(tag("input"))]
    rows = [
        (texts(rule, "inputEntry"), str(json.loads(texts(rule, "outputEntry")[0])))
        for rule in table.findall(tag("rule"))
    ]
    return Read(
        [one.findtext(tag("text")) or "" for one in asked],
        ["-" if one is None else one.findtext(tag("text")) or "" for one in values],
        rows, [str(one.get("typeRef")) for one in asked], str(table.get("hitPolicy")),
    )  # fmt: skip


def differing(shelf: Shelf, name: str, draws: int = DRAWS) -> Iterator[str]:
    """Where the tables of a book's file answer otherwise than those of the book."""
    book = shelf.book(name)
    model, root = DmnModel(book), ET.fromstring(export_dmn(book).xml)
    for table in model.tables:
        made, drawer = read(root, table.name), Drawer(shelf.files(name), table.event.name)
        assert made.names == list(table.asked.values())
        for facts in drawer.draw(draws):
            asked = [_value(model, n, facts[fact]) for fact, n in table.asked.items()]
            wrong = [
                f"{name} {table.name}: {value!r} is no {kind}, or not one of {allowed}"
                for value, kind, allowed in zip(asked, made.types, made.allowed, strict=True)
                if not (_is(value, kind) and cell_test(allowed)(value))
            ]
            yield from wrong
            found = [answer for cells, answer in made.rows if _holds(cells, asked)]
            ours = _ours(drawer, facts)
            if set(found) != set(ours) or (made.hit_policy == "UNIQUE" and len(found) > 1):
                yield f"{name} {table.name}: {facts}: {ours} here, {found} there"


cell_test = cache(unary_tests)


def _holds(cells: Sequence[str], asked: Sequence[Any]) -> bool:
    return all(cell_test(cell)(value) is True for cell, value in zip(cells, asked, strict=True))


def _ours(drawer: Drawer, facts: Mapping[str, Value]) -> list[str]:
    """The rule that answers; none where none does, as in a book with gaps."""
    event = drawer.event
    try:
        return [event.rules[event.decide([facts.get(name) for name in event.facts])].id]
    except Undecided:
        return []


def _value(model: DmnModel, name: str, value: Value) -> Any:
    """A fact as FEEL has it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value) / (100 if model.data[name].money else 1)
    return value


def _is(value: Any, kind: str) -> bool:
    types = {"string": str, "number": Decimal, "boolean": bool}
    return value is None or kind not in types or isinstance(value, types[kind])


@pytest.mark.parametrize(
    "name",
    [pytest.param(one, marks=[pytest.mark.slow] if one == "collections" else []) for one in BOOKS],
)
def test_the_tables_of_the_file_answer_as_those_of_the_book(name: str) -> None:
    assert list(differing(Shelf(NONE), name)) == []


@pytest.mark.slow
def test_a_file_of_another_figure_answers_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    other = Shelf(NONE._replace(parameters={"collections": {"preblock_days": 2}}))
    made = export_dmn(other.book("collections"))
    monkeypatch.setattr(sys.modules[__name__], "export_dmn", lambda book: made)
    assert any("day.preblock.block" in one for one in differing(Shelf(NONE), "collections"))


def test_whatever_a_book_can_write_the_file_can(tmp_path: Path) -> None:
    shelf = odd_book(tmp_path)
    root = ET.fromstring(export_dmn(shelf.book("odd")).xml)
    assert list(faults(root)) == []
    assert list(differing(shelf, "odd", 400)) == []
    written = {
        event: [cells for cells, _ in read(root, f"{event}_rule").rows]
        for event in ("counts", "not_three", "sums", "kinds", "overlap", "given")
    }
    assert written["counts"] == [["[0..2],[4..6]"], ["3"], ["null,7"], ["[8..9]"]]
    assert written["not_three"] == [["null,[0..2],[4..9]"], ["3"]]
    assert written["sums"][1:3] == [["[0.10..9.99]"], ["null,[10.01..10.05],>= 10.07"]]
    assert written["kinds"][2] == ["<= -1", '"b"']
    assert written["overlap"] == [["-", ">= 4"], ["-", ">= 6"], ["not(null)", "<= 3"]]
    assert read(root, "overlap_rule").hit_policy == "ANY"
    assert read(root, "counts_rule").hit_policy == "UNIQUE"
    # FEEL's own word, and a fact called like a table, have another name; an input its event's.
    assert read(root, "given_rule").names[0] == "in_"
    assert read(root, "day_rule_").names == ["status", "day_rule"]
    assert read(root, "own_rule").names == ["own_kind"]
    assert read(root, "given_rule").types == ["boolean", "date", "date and time", "Any"]


def test_what_is_said_about_a_rule_stands_beside_it() -> None:
    root = ET.fromstring(export_dmn(Shelf(NONE).book("collections")).xml)
    rules = {texts(rule, "outputEntry")[0]: rule for rule in root.iter(tag("rule"))}
    retry = rules['"call.no-answer.retry"']
    why = "Missed call number {attempt}: call again in 5 working days."
    assert retry.findtext(tag("description")) == f"{why} [s04, s05, r1, r17]"
    said, statements, remarks = texts(retry, "annotationEntry")
    assert said == why
    assert [line[:3] for line in statements.splitlines()] == ["s04", "s05"]
    assert remarks.startswith("r1: The chart tags missed calls 1, 2 and 3")
    extrapolated = texts(rules['"call.no-answer.x.missed-contact"'], "annotationEntry")[1]
    assert extrapolated == "extrapolated: the procedure does not say it"


# --- the command ------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "requests.dmn"


def test_what_dmn_cannot_say_is_listed(desk: Desk, path: Path) -> None:
    ran = desk.good(f"book export requests --dmn {path}")
    assert ran.out == f"{path} has 4 decision tables with 15 rules.\n" + LEFT_OUT
    assert path.read_bytes() == export_dmn(Shelf(NONE).book("requests")).xml


LEFT_OUT = """\
What DMN can't say, and is left out:
  facts that facts.sql reads (6): closed, responsible, stays, is_ticket, made, completed
  facts that the calendar of IT counts (1): unchanged
  conditions on what a caller gives (8): new.type, describe.type, describe.text, request.state, \
request.document, request.when, request.again, \
request.close
  actions (27): open, set, refuse, assign, status, add, note, close, ...
  conditions of actions (13)
  due dates (3)
  next steps of people (3): name-owner, close-or-move-back, move-on
  rules that can't be undone (1): request.generate
  sequences that rules share (2): OWNER, HANDED-ON
  parameters; the tests have only their values (1): stale_workdays
  statuses (5): new, in-progress, waiting, completed, closed
  roles (1): desk
  fields of tickets (6): type, owner, text, changed_on, kind, from_request
  kinds of items (1): documents
  answers to differences in another program's ledger (2): missing, close
"""


def test_all_that_a_book_has_stands_in_the_file_or_in_the_list(desk: Desk, path: Path) -> None:
    for name in BOOKS:
        book = Shelf(NONE).book(name)
        rows = desk.good(f"book export {name} --dmn {path} --dry-run --json").rows
        left = {row["left_out"]: row for row in rows[1:]}
        assert rows[0] == {
            "book": name, "dmn": str(path), "tables": len(book.event_names),
            "rules": len({rule.id for rule in _rules(book)}) - len(_never(book)), "applied": False,
        }  # fmt: skip
        steps = [step for rule in _rules(book) for step in rule.steps]
        assert left["actions"]["count"] == len(steps)
        assert set(left["actions"]["names"]) == {step.action.name for step in steps}
        assert left["roles"]["names"] == list(book.roles)
        assert left["fields of tickets"]["names"] == list(book.fields)
        handed_on = [rule.id for rule in _rules(book) if rule.instead is not None]
        assert left.get("rules that hand on to another event", {"names": []})["names"] == handed_on
        assert all(row["count"] >= max(1, len(row["names"])) for row in left.values())
    assert not path.exists()


def _rules(book: Book) -> list[Rule]:
    return [rule for name in book.event_names for rule in book.event(name).rules]


def _never(book: Book) -> list[str]:
    """The rules of which no row can hold."""
    return [
        rule.id
        for rule in _rules(book)
        if all(any(not cell.samples() for cell in row.values()) for row in rule.rows)
    ]


def test_settings_are_in_the_file(desk: Desk, path: Path) -> None:
    desk.good(f"book export requests --dmn {path}")
    before = path.read_text()
    desk.settings("[parameters.requests]\nstale_workdays = 9\n")
    desk.good(f"book export requests --dmn {path} --force")
    assert "<text>&gt;= 3</text>" in before
    assert "<text>&gt;= 9</text>" in path.read_text()


def test_nothing_is_written_over_unless_it_is_told(desk: Desk, path: Path) -> None:
    path.write_text("mine")
    ran = desk.run(f"book export requests --dmn {path}")
    told = f"Error: --dmn {path} exists already: name another file, or use --force.\n"
    assert (ran.code, ran.out, ran.err) == (2, "", told)
    assert desk.run(f"book export requests --dmn {path} --dry-run").code == 2
    assert path.read_text() == "mine"
    desk.good(f"book export requests --dmn {path} --force --quiet")
    assert path.read_bytes() == export_dmn(Shelf(NONE).book("requests")).xml
    assert [one.name for one in path.parent.iterdir() if one.name.startswith("requests")] == [
        path.name
    ]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("requests", "Missing option '--dmn'."),
        ("rquests --dmn {}/x.dmn", "there is no book 'rquests'; there are "),
        (
            "requests --dmn {}/none/x.dmn",
            "/none/x.dmn can't be written: no such file or directory.",
        ),
        ("requests --dmn {} --force", " is not a file."),
        ("requests --dmn ''", "Invalid value for '--dmn': it is empty; give a name."),
    ],
)
def test_a_wrong_use_is_told(desk: Desk, given: str, sentence: str) -> None:
    ran = desk.run(f"book export {given.format(desk.folder)}")
    assert (ran.code, ran.out) == (2, "")
    assert sentence in ran.err
