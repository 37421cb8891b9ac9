"""prassi book export: writes a book's decision tables as DMN."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from prassi.core.system.language import say, say_count

from ..options import FILE_NAME, CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..printing.output_file import check_output_path, write_output_file
from ..spoken_errors import translate_error

if TYPE_CHECKING:
    from prassi.core.publish.dmn import DmnExport

    from ..printing.json_rows import DmnJson, LeftOutJson

_NAMED = 8
"""How many names of a part are printed on a line; --json prints all."""


@click.command("export")
@click.argument("name", type=FILE_NAME, metavar="BOOK")
@click.option(
    "--dmn",
    "path",
    type=FILE_NAME,
    metavar="FILE",
    required=True,
    help="Write it as DMN 1.3 to FILE.",
)
@click.option("--force", is_flag=True, help="Replace a file that exists.")
@add_common_options
def command(common: CommonOptions, name: str, path: str, force: bool) -> None:
    """Write a book's decision tables as DMN, for modelers and other engines.

    It prints which parts of the book the file leaves out, because DMN can't express them.
    """
    from prassi.core.library.library import Shelf  # late: 54 ms
    from prassi.core.publish.dmn import export_dmn

    made = export_dmn(Shelf(common.load_settings()).book(name))
    check_output_path(path, "--dmn", force)
    if not common.dry_run:
        write_output_file(path, made.xml)
    if common.json:
        _print_export_json(name, path, made, common.dry_run)
    elif not common.quiet:
        _print_export(path, made, common.dry_run)


def _print_export(path: str, made: DmnExport, dry_run: bool) -> None:
    told = (
        say_count(
            "{path} would have {count} decision table with {rules} rules.",
            "{path} would have {count} decision tables with {rules} rules.",
            made.tables,
        )
        if dry_run
        else say_count(
            "{path} has {count} decision table with {rules} rules.",
            "{path} has {count} decision tables with {rules} rules.",
            made.tables,
        )
    )
    print_text(told.format(path=path, count=made.tables, rules=made.rules))
    if made.omitted:
        print_text(say("What DMN can't say, and is left out:"))
    for part in made.omitted:
        names = ", ".join(part.names[:_NAMED]) + (", ..." if len(part.names) > _NAMED else "")
        print_text(
            f"  {translate_error(part.part)} ({part.times}){': ' if names else ''}{names}",
            lines=False,
        )


def _print_export_json(book: str, path: str, made: DmnExport, dry_run: bool) -> None:
    row: DmnJson = {
        "book": book,
        "dmn": path,
        "tables": made.tables,
        "rules": made.rules,
        "applied": not dry_run,
    }
    print_json(row)
    for part in made.omitted:
        left: LeftOutJson = {"left_out": part.part, "count": part.times, "names": part.names}
        print_json(left)
