"""The life of a message: its states, and which may follow which.

A message that left stays left: nothing leads back from `sent` or `handed-over` to `waiting`. Each
change but a claim is an event; `claimed` is the moment between two transactions, in which a message
is handed over, and what a crash leaves in it is `unknown`.
"""

from __future__ import annotations

from ..errors import Refused

WAITING = "waiting"
CLAIMED = "claimed"
HELD = "held"
SENT = "sent"
HANDED_OVER = "handed-over"
FAILED = "failed"
UNKNOWN = "unknown"
BOUNCED = "bounced"
WITHDRAWN = "withdrawn"

STATES = (WAITING, CLAIMED, HELD, SENT, HANDED_OVER, FAILED, UNKNOWN, BOUNCED, WITHDRAWN)

LEFT = (SENT, HANDED_OVER, BOUNCED)
"""States of a message that has left: a later bounce says only that it came back."""

STOPPABLE = (WAITING, HELD, FAILED)
"""States in which `withdraw`, and the end of a ticket, take a message back."""

NEEDS_SOMEBODY = (WAITING, HELD, FAILED, UNKNOWN)
"""What `outbox list` shows unless it is asked for all."""

FROM_BEFORE = "before"
"""The reason of what is `held` since an older file was brought up to date."""

NO_SENDER = "sender"
BY_HAND = "hand"
RESTORED = "restored"
IMPORTED = "import"
"""Other reasons of `held`: the settings did not have the company's name; `outbox hold`; the file was
restored, and the message may have left since the backup; an event of an imported log made it."""

LEFT_BEFORE = "as message "
"""The reason, with a number behind it, of what was not sent since an equal one had left with a step that
was undone."""

TRIED = "tried"
BAD_ADDRESS = "address"
CAME_BACK = "bounced"
"""Reasons of `failed`; `bounced` is one of `undelivered` only."""

_NEXT = {
    WAITING: {CLAIMED, HELD, WITHDRAWN},
    CLAIMED: {SENT, HANDED_OVER, WAITING, FAILED, UNKNOWN},
    FAILED: {WAITING, WITHDRAWN},
    HELD: {WAITING, WITHDRAWN},
    UNKNOWN: {SENT, WAITING, WITHDRAWN},
    SENT: {BOUNCED},
    HANDED_OVER: {BOUNCED},
    BOUNCED: set[str](),
    WITHDRAWN: set[str](),
}
"""What may follow a state; `undo` alone leads back from `withdrawn`."""


def check_change(number: int, before: str, after: str) -> None:
    """Refuse a change that the life of a message does not have; says what can be done instead."""
    if after in _NEXT[before]:
        return
    possible = [_ADVICE[one] for one in STATES if one in _NEXT[before] and one in _ADVICE]
    advice = f"possible is {' or '.join(possible)}" if possible else "nothing can be done with it"
    raise Refused(f"message {number} is {before}, so it can't become {after}; {advice}.")


_ADVICE = {
    WAITING: "`outbox retry`",
    HELD: "`outbox hold`",
    WITHDRAWN: "`outbox cancel`",
    SENT: "`outbox mark ID sent`",
    BOUNCED: "`outbox mark ID bounced`",
}
