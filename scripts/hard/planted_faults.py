#!/usr/bin/env python
"""Faults of the kind a hurried team leader makes, and which tool tells each.

    python scripts/hard/planted_faults.py [--seed N] [--all]

Each fault is planted in a copy of a shipped book with its letters, once with its scenarios and once
without. A desk has worked with the book as it was for three weeks: calls, promises and payments by
chance, and a night on each working day. Then every tool is asked about the copy. With its scenarios no
fault may slip through, and without them at least twelve of sixteen must be told. A third of them is
planted, another one with each seed, and the properties of the books are not proven; with --all, which
takes half an hour, all is done, and what the tools say is printed as the table of docs/testing-a-book.md.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from common.commands import run
from common.figures import Figures, given
from common.files import folder_for
from prassi.core.analysis.proofs.prove import Prover
from prassi.core.analysis.proofs.refinement_loop import PROVEN
from prassi.core.errors import BadInput
from prassi.core.library.settings import NONE, load

ROOT = Path(__file__).parents[2]
DAYS = [f"2026-03-{day:02}" for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20)]
TODAY = DAYS[-1]
CALLS = 12
"""Things that happen on a day, to tickets taken by chance."""


class Fault(NamedTuple):
    """A change of some text in a file of a book or of its letters; `old` must stand there."""

    about: str
    book: str
    file: str
    old: str
    new: str
    everywhere: bool = False


SUMMARY = '{ message = "summary", channel = "email" },'
NOTICE = '{ message = "preblock", channel = "email" },'
REMINDER = '{ message = "payment-reminder", channel = "sms" },'
NOTED = """  { set = "preblock_on", to = "{today}" },
  { set = "notice_waits", to = true },
  { status = "pre-block" },
"""
BROKEN = '{ change = "promises", where = { state = "open" }, to = { state = "broken" } },'

FAULTS: tuple[Fault, ...] = (
    Fault("a threshold off by one", "collections", "book.toml",
          "max_retries = { value = 3", "max_retries = { value = 2"),
    Fault("days for working days", "collections", "book.toml",
          'due = "{retry_workdays} working days" }', 'due = "{retry_workdays} days" }', True),
    Fault("a counter not reset", "collections", "book.toml",
          'restarts = true } },\n  { set = "missed_calls", to = 0 },', "restarts = true } },"),
    Fault("a status forgotten", "collections", "book.toml", f'{SUMMARY}\n  {{ status = "calling" }},', SUMMARY),
    Fault("a day not noted", "collections", "book.toml", NOTED, NOTED.partition("\n")[2]),
    Fault("roles swapped", "collections", "book.toml",
          '{ assign = "manager" },\n  { do = "TO-DEPARTMENT" }', '{ assign = "support" },\n  { do = "TO-DEPARTMENT" }'),
    Fault("a promise left open", "collections", "book.toml", BROKEN, ""),
    Fault("a condition left out", "collections", "book.toml",
          '{ done = "appointment", if = { in_block = true } }', '{ done = "appointment" }'),
    Fault("a letter twice", "collections", "book.toml", NOTICE, f"{NOTICE}\n  {NOTICE}"),
    Fault("another template", "collections", "book.toml", SUMMARY, SUMMARY.replace("summary", "payment-slip-request")),
    Fault("another language's text", "collections", "summary.it.j2", "", "summary.es.j2"),
    Fault("a letter's figure unlike the rule's", "collections", "preblock.it.j2", "parameters.preblock_days - 1", "30"),
    Fault("an SMS twice", "packages", "book.toml", REMINDER, f"{REMINDER}\n  {REMINDER}"),
    Fault("not sent back", "cases", "book.toml",
          '  { priority = "high", if = { urgent = false } },\n  { status = "OPEN-REJECT-RETURN" },\n',
          '  { priority = "high", if = { urgent = false } },\n'),
    Fault("51 for 15", "collections", "book.toml", "preblock_days = { value = 15", "preblock_days = { value = 51"),
    Fault("medium for high", "collections", "book.toml", '{ priority = "high" }', '{ priority = "medium" }', True),
)  # fmt: skip

NOTHING = "nothing planted"
"""A copy without a fault, of which no tool may tell anything."""

CONTROLS = tuple(
    Fault(NOTHING, book, "book.toml", "", "") for book in ("collections", "packages", "cases")
)
TOOLS = ("check", "matrix", "test", "mutants", "prove", "what-if", "replay")
LEAST = 12
"""Of all faults, how many must be told without scenarios."""

PARTS = 3
"""How many parts the faults are taken in, each of which has a control."""


class Desk:
    """A desk that has worked by the books as they are."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder, self.chance = folder, chance
        self.file, self.settings = folder / "desk.db", ROOT / "fixtures" / "prassi.toml"
        self.refs: dict[str, list[str]] = {}

    def work(self) -> None:
        """Three weeks of it."""
        self._run(DAYS[0], "init")
        for book in ("collections", "packages", "cases"):
            source = ROOT / "fixtures" / f"{book}.json"
            self._run(DAYS[0], "import", str(source))
            tickets = json.loads(source.read_text(encoding="utf-8"))["tickets"]
            self.refs[book] = [ticket["ref"] for ticket in tickets]
        for day in DAYS:
            self._run(day, "triage")
            for _ in range(CALLS):
                book = self.chance.choice(("collections", "collections", "packages", "cases"))
                words = [*self._happenings(book, self.chance.choice(self.refs[book]), day)]
                self._run(day, *self.chance.choice(words))

    def _happenings(self, book: str, ref: str, day: str) -> Iterator[Sequence[str]]:
        """What can happen to a ticket; much of it is refused, which is no matter."""
        if book == "cases":
            yield "case-route", ref, "accept", "--agent", "petr"
            yield "case-route", ref, "return", "--reason", "Wrong queue."
            yield "case-route", ref, "dispatch"
        elif book == "packages":
            yield "call-outcome", ref, "no-answer"
        else:
            call = ("call-outcome", ref)
            yield (*call, "no-answer")
            yield (*call, "no-answer", "--note", "Rang out.")
            yield (*call, "agreement", "--agreed-on", day)
            yield (*call, "already-paid", "--paid-on", day)
            refuses = (*call, "no-agreement", "--reason")
            yield (*refuses, "refuses", "--note", "No.")
            for whom in ("manager", "administration"):
                yield (*refuses, "refuses-contact", "--wants", whom, "--note", "Wants more.")
            yield (*refuses, "must-verify", "--appointment", f"{day}T16:00", "--note", "Later.")

    def _run(self, day: str, *words: str) -> None:
        run([*words, "--quiet", "--file", str(self.file), "--at", day, "--config", str(self.settings),
             "--as", "anna"])  # fmt: skip


class Copy:
    """A copy of a book with its letters, in which a fault is planted."""

    def __init__(self, folder: Path, fault: Fault, with_scenarios: bool) -> None:
        self.fault, self.with_scenarios = fault, with_scenarios
        self.folder = folder / fault.book
        left_out = () if with_scenarios else ("scenarios",)
        ours = ROOT / "core" / "books" / fault.book
        shutil.copytree(ours, self.folder, ignore=shutil.ignore_patterns(*left_out))
        shutil.copytree(ROOT / "templates" / fault.book, self.folder, dirs_exist_ok=True)
        self.settings = folder / "copied.toml"
        plain = (ROOT / "fixtures" / "prassi.toml").read_text(encoding="utf-8")
        self.settings.write_text(f'{plain}\n[folders]\nbooks = "{folder}"\n', encoding="utf-8")
        self._plant()

    def _plant(self) -> None:
        fault, path = self.fault, self.folder / self.fault.file
        if fault.new.endswith(".j2"):
            shutil.copy(self.folder / fault.new, path)
            return
        text = path.read_text(encoding="utf-8")
        if text.count(fault.old) < 1 or (
            text.count(fault.old) > 1 and not fault.everywhere and fault.old
        ):
            raise RuntimeError(f"{fault.about}: {fault.old!r} stands {text.count(fault.old)} times")
        path.write_text(text.replace(fault.old, fault.new) if fault.old else text, encoding="utf-8")

    def ask(self, tool: str, desk: Desk, told: bool | None = None) -> bool | None:
        """Whether a tool tells the fault; None where it has nothing to go by. `told` is what the tool
        before it said."""
        book, settings = self.fault.book, ("--config", str(self.settings), "--at", TODAY)
        if tool in ("test", "mutants"):
            if not self.with_scenarios:
                return None
            if tool == "mutants" and told:
                return True  # it plays the same scenarios first, and ends where one fails
            if tool == "mutants":
                return not find_missed(book, *settings) <= find_missed(book)
            return run(["book", "test", book, "--quiet", *settings]).code != 0  # 2: it is refused
        if tool == "check":
            return run(["book", "check", book, "--quiet", *settings]).code == 1
        if tool == "matrix":
            shown = [
                run(["book", "show", book, "--matrix", "--json", *one]) for one in (settings, ())
            ]
            return None if shown[1].code else shown[0].out != shown[1].out
        if tool == "prove":
            return is_otherwise_proven(str(self.settings), book)
        file = ("--file", str(desk.file))
        if tool == "replay":
            return run(["replay", "--fail-on-change", "--quiet", *file, *settings]).code == 1
        words = ["what-if", "--book", str(self.folder), "--until", "2026-04-10", "--json"]
        ran = run([*words, *file, "--at", TODAY, "--config", str(desk.settings)])
        if ran.code == 2:
            return True  # it is refused
        [row] = ran.rows
        figures = ("another_way", "moved", "otherwise")
        return any(row[name] for name in figures) or row["events"]["otherwise"] > 0


def find_missed(book: str, *words: str) -> set[str]:
    """The changes of a book that its scenarios do not notice, without their places."""
    key = (book, *words)
    if key not in _MISSED:
        lines = run(["book", "test", book, "--mutants", *words]).out.splitlines()
        _MISSED[key] = {line.partition(": ")[2] for line in lines[:-1]}
    return _MISSED[key]


_MISSED: dict[tuple[str, ...], set[str]] = {}


def is_otherwise_proven(settings: str, book: str) -> bool:
    """Whether a property that is proven of the shipped book is not proven of the copy."""
    if book not in _PROVEN:
        with closing(Prover(NONE, book)) as prover:
            verdicts = prover.decide_all()
            _PROVEN[book] = {one.declared.id for one in verdicts if one.outcome == PROVEN}
    try:
        prover = Prover(load(settings), book)
    except BadInput:
        return True  # it is refused
    with closing(prover):
        verdicts = prover.decide_all()
        return any(v.declared.id in _PROVEN[book] and v.outcome != PROVEN for v in verdicts)


_PROVEN: dict[str, set[str]] = {}


def main() -> None:
    told = given(__doc__, "plant all of them, and prove properties too")
    figures = Figures("Planted faults", told)
    part = slice(None) if told.all else slice(told.seed % PARTS, None, PARTS)
    tools = tuple(tool for tool in TOOLS if tool != "prove" or told.all)
    with folder_for(True) as folder:
        desk = Desk(Path(folder), random.Random(told.seed))
        desk.work()
        planted = [*CONTROLS[part], *FAULTS[part]]
        rows = [ask_all(Path(folder), fault, tools, desk) for fault in planted]
    print(format_table(rows, tools))
    slipped = [row for row in rows if row.fault in FAULTS and not row.told(True)]
    without = sum(row.told(False) for row in rows if row.fault in FAULTS)
    alarms = [row for row in rows if row.fault in CONTROLS and (row.told(True) or row.told(False))]
    figures.print("faults", len(FAULTS[part]), lambda count: not told.all or count == 16)
    figures.print("with scenarios, not told", len(slipped), lambda count: count == 0)
    least = LEAST if told.all else 1
    figures.print("without scenarios, told", without, lambda count: count >= least)
    figures.print(
        "copies without a fault of which something is told", len(alarms), lambda count: count == 0
    )
    figures.end()


class Row(NamedTuple):
    """What each tool says of a fault: of the copy with scenarios, and of that without."""

    fault: Fault
    with_them: dict[str, bool | None]
    without: dict[str, bool | None]

    def told(self, with_scenarios: bool) -> bool:
        """Whether any tool tells it."""
        return any((self.with_them if with_scenarios else self.without).values())


def ask_all(folder: Path, fault: Fault, tools: Sequence[str], desk: Desk) -> Row:
    """Ask every tool about a fault."""
    found: list[dict[str, bool | None]] = []
    for with_scenarios in (True, False):
        place = folder / "copies" / str(with_scenarios)
        shutil.rmtree(place, ignore_errors=True)
        copy = Copy(place, fault, with_scenarios)
        known = found[0] if found else {}
        # Only these see scenarios: of the others, what was said of the first copy holds.
        row: dict[str, bool | None] = {}
        for tool in tools:
            asked = not known or tool in ("test", "mutants")
            row[tool] = copy.ask(tool, desk, row.get("test")) if asked else known[tool]
        found.append(row)
        _MISSED.pop((fault.book, "--config", str(copy.settings), "--at", TODAY), None)
    return Row(fault, *found)


def format_table(rows: Sequence[Row], tools: Sequence[str]) -> str:
    """The table of the page: what is told in `test` and `mutants` needs scenarios."""
    lines = [f"| planted | {' | '.join(tools)} | without scenarios |"]
    lines.append(f"| --- | {' | '.join(':-:' for _ in tools)} | --- |")
    for row in rows:
        cells = " | ".join("yes" if row.with_them[tool] else "" for tool in tools)
        lines.append(
            f"| {row.fault.about} | {cells} | {'told' if row.told(False) else 'not told'} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
