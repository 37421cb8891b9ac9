"""Settings on their way to other machines, with the books and templates that they name."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..library.settings import Settings
from ..system.language import ENGLISH
from ..system.toml_document import Document

Folder = Mapping[str, bytes]
"""The files of a folder and of those in it, by their paths within it."""


class ShippedSettings(NamedTuple):
    """Settings, and by path what is in the folders that they name.

    How messages are sent stays behind: nothing is sent elsewhere, and passwords do not travel.
    """

    settings: Sequence[Settings]
    folders: Mapping[str, Folder]

    def unpack(self, place: str) -> list[Settings]:
        """Write the folders into a new folder, and return the settings that name them there."""
        found = {}
        for number, (path, files) in enumerate(self.folders.items()):
            found[path] = os.path.join(place, str(number), os.path.basename(path))
            for name, content in files.items():
                target = os.path.join(found[path], name)
                os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
                with open(target, "xb", opener=_open_for_owner) as file:
                    file.write(content)
        return [_move_folders(one, found) for one in self.settings]


def ship_settings(*settings: Settings) -> ShippedSettings:
    """Some settings with all that they name; BadInput where a folder can't be read."""
    folders = {path: _read_folder(path) for one in settings for path in _list_folders(one)}
    return ShippedSettings([_pack_settings(one) for one in settings], folders)


def _pack_settings(settings: Settings) -> Settings:
    """Settings without what does not travel: some mappings, and how a document finds its lines.

    The desk's language is spoken, where nobody asked for another one.
    """
    document = settings.document
    return settings._replace(
        document=document and Document(document.name, document.data),
        book_roles=dict(settings.book_roles),
        views=dict(settings.views),
        addresses=dict(settings.addresses),
        spoken=settings.spoken or settings.language or ENGLISH,
        mail=None,
        sms=None,
    )


def _list_folders(settings: Settings) -> list[str]:
    named = (settings.books, settings.templates, *(settings.trial or {}).values())
    return [folder for folder in named if folder is not None]


def _read_folder(folder: str) -> Folder:
    found = {}
    for root, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(root, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    found[os.path.relpath(path, folder)] = file.read()
    return found


def _move_folders(settings: Settings, found: Mapping[str, str]) -> Settings:
    """Settings that name other folders in place of those."""
    trial = settings.trial and {name: found[path] for name, path in settings.trial.items()}
    return settings._replace(
        books=settings.books and found[settings.books],
        templates=settings.templates and found[settings.templates],
        trial=trial,
    )


def _open_for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
