#!/usr/bin/env python
"""How long `find` and `list` take over many tickets, beside a bare sqlite3 script that reads the same rows.

    python scripts/bench/lists.py FILE [ROUNDS]          default: 11 rounds

FILE is a ticket file. Command and script run in turn, in processes of their own; printed are the
medians of the time on the clock and of the processor, and the difference of the latter.
"""

from __future__ import annotations

import statistics
import sys
from functools import partial

from measuring.processes import PRASSI, run_in_turn, run_process

BARE = """
import sqlite3, sys
connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
print(sum(1 for _ in connection.execute(sys.argv[2])))
"""
OPEN = "t.open = 1 AND t.ended_by IS NULL"
NEXT = (
    "(SELECT due FROM task AS k WHERE k.ticket = t.id AND k.ended_by IS NULL ORDER BY due LIMIT 1)"
)
OWED = (
    "(SELECT sum(coalesce(data ->> '$.left', data ->> '$.amount')) FROM item AS i WHERE i.ticket = t.id"
    " AND kind = 'proformas' AND ended_by IS NULL AND data ->> '$.paid' IS NULL)"
)
WORDS = (
    "SELECT t.id FROM ticket AS t JOIN customer AS c ON c.id = t.customer"
    " WHERE c.name LIKE '%{0}%' OR c.ref LIKE '%{0}%' OR t.ref LIKE '%{0}%' OR EXISTS (SELECT 1 FROM note AS n"
    " WHERE n.ticket = t.id AND n.text LIKE '%{0}%')"
)
CASES = {
    "list --limit 20": f"SELECT id FROM ticket AS t WHERE {OPEN}",
    "list customer:bolle --limit 20": f"SELECT t.id FROM ticket AS t JOIN customer AS c ON c.id = t.customer"
    f" WHERE {OPEN} AND c.name LIKE '%bolle%'",
    "list status:calling missed_calls:>30": f"SELECT id FROM ticket AS t WHERE {OPEN} AND status = 'calling'"
    " AND fields ->> '$.missed_calls' > 30",
    "list due:<=2020-01-01": f"SELECT id FROM ticket AS t WHERE {OPEN} AND {NEXT} <= '2020-01-01'",
    "list amount:>5000": f"SELECT id FROM ticket AS t WHERE {OPEN} AND {OWED} > 500000",
    "list proformas.amount:>4000 proformas.paid:none": "SELECT ticket FROM item WHERE kind = 'proformas'"
    " AND ended_by IS NULL AND data ->> '$.amount' > 400000 AND data ->> '$.paid' IS NULL",
    "list note:~zzzz": "SELECT ticket FROM note WHERE ended_by IS NULL AND text LIKE '%zzzz%'",
    "list --sort due --limit 20": f"SELECT id FROM ticket AS t WHERE {OPEN} ORDER BY {NEXT} LIMIT 20",
    "find bolle --limit 20": WORDS.format("bolle"),
    "find zzzz": WORDS.format("zzzz"),
    "find 00 --limit 20": WORDS.format("00"),
    "find t --limit 20": WORDS.format("t"),
}


def main() -> None:
    file, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 11
    print(
        "| command | ms | bare | processor ms | bare | more |\n| --- | --- | --- | --- | --- | --- |"
    )
    for words, query in CASES.items():
        ours = [PRASSI, *words.split(), "--file", file, "--at", "2026-03-02", "-q"]
        bare = [sys.executable, "-c", BARE, file, query]
        jobs = {"ours": partial(run_process, ours), "bare": partial(run_process, bare)}
        middles = [
            1000 * statistics.median(times)
            for costs in run_in_turn(rounds, jobs).values()
            for times in list(zip(*costs, strict=True))[:2]
        ]
        clock, worked, bare_clock, bare_worked = middles
        print(
            f"| `{words}` | {clock:.0f} | {bare_clock:.0f} | {worked:.0f} | {bare_worked:.0f}"
            f" | {worked - bare_worked:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
