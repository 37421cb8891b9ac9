#!/usr/bin/env python
"""Decisions a second of each book's largest table, beside GoRules Zen on the same rules and facts.

    python scripts/bench/decide.py [FACTS]      default: 2000 for each table

Zen is an extra (`pip install 'prassi[bench]'`); where it is missing only our own figure is printed.
Both get the same facts, drawn from those that can occur, and every answer is compared first. Zen is
asked in the ways its engine can be from Python, with a dict or with JSON made before, and its best one
counts. Ours is asked as in a sweep, with values in the table's order, as SQLite gives them, and with a
dict, where putting them in order counts as well. What is counted is processor time, since a busy
machine slows Zen down far more than us.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from importlib.util import find_spec
from operator import itemgetter
from pathlib import Path
from typing import Any

from prassi.core.book.model import Event
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.tables.cells import Cell, Span

sys.path.append(str(Path(__file__).parents[2] / "tests" / "support"))

from drawn_facts import Drawer

ROUNDS = 15
MISSING = "zen-engine is not installed, so nothing is measured beside it; pip install 'prassi[bench]' has it."

Answer = Callable[[Mapping[str, Any]], str]


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


def zen(made: dict[str, Any]) -> dict[str, Answer]:
    """The ways to ask Zen from Python; `facts` may be a dict or JSON."""
    import zen as library

    engine = library.ZenEngine({"loader": {"type": "static", "content": {"table": made}}})
    held = engine.get_decision("table")
    return {
        "engine": lambda facts: str(engine.evaluate("table", facts)["result"]["rule"]),
        "decision": lambda facts: str(held.evaluate(facts)["result"]["rule"]),
    }


# --- measuring --------------------------------------------------------------------------------------


def rate(answer: Callable[[Any], object], rows: Sequence[Any]) -> float:
    """Answers in a second of processor time, in the best of some rounds over all rows."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for row in rows:
            answer(row)
        times.append(time.process_time() - start)
    return len(rows) / min(times)


def measure(shelf: Shelf, book: str, count: int) -> dict[str, Any]:
    """One book's figures; an answer that differs ends the script."""
    event = largest(shelf, book)
    drawer = Drawer(shelf.files(book), event.name)
    asked, names = drawer.tested, event.facts
    rows = [{name: facts[name] for name in asked} for facts in drawer.draw(count)]
    every = [{**dict.fromkeys(names), **row} for row in rows]
    ids, decide, in_order = [rule.id for rule in event.rules], event.decide, itemgetter(*names)

    def ours(row: Mapping[str, Any]) -> str:
        return ids[decide(in_order(row))]

    rates = {"sweep": rate(decide, [in_order(row) for row in every]), "dict": rate(ours, every)}
    told: dict[str, Any] = {
        "book": book,
        "event": event.name,
        "rules": len(event.rules),
        "inputs": len(asked),
        "facts": count,
        "per_s": round(rates["sweep"]),
        "from_dict_per_s": round(rates["dict"]),
    }
    if find_spec("zen") is None:
        return told
    texts = [json.dumps(row).encode() for row in rows]
    empty = {name for row in rows for name, value in row.items() if value is None}
    best = 0.0
    for way, answer in zen(decision(event, asked, empty)).items():
        ways: tuple[Sequence[Any], ...] = (rows, texts)
        for given in ways:
            wrong = [one for row, one in zip(every, given, strict=True) if answer(one) != ours(row)]
            if wrong:
                sys.exit(
                    f"{book}, {event.name}, {way}: {len(wrong)} answers differ, such as of {wrong[0]}"
                )
            best = max(best, rate(answer, given))
    told |= {
        "equal": count,
        "zen_per_s": round(best),
        "ratio": round(rates["sweep"] / best, 1),
        "ratio_from_dict": round(rates["dict"] / best, 1),
    }
    return told


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    if find_spec("zen") is None:
        print(MISSING, file=sys.stderr)
    shelf = Shelf(NONE)
    for book in shelf.names():
        print(json.dumps(measure(shelf, book, count)), flush=True)


if __name__ == "__main__":
    main()
