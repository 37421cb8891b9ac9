"""A page of the documentation as somebody follows it: files that are written, commands that are typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple


class Write(NamedTuple):
    """A block that the page says stands in a file: a paragraph before it ends in the file's name."""

    file: str
    text: str


class Command(NamedTuple):
    """A command of a session (`console`), with the lines that are shown of what it prints."""

    words: str
    shown: Sequence[str]


def read_steps(page: str) -> Iterator[Write | Command]:
    """What a page asks its reader to do, in its order."""
    block = r"(?:`([\w./-]+)`:\n\n)?^```(\w+)\n(.*?)^```$"
    for file, kind, text in re.findall(block, page, re.M | re.S):
        if kind == "console":
            for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
                words, *shown = part.splitlines()
                yield Command(words, shown)
        elif file:
            yield Write(file, text)


def write_file(folder: Path, step: Write) -> None:
    """Write a file as the page says, in a folder that is there."""
    (folder / step.file).write_text(step.text, encoding="utf-8")


def fits(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether lines that were cut at `...` are those that were printed."""
    pattern = ""
    for line in shown:
        start = re.escape(line.removesuffix("..."))
        cut = "(.*\n)*?" if line == "..." else rf"{start}.*\n" if line.endswith("...") else None
        pattern += cut or rf"{re.escape(line)}\n"
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None
