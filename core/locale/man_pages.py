"""Manual pages of all commands, made of docs/reference.md when Prassi is built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

FOLDER = "man"
"""Beside setup.cfg; setup.cfg says where its pages are installed."""

_SECTION = re.compile(r"^### (prassi.*?)\n+```text\n(.*?)^```$", re.M | re.S)
_COMMON = re.compile(r"^## Commands\n.*?^```text\n(.*?)^```$", re.M | re.S)


def write_man_pages(root: Path) -> None:
    """Write a page for each command of the reference; without a reference, as in a source
    distribution, the pages lie there already."""
    reference = root / "docs" / "reference.md"
    if not reference.is_file():
        return
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    for name, page in make_man_pages(reference.read_text(encoding="utf-8")):
        (folder / name).write_text(page, encoding="utf-8")


def make_man_pages(reference: str) -> Iterator[tuple[str, str]]:
    """The file name and the text of the page of each command."""
    shared = _COMMON.search(reference)
    assert shared is not None
    sections = _SECTION.findall(reference)
    names = [name for name, _ in sections]
    for name, text in sections:
        page = name.replace(" ", "-")
        below = [one for one in names if one.rpartition(" ")[0] == name]
        yield f"{page}.1", _format_page(page, text, "" if below else shared[1], below)


def _format_page(page: str, text: str, shared: str, below: list[str]) -> str:
    usage, *rest = re.split(r"\n\n", text.strip("\n"))
    body = [part for part in rest if part.startswith("  ") and not part.strip().endswith(":")]
    lists = [part for part in rest if part not in body]
    about = " ".join(body[0].split()) if body else page
    lines = [f'.TH {page.upper()} 1 "" "Prassi"', ".SH NAME", _escape(f"{page} - {about}")]
    lines += [".SH SYNOPSIS", *_keep_lines(usage.removeprefix("Usage: "))]
    lines += [".SH DESCRIPTION", *(line for part in body for line in (".PP", *_fill(part)))]
    for part in lists:
        head, _, listed = part.partition("\n")
        lines += [f".SH {_escape(head.rstrip(':').upper())}", *_keep_lines(listed)]
    if shared:
        lines += [".SH OPTIONS OF ALL COMMANDS", *_keep_lines(shared)]
    if below:
        others = ", ".join(f"{one.replace(' ', '-')}(1)" for one in below)
        lines += [".SH SEE ALSO", _escape(others)]
    return "\n".join(lines) + "\n"


def _fill(text: str) -> Iterator[str]:
    yield from (_escape(line.strip()) for line in text.split("\n"))


def _keep_lines(text: str) -> Iterator[str]:
    """Lines that stay as they are."""
    yield from (".nf", *(_escape(line) for line in text.rstrip("\n").split("\n")), ".fi")


def _escape(line: str) -> str:
    """A line in which nothing is a request of troff."""
    plain = line.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain[:1] in (".", "'") else plain
