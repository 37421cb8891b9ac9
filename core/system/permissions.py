"""Whether others could have written what we follow: settings, books and templates of a user.

Whoever can write one of these can have letters sent and tickets closed. So it must belong to the user
or to root, and nobody else may be able to write it. The same holds for the folder it is in, where a
file could be replaced; a folder like /tmp, where nobody can remove the files of another user, will do.
In a folder that is shared with a group, what belongs to that group is followed too.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from ..errors import BadInput
from .shared_folder import find_group

_followed = False


@contextmanager
def follow_all() -> Iterator[None]:
    """Follow whatever others can write, too: for commands that only look at books, as in a checkout
    that was made with umask 000."""
    global _followed
    before, _followed = _followed, True
    try:
        yield
    finally:
        _followed = before


def check_file(path: str, file: IO[str] | IO[bytes]) -> None:
    """Refuse an open file that others could have written, or could replace."""
    if hasattr(os, "geteuid"):
        folder = os.path.dirname(os.path.realpath(path))
        _check_status(path, os.fstat(file.fileno()), folder)
        check_folder(folder)


def check_folder(path: str) -> None:
    """Refuse a folder in which others can replace files."""
    if hasattr(os, "geteuid"):
        status = os.stat(path)
        if not status.st_mode & stat.S_ISVTX:
            _check_status(path, status, path)


def _check_status(path: str, status: os.stat_result, folder: str) -> None:
    """Refuse what has that status, and is the folder `folder` or lies in it."""
    if _followed:
        return
    if status.st_mode & stat.S_IWOTH:
        raise BadInput(f"{path} can be changed by everybody: `chmod o-w` it.")
    fault = _find_fault(path, status)
    if fault is not None and find_group(folder) != status.st_gid:
        raise BadInput(fault)


def _find_fault(path: str, status: os.stat_result) -> str | None:
    # As root, as in a container, a user's checkout is trusted where that user could trust it.
    as_root = os.geteuid() == 0
    if not as_root and status.st_uid not in (os.geteuid(), 0):
        return (
            f"{path} belongs to another user, who could change what is done here:"
            f" use a copy of your own, or `chown {os.geteuid()}`."
        )
    owners = as_root and status.st_gid == status.st_uid != 0
    if status.st_mode & stat.S_IWGRP and not (owners or _is_own_group(status.st_gid)):
        return f"{path} can be changed by others of its group: `chmod g-w` it."
    return None


def _is_own_group(group: int) -> bool:
    """Whether a group is the user's own, with nobody else in it, as many systems make for each user."""
    if group != os.getegid():
        return False
    import grp  # not on Windows, as pwd
    import pwd  # late: 0.3 ms

    try:
        return {*grp.getgrgid(group).gr_mem} <= {pwd.getpwuid(os.geteuid()).pw_name}
    except KeyError:  # A group without a name has no members of its own.
        return True


def read_trusted(path: str) -> bytes:
    """The content of a file that nobody but the user could have written; may raise OSError."""
    with open(path, "rb") as file:
        check_file(path, file)
        return file.read()


def resolve_inside(root: str, path: str) -> str:
    """The real path of a file in the folder `root`, a real path; links may lead anywhere within it."""
    real = os.path.realpath(path)
    if not real.startswith(os.path.join(root, "")):
        raise BadInput(f"{path} is a link that leads out of {root}: put the file itself there.")
    if os.path.exists(real) and not os.path.isfile(real):
        raise BadInput(f"{path} is not a file.")
    return real
