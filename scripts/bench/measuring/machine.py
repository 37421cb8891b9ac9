"""The machine on which is measured, and what else it does meanwhile."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import time
from datetime import date
from pathlib import Path

STAT = Path("/proc/stat")


def describe_machine() -> str:
    """What the figures were made on, and when."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{date.today()}: {_describe_processor()}, {os.cpu_count() or 1} cores, {memory:.0f} GiB,"
        f" {platform.system()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def _describe_processor() -> str:
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", info.read_text()) if info.exists() else None
    return found[1] if found else platform.machine()


class OtherWork:
    """How many processors work for others, from when this is made."""

    def __init__(self) -> None:
        self._began, self._busy, self._own = time.monotonic(), _busy_seconds(), _own_seconds()

    def read(self) -> float | None:
        """Processors in the mean; None where the system does not tell."""
        busy = _busy_seconds()
        if busy is None or self._busy is None:
            return None
        others = busy - self._busy - (_own_seconds() - self._own)
        return max(0.0, others / (time.monotonic() - self._began))

    def __str__(self) -> str:
        found = self.read()
        return "?" if found is None else f"{found:.1f}"


def _own_seconds() -> float:
    return sum(os.times()[:4])


def _busy_seconds() -> float | None:
    """Seconds that all processors have worked."""
    if not STAT.exists():
        return None
    user, nice, system, _, _, *interrupts = STAT.read_text().splitlines()[0].split()[1:8]
    ticks = sum(map(int, (user, nice, system, *interrupts)))
    return ticks / os.sysconf("SC_CLK_TCK")
