"""The desk's report: what a night leaves to do, what it did, and how the desk stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from prassi.core.desk.duties import list_duties
from prassi.core.desk.triage import Triage, only_waits
from prassi.core.ticketfile.log import NightCount, count_nights
from prassi.core.ticketfile.read_messages import count_messages

from ..printing.todo import HolderPart, TodoList, group_rows
from .desk_door import DeskDoor
from .figures_screen import FiguresScreen, read_figures
from .workers import Visitor

MOST = 200
"""Duties of a person that are listed."""


class ReportScreen(TypedDict):
    """What the report has."""

    day: str
    due: int
    late: int
    groups: Sequence[HolderPart]
    left: Sequence[str]
    nights: Sequence[NightCount]
    messages: Mapping[str, int]
    ageing: FiguresScreen
    promises: FiguresScreen


def read_report(door: DeskDoor, visitor: Visitor) -> ReportScreen:
    """The report of a desk as of a moment; `left` are tickets and books that can't be decided on."""
    office = door.open_office(visitor.name)
    todo = TodoList()
    try:
        triage = Triage(office, shows=lambda rule: not only_waits(rule))
        for decision in triage:
            for duty in list_duties(decision.plan):
                if duty.is_due:
                    todo.add(duty)
        groups = group_rows(todo.read(), MOST)
    finally:
        todo.close()
    left = [f"{ref}: {why}" for ref, why in triage.left_tickets.items()]
    left += [f"book {book} is left out: {fault}" for book, fault in triage.faulty_books.items()]
    return {
        "day": office.today,
        "due": sum(one.due for one in groups),
        "late": sum(one.late for one in groups),
        "groups": groups,
        "left": left,
        "nights": count_nights(office.connection, office.today),
        "messages": count_messages(office.connection),
        "ageing": read_figures(door, visitor, "ageing", "", "", ""),
        "promises": read_figures(door, visitor, "promises", "", "", ""),
    }
