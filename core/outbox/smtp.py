"""Sending e-mails to an SMTP server: over TLS with its certificate checked, one recipient each."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from ..messages.addresses import LOOPBACK
from .delivery import LATER, REFUSED, SENT, UNKNOWN, Delivery, SendingStopped, shorten_answer

_SECONDS = 60
"""How long an answer of the server is waited for."""

_SECONDS_TO_TAKE = 600
"""How long the last answer is waited for, as RFC 5321 (4.5.3.2.6) has it: servers look for viruses."""


_ABOUT_US = (503, 530, 534, 535, 538)
_ABOUT_US_WORDS = re.compile("(?i)relay|authenticat")
"""Refusals of a recipient that are about the login or the sender, whoever the recipient is."""


class MailServer(NamedTuple):
    """Where e-mails go, and as whom: `security` is starttls, tls or none (on the own machine only)."""

    host: str
    port: int
    security: str
    user: str | None
    password: str | None
    sender: str


class SmtpSender:
    """A connection to a mail server, made when the first message is delivered.

    `context` is what TLS is spoken with; without one, the system's certificates are trusted.
    """

    def __init__(self, server: MailServer, context: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._context = context
        self._connection: smtplib.SMTP | None = None

    def deliver(self, content: bytes, to: str, mark: str = "") -> Delivery:
        """Hand over one e-mail. A refusal of the recipient, or of the e-mail, is a Delivery; whatever
        else is refused stops the sending. A connection that breaks after the e-mail was sent, and
        before it was taken, leaves it UNKNOWN."""
        connection = self._begin()
        code, answer = self._ask(lambda: connection.rcpt(to))
        if code in _ABOUT_US or (code >= 500 and _ABOUT_US_WORDS.search(answer)):
            self.close()
            raise SendingStopped(f"{self._name} lets us send to nobody: {code} {answer}.")
        if code not in (250, 251, 252):
            return self._refuse(code, answer)
        code, answer = self._ask(lambda: connection.docmd("DATA"))
        if code >= 500:
            self.close()
            raise SendingStopped(f"{self._name} takes no e-mail: {code} {answer}.")
        if code != 354:
            return self._refuse(code, answer)
        try:
            if connection.sock is not None:
                connection.sock.settimeout(_SECONDS_TO_TAKE)
            connection.send(_as_data(content))
            code, raw = connection.getreply()
            if connection.sock is not None:
                connection.sock.settimeout(_SECONDS)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Delivery(
                UNKNOWN, f"the connection broke after the e-mail was sent: {_reason(error)}"
            )
        if code != 250:
            return self._refuse(code, shorten_answer(raw))
        return Delivery(SENT, shorten_answer(raw))

    def check(self) -> None:
        """Connect, log in and let go, without a message; SendingStopped where that fails."""
        self._connection = self._connection or self._connect()
        self.close()

    def close(self) -> None:
        """Say good-bye to the server."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()

    @property
    def _name(self) -> str:
        return f"{self._server.host}:{self._server.port}"

    def _begin(self) -> smtplib.SMTP:
        """A connection on which the server has taken the sender of an e-mail.

        One that was kept from the e-mail before may have been closed meanwhile, since many servers
        take so many e-mails or wait so long: then another one is made.
        """
        if self._connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                code, _ = self._connection.mail(self._server.sender)
                if code == 250:
                    return self._connection
            self.close()
        self._connection = connection = self._connect()
        code, answer = self._ask(lambda: connection.mail(self._server.sender))
        if code != 250:
            raise SendingStopped(
                f"{self._name} refuses the sender {self._server.sender}: {code} {answer}."
            )
        return connection

    def _refuse(self, code: int, answer: str) -> Delivery:
        """The server does not take this e-mail; 4xx is for now, 5xx for good."""
        connection = self._connection
        assert connection is not None
        with suppress(OSError, smtplib.SMTPException):
            connection.rset()
        if code == 421:  # it closes the connection, and may take this one over another
            self.close()
        return Delivery(REFUSED if 500 <= code < 600 else LATER, f"{code} {answer}")

    def _ask(self, command: Callable[[], tuple[int, bytes]]) -> tuple[int, str]:
        """The answer to a command before any e-mail was sent; a broken connection stops the sending."""
        try:
            code, answer = command()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise SendingStopped(f"{self._name} breaks the connection: {_reason(error)}.") from None
        return code, shorten_answer(answer)

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "none" and server.host not in LOOPBACK:
            raise SendingStopped(
                f'{self._name}: security = "none" is for this machine only; use "starttls" or "tls".'
            )
        context = self._context or ssl.create_default_context()
        connection: smtplib.SMTP | None = None
        try:
            if server.security == "tls":
                connection = smtplib.SMTP_SSL(
                    server.host, server.port, timeout=_SECONDS, context=context
                )
            else:
                connection = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
            connection.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                connection.starttls(context=context)
                connection.ehlo()
            if server.user is not None:
                connection.login(server.user, server.password or "")
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            if connection is not None:
                connection.close()
            raise SendingStopped(f"{self._name}: {_explain(error)}.") from None
        return connection


def _as_data(content: bytes) -> bytes:
    """An e-mail as DATA has it: lines end with CRLF, a full stop that begins one is doubled."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    stuffed = re.sub(rb"(?m)^\.", b"..", lines)
    return stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _explain(error: Exception) -> str:
    """Why no connection came about, and what to look at."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate can't be trusted ({error.verify_message}); correct the host's name or its certificate"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"the login is refused ({error.smtp_code}); correct user and password"
    if isinstance(error, UnicodeError):
        return "user and password can only have ASCII characters; correct them"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"{str(error).rstrip('.')}; correct [mail] security"
    return f"no connection: {_reason(error)}"


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {shorten_answer(error.smtp_error)}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return shorten_answer(str(error)).rstrip(".") or type(error).__name__
