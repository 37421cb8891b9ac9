"""Processors for two processes that work together.

A process that wakes another one through a pipe draws it to its own processor, and then one of two
waits. So each is kept on one half of the processors, where the system lets us and there are two.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from . import PLAIN


def list_processors(plain: bool = PLAIN) -> list[int]:
    """The processors that this process may use; none where the system can't say, or in the plain
    way, which leaves it to the system where a process runs."""
    if plain or not hasattr(os, "sched_getaffinity"):
        return []
    return sorted(os.sched_getaffinity(0))


def keep_on_half(processors: Sequence[int], second: bool) -> None:
    """Keep this process on the first or the second half of some processors; of fewer than two,
    nothing is changed."""
    if len(processors) > 1:
        half = len(processors) // 2
        os.sched_setaffinity(0, processors[:half] if second else processors[half:])


def keep_on(processors: Sequence[int]) -> None:
    """Let this process run on all of some processors again; of none, nothing is changed."""
    if processors:
        os.sched_setaffinity(0, processors)
