"""When a message may leave: not before it is tried again, not at night, not too many a day."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from ..library.sending_settings import SendingTimes
from ..ticketfile import read_messages
from ..ticketfile.read_messages import StoredMessage
from .office import Office

_PAUSES = (timedelta(minutes=5), timedelta(hours=1), timedelta(days=1))
"""How long a message waits that was not taken for now, after each try."""

OUTSIDE_HOURS, DAILY = "outside hours", "daily"


class SendingHours:
    """Says of the messages of an office whether they have to wait."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._planned = Counter[int]()

    def find_wait(self, stored: StoredMessage, times: SendingTimes) -> str | None:
        """Why a message has to wait; None where it may leave. BadInput where its book is faulty."""
        if stored.try_at is not None and stored.try_at > _as_minute(self._office.at):
            return f"tried, again at {stored.try_at}"
        if not self._is_within(stored.book, times):
            return OUTSIDE_HOURS
        if times.daily is not None and stored.role is None:
            connection, customer = self._office.connection, stored.customer_id
            left = read_messages.count_left(connection, customer, self._office.today)
            if left + self._planned[customer] >= times.daily:
                return DAILY
        return None

    def plan(self, stored: StoredMessage) -> None:
        """Count a message that would leave, on a dry run."""
        if stored.role is None:
            self._planned[stored.customer_id] += 1

    def find_next_try(self, tries: int) -> str | None:
        """When a message is tried again that was not taken for now, after so many tries before; None
        where it is given up."""
        if tries >= len(_PAUSES):
            return None
        then = datetime.fromisoformat(_as_minute(self._office.at)) + _PAUSES[tries]
        return then.isoformat(timespec="minutes")

    def _is_within(self, book: str, times: SendingTimes) -> bool:
        """Whether messages may leave now by the clock of a book's place; at a moment without a time,
        the hours don't count."""
        if times.hours is None and not times.working_days:
            return True
        calendar = self._office.shelf.calendar(self._office.shelf.book(book).calendar)
        day, _, time = calendar.local(self._office.at).partition("T")
        today = date.fromisoformat(day)
        if times.working_days and calendar.first(today) != today:
            return False
        return times.hours is None or not time or times.hours[0] <= time < times.hours[1]


def _as_minute(at: str) -> str:
    """A moment with its time; a day alone begins at midnight."""
    return at if len(at) > len("2026-03-02") else f"{at}T00:00"
