"""prassi report: a page about the desk, to look at and to print."""

from __future__ import annotations

import click
from prassi.core.errors import NightFault
from prassi.core.system.language import find_spoken, say

from ..options import FILE_NAME, CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..printing.output_file import check_output_path, write_output_file
from ..streams import warn


@click.command("report")
@click.argument("path", type=FILE_NAME, metavar="FILE.html")
@click.option("--force", is_flag=True, help="Replace a file that exists.")
@add_common_options
def command(common: CommonOptions, path: str, force: bool) -> None:
    """Write a page about the desk: to do, late, done by itself, messages, ageing, promises.

    It is one file that needs no other, and prints well. Nothing is written to the ticket file.
    """
    from ..web.desk_door import DeskDoor, DeskPlace  # late: 100 ms
    from ..web.pages import render_sheet
    from ..web.report_screen import read_report
    from ..web.workers import Visitor

    check_output_path(path, "FILE.html", force)
    place = DeskPlace(common.file, common.find_settings(), common.given_at, find_spoken())
    door = DeskDoor(place)
    click.get_current_context().call_on_close(door.close)
    report = read_report(door, Visitor(common.person, "read"))
    if not common.dry_run:
        page = render_sheet("report.html", report=report)
        write_output_file(path, page.encode("utf-8", "replace"))
    if common.json:
        print_json({"file": path, "due": report["due"], "late": report["late"]})
    elif not common.quiet:
        told = (
            say("{path} would have the report.")
            if common.dry_run
            else say("{path} has the report.")
        )
        print_text(told.format(path=path))
    for one in report["left"]:
        warn(one, label="Error: ")
    if report["left"]:
        raise NightFault(f"{len(report['left'])} tickets or books could not be decided on.")
