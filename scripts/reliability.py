#!/usr/bin/env python
"""Run all that tries hard, and renew the tables of docs/reliability.md.

    python scripts/reliability.py [NAME...]

NAME is that of a script, as kill for scripts/hard/kill.py; without one, all are run, which takes half
an hour on two cores. Those that keep the machine busy by themselves run one after the other,
the others two at a time. The figures of each script that found nothing wrong are kept, so that one that
did can be run again by its name. The page is written as soon as there are figures of all. What stands
outside of its two marks stays as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
for folder in ("bench", "hard"):
    sys.path.append(str(ROOT / "scripts" / folder))

from common.figures import KEPT  # noqa: E402
from common.promises import BOOKS, FILE, INPUT, Promise  # noqa: E402
from measuring.machine import OtherWork, describe_machine  # noqa: E402

SCRIPTS = ROOT / "scripts" / "hard"
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- figures: made by `make hard` -->", "<!-- end of the figures -->"
FOUND = ROOT / "build" / "hard"
"""Where figures are kept, a file a script."""

ENGINES = Path(sys.prefix) / "hard" / "bin" / "python"
"""An environment with the other engine, which would make everything else slower."""

APART = ("dmn", "spark")
"""Scripts that ask what is only there."""

ONE_CORE = ("bounds", "disk", "dmn", "mail", "mutants", "planted_faults", "properties", "sheets")
"""Scripts that work in one process, and measure nothing that another one beside them could change."""

SIZES = {"spark": ("--tickets", "20000")}
"""What scripts are given whose full size takes an hour and more."""

Figures = Mapping[str, Any]


def find_python(name: str) -> str:
    """The Python that runs a script: one with the engines it asks, where it needs some and they are there."""
    return str(ENGINES) if name in APART and ENGINES.exists() else sys.executable


def names() -> list[str]:
    """All there is to run."""
    return sorted(path.stem for path in SCRIPTS.glob("*.py"))


def run(name: str) -> bool:
    """Run a script, which prints as it goes on; whether nothing was wrong."""
    python = find_python(name)
    apart = subprocess.PIPE if name in ONE_CORE else None
    kept = FOUND / f"{name}.json"
    kept.unlink(missing_ok=True)
    words = [python, str(SCRIPTS / f"{name}.py"), *SIZES.get(name, ())]
    env = {**os.environ, KEPT: str(kept)}
    ended = subprocess.run(words, env=env, check=False, stdout=apart, text=True)
    print(ended.stdout or "", end="", flush=True)
    if ended.returncode:
        kept.unlink(missing_ok=True)
    return ended.returncode == 0


def run_all(wanted: Sequence[str]) -> list[str]:
    """Run scripts; the names of those that found something wrong."""
    FOUND.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        beside = [name for name in wanted if name in ONE_CORE]
        fine = dict(zip(beside, pool.map(run, beside), strict=True))
    fine |= {name: run(name) for name in wanted if name not in ONE_CORE}
    return [name for name in wanted if not fine[name]]


def kept() -> dict[str, Figures]:
    """The newest figures of each script, of those that have some."""
    paths = {name: FOUND / f"{name}.json" for name in names()}
    return {
        name: json.loads(path.read_text(encoding="utf-8"))
        for name, path in paths.items()
        if path.exists()
    }


# --- the page -----------------------------------------------------------------------------------------


def page(about: str, found: Mapping[str, Figures]) -> str:
    """The part of the page that the figures make."""
    parts = [about, ""]
    for title, promises in (
        ("The ticket file", FILE),
        ("What comes from outside", INPUT),
        ("Books", BOOKS),
    ):
        parts += [f"## {title}", "", "| promise | tests | newest figure |", "| --- | --- | --- |"]
        parts += [row(one, found) for one in promises]
        parts.append("")
    parts += [
        "## The newest runs",
        "",
        "| script | on | seed | seconds |",
        "| --- | --- | --- | --- |",
        *runs(found),
    ]
    return "\n".join(parts)


def row(promise: Promise, found: Mapping[str, Figures]) -> str:
    scripts = (f"scripts/hard/{promise.script}.py",) if promise.script else ()
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
        told = [figures.get(name, "") for name in ("on", "seed")]
        seconds = figures.get("seconds", "not tried")
        yield f"| `hard/{name}.py` | {' | '.join(map(str, told))} | {seconds} |"


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
    about, others = describe_machine(), OtherWork()
    wrong = run_all(wanted)
    found = kept()
    if not wrong and not {*names()} - {*found}:
        write(page(f"{about};\nmeanwhile {others} processors worked for others.", found))
        print(f"The figures stand in {PAGE}")
    if wrong:
        sys.exit(f"Something was wrong: {', '.join(f'hard/{name}.py' for name in wrong)}")


if __name__ == "__main__":
    main()
