"""Reading actions: what one may name, and where the values of fields come from."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from ..values import due_dates
from ..values.due_dates import Due
from ..values.field_types import Field, Stored
from . import placeholders
from .frozen_record import FrozenRecord
from .placeholders import Text

if TYPE_CHECKING:
    from .action_protocols import HasFields, HasResults
    from .draft import Draft

Written = Mapping[str, object]
"""An action as the book has it: a table of TOML, the key that says its kind first."""


class ActionContext(FrozenRecord):
    """What an action may refer to while a book is read.

    `opens`: the event begins without a ticket; `day`: it is the night's.
    """

    names: frozenset[str]
    dates: frozenset[str]
    parameters: Mapping[str, object]
    roles: Mapping[str, str]
    statuses: Mapping[str, HasResults]
    closed_status: str
    fields: Mapping[str, Field]
    items: Mapping[str, HasFields]
    sheets: Collection[str]
    tasks: Collection[str] = ()
    book: str = ""
    opens: bool = False
    day: bool = False

    def text(self, written: object) -> Text:
        """A text with names in braces."""
        if not isinstance(written, str):
            raise ValueError(f"{written!r} must be text")
        return placeholders.parse(written, self.names, self.parameters)

    def due(self, written: object) -> Due:
        """A due date."""
        if not isinstance(written, str):
            raise ValueError(f"{written!r} is not a due date")
        return due_dates.parse_due_rule(written, self.dates, self.parameters)

    def name(self, written: object) -> Text:
        """One name in braces."""
        named = self.text(written)
        if named.only is None:
            raise ValueError(f"{written!r} must be one name in braces, or a plain value")
        return named

    def one_of(self, written: object, known: Collection[str], what: str) -> str:
        """One of the words that are known."""
        if not isinstance(written, str) or written not in known:
            raise ValueError(
                f"there is no {what} {written!r}: it must be one of {', '.join(known)}"
            )
        return written

    def role(self, written: object) -> str:
        """A role of the book."""
        return self.one_of(written, self.roles, "role")

    def table(self, written: object, key: str) -> Mapping[str, object]:
        """A table of names and values."""
        if not isinstance(written, dict):
            raise ValueError(f"{key} must be a table, not {written!r}")
        return written

    def values(self, written: object, fields: Mapping[str, Field]) -> dict[str, ValueSource]:
        """A table of fields and what they are set to."""
        if not isinstance(written, dict):
            raise ValueError(f"{written!r} must be a table of fields")
        for name in written:
            self.one_of(name, fields, "field")
        return {name: self.value(one, fields[name]) for name, one in written.items()}

    def value(self, written: object, field: Field) -> ValueSource:
        """What a field is set to: a fact in braces, none, a value of the field, or a date's due."""
        if written == "none" and field.optional:
            return Constant(None)
        is_day = field.type in ("date", "moment") or field is ANY_FIELD
        if isinstance(written, str) and is_day and due_dates.is_due_rule(written):
            return DueDate(self.due(written))
        if isinstance(written, str) and "{" in written:
            filled = self.text(written)
            if filled.only is None and field.type not in ("text", "ticket"):
                raise ValueError(f"{written!r} must be one name in braces, or a plain value")
            return FilledText(filled) if filled.only is None else NamedValue(filled.only)
        try:
            return Constant(field.read(written))
        except ValueError as error:
            raise ValueError(f"{field.name} {error}") from None


ANY_FIELD = Field("field", "text", optional=True)
"""A field of another book, as it is before that book is read."""


class ValueSource(FrozenRecord):
    """Where the value of a field comes from."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names it reads."""
        return ()

    @property
    def copied_names(self) -> tuple[str, ...]:
        """The names whose values it takes as they are."""
        return self.names

    @abstractmethod
    def value(self, draft: Draft) -> Stored:
        """The value for a ticket."""


class Constant(ValueSource):
    """A value of the field, or none."""

    constant: Stored

    def value(self, draft: Draft) -> Stored:
        return self.constant


class NamedValue(ValueSource):
    """The value of a fact, or of an input."""

    named: str

    @property
    def names(self) -> tuple[str, ...]:
        return (self.named,)

    def value(self, draft: Draft) -> Stored:
        return draft.values[self.named]


class FilledText(ValueSource):
    """A text with names in braces."""

    text: Text

    @property
    def names(self) -> tuple[str, ...]:
        return self.text.names

    def value(self, draft: Draft) -> Stored:
        return draft.fill(self.text)


class DueDate(ValueSource):
    """A date that is counted when the action is done."""

    due: Due

    @property
    def names(self) -> tuple[str, ...]:
        return () if self.due.base is None else (self.due.base,)

    @property
    def copied_names(self) -> tuple[str, ...]:
        return self.names if self.due.unit == "as it is" else ()

    def value(self, draft: Draft) -> Stored:
        return draft.due(self.due)
