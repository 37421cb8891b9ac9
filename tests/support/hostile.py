"""Text that means harm, put wherever a ticket file can hold text."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from wcwidth import wcwidth

FIXTURES = Path(__file__).parents[2] / "fixtures"
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


class Bad(NamedTuple):
    """Bad text: for any field, for those in which control characters are refused, and a flood."""

    evil: str
    sly: str
    flood: str

    def ref(self, ref: str) -> str:
        """The ref of a fixture, poisoned."""
        return f"{ref}{self.sly}"


GIVEN = Bad(EVIL, SLY, ACCENTS)

SCRIPT = "\"'><script>pwned=1</script><img/src=x/onerror=pwned=1><svg/onload=pwned=1>{{7*7}}{%raw%}"
MARKUP = (
    f"</textarea></title></style>-->{SCRIPT}<a href='javascript:pwned=1'>x</a><base href=//x><!--"
)
MARKED = Bad(f"{MARKUP}{EVIL}", f"b{SCRIPT}z", SCRIPT)
"""Text that means to become markup of a page, or code of its template."""

SEQUENCES = (
    TITLE, RED, CLEAR, LINK, C1, OVER, LINES, HIDDEN, MARKS, "\x1bP+q544e\x1b\\", "\x1b_G\x1b\\", "\x1bc",
    "\x1b]52;c;cm0gLXJm\x07", "\x9b6n", "\x1b[?1049h", "\x1b[6n", "\x1b#8", "\x1b(0", "\x0e", "\x05", "\x9dx\x9c",
    "\x1b]1337;File=:AA==\a", "\x90x\x9c", "\x1b]8;;file:///\a", "\r\n", "\n\n", "\t", "\x1b", "\x9b", "\x7f" * 9,
)  # fmt: skip
SLY_ONES = (
    BIDI, MARKS, HIDDEN, FLOOD, ACCENTS, JOINERS, STACKED, "\ufe0f" * 40, "\u0e49" * 20, "\u20dd" * 12,
    "\u0338" * 30, "\U000e0100" * 12, "\U000e0061\U000e007f", "\u202e", "\u2067", "\u200f\u200e",
    "\u3164" * 9, "\uffa0" * 20, "\u3164", "\ud7b0" * 9, "\u034f" * 10, "\u093e" * 30, "\u17b5\u17b4" * 9,
    "\u200b" * 50, "\ufff9a\ufffab\ufffb", "\u2800", "\ue000", "\ufdd0", "\U0010ffff",
    "قطة", "ёж", "猫", "é", "😀\u200d😀", "क्\u200dष",
)  # fmt: skip


def drawn(chance: random.Random) -> Bad:
    """Bad text out of these, and out of any characters at all."""

    def some(pieces: Sequence[str], most: int) -> str:
        anything = [chr(chance.randrange(1, 0xD800)) for _ in range(3)]
        picked = chance.choices([*pieces, *anything], k=chance.randrange(2, most))
        return "".join(picked)

    sly = "".join(
        c for c in some(SLY_ONES, 9) if not unicodedata.category(c).startswith(("Z", "Cc"))
    )
    evil = f"a{some([*SEQUENCES, *SLY_ONES], 20)}z"
    return Bad(evil, f"b{sly}z", f"e{chance.choice(SLY_ONES[:10])}")


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


def poisoned(book: str, bad: Bad = GIVEN) -> dict[str, Any]:
    """The rows of a book's fixture, with something bad wherever text can stand."""
    text = (FIXTURES / f"{book}.json").read_text(encoding="utf-8")
    rows: dict[str, Any] = json.loads(text)
    kept = _fixed(rows)
    rows["customers"] = [_customer(row, bad) for row in rows["customers"]]
    rows["tickets"] = [_poison(row, kept, bad) for row in rows["tickets"]]
    return rows


_REFS = {"ref", "customer", "insists_on", "from_request"}
_FIXED = {"book", "status", "priority", "line", "type", "category", "queue", "currency", "kind", "state",
          "method", "channel", "topic", "at", "result", "tags", "number"}  # fmt: skip
"""Fields whose words a book knows, or that others name."""


def _fixed(rows: dict[str, Any]) -> set[str]:
    """Texts that look like values: dates, amounts."""
    found = re.findall(r'"([0-9][0-9T:. -]*)"', json.dumps(rows))
    return set(found)


def _customer(row: dict[str, Any], bad: Bad) -> dict[str, Any]:
    return {
        **row, "ref": bad.ref(row["ref"]), "name": f"{row.get('name')}{bad.evil}",
        "email": f"{bad.sly}@example.org", "phone": f"{row.get('phone') or ''}{bad.sly}",
    }  # fmt: skip


def _poison(value: Any, kept: set[str], bad: Bad, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _poison(one, kept, bad, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_poison(one, kept, bad, name) for one in value]
    if not isinstance(value, str) or value in kept or name in _FIXED:
        return value
    return bad.ref(value) if name in _REFS else f"{value}{bad.evil}"
