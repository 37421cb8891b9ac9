"""What every action of a rule is asked: what it reads and writes, and what it does.

An `Action` is what a book says is to be done; a `DoneAction` is what a plan says was done. A new kind
of action is one of each, and a line in core/book/actions.py.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, Self

from ..system.records import NamedTuple
from ..values.due_dates import Due
from .action_context import ActionContext, ValueSource, Written
from .frozen_record import FrozenRecord
from .placeholders import Text
from .ticket_parts import Part

if TYPE_CHECKING:
    from .draft import Draft


class Key(NamedTuple):
    """A key of an action: what stands under it (one of the words below), and whether it has to."""

    name: str
    holds: str = ""
    needed: bool = False


TEXT, NAME, NOTE, DUE, FIELD_VALUE = "text", "name", "note", "due date", "value of a field"
TEMPLATE, CHANNEL, ROLE, PERSON, SHEET = "template", "channel", "role", "role or none", "sheet"
STATUS, PRIORITY, RESULT, TAGS = "status", "priority", "result", "tag with * for a number"
TICKET_VALUES, ITEM_VALUES, CUSTOMER_VALUES = "values of a ticket", "values of an item", "customer"
NEW_ITEMS = "values of an item, by its kind"
"""What can stand under a key. A name is a word of the author's own. Values are a table of fields: of
the ticket, of an item of the kind that the first key names, of a customer."""


class Put(NamedTuple):
    """A value that an action puts into a part of a ticket, and where it comes from."""

    part: Part
    source: ValueSource


class Action(FrozenRecord):
    """An action as a rule has it.

    `name` is the key that says its kind, `keys` are all of its keys, that one first; `about` is what
    it does, for the reference. `changes` says whether it changes the ticket file.
    """

    name: ClassVar[str]
    keys: ClassVar[tuple[Key, ...]]
    about: ClassVar[str]
    changes: ClassVar[bool] = True

    refuses: ClassVar[bool] = False
    """It refuses the event, or an input of it."""
    waits: ClassVar[bool] = False
    """It says that there is nothing to do before a date."""

    dates_next: ClassVar[bool] = False
    """It bears on whether a night says what is next, and by when."""
    happening: ClassVar[str] = ""
    """What its name stands for in a property of the book, where one can name it."""
    also_seen_as: ClassVar[tuple[str, ...]] = ()
    """Other words of a happening that it can be what a property is about."""

    # Abstract for type checkers and a test: a metaclass would cost every command 1 ms.

    @classmethod
    @abstractmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        """The action that the book has written; its keys are known. Raises ValueError with a reason."""

    @abstractmethod
    def carry_out(self, draft: Draft) -> None:
        """Do it on a draft."""

    # --- what it reads and writes ---

    @property
    def names(self) -> frozenset[str]:
        """The facts and inputs that it reads, and what else a text can name."""
        known: frozenset[str] | None = self.__dict__.get("_names")
        if known is None:  # found once: many rules share an action by a sequence
            found = set[str]()
            for field in self._fields:
                _collect_names(self.__dict__[field], found)
            known = self.__dict__["_names"] = frozenset(found)
        return known

    def names_left(self, is_kept: Callable[[Part], bool]) -> frozenset[str]:
        """Those names of which something is left, where only some parts of a ticket are kept."""
        return self.names

    @property
    def looks_at(self) -> frozenset[str] | None:
        """The parts of a ticket whose values or rows it looks at: ticket (the fields), task, tag,
        kinds of items; None is everything."""
        return frozenset()

    @property
    def writes(self) -> tuple[Part, ...]:
        """The parts of a ticket that it changes."""
        return tuple(put.part for put in self.puts)

    @property
    def puts(self) -> tuple[Put, ...]:
        """The values that it puts into parts of a ticket."""
        return ()

    # --- what it names ---

    @property
    def needs_ticket(self) -> bool:
        """Whether it can be done only once there is a ticket."""
        return self.changes

    @property
    def templates(self) -> tuple[str, ...]:
        """The templates that it renders."""
        return ()

    @property
    def withdrawn_templates(self) -> tuple[str, ...]:
        """The templates of which it takes messages back."""
        return ()

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that it names."""
        return ()

    @property
    def opens(self) -> str | None:
        """The book of which it opens a ticket."""
        return None

    @property
    def status_after(self) -> Text | None:
        """The status in which it leaves the ticket; None where it leaves it as it is."""
        return None


def _collect_names(value: object, found: set[str]) -> None:
    """Add the names in braces in a field of an action."""
    if isinstance(value, Text | ValueSource):
        found.update(value.names)
    elif isinstance(value, Due):
        if value.base is not None:
            found.add(value.base)
    elif isinstance(value, Mapping):
        for one in value.values():
            _collect_names(one, found)
