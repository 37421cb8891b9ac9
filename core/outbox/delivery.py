"""What became of a message that was handed to a mail server, a program or an SMS gateway."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from ..errors import PrassiError

SENT = "sent"
LATER = "later"
REFUSED = "refused"
UNKNOWN = "unknown"


class Delivery(NamedTuple):
    """The answer to one message.

    `outcome` is SENT (taken; `id` is what the other side calls it, where it says so), LATER (not
    taken now, worth another try), REFUSED (this recipient is refused for good) or UNKNOWN (it was
    handed over, and no answer came: it may have left). `answer` is the other side's answer, for people.
    """

    outcome: str
    answer: str
    id: str | None = None


class SendingStopped(PrassiError):
    """Nothing can be sent now, whoever the recipient is: no connection, no TLS, no login, no sender.

    The message at hand was not handed over. The text says what to do.
    """


class Sender(Protocol):
    """Hands messages over, one after the other."""

    def deliver(self, content: bytes, to: str, mark: str = "") -> Delivery:
        """Hand over one message to one recipient; SendingStopped where none can be handed over.

        `mark` is the message's own, the same at each try.
        """

    def check(self) -> None:
        """Whether messages could be handed over, as far as that is found without one;
        SendingStopped where they could not."""

    def close(self) -> None:
        """Let the other side go."""


_LONGEST_ANSWER = 300


def shorten_answer(answer: bytes | str) -> str:
    """An answer of another program on one line, cut where it is long; it is hostile until printed."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_ANSWER else f"{line[: _LONGEST_ANSWER - 1]}…"
