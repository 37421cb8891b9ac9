"""The search over an abstraction of five methods that knows nothing of tickets: numbers that grow."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import pytest
from prassi.core.analysis.proofs.search.abstraction import (
    IMPORT,
    NO,
    YES,
    Answer,
    Focus,
    Needs,
    StepLabel,
    Tests,
    Transition,
)
from prassi.core.analysis.proofs.search.feasibility import FeasibilityCheck
from prassi.core.analysis.proofs.search.goal_search import GoalSearch
from prassi.core.analysis.proofs.search.monitors import make_monitor
from prassi.core.analysis.proofs.search.state_search import Limit, SearchLimit, StateSearch
from prassi.core.analysis.proofs.search.state_space import StateSpace
from prassi.core.book.model import Book
from prassi.core.book.properties import Property
from prassi.core.book.ticket_parts import STATUS_PART
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.tables.cells import Cell, Span

LIMIT = Limit(10_000, float("inf"))


class Move(NamedTuple):
    """A step from one number to another, and what has to be guessed for it."""

    event: str
    before: int
    after: int
    guessed: frozenset[str] = frozenset()
    group: int = 0


class Numbers:
    """The five methods over numbers: `moves` are the steps, each night leads from one to another.

    What is known of a number is the number; with `vague`, of those numbers nothing.
    """

    def __init__(
        self,
        moves: Iterable[Move],
        nights: Mapping[int, tuple[int, ...]] | None = None,
        first: tuple[int, ...] = (0,),
        vague: tuple[int, ...] = (),
    ) -> None:
        self._moves, self._nights = tuple(moves), nights or {}
        self._first, self._vague = first, vague

    def initial(self, focus: Focus | None = None) -> Iterator[Transition[int]]:
        assert focus is None or focus.event == IMPORT.event
        for number in self._first:
            yield Transition(IMPORT, number, None, opens=False)

    def successors(self, state: int, focus: Focus | None = None) -> Iterator[Transition[int]]:
        for move in self._moves:
            if move.before == state and (focus is None or focus.event == move.event):
                label = StepLabel(move.event, (), move.event, move.guessed, group=move.group)
                yield Transition(label, move.after, None, opens=False)

    def next_day(self, state: int) -> tuple[int, ...]:
        return self._nights.get(state, (state,))

    def holds(self, row: Tests, state: int) -> Answer:
        if state in self._vague:
            return Needs(frozenset({"number"}))
        return YES if all(cell.holds(state) for cell in row.values()) else NO

    def finer(self, names: Iterable[str]) -> Iterator[Numbers]:
        if self._vague and "number" in names:
            yield Numbers(self._moves, self._nights, self._first)


def grow(*numbers: int, event: str = "add", guessed: str = "") -> list[Move]:
    """Steps from each of some numbers to the next one."""
    names = frozenset({guessed} if guessed else ())
    return [Move(event, n, m, names) for n, m in pairwise(numbers)]


def never(number: int) -> Property:
    cell = Cell(str(number), frozenset(), (Span(number, number),))
    return Property("p", "", "", "never", rows=({"number": cell},))


@pytest.fixture(scope="module")
def book() -> Book:
    return Shelf(NONE).book("requests")


def space(book: Book, numbers: Numbers, declared: Property) -> StateSpace[int]:
    return StateSpace(book, numbers, make_monitor(declared))


def events(labels: Iterable[StepLabel]) -> list[str]:
    return [label.event or "day" for label in labels]


# --- the shortest story ----------------------------------------------------------------------------------

SHORT_AND_SLOW = [*grow(0, 1, 2, 9), *grow(0, 5, event="jump"), *grow(6, 9, event="land")]
NIGHTS = {5: (6,)}


@pytest.mark.parametrize(
    ("in_days", "story"),
    [(False, ["import", "jump", "day", "land"]), (True, ["import", "add", "add", "add"])],
)
def test_few_steps_come_first_or_few_days(in_days: bool, story: list[str], book: Book) -> None:
    numbers = Numbers(SHORT_AND_SLOW, NIGHTS)
    found = StateSearch(space(book, numbers, never(9)), LIMIT, in_days).find_counterexample()
    assert found is not None
    assert events(found.labels) == story
    assert found.guessed == frozenset()


def test_what_is_never_reached_is_proven(book: Book) -> None:
    search = StateSearch(space(book, Numbers(grow(*range(9))), never(9)), LIMIT, in_days=False)
    assert search.find_counterexample() is None
    assert search.states == 9


def test_what_is_not_known_may_be_what_is_forbidden(book: Book) -> None:
    numbers = Numbers(grow(0, 1, 2), vague=(1,))
    found = StateSearch(space(book, numbers, never(9)), LIMIT, False).find_counterexample()
    assert found is not None
    assert events(found.labels) == ["import", "add"]
    assert found.guessed == {"number"}

    [finer] = numbers.finer(found.guessed)
    follow = FeasibilityCheck(space(book, finer, never(9)), found.labels, ends_in_step=False)
    assert follow.follow().possible is False
    assert StateSearch(space(book, finer, never(9)), LIMIT, False).find_counterexample() is None


@pytest.mark.parametrize("limit", [Limit(5, float("inf")), Limit(10_000, time.process_time())])
def test_a_search_ends_at_its_limit(limit: Limit, book: Book) -> None:
    with pytest.raises(SearchLimit):
        StateSearch(
            space(book, Numbers(grow(*range(9))), never(9)), limit, False
        ).find_counterexample()


# --- a counterexample in another abstraction ---------------------------------------------------------------


def test_days_between_the_steps_of_a_story_are_found_anew(book: Book) -> None:
    labels = (IMPORT, StepLabel("jump", (), "jump"), StepLabel("land", (), "land"))
    found = FeasibilityCheck(
        space(book, Numbers(SHORT_AND_SLOW, NIGHTS), never(9)), labels, ends_in_step=False
    ).follow()
    assert found.possible
    assert events(found.labels) == ["import", "jump", "day", "land"]


def test_what_is_guessed_in_a_story_is_told_from_its_end(book: Book) -> None:
    moves = [*grow(0, 1, guessed="first"), *grow(1, 2, guessed="second")]
    labels = (IMPORT, *(StepLabel("add", (), "add") for _ in moves))
    numbers = Numbers(moves, vague=(2,))
    found = FeasibilityCheck(space(book, numbers, never(9)), labels, ends_in_step=False).follow()
    assert found.guessed == ({"number"}, {"second"}, {"first"}, frozenset())


# --- what can always be reached ----------------------------------------------------------------------------

GOAL = Property("p", "", "", "end", status="9")


class Statuses(Numbers):
    """The same with numbers for statuses."""

    def holds(self, row: Tests, state: int) -> Answer:
        [(part, cell)] = row.items()
        assert part == STATUS_PART
        return YES if cell.holds(str(state)) else NO


def lost(book: Book, moves: Iterable[Move], nights: Mapping[int, tuple[int, ...]]) -> object:
    search = GoalSearch(space(book, Statuses(moves, nights), GOAL), LIMIT)
    found = search.find_counterexample()
    return None if found is None else (events(found.labels), found.guessed, found.others)


def test_a_way_of_sure_steps_from_everywhere_is_proven(book: Book) -> None:
    assert lost(book, [*grow(0, 1, 9), *grow(0, 2)], {2: (1,)}) is None


def test_where_no_way_leads_on_nothing_is_guessed(book: Book) -> None:
    told = (["import", "stray"], frozenset(), ())
    assert lost(book, [*grow(0, 9), *grow(0, 2, event="stray")], {}) == told


def test_a_step_that_needs_a_guess_is_not_sure(book: Book) -> None:
    moves = [*grow(0, 9, guessed="luck"), *grow(0, 9, event="other", guessed="more")]
    assert lost(book, moves, {}) == (["import"], {"luck"}, ({"more"},))


def test_a_step_whose_outcome_is_open_counts_if_there_is_a_way_on_from_all(book: Book) -> None:
    """One group is all that the step can come to; what only may happen is another one, or in none."""
    luck = frozenset({"luck"})
    one = [Move("toss", 0, 1, luck, 1), Move("toss", 0, 2, luck, 1)]
    assert lost(book, [*one, *grow(1, 9), *grow(2, 9)], {}) is None
    assert lost(book, [*one, *grow(1, 9), *grow(2, 3, 3)], {}) == (["import"], {"luck"}, ())
    apart = [one[0], one[1]._replace(group=2), *grow(1, 9), *grow(2, 3, 3)]
    assert lost(book, apart, {}) == (["import", "toss"], frozenset(), ())
    none = [move._replace(group=0) for move in one]
    assert lost(book, [*none, *grow(1, 9), *grow(2, 9)], {}) == (["import"], {"luck"}, ())


def test_a_day_that_may_lead_elsewhere_is_not_sure(book: Book) -> None:
    """Of two next days that are possible, the ticket can go the wrong way for ever."""
    assert lost(book, grow(1, 9), {0: (0, 1)}) == (["import"], {"status"}, ())
    assert lost(book, grow(1, 9), {0: (1,)}) is None
    assert lost(book, [*grow(1, 9), *grow(2, 9)], {0: (1, 2)}) is None
