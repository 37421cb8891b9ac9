"""A real browser at a real server: Debian's chromium, driven by playwright."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prassi.cli.web.keys import KeyFile

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def find_browser() -> str | None:
    """The path of a browser on this machine."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


class Server:
    """`prassi serve` on a ticket file, as a process of its own, with keys for its people."""

    def __init__(self, file: Path, config: Path, at: str | None, *options: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.keys = KeyFile(str(file))
        self._secrets = {"anna": self.keys.add("anna", "lead", None, "2026-03-02")}
        words = [sys.executable, "-m", "prassi.cli.entry", "serve", "--json", "--port", str(port)]
        words += [
            "--file",
            str(file),
            "--config",
            str(config),
            *(["--at", at] if at else ()),
            *options,
        ]
        self._log = open(file.with_suffix(".log"), "w+", encoding="utf-8")  # noqa: SIM115
        self.process = subprocess.Popen(
            words,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**os.environ, "TZ": "UTC"},
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.read_log()
        self.address = json.loads(line)["address"].rstrip("/")

    def find_key(self, name: str, role: str = "agent", language: str | None = None) -> str:
        """The key of a person; made where there is none."""
        if name not in self._secrets:
            self._secrets[name] = self.keys.add(name, role, language, "2026-03-02")
        return self._secrets[name]

    def read_log(self) -> str:
        """What the server has written to stderr."""
        self._log.flush()
        self._log.seek(0)
        return self._log.read()

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._log.close()


@contextmanager
def open_browser() -> Iterator[Any]:
    """A browser; it is closed at the end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # A sandbox of its own needs a user who is not root; pages here are our own.
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


class Person:
    """Somebody at the desk, in a window of their own; `faults` are those of scripts and policies."""

    def __init__(
        self,
        browser: Any,
        server: Server,
        name: str = "anna",
        language: str | None = None,
        **how: Any,
    ) -> None:
        self.server, self.faults = server, list[str]()
        self.context = browser.new_context(viewport=how.pop("viewport", _WIDE), **how)
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._note)
        key = server.find_key(name, "agent", language)
        self.page.goto(f"{server.address}/sign-in")
        self.page.fill("#key", key)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{server.address}/")

    def _note(self, message: Any) -> None:
        if message.type == "error" and "the server responded with" not in message.text:
            self.faults.append(message.text)

    def go(self, path: str) -> Any:
        """Go to a page, and return what the server answered."""
        return self.page.goto(f"{self.server.address}{path}")

    def drag(self, card: str, onto: str) -> None:
        """Draw a card onto a column or a zone, as a hand with a mouse does."""
        self.page.locator(card).scroll_into_view_if_needed()
        start, end = (self.page.locator(one).bounding_box() for one in (card, onto))
        x, y = start["x"] + 60, start["y"] + 12
        # Within a column at the height of the card, so that nothing has to be scrolled.
        to = min(max(y, end["y"] + 15), end["y"] + end["height"] - 10)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(end["x"] + 40, to, steps=5)
        self.page.mouse.move(end["x"] + 45, to + 2)
        self.page.mouse.up()

    def find_violations(self) -> list[str]:
        """What axe-core finds against the page: WCAG 2.2 A and AA, and what it calls best practice."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]

    def close(self) -> None:
        self.context.close()


_WIDE = {"width": 1200, "height": 900}
