"""A lock between processes on a file of its own, which the system lets go when its holder ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from .shared_folder import share_new_file


@contextmanager
def try_lock(path: str, mode: int) -> Iterator[bool]:
    """Hold the lock of that name; yields False where another process holds it. May raise OSError.

    The file is made where there is none, with the mode, and stays.
    """
    import fcntl  # not on Windows

    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    try:
        with suppress(PermissionError):  # Somebody else has made it.
            share_new_file(handle, path)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = True
        except BlockingIOError:
            held = False
        yield held
    finally:
        os.close(handle)
