#!/usr/bin/env python
"""How long a night takes beside the floor: a bare sqlite3 script that writes the very same rows.

    python scripts/triage.py [BOOK ...] [N ...]    default: 10000 100000 1000000 of collections

For each N a ticket file is made with N open tickets on which the night acts (of ten: seven missed
payments, two notices whose days are over, one promise beyond the limits, which sends a notice).
Then, in turn and in processes of their own, `prassi triage --quiet` runs over one copy, and over
another copy a script inserts and updates the same rows, taken from the first, in one transaction.
While a sweep runs, agents' commands come in; how long they wait is printed too.

Of any other BOOK (`all` is every book) the tickets are those of its fixture on which the night acts,
copied. Where it acts on none there are no rows to write, so there is no floor and no ratio.

The floor sets all columns of a ticket that a night changes, as a script would that doesn't know which
they are; with `--least`, only those that change, as the sweep itself does.
"""

from __future__ import annotations

import json
import math
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator

import models
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.system.fast_json import encode
from prassi.core.ticketfile import connect
from prassi.core.ticketfile.event_hash import INSERTED
from prassi.core.ticketfile.open import create_file
from prassi.core.ticketfile.schema import TICKET
from prassi.core.ticketfile.write_events import EventRecord, EventWriter

AT = "2026-03-02"
CHUNK = 1000


def tickets(count: int) -> Iterator[list[tuple[str, tuple[object, ...]]]]:
    """The rows of each ticket due on the day, its customer's included."""
    for number in range(1, count + 1):
        kind = number % 20
        status = "pre-block" if kind % 5 == 3 else "awaiting-payment"
        broken = 2 if kind == 19 else 0
        fields: dict[str, object] = {
            "missed_calls": 0,
            "missed_appointments": 0,
            "missed_contacts": 0,
            "broken_promises": broken,
            "received": 0,
        }
        if status == "pre-block":
            fields["preblock_on"] = "2026-02-10"
        customer = (
            number,
            f"C-{number}",
            f"Officine Verdi {number} srl",
            f"c{number}@example.org",
            None,
            "it",
            None,
            None,
        )
        ticket = (
            number,
            f"T-{number}",
            "collections",
            number,
            status,
            1,
            "2026-01-15",
            "medium",
            None,
            None,
            encode(fields),
        )
        rows: list[tuple[str, tuple[object, ...]]] = [("customer", customer), ("ticket", ticket)]
        for part in range(1 + number % 3):
            proforma = {
                "number": f"PF-{number}-{part}",
                "amount": 12000 + part,
                "currency": "EUR",
                "issued": "2025-12-10",
                "paid": None,
            }
            rows.append(("item", (number, "proformas", proforma)))
        if status == "awaiting-payment":
            promise = {"pay_on": "2026-02-20", "kind": "full", "amount": None, "state": "open"}
            rows.append(("item", (number, "promises", promise)))
            rows.append(("task", (number, "payment-check", "2026-02-25")))
        else:
            rows.append(("task", (number, "preblock-check", "2026-02-25")))
            rows.append(("tag", (number, "preblocco")))
        yield rows


def make(path: str, count: int) -> None:
    """A ticket file with `count` open tickets on which the night acts."""
    connection = create_file(path)
    with connect.transaction(connection):
        writer = EventWriter(connection, "import", "2026-02-01")
        made: list[tuple[str, tuple[object, ...]]] = []
        for number, rows in enumerate(tickets(count), 1):
            made += rows
            if number % CHUNK == 0 or number == count:
                writer.write_records([EventRecord(event="import", made=made)])
                made = []
    connection.close()


def run(*command: str) -> tuple[float, float]:
    """Seconds of a process, and the peak MiB of the largest one that it was: it or a child of it."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}.")
    return took, used.ru_maxrss / 1024


FLOOR = r"""
import sqlite3, sys
path, source = sys.argv[1:]
rows = sqlite3.connect(source)
db = sqlite3.connect(path, isolation_level=None)
db.execute("PRAGMA synchronous = FULL")
statements = [row for row in rows.execute("SELECT statement, id FROM statement ORDER BY id")]
import time
ready = [(s, rows.execute(f"SELECT * FROM rows_{i}").fetchall()) for s, i in statements]
start = time.perf_counter()
db.execute("BEGIN IMMEDIATE")
for statement, values in ready:
    db.executemany(statement, values)
db.execute("COMMIT")
print(time.perf_counter() - start)
"""


WHOLE = ("status", "priority", "assignee", "result", "fields")
"""The columns of a ticket that a floor sets which doesn't know what changed."""


def taken(done: str, events: int, rows_path: str, least: bool) -> int:
    """Put what the sweep wrote aside, as statements and their rows; returns how many rows."""
    db = sqlite3.connect(rows_path)
    db.execute("ATTACH ? AS done", (done,))
    db.execute("CREATE TABLE statement (statement, id)")
    statements = {
        "run": "SELECT * FROM done.run WHERE id > 1",
        "book": "SELECT * FROM done.book",
        "event": f"SELECT * FROM done.event WHERE id > {events}",
        **{t: f"SELECT * FROM done.{t} WHERE made_by > {events}" for t in INSERTED},
        "letter": "SELECT l.* FROM done.letter AS l JOIN done.message AS m ON m.id = l.message"
        f" WHERE m.made_by > {events}",
    }
    count = 0
    for place, (table, query) in enumerate(statements.items()):
        db.execute(f"CREATE TABLE rows_{place} AS {query}")
        width = len(db.execute(f"SELECT * FROM rows_{place} LIMIT 0").description)
        insert = f"INSERT INTO {table} VALUES ({', '.join('?' * width)})"
        db.execute("INSERT INTO statement VALUES (?, ?)", (insert, place))
        count += db.execute(f"SELECT count(*) FROM rows_{place}").fetchone()[0]
    updates = {
        **{
            f"UPDATE {t} SET ended_by = ? WHERE id = ?": f"SELECT ended_by, id FROM done.{t} WHERE ended_by > {events}"
            for t in INSERTED
        },
    }
    sets = changed(db, events, least)
    for columns, tickets in sets.items():
        update = f"UPDATE ticket SET {', '.join(f'{name} = ?' for name in columns)} WHERE id = ?"
        updates[update] = (
            f"SELECT {', '.join(columns)}, id FROM done.ticket WHERE id IN ({tickets})"
        )
    for place, (update, query) in enumerate(updates.items(), 100):
        db.execute(f"CREATE TABLE rows_{place} AS {query}")
        db.execute("INSERT INTO statement VALUES (?, ?)", (update, place))
        count += db.execute(f"SELECT count(*) FROM rows_{place}").fetchone()[0]
    db.commit()
    return count


def changed(db: sqlite3.Connection, events: int, least: bool) -> dict[tuple[str, ...], str]:
    """The sets of columns to be set on tickets, with a query for the tickets of each."""
    if not least:
        return {WHOLE: f"SELECT ticket FROM done.event WHERE id > {events}"}
    db.execute("CREATE TABLE acted (ticket, columns)")
    asked = db.execute(f"SELECT ticket, changes FROM done.event WHERE id > {events}")
    found: dict[tuple[str, ...], str] = {}
    for ticket, changes in asked.fetchall():
        names = json.loads(changes)
        columns = tuple(name for name in TICKET if name in names)
        columns += ("fields",) * (len(columns) < len(names))
        if columns:
            found[columns] = f"SELECT ticket FROM acted WHERE columns = '{encode(columns)}'"
            db.execute("INSERT INTO acted VALUES (?, ?)", (ticket, encode(columns)))
    db.execute("CREATE INDEX acted_columns ON acted (columns, ticket)")
    return found


def floor(path: str, rows_path: str) -> float:
    """Seconds a bare script needs to write those rows, once they stand ready in memory."""
    out = subprocess.run(
        [sys.executable, "-c", FLOOR, path, rows_path], check=True, capture_output=True, text=True
    )
    return float(out.stdout)


def agents(path: str, count: int, stop: threading.Event, waits: list[float]) -> None:
    """Calls that come in while the sweep runs, on tickets of its own kind."""
    chance = random.Random(1)
    while not stop.is_set():
        ref = f"T-{chance.randrange(1, min(count, 10_000))}"
        start = time.perf_counter()
        command = [
            "-m",
            "prassi.cli.main",
            "call-outcome",
            ref,
            "no-answer",
            "--file",
            path,
            "--at",
            AT,
            "-q",
        ]
        if subprocess.run([sys.executable, *command], check=False).returncode:
            waits.append(math.inf)
            return
        waits.append(time.perf_counter() - start)
        time.sleep(0.2)


def measure(book: str, count: int, folder: str, with_agents: bool) -> None:
    """One size: make, sweep, floor, print."""
    base, done, bare, rows_path = (
        os.path.join(folder, n) for n in ("base", "done", "bare", "rows")
    )
    if book == "collections":
        make(base, count)
    else:
        models.make(base, book, count, AT)
    events = sqlite3.connect(base).execute("SELECT max(id) FROM event").fetchone()[0]
    shutil.copy(base, done)
    triage = ("-m", "prassi.cli.main", "triage", "--at", AT, "--quiet", "--file")
    took, memory = run(*triage, done)
    rows = taken(done, events, rows_path, "--least" in sys.argv)
    least = floor(base, rows_path) if rows else 0.0
    waits: list[float] = []
    if with_agents:
        # `base` is used up by the floor: the sweep that agents disturb runs on a fresh copy.
        make(bare, count)
        stop = threading.Event()
        thread = threading.Thread(target=agents, args=(bare, count, stop, waits))
        thread.start()
        run(*triage, bare)
        stop.set()
        thread.join()
        if math.inf in waits:
            sys.exit("An agent's call beside the sweep failed.")
    told: dict[str, object] = {
        "book": book,
        "tickets": count,
        "rows": rows,
        "sweep_s": round(took, 2),
        "floor_s": round(least, 2) or None,
        "ratio": round(took / least, 2) if rows else None,
        "tickets_per_s": round(count / took),
        "peak_mib": round(memory, 1),
        "us_per_ticket": round(took / count * 1e6, 2),
    }
    if waits:
        told["agents"], told["agent_longest_s"] = len(waits), round(max(waits), 2)
    print(json.dumps(told), flush=True)


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:] if size.isdigit()] or [10_000, 100_000, 1_000_000]
    named = [word for word in sys.argv[1:] if not word.isdigit() and word[0] != "-"]
    books = Shelf(NONE).names() if named == ["all"] else named or ["collections"]
    for book in books:
        for count in sizes:
            with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
                agents_too = "--no-agents" not in sys.argv and book == "collections"
                measure(book, count, folder, agents_too)


if __name__ == "__main__":
    main()
