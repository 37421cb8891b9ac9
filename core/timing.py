"""A limit of processor time for what comes from a user: a template, or a pattern of a book.

The time of the processor counts and not that of the clock, so that a busy machine changes nothing.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SECONDS = 0.5
"""What one piece of a user's may take; the shipped ones take less than a thousandth of it."""

_AGAIN = 0.05
"""Where an error gets lost on its way, another one follows so soon."""


class OutOfTime(Exception):
    """What was limited has not ended in time."""

    def __init__(self) -> None:
        super().__init__(f"it takes more than {SECONDS:g} s, and was stopped")


class _Clock:
    """The timer of this process; its handler stays once it is there."""

    ready = running = rang = False


def _ring(number: int, frame: Any) -> None:
    if _Clock.running:
        _Clock.rang = True
        raise OutOfTime


def _prepare() -> bool:
    """Whether there is a timer: not on Windows, and not beside the main thread."""
    if not _Clock.ready and hasattr(signal, "setitimer"):
        try:
            signal.signal(signal.SIGPROF, _ring)
        except ValueError:
            return False
        _Clock.ready = True
    return _Clock.ready


@contextmanager
def limited() -> Iterator[None]:
    """Raise OutOfTime where what is done within takes longer than SECONDS; one within another
    changes nothing."""
    if _Clock.running or not _prepare():
        yield
        return
    _Clock.running, _Clock.rang = True, False
    signal.setitimer(signal.ITIMER_PROF, SECONDS, _AGAIN)
    try:
        yield
    except Exception as error:
        if _Clock.rang:  # and another error came out of that on its way
            raise OutOfTime from error
        raise
    finally:
        _Clock.running = False
        signal.setitimer(signal.ITIMER_PROF, 0)
