#!/usr/bin/env python
"""How long `prassi what-if` takes beside a dry-run triage of the same file, and what memory it takes.

    python scripts/bench/what_if.py [N ...]    default: 10000 100000

For each N a ticket file is made with N open tickets of collections, as triage.py makes it.
Then, in turn and in processes of their own, a dry-run triage and a trial run over it, some rounds:
the middle one counts, in seconds of the processor, user's and system's. The trial has another figure
and another closure, and lists every ticket that goes another way. Beside the triage that prints what
is to be done there is one that prints nothing, and so has less to work out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from statistics import median

import triage

ROUNDS = 3
AT = triage.AT
COMMANDS = {
    "triage": ("triage", "--dry-run"),
    "quiet": ("triage", "--dry-run", "--quiet"),
    "what_if": ("what-if", "--set", "collections.preblock_days=25", "--closure", AT, "--list"),
}


def run(path: str, *command: str) -> tuple[float, float]:
    """Seconds of the processor and peak MiB of a command."""
    words = [sys.executable, "-m", "prassi.cli.main", *command, "--file", path, "--at", AT]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def measure(count: int) -> dict[str, object]:
    """One size: make it, run each command some rounds in turn."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        path = os.path.join(folder, "base")
        triage.make(path, count)
        ran = [{name: run(path, *words) for name, words in COMMANDS.items()} for _ in range(ROUNDS)]
    took = {name: median(one[name][0] for one in ran) for name in COMMANDS}
    return {
        "tickets": count,
        **{f"{name}_s": round(seconds, 2) for name, seconds in took.items()},
        "ratio": round(took["what_if"] / took["triage"], 2),
        "ratio_to_quiet": round(took["what_if"] / took["quiet"], 2),
        "peak_mib": round(max(one["what_if"][1] for one in ran), 1),
    }


def main() -> None:
    for count in [int(size) for size in sys.argv[1:]] or [10_000, 100_000]:
        print(json.dumps(measure(count)), flush=True)


if __name__ == "__main__":
    main()
