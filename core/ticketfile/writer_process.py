"""Who writes the pages of a night: this process, or a second one that is a page behind.

A page is planned on a snapshot. If another run has written since, the page is not written. The
writer can take the write lock while a page is planned anew, so that this one is written for certain.
"""

from __future__ import annotations

import gc
import marshal
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from time import sleep
from typing import Any, BinaryIO, NoReturn, Protocol

from ..errors import FileUnusable
from ..system.processors import keep_on, keep_on_half, list_processors
from . import connect
from .packed_plans import PlanPage
from .sqlite import Connection, SqlRow
from .write_events import EventWriter

_YIELD_SECONDS = 0.02
"""Seconds that those who wait for the lock have before a page is planned anew under it."""

PreparedPage = tuple[PlanPage, int] | bytes
"""A page with the newest event it was planned on; for another process as bytes."""


class TicketWriter(Protocol):
    """What a night hands its pages to."""

    def prepare_page(self, page: PlanPage, seen: int) -> PreparedPage:
        """A page as `send_page` takes it; it was planned when event `seen` was the newest."""

    def send_page(self, prepared: PreparedPage) -> None:
        """Have a page written; `await_numbers` tells when it is."""

    def await_numbers(self) -> list[int] | None:
        """The numbers of the page's events; None where it was overtaken, and nothing was written."""

    def lock(self) -> None:
        """Take the lock for a page that is planned anew; `await_numbers` or `unlock` gives it back."""

    def unlock(self) -> None:
        """Give the lock back: planned anew, the page has nothing to write."""

    def transaction(self) -> AbstractContextManager[EventWriter]:
        """A transaction in this process, with the writer to use in it."""


class InProcessWriter:
    """Writes in this process, at once."""

    def __init__(
        self,
        connection: Connection,
        command: str,
        at: str,
        person: str | None = None,
        many: bool = False,
    ) -> None:
        self._connection, self._run = connection, (command, at, person)
        self._writer = EventWriter(connection, command, at, person, many)
        self._page: tuple[PlanPage, int]

    @contextmanager
    def start_child(self) -> Iterator[ChildProcessWriter]:
        """A second process that writes to the same file for the same command."""
        child = ChildProcessWriter(self._connection, *self._run)
        try:
            yield child
        finally:
            child.close()

    @contextmanager
    def transaction(self) -> Iterator[EventWriter]:
        """One transaction; undone, and forgotten by the writer, on any error."""
        try:
            with connect.transaction(self._connection):
                yield self._writer
        except BaseException:
            self._writer.forget_run()
            raise

    def prepare_page(self, page: PlanPage, seen: int) -> PreparedPage:
        """The page, and what it has seen."""
        return page, seen

    def send_page(self, prepared: PreparedPage) -> None:
        """Take a page; `await_numbers` writes it."""
        assert not isinstance(prepared, bytes)
        self._page = prepared

    def await_numbers(self) -> list[int] | None:
        """Write the page, unless another run was faster: then None."""
        page, seen = self._page
        if not self._connection.in_transaction:
            connect.begin(self._connection)
        try:
            if self._writer.is_overtaken(seen):
                self._connection.execute("ROLLBACK")
                return None
            numbers = self._writer.write_page(page)
            connect.commit(self._connection)
            return numbers
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._writer.forget_run()
            raise

    def lock(self) -> None:
        """Take the lock, after those that wait for it."""
        sleep(_YIELD_SECONDS)
        connect.begin(self._connection)

    def unlock(self) -> None:
        """Give the lock back."""
        self._connection.execute("ROLLBACK")


class ChildProcessWriter:
    """Writes in a second process, so that the next page is planned meanwhile.

    The other process opens the file for itself: a connection must not cross a fork. It ends when
    this one closes the pipe, or ends, whatever the reason; a page is written whole or not at all.
    """

    def __init__(self, connection: Connection, command: str, at: str, person: str | None) -> None:
        pages, replies = os.pipe(), os.pipe()
        self._processors = list_processors()
        self._process = _fork_uninterrupted()
        keep_on_half(self._processors, self._process == 0)
        if self._process == 0:
            os.close(pages[1])
            os.close(replies[0])
            _serve_pages(connection, (command, at, person), pages[0], replies[1])
        os.close(pages[0])
        os.close(replies[1])
        _widen_pipe(pages[1])
        self._pages, self._replies = os.fdopen(pages[1], "wb"), os.fdopen(replies[0], "rb")

    def transaction(self) -> NoReturn:
        """Refused: single events are written in their own process."""
        raise RuntimeError("single events are written in their own process")

    def prepare_page(self, page: PlanPage, seen: int) -> PreparedPage:
        """The page as bytes: made while the other process is busy with the one before."""
        return marshal.dumps((tuple(page), seen))

    def send_page(self, prepared: PreparedPage) -> None:
        """Hand a page over; `await_numbers` waits for it."""
        assert isinstance(prepared, bytes)
        self._send(prepared)

    def await_numbers(self) -> list[int] | None:
        """Wait for the page that was sent last."""
        try:
            numbers, failure = _receive_reply(self._replies)
        except EOFError:
            raise FileUnusable(
                "the writing process ended early; run the same command again."
            ) from None
        if failure is not None:
            raise _rebuild_error(*failure)
        return None if numbers is None else list(numbers)

    def lock(self) -> None:
        """Have the other process take the lock."""
        self._send(_LOCK)
        self.await_numbers()

    def unlock(self) -> None:
        """Have it given back."""
        self._send(_UNLOCK)
        self.await_numbers()

    def close(self) -> None:
        """Let the other process end, and wait for it."""
        with suppress(BrokenPipeError):  # what it never read is of no use any more
            self._pages.close()
        self._replies.close()
        os.waitpid(self._process, 0)
        keep_on(self._processors)

    def _send(self, request: bytes) -> None:
        try:
            _send_bytes(self._pages, request)
        except BrokenPipeError:
            self.await_numbers()
            raise


def _fork_uninterrupted() -> int:
    """Fork; an interrupt from the keyboard, which both processes get, is for this one alone."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process = os.fork()
        if process == 0:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        return process
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# --- the other process ------------------------------------------------------------------------------

Request = str | tuple[SqlRow, int]
"""`lock`, `unlock`, or a page as a bare tuple with what it has seen."""

_LOCK, _UNLOCK = marshal.dumps("lock"), marshal.dumps("unlock")

NewRun = tuple[str, str, str | None]
"""The command, the moment and the person of a run."""

Reply = tuple[list[int] | None, tuple[str, str | None] | None]
"""What the other process says: numbers, or what went wrong and SQLite's name for that."""


def _serve_pages(file: Connection, run: NewRun, pages: int, replies: int) -> NoReturn:
    """The other process: write page after page until the pipe is closed; never returns."""
    try:
        gc.freeze()
        with os.fdopen(pages, "rb") as incoming, os.fdopen(replies, "wb") as outgoing:
            respond = _make_responder(file, run)
            while True:
                reply = respond(_receive_values(incoming))
                _send_bytes(outgoing, marshal.dumps(reply))
    except (EOFError, BrokenPipeError):
        pass
    finally:
        os._exit(0)


def _make_responder(file: Connection, run: NewRun) -> Callable[[Request], Reply]:
    """What answers each request; where the file can't be opened any more, with the reason."""
    try:
        writer = InProcessWriter(connect.open_again(file), *run, many=True)
    except Exception as error:
        failure = _describe_failure(error)
        return lambda request: (None, failure)
    return lambda request: _respond(writer, request)


def _respond(writer: InProcessWriter, request: Request) -> Reply:
    try:
        if isinstance(request, str):
            writer.lock() if request == "lock" else writer.unlock()
            return [], None
        page, seen = request
        writer.send_page((PlanPage._make(page), seen))
        return writer.await_numbers(), None
    except Exception as error:
        return None, _describe_failure(error)


def _describe_failure(error: Exception) -> tuple[str, str | None]:
    if isinstance(error, FileUnusable):
        return str(error), None
    if isinstance(error, sqlite3.Error):
        return str(error), getattr(error, "sqlite_errorname", "")
    return f"the writing process met an error of its own: {error!r}.", None


def _rebuild_error(message: str, name: str | None) -> Exception:
    """The error of the other process, as it would be in this one."""
    if name is None:
        return FileUnusable(message)
    error = sqlite3.OperationalError(message)
    error.sqlite_errorname = name
    return error


# --- the pipe between them --------------------------------------------------------------------------


def _send_bytes(pipe: BinaryIO, content: bytes) -> None:
    """Send what marshal made, with its length before it."""
    pipe.write(len(content).to_bytes(8, "big") + content)
    pipe.flush()


def _receive_values(pipe: BinaryIO) -> Any:
    """Receive plain values; EOFError where the other process has ended."""
    length = int.from_bytes(pipe.read(8), "big")
    content = pipe.read(length)
    if not length or len(content) < length:
        raise EOFError
    return marshal.loads(content)


def _receive_reply(pipe: BinaryIO) -> Reply:
    numbers, failure = _receive_values(pipe)
    return numbers, failure


def _widen_pipe(pipe: int) -> None:
    """Let a page go through at once, where the system can make a pipe that wide."""
    import fcntl  # not on Windows

    with suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 1 << 20)
