"""A book as DMN 1.3, the Object Management Group's standard for decision tables.

dmn-js, Camunda Modeler and decision engines read such a file. It says which rule answers which facts,
and why; what DMN has no words for is left out, and listed.
"""

from __future__ import annotations

from typing import NamedTuple

from ...book.model import Book
from .document import write_document
from .model import DmnModel
from .omitted import OmittedPart, list_omitted


class DmnExport(NamedTuple):
    """A DMN file: how many tables and rules it has, and what of the book is not in it."""

    xml: bytes
    tables: int
    rules: int
    omitted: tuple[OmittedPart, ...]


def export_dmn(book: Book) -> DmnExport:
    """A book as a DMN file, the same to the byte for the same version of the book."""
    model = DmnModel(book)
    rules = {line.rule.id for table in model.tables for line in table.lines}
    return DmnExport(
        write_document(model), len(model.tables), len(rules), tuple(list_omitted(model))
    )
