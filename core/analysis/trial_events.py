"""What people did, made again as things are and as they would be: the part of a trial that nights
don't show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from ..desk.office import Office
from ..errors import BadInput
from ..ticketfile.past_states import PastDecision, read_forgotten, read_past_decisions
from ..ticketfile.recorded_decisions import RecordedDecision, read_people_decisions
from .causes import Causes
from .effects import NONE, REFUSED, RULE, EffectChange, find_plan_changes
from .recounted_facts import recount_facts
from .remade_events import BookArchive, EventRemaker, RemadeEvent

DAYS = 90
"""How far back events are looked at, in days."""

_PAGE = 1000


class ComparedEvent(NamedTuple):
    """An event of the log, as it is answered now and would be: None where no rule answers."""

    event_id: int
    ticket: str | None
    at: str
    book: str
    now: str | None
    then: str | None
    changes: Sequence[EffectChange]


class TrialEvents:
    """The newest events of people, at most so many of the last 90 days, under both offices' settings.

    Their facts are those of the log, but for those that the trial's settings count otherwise
    (`recounted_facts`). The figures are there when `compare` has come to its end.
    """

    def __init__(self, now: Office, then: Office, newest: int | None, books: Sequence[str]) -> None:
        self._offices, self._books = (now, then), books
        self._newest = newest
        self.since = (date.fromisoformat(now.today) - timedelta(days=DAYS)).isoformat()
        self.looked_at = self.otherwise = self.older = self.forgotten = self.unreadable = 0
        self.unmade = self.uncounted = 0
        self.causes = Causes()

    def compare(self) -> Iterator[ComparedEvent]:
        """Those that are answered otherwise, or whose rule would do something else, oldest first."""
        connection = self._offices[0].connection
        found = read_people_decisions(connection, self.since, self._newest)
        self.older = found.older
        forgotten = read_forgotten(connection)
        changed = self._find_changed_books()
        archive = BookArchive(connection)
        remakers = [EventRemaker(office, archive) for office in self._offices]
        made_again = [
            one
            for one in found.newest
            if one.book in changed and one.event_id not in forgotten and one.book in self._books
        ]
        anew = recount_facts(*self._offices, made_again)
        self.uncounted = anew.failed
        for first in range(0, len(found.newest), _PAGE):
            page = [one for one in found.newest[first : first + _PAGE] if self._is_known(one)]
            self.forgotten += sum(one.event_id in forgotten for one in page)
            page = [one for one in page if one.event_id not in forgotten]
            self.looked_at += len(page)
            page = [one for one in page if one.book in changed]
            wanted = [(one.event_id, one.ticket_id) for one in page]
            past = dict(read_past_decisions(connection, wanted)) if wanted else {}
            for recorded in page:
                other = anew.changed.get(recorded.event_id, {})
                compared = _compare_one(remakers, recorded, past[recorded.event_id], other)
                self.unmade += compared.now is None and compared.then is None
                if compared.changes:
                    self._count(compared)
                    yield compared

    def _is_known(self, recorded: RecordedDecision) -> bool:
        known = recorded.book in self._books
        self.unreadable += not known
        return known

    def _find_changed_books(self) -> set[str]:
        """The books that the trial changes."""
        shelves = [office.shelf for office in self._offices]

        def describe(name: str) -> list[tuple[str, str]]:
            return [(shelf.book(name).digest, shelf.book(name).folder) for shelf in shelves]

        return {name for name in self._books if len(set(describe(name))) > 1}

    def _count(self, compared: ComparedEvent) -> None:
        self.otherwise += 1
        example = f"event {compared.event_id}, {compared.ticket or compared.book}, {compared.at}"
        for change in compared.changes:
            self.causes.add(compared.book, compared.now or "no rule", change, example)


def find_readable_books(now: Office, then: Office) -> list[str]:
    """All books that can be read under both offices' settings."""
    found = []
    for name in now.shelf.names():
        try:
            now.shelf.book(name)
            then.shelf.book(name)
        except BadInput:
            continue
        found.append(name)
    return found


def _compare_one(
    remakers: Sequence[EventRemaker],
    recorded: RecordedDecision,
    past: PastDecision,
    other: Mapping[str, object],
) -> ComparedEvent:
    """An event under both settings; `other` are the facts that are others under the trial's."""
    counted = recorded._replace(facts={**recorded.facts, **other})
    now, then = remakers[0].remake(recorded, past), remakers[1].remake(counted, past)
    return ComparedEvent(
        event_id=recorded.event_id,
        ticket=recorded.ticket,
        at=recorded.at,
        book=recorded.book,
        now=now.rule,
        then=then.rule,
        changes=_find_changes(now, then),
    )


def _find_changes(now: RemadeEvent, then: RemadeEvent) -> list[EffectChange]:
    """What differs; what follows from another rule is not told beside it."""
    if now.rule != then.rule:
        kind = NONE if then.rule is None else RULE
        return [EffectChange(kind, "", now.rule or now.why, then.rule or then.why)]
    if now.plan is None or then.plan is None:
        same = now.why == then.why and now.plan is then.plan
        return [] if same else [EffectChange(REFUSED, "", now.why, then.why)]
    return find_plan_changes(now.plan, then.plan)
