"""A loop of plain Python, which tells how quick a processor is just now."""

from __future__ import annotations

import time


def time_loop() -> float:
    """The seconds of the processor that the loop takes, some 0.1."""
    began, known = time.process_time(), dict[tuple[int, int], int]()
    for number in range(300_000):
        key = (number % 977, number % 31)
        known[key] = known.get(key, 0) | 1 << number % 7
    return time.process_time() - began
