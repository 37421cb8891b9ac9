"""Whether a book says how far its facts.sql looks."""

from __future__ import annotations

from collections.abc import Iterator

from ...book.model import Book
from ...book.reach import format_reach
from ...ticketfile.facts_sql_reach import find_needed_reach
from .findings import Observation


def check_reach(book: Book) -> Iterator[Observation]:
    """Where the reach of a book is not the smallest one that fits its facts.sql."""
    needed = find_needed_reach(book)
    if needed.reach == book.reach:
        return
    at, fits = ("book", "reach"), format_reach(needed.reach)
    if needed.reach is None or (book.reach is not None and needed.reach - book.reach):
        says = f"facts.sql looks further than reach = {format_reach(book.reach)}: {needed.because}"
        yield Observation(
            kind="reach", at=at, sentence=f"{says}. The smallest that fits is {fits}."
        )
    else:
        told = (
            f"facts.sql needs less than reach = {format_reach(book.reach)}: write reach = {fits}."
        )
        yield Observation(kind="wide", at=at, sentence=told)
