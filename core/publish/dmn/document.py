"""The XML file: tables, their data, and the diagram."""

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
"""The annotations of a rule: why, the statements it comes from, and remarks."""

_NOT_XML = "[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def write_document(model: DmnModel) -> bytes:
    """The file, in UTF-8."""
    return _DocumentWriter(model).write()


class _DocumentWriter:
    """Writes a model; an id joins the names of the book and the event and the kind of part with dots."""

    def __init__(self, model: DmnModel) -> None:
        self._model, self._book, self._own = model, model.book, _make_id(model.book.name)

    def write(self) -> bytes:
        book = self._book
        root = ET.Element(
            "definitions",
            {
                **NAMESPACES,
                "id": self._own,
                "name": _replace_invalid(book.title),
                "namespace": f"urn:prassi:{self._own}",
                "exporter": "Prassi",
                "exporterVersion": VERSION,
            },
        )
        _add_text(root, "description", f"{book.source}\nBook {book.name}, version {book.digest}")
        ids = {table.name: f"{self._own}.{table.event.name}" for table in self._model.tables}
        for table in self._model.tables:
            self._add_decision(root, ids[table.name], table)
        for name, datum in self._model.data.items():
            node = _add_element(root, "inputData", id=_make_data_id(name), name=name)
            _add_text(node, "description", datum.about)
            _add_variable(node, name, datum.type)
        draw_diagram(
            root,
            self._model.tables,
            {**ids, **{name: _make_data_id(name) for name in self._model.data}},
        )
        ET.indent(root)
        text: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
        return text + b"\n"

    def _add_decision(self, root: ET.Element, own: str, table: DmnTable) -> None:
        decision = _add_element(root, "decision", id=own, name=table.name)
        _add_text(decision, "description", table.event.title)
        _add_text(decision, "question", f"{table.event.title}: which rule answers?")
        _add_text(decision, "allowedAnswers", "the id of one rule")
        _add_variable(decision, table.name, "string")
        for place, name in enumerate(table.asked.values(), 1):
            needed = _add_element(decision, "informationRequirement", id=f"{own}.requires.{place}")
            _add_element(needed, "requiredInput", href=f"#{_make_data_id(name)}")
        node = _add_element(
            decision, "decisionTable", id=f"{own}.table", hitPolicy=table.hit_policy
        )
        self._add_columns(node, own, table)
        for number, line in enumerate(table.lines, 1):
            self._add_rule(node, f"{own}.rule.{number}", line, table)

    def _add_columns(self, parent: ET.Element, own: str, table: DmnTable) -> None:
        """Add the columns: inputs, the output, and the annotations."""
        for place, name in enumerate(table.asked.values(), 1):
            datum = self._model.data[name]
            clause = _add_element(parent, "input", id=f"{own}.in.{place}")
            asked = _add_element(
                clause, "inputExpression", id=f"{own}.in.{place}.asks", typeRef=datum.type
            )
            _add_text(asked, "text", name)
            values = feel.write_allowed_values(datum.domain, datum.money)
            if values is not None:
                allowed = _add_element(clause, "inputValues", id=f"{own}.in.{place}.values")
                _add_text(allowed, "text", values)
        answer = _add_element(parent, "output", id=f"{own}.out", label="rule", typeRef="string")
        answers = dict.fromkeys(feel.write_string(line.rule.id) for line in table.lines)
        if answers:
            values = ",".join(answers)
            _add_text(_add_element(answer, "outputValues", id=f"{own}.out.values"), "text", values)
        for annotation in ANNOTATIONS:
            _add_element(parent, "annotation", name=annotation)

    def _add_rule(self, parent: ET.Element, own: str, line: DmnRow, table: DmnTable) -> None:
        node, rule = _add_element(parent, "rule", id=own), line.rule
        why, statements, remarks = self._write_annotations(rule)
        # The annotations are DMN's; dmn-js and Camunda Modeler show the description in their place.
        sources = ", ".join((*rule.statements, *rule.remarks))
        _add_text(node, "description", f"{why} [{sources}]" if sources else why)
        for place, (fact, name) in enumerate(table.asked.items(), 1):
            datum, cell = self._model.data[name], line.row.get(fact)
            tests = (
                feel.ANY
                if cell is None
                else feel.write_unary_tests(cell, datum.domain, datum.money)
            )
            _add_text(_add_element(node, "inputEntry", id=f"{own}.in.{place}"), "text", tests)
        _add_text(
            _add_element(node, "outputEntry", id=f"{own}.out"), "text", feel.write_string(rule.id)
        )
        for annotation in (why, statements, remarks):
            _add_text(_add_element(node, "annotationEntry"), "text", annotation)

    def _write_annotations(self, rule: Rule) -> tuple[str, str, str]:
        """The texts of a rule's annotations."""
        parts = [f"{{{one}}}" if place % 2 else one for place, one in enumerate(rule.why.parts)]
        statements = [f"{one}: {self._book.statements[one].says}" for one in rule.statements]
        if rule.extrapolated:
            statements.append("extrapolated: the procedure does not say it")
        remarks = [f"{one}: {self._book.remarks[one].says}" for one in rule.remarks]
        return "".join(parts), "\n".join(statements), "\n".join(remarks)


def _add_element(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, attributes)


def _add_text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = _replace_invalid(text)


def _add_variable(node: ET.Element, name: str, kind: str) -> None:
    _add_element(node, "variable", id=f"{node.get('id')}.variable", name=name, typeRef=kind)


def _replace_invalid(text: str) -> str:
    """Text with U+FFFD in place of characters that XML can't hold."""
    return re.sub(_NOT_XML, "\ufffd", text)


def _make_id(name: str) -> str:
    """A name as an XML id can have it."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", name)
    return plain if plain[:1].isalpha() else f"_{plain}"


def _make_data_id(name: str) -> str:
    return f"input.{name}"
