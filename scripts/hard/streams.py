#!/usr/bin/env python
"""Every command with streams that are closed, full or of another encoding, and beside each broken book.

    python scripts/hard/streams.py [--small] [--seed N]

These are tests/cli/test_streams.py and tests/cli/test_faulty_books.py, the slow ones too: each command
line with each kind of streams, its exit code compared with what was committed; and each book broken in
each way, with the night, the export and all other commands on tickets of other books.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from common.figures import Figures, given, zero

ROOT = Path(__file__).parents[2]
SUITES = {
    "tests/cli/test_streams.py": "commands with such streams",
    "tests/cli/test_faulty_books.py": "commands beside a broken book",
}


def main() -> None:
    told = given(__doc__)
    figures = Figures("Streams and broken books", told)
    which = "not slow" if told.small else "slow or not slow"
    for file, name in SUITES.items():
        words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", which, file]
        ran = subprocess.run(
            [*words, "-n", "2", "--timeout", "3600"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        passed, failed = (
            re.search(rf"(\d+) {word}", ran.stdout) for word in ("passed", "(?:failed|error)")
        )
        figures.print(name, int(passed[1]) if passed else 0, bool)
        figures.print(f"{name}: wrong", int(failed[1]) if failed else 0, zero)
        if ran.returncode:
            figures.wrong(ran.stdout[-3000:])
    figures.end()


if __name__ == "__main__":
    main()
