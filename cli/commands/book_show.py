"""prassi book show: prints a book as a procedure to read, or its trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import say

from ..options import FILE_NAME, CommonOptions, add_common_options
from ..printing import procedure
from ..printing.output import print_heading, print_json, print_text
from ..printing.output_file import check_output_path, write_output_file
from ..printing.trace_page import format_lines, format_page
from ..spoken_errors import translate_error

if TYPE_CHECKING:
    from prassi.core.book.model import Book
    from prassi.core.library.library import Shelf


@click.command("show")
@click.argument("name", type=FILE_NAME, metavar="BOOK")
@click.option(
    "--trace",
    is_flag=True,
    help="Print which rules come from each statement, and which scenarios show them.",
)
@click.option(
    "--matrix",
    is_flag=True,
    help="Print each status and each event: which rule can answer, and the status after it.",
)
@click.option(
    "--html",
    type=FILE_NAME,
    metavar="FILE",
    default=None,
    help="With --trace: write it to FILE as a web page.",
)
@click.option("--force", is_flag=True, help="Replace a file that exists.")
@add_common_options
def command(
    common: CommonOptions, name: str, trace: bool, matrix: bool, html: str | None, force: bool
) -> None:
    """Print a book as a procedure: parameters, tables, statements with their rules, remarks."""
    from prassi.core.library.library import Shelf  # late: 46 ms

    if html is not None and not trace:
        raise BadInput("--html can only be used with --trace, which is what the page shows.")
    if matrix and trace:
        raise BadInput("--matrix can't be used with --trace: ask for one after the other.")
    shelf = Shelf(common.load_settings())
    book = shelf.book(name)
    if matrix:
        _print_matrix(common, shelf, book)
        return
    if trace:
        _print_trace(common, book, html, force)
        return
    if common.json:
        print_json(procedure.book_as_json(book))
        return
    print_heading(f"{book.title} ({book.name})")
    for line in procedure.format_book(book):
        print_text(line)


def _print_matrix(common: CommonOptions, shelf: Shelf, book: Book) -> None:
    """Print status by event, a row each with --json."""
    from prassi.core.analysis.status_matrix import StatusMatrix  # late: 20 ms

    from ..printing.status_matrix import format_matrix

    rows = StatusMatrix(book, shelf.files(book.name).reader()).list_rows()
    if common.json:
        for row in rows:
            print_json(row.as_json())
        return
    print_heading(f"{book.title} ({book.name})")
    for line in format_matrix(rows, list(book.statuses.values())):
        print_text(line)


def _print_trace(common: CommonOptions, book: Book, html: str | None, force: bool) -> None:
    """Print the trace, or write it as a page and say so."""
    from prassi.core.analysis.scenarios.scenario_files import (  # late: 21 ms
        list_scenario_files,
        read_scenario_files,
    )
    from prassi.core.analysis.traceability import trace_as_json, trace_book

    traced = trace_book(book, read_scenario_files(list_scenario_files(book.folder), book.name))
    if html is not None:
        check_output_path(html, "--html", force)
        if not common.dry_run:
            write_output_file(html, format_page(traced).encode("utf-8", "replace"))
    if common.json:
        for row in trace_as_json(traced):
            print_json(row)
    elif html is None:
        print_heading(f"{book.title} ({book.name})")
        for line in format_lines(traced):
            print_text(line)
    elif not common.quiet:
        told = (
            say("{path} would have the trace. {summary}")
            if common.dry_run
            else say("{path} has the trace. {summary}")
        )
        summary = translate_error(traced.summarize())
        print_text(told.format(path=html, summary=summary))
