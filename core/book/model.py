"""What a book consists of, once it is read: records, and nothing that knows a procedure.

A book is made by a BookReader; its events are built when they are first asked for, since a command
at the shell needs one of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import BadInput
from ..system.records import NamedTuple
from ..tables.decision_table import CellRow, Decide
from ..values.due_dates import Due
from ..values.field_types import Field, Stored
from .names import COMMON_EVENTS
from .parameters import Parameter
from .placeholders import Text
from .task_kinds import TaskKind

if TYPE_CHECKING:
    from .action_base import Action
    from .action_context import Written
    from .sheet import Sheet
    from .stat_sources import StatSources
    from .sync_answers import Sync

DAY = "day"
"""The event that a night is; every book has it."""


class Statement(NamedTuple):
    """One sentence of the written procedure.

    Where no rule carries it, `manual` is the reason why people do, `view` the command that shows
    what it asks for, or `reading` the remark that says how it was read.
    """

    id: str
    says: str
    manual: str | None
    view: str | None
    reading: str | None

    @property
    def without_rules(self) -> dict[str, str]:
        """What carries it in place of rules, by the name of its key; at most one in a sound book."""
        ways = {"manual": self.manual, "view": self.view, "reading": self.reading}
        return {key: value for key, value in ways.items() if value is not None}


class Remark(NamedTuple):
    """Something the source leaves open, and what was decided."""

    id: str
    says: str


class Status(NamedTuple):
    """Where a ticket can stand; `needs` and `needs_items` are what its rules rely on.

    `needs_items` maps a kind of item to the field values one of them must have; `results` are what a
    ticket can be closed with; `completed` allows closing, `waits` wants rules to ask before they leave.
    """

    name: str
    about: str
    closed: bool
    needs: tuple[str, ...]
    needs_items: Mapping[str, Mapping[str, object]]
    results: tuple[str, ...] = ()
    completed: bool = False
    waits: bool = False


class DateFact(NamedTuple):
    """A fact the calendar works out from the date `base`: `unit` is one of DATE_FACTS."""

    name: str
    base: str
    unit: str
    optional: bool
    about: str


DATE_FACTS = (
    "days_since",
    "workdays_since",
    "months_since",
    "workdays_until",
    "hours_until",
    "past",
)
"""Whole days, working days and months since a date, working days until it, hours until a moment,
rounded down; and whether a date is past, which none never is."""


class DueFact(NamedTuple):
    """A date that the calendar works out: the first of `dues` that comes to one."""

    name: str
    dues: tuple[Due, ...]
    optional: bool
    about: str

    @property
    def bases(self) -> tuple[str, ...]:
        """The dates it is counted from."""
        return tuple(due.base for due in self.dues if due.base is not None)


class ForbiddenFact(NamedTuple):
    """What the book forbids to say and the text `base` says; none where it says nothing such.

    `shows` is `about`, what is forbidden about it, `words`, those of the text that are, or `pattern`.
    """

    name: str
    base: str
    shows: str
    about: str


class Forbidden(NamedTuple):
    """A pattern (a regular expression) of what must never be said in a language, and what it is."""

    language: str
    pattern: str
    about: str


Fact = Field | DateFact | DueFact | ForbiddenFact


class Among(NamedTuple):
    """An input that names items of the ticket: by `field`, of those with the values `where`."""

    items: str
    field: str
    where: Mapping[str, Stored]


class Input(NamedTuple):
    """What the caller of an event gives.

    It can only be given where the row `when` holds, and must be there unless it is optional or
    has a default. `earliest` and `latest` bound a date by today. `known` is the fact that stands
    for it where it is not given.
    """

    field: Field
    when: CellRow
    earliest_today: bool
    latest_today: bool
    default_today: bool
    among: Among | None
    known: str | None = None
    standing: str | None = None
    """What of the ticket it is, where no caller gives it: one of STANDINGS."""


STANDINGS = ("status", "closed", "assignee", "own_task", "task")
"""How a ticket stands: its status, whether it is closed, whose it is, its own task that is due first,
and the task that the input `task` names (else its own)."""


class Next(NamedTuple):
    """What a person has to do next: the action, the role that does it or who, and by when."""

    action: str
    who: str | Text
    due: Due


class Step(NamedTuple):
    """One action of a rule, which is done where the row `when` holds.

    `written` is the action as the book has it, for whoever shows the book.
    """

    action: Action
    when: CellRow
    written: Written


class Instead(NamedTuple):
    """Another event of the ticket that a rule hands on to, and what it gives it."""

    event: str
    given: Mapping[str, Text]


class Rule(NamedTuple):
    """A line of a decision table. `acts` says whether it changes the ticket file."""

    id: str
    why: Text
    statements: tuple[str, ...]
    remarks: tuple[str, ...]
    extrapolated: bool
    rows: tuple[CellRow, ...]
    needs: tuple[str, ...]
    steps: tuple[Step, ...]
    next: Next | None
    acts: bool
    wants: frozenset[str] | None
    """What of a ticket its steps look at: ticket (its fields), task, tag, kinds of items; None is everything."""
    instead: Instead | None = None
    irreversible: str | None = None
    """Why its event can't be undone, where that is so."""


class Event(NamedTuple):
    """A kind of event: what its caller gives, and the table that answers it.

    `facts` are the names of all facts its rules use, in the table's order; `columns` those of
    them that facts.sql has to read; `fields` what is known about those that are no date facts,
    `money` those of them that are amounts.
    """

    name: str
    title: str
    inputs: Mapping[str, Input]
    one_of: tuple[str, ...]
    rules: Sequence[Rule]
    facts: tuple[str, ...]
    columns: tuple[str, ...]
    fields: Mapping[str, Field]
    money: tuple[str, ...]
    decide: Decide
    again: frozenset[str]
    """The acting rules that may answer a second time on one day, so that it has to be prevented."""
    opens: bool
    """It begins without a ticket, and may open one."""
    of_closed: bool
    """It is answered for closed tickets too."""
    of_results: tuple[str, ...] = ()
    """Of the day: a night asks it of closed tickets with one of these results too."""

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id; raises BadInput where the table has none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise BadInput(f"event {self.name} has no rule {rule_id!r}: see `prassi book show`.")


class Items(NamedTuple):
    """A kind of thing a ticket has several of; `key` names one of them within its ticket.

    Open tickets with one that has the values `awaited` stand in the status `awaited_in`. What one
    is worth is the first of the fields `owed` that it has, until its field `settled` has a value.
    """

    name: str
    about: str
    key: str | None
    fields: Mapping[str, Field]
    awaited_in: str | None = None
    awaited: Mapping[str, object] = {}
    owed: tuple[str, ...] = ()
    settled: str | None = None


class Rest(Protocol):
    """What of a book is made when it is first asked for."""

    @property
    def statements(self) -> Mapping[str, Statement]: ...

    @property
    def remarks(self) -> Mapping[str, Remark]: ...

    @property
    def sheets(self) -> Mapping[str, Sheet]: ...

    @property
    def sync(self) -> Sync: ...

    @property
    def stats(self) -> StatSources: ...

    def event(self, name: str) -> Event: ...

    def common_event(self, name: str, book: Book) -> Event: ...


class Book:
    """A procedure: parameters, statements, what a ticket knows, facts, and a table an event."""

    def __init__(self, parts: Mapping[str, Any], rest: Rest) -> None:
        self.name: str = parts["name"]
        self.title: str = parts["title"]
        self.source: str = parts["source"]
        self.calendar: str = parts["calendar"]
        self.language: str = parts["language"]
        self.folder: str = parts["folder"]
        self.digest: str = parts["digest"]
        """SHA-256 of what is kept, which tells one version of a book from another."""
        self._kept: Callable[[], str] = parts["kept"]
        self.facts_sql: str = parts["facts_sql"]
        self.prefix: str | None = parts["prefix"]
        """What the refs of tickets begin with that an event opens."""
        self.catalogue: bool = parts["catalogue"]
        """The open statuses are only the defaults of those that the ticket file keeps."""
        self.reach: frozenset[str] | None = parts["reach"]
        """What joins a ticket to those that its facts.sql sees: `links`, `customer`; None: it sees all."""
        self.forbidden: tuple[Forbidden, ...] = parts["forbidden"]
        self.parameters: Mapping[str, Parameter] = parts["parameters"]
        self.roles: Mapping[str, str] = parts["roles"]
        self.statuses: Mapping[str, Status] = parts["statuses"]
        self.common: Mapping[str, Any] = parts["common"]
        """What the book says of the common events: False, or a table each."""
        self.tasks: Mapping[str, TaskKind] = parts["tasks"]
        self.fields: Mapping[str, Field] = parts["fields"]
        self.items: Mapping[str, Items] = parts["items"]
        self.facts: Mapping[str, Fact] = parts["facts"]
        self.event_names: tuple[str, ...] = parts["event_names"]
        self.input_names: tuple[str, ...] = parts["input_names"]
        """The inputs of all events: facts.sql can name each as a parameter."""
        self.words: Mapping[str, Mapping[str, str]] = parts["words"]
        """What values are called in the language that is spoken, by the name of what has them."""
        self._rest, self._events = rest, dict[str, Event]()

    @property
    def statements(self) -> Mapping[str, Statement]:
        """The statements of the written procedure, by id."""
        return self._rest.statements

    @property
    def remarks(self) -> Mapping[str, Remark]:
        """What the source leaves open, by id."""
        return self._rest.remarks

    @property
    def sheets(self) -> Mapping[str, Sheet]:
        """The sheets, by name."""
        return self._rest.sheets

    @property
    def asks_for_tasks(self) -> bool:
        """Whether its facts have to do with the tasks of a ticket."""
        return re.search(r"\btask\b", self.facts_sql) is not None

    @property
    def sync(self) -> Sync:
        """What it does with differences between the ticket file and another program's ledger."""
        return self._rest.sync

    @property
    def stats(self) -> StatSources:
        """Where its figures of `stats` come from."""
        return self._rest.stats

    @cached_property
    def kept_json(self) -> str:
        """All that decides, as JSON: the book, its SQL, the settings' parameters and closures."""
        return self._kept()

    @property
    def closed_status(self) -> str:
        """The status of a ticket that is done with."""
        return next(status.name for status in self.statuses.values() if status.closed)

    def event(self, name: str) -> Event:
        """The event of that name, its own or a common one; raises BadInput where there is none."""
        if name not in self._events:
            self._events[name] = self._read_event(name)
        return self._events[name]

    def _read_event(self, name: str) -> Event:
        if name in self.event_names:
            return self._rest.event(name)
        if name in COMMON_EVENTS:
            return self._rest.common_event(name, self)
        known = ", ".join(dict.fromkeys((*self.event_names, *COMMON_EVENTS)))
        raise BadInput(f"book {self.name} has no event {name!r}: it has {known}.")

    def with_event(self, event: Event) -> Book:
        """The book with another event in place of the one of that name."""
        from copy import copy  # late: 0.3 ms

        book = copy(self)
        book._events = {**self._events, event.name: event}
        return book
