"""A limit of processor time for what comes from a user: a template, or a pattern of a book.

The time of the processor counts and not that of the clock, so that a busy machine changes nothing.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

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


def _ring(number: int, frame: FrameType | None) -> None:
    if _Clock.running and not _of_tracer(frame):
        _Clock.rang = True
        raise OutOfTime


def _of_tracer(frame: FrameType | None) -> bool:
    """Whether this is a debugger's or a measurer's own code, at work on a line of ours: it holds
    locks that an error in its midst would leave locked, so the next ring has to do."""
    tracer = sys.gettrace()
    if tracer is None:
        return False
    at_work = _package(getattr(tracer, "__module__", None) or type(tracer).__module__)
    while frame is not None:
        package = _package(frame.f_globals.get("__name__", ""))
        if package in (at_work, _package(__name__)):
            return package == at_work
        frame = frame.f_back
    return False


def _package(module: str) -> str:
    return module.partition(".")[0]


def _prepare() -> bool:
    """Whether there is a timer: not on Windows, and not beside the main thread."""
    if not _Clock.ready and hasattr(signal, "setitimer"):
        try:
            signal.signal(signal.SIGPROF, _ring)
        except ValueError:
            return False
        _Clock.ready = True
    return _Clock.ready


def limited(call: Callable[..., T], *given: Any) -> T:
    """What a call gives; OutOfTime where it takes longer than SECONDS. A limited call within
    another has no limit of its own."""
    if _Clock.running or not _prepare():
        return call(*given)
    _Clock.running, _Clock.rang = True, False
    signal.setitimer(signal.ITIMER_PROF, SECONDS, _AGAIN)
    try:
        return call(*given)
    except Exception as error:
        if _Clock.rang:  # and another error came out of that on its way
            raise OutOfTime from error
        raise
    finally:
        _Clock.running = False
        signal.setitimer(signal.ITIMER_PROF, 0)
