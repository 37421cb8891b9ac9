"""A reader of FEEL's unary tests, written from the standard and not from what writes them.

Of the grammar of DMN 1.3 (10.3.1.2) it reads what tables use: `-`, `not(...)`, values, comparisons and
closed ranges, with commas between alternatives. A comparison with null is neither true nor false.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

Value = str | bool | Decimal | None
Test = Callable[[Value], bool | None]

_TOKEN = r'\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|\.\.|<=|>=|[<>\[\](),-]|[a-z]+)'
_ESCAPE = r'\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(["\'\\nrt]))'
_PLAIN = {"n": "\n", "r": "\r", "t": "\t"}


def unary_tests(text: str) -> Test:
    """What a cell of a table asks of a value; ValueError where it is no unary test."""
    if re.fullmatch(f"(?:{_TOKEN})+", text) is None:
        raise ValueError(f"no tokens of FEEL: {text!r}")
    tokens = [*re.findall(_TOKEN, text)]
    if tokens == ["-"]:
        return lambda value: True
    negated = tokens[:2] == ["not", "("] and tokens[-1:] == [")"]
    tests = list(_positive(tokens[2:-1] if negated else tokens))

    def holds(value: Value) -> bool | None:
        found = [test(value) for test in tests]
        either = True if True in found else None if None in found else False
        return either if not negated or either is None else not either

    return holds


def literal(token: str) -> Value:
    """A value; ValueError where it is none."""
    words: dict[str, Value] = {"null": None, "true": True, "false": False}
    if token[:1] == '"':
        return re.sub(_ESCAPE, _character, token[1:-1])
    return words[token] if token in words else Decimal(token)


def _character(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _PLAIN.get(match[3], match[3])


def _positive(tokens: list[str]) -> Iterator[Test]:
    while tokens:
        if tokens[0] == "[":
            low, dots, high, end = tokens[1:5]
            if (dots, end) != ("..", "]"):
                raise ValueError(f"no range: {tokens}")
            yield _between(Decimal(low), Decimal(high))
        elif tokens[0] in ("<", "<=", ">", ">="):
            yield _compared(tokens[0], Decimal(tokens[1]))
        else:
            yield _equal(literal(tokens[0]))
        length = 5 if tokens[0] == "[" else 2 if tokens[0][0] in "<>" else 1
        if tokens[length:] and (tokens[length] != "," or not tokens[length + 1 :]):
            raise ValueError(f"no list of tests: {tokens}")
        tokens = tokens[length + 1 :]


def _equal(wanted: Value) -> Test:
    def equal(value: Value) -> bool | None:
        if value is None or wanted is None:
            return value is wanted
        return value == wanted if type(value) is type(wanted) else None

    return equal


def _compared(operator: str, bound: Decimal) -> Test:
    def compared(value: Value) -> bool | None:
        if not isinstance(value, Decimal):
            return None
        if value == bound:
            return "=" in operator
        return (value < bound) is (operator[0] == "<")

    return compared


def _between(low: Decimal, high: Decimal) -> Test:
    return lambda value: low <= value <= high if isinstance(value, Decimal) else None
