#!/usr/bin/env python
"""CSV for spreadsheets, opened by a real one: LibreOffice counts the formulas it finds.

    python scripts/hard/sheets.py [--small] [--seed N]

Names of customers, refs of tickets and letters are full of what begins a formula. What `--csv` prints
is opened with each delimiter that a program may take for one: there must be no formula. What
`--csv --raw` prints has formulas, so that it is known that they are found. Where there is no
LibreOffice, the script says so and ends well.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from common.commands import good
from common.figures import Figures, given, zero
from common.files import AT

DELIMITERS = {"comma": 44, "semicolon": 59, "tab": 9, "bar": 124, "any of them": "44/59/9/124"}
STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t=",
    " =",
    "'=",
    '"=',
    ";=",
    ",=",
    "|=",
    "a;=",
    "a\t=",
    'a";"=',
    "＝",
    "\u200e=",
)
BODIES = (
    "1+1",
    "SUM(1,1)",
    "SUM(1;1)",
    "A1",
    "1+1;2",
    'HYPERLINK("http://localhost";"x")',
    "cmd|'/c x'!A0",
    "2",
)
LISTS = ("sheet preblock", "outbox list")


def text(chance: random.Random) -> str:
    """A text that could be taken for a formula."""
    parts = [
        f"{chance.choice(STARTS)}{chance.choice(BODIES)}" for _ in range(chance.choice((1, 1, 2)))
    ]
    return chance.choice(("", "a ", "5")) * (chance.random() < 0.2) + chance.choice(
        ("", ";", " ")
    ).join(parts)


def rows(chance: random.Random, count: int) -> dict[str, object]:
    customers: list[dict[str, object]] = [
        {"ref": f"={n}+C", "name": text(chance), "email": "a@example.org"} for n in range(count)
    ]
    tickets: list[dict[str, object]] = [
        {
            "ref": f"=T+{n}",
            "book": "collections",
            "customer": f"={n}+C",
            "status": "pre-block",
            "preblock_on": "2026-02-20" if n % 2 else "2026-01-20",
            "assignee": text(chance).strip(),
            "proformas": [{"number": text(chance) + str(n), "amount": "5.00"}],
        }
        for n in range(count)
    ]
    for number, ticket in enumerate(tickets):
        if number % 3 == 0:
            ticket |= {"ref": f"=N+{number}", "status": "new", "preblock_on": None}
    return {"customers": customers, "tickets": tickets}


def formulas(office: str, folder: Path, printed: str, delimiter: object) -> int:
    """How many cells LibreOffice takes for formulas."""
    path = folder / "list.csv"
    path.write_text(printed, encoding="utf-8", newline="")
    words = [
        office,
        "--headless",
        f"-env:UserInstallation=file://{folder / 'office'}",
        "--convert-to",
        "fods",
        "--outdir",
        str(folder),
        f"--infilter=CSV:{delimiter},34,76,1,,0,false,true,false,false",
        str(path),
    ]
    subprocess.run(words, check=True, capture_output=True, timeout=300)
    made = folder / "list.fods"
    found = re.findall(r"table:formula=", made.read_text(encoding="utf-8"))
    cells = re.findall(r"<table:table-cell", made.read_text(encoding="utf-8"))
    made.unlink()
    if len(cells) < 10:
        sys.exit(f"LibreOffice has read {len(cells)} cells of {len(printed)} characters")
    return len(found)


def main() -> None:
    told = given(__doc__)
    figures = Figures("Spreadsheets", told)
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        figures.skip("LibreOffice (soffice) is not installed, so no spreadsheet opened anything")
    chance = random.Random(told.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = str(folder / "tickets.db")
        source = folder / "rows.json"
        source.write_text(json.dumps(rows(chance, 60 if told.small else 1500)), encoding="utf-8")
        good(["init", "--file", file])
        good(["import", str(source), "--file", file, "--at", AT])
        for number in range(0, 60 if told.small else 180, 3):
            good(["call-outcome", f"=N+{number}", "no-answer", "-q", "--file", file, "--at", AT])
        found = raw_ones = 0
        for words in LISTS:
            printed = {
                raw: good([*words.split(), "--csv", *raw, "--file", file, "--at", AT]).out
                for raw in ((), ("--raw",))
            }
            for delimiter, code in DELIMITERS.items():
                count = formulas(office, folder, printed[()], code)
                figures.print(f"{words}: formulas, opened by {delimiter}", count, zero)
                found += count
            count = formulas(office, folder, printed[("--raw",)], 44)
            figures.print(f"{words} --raw: formulas", count, bool)
            raw_ones += count
        figures.print("lists", len(LISTS))
        figures.print("formulas", found, zero)
        figures.print("formulas in the raw lists", raw_ones, bool)
    figures.end()


if __name__ == "__main__":
    main()
