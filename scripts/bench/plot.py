"""Lines over tickets and seconds, both by powers of ten, drawn as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 90, 30, 60
COLOURS = ("#0b6e4f", "#c84630", "#33658a", "#7a4d9f")

Points = Sequence[tuple[float, float]]


def plot(lines: Mapping[str, Points]) -> str:
    """An SVG of named lines; a dashed one says what the first would cost if it grew as its tickets do."""
    points = [point for line in lines.values() for point in line]
    if not points or min(min(point) for point in points) <= 0:
        raise ValueError("a plot by powers of ten needs points greater than zero")
    first = next(iter(lines.values()))
    (start, cost), end = first[0], max(x for x, _ in first)
    even = [(start, cost), (end, cost * end / start)]
    axes = Axes([*points, *even])
    parts = [*_grid(axes), _line(axes, even, "#888888", "4 4")]
    for place, (name, line) in enumerate(lines.items()):
        colour = COLOURS[place % len(COLOURS)]
        parts.append(_line(axes, line, colour))
        parts += (_dot(axes, point, colour) for point in line)
        x, y = axes.at(line[-1])
        parts.append(_text(x + 10, y + 4, name, colour, "start"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' font-family="sans-serif" font-size="13">\n'
        "<title>Seconds of a night by its tickets, both by powers of ten</title>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


class Axes:
    """From a point's values to its place; both axes go from a power of ten to another."""

    def __init__(self, points: Points) -> None:
        self.x = _powers([x for x, _ in points])
        self.y = _powers([y for _, y in points])

    def at(self, point: tuple[float, float]) -> tuple[float, float]:
        """The place of a point in the picture."""
        x = _share(point[0], self.x) * (WIDTH - LEFT - RIGHT) + LEFT
        y = HEIGHT - BOTTOM - _share(point[1], self.y) * (HEIGHT - TOP - BOTTOM)
        return round(x, 1), round(y, 1)


def _powers(values: Sequence[float]) -> range:
    """The powers of ten from below the least to above the greatest."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return range(low, max(high, low + 1) + 1)


def _share(value: float, powers: range) -> float:
    return (math.log10(value) - powers[0]) / (powers[-1] - powers[0])


def _grid(axes: Axes) -> Iterator[str]:
    corner = (10.0 ** axes.x[0], 10.0 ** axes.y[0])
    far = (10.0 ** axes.x[-1], 10.0 ** axes.y[-1])
    for power in axes.x:
        yield _line(axes, [(10.0**power, corner[1]), (10.0**power, far[1])], "#dddddd")
        x, y = axes.at((10.0**power, corner[1]))
        yield _text(x, y + 20, f"{10**power:,}", "#444444", "middle")
    for power in axes.y:
        yield _line(axes, [(corner[0], 10.0**power), (far[0], 10.0**power)], "#dddddd")
        x, y = axes.at((corner[0], 10.0**power))
        yield _text(x - 8, y + 4, f"{10.0**power:g} s", "#444444", "end")
    yield _text(
        (LEFT + WIDTH - RIGHT) / 2,
        HEIGHT - 16,
        "tickets (dashed: in proportion)",
        "#444444",
        "middle",
    )


def _line(axes: Axes, points: Points, colour: str, dashes: str = "") -> str:
    told = " ".join(f"{x},{y}" for x, y in map(axes.at, points))
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline points="{told}" fill="none" stroke="{colour}" stroke-width="1.5"{dashed}/>'


def _dot(axes: Axes, point: tuple[float, float], colour: str) -> str:
    x, y = axes.at(point)
    return f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"><title>{point[0]:,}: {point[1]:g} s</title></circle>'


def _text(x: float, y: float, text: str, colour: str, anchor: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'
