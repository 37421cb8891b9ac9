#!/usr/bin/env python
"""Write docs/statements.md from the shipped books: what fulfils each statement of a procedure.

python scripts/statements.py            write it
python scripts/statements.py --check    exit with 1 where it is not up to date
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from prassi.core.analysis.traceability import BookTrace, StatementTrace, trace_book
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE

PAGE = Path(__file__).parent.parent / "docs" / "statements.md"

HEAD = """\
# Statements of the procedures

Made by `make reference` from the shipped books; do not edit it by hand. Each statement of a written procedure is
fulfilled by rules (`event: rule`), by a command that shows what it asks for, by the way it is read, or by people, with
the reason. `prassi book check` makes sure that these exist; `prassi book show BOOK --trace` adds the scenarios.
"""


def write_page() -> str:
    """The page as a text."""
    shelf = Shelf(NONE)
    traces = [trace_book(shelf.book(name), ()) for name in shelf.names()]
    return "\n".join([HEAD, *(line for trace in traces for line in _format_book(trace))])


def _format_book(trace: BookTrace) -> Iterator[str]:
    yield f"## {trace.book.name}: {trace.book.title}\n\n{trace.summarize()}\n"
    yield "| | statement | fulfilled by |\n| --- | --- | --- |"
    for one in trace.statements:
        if one.id is not None:
            yield f"| {one.id} | {_escape(one.says)} | {_escape(_format_ways(one, trace))} |"
    yield ""


def _format_ways(statement: StatementTrace, trace: BookTrace) -> str:
    if statement.without is not None:
        key, text = statement.without
        shown = trace.book.remarks[text].says if key == "reading" else text
        return f"`prassi {text}`" if key == "view" else f"{key}: {shown}"
    events: dict[str, list[str]] = {}
    for one in statement.rules:
        events.setdefault(one.event, []).append(f"`{one.rule.id}`")
    return "; ".join(f"{event}: {', '.join(rules)}" for event, rules in events.items())


def _escape(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main(words: Sequence[str]) -> int:
    page = write_page()
    if "--check" not in words:
        PAGE.write_text(page, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page:
        return 0
    print(f"docs/{PAGE.name} is not up to date: run `make reference`.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
