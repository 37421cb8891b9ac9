"""Reading what is to be imported. A source is known by its content, never by its name.

A JSON document, a JSON list, JSON Lines or CSV, in UTF-8 (with or without a byte order mark) or in
UTF-16 with one. Whatever else it is, is told in one sentence.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from io import TextIOWrapper
from itertools import chain
from typing import IO, NamedTuple

from ..errors import BadInput
from . import csv_rows, json_rows
from .row_forms import Forms
from .rows_and_faults import Broken, EmptySource, Raw, Tell

_HEAD = 4096
"""Bytes that tell text from other files."""

_BLOCK = 1 << 16

_FIRST_LINES = 20
"""Lines that tell one layout from another."""

_FOREIGN = {
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"\x89PNG": "a picture (PNG)",
    b"GIF8": "a picture (GIF)",
    b"%PDF-": "a PDF document",
    b"PK\x03\x04": "a workbook or an archive (XLSX, ODS, ZIP); write a map for it (--map), or save its"
    " sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old Office document (XLS, DOC); save its sheet as CSV",
    b"\x1f\x8b": "compressed (gzip); unpack it first",
    b"SQLite format 3\0": "a database; export it first",
}
"""How files begin that people give by mistake."""

_WIDE = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_NOT_UTF8 = re.compile("[\udc80-\udcff]")


class Source(NamedTuple):
    """One source of an import: its place in the command, and the path it was given by."""

    number: int
    path: str

    @property
    def name(self) -> str:
        """The source as faults call it."""
        return "stdin" if self.path == "-" else self.path

    @property
    def short(self) -> str:
        """The file's name without its folder, as text that a ticket file can keep."""
        return os.path.basename(self.name).encode("utf-8", "replace").decode()


class FileSum(NamedTuple):
    """What tells a file from others: the SHA-256 of its bytes, and whether its last line has an end."""

    sum: str
    ended: bool


def measure(file: IO[bytes]) -> FileSum:
    """Read a file to its end for its sum; it can then be read from where it was."""
    start, summed, last = file.tell(), hashlib.sha256(), b""
    while block := file.read(_BLOCK):
        summed.update(block)
        last = block
    file.seek(start)
    # UTF-16 has a zero byte before or after what ends a line.
    return FileSum(summed.hexdigest(), last.rstrip(b"\0")[-1:] in (b"\n", b"\r", b""))


def rows(
    source: Source, forms: Forms, tell: Tell, measured: Callable[[FileSum], None]
) -> Iterator[Raw]:
    """The rows of a source in the import format; `measured` is given its sum.

    Faults of rows are told. Raises BadInput where a source can't be read at all, and Broken where
    it can't be read on.
    """
    with open_bytes(source) as file:
        measured(measure(file))
        with decode(source, file, None) as (head, lines):
            yield from _read_rows(head, lines, forms, tell)


def _read_rows(
    head: Sequence[str], lines: Iterator[str], forms: Forms, tell: Tell
) -> Iterator[Raw]:
    if is_json(head):
        yield from json_rows.rows(lines, head, tell)
    else:
        yield from csv_rows.rows(lines, forms, tell)


@contextmanager
def decode(
    source: Source, file: IO[bytes], encoding: str | None
) -> Iterator[tuple[list[str], Iterator[str]]]:
    """The first lines of a source that is open, and all of its lines."""
    with closing(_lines(source, file, encoding)) as lines:
        head = _head(source, lines)
        yield head, chain(head, lines)


def begins_with(file: IO[bytes], beginning: bytes) -> bool:
    """Whether a file begins with some bytes; it can then be read from there."""
    start = file.tell()
    found = file.read(len(beginning))
    file.seek(start)
    return found == beginning


def is_json(head: Sequence[str]) -> bool:
    """Whether a text that begins with these lines is JSON."""
    return "".join(head).lstrip()[:1] in ("{", "[")


def _head(source: Source, lines: Iterator[str]) -> list[str]:
    """The first lines, with at least one that is not blank."""
    head: list[str] = []
    for line in lines:
        head.append(line)
        if len(head) >= _FIRST_LINES and line.strip():
            break
    if not any(map(str.strip, head)):
        raise EmptySource(f"{source.name} is empty; give JSON, JSON Lines or CSV.")
    return head


@contextmanager
def open_bytes(source: Source) -> Iterator[IO[bytes]]:
    """The source's bytes; what can't be read twice is kept in a temporary file."""
    try:
        with open(source.path, "rb") if source.path != "-" else _standard_input() as file:
            if file.seekable():
                yield file
                return
            with tempfile.TemporaryFile() as kept:
                shutil.copyfileobj(file, kept)
                kept.seek(0)
                yield kept
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInput(f"{source.name} can't be read: {reason}.") from None


@contextmanager
def _standard_input() -> Iterator[IO[bytes]]:
    yield sys.stdin.buffer


def _lines(source: Source, file: IO[bytes], encoding: str | None) -> Generator[str, None, None]:
    """The lines of a source with their ends; BadInput where it is not text."""
    start = file.tell()
    head = file.read(_HEAD)
    file.seek(start)
    wide = head.startswith(_WIDE)
    encoding = encoding or ("utf-16" if wide else "utf-8")
    if kind := _kind(head, "16" in encoding or "32" in encoding):
        raise BadInput(f"{source.name} is {kind}; give JSON, JSON Lines or CSV.")
    text = TextIOWrapper(file, encoding, errors="surrogateescape", newline="")
    try:
        yield from _decode(text)
    finally:
        text.detach()


def _kind(head: bytes, wide: bool) -> str | None:
    """What the bytes are, where they are not text."""
    for beginning, kind in _FOREIGN.items():
        if head.startswith(beginning):
            return kind
    if not wide and len(_CONTROL.findall(head)) * 20 > len(head):
        return "not text"
    return None


def _decode(text: TextIOWrapper) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        try:
            line = text.readline()
        except UnicodeDecodeError as error:
            raise Broken(number, _SAVE.format(error.encoding.upper())) from None
        if not line:
            return
        if not line.isascii() and _NOT_UTF8.search(line):
            raise Broken(number, _SAVE.format(text.encoding.upper()))
        yield line.removeprefix("\ufeff") if number == 1 else line


_SAVE = (
    "this line is not {0} text; save the file as UTF-8 (spreadsheets call it CSV UTF-8), or write a"
    ' map with the encoding it has, such as encoding = "cp1252"'
)
