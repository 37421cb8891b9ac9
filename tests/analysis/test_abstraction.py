"""The five methods of an abstraction, held against tickets that really go their way.

Nothing here knows how the abstraction works: a ticket is led by chance, and its class (worked out anew
in tests/support/abstracting.py) has to be among what the abstraction says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from itertools import islice
from random import Random

import pytest
from abstracting import (
    abstraction_by_chance,
    blur,
    class_of,
    is_in,
    real_ticket,
    rows_by_chance,
)
from prassi.core.analysis.proofs.abstract_values import SOME, day
from prassi.core.analysis.proofs.abstraction.abstract_ticket import AbstractTicket
from prassi.core.analysis.proofs.abstraction.kept_parts import KeptParts
from prassi.core.analysis.proofs.abstraction.ticket_abstraction import TicketAbstraction
from prassi.core.analysis.proofs.counterexample.examples import FIRST_DAY, list_tickets
from prassi.core.analysis.proofs.counterexample.judge import read_state_facts
from prassi.core.analysis.proofs.counterexample.play import begin_story
from prassi.core.analysis.proofs.precision import EXACT
from prassi.core.analysis.proofs.prove import Prover
from prassi.core.analysis.proofs.search.abstraction import (
    IMPORT,
    NO,
    NOTHING,
    YES,
    Focus,
    Needs,
)
from prassi.core.book.ticket_parts import Part
from prassi.core.decision.ticket_state import TicketState
from prassi.core.errors import PrassiError
from prassi.core.library.settings import NONE
from prassi.core.tables.decision_table import CellRow
from proving import FOLDERS
from walking import one_more

BOOKS = ("loans", "lost-and-found", "collections", "packages", "cases", "requests")
TICKETS, STEPS, ROWS = 40, 8, 8


class Walk:
    """A ticket led by chance, and the states that an abstraction says it can be in: those it is in."""

    def __init__(self, prover: Prover, chance: Random) -> None:
        self.prover, self.chance, self.today = prover, chance, FIRST_DAY
        self.abstraction = abstraction_by_chance(prover.shared, chance)
        self.kept = self._kept(self.abstraction)
        self.states = self._real(
            step.state for step in self.abstraction.initial() if step.label == IMPORT
        )

    def _kept(self, abstraction: TicketAbstraction) -> KeptParts:
        shared = self.prover.shared
        return KeptParts(shared.book, shared.bounds, abstraction.precision)

    def _real(self, states: Iterable[AbstractTicket | None]) -> set[AbstractTicket]:
        """Those of some states that the ticket is in."""
        real = real_ticket(self.kept, self.ticket, self.today)
        return {state for state in states if state is not None and is_in(state, real)}

    @property
    def ticket(self) -> TicketState:
        found = self.prover.player.stage.find_ticket("T-1")
        assert found is not None
        return found

    def class_in(self, abstraction: TicketAbstraction) -> AbstractTicket:
        """The class of the ticket in another abstraction, with all that is known of it there."""
        return class_of(self._kept(abstraction), self.ticket, self.today)

    def holds(self, row: CellRow) -> bool:
        """Whether a row really holds for the ticket."""
        values = read_state_facts(self.prover.player, self.ticket, row)
        return all(cell.holds(values[name]) for name, cell in row.items())

    def wait(self) -> None:
        for _ in range(self.chance.choice((0, 0, 1, 3, 7, 15))):
            self.today += timedelta(days=1)
            self.states = self._real(
                after for state in self.states for after in self.abstraction.next_day(state)
            )
        self.prover.player.stage.move_to(self.today.isoformat())

    def act(self) -> None:
        """One more event, if some are tried that are not all turned down."""
        story = begin_story(None)._replace(ends=self.today.isoformat())
        after = one_more(self.prover.player, story, self.today, self.chance)
        for step in after.steps:
            focus = Focus(step.event, step.plan.rule.id)
            self.states = self._real(
                one for state in self.states for one in self._after(state, focus)
            )

    def _after(self, state: AbstractTicket, focus: Focus) -> list[AbstractTicket | None]:
        """The states after a rule; the same one where the abstraction has no use for the rule."""
        steps = list(self.abstraction.successors(state, focus))
        everything = self.abstraction.successors(state)
        label = (focus.event, focus.rule)
        assert steps == [s for s in everything if (s.label.event, s.label.rule) == label]
        return [step.state for step in steps if step.label.child < 0] or [state]


Begin = Callable[[str, int], Walk]


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Begins a walk with a ticket of a book, which is gone after the test."""
    with ExitStack() as opened:

        def begun(book: str, seed: int) -> Walk:
            settings = NONE._replace(books=str(FOLDERS[book])) if book in FOLDERS else NONE
            prover = opened.enter_context(closing(Prover(settings, book)))
            chance = Random(f"{book} {seed}")
            tickets = list(islice(list_tickets(prover.book), TICKETS))
            prover.player.limit_plans(-1)
            while True:
                ticket = chance.choice(tickets)
                try:
                    opened.enter_context(prover.player.import_ticket(ticket, FIRST_DAY.isoformat()))
                except PrassiError:
                    continue  # a ticket that can't be imported: another one is taken
                return Walk(prover, chance)

        yield begun


each_walk = pytest.mark.parametrize(
    ("book", "seed"),
    [
        *((book, 0) for book in BOOKS if book != "packages"),
        *(pytest.param(b, s, marks=pytest.mark.slow) for b in BOOKS for s in range(1, 13)),
    ],
)


@each_walk
def test_what_happens_to_a_ticket_happens_to_its_state(book: str, seed: int, begin: Begin) -> None:
    """It begins in an initial state, and goes on with each day and each event to one that comes next."""
    walk = begin(book, seed)
    for _ in range(STEPS):
        assert walk.states
        walk.wait()
        assert walk.states
        walk.act()
    assert walk.states


@each_walk
def test_yes_and_no_are_said_only_of_what_is_so(book: str, seed: int, begin: Begin) -> None:
    """Of states that the search comes to, which may know less of the ticket than could be known."""
    walk = begin(book, seed)
    for _ in range(STEPS):
        for row in rows_by_chance(walk.prover.book, walk.chance, ROWS):
            real = YES if walk.holds(row) else NO
            for state in walk.states:
                answer = walk.abstraction.holds(row, state)
                assert answer is real or isinstance(answer, Needs), row
        walk.wait()
        walk.act()


@each_walk
def test_nothing_is_said_of_what_is_left_open(book: str, seed: int, begin: Begin) -> None:
    """The same of states of which less is known, whether the search can come to them or not."""
    walk = begin(book, seed)
    for _ in range(STEPS):
        abstraction = abstraction_by_chance(walk.prover.shared, walk.chance)
        state = blur(walk.class_in(abstraction), walk.chance)
        for row in rows_by_chance(walk.prover.book, walk.chance, ROWS):
            answer = abstraction.holds(row, state)
            assert isinstance(answer, Needs) or (answer is YES) == walk.holds(row), row
        walk.wait()
        walk.act()


def test_the_day_of_an_older_item_is_not_kept(begin: Begin) -> None:
    """It would come nearer each day; of the newest items it is kept, and does."""
    shared = begin("collections", 0).prover.shared
    kind, name = next(
        (kind, field.name)
        for kind, items in shared.book.items.items()
        for field in items.fields.values()
        if field.type == "date"
    )
    kept = KeptParts(shared.book, shared.bounds, {Part(kind, name): EXACT})
    rows = kept.abstract_list(kind, (), [{name: day(0)} for _ in range(5)])
    assert rows.older == {(SOME,)}
    assert set(rows.newest) == {(day(0),)}


@each_walk
def test_a_finer_look_never_takes_an_answer_back(book: str, seed: int, begin: Begin) -> None:
    walk = begin(book, seed)
    for _ in range(STEPS):
        abstraction = abstraction_by_chance(walk.prover.shared, walk.chance)
        state = walk.class_in(abstraction)
        for row in rows_by_chance(walk.prover.book, walk.chance, ROWS):
            answer = abstraction.holds(row, state)
            for finer in abstraction.finer(row):
                again = finer.holds(row, walk.class_in(finer))
                assert again == answer or isinstance(answer, Needs), row
        walk.wait()
        walk.act()


@each_walk
def test_what_is_needed_is_looked_at_until_all_is_kept(book: str, seed: int, begin: Begin) -> None:
    """Each finer abstraction keeps more; once there is none, what is needed can't be known."""
    walk = begin(book, seed)
    for row in rows_by_chance(walk.prover.book, walk.chance, ROWS):
        abstraction = TicketAbstraction(walk.prover.shared, {}, NOTHING, row)
        while isinstance(answer := abstraction.holds(row, walk.class_in(abstraction)), Needs):
            assert answer.names
            assert answer.names <= row.keys()
            finer = next(abstraction.finer(answer.names), None)
            if finer is None:
                break
            assert abstraction.precision != finer.precision
            before = abstraction.precision.items()
            assert all(finer.precision[part] >= level for part, level in before)
            abstraction = finer
