"""What takes milliseconds to work out and seldom changes, kept ready between runs.

An entry is a JSON file with the digest of what it was made from. Where the digest is another one, or
the file can't be read, or somebody else could have written it, the entry is made anew. The whole
folder can be deleted at any time.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any


def find_cache_folder() -> str:
    """Where entries lie: `PRASSI_CACHE`, else the user's cache folder."""
    named = os.environ.get("PRASSI_CACHE")
    if named:
        return named
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "prassi")


def load_or_build(name: str, digest: str, build: Callable[[], object]) -> Any:
    """The value of entry `name` made from `digest`; `build` makes it where there is none.

    The value must be plain JSON data. Where the cache can't be read or written, it is done without.
    """
    path = os.path.join(find_cache_folder(), f"{name}.json")
    with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        with open(path, encoding="utf-8") as file:
            status = os.fstat(file.fileno())
            ours = status.st_uid == os.geteuid() and not status.st_mode & 0o022
            entry = json.load(file) if ours else {}
        if entry["digest"] == digest:
            return entry["value"]
    value = build()
    with suppress(OSError):
        _write_entry(path, json.dumps({"digest": digest, "value": value}, ensure_ascii=False))
    return value


def _write_entry(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    draft = f"{path}.{os.getpid()}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(draft, path)


def find_release(package: str) -> str:
    """What tells one installed release of a package from another, without importing it."""
    for place in sys.path:
        with suppress(OSError):
            names = (name.lower() for name in os.listdir(place or "."))
            found = sorted(n for n in names if n.startswith(f"{package}-") and n.endswith("-info"))
            if found:
                return " ".join(found)
    return "none"
