"""An event's table as boxes in the space of the facts it tests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from ...book.model import Event, Fact, Rule
from ...book.read_book import BookReader
from ...system.toml_document import Path
from ...tables.cells import Cell, Domain, Value, format_value, parse_cell
from ...tables.decision_table import CellRow
from ...tables.regions import Box, Space, Tests, intersect_boxes, is_covered
from ..raw_tables import RawTable
from .impossible_facts import NONE, find_impossible_rows

COMMON: RawTable = {"rule": ()}
"""In place of a common event as it is written, which stands in no book; it has no lists, and nothing
on a condition."""

ParseCell = Callable[[object, Domain], Cell]


class TableContext(NamedTuple):
    """What a table needs beside its event.

    `raw` is the event as the book has it; `sequences` and `statuses` are the book's (no statuses
    where the fact `status` is not one of them); `domains` are those of all facts and inputs; `never`
    are rows that can't occur, `impossible` the rows that the book itself calls so; `parse` reads a
    test.
    """

    raw: RawTable
    sequences: RawTable
    statuses: Collection[str]
    domains: Mapping[str, Domain]
    never: Sequence[Tests]
    impossible: Mapping[int, Tests]
    parse: ParseCell


class ListTest(NamedTuple):
    """A test that is written as a list: the place of its row in a rule, its fact, and each item."""

    rule: Rule
    place: int
    fact: str
    cells: tuple[Cell, ...]


class Condition(NamedTuple):
    """The condition of an action; `outer` are those of the sequences around it.

    `raw` is the action as the book has it: the same object where several rules share a sequence.
    """

    rule: Rule
    raw: RawTable
    path: Path
    outer: tuple[CellRow, ...]
    row: CellRow


class TableRegions:
    """The `boxes` of each rule's rows, by its id, and in `never` the boxes of facts that can't occur.

    `impossible` holds those of the latter that the book itself calls so, by their place in it.
    """

    def __init__(self, event: Event, context: TableContext) -> None:
        self.event, self._context = event, context
        self._possible: dict[Box, bool] = {}
        self.path: Path = ("events", event.name)
        self.lists = list(self._read_lists())
        self.conditions = list(self._read_conditions())
        rows: list[Tests] = [row for rule in event.rules for row in rule.rows]
        rows += [c.row for c in self.conditions]
        rows += [{name: NONE} for rule in event.rules for name in rule.needs]
        rows += [is_status(name) for name in context.statuses]
        never = [*context.never, *context.impossible.values()]
        never = select_related({name for row in rows for name in row}, never)
        rows += [{one.fact: cell} for one in self.lists for cell in one.cells]
        self.domains = {name: context.domains[name] for name in (*event.facts, *context.domains)}
        self.space = Space(self.domains, [*rows, *never])
        self.boxes = {rule.id: [self.space.box(row) for row in rule.rows] for rule in event.rules}
        self.never = [self.space.box(row) for row in never]
        self.impossible = {
            place: self.space.box(row) for place, row in context.impossible.items() if row in never
        }

    def stands_in(self, status: str) -> Tests:
        """The row that holds for tickets in a status; an empty one where the table knows no statuses."""
        return is_status(status) if status in self._context.statuses else {}

    def list_statuses(self) -> list[Tests]:
        """The row of each status; none where the table knows no statuses."""
        return [is_status(status) for status in self._context.statuses]

    def rule_path(self, rule: Rule, *key: str) -> Path:
        """Where a rule stands in the book, or one of its keys."""
        place = next(n for n, one in enumerate(self.event.rules) if one is rule)
        return (*self.path, "rule", place, *key)

    def cut(self, box: Box, row: Tests) -> Box | None:
        """The part of a box for which a row holds; None where there is none."""
        return intersect_boxes(box, self.space.box(row))

    def can_be(self, box: Box | None) -> bool:
        """Whether any facts of a box can occur."""
        if box is None:
            return False
        if box not in self._possible:  # asked again for each step that shares a condition
            self._possible[box] = not is_covered(box, self.never)
        return self._possible[box]

    def admits(self, rule: Rule, *rows: Tests) -> bool:
        """Whether a rule answers any facts that can occur and for which these rows hold."""
        return any(self.can_be(box) for box in self.within(rule, *rows))

    def within(self, rule: Rule, *rows: Tests) -> list[Box]:
        """The boxes of a rule, cut to the facts for which these rows hold."""
        boxes = self.boxes[rule.id]
        for row in rows:
            boxes = [shared for box in boxes if (shared := self.cut(box, row)) is not None]
        return boxes

    def show(self, example: Mapping[str, Value]) -> str:
        """Facts in words, money with its point."""
        fields = self.event.fields
        words = (
            f"{n} {format_value(fields[n].show(v) if n in fields and v is not None else v)}"
            for n, v in example.items()
        )
        return ", ".join(words) or "any facts"

    # --- what is read from the book as it is written ------------------------------------------------

    def _read_lists(self) -> Iterator[ListTest]:
        for rule, raw in self._list_raw_rules():
            when = raw["when"]
            for place, row in enumerate(when if isinstance(when, list) else [when]):
                for name, written in row.items():
                    if isinstance(written, list) and len(written) > 1:
                        cells = tuple(self._parse_cell(name, one) for one in written)
                        yield ListTest(rule, place, name, cells)

    def _read_conditions(self) -> Iterator[Condition]:
        for rule, raw in self._list_raw_rules():
            path = self.rule_path(rule, "then")
            yield from self._read_step_conditions(rule, raw.get("then", ()), path, ())

    def _read_step_conditions(
        self, rule: Rule, steps: Sequence[RawTable], path: Path, outer: tuple[CellRow, ...]
    ) -> Iterator[Condition]:
        for raw in steps:
            row = {name: self._parse_cell(name, one) for name, one in raw.get("if", {}).items()}
            if row:
                yield Condition(rule=rule, raw=raw, path=path, outer=outer, row=row)
            if "do" in raw:
                inner = (*outer, row) if row else outer
                shared = self._context.sequences[raw["do"]]
                yield from self._read_step_conditions(rule, shared, ("sequences", raw["do"]), inner)

    def _list_raw_rules(self) -> Iterator[tuple[Rule, RawTable]]:
        yield from zip(self.event.rules, self._context.raw.get("rule", ()), strict=False)

    def _parse_cell(self, name: str, written: object) -> Cell:
        return self._context.parse(written, self._context.domains[name])


def build_table_regions(reader: BookReader, event: Event) -> TableRegions:
    """The table of an event as regions, with the facts that can't occur in it."""
    known = reader.declarations
    facts: Mapping[str, Fact] = known.facts
    statuses = {} if known.catalogue else known.statuses

    def parse_known(written: object, of: Domain) -> Cell:
        return parse_cell(written, of, known.figures)

    data: RawTable = reader.toml.document.data
    context = TableContext(
        raw=data["events"].get(event.name, COMMON),
        sequences=data.get("sequences", {}),
        statuses=statuses if "status" in facts and not event.opens else (),
        domains=reader.events.domains(event.inputs),
        never=list(find_impossible_rows(event, facts, statuses)),
        impossible=reader.events.impossible(event),
        parse=parse_known,
    )
    return TableRegions(event, context)


def is_status(name: str) -> Tests:
    """The row that holds for tickets in a status."""
    return {"status": Cell(name, frozenset([name]), ())}


def select_related(names: set[str], rows: Sequence[Tests]) -> list[Tests]:
    """The rows that test any of these facts, or a fact that another such row tests."""
    selected: list[Tests] = []
    waiting = list(rows)
    while met := [row for row in waiting if not names.isdisjoint(row)]:
        names = names.union(*met)
        selected += met
        waiting = [row for row in waiting if row not in met]
    return selected
