"""E-mails as others see them: read by Python's parser, and taken by a server."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from desk import MONDAY
from hostile import EVIL
from hypothesis import strategies as st
from prassi.core.ticketfile.read_messages import OutboxMessage

COMPANY = {"name": "Quadrifoglia Gestionali srl", "email": "desk@quadrifoglia.example.org"}
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type",
    "Content-Transfer-Encoding", "MIME-Version", "Content-Language",
}  # fmt: skip

TRICKS = (
    "Bcc: evil@example.org", "\r\nBcc: evil@example.org", "\nTo: evil@example.org\n\nbody", "\r\n\r\nbody",
    "=?utf-8?q?=0D=0ABcc=3A_evil=40example=2Eorg?=", "a\x00b", "x\u2028Bcc: e@x.org", "x\x85Bcc: e@x.org",
    "x\x0bBcc: e@x.org", "x\x1cBcc: e@x.org", "\r", "\n.\n", "\r\n.\r\nMAIL FROM:<e@x.org>", "From ", "\nFrom x",
    "x\rFrom x",
    "<evil@example.org>", "a, evil@example.org", '"', "\\", ";", "é" * 80, "x" * 1200, EVIL, "\ud7ff\U0010ffff",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(TRICKS), st.text(max_size=20)), max_size=4).map("".join)


def message(**fields: Any) -> OutboxMessage:
    """A message of the outbox."""
    made = {
        "id": 7, "event_id": 3, "at": f"{MONDAY}T10:30", "ticket": "T-1", "template": "summary",
        "channel": "email", "language": "it", "to": "anna@example.org", "subject": "Ciao", "body": "Sì.",
        "state": "waiting", "reason": None, "made_on": MONDAY, "left_on": None,
    }  # fmt: skip
    return OutboxMessage(**{**made, **fields})


def read(content: bytes) -> EmailMessage:
    """An e-mail, as Python's parser reads it."""
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


def body(mail: EmailMessage) -> str:
    """What is written in it."""
    text: str = mail.get_content()
    return text.replace("\r\n", "\n")


def check(content: bytes, to: str, text: str) -> None:
    """It has the headers of a message and no others, goes to one, and says what it should."""
    mail = read(content)
    assert {*mail.keys()} | {"Content-Language"} == HEADERS
    assert len(mail.keys()) == len({*mail.keys()})
    assert getaddresses([mail["To"]]) == [("", to)]
    assert [a for _, a in getaddresses([mail["From"]])] == [COMPANY["email"]]
    head, _, _ = content.partition(b"\r\n\r\n")
    assert all(
        line[:1] in b" \t" or line.split(b":")[0].decode() in HEADERS
        for line in head.split(b"\r\n")
    )
    assert content.isascii()
    assert not any(len(line) > 998 for line in content.split(b"\r\n"))
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert b"\n" not in content.replace(b"\r\n", b"")
    wanted = text.replace("\r\n", "\n").replace("\r", "\n")
    assert body(mail).rstrip("\n") == wanted.rstrip("\n")


# --- sending --------------------------------------------------------------------------------------


class Inbox(Sink):
    """Keeps what a server is sent: from whom, to whom, and what."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        return "250 OK"


@contextmanager
def serving() -> Iterator[tuple[Inbox, int]]:
    """A server on this machine that takes mail, and its port."""
    handler = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield handler, port
    finally:
        server.stop()


def send(contents: Sequence[bytes], port: int) -> None:
    """Send e-mails, as they are, to those that stand in their headers: Python's `send_message` would
    fold a long name of a sender anew, and lose its quotes."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        for content in contents:
            mail = read(content)
            sender, *others = (address for _, address in getaddresses([mail["From"], mail["To"]]))
            client.sendmail(sender, others, content)


def check_taken(content: bytes, taken: tuple[str, list[str], bytes]) -> None:
    """A server has got an e-mail as it was written, for the one it is for and nobody else."""
    sender, recipients, got = taken
    wanted, there = read(content), read(got)
    assert (sender, recipients) == (COMPANY["email"], [wanted["To"]])
    assert there.items() == wanted.items()
    assert body(there) == body(wanted)
