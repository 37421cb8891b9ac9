"""prassi todo: who has to do what by when."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click
from prassi.core.errors import NightFault, PartlyDone
from prassi.core.system.language import say, say_count

from ..events import read_decisions
from ..options import FILE_NAME, CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..printing.rows import RowOptions, add_row_options, print_rows, show_cell
from ..streams import warn

if TYPE_CHECKING:
    from prassi.core.desk.office import Office

    from ..printing.json_rows import TodoMailJson
    from ..printing.todo import TodoList


def _list_names() -> Sequence[str]:
    from prassi.core.desk.todo import COLUMNS  # late: 60 ms

    return COLUMNS


@click.command("todo")
@click.option("--who", metavar="WHO", help="Only what WHO has to do: a person, or a role.")
@click.option("--mine", is_flag=True, help="Only what you have to do (--as).")
@click.option("--all", "everything", is_flag=True, help="What comes later, too.")
@click.option("--html", type=FILE_NAME, metavar="FILE", help="Write a page of HTML.")
@click.option(
    "--ics",
    type=FILE_NAME,
    metavar="FILE",
    help="Write the tasks of a calendar, later ones included.",
)
@click.option(
    "--xlsx", type=FILE_NAME, metavar="FILE", help="Write a spreadsheet (needs prassi[sheets])."
)
@click.option("--force", is_flag=True, help="Replace these files where they exist.")
@click.option(
    "--mail", is_flag=True, help="Send each person their own; nothing to who has nothing."
)
@add_row_options(_list_names, has_files=True)
@add_common_options
def command(
    common: CommonOptions,
    who: str | None,
    mine: bool,
    everything: bool,
    html: str | None,
    ics: str | None,
    xlsx: str | None,
    force: bool,
    mail: bool,
    row_options: RowOptions,
) -> None:
    """Print who has to do what by when, for whom, and why; nothing is written to the ticket file.

    It is what `triage --dry-run` would ask for, by who has to act. --mail needs [mail] in the
    settings, and addresses in [people].
    """
    if who is not None and mine:
        raise click.UsageError("--mine can't be used with --who: give one.")
    files = _check_files(html, ics, xlsx, force)
    office = common._replace(dry_run=True).open_office()
    wanted = common.person if mine else who
    todo, fault = _gather(office, wanted, who is not None, everything or ics is not None)
    if mail:
        _send(common, todo, wanted)
    elif files:
        _write_files(common, todo, files, everything)
    else:
        _print(common, todo, row_options)
    if fault is not None:
        raise fault


def _check_files(
    html: str | None, ics: str | None, xlsx: str | None, force: bool
) -> dict[str, str]:
    """The files to write, by option; BadInput where one can't be written."""
    from ..printing.output_file import check_output_path
    from ..printing.workbook import check_workbook

    given = {"--html": html, "--ics": ics, "--xlsx": xlsx}
    files = {option: path for option, path in given.items() if path is not None}
    for option, path in files.items():
        check_output_path(path, option, force)
    if xlsx is not None:
        check_workbook(xlsx, force)
    return files


def _gather(
    office: Office, who: str | None, check: bool, everything: bool
) -> tuple[TodoList, NightFault | None]:
    """What people have to do, also where some tickets had to be left; then with the fault."""
    from prassi.core.desk.duties import list_duties  # late: 80 ms
    from prassi.core.desk.todo import check_holder
    from prassi.core.desk.triage import Triage, only_waits

    from ..printing.todo import TodoList

    if who is not None and check:
        check_holder(office, "--who", who)
    todo = TodoList()
    click.get_current_context().call_on_close(todo.close)
    shows = (lambda rule: True) if everything else (lambda rule: not only_waits(rule))
    try:
        for decision in read_decisions(Triage(office, shows=shows, near=who)):
            for duty in list_duties(decision.plan, everything):
                if (everything or duty.is_due) and (who is None or duty.is_of(who)):
                    todo.add(duty)
    except NightFault as error:
        return todo, error
    return todo, None


def _print(common: CommonOptions, todo: TodoList, options: RowOptions) -> None:
    from ..printing.todo import print_todo

    print_rows(common, options, _list_names(), todo.read(), partial(print_todo, common.at))


def _write_files(
    common: CommonOptions, todo: TodoList, files: dict[str, str], everything: bool
) -> None:
    """Write each file; a calendar has what comes later too."""
    from prassi.core.desk.todo import COLUMNS

    from ..printing.output_file import write_output_file
    from ..printing.task_calendar import format_calendar
    from ..printing.workbook import write_workbook
    from ..web.todo_page import format_page

    if common.dry_run:
        if not common.quiet:
            print_text(say("Would write {values}.").format(values=", ".join(files.values())))
        return
    for option, path in files.items():
        if option == "--ics":
            zone = common.load_settings().time_zone
            write_output_file(path, format_calendar(common.at, zone, todo.read()))
        elif option == "--html":
            page = format_page(common.at, todo.read(everything))
            write_output_file(path, page.encode("utf-8", "replace"))
        else:
            cells = ([show_cell(row[name]) for name in COLUMNS] for row in todo.read(everything))
            write_workbook(path, "To do", COLUMNS, cells)


def _send(common: CommonOptions, todo: TodoList, who: str | None) -> None:
    """Send everybody their own; PartlyDone where somebody could not be reached."""
    from prassi.core.desk.todo_mail import TodoMailer, share_out

    mailer = TodoMailer(common.load_settings(), common.at, earnest=not common.dry_run)
    own = share_out(todo.read(everything=False))
    chosen = {name: rows for name, rows in own.items() if name == who}
    if not chosen:  # WHO is a role: its people
        chosen = {**own}
    failed = 0
    for mail in mailer.send(chosen.items()):
        if mail.fault is not None:
            failed += 1
            warn(f"{mail.person}: {mail.fault}.", label=say("Error: "))
        elif common.json:
            row: TodoMailJson = {"person": mail.person, "to": mail.address, "duties": mail.duties}
            print_json(row)
        elif not common.quiet:
            sent = say("would go") if common.dry_run else say("sent")
            print_text(
                say("{person} <{address}>: {duties} to do, {sent}").format(
                    person=mail.person, address=mail.address, duties=mail.duties, sent=sent
                )
            )
    if failed:
        told = say_count(
            "{failed} of {count} person did not get their e-mail.",
            "{failed} of {count} people did not get their e-mail.",
            len(chosen),
        )
        raise PartlyDone(told.format(failed=failed, count=len(chosen)))
