"""Spreadsheets (XLSX) of rows; no cell is a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

from prassi.core.errors import BadInput

from .output_file import check_output_path, write_output_file
from .spreadsheet import Cell, prepare_row


def check_workbook(path: str, force: bool) -> None:
    """BadInput where the file can't be written, or the package for it is not installed."""
    check_output_path(path, "--xlsx", force)
    try:
        import openpyxl  # noqa: F401 (late: 150 ms)
    except ImportError:
        raise BadInput(
            "--xlsx needs openpyxl: install it with `pip install prassi[sheets]`."
        ) from None


def write_workbook(
    path: str, title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> None:
    """Write rows under their heads as the one sheet of a file."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in (heads, *rows):
        cells = []
        for value in prepare_row(row, raw=True):
            cell = WriteOnlyCell(sheet, value)
            if isinstance(value, str):
                cell.data_type = "s"  # else what begins with = would be a formula
            cells.append(cell)
        sheet.append(cells)
    data = BytesIO()
    book.save(data)
    write_output_file(path, data.getvalue())
