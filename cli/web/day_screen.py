"""My day: what somebody has to do, the most urgent first.

Who has to do what is found by going through all open tickets, which takes its time; it is done
now and then (`list_duty_refs`), and what a page shows of it is decided anew (`read_day`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from prassi.core.decision.plan import ANY_AGENT
from prassi.core.desk.duties import Duty, list_duties
from prassi.core.desk.office import Office
from prassi.core.desk.todo import DutyJson, make_row, rank_duty
from prassi.core.desk.triage import Triage, only_waits
from prassi.core.ticketfile import read_tickets
from prassi.core.ticketfile.sqlite import Connection
from prassi.core.ticketfile.write_events import read_last_event

from .desk_door import DeskDoor
from .workers import Visitor

MOST = 500
"""Duties of one person that are remembered."""


class DutyRefs(NamedTuple):
    """Whose duties are about which tickets, in their order; those that only come later last.

    `counts` are all that are due, by person; `day` and `last_event` say of what state of the file.
    """

    day: str
    last_event: int
    refs: Mapping[str, Sequence[str]]
    counts: Mapping[str, int]
    left: Sequence[str]


def list_duty_refs(door: DeskDoor, visitor: Visitor) -> DutyRefs:
    """The duties of everybody, as references to tickets."""
    office = door.open_office(visitor.name)
    last, _ = read_last_event(office.connection)
    found = defaultdict[str, list[tuple[object, ...]]](list)
    counts = defaultdict[str, int](int)
    triage = Triage(office)
    for decision in triage:
        for duty in list_duties(decision.plan, later=True):
            for name in _find_holders(duty):
                counts[name] += duty.is_due
                found[name].append((not duty.is_due, *rank_duty(duty)))
                if len(found[name]) > 4 * MOST:
                    found[name] = sorted(found[name])[:MOST]
    left = [f"{ref}: {why}" for ref, why in triage.left_tickets.items()]
    left += [f"{book}: {fault}" for book, fault in triage.faulty_books.items()]
    refs = {
        name: [*dict.fromkeys(str(one[-1]) for one in sorted(own)[:MOST])]
        for name, own in found.items()
    }
    return DutyRefs(office.at[:10], last, refs, {**counts}, left[:20])


def _find_holders(duty: Duty) -> Sequence[str]:
    """By whom a duty is found: the people, and the role they have it by."""
    return [*dict.fromkeys((*duty.people, duty.step["who"]))]


class DayScreen(NamedTuple):
    """Rows of somebody's day, and of what nobody has yet, as of an event of the file."""

    at: str
    last_event: int
    rows: Sequence[DutyJson]
    anybody: Sequence[DutyJson]
    time_zone: str | None


def read_day(
    door: DeskDoor, visitor: Visitor, who: str, refs: Sequence[str], anybody: Sequence[str]
) -> DayScreen:
    """What somebody has to do about some tickets, now, and what anybody may do about others."""
    office = door.open_office(visitor.name)
    others = [] if who == ANY_AGENT else _decide_duties(office, ANY_AGENT, anybody, False)
    return DayScreen(
        office.at,
        read_last_event(office.connection)[0],
        _decide_duties(office, who, refs, False),
        others,
        door.settings.time_zone,
    )


def read_tasks(door: DeskDoor, visitor: Visitor, who: str, refs: Sequence[str]) -> DayScreen:
    """What somebody has to do about some tickets, also what is not due yet."""
    office = door.open_office(visitor.name)
    rows = _decide_duties(office, who, refs, True)
    last = read_last_event(office.connection)[0]
    return DayScreen(office.at, last, rows, (), door.settings.time_zone)


def _decide_duties(
    office: Office, who: str, refs: Sequence[str], later: bool
) -> Sequence[DutyJson]:
    """What somebody has to do about those of some tickets that are open; with `later` also what is
    not due yet."""
    open_refs = [ref for ref in refs if _is_open(office.connection, ref)]
    duties = list[Duty]()
    if open_refs:
        shows = (lambda rule: True) if later else (lambda rule: not only_waits(rule))
        for decision in Triage(office, tickets=open_refs, shows=shows):
            duties += (
                duty
                for duty in list_duties(decision.plan, later)
                if (later or duty.is_due) and _is_for(duty, who)
            )
    duties.sort(key=lambda duty: (not duty.is_due, rank_duty(duty)))
    return [make_row(duty) for duty in duties]


def _is_for(duty: Duty, who: str) -> bool:
    """Whether a duty is somebody's; what any agent may do is nobody's in particular."""
    return not duty.people if who == ANY_AGENT else duty.is_of(who)


def _is_open(connection: Connection, ref: str) -> bool:
    number = read_tickets.find_ticket_id(connection, ref)
    return number is not None and read_tickets.find_ticket(connection, ref)[2]
