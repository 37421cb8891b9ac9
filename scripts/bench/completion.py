#!/usr/bin/env python
"""How long a shell waits when a ref is completed, in a ticket file with many tickets.

    python scripts/bench/completion.py FILE [ROUNDS]          default: 11 rounds

FILE is a ticket file. Printed are the medians of the time on the clock and of the processor, of the
whole process that a shell starts at each press of its key: by the beginning of a ref, by a customer's
name, by a name that nobody has; and of `python -c "import sqlite3"` beside them.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
from contextlib import closing

from measuring.processes import PRASSI, run_process

ASK = [PRASSI, "completion", "bash", "--line"]


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    path, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 11
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        query = "SELECT t.ref, c.name FROM ticket AS t JOIN customer AS c ON c.id = t.customer"
        ref, name = connection.execute(f"{query} ORDER BY t.id DESC").fetchone()
    cases = {
        "the beginning of a ref": [*ASK, f"prassi show {ref[:-2]}"],
        "a customer's name": [*ASK, f"prassi show {name.split()[0]}"],
        "a name that nobody has": [*ASK, "prassi show zzzz"],
        "import sqlite3": [sys.executable, "-c", "import sqlite3"],
    }
    print(f"{'':<26}   clock  processor")
    for told, command in cases.items():
        costs = [run_process(command, environment={"PRASSI_FILE": path}) for _ in range(rounds)]
        took = 1000 * statistics.median(cost.clock for cost in costs)
        worked = 1000 * statistics.median(cost.processor for cost in costs)
        print(f"{told:<26}{took:5.0f} ms{worked:8.0f} ms")


if __name__ == "__main__":
    main()
