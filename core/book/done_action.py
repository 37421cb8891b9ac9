"""What a plan says was done: the record of it, as JSON, as a line for people and as a line of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from ..tables.cells import format_value
from .frozen_record import FrozenRecord
from .placeholders import Text

if TYPE_CHECKING:
    from .action_protocols import Telling


class DoneAction(FrozenRecord):
    """What an action has done, or would do. The fields are the keys of its JSON object, in order.

    `name` is that of the action that does it, or of what follows from it; `changes` says whether it
    changes the ticket file.
    """

    name: ClassVar[str]
    changes: ClassVar[bool] = True
    ends_day: ClassVar[bool] = False
    """No person has anything to do, whatever tasks there are."""

    def as_json(self, plan: Telling) -> dict[str, object]:
        """Its JSON object."""
        told: dict[str, object] = {"action": self.name}
        for name in self._fields:
            value = getattr(self, name)
            told[name] = plan.fill(value) if isinstance(value, Text) else value
        return told

    def line(self, plan: Telling) -> str | None:
        """It in words; None where that is bookkeeping, which is left to JSON."""
        return None

    def words(self, plan: Telling) -> str | None:
        """What it writes or says to people; None where it says nothing."""
        return None

    def scenario_line(self, plan: Telling) -> str:
        """It as scenarios have it, without its name."""
        told = {name: value for name, value in self.as_json(plan).items() if value is not None}
        return ", ".join(f"{n} {show_words(v)}" for n, v in told.items() if n != "action")

    @property
    def word(self) -> object:
        """What a property of the book can name it by: its first field."""
        return getattr(self, self._fields[0])

    @property
    def data(self) -> Mapping[str, object]:
        """What a property of the book can ask beside."""
        return {}


def show_words(value: object) -> str:
    """A value in a line; those of a list with blanks between them."""
    return " ".join(map(format_value, value)) if isinstance(value, list) else format_value(value)
