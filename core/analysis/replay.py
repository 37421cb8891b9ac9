"""Decisions made again: from the facts the log recorded, by the book as it was or as it is now."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from ..decision.explain import Explanation, explain
from ..decision.plan import Plan
from ..desk.office import Office
from ..library.library import Shelf, as_kept
from ..library.settings import Settings
from ..ticketfile.past_states import PastDecision, read_forgotten, read_past_decisions
from ..ticketfile.recorded_decisions import (
    RecordedDecision,
    read_book_text,
    read_decision,
    read_decisions,
)
from ..ticketfile.sqlite import Connection
from .causes import Causes
from .effects import (
    NONE,
    NOTE,
    REFUSED,
    RULE,
    Effect,
    EffectChange,
    find_changes,
    list_planned_effects,
    list_recorded_effects,
    list_spoken_effects,
)
from .remade_events import BookArchive, EventRemaker, RemadeEvent, read_values


class ReplayedDecision(NamedTuple):
    """A decision of the log, made again.

    `rule` is the one that was carried out; `now` the one that the present book gives for the same
    facts, None where it gives none. `why` says why there is none, or why it can't be carried out.
    `differences` are what the same rule would do otherwise. Of people who were `forgotten` nothing
    can be made again.
    """

    event_id: int
    ticket: str | None
    at: str
    book: str
    event: str
    rule: str
    now: str | None
    why: str | None = None
    differences: Sequence[EffectChange] = ()
    forgotten: bool = False

    @property
    def same(self) -> bool:
        """Whether the present book decides as it was decided, and does the same."""
        return not self.changes

    @property
    def changes(self) -> Sequence[EffectChange]:
        """All that differs; what follows from another rule, or from none, is not told beside it."""
        if self.now is None:
            return [EffectChange(NONE, "", self.rule, self.why)]
        if self.now != self.rule:
            return [EffectChange(RULE, "", self.rule, self.now)]
        if self.why is not None:
            return [EffectChange(REFUSED, "", self.rule, self.why)]
        return self.differences


def replay_decisions(office: Office, books: Collection[str]) -> Iterator[ReplayedDecision]:
    """Every decision of the log, oldest first, made again by the books as they are now, on the ticket
    as it was then.

    `books` narrows it to some; none named is all.
    """
    connection = office.connection
    remaker = EventRemaker(office, BookArchive(connection))
    forgotten = read_forgotten(connection)
    for page in read_decisions(connection):
        wanted = [one for one in page if not books or one.book in books]
        kept = [(one.event_id, one.ticket_id) for one in wanted if one.event_id not in forgotten]
        past = dict(read_past_decisions(connection, kept)) if kept else {}
        for recorded in wanted:
            known = past.get(recorded.event_id)
            if known is None:
                yield _replayed(recorded, RemadeEvent(None, None), (), forgotten=True)
            else:
                again = remaker.remake(recorded, known)
                yield _replayed(recorded, again, _compare(remaker, recorded, known, again))


def _replayed(
    recorded: RecordedDecision,
    again: RemadeEvent,
    differences: Sequence[EffectChange],
    forgotten: bool = False,
) -> ReplayedDecision:
    return ReplayedDecision(
        event_id=recorded.event_id,
        ticket=recorded.ticket,
        at=recorded.at,
        book=recorded.book,
        event=recorded.event,
        rule=recorded.rule,
        now=again.rule,
        why=again.why,
        differences=differences,
        forgotten=forgotten,
    )


def _compare(
    remaker: EventRemaker, recorded: RecordedDecision, past: PastDecision, again: RemadeEvent
) -> list[EffectChange]:
    """What the same rule does otherwise than it did. What is only said, no file has; it is compared
    with what the book would say that decided it."""
    plan = again.plan
    if plan is None or again.rule != recorded.rule:
        return []
    book = plan.context.book
    if (refused := plan.refusal) is not None:
        return [EffectChange(REFUSED, "", None, refused)]
    did, would = list_recorded_effects(past, book), list_planned_effects(plan)
    found = find_changes(did, would)
    if any(one.kind == NOTE for one in found):
        found = find_changes(_read_notes(remaker, recorded, past, did), would)
    if book.digest != recorded.digest:
        before = remaker.remake_as_kept(recorded, past).plan
        if before is not None:
            found += find_changes(list_spoken_effects(before), list_spoken_effects(plan))
    return found


def _read_notes(
    remaker: EventRemaker, recorded: RecordedDecision, past: PastDecision, did: list[Effect]
) -> list[Effect]:
    """What an old event did, its notes as its book has them in English: a note in another language of
    that book is the same note."""
    written = remaker.remake_as_kept(recorded, past).plan
    notes = [effect for effect in did if effect.kind == NOTE]
    for remade in remaker.remake_in_words(recorded, past):
        if remade.plan is not None and written is not None and _list_notes(remade.plan) == notes:
            return [*(one for one in did if one.kind != NOTE), *_list_notes(written)]
    return did


def _list_notes(plan: Plan) -> list[Effect]:
    return [effect for effect in list_planned_effects(plan) if effect.kind == NOTE]


class ReplaySummary:
    """The figures of a replay, and the causes of what differs."""

    def __init__(self) -> None:
        self.decisions = self.same = self.forgotten = 0
        self.causes = Causes()

    def count(self, again: ReplayedDecision) -> bool:
        """Count a decision; returns whether anything about it differs."""
        if again.forgotten:
            self.forgotten += 1
            return False
        self.decisions += 1
        self.same += again.same
        example = f"event {again.event_id}, {again.ticket or again.book}, {again.at}"
        for one in again.changes:
            self.causes.add(again.book, again.rule, one, example)
        return not again.same


def explain_recorded(
    connection: Connection, number: int, settings: Settings
) -> tuple[str, str, Explanation]:
    """An old decision explained from its recorded facts, by the book that made it, in the
    language of the settings.

    Returns the ticket's ref (empty where there was none), the moment, and the explanation.
    BadInput where there is no such event or it was no decision.
    """
    recorded = read_decision(connection, number)
    book = as_kept(read_book_text(connection, recorded.digest), recorded.digest, Shelf(settings))
    event = book.event(recorded.event)
    values = dict(zip(event.facts, read_values(event, recorded.facts), strict=True))
    ref, at = recorded.ticket or "", recorded.at
    names = {"ref": ref, "customer": recorded.customer, "today": at[:10]}
    names["opened"] = recorded.opened
    return ref, at, explain(book, event, values, {**names, **values})
