"""Playing stories on a ticket file in memory, through the code that commands go through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, NamedTuple

from ....book.model import DAY, Book, Input
from ....decision.plan import Plan
from ....errors import PrassiError
from ....importing.rows_and_faults import Raw
from ....library.settings import Settings
from ....ticketfile.connect import close_on_error
from ...scenarios.scenario_files import CUSTOMER, ScenarioStep
from ...scenarios.stage import Stage
from ..abstraction.shared_knowledge import add_bases, select_columns
from .examples import FIRST_DAY, ImportedTicket

REF = "T-1"
"""The ref of the ticket that a story begins with."""

Given = Mapping[str, object]
"""What is given with an event."""


class PlayedStep(NamedTuple):
    """A step that was taken: the day, the event, what was given, and the plan that came of it."""

    at: str
    event: str
    given: Given
    plan: Plan


class Story(NamedTuple):
    """A story as it was played: the ticket that an import brought in, or None, and what happened.

    `ends` is the day on which it ends, `ref` the ticket it is about, `customer` what its customer has
    that is not as in any scenario.
    """

    ticket: ImportedTicket | None
    steps: tuple[PlayedStep, ...]
    ends: str
    ref: str
    customer: Mapping[str, str] = MappingProxyType({})


NO_ADDRESS = MappingProxyType({"email": "", "phone": ""})
"""A customer whom no message reaches."""


def begin_story(
    ticket: ImportedTicket | None, customer: Mapping[str, str] = MappingProxyType({})
) -> Story:
    """A story in which nothing has happened yet."""
    return Story(ticket, (), FIRST_DAY.isoformat(), REF, customer)


class OutOfTries(Exception):
    """As many plans were tried as are tried for a story."""


class Player:
    """Plays stories of a book on a stage; `book` is it, with its events. Close it at the end.

    `watched` are the facts that have to be seen with each step, also where its event asks no such thing.
    """

    watched = frozenset[str]()

    def __init__(self, settings: Settings, name: str) -> None:
        self.stage = Stage(settings)
        with close_on_error(self.stage):
            self.book: Book = self.stage.shelf.book(name)
        self._plans_left = 0

    def close(self) -> None:
        """Close the stage; nothing can be played from then on."""
        self.stage.close()

    @contextmanager
    def import_ticket(
        self,
        ticket: ImportedTicket | None,
        day: str,
        customer: Mapping[str, str] = MappingProxyType({}),
    ) -> Iterator[None]:
        """A ticket file with a customer, and a ticket if one is given, as long as this lasts."""
        rows = [Raw(1, "customers", {**CUSTOMER, **customer})]
        if ticket is not None:
            mine = {"ref": REF, "book": self.book.name, "customer": CUSTOMER["ref"]}
            rows.append(Raw(1, "tickets", {**mine, **ticket}))
        with self.stage.furnish(rows, day):
            yield

    def limit_plans(self, plans: int) -> None:
        """Raise OutOfTries after so many plans from now on; never where it is below zero."""
        self._plans_left = plans

    def make_plan(self, ref: str, at: str, event: str, given: Given) -> Plan | None:
        """What comes of an event; None where it is turned down."""
        if self._plans_left == 0:
            raise OutOfTries
        self._plans_left -= 1
        if not self.stage.can_be_told(ref, event, given):
            return None
        try:
            plan = self.stage.plan(self.book.name, ref, ScenarioStep(at, event, given, {}))
            return None if plan.refusal is not None else self._with_watched(plan)
        except PrassiError:
            return None

    def _with_watched(self, plan: Plan) -> Plan:
        """A plan with the facts that have to be seen, as they were before it."""
        missing = self.watched - plan.values.keys()
        if not missing or not plan.state.id:
            return plan
        return plan._replace(values={**self.read_facts(plan.state.id, missing), **plan.values})

    def read_facts(self, ticket: int, names: Set[str]) -> dict[str, Any]:
        """Facts of a ticket for which no event is needed, with those that they are worked out from."""
        wanted = add_bases(self.book, names & self.book.facts.keys())
        facts = tuple(n for n in self.book.facts if n in wanted)
        columns = select_columns(self.book, wanted)
        event = self.book.event(DAY)._replace(inputs={}, facts=facts, columns=columns)
        return self.stage.read_facts(self.book, event, ticket)

    def carry_out(self, plan: Plan) -> bool:
        """Whether a plan could be carried out."""
        try:
            self.stage.carry_out(plan)
        except PrassiError:
            return False
        return True

    def list_items(self, spec: Input, ref: str) -> Sequence[str]:
        """The items of a ticket that an input can name."""
        assert spec.among is not None
        kind, key, where = spec.among
        state = self.stage.find_ticket(ref)
        if state is None:
            return []
        return [
            str(data[key])
            for _, of, data in state.items
            if of == kind and all(data.get(n) == v for n, v in where.items())
        ]
