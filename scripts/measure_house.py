#!/usr/bin/env python
"""What the house is held to, counted: files, functions, names, types; `make check` runs it.

    python scripts/measure_house.py [--list]

Prints a line a figure with what it may be at most, and exits with 1 where one is over it; --list
names each place. Complexity is left to ruff (C901), arrows to import-linter.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
FOLDERS = ("core", "cli")

LONGEST_FILE = 400
LONGEST_FUNCTION = 40

IRREGULAR = re.compile(
    "begun|bound|bought|broken|brought|built|caught|chosen|done|drawn|driven|fallen|felt|found|forgotten"
    "|frozen|given|gone|got|grown|heard|held|hidden|kept|known|laid|led|left|lent|lost|made|meant|met|paid"
    "|said|seen|sent|shown|sold|spent|spoken|stood|stolen|struck|taken|taught|thought|thrown|told|torn"
    "|understood|won|worn|wound|written"
)
NOUNS = frozenset({"embed", "feed", "need", "ring", "seed", "string", "thing"})


class Figure(NamedTuple):
    """Something that is counted, what it may be at most, and the places it was counted at."""

    name: str
    value: float
    most: float
    places: list[str]


def is_participle(name: str) -> bool:
    """Whether a function is called by a bare participle, which says neither what it does nor to what."""
    word = name.strip("_")
    if "_" in word or word in NOUNS:
        return False
    return bool(IRREGULAR.fullmatch(word)) or word.endswith(("ed", "ing"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions and methods of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function without those of its signature's decorators."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def measure(root: Path) -> list[Figure]:
    """All figures of core/ and cli/ below a folder."""
    paths = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*.py"))]
    loose = [p.name for p in (root / "core").glob("*.py")]
    long_files, long_functions, participles, skips = [], [], [], []
    classes = defaultdict[str, list[str]](list)
    any_lines, core_lines = list[str](), 0
    for path in paths:
        text, name = path.read_text(encoding="utf-8"), str(path.relative_to(root))
        lines = text.splitlines()
        tree = ast.parse(text)
        if len(lines) > LONGEST_FILE:
            long_files.append(f"{name}: {len(lines)} lines")
        skips += [f"{name}:{n}" for n, line in enumerate(lines, 1) if "# fmt:" in line]
        for node in functions(tree):
            if length(node) > LONGEST_FUNCTION:
                long_functions.append(f"{name}:{node.lineno} {node.name}: {length(node)} lines")
            if is_participle(node.name):
                participles.append(f"{name}:{node.lineno} {node.name}")
        for each in ast.walk(tree):
            if isinstance(each, ast.ClassDef):
                classes[each.name].append(f"{name}:{each.lineno}")
        if name.startswith("core/"):
            core_lines += len(lines)
            any_lines += [name for line in lines for _ in re.findall(r"\bAny\b", line)]
    doubled = [f"{name}: {', '.join(at)}" for name, at in classes.items() if len(at) > 1]
    often = [f"{name}: {times}" for name, times in Counter(any_lines).most_common()]
    return [
        Figure("loose modules in core", len({*loose} - {"__init__.py"}), 2, loose),
        Figure(f"files over {LONGEST_FILE} lines", len(long_files), 0, long_files),
        Figure(f"functions over {LONGEST_FUNCTION} lines", len(long_functions), 0, long_functions),
        Figure("functions named by a bare participle", len(participles), 19, participles),
        Figure("class names with two meanings", len(doubled), 0, doubled),
        Figure("places where the formatter is off", len(skips), 0, skips),
        Figure(
            "Any in 1,000 lines of core", round(1000 * len(any_lines) / core_lines, 1), 15, often
        ),
    ]


def main() -> None:
    figures = measure(ROOT)
    for figure in figures:
        mark = "OVER " if figure.value > figure.most else ""
        print(f"{mark}{figure.name}: {figure.value:g} (at most {figure.most:g})")
        if "--list" in sys.argv:
            print(*(f"    {place}" for place in figure.places), sep="\n")
    sys.exit(any(figure.value > figure.most for figure in figures))


if __name__ == "__main__":
    main()
