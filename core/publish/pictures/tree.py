"""A decision table as a tree of questions, like the chart on an office wall.

The questions are the facts that the table tests, in an order in which each splits the rules as well
as possible. Equal branches are drawn once, and facts that can't occur are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...analysis.checks.table_regions import TableRegions
from ...book.model import Rule
from ...tables.cells import Value, format_value
from ...tables.regions import Box as Region
from ...tables.regions import intersect_boxes, is_covered
from .drawing import Arrow, Box, Drawing, wrap_text
from .words import describe_values


class Leaf(NamedTuple):
    """The end of a branch: the rules that answer there; exactly one in a table without faults."""

    rules: tuple[str, ...]


class Branching(NamedTuple):
    """A question about a fact: the classes of its values, each with the branch that follows."""

    fact: str
    answers: tuple[tuple[int, Leaf | Branching], ...]


Tree = Leaf | Branching


class _RuleBox(NamedTuple):
    rule: str
    box: Region


def grow_tree(table: TableRegions) -> Tree | None:
    """The tree of a table; None if no facts can occur."""
    rows = [_RuleBox(rule, box) for rule, boxes in table.boxes.items() for box in boxes]
    return _grow(table.space.whole, rows, table)


def _grow(region: Region, rows: Sequence[_RuleBox], table: TableRegions) -> Tree | None:
    """The tree of a region of facts; None if none of them can occur."""
    if is_covered(region, table.never):
        return None
    rows = [row for row in rows if intersect_boxes(region, row.box) is not None]
    rules = tuple(dict.fromkeys(row.rule for row in rows))
    alone = len(rules) == 1 and is_covered(region, [*(row.box for row in rows), *table.never])
    split = None if alone else min(_list_splits(region, rows), default=None)
    if split is None:
        return Leaf(rules)
    place, answers = split.place, dict[Tree, int]()
    for part in split.parts:
        possible = _find_possible(region, place, part, table)
        branch = _grow(_replace_bits(region, place, possible), rows, table)
        if branch is not None:
            for bits, one in _list_answers(branch, table.space.names[place], possible):
                answers[one] = answers.get(one, 0) | bits
    if len(answers) < 2:
        return next(iter(answers), None)
    return Branching(table.space.names[place], tuple((bits, one) for one, bits in answers.items()))


def _list_answers(branch: Tree, fact: str, bits: int) -> tuple[tuple[int, Tree], ...]:
    """A branch as answers to a question about a fact: its own ones, if it asks about that fact too."""
    if isinstance(branch, Branching) and branch.fact == fact:
        return branch.answers
    return ((bits, branch),)


def _find_possible(region: Region, place: int, bits: int, table: TableRegions) -> int:
    """The classes of a fact that can occur in a region."""
    each = (1 << n for n in range(bits.bit_length()) if bits >> n & 1)
    return sum(
        bit for bit in each if not is_covered(_replace_bits(region, place, bit), table.never)
    )


def _replace_bits(region: Region, place: int, bits: int) -> Region:
    return (*region[:place], bits, *region[place + 1 :])


class _Split(NamedTuple):
    """A way to split a region: how many rules fall on both sides, and how many stay together."""

    doubled: int
    together: float
    place: int
    parts: tuple[int, ...]


def _list_splits(region: Region, rows: Sequence[_RuleBox]) -> Iterator[_Split]:
    for place, bits in enumerate(region):
        tests = {row.box[place] & bits for row in rows}
        whole = _split_bits(bits, tests)
        ways = {whole, *(_split_bits(bits, {test}) for test in tests)}
        for parts in ways:
            if len(parts) > 1:
                counts = [len({r.rule for r in rows if r.box[place] & part}) for part in parts]
                doubled = sum(counts) - len({row.rule for row in rows})
                yield _Split(doubled, sum(n * n for n in counts), place, parts)


def _split_bits(bits: int, others: set[int]) -> tuple[int, ...]:
    parts = [bits]
    for other in others:
        parts = [part for whole in parts for part in (whole & other, whole & ~other) if part]
    return tuple(sorted(parts, key=lambda part: part & -part))


# --- drawing it -----------------------------------------------------------------------------------


def draw_table(table: TableRegions, book: str, abouts: Mapping[str, str]) -> Drawing:
    """Draw a table as a tree; `abouts` are the meanings of facts and inputs."""
    pen = _Pen(table, abouts)
    grown = grow_tree(table)
    if grown is not None:
        pen.draw(grown)
    event = table.event
    return Drawing(
        book=book,
        of=event.name,
        title=event.title,
        boxes=tuple(pen.boxes),
        arrows=tuple(pen.arrows),
    )


class _Pen:
    """Draws a tree, each branch once."""

    def __init__(self, table: TableRegions, abouts: Mapping[str, str]) -> None:
        self._table, self._abouts = table, abouts
        self._rules = {rule.id: rule for rule in table.event.rules}
        self._names: dict[Tree, str] = {}
        self.boxes: list[Box] = []
        self.arrows: list[Arrow] = []

    def draw(self, one: Tree) -> str:
        """Draw a branch unless it is drawn already, and return the name of its first box."""
        if one in self._names:
            return self._names[one]
        name = self._names[one] = f"n{len(self._names)}"
        if isinstance(one, Leaf):
            self.boxes.append(self._draw_leaf(name, one))
            return name
        self.boxes.append(Box(name, self._write_question(one.fact), "question"))
        place = len(self.arrows)
        self.arrows[place:place] = [
            Arrow(name, self.draw(branch), wrap_text(self._write_answer(one.fact, bits), 24))
            for bits, branch in one.answers
        ]
        return name

    def _draw_leaf(self, name: str, leaf: Leaf) -> Box:
        if not leaf.rules:
            return Box(name, ("no rule",), "refusal")
        lines = [line for rule in leaf.rules for line in _write_rule(self._rules[rule])]
        refuses = all(
            any(step.action.refuses for step in self._rules[rule].steps) for rule in leaf.rules
        )
        return Box(name, tuple(lines), "refusal" if refuses else "rule")

    def _write_question(self, fact: str) -> tuple[str, ...]:
        """A question: the meaning of the fact, and its name."""
        return (*wrap_text(self._abouts.get(fact) or fact), f"({fact})")

    def _write_answer(self, fact: str, bits: int) -> str:
        field = self._table.event.fields.get(fact)

        def show(value: Value) -> str:
            return format_value(value if field is None or value is None else field.show(value))

        return describe_values(self._table.space, fact, bits, self._table.domains[fact], show)


def _write_rule(rule: Rule) -> Iterator[str]:
    """A rule in a box: its reason, and its id."""
    yield from wrap_text(rule.why.as_written)
    yield f"[{rule.id}]"
