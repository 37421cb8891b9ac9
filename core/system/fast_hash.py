"""SHA-256, from where it is quickest for the number of hashes to come."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

from . import PLAIN

if TYPE_CHECKING:
    from hashlib import _Hash

Sha256 = Callable[[bytes], "_Hash"]
"""From bytes to a finished hash, of which `digest()` is asked."""


def load_sha256(many: bool, plain: bool = PLAIN) -> Sha256:
    """SHA-256: for a few hashes the interpreter's own, as `random` takes it; for many hashlib's.

    hashlib's is three times as fast, but it loads OpenSSL, which takes longer than everything else
    that a short command does. `plain` takes hashlib's always: the digests are the same.
    """
    for name in ("hashlib",) if many or plain else ("_sha2", "_sha256", "hashlib"):
        with suppress(ImportError):
            found: Sha256 = import_module(name).sha256
            return found
    raise ImportError("this Python has no SHA-256")
