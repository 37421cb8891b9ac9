"""Commands on all books go on without the faulty ones, which they report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prassi.core.system.language import say

from .streams import warn

if TYPE_CHECKING:
    from prassi.core.book.model import Book
    from prassi.core.library.library import Shelf
    from prassi.core.library.settings import Settings


def read_sound_books(shelf: Shelf) -> tuple[list[Book], bool]:
    """All books that can be read, and whether those are all; each other one is told on stderr."""
    sound, faulty = shelf.read_sound(shelf.names())
    for name, fault in faulty.items():
        warn(f"book {name} is left out: {fault}", label=say("Error: "))
    return sound, not faulty


def name_sound_books(settings: Settings) -> tuple[tuple[str, ...], bool]:
    """The names of all books that can be read without the settings' parameters, and whether those
    are all."""
    from prassi.core.library.library import Shelf  # late: 45 ms

    plain = settings._replace(parameters={}, roles={}, book_roles={})
    sound, all_sound = read_sound_books(Shelf(plain))
    return tuple(book.name for book in sound), all_sound
