#!/usr/bin/env python
"""Eight people in browsers beside a night, on one ticket file; and every screen as axe-core sees it.

    python scripts/hard/web.py [--small] [--seed N]

A server serves a file of 20,000 tickets, on which a triage runs day after day. Eight people sign in, and
each records 30 events through forms, reading My day, a ticket and a list in between, and rests for
about a second after each. No page may fail,
no event may be lost, and 95 of 100 pages come within half a second. Then the browser tests run, and
axe-core looks at every screen in every look, where chromium is installed. On a machine that does other
things at the same time pages take longer: the last figure of the load says how many wanted a processor.
"""

from __future__ import annotations

import http.client
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from common.commands import run
from common.figures import Figures, given, zero
from common.files import ROOT, events, folder_for, make
from real_browser import Server, find_browser

PEOPLE = 8
GOAL = 0.5


class Size(NamedTuple):
    """How much is done: tickets, events of each person, and the seconds they rest after one at most."""

    tickets: int
    events: int
    rest: float


FULL, SMALL = Size(20_000, 30, 2.0), Size(300, 3, 0.2)


class Browser:
    """Somebody who signs in and sends forms, over one connection; `pages` are the seconds of each."""

    def __init__(self, server: Server, name: str, key: str) -> None:
        address = urlsplit(server.address)
        self._host = address.netloc
        self._connection = http.client.HTTPConnection(self._host, timeout=90)
        self.name, self.pages, self.wrong = name, list[float](), list[str]()
        self.recorded, self._cookie = list[int](), ""
        self.ask("POST", "/sign-in", {"key": key})

    def ask(self, method: str, path: str, form: Mapping[str, str] | None = None) -> str:
        """A page, after the redirects that lead to it; what went wrong is noted."""
        headers = {"Host": self._host, "Origin": f"http://{self._host}", "Cookie": self._cookie}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        self._connection.request(method, path, urlencode(form or {}), headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        self.pages.append(time.monotonic() - began)
        if cookie := answer.getheader("Set-Cookie"):
            self._cookie = cookie.partition(";")[0]
        if answer.status == 303:
            return self.ask("GET", answer.getheader("Location") or "/")
        # A procedure may refuse what a triage has made impossible meanwhile.
        if answer.status not in (200, 409):
            self.wrong.append(f"{method} {path}: {answer.status}")
        return text

    def record(self, ref: str, event: str, given: Mapping[str, str]) -> None:
        """Record an event through its form."""
        page = self.ask("GET", f"/t/{ref}")
        hidden = {name: _find(page, name) for name in ("token", "form")}
        done = self.ask("POST", f"/t/{ref}/e/{event}", {**hidden, "step": "record", **given})
        self.recorded += [int(one) for one in re.findall(r"Recorded as event (\d+)\.", done)]


def _find(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def work(one: Browser, size: Size, seed: int) -> None:
    """Thirty events on tickets of one's own, with what people look at in between."""
    chance, place = random.Random(f"{seed} {one.name}"), 0
    while place < size.events:
        ref = f"T-{10 * chance.randrange(1, size.tickets // 10)}"
        what = chance.choice(("note", "call", "call", "postpone"))
        given = {
            "note": {"text": f"said {place}"},
            "call": {"outcome": "no-answer"},
            "postpone": {"to": "2026-06-01"},
        }[what]
        one.ask(
            "GET", chance.choice(("/", "/list?q=status:calling", "/outbox", "/board/collections"))
        )
        one.record(ref, what, given)
        time.sleep(chance.uniform(size.rest / 3, size.rest))
        place += 1


def triage_on(path: str, over: Event, ended: list[int]) -> None:
    """Triage day after day until it is over."""
    day = 2
    while not over.is_set():
        at = f"2026-03-{day:02d}"
        ended.append(run(["triage", "--file", path, "--at", at, "--quiet"]).code)
        day = day % 28 + 1


def share(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def load(figures: Figures, size: Size, seed: int, small: bool) -> None:
    """The people and the night, and what came of it."""
    with folder_for(small) as folder:
        path = make(os.path.join(folder, "tickets.db"), size.tickets)
        config = os.path.join(folder, "prassi.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write('[company]\nname = "Quadrifoglia"\n')
        os.chmod(config, 0o600)
        server = Server(Path(path), Path(config), "2026-03-28")
        keys = {f"p{number}": server.find_key(f"p{number}") for number in range(PEOPLE)}
        people = [Browser(server, name, key) for name, key in keys.items()]
        before, over, ended = len(events(path)), Event(), list[int]()
        night = Thread(target=triage_on, args=(path, over, ended))
        threads = [Thread(target=work, args=(one, size, seed)) for one in people]
        for thread in (night, *threads):
            thread.start()
        for thread in threads:
            thread.join()
        over.set()
        night.join()
        server.close()
        judge(figures, path, people, ended, before, small)
        figures.print("lines in the server's log", len(_read(path).splitlines()), zero)


def _read(path: str) -> str:
    with open(path.replace(".db", ".log"), encoding="utf-8") as file:
        return file.read()


def judge(
    figures: Figures,
    path: str,
    people: list[Browser],
    ended: list[int],
    before: int,
    small: bool,
) -> None:
    """What was recorded, against what stands in the file."""
    for fault in [one for person in people for one in person.wrong][:10]:
        figures.wrong(fault)
    pages = [seconds for person in people for seconds in person.pages]
    figures.print("pages", len(pages), bool)
    figures.print("pages that failed", sum(len(one.wrong) for one in people), zero)
    told = [number for one in people for number in one.recorded]
    there = set(list(events(path))[before:])
    figures.print("events recorded", len(told), bool)
    figures.print("events lost", len({*told} - there), zero)
    figures.print("events told twice", len(told) - len({*told}), zero)
    figures.print("triages beside them", len(ended), bool)
    figures.print("triages that failed", sum(bool(code) for code in ended), zero)
    figures.print("verify ended with", run(["verify", "--file", path]).code, zero)
    for name, part in (("p50", 0.5), ("p95", 0.95), ("longest", 1.0)):
        must = (lambda n: n < GOAL) if name == "p95" and not small else None
        figures.print(f"a page, {name}, s", round(share(pages, part), 2), must)
    figures.print("processes that wanted a processor, by minute", round(os.getloadavg()[0], 1))


def browse(figures: Figures) -> None:
    """The browser tests, with axe-core at every screen in every look."""
    tests = str(ROOT / "tests" / "cli" / "test_web_browser.py")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", tests]
    ran = subprocess.run(
        words, cwd=ROOT, env={**os.environ, "PRASSI_AXE": "all"}, capture_output=True, text=True
    )
    if ran.returncode:
        figures.wrong(ran.stdout[-2000:])
    counted = re.search(r"(\d+) passed", ran.stdout)
    figures.print(
        "browser tests passed", int(counted[1]) if counted else ran.stdout.count("."), bool
    )


def main() -> None:
    told = given(__doc__)
    figures = Figures("The desk in a browser", told)
    load(figures, SMALL if told.small else FULL, told.seed, told.small)
    if not told.small:
        if find_browser() is None:
            figures.print("browser tests", "NOT TRIED: no chromium here", lambda value: False)
        else:
            browse(figures)
    figures.end()


if __name__ == "__main__":
    main()
