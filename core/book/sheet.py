"""A sheet of a book: which tickets are listed, and what stands in each column."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from typing import NamedTuple

from .placeholders import Text


class SheetColumn(NamedTuple):
    """A column of a sheet: the key of its values in JSON, what stands in it, and its head for people."""

    head: str
    value: Text
    title: str


class Sheet(NamedTuple):
    """A report over the tickets in some statuses: a text for each column.

    `by` are the columns and fields of tickets that it can be narrowed by; `order` is one of them,
    with - before it for the greatest first; `asks` says that its columns need what the day says;
    `coming` adds the tickets that the day would lead into these statuses.
    """

    name: str
    title: str
    statuses: tuple[str, ...]
    columns: tuple[SheetColumn, ...]
    by: tuple[str, ...]
    order: str
    closed: bool
    asks: bool
    coming: bool
