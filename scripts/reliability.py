#!/usr/bin/env python
"""Run all that tries hard, one after the other, and renew the tables of docs/reliability.md.

    python scripts/reliability.py [NAME...]

NAME is that of a script, as kill for scripts/hard_kill.py; without one, all are run, which takes about
twenty minutes. The page is written only when all were run, and nothing was wrong. What stands outside
of its two marks stays as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench_page import machine
from hard.figures import KEPT
from hard.promises import BOOKS, FILE, INPUT, Promise

SCRIPTS = Path(__file__).parent
PAGE = SCRIPTS.parent / "docs" / "reliability.md"
BEGIN, END = "<!-- figures: made by `make hard` -->", "<!-- end of the figures -->"
ENGINES = Path(sys.prefix) / "hard" / "bin" / "python"
"""An environment with the other engine, which would make everything else slower."""

Figures = Mapping[str, Any]


def names() -> list[str]:
    """All there is to run."""
    return sorted(path.stem.removeprefix("hard_") for path in SCRIPTS.glob("hard_*.py"))


def run(name: str) -> Figures | None:
    """The figures of a script; None where something was wrong."""
    python = str(ENGINES) if name == "dmn" and ENGINES.exists() else sys.executable
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "figures.json"
        words = [python, str(SCRIPTS / f"hard_{name}.py")]
        ended = subprocess.run(words, env={**os.environ, KEPT: str(kept)}, check=False)
        if ended.returncode or not kept.exists():
            return None
        figures: Figures = json.loads(kept.read_text(encoding="utf-8"))
        return figures


# --- the page -----------------------------------------------------------------------------------------


def page(about: Sequence[str], found: Mapping[str, Figures]) -> str:
    """The part of the page that the figures make."""
    parts = [";\n".join(about) + ".", ""]
    for title, promises in (
        ("The ticket file", FILE), ("What comes from outside", INPUT), ("Books", BOOKS),
    ):  # fmt: skip
        parts += [f"## {title}", "", "| promise | tests | newest figure |", "| --- | --- | --- |"]
        parts += [row(one, found) for one in promises]
        parts.append("")
    parts += [
        "## The newest run",
        "",
        "| script | seed | seconds |",
        "| --- | --- | --- |",
        *runs(found),
    ]
    return "\n".join(parts)


def row(promise: Promise, found: Mapping[str, Figures]) -> str:
    scripts = (f"scripts/hard_{promise.script}.py",) if promise.script else ()
    tests = ", ".join(
        f"`{name}`" for name in (*scripts, *(f"tests/{one}" for one in promise.tests))
    )
    return f"| {promise.says} | {tests} | {told(promise, found)} |"


def told(promise: Promise, found: Mapping[str, Figures]) -> str:
    """A promise's figure in words; KeyError where its script prints no such figure."""
    figures = found[promise.script] if promise.script else {}
    if "not tried" in figures:
        return f"not tried: {figures['not tried']}"

    def one(match: re.Match[str]) -> str:
        value = figures[match[1]]
        return f"{value:,}" if isinstance(value, int) else str(value)

    return re.sub(r"\{(.+?)\}", one, promise.told)


def runs(found: Mapping[str, Figures]) -> Iterator[str]:
    for name, figures in found.items():
        yield f"| `hard_{name}.py` | {figures.get('seed', '')} | {figures.get('seconds', 'not tried')} |"
    seconds = sum(figures.get("seconds", 0) for figures in found.values())
    yield f"| all | | {seconds} |"


def write(made: str) -> None:
    """Put the figures into the page, between its marks."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        sys.exit(f"{PAGE} has no marks for the figures: {BEGIN} and {END}")
    PAGE.write_text(f"{before}{BEGIN}\n\n{made}\n\n{END}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    wanted = parser.parse_args().names or names()
    if unknown := {*wanted} - {*names()}:
        parser.error(f"there is no {', '.join(sorted(unknown))}: choose from {', '.join(names())}")
    about = list(machine())
    found = {name: run(name) for name in wanted}
    if wrong := [name for name, figures in found.items() if figures is None]:
        sys.exit(f"Something was wrong: {', '.join(f'hard_{name}.py' for name in wrong)}")
    if wanted == names():
        write(
            page(about, {name: figures for name, figures in found.items() if figures is not None})
        )
        print(f"The figures stand in {PAGE}")


if __name__ == "__main__":
    main()
