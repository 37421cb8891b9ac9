"""Statements bind their values by `?` in order or by `:name`, as all Pythons from 3.11 to 3.14 take them."""

from __future__ import annotations

import re
from pathlib import Path

import prassi.core

NUMBERED = re.compile(r"[\s(=<>,]\?\d")


def test_no_statement_numbers_its_values() -> None:
    """`?1` with values in order is deprecated from Python 3.12 on, and refused by 3.14."""
    core = Path(str(prassi.core.__file__)).parent
    found = [
        f"{path.relative_to(core)}:{number}"
        for path in sorted(core.rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if NUMBERED.search(line)
    ]
    assert found == []
