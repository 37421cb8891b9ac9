"""`book graph`: pictures say what the tables say, whatever is written in them, in three formats."""

from __future__ import annotations

import random
import re
import stat
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
import seeding
from desk import MONDAY, Desk
from prassi.core.analysis.checks.status_moves import find_moves
from prassi.core.analysis.checks.table_regions import TableRegions, build_table_regions
from prassi.core.book.model import Event
from prassi.core.book.read_book import BookReader
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.publish.pictures import formats
from prassi.core.publish.pictures.draw import draw_book
from prassi.core.publish.pictures.drawing import Arrow, Box, Drawing
from prassi.core.publish.pictures.tree import Leaf, Tree, grow_tree
from prassi.core.publish.pictures.words import describe_values
from prassi.core.tables.cells import Cell, Domain, Value, parse_cell
from prassi.core.tables.regions import Space
from prassi.core.ticketfile.open import open_file

SHELF = Shelf(NONE)


# --- what the pictures say ----------------------------------------------------------------------------


def tables(book: str) -> tuple[BookReader, dict[str, TableRegions]]:
    reader = seeding.files(book).reader()
    return reader, {
        name: build_table_regions(reader, reader.event(name))
        for name in reader.declarations.event_names
    }


@pytest.mark.parametrize("book", seeding.BOOKS)
def test_a_tree_leads_to_the_rule_that_answers(book: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """For facts that can occur, drawn at random and on both sides of all figures."""
    monkeypatch.setattr(seeding, "DRAWS", 60)
    reader, made = tables(book)
    for name, one in made.items():
        grown = grow_tree(one)
        assert grown is not None
        for facts in seeding.drawn(one.event, reader, random.Random(name)):
            assert led_to(grown, one.space, facts) == answered(one.event, facts)


def led_to(grown: Tree, space: Space, facts: Mapping[str, Value]) -> list[str]:
    """The rules that the questions of a tree lead to."""
    while not isinstance(grown, Leaf):
        place = space.names.index(grown.fact)
        grown = next(
            branch
            for bits, branch in grown.answers
            if not space.misses((*space.whole[:place], bits, *space.whole[place + 1 :]), facts)
        )
    return list(grown.rules)


def answered(event: Event, facts: Mapping[str, Value]) -> list[str]:
    return [event.rules[event.decide(tuple(facts[name] for name in event.facts))].id]


@pytest.mark.slow
def test_every_change_of_status_on_the_demo_desks_is_an_arrow(desk: Desk) -> None:
    desk.good("init")
    fixtures = Path(__file__).parents[2] / "fixtures"
    for book in seeding.BOOKS:
        desk.good(f"import {fixtures / f'{book}.json'}")
    desk.run("triage", at=MONDAY)
    desk.run("triage", at="2026-03-19")
    found = dict.fromkeys(seeding.BOOKS, 0)
    with closing(open_file(str(desk.file))) as connection:
        changes = connection.execute(
            "SELECT t.book, e.event, e.rule, e.changes ->> '$.status[0]', e.changes ->> '$.status[1]'"
            " FROM event AS e JOIN ticket AS t ON t.id = e.ticket"
            " WHERE e.changes ->> '$.status' IS NOT NULL AND e.rule IS NOT NULL"
        ).fetchall()
    for book, event, rule, start, end in changes:
        reader, made = tables(book)
        ways = {
            (move.rule, move.start, move.end)
            for move in find_moves(made[event], reader.declarations.statuses, book)
        }
        assert (rule, start, end) in ways
        found[book] += 1
    assert sum(count > 0 for count in found.values()) >= 3


def test_the_statuses_of_a_book_and_what_leads_on() -> None:
    (drawing,) = draw_book(SHELF, "collections", ["states"])
    boxes = {box.name: box.lines[0] for box in drawing.boxes}
    arrows = {(boxes[a.start], boxes[a.end]): " ".join(a.lines) for a in drawing.arrows}
    assert arrows["", "new"] == "proforma: again"  # of a closed ticket: a new one follows it
    assert arrows["missed-contact", "new"] == "day: restart"
    assert arrows["pre-block", "to-block"] == "day: preblock.block"
    assert arrows["any open status", "closed"] == "block: lifted"
    assert arrows["calling", "closed"] == "payment: settled proforma: credit.settled"
    assert ("blocked", "closed") not in arrows
    assert arrows["awaiting-payment", "calling"] == (
        "call: no-answer.first, no-answer.retry payment: part proforma: credit"
        " day: payment.untrue, payment.missed"
    )
    assert "refuses promise: again.refused, refused" in arrows["customer-care", "pre-block"]
    assert "x.must-verify.noted promise: again.refused" in arrows["awaiting-payment", "pre-block"]
    assert ("to-block", "pre-block") not in arrows
    assert {box.shape for box in drawing.boxes} == {"start", "any", "status", "closed"}


def test_a_book_whose_statuses_are_the_desk_s_leads_to_the_one_that_is_named() -> None:
    (drawing,) = draw_book(SHELF, "requests", ["states"])
    boxes = {box.name: box.lines[0] for box in drawing.boxes}
    arrows = {(boxes[a.start], boxes[a.end]) for a in drawing.arrows}
    assert arrows == {
        ("", "new"), ("any open status", "the status that is named"), ("any open status", "closed"),
    }  # fmt: skip


WORDS = [
    ("a", "a"),
    (["a", "b"], "a, b"),
    ("!= a", "all but a"),
    ("none", "none"),
    (["d", "none"], "d, none"),
]
NUMBERS = [
    (0, "0"), ("< 3", "0 to 2"), (">= 7", "7 or more"), ("2..4", "2 to 4"), ("!= 3", "0 to 2, 4 or more"),
    (["0", "9"], "0, 9"),
]  # fmt: skip
OPEN = [("< 3", "2 or less"), ("!= none", "any number"), (["none", "> 1"], "2 or more, none")]


@pytest.mark.parametrize(
    ("domain", "test", "words"),
    [
        *[(Domain(("a", "b", "c", "d"), optional=True), *one) for one in WORDS],
        *[(Domain(low=0), *one) for one in NUMBERS],
        *[(Domain(optional=True), *one) for one in OPEN],
        (Domain((True, False)), True, "yes"),
        (Domain(("given",), optional=True), "!= none", "given"),
    ],
)
def test_answers_are_in_words(domain: Domain, test: object, words: str) -> None:
    cell: Cell = parse_cell(test, domain, {})
    space = Space(
        {"f": domain},
        [{"f": cell}, {"f": parse_cell("none", domain, {}) if domain.optional else cell}],
    )
    assert describe_values(space, "f", space.box({"f": cell})[0], domain) == words


# --- how they are written -----------------------------------------------------------------------------

HOSTILE = "a\"b\\c<d>&#e;'f]g)h}i|j`k{l}"


def hostile() -> Drawing:
    boxes = (Box("n0", (HOSTILE, "two"), "question"), Box("n1", ("end",), "rule"))
    return Drawing("x", "call", HOSTILE, boxes, (Arrow("n0", "n1", (HOSTILE,)),))


def test_a_text_can_t_break_out_of_mermaid() -> None:
    _, question, rule, arrow, *_ = formats.write_mermaid([hostile()]).splitlines()
    text = r'[^"\\<>&`#]|#\d+;|<br>'
    assert re.fullmatch(rf'  n0\{{"({text})+"\}}', question)
    assert rule == '  n1["end"]'
    assert re.fullmatch(rf'  n0 -->\|"({text})+"\| n1', arrow)


def test_a_text_can_t_break_out_of_dot() -> None:
    quoted = r'"(?:[^"\\]|\\.)*"'
    for line in formats.write_dot([hostile()]).splitlines():
        assert '"' not in re.sub(quoted, "", line)
    written = formats.write_dot([hostile()])
    assert 'label="a\\"b\\\\c<d>&#e;' in written
    assert '\\ntwo"' in written


@pytest.mark.parametrize("book", seeding.BOOKS)
def test_pictures_hang_together(book: str) -> None:
    """Every arrow goes from a box to a box, and every box but the first is reached."""
    for drawing in draw_book(SHELF, book):
        names = [box.name for box in drawing.boxes]
        assert len(set(names)) == len(names)
        ends = {arrow.end for arrow in drawing.arrows}
        assert ends | {arrow.start for arrow in drawing.arrows} <= set(names)
        if drawing.of != "states":
            assert ends == set(names[1:])


# --- the command ---------------------------------------------------------------------------------------


@pytest.mark.unmeasured
def test_one_picture_is_bare_mermaid_and_several_are_a_page(desk: Desk) -> None:
    one = desk.good("book graph requests day").out
    assert one.startswith("flowchart TD\n")
    page = desk.good("book graph requests").out
    assert page.count("```mermaid\nflowchart") == 5
    assert f"```mermaid\n{one}```" in page
    assert "## What customers ask for, before it becomes a ticket (requests)\n" in page
    assert desk.good("book graph").out.count("```mermaid") == sum(
        len(list(draw_book(SHELF, book))) for book in SHELF.names()
    )


def test_pictures_as_dot_and_json(desk: Desk) -> None:
    assert desk.good("book graph requests --format dot").out.count("digraph ") == 5
    rows = desk.good("book graph requests day --json").rows
    assert [(row["book"], row["picture"]) for row in rows] == [("requests", "day")]
    assert {box["shape"] for box in rows[0]["boxes"]} == {"question", "rule"}
    assert rows[0]["arrows"][0].keys() == {"start", "end", "lines"}


def test_the_picture_on_the_page_is_that_of_the_book(desk: Desk) -> None:
    docs = Path(__file__).parents[2] / "docs"
    page = (docs / "writing-a-book.md").read_text(encoding="utf-8")
    out = desk.good(f"book graph loans day --config {docs / 'examples' / 'prassi.toml'}").out
    assert f"```mermaid\n{out}```" in page


def test_a_picture_that_there_is_not(desk: Desk) -> None:
    told = "Error: book requests has no picture 'nix'; write one of states, new, describe, request, day.\n"
    assert desk.run("book graph requests nix") == (2, "", told)
    assert desk.run("book graph nobody").code == 2


def test_svg_needs_graphviz(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(desk.folder))
    ran = desk.run("book graph requests --format svg")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "Error: --format svg needs Graphviz, whose program `dot` is not found: install Graphviz, or"
        " use --format dot or --format mermaid.\n"
    )


def test_svg_is_what_graphviz_draws(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One picture as it is, several below each other."""
    said = '<?xml version="1.0"?><svg width="40pt" height="30pt" xmlns="x">'
    program(desk, f"/bin/cat > {desk.folder}/asked; echo '{said}'; echo '</svg>'", monkeypatch)
    one = desk.good("book graph requests day --format svg").out
    assert one == '<svg width="40pt" height="30pt" xmlns="x">\n</svg>\n'
    (asked,) = [desk.good("book graph requests day --format dot").out]
    assert (desk.folder / "asked").read_text(encoding="utf-8") == asked
    five = desk.good("book graph requests --format svg").out
    assert five.startswith('<svg width="40pt" height="150pt" xmlns="http://www.w3.org/2000/svg">\n')
    assert re.findall(r'<svg y="(\d+)pt" width="40pt"', five) == ["0", "30", "60", "90", "120"]
    program(desk, "echo 'syntax error in line 1' >&2; exit 1", monkeypatch)
    assert desk.run("book graph requests day --format svg").err == (
        "Error: Graphviz could not draw day of requests: syntax error in line 1.\n"
    )


def program(desk: Desk, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `dot` that does what a script says."""
    dot = desk.folder / "dot"
    dot.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    dot.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", str(desk.folder))
