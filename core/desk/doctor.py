"""What would go wrong tonight: a check-up of the ticket file and the settings that writes nothing.

A check is a function in `CHECKS` that yields findings. A fault is what would go wrong; a warning is
what could be better.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..errors import BadInput, WrongClock
from ..library.library import Shelf
from ..library.settings import Settings
from ..messages.addresses import Unsendable, parse_mail_address
from ..ticketfile.clock import check_clock
from ..ticketfile.connect import is_whole, read_version
from ..ticketfile.find_backups import find_newest_backup, read_newest_night
from ..ticketfile.read_tickets import read_open_books
from ..ticketfile.sqlite import Connection
from ..ticketfile.write_events import read_last_event
from .transports import shake_hands

OK, WARNING, FAULT = "ok", "warning", "fault"

CRON_PATH = "/usr/bin:/bin"
"""Where cron looks for commands, unless the crontab says otherwise."""

_MONTHS = 15
"""How far ahead calendars are looked through."""


@dataclass(frozen=True)
class Diagnosis:
    """What a check says: its subject, `ok`, `warning` or `fault`, and a sentence."""

    check: str
    state: str
    told: str


@dataclass(frozen=True)
class ExaminedDesk:
    """What is checked, as of a moment: a ticket file that is open, the settings, and the books.

    `now` is the clock, with its time zone; None where the moment was given. Backups are looked for
    in the folder `backups`.
    """

    connection: Connection
    path: str
    settings: Settings
    shelf: Shelf
    at: str
    now: datetime | None
    backups: str

    @property
    def today(self) -> date:
        """The day to check as of."""
        return date.fromisoformat(self.at[:10])


def examine_desk(desk: ExaminedDesk) -> Iterator[Diagnosis]:
    """All findings, in the order of the checks; a check in which nothing is wrong says so too."""
    for check in CHECKS:
        yield from check(desk)


def check_file(desk: ExaminedDesk) -> Iterator[Diagnosis]:
    """Whether SQLite finds the file sound."""
    if not is_whole(desk.connection):
        told = f"{desk.path} is damaged: `prassi verify` says where; take the newest backup."
        yield Diagnosis("file", FAULT, told)
        return
    events, version = read_last_event(desk.connection)[0], read_version(desk.connection)
    yield Diagnosis("file", OK, f"{desk.path} has schema {version} and {events} events.")
    for one in getattr(desk.connection, "harmless", ()):
        told = f"{one}, which is harmless: `prassi verify --mend` puts it right."
        yield Diagnosis("file", WARNING, told)


def check_rights(desk: ExaminedDesk) -> Iterator[Diagnosis]:
    """Whether the file can be written, and by whom else."""
    folder = os.path.dirname(os.path.realpath(desk.path))
    locked = [place for place in (desk.path, folder) if not os.access(place, os.W_OK)]
    for place in locked:
        yield Diagnosis("rights", FAULT, f"{place} can't be written by you: `chmod u+w` it.")
    mode = stat.S_IMODE(os.stat(desk.path).st_mode)
    if mode & stat.S_IWOTH:
        told = f"{desk.path} can be changed by everybody: `chmod o-rw` it."
        yield Diagnosis("rights", FAULT, told)
    elif mode & stat.S_IROTH:
        told = f"{desk.path} can be read by everybody: `chmod o-r` it."
        yield Diagnosis("rights", WARNING, told)
    elif not locked:
        yield Diagnosis("rights", OK, f"{desk.path} can be written; its mode is {mode:04o}.")


def check_settings(desk: ExaminedDesk) -> Iterator[Diagnosis]:
    """Whether there are settings, and what in them has no effect."""
    if desk.settings.document is None:
        told = "there are no settings: put prassi.toml beside the ticket file, or name it with --config."
        yield Diagnosis("settings", WARNING, told)
        return
    idle = list(desk.shelf.find_idle_places())
    for sentence in idle:
        yield Diagnosis("settings", WARNING, sentence)
    if not idle:
        yield Diagnosis("settings", OK, f"{desk.settings.document.name} is sound.")


def check_books(desk: ExaminedDesk) -> Iterator[Diagnosis]:
    """Whether the books can be read: tonight a faulty one would stop its tickets."""
    needed = {*read_open_books(desk.connection)}
    names = sorted({*desk.shelf.names(), *needed})
    sound, faulty = desk.shelf.read_sound(names)
    for name, fault in faulty.items():
        yield Diagnosis("books", FAULT if name in needed else WARNING, f"{name}: {fault}")
    if not faulty:
        yield Diagnosis("books", OK, f"{len(sound)} books are sound.")


def check_calendars(desk: ExaminedDesk) -> Iterator[Diagnosis]:
    """Whether the holidays of the next 15 months are known, and which may yet be moved."""
    last = desk.today + timedelta(days=_MONTHS * 365 // 12)
    for country in sorted(desk.shelf.calendars()):
        yield from _check_calendar(desk, country, last)


def _check_calendar(desk: ExaminedDesk, country: str, last: date) -> Iterator[Diagnosis]:
    calendar, fine = desk.shelf.calendar(country), True
    for year in range(desk.today.year, last.year + 1):
        try:
            days = calendar.list_special_days(year)
        except BadInput as error:
            yield Diagnosis("calendar", FAULT, f"{country}: {error}")
            return
        coming = [one for one in days if desk.today <= one.day <= last and one.estimated]
        if not any(one.kind == "holiday" for one in days):
            fine = False
            told = f"{country}: no holidays of {year} are known; give closures in [calendars.{country}]."
            yield Diagnosis("calendar", WARNING, told)
        if coming:
            fine = False
            told = (
                f"{country} {year}: {len(coming)} days are estimated, the first is {coming[0].day};"
                f" `prassi calendar {country} {year}` lists them."
            )
            yield Diagnosis("calendar", WARNING, told)
    if fine:
        yield Diagnosis("calendar", OK, f"{calendar.country}: the holidays up to {last} are known.")


def check_roles(desk: ExaminedDesk) -> Iterator[Diagnosis]:
    """Whether somebody has each role of the books that have open tickets."""
    books = desk.shelf.read_sound(read_open_books(desk.connection))[0]
    fine = True
    for book in books:
        filled = desk.settings.roles_in(book.name)
        if nobody := [role for role in book.roles if role not in filled]:
            fine = False
            told = f"{book.name}: nobody has {', '.join(nobody)}; name them in [roles]."
            yield Diagnosis("roles", FAULT, told)
    if fine:
        yield Diagnosis("roles", OK, "every role of the books with open tickets has somebody.")


def check_sender(desk: ExaminedDesk) -> Iterator[Diagnosis]:
    """Whether letters have a sender; without open tickets none will be written."""
    company = desk.settings.company
    lacking = [] if company["name"].strip() else ["[company] name is missing"]
    if desk.settings.mail is None:
        try:
            parse_mail_address(company["email"])
        except Unsendable as error:
            lacking.append(f"[company] email: {error}")
    state = FAULT if read_open_books(desk.connection) else WARNING
    for told in lacking:
        yield Diagnosis("sender", state, f"{told}: letters have no sender.")
    if not lacking:
        yield Diagnosis("sender", OK, f"letters come from {company['name']}.")


def check_transports(desk: ExaminedDesk) -> Iterator[Diagnosis]:
    """Whether the mail server and the SMS gateway let us in, as far as that goes without a message."""
    found = list(shake_hands(desk.settings))
    for one in found:
        if one.fault is not None:
            yield Diagnosis("sending", FAULT, one.fault)
        else:
            yield Diagnosis("sending", OK, f"{one.name} takes messages ({one.channel}).")
    if not found:
        told = (
            "the settings have neither [mail] nor [sms], so messages only wait to be handed over."
        )
        yield Diagnosis("sending", WARNING, told)


def check_backup(desk: ExaminedDesk) -> Iterator[Diagnosis]:
    """How much the newest backup lacks."""
    found = find_newest_backup(desk.connection, desk.path, desk.backups)
    if found is None:
        told = f"there is no backup in {desk.backups}: make one with `prassi backup DEST`."
        yield Diagnosis("backup", WARNING, told)
        return
    lacks = f"lacks what was done from {found.since} on ({found.missing} of the events)"
    old = found.since is not None and _count_days(found.since, desk.today) > 1
    told = f"{found.path} {lacks if found.missing else 'has every event'}."
    yield Diagnosis("backup", WARNING if old else OK, told)


def check_night(desk: ExaminedDesk) -> Iterator[Diagnosis]:
    """When the last night was; one in which there was nothing to do leaves no trace."""
    newest = read_newest_night(desk.connection)
    if newest is None:
        if read_open_books(desk.connection):
            told = "no night has written anything so far: let cron run `prassi triage`."
            yield Diagnosis("night", WARNING, told)
        else:
            yield Diagnosis("night", OK, "no ticket is open: there is nothing to do tonight.")
        return
    state = WARNING if _count_days(newest, desk.today) > 1 else OK
    yield Diagnosis("night", state, f"the last night that wrote something was as of {newest}.")


def check_cron(desk: ExaminedDesk) -> Iterator[Diagnosis]:
    """Whether cron finds the command and those of the settings: its PATH is a short one."""
    from shlex import split
    from shutil import which

    mail = desk.settings.mail
    commands = [mail.sendmail, mail.password_command] if mail is not None else []
    names = dict.fromkeys(["prassi", *(split(one)[0] for one in commands if one)])
    lost = [name for name in names if which(name, path=CRON_PATH) is None]
    for name in lost:
        found = which(name) or (sys.argv[0] if os.path.basename(sys.argv[0]) == name else None)
        told = f"cron, whose PATH is {CRON_PATH}, does not find {name}."
        if found is not None:
            place = os.path.dirname(os.path.abspath(found))
            told = (
                f"cron, whose PATH is {CRON_PATH}, does not find {name}: write"
                f" PATH={place}:{CRON_PATH} into the crontab."
            )
        yield Diagnosis("cron", WARNING, told)
    if not lost:
        yield Diagnosis("cron", OK, f"cron finds {', '.join(names)} in its PATH, {CRON_PATH}.")


def check_time(desk: ExaminedDesk) -> Iterator[Diagnosis]:
    """Whether the clock can be right."""
    if desk.now is None:
        yield Diagnosis("clock", OK, f"the moment was given: {desk.at}.")
        return
    try:
        check_clock(desk.connection, desk.now)
    except WrongClock as error:
        yield Diagnosis("clock", FAULT, str(error))
    else:
        yield Diagnosis("clock", OK, f"the clock says {desk.at}, which fits the file.")


def _count_days(moment: str, today: date) -> int:
    with suppress(ValueError):
        return (today - date.fromisoformat(moment[:10])).days
    return 0


CHECKS: tuple[Callable[[ExaminedDesk], Iterator[Diagnosis]], ...] = (
    check_file,
    check_rights,
    check_settings,
    check_books,
    check_calendars,
    check_roles,
    check_sender,
    check_transports,
    check_backup,
    check_night,
    check_cron,
    check_time,
)
"""Every check, in the order of the printout."""
