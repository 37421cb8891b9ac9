#!/usr/bin/env python
"""How long a command takes in `prassi desk`, which keeps the file and the books open.

    python scripts/bench/desk_prompt.py FILE TICKET [ROUNDS]          default: 21 rounds

FILE is a ticket file, TICKET one of its tickets of the book collections. Each command is typed so many
times, and nothing is written; printed are the medians of the time on the clock, without the first time.
"""

from __future__ import annotations

import contextlib
import io
import os
import statistics
import sys
import time
from collections.abc import Iterator

from prassi.cli.commands.desk import work_through

COMMANDS = (
    "show {ticket}",
    "call-outcome {ticket} no-answer -n",
    "note {ticket} called -n",
    "payment {ticket} --all -n",
    "find {ticket}",
    "log {ticket}",
)


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    path, ticket, rounds = sys.argv[1], sys.argv[2], int((*sys.argv[3:], "21")[0])
    os.environ["PRASSI_FILE"] = path
    took: list[float] = []

    def type_lines() -> Iterator[str]:
        for command in COMMANDS:
            for _ in range(rounds):
                start = time.perf_counter()
                yield command.format(ticket=ticket)
                took.append((time.perf_counter() - start) * 1000)

    lines = type_lines()
    with contextlib.redirect_stdout(io.StringIO()):
        work_through(lambda: next(lines, "exit"))
    for place, command in enumerate(COMMANDS):
        own = took[place * rounds + 1 : (place + 1) * rounds]
        print(f"{command.format(ticket=ticket):<40}{statistics.median(own):7.1f} ms")


if __name__ == "__main__":
    main()
