"""The server of a desk without a network: pages are asked for, and forms sent, in this process."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from desk import MONDAY, Desk
from prassi.cli.web.app import make_app
from prassi.cli.web.day_watch import DayWatch
from prassi.cli.web.desk_door import DeskPlace
from prassi.cli.web.guard import Guard
from prassi.cli.web.keys import KeyFile
from prassi.cli.web.sessions import Sessions
from prassi.cli.web.workers import OwnWorker
from werkzeug.test import TestResponse

HOST = "127.0.0.1:8600"
HERE = f"http://{HOST}"


class WebDesk:
    """A server on a desk's ticket file, with a key for anna, who is a lead."""

    def __init__(self, desk: Desk, read_only: bool = False, secure: bool = False) -> None:
        place = DeskPlace(str(desk.file), str(desk.folder / "prassi.toml"), MONDAY)
        self.keys = KeyFile(place.file)
        self.workers = OwnWorker(place)
        self.sessions = Sessions()
        guard = Guard(self.keys, self.sessions, [HOST], secure, read_only)
        self.app = make_app(self.workers, DayWatch(self.workers, None), self.keys, guard, "en")
        self.here = f"https://{HOST}" if secure else HERE

    def add_key(self, name: str, role: str = "agent", language: str | None = None) -> str:
        """A key for somebody."""
        return self.keys.add(name, role, language, MONDAY)

    def sign_in(self, name: str, role: str = "agent", language: str | None = None) -> Visit:
        """Somebody who has a key from now on, signed in."""
        visit = Visit(self)
        answer = visit.send("/sign-in", key=self.add_key(name, role, language))
        assert answer.status_code == 303, answer.text
        return visit

    def close(self) -> None:
        self.workers.close()


class Visit:
    """A browser at the server."""

    def __init__(self, web: WebDesk) -> None:
        self._web, self._client = web, web.app.test_client()
        self.headers = {"Host": HOST}

    def get(self, path: str, **headers: str) -> TestResponse:
        """A page."""
        headers = {**self.headers, **headers}
        return self._client.get(path, base_url=self._web.here, headers=headers, buffered=True)

    def page(self, path: str) -> str:
        """The text of a page that there is."""
        answer = self.get(path)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer.text

    def send(self, path: str, /, origin: str | None = "here", **form: Any) -> TestResponse:
        """Send a form, as from a page of the server unless another `origin` is given."""
        headers = dict(self.headers)
        if origin is not None:
            headers["Origin"] = self._web.here if origin == "here" else origin
        return self._client.post(path, base_url=self._web.here, headers=headers, data=form)

    def record(self, ref: str, event: str, /, step: str = "record", **given: Any) -> TestResponse:
        """Send the form of an event with the token of its page."""
        page = self.page(f"/t/{ref}")
        more = {"token": find_token(page), "form": find_value(page, "form"), "step": step}
        return self.send(f"/t/{ref}/e/{event}", **more, **given)

    @property
    def cookie(self) -> Any:
        """The cookie of the session, as the client keeps it."""
        found = [self._client.get_cookie(name, domain="127.0.0.1") for name in _COOKIES]
        return next((one for one in found if one is not None), None)


_COOKIES = ("prassi", "__Host-prassi")


def find_token(page: str) -> str:
    """The token of a page's forms."""
    return find_value(page, "token")


def find_value(page: str, name: str) -> str:
    """The first hidden value of that name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, page
    return unescape(found[1])


def read_text(page: str) -> str:
    """What a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())
