"""What the ticket file tells of the replay: each month in numbers, and what must hold."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import NamedTuple

from prassi.core.ticketfile.verify import verify_file

from .nights import Watch

# --- each month in numbers ------------------------------------------------------------------------

_MADE = """
SELECT count(*) FROM item JOIN event AS e ON e.id = item.made_by
WHERE e.at BETWEEN :first AND :last AND item.kind = 'promises' AND item.data ->> '$.state' = {}
"""
_EVENTS = "SELECT count(*) FROM event AS e WHERE e.at BETWEEN :first AND :last AND {}"

MONTH = {
    "tickets open": """
SELECT count(*) FROM ticket AS t WHERE t.opened <= :last AND NOT EXISTS (
    SELECT 1 FROM event AS e
    WHERE e.ticket = t.id AND e.at <= :last AND e.changes ->> '$.open[1]' = 0)
""",
    "calls": _EVENTS.format("(e.event = 'call' OR e.facts ->> '$.what' = 'reschedule')"),
    "promises": _MADE.format("'open'"),
    "kept": _MADE.format("'kept'"),
    "broken": _MADE.format("'broken'"),
    "notices": """
SELECT count(*) FROM message AS m JOIN event AS e ON e.id = m.made_by
WHERE e.at BETWEEN :first AND :last AND m.template = 'preblock'
""",
    "blocks": _EVENTS.format("e.changes ->> '$.status[1]' = 'to-block'"),
}
"""What is counted, each column with its query.

Tickets are open at the month's end. Calls are those that went into the file as a call, or as the
new date that a call after a missed payment brought. Promises are those of customers who say that
they have paid, too.
"""


def month_row(connection: sqlite3.Connection, name: str, first: date, last: date) -> list[str]:
    """The numbers of the days from `first` to `last`."""
    bounds = {"first": first.isoformat(), "last": last.isoformat()}
    counts = (connection.execute(query, bounds).fetchone()[0] for query in MONTH.values())
    return [name, *map(str, counts)]


_CAME_TO = """
SELECT (SELECT count(*) FROM item WHERE kind = 'proformas' AND ended_by IS NULL), count(*),
    count(DISTINCT customer), count(*) - sum(open) FROM ticket
"""
_PROMISES = """
SELECT count(*) FILTER (WHERE data ->> '$.state' = 'extended'),
    count(*) FILTER (WHERE data ->> '$.state' = 'open')
FROM item WHERE kind = 'promises' AND ended_by IS NULL
"""


def summary(connection: sqlite3.Connection) -> list[str]:
    """What the months leave open."""
    proformas, tickets, customers, closed = connection.execute(_CAME_TO).fetchone()
    moved, running = connection.execute(_PROMISES).fetchone()
    return [
        f"{proformas} proformas came to {tickets} tickets of {customers} customers;"
        f" {closed or 0} of them are closed.",
        f"Neither kept nor broken: {moved} promises moved to another date, {running} still open.",
    ]


# --- what must hold -------------------------------------------------------------------------------

NOTICE_DAYS = 15


class Finding(NamedTuple):
    """An invariant, how often it was looked at, and what breaks it."""

    says: str
    counts: str
    broken: list[str]


def findings(connection: sqlite3.Connection, watch: Watch) -> list[Finding]:
    """Every invariant, in its order."""
    return [
        _notice_before_block(connection),
        _reason_before_notice(connection),
        Finding(
            "no ticket open without a next date",
            f"{watch.tickets} open tickets in {watch.nights} nights",
            watch.dateless,
        ),
        _messages_once(connection),
        _sound_chain(connection),
        Finding(
            "a second triage of any night changes nothing",
            f"{watch.nights} nights, {watch.rows_changed} rows changed",
            ["rows were changed"] if watch.rows_changed else [],
        ),
    ]


_BLOCKS = """
SELECT t.ref, substr(b.at, 1, 10), (
    SELECT max(substr(n.at, 1, 10)) FROM message AS m JOIN event AS n ON n.id = m.made_by
    WHERE m.ticket = b.ticket AND m.template = 'preblock' AND n.id < b.id)
FROM event AS b JOIN ticket AS t ON t.id = b.ticket
WHERE b.changes ->> '$.status[1]' = 'to-block' ORDER BY b.id
"""


def _notice_before_block(connection: sqlite3.Connection) -> Finding:
    """The newest notice before a block, not just any."""
    broken, ages = [], []
    for ref, block, notice in connection.execute(_BLOCKS):
        age = (date.fromisoformat(block) - date.fromisoformat(notice)).days if notice else -1
        ages.append(age)
        if age < NOTICE_DAYS:
            broken.append(f"{ref} on {block}, notice {notice or 'never'}")
    counts = f"{len(ages)} blocks" + (f", the newest notice {min(ages)} days old" if ages else "")
    return Finding(f"no block without a notice at least {NOTICE_DAYS} days older", counts, broken)


_NOTICES = "SELECT count(*) FROM message WHERE template = 'preblock'"
_WITHOUT_REASON = """
SELECT t.ref, substr(n.at, 1, 10) FROM message AS m
JOIN event AS n ON n.id = m.made_by JOIN ticket AS t ON t.id = m.ticket
WHERE m.template = 'preblock' AND NOT EXISTS (
    SELECT 1 FROM event AS e WHERE e.ticket = m.ticket AND e.id <= m.made_by
    AND (e.event = 'call' OR (e.changes ->> '$.broken_promises[1]') > 0))
ORDER BY m.id
"""


def _reason_before_notice(connection: sqlite3.Connection) -> Finding:
    """Calls and promises are looked for on the notice's own ticket."""
    notices = connection.execute(_NOTICES).fetchone()[0]
    broken = [f"{ref} on {day}" for ref, day in connection.execute(_WITHOUT_REASON)]
    says = "no notice to a customer who never was called and never broke a promise"
    return Finding(says, f"{notices} notices", broken)


_TWICE = """
SELECT t.ref, m.template, substr(e.at, 1, 10) FROM message AS m
JOIN event AS e ON e.id = m.made_by JOIN ticket AS t ON t.id = m.ticket
GROUP BY m.ticket, m.template, {} HAVING count(*) > 1 ORDER BY m.ticket, m.template
"""


def _messages_once(connection: sqlite3.Connection) -> Finding:
    """A message once for each event, and once a day for each ticket."""
    messages = connection.execute("SELECT count(*) FROM message").fetchone()[0]
    twice = [
        f"{template} of {ref} on {day}"
        for key in ("m.made_by", "substr(e.at, 1, 10)")
        for ref, template, day in connection.execute(_TWICE.format(key))
    ]
    return Finding("every message once", f"{messages} messages", sorted(set(twice)))


def _sound_chain(connection: sqlite3.Connection) -> Finding:
    chain = verify_file(connection)
    return Finding("the hash chain sound", f"{chain.events} events", chain.faults)
