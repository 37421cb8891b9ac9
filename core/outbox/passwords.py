"""Passwords of mail servers and gateways: from a file that only its owner can read, or a command."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess

from ..errors import BadInput

_SECONDS = 30
_LONGEST = 4096


def read_password_file(path: str, setting: str) -> str:
    """The first line of a file of mode 0600 (or stricter) that is ours; BadInput names the setting."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(handle, encoding="utf-8") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise BadInput(f"{setting}: {path} is not a file.")
            if status.st_uid != os.geteuid():
                raise BadInput(f"{setting}: {path} belongs to somebody else; it must be yours.")
            if status.st_mode & 0o077:
                raise BadInput(f"{setting}: others can read {path}; run chmod 600 {path}.")
            return _first_line(file.read(_LONGEST), f"{setting}: {path}")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInput(f"{setting}: {path} can't be read: {reason}.") from None
    except UnicodeDecodeError:
        raise BadInput(f"{setting}: {path} is not UTF-8 text.") from None


def run_password_command(command: str, setting: str) -> str:
    """The first line that a command prints, run without a shell; BadInput names the setting."""
    try:
        words = shlex.split(command)
        ended = subprocess.run(
            words, capture_output=True, text=True, timeout=_SECONDS, stdin=subprocess.DEVNULL
        )
    except ValueError as error:
        raise BadInput(f"{setting}: {command!r} can't be split into words: {error}.") from None
    except subprocess.TimeoutExpired:
        raise BadInput(f"{setting}: the command did not end within {_SECONDS} s.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInput(f"{setting}: the command can't be run: {reason}.") from None
    if ended.returncode:
        raise BadInput(f"{setting}: the command ended with {ended.returncode}; it must end with 0.")
    return _first_line(ended.stdout, f"{setting}: the command's output")


def _first_line(text: str, what: str) -> str:
    password = text.partition("\n")[0].rstrip("\r")
    if not password:
        raise BadInput(f"{what} is empty; its first line must be the password.")
    return password
