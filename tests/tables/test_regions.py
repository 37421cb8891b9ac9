"""Regions of facts, held against all facts there are in small domains, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from prassi.core.tables.cells import Cell, Domain, Span, parse_cell
from prassi.core.tables.regions import (
    Outside,
    Space,
    Test,
    Tests,
    find_uncovered,
    is_covered,
    is_within,
    widen_box,
)

DOMAINS = {
    "word": Domain(("a", "b", "c"), optional=True),
    "yes": Domain((True, False)),
    "count": Domain(low=0, high=6),
    "days": Domain(low=-3, high=4, optional=True),
}
TESTS = {
    "word": ["a", "!= b", ["b", "none"], "none", "!= none"],
    "yes": [True, False],
    "count": [0, "< 3", ">= 2", "1..4", "2..<6", ["0", "> 4"], "!= 3", "5..2"],
    "days": ["< 0", ">= 0", "none", "!= none", ["none", "<= 2"], "-2..2"],
}
ROW = st.dictionaries(st.sampled_from(list(TESTS)), st.integers(0, 7), max_size=4)


def row_of(row: dict[str, int]) -> dict[str, Test]:
    """The row that numbers stand for; the test that does not hold where another one does, too."""
    made: dict[str, Test] = {}
    for name, number in row.items():
        cell: Cell = parse_cell(TESTS[name][number % len(TESTS[name])], DOMAINS[name], {})
        made[name] = Outside(cell) if number >= len(TESTS[name]) else cell
    return made


def everything() -> Iterator[dict[str, Any]]:
    """All facts there are in these domains."""
    values = ["a", "b", "c", None], [True, False], range(7), [*range(-3, 5), None]
    for each in product(*values):
        yield dict(zip(DOMAINS, each, strict=True))


def class_of(space: Space, rows: list[dict[str, Test]], facts: dict[str, Any]) -> tuple[int, ...]:
    """The box of all facts that no test tells from these."""
    box = []
    for place, (name, whole) in enumerate(zip(space.names, space.whole, strict=True)):
        tests = [row[name] for row in rows if name in row]
        for bit in (1 << n for n in range(whole.bit_length())):
            one = tuple(bit if n == place else w for n, w in enumerate(space.whole))
            value = space.sample(one, tuple(0 for _ in one))[name]
            if all(test.holds(value) == test.holds(facts[name]) for test in tests):
                box.append(bit)
    return tuple(box)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=6), ROW)
def test_what_is_left_over_is_what_no_row_holds_for(
    rows: list[dict[str, int]], one: dict[str, int]
) -> None:
    """Against all facts, one by one: the parts meet neither each other nor a row, and miss none."""
    made = [row_of(row) for row in [*rows, one]]
    space = Space(DOMAINS, made)
    boxes = [space.box(row) for row in made]
    parts = list(find_uncovered(boxes[-1], boxes[:-1]))
    assert is_covered(boxes[-1], boxes[:-1]) == (not parts)
    left = [
        facts
        for facts in everything()
        if [all(test.holds(facts[n]) for n, test in row.items()) for row in made]
        == [False] * len(rows) + [True]
    ]
    for facts in left:
        point = class_of(space, made, facts)
        assert sum(is_within(point, part) for part in parts) == 1
    for part in parts:
        example = space.sample(part, tuple(0 for _ in part))
        assert any(
            all(facts[n] == v and type(facts[n]) is type(v) for n, v in example.items())
            for facts in left
        )
        wide = widen_box(part, space.whole, boxes[:-1])
        assert is_within(part, wide)
        assert list(find_uncovered(wide, boxes[:-1])) == [wide]


def test_unbounded_numbers_have_finitely_many_classes() -> None:
    """One below, between and above the figures of all tests, and an example lies in its class."""
    cells = [
        Cell("", frozenset(), (Span(None, 4),)),
        Cell("", frozenset(), (Span(5, 9), Span(100, None))),
    ]
    rows: list[Tests] = [{"n": cell, "m": cell} for cell in cells]
    other = {"n": Outside(cells[1])}
    space = Space({"n": Domain(), "m": Domain(low=7)}, [*rows, other])
    assert space.whole == (0b111, 0b11)
    assert space.sample(space.box({"n": cells[1]})) == {"n": 5}
    assert space.sample(space.box(other)) in ({"n": 4}, {"n": 10})
