"""Status by event: which rules can answer a ticket in each status, and where it stands then.

It is worked out from the tables, as `book check` does it, so that no cell is missing. Of states that
the ticket file keeps the tables know nothing: there, each has all rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from ..book.model import Book, Event, Instead, Status
from ..book.names import COMMON_EVENTS
from ..book.read_book import BookReader
from ..tables.cells import Cell, intersect_cells
from ..tables.decision_table import CellRow
from .checks.rule_outcomes import RuleOutcome, list_outcomes
from .checks.status_moves import find_openings
from .checks.table_regions import TableRegions, build_table_regions


class MatrixRow(NamedTuple):
    """A rule that can answer an event in a status, with what has to be given for it.

    `given` are the tests of its inputs. `status` is None where the event opens a ticket;
    `status_after` is where the ticket stands then, None where a value of the event says it; `refuses`
    says that it is only told what is possible.
    """

    status: str | None
    event: str
    given: tuple[tuple[str, str], ...]
    rule: str
    status_after: str | None
    refuses: bool = False

    def as_json(self) -> dict[str, object]:
        """The row as --json prints it."""
        return {
            "status": self.status,
            "event": self.event,
            "given": dict(self.given),
            "rule": self.rule,
            "status_after": self.status_after,
        }


class StatusMatrix:
    """The matrix of a book, with the common events that it has."""

    def __init__(self, book: Book, reader: BookReader) -> None:
        self.book, self._reader = book, reader
        self.statuses = list(book.statuses.values())
        common = (name for name in COMMON_EVENTS if book.common.get(name) is not False)
        names = dict.fromkeys((*book.event_names, *common))
        self._events = {name: book.event(name) for name in names}

    def list_rows(self) -> list[MatrixRow]:
        """The rows, status by status in the order of the book, each once."""
        order: list[str | None] = [*(status.name for status in self.statuses), None]
        found = (row for event in self._events.values() for row in self._find_rows(event))
        return sorted(dict.fromkeys(found), key=lambda row: order.index(row.status))

    def _find_rows(self, event: Event) -> Iterator[MatrixRow]:
        if event.opens:
            for opened in find_openings(event, self.book.statuses, self.book.name):
                yield MatrixRow(None, event.name, (), opened.rule, opened.end)
        for outcome in self._outcomes[event.name]:
            tests = outcome.rule.rows[outcome.row]
            if not _is_met(event, tests, outcome.status):
                continue
            given = _list_given(event, tests)
            if outcome.rule.instead is not None:
                yield from self._hand_on(event, outcome, given, outcome.rule.instead)
            else:
                yield _make_row(event, outcome, given)

    def _hand_on(
        self, event: Event, outcome: RuleOutcome, given: Mapping[str, str], instead: Instead
    ) -> Iterator[MatrixRow]:
        """What comes of a rule that hands on to another event, with what it gives to that."""
        handed = _read_handed(instead, self._events[instead.event], outcome.rule.rows[outcome.row])
        for one in self._outcomes[instead.event]:
            tests = one.rule.rows[one.row]
            shared = {
                name: intersect_cells(tests[to], cell).samples()
                for to, (name, cell) in handed.items()
                if to in tests
            }
            if one.status == outcome.status and all(shared.values()):
                narrowed = {
                    n: " or ".join(map(str, shared[n])) for n in shared.keys() & given.keys()
                }
                yield _make_row(event, one, {**given, **narrowed})

    @cached_property
    def _outcomes(self) -> dict[str, list[RuleOutcome]]:
        """The outcomes of each event."""
        return {
            name: list(list_outcomes(self._build_table(event), self.statuses, {}))
            for name, event in self._events.items()
        }

    def _build_table(self, event: Event) -> TableRegions:
        return build_table_regions(self._reader, event)


def _is_met(event: Event, tests: CellRow, status: Status) -> bool:
    """Whether a row can hold in a status, as far as inputs say how the ticket stands."""
    return all(
        cell.holds(status.closed)
        for name, cell in tests.items()
        if name in event.inputs and event.inputs[name].standing == "closed"
    )


def _list_given(event: Event, tests: CellRow) -> dict[str, str]:
    """The tests of what the caller gives."""
    return {
        name: cell.text
        for name, cell in tests.items()
        if name in event.inputs and event.inputs[name].standing is None
    }


def _read_handed(instead: Instead, event: Event, tests: CellRow) -> dict[str, tuple[str, Cell]]:
    """What inputs of the event that a rule hands on to must be, as far as the rule says it: each with
    the name of the input that it comes from."""
    handed: dict[str, tuple[str, Cell]] = {}
    for to, text in instead.given.items():
        if not text.names:
            value = event.inputs[to].field.read(text.as_written)
            if isinstance(value, str | int | bool):
                handed[to] = "", Cell(text.as_written, frozenset([value]), ())
        elif text.as_written == f"{{{text.names[0]}}}" and text.names[0] in tests:
            handed[to] = text.names[0], tests[text.names[0]]
    return handed


def _make_row(event: Event, outcome: RuleOutcome, given: Mapping[str, str]) -> MatrixRow:
    refuses = any(step.action.refuses for step in outcome.rule.steps)
    return MatrixRow(
        status=outcome.status.name,
        event=event.name,
        given=tuple(given.items()),
        rule=outcome.rule.id,
        status_after=outcome.after,
        refuses=refuses,
    )
