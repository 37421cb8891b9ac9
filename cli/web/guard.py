"""What stands before every page: whom the server answers to, and what it answers to them.

The order is that of `Guard.check`: the name it was called by, where a form comes from, who asks,
the token of the form, and whether they may.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import Request, Response

from .keys import KeyFile, PersonKey
from .sessions import Session, Sessions

OPEN_PATHS = ("/sign-in", "/static/", "/cal/")
"""What is answered without a session; a calendar has a token in its address."""

COOKIE, SECURE_COOKIE = "prassi", "__Host-prassi"

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "no-store",
}
"""What every answer carries: no scripts but our own, in no frame, kept nowhere."""

_YEAR = 31_536_000


class Refusal(Exception):
    """An answer in place of a page: its status, and a sentence."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


class SignInFirst(Exception):
    """Nobody has signed in, or the session has ended."""


class Signed(NamedTuple):
    """Somebody who has signed in."""

    key: PersonKey
    session: Session


class Guard:
    """Lets requests through, or not."""

    def __init__(
        self, keys: KeyFile, sessions: Sessions, hosts: Iterable[str], secure: bool, read_only: bool
    ) -> None:
        self._keys, self.sessions = keys, sessions
        self._hosts, self.secure, self.read_only = frozenset(hosts), secure, read_only
        self.cookie = SECURE_COOKIE if secure else COOKIE

    def check(self, request: Request) -> Signed | None:
        """Who asks; None where that does not matter. Refusal or SignInFirst where it is not answered."""
        host = request.headers.get("Host", "").lower()
        if host not in self._hosts:
            raise Refusal(421, "This server does not answer to that name.")
        if request.method == "POST":
            self._check_origin(request, host)
        signed = self._find_signed(request)
        if request.path.startswith(OPEN_PATHS):
            return signed
        if signed is None:
            raise SignInFirst
        if request.method == "POST":
            _check_token(request, signed.session)
            self._check_role(request.path, signed.key)
        return signed

    def _check_origin(self, request: Request, host: str) -> None:
        """A form must come from a page of ours: browsers say where each one comes from."""
        scheme = "https" if self.secure else "http"
        if request.headers.get("Origin", "").lower() != f"{scheme}://{host}":
            raise Refusal(403, "This form does not come from a page of this server.")

    def _find_signed(self, request: Request) -> Signed | None:
        secret = request.cookies.get(self.cookie)
        session = self.sessions.find(secret)
        if session is None:
            return None
        key = self._keys.find_by_digest(session.key_digest)
        if key is None:  # removed meanwhile
            self.sessions.end(secret)
            return None
        return Signed(key._replace(role="read") if self.read_only else key, session)

    def _check_role(self, path: str, key: PersonKey) -> None:
        if path != "/sign-out" and not key.may("agent"):
            why = "This server is read-only." if self.read_only else "Your key is for reading only."
            raise Refusal(403, f"{why} Nothing was changed.")

    def add_headers(self, response: Response) -> Response:
        """An answer with what every answer carries."""
        for name, value in HEADERS.items():
            response.headers[name] = value
        if self.secure:
            response.headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
        return response

    def set_cookie(self, response: Response, secret: str) -> None:
        """Give the browser the cookie of a session; it goes with the browser."""
        response.set_cookie(
            self.cookie, secret, secure=self.secure, httponly=True, samesite="Strict", path="/"
        )

    def delete_cookie(self, response: Response) -> None:
        """Take the cookie of a session away."""
        response.delete_cookie(
            self.cookie, secure=self.secure, httponly=True, samesite="Strict", path="/"
        )


def _check_token(request: Request, session: Session) -> None:
    given = request.form.get("token", "")
    if not hmac.compare_digest(given.encode(), session.token.encode()):
        raise Refusal(403, "This form has expired: go back, load the page anew, and send it again.")


def read_way_back(path: str | None) -> str:
    """Where to go after signing in: a page of this server, else the first one."""
    path = path or "/"
    parts = urlsplit(path)
    here = not parts.scheme and not parts.netloc and path.startswith("/")
    return path if here and not path.startswith(("//", "/\\")) and path.isprintable() else "/"
