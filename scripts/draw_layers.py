#!/usr/bin/env python
"""Draw the layers of the code into docs/architecture.md, and list its packages, each with a line.

    python scripts/draw_layers.py            write them
    python scripts/draw_layers.py --check    exit with 1 where they are not up to date

The layers are those of the contracts in setup.cfg that import-linter checks, the lines the first
ones of the packages' docstrings; so the page can't say anything else than the code does.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "architecture.md"
WIDTH = 61
"""Columns inside the picture's frame: as many as two and three boxes can share."""

Layers = Sequence[Sequence[str]]
"""From the top: the packages that stand side by side in each layer."""


def read_layers(path: Path) -> Layers:
    """The layers of prassi, with those of its one container in place of the container."""
    config = ConfigParser(interpolation=None)
    config.read(path, encoding="utf-8")
    layers: list[list[str]] = []
    for outer in _read_contract(config, "packages"):
        name = outer[0]
        inner = _read_contract(config, "layers") if name == _container(config) else [outer]
        layers += [[part.removeprefix("prassi.") for part in layer] for layer in inner]
    return layers


def _read_contract(config: ConfigParser, name: str) -> Layers:
    lines = config[f"importlinter:contract:{name}"]["layers"].strip().splitlines()
    return [re.split(r"\s*[|:]\s*", line.strip()) for line in lines]


def _container(config: ConfigParser) -> str:
    return config["importlinter:contract:layers"]["containers"].strip()


def draw_layers(layers: Layers) -> Iterator[str]:
    """The picture: a row of boxes for each layer."""
    rows = [_draw_row(layer) for layer in layers]
    frame = "─" * WIDTH
    yield "```text"
    yield f"┌{frame}┐"
    for place, row in enumerate(rows):
        yield f"│{row}│" + ("  imports go down only" if place == 0 else "")
        yield f"├{frame}┤" if place < len(rows) - 1 else f"└{frame}┘"
    yield "```"


def _draw_row(layer: Sequence[str]) -> str:
    width = (WIDTH - len(layer) + 1) // len(layer)
    return "│".join(name.center(width) for name in layer).ljust(WIDTH)


def list_packages(layers: Layers) -> Iterator[str]:
    """A table of the packages in the order of the layers, then of those that stand in one."""
    yield "| package | |"
    yield "| --- | --- |"
    for layer in layers:
        for name in layer:
            yield from _list_package(name)


def _list_package(name: str) -> Iterator[str]:
    path = ROOT / ("cli" if name == "cli" else f"core/{name}")
    if path.is_dir():
        for init in sorted(path.rglob("__init__.py"), key=lambda found: found.parent.as_posix()):
            yield f"| `{init.parent.relative_to(ROOT)}/` | {_read_about(init)} |"
    else:
        module = path.with_suffix(".py")
        yield f"| `{module.relative_to(ROOT)}` | {_read_about(module)} |"


def _read_about(path: Path) -> str:
    """The first line of a module's docstring."""
    about = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    if not about:
        sys.exit(f"{path.relative_to(ROOT)} has no docstring: say in one line what the package is.")
    return about.splitlines()[0]


def fill_page(text: str, layers: Layers) -> str:
    """The page with the picture and the table between their marks."""
    for mark, lines in (("layers", draw_layers(layers)), ("packages", list_packages(layers))):
        begin, end = f"<!-- {mark}: make architecture -->", f"<!-- end of {mark} -->"
        pattern = rf"(?s)(?<={re.escape(begin)}\n).*?(?={re.escape(end)})"
        made = "\n{}\n\n".format("\n".join(lines)).replace("\\", r"\\")
        text, count = re.subn(pattern, made, text)
        if count != 1:
            sys.exit(f"docs/architecture.md has not one {begin} followed by {end}.")
    return text


def main(arguments: Sequence[str]) -> int:
    """The exit code: 1 where --check finds another text."""
    old = PAGE.read_text(encoding="utf-8")
    new = fill_page(old, read_layers(ROOT / "setup.cfg"))
    if "--check" not in arguments:
        PAGE.write_text(new, encoding="utf-8")
    elif new != old:
        print("docs/architecture.md is not up to date: run `make architecture`.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
