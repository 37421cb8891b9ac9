"""A limit of processor time for what comes from a user: a template, or a pattern of a book.

Processor time counts and not that of the clock, so that a busy machine changes nothing. Where there
is no such timer (on Windows, and beside the main thread) the call is made without a limit.
"""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

SECONDS = 0.5
"""What one template or pattern may take; the shipped ones take less than a thousandth of it."""

_AGAIN = 0.05
"""Seconds until the error is raised again, should it get lost on its way."""


class OutOfTime(Exception):
    """A limited call has not ended in time."""

    def __init__(self) -> None:
        super().__init__(f"it takes more than {SECONDS:g} s, and was stopped")


class _Timer:
    """The timer of this process; its handler stays once it is there."""

    ready = running = rang = False


def _raise_out_of_time(number: int, frame: FrameType | None) -> None:
    if _Timer.running and not _is_of_watcher(frame):
        _Timer.rang = True
        raise OutOfTime


def _is_of_watcher(frame: FrameType | None) -> bool:
    """Whether this is code that only looks on while ours runs (a debugger, a profiler, whatever hears
    of the garbage collector or of an error nobody can take). It would lose the error or leave its own
    locks locked, so the error waits for the next ring."""
    watchers = {_top_package(_module_of(one)) for one in _find_watchers()}
    watchers |= _CALLED_BACK
    watchers.discard(_top_package(__name__))  # the command line has a hook of its own
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module == __name__:
            return False
        if _top_package(module) in watchers:
            return True
        frame = frame.f_back
    return False


_CALLED_BACK = {"_weakrefset", "weakref"}
"""Modules whose functions Python calls when an object goes: their errors nobody can take."""


def _find_watchers() -> list[object]:
    given = [sys.gettrace(), *gc.callbacks, sys.unraisablehook]
    return [getattr(one, "func", one) for one in given if one is not None]


def _module_of(watcher: object) -> str:
    return getattr(watcher, "__module__", None) or type(watcher).__module__


def _top_package(module: str) -> str:
    return module.partition(".")[0]


def _prepare_timer() -> bool:
    """Whether there is a timer: not on Windows, and not beside the main thread."""
    if not _Timer.ready and hasattr(signal, "setitimer"):
        try:
            signal.signal(signal.SIGPROF, _raise_out_of_time)
        except ValueError:
            return False
        _Timer.ready = True
    return _Timer.ready


def run_limited(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a call returns; OutOfTime where it takes longer than SECONDS. A limited call within
    another has no limit of its own."""
    if _Timer.running or not _prepare_timer():
        return call(*args, **kwargs)
    _Timer.running, _Timer.rang = True, False
    signal.setitimer(signal.ITIMER_PROF, SECONDS, _AGAIN)
    try:
        return call(*args, **kwargs)
    except Exception as error:
        if _Timer.rang:  # and the call made another error of that
            raise OutOfTime from error
        raise
    finally:
        _Timer.running = False
        signal.setitimer(signal.ITIMER_PROF, 0)
