"""The writer that writes pages of plans: in this process, or in a second one, a page behind.

A page was planned on a snapshot. If another run has written since, the writer takes no note of the
page. It can hold the write lock while a page is planned anew, so that this one is written for certain.
"""

from __future__ import annotations

import gc
import marshal
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import sleep
from typing import Any, Protocol

from ..errors import FileUnusable
from . import connect
from .packed_plans import PlanPage
from .sqlite import Connection
from .write_events import EventWriter

_YIELD_SECONDS = 0.02
"""Seconds that those who wait for the lock have before a page is planned anew under it."""


_LOCK, _UNLOCK = marshal.dumps("hold"), marshal.dumps("let go")


class TicketWriter(Protocol):
    """What a sweep hands its pages to."""

    def prepare_page(self, page: PlanPage, seen: int) -> Any:
        """A page as `send` takes it; it was planned when event `seen` was the newest."""

    def send_page(self, ready: Any) -> None:
        """Have a page written."""

    def await_numbers(self) -> list[int] | None:
        """The numbers of the page's events; None where it was overtaken, and nothing was written."""

    def lock(self) -> None:
        """Take the lock for a page that is planned anew; `answer` or `let_go` gives it back."""

    def unlock(self) -> None:
        """Give the lock back: planned anew, the page has nothing to write."""

    def transaction(self) -> Any:
        """A transaction in this process, with the writer to use in it."""


class InProcessWriter:
    """Writes in this process, at once."""

    def __init__(self, connection: Connection, command: str, at: str, many: bool = False) -> None:
        self._connection, self._command, self._at = connection, command, at
        self._writer = EventWriter(connection, command, at, many)
        self._page: tuple[PlanPage, int]

    @contextmanager
    def start_child(self) -> Iterator[ChildProcessWriter]:
        """A second process that writes to the same file for the same command."""
        second = ChildProcessWriter(self._connection, self._command, self._at)
        try:
            yield second
        finally:
            second.close()

    @contextmanager
    def transaction(self) -> Iterator[EventWriter]:
        """One transaction; undone, and forgotten by the writer, on any error."""
        try:
            with connect.transaction(self._connection):
                yield self._writer
        except BaseException:
            self._writer.forget_run()
            raise

    def prepare_page(self, page: PlanPage, seen: int) -> tuple[PlanPage, int]:
        """The page, and what it has seen."""
        return page, seen

    def send_page(self, ready: tuple[PlanPage, int]) -> None:
        """Take a page; `answer` writes it."""
        self._page = ready

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

    def __init__(self, connection: Connection, command: str, at: str) -> None:
        here, there = os.pipe(), os.pipe()
        self._processors = _list_processors()
        self._process = os.fork()
        _pin_process(self._processors, self._process == 0)
        if self._process == 0:
            os.close(here[1])
            os.close(there[0])
            _serve_pages(connection, command, at, here[0], there[1])
        os.close(here[0])
        os.close(there[1])
        _widen_pipe(here[1])
        self._pages, self._answers = os.fdopen(here[1], "wb"), os.fdopen(there[0], "rb")

    def transaction(self) -> Any:
        raise RuntimeError("single events are written in their own process")

    def prepare_page(self, page: PlanPage, seen: int) -> bytes:
        """The page as bytes: made while the other process is busy with the one before."""
        return marshal.dumps((*page, seen))

    def send_page(self, ready: bytes) -> None:
        """Hand a page over; `answer` waits for it."""
        self._say(ready)

    def await_numbers(self) -> list[int] | None:
        """Wait for the page that was sent last."""
        try:
            numbers, failure = _receive_values(self._answers)
        except EOFError:
            raise FileUnusable(
                "the writing process ended early; run the same command again."
            ) from None
        if failure is not None:
            raise _rebuild_error(*failure)
        return None if numbers is None else list(numbers)

    def lock(self) -> None:
        """Have the other process take the lock."""
        self._say(_LOCK)
        self.await_numbers()

    def unlock(self) -> None:
        """Have it given back."""
        self._say(_UNLOCK)
        self.await_numbers()

    def close(self) -> None:
        """Let the other process end, and wait for it."""
        with suppress(BrokenPipeError):  # what it never read is of no use any more
            self._pages.close()
        self._answers.close()
        os.waitpid(self._process, 0)
        if self._processors:
            os.sched_setaffinity(0, self._processors)

    def _say(self, what: bytes) -> None:
        try:
            _send_values(self._pages, what)
        except BrokenPipeError:
            self.await_numbers()
            raise


Reply = tuple[list[int] | None, tuple[str, str | None] | None]
"""What the other process says: numbers, or what went wrong and SQLite's name for that."""


def _serve_pages(file: Connection, command: str, at: str, pages: int, answers: int) -> None:
    """The other process: write page after page until the pipe is closed; never returns."""
    try:
        gc.freeze()
        with os.fdopen(pages, "rb") as incoming, os.fdopen(answers, "wb") as outgoing:
            answer = _make_responder(file, command, at)
            while True:
                _send_values(outgoing, marshal.dumps(answer(_receive_values(incoming))))
    except (EOFError, BrokenPipeError):
        pass
    finally:
        os._exit(0)


def _make_responder(file: Connection, command: str, at: str) -> Callable[[Any], Reply]:
    """What answers each page; where the file can't be opened any more, with the reason."""
    try:
        writer = InProcessWriter(connect.open_again(file), command, at, many=True)
    except Exception as error:
        failure = _describe_failure(error)
        return lambda said: (None, failure)
    return lambda said: _respond(writer, said)


def _respond(writer: InProcessWriter, said: Any) -> Reply:
    try:
        if isinstance(said, str):
            writer.lock() if said == "hold" else writer.unlock()
            return [], None
        writer.send_page((PlanPage(*said[:-1]), said[-1]))
        return writer.await_numbers(), None
    except Exception as error:
        return None, _describe_failure(error)


def _describe_failure(error: Exception) -> tuple[str, str | None]:
    if isinstance(error, FileUnusable):
        return str(error), None
    if isinstance(error, sqlite3.Error):
        return str(error), getattr(error, "sqlite_errorname", "")
    return f"the writing process met an error of its own: {error!r}.", None


def _rebuild_error(told: str, name: str | None) -> Exception:
    """The error of the other process, as it would be in this one."""
    if name is None:
        return FileUnusable(told)
    error = sqlite3.OperationalError(told)
    error.sqlite_errorname = name
    return error


def _send_values(pipe: Any, said: bytes) -> None:
    """Send plain values, as marshal has them, with their length before them."""
    pipe.write(len(said).to_bytes(8, "big") + said)
    pipe.flush()


def _receive_values(pipe: Any) -> Any:
    """Receive plain values; EOFError where the other process has ended."""
    length = int.from_bytes(pipe.read(8), "big")
    said = pipe.read(length)
    if not length or len(said) < length:
        raise EOFError
    return marshal.loads(said)


def _widen_pipe(pipe: int) -> None:
    """Let a page go through at once, where the system can make a pipe that wide."""
    import fcntl

    with suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 1 << 20)


def _list_processors() -> list[int]:
    """The processors this process may use; none where the system can't say."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def _pin_process(processors: list[int], second: bool) -> None:
    """Keep the two processes on processors of their own: waking through a pipe draws them to one."""
    if len(processors) > 1:
        half = len(processors) // 2
        os.sched_setaffinity(0, processors[:half] if second else processors[half:])
