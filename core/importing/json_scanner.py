"""JSON from outside: values decoded one at a time, each with the line it starts on.

A document is read piece by piece: of it only the value at hand is kept, and the piece it came in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from .rows_and_faults import Broken

_PIECE = 1 << 20
"""Characters of a document that are looked at together."""

_TOKEN = 12
"""No word or escape of JSON is longer: a fault nearer to the end of a piece may be one cut off."""

_INTEGER = 15
"""Digits of a whole number that can be used; longer ones stay text, and no field takes them."""

_BLANKS = re.compile(r"[ \t\r\n]*")

Valued = tuple[int, object, list[str]]
"""The line a value starts on, the value, and what is wrong within it."""


class Number:
    """A number as it is written: amounts never pass through a binary fraction."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


class Decoder:
    """Decodes JSON values; what is wrong within one is noted, so that reading can go on."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_float=Number,
            parse_int=_whole,
            parse_constant=self._constant,
        )

    def value(self, text: str, at: int) -> tuple[object, int, list[str]]:
        """The value at a place, the place behind it, and what is wrong within it."""
        self.wrong = []
        value, end = self._decoder.raw_decode(text, at)
        return value, end, self.wrong

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(pairs)
        if len(made) != len(pairs):
            seen = set[str]()
            twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            self.wrong.append(f"key {twice!r} is twice in one object; leave one of them out")
        return made

    def _constant(self, word: str) -> None:
        self.wrong.append(f"{word} is not a JSON number; leave it out or write null")


def _whole(digits: str) -> int | Number:
    return int(digits) if len(digits) <= _INTEGER else Number(digits)


def _cut_off(error: json.JSONDecodeError, text: str) -> bool:
    return error.msg.startswith("Unterminated") or error.pos >= len(text) - _TOKEN


def describe_error(error: json.JSONDecodeError) -> str:
    """What the decoder found, within a sentence."""
    return error.msg[0].lower() + error.msg[1:]


class Scanner:
    """Steps through one JSON text; raises Broken where it is not JSON."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines, self._decoder = iter(lines), Decoder()
        self._text, self._at = "", 0
        self._line, self._counted = 1, 0

    def only_list(self) -> Iterator[Valued]:
        """The elements of a text that is a list."""
        yield from self.elements()
        self.end()

    def sequence(self) -> Iterator[Valued]:
        """Values that follow each other, over as many lines as each likes."""
        while self._peek():
            yield self.value()

    def at_path(self, path: Sequence[str]) -> Iterator[Valued]:
        """The elements of the list at a path of keys."""
        yield from self._down(path)
        self.end()

    def _down(self, path: Sequence[str]) -> Iterator[Valued]:
        if not path:
            yield from self.elements()
            return
        found, line = False, self.line
        for _, key in self.members():
            if key == path[0] and not found:
                found = True
                yield from self._down(path[1:])
            else:
                self.value()
        if not found:
            raise Broken(line, f"there is no {path[0]!r} here, where the map's rows should stand")

    def members(self) -> Iterator[tuple[int, str]]:
        """The keys of an object, each with its line; the caller takes the value behind each."""
        self._take("{")
        if self._peek() == "}":
            self._take("}")
            return
        while True:
            if self._peek() != '"':
                raise self._not_json(f"a key should stand here, not {self._quote_next()}")
            line, key, _ = self.value()
            self._take(":")
            yield line, str(key)
            if self._take(",}") == "}":
                return

    def elements(self) -> Iterator[Valued]:
        """The elements of a list."""
        self._take("[")
        if self._peek() == "]":
            self._take("]")
            return
        while True:
            yield self.value()
            if self._take(",]") == "]":
                return

    def value(self) -> Valued:
        """The value that stands here, whatever it is."""
        self._peek()
        line = self.line
        while True:
            try:
                value, end, wrong = self._decoder.value(self._text, self._at)
            except json.JSONDecodeError as error:
                if not (_cut_off(error, self._text) and self._fill()):
                    self._at = error.pos
                    raise self._not_json(describe_error(error)) from None
            except RecursionError:
                raise Broken(line, "this is nested too deep") from None
            else:
                if end < len(self._text) or not self._fill():
                    self._at = end
                    return line, value, wrong

    def end(self) -> None:
        """Nothing may follow."""
        if self._peek():
            raise self._not_json(f"the text should end here, not go on with {self._quote_next()}")

    @property
    def line(self) -> int:
        """The line we are on."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        while True:
            match = _BLANKS.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill():
                return ""

    def _take(self, expected: str) -> str:
        met = self._peek()
        if met == "" or met not in expected:
            wanted = " or ".join(expected)
            raise self._not_json(f"{wanted} should stand here, not {self._quote_next()}")
        self._at += 1
        return met

    def _not_json(self, reason: str) -> Broken:
        return Broken(self.line, f"this is not valid JSON: {reason}")

    def _quote_next(self) -> str:
        return repr(self._text[self._at : self._at + 10]) if self._peek() else "the end"

    def _fill(self) -> bool:
        """Let go of what is behind us and read on; false at the end of the text."""
        wanted = max(_PIECE, len(self._text) - self._at)
        pieces, size = [], 0
        for line in self._lines:
            pieces.append(line)
            size += len(line)
            if size >= wanted:
                break
        if not pieces:
            return False
        self._line = self.line
        self._text = self._text[self._at :] + "".join(pieces)
        self._at = self._counted = 0
        return True
