#!/usr/bin/env python
"""Every table of every book, exported as DMN and asked by another engine: pyDMNrules.

    python scripts/hard/dmn.py [--small] [--seed N]

The engine is an extra (`pip install 'prassi[hard]'`); where it is missing, that is said, and nothing
is judged. Facts are those that can occur, drawn at random, 2,000 for each table; those that a table
sees alike are asked once. That the engine can say no is tried first: it gets a book exported with
another figure.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any
from xml.etree import ElementTree as ET

from common.figures import Figures, Given, given, zero
from drawn_facts import Drawer
from prassi.core.book.model import Book
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.publish.dmn.document import NAMESPACES, write_document
from prassi.core.publish.dmn.model import DmnModel, DmnTable
from prassi.core.tables.cells import Value

DMN = f"{{{NAMESPACES['xmlns']}}}"
MISSING = (
    "pyDMNrules is not installed, so no other engine is asked; pip install 'prassi[hard]' has it"
)
FULL, SMALL = 700, 50
OTHER = {"preblock_proformas": 1, "max_retries": 1, "check_workdays": 9, "reschedule_max_broken": 0}
"""Figures of collections that drawn facts meet now and then."""


class Judge:
    """The tables of a book's DMN file, each read by the engine when it is first asked."""

    def __init__(self, book: Book) -> None:
        self.model = DmnModel(book)
        self._root = ET.fromstring(write_document(self.model))
        ET.register_namespace("", NAMESPACES["xmlns"])

    def engine(self, table: DmnTable) -> Any:
        """The engine with one decision of the file, as it is in the file but for annotations.

        On annotations pyDMNrules stops; beside more decisions than one it takes longer.
        """
        from pyDMNrules import DMNrules

        root = copy.deepcopy(self._root)
        for decision in root.findall(f"{DMN}decision"):
            if decision.get("name") != table.name:
                root.remove(decision)
        for parent in (*root.iter(f"{DMN}decisionTable"), *root.iter(f"{DMN}rule")):
            for tag in ("annotation", "annotationEntry"):
                for told in parent.findall(f"{DMN}{tag}"):
                    parent.remove(told)
        for data in root.findall(f"{DMN}inputData"):
            if data.get("name") not in table.asked.values():
                root.remove(data)
        engine = DMNrules.DMN()
        status = engine.useXML(ET.tostring(root, encoding="unicode"))
        if "errors" in status:
            raise ValueError(f"{table.name} can't be read: {status['errors']}")
        return engine

    def data(self, table: DmnTable, facts: Mapping[str, Value]) -> dict[str, Any]:
        """Facts as the file asks for them: by its names, money in whole units."""
        asked: dict[str, Any] = {}
        for fact, name in table.asked.items():
            value = facts[fact]
            money = self.model.data[name].money and isinstance(value, int)
            asked[name] = value / 100 if money and isinstance(value, int) else value
        return asked


def answer(engine: Any, table: DmnTable, asked: Mapping[str, Any]) -> str | None:
    """The rule that the engine answers with; None where it answers with none."""
    status, decided = engine.decideTables(dict(asked), [table.name])
    if "errors" in status or not isinstance(decided, dict):
        return None
    found = decided["Result"].get(table.name)
    return found if isinstance(found, str) else None


def compare(shelf: Shelf, judge: Judge, table: DmnTable, told: Given) -> tuple[int, list[str]]:
    """How many distinct facts were asked, and where the answers are not those of the shelf's book."""
    name = judge.model.book.name
    event = shelf.book(name).event(table.event.name)
    drawer = Drawer(shelf.files(name), event.name, str(told.seed))
    engine, known, differ = judge.engine(table), dict[tuple[Any, ...], str | None](), []
    for facts in drawer.draw(SMALL if told.small else FULL):
        asked = judge.data(table, facts)
        seen = tuple((type(value), value) for value in asked.values())
        if seen not in known:
            known[seen] = answer(engine, table, asked)
        ours = event.rules[event.decide([facts.get(name) for name in event.facts])].id
        if known[seen] != ours:
            differ.append(f"{name}, {table.name}: {asked}: {ours} here, {known[seen]} there")
    return len(known), differ


def can_say_no(shelf: Shelf, told: Given) -> bool:
    """Whether the engine answers otherwise where the exported book has other figures."""
    other = Shelf(NONE._replace(parameters={"collections": OTHER}))
    judge = Judge(other.book("collections"))
    return bool(compare(shelf, judge, judge.model.tables[0], told)[1])


def main() -> None:
    told = given(__doc__)
    figures, shelf = Figures("DMN: every table asked by pyDMNrules", told), Shelf(NONE)
    if find_spec("pyDMNrules") is None:
        figures.skip(MISSING)
    figures.print("sees that other figures were exported", can_say_no(shelf, told), bool)
    asked = differing = 0
    for name in shelf.names():
        judge = Judge(shelf.book(name))
        for table in judge.model.tables:
            distinct, differ = compare(shelf, judge, table, told)
            figures.print(
                f"{name}, {table.name}: distinct facts, other answers", (distinct, len(differ))
            )
            for one in differ[:1]:
                figures.wrong(one)
            asked, differing = asked + (SMALL if told.small else FULL), differing + len(differ)
    figures.print("facts", asked)
    figures.print("other answers", differing, zero)
    figures.end()


if __name__ == "__main__":
    main()
