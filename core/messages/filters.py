"""The filters of templates: amounts, dates, plurals and columns as a language writes them, and who signs
a short message."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache

from .locale_formats import FORMS, Locale
from .sms_segments import MOST, plain, segments

_WIDEST_COLUMN = 40
_LARGEST_COUNT = 10**15
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = "\u200e", "\u200f"

_ELIDED = {
    "it": {"il": "l'", "al": "all'", "del": "dell'", "dal": "dall'", "nel": "nell'", "sul": "sull'"}
}
"""Words that lose their end before a day whose number begins with a vowel: l'8, all'11."""

_VOWEL_DAYS = ("08", "11")


def make_filters(customs: Locale) -> dict[str, Callable[..., str]]:
    """What templates can pass a value through, besides Jinja's own filters.

    12000 | money("EUR")                        120,00 €
    "2026-03-02" | day                          2 marzo 2026; a moment with its time
    "2026-03-08" | day("entro il")              entro l'8 marzo 2026
    "2026-03-02" | plus_days(15)                2026-03-17
    3 | plural(one="un giorno", other="{n} giorni")
    company.phone | ltr                         keeps its order among Arabic letters
    (number, amount) | row                      a row, to be lined up by `columns("<>")`
    text | signed(company.name)                 the sender's name in front, where an SMS has room
    """
    ltr = _ltr_of(customs)
    return {
        "money": customs.money,
        "day": _day_of(customs),
        "plus_days": plus_days,
        "plural": _plural_of(customs),
        "ltr": ltr,
        "row": _row_of(customs),
        "columns": columns,
        "signed": _signed_of(customs, ltr),
    }


def _day_of(customs: Locale) -> Callable[..., str]:
    elided = _ELIDED.get(customs.language.partition("-")[0], {})

    def day(when: str, before: str = "") -> str:
        """A long date, with words in front that end as the date wants them."""
        if not isinstance(before, str):
            raise ValueError(f"day takes words in front, such as 'entro il', not {before!r}")
        written = customs.day(when)
        words, _, last = before.rpartition(" ")
        if last in elided and when[8:10] in _VOWEL_DAYS:
            return f"{words} {elided[last]}{written}".lstrip()
        return f"{before} {written}".lstrip()

    return day


def _plural_of(customs: Locale) -> Callable[..., str]:
    @lru_cache(1000)
    def form_of(count: int) -> str:
        return customs.plural(count)

    def plural(count: int, *, other: str, **forms: str) -> str:
        unknown = [form for form in forms if form not in FORMS]
        if unknown or type(count) is not int or abs(count) > _LARGEST_COUNT:
            raise ValueError(f"plural needs a whole number and forms out of {', '.join(FORMS)}")
        return forms.get(form_of(count), other).replace("{n}", str(count))

    return plural


def _ltr_of(customs: Locale) -> Callable[[object], str]:
    def ltr(text: object) -> str:
        """A number or address that keeps its order among letters that run the other way."""
        if text is None or text == "":
            return ""
        mark = _LEFT_TO_RIGHT if customs.rtl else ""
        return f"{mark}{text}{mark}"

    return ltr


def _signed_of(customs: Locale, ltr: Callable[[object], str]) -> Callable[..., str]:
    # A short message runs as its first letter does, which may be one of a Latin name.
    first = _RIGHT_TO_LEFT if customs.rtl else ""

    def signed(text: str, name: object) -> str:
        """A short message with its sender's name in front, unless it then has too many segments."""
        if not isinstance(text, str):
            raise ValueError(f"signed is for a text, not {text!r}")
        text = text.strip()
        whole = f"{first}{ltr(name)}: {text}"
        return whole if name and segments(plain(whole)) <= MOST else text

    return signed


def plus_days(when: str, days: int) -> str:
    """The ISO date some days after an ISO date or moment."""
    return (date.fromisoformat(when[:10]) + timedelta(days=days)).isoformat()


def _row_of(customs: Locale) -> Callable[[Sequence[object]], str]:
    def row(cells: Sequence[object]) -> str:
        """Cells as a row for `columns`."""
        listed = (cells,) if isinstance(cells, str) else cells
        return "\t".join(["" if cell is None else str(cell) for cell in listed])

    def marked_row(cells: Sequence[object]) -> str:
        """A row whose cells begin with a mark that keeps each in its place in Arabic."""
        texts = [cell.removeprefix(_RIGHT_TO_LEFT) for cell in row(cells).split("\t")]
        return "\t".join([f"{_RIGHT_TO_LEFT}{text}" if text else "" for text in texts])

    return marked_row if customs.rtl else row


def columns(text: str, align: str) -> str:
    """Rows made by `row`, one a line, as an indented table; the first one is its heading.

    `align` has `<` or `>` for each column. A column with nothing but its heading is left out, and
    a row of one cell, as `-`, is a rule made of it.
    """
    rows = [line.split("\t") for line in text.splitlines() if line.strip()]
    full = [cells for cells in rows if len(cells) > 1]
    if len(align) < 2 or any(len(cells) != len(align) for cells in full):
        raise ValueError(f"columns needs two or more, and as many cells in a row, not {align!r}")
    sides = zip(zip(*full, strict=True), align, strict=False)
    padded = [_pad(cells, side) for cells, side in sides if any(cells[1:] or cells)]
    lines = zip(*[cells for _, cells in padded], strict=True)
    widths = [width for width, _ in padded]
    return "\n".join(
        [
            f"  {'  '.join(next(lines) if len(cells) > 1 else _rule(cells[0], widths))}".rstrip()
            for cells in rows
        ]
    )


def _pad(cells: Sequence[str], side: str) -> tuple[int, list[str]]:
    """The width of a column, and its cells, all as wide; those that are too wide stay as they are."""
    widths = [len(cell) if cell.isascii() else _width(cell) for cell in cells]
    widest = min(_WIDEST_COLUMN, max(widths))
    spaces = [" " * (widest - width) for width in widths]
    pairs = zip(spaces, cells, strict=True) if side == ">" else zip(cells, spaces, strict=True)
    return max(widest, min(widths)), [left + right for left, right in pairs]


def _rule(stroke: str, widths: Sequence[int]) -> list[str]:
    return [stroke[:-1] + stroke[-1] * width for width in widths]


_SHORT = 100
"""Characters of a text whose width is kept: as many long ones would fill the memory."""


def _width(text: str) -> int:
    """How many columns of a terminal a text takes: marks take none, wide letters two."""
    if text.isascii():
        return len(text)
    return _measure_short(text) if len(text) <= _SHORT else sum(map(_cells, text))


@lru_cache(10_000)
def _measure_short(text: str) -> int:
    return sum(map(_cells, text))


@lru_cache(10_000)
def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
