"""The desk in a real browser: what people do there, with a mouse, by keyboard and with a finger."""

from __future__ import annotations

import json
import os
import shutil
import ssl
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from desk import MONDAY, Desk
from hostile import BOOKS, FIXTURES, MARKED, poisoned
from real_browser import Person, Server, find_browser, open_browser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        find_browser() is None, reason="no chromium here: the browser tests did not run"
    ),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """All five desks of the fixtures, after a night."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    desk.good("init")
    desk.good(["import", *(str(FIXTURES / f"{book}.json") for book in BOOKS)])
    shutil.copy(FIXTURES / "prassi.toml", desk.folder)
    desk.good("triage -q")
    server = Server(desk.file, desk.folder / "prassi.toml", MONDAY)
    server.desk = desk  # type: ignore[attr-defined]
    yield server
    server.close()


@pytest.fixture
def anna(browser: Any, server: Server) -> Iterator[Person]:
    person = Person(browser, server)
    yield person
    person.close()
    assert person.faults == []


def history(server: Server, ref: str) -> list[Any]:
    view: list[Any] = server.desk.view(ref)["history"]  # type: ignore[attr-defined]
    return [(one["event"], one["rule"], one["by"], one["undone"]) for one in view]


def test_a_call_is_recorded_through_the_form_explained_and_taken_back(
    anna: Person, server: Server
) -> None:
    page = anna.page
    anna.go("/t/T-1009")
    page.click("#e-call > summary")
    form = page.locator("#e-call form")
    assert not form.locator("[data-name=reason]").is_visible()
    form.get_by_label("no agreement").check()
    assert form.locator("[data-name=reason]").is_visible()
    assert not form.locator("[data-name=agreed_on]").is_visible()
    form.get_by_label("no answer").check()
    assert not form.locator("[data-name=reason]").is_visible()
    before = history(server, "T-1009")
    form.get_by_role("button", name="Preview").click()
    assert "rests until next month" in page.locator(".decision").inner_text()
    assert history(server, "T-1009") == before
    page.locator("#e-call").get_by_role("button", name="Record").click()
    assert "Recorded as event" in page.locator(".notice").inner_text()
    rule = "call.no-answer.missed-contact"
    assert history(server, "T-1009") == [*before, ("call", rule, "anna", False)]
    page.locator(".timeline a").first.click()
    assert rule in page.locator("h2").first.inner_text()
    assert "What the procedure says" in page.locator("main").inner_text()
    page.go_back()
    page.locator(".timeline").get_by_role("button", name="Take back").first.click()
    assert "was taken back" in page.locator(".notice").inner_text()
    assert history(server, "T-1009")[len(before)] == ("call", rule, "anna", True)


def test_a_drag_writes_an_event(anna: Person, server: Server) -> None:
    anna.go("/board/requests")
    anna.drag('[data-ref="Q-104"]', '[data-status="waiting"]')
    anna.page.locator('[data-status="waiting"] [data-ref="Q-104"]').wait_for()
    assert history(server, "Q-104")[-1] == ("request", "request.move", "anna", False)


def test_a_card_without_an_owner_is_refused_and_asks_for_one(anna: Person, server: Server) -> None:
    page, before = anna.page, history(server, "Q-101")
    anna.go("/board/requests")
    anna.drag('[data-ref="Q-101"]', '[data-status="in-progress"]')
    page.locator("#ask[open]").wait_for()
    assert "has no owner" in page.locator("#ask-text").inner_text()
    assert history(server, "Q-101") == before
    page.get_by_role("button", name="Leave it").click()
    anna.go("/board/requests")
    anna.drag('[data-ref="Q-101"]', '[data-status="in-progress"]')
    page.fill("#ask-value", "luca")
    page.locator("#ask").get_by_role("button", name="Record").click()
    page.locator('[data-status="in-progress"] [data-ref="Q-101"]').wait_for()
    assert history(server, "Q-101") == [*before, ("request", "request.move", "anna", False)]
    assert server.desk.view("Q-101")["owner"] == "luca"  # type: ignore[attr-defined]


def test_a_document_is_made_once_and_warns_before(anna: Person, server: Server) -> None:
    page = anna.page
    for place in range(2):
        anna.go("/board/requests")
        anna.drag('[data-ref="Q-105"]', '.zone:has-text("quote")')
        form = page.locator("#e-request form")
        form.wait_for()
        form.locator("[data-name=close]").get_by_label("no").check()
        form.get_by_role("button", name="Preview").click()
        decision = page.locator(".decision").inner_text()
        if place == 0:
            assert "can't be taken back" in decision
            page.locator("#e-request").get_by_role("button", name="Record").click()
            assert "can't be taken back" in page.locator(".notice").inner_text()
        else:
            assert "was made from Q-105 before" in decision
    made = server.desk.view("Q-105")["documents"]  # type: ignore[attr-defined]
    assert [one["kind"] for one in made] == ["quote"]


def test_a_drag_on_any_board_leads_to_the_form_of_what_has_happened(
    anna: Person, server: Server
) -> None:
    page, before = anna.page, history(server, "T-1003")
    anna.go("/board/collections?q=assignee:anna")
    anna.drag('[data-ref="T-1003"]', '.column[data-status="appointment"]')
    form = page.locator("#e-call form")
    form.wait_for()
    assert form.get_by_label("must verify").is_checked()
    assert history(server, "T-1003") == before
    form.locator("[name=appointment]").fill("2026-03-04T10:00")
    form.get_by_role("button", name="Preview").click()
    page.locator("#e-call").get_by_role("button", name="Record").click()
    page.locator('.column[data-status="appointment"] [data-ref="T-1003"]').wait_for()
    assert page.url.endswith("/board/collections?q=assignee:anna")
    assert history(server, "T-1003")[-1][0] == "call"


def test_a_drag_that_nothing_can_lead_to_is_refused_aloud(anna: Person, server: Server) -> None:
    page, before = anna.page, history(server, "K-216")
    anna.go("/board/cases")
    anna.drag('[data-ref="K-216"]', '.column[data-status="OPEN"]')
    page.locator("#ask[open]").wait_for()
    assert "leads from “OPEN REJECT RETURN” to “OPEN”" in page.locator("#ask-text").inner_text()
    assert not page.locator("#ask-value").is_visible()
    assert not page.locator("#ask").get_by_role("button", name="Record").is_visible()
    page.get_by_role("button", name="Leave it").click()
    anna.drag('[data-ref="K-216"]', '.zone[data-status="CLOSED"]')
    page.get_by_text("What has happened?").wait_for()
    assert history(server, "K-216") == before


def test_a_form_that_is_sent_twice_is_recorded_once(anna: Person, server: Server) -> None:
    page = anna.page
    anna.go("/t/T-1012")
    page.click("#e-note > summary")
    page.fill("#note-text", "said once")
    sent = page.evaluate(
        """async () => {
          const form = document.querySelector("#e-note form"), data = new URLSearchParams(new FormData(form));
          data.set("step", "record");
          const answers = await Promise.all([1, 2, 3].map(() => fetch(form.action, {method: "POST", body: data})));
          return answers.map((one) => one.status);
        }"""
    )
    assert sent == [200, 200, 200]
    notes = server.desk.view("T-1012")["notes"]  # type: ignore[attr-defined]
    assert [one["text"] for one in notes].count("said once") == 1


def test_everything_can_be_done_by_keyboard(anna: Person, server: Server) -> None:
    page = anna.page
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    chosen = page.locator(".chosen").first.locator("a").first.inner_text()
    assert chosen == page.locator("[data-row] a").first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/t/{chosen}")
    anna.go("/board/requests")
    summary = page.locator('[data-ref="Q-110"] summary')
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator('.column:not([data-status="waiting"]) [data-ref="Q-110"]').wait_for()
    assert history(server, "Q-110")[-1][1] == "request.move"


def test_it_works_without_scripts(browser: Any, server: Server) -> None:
    person = Person(browser, server, java_script_enabled=False)
    person.go("/t/T-1014")
    person.page.click("#e-call > summary")
    assert person.page.locator("#e-call .condition").first.is_visible()
    person.page.locator("#e-call").get_by_label("no answer").check()
    person.page.locator("#e-call").get_by_role("button", name="Record").click()
    assert "Recorded as event" in person.page.locator(".notice").inner_text()
    person.go("/board/requests")
    person.page.locator('[data-ref="Q-108"] summary').click()
    person.page.locator('[data-ref="Q-108"] select').select_option("waiting")
    person.page.locator('[data-ref="Q-108"]').get_by_role("button", name="Move").click()
    person.page.locator('[data-status="waiting"] [data-ref="Q-108"]').wait_for()
    person.close()


def test_a_page_of_another_server_can_not_send_a_form(anna: Person, server: Server) -> None:
    foreign = Server.__new__(Server)  # the same server by another name: another site to a browser
    foreign.address = server.address.replace("127.0.0.1", "localhost")
    before = history(server, "T-1012")
    page = anna.context.new_page()
    page.goto(f"{foreign.address}/sign-in")
    page.evaluate(
        """(to) => {
          const form = document.createElement("form");
          Object.assign(form, {method: "POST", action: `${to}/t/T-1012/e/note`});
          form.innerHTML = '<input name="text" value="x"><input name="step" value="record">';
          document.body.append(form);
          form.submit();
        }""",
        server.address,
    )
    page.wait_for_timeout(500)
    assert history(server, "T-1012") == before


SCREENS = (
    "/", "/t/T-1009", "/t/T-1009?event=call", "/t/T-1027", "/t/R-114", "/t/K-216", "/t/P-113", "/t/Q-110",
    "/c/C-101", "/board/requests", "/board/cases", "/board/collections",
    "/list?q=book:collections", "/list?q=zzz", "/list?q=status:x",
    "/outbox", "/stats", "/stats?figure=calls&by=who", "/stats?figure=ageing&book=collections&class=31-60",
    "/books", "/books/collections", "/books/cases/matrix", "/why/t/T-1009", "/move?ticket=T-1009",
    "/move?ticket=T-1009&status=blocked", "/nothing",
)  # fmt: skip
ALL = os.environ.get("PRASSI_AXE") == "all"
TELLING = ("/", "/t/T-1009?event=call", "/board/requests", "/stats?figure=calls&by=who", "/nothing")
"""Screens that axe-core looks at in every look; `scripts/hard/web.py` has it look at all."""
LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}},
    "arabic": {"name": "samir", "language": "ar"},
    "arabic-phone": {"name": "samir", "language": "ar", "viewport": {"width": 360, "height": 740}},
}


@pytest.mark.parametrize("look", LOOKS)
def test_every_screen_is_accessible_and_fits(browser: Any, server: Server, look: str) -> None:
    person = Person(browser, server, **LOOKS[look])
    wrong = dict[str, object]()
    for path in SCREENS:
        person.go(path)
        if (look == "light" or path in TELLING or ALL) and (violations := person.find_violations()):
            wrong[path] = violations
        wide = person.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            wrong[f"{path} is too wide"] = wide
        if look.startswith("arabic"):
            assert person.page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    person.close()
    assert wrong == {}
    assert person.faults == []


def test_stored_markup_shows_as_text_on_every_screen(browser: Any, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.good("init")
    for book in BOOKS:
        (tmp_path / f"{book}.json").write_text(json.dumps(poisoned(book, MARKED)), encoding="utf-8")
    desk.good(["import", *(str(tmp_path / f"{book}.json") for book in BOOKS)])
    shutil.copy(FIXTURES / "prassi.toml", desk.folder)
    desk.good("triage -q")
    server = Server(desk.file, desk.folder / "prassi.toml", MONDAY)
    person = Person(browser, server)
    page, seen = person.page, 0
    paths = [
        "/",
        "/?who=agent",
        "/list",
        "/list?q=all:yes",
        "/outbox",
        "/board/requests",
        "/board/cases",
    ]
    paths += [
        "/stats?figure=ageing&book=collections&class=31-60",
        "/list?q=%3Cscript%3Epwned=1%3C/script%3E",
    ]
    for path in paths:
        person.go(path)
        seen += _check_shown_as_text(page)
    person.go("/list?q=all:yes")
    links = page.evaluate(
        "[...document.querySelectorAll('td a')].map((one) => one.getAttribute('href'))"
    )
    tickets = [one for one in links if one.startswith("/t/")]
    for path in [*tickets[::4], *[one for one in links if one.startswith("/c/")][:6]]:
        answer = person.go(path)
        assert answer.status == 200, path
        seen += _check_shown_as_text(page)
    assert seen > 100
    person.close()
    assert person.faults == []
    assert server.read_log() == ""
    server.close()


def _check_shown_as_text(page: Any) -> int:
    """How often the markup is there as text; it is nowhere as elements, and has run nothing."""
    found = page.evaluate(
        """() => ({
          ran: typeof pwned !== "undefined",
          elements: document.querySelectorAll("main img, main script, base, a[href^=javascript], svg[onload]").length,
          text: document.body.innerText.split("<script>").length - 1,
          computed: document.body.innerText.includes("49"),
        })"""
    )
    assert not found["ran"]
    assert found["elements"] == 0
    return int(found["text"])


def test_other_machines_are_served_over_tls(tmp_path: Path) -> None:
    import trustme

    authority = trustme.CA()
    issued = authority.issue_cert("desk.example.org", "127.0.0.1")
    certificate, key = tmp_path / "desk.pem", tmp_path / "desk.key"
    certificate.write_bytes(b"".join(one.bytes() for one in issued.cert_chain_pems))
    key.write_bytes(issued.private_key_pem.bytes())
    desk = Desk(tmp_path)
    desk.good("init")
    options = ("--tls-cert", str(certificate), "--tls-key", str(key), "--name", "desk.example.org")
    server = Server(desk.file, desk.folder / "prassi.toml", MONDAY, *options)
    assert server.address.startswith("https://desk.example.org:")
    port = int(server.address.rpartition(":")[2])
    context = ssl.create_default_context()
    authority.configure_trust(context)
    for name, status in (("desk.example.org", 200), ("127.0.0.1", 200), ("evil.example", 421)):
        connection = HTTPSConnection("127.0.0.1", port, context=context)
        connection.request("GET", "/sign-in", headers={"Host": f"{name}:{port}"})
        assert connection.getresponse().status == status
        connection.close()
    connection = HTTPSConnection("127.0.0.1", port, context=context)
    headers = {"Host": f"desk.example.org:{port}", "Origin": server.address}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request("POST", "/sign-in", urlencode({"key": server.find_key("anna")}), headers)
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Strict-Transport-Security")) == (
        303,
        "max-age=31536000",
    )
    assert answer.getheader("Set-Cookie", "").startswith("__Host-prassi=")
    assert "Secure" in answer.getheader("Set-Cookie", "")
    connection.close()
    plain = HTTPConnection("127.0.0.1", port)
    plain.request("GET", "/sign-in", headers={"Host": f"desk.example.org:{port}"})
    with pytest.raises((HTTPException, OSError)):
        plain.getresponse()
    plain.close()
    server.close()
    assert server.process.returncode == 0
