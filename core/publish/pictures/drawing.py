"""A picture before it is laid out: boxes and arrows with their texts."""

from __future__ import annotations

import textwrap
from typing import NamedTuple


class Box(NamedTuple):
    """A box of a picture: its name in it, its text in lines, and its shape.

    Shapes are `status`, `closed`, `start`, `any`, `question`, `rule` and `refusal`.
    """

    name: str
    lines: tuple[str, ...]
    shape: str


class Arrow(NamedTuple):
    """An arrow between two boxes, named; its text in lines."""

    start: str
    end: str
    lines: tuple[str, ...]


class Drawing(NamedTuple):
    """A picture of a book: `of` is `states` or an event; its title, boxes and arrows."""

    book: str
    of: str
    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]

    def as_json(self) -> dict[str, object]:
        """The picture as --json prints it."""
        return {
            "book": self.book,
            "picture": self.of,
            "title": self.title,
            "boxes": [one._asdict() for one in self.boxes],
            "arrows": [one._asdict() for one in self.arrows],
        }


def wrap_text(text: str, width: int = 36) -> tuple[str, ...]:
    """A text in lines that fit into a box."""
    return tuple(textwrap.wrap(text, width, break_on_hyphens=False)) or ("",)
