"""Classes of a fact's values in words, for the arrows of a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...tables.cells import GIVEN, Domain, Value, format_value
from ...tables.regions import Space

Show = Callable[[Value], str]


def describe_values(
    space: Space, name: str, bits: int, domain: Domain, show: Show = format_value
) -> str:
    """The values in some classes of a fact: `call, email`, `2..3`, `4 or more`, `given`."""
    values = [value for value, bit in space.stretches(name) if bit & bits]
    if domain.values == GIVEN:
        return ", ".join(str(show(value)) for value in values)
    if domain.values is not None:
        return _describe_others(space, name, bits, domain, show) or ", ".join(map(show, values))
    words = list(_describe_numbers(space, name, bits, domain, show))
    return ", ".join([*words, show(None)] if None in values else words)


def _describe_others(space: Space, name: str, bits: int, domain: Domain, show: Show) -> str | None:
    """`all but a, b` where that is shorter."""
    others = [value for value, bit in space.stretches(name) if not bit & bits]
    if domain.values is None or not 0 < len(others) < len(domain.values) / 3:
        return None
    return f"all but {', '.join(map(show, others))}"


def _describe_numbers(
    space: Space, name: str, bits: int, domain: Domain, show: Show
) -> Iterator[str]:
    """The runs of numbers in some classes."""
    cuts = [(v, bool(bit & bits)) for v, bit in space.stretches(name) if isinstance(v, int)]
    low: int | None = None
    inside = False
    for place, (value, held) in enumerate(cuts):
        if held and not inside:
            low = domain.low if place == 0 else value
        if inside and not held:
            yield _describe_run(low, value - 1, show)
        inside = held
    if inside:
        yield _describe_run(low, domain.high, show)


def _describe_run(low: int | None, high: int | None, show: Show) -> str:
    if low is None and high is None:
        return "any number"
    if low is None:
        return f"{show(high)} or less"
    if high is None:
        return f"{show(low)} or more"
    return show(low) if low == high else f"{show(low)} to {show(high)}"
