"""Cell tests: the smallest part of a rule, a question about one fact.

A cell is written as a value (`"open"`, `1`, `true`), a set (`["open", "answered"]`), an exclusion
(`"!= closed"`), a bound (`"< 3"`, `"<= 3"`, `"> 3"`, `">= 3"`), a range (`"2..3"`, both ends
included; `"2..<3"`, the end left out), or a list of such tests, of which one has to hold. `"none"`
stands for a fact that has no value. Numbers are whole: counts, days, or the hundredths of a
currency. A number may be the name of a parameter in braces: `"2..{max_retries}"`; a parameter that is
a list stands for a set: `"{lines}"`, `"!= {lines}"`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce
from typing import TypeGuard

from ..system.records import NamedTuple

Value = str | int | bool | None
"""What a fact can be: an enumerated word, a whole number, yes or no, or nothing."""

GIVEN: tuple[Value, ...] = ("given",)
"""The values of a text or a date, of which a test can ask only whether there is one."""

_NAME = r"\{([a-z][a-z0-9_]*(?:\.[A-Za-z0-9_-]+)?)\}"


class Domain(NamedTuple):
    """What values a fact can take: `values` (words, or yes and no), or whole numbers.

    `low` and `high` bound a number, both included, `None` where it is open; `optional` says that
    the fact may have no value.
    """

    values: tuple[Value, ...] | None = None
    low: int | None = None
    high: int | None = None
    optional: bool = False

    def holds(self, value: Value) -> bool:
        """Whether `value` is one of the domain's."""
        if value is None:
            return self.optional
        if self.values is not None:
            return any(value is v or (value == v and type(value) is type(v)) for v in self.values)
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        above = self.low is None or value >= self.low
        return above and (self.high is None or value <= self.high)


class Span(NamedTuple):
    """Whole numbers from `low` to `high`, both included; `None` is no bound."""

    low: int | None
    high: int | None

    def holds(self, value: int) -> bool:
        low, high = self
        return (low is None or value >= low) and (high is None or value <= high)


class Cell(NamedTuple):
    """A test of one fact: it holds for `values`, and for the numbers in one of `spans`.

    `text` is the test as its author wrote it, a parameter with its value: `> 3 (max_retries)`.
    """

    text: str
    values: frozenset[Value]
    spans: tuple[Span, ...]
    given: bool = False
    """It holds for every text or date there is."""

    def holds(self, value: object) -> bool:
        """Whether the test answers yes for `value`."""
        if type(value) is int:
            for span in self.spans:  # noqa: SIM110  # a generator takes twice as long
                if span.holds(value):
                    return True
            return False
        if type(value) is list:
            return self.given  # of several it can be asked only whether there are any
        return value in self.values or (self.given and value is not None)

    def kinds(self) -> set[type]:
        """The types of values that the test is about; none where it only asks whether there is one."""
        kinds: set[type] = {type(value) for value in self.values if value is not None}
        if self.spans:
            kinds.add(int)
        return kinds | {str, list} if self.given else kinds

    def samples(self) -> list[Value]:
        """Some value for which the test holds, for each part of it; empty where there is none."""
        ends = [
            span.low if span.low is not None else span.high
            for span in self.spans
            if _has_numbers(span)
        ]
        given = GIVEN if self.given else ()
        return [*given, *sorted(self.values, key=str), *(0 if e is None else e for e in ends)]

    def source(self, name: str) -> str:
        """The test as a Python expression about the variable `name`, for the compiled table."""
        tests = [f"{name} is {v!r}" for v in (None, True, False) if v in self.values]
        words = sorted(v for v in self.values if isinstance(v, str))
        if len(words) == 1:
            tests.append(f"{name} == {words[0]!r}")
        elif words:
            tests.append(f"{name} in {tuple(words)!r}")
        if self.given:
            tests.append(f"{name} is not None")
        tests += [_format_span(name, span) for span in self.spans]
        return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})" if tests else "False"


def _format_span(name: str, span: Span) -> str:
    if span.low is not None and span.low == span.high:
        return f"{name} == {span.low}"
    if span.low is None and span.high is None:
        return f"{name} is not None"
    low = "" if span.low is None else f"{span.low} <= "
    high = "" if span.high is None else f" <= {span.high}"
    return f"({name} is not None and {low}{name}{high})"


def parse_cell(written: object, domain: Domain, parameters: Mapping[str, object]) -> Cell:
    """Read a cell as TOML gives it, for a fact with `domain`.

    Raises ValueError with a sentence when it is not a valid condition, names an unknown parameter, or asks for
    a value that the fact can never have.
    """
    tests = written if isinstance(written, list) else [written]
    if not tests:
        raise ValueError("an empty list of tests never holds; leave the cell out to mean any")
    parts = [part for test in tests for part in _parse_parts(test, domain, parameters)]
    values = frozenset(value for part in parts for value in part.values)
    spans = tuple(span for part in parts for span in part.spans)
    given = domain.values == GIVEN and not values.isdisjoint(GIVEN)
    return Cell(
        " or ".join(part.text for part in parts),
        values.difference(GIVEN) if given else values,
        spans,
        given,
    )


def _parse_parts(test: object, domain: Domain, parameters: Mapping[str, object]) -> list[Cell]:
    """The test, or those of a list that a parameter is."""
    named = None
    if _is_named(test) and test.removeprefix("!=").lstrip().startswith("{"):
        named = re.fullmatch(rf"(!=)?\s*{_NAME}", test)
    listed = parameters.get(named[2]) if named is not None else None
    if named is None or not isinstance(listed, list):
        return [_parse_one(test, domain, parameters)]
    name = f"({named[2]})"
    if not listed:
        raise ValueError(f"parameter {named[2]!r} is an empty list, so the test can't be made")
    if not named[1]:
        return [
            (one := _parse_one(word, domain, parameters))._replace(text=f"{one.text} {name}")
            for word in listed
        ]
    parts = [_parse_one(f"!= {word}", domain, parameters) for word in listed]
    return [
        reduce(intersect_cells, parts)._replace(text=f"!= {', '.join(map(str, listed))} {name}")
    ]


def _is_named(test: object) -> TypeGuard[str]:
    """Whether a test may name a parameter."""
    return isinstance(test, str) and "{" in test


def _parse_one(test: object, domain: Domain, parameters: Mapping[str, object]) -> Cell:
    text = _format_test(test, parameters)
    if isinstance(test, bool | int):
        return _make_value_cell(text, test, domain)
    if not isinstance(test, str):
        raise ValueError(
            f"{text} is not a valid condition: write a value, or a bound or a range in a string"
        )
    plain = test.strip()
    if _is_named(test):
        plain = re.sub(_NAME, lambda match: _read_parameter(match[1], parameters), plain)
    if plain.startswith("!="):
        return _make_exclusion(text, plain[2:].strip(), domain)
    if plain == "none" and plain not in (domain.values or ()):
        return _make_value_cell(text, None, domain)
    if domain.values is None:
        return Cell(text, frozenset(), (_parse_span(text, plain, domain),))
    return _make_value_cell(text, plain, domain)


def _format_test(test: object, parameters: Mapping[str, object]) -> str:
    if not isinstance(test, str):
        return format_value(test)
    if not _is_named(test):
        return test
    filled = re.sub(_NAME, lambda match: str(parameters.get(match[1], match[0])), test)
    names = ", ".join(name for name in re.findall(_NAME, test) if name in parameters)
    return f"{filled} ({names})" if names else test


def format_value(value: object) -> str:
    """A fact's value as people read it: yes, no, none, or the word or number itself."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _read_parameter(name: str, parameters: Mapping[str, object]) -> str:
    if name not in parameters:
        raise ValueError(f"there is no parameter {name!r}")
    value = parameters[name]
    if not isinstance(value, int | str) or isinstance(value, bool):
        raise ValueError(
            f"parameter {name!r} is neither a whole number nor a word, so it can't be used in a condition"
        )
    return str(value)


def _make_value_cell(text: str, value: Value, domain: Domain) -> Cell:
    if not domain.holds(value):
        raise ValueError(f"the fact is never {text!r}: it is {describe_domain(domain)}")
    if isinstance(value, int) and not isinstance(value, bool):
        return Cell(text, frozenset(), (Span(value, value),))
    return Cell(text, frozenset([value]), ())


def _make_exclusion(text: str, plain: str, domain: Domain) -> Cell:
    if plain == "none" and domain.optional:
        everything = Span(domain.low, domain.high)
        if domain.values is None:
            return Cell(text, frozenset(), (everything,))
        return Cell(text, frozenset(domain.values), ())
    if domain.values is not None:
        if plain not in domain.values:
            raise ValueError(f"the fact is never {plain!r}: it is {describe_domain(domain)}")
        rest: set[Value] = {v for v in domain.values if v != plain}
        return Cell(text, frozenset(rest | ({None} if domain.optional else set())), ())
    number = _read_number(plain)
    if number is None:
        raise ValueError(f"{text!r} is not a condition on a number")
    missing: frozenset[Value] = frozenset([None]) if domain.optional else frozenset()
    return Cell(text, missing, (Span(domain.low, number - 1), Span(number + 1, domain.high)))


def _read_number(plain: str) -> int | None:
    """A whole number, or None: what a pattern would find, which takes a command 0.2 ms to compile."""
    return int(plain) if plain.removeprefix("-").isdecimal() else None


def _parse_span(text: str, plain: str, domain: Domain) -> Span:
    sign = plain[:2] if plain[:2] in ("<=", ">=") else plain[:1]
    if sign[:1] in ("<", ">") and (number := _read_number(plain[len(sign) :].lstrip())) is not None:
        return {
            "<": Span(domain.low, number - 1),
            "<=": Span(domain.low, number),
            ">": Span(number + 1, domain.high),
            ">=": Span(number, domain.high),
        }[sign]
    low, dots, high = plain.partition("..")
    if dots:
        first, last = _read_number(low.rstrip()), _read_number(high.removeprefix("<").lstrip())
        if first is not None and last is not None:
            return Span(first, last - high.startswith("<"))
    if (number := _read_number(plain)) is not None:
        if not domain.holds(number):
            raise ValueError(f"the fact is never {text!r}: it is {describe_domain(domain)}")
        return Span(number, number)
    raise ValueError(f"{text!r} is not a condition on a number: write 3, '< 3', '>= 3' or '2..3'")


def describe_domain(domain: Domain) -> str:
    """A domain in words, for error messages and for `book show`."""
    if domain.values is not None:
        words = "yes or no" if True in domain.values else ", ".join(map(str, domain.values))
    elif domain.low is None and domain.high is None:
        words = "a whole number"
    elif domain.high is None:
        words = f"a whole number from {domain.low}"
    elif domain.low is None:
        words = f"a whole number up to {domain.high}"
    else:
        words = f"a whole number from {domain.low} to {domain.high}"
    return words + (", or none" if domain.optional else "")


def intersect_cells(one: Cell, other: Cell) -> Cell:
    """The test that holds where both hold; it is empty where they exclude each other."""
    spans = [_intersect_spans(a, b) for a in one.spans for b in other.spans]
    text = one.text if one.text == other.text else f"{one.text} and {other.text}"
    given = one.given and other.given
    return Cell(text, one.values & other.values, tuple(s for s in spans if _has_numbers(s)), given)


def _intersect_spans(a: Span, b: Span) -> Span:
    lows = [low for low in (a.low, b.low) if low is not None]
    highs = [high for high in (a.high, b.high) if high is not None]
    return Span(max(lows, default=None), min(highs, default=None))


def _has_numbers(span: Span) -> bool:
    return span.low is None or span.high is None or span.low <= span.high
