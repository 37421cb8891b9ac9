"""What a query that a user wrote may take of the machine: time, memory, and room for temporary files.

SQLite stops a query between two of its steps, and limits the length of a text; but a single step, such
as one call of instr() on two long texts, may take hours, and many texts together any amount of memory.
So the system itself limits memory and files, and a thread watches the processor time. Where no thread
can be started, SQLite asks for the time between steps, and the system ends a step that takes too long.
"""

from __future__ import annotations

import os
import signal
from _thread import allocate_lock, start_new_thread
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import process_time

from .sqlite import Connection

SECONDS = 10.0
"""Processor time for one query; facts about 1,000 tickets take a fiftieth of a second."""

GRACE = 3.0
"""Seconds after which a step that can't be stopped is ended with the whole process."""

MEMORY = ROOM = 1 << 30
"""Bytes of memory that a query may add to those in use; and bytes of its largest temporary file."""

INTERVAL = 0.2
LAST_WORDS = (
    "Error: a query in the facts.sql of a book takes too long in one step, and was stopped.\n"
)


class _Watcher:
    """A thread that looks now and then whether the query of `timer` has taken too long."""

    def __init__(self) -> None:
        self.timer: QueryTimer | None = None
        self.lock, self._done, self._ended = allocate_lock(), allocate_lock(), allocate_lock()
        self._done.acquire()
        self._ended.acquire()
        start_new_thread(self._watch, ())

    def end(self) -> None:
        """Stop watching; the thread has ended afterwards, so that the process can fork."""
        self._done.release()
        self._ended.acquire()

    def _watch(self) -> None:
        while not self._done.acquire(timeout=INTERVAL):
            with self.lock:
                if self.timer is not None:
                    self.timer.stop_if_late()
        self._ended.release()


_shared: dict[Connection, _Watcher | None] = {}
"""The thread that watches all queries of a connection; None until the first of them begins."""


@contextmanager
def watch_together(connection: Connection) -> Iterator[None]:
    """Have one thread watch all queries of a connection as long as this lasts.

    Otherwise each query has a thread of its own, and on a busy machine it takes longer to start and
    end that than to answer the query.
    """
    if connection in _shared:
        yield
        return
    _shared[connection] = None
    try:
        yield
    finally:
        watcher = _shared.pop(connection)
        if watcher is not None:
            watcher.end()


class QueryTimer:
    """Stops what a connection is doing once it has taken SECONDS; `expired` says that it has."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._until = connection, process_time() + SECONDS
        self.expired, self._is_shared = False, connection in _shared
        self._watcher: _Watcher | None = None
        try:
            self._watcher = _shared.get(connection) or _Watcher()
        except RuntimeError:  # as under a limit of processes
            _end_process_after(SECONDS + GRACE)
            return
        self._watcher.timer = self
        if self._is_shared:
            _shared[connection] = self._watcher

    def end(self) -> None:
        """Stop watching."""
        if self._watcher is None:
            _end_process_after(0)
        elif self._is_shared:
            with self._watcher.lock:
                self._watcher.timer = None
        else:
            self._watcher.end()

    def must_stop(self) -> bool:
        """Whether what the connection is doing has to stop, where no thread watches it."""
        if self._watcher is None and process_time() > self._until:
            self.expired = True
        return self.expired

    def stop_if_late(self) -> None:
        """Interrupt the connection where its time is over, and end the process where that did not help."""
        late = process_time() - self._until
        if late > 0:
            self.expired = True
            self._connection.interrupt()
        if late > GRACE:
            _print_last_words()
            os._exit(2)


def _print_last_words() -> None:
    """Say why the process ends, where stderr takes it at once."""
    with suppress(OSError, ValueError, ImportError):
        from select import select  # late: 0.2 ms

        if select([], [2], [], 0)[1]:
            os.write(2, LAST_WORDS.encode())


def _end_process_after(seconds: float) -> None:
    """Have the system end the process after so much processor time of its own; 0 takes that back."""
    if hasattr(signal, "setitimer"):  # not on Windows
        # Nobody handles this signal, and a handler in Python would not be called within a step.
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)


@contextmanager
def limit_resources(path: str | None) -> Iterator[None]:
    """Have the system refuse more memory, and larger files, where it can.

    The file `path` may stay as large as it is. Too much memory is a MemoryError then, and a file that
    is too large an error of SQLite's.
    """
    try:
        import resource  # not on Windows
    except ImportError:
        yield
        return
    wanted = {resource.RLIMIT_FSIZE: ROOM + _read_size(path)}
    with suppress(OSError), open("/proc/self/statm") as file:
        wanted[resource.RLIMIT_AS] = MEMORY + int(file.read().split()[0]) * resource.getpagesize()
    before = {kind: resource.getrlimit(kind) for kind in wanted}
    try:
        for kind, (soft, hard) in before.items():
            if soft == resource.RLIM_INFINITY or wanted[kind] < soft:
                resource.setrlimit(kind, (wanted[kind], hard))
        yield
    finally:
        for kind, limit in before.items():
            resource.setrlimit(kind, limit)


def _read_size(path: str | None) -> int:
    try:
        return 0 if path is None else os.stat(path).st_size
    except OSError:
        return 0
