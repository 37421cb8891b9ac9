"""The lines of a map that is written for a person: values as TOML has them, comments that fit."""

from __future__ import annotations

import json

from ..system.language import say
from .column_guesses import Column

WIDTH = 80
"""Columns of a line with its comment, where that is possible."""


def format_line(field: str, column: Column | None, missing: str = "", extra: str = "") -> str:
    """A line of the map: our field, its column with what is known of it, and examples."""
    if column is None:
        return f'{field} = "?"   # {missing}'
    parts = [f"column = {quote(column.name)}"]
    about = list_examples(column)
    if column.kind in ("date", "moment"):
        parts.append(f'{column.kind} = "{column.formats[0]}"')
        if column.formats[1:]:
            about += say(" (or is it {other}?)").format(other=column.formats[1])
    if column.odd is not None:
        about += say(" (but not {value})").format(value=repr(flatten(column.odd)))
    if extra:
        parts.append(extra)
    value = quote(column.name) if len(parts) == 1 else f"{{ {', '.join(parts)} }}"
    return add_comment(f"{field} = {value}", about)


def add_comment(line: str, about: str) -> str:
    """A line with a comment: behind it where both fit on the screen, else before it."""
    if len(line) + len(about) + 5 <= WIDTH:
        return f"{line}   # {about}"
    cut = about if len(about) + 2 <= WIDTH else f"{about[: WIDTH - 3]}…"
    return f"# {cut}\n{line}"


def describe_column(column: Column) -> str:
    if column.kind == "empty":
        return say("empty")
    if column.kind == "words":
        return ", ".join(f"{flatten(word)} ({n})" for word, n in column.words.most_common(6))
    return list_examples(column)


def list_examples(column: Column) -> str:
    """Some of a column's values, which can't end the comment they stand in."""
    shown = list(dict.fromkeys(flatten(value) for value in column.values))[:3]
    return "; ".join(one if len(one) <= 32 else f"{one[:31]}…" for one in shown) or say(
        "always empty"
    )


def flatten(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))


def quote(name: str) -> str:
    """A name as TOML writes it."""
    return json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")
