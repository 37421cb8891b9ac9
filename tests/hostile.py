"""Text that means harm, put wherever a ticket file can hold text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from wcwidth import wcwidth

FIXTURES = Path(__file__).parent.parent / "fixtures"
BOOKS = ("cases", "collections", "insistence", "packages", "requests")

TITLE, RED, CLEAR, LINK = "\x1b]0;pwned\x07", "\x1b[31m", "\x1b[2J", "\x1b]8;;http://x\x1b\\"
C1 = "\x9b31m\x9dtitle\x9c\x85\x90"
OVER = "\rover\x08\x7f\x0b\x0c"
BIDI = "\u202egnp.exe\u202c \u202atext\u2066text\u2067\u2069\u061c"
LINES = "\u2028\u2029\ufeff"
HIDDEN = "\u200b\u00ad\u2060\u180e\ufff9\U000e0041\U0001d173"
MARKS = "\u200e\u200f"
ACCENTS, JOINERS, STACKED = "e" + "\u0301" * 60, "x" + "\u200d\u200c" * 40, "ᄀ" + "\u1161" * 40
FLOOD = f"{ACCENTS}{JOINERS}{STACKED}"
SLY = f"b{BIDI}{MARKS}{HIDDEN}{FLOOD}z"
"""What may stand where control characters are refused."""

EVIL = f"a{TITLE}{RED}{CLEAR}{LINK}{C1}{OVER}{BIDI}{LINES}{HIDDEN}{FLOOD}{MARKS}z"

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u202a-\u202e\u2028\u2029\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
MOST = 8
"""Characters without a width that may follow one another."""


def steers(printed: str) -> str | None:
    """What of a printout could steer a terminal, or lie upon other text; None where nothing does."""
    if found := UNSAFE.search(printed):
        return repr(printed[max(0, found.start() - 40) : found.end() + 10])
    run = 0
    for place, character in enumerate(printed):
        run = run + 1 if wcwidth(character) == 0 else 0
        if run > MOST:
            return f"a flood after {printed[max(0, place - 60) : place - MOST]!r}"
    return None


def sly(ref: str) -> str:
    """The ref of a fixture, poisoned."""
    return f"{ref}{SLY}"


def poisoned(book: str) -> dict[str, Any]:
    """The rows of a book's fixture, with something bad wherever text can stand."""
    text = (FIXTURES / f"{book}.json").read_text(encoding="utf-8")
    rows: dict[str, Any] = json.loads(text)
    kept = _fixed(rows)
    rows["customers"] = [_customer(row) for row in rows["customers"]]
    rows["tickets"] = [_poison(row, kept) for row in rows["tickets"]]
    return rows


_REFS = {"ref", "customer", "insists_on", "from_request"}
_FIXED = {"book", "status", "priority", "line", "type", "category", "queue", "currency", "kind", "state",
          "method", "channel", "topic", "at", "result", "tags", "number"}  # fmt: skip
"""Fields whose words a book knows, or that others name."""


def _fixed(rows: dict[str, Any]) -> set[str]:
    """Texts that look like values: dates, amounts."""
    found = re.findall(r'"([0-9][0-9T:. -]*)"', json.dumps(rows))
    return set(found)


def _customer(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row, "ref": sly(row["ref"]), "name": f"{row.get('name')}{EVIL}",
        "email": f"{SLY}@example.org", "phone": f"{row.get('phone') or ''}{SLY}",
    }  # fmt: skip


def _poison(value: Any, kept: set[str], name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _poison(one, kept, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_poison(one, kept, name) for one in value]
    if not isinstance(value, str) or value in kept or name in _FIXED:
        return value
    return sly(value) if name in _REFS else f"{value}{EVIL}"
