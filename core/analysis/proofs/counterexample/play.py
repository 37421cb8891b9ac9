"""Playing a story on a ticket file in memory, through the code that commands go through.

What the exploration found says which events follow each other, which rules answer, and how many days
lie between: here the tickets, inputs and dates are looked for with which it really goes so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import combinations, product
from typing import Any, NamedTuple

from ....book.item_actions import TicketOpened
from ....book.model import Book, Input, Status
from ....decision.plan import Plan
from ....errors import PrassiError
from ....importing.rows_and_faults import Raw
from ....library.settings import Settings
from ....ticketfile.connect import close_on_error
from ....values.field_types import Field
from ...scenarios.scenario_files import CUSTOMER, ScenarioStep
from ...scenarios.stage import Stage
from ..abstraction.abstract_ticket import OneOf, Unknown, offset
from ..abstraction.initial_tickets import set_by_rules
from ..abstraction.kept_parts import added_by_rules
from ..search.state_search import StepLabel

FIRST_DAY = date(2026, 3, 2)
"""A Monday: where stories begin."""

_AGAIN = 100
"""Plans that a story is played again with."""

_LATER = (1, 2, 3, 4, 5, 7, 14, 31, 62)
"""Days more than a story says, where working days or months are counted in it."""


class PlayedStep(NamedTuple):
    """A step that was taken: the day, the event, what was given, and the plan that came of it."""

    at: str
    event: str
    given: Mapping[str, Any]
    plan: Plan


class Story(NamedTuple):
    """A story as it was played: the ticket that an import brought in, or None, and what happened.

    `ends` is the day on which it ends, `ref` the ticket it is about.
    """

    ticket: Mapping[str, Any] | None
    steps: tuple[PlayedStep, ...]
    ends: str
    ref: str


StoryCheck = Callable[["Player", Story], bool]
"""Whether a story is one that is looked for, once it has been played to its end."""


class OutOfTries(Exception):
    """As much was tried as is tried for a story."""


class Player:
    """Plays stories of a book on a stage; `book` is it, with its events."""

    def __init__(self, settings: Settings, name: str) -> None:
        self.stage = Stage(settings)
        with close_on_error(self.stage):
            self.book: Book = self.stage.shelf.book(name)
        self._left = 0

    def close(self) -> None:
        """Close the stage; nothing can be played from then on."""
        self.stage.close()

    # --- what is done ---------------------------------------------------------------------------------

    @contextmanager
    def started(self, ticket: Mapping[str, Any] | None, day: str) -> Iterator[None]:
        """A ticket file with a customer, and a ticket if one is given, as long as this lasts."""
        rows = [Raw(1, "customers", CUSTOMER)]
        if ticket is not None:
            mine = {"ref": "T-1", "book": self.book.name, "customer": CUSTOMER["ref"]}
            rows.append(Raw(1, "tickets", {**mine, **ticket}))
        with self.stage.furnish(rows, day):
            yield

    def allow(self, plans: int) -> None:
        """How many plans may be tried from now on."""
        self._left = plans

    def planned(self, ref: str, at: str, event: str, given: Mapping[str, Any]) -> Plan | None:
        """What comes of an event; None where it is turned down."""
        if self._left == 0:
            raise OutOfTries
        self._left -= 1
        try:
            plan = self.stage.plan(self.book.name, ref, ScenarioStep(at, event, given, {}))
            return None if plan.refusal is not None else plan
        except PrassiError:
            return None

    def carried_out(self, plan: Plan) -> bool:
        """Whether a plan could be carried out."""
        try:
            self.stage.carry_out(plan)
        except PrassiError:
            return False
        return True

    # --- looking for a story ---------------------------------------------------------------------------

    def story(self, edges: Sequence[StepLabel], check: StoryCheck, most: int) -> Story | None:
        """A story with these steps for which `check` holds at its end; None where none is found.

        So many plans are tried at `most`.
        """
        self._left = most
        first, path, after = _path(edges)
        try:
            for later in ((), _LATER):
                for ticket in tickets(self.book) if first else [None]:
                    found = self._from(ticket, path, after, later, check)
                    if found is not None:
                        return self._simplest(found, check)
        except OutOfTries:
            return None
        return None

    # --- the same with less -------------------------------------------------------------------------------

    def _simplest(self, story: Story, check: StoryCheck) -> Story:
        """The same story without all that can be left out of its ticket and of what is given."""
        for name in story.ticket or ():
            fewer = {n: v for n, v in (story.ticket or {}).items() if n != name}
            story = self._again(story._replace(ticket=fewer), check) or story
        for place, done in enumerate(story.steps):
            for name in done.given:
                given = {n: v for n, v in story.steps[place].given.items() if n != name}
                steps = list(story.steps)
                steps[place] = steps[place]._replace(given=given)
                story = self._again(story._replace(steps=tuple(steps)), check) or story
        return story

    def _again(self, story: Story, check: StoryCheck) -> Story | None:
        """A story played again; None where it goes otherwise now."""
        self._left = _AGAIN
        steps: list[PlayedStep] = []
        try:
            with self.started(story.ticket, FIRST_DAY.isoformat()):
                for done in story.steps:
                    plan = self.planned(story.ref, done.at, done.event, done.given)
                    if (
                        plan is None
                        or plan.rule.id != done.plan.rule.id
                        or not self.carried_out(plan)
                    ):
                        return None
                    steps.append(done._replace(plan=plan))
                self.stage.move_to(story.ends)
                again = story._replace(steps=tuple(steps))
                return again if check(self, again) else None
        except PrassiError:
            return None

    # --- finding one -----------------------------------------------------------------------------------------

    def _from(
        self,
        ticket: Mapping[str, Any] | None,
        path: Sequence[tuple[int, StepLabel]],
        after: int,
        later: Sequence[int],
        check: StoryCheck,
    ) -> Story | None:
        start = FIRST_DAY.isoformat()
        try:
            with self.started(ticket, start):
                begun = Story(ticket, (), start, "T-1")
                return self._on(begun, path, after, later, check)
        except PrassiError:
            return None

    def _on(
        self,
        story: Story,
        path: Sequence[tuple[int, StepLabel]],
        after: int,
        later: Sequence[int],
        check: StoryCheck,
    ) -> Story | None:
        if not path:
            for days in (after, *(after + more for more in later if after)):
                ended = story._replace(ends=_plus(story.ends, days))
                self.stage.move_to(ended.ends)
                if check(self, ended):
                    return ended
            return None
        (days, edge), *rest = path
        if edge.event is None or edge.other >= 0:
            return None
        for more in (0, *(later if days else ())):
            at = _plus(story.ends, days + more)
            for given in self._offered(edge, at, story.ref):
                plan = self.planned(story.ref, at, edge.event, given)
                if plan is None or plan.rule.id != edge.rule:
                    continue
                with self.stage.try_out():
                    if not self.carried_out(plan):
                        continue
                    done = PlayedStep(at, edge.event, given, plan)
                    ref = plan.state.ref if edge.child < 0 else _opened(plan, edge.child)
                    grown = Story(story.ticket, (*story.steps, done), at, ref)
                    found = self._on(grown, rest, after, later, check)
                if found is not None:
                    return found
        return None

    def _offered(self, edge: StepLabel, at: str, ref: str) -> Iterator[dict[str, Any]]:
        """What can be given with a step, as near as can be to what the exploration said of it."""
        event, told = self.book.event(str(edge.event)), dict(edge.given)
        names = list(event.inputs)
        each = [self._values(event.inputs[n], told.get(n), at, ref) for n in names]
        for chosen in nearest(each):
            yield {n: v for n, v in zip(names, chosen, strict=True) if v is not None}

    def _values(self, spec: Input, told: Any, at: str, ref: str) -> list[Any]:
        """Values for an input of which the exploration said so much; None: not given."""
        if told is None:
            return [None]
        if spec.among is not None:
            listed = self.named(spec, ref)
            return [listed, *([one] for one in listed)] if listed else [None]
        if isinstance(told, OneOf):
            return list(told.values)
        if isinstance(told, bool | int) or (told is not None and spec.field.values):
            return [told]
        examples = examples_of(spec.field, date.fromisoformat(at))
        if spec.field.type in ("date", "moment") and not isinstance(told, Unknown | tuple):
            day = _plus(at, offset(told))
            hour = "T10:00" if spec.field.type == "moment" else ""
            return [f"{day}{hour}", *examples]
        if spec.field.many:
            return [[one] for one in examples]
        return examples

    def named(self, spec: Input, ref: str) -> list[str]:
        """The items that an input can name."""
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


def _path(edges: Sequence[StepLabel]) -> tuple[bool, list[tuple[int, StepLabel]], int]:
    """Whether a story begins with an import; its events, each with the days before it; days after."""
    path, days = [], 0
    for edge in edges:
        if edge.event is None:
            days += 1
        elif edge.event != "import":
            path.append((days, edge))
            days = 0
    return bool(edges) and edges[0].event == "import", path, days


def _opened(plan: Plan, place: int) -> str:
    """The ref of one of the tickets that a plan opens."""
    book = plan.context.book.name
    opened = [done for done in plan.actions if isinstance(done, TicketOpened)]
    return [done.ticket for done in opened if done.book == book][place]


def _plus(day: str, days: int) -> str:
    return (date.fromisoformat(day[:10]) + timedelta(days=days)).isoformat()


# --- tickets and values to try --------------------------------------------------------------------------


def nearest(each: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    """Choices of one of each: the first ones, then with one of them changed, then with two."""
    first = [values[0] for values in each]
    for count in range(min(3, len(each) + 1)):
        for places in combinations([n for n, values in enumerate(each) if len(values) > 1], count):
            for others in product(*(each[place][1:] for place in places)):
                chosen = list(first)
                for place, value in zip(places, others, strict=True):
                    chosen[place] = value
                yield tuple(chosen)


def tickets(book: Book) -> Iterator[dict[str, Any]]:
    """Tickets as an import can bring them in, in the book's first status and with no history."""
    first = next(iter(book.statuses.values()))
    ours = set_by_rules(book) - set(first.needs)
    fields = [field for field in book.fields.values() if field.name not in ours]
    kinds = [kind for kind in book.items if kind not in added_by_rules(book)]
    each = [_of_field(field, first) for field in fields]
    for chosen in nearest([*each, *([1, 4, 0, 2] for _ in kinds), [0, 40]]):
        values, counts, age = chosen[: len(fields)], chosen[len(fields) : -1], chosen[-1]
        row: dict[str, Any] = {
            "status": first.name,
            "opened": (FIRST_DAY - timedelta(days=age)).isoformat(),
        }
        for field, value in zip(fields, values, strict=True):
            if value is not None and field.within is not None:
                row.setdefault(field.within, {})[field.name] = value
            elif value is not None:
                row[field.name] = value
        for kind, count in zip(kinds, counts, strict=True):
            row[kind] = [_item(book, kind, number) for number in range(1, count + 1)]
        yield row


def _of_field(field: Field, first: Status) -> list[Any]:
    examples = examples_of(field, FIRST_DAY)
    if field.default is not None:
        return [None, *(one for one in examples if one != field.default)]
    if field.type in ("ticket", "customer"):
        return [None]
    listed = [[one] for one in examples] if field.many else examples
    return listed if field.name in first.needs or not field.optional else [*listed, None]


def _item(book: Book, kind: str, number: int) -> dict[str, Any]:
    items = book.items[kind]
    made = {
        name: examples_of(field, FIRST_DAY)[0]
        for name, field in items.fields.items()
        if field.default is None and not field.optional
    }
    return {**made, **({items.key: f"N-{number}"} if items.key is not None else {})}


def examples_of(field: Field, day: date) -> list[Any]:
    """Some values that a field can have."""
    if field.values:
        return list(field.values)
    if field.pattern is not None:
        return [None]
    if field.type in ("date", "moment"):
        hour = "T10:00" if field.type == "moment" else ""
        return [f"{day + timedelta(days=n)}{hour}" for n in (5, 0, 30, 1, -5, -30)]
    low = field.low or 0
    examples: dict[str, list[Any]] = {
        "boolean": [True, False],
        "integer": [max(low, 1), low, low + 4],
        "customer": ["C-1"],
        "money": ["100.00", "1.00", "1000.00"],
    }
    return examples.get(field.type, ["As told."])
