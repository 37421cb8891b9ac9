"""Backups: copying a ticket file while others work on it, and restoring the copy.

A copy is made under another name in the same folder, checked, and written out to the disk before it
gets its name; so whatever has the name of a backup is a whole backup. Nothing is ever overwritten.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import count
from typing import NamedTuple

from ..errors import BadInput, FileUnusable
from ..system.fsync import sync_to_disk
from ..system.shared_folder import share_new_file
from . import outbox
from .connect import (
    BESIDE,
    check_free,
    check_nothing_left,
    connect,
    copy_database,
    describe_os_error,
    open_as_is,
    transaction,
    translate_errors,
)
from .schema import VERSION
from .sqlite import Connection
from .verify import FileCheck, open_to_check, verify_file
from .write_events import EventWriter, read_last_event


class RestoreResult(NamedTuple):
    """What a restored file holds, under which name the file is kept that was in its place, and how many
    messages that waited are held."""

    chain: FileCheck
    aside: str | None
    held: int


StartEvents = Callable[[Connection], EventWriter]
"""Makes the writer of a run's events in a file."""


# --- making one -----------------------------------------------------------------------------------


def back_up(path: str, destination: str, dry_run: bool = False) -> FileCheck:
    """Copy a ticket file to a new file while others work; returns what the copy holds.

    BadInput where there is a file of that name, FileUnusable where the ticket file is not sound:
    then there is no copy. On a dry run the copy is checked too, and left without a name.
    """
    _check_destination(destination)
    with closing(open_as_is(path)) as source, _make_unnamed_file(destination) as copy:
        _copy_file(source, copy, destination)
        found = _check_copy(copy, path, "no backup was made")
        if not dry_run:
            _name_copy(copy, destination)
    return found


def back_up_beside(path: str, version: int) -> str:
    """Copy an older ticket file beside itself, before it is brought up to date; returns the name.

    A backup that was made before, of the same newest event, will do. The caller holds the write lock.
    """
    # Only SQLite may open the file: closing it otherwise would release the caller's lock.
    with closing(connect(path)) as source:
        for end in _suffixes():
            kept = f"{path}.schema-{version}.backup{end}"
            if not os.path.lexists(kept):
                break
            if _is_backup_of(kept, version, read_last_event(source)):
                return kept
        with _make_unnamed_file(kept) as copy:
            _copy_file(source, copy, kept)
            with closing(connect(copy)) as target, translate_errors(path):
                found = target.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise FileUnusable(f"{path} is damaged; take the newest backup.")
            _name_copy(copy, kept)
    return kept


def _is_backup_of(kept: str, version: int, newest: tuple[int, bytes]) -> bool:
    """Whether a file is a backup of that version, with that newest event."""
    try:
        with closing(open_as_is(kept)) as connection, translate_errors(kept):
            same: bool = connection.execute("PRAGMA user_version").fetchone()[0] == version
            return same and read_last_event(connection) == newest
    except FileUnusable:
        return False


def _check_destination(destination: str) -> None:
    if os.path.lexists(destination):
        raise BadInput(f"{destination} exists already; choose another name for the backup.")
    check_nothing_left(destination)


def _copy_file(source: Connection, copy: str, destination: str) -> None:
    with translate_errors(destination), closing(connect(copy)) as target:
        target.execute("PRAGMA journal_mode = OFF")
        target.execute("PRAGMA synchronous = OFF")
        copy_database(source, target)


def _check_copy(copy: str, path: str, otherwise: str) -> FileCheck:
    """What a copy holds; FileUnusable where what it was copied from is not sound."""
    with closing(open_to_check(copy)) as connection:
        found = verify_file(connection)
    if found.faults:
        raise FileUnusable(
            f"{path} is not sound, and {otherwise}: {found.faults[0]}"
            f" `prassi verify --file {path}` lists all that is wrong."
        )
    return found


# --- the way back ---------------------------------------------------------------------------------


def restore(
    source: str,
    path: str,
    start_events: StartEvents,
    replace: bool = False,
    dry_run: bool = False,
) -> RestoreResult:
    """Make a backup the ticket file `path`, once it is found sound.

    The messages that wait in it are held: they may have left since. Of an older schema they are held
    when the file is brought up to date.

    FileUnusable where it is not, or where there is a file already, unless that may be replaced:
    then that one is kept under another name.
    """
    path = os.path.realpath(path) if os.path.islink(path) else path
    if not (replace and os.path.isfile(path)):
        _check_place(path)
    with closing(open_as_is(source)) as backup, _make_unnamed_file(path) as copy:
        _copy_file(backup, copy, path)
        found = _check_copy(copy, source, "was not restored")
        held, chain = _hold_waiting(copy, start_events, found)
        aside = None
        if dry_run:
            return RestoreResult(chain, None, held)
        if replace and os.path.lexists(path):
            aside = _replace_file(copy, path)
        else:
            _name_copy(copy, path)
    return RestoreResult(chain, aside, held)


def _hold_waiting(copy: str, start_events: StartEvents, found: FileCheck) -> tuple[int, FileCheck]:
    """Hold what waits in a copy; returns how many messages, and what the copy holds then."""
    with closing(connect(copy)) as connection, translate_errors(copy):
        if connection.execute("PRAGMA user_version").fetchone()[0] < VERSION:
            return 0, found
        with transaction(connection):
            held = outbox.hold_waiting(connection, start_events(connection))
        events, head = read_last_event(connection)
        return held, found._replace(events=events, head=head.hex()) if held else found


def _check_place(path: str) -> None:
    if os.path.lexists(path):
        raise FileUnusable(
            f"{path} exists already; choose another name with --file, or put it aside with"
            " --replace."
        )
    check_free(path)


def _replace_file(copy: str, path: str) -> str:
    """Put a copy in the place of a file, which gets another name; nobody is writing meanwhile."""
    aside = next(
        name
        for name in (f"{path}.replaced{end}" for end in _suffixes())
        if not os.path.lexists(name)
    )
    with _lock_exclusively(path):
        try:
            try:
                os.link(path, aside)
            except OSError:  # a file system without second names
                os.rename(path, aside)
            for end in BESIDE:  # Only beside a file that SQLite can't use; it is a part of that.
                with suppress(FileNotFoundError):
                    os.rename(path + end, aside + end)
            sync_to_disk(copy)
            os.replace(copy, path)
        except OSError as error:
            raise FileUnusable(f"{path} can't be replaced: {describe_os_error(error)}.") from None
        sync_to_disk(os.path.dirname(path) or ".")
    return aside


@contextmanager
def _lock_exclusively(path: str) -> Iterator[None]:
    """Keep everybody else from reading or writing a ticket file, if it can be used at all.

    Whoever has it open finds out at their next step that it has been replaced.
    """
    with translate_errors(path), ExitStack() as stack:
        try:
            connection = stack.enter_context(closing(connect(path)))
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise
        yield


# --- files ----------------------------------------------------------------------------------------


def _suffixes() -> Iterator[str]:
    """Ends for a name that is taken: none, .2, .3 and so on."""
    yield ""
    yield from (f".{number}" for number in count(2))


@contextmanager
def _make_unnamed_file(path: str) -> Iterator[str]:
    """A new file beside a path, for its owner or those who share its folder, whose name says that it
    is not a backup yet; it is removed in the end."""
    folder, name = os.path.split(path)
    try:
        handle, copy = tempfile.mkstemp(".partial", f".{name}.", folder or ".")
    except OSError as error:
        raise FileUnusable(f"{path} can't be created: {describe_os_error(error)}.") from None
    share_new_file(handle, copy)
    os.close(handle)
    try:
        yield copy
    finally:
        for end in ("", *BESIDE):
            with suppress(FileNotFoundError):
                os.remove(copy + end)


def _name_copy(copy: str, path: str) -> None:
    """Give a copy its name, once it is on the disk; FileUnusable where there is one by now."""
    try:
        sync_to_disk(copy)
        try:
            os.link(copy, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without second names
            check_free(path)
            os.rename(copy, path)
        sync_to_disk(os.path.dirname(path) or ".")
    except FileExistsError:
        raise FileUnusable(f"{path} exists already; choose another name.") from None
    except OSError as error:
        raise FileUnusable(f"{path} can't be created: {describe_os_error(error)}.") from None
