"""Every small mutation of a book's messages: another language's text, another number, a dropped line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_CONTROL = re.compile(r"\s*(\{%[^%]*%\}\s*)*")
"""A line that has nothing to say: empty, or statements only."""

_NUMBER = re.compile(r"(?<!\w)(?<!\d\.)\d+(?!\w|\.\d)")
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


class TextMutation(NamedTuple):
    """A template (`file` as templates name each other) with another text; `line` is where it differs."""

    file: str
    path: str
    line: int
    description: str
    text: str

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.path}:{self.line}"


class _Template(NamedTuple):
    path: str
    name: str
    language: str
    text: str

    @property
    def file(self) -> str:
        return "/".join(self.path.rsplit(os.sep, 2)[1:])


def find_text_mutations(texts: Sequence[tuple[str, str]]) -> Iterator[TextMutation]:
    """All mutations of templates, which are given as paths and texts."""
    templates = [_read(path, text) for path, text in texts]
    for one in templates:
        yield from _put_other_language(one, templates)
        yield from _change_lines(one)


def _read(path: str, text: str) -> _Template:
    name, _, rest = os.path.basename(path).partition(".")
    # Comments stay as they are: none of their words is said.
    without = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    return _Template(path, name, rest.removesuffix(".j2"), without)


def _put_other_language(one: _Template, all_of_them: Sequence[_Template]) -> Iterator[TextMutation]:
    if one.name.startswith("_"):
        return
    for other in all_of_them:
        if other.name == one.name and other.language != one.language:
            about = f"the text of {other.language}"
            yield TextMutation(one.file, one.path, 1, about, other.text)
            return


def _change_lines(one: _Template) -> Iterator[TextMutation]:
    lines = one.text.split("\n")
    for place, line in enumerate(lines):
        if _CONTROL.fullmatch(line):
            continue
        shown = line.strip()[:50]
        text = "\n".join([*lines[:place], *lines[place + 1 :]])
        yield TextMutation(one.file, one.path, place + 1, f"without the line: {shown}", text)
    for place, line in enumerate(lines):
        for found in _NUMBER.finditer(line):
            other = str(int(found[0]) + 1)
            changed = line[: found.start()] + other + line[found.end() :]
            text = "\n".join([*lines[:place], changed, *lines[place + 1 :]])
            yield TextMutation(one.file, one.path, place + 1, f"{found[0]} -> {other}", text)
