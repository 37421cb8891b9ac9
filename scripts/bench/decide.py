#!/usr/bin/env python
"""Decisions a second of each book's largest table, beside GoRules Zen on the same rules and facts.

    python scripts/bench/decide.py [BOOK ...] [--check | --small]

Zen is an extra (`pip install 'prassi[bench]'`); where it is missing only our own figure is printed.
Both get the same facts, drawn from those that can occur, and every answer is compared first. Zen is
asked in the ways its engine can be from Python, with a dict or with JSON made before, and its best one
of each round counts. Ours is asked as in a sweep, with values in the table's order, as SQLite gives
them, and with the dict that Zen gets, compiled for what stands in it, where putting its values in order
counts as well. What is counted is processor time, since a busy machine slows Zen down far more than us.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from importlib.util import find_spec
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from measuring.machine import OtherWork
from measuring.samples import compare_pairs
from measuring.sections import Section, Size, add_sizes, find_size, print_section
from prassi.core.book.model import Event
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.tables.cells import Cell, Span
from prassi.core.tables.decision_table import RuleCells, compile_table

sys.path.append(str(Path(__file__).parents[2] / "tests" / "support"))

from drawn_facts import Drawer

MISSING = "Zen was not installed, so nothing was measured beside it; `pip install 'prassi[bench]'` has it."
SECTION = Section(
    "Decisions",
    "`decide.py`: decisions in a second of processor time by each book's largest table, on facts in the\n"
    "table's order and, where that has to be made, from a dict of those that the table tests. Beside it GoRules\n"
    "Zen's fastest way on the same rules and facts, where it is installed (`pip install 'prassi[bench]'`); all\n"
    "answers are equal.",
    ("book", "table"),
    (
        "rules",
        "decisions/s",
        "from a dict/s",
        "Zen/s",
        "times Zen",
        "at least",
        "from a dict, times Zen",
        "at least, from a dict",
    ),
)
GOALS = 20, 15

Answer = Callable[[Any], object]


def largest(shelf: Shelf, book: str) -> Event:
    """The event whose table has the most tests."""
    events = [shelf.book(book).event(name) for name in shelf.book(book).event_names]
    return max(events, key=lambda e: sum(len(row) for rule in e.rules for row in rule.rows))


# --- Zen --------------------------------------------------------------------------------------------


def decision(event: Event, asked: Sequence[str], empty: Collection[str]) -> dict[str, Any]:
    """A table as Zen's own JSON: the first row that holds answers, as only one can.

    `empty` are the facts that can be without a value, of which a number must not be asked.
    """
    rules = [
        {
            "_id": f"{number}.{place}",
            **{n: test(row[n], n in empty) if n in row else "" for n in asked},
            "rule": json.dumps(rule.id),
        }
        for number, rule in enumerate(event.rules)
        for place, row in enumerate(rule.rows)
        if all(cell.samples() for cell in row.values())
    ]
    table = {
        "hitPolicy": "first",
        "rules": rules,
        "inputs": [{"id": fact, "name": fact, "field": fact} for fact in asked],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
    }
    nodes = [
        ("in", "inputNode", {}),
        ("table", "decisionTableNode", table),
        ("out", "outputNode", {}),
    ]
    return {
        "nodes": [
            {
                "id": name,
                "name": name,
                "type": kind,
                "position": {"x": 0, "y": 0},
                "content": content,
            }
            for name, kind, content in nodes
        ],
        "edges": [
            {"id": f"{one}-{other}", "type": "edge", "sourceId": one, "targetId": other}
            for one, other in (("in", "table"), ("table", "out"))
        ],
    }


def test(cell: Cell, empty: bool) -> str:
    """A cell as Zen's unary test, in the shortest form that is right."""
    words = [json.dumps(value) for value in sorted(cell.values - {None}, key=str)]
    spans = [span for span in cell.spans if Cell("", frozenset(), (span,)).samples()]
    if words and not spans and None not in cell.values:
        return ",".join(words)
    if len(spans) == 1 and not cell.values and not empty:
        return span_test(spans[0])
    parts = [f"$ in [{', '.join(words)}]"] if words else []
    parts += ["$ != null"] if cell.given else []
    parts += ["$ == null"] if None in cell.values else []
    parts += [" and ".join(["$ != null", *bounds(span)]) for span in spans]
    return parts[0] if len(parts) == 1 else " or ".join(f"({part})" for part in parts)


def span_test(span: Span) -> str:
    """Numbers in a range, of a fact that always has a value."""
    if span.low is not None and span.high is not None:
        return str(span.low) if span.low == span.high else f"[{span.low}..{span.high}]"
    return " and ".join(bounds(span)).removeprefix("$ ") or "$ != null"


def bounds(span: Span) -> list[str]:
    """The ends of a range, as expressions about the value."""
    low = [f"$ >= {span.low}"] if span.low is not None else []
    return low + ([f"$ <= {span.high}"] if span.high is not None else [])


def ask_zen(made: dict[str, Any]) -> dict[str, Callable[[Any], str]]:
    """The ways to ask Zen from Python; `facts` may be a dict or JSON."""
    import zen as library

    engine = library.ZenEngine({"loader": {"type": "static", "content": {"table": made}}})
    held = engine.get_decision("table")
    return {
        "engine": lambda facts: str(engine.evaluate("table", facts)["result"]["rule"]),
        "decision": lambda facts: str(held.evaluate(facts)["result"]["rule"]),
    }


# --- measuring --------------------------------------------------------------------------------------


class Way(NamedTuple):
    """A way to be asked, and the facts in the form that it takes."""

    answer: Answer
    facts: Sequence[Any]

    def time(self) -> float:
        """Seconds of processor time for an answer on each of the facts."""
        answer, start = self.answer, time.process_time()
        for one in self.facts:
            answer(one)
        return time.process_time() - start


class Ways(NamedTuple):
    """How our table is asked in a sweep and with a dict, and how Zen is."""

    event: Event
    sweep: Way
    dicts: Way
    zen: Sequence[Way]


def make_ways(shelf: Shelf, book: str, count: int) -> Ways:
    """The ways to ask a book's largest table; an answer of Zen's that differs ends the script."""
    event = largest(shelf, book)
    drawer = Drawer(shelf.files(book), event.name)
    rows = [{name: facts[name] for name in drawer.tested} for facts in drawer.draw(count)]
    padded = [(*map(row.get, event.facts),) for row in rows]
    ids, in_order = [rule.id for rule in event.rules], itemgetter(*drawer.tested)
    rules = [RuleCells(rule.id, rule.rows) for rule in event.rules]
    decide = compile_table(event.name, drawer.tested, rules, apart=True)

    def ours(row: Mapping[str, Any]) -> str:
        return ids[decide(in_order(row))]

    ways: list[Way] = []
    if find_spec("zen") is not None:
        texts = [json.dumps(row).encode() for row in rows]
        empty = {name for row in rows for name, value in row.items() if value is None}
        made = decision(event, drawer.tested, empty)
        forms: tuple[Sequence[Any], ...] = (rows, texts)
        ways = [Way(answer, form) for answer in ask_zen(made).values() for form in forms]
    for way in ways:
        for row, one in zip(rows, way.facts, strict=True):
            if way.answer(one) != ours(row):
                sys.exit(f"{book}, {event.name}: Zen answers otherwise on {one}")
    if [*map(event.decide, padded)] != [decide(in_order(row)) for row in rows]:
        sys.exit(f"{book}, {event.name}: it answers otherwise on a dict")
    return Ways(event, Way(event.decide, padded), Way(ours, rows), ways)


def measure(books: Sequence[str], size: Size) -> Iterator[Sequence[object]]:
    """A row for each book."""
    shelf, count = Shelf(NONE), size.choose(2_000, 2_000, 50)
    for book in books or shelf.names():
        others = OtherWork()
        ways = make_ways(shelf, book, count)
        rounds: dict[str, list[float]] = {"sweep": [], "dicts": [], "zen": []}
        for _ in range(size.choose(15, 11, 2)):
            # Our time is short: the best of some is taken, as of Zen's four ways.
            rounds["sweep"].append(min(ways.sweep.time() for _ in range(4)))
            rounds["dicts"].append(min(ways.dicts.time() for _ in range(4)))
            if ways.zen:
                rounds["zen"].append(min(way.time() for way in ways.zen))
        yield book, ways.event.name, *format_figures(ways.event, count, rounds), others


def format_figures(
    event: Event, count: int, rounds: Mapping[str, Sequence[float]]
) -> Iterator[object]:
    """The figures of a row."""
    yield len(event.rules)
    for name in ("sweep", "dicts", "zen"):
        yield f"{count / statistics.median(rounds[name]):,.0f}" if rounds[name] else ""
    for name, goal in zip(("sweep", "dicts"), GOALS, strict=True):
        yield compare_pairs(rounds["zen"], rounds[name]) if rounds["zen"] else ""
        yield goal if rounds["zen"] else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("books", nargs="*", metavar="BOOK", help="by default all")
    add_sizes(parser)
    given = parser.parse_args()
    print_section(SECTION, measure(given.books, find_size(given)))
    if find_spec("zen") is None:
        print(f"{MISSING}\n")


if __name__ == "__main__":
    main()
