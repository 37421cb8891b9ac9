"""A folder that the accounts of a group share, as `init --group` makes one.

It is theirs by its mode 2770: what is made in it belongs to the group, and nobody else gets in.
Whoever is in the group can change settings and books, and so have commands run by the others: the
group has to be one that was made for that desk.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from ..errors import FileUnusable

_FOLDER, _FILE = 0o2770, 0o660


def find_group(folder: str) -> int | None:
    """The number of the group with which a folder is shared, by its own mode or that of the folder it
    is in; None where it is not shared, or where neither we made it so nor the group names us."""
    shared = _find_shared(os.path.realpath(folder or "."))
    if shared is None or not (shared.st_uid == os.geteuid() or _names_us(shared.st_gid)):
        return None
    return shared.st_gid


def _find_shared(place: str) -> os.stat_result | None:
    """The shared folder that a folder is, or lies in with the same group all the way."""
    group = os.stat(place).st_gid
    while True:
        status = os.stat(place)
        if status.st_gid != group or status.st_mode & stat.S_IWOTH:
            return None
        if _is_shared(status):
            return status
        if place == os.path.dirname(place):
            return None
        place = os.path.dirname(place)


def _is_shared(status: os.stat_result) -> bool:
    return status.st_mode & (_FOLDER | stat.S_IRWXO) == _FOLDER


def _names_us(group: int) -> bool:
    """Whether an account was put into a group on purpose: not as the one that all accounts have."""
    import grp  # not on Windows, as pwd
    import pwd  # late: 0.3 ms

    try:
        return pwd.getpwuid(os.geteuid()).pw_name in grp.getgrgid(group).gr_mem
    except KeyError:
        return False


def share_new_file(handle: int, path: str) -> None:
    """Let the group read and write a file that was just made, where its folder is shared."""
    if _is_in_shared(path):
        os.fchmod(handle, _FILE)


def make_folder(path: str) -> None:
    """Make a folder for its owner only, or for the group where the folder it is in is shared."""
    os.mkdir(path, 0o700)
    if _is_in_shared(path):
        os.chmod(path, _FOLDER)


def _is_in_shared(path: str) -> bool:
    folder = os.path.dirname(os.path.realpath(path))
    return hasattr(os, "geteuid") and _find_shared(folder) is not None


def share_folder(folder: str) -> None:
    """Give a folder the mode of a shared one; FileUnusable where it is not one to share, or not ours."""
    place = os.path.realpath(folder or ".")
    if not os.path.isdir(place):
        raise FileUnusable(f"there is no folder {place}: make it first.")
    status = os.stat(place)
    if _is_shared(status):
        return
    if status.st_mode & stat.S_ISVTX or place in ("/", os.path.realpath(os.path.expanduser("~"))):
        raise FileUnusable(
            f"{place} is not a folder to share: make one for the desk, and name a file in it."
        )
    with suppress(PermissionError):
        os.chmod(place, _FOLDER)
    if not _is_shared(os.stat(place)):  # The system takes the group's bit away from others.
        raise FileUnusable(
            f"{place} can't be shared by you: have its owner run `chmod 2770 {place}`, as one of its"
            " group."
        )
