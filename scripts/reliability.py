#!/usr/bin/env python
"""Run all that tries hard, and renew the tables of docs/reliability.md.

    python scripts/reliability.py [NAME...]

NAME is that of a script, as kill for scripts/hard_kill.py; without one, all are run, which takes about
twenty minutes on two cores. Those that keep the machine busy by themselves run one after the other,
the others two at a time. The page is written only when all were run, and nothing was wrong. What
stands outside of its two marks stays as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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

ONE_CORE = ("bounds", "disk", "dmn", "mail", "mutants", "properties", "sheets")
"""Scripts that work in one process, and measure nothing that another one beside them could change."""

Figures = Mapping[str, Any]


def names() -> list[str]:
    """All there is to run."""
    return sorted(path.stem.removeprefix("hard_") for path in SCRIPTS.glob("hard_*.py"))


def run(name: str) -> Figures | None:
    """The figures of a script, which prints as it goes on; None where something was wrong."""
    python = str(ENGINES) if name == "dmn" and ENGINES.exists() else sys.executable
    apart = subprocess.PIPE if name in ONE_CORE else None
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "figures.json"
        words = [python, str(SCRIPTS / f"hard_{name}.py")]
        env = {**os.environ, KEPT: str(kept)}
        ended = subprocess.run(words, env=env, check=False, stdout=apart, text=True)
        print(ended.stdout or "", end="", flush=True)
        if ended.returncode or not kept.exists():
            return None
        figures: Figures = json.loads(kept.read_text(encoding="utf-8"))
        return figures


def run_all(wanted: Sequence[str]) -> dict[str, Figures | None]:
    """The figures of the scripts, in the order of their names."""
    with ThreadPoolExecutor(2) as pool:
        beside = [name for name in wanted if name in ONE_CORE]
        found = dict(zip(beside, pool.map(run, beside), strict=True))
    found |= {name: run(name) for name in wanted if name not in ONE_CORE}
    return {name: found[name] for name in wanted}


# --- the page -----------------------------------------------------------------------------------------


def page(about: Sequence[str], found: Mapping[str, Figures], seconds: float) -> str:
    """The part of the page that the figures make, and the seconds that all of them took."""
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
        f"| all | | {seconds:.0f} |",
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
    about, began = list(machine()), time.monotonic()
    found = run_all(wanted)
    if wrong := [name for name, figures in found.items() if figures is None]:
        sys.exit(f"Something was wrong: {', '.join(f'hard_{name}.py' for name in wrong)}")
    if wanted == names():
        fine = {name: figures for name, figures in found.items() if figures is not None}
        write(page(about, fine, time.monotonic() - began))
        print(f"The figures stand in {PAGE}")


if __name__ == "__main__":
    main()
