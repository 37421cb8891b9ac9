"""Who the server answers to, and what every answer carries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from desk import Desk
from prassi.cli.web import attempts, sessions
from prassi.cli.web.guard import read_way_back
from webdesk import HOST, Visit, WebDesk, find_token

TICKET = {"ref": "T-1", "book": "collections", "customer": "C-1", "status": "new"}


@pytest.fixture
def web(desk: Desk) -> Iterator[WebDesk]:
    web = WebDesk(desk.load(TICKET))
    yield web
    web.close()


PATHS = ("/", "/t/T-1", "/c/C-1", "/list", "/board", "/outbox", "/stats", "/books", "/books/cases")


@pytest.mark.parametrize("path", PATHS)
def test_nobody_sees_a_page_without_a_key(web: WebDesk, path: str) -> None:
    answer = Visit(web).get(path)
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/sign-in")
    assert "Rossi" not in answer.text


@pytest.mark.parametrize(
    "path", ["/t/T-1/e/note", "/undo/1", "/outbox/1/hold", "/c/C-1", "/sign-out"]
)
def test_nobody_sends_a_form_without_a_session(web: WebDesk, desk: Desk, path: str) -> None:
    before = desk.file.read_bytes()
    assert Visit(web).send(path, step="record", text="x").status_code == 403
    assert desk.file.read_bytes() == before


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "", f"{HOST}."])
def test_a_foreign_name_is_not_answered(web: WebDesk, host: str) -> None:
    answer = Visit(web).get("/sign-in", Host=host)
    assert answer.status_code == 421


ORIGINS = [
    None,
    "null",
    "http://evil.example",
    "https://127.0.0.1:8600",
    f"http://{HOST}.evil.example",
]


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_form_from_elsewhere_changes_nothing(
    web: WebDesk, desk: Desk, origin: str | None
) -> None:
    anna = web.sign_in("anna")
    token = find_token(anna.page("/t/T-1"))
    before = desk.file.read_bytes()
    sent = {"token": token, "form": "1", "step": "record", "text": "x"}
    assert anna.send("/t/T-1/e/note", origin=origin, **sent).status_code == 403
    assert anna.send("/sign-in", origin=origin, key="x").status_code == 403
    assert desk.file.read_bytes() == before
    assert anna.send("/t/T-1/e/note", **sent).status_code == 303


def test_a_form_needs_the_token_of_its_own_session(web: WebDesk, desk: Desk) -> None:
    anna, luca = web.sign_in("anna"), web.sign_in("luca")
    foreign = find_token(luca.page("/t/T-1"))
    for token in ("", "x", foreign):
        sent = {"token": token, "form": "1", "step": "record", "text": "x"}
        assert anna.send("/t/T-1/e/note", **sent).status_code == 403
    assert desk.show()["notes"] == []


@pytest.mark.parametrize(
    ("name", "seconds"), [("IDLE_SECONDS", 7200.0), ("LONGEST_SECONDS", 43200.0)]
)
def test_a_session_ends(
    web: WebDesk, monkeypatch: pytest.MonkeyPatch, name: str, seconds: float
) -> None:
    assert getattr(sessions, name) == seconds
    anna = web.sign_in("anna")
    token = find_token(anna.page("/t/T-1"))
    monkeypatch.setattr(sessions, name, -1.0)
    assert anna.get("/").status_code == 303
    answer = anna.send("/t/T-1/e/note", token=token, form="1", step="record", text="x")
    assert answer.status_code == 403
    assert "session has ended" in answer.text


def test_signing_out_ends_the_session_at_the_server(web: WebDesk) -> None:
    anna = web.sign_in("anna")
    secret = anna.cookie.value
    answer = anna.send("/sign-out", token=find_token(anna.page("/")))
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert web.sessions.find(secret) is None


def test_a_removed_key_ends_its_sessions_at_once(web: WebDesk) -> None:
    anna = web.sign_in("anna")
    anna.page("/")
    web.keys.remove("anna")
    assert anna.get("/").status_code == 303


def test_a_session_has_a_new_secret_after_signing_in(web: WebDesk) -> None:
    key = web.add_key("anna")
    visit, secrets = Visit(web), set()
    for _ in range(2):
        visit.send("/sign-in", key=key)
        secrets.add(visit.cookie.value)
    assert len(secrets) == 2
    assert sum(web.sessions.find(secret) is not None for secret in secrets) == 1


def test_the_cookie_is_kept_from_scripts_and_other_sites(desk: Desk) -> None:
    desk.load(TICKET)
    for secure in (False, True):
        web = WebDesk(desk, secure=secure)
        answer = Visit(web).send("/sign-in", key=web.add_key(f"anna{secure}"))
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "Path=/" in cookie
        assert ("Secure" in cookie) == cookie.startswith("__Host-prassi=") == secure
        assert ("Strict-Transport-Security" in answer.headers) == secure
        web.close()


def test_wrong_keys_are_slowed_down(web: WebDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    key, visit = web.add_key("anna"), Visit(web)
    for _ in range(attempts.MOST):
        assert visit.send("/sign-in", key="wrong").status_code == 401
    answer = visit.send("/sign-in", key=key)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= attempts.SECONDS
    monkeypatch.setattr(attempts, "SECONDS", 0.0)
    assert visit.send("/sign-in", key=key).status_code == 303


def test_a_reader_changes_nothing(web: WebDesk, desk: Desk) -> None:
    eva = web.sign_in("eva", "read")
    assert "Record</button>" not in eva.page("/t/T-1")
    token = find_token(eva.page("/t/T-1"))
    before = desk.file.read_bytes()
    forms = ("/t/T-1/e/note", "/undo/1", "/outbox/1/hold", "/c/C-1")
    for path in forms:
        answer = eva.send(path, token=token, form="1", step="record", text="x", name="x")
        assert answer.status_code == 403
    assert desk.file.read_bytes() == before


def test_a_read_only_server_changes_nothing(desk: Desk) -> None:
    web = WebDesk(desk.load(TICKET), read_only=True)
    lead = web.sign_in("anna", "lead")
    token = find_token(lead.page("/t/T-1"))
    answer = lead.send("/t/T-1/e/note", token=token, form="1", step="record", text="x")
    assert (answer.status_code, "read-only" in answer.text) == (403, True)
    web.close()


def test_no_page_changes_anything_by_being_looked_at(web: WebDesk, desk: Desk) -> None:
    anna = web.sign_in("anna", "lead")
    before = desk.file.read_bytes()
    for path in (*PATHS, "/why/t/T-1", "/t/T-1?event=note&text=x", "/list?q=zz", "/board/requests"):
        anna.get(path)
    assert anna.get("/undo/1").status_code == 405
    assert anna.get("/t/T-1/e/note?step=record&text=x").status_code in (404, 405)
    assert desk.file.read_bytes() == before


@pytest.mark.parametrize("path", ["/sign-in", "/", "/static/desk.js", "/nothing", "/t/none"])
def test_every_answer_is_guarded(web: WebDesk, path: str) -> None:
    headers = web.sign_in("anna").get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Server" not in headers


@pytest.mark.parametrize(
    ("asked", "back"),
    [
        ("/t/T-1?event=call", "/t/T-1?event=call"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        ("t/T-1", "/"),
        (None, "/"),
    ],
)
def test_signing_in_leads_to_a_page_of_this_server(asked: str | None, back: str) -> None:
    assert read_way_back(asked) == back


def test_a_calendar_is_found_by_its_address_only(web: WebDesk) -> None:
    web.sign_in("anna")
    (key,) = web.keys.read()
    token = web.keys.make_calendar_token(key)
    stranger = Visit(web)
    answer = stranger.get(f"/cal/{token}.ics")
    assert answer.text.startswith("BEGIN:VCALENDAR")
    assert answer.mimetype == "text/calendar"
    assert stranger.get(f"/cal/{token[:-1]}.ics").status_code == 404
    assert stranger.get("/cal/%C3%A9.ics").status_code == 404
    assert stranger.get("/cal/x/../../.ics").status_code in (303, 404)
    web.keys.remove("anna")
    assert stranger.get(f"/cal/{token}.ics").status_code == 404


def test_an_error_says_nothing_of_the_inside(
    web: WebDesk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    anna = web.sign_in("anna")
    monkeypatch.setattr("prassi.cli.web.ticket_screen.read_ticket", lambda *given: 1 / 0)
    answer = anna.get("/t/T-1")
    assert answer.status_code == 500
    assert "ZeroDivision" not in answer.text
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_form_that_is_too_large_is_not_read(web: WebDesk, desk: Desk) -> None:
    anna = web.sign_in("anna")
    token = find_token(anna.page("/t/T-1"))
    answer = anna.send("/t/T-1/e/note", token=token, step="record", text="x" * 1_300_000)
    assert answer.status_code == 413
    assert desk.show()["notes"] == []
