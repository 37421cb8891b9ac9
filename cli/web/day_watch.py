"""Keeps the list of who has to do what: found in a process of its own, and renewed when the ticket
file has changed."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from threading import Lock
from time import monotonic

from .day_screen import DutyRefs, list_duty_refs
from .workers import DeskFault, Overloaded, Visitor, WorkerAnswer, WorkerPool, Workers

SECONDS = 10.0
"""How old the list gets at least before it is renewed."""

_TIMES = 5
"""And how many times as long as finding it takes, so that it keeps no processor busy."""

_PATIENCE = 2.0
"""Seconds that a page waits for the first list of a day; it is loaded again, then."""

_NOBODY = Visitor("", "read")


class DayWatch:
    """Who has to do what, as of a moment ago. Without a `pool`, it is found when it is asked for."""

    def __init__(self, workers: Workers, pool: WorkerPool | None) -> None:
        self._workers, self._pool, self._lock = workers, pool, Lock()
        self._found: DutyRefs | None = None
        self._under_way: Future[WorkerAnswer] | None = None
        self._begun = self._took = self._ended = 0.0
        self._touched = dict[str, None]()
        if pool is not None:  # before anybody asks
            self._start(pool)

    def await_first(self, seconds: float) -> None:
        """Wait until the first list is found, so long."""
        if self._under_way is not None:
            with suppress(TimeoutError, CancelledError):
                self._under_way.exception(seconds)

    def touch(self, ref: str) -> None:
        """Something was recorded on a ticket: it may be anybody's turn."""
        self._touched[ref] = None

    def read(self) -> tuple[DutyRefs | None, Sequence[str]]:
        """The newest list, and tickets that were touched since; None where there is no list yet."""
        if self._pool is None:
            return self._workers.read(list_duty_refs, _NOBODY), ()
        with self._lock:
            self._take_result()
            if self._found is None:
                self._start(self._pool)
            first = self._under_way if self._found is None else None
        if first is not None:
            self._await(first)
        return self._found, [*self._touched]

    def compare(self, day: str, last_event: int) -> bool:
        """Whether the list is of that day; it is renewed where it is not, or where the newest event of
        the file is another one. Of a new day, the list is waited for."""
        found = self._found
        if self._pool is None or found is None:
            return True
        is_of_day = found.day == day
        if is_of_day and (found.last_event == last_event or not self._may_renew()):
            return True
        with self._lock:
            self._take_result()
            self._start(self._pool)
            under_way = self._under_way
        if not is_of_day and under_way is not None:
            self._await(under_way)
        return is_of_day

    def _await(self, under_way: Future[WorkerAnswer]) -> None:
        with suppress(TimeoutError):
            under_way.result(_PATIENCE)
        with self._lock:
            self._take_result()

    def _may_renew(self) -> bool:
        return monotonic() - self._ended > max(SECONDS, _TIMES * self._took)

    def _start(self, pool: WorkerPool) -> None:
        if self._under_way is None:
            self._begun, self._before = monotonic(), [*self._touched]
            self._under_way = pool.submit(list_duty_refs, _NOBODY)

    def _take_result(self) -> None:
        """Take the list that is found, if it is; a fault is told to who asks."""
        future = self._under_way
        if future is None or not future.done():
            return
        self._under_way, self._ended = None, monotonic()
        self._took = self._ended - self._begun
        if future.exception() is not None:
            raise Overloaded
        answer = future.result()
        if answer.fault is not None:
            raise DeskFault(answer.fault, answer.code, answer.kind)
        self._found = answer.value
        for ref in self._before:
            self._touched.pop(ref, None)
