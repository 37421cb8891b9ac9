"""Rows of a spreadsheet (XLSX), whose cells keep their types: dates, numbers, text."""

from __future__ import annotations

import re
import warnings
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time
from typing import IO, TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from ..errors import BadInput, PrassiError
from .rows_and_faults import Broken

if TYPE_CHECKING:
    from openpyxl import Workbook

BEGINNING = b"PK\x03\x04"
"""How a workbook begins, and any other archive."""

_LARGEST = 2**29
"""Bytes of an unpacked workbook: more is hostile, or better saved as CSV."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

Record = tuple[int, Sequence[object]]
"""The line on which a row starts, and its cells."""


def read_records(name: str, file: IO[bytes], sheet: str | None) -> Generator[Record, None, None]:
    """The rows of a sheet (the first one unless it is named) that are not blank; BadInput where
    there is none."""
    _check_archive(name, file)
    with closing(_open(name, file)) as book:
        titles = [one.title for one in book.worksheets]
        if sheet is not None and sheet not in titles:
            raise BadInput(f"{name} has no sheet {sheet!r}; it has {', '.join(titles)}.")
        if not titles:
            raise BadInput(f"{name} has no sheet with cells; save what it has as CSV.")
        for line, cells in _read_rows(name, book, sheet or titles[0]):
            read = [_read_cell(cell) for cell in cells]
            if any(cell not in (None, "") for cell in read):
                yield line, read


def _read_rows(name: str, book: Workbook, sheet: str) -> Iterator[Record]:
    rows, line = book[sheet], 0
    rows.reset_dimensions()  # which other programs' workbooks state wrongly
    try:
        for line, cells in enumerate(rows.iter_rows(values_only=True), 1):
            yield line, cells
    except (GeneratorExit, PrassiError):
        raise
    except Exception as error:  # as below
        raise Broken(line + 1, f"the sheet can't be read on: {error}") from None


def _check_archive(name: str, file: IO[bytes]) -> None:
    """A workbook is an archive with sheets in it that are not huge."""
    try:
        with ZipFile(file) as archive:
            parts = archive.infolist()
    except (BadZipFile, OSError, ValueError) as error:
        raise BadInput(f"{name} can't be read as a workbook: {error}.") from None
    if not any(part.filename.lower().startswith("xl/") for part in parts):
        raise BadInput(f"{name} is an archive and not a workbook (XLSX); save its sheet as CSV.")
    if sum(part.file_size for part in parts) > _LARGEST:
        raise BadInput(f"{name} is larger than 512 MiB when unpacked; save its sheet as CSV.")
    file.seek(0)


def _open(name: str, file: IO[bytes]) -> Workbook:
    try:
        from openpyxl import load_workbook  # late: 150 ms, and an extra
    except ImportError:
        told = "install prassi[sheets] to read it, or save its sheet as CSV"
        raise BadInput(f"{name} is a workbook: {told}.") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that hold no cells
            return load_workbook(file, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever a damaged file makes happen
        raise BadInput(f"{name} can't be read as a workbook: {error}.") from None


def _read_cell(value: object) -> object:
    """A cell: a date as a moment, an escaped character of a text as itself."""
    if isinstance(value, str):
        return _ESCAPED.sub(_unescape, value).strip() if "_x" in value else value.strip()
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    return value


def _unescape(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return "" if character == "\r" else character
