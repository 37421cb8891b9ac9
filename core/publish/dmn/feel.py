"""FEEL, the expression language of DMN: names, values, and unary tests.

Only what all engines read alike is used: values, comparisons, ranges, `not`, lists of alternatives,
and `null` for a fact without a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ...tables.cells import GIVEN, Cell, Domain, Span
from ...values.field_types import format_money

ANY, SOME = "-", "not(null)"

_TAKEN = frozenset(
    {
        "and",
        "any",
        "between",
        "boolean",
        "context",
        "date",
        "days",
        "else",
        "every",
        "external",
        "false",
        "for",
        "function",
        "if",
        "in",
        "instance",
        "list",
        "months",
        "not",
        "null",
        "number",
        "of",
        "or",
        "range",
        "return",
        "satisfies",
        "some",
        "string",
        "then",
        "time",
        "true",
        "years",
    }
)
"""Words with a meaning in FEEL, or that a careless reader of FEEL could take for one."""

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

Figure = Callable[[int], str]
"""How a whole number is written."""


def write_name(written: str) -> str:
    """A name that FEEL reads as one name: letters, digits and underscores, and not a word of FEEL."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", written)
    return f"{plain}_" if plain in _TAKEN else plain


def write_string(text: str) -> str:
    """A text as FEEL writes it; characters that can't stand in a file are escaped."""
    return '"' + "".join(_ESCAPES.get(one) or _escape(one) for one in text) + '"'


def _escape(one: str) -> str:
    if one.isprintable():
        return one
    return f"\\u{ord(one):04x}" if one <= "\uffff" else f"\\U{ord(one):06x}"


def write_unary_tests(cell: Cell, domain: Domain, money: bool = False) -> str:
    """The unary tests of a cell; money is written in whole units.

    They hold for the same values of the domain as the cell, which must hold for some value.
    """
    figure = format_money if money else str
    none = None in cell.values
    if _holds_for_all(cell, domain):
        return ANY if none or not domain.optional else SOME
    spans = [_write_span(span, figure) for span in cell.spans if _has_numbers(span)]
    if domain.values is None or domain.values == GIVEN:
        return ",".join([*(["null"] if none else []), *spans])
    held = [value for value in domain.values if value in cell.values]
    others = [value for value in domain.values if value not in cell.values]
    if len(others) == 1 and len(held) > 2 and none == domain.optional:
        return f"not({_write_value(others[0])})"
    return ",".join(_write_value(value) for value in ([None, *held] if none else held))


def write_allowed_values(domain: Domain, money: bool = False) -> str | None:
    """The values of a domain as unary tests; None if any value is allowed."""
    if domain.values == GIVEN or domain.values == (True, False):
        return None
    if domain.values is not None:
        tests = [_write_value(value) for value in domain.values]
    else:
        whole = Span(domain.low, domain.high)
        tests = (
            [] if whole == (None, None) else [_write_span(whole, format_money if money else str)]
        )
    return ",".join(["null", *tests] if tests and domain.optional else tests) or None


def _holds_for_all(cell: Cell, domain: Domain) -> bool:
    """Whether the cell holds for every value of the domain; a missing value does not count."""
    if domain.values == GIVEN:
        return cell.given
    if domain.values is not None:
        return cell.values.issuperset(domain.values)
    return any(span in ((None, None), (domain.low, domain.high)) for span in cell.spans)


def _write_value(value: str | int | bool | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return write_string(str(value))


def _write_span(span: Span, figure: Figure) -> str:
    low, high = span
    if low is not None and high is not None:
        return figure(low) if low == high else f"[{figure(low)}..{figure(high)}]"
    if low is not None:
        return f">= {figure(low)}"
    return f"<= {figure(high)}" if high is not None else SOME


def _has_numbers(span: Span) -> bool:
    return span.low is None or span.high is None or span.low <= span.high
