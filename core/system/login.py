"""The name of the account that runs a command."""

from __future__ import annotations

import os


def find_login() -> str:
    """The login name: what the session says, else that of the account's number; the number itself
    where it has no name."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if found := os.environ.get(name, "").strip():
            return found
    try:
        from pwd import getpwuid  # not on Windows

        return getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"
