"""A folder into which messages are put for those who send them, each of them once.

It is a Maildir: an e-mail is written into tmp/ and appears in new/ when it is whole; who has sent
it moves it to cur/, or removes it. An SMS appears in sms/ in the same way. `exported` names all that
was ever put here, so that none comes back that was moved or removed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from ..errors import BadInput
from ..system import permissions
from ..system.fsync import sync_to_disk
from ..system.shared_folder import make_folder, share_new_file

_PARTS = ("tmp", "new", "cur", "sms")
_LIST = "exported"
_OURS = re.compile(r"[0-9]{9,}\.[0-9a-f]{32}\.(eml|json)")


class Maildir:
    """A folder that this process alone puts messages into."""

    def __init__(self, path: str, names: IO[str]) -> None:
        self._path, self._names = path, names
        names.seek(0)
        said = names.read()
        if said and not said.endswith("\n"):
            names.write("\n")  # the line before was cut off
        self._known = {*said.splitlines()}
        # What was put here, and not noted any more when the power went.
        for name in sorted(_list_messages(path) - self._known):
            self._note(name)

    def has(self, name: str) -> bool:
        """Whether a message was put here before."""
        return name in self._known

    def put(self, name: str, content: bytes) -> None:
        """Put a message here, whole and for those only who can read the folder."""
        draft = os.path.join(self._path, "tmp", name)
        with _name_errors(draft):
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            share_new_file(handle, draft)
            with open(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        os.rename(draft, os.path.join(self._path, _folder_for(name), name))
        self._note(name)

    def _note(self, name: str) -> None:
        self._known.add(name)
        with _name_errors(os.path.join(self._path, _LIST)):
            self._names.write(f"{name}\n")
            self._names.flush()


def read_exported(path: str) -> set[str]:
    """The messages that were ever put into a folder, which need not exist."""
    try:
        with open(os.path.join(path, _LIST), encoding="ascii", errors="replace") as names:
            return _list_messages(path) | {*names.read().splitlines()}
    except OSError:
        return _list_messages(path)


@contextmanager
def open_maildir(path: str) -> Iterator[Maildir]:
    """A folder to put messages into, made where there is none; another process waits meanwhile."""
    import fcntl  # not on Windows

    try:
        _make_folders(path)
        permissions.check_folder(path)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        handle = os.open(os.path.join(path, _LIST), flags, 0o600)
        with suppress(PermissionError):  # Somebody else has made it.
            share_new_file(handle, os.path.join(path, _LIST))
        with open(handle, "r+", encoding="ascii", errors="replace") as names:
            fcntl.flock(names, fcntl.LOCK_EX)
            yield Maildir(path, names)
            with _name_errors(path):
                os.fsync(names.fileno())
            for part in _PARTS:
                sync_to_disk(os.path.join(path, part))
            sync_to_disk(path)
    except OSError as error:
        if error.filename is None:  # It is the printout that can't be written.
            raise
        reason = (error.strerror or str(error)).lower()
        raise BadInput(f"{error.filename or 'DIR'} can't be written: {reason}.") from None


@contextmanager
def _name_errors(path: str) -> Iterator[None]:
    """Give an error of writing the name that the system leaves out."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from None


def _make_folders(path: str) -> None:
    """Make what is missing; another process may be doing so at the same time."""
    with suppress(FileExistsError):
        make_folder(path)
    there = {*os.listdir(path)}
    if there - {*_PARTS, _LIST} and not {"tmp", "new", "cur"} <= there:
        raise BadInput(f"{path} is not a Maildir, and not empty: name a new folder, or a Maildir.")
    for part in _PARTS:
        with suppress(FileExistsError):
            make_folder(os.path.join(path, part))


def _list_messages(path: str) -> set[str]:
    """Our messages that lie in a folder; those in cur/ may have got flags behind a colon."""
    folders = [os.path.join(path, part) for part in _PARTS[1:]]
    names = [name for one in folders if os.path.isdir(one) for name in os.listdir(one)]
    return {name for name in (name.partition(":")[0] for name in names) if _OURS.fullmatch(name)}


def _folder_for(name: str) -> str:
    return "sms" if name.endswith(".json") else "new"
