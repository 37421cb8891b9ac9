"""What people have to do as tasks of a calendar (iCalendar, VTODO)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from ..streams import make_safe

_PRIORITY = {"blocking": 1, "high": 3, "medium": 5, "low": 9}


def format_calendar(at: str, zone: str | None, rows: Iterator[Mapping[str, Any]]) -> bytes:
    """The tasks, each with a UID that stays as long as the ticket asks for it.

    `at` is by the clock of `zone`; without one it is taken for UTC, so that the file is the same on
    any machine.
    """
    from icalendar import Calendar, Todo  # late: 60 ms

    here = ZoneInfo(zone) if zone else UTC
    stamp = datetime.fromisoformat(at).replace(tzinfo=here).astimezone(UTC)
    calendar, seen = Calendar(), Counter[str]()
    calendar.add("prodid", "-//Prassi//todo//EN")
    calendar.add("version", "2.0")
    for row in rows:
        name = f"{row['ticket']} {row['action']}"
        seen[name] += 1
        task = Todo()
        task.add("uid", _make_uid(name, seen[name]))
        task.add("dtstamp", stamp)
        task.add("due", _read_due(row["due"], here))
        task.add("summary", _clean(f"{row['action']}: {row['ticket']} {_name(row)}"))
        told = [row["why"], row["holder"], *filter(None, (row["phone"], row["email"]))]
        task.add("description", "\n".join(map(_clean, told)))
        task.add("priority", _PRIORITY[row["priority"]])
        task.add("categories", [row["book"]])
        task.add("status", "NEEDS-ACTION")
        calendar.add_component(task)
    made: bytes = calendar.to_ical()
    return made


def _make_uid(name: str, count: int) -> str:
    """One ticket and one kind of task have one UID, whenever it is due; a second one has its own."""
    more = f" {count}" if count > 1 else ""
    return f"{sha256(f'{name}{more}'.encode()).hexdigest()[:32]}@prassi"


def _read_due(due: str, zone: Any) -> date | datetime:
    moment = datetime.fromisoformat(due)
    return moment.replace(tzinfo=zone).astimezone(UTC) if "T" in due else moment.date()


def _name(row: Mapping[str, Any]) -> str:
    return str(row["name"] or row["customer"])


def _clean(text: str) -> str:
    return make_safe(text)
