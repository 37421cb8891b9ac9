"""How often somebody may try a key."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from time import monotonic

MOST = 5
"""Wrong keys from one address within SECONDS."""

MOST_OF_ALL = 100
"""Wrong keys from all addresses together within SECONDS."""

SECONDS = 300.0

_ADDRESSES = 10_000
"""Addresses that are remembered."""


class Attempts:
    """Counts wrong keys by address, and all of them."""

    def __init__(self) -> None:
        self._failed = OrderedDict[str, list[float]]()
        self._all = list[float]()
        self._lock = Lock()

    def count_wait(self, address: str) -> int:
        """The seconds until another key may be tried from an address; 0 is at once."""
        now = monotonic()
        with self._lock:
            self._all = _keep_recent(self._all, now)
            own = _keep_recent(self._failed.get(address, []), now)
            waits = [0.0]
            if len(own) >= MOST:
                waits.append(own[-MOST] + SECONDS - now)
            if len(self._all) >= MOST_OF_ALL:
                waits.append(self._all[-MOST_OF_ALL] + SECONDS - now)
            return int(max(waits) + 0.999)

    def note_failure(self, address: str) -> None:
        """A wrong key was tried."""
        now = monotonic()
        with self._lock:
            own = _keep_recent(self._failed.pop(address, []), now)
            self._failed[address] = [*own, now][-MOST:]
            self._all = [*self._all, now][-MOST_OF_ALL:]
            while len(self._failed) > _ADDRESSES:
                self._failed.popitem(last=False)


def _keep_recent(times: list[float], now: float) -> list[float]:
    return [one for one in times if now - one < SECONDS]
