"""Opening a ticket file: only one that exists, is whole, is Prassi's own, and not of a newer version."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Protocol

from ..errors import FileUnusable
from . import schema
from .compare_schema import check_schema, find_harmless
from .sqlite import Connection

BUSY_SECONDS = 30
_BEGIN_INTERVAL = 0.004
_COMMIT_INTERVAL = 0.0005

BESIDE = ("-journal", "-wal")
"""The ends of what SQLite keeps beside a file while somebody writes, or after a writer was killed."""

_MAGIC = b"SQLite format 3\0"
_HEADER = 100


class TicketFile(Connection):
    """A connection that knows which file it has opened, and notices when that one is gone.

    `harmless` is what other tools have left in it (compare_schema.find_harmless).
    """

    path: str
    file: tuple[int, int] | None
    harmless: list[str]

    def check_there(self, consequence: str) -> None:
        """FileUnusable, with the consequence, where the name no longer leads to the file."""
        if self.file is None or _read_identity(self.path) != self.file:
            raise FileUnusable(f"{self.path} {_GONE}; {consequence}.")


def _read_identity(path: str) -> tuple[int, int] | None:
    """Which file a name leads to, by device and number; None where there is no file."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def check_free(path: str) -> None:
    """Refuse a path where there is a file, or where a lost one has left its journal."""
    if os.path.lexists(path):
        raise FileUnusable(f"{path} exists already; choose another name with --file.")
    check_nothing_left(path)


def check_nothing_left(path: str) -> None:
    """Refuse a path beside which a journal lies: SQLite would mix it into the new file."""
    for left in (path + end for end in BESIDE):
        if os.path.lexists(left):
            raise FileUnusable(
                f"{left} was left there by a file that is gone; move it away, or choose another"
                " name."
            )


def open_as_is(path: str) -> TicketFile:
    """Open a ticket file of this or an older version, as it is; FileUnusable says why it can't be."""
    head = check_file(path)
    with translate_errors(path):
        connection = connect(path)
        with close_on_error(connection):
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = read_version(connection)
            check_ours(path, application, version)
            check_schema(path, connection, version)
            connection.harmless = find_harmless(connection, head)
        return connection


def open_again(connection: Connection) -> TicketFile:
    """A connection of its own to the very file that another one has open; FileUnusable where that
    is gone, now or when it is written to."""
    if not isinstance(connection, TicketFile):
        raise TypeError("only a ticket file can be opened again")
    try:
        again = open_as_is(connection.path)
    except FileUnusable:
        connection.check_there("nothing was written")
        raise
    again.file = connection.file
    return again


def check_ours(path: str, application: int, version: int) -> None:
    """Refuse another program's database and a newer ticket file."""
    if application != schema.APPLICATION_ID:
        raise FileUnusable(
            f"{path} is a database, but not a ticket file; choose another with --file."
        )
    if version > schema.VERSION:
        raise FileUnusable(
            f"{path} was written by a newer Prassi (schema {version}, this one knows"
            f" {schema.VERSION}); install the newer one."
        )


def is_whole(connection: Connection) -> bool:
    """Whether SQLite finds no damage at a quick look."""
    return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")


def read_version(connection: Connection) -> int:
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found


def check_file(path: str) -> bytes:
    """Refuse what is not a database before SQLite touches it, which takes an empty file for one.

    Returns the header. To be called only where this process has no connection to the file: closing
    the file again would release that connection's locks.
    """
    try:
        with open(path, "rb", opener=_open_nonblocking) as file:
            head = file.read(_HEADER)
    except FileNotFoundError:
        if os.path.islink(path):  # `init` would refuse the name.
            raise FileUnusable(
                f"{path} is a link to a file that does not exist; remove the link, or choose another"
                " file with --file."
            ) from None
        raise FileUnusable(
            f"{path} does not exist; make it with `prassi init --file {path}`."
        ) from None
    except OSError as error:
        raise FileUnusable(f"{path} can't be read: {describe_os_error(error)}.") from None
    if not head.startswith(_MAGIC) or len(head) < _HEADER:
        raise FileUnusable(f"{path} is not a ticket file; choose another with --file.")
    return head


def _open_nonblocking(path: str, flags: int) -> int:
    """Open what could be a pipe, without waiting for somebody to write into it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def connect(path: str) -> TicketFile:
    """A connection to an existing database, to read and write it."""
    connection = connect_unread(path)
    with close_on_error(connection):
        # FULL would leave the end of a transaction to the next sync: the journal's folder too.
        connection.execute("PRAGMA synchronous = EXTRA")
        # A page of the sweep fits, so that it is written when it is committed and not before.
        connection.execute("PRAGMA cache_size = -12000")
    return connection


def connect_unread(path: str) -> TicketFile:
    """A connection to an existing database, of which nothing has been read yet."""
    quoted = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    connection = sqlite3.connect(
        f"file:{quoted}?mode=rw",
        uri=True,
        isolation_level=None,
        timeout=BUSY_SECONDS,
        factory=TicketFile,
    )
    with close_on_error(connection):
        connection.path, connection.file = path, _read_identity(path)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
    return connection


class _Closable(Protocol):
    def close(self) -> None: ...


@contextmanager
def close_on_error(opened: _Closable) -> Iterator[None]:
    """Close what was opened where an error comes before it can be handed on."""
    try:
        yield
    except BaseException:
        opened.close()
        raise


@contextmanager
def transaction(connection: Connection, keep: bool = True) -> Iterator[None]:
    """One transaction that takes the write lock at its beginning.

    It is undone on any error, and where it is only tried (`keep` is false).
    """
    begin(connection)
    try:
        yield
        if keep:
            commit(connection)
        else:
            connection.execute("ROLLBACK")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """Whatever is written inside a transaction as long as this lasts is taken back at its end."""
    connection.execute("SAVEPOINT trial")
    try:
        yield
    finally:
        connection.execute("ROLLBACK TO trial")
        connection.execute("RELEASE trial")


def begin(connection: Connection) -> None:
    """Take the write lock, or wait for it.

    Asks for it often: SQLite itself soon asks only ten times a second, and a night that writes page
    after page would nearly always be first.
    """
    _retry_while_locked("BEGIN IMMEDIATE", connection, _BEGIN_INTERVAL)


def _retry_while_locked(statement: str, connection: Connection, seconds: float) -> None:
    """Carry a statement out as soon as nobody else holds the lock, trying again every so many seconds."""
    until = monotonic() + BUSY_SECONDS
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute(statement)
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or monotonic() > until:
                    raise
            sleep(seconds)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")


def copy_database(source: Connection, target: Connection) -> None:
    """Copy a file into an empty one, as it is at one moment; writers wait as long as that takes."""
    source.execute("BEGIN")
    try:
        # This takes a lock on the file: where somebody else has it, `backup` would wait for ever.
        source.execute("SELECT 1 FROM sqlite_schema").fetchone()
        source.backup(target)
    finally:
        source.execute("ROLLBACK")


def commit(connection: Connection) -> None:
    """End a transaction, if the file is still where it was: SQLite would write to one that is gone."""
    file = connection if isinstance(connection, TicketFile) else None
    if file:
        file.check_there("nothing was written")
    _retry_while_locked("COMMIT", connection, _COMMIT_INTERVAL)
    if file:
        file.check_there("what was written last went with it")


@contextmanager
def translate_errors(path: str) -> Iterator[None]:
    """Turn SQLite's errors into FileUnusable, with a sentence about the ticket file."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise FileUnusable(
            f"{path} would break its own rules ({error}); nothing was written."
        ) from error
    except sqlite3.DatabaseError as error:
        raise FileUnusable(f"{path} {_database_reason(path, error)}") from error
    except _find_text_errors() as error:
        raise FileUnusable(f"{path} {_DATABASE_REASONS['malformed']}") from error


def _find_text_errors() -> tuple[type[ValueError], ...]:
    """What text raises that is not what was written; asked for once something is raised."""
    from json import JSONDecodeError  # late: 2 ms

    return UnicodeDecodeError, JSONDecodeError


def _database_reason(path: str, error: sqlite3.DatabaseError) -> str:
    name = getattr(error, "sqlite_errorname", None) or ""
    if name.startswith(_NO_FILE_BESIDE) and _is_in_wal_mode(path):
        return _WAL
    if name == "SQLITE_READONLY_DBMOVED":
        return f"{_GONE}; nothing was written."
    for sign, sentence in _DATABASE_REASONS.items():
        if sign in str(error):
            return sentence
    return f"can't be used: {error}."


def _is_in_wal_mode(path: str) -> bool:
    try:
        return check_file(path)[_READ_VERSION] == 2
    except FileUnusable:
        return False


_READ_VERSION = 19
"""Where the header of a database says how it is to be read: 2 in WAL mode."""

_NO_FILE_BESIDE = ("SQLITE_READONLY_DIRECTORY", "SQLITE_CANTOPEN")
"""How SQLite's errors are named where it can't make a file beside the database."""

_WAL = (
    "is in WAL mode, in which even reading it needs a folder that can be written: copy it to such a"
    " folder, or have its owner run `sqlite3 FILE 'PRAGMA journal_mode = delete'` on it."
)
_GONE = "is no longer there: it was moved, deleted or replaced meanwhile"
_DATABASE_REASONS = {
    "locked": f"has been locked by another program for more than {BUSY_SECONDS} s; try again.",
    "full": "can't grow: the disk is full; nothing was written.",
    "readonly": "can't be written: the file or its folder is read-only; nothing was written.",
    "unable to open": "can't be opened, or its folder can't be written to; check the permissions.",
    "malformed": "is damaged; take the newest backup.",
    "not a database": "is not a ticket file; choose another with --file.",
    "disk I/O": "can't be read or written: the disk reports an error; nothing was written.",
}


def describe_os_error(error: OSError) -> str:
    """Why the operating system refuses something, in its own words."""
    return (error.strerror or str(error)).lower()
