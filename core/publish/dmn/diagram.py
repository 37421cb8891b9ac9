"""The diagram: decisions in a column, on their left the data of only one of them, on their right the
data that several share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from xml.etree import ElementTree as ET

from .model import DmnTable

WIDTH, HEIGHT, GAP, TOP = 190, 45, 15, 100
"""The size of a shape, the space between two shapes, and above the first one."""

_LEFT, _MIDDLE, _RIGHT = 160, 510, 860
"""Where the three columns begin; editors put their tools to the left of them."""


class DiagramShape(NamedTuple):
    """The place of a shape: its upper left corner and its height."""

    x: int
    y: int
    height: int = HEIGHT

    @property
    def middle(self) -> int:
        return self.y + self.height // 2


def draw_diagram(root: ET.Element, tables: Sequence[DmnTable], ids: Mapping[str, str]) -> None:
    """Add a diagram of the tables and their data; `ids` are those of both, by their names."""
    drawing = _add_element(
        _add_element(root, "dmndi:DMNDI"), "dmndi:DMNDiagram", id=f"{root.get('id')}.diagram"
    )
    boxes = place_shapes(tables)
    for name, box in boxes.items():
        shape = _add_element(
            drawing, "dmndi:DMNShape", id=f"shape.{ids[name]}", dmnElementRef=ids[name]
        )
        size = {"width": str(WIDTH), "height": str(box.height)}
        _add_element(shape, "dc:Bounds", x=str(box.x), y=str(box.y), **size)
    for table in tables:
        lines = _draw_lines(boxes[table.name], {name: boxes[name] for name in table.asked.values()})
        for place, name in enumerate(table.asked.values(), 1):
            ref = f"{ids[table.name]}.requires.{place}"
            edge = _add_element(drawing, "dmndi:DMNEdge", id=f"edge.{ref}", dmnElementRef=ref)
            for x, y in lines[name]:
                _add_element(edge, "di:waypoint", x=str(x), y=str(y))


def _draw_lines(
    to: DiagramShape, starts: Mapping[str, DiagramShape]
) -> dict[str, list[tuple[int, int]]]:
    """The line from each shape to the near side of a decision: level on the left, spread on the right."""
    right = sorted(
        (name for name in starts if starts[name].x > to.x), key=lambda one: starts[one].y
    )
    lines = {
        name: [(box.x + WIDTH, box.middle), (to.x, box.middle)] for name, box in starts.items()
    }
    for place, name in enumerate(right, 1):
        y = to.y + place * to.height // (len(right) + 1)
        lines[name] = [(starts[name].x, starts[name].middle), (to.x + WIDTH, y)]
    return lines


def place_shapes(tables: Sequence[DmnTable]) -> dict[str, DiagramShape]:
    """The place of each decision and each datum, by its name."""
    used = Counter(name for table in tables for name in table.asked.values())
    boxes: dict[str, DiagramShape] = {}
    beside: dict[str, list[int]] = {}
    top = TOP
    for table in tables:
        alone = [name for name in table.asked.values() if used[name] == 1]
        among = len(table.asked) - len(alone)
        height = max(len(alone) * (HEIGHT + GAP) - GAP, HEIGHT, (among + 1) * GAP)
        boxes[table.name] = box = DiagramShape(_MIDDLE, top, height)
        for place, name in enumerate(alone):
            boxes[name] = DiagramShape(_LEFT, top + place * (HEIGHT + GAP))
        for name in table.asked.values():
            if used[name] > 1:
                beside.setdefault(name, []).append(box.middle)
        top += height + 3 * GAP
    return boxes | _place_shared(beside)


def _place_shared(beside: Mapping[str, Sequence[int]]) -> dict[str, DiagramShape]:
    """Place shared data as near as possible to the middle of their decisions: few lines cross then."""
    middles = {name: sum(ys) // len(ys) for name, ys in beside.items()}
    boxes: dict[str, DiagramShape] = {}
    free = TOP
    for name in sorted(middles, key=lambda one: middles[one]):
        boxes[name] = DiagramShape(_RIGHT, max(free, middles[name] - HEIGHT // 2))
        free = boxes[name].y + HEIGHT + GAP
    return boxes


def _add_element(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, attributes)
