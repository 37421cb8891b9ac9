"""Where books are looked up by name, as far as a ticket file needs them."""

from __future__ import annotations

from typing import Protocol

from .model import Book


class Library(Protocol):
    """Gives books by name."""

    def book(self, name: str) -> Book:
        """The book of that name; BadInput where there is none."""

    def forget(self, name: str) -> None:
        """Read a book anew when it is next asked for: its states have changed."""
