#!/usr/bin/env python
"""Whatever is given to `import`, or to any command: it is done whole, or refused with a sentence.

    python scripts/hard/imports.py [--small] [--seed N]

Sources are made by hand (NUL, marks of byte order, 1e400, 31 February, a cell of 10 MB, 200,000
columns, lists a million deep, keys that stand twice, ...), by chance out of good ones of each book and
layout, and by hypothesis; so are maps, the arguments of all commands, and a user's settings, book and
templates. No command may end with
anything but 0, 2, 3 or 4, print what steers a terminal, take long, leave a traceback, or change the
file where it has failed; what is wrong in a source must be told with its file and line.
"""

from __future__ import annotations

import json
import random
import re
import string
import tempfile
from collections import Counter
from collections.abc import Callable
from typing import Any

import click
from common.figures import Figures, given, zero
from common.inputs import MAPPED, VALUES, corpus, fixtures, giants, mapped, mutant, own, sources
from common.judging import Judge, Wrong, path_of
from common.workers import spread
from everywhere import EVERY
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

WORKERS = 2
FULL = {"mutants": 9_000, "mapped": 600, "made": 3_000, "arguments": 8_000, "own": 300}
SMALL = {"mutants": 200, "mapped": 40, "made": 60, "arguments": 150, "own": 10}

FAULT = r"(?:and [0-9]+ more\.|{source}:[0-9]+: .{{3,}})"


def import_one(judge: Judge, content: bytes, what: str, by: bytes | None = None) -> None:
    """Import a source, by a map where there is one."""
    source = path_of(judge.folder, "source", content)
    words = ["import", source]
    if by is not None:
        judge.run(["map", source], (0, 2), f"a first map of {what}")
        words += ["--map", path_of(judge.folder, "map.toml", by)]
    code, out, err = judge.run(words, (0, 2), what)
    judge.counts["imported" if code == 0 else "refused"] += 1
    if code == 0:
        if not re.fullmatch(
            r"[0-9]+ customers? and [0-9]+ tickets? imported(, with [^.]+)?\.\n(Left out: (?:.+\n)+)?",
            out,
        ):
            raise Wrong(f"{what}: {out!r:.300}")
        return
    if source not in err and "map.toml" not in err:
        raise Wrong(f"{what}: {err!r:.300} names no file")
    head, *faults = err.rstrip("\n").split("\n")
    if head.startswith("Error: nothing was imported"):
        fault = re.compile(FAULT.format(source=re.escape(source)))
        if not faults or not all(map(fault.fullmatch, faults)):
            raise Wrong(f"{what}: {err!r:.600} names no line")


def by_hand(judge: Judge) -> None:
    for name, content in corpus():
        import_one(judge, content, name)


def large(judge: Judge) -> None:
    for name, content in giants():
        import_one(judge, content, name)


def by_chance(judge: Judge, chance: random.Random, count: int) -> None:
    good = [*sources().items()]
    for name, content in good:
        import_one(judge, content, name)
    for _ in range(count):
        name, content = chance.choice(good)
        import_one(judge, mutant(chance, content), f"a mutant of {name}")


def by_map(judge: Judge, chance: random.Random, count: int) -> None:
    known = mapped()
    for name, (content, by) in zip(MAPPED, known, strict=True):
        import_one(judge, content, name, by)
    for _ in range(count):
        content, by = chance.choice(known)
        both = chance.random()
        source = content if both < 0.4 else mutant(chance, content)
        import_one(judge, source, "a mutant of a map", by if both > 0.7 else mutant(chance, by))


# --- settings, and a book of a user ----------------------------------------------------------------------

DONE = (
    "triage --dry-run",
    "book check lost-and-found",
    "show LF-1",
    "explain LF-1",
    "event lost-and-found found thing=umbrella finder=Huber --dry-run",
    "event lost-and-found claim item=LF-1 name=Ann email=ann@example.org proof=x --dry-run",
    "event LF-2 collected --dry-run",
)


def by_settings(judge: Judge, chance: random.Random, count: int) -> None:
    """Faults in the files of a user, each followed by a command that reads them."""
    good, folder = own(), judge.folder / "own"
    for name, content in good.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    config = ["--config", str(folder / "prassi.toml")]
    for command in (DONE[4], DONE[5]):
        judge.run([*command.removesuffix(" --dry-run").split(), *config], (0,), keep=True)
    for _ in range(count):
        name = chance.choice(sorted(good))
        (folder / name).write_bytes(mutant(chance, good[name]))
        judge.run([*chance.choice(DONE).split(), *config], (0, 1, 2, 3), f"a mutant of {name}")
        (folder / name).write_bytes(good[name])


# --- by hypothesis -----------------------------------------------------------------------------------

FIELDS = """
ref book customer status opened priority assignee tags proformas promises tasks notes name email phone
language number amount currency issued paid pay_on kind state due at text missed_calls package visits used
price first_visit visit_times line subject respond_by insists_on answer type owner category queue creator
description customers tickets states ticket completed x
"""
SAID = """
T-1 C-1 collections cases insistence packages requests new calling open closed pre-block promise 2026-03-02
2026-02-31 2026-03-02T10:00 12.50 EUR it full OPEN blocking medium
"""
NAMES = st.sampled_from(FIELDS.split()) | st.text(max_size=4)
WORDS = st.sampled_from(SAID.split())
PLAIN = WORDS | st.text(max_size=12) | st.integers() | st.floats() | st.booleans() | st.none()
DEEP: st.SearchStrategy[object] = st.deferred(
    lambda: PLAIN | st.lists(DEEP, max_size=3) | st.dictionaries(NAMES, DEEP, max_size=4)
)
ANY = PLAIN | DEEP
ROW = st.dictionaries(NAMES, ANY, max_size=9)
CELL = WORDS | st.text(max_size=8) | st.sampled_from(VALUES).map(str)


def _as_csv(rows: list[list[str]], delimiter: str, end: str) -> bytes:
    return end.join(delimiter.join(row) for row in rows).encode("utf-8", "surrogatepass")


SOURCE = st.one_of(
    st.fixed_dictionaries(
        {"customers": st.lists(ROW, max_size=2), "tickets": st.lists(ROW, max_size=3)}
    ).map(lambda rows: json.dumps(rows).encode()),
    st.lists(ROW, min_size=1, max_size=4).map(
        lambda rows: "\n".join(map(json.dumps, rows)).encode()
    ),
    ANY.map(lambda value: json.dumps(value).encode()),
    st.builds(
        _as_csv,
        st.lists(st.lists(NAMES | CELL, min_size=1, max_size=6), min_size=1, max_size=4),
        st.sampled_from(",;\t|"),
        st.sampled_from(("\n", "\r\n", "\r")),
    ),
    st.binary(max_size=200),
)


def by_hypothesis(judge: Judge, number: int, count: int) -> None:
    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @for_all(SOURCE)
    def import_any(content: bytes) -> None:
        import_one(judge, content, "a source made by hypothesis")

    import_any()


# --- arguments -----------------------------------------------------------------------------------------


def commands() -> list[tuple[str, click.Command]]:
    return [
        (name, one)
        for name, one in EVERY.items()
        if name.split()[0] not in ("init", "import", "restore", "backup")
    ]


LONG = (
    "book check",
    "book test",
    "book graph",
    "book prove",
    "book export",
    "what-if",
    "replay",
    "explain",
    "verify",
)
"""Commands that take long, and are tried a hundredth as often."""

GOOD = (
    "T-1009",
    "T-1001",
    "K-201",
    "R-101",
    "P-101",
    "Q-101",
    "collections",
    "cases",
    "call",
    "no-answer",
    "agreement",
    "2026-03-12",
    "2026-03-12T10:00",
    "1",
    "2",
    "120.00",
    "outcome=no-answer",
    "preblock",
    "save",
    "queue",
    "backoffice",
    "move",
    "cancel",
    "new",
    "unaware",
    "update",
    "solved",
    "PF-2025-1843",
    "dispatch",
    "accept",
    "forward",
    "return",
    "close",
    "repeat",
    "in-progress",
    "waiting",
    "pays",
    "day",
    "paid_on=2026-03-02",
    "note=x",
    "reason=problem",
    "already-paid",
    "no-agreement",
    "CU-2026-0107",
)
BAD = (
    "",
    " ",
    "-",
    "--",
    "-1",
    "=",
    "a=",
    "=a",
    "é",
    "\udcff",
    "\x1b[2J",
    "\u202e",
    "x" * 3000,
    "1e400",
    "0x10",
    "2026-02-31",
    "9" * 40,
    "*",
    "%",
    "'",
    "../../etc/passwd",
    "/dev/null",
    "/",
    "--help",
    "-h",
    "@",
    "{{ 1 }}",
    "\n",
    "a\nb",
    "٣",
    "99999999999999999999",
    "-9223372036854775809",
    "nan",
    "true",
    "null",
)


FITTING = {
    "date": ("2026-03-12", "2026-03-02", "2026-02-20"),
    "date[Thh:mm]": ("2026-03-12", "2026-03-12T10:00"),
    "amount": ("120.00", "5"),
    "integer": ("1", "2", "9"),
    "integer range": ("4", "7"),
}
"""What options of a kind take."""


def fitting(chance: random.Random, param: click.Parameter, refs: list[str]) -> str:
    """A word that a parameter may take."""
    listed = (param.metavar or "").strip("[]")
    if param.name in ("ticket", "tickets", "case") or listed == "TICKET":
        return chance.choice(refs)
    if re.fullmatch(r"[a-z-]+(\|[a-z-]+)+", listed):
        return chance.choice(listed.split("|"))
    return chance.choice(FITTING.get(param.type.name, GOOD))


def line(chance: random.Random, name: str, command: click.Command, refs: list[str]) -> list[str]:
    """A command with arguments and options, of which all, some or none are good."""
    share = chance.choice((0.0, 0.5, 0.9, 1.0))
    apart = ("file", "config") if share > 0.5 else ("file",)

    def word(param: click.Parameter) -> str:
        if chance.random() < share:
            return fitting(chance, param, refs)
        if chance.random() < 0.7:
            return chance.choice(BAD).replace("\0", "")
        return "".join(chance.choices(string.printable, k=chance.randrange(12)))

    words = name.split()
    for param in command.params:
        if isinstance(param, click.Argument) and (param.required or chance.random() < 0.5):
            words += [word(param) for _ in range(1 if param.nargs == 1 else chance.randrange(4))]
        elif isinstance(param, click.Option) and chance.random() < 0.2 and param.name not in apart:
            words += [param.opts[-1]] if param.is_flag else [param.opts[-1], word(param)]
    if chance.random() < (1 - share) / 5:
        words.insert(chance.randrange(1, len(words) + 1), chance.choice(BAD))
    return words


def by_arguments(judge: Judge, chance: random.Random, count: int) -> None:
    refs = []
    for rows in fixtures():
        judge.run(
            ["import", path_of(judge.folder, "source", json.dumps(rows).encode())], (0,), keep=True
        )
        refs += [ticket["ref"] for ticket in rows["tickets"]]
    judge.run(["triage", "--quiet"], (0,), keep=True)
    known = commands()
    weights = [1 if name in LONG else 100 for name, _ in known]
    for name, command in chance.choices(known, weights, k=count):
        judge.run(line(chance, name, command, refs), (0, 1, 2, 3, 4), name)


# --- all of it -----------------------------------------------------------------------------------------


def work(number: int, small: bool, start: int) -> dict[str, Any]:
    """One worker's share: the counts of what it has seen, and the first thing that was wrong."""
    size = SMALL if small else FULL
    chance = random.Random(start + number)
    steps: dict[str, Callable[[Judge], None]] = {
        "by chance": lambda judge: by_chance(judge, chance, size["mutants"] // WORKERS),
        "by a map": lambda judge: by_map(judge, chance, size["mapped"] // WORKERS),
        "by hypothesis": lambda judge: by_hypothesis(
            judge, start + number, size["made"] // WORKERS
        ),
        "arguments": lambda judge: by_arguments(judge, chance, size["arguments"] // WORKERS),
        "in settings and books": lambda judge: by_settings(judge, chance, size["own"] // WORKERS),
    }
    if number == 0:
        steps = {"by hand": by_hand, **steps}
    elif not small:
        steps = {"large": large, **steps}
    told: dict[str, Any] = {
        "counts": {},
        "wrong": [],
        "ended": Counter[str](),
        "slowest": [0.0, ""],
    }
    for name, step in steps.items():
        with tempfile.TemporaryDirectory() as folder:
            judge = Judge(folder)
            try:
                step(judge)
            except Wrong as error:
                told["wrong"].append(f"{name}: {error}")
            ended = {code: n for code, n in judge.counts.items() if code.isdigit()}
            told["counts"][name] = sum(ended.values())
            told["ended"] += judge.counts
            told["slowest"] = max(told["slowest"], list(judge.slowest))
    return told


def main() -> None:
    told = given(__doc__)
    figures = Figures("Inputs that are broken, or mean harm", told)
    shares = spread(lambda number: work(number, told.small, told.seed), WORKERS)
    counts = sum((Counter(share["counts"]) for share in shares), Counter[str]())
    ended = sum((Counter(share["ended"]) for share in shares), Counter[str]())
    for name, count in counts.items():
        figures.print(f"inputs {name}", count)
    figures.print("inputs", counts.total(), lambda n: told.small or n >= 17_000)
    for code in sorted(key for key in ended if key.isdigit()):
        figures.print(f"commands that ended with {code}", ended[code])
    figures.print("sources imported", ended["imported"], bool)
    figures.print("sources refused, with file and line", ended["refused"], bool)
    seconds, what = max(share["slowest"] for share in shares)
    figures.print(f"the slowest, s of the processor ({what:.30})", round(seconds, 1))
    wrong = [one for share in shares for one in share["wrong"]]
    figures.print("tracebacks, halves, faults without a place", len(wrong), zero)
    for one in wrong:
        figures.wrong(one)
    figures.end()


if __name__ == "__main__":
    main()
