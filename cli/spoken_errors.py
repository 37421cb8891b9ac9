"""Errors in other languages than English.

An error is raised as an English sentence, wherever that is, and becomes another language's here, in
the one place where errors are printed: the catalogue has the sentences with {0}, {1} for what is put
in, and the one is taken that fits and has most words of its own. What is put in stays as it is,
unless it is such a sentence itself. A sentence that the catalogue does not have stays English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
    return _solve(text, depth)[1]


def _solve(text: str, depth: int) -> tuple[Weight, str]:
    """A sentence, and how much of it is known; what is put into it is translated as deep as that goes."""
    known = list_said(find_spoken(), ERRORS)
    if text in known:
        return _count_signs(text), known[text]
    if depth == 0 or " " not in text:
        return _NOTHING, text
    ways = [_solve_whole(text, known, depth), _solve_input(text, depth), _solve_head(text, depth)]
    if text.endswith("."):  # which is put behind some sentences that are told as faults
        weight, told = _solve_whole(text[:-1], known, depth)
        ways.append((weight, f"{told}."))
    return max(ways, key=lambda way: way[0])


def _solve_whole(text: str, known: Mapping[str, str], depth: int) -> tuple[Weight, str]:
    """The sentence of the catalogue that fits, with most words of its own."""
    if text in known:
        return _count_signs(text), known[text]
    fits = _find_fitting(text, known)
    if not fits:
        return _NOTHING, text
    template, values = max(fits, key=lambda fit: _count_signs(fit[0]))
    put_in = [_solve(value, depth - 1) for value in values]
    told = _HOLE.sub(lambda hole: put_in[int(hole[0][1:-1])][1], known[template])
    return _add([_count_signs(template), *(weight for weight, _ in put_in)]), told


def _solve_input(text: str, depth: int) -> tuple[Weight, str]:
    """An input and what is wrong with it, such as `--on is x: it must be a date.`"""
    named, _, rest = text.partition(" ")
    if not rest.startswith(_ABOUT_INPUTS):
        return _NOTHING, text
    wrong = rest.removesuffix(".")
    weight, told = _solve(wrong, depth - 1)
    return weight, f"{named} {told}{rest[len(wrong) :]}"


def _solve_head(text: str, depth: int) -> tuple[Weight, str]:
    """A place, a rule or an option with its value, and what is wrong there."""
    head, colon, rest = text.partition(": ")
    if not colon:
        return _NOTHING, text
    known, told = _solve(head, depth - 1)
    if known == _NOTHING and " " in head and not head.startswith("--"):
        return _NOTHING, text
    weight, wrong = _solve(rest, depth - 1)
    return _add([known, weight]), f"{told}: {wrong}"


def _add(weights: Sequence[Weight]) -> Weight:
    return sum(one for one, _ in weights), sum(signs for _, signs in weights)


_ABOUT_INPUTS = ("is ", "has ", "contains ", "must ", "needs ", "names ")
"""How a sentence goes on about an input that is named before it."""

Weight = tuple[int, int]
"""How much of a text is known: in letters, then in signs too."""

_NOTHING = (0, 0)

Fit = tuple[str, list[str]]
"""A sentence of the catalogue, and what is put into it."""


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
def _count_signs(template: str) -> Weight:
    own = "".join(_split(template))
    return sum(one.isalpha() for one in own), len(own)
