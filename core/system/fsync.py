"""What has to be on the disk for certain before anybody relies on it."""

from __future__ import annotations

import os


def sync_to_disk(path: str) -> None:
    """Have a file, or the names in a folder, on the disk for certain."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
