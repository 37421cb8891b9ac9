#!/usr/bin/env python
"""Backups made while agents work: each is the file as it was at one moment, whole, and comes back so.

    python scripts/hard/backup.py [--small] [--seed N]

Agents record calls and payments, and take some back, on one ticket file, without a rest, while one backup after the
other is made of it. Each must be sound, be readable by its owner only, and
hold exactly the events that the file had at some moment, with every row as they left it: the judge
takes the file at the end and reads from it, by plain SQL, what stood there after the backup's newest
event. Then each is restored, and must be equal to its backup.
"""

from __future__ import annotations

import os
import random
import stat
import time
from typing import Any

from common.commands import Ran, run
from common.figures import Figures, given, zero
from common.files import content, events, folder_for, make, reading
from common.workers import spread

FULL, SMALL = 100, 4
AGENTS = 3
CHANGING = ("ticket",)
"""Tables whose rows events change; what they were is in no row any more, so `verify` judges those."""


def work(path: str, number: int, seed: int, end: str) -> dict[str, Any]:
    """An agent who never rests, until a file named `end` is there."""
    chance, ends = random.Random(seed * 10 + number), []
    while not os.path.exists(end):
        ref = f"T-{10 * chance.randrange(1, 30) + chance.randrange(10)}"
        day = f"2026-{chance.randrange(3, 13):02}-{chance.randrange(10, 28)}"
        words = chance.choice(
            [
                ["call-outcome", ref, "no-answer"],
                ["payment", ref, "--all"],
                ["undo"],
                ["triage", ref],
                ["call-outcome", ref, "agreement", "--agreed-on", "2027-01-07"],
            ]
        )
        ends.append(run([*words, "--at", day, "--file", path, "--quiet"]).code)
    return {"ends": ends}


def back_up(folder: str, path: str, count: int, end: str) -> dict[str, Any]:
    """One backup after the other; how each ended and how long it took."""
    try:
        made = [_timed(path, os.path.join(folder, f"backup{n}.db")) for n in range(count)]
    finally:
        with open(end, "w"):
            pass
    return {
        "seconds": [took for _, took in made],
        "failed": [ran.err for ran, _ in made if ran.code],
    }


def _timed(path: str, copy: str) -> tuple[Ran, float]:
    began = time.monotonic()
    return run(["backup", copy, "--file", path, "--quiet"]), time.monotonic() - began


def stood(path: str, newest: int) -> dict[str, list[tuple[Any, ...]]]:
    """What stood in a file after an event, read from what stands there now."""
    with reading(path) as connection:
        undone = "SELECT undoes FROM event WHERE undoes IS NOT NULL AND id <= :newest"
        connection.execute(
            "CREATE TEMP TABLE ending AS SELECT kind.key AS of, one.value AS row, e.id AS event"
            " FROM main.event AS e, json_each(e.ended) AS kind, json_each(kind.value) AS one"
            f" WHERE e.id <= :newest AND e.id NOT IN ({undone})",
            {"newest": newest},
        )
        return {table: _rows(connection, table, newest) for table in _made(connection)}


def _made(connection: Any) -> list[str]:
    query = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND sql LIKE '%made_by%'"
    return [name for (name,) in connection.execute(query) if name not in CHANGING]


def _rows(connection: Any, table: str, newest: int) -> list[tuple[Any, ...]]:
    ended = dict(connection.execute("SELECT row, event FROM ending WHERE of = ?", (table,)))
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    place = columns.index("ended_by")
    query = f"SELECT * FROM {table} WHERE made_by <= ? ORDER BY id"
    return [
        (*row[:place], ended.get(row[0]), *row[place + 1 :])
        for row in connection.execute(query, (newest,))
    ]


def is_equal(path: str, copy: str) -> bool:
    """Whether a backup is the file as it was after the backup's newest event."""
    there, backed_up = events(path), events(copy)
    same = all(there.get(number) == row for number, row in backed_up.items())
    now = content(copy)
    before = stood(path, max(backed_up))
    return (
        same
        and [*backed_up] == [*there][: len(backed_up)]
        and all(now[table] == rows for table, rows in before.items())
    )


def comes_back(folder: str, copy: str) -> bool:
    """Whether what is restored is equal to the backup, but for the messages that are held in it."""
    back = os.path.join(folder, "back.db")
    ran = run(["restore", copy, "--file", back, "--quiet"])
    same = ran.code == 0
    if same:
        was, now = content(copy), content(back)
        old, new = events(copy), events(back)
        held = [row for number, row in new.items() if number not in old]
        same = all(new.get(number) == row for number, row in old.items())
        same &= all(row[2] == "message" and '"to":"held"' in row[4] for row in held)
        same &= all(was[t] == now[t] for t in was if t not in ("run", "event", "message"))
        same &= len(was["message"]) == len(now["message"])
    if os.path.exists(back):
        os.remove(back)
    return same


def main() -> None:
    told = given(__doc__)
    figures = Figures("Backups while agents work", told)
    count = SMALL if told.small else FULL
    with folder_for(told.small) as folder:
        path, end = make(os.path.join(folder, "tickets.db"), 300), os.path.join(folder, "end")
        said = spread(
            lambda number: (
                back_up(folder, path, count, end)
                if number == 0
                else work(path, number, told.seed, end)
            ),
            1 + AGENTS,
        )
        copies = [os.path.join(folder, f"backup{number}.db") for number in range(count)]
        judge(figures, folder, path, [copy for copy in copies if os.path.exists(copy)], count)
        for name in said[0]["failed"]:
            figures.wrong(name)
        ends = [code for one in said[1:] for code in one["ends"]]
        figures.print("agents' commands meanwhile", len(ends), bool)
        figures.print("of them failed", sum(code not in (0, 2, 3) for code in ends), zero)
        figures.print("longest backup, s", f"{max(said[0]['seconds']):.2f}")
        figures.print(
            "the file at the end: verify ended with", run(["verify", "--file", path]).code, zero
        )
    figures.end()


def judge(figures: Figures, folder: str, path: str, copies: list[str], count: int) -> None:
    """Each backup by itself."""
    figures.print("backups", len(copies), lambda n: n == count)
    moments = len({len(events(copy)) for copy in copies})
    # On a machine that is busy, four backups may be done before an agent is.
    figures.print("of different moments", moments, lambda n: n > 1 or count == SMALL)
    closed = sum(stat.S_IMODE(os.stat(copy).st_mode) == 0o600 for copy in copies)
    figures.print("readable by their owner only", closed, lambda n: n == count)
    sound = sum(run(["verify", "--file", copy]).code == 0 for copy in copies)
    figures.print("sound", sound, lambda n: n == count)
    equal = sum(is_equal(path, copy) for copy in copies)
    figures.print("equal to the file at their moment", equal, lambda n: n == count)
    back = sum(comes_back(folder, copy) for copy in copies)
    figures.print("equal to their backup when restored", back, lambda n: n == count)


if __name__ == "__main__":
    main()
