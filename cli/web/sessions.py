"""Sessions: who has signed in, until they sign out, do nothing for long, or their key is removed.

They are kept in the memory of the server: who restarts it signs everybody out.
"""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from time import monotonic

IDLE_SECONDS = 2 * 3600.0
"""After so long without a page a session ends."""

LONGEST_SECONDS = 12 * 3600.0
"""After so long it ends whatever is done."""

MOST = 2000
"""Sessions that are kept; the one that was used least recently makes room."""

_FORMS = 200
"""Forms whose use a session remembers, so that none is recorded twice."""


@dataclass
class Session:
    """Somebody who has signed in; `token` has to stand in each of their forms."""

    key_digest: str
    token: str
    began: float
    used: float
    notices: list[dict[str, object]] = field(default_factory=list)
    """What the next page tells: what was recorded, or taken back."""
    _sent_forms: deque[str] = field(default_factory=lambda: deque(maxlen=_FORMS))

    def take_form(self, number: str) -> bool:
        """Whether a form is sent for the first time; a second click is not."""
        if number in self._sent_forms:
            return False
        self._sent_forms.append(number)
        return True

    def take_notices(self) -> list[dict[str, object]]:
        """What is still to be told, once."""
        told, self.notices = self.notices, []
        return told


class Sessions:
    """The sessions of a server, by the secret of their cookie."""

    def __init__(self) -> None:
        self._open = dict[str, Session]()
        self._lock = Lock()

    def begin(self, key_digest: str) -> str:
        """Begin a session, and return the secret of its cookie."""
        secret, now = secrets.token_urlsafe(32), monotonic()
        session = Session(key_digest, secrets.token_urlsafe(32), now, now)
        with self._lock:
            self._drop_ended(now)
            if len(self._open) >= MOST:
                del self._open[min(self._open, key=lambda name: self._open[name].used)]
            self._open[_hash(secret)] = session
        return secret

    def find(self, secret: str | None) -> Session | None:
        """The session of a cookie, unless it has ended."""
        if not secret:
            return None
        now = monotonic()
        with self._lock:
            session = self._open.get(_hash(secret))
            if session is None or _has_ended(session, now):
                self._open.pop(_hash(secret), None)
                return None
            session.used = now
            return session

    def end(self, secret: str | None) -> None:
        """End the session of a cookie."""
        with self._lock:
            self._open.pop(_hash(secret or ""), None)

    def _drop_ended(self, now: float) -> None:
        for name in [one for one, session in self._open.items() if _has_ended(session, now)]:
            del self._open[name]


def _has_ended(session: Session, now: float) -> bool:
    return now - session.used > IDLE_SECONDS or now - session.began > LONGEST_SECONDS


def _hash(secret: str) -> str:
    """Under what a session is kept: who reads the memory of it finds no cookie."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
