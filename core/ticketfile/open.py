"""Creating a ticket file, opening one, and bringing an older one up to date."""

from __future__ import annotations

import os
from collections.abc import Callable

from ..errors import FileUnusable
from ..system.login import find_login
from ..system.shared_folder import share_folder, share_new_file
from . import schema
from .connect import (
    check_free,
    close_on_error,
    connect,
    copy_database,
    describe_os_error,
    open_as_is,
    read_version,
    transaction,
    translate_errors,
)
from .sqlite import Connection, open_scratch


def create_file(path: str, share: bool = False) -> Connection:
    """Create a ticket file, readable by its owner only, or with `share` by the group of its folder,
    which is given the mode for that; FileUnusable where there is a file already."""
    check_free(path)
    if share:
        share_folder(os.path.dirname(path))
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        share_new_file(handle, path)
        os.close(handle)
    except OSError as error:
        raise FileUnusable(f"{path} can't be created: {describe_os_error(error)}.") from None
    try:
        with translate_errors(path):
            connection = connect(path)
            with close_on_error(connection), transaction(connection):
                schema.migrate(connection)
            return connection
    except BaseException:
        os.remove(path)
        raise


def create_in_memory() -> Connection:
    """Make an empty ticket file in memory; it is gone when the connection is closed."""
    connection = open_scratch()
    with close_on_error(connection):
        for statement in schema.schema_statements():
            connection.execute(statement)
        connection.execute("PRAGMA foreign_keys = ON")
    return connection


def open_file(
    path: str, tell: Callable[[str], None] | None = None, dry_run: bool = False
) -> Connection:
    """Open a ticket file for reading and writing; FileUnusable says why it can't be.

    An older file is backed up and brought up to date, and `tell` gets a sentence that says so, and one
    that says what other tools have left in the file. On a dry run a copy is brought up to date and
    opened in its place; it is gone when it is closed.
    """
    connection = open_as_is(path)
    with translate_errors(path), close_on_error(connection):
        if connection.harmless and tell is not None:
            left = " and ".join(connection.harmless)
            tell(
                f"{path} is not as Prassi makes it, but can be used: {left}. Mend it with `prassi verify --mend`."
            )
        if read_version(connection) < schema.VERSION:
            if dry_run:
                return _open_upgraded_copy(connection)
            _upgrade_file(connection, path, tell)
    return connection


def _upgrade_file(connection: Connection, path: str, tell: Callable[[str], None] | None) -> None:
    """Bring an older file up to date, and keep a backup; another process may have been faster."""
    from .backup import back_up_beside  # 23 ms: few files are older ones

    kept = None
    with transaction(connection):
        if (version := read_version(connection)) < schema.VERSION:
            # Fails where nothing can be written, before there is a backup.
            connection.execute(f"PRAGMA user_version = {version}")
            kept = back_up_beside(path, version)
            _migrate(connection)
    if kept is not None and tell is not None:
        tell(f"{path} is brought up to schema {schema.VERSION}; as it was, it is kept as {kept}.")


def _open_upgraded_copy(connection: Connection) -> Connection:
    copy = open_scratch(in_memory=False)  # It has no name, and goes when it is closed.
    copy_database(connection, copy)
    connection.close()
    with transaction(copy):
        _migrate(copy)
    return copy


def _migrate(connection: Connection) -> None:
    """Bring an older schema up to date; its chain of events goes on in the second edition."""
    from .event_hash import EDITION, edition_facts  # 2 ms: few files are older ones
    from .write_events import EventRecord, EventWriter, read_last_event

    has_second = read_version(connection) >= _SECOND_EDITION
    schema.migrate(connection)
    events, last = read_last_event(connection)
    if events and not has_second:
        # As of the newest event: by the clock, it would stand after whatever is done as of a day.
        at = connection.execute("SELECT at FROM event WHERE id = ?", (events,)).fetchone()[0]
        writer = EventWriter(connection, "upgrade", at, find_login())
        facts = edition_facts(events, writer.run.id - 1, last)
        writer.write_records([EventRecord(event=EDITION, facts=facts)])


_SECOND_EDITION = 3
"""The schema from which on the chain is in its second edition."""
