"""The words in which the tests of the requests book are written.

A night is Monday's, 2026-03-02: one working day after Friday the 27th, two after the 26th, three
after the 25th.
"""

from __future__ import annotations

from typing import Any

from desk import Desk, Ran

FRIDAY, THURSDAY, WEDNESDAY = "2026-02-27", "2026-02-26", "2026-02-25"


def request(status: str = "new", owner: str | None = "anna", **fields: Any) -> dict[str, Any]:
    """A request Q-1 that came in on the Wednesday."""
    row = {
        "ref": "Q-1",
        "book": "requests",
        "customer": "C-1",
        "status": status,
        "opened": WEDNESDAY,
        "type": "support",
        "text": "The printer prints no invoices.",
        "owner": owner,
    }
    return row | fields


def decision(ran: Ran) -> dict[str, Any]:
    """The one decision that a command printed as JSON."""
    (row,) = ran.rows
    told: dict[str, Any] = row
    return told


def refused(desk: Desk, command: str, code: int, *mentions: str) -> None:
    """A command that is refused, with these words, and writes nothing."""
    before = desk.export(), desk.run("log --json").out
    ran = desk.run(command)
    assert (ran.code, ran.out) == (code, ""), ran
    for mention in mentions:
        assert mention in ran.err
    assert (desk.export(), desk.run("log --json").out) == before
