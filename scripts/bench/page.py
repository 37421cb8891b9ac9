#!/usr/bin/env python
"""Run all benchmarks, one after the other, and write their page: docs/performance.md with its plot.

    python scripts/page.py [--sizes N,N,...] [--rounds N]

By default nights of 1,000 to 1,000,000 tickets, and 21 rounds of short commands, which takes about
half an hour. What stands in the page outside of the two marks stays as it is: what dominates, and what
was tried and did not help. Taskwarrior and Zen are measured where they are installed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import plot

DOCS = Path(__file__).parents[2] / "docs"
PAGE, PLOT = "performance.md", "performance.svg"
BEGIN, END = "<!-- figures: made by `make bench` -->", "<!-- end of the figures -->"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
PEERS = (10_000, 100_000)
NIGHT_GOALS = {100_000: 1.6, 1_000_000: 1.35}
"""What to aim for, in times of the floor."""
ZEN_GOAL, GROWTH_GOAL, TRIAL_GOAL = 20, 12, 2
TRIALS = 100_000
"""The most tickets of which a trial is measured."""

Row = Mapping[str, Any]


class Figures(NamedTuple):
    """What the benchmarks printed; `nights` of the first book, `books` of each at one size."""

    machine: Sequence[str]
    starts: Sequence[Row]
    nights: Sequence[Row]
    books: Sequence[Row]
    trials: Sequence[Row]
    decisions: Sequence[Row]
    peers: Sequence[Row]


# --- running ----------------------------------------------------------------------------------------


def run(script: str, *arguments: object) -> str:
    """What a benchmark prints; it runs in a process of its own, its warnings go to the terminal."""
    path = Path(__file__).parent / f"{script}.py"
    print(f"bench/{script} {' '.join(map(str, arguments))}", file=sys.stderr, flush=True)
    command = [sys.executable, str(path), *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def measured(sizes: Sequence[int], peers: Sequence[int], rounds: int) -> Figures:
    """All figures, in about half an hour at full size."""
    about = list(machine())
    each = min(sizes, key=lambda size: abs(math.log(size / 100_000)))
    return Figures(
        about,
        starts(run("start", rounds)),
        rows(run("triage", *sizes)),
        rows(run("triage", "all", each)),
        rows(run("what_if", *(size for size in sizes if size <= TRIALS))),
        rows(run("decide")),
        rows(run("peers", *peers)),
    )


def rows(printed: str) -> list[Row]:
    """JSON Lines as rows."""
    return [json.loads(line) for line in printed.splitlines()]


def starts(printed: str) -> list[Row]:
    """The lines of bench_start: command, milliseconds, ratio, and what is to be reached."""
    line = re.compile(r"(.+?)\s+([\d.]+) ms\s+([\d.]+) of minimal(?:\s+to reach: ([\d.]+))?")
    found = (line.fullmatch(one.strip()) for one in printed.splitlines())
    return [
        {"command": m[1], "ms": float(m[2]), "ratio": float(m[3]), "goal": m[4] and float(m[4])}
        for m in found
        if m is not None
    ]


def machine() -> Iterator[str]:
    """What the figures were made on, and when."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = os.cpu_count() or 1
    yield f"{date.today()}: {_processor()}, {cores} cores, {memory:.0f} GiB, {platform.system()}"
    yield f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    load = os.getloadavg()[0]
    if load > 0.5:
        yield f"busy with other work at the beginning (load {load:.1f}): times are longer than alone"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", info.read_text()) if info.exists() else None
    return found[1] if found else platform.machine()


# --- the page ---------------------------------------------------------------------------------------


def page(figures: Figures) -> str:
    """The part of the page that the figures make."""
    return "\n".join(
        [
            ";\n".join(figures.machine) + ".",
            "",
            *_starts(figures.starts),
            *_nights(figures.nights),
            *_books(figures.books),
            *_trials(figures.trials),
            *_decisions(figures.decisions),
            *_peers(figures.peers),
        ]
    )


def _starts(found: Sequence[Row]) -> Iterator[str]:
    yield "## From start to end\n"
    yield "`bench/start.py`: short commands, beside a minimal script with Click and sqlite3.\n"
    heads = ("command", "ms", "ratio", "goal")
    yield table(heads, ((r["command"], r["ms"], r["ratio"], r["goal"] or "") for r in found))


def _nights(found: Sequence[Row]) -> Iterator[str]:
    yield "## A night\n"
    yield (
        "`triage.py`: tickets of `collections`, on all of which the night acts, beside the floor, a bare\n"
        "`sqlite3` script that writes the very same rows in one transaction.\n"
    )
    heads = ("tickets", "rows", "sweep", "floor", "ratio", "aim", "a ticket", "peak memory")
    yield table(
        heads,
        (
            (
                f"{r['tickets']:,}",
                f"{r['rows']:,}",
                f"{r['sweep_s']} s",
                f"{r['floor_s']} s",
                r["ratio"],
                NIGHT_GOALS.get(r["tickets"], ""),
                f"{r['us_per_ticket']} µs",
                f"{r['peak_mib']} MiB",
            )
            for r in found
        ),
    )
    yield f"![What a night costs, from few tickets to many]({PLOT})\n"
    yield from _growth(found)
    beside = [r for r in found if "agents" in r]
    if beside:
        longest, calls = max(r["agent_longest_s"] for r in beside), sum(r["agents"] for r in beside)
        yield (
            f"Agents' calls beside the sweeps: {calls}, none of which failed; the longest took"
            f" {longest} s from start to end (goal: 3).\n"
        )


def _growth(found: Sequence[Row]) -> Iterator[str]:
    """How the time grows from each size to the next."""
    steps = [
        f"{b['tickets'] / a['tickets']:g} times the tickets of {a['tickets']:,} took"
        f" {b['sweep_s'] / a['sweep_s']:.1f} times the time"
        for a, b in pairwise(found)
        if a["sweep_s"]
    ]
    if steps:
        yield f"{'; '.join(steps)} (goal, for ten times: {GROWTH_GOAL}).\n"


def _books(found: Sequence[Row]) -> Iterator[str]:
    yield "## Each book\n"
    yield (
        "The same for the tickets of each book's fixture, copied. Where the night only asks people for\n"
        "something it writes nothing, and there is no floor.\n"
    )
    heads = ("book", "tickets", "rows", "sweep", "ratio", "a ticket")
    yield table(
        heads,
        (
            (
                r["book"],
                f"{r['tickets']:,}",
                f"{r['rows']:,}",
                f"{r['sweep_s']} s",
                r["ratio"] or "",
                f"{r['us_per_ticket']} µs",
            )
            for r in found
        ),
    )


def _trials(found: Sequence[Row]) -> Iterator[str]:
    yield "## What if\n"
    yield (
        "`bench/what_if.py`: `what-if` with another figure and another closure, which lists every ticket that goes\n"
        "another way, beside `triage --dry-run` on the same tickets of `collections`; with `--quiet` that prints\n"
        "nothing, and has less to work out. Seconds of the processor.\n"
    )
    heads = ("tickets", "what-if", "dry run", "ratio", "goal", "quiet", "ratio", "peak memory")
    yield table(
        heads,
        (
            (
                f"{r['tickets']:,}",
                f"{r['what_if_s']} s",
                f"{r['triage_s']} s",
                r["ratio"],
                TRIAL_GOAL,
                f"{r['quiet_s']} s",
                r["ratio_to_quiet"],
                f"{r['peak_mib']} MiB",
            )
            for r in found
        ),
    )


def _decisions(found: Sequence[Row]) -> Iterator[str]:
    yield "## Decisions\n"
    yield (
        "`bench/decide.py`: decisions in a second of processor time by each book's largest table, on facts in the\n"
        "table's order and, where that has to be made, from a dict. Beside it GoRules Zen's fastest way on the same\n"
        "rules and facts, where it is installed (`pip install 'prassi[bench]'`); all answers are equal.\n"
    )
    heads = (
        "book",
        "table",
        "rules",
        "decisions/s",
        "from a dict",
        "Zen",
        "ratio",
        "from a dict",
        "goal",
    )
    yield table(
        heads,
        (
            (
                r["book"],
                r["event"],
                r["rules"],
                f"{r['per_s']:,}",
                f"{r['from_dict_per_s']:,}",
                *(
                    (f"{r['zen_per_s']:,}", r["ratio"], r["ratio_from_dict"], ZEN_GOAL)
                    if "zen_per_s" in r
                    else ("not installed", "", "", "")
                ),
            )
            for r in found
        ),
    )


def _peers(found: Sequence[Row]) -> Iterator[str]:
    yield "## Beside Taskwarrior\n"
    if not found:
        yield "Taskwarrior was not installed, so nothing was measured beside it.\n"
        return
    yield (
        f"`bench/peers.py`: a night of as many tickets as Taskwarrior {found[0]['taskwarrior']} has due tasks.\n"
        "It gives each a priority and a new day, in one command, and is set up to be quick.\n"
    )
    yield table(
        ("tickets", "prassi", "Taskwarrior", "ratio"),
        (
            (
                f"{r['tickets']:,}",
                _seconds(r["prassi_s"]),
                _seconds(r["taskwarrior_s"], r.get("longer_than_s")),
                r.get("ratio", ""),
            )
            for r in found
        ),
    )


def _seconds(seconds: float | None, most: float | None = None) -> str:
    return f"{seconds} s" if seconds is not None else f"more than {most} s" if most else "stopped"


def table(heads: Sequence[str], found: Iterable[Sequence[object]]) -> str:
    """A table in Markdown, numbers to the right."""
    lines = [heads, ["---", *["--:"] * (len(heads) - 1)], *([str(c) for c in row] for row in found)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def put(old: str, made: str) -> str:
    """The page with other figures; all outside of the marks stays."""
    before, begin, rest = old.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE} has lost the marks that the figures stand between: {BEGIN} {END}")
    return f"{before}{BEGIN}\n\n{made.rstrip()}\n\n{END}{after}"


def write(folder: Path, figures: Figures) -> None:
    """Write the page and its plot."""
    path = folder / PAGE
    path.write_text(put(path.read_text(encoding="utf-8"), page(figures)), encoding="utf-8")
    lines = {
        "sweep": [(r["tickets"], r["sweep_s"]) for r in figures.nights],
        "floor": [(r["tickets"], r["floor_s"]) for r in figures.nights if r["floor_s"]],
    }
    (folder / PLOT).write_text(plot.plot(lines), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Run all benchmarks, and write their page.")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="tickets of the nights")
    parser.add_argument(
        "--peers", default=",".join(map(str, PEERS)), help="tasks beside Taskwarrior"
    )
    parser.add_argument("--rounds", type=int, default=21, help="rounds of short commands")
    given = parser.parse_args()
    sizes, peers = ([int(n) for n in one.split(",")] for one in (given.sizes, given.peers))
    write(DOCS, measured(sizes, peers, given.rounds))
    print(f"docs/{PAGE} and docs/{PLOT} are written.")


if __name__ == "__main__":
    main()
