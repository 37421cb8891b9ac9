"""What the pages show, and what their forms do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from desk import MONDAY, SETTINGS, Desk
from hostile import FIXTURES
from webdesk import Visit, WebDesk, find_token, read_text

CALLING = {
    "ref": "T-1",
    "book": "collections",
    "customer": "C-1",
    "status": "calling",
    "assignee": "anna",
    "tasks": [{"kind": "call-again", "due": MONDAY}],
    "proformas": [{"number": "PF-1", "amount": "120.00", "issued": "2026-01-10"}],
}
NEW = {
    "ref": "T-2",
    "book": "collections",
    "customer": "C-1",
    "status": "new",
    "proformas": [{"number": "PF-2", "amount": "10.00", "issued": "2025-01-10"}],
}
REQUEST = {"ref": "Q-1", "book": "requests", "customer": "C-1", "status": "new", "text": "a quote"}
CASE = {
    "ref": "K-1",
    "book": "cases",
    "customer": "C-1",
    "status": "OPEN-REJECT-RETURN",
    "category": "backoffice",
    "creator": "anna",
}
REQUIREMENT = {
    "ref": "R-1",
    "book": "insistence",
    "customer": "C-1",
    "status": "open",
    "line": "metered",
    "respond_by": "2026-03-20",
}


@pytest.fixture
def web(desk: Desk) -> Iterator[WebDesk]:
    desk.settings(f"{SETTINGS}\n[views]\nmine = 'assignee:anna'\n")
    web = WebDesk(desk.load(CALLING, NEW, REQUEST, CASE, REQUIREMENT))
    yield web
    web.close()


@pytest.fixture
def anna(web: WebDesk) -> Visit:
    return web.sign_in("anna", "lead")


def test_my_day_has_what_i_have_to_do_and_what_nobody_has(anna: Visit) -> None:
    mine, anybody = anna.page("/").split("What nobody has yet")
    assert "/t/T-1" in mine
    assert 'href="tel:+390550001"' in mine
    assert "/t/T-2" not in mine
    assert "/t/T-2" in anybody


def test_a_form_asks_for_what_the_event_asks_for(anna: Visit) -> None:
    page = anna.page("/t/T-1")
    form = page.partition('id="e-call"')[2].partition("</form>")[0]
    for word in ("no-answer", "already-paid", "agreement", "no-agreement"):
        assert f'value="{word}"' in form
    reason = form.partition('data-name="reason"')[0].rpartition("data-when=")[2]
    assert json.loads(reason.strip().strip("'")) == {"outcome": ["no-agreement"]}
    assert f'min="{MONDAY}"' in form
    payment = page.partition('id="e-payment"')[2].partition("</form>")[0]
    assert 'type="checkbox" name="proforma" value="PF-1"' in payment


def test_what_the_procedure_refuses_now_stands_apart(anna: Visit) -> None:
    possible, not_now = anna.page("/t/T-1").split(">Not now<")
    assert 'id="e-call"' in possible
    assert 'id="e-care"' in not_now
    assert 'id="e-care"' not in possible
    apart = anna.page("/t/R-1").partition("<h3>Not now</h3>")[2]
    assert "R-1 is open and not with the supervisor" in read_text(apart)
    assert "R-1 has no open task." in read_text(apart)


def test_a_preview_writes_nothing_and_says_what_the_record_then_does(
    anna: Visit, desk: Desk
) -> None:
    before = desk.file.read_bytes()
    preview = anna.record("T-1", "call", step="preview", outcome="no-answer")
    assert preview.status_code == 200
    assert desk.file.read_bytes() == before
    done = anna.record("T-1", "call", outcome="no-answer")
    assert done.status_code == 303
    (event,) = desk.show()["history"]
    assert (event["event"], event["by"]) == ("call", "anna")
    assert f"<code>{event['rule']}</code>" in preview.text
    assert "Recorded as event" in anna.page("/t/T-1")
    assert "Recorded as event" not in anna.page("/t/T-1")


@pytest.mark.parametrize(
    ("event", "given", "status", "said"),
    [
        ("call", {}, 400, "“outcome” is missing"),
        ("call", {"outcome": "agreement"}, 400, "“agreed on” is missing"),
        ("call", {"outcome": "no-answer", "agreed_on": "2026-03-09"}, 400, "can only be used with"),
        ("call", {"outcome": "agreement", "agreed_on": "2026-02-01"}, 400, "which is past"),
        ("payment", {"proforma": "PF-9", "on": MONDAY}, 400, "PF-9"),
        ("care", {"answer": "solved"}, 409, "Customer Care"),
        ("nothing", {}, 400, "has no event"),
    ],
)
def test_what_is_wrong_stands_at_the_form(
    anna: Visit, desk: Desk, event: str, given: dict[str, str], status: int, said: str
) -> None:
    before = desk.file.read_bytes()
    for step in ("preview", "record"):
        answer = anna.record("T-1", event, step=step, **given)
        assert answer.status_code in (status, 400, 409), answer.text
        assert said in read_text(answer.text) or event == "care"
        assert "traceback" not in answer.text.lower()
    assert desk.file.read_bytes() == before


def test_a_form_is_recorded_once(anna: Visit, desk: Desk) -> None:
    token = find_token(anna.page("/t/T-1"))
    for _ in range(3):
        sent = {"token": token, "form": "the same", "step": "record", "text": "once"}
        assert anna.send("/t/T-1/e/note", **sent).status_code == 303
    assert len(desk.show()["notes"]) == 1


def test_an_agent_takes_back_their_own_steps_only(web: WebDesk, anna: Visit, desk: Desk) -> None:
    luca = web.sign_in("luca")
    anna.record("T-1", "note", text="anna's")
    luca.record("T-1", "note", text="luca's")
    first, second = (one["event_id"] for one in desk.show()["history"])
    token = find_token(luca.page("/t/T-1"))
    answer = luca.send(f"/undo/{first}", token=token, agreed="yes")
    assert (answer.status_code, "only a lead" in answer.text) == (409, True)
    assert luca.send(f"/undo/{second}", token=token).status_code == 303
    assert [one["text"] for one in desk.show()["notes"]] == ["anna's"]


def test_a_lead_is_asked_before_another_s_step_is_taken_back(
    web: WebDesk, anna: Visit, desk: Desk
) -> None:
    web.sign_in("luca").record("T-1", "note", text="luca's")
    (event,) = desk.show()["history"]
    token = find_token(anna.page("/t/T-1"))
    asked = anna.send(f"/undo/{event['event_id']}", token=token)
    assert "luca" in read_text(asked.text)
    assert len(desk.show()["notes"]) == 1
    assert anna.send(f"/undo/{event['event_id']}", token=token, agreed="yes").status_code == 303
    assert desk.show()["notes"] == []


def test_a_move_without_an_owner_asks_for_the_owner(anna: Visit, desk: Desk) -> None:
    page = anna.page("/board/requests")
    assert "can't be taken back" in read_text(page)
    move = {"what": "move", "state": "waiting"}
    answer = anna.record("Q-1", "request", **move)
    assert answer.status_code == 409
    assert 'data-asked="owner"' in answer.text
    assert anna.record("Q-1", "request", **move, owner="luca").status_code == 303
    shown = desk.show("Q-1")
    assert (shown["status"], shown["owner"]) == ("waiting", "luca")


DRAGS = (
    ("T-1", "missed-contact", None, {}),  # the fourth call in vain leads there
    ("T-1", "blocked", None, {}),
    ("T-1", "pre-block", "call", {"outcome": "no-agreement", "reason": "refuses"}),
    ("T-2", "calling", "call", {"outcome": "no-answer"}),
    ("Q-1", "waiting", "request", {"what": "move", "state": "waiting"}),
    ("K-1", "OPEN", None, {}),
)
"""Tickets dragged to a status, with the event that leads there: None where none can happen."""


def test_a_drag_to_a_status_leads_to_what_can_happen(anna: Visit, desk: Desk) -> None:
    before = desk.good("log --json").out
    for ref, status, event, given in DRAGS:
        answer = anna.get(f"/move?ticket={ref}&status={status}&back=/board/x")
        if event is None:
            assert answer.status_code == 409
            assert "Nothing that can happen to it now leads" in read_text(answer.text)
        else:
            assert answer.status_code == 303, (ref, status)
            sent = dict(parse_qsl(urlsplit(answer.location).query))
            assert sent == {**given, "event": event, "back": "/board/x"}
    asked = anna.page("/move?ticket=T-1&status=awaiting-payment")
    ways = [dict(parse_qsl(urlsplit(unescape(one)).query)) for one in _WAY.findall(asked)]
    assert {(one["event"], one.get("outcome")) for one in ways} == {
        ("call", "agreement"),
        ("call", "already-paid"),
        ("promise", None),
    }
    reached = re.findall(r"<h2><bdi>(.*?)</bdi>", anna.page("/move?ticket=T-1"))
    assert {"closed", "pre block", "with department"} <= {*reached}
    assert "blocked" not in reached
    assert desk.good("log --json").out == before
    desk.good("request states add parked")
    assert "state=parked" in anna.get("/move?ticket=Q-1&status=parked").location
    desk.good("request move Q-1 parked --owner anna")
    assert "state=waiting" in anna.get("/move?ticket=Q-1&status=waiting").location


_WAY = re.compile(r'<li data-row><a href="([^"]*)"')


def test_a_board_counts_what_fits_its_query(anna: Visit) -> None:
    column = anna.page("/board/collections").partition('data-status="calling"')[2]
    assert "<small>1</small>" in column.partition("</h2>")[0]
    narrowed = anna.page("/board/collections?q=assignee:luca").partition('data-status="calling"')[2]
    assert "<small>0</small>" in narrowed.partition("</h2>")[0]
    assert "/t/T-1" not in narrowed.partition("</section>")[0]


def test_the_browser_has_forms_in_place_of_commands(anna: Visit) -> None:
    shown = anna.record("R-1", "close", "preview", result="accepted").text
    assert "record one with “An answer came in”" in read_text(shown)
    for path in ("/t/T-1", "/t/R-1", "/t/nothing", "/c/nothing", "/why/99"):
        assert "prassi " not in read_text(anna.get(path).text).replace("· Prassi", "")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/list?q=status:calling", 200, "T-1"),
        ("/list?q=rossi", 200, "T-2"),
        ("/list?q=@mine", 200, "T-1"),
        ("/list?q=status:caling", 400, "calling"),
        ("/list?q=zzz", 200, "Nothing found."),
        ("/list?page=999999999999", 200, "T-1"),
        ("/c/C-1", 200, "T-2"),
        ("/c/C-9", 404, "no customer"),
        ("/t/T-9", 404, "no ticket"),
        ("/stats?figure=ageing", 200, "120.00"),
        ("/stats?figure=ageing", 200, "31-60"),
        ("/stats?figure=ageing&book=collections&class=31-60", 200, "What it counts"),
        ("/stats?figure=x", 404, "no figure"),
        ("/stats?from=x", 404, "first day"),
        ("/board/x", 404, "no board"),
        ("/board", 303, ""),
        ("/books/collections", 200, "After a missed call"),
        ("/books/requests/matrix", 200, "request.move"),
        ("/books/x", 404, "no book"),
        ("/why/t/T-1", 200, "What the procedure says"),
        ("/why/99999", 400, "no event"),
        ("/outbox?state=x&after=y", 200, "No messages."),
    ],
)
def test_every_page_says_what_there_is(anna: Visit, path: str, status: int, said: str) -> None:
    answer = anna.get(path)
    assert (answer.status_code, said in read_text(answer.text)) == (status, True), answer.text


def test_a_message_is_held_and_waits_again(anna: Visit, desk: Desk) -> None:
    anna.record("T-2", "call", outcome="no-answer")
    (message,) = desk.view("T-2")["messages"]
    for change, state in (("hold", "held"), ("retry", "waiting"), ("cancel", "withdrawn")):
        token = find_token(anna.page("/outbox"))
        answer = anna.send(f"/outbox/{message['id']}/{change}", token=token)
        assert answer.status_code == 303, answer.text
        assert desk.view("T-2")["messages"][0]["state"] == state


def test_a_customer_is_changed_by_an_event(anna: Visit, desk: Desk) -> None:
    token = find_token(anna.page("/c/C-1"))
    given = {"name": "Rossi Impianti srl", "phone": "+39 055 2", "email": "rossi@example.org"}
    assert anna.send("/c/C-1", token=token, **given).status_code == 303
    assert desk.view("T-1")["contact"]["phone"] == "+39 055 2"
    assert anna.send("/c/C-1", token=token, **{**given, "email": "x"}).status_code == 400


def test_pages_follow_settings_and_a_restored_file(anna: Visit, desk: Desk) -> None:
    anna.record("T-1", "note", text="gone")
    assert "gone" in anna.page("/t/T-1")
    desk.settings(f"{SETTINGS}\n[views]\nother = 'book:cases'\n")
    assert "other" in anna.page("/list")
    copy = desk.folder / "copy.db"
    desk.good(f"backup {copy}")
    anna.record("T-1", "note", text="later")
    assert "later" in anna.page("/t/T-1")
    desk.good(f"restore {copy} --replace")
    assert "later" not in anna.page("/t/T-1")


def test_pages_speak_the_person_s_language(web: WebDesk) -> None:
    page = web.sign_in("samir", language="ar").page("/")
    assert '<html lang="ar" dir="rtl">' in page
    assert "يومي" in page
    stats = web.sign_in("samira", language="ar").page("/stats?class=31-60&book=collections")
    assert 'name="from" type="date" value="2025-03-03"' in stats
    assert "<td>\u20662026-01-10\u2069</td>" in stats  # else shown as 10-01-2026
    assert '<html lang="it" dir="ltr">' in web.sign_in("gina", language="it").page("/")


def test_the_report_stands_alone(desk: Desk, tmp_path: Path) -> None:
    rows = json.loads((FIXTURES / "collections.json").read_text(encoding="utf-8"))
    rows["customers"][0]["name"] = "<script>x</script>"
    desk.load(*rows["tickets"], customers=rows["customers"])
    desk.good("triage -q")
    path = desk.folder / "report.html"
    before = desk.file.read_bytes()
    (told,) = desk.good(f"report {path} --json").rows
    page = path.read_text(encoding="utf-8")
    todo = desk.good("todo --json").rows
    assert told["due"] == len(todo)
    assert told["late"] == sum(bool(one["late_workdays"]) for one in todo)
    assert desk.file.read_bytes() == before
    assert "<script" not in page
    assert "src=" not in page
    assert 'href="/' not in page
    for said in ("Done by itself", "Ageing", "Promises", "Messages: waiting"):
        assert said in page
    assert desk.run(f"report {path}").code == 2
