#!/usr/bin/env python
"""How long a sync of a whole ledger takes beside reading it: parsing its rows and checking each by the map.

    python scripts/bench/sync.py [ROWS]      default: 100000

A ledger of ROWS open items of ROWS / 4 customers is made, synced into an empty ticket file, and then, in
turn and each in a process of its own: read only, synced unchanged, and synced with 2% of it changed.
Printed are seconds by the clock and of the processor (the fewest of two runs), the ratio of the latter to
reading, and the largest memory. Processor seconds, since other work on the machine stretches the clock.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measuring.processes import PRASSI, Cost, run_process

AT = "2026-03-02"
LATER = "2026-03-03"

MAP = """
[customer]
ref = { column = "Customer", prefix = "C-" }
name = "Name"
email = "Mail"
[ticket]
ref = { column = "Customer", prefix = "AR-" }
book = { const = "collections" }
opened = { const = 2026-03-02 }
[items.proformas]
number = "Document"
amount = { column = "Amount", decimal = ",", negative = "credit" }
issued = { column = "Date", date = "%d/%m/%Y" }
"""


def rows(count: int, changed: bool) -> Iterator[str]:
    """The export; of each hundred items of a changed one, one is gone and one is paid in part."""
    chance = random.Random(7)
    yield "Customer;Name;Mail;Document;Date;Amount"
    for number in range(count):
        customer, amount = number // 4, chance.randint(10_000, 900_000)
        if changed and number % 100 == 17:
            continue
        if changed and number % 100 == 51:
            amount -= 5_000
        yield (
            f"{customer:06d};Officine Verdi {customer} srl;c{customer}@example.org;26/{number:07d};"
            f"{number % 28 + 1:02d}/01/2026;{amount // 100},{amount % 100:02d}"
        )


def read_only(path: str, ledger: str, by: str) -> None:
    """What a sync reads and checks before it compares: each row, and each ticket with its items."""
    from prassi.core.desk.office import Office
    from prassi.core.importing.sync import LedgerSync
    from prassi.core.importing.sync_guards import SyncOptions
    from prassi.core.importing.tallies import ImportReport
    from prassi.core.library.settings import NONE
    from prassi.core.ticketfile.open import open_file

    office = Office(open_file(path), NONE, LATER, None)
    sync = LedgerSync(office, [ledger], by, SyncOptions(), ImportReport())
    sync.read()
    for _ in sync.comparison.read_pages():
        pass


def main() -> None:
    if sys.argv[1:2] == ["--read"]:
        read_only(*sys.argv[2:])
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        names = {
            one: f"{folder}/{one}" for one in ("map.toml", "one.csv", "two.csv", "a.db", "b.db")
        }
        Path(names["map.toml"]).write_text(MAP, encoding="utf-8")
        Path(names["one.csv"]).write_text("\n".join(rows(count, False)) + "\n", encoding="utf-8")
        Path(names["two.csv"]).write_text("\n".join(rows(count, True)) + "\n", encoding="utf-8")
        subprocess.run([PRASSI, "init", "-q", "-f", names["a.db"]], check=True)
        sync = [PRASSI, "sync", "--quiet", "--map", names["map.toml"], "--at"]
        first = run_process([*sync, AT, names["one.csv"], "-f", names["a.db"]])
        print(f"{count} rows of {count // 4} customers")
        print_cost("first sync", [first], 0.0)
        found: dict[str, list[Cost]] = {}
        for _ in range(2):
            shutil.copy(names["a.db"], names["b.db"])
            read = [sys.executable, __file__, "--read"]
            found.setdefault("reading alone", []).append(
                run_process([*read, names["b.db"], names["one.csv"], names["map.toml"]])
            )
            found.setdefault("unchanged", []).append(
                run_process([*sync, LATER, names["one.csv"], "-f", names["b.db"]])
            )
            found.setdefault("2% changed", []).append(
                run_process([*sync, LATER, names["two.csv"], "-f", names["b.db"]])
            )
        floor = min(one.processor for one in found["reading alone"])
        for name, runs in found.items():
            print_cost(name, runs, floor)


def print_cost(name: str, runs: list[Cost], floor: float) -> None:
    """A line about what is measured."""
    best = min(one.processor for one in runs)
    ratio = f"{best / floor:5.2f}" if floor else "     "
    clock, memory = min(one.clock for one in runs), max(one.memory for one in runs)
    print(
        f"  {name:<16}{best:6.1f} s {ratio}  clock {clock:6.1f} s  {memory:4.0f} MiB",
        flush=True,
    )


if __name__ == "__main__":
    main()
