"""A book as DMN 1.3, the Object Management Group's standard for decision tables.

dmn-js, Camunda Modeler and decision engines read such a file. It says which rule answers which facts,
and why. What DMN can't express is left out, and listed.
"""

from __future__ import annotations

from typing import NamedTuple

from ...book.model import Book
from .document import write_document
from .model import DmnModel
from .omitted import OmittedPart, list_omitted


class DmnExport(NamedTuple):
    """A DMN file, the number of its tables and rules, and the parts of the book that it leaves out."""

    xml: bytes
    tables: int
    rules: int
    omitted: tuple[OmittedPart, ...]


def export_dmn(book: Book) -> DmnExport:
    """Export a book as a DMN file: byte for byte the same for the same version of the book."""
    model = DmnModel(book)
    rules = {line.rule.id for table in model.tables for line in table.lines}
    return DmnExport(
        write_document(model), len(model.tables), len(rules), tuple(list_omitted(model))
    )
