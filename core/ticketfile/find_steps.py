"""Which step `undo` takes back: one's own newest one, that of a ticket, those of a run."""

from __future__ import annotations

from typing import NamedTuple

from ..errors import BadInput
from ..system.fast_json import encode
from .sqlite import Connection

_ONLY_TOLD = (
    "e.changes = '{}' AND e.ended = '{}' AND e.run IN"
    " (SELECT id FROM run WHERE command IN ('outbox send', 'outbox export'))"
)
"""Events that a sending raised, and that left their ticket as it was."""

IN_NO_WAY = f"e.event = 'message' OR e.rule IN ('common.note', 'common.assign') OR ({_ONLY_TOLD})"
"""Events that never stand in the way of an undo of what came before them on a ticket."""

MANY_AT_ONCE = ("triage", "sync", "import", "outbox send", "outbox export")
"""Commands whose steps are taken back as a run only."""

MERGE = "customer merge"
WHOLE = ("assign --from", MERGE)
"""Commands whose run is one step; a merge is also where only a part of it is named."""

ONLY_MARKS = (
    "e.changes <> '{}' AND NOT EXISTS (SELECT 1 FROM json_each(e.changes) AS mark"
    " WHERE mark.key NOT IN ('email_bad_on', 'phone_bad_on'))"
)
"""Events on a customer that only say that a message came back: they never stand in the way."""

STANDING = (
    "e.undoes IS NULL AND e.event NOT IN ('message', 'edition', 'forget')"
    " AND NOT EXISTS (SELECT 1 FROM event AS u WHERE u.undoes = e.id)"
)

_STEP = """
SELECT e.id, e.run, e.event, t.ref, r.person, r.command,
    r.command IN ('outbox send', 'outbox export') OR EXISTS (
        SELECT 1 FROM message AS m WHERE m.made_by = e.id AND m.ticket IN
        (e.ticket, (SELECT id FROM ticket WHERE made_by = e.id))
        AND m.ended_by IS NULL AND m.state IN ('sent', 'handed-over', 'unknown', 'bounced'))
FROM event AS e JOIN run AS r ON r.id = e.run LEFT JOIN ticket AS t ON t.id = e.ticket
"""


class RecordedStep(NamedTuple):
    """An event that can be taken back; `has_left` where a message has left that it made, or that it is
    about."""

    event_id: int
    run: int
    event: str
    ticket: str | None
    person: str | None
    command: str
    has_left: bool


def find_own_newest(connection: Connection, person: str | None) -> list[RecordedStep]:
    """A person's newest step, with all of its run where that is one step; BadInput where there is
    none."""
    query = (
        f"{_STEP} WHERE {STANDING} AND r.person IS ? AND r.command NOT IN"
        " (SELECT value FROM json_each(?)) ORDER BY e.id DESC LIMIT 1"
    )
    row = connection.execute(query, (person, encode([*MANY_AT_ONCE]))).fetchone()
    if row is None:
        raise BadInput(
            f"there is nothing of {person} to undo; name an event, a ticket or, for a night, a sync"
            " or an import, its --run (`prassi log` shows them)."
        )
    newest = _make_step(row)
    return find_of_run(connection, newest.run) if newest.command in WHOLE else [newest]


def find_newest_of(connection: Connection, ticket: int, ref: str) -> list[RecordedStep]:
    """The newest step of a ticket; BadInput where there is none."""
    query = f"{_STEP} WHERE {STANDING} AND NOT ({_ONLY_TOLD}) AND e.ticket = ? ORDER BY e.id DESC LIMIT 1"
    row = connection.execute(query, (ticket,)).fetchone()
    if row is None:
        raise BadInput(f"there is nothing to undo on {ref}: no step of it stands.")
    return _find_all_of(connection, _make_step(row))


def find_event(connection: Connection, number: int) -> list[RecordedStep]:
    """One event, whatever can be done with it, with all of a merge; BadInput where there is none of
    that number."""
    row = connection.execute(f"{_STEP} WHERE e.id = ?", (number,)).fetchone()
    if row is None:
        raise BadInput(f"there is no event {number}; `prassi log` lists the events there are.")
    return _find_all_of(connection, _make_step(row))


def _find_all_of(connection: Connection, step: RecordedStep) -> list[RecordedStep]:
    """A step, or, of a merge that stands, all of it: no ticket is left with a customer who is gone."""
    if step.command != MERGE:
        return [step]
    merged = _find_standing(connection, step.run)
    return merged if step in merged else [step]


def find_of_run(connection: Connection, run: int) -> list[RecordedStep]:
    """The steps of a run that stand, newest first; BadInput where there is none."""
    steps = _find_standing(connection, run)
    if not steps:
        raise BadInput(f"run {run} has no event that could be undone; `prassi log` shows the runs.")
    return steps


def _find_standing(connection: Connection, run: int) -> list[RecordedStep]:
    query = f"{_STEP} WHERE {STANDING} AND e.run = ? ORDER BY e.id DESC"
    return [_make_step(row) for row in connection.execute(query, (run,))]


def find_touched(connection: Connection, steps: list[RecordedStep]) -> set[int]:
    """Those of a run's events whose ticket, one they opened, or whose customer something later happened
    to that stands; and those that made a customer of a ticket that stays."""
    numbers = [step.event_id for step in steps]
    later = f"e.id > o.id AND e.run <> o.run AND {STANDING}"
    rows = connection.execute(
        "SELECT o.id FROM event AS o WHERE o.id IN (SELECT value FROM json_each(?))"
        " AND (EXISTS (SELECT 1 FROM event AS e WHERE (e.ticket = o.ticket OR e.ticket IN"
        f" (SELECT id FROM ticket WHERE made_by = o.id)) AND {later} AND NOT ({IN_NO_WAY}))"
        " OR o.ticket IS NULL AND EXISTS (SELECT 1 FROM event AS e WHERE e.customer = o.customer"
        f" AND e.ticket IS NULL AND {later} AND NOT ({ONLY_MARKS})))",
        (encode(numbers),),
    )
    touched = {row[0] for row in rows}
    going = encode([one for one in numbers if one not in touched])
    needed = connection.execute(
        "SELECT o.id FROM customer AS c JOIN event AS o ON o.id = c.made_by"
        " WHERE c.made_by IN (SELECT value FROM json_each(:going)) AND c.ended_by IS NULL"
        " AND (EXISTS (SELECT 1 FROM ticket AS t WHERE t.customer = c.id AND t.ended_by IS NULL"
        " AND t.made_by NOT IN (SELECT value FROM json_each(:going)))"
        " OR EXISTS (SELECT 1 FROM event AS e WHERE e.customer = c.id AND e.ticket IS NULL"
        f" AND {later} AND NOT ({ONLY_MARKS})))",
        {"going": going},
    )
    return touched | {row[0] for row in needed}


def _make_step(row: tuple[object, ...]) -> RecordedStep:
    *columns, has_left = row
    return RecordedStep._make((*columns, bool(has_left)))
