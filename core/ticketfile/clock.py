"""The clock, compared with what the ticket file knows of time."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..errors import WrongClock
from .sqlite import Connection

_BACK = timedelta(days=1)
"""How far the clock may stand before the newest run: time zones and small corrections."""

_AHEAD = timedelta(days=366)
"""How far it may stand after it: a file that nobody wrote to for a year may well be the wrong one."""

_NEWEST_OF_TICKET = (
    "SELECT max(e.at) FROM event AS e JOIN ticket AS t ON t.id = e.ticket"
    " WHERE t.ref = ? AND t.ended_by IS NULL"
)
_NEWEST = "SELECT at FROM event ORDER BY id DESC LIMIT 1"


def check_clock(connection: Connection, now: datetime) -> None:
    """WrongClock where the clock (with its time zone) can't be right, by the newest run's."""
    newest = connection.execute("SELECT id, recorded_at FROM run ORDER BY id DESC LIMIT 1")
    for run, recorded_at in newest:
        since = now - datetime.fromisoformat(recorded_at)
        if not -_BACK <= since <= _AHEAD:
            shown = now.isoformat(timespec="seconds")
            raise WrongClock(
                f"the clock says {shown}, and the newest run ({run}) was recorded at {recorded_at}:"
                " one of them is wrong; set the clock, or give the moment with --at."
            )


def describe_odd_moment(
    connection: Connection, at: str, now: str, ref: str | None = None
) -> str | None:
    """What is odd about a moment that was given, as a sentence: it is in the future by the clock
    `now`, or before the newest event of a ticket, or of the file where no `ref` is named.

    A day and a moment are compared by their days. None where nothing is odd.
    """
    if _is_before(now, at):
        return f"--at {at} is in the future: the clock says {now}."
    newest = (
        connection.execute(_NEWEST).fetchone()
        if ref is None
        else connection.execute(_NEWEST_OF_TICKET, (ref,)).fetchone()
    )
    if newest is not None and newest[0] is not None and _is_before(at, newest[0]):
        whose = "the file" if ref is None else ref
        return f"--at {at} is before the newest event of {whose}, which was at {newest[0]}."
    return None


def _is_before(one: str, other: str) -> bool:
    length = min(len(one), len(other))
    return one[:length] < other[:length]
