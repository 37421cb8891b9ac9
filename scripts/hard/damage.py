#!/usr/bin/env python
"""Ticket files damaged anywhere: what changes a byte of content is found, and the first bad event named.

    python scripts/hard/damage.py [--small] [--seed N]

Single bits are flipped at random places of the file and at random places of every kind of page, and
the file is cut at and between pages. A judge of its own reads every row by plain SQL, before and
after; where a row is another one, or can't be read, content was changed: then `prassi verify` must
find it, and must name the first event that the change is about. What SQLite's own checks would have
found is printed beside it. A tail cut off so neatly that nothing is damaged is found by --expect.
"""

from __future__ import annotations

import os
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, NamedTuple

from common.commands import good, run
from common.figures import Figures, given, zero
from common.files import AT, ROOT, copied, folder_for, make
from common.workers import spread, together
from prassi.core.errors import PrassiError
from prassi.core.ticketfile.verify import open_to_check, verify_file

FULL = {"anywhere": 250, "of each kind": 30, "cuts": 50, "tails": 20}
SMALL = {"anywhere": 12, "of each kind": 3, "cuts": 6, "tails": 1}
PAGES = {13: "rows", 5: "inner pages of tables", 10: "indexes", 2: "inner pages of indexes"}
EMPTY = "0" * 64


def build(folder: str, tickets: int) -> str:
    """A ticket file with something in every table, and every kind of page."""
    path = make(os.path.join(folder, "sound.db"), tickets)
    options = ["--file", path, "--quiet", "--config", str(ROOT / "fixtures" / "prassi.toml")]
    steps = [
        f"import {ROOT / 'fixtures' / 'collections.json'} {ROOT / 'fixtures' / 'requests.json'}",
        "triage",
        "undo --run 3",
        "request states add parked",
        "call-outcome T-10 no-answer",
        "call-outcome T-11 agreement --agreed-on 2026-03-10",
        "payment T-3 --all",
        "undo",
        "import {insistence}",
        "insistence-check R-1 --customer disagrees --on-behalf",
    ]
    rows = os.path.join(folder, "insistence.json")
    with open(rows, "w", encoding="utf-8") as file:
        file.write(INSISTENCE)
    for step in steps:
        good([*step.format(insistence=rows).split(), "--at", AT, *options])
    good(["triage", "--at", "2026-03-20", *options])
    return path


INSISTENCE = """
{"tickets": [
 {"ref": "R-1", "book": "insistence", "customer": "H-1", "status": "open", "opened": "2026-02-01",
  "line": "metered", "subject": "late-response", "respond_by": "2026-02-13"},
 {"ref": "R-2", "book": "insistence", "customer": "H-1", "status": "open", "opened": "2026-02-16",
  "line": "metered", "subject": "late-response", "insists_on": "R-1", "respond_by": "2026-02-20"}]}
"""


# --- the judge --------------------------------------------------------------------------------------

Rows = dict[tuple[str, int], tuple[Any, ...]]


class Content(NamedTuple):
    """What plain SQL reads of a file: rows by table and number, and what the file says of itself.

    `twice` are the numbers that two different rows have: which of them is meant, nobody can say.
    """

    rows: Rows
    twice: set[tuple[str, int]]
    about: tuple[Any, ...]


def judged(path: str, tables: list[str]) -> Content:
    """Read all that can be read."""
    rows: Rows = {}
    twice: set[tuple[str, int]] = set()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        # So SQLite reads what is left of a file that was cut, too.
        connection.execute("PRAGMA writable_schema = ON")
        for table in tables:
            for row in _rows(connection, table):
                if rows.setdefault((table, row[0]), row) != row:
                    twice.add((table, row[0]))
        about = [
            list(_whole(connection, query))
            for query in (
                "SELECT * FROM sqlite_schema",
                "PRAGMA user_version",
                "PRAGMA application_id",
                "PRAGMA encoding",
                "PRAGMA page_size",
                "PRAGMA journal_mode",
            )
        ]
    return Content(rows, twice, tuple(map(str, about)))


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a table; the one before one that can't be read is asked for by itself."""
    query, newest = f"SELECT rowid, * FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT ?", -(2**63)
    for row in _whole(connection, query, newest, -1):
        newest = row[0]
        yield row
    yield from _whole(connection, query, newest, 1)


def _whole(connection: sqlite3.Connection, query: str, *values: int) -> Iterator[tuple[Any, ...]]:
    """Rows up to the first that can't be read."""
    try:
        yield from connection.execute(query, values)
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        yield from ()


def concerned(before: Content, after: Content, columns: dict[str, list[str]]) -> list[set[int]]:
    """The events that each change is about; any one of a set may be named for it."""
    found = []
    for (table, number), row in before.rows.items():
        now = after.rows.get((table, number))
        if now != row and (about := _about(before, table, number, row, now, columns)):
            found.append(about)
    return found


def _about(
    before: Content,
    table: str,
    number: int,
    row: tuple[Any, ...],
    now: tuple[Any, ...] | None,
    columns: dict[str, list[str]],
) -> set[int]:
    if table == "event":
        return {number}
    events = [(key[1], value) for key, value in before.rows.items() if key[0] == "event"]
    place = columns["event"].index
    if table in ("run", "book"):
        return {min(n for n, event in events if event[place(table) + 1] == number)}
    if table in _OWNER:  # a part of another row
        owner = before.rows[(_OWNER[table], number)]
        made_by = owner[columns[_OWNER[table]].index("made_by") + 1]
        if table == "letter":
            return {made_by}
        return {made_by, *(n for n, event in events if event[place("customer") + 1] == number)}
    if "made_by" not in columns[table]:
        return set()
    maker, end = (columns[table].index(name) + 1 for name in ("made_by", "ended_by"))
    made_by, ended_by = row[maker], row[end]
    changed = set() if now is None else {n for n, value in enumerate(row) if now[n] != value}
    if now is not None and changed == {end}:  # only its end is another
        return {ended_by or made_by}
    if now is not None and maker in changed and changed <= {maker, end}:  # or only its event
        return {made_by, *(n for n in now[maker : maker + 1] if isinstance(n, int))}
    if table == "ticket" and now is not None:  # by the event that left the column so
        return {made_by, *(n for n, event in events if event[place("ticket") + 1] == number)}
    return {made_by}


_OWNER = {"letter": "message", "secret": "customer"}
"""Tables whose rows belong to one of another table, with its number."""


# --- damage -----------------------------------------------------------------------------------------


class Trial:
    """A sound file, and what becomes of damaged copies of it."""

    def __init__(self, folder: str, path: str, seed: int) -> None:
        self.path, self._copy = path, os.path.join(folder, "damaged.db")
        self.chance, self.counts = random.Random(seed), Counter[str]()
        with open(path, "rb") as file:
            self.raw = file.read()
        self.page = int.from_bytes(self.raw[16:18], "big")
        with closing(sqlite3.connect(path)) as connection:
            query = "SELECT name FROM sqlite_schema WHERE type = 'table'"
            self._tables = [name for (name,) in connection.execute(query)]
            self._columns = {
                table: [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
                for table in self._tables
            }
        self._before = judged(path, self._tables)

    def pages(self) -> dict[str, list[int]]:
        """The pages by what they hold."""
        found: dict[str, list[int]] = {"the header": [0]}
        for start in range(0, len(self.raw), self.page):
            kind = PAGES.get(self.raw[start + (100 if start == 0 else 0)], "long values")
            found.setdefault(kind, []).append(start)
        return found

    def flip(self, kind: str, start: int, size: int) -> None:
        """Flip a bit of some bytes."""
        at, bit = start + self.chance.randrange(size), self.chance.randrange(8)
        raw = bytearray(self.raw)
        raw[at] ^= 1 << bit
        self._try(kind, bytes(raw), f"bit {bit} of byte {at}")

    def cut(self) -> None:
        """Cut the file, at a page or within one."""
        size = self.chance.randrange(100, len(self.raw))
        size -= size % self.page if self.chance.random() < 0.5 and size > self.page else 0
        self._try("cuts", self.raw[:size], f"cut to {size} bytes")

    def _try(self, kind: str, raw: bytes, told: str) -> None:
        with open(self._copy, "wb") as file:
            file.write(raw)
        after = judged(self._copy, self._tables)
        changed = after != self._before
        events = concerned(self._before, after, self._columns) if changed else []
        self.counts["damaged"] += 1
        self.counts[f"{kind}: damaged"] += 1
        self.counts[f"{kind}: content changed"] += changed
        found, named, err = self._verified()
        self.counts["found, content unchanged"] += found and not changed
        if changed:
            self.counts["content changed"] += 1
            self.counts["found"] += found
            self.counts["quick_check finds"] += self._checked("quick_check")
            self.counts["integrity_check finds"] += self._checked("integrity_check")
            if not found:
                self._wrong("not found", kind, told, events)
        # Where it no longer says what tables there are, nothing can be said of their rows.
        whole = after.about[:1] == self._before.about[:1]
        if events and err is None and whole:
            self.counts["events to name"] += 1
            unclear = [
                _about(self._before, *key, self._before.rows[key], None, self._columns)
                for key in after.twice & self._before.rows.keys()
            ]
            self._judge_named(kind, told, named, events, unclear)
        elif events:
            self.counts["no file at all any more"] += 1

    def _judge_named(
        self,
        kind: str,
        told: str,
        named: int | None,
        events: list[set[int]],
        unclear: list[set[int]],
    ) -> None:
        """The event must be the first: no change is only about earlier ones.

        It may be one of those that made a row whose number another one has now, too.
        """
        first = min(max(about) for about in events)
        possible = set().union(*events, *unclear)
        right = named is not None and named <= first and named in possible
        self.counts["first bad event named"] += right
        if not right:
            self._wrong(f"event {named} named", kind, told, events)

    def _wrong(self, what: str, kind: str, told: str, events: list[set[int]]) -> None:
        self.counts[f"WRONG {what}; {kind}, {told}, is about {sorted(map(min, events))[:3]}"] += 1

    def _verified(self) -> tuple[bool, int | None, str | None]:
        """Whether `verify` finds something, the event it names, and the error that ended it."""
        try:
            with closing(open_to_check(self._copy)) as connection:
                found = verify_file(connection)
            return bool(found.faults), found.bad_event, None
        except PrassiError as error:
            return True, None, str(error)

    def _checked(self, pragma: str) -> bool:
        """Whether a check of SQLite's own finds something."""
        try:
            with closing(sqlite3.connect(self._copy)) as connection:
                return bool(connection.execute(f"PRAGMA {pragma}").fetchone()[0] != "ok")
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            return True


def cut_tail(folder: str, path: str, number: int) -> Counter[str]:
    """A file from before is sound, and is not the one whose head was kept."""
    early = copied(path, os.path.join(folder, "early.db"))
    path = copied(path, os.path.join(folder, "late.db"))
    for _ in range(1 + number % 3):  # how much of it is missing
        rows = good(["log", "--json", "--file", path]).rows
        run_ = [row["run"] for row in rows if row["event"] != "undo" and not row["undone"]][-1]
        good(["undo", "--run", str(run_), "--file", path, "--at", AT, "--quiet"])
    head = good(["verify", "--head", "--file", path]).out.strip()
    sound = run(["verify", "--file", early]).code
    missed = run(["verify", "--file", early, "--expect", head])
    still = run(["verify", "--file", path, "--expect", EMPTY if number % 2 else head])
    fine = (sound, missed.code, still.code) == (0, 1, 0) and "cut off" in missed.out
    return Counter({"tails": 1, "tails found": fine})


def job(
    size: dict[str, int], seed: int, workers: int, small: bool
) -> Callable[[int], dict[str, Any]]:
    """The part of one worker."""

    def work(number: int) -> dict[str, Any]:
        with folder_for(True) as folder:
            path = build(folder, 60 if small else 300)
            trial = Trial(folder, path, seed + number)
            for _ in range(number, size["anywhere"], workers):
                trial.flip("anywhere", 0, len(trial.raw))
            for kind, starts in trial.pages().items():
                for _ in range(number, size["of each kind"], workers):
                    start = trial.chance.choice(starts)
                    trial.flip(kind, start, 100 if kind == "the header" else trial.page)
            for _ in range(number, size["cuts"], workers):
                trial.cut()
            for tail in range(number, size["tails"], workers):
                trial.counts += cut_tail(folder, path, tail)
            return trial.counts

    return work


def main() -> None:
    told = given(__doc__)
    figures = Figures("Damaged anywhere", told)
    size, workers = (SMALL, 1) if told.small else (FULL, 2)
    counts = together(spread(job(size, told.seed, workers, told.small), workers))
    for name in sorted(name for name in counts if name.endswith(": damaged")):
        kind = name.removesuffix(": damaged")
        changed = counts[f"{kind}: content changed"]
        figures.print(f"{kind}: damaged, content changed", f"{counts[name]}, {changed}")
    figures.print("damaged files", counts["damaged"])
    changed = counts["content changed"]
    figures.print("content changed", changed, bool)
    figures.print("found", counts["found"], lambda n: n == changed)
    for pragma in ("quick_check", "integrity_check"):
        figures.print(f"SQLite's {pragma} finds", counts[f"{pragma} finds"])
    figures.print("about events, the file still one", counts["events to name"], bool)
    figures.print(
        "first bad event named",
        counts["first bad event named"],
        lambda n: n == counts["events to name"],
    )
    figures.print("found although no content was changed", counts["found, content unchanged"])
    figures.print("neat tails cut off", counts["tails"], bool)
    figures.print("neat tails missed by --expect", counts["tails"] - counts["tails found"], zero)
    for name in sorted(name for name in counts if name.startswith("WRONG")):
        figures.wrong(name.removeprefix("WRONG "))
    figures.end()


if __name__ == "__main__":
    main()
