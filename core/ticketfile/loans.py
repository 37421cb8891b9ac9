"""Tickets that were assigned to somebody until a day: which of them go back."""

from __future__ import annotations

from ..system.records import NamedTuple
from .sqlite import Connection


class Loan(NamedTuple):
    """A ticket that somebody has until a day, and who had it before."""

    ticket: str
    before: str | None


def find_loans_over(connection: Connection, today: str) -> list[Loan]:
    """The open tickets whose day has come, in the order of the file.

    A ticket that was assigned again since, or that somebody else has, does not go back.
    """
    rows = connection.execute(
        """
        SELECT t.ref, e.facts ->> '$.before'
        FROM event AS e JOIN ticket AS t ON t.id = e.ticket
        WHERE e.rule = 'common.assign' AND e.facts ->> '$.until' <= ?
            AND t.open = 1 AND t.ended_by IS NULL AND t.assignee IS e.facts ->> '$.who'
            AND NOT EXISTS (SELECT 1 FROM event AS u WHERE u.undoes = e.id)
            AND NOT EXISTS (
                SELECT 1 FROM event AS later
                WHERE later.ticket = e.ticket AND later.id > e.id AND later.rule = 'common.assign'
                    AND NOT EXISTS (SELECT 1 FROM event AS u WHERE u.undoes = later.id)
            )
        ORDER BY t.id
        """,
        (today,),
    )
    return [Loan._make(row) for row in rows]
