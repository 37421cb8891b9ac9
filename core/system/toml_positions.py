"""Where each key of a TOML text stands.

tomllib gives values without their positions, so the same text is walked a second time, by its
structure: headers, keys, the four kinds of strings, lists and inline tables over any number of
lines, comments. A text that tomllib has read holds nothing else; where it stopped, the walk stops.
"""

from __future__ import annotations

import re
import tomllib
from typing import NamedTuple

from .toml_document import Path

_LONG_NUMBER = 4_000
"""Characters of a number; Python reads no whole number of more than 4,300 digits."""

# A group with alternatives takes no possessive quantifier: Python up to 3.11.4 goes wrong in it. Where
# each character fits one alternative only, a plain one is as quick.
_BLANKS = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*")
_BLANKS_AND_COMMAS = re.compile(r"(?:[ \t\r\n,]++|#[^\n]*+)*")
_KEY_PART = re.compile(r"""[ \t]*+([A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*"|'[^'\n]*+')[ \t]*+(\.?)""")
_EQUALS = re.compile(r"=[ \t]*+")
_HEADER_END = re.compile(r"\]\]?")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*+'",
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}#\n]++")
"""A number, a date (with or without a blank before its time), true or false."""


class Positions(NamedTuple):
    """What a walk finds: the line of each key and of each element of a list, by its path.

    A table that only the headers and keys of others name stands where the first of them does.
    `too_deep` and `long_number` are the lines where something is nested deeper than is allowed, and
    where a number is longer than any that can be read; None where there is no such thing.
    """

    lines: dict[Path, int]
    too_deep: int | None
    long_number: int | None


def find_positions(text: str, deepest: int) -> Positions:
    """Walk a text as far as it is TOML, and no path of it has more parts than `deepest`."""
    walk = _Walk(text, deepest)
    too_deep = None
    try:
        walk.document()
    except _TooDeep:
        too_deep = walk.line
    except _NotToml:
        pass
    return Positions(walk.lines, too_deep, walk.long_number)


class _NotToml(Exception):
    """What tomllib refuses too."""


class _TooDeep(Exception):
    """A path has too many parts."""


class _Open:
    """A list or an inline table that the walk is in: its path, and in a list the next place."""

    __slots__ = ("is_list", "path", "place")

    def __init__(self, path: Path, is_list: bool) -> None:
        self.path, self.is_list, self.place = path, is_list, 0


class _Walk:
    """One pass over a text. It calls itself nowhere, so no text is nested too deep for it."""

    def __init__(self, text: str, deepest: int) -> None:
        self.lines: dict[Path, int] = {}
        self.long_number: int | None = None
        self._text, self._at, self._deepest = text, 0, deepest
        self._line, self._counted = 1, 0
        self._last_tables: dict[Path, int] = {}
        """The place of the last table of each array of tables."""

    @property
    def line(self) -> int:
        """The line the walk is on."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def document(self) -> None:
        """Walk the whole text."""
        table: Path = ()
        while self._skip(_BLANKS):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._value(self._key(table))

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        """Go on behind what may stand here; false at the end of the text."""
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._at < len(self._text)

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """What has to stand here."""
        match = pattern.match(self._text, self._at)
        if match is None:
            raise _NotToml
        self._at = match.end()
        return match

    # --- headers and keys ------------------------------------------------------------------------

    def _header(self) -> Path:
        """The path of the table that `[a.b]` begins, or of the next one of the array `[[a.b]]`."""
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        path: Path = ()
        parts = self._key_parts()
        for depth, part in enumerate(parts, 1):
            path = self._note((*path, part))
            if is_array and depth == len(parts):
                self._last_tables[path] = self._last_tables.get(path, -1) + 1
            if path in self._last_tables:
                path = self._note((*path, self._last_tables[path]))
        self._take(_HEADER_END)
        return path

    def _key(self, table: Path) -> Path:
        """The path of a key, whose value comes next."""
        path = table
        for part in self._key_parts():
            path = self._note((*path, part))
        self._take(_EQUALS)
        return path

    def _key_parts(self) -> list[str]:
        parts, is_last = list[str](), False
        while not is_last:
            match = self._take(_KEY_PART)
            parts.append(_plain_part(match[1]))
            is_last = not match[2]
        return parts

    def _note(self, path: Path) -> Path:
        if len(path) > self._deepest:
            raise _TooDeep
        self.lines.setdefault(path, self.line)
        return path

    # --- values ----------------------------------------------------------------------------------

    def _value(self, path: Path) -> None:
        """Step over a value, and note the keys and elements in it."""
        inside: list[_Open] = []
        here: Path | None = path
        while here is not None:
            opener = self._text[self._at : self._at + 1]
            if opener in ("[", "{"):
                inside.append(_Open(here, opener == "["))
                self._at += 1
            else:
                self._scalar()
            here = self._next_value(inside)

    def _next_value(self, inside: list[_Open]) -> Path | None:
        """The path of the next value in what is open; None once all of it has ended."""
        while inside:
            if not self._skip(_BLANKS_AND_COMMAS):
                raise _NotToml
            innermost = inside[-1]
            if self._text[self._at] in "]}":
                self._at += 1
                inside.pop()
            elif innermost.is_list:
                innermost.place += 1
                return self._note((*innermost.path, innermost.place - 1))
            else:
                return self._key(innermost.path)
        return None

    def _scalar(self) -> None:
        if self._text[self._at : self._at + 1] in ("'", '"'):
            self._take(_STRING)
        elif len(self._take(_BARE)[0]) > _LONG_NUMBER and self.long_number is None:
            self.long_number = self.line


def _plain_part(written: str) -> str:
    """A part of a key without its quotation marks."""
    if written[0] == "'" or (written[0] == '"' and "\\" not in written):
        return written[1:-1]
    return str(tomllib.loads(f"key = {written}")["key"]) if written[0] == '"' else written
