"""What takes milliseconds to work out and seldom changes, kept ready between runs.

An entry is a file with what it was made of, a NUL and a value in JSON. Where it was made of something
else, or the file can't be read, or somebody else could have written it, the entry is made anew. In a
folder that others own or can write nothing is read or kept. The whole folder can be deleted at any time.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from .fast_json import decode
from .records import NamedTuple


class KeptAs(NamedTuple):
    """The name under which something is kept, and what tells what it is made of."""

    name: str
    made_of: str


def find_cache_folder() -> str:
    """Where entries lie: `PRASSI_CACHE`, else the user's cache folder."""
    named = os.environ.get("PRASSI_CACHE")
    if named:
        return named
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "prassi")


def find_entry(name: str) -> str:
    """The file of an entry, whether it is there or not."""
    return os.path.join(find_cache_folder(), f"{name}.kept")


def load_or_build(name: str, made_of: str, build: Callable[[], object]) -> Any:
    """The value of entry `name` that is made of `made_of`; `build` makes it where there is none.

    The value must be plain JSON data. Where the cache can't be read or written, it is done without.
    What it is made of is compared as it is, since that takes less time than a digest of it.
    """
    path = find_entry(name)
    begins = made_of.encode("utf-8", "surrogatepass") + b"\0"
    with suppress(OSError, ValueError, RecursionError):
        kept = read_kept(path)
        if kept.startswith(begins):
            return decode(kept[len(begins) :].decode())
    value = build()
    from json import dumps  # late: 2 ms

    keep(path, begins + dumps(value, ensure_ascii=False).encode())
    return value


def read_kept(path: str) -> bytes:
    """What is kept in a file of the cache folder; OSError where somebody else could have written it."""
    if not _is_ours(os.stat(os.path.dirname(path))):
        raise PermissionError(path)
    with open(path, "rb", opener=_open_itself) as file:
        if not _is_ours(os.fstat(file.fileno())):
            raise PermissionError(path)
        return file.read()


def keep(path: str, content: bytes) -> None:
    """Write a file of the cache folder, for its owner only; where that can't be done, do without."""
    draft = f"{path}.{os.getpid()}"
    with suppress(OSError, UnicodeError):
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        if not _is_ours(os.stat(os.path.dirname(path))):
            return
        with suppress(FileNotFoundError):
            os.unlink(draft)  # of a process that was ended
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW, 0o600)
        try:
            with open(handle, "wb") as file:
                file.write(content)
            os.replace(draft, path)
        except BaseException:  # Neither a full disk nor an interrupt leaves half an entry behind.
            with suppress(OSError):
                os.unlink(draft)
            raise


_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)


def _open_itself(path: str, flags: int) -> int:
    """Open a file, unless it is a link to one."""
    return os.open(path, flags | _NOFOLLOW)


def _is_ours(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid() and not status.st_mode & 0o022


def find_release(package: str) -> str:
    """What tells one installed release of a package from another, without importing it."""
    for place in sys.path:
        found = [name for name in _list_releases(place) if name.startswith(f"{package}-")]
        if found:
            return " ".join(found)
    return "none"


@cache
def _list_releases(place: str) -> list[str]:
    """What is said of the packages that are installed in a folder, in the order of the alphabet."""
    try:
        return sorted(name.lower() for name in os.listdir(place or ".") if name.endswith("-info"))
    except OSError:
        return []
