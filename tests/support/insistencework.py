"""The words in which the tests of the insistence book are written.

R-1 is a first requirement and R-2 insists on it; everything happens around Monday, 2026-03-02.
"""

from __future__ import annotations

from typing import Any

from desk import MONDAY, Desk

Row = dict[str, Any]

FRIDAY, SATURDAY, YESTERDAY = "2026-02-27", "2026-02-28", "2026-03-01"
ROSA = {
    "ref": "C-1",
    "name": "Rosa Contreras Leal",
    "email": "rosa@example.org",
    "phone": "+56 9 0000 0001",
}
LATE, DISAGREE = "late-response", "disagreement"
SUBJECTS = (
    LATE, DISAGREE, "solution-not-executed", "service-enabling-delay", "supply-reconnection-delay",
    "collection-management",
)  # fmt: skip
SAID = "--description 'Nobody called back.'"


def requirement(answer: str | None = None, last: str | None = MONDAY, **more: Any) -> Row:
    """R-1, a first requirement, with its answer and its last day."""
    row: Row = {"ref": "R-1", "book": "insistence", "customer": "C-1", "opened": "2026-02-10"}
    answered = {"answer": answer, "answered_on": "2026-02-20"} if answer else {}
    return {
        **row, "line": "metered", "subject": "Billed twice", "respond_by": last, **answered, **more
    }  # fmt: skip


def follow_up(answer: str | None = None, last: str | None = MONDAY, **more: Any) -> Row:
    """R-2, which insists on R-1."""
    made = {"ref": "R-2", "opened": "2026-02-23", "subject": LATE, "insists_on": "R-1"}
    return requirement(answer, last, **{**made, **more})


def check(desk: Desk, tickets: list[Row], options: str, at: str = MONDAY) -> Row:
    """What the check of R-1 decides."""
    desk.load(*tickets, customers=[ROSA], at=at)
    found, decision = desk.good(f"insistence-check R-1 {options} --json", at=at).rows
    assert found["check"]["rule"] == decision["rule"]
    row: Row = decision
    return row


def kinds(decision: Row) -> list[str]:
    """The kinds of its actions, what the agent is told first left out."""
    return [a["action"] for a in decision["actions"] if a.get("who") != "agent"]


def told(decision: Row, who: str = "customer") -> list[str]:
    """What somebody is told."""
    return [a["text"] for a in decision["actions"] if a["action"] == "tell" and a["who"] == who]
