"""All JSON schemas (2020-12) there are: of what --json prints, and of the files that people write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ..book.model import Book
from .file_schema import FILES
from .json_schema import (
    RECORDS,
    Schema,
    describe_actions,
    describe_exported,
    describe_items,
    describe_rows,
    describe_tickets,
)

_DRAFT = "https://json-schema.org/draft/2020-12/schema"

OF_BOOKS: Mapping[str, Callable[[Iterable[Book]], Schema]] = {
    "ticket": describe_tickets,
    "export": describe_exported,
    "item": describe_items,
    "action": lambda books: {"type": "object", "anyOf": [*describe_actions()]},
}
"""What depends on books, or on the kinds of actions that they can have."""

SHAPES = (*FILES, *RECORDS, *OF_BOOKS)
"""All shapes of the core; the command line has more."""

Printed = Mapping[str, Sequence[object]]
"""Shapes of the command line, each with the kinds of its rows."""


def make_schema(shape: str, books: Iterable[Book], printed: Printed) -> Schema:
    """The schema of a shape of the core, or of those that the command line prints beside."""
    if shape in FILES:
        body = FILES[shape](books)
    elif shape in OF_BOOKS:
        body = OF_BOOKS[shape](books)
    else:
        body = describe_rows(RECORDS.get(shape) or printed[shape])
        if shape == "decision":
            body["properties"]["actions"]["items"] = {"anyOf": [*describe_actions()]}
    return {"$schema": _DRAFT, "$id": f"prassi:{shape}", "title": shape, **body}
