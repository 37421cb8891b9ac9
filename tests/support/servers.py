"""A mail server and an HTTP gateway on this machine that answer as a test tells them."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, NamedTuple

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Script:
    """What a server answers to each command, by its name; "250 OK" where nothing is said.

    `drop` names a command after which the connection breaks without an answer.
    """

    def __init__(self, drop: str = "", **answers: str) -> None:
        self.answers, self.drop = answers, drop
        self.mails: list[tuple[str, str, bytes]] = []
        self.commands: list[str] = []

    def _answer(self, server: Any, command: str) -> str:
        self.commands.append(command)
        if self.drop == command:
            server.transport.abort()
        return self.answers.get(command, "250 OK")

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self._answer(server, "MAIL")

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        answer = self._answer(server, "RCPT")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self._answer(server, "DATA")
        if answer.startswith("250"):
            (to,) = envelope.rcpt_tos
            self.mails.append((envelope.mail_from, to, envelope.original_content))
        return answer


class _Server(Controller):
    """A server that speaks TLS at once, after STARTTLS, or never."""

    def __init__(
        self, script: Script, port: int, security: str, login: tuple[str, str] | None
    ) -> None:
        self._security, self._login = security, login
        self.authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert("localhost").configure_cert(context)
        self._context = context
        tls = context if security == "tls" else None
        super().__init__(script, hostname="localhost", port=port, ssl_context=tls)

    def factory(self) -> SMTP:
        return SMTP(
            self.handler,
            hostname="localhost",
            tls_context=self._context if self._security == "starttls" else None,
            require_starttls=self._security == "starttls",
            auth_required=self._login is not None,
            auth_require_tls=self._security == "starttls",
            authenticator=self._authenticate,
        )

    def _authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, given: Any
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        right = self._login == (given.login.decode(), given.password.decode())
        return AuthResult(success=right, handled=False)


class MailSite(NamedTuple):
    """Where a mail server is, and a context that trusts its certificate."""

    port: int
    context: ssl.SSLContext


@contextmanager
def serve_mail(
    script: Script, security: str = "none", login: tuple[str, str] | None = None
) -> Iterator[MailSite]:
    """A mail server on this machine that answers as the script says."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = _Server(script, port, security, login)
    context = ssl.create_default_context()
    server.authority.configure_trust(context)
    server.start()
    try:
        yield MailSite(port, context)
    finally:
        server.stop()


class Request(NamedTuple):
    """What a gateway was asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@contextmanager
def serve_sms(
    answers: Sequence[tuple[int, bytes] | None], context: ssl.SSLContext | None = None
) -> Iterator[tuple[int, list[Request]]]:
    """A gateway on this machine that gives these answers, one a request; None breaks the connection."""
    waiting, requests = [*answers], list[Request]()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            requests.append(Request(self.command, self.path, dict(self.headers), body))
            answer = waiting.pop(0)
            if answer is None:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(answer[0])
            self.send_header("Content-Length", str(len(answer[1])))
            self.end_headers()
            self.wfile.write(answer[1])

        do_GET = do_POST  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on stderr."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1], requests
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
