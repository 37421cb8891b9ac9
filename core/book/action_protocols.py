"""What actions need of a book and of a plan; only type checkers load this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ..values.field_types import Field, Stored
from .placeholders import Text


class HasResults(Protocol):
    """A status, as far as an action names it."""

    @property
    def results(self) -> tuple[str, ...]: ...
    @property
    def closed(self) -> bool: ...


class HasFields(Protocol):
    """A kind of items, as far as an action names it."""

    @property
    def fields(self) -> Mapping[str, Field]: ...


class Telling(Protocol):
    """A plan, as far as what it has done is told with it: texts wait for its ticket's values."""

    def fill(self, text: Text) -> str | None:
        """The text with this ticket's values; None where all it has is a value not given."""

    def show_item(self, kind: str, data: Mapping[str, Stored]) -> dict[str, object]:
        """The fields of an item as JSON shows them."""

    def address(self, channel: str) -> str | None:
        """The customer's own address for a channel."""
