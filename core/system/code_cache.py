"""Python code that is made from a book, kept compiled between runs in the cache folder.

What is read here is run: a folder or a file that others own or can write is not used.
"""

from __future__ import annotations

import marshal
import os
import sys
from contextlib import suppress
from types import CodeType

from .cache import find_cache_folder, keep, read_kept
from .fast_hash import load_sha256


def compile_kept(source: str, filename: str, kept_as: str) -> CodeType:
    """The source compiled, or what is kept of it under a name; another source takes its place."""
    digest = load_sha256(many=False)(f"{sys.version}\n{filename}\n{source}".encode()).digest()
    path = os.path.join(find_cache_folder(), f"code-{kept_as}.bin")
    with suppress(OSError, ValueError, EOFError, TypeError):
        kept = read_kept(path)
        if kept[:32] == digest and kept[32:64] == load_sha256(many=False)(kept[64:]).digest():
            code: CodeType = marshal.loads(kept[64:])
            return code
    code = compile(source, filename, "exec")
    content = marshal.dumps(code)
    keep(path, digest + load_sha256(many=False)(content).digest() + content)
    return code
