"""Worker processes: in them screens are read, and events recorded, one at a time in each.

The server has several threads, and the limits of templates, patterns and facts.sql hold for a whole
process. So each worker does one thing after the other, as a command does; one that is ended by such a
limit is replaced.
"""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.synchronize import Semaphore
from threading import Lock, Thread
from time import monotonic
from typing import Any, NamedTuple, Protocol

from prassi.core.errors import PrassiError
from prassi.core.ticketfile.connect import translate_errors
from prassi.core.ticketfile.query_limits import watch_together
from prassi.core.ticketfile.read_tickets import read_snapshot

from ..spoken_errors import translate_error
from .browser_words import put_in_browser_words
from .desk_door import DeskDoor, DeskPlace

SECONDS = 60.0
"""How long a page waits for a worker."""

_PATIENCE = 5
"""By how much a patient worker is nicer than the server."""


class Visitor(NamedTuple):
    """Who asks for a page, and what they may do."""

    name: str
    role: str
    language: str | None = None


class DeskFault(Exception):
    """What the core has to say against something, with the exit code that a command would have."""

    def __init__(self, text: str, code: int, kind: str = "") -> None:
        super().__init__(text)
        self.text, self.code, self.kind = text, code, kind


class Overloaded(Exception):
    """No worker has answered in time, or it was stopped by a limit."""


Screen = Callable[..., Any]
"""What a worker does: a function of a module of this package, of a door, a visitor, and plain data."""


class WorkerAnswer(NamedTuple):
    """What a worker gives back: plain data, or a fault."""

    value: Any
    fault: str | None = None
    code: int = 0
    kind: str = ""


class Workers(Protocol):
    """Who reads screens and records events; DeskFault where the core has something against it."""

    def read(self, screen: Screen, visitor: Visitor, *given: object) -> Any:
        """What a screen has for somebody, all of it as of one moment."""

    def write(self, screen: Screen, visitor: Visitor, *given: object) -> Any:
        """What somebody records, and what came of it."""

    def close(self) -> None:
        """End them."""


class OwnWorker:
    """Does everything in this process, for tests and for a server of one thread."""

    def __init__(self, place: DeskPlace) -> None:
        self._door, self._lock = DeskDoor(place), Lock()

    def read(self, screen: Screen, visitor: Visitor, *given: object) -> Any:
        with self._lock:
            return _open_answer(_answer(self._door, _read, visitor, (screen, *given)))

    def write(self, screen: Screen, visitor: Visitor, *given: object) -> Any:
        with self._lock:
            return _open_answer(_answer(self._door, screen, visitor, given))

    def close(self) -> None:
        self._door.close()


class DeskWorkers:
    """Worker processes: some read, others write, so that no page waits for the lock that a writer
    waits for."""

    def __init__(self, place: DeskPlace, readers: int, writers: int) -> None:
        self._readers, self._writers = WorkerPool(place, readers), WorkerPool(place, writers)

    def read(self, screen: Screen, visitor: Visitor, *given: object) -> Any:
        return self._readers.call(_read, visitor, screen, *given)

    def write(self, screen: Screen, visitor: Visitor, *given: object) -> Any:
        return self._writers.call(screen, visitor, *given)

    def await_start(self) -> None:
        """Wait until they have read their books, for a while."""
        self._readers.await_start()
        self._writers.await_start()

    def close(self) -> None:
        self._readers.close()
        self._writers.close()


class WorkerPool:
    """Worker processes that all do the same; they end with this one. With `patient`, whoever else
    wants a processor comes first."""

    def __init__(self, place: DeskPlace, count: int, patient: bool = False) -> None:
        self._place, self._count, self._patient, self._lock = place, count, patient, Lock()
        # Spawned: the server has threads, and a process with threads can't be forked safely.
        self._context = multiprocessing.get_context("spawn")
        self._ready = self._context.Semaphore(0)
        self._pool = self._start()

    def await_start(self) -> None:
        """Wait until all processes have read their books, for a while."""
        until = monotonic() + SECONDS
        for _ in range(self._count):
            self._ready.acquire(timeout=max(0.0, until - monotonic()))

    def call(self, screen: Screen, visitor: Visitor, *given: object) -> Any:
        """What a screen has for somebody; DeskFault where the core has something against it."""
        return _open_answer(self._await(self.submit(screen, visitor, *given)))

    def submit(self, screen: Screen, visitor: Visitor, *given: object) -> "Future[WorkerAnswer]":
        """Have it done, without waiting."""
        for _ in range(2):
            pool = self._pool
            try:
                return pool.submit(_work, screen, visitor, given)
            except BrokenProcessPool:
                self._replace(pool)
        raise Overloaded

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _await(self, future: "Future[WorkerAnswer]") -> WorkerAnswer:
        pool = self._pool
        try:
            return future.result(SECONDS)
        except BrokenProcessPool:
            self._replace(pool)
            raise Overloaded from None
        except TimeoutError:
            future.cancel()
            raise Overloaded from None

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is broken:
                broken.shutdown(wait=False, cancel_futures=True)
                self._pool = self._start()

    def _start(self) -> ProcessPoolExecutor:
        begin = (self._place, self._patient, self._ready)
        pool = ProcessPoolExecutor(self._count, self._context, _begin_work, begin)
        for _ in range(self._count):  # each begins a process
            pool.submit(os.getpid)
        return pool


class _Work:
    """The door of a worker process."""

    door: DeskDoor


def _begin_work(place: DeskPlace, patient: bool, ready: Semaphore) -> None:
    """Make a process a worker: it reads its books before it is asked, leaves interrupts to the server,
    and ends when that is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if patient and hasattr(os, "nice"):  # not on Windows
        os.nice(_PATIENCE)
    Thread(target=_end_with_parent, daemon=True).start()
    _Work.door = DeskDoor(place)
    _answer(_Work.door, prepare_books, Visitor("", "read", place.language), ())
    ready.release()


def prepare_books(door: DeskDoor, visitor: Visitor) -> None:
    """Read all books with their events, so that no page has to wait for that."""
    for book in door.shelf.sound():
        for name in book.event_names:
            book.event(name)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def _work(screen: Screen, visitor: Visitor, given: tuple[object, ...]) -> WorkerAnswer:
    return _answer(_Work.door, screen, visitor, given)


def _read(door: DeskDoor, visitor: Visitor, screen: Screen, *given: object) -> Any:
    """What a screen has, all of it as of one moment; each facts query without a thread of its own."""
    connection = door.connection
    with watch_together(connection), read_snapshot(connection):
        return screen(door, visitor, *given)


def _answer(
    door: DeskDoor, screen: Screen, visitor: Visitor, given: tuple[object, ...]
) -> WorkerAnswer:
    """What a screen gives; what the core has against it as a sentence, for the server to show."""
    try:
        door.speak(visitor.language)
        with translate_errors(door.place.file):
            return WorkerAnswer(screen(door, visitor, *given))
    except PrassiError as error:
        told = put_in_browser_words(translate_error(str(error)))
        return WorkerAnswer(None, told, error.exit_code, type(error).__name__)
    except OverflowError:
        told = translate_error("a number is too large; give a smaller one.")
        return WorkerAnswer(None, told, 2, "BadInput")
    except Exception:
        traceback.print_exc(file=sys.stderr)
        return WorkerAnswer(None, "", 1, "Fault")


def _open_answer(answer: WorkerAnswer) -> Any:
    if answer.fault is not None:
        raise DeskFault(answer.fault, answer.code, answer.kind)
    return answer.value
