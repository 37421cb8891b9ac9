"""Errors in other languages than English.

An error is raised as an English sentence, wherever that is, and becomes another language's here, in
the one place where errors are printed: the catalogue has the sentences with {0}, {1} for what is put
in, and the one is taken that fits and has most words of its own. What is put in stays as it is,
unless it is such a sentence itself. A sentence that the catalogue does not have stays English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from prassi.core.system.language import ENGLISH, ERRORS, find_spoken, list_said

_HOLE = re.compile(r"\{\d\}")
_PLACE = re.compile(r"^(\S+:\d+: )(.+)$", re.DOTALL)
_DEEPEST = 3
_LONGEST, _TAIL = 3_000, 500
"""Characters of a line that are looked at: its beginning and its end."""

_MOST_LINES = 200
"""Lines that are translated: of more faults than that, nobody reads all."""


def translate_error(text: str) -> str:
    """An error in the language that is spoken, a line each; a place in a file stays before it."""
    if find_spoken() == ENGLISH:
        return text
    lines = text.split("\n")
    return "\n".join([*map(_translate_line, lines[:_MOST_LINES]), *lines[_MOST_LINES:]])


def _translate_line(line: str) -> str:
    if len(line) > _LONGEST:  # what is quoted is that long, and is cut when it is printed anyway
        line = f"{line[: _LONGEST - _TAIL]}…{line[-_TAIL:]}"
    text = line.lstrip(" ")
    head = line[: len(line) - len(text)]
    placed = _PLACE.match(text)
    if placed is not None and (told := _translate(placed[2], _DEEPEST)) != placed[2]:
        return head + placed[1] + told
    return head + _translate(text, _DEEPEST)


def _translate(text: str, depth: int) -> str:
    """A sentence; what is put into it is translated as deep as that goes."""
    known = list_said(find_spoken(), ERRORS)
    plain = known.get(text)
    if plain is not None:
        return plain
    if depth == 0 or " " not in text:
        return text
    best = _find_best(text, known)
    named, _, rest = text.partition(" ")
    if rest.startswith(_ABOUT_INPUTS):  # such as `--on is x: it must be a date.`
        wrong = rest.removesuffix(".")
        told = _translate(wrong, depth - 1)
        if told != wrong and _weigh(_find_best(wrong, known)) > _weigh(best):
            return f"{named} {told}{rest[len(wrong) :]}"
    if best is None:
        return text
    template, values = best
    put_in = [_translate(value, depth - 1) for value in values]
    return _HOLE.sub(lambda hole: put_in[int(hole[0][1:-1])], known[template])


Fit = tuple[str, list[str]]
"""A sentence of the catalogue, and what is put into it."""

_ABOUT_INPUTS = ("is ", "has ", "contains ", "must ", "needs ", "names ")
"""How a sentence goes on about an input that is named before it."""


def _weigh(fit: Fit | None) -> tuple[int, int]:
    """How much of a text a sentence says itself: in letters, then in signs too."""
    return (0, 0) if fit is None else _count_signs(fit[0])


def _find_best(text: str, known: Mapping[str, str]) -> Fit | None:
    """The sentence that fits, with most words of its own."""
    if text in known:
        return text, []
    return max(_find_fitting(text, known), key=_weigh, default=None)


def _find_fitting(text: str, known: Mapping[str, str]) -> list[Fit]:
    """The sentences that a text can be, each with what is put in."""
    found = list[Fit]()
    for template in known:
        pieces = _split(template)
        if len(pieces) > 1 and text.startswith(pieces[0]) and text.endswith(pieces[-1]):
            values = _find_values(text, pieces)
            if values is not None:
                found.append((template, values))
    return found


@cache
def _split(template: str) -> list[str]:
    return _HOLE.split(template)


def _find_values(text: str, pieces: list[str]) -> list[str] | None:
    """What stands between the pieces of a sentence, each as short as can be; None where one is empty
    or a piece is missing. It goes through the text once."""
    values, at, end = [], len(pieces[0]), len(text) - len(pieces[-1])
    for piece in pieces[1:-1]:
        found = text.find(piece, at + 1, end)
        if found < 0:
            return None
        values.append(text[at:found])
        at = found + len(piece)
    return [*values, text[at:end]] if at < end else None


@cache
def _count_signs(template: str) -> tuple[int, int]:
    own = "".join(_split(template))
    return sum(one.isalpha() for one in own), len(own)
