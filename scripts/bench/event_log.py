#!/usr/bin/env python
"""How long the log of a real help desk takes to come in, and whether each of its rows is there.

    python scripts/bench/event_log.py HELPDESK.csv.gz

The file is a public log of an Italian help desk, a row an event (in process mining "Helpdesk": columns
Case ID, Activity, Resource, Complete Timestamp, customer). It has no licence, so it is not part of
Prassi. It is brought in twice, into ticket files of their own: once with all rows as notes, and once
with those rows as events that the book `requests` takes. Printed are seconds of the processor, and the
rows that are in neither a note nor an event, of which there must be none.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring.processes import PRASSI, run_process

LIMIT = 30
"""Seconds of the processor."""

NOTES = """
[source]
order = "Complete Timestamp"
[customer]
ref = "customer"
[ticket]
ref = { column = "Case ID", prefix = "L-" }
book = { const = "requests" }
type = { const = "support" }
customer = { column = "customer", take = "first" }
opened = { column = "Complete Timestamp", moment = "%Y/%m/%d %H:%M:%S.%f", take = "first" }
owner = { column = "Resource", take = "first" }
[notes]
at = { column = "Complete Timestamp", moment = "%Y/%m/%d %H:%M:%S.%f" }
text = { column = ["Activity", "Resource"], join = ", by " }
"""
EVENTS = """
[events]
event = { column = "Activity", values = { "Take in charge ticket" = "request", "Wait" = "request", "Resolve ticket" = "request", "Closed" = "request" }, other = "" }
at = { column = "Complete Timestamp", moment = "%Y/%m/%d %H:%M:%S.%f" }
what = { column = "Activity", values = { "Closed" = "close" }, other = "move" }
state = { column = "Activity", values = { "Take in charge ticket" = "in-progress", "Wait" = "waiting", "Resolve ticket" = "completed" }, other = "" }
owner = "Resource"
refused = "note"
"""  # noqa: E501


def bring_in(folder: Path, by: str) -> tuple[dict[str, object], float]:
    """What an import of the log says, and how many seconds of the processor it takes."""
    (folder / "map.toml").write_text(by, encoding="utf-8")
    (folder / "tickets.db").unlink(missing_ok=True)
    subprocess.run([PRASSI, "init", "--quiet"], cwd=folder, check=True)
    words = ["import", "log.csv", "--map", "map.toml", "--json", "--at", "2026-03-02"]
    printed = folder / "printed.json"
    cost = run_process([PRASSI, *words], str(folder), target=str(printed))
    made: dict[str, object] = json.loads(printed.read_text(encoding="utf-8"))
    return made, cost.processor


def count_made(made: dict[str, object]) -> int:
    """How many rows are in a note or an event."""
    items = made.get("items") or {}
    events = items.get("events", 0) if isinstance(items, dict) else 0
    return int(str(made.get("notes", 0))) + int(events)


def main() -> None:
    if len(sys.argv) != 2 or not os.path.exists(sys.argv[1]):
        sys.exit("name the log, helpdesk.csv.gz: it is not part of Prassi.")
    with tempfile.TemporaryDirectory() as name:
        folder, wrong = Path(name), False
        text = gzip.decompress(Path(sys.argv[1]).read_bytes()).decode()
        (folder / "log.csv").write_text(text, encoding="utf-8")
        rows = sum(1 for _ in csv.reader(text.splitlines())) - 1
        for what, by in (("rows as notes", NOTES), ("rows as events", NOTES + EVENTS)):
            made, seconds = bring_in(folder, by)
            lost = rows - count_made(made)
            wrong |= bool(lost) or seconds > LIMIT
            told = f"{made['tickets']} tickets, {rows} rows, {lost} of them lost"
            print(f"{what}: {told}, {seconds:.1f} s of the processor")
    sys.exit(wrong)


if __name__ == "__main__":
    main()
