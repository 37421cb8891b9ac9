"""What could stand in a book in place of a test, a due date or a value: each differs in one thing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ...tables.cells import GIVEN, Cell, Domain, Span, Value, parse_cell

_FIGURE = r"-?\d+|\{[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_-]+)?\}"
"""A number, or a parameter in braces."""

_UNITS = ("working days", "days", "months")


class Variants:
    """Variants of tests and due dates; `figures` are the values of the parameters they can name."""

    def __init__(self, figures: Mapping[str, object]) -> None:
        self._figures = figures

    # --- tests -----------------------------------------------------------------------------------

    def vary_test(self, written: object, domain: Domain) -> Iterator[object]:
        """A bound shifted by one, another word, one item less of a list, the opposite."""
        if isinstance(written, list):
            yield from self._vary_list(written, domain)
        else:
            yield from self._vary_single(written, domain)
        opposite = _negate(parse_cell(written, domain, self._figures), domain)
        if opposite:
            yield opposite[0] if len(opposite) == 1 else opposite

    def _vary_list(self, written: list[object], domain: Domain) -> Iterator[object]:
        for place, one in enumerate(written):
            before, after = written[:place], written[place + 1 :]
            rest = [*before, *after]
            yield rest[0] if len(rest) == 1 else rest
            others = [other for other in self._vary_single(one, domain) if other not in written]
            yield from ([*before, other, *after] for other in others)

    def _vary_single(self, written: object, domain: Domain) -> Iterator[object]:
        """A single test with a bound shifted by one, or another word."""
        if domain.values is not None:
            yield from _list_other_words(written, domain)
        elif isinstance(written, int):
            yield from (written - 1, written + 1)
        elif isinstance(written, str):
            for match in re.finditer(_FIGURE, written):
                value = self._read_figure(match[0])
                for other in (value - 1, value + 1) if value is not None else ():
                    yield f"{written[: match.start()]}{other}{written[match.end() :]}"

    def _read_figure(self, written: str) -> int | None:
        """A number, or the value of the parameter in braces that stands for one."""
        value = self._figures.get(written[1:-1]) if written[0] == "{" else int(written)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    # --- due dates -------------------------------------------------------------------------------

    def vary_due(self, written: str, dates: Sequence[str]) -> Iterator[str]:
        """Another number or unit, or another base out of `dates`, facts that are dates."""
        if match := re.fullmatch(r"today|\{([a-z][a-z0-9_]*)\}", written):
            base = None if match[1] == "today" else match[1]
            yield from _vary_bare_due(written, base, dates)
            return
        yield from self._vary_due_number(written)
        yield from _vary_unit(written)
        if match := re.search(r" (after|before) \{([a-z][a-z0-9_]*)\}$", written):
            yield written[: match.start()]
            others = [name for name in dates if name != match[2]]
            yield from (f"{written[: match.start(2) - 1]}{{{name}}}" for name in others[:1])

    def _vary_due_number(self, written: str) -> Iterator[str]:
        if match := re.match(_FIGURE, written):
            number, rest = self._read_figure(match[0]), written[match.end() :]
            if number is not None:
                yield from (f"{n}{rest}" for n in (number - 1, number + 1) if n >= 0)
        elif match := re.search(rf"day ({_FIGURE}) of", written):
            number = self._read_figure(match[1])
            for n in (number - 1, number + 1) if number is not None else ():
                yield f"{written[: match.start(1)]}{n}{written[match.end(1) :]}"


def _vary_bare_due(written: str, base: str | None, dates: Sequence[str]) -> Iterator[str]:
    """Variants of a due date that is today (without a base) or a fact itself."""
    if base is None:
        yield "1 days"
    else:
        yield f"1 days after {written}"
        yield "today"
    others = [name for name in dates if name != base]
    yield from (f"{{{name}}}" for name in others[:1])


def _vary_unit(written: str) -> Iterator[str]:
    there = re.search(r"\b(working days|days|months)\b", written)
    if there and not written.startswith("first"):
        for unit in _UNITS:
            if unit != there[1]:
                yield f"{written[: there.start()]}{unit}{written[there.end() :]}"


# --- words and numbers ------------------------------------------------------------------------------


def _list_other_words(written: object, domain: Domain) -> Iterator[str]:
    words: Sequence[Value] = domain.values or ()
    if isinstance(written, bool) or words == GIVEN:
        return
    text = str(written)
    mark, word = ("!= ", text[2:].strip()) if text.startswith("!=") else ("", written)
    for other in (*words, *(["none"] if domain.optional else [])):
        if other != word and not str(word).startswith("{"):
            yield f"{mark}{other}"


def _negate(cell: Cell, domain: Domain) -> list[object]:
    """The test that holds where another one does not; an empty one where that is never."""
    none: list[object] = ["none"] if domain.optional and None not in cell.values else []
    if domain.values is not None:
        rest = [value for value in domain.values if not cell.holds(value)]
        if domain.values == GIVEN:
            return none or (["!= none"] if rest else [])
        return [*rest, *none]
    return [*map(_format_span, _find_other_spans(cell.spans, domain)), *none]


def _find_other_spans(spans: Sequence[Span], domain: Domain) -> Iterator[Span]:
    """The numbers of a domain that lie in none of some spans."""
    low, endless = domain.low, False
    for span in sorted(spans, key=lambda one: (one.low is not None, one.low or 0)):
        if span.low is not None and (low is None or low < span.low):
            yield Span(low, span.low - 1)
        if span.high is None:
            endless = True
        else:
            low = span.high + 1
    if not endless and (domain.high is None or low is None or low <= domain.high):
        yield Span(low, domain.high)


def _format_span(span: Span) -> str | int:
    if span.low is not None and span.low == span.high:
        return span.low
    if span == Span(None, None):
        return "!= none"  # any number
    if span.low is not None and span.high is not None:
        return f"{span.low}..{span.high}"
    return f"<= {span.high}" if span.low is None else f">= {span.low}"


def vary_value(value: object) -> Iterator[object]:
    """What a parameter could be instead."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value - 1, value + 1)
    elif isinstance(value, float):
        yield from (round(value - 0.01, 4), round(value + 0.01, 4))
    elif isinstance(value, str):
        yield f"{value[:-1]}?"
    elif isinstance(value, list):
        for place, one in enumerate(value):
            before, after = value[:place], value[place + 1 :]
            yield [*before, *after]
            yield from ([*before, other, *after] for other in vary_value(one))
    elif isinstance(value, dict):
        for name, one in value.items():
            yield {key: other for key, other in value.items() if key != name}
            yield from ({**value, name: other} for other in vary_value(one))
