"""Lists that read a part only: `--since` a day, and at most `--limit`; and a day asked for one person."""

from __future__ import annotations

from typing import Any

import pytest
from desk import MONDAY, Desk

TICKET = {
    "ref": "T-1", "book": "collections", "customer": "C-1", "opened": "2026-02-01",
    "proformas": [{"number": "A", "amount": "10.00"}],
}  # fmt: skip
WEDNESDAY, FRIDAY = "2026-03-04", "2026-03-06"


@pytest.fixture
def worked(desk: Desk) -> Desk:
    """A desk with calls on three days, the second of which was recorded last."""
    desk.load(TICKET, TICKET | {"ref": "T-2"})
    desk.good("call-outcome T-1 no-answer")
    desk.good("customer add ref=C-2 name=Ada", at=FRIDAY)
    desk.good("call-outcome T-2 no-answer", at=FRIDAY)
    desk.good("note T-1 late", at=WEDNESDAY)
    return desk


def list_events(desk: Desk, words: str) -> list[int]:
    return [row["event_id"] for row in desk.good(f"log --json {words}", at=FRIDAY).rows]


EVENTS = {
    "": [1, 2, 3, 4, 5],
    "--limit 2": [4, 5],
    "T-1 --limit 1": [5],
    f"--since {MONDAY}": [1, 2, 3, 4, 5],
    f"--since {WEDNESDAY}": [3, 4, 5],
    f"--since {FRIDAY}": [3, 4],
    f"--since {FRIDAY} --limit 1": [4],
    f"T-1 --since {WEDNESDAY}": [5],
    "--since 2026-03-07": [],
}


@pytest.mark.parametrize("words", EVENTS)
def test_events_of_the_log(worked: Desk, words: str) -> None:
    assert list_events(worked, words) == EVENTS[words]


MESSAGES = {
    "": ["T-1", "T-2"],
    "--limit 1": ["T-2"],
    "--all --limit 1": ["T-2"],
    f"--since {WEDNESDAY}": ["T-2"],
    "--since 2026-03-07 --all": [],
    "T-1 --limit 5": ["T-1"],
}


@pytest.mark.parametrize("words", MESSAGES)
def test_messages_of_the_outbox(worked: Desk, words: str) -> None:
    rows = worked.good(f"outbox list --json {words}", at=FRIDAY).rows
    assert [row["ticket"] for row in rows] == MESSAGES[words]


def test_customers(worked: Desk) -> None:
    def listed(words: str) -> list[str]:
        return [row["ref"] for row in worked.good(f"customer list --json {words}").rows]

    assert listed("") == ["C-1", "C-2"]
    assert listed("--limit 1") == ["C-1"]
    assert listed(f"--since {WEDNESDAY}") == ["C-2"]
    assert listed("--since 2026-03-07") == []


# --- a day that is asked for one person -----------------------------------------------------------------

CALL = TICKET | {"status": "calling", "tasks": [{"kind": "call-again", "due": MONDAY}]}
CASE = {
    "ref": "K-1", "book": "cases", "customer": "C-1", "status": "OPEN", "category": "backoffice",
    "creator": "anna", "subject": "s", "description": "d", "opened": "2026-02-27",
}  # fmt: skip


def list_asked(desk: Desk, words: str, key: str) -> list[Any]:
    return sorted(row[key] for row in desk.good(f"{words} --json -n").rows)


def test_a_person_sees_what_is_theirs_by_ticket_role_or_name(desk: Desk) -> None:
    """Nobody has T-1, so those of the role see it; K-1 names its creator; T-3 is anna's, and
    T-4 is for support, which is giulia."""
    desk.load(
        CALL,
        CALL | {"ref": "T-2", "assignee": "giulia"},
        CALL | {"ref": "T-3", "assignee": "anna"},
        TICKET
        | {"ref": "T-4", "status": "pre-block", "preblock_on": "2026-02-10", "tags": ["preblocco"]},
        CASE,
    )
    every = {row["ticket"]: row["next"] for row in desk.good("triage --json -n").rows}
    for person in ("anna", "giulia", "paolo", "ugo"):
        theirs = sorted(
            ref
            for ref, step in every.items()
            if step and person in step.get("people", (step["person"],))
        )
        assert list_asked(desk, f"triage --assignee {person}", "ticket") == theirs
        assert list_asked(desk, f"todo --who {person}", "ticket") == theirs
    assert list_asked(desk, "todo --who anna", "ticket") == ["K-1", "T-3"]
    assert list_asked(desk, "todo --who giulia", "ticket") == ["T-2", "T-4"]
