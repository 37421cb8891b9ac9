"""Python code that is made from a book, kept compiled between runs in the cache folder.

What is read here is run: a folder or a file that others own or can write is not used.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from .cache import KeptAs, find_cache_folder, keep, read_kept
from .fast_hash import load_sha256

Made = TypeVar("Made", bound=tuple[object, ...])


def load_or_make(kept_as: KeptAs, make: Callable[[], Made]) -> Made:
    """What `make` makes, code and plain values in a tuple, or what is kept of it.

    What was made from something else, or by another Python, is made anew and takes its place.
    """
    digest = load_sha256(many=False)(f"{sys.version}\n{kept_as.made_of}".encode()).digest()
    path = os.path.join(find_cache_folder(), f"code-{kept_as.name}.bin")
    with suppress(OSError, ValueError, EOFError, TypeError):
        kept = read_kept(path)
        if kept[:32] == digest and kept[32:64] == load_sha256(many=False)(kept[64:]).digest():
            found: Made = marshal.loads(kept[64:])
            return found
    made = make()
    content = marshal.dumps(made)  # type: ignore[arg-type]  # code and plain values
    keep(path, digest + load_sha256(many=False)(content).digest() + content)
    return made
