"""The public face of Prassi for other programs; what stands in `__all__` keeps its signatures.

    from prassi.core import api

    with api.open("tickets.db", at="2026-03-02", settings="prassi.toml") as desk:
        for decision in api.triage(desk, write=False):
            print(decision.ticket, decision.next)
        answer = api.record(desk, "T-1009", "call", {"outcome": "no-answer"})
        print(answer.rule, answer.event_id)

Amounts are texts ("120.00"), dates ISO texts, actions and tickets plain dictionaries with the keys
that `--json` prints. Errors are those of `prassi.core.errors`, each with its `exit_code`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from .desk.decision_json import actions_as_json
from .desk.office import Office, PlanResult
from .desk.triage import Triage, only_waits
from .errors import (
    BadInput,
    FileUnusable,
    NightFault,
    PrassiError,
    Refused,
    Undecided,
    WrongClock,
    WrongInput,
)
from .library.readable_books import ReadableBooks
from .library.settings import load
from .system.language import find_spoken
from .system.login import find_login
from .ticketfile import export, read_tickets
from .ticketfile.clock import check_clock
from .ticketfile.connect import close_on_error
from .ticketfile.open import open_file
from .ticketfile.writer_process import InProcessWriter
from .values.field_types import read_moment

__all__ = [
    "BadInput",
    "Decision",
    "Desk",
    "FileUnusable",
    "NightFault",
    "PrassiError",
    "Refused",
    "Undecided",
    "WrongClock",
    "WrongInput",
    "decide",
    "list",
    "open",
    "record",
    "triage",
]

Json = Mapping[str, Any]
"""An object as JSON has it."""


@dataclass(frozen=True)
class Decision:
    """One decision: the rule that answered, what follows from it, and what comes next.

    `next` is what a person has to do next, None where that is nothing; `event_id` the number of the
    event that was written, None where nothing was.
    """

    ticket: str | None
    book: str
    event: str
    at: str
    rule: str
    extrapolated: bool
    facts: Json
    actions: Sequence[Json]
    next: Json | None
    event_id: int | None


class Desk:
    """An open ticket file, with settings and a moment to act as of; `open` makes it.

    It is a context manager, and closes the file at its end.
    """

    def __init__(self, office: Office) -> None:
        self.office = office
        self.at = office.at

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the ticket file."""
        self.office.connection.close()


def open(
    path: str, *, at: str | None = None, settings: str | None = None, read_only: bool = False
) -> Desk:
    """Open a ticket file that exists.

    `at` is the moment to act as of, `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`; without it, now. `settings`
    is the path of a settings file. With `read_only`, `record` and `triage` write nothing. Raises
    FileUnusable where the file can't be used, BadInput where `at` or the settings are faulty,
    WrongClock where the clock can't be right and there is no `at`.
    """
    moment = _read_moment(at)
    known = load(settings)._replace(spoken=find_spoken())
    connection = open_file(path, lambda text: None, read_only)
    with close_on_error(connection):
        if at is None:
            check_clock(connection, datetime.now(UTC))
    writer = None if read_only else InProcessWriter(connection, "api", moment, find_login())
    return Desk(Office(connection, known, moment, writer))


def decide(
    desk: Desk, ticket: str, event: str, given: Mapping[str, object] | None = None
) -> Decision:
    """Decide what an event on a ticket would lead to; nothing is written.

    `ticket` is its ref, or the name of the book whose event begins without one; `given` are the
    event's inputs. Raises BadInput for a wrong name or input, Undecided where no rule answers.
    """
    office = desk.office
    trial = Office(office.connection, office.settings, office.at, None, office.shelf)
    return publish_decision(trial.handle(ticket, event, given or {}, str), desk.at)


def record(
    desk: Desk, ticket: str, event: str, given: Mapping[str, object] | None = None
) -> Decision:
    """Record an event on a ticket, and carry out what its rule says, in one transaction.

    Takes and raises what `decide` does; Refused where the procedure refuses the event, in which
    case nothing was written.
    """
    decision = desk.office.handle(ticket, event, given or {}, str)
    if decision.plan.refusal is not None:
        raise Refused(decision.plan.refusal)
    return publish_decision(decision, desk.at)


def triage(
    desk: Desk,
    *,
    books: Sequence[str] = (),
    tickets: Sequence[str] = (),
    assignee: str | None = None,
    waiting: bool = False,
    write: bool = True,
) -> Iterator[Decision]:
    """What the day asks of every open ticket; does what can be done without a person.

    The arguments narrow it as those of `prassi triage` do; with `waiting`, tickets that only wait
    come too. Pages are committed as they come, so read it to its end; with `write=False` nothing
    is written. Raises NightFault at the end where tickets or faulty books had to be left as they are.
    """
    office = desk.office
    if not write:
        office = Office(office.connection, office.settings, office.at, None, office.shelf)
    night = Triage(
        office, books, tickets, assignee, shows=lambda rule: waiting or not only_waits(rule)
    )
    for decision in night:
        yield publish_decision(decision, desk.at)
    left = {**night.left_tickets, **night.faulty_books}
    if left:
        raise NightFault("; ".join(f"{name}: {why}" for name, why in left.items()))


def list(desk: Desk, *, tickets: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """Tickets in the import format: all of the file, closed ones too, or those with these refs.

    No book needs to be sound; where nothing of a book can be read, its tickets have their values under
    `stored`. Raises BadInput where there is no ticket with such a ref.
    """
    connection = desk.office.connection
    books = ReadableBooks(desk.office.shelf, connection)
    if not tickets:
        yield from (
            row for row in export.read_rows(connection, books) if "book" in row and "ref" in row
        )
        return
    for ref in tickets:
        yield export.read_ticket(connection, books, read_tickets.find_ticket(connection, ref).id)


def _read_moment(at: str | None) -> str:
    if at is None:
        return datetime.now().isoformat(timespec="minutes")
    try:
        return read_moment(at)
    except ValueError as error:
        raise BadInput(f"at {error}.") from None


def publish_decision(decision: PlanResult, at: str) -> Decision:
    plan = decision.plan
    return Decision(
        ticket=plan.state.ref or None,
        book=plan.state.book,
        event=plan.event.name,
        at=at,
        rule=plan.rule.id,
        extrapolated=plan.rule.extrapolated,
        facts=plan.facts,
        actions=actions_as_json(plan),
        next=plan.next,
        event_id=decision.event_id,
    )
