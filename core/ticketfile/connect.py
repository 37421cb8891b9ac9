"""Opening a ticket file: only one that exists, is ours, whole and not newer than we are."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError

from ..errors import FileUnusable
from . import schema

BUSY_SECONDS = 30


def check_free(path: str) -> None:
    """Refuse a path where there is a file."""
    if os.path.lexists(path):
        raise FileUnusable(f"{path} exists already; choose another name with --file.")


def create(path: str) -> sqlite3.Connection:
    """Make a new ticket file, readable by its owner only; refuses where there is a file."""
    check_free(path)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise FileUnusable(f"{path} can't be made: {_reason(error)}.") from None
    try:
        with told(path):
            connection = _connect(path)
            with _closed_on_error(connection), transaction(connection):
                schema.migrate(connection)
            return connection
    except BaseException:
        os.remove(path)
        raise


def open_file(path: str) -> sqlite3.Connection:
    """Open a ticket file for reading and writing; FileUnusable says why it can't be."""
    _check_file(path)
    with told(path):
        connection = _connect(path)
        with _closed_on_error(connection):
            _check_ours(connection, path)
        return connection


def _check_ours(connection: sqlite3.Connection, path: str) -> None:
    """Refuse another program's database and a newer ticket file; bring an older one up to date."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    if application != schema.APPLICATION_ID:
        raise FileUnusable(f"{path} is a database, but no ticket file; choose another with --file.")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > schema.VERSION:
        raise FileUnusable(
            f"{path} was written by a newer Prassi (schema {version}, this one knows"
            f" {schema.VERSION}); install the newer one."
        )
    if version < schema.VERSION:
        with transaction(connection):
            schema.migrate(connection)


def _check_file(path: str) -> None:
    """Refuse what is no database before SQLite, which takes an empty file for one, touches it."""
    try:
        with open(path, "rb") as file:
            head = file.read(100)
    except FileNotFoundError:
        raise FileUnusable(
            f"{path} does not exist; make it with `prassi init --file {path}`."
        ) from None
    except OSError as error:
        raise FileUnusable(f"{path} can't be read: {_reason(error)}.") from None
    if not head.startswith(b"SQLite format 3\0") or len(head) < 100:
        raise FileUnusable(f"{path} is no ticket file; choose another with --file.")


def _connect(path: str) -> sqlite3.Connection:
    quoted = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    connection = sqlite3.connect(
        f"file:{quoted}?mode=rw", uri=True, isolation_level=None, timeout=BUSY_SECONDS
    )
    with _closed_on_error(connection):
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA trusted_schema = OFF")
        # A page of the sweep fits, so that it is written when it is committed and not before.
        connection.execute("PRAGMA cache_size = -12000")
    return connection


@contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


@contextmanager
def transaction(connection: sqlite3.Connection, keep: bool = True) -> Iterator[None]:
    """One transaction that takes the write lock at its beginning.

    It is undone on any error, and where it is only tried (`keep` is false).
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT" if keep else "ROLLBACK")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def told(path: str) -> Iterator[None]:
    """Tell what SQLite meets on the way as a sentence about the ticket file."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise FileUnusable(
            f"{path} would break its own rules ({error}); nothing was written."
        ) from error
    except sqlite3.DatabaseError as error:
        raise FileUnusable(f"{path} {_database_reason(str(error))}") from error
    except (UnicodeDecodeError, JSONDecodeError) as error:
        raise FileUnusable(f"{path} {_database_reason('malformed')}") from error


def _database_reason(error: str) -> str:
    for sign, sentence in _DATABASE_REASONS.items():
        if sign in error:
            return sentence
    return f"can't be used: {error}."


_DATABASE_REASONS = {
    "locked": f"is locked by another program for more than {BUSY_SECONDS} s; try again.",
    "full": "can't grow: the disk is full; nothing was written.",
    "readonly": "can't be written: the file or its folder is read-only; nothing was written.",
    "unable to open": "can't be opened or its folder not be written; check its permissions.",
    "malformed": "is damaged; take the newest backup.",
    "not a database": "is no ticket file; choose another with --file.",
    "disk I/O": "can't be read or written: the disk reports an error; nothing was written.",
}


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
