"""What of a DMN file is not as the standard wants it, for the parts of the standard that we use."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

SPACES = {
    "": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "dmndi": "https://www.omg.org/spec/DMN/20191111/DMNDI/",
    "dc": "http://www.omg.org/spec/DMN/20180521/DC/",
    "di": "http://www.omg.org/spec/DMN/20180521/DI/",
}


def tag(name: str) -> str:
    """A tag as ElementTree has it, from `dc:Bounds` or `decision`."""
    space, _, local = name.rpartition(":")
    return f"{{{SPACES[space]}}}{local}"


def texts(root: ET.Element, path: str) -> list[str]:
    """The texts of all elements of a tag, each within its own `text`."""
    return [one.findtext(tag("text")) or "" for one in root.findall(tag(path))]


CHILDREN = {
    "definitions": "description decision inputData dmndi:DMNDI",
    "decision": "description question allowedAnswers variable informationRequirement decisionTable",
    "inputData": "description variable",
    "informationRequirement": "requiredInput",
    "decisionTable": "input output annotation rule",
    "input": "inputExpression inputValues",
    "inputExpression": "text",
    "inputValues": "text",
    "output": "outputValues",
    "outputValues": "text",
    "rule": "description inputEntry outputEntry annotationEntry",
    "inputEntry": "text",
    "outputEntry": "text",
    "annotationEntry": "text",
    "dmndi:DMNDI": "dmndi:DMNDiagram",
    "dmndi:DMNDiagram": "dmndi:DMNShape dmndi:DMNEdge",
    "dmndi:DMNShape": "dc:Bounds",
    "dmndi:DMNEdge": "di:waypoint",
}
"""What stands in what, in the order of the standard's schema; all else has nothing within."""

ATTRIBUTES = {
    "definitions": "id name namespace exporter exporterVersion",
    "decision": "id name",
    "inputData": "id name",
    "variable": "id name typeRef",
    "informationRequirement": "id",
    "requiredInput": "href",
    "decisionTable": "id hitPolicy",
    "input": "id",
    "inputExpression": "id typeRef",
    "inputValues": "id",
    "output": "id label typeRef",
    "outputValues": "id",
    "annotation": "name",
    "rule": "id",
    "inputEntry": "id",
    "outputEntry": "id",
    "dmndi:DMNDiagram": "id",
    "dmndi:DMNShape": "id dmnElementRef",
    "dmndi:DMNEdge": "id dmnElementRef",
    "dc:Bounds": "x y width height",
    "di:waypoint": "x y",
}
TYPES = {"string", "number", "boolean", "date", "date and time", "Any"}


def faults(root: ET.Element) -> Iterator[str]:
    """What of a file is not as the standard wants it."""
    known = {
        tag(name): name for name in {*CHILDREN, *ATTRIBUTES, *" ".join(CHILDREN.values()).split()}
    }
    for element in root.iter():
        name = known.get(element.tag)
        if name is None:
            yield f"unknown: {element.tag}"
            continue
        order = CHILDREN.get(name, "").split()
        found = [
            order.index(known[one.tag]) if known.get(one.tag) in order else -1 for one in element
        ]
        if -1 in found or found != sorted(found):
            yield f"{name} has {[one.tag for one in element]}"
        if set(element.attrib) != set(ATTRIBUTES.get(name, "").split()):
            yield f"{name} has the attributes {[*element.attrib]}"
        if element.get("typeRef", "Any") not in TYPES:
            yield f"{name} has the type {element.get('typeRef')}"
    yield from _references(root)
    for table in root.iter(tag("decisionTable")):
        yield from _table(table)
    yield from _drawn(root)


def _references(root: ET.Element) -> Iterator[str]:
    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    yield from (f"{one} stands {times} times" for one, times in ids.items() if times > 1)
    for one in ids:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", str(one)):
            yield f"{one} is no id"
    for element in root.iter():
        href, ref = element.get("href"), element.get("dmnElementRef")
        if href is not None and (href[:1] != "#" or href[1:] not in ids):
            yield f"{href} leads nowhere"
        if ref is not None and ref not in ids:
            yield f"{ref} is drawn, and is not there"
    nodes = [*root.findall(tag("decision")), *root.findall(tag("inputData"))]
    for name, times in Counter(node.get("name") for node in nodes).items():
        if times > 1 or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", str(name)):
            yield f"{name} is the name of {times}"
    for node in nodes:
        variable = node.find(tag("variable"))
        if variable is None or variable.get("name") != node.get("name"):
            yield f"{node.get('name')} has no variable of its name"


def _table(table: ET.Element) -> Iterator[str]:
    name = table.get("id")
    if table.get("hitPolicy") not in ("UNIQUE", "ANY"):
        yield f"{name} has no such hit policy"
    parts = [len(table.findall(tag(part))) for part in ("input", "output", "annotation")]
    for rule in table.findall(tag("rule")):
        entries = [
            len(rule.findall(tag(f"{part}Entry"))) for part in ("input", "output", "annotation")
        ]
        if entries != parts:
            yield f"{rule.get('id')} has {entries} entries for {parts} columns"
        if not rule.findtext(tag("description")):
            yield f"{rule.get('id')} says nothing"
    answers = set(texts_in(table, "output", "outputValues")[0].split('","')) if parts[1] else set()
    found = {
        text.strip('"')
        for rule in table.findall(tag("rule"))
        for text in texts(rule, "outputEntry")
    }
    if {one.strip('"') for one in answers} != found:
        yield f"{name} answers {found}, and says {answers}"


def texts_in(table: ET.Element, outer: str, inner: str) -> list[str]:
    """The text of the inner element in each of the outer ones; none is an empty one."""
    found = [one.find(tag(inner)) for one in table.findall(tag(outer))]
    return ["" if one is None else one.findtext(tag("text")) or "" for one in found]


def _drawn(root: ET.Element) -> Iterator[str]:
    """Every node is one shape, every requirement one edge, and no shape lies on another."""
    boxes: dict[str, tuple[float, ...]] = {}
    for shape in root.iter(tag("dmndi:DMNShape")):
        bounds = shape.find(tag("dc:Bounds"))
        assert bounds is not None
        box = tuple(float(bounds.get(key, "nan")) for key in ("x", "y", "width", "height"))
        if min(box) < 0 or min(box[2:]) <= 0:
            yield f"{shape.get('id')} has no place"
        for other, (x, y, width, height) in boxes.items():
            if (
                x < box[0] + box[2]
                and box[0] < x + width
                and y < box[1] + box[3]
                and box[1] < y + height
            ):
                yield f"{shape.get('id')} lies on {other}"
        boxes[str(shape.get("dmnElementRef"))] = box
    nodes = [
        node.get("id") for kind in ("decision", "inputData") for node in root.findall(tag(kind))
    ]
    if sorted(boxes) != sorted(map(str, nodes)):
        yield "not every node is drawn"
    edges = {edge.get("dmnElementRef"): edge for edge in root.iter(tag("dmndi:DMNEdge"))}
    for decision in root.findall(tag("decision")):
        for needed in decision.findall(tag("informationRequirement")):
            edge, href = edges.pop(needed.get("id"), None), needed[0].get("href", "#")[1:]
            ways = (
                []
                if edge is None
                else [(float(p.get("x", "")), float(p.get("y", ""))) for p in edge]
            )
            ends = [boxes.get(one, (0, 0, 0, 0)) for one in (href, str(decision.get("id")))]
            if len(ways) != 2 or not all(
                _touches(end, way) for end, way in zip(ends, ways, strict=True)
            ):
                yield f"{needed.get('id')} is not drawn from {href}"
    yield from (f"{edge} is drawn for nothing" for edge in edges)


def _touches(box: Sequence[float], point: tuple[float, float]) -> bool:
    x, y, width, height = box
    return point[0] in (x, x + width) and y <= point[1] <= y + height
