"""What every command takes and gets: option types, the common options, and what they open."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

import click
from prassi.core.system.language import LANGUAGES, find_spoken, say
from prassi.core.system.records import NamedTuple
from prassi.core.values.field_types import read_date, read_moment, read_money

from .streams import drop_output, is_attended, warn

if TYPE_CHECKING:
    from prassi.core.desk.office import Office
    from prassi.core.library.library import Shelf
    from prassi.core.library.settings import Settings
    from prassi.core.ticketfile.sqlite import Connection
    from prassi.core.ticketfile.write_events import EventWriter

    from .desk_session import DeskSession


# --- types of options -----------------------------------------------------------------------------

Parameter = click.Parameter | None
Context = click.Context | None


class MomentType(click.ParamType[str]):
    """`DATE` or `DATETHH:MM`, of a day that exists."""

    name = "date[Thh:mm]"

    def convert(self, value: object, param: Parameter, ctx: Context) -> str:
        return _convert(read_moment, value, self, param, ctx)


class TypedMomentType(MomentType):
    """The same as people type it, such as `fri 10:30`: it is read once the common options are."""

    def convert(self, value: object, param: Parameter, ctx: Context) -> str:
        return _leave_typed(value, ctx) or super().convert(value, param, ctx)


class TypedDayType(click.ParamType[str]):
    """A day that exists, in ISO or as people type it, such as `fri` or `9/3/2026`."""

    name = "date"

    def convert(self, value: object, param: Parameter, ctx: Context) -> str:
        return _leave_typed(value, ctx) or _convert(read_date, value, self, param, ctx)


class AmountType(click.ParamType[str]):
    """An amount with at most two decimals, as people type it."""

    name = "amount"

    def convert(self, value: object, param: Parameter, ctx: Context) -> str:
        written = str(value)
        if not written.isdigit() and written.count(".") + written.count(",") + written.count(" "):
            from prassi.core.values.typed_amounts import read_typed_amount  # 1 ms, few have cents

            written = _convert(read_typed_amount, value, self, param, ctx)
        _convert(read_money, written, self, param, ctx)
        return written


class FileNameType(click.ParamType[str]):
    """A name that can stand in a sentence: not empty, on one line, and without a blank before it."""

    name = "text"

    def convert(self, value: object, param: Parameter, ctx: Context) -> str:
        name = str(value)
        if not name:
            self.fail("it is empty; give a name.", param, ctx)
        if "\n" in name:
            self.fail(f"{name!r} has a line break; give one name at a time.", param, ctx)
        return f"./{name}" if name[:1].isspace() else name


def _leave_typed(value: object, ctx: Context) -> str | None:
    """A date that is not written in ISO, as it is; None where it is."""
    written = str(value).strip()
    if ctx is None or not written or (written[:4].isdigit() and written[4:5] in ("-", "")):
        return None
    ctx.meta[_TYPED] = True
    return written


def _convert(
    reader: Callable[[Any], str | int],
    value: object,
    kind: click.ParamType[str],
    param: Parameter,
    ctx: Context,
) -> str:
    try:
        return str(reader(value))
    except ValueError as error:
        return kind.fail(str(error), param, ctx)


MOMENT, DAY, AMOUNT = TypedMomentType(), TypedDayType(), AmountType()
FILE_NAME = FileNameType()
_TYPED = "prassi.typed"
"""That a date was given which has to be read."""


# --- options of every command ---------------------------------------------------------------------


class KeptOpen:
    """What `prassi desk` keeps open from one command to the next; None outside of it."""

    session: DeskSession | None = None


class CommonOptions(NamedTuple):
    """The options of every command, and what they open."""

    file: str
    given_at: str | None
    dry_run: bool
    json: bool
    config: str | None
    quiet: bool
    command: str
    person: str
    csv: bool = False
    raw: bool = False

    @property
    def at(self) -> str:
        """The moment to act as of: the given one, or the present one by the desk's clock."""
        if self.given_at is not None:
            return self.given_at
        kept = click.get_current_context().meta
        if _AT not in kept:
            kept[_AT] = read_clock(self.load_settings().time_zone)
        return str(kept[_AT])

    def load_settings(self) -> Settings:
        """The settings file, read and checked; once, however often it is asked for."""
        from prassi.core.library.settings import load  # late: 6 ms

        kept = click.get_current_context().meta
        if _SETTINGS not in kept:
            path, session = self.find_settings(), KeptOpen.session
            read = load(path) if session is None else session.load_settings(path)
            kept[_SETTINGS] = read._replace(spoken=find_spoken())
            if kept[_SETTINGS].places:
                _warn_of_idle_places(kept[_SETTINGS])
        settings: Settings = kept[_SETTINGS]
        return settings

    def find_settings(self) -> str | None:
        """The settings file: the one given, else prassi.toml beside the ticket file, where it is."""
        if self.config is not None:
            return self.config
        beside = self.beside_file
        return beside if os.path.exists(beside) else None

    @property
    def beside_file(self) -> str:
        """Where settings are looked for that are not given."""
        return os.path.join(os.path.dirname(self.file), "prassi.toml")

    def describe_missing_company(self) -> str:
        """That the settings do not have the company's name, and where they were looked for."""
        found = self.find_settings()
        if found is not None:
            return f"{found} does not have the company's name ([company] name)"
        return (
            "there are no settings with the company's name: neither --config nor PRASSI_CONFIG is"
            f" given, and there is no {self.beside_file}"
        )

    def _warn_of_held(self, connection: Connection) -> None:
        """When the command ends, tell that e-mails are held which it made without a sender."""
        from prassi.core.ticketfile.read_messages import has_new_held  # most have a company
        from prassi.core.ticketfile.write_events import read_last_event

        last, _ = read_last_event(connection)

        def tell() -> None:
            if has_new_held(connection, last):
                warn(
                    f"E-mails are held in the outbox: {self.describe_missing_company()}. Put it into the"
                    " settings, and run `prassi outbox retry`."
                )

        click.get_current_context().call_on_close(tell)

    def open_file(self) -> Connection:
        """The ticket file, open until the command ends; FileUnusable where it can't be used."""
        from prassi.core.ticketfile.open import open_file  # late: 5 ms

        if KeptOpen.session is not None:
            return KeptOpen.session.open_file(self.file)
        connection = open_file(self.file, warn, self.dry_run)
        click.get_current_context().call_on_close(connection.close)
        return connection

    def open_file_to_act(self, ref: str | None = None) -> Connection:
        """The ticket file for something that depends on the moment; WrongClock where that is the
        clock's, which can't be right.

        An odd moment that was given is reported: about the ticket `ref`, else about the file.
        """
        from prassi.core.ticketfile.clock import check_clock, describe_odd_moment  # late: 0.2 ms

        connection = self.open_file()
        if self.given_at is None:
            check_clock(connection, datetime.now(UTC))
        elif not self.dry_run and not self.quiet:
            now = read_clock(self.load_settings().time_zone)
            told = describe_odd_moment(connection, self.at, now, ref)
            if told is not None:
                warn(told)
        return connection

    def open_office(self, settings: Settings | None = None, ref: str | None = None) -> Office:
        """Everything that an event needs; with a dry run nothing can be written.

        `settings` stand in place of the settings file's, where some are tried out; `ref` is the
        ticket that the event is about.
        """
        from prassi.core.desk.office import Office  # late: 74 ms
        from prassi.core.ticketfile.writer_process import InProcessWriter

        settings, connection = settings or self.load_settings(), self.open_file_to_act(ref)
        writer = (
            None
            if self.dry_run
            else InProcessWriter(connection, self.command, self.at, self.person)
        )
        if writer is not None and not settings.company["name"]:
            self._warn_of_held(connection)
        shelf = self.find_shelf(settings, connection)
        return Office(connection, settings, self.at, writer, shelf, person=self.person)

    def find_shelf(self, settings: Settings, connection: Connection) -> Shelf | None:
        """The books that the desk keeps open; None outside of it."""
        session = KeptOpen.session
        return None if session is None else session.open_shelf(settings, connection)

    def start_events(self, connection: Connection, command: str | None = None) -> EventWriter:
        """A writer of events that no book decides, within a transaction of the command."""
        from prassi.core.ticketfile.write_events import EventWriter  # late: 3 ms

        return EventWriter(connection, command or self.command, self.at, self.person)


def _warn_of_idle_places(settings: Settings) -> None:
    """Tell calendars of the settings that change nothing, once."""
    from prassi.core.library.library import Shelf  # late: 45 ms

    for sentence in Shelf(settings).find_idle_places():
        warn(sentence, label=say("Warning: "))


_AT, _SETTINGS = "prassi.at", "prassi.settings"
"""What an invocation keeps, so that all its parts have the same."""


def read_clock(zone: str | None) -> str:
    """The present moment, to the minute, by the desk's clock; without a zone by the system's."""
    if zone is None:
        return datetime.now().isoformat(timespec="minutes")
    from prassi.core.values.time_zones import read_clock as read_zone  # late: 4 ms

    return read_zone(zone).isoformat(timespec="minutes")[: len("2026-03-02T10:30")]


_OPTIONS = (
    click.option(
        "-f",
        "--file",
        envvar="PRASSI_FILE",
        default="tickets.db",
        show_default=True,
        type=FILE_NAME,
        metavar="FILE",
        help="The ticket file.",
    ),
    click.option(
        "--at",
        envvar="PRASSI_AT",
        type=MomentType(),
        default=None,
        help="Act as of this moment.  [default: now]",
    ),
    click.option("-n", "--dry-run", is_flag=True, help="Work everything out, write nothing."),
    click.option("--json", is_flag=True, help="Print JSON Lines on stdout."),
    click.option(
        "--config",
        envvar="PRASSI_CONFIG",
        type=FILE_NAME,
        metavar="FILE",
        default=None,
        help="Settings (TOML).  [default: prassi.toml beside FILE]",
    ),
    click.option(
        "--as",
        "person",
        envvar="PRASSI_AS",
        metavar="WHO",
        default=None,
        help="Who acts.  [default: the login name]",
    ),
    click.option(
        "--lang",
        envvar="PRASSI_LANG",
        type=click.Choice(LANGUAGES),
        default=None,
        help="The language of what people read.  [default: the desk's]",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print only errors."),
)


def add_common_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of every command; it gets them first, as one `CommonOptions`.

    An error of SQLite becomes a sentence about the ticket file.
    """

    @wraps(function)
    def command(**given: Any) -> None:
        from prassi.core.ticketfile.connect import translate_errors  # late: 5 ms

        common = _take_common(given)
        try:
            with translate_errors(common.file):
                if _TYPED in click.get_current_context().meta or is_attended():
                    from .short_forms import complete_given  # 1 ms, and scripts are not short

                    complete_given(common, given)
                with _choose_pager(common):
                    function(common, **given)
        except BrokenPipeError:  # Nobody reads on, as after `| head`; that is not a failed check.
            drop_output()
            raise click.exceptions.Exit(0) from None

    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def _choose_pager(common: CommonOptions) -> AbstractContextManager[None]:
    """A pager at a terminal, for what may be long."""
    if not is_attended() or common.json or common.csv or common.quiet:
        return nullcontext()
    from .pager import PAGED, page_output  # late: 4 ms, and scripts have none

    return page_output() if common.command in PAGED else nullcontext()


def _take_common(given: dict[str, Any]) -> CommonOptions:
    """Take the common options out of all that a command was given."""
    csv, raw = given.pop("csv", False), given.pop("raw", False)  # where a command has them
    at = given.pop("at")
    given.pop("lang")  # it is spoken since before the command was read
    common = CommonOptions(
        file=given.pop("file"),
        given_at=at,
        dry_run=given.pop("dry_run"),
        json=given.pop("json"),
        config=given.pop("config"),
        quiet=given.pop("quiet"),
        command=click.get_current_context().command_path.removeprefix("prassi "),
        person=_name_person(given.pop("person")),
        csv=csv,
        raw=raw,
    )
    if raw and not csv:
        raise click.UsageError("--raw can only be used with --csv.")
    if csv and common.json:
        raise click.UsageError("--csv can't be used with --json: give one.")
    return common


def _name_person(given: str | None) -> str:
    """Who acts: the one named, else whoever is logged in."""
    if given is None:
        from prassi.core.system.login import find_login

        return find_login()
    name = " ".join(given.split())
    if not name or not name.isprintable():
        raise click.UsageError("--as is not a name; give one, such as --as giulia.")
    return name
