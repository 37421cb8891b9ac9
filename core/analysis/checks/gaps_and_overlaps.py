"""What is wrong with an event's table: facts that no rule answers, and tests that change nothing.

Everything is worked out on regions of facts, so what is not found does not exist.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ...book.model import Rule
from ...tables.cells import Cell
from ...tables.regions import (
    Box,
    Tests,
    find_uncovered,
    intersect_boxes,
    is_covered,
    is_within,
    widen_box,
)
from .findings import Observation, join_words
from .impossible_facts import NONE
from .table_regions import Condition, TableRegions

MOST_GAPS = 10
"""Gaps of a table that are reported at once; the others follow once these are closed."""


def find_undecided(table: TableRegions) -> Iterator[Observation]:
    """Facts of an event that no rule answers, or more than one."""
    if table.event.rules:
        yield from _find_gaps(table)
        yield from _find_overlaps(table)
    else:
        name = table.event.name
        yield Observation(
            kind="never",
            at=table.path,
            sentence=f"event {name} has no rule, so nothing answers it.",
        )


def find_without_effect(tables: Sequence[TableRegions]) -> Iterator[Observation]:
    """Everything in the tables of a book that never holds, or that could be left out."""
    for table in tables:
        for find in (_find_dead_rows, _find_idle_tests, _find_idle_list_tests, _check_needs):
            yield from find(table)
    yield from _check_conditions(tables)


def find_needless_excuses(
    tables: Sequence[TableRegions], places: Iterable[int]
) -> Iterator[Observation]:
    """Rows that a book calls impossible though rules answer them, or no event can meet them.

    `places` are those of the rows in the book, without those that are there for proofs.
    """
    for place in places:
        if not any(_is_excuse(table, place) for table in tables if place in table.impossible):
            sentence = "no table needs this: without it, `book check` finds the same."
            yield Observation(kind="idle", at=("impossible", place), sentence=sentence)


def _is_excuse(table: TableRegions, place: int) -> bool:
    """Whether this row alone says of a gap, or of a rule in some status, that it can't occur."""
    row = table.impossible[place]
    others = [box for n, box in table.impossible.items() if n != place]
    never = [*others, *(box for box in table.never if box not in table.impossible.values())]
    rules = [box for boxes in table.boxes.values() for box in boxes]
    if not is_covered(row, [*rules, *never]):
        return True
    for status in table.list_statuses():
        for box in rules:
            part = table.cut(box, status)
            shared = None if part is None else intersect_boxes(part, row)
            if shared is not None and not table.can_be(part) and not is_covered(shared, never):
                return True
    return False


# --- gaps and overlaps ----------------------------------------------------------------------------


def _find_gaps(table: TableRegions) -> Iterator[Observation]:
    """Facts that can occur and that no rule answers: an example for each region of them."""
    space, rows = table.space, [box for boxes in table.boxes.values() for box in boxes]
    known: list[Box] = []
    for _ in range(MOST_GAPS):
        part = next(find_uncovered(space.whole, [*rows, *table.never, *known]), None)
        if part is None:
            return
        known.append(widen_box(part, space.whole, rows))
        example = space.sample(part, known[-1])
        sentence = f"no rule of {table.event.name} answers: {table.show(example)}."
        yield Observation(kind="gap", at=table.path, sentence=sentence, example=example)


def _find_overlaps(table: TableRegions) -> Iterator[Observation]:
    """Facts that two rules answer, and rules to which others leave nothing."""
    rules = table.event.rules
    for place, one in enumerate(rules):
        path = table.rule_path(one, "when")
        shared = [(other, _find_shared(table, one, other)) for other in rules]
        meeting = [(other, box) for other, box in shared if box is not None]
        for other, box in meeting:
            if other in rules[:place]:
                example = table.space.sample(box)
                sentence = f"{other.id} and {one.id} both answer: {table.show(example)}."
                yield Observation(
                    kind="overlap", at=path, sentence=sentence, rule=one.id, example=example
                )
        others = [box for other, _ in meeting for box in table.boxes[other.id]]
        if others and table.admits(one) and _are_covered(table, table.boxes[one.id], others):
            names = join_words([other.id for other, _ in meeting])
            sentence = f"{one.id} never answers alone: {names} hold wherever it does."
            yield Observation(kind="never", at=path, sentence=sentence, rule=one.id)


def _find_shared(table: TableRegions, one: Rule, other: Rule) -> Box | None:
    """Facts that two rules answer."""
    if one is other:
        return None
    pairs = (intersect_boxes(a, b) for a in table.boxes[one.id] for b in table.boxes[other.id])
    return next((shared for shared in pairs if shared is not None), None)


def _are_covered(table: TableRegions, boxes: Sequence[Box], others: Sequence[Box]) -> bool:
    return all(is_covered(box, [*others, *table.never]) for box in boxes)


# --- rules, rows and tests that do nothing ---------------------------------------------------------


def _find_dead_rows(table: TableRegions) -> Iterator[Observation]:
    """Rules and rows that hold for no facts that can occur."""
    for rule in table.event.rules:
        path, boxes = table.rule_path(rule, "when"), table.boxes[rule.id]
        dead = [place for place, box in enumerate(boxes) if not table.can_be(box)]
        if len(dead) == len(boxes):
            sentence = (
                f"{rule.id} can never answer: {_describe_conflict(table, rule.rows[dead[0]])}."
            )
            yield Observation(kind="never", at=path, sentence=sentence, rule=rule.id)
            continue
        for place in dead:
            why = _describe_conflict(table, rule.rows[place])
            sentence = f"{_name_row(rule, place)} never holds: {why}."
            yield Observation(
                kind="never", at=path, sentence=sentence, rule=rule.id, about=str(place)
            )


def _describe_conflict(table: TableRegions, row: Tests) -> str:
    """In words: the fewest tests of a row that can't hold together."""
    kept = dict(row)
    for name in row:
        fewer = {n: test for n, test in kept.items() if n != name}
        if not table.can_be(table.space.box(fewer)):
            kept = fewer
    words = [f"{name} {test.text}" for name, test in kept.items() if isinstance(test, Cell)]
    return f"{join_words(words)} can't be{' together' if len(words) > 1 else ''}"


def _find_idle_tests(table: TableRegions) -> Iterator[Observation]:
    """Rows and tests that could be left out of the table.

    A test counts as needed where any facts of the domains need it, whether they can occur or not:
    a row may repeat what the book says of inputs and statuses elsewhere, for whoever reads it.
    """
    for rule in table.event.rules:
        path = table.rule_path(rule, "when")
        for place, (row, box) in enumerate(zip(rule.rows, table.boxes[rule.id], strict=True)):
            others, where = _list_other_rows(table, rule, place), _name_row(rule, place)
            if not table.can_be(box):
                continue
            if _are_covered(table, [box], others):
                sentence = f"{where} changes nothing: the rule's other rows hold wherever it does."
                yield Observation(
                    kind="idle", at=path, sentence=sentence, rule=rule.id, about=str(place)
                )
                continue
            for name, cell in row.items():
                fewer = table.space.box({n: test for n, test in row.items() if n != name})
                if not _says_more(fewer, box, others):
                    sentence = f"{where}: the test {name} {cell.text} changes nothing."
                    yield Observation(
                        kind="idle",
                        at=path,
                        sentence=sentence,
                        rule=rule.id,
                        about=f"{place} {name}",
                    )


def _says_more(fewer: Box, box: Box, others: Sequence[Box]) -> bool:
    """Whether a row says more than it would with one test fewer.

    It doesn't where the rule answers the same without the test, and its rows become fewer or shorter.
    """
    same = fewer == box or any(is_within(other, fewer) for other in others)
    return not (same and is_covered(fewer, [box, *others]))


def _find_idle_list_tests(table: TableRegions) -> Iterator[Observation]:
    """Items of a list of tests that could be left out."""
    space = table.space
    for rule, place, name, cells in table.lists:
        row, others = rule.rows[place], _list_other_rows(table, rule, place)
        if _are_covered(table, [table.boxes[rule.id][place]], others):
            continue
        for one in cells:
            rest = [space.box({**row, name: cell}) for cell in cells if cell is not one]
            if _are_covered(table, [space.box({**row, name: one})], [*rest, *others]):
                part = f"of the tests of {name}, {one.text} changes nothing"
                sentence, about = f"{_name_row(rule, place)}: {part}.", f"{place} {name} {one.text}"
                yield Observation(
                    kind="idle",
                    at=table.rule_path(rule, "when"),
                    sentence=sentence,
                    rule=rule.id,
                    about=about,
                )


def _list_other_rows(table: TableRegions, rule: Rule, place: int) -> list[Box]:
    return [box for n, box in enumerate(table.boxes[rule.id]) if n != place]


def _name_row(rule: Rule, place: int) -> str:
    return rule.id if len(rule.rows) == 1 else f"row {place + 1} of {rule.id}"


# --- what a rule asks for and does -----------------------------------------------------------------


def _check_needs(table: TableRegions) -> Iterator[Observation]:
    """Inputs that a rule needs though they are always given, or never can be."""
    for rule in table.event.rules:
        path = table.rule_path(rule, "needs")
        for name in rule.needs if table.admits(rule) else ():
            if not table.admits(rule, {name: NONE}):
                sentence = f"{rule.id} needs {name}, which is always given there."
                yield Observation(kind="idle", at=path, sentence=sentence, rule=rule.id, about=name)
            elif not _may_be_given(table, rule, name):
                sentence = (
                    f"{rule.id} can never answer: it needs {name}, which can't be given there."
                )
                yield Observation(
                    kind="never", at=path, sentence=sentence, rule=rule.id, about=name
                )


def _may_be_given(table: TableRegions, rule: Rule, name: str) -> bool:
    """Whether an input can have a value where a rule answers.

    A rule that tests whether the input is missing asks for it so, which is no fault.
    """
    asks = table.event.inputs[name].known is not None or any(name in row for row in rule.rows)
    missing = [*table.within(rule, {name: NONE}), *table.never]
    return asks or not all(is_covered(box, missing) for box in table.boxes[rule.id])


def _check_conditions(tables: Sequence[TableRegions]) -> Iterator[Observation]:
    """Actions that are never done, and conditions that always hold, in all rules that share them."""
    uses: dict[int, list[tuple[TableRegions, Condition]]] = defaultdict(list)
    for table in tables:
        for condition in table.conditions:
            if table.admits(condition.rule, *condition.outer):
                uses[id(condition.raw)].append((table, condition))
    for using in uses.values():
        _, one = using[0]
        if not any(t.admits(c.rule, *c.outer, c.row) for t, c in using):
            sentence = f"{_name_action(one)} is never done: its condition can't hold."
            yield Observation(kind="never", at=one.path, sentence=sentence, about=_name_action(one))
            continue
        for name, cell in one.row.items():
            if all(_holds_anyway(t, c, name) for t, c in using):
                sentence = f"{_name_action(one)}: its condition {name} {cell.text} always holds."
                yield Observation(
                    kind="idle", at=one.path, sentence=sentence, about=f"{_name_action(one)} {name}"
                )


def _holds_anyway(table: TableRegions, condition: Condition, name: str) -> bool:
    """Whether a test of a condition holds wherever the condition is looked at, whatever can occur."""
    rest = {n: cell for n, cell in condition.row.items() if n != name}
    cut = table.space.box({name: condition.row[name]})
    boxes = table.within(condition.rule, *condition.outer, rest)
    return all(is_within(box, cut) for box in boxes)


def _name_action(condition: Condition) -> str:
    """An action in a sentence: its rule or sequence, and its first key."""
    where = condition.rule.id if condition.path[0] == "events" else condition.path[1]
    kind, what = next(iter(condition.raw.items()))
    return f"{where}: {kind} {what}"
