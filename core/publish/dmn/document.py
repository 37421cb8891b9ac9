"""Tables and their data as an XML file."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from ... import VERSION
from ...book.model import Rule
from . import feel
from .diagram import draw_diagram
from .model import DmnModel, DmnRow, DmnTable

NAMESPACES = {
    "xmlns": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "xmlns:dmndi": "https://www.omg.org/spec/DMN/20191111/DMNDI/",
    "xmlns:dc": "http://www.omg.org/spec/DMN/20180521/DC/",
    "xmlns:di": "http://www.omg.org/spec/DMN/20180521/DI/",
}
"""Those of DMN 1.3."""

ANNOTATIONS = ("why", "statements", "remarks")
"""What is said about a rule: why, what it comes from, and what was left open there."""

_NOT_XML = "[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def write_document(model: DmnModel) -> bytes:
    """The file, in UTF-8."""
    return _Document(model).made()


class _Document:
    """Writes a model; ids are the name of the book, of the event, and what it is, with points."""

    def __init__(self, model: DmnModel) -> None:
        self._model, self._book, self._own = model, model.book, _id(model.book.name)

    def made(self) -> bytes:
        book = self._book
        root = ET.Element(
            "definitions",
            {
                **NAMESPACES,
                "id": self._own,
                "name": _plain(book.title),
                "namespace": f"urn:prassi:{self._own}",
                "exporter": "Prassi",
                "exporterVersion": VERSION,
            },
        )
        _text(root, "description", f"{book.source}\nBook {book.name}, version {book.digest}")
        ids = {table.name: f"{self._own}.{table.event.name}" for table in self._model.tables}
        for table in self._model.tables:
            self._decision(root, ids[table.name], table)
        for name, datum in self._model.data.items():
            node = _element(root, "inputData", id=_data_id(name), name=name)
            _text(node, "description", datum.about)
            _variable(node, name, datum.type)
        draw_diagram(
            root, self._model.tables, {**ids, **{name: _data_id(name) for name in self._model.data}}
        )
        ET.indent(root)
        made: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
        return made + b"\n"

    def _decision(self, root: ET.Element, own: str, table: DmnTable) -> None:
        decision = _element(root, "decision", id=own, name=table.name)
        _text(decision, "description", table.event.title)
        _text(decision, "question", f"{table.event.title}: which rule answers?")
        _text(decision, "allowedAnswers", "the id of one rule")
        _variable(decision, table.name, "string")
        for place, name in enumerate(table.asked.values(), 1):
            needed = _element(decision, "informationRequirement", id=f"{own}.requires.{place}")
            _element(needed, "requiredInput", href=f"#{_data_id(name)}")
        made = _element(decision, "decisionTable", id=f"{own}.table", hitPolicy=table.hit_policy)
        self._heads(made, own, table)
        for number, line in enumerate(table.lines, 1):
            self._rule(made, f"{own}.rule.{number}", line, table)

    def _heads(self, made: ET.Element, own: str, table: DmnTable) -> None:
        """The columns: what is asked for, what is answered, and what is said about each row."""
        for place, name in enumerate(table.asked.values(), 1):
            datum = self._model.data[name]
            clause = _element(made, "input", id=f"{own}.in.{place}")
            asked = _element(
                clause, "inputExpression", id=f"{own}.in.{place}.asks", typeRef=datum.type
            )
            _text(asked, "text", name)
            values = feel.write_allowed_values(datum.domain, datum.money)
            if values is not None:
                allowed = _element(clause, "inputValues", id=f"{own}.in.{place}.values")
                _text(allowed, "text", values)
        answer = _element(made, "output", id=f"{own}.out", label="rule", typeRef="string")
        answers = dict.fromkeys(feel.write_string(line.rule.id) for line in table.lines)
        if answers:
            values = ",".join(answers)
            _text(_element(answer, "outputValues", id=f"{own}.out.values"), "text", values)
        for annotation in ANNOTATIONS:
            _element(made, "annotation", name=annotation)

    def _rule(self, made: ET.Element, own: str, line: DmnRow, table: DmnTable) -> None:
        node, rule = _element(made, "rule", id=own), line.rule
        said = self._said(rule)
        # The annotations are DMN's; dmn-js and Camunda Modeler show the description in their place.
        sources = ", ".join((*rule.statements, *rule.remarks))
        _text(node, "description", f"{said[0]} [{sources}]" if sources else said[0])
        for place, (fact, name) in enumerate(table.asked.items(), 1):
            datum, cell = self._model.data[name], line.row.get(fact)
            told = (
                feel.ANY
                if cell is None
                else feel.write_unary_tests(cell, datum.domain, datum.money)
            )
            _text(_element(node, "inputEntry", id=f"{own}.in.{place}"), "text", told)
        _text(_element(node, "outputEntry", id=f"{own}.out"), "text", feel.write_string(rule.id))
        for one in said:
            _text(_element(node, "annotationEntry"), "text", one)

    def _said(self, rule: Rule) -> tuple[str, ...]:
        """What the annotations say."""
        parts = [f"{{{one}}}" if place % 2 else one for place, one in enumerate(rule.why.parts)]
        statements = [f"{one}: {self._book.statements[one].says}" for one in rule.statements]
        if rule.extrapolated:
            statements.append("extrapolated: the procedure does not say it")
        remarks = [f"{one}: {self._book.remarks[one].says}" for one in rule.remarks]
        return "".join(parts), "\n".join(statements), "\n".join(remarks)


def _element(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, attributes)


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = _plain(text)


def _variable(node: ET.Element, name: str, kind: str) -> None:
    _element(node, "variable", id=f"{node.get('id')}.variable", name=name, typeRef=kind)


def _plain(text: str) -> str:
    """Text with what no XML file can hold replaced."""
    return re.sub(_NOT_XML, "\ufffd", text)


def _id(name: str) -> str:
    """A name as an id can have it."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", name)
    return plain if plain[:1].isalpha() else f"_{plain}"


def _data_id(name: str) -> str:
    return f"input.{name}"
