#!/usr/bin/env python
"""What holds for any tickets and any events, tried many times as often as in the suite.

    python scripts/hard/properties.py [--small] [--seed N]

The properties are those of tests/desk/test_properties.py, that an import of an export is the identity
(tests/ticketfile/test_export.py), and that each key of a TOML file is found where it was written
(tests/system/test_toml_positions.py): the suite tries each a few times, this 25 times as often.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from common.figures import Figures, given, zero

ROOT = Path(__file__).parents[2]
PROPERTIES = {
    "tests/desk/test_properties.py": "properties",
    "tests/system/test_toml_positions.py::test_every_key_stands_where_it_was_written": "lines of TOML",
    "tests/ticketfile/test_export.py::test_import_then_export_is_the_identity": "import and export",
}
FULL, SMALL = 4, 1


def main() -> None:
    told = given(__doc__)
    figures = Figures("Properties of any tickets and events", told)
    tries = SMALL if told.small else FULL
    figures.print("times as often as in the suite", tries)
    for which, name in PROPERTIES.items():
        words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--timeout", "3600"]
        words += ["--hypothesis-profile", "new", "--hypothesis-seed", str(told.seed), which]
        env = {**os.environ, "PRASSI_TRIES": str(tries)}
        ran = subprocess.run(
            words, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=False
        )
        passed = re.search(r"(\d+) passed", ran.stdout)
        figures.print(f"{name}: held", int(passed[1]) if passed else 0, bool)
        figures.print(f"{name}: exit code", ran.returncode, zero)
        if ran.returncode:
            figures.wrong(ran.stdout)
    figures.end()


if __name__ == "__main__":
    main()
