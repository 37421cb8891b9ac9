"""What all pages of a desk share."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from .attempts import Attempts
from .day_watch import DayWatch
from .guard import Guard, Signed
from .keys import KeyFile
from .pages import render_page
from .sessions import Session
from .workers import Screen, Visitor, Workers


class WebDesk:
    """What the pages of a desk share."""

    def __init__(
        self, workers: Workers, watch: DayWatch, keys: KeyFile, guard: Guard, language: str
    ) -> None:
        self.workers, self.watch, self.keys, self.guard = workers, watch, keys, guard
        self.language = language
        self.attempts = Attempts()

    @property
    def signed(self) -> Signed:
        """Who asks for the page that is being made."""
        signed: Signed = g.signed
        return signed

    @property
    def visitor(self) -> Visitor:
        """Who asks, as screens want it."""
        key = self.signed.key
        return Visitor(key.name, key.role, key.language)

    @property
    def session(self) -> Session:
        """Their session."""
        return self.signed.session

    @property
    def address(self) -> str:
        """How the browser reaches the server, without a path."""
        return f"{'https' if self.guard.secure else 'http'}://{request.host}"

    def choose_language(self) -> str:
        """The language of who asks: that of their key, else the desk's."""
        signed: Signed | None = g.get("signed")
        return (signed and signed.key.language) or self.language

    def read(self, screen: Screen, *given: object) -> Any:
        """What a screen has for who asks."""
        return self.workers.read(screen, self.visitor, *given)

    def write(self, screen: Screen, *given: object) -> Any:
        """What who asks records, and what came of it."""
        return self.workers.write(screen, self.visitor, *given)

    def show(self, template: str, status: int = 200, **values: object) -> Response:
        """A page for who asks."""
        signed: Signed | None = g.get("signed")
        page = render_page(
            template,
            self.choose_language(),
            person=signed.key if signed else None,
            token=signed.session.token if signed else "",
            notices=signed.session.take_notices() if signed else [],
            path=request.path,
            **values,
        )
        return Response(page, status, mimetype="text/html")
