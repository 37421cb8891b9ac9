"""The requests book, rule by rule, through its commands.

A night is Monday's, 2026-03-02: one working day after Friday the 27th, two after the 26th, three
after the 25th.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from desk import MONDAY, Desk
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from requestwork import FRIDAY, THURSDAY, WEDNESDAY, decision, refused, request
from terminal import run_at_terminal

TYPES = ("commercial", "support", "reminder", "meeting", "other")


# --- a request comes in ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", TYPES)
def test_a_request_is_taken_in(desk: Desk, kind: str) -> None:
    desk.load()
    ran = desk.good(f"request new --customer C-1 --type {kind} --text 'It rains in.' --json")
    told = decision(ran)
    assert (told["rule"], told["extrapolated"], told["ticket"]) == ("request.open", False, "Q-1")
    made = desk.show("Q-1")
    assert made["status"] == "new"
    assert (made["type"], made["owner"], made["text"]) == (kind, None, "It rains in.")
    assert (made["opened"], made["customer"]) == (MONDAY, "C-1")


def test_a_new_request_can_have_an_owner_and_gets_the_next_number(desk: Desk) -> None:
    desk.load(request(ref="Q-9"), request(ref="Q-old"))
    desk.good("request new --customer C-1 --type other --owner bea --text x")
    made = desk.show("Q-10")
    assert (made["owner"], made["assignee"]) == ("bea", "bea")


def test_a_new_request_begins_in_the_first_state_of_the_catalogue(desk: Desk) -> None:
    desk.load()
    desk.good("request states add triage")
    desk.good("request states reorder triage")
    desk.good("request new --customer C-1 --type other --text x")
    assert desk.show("Q-1")["status"] == "triage"


@pytest.mark.parametrize(
    ("given", "mentions"),
    [
        ("--type other --text x", ["--customer is missing"]),
        ("--customer C-1 --type hints --text x", ["--type is 'hints'", *TYPES]),
        ("--customer C-7 --type other --text x", ["--customer C-7", "no such customer"]),
    ],
)
def test_what_a_new_request_lacks_is_named(desk: Desk, given: str, mentions: list[str]) -> None:
    desk.load()
    refused(desk, f"request new {given}", 2, *mentions)


def test_of_a_new_request_only_the_customer_is_needed(desk: Desk) -> None:
    desk.load()
    assert decision(desk.good("request new --customer C-1 --json"))["rule"] == "request.open"
    made = desk.show("Q-1")
    assert (made["customer"], made["type"], made["text"], made["owner"]) == (
        "C-1",
        "other",
        None,
        None,
    )


def test_what_is_asked_can_follow_before_anybody_owns_it(desk: Desk) -> None:
    desk.load()
    desk.good("request new --customer C-1")
    refused(desk, "request describe Q-1", 2, "--type, --text")
    told = decision(desk.good("request describe Q-1 --type meeting --text 'A visit.' --json"))
    assert told["rule"] == "request.describe"
    made = desk.show("Q-1")
    assert (made["type"], made["text"], made["owner"]) == ("meeting", "A visit.", None)
    assert desk.good("triage Q-1 --json").rows[0]["rule"] == "day.no-owner"


def test_nothing_follows_about_a_closed_one(desk: Desk) -> None:
    desk.load(request(status="closed"))
    refused(desk, "request describe Q-1 --text x", 3, "closed")


# --- it is moved ----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["in-progress", "waiting", "completed"])
def test_a_request_is_moved(desk: Desk, state: str) -> None:
    desk.load(request())
    assert decision(desk.good(f"request move Q-1 {state} --json"))["rule"] == "request.move"
    shown = desk.show("Q-1")
    assert (shown["status"], shown["owner"], shown["changed_on"]) == (state, "anna", MONDAY)


def test_nothing_is_done_with_a_request_that_has_no_owner(desk: Desk) -> None:
    desk.load(request(owner=None))
    for command in (
        "move Q-1 waiting",
        "generate Q-1 quote --no-close",
        "generate Q-1 quote --again --close",
        "move Q-1 new",
        "close Q-1",
    ):
        refused(desk, f"request {command}", 3, "Q-1 has no owner", "--owner")
        ran = desk.run(f"request {command} --json")
        assert (ran.code, decision(ran)["rule"]) == (3, "request.needs-owner")


def test_an_owner_is_named_and_the_step_taken_in_one(desk: Desk) -> None:
    desk.load(request(owner=None), request(owner=None, ref="Q-2"))
    told = decision(desk.good("request move Q-1 waiting --owner bea --json"))
    assert told["rule"] == "request.move"
    shown = desk.show("Q-1")
    assert (shown["status"], shown["owner"], shown["assignee"]) == ("waiting", "bea", "bea")
    told = decision(desk.good("request generate Q-2 quote --no-close --owner bea --json"))
    assert told["rule"] == "request.generate"
    assert desk.show("Q-2")["documents"][0]["owner"] == desk.show("Q-2")["owner"] == "bea"


def test_a_move_to_where_it_stands_is_one_of_its_owner_or_none(desk: Desk) -> None:
    desk.load(request())
    refused(desk, "request move Q-1 new", 3, "state of Q-1 is new already", "--owner")
    told = decision(desk.good("request move Q-1 new --owner bea --json"))
    assert (told["rule"], told["extrapolated"]) == ("request.x.new-owner", True)
    assert (desk.show("Q-1")["owner"], desk.show("Q-1")["status"]) == ("bea", "new")


@pytest.mark.parametrize("state", ["nowhere", "closed", "NEW"])
def test_a_state_that_there_is_not_is_told_with_those_there_are(desk: Desk, state: str) -> None:
    desk.load(request())
    there_are = "new, in-progress, waiting, completed"
    refused(desk, f"request move Q-1 {state}", 2, f"STATE is '{state}'", there_are)


def test_a_move_can_be_undone(desk: Desk) -> None:
    desk.load(request(owner=None))
    before = desk.export()
    desk.good("request move Q-1 waiting --owner bea")
    desk.good("undo")
    assert desk.export() == before


# --- a document is made from it -------------------------------------------------------------------


def test_a_quote(desk: Desk) -> None:
    desk.load(request())
    told = decision(desk.good("request generate Q-1 quote --no-close --json"))
    assert (told["rule"], told["extrapolated"]) == ("request.generate", False)
    shown = desk.show("Q-1")
    quote = {"number": "Q-1-quote", "kind": "quote", "date": MONDAY, "owner": "anna", "time": None}
    assert shown["documents"] == [quote]
    assert (shown["status"], shown["changed_on"]) == ("new", MONDAY)


def test_a_meeting_has_its_time(desk: Desk) -> None:
    desk.load(request())
    desk.good("request generate Q-1 meeting --when 2026-03-05T10:30 --no-close")
    (meeting,) = desk.show("Q-1")["documents"]
    assert (meeting["number"], meeting["time"]) == ("Q-1-meeting", "2026-03-05T10:30")
    assert (meeting["date"], meeting["owner"]) == (MONDAY, "anna")


def test_a_ticket_is_a_real_one(desk: Desk) -> None:
    desk.load(request("waiting"))
    told = decision(desk.good("request generate Q-1 ticket --no-close --json"))
    (opened,) = [action for action in told["actions"] if action["action"] == "open"]
    assert (opened["ticket"], opened["book"], opened["kind"]) == ("Q-2", "requests", "ticket")
    ticket, asked = desk.show("Q-2"), desk.show("Q-1")
    assert (ticket["kind"], ticket["from_request"], ticket["status"]) == ("ticket", "Q-1", "new")
    for name in ("customer", "type", "text", "owner"):
        assert ticket[name] == asked[name]
    assert ticket["assignee"] == "anna"
    assert [(told["rule"], told["changes"]) for told in ticket["history"]] == [
        ("request.generate", {})
    ]
    desk.good("request move Q-2 waiting")
    desk.good("request close Q-2")
    assert (desk.show("Q-2")["status"], desk.show("Q-1")["status"]) == ("closed", "waiting")


@pytest.mark.parametrize("document", ["ticket", "quote", "meeting --when 2026-03-02T15:00"])
def test_the_request_is_closed_with_it_or_not(desk: Desk, document: str) -> None:
    desk.load(request(), request(ref="Q-2"))
    desk.good(f"request generate Q-1 {document} --close")
    desk.good(f"request generate Q-2 {document} --no-close")
    assert (desk.show("Q-1")["status"], desk.show("Q-2")["status"]) == ("closed", "new")
    assert desk.show("Q-1")["result"] == document.split()[0]


@pytest.mark.parametrize(
    ("document", "called"),
    [("ticket", "Q-2"), ("quote", "Q-1-quote"), ("meeting --when 2026-03-03T09:00", "Q-1-meeting")],
)
def test_a_document_of_a_kind_is_made_once_unless_asked_for_again(
    desk: Desk, document: str, called: str
) -> None:
    desk.load(request())
    desk.good(f"request generate Q-1 {document} --no-close")
    refused(desk, f"request generate Q-1 {document} --no-close", 3, called, "--again")
    for other in {"ticket", "quote"} - {document}:
        desk.good(f"request generate Q-1 {other} --no-close")
    told = decision(desk.good(f"request generate Q-1 {document} --again --no-close --json"))
    assert told["rule"] == "request.generate"
    refused(desk, f"request generate Q-1 {document} --no-close", 3, f"({called}, Q-", "--again")


def test_documents_made_again_are_counted_on(desk: Desk) -> None:
    desk.load(request())
    for again in ("", "--again", "--again"):
        desk.good(f"request generate Q-1 quote {again} --no-close")
    desk.good("request generate Q-1 meeting --again --when 2026-03-03T09:00 --no-close")
    numbers = [made["number"] for made in desk.show("Q-1")["documents"]]
    assert numbers == ["Q-1-quote", "Q-1-quote-2", "Q-1-quote-3", "Q-1-meeting"]


def test_a_number_that_an_import_brought_along_is_not_given_twice(desk: Desk) -> None:
    brought = {"number": "Q-1-quote", "kind": "meeting", "date": MONDAY, "owner": "bea"}
    desk.load(request(documents=[{**brought, "time": "2026-03-04T10:00"}]))
    desk.good("request generate Q-1 quote --no-close")
    numbers = [made["number"] for made in desk.show("Q-1")["documents"]]
    assert numbers == ["Q-1-quote", "Q-1-quote-2"]


def test_a_ticket_made_elsewhere_counts_too(desk: Desk) -> None:
    desk.load(request(), request(ref="Q-5", kind="ticket", from_request="Q-1"))
    refused(desk, "request generate Q-1 ticket --no-close", 3, "Q-5")


def test_no_documents_are_made_from_a_ticket(desk: Desk) -> None:
    desk.load(request(), request(ref="Q-5", kind="ticket", from_request="Q-1"))
    refused(desk, "request generate Q-5 quote --no-close", 3, "Q-5 is a ticket made from Q-1")


def test_a_document_can_never_be_undone(desk: Desk) -> None:
    desk.load(request())
    ran = desk.good("request generate Q-1 ticket --close")
    assert "can't be undone: A document was made" in ran.out
    refused(desk, "undo", 3, "can't be undone", "document")
    refused(desk, "undo --run 2", 3, "can't be undone", "document")


@pytest.mark.parametrize(
    ("given", "mentions"),
    [
        ("quote", ["--close or --no-close is missing", "recommended where further work happens"]),
        ("meeting --no-close", ["--when is missing", "time of the meeting"]),
        ("meeting --no-close --when 2026-03-05", ["--when is 2026-03-05", "2026-03-05T10:30"]),
        ("meeting --no-close --when 2026-03-01T10:00", ["--when is 2026-03-01T10:00", "past"]),
        ("quote --no-close --when 2026-03-05T10:00", ["--when can only be used with"]),
        ("letter --no-close", ["DOCUMENT is 'letter'", "ticket, quote, meeting"]),
    ],
)
def test_what_a_document_lacks_is_named(desk: Desk, given: str, mentions: list[str]) -> None:
    desk.load(request())
    refused(desk, f"request generate Q-1 {given}", 2, *mentions)


@pytest.mark.parametrize(("answer", "status"), [("y", "closed"), ("n", "new")])
def test_a_terminal_is_asked(desk: Desk, answer: str, status: str) -> None:
    desk.load(request())
    code, shown = run_at_terminal(desk, "request generate Q-1 quote", f"{answer}\n")
    assert code == 0, shown
    assert "can't be taken back" in shown
    assert "recommended where further work happens in the document" in shown
    assert shown.index("recommended") < shown.index("A quote is made")
    assert desk.show("Q-1")["status"] == status
    assert [made["kind"] for made in desk.show("Q-1")["documents"]] == ["quote"]


def test_a_terminal_is_not_asked_about_what_is_refused(desk: Desk) -> None:
    desk.load(request("closed"))
    code, shown = run_at_terminal(desk, "request generate Q-1 quote", "")
    assert code == 3
    assert "recommended" not in shown


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        ("move Q-1 waiting", "request.move"),
        ("close Q-1", "request.close"),
        ("generate Q-1 quote --no-close", "request.generate"),
    ],
)
def test_a_terminal_is_asked_for_the_owner_first(desk: Desk, command: str, rule: str) -> None:
    desk.load(request(owner=None))
    code, shown = run_at_terminal(desk, f"request {command}", "bea\n")
    assert code == 0, shown
    assert shown.index("Who is responsible for Q-1") < shown.index(f"[{rule}]")
    assert (desk.show("Q-1")["owner"], desk.show("Q-1")["assignee"]) == ("bea", "bea")
    assert len(desk.good("log Q-1 --json").rows) == 1


def test_a_terminal_is_asked_for_owner_and_closing_in_this_order(desk: Desk) -> None:
    desk.load(request(owner=None))
    code, shown = run_at_terminal(desk, "request generate Q-1 quote", "bea\ny\n")
    assert code == 0, shown
    assert shown.index("Who is responsible for Q-1") < shown.index("recommended")
    assert (desk.show("Q-1")["owner"], desk.show("Q-1")["status"]) == ("bea", "closed")


@pytest.mark.parametrize("owner", ["--owner bea", ""])
def test_a_terminal_is_not_asked_for_an_owner_there_is(desk: Desk, owner: str) -> None:
    desk.load(request(owner=None if owner else "anna"))
    code, shown = run_at_terminal(desk, f"request move Q-1 waiting {owner}", "")
    assert (code, "Who answers" in shown) == (0, False), shown


# --- it is closed ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("had", "named"), [("anna", ""), (None, "--owner bea")])
@pytest.mark.parametrize("status", ["new", "completed"])
def test_a_request_is_closed(desk: Desk, status: str, had: str | None, named: str) -> None:
    desk.load(request(status, had))
    before = desk.export()
    assert decision(desk.good(f"request close Q-1 {named} --json"))["rule"] == "request.close"
    shown = desk.show("Q-1")
    assert (shown["status"], shown["result"]) == ("closed", "done")
    assert shown["owner"] == (had or "bea")
    desk.good("undo")
    assert desk.export() == before


@pytest.mark.parametrize(
    "command",
    [
        "move Q-1 waiting",
        "move Q-1 new --owner bea",
        "generate Q-1 ticket --close",
        "generate Q-1 quote --no-close --owner bea",
        "close Q-1",
        "close Q-1 --owner bea",
        "generate Q-1 quote --again --no-close",
    ],
)
def test_nothing_is_done_with_a_closed_one(desk: Desk, command: str) -> None:
    desk.load(request("closed", None))
    refused(desk, f"request {command}", 3, "Q-1 is closed", "request new", "undo")
    ran = desk.run(f"request {command} --json")
    assert decision(ran)["rule"] == "request.closed"


def test_requests_of_other_books_have_no_such_events(desk: Desk) -> None:
    desk.load({"ref": "T-1", "book": "collections", "customer": "C-1"})
    refused(desk, "request close T-1", 2, "collections", "'request'")
    refused(desk, "request close Q-9", 2, "Q-9")


# --- a night --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "rule", "who", "action", "due", "late"),
    [
        (request(owner=None), "day.no-owner", "desk", "name-owner", MONDAY, 0),
        (request("completed", None), "day.no-owner", "desk", "name-owner", MONDAY, 0),
        (request("completed"), "day.closable", "anna", "close-or-move-back", MONDAY, 0),
        (request("completed", opened=MONDAY), "day.closable", "anna", "close-or-move-back", MONDAY, 0),
        (request(opened=WEDNESDAY), "day.stale", "anna", "move-on", MONDAY, 0),
        (request("waiting", opened=f"{WEDNESDAY}T23:59"), "day.stale", "anna", "move-on", MONDAY, 0),
        (request(opened="2026-02-24"), "day.stale", "anna", "move-on", FRIDAY, 1),
        (request(opened="2026-01-02", changed_on=WEDNESDAY), "day.stale", "anna", "move-on", MONDAY, 0),
    ],
)  # fmt: skip
def test_a_night_asks_for_the_next_step(
    desk: Desk, row: dict[str, Any], rule: str, who: str, action: str, due: str, late: int
) -> None:
    desk.load(row)
    told = decision(desk.good("triage --json"))
    step = {
        "action": action,
        "who": who,
        "person": None if who == "desk" else who,
        "due": due,
        "late_workdays": late,
    }
    assert (told["rule"], told["extrapolated"], told["next"]) == (rule, True, step)


@pytest.mark.parametrize(
    ("row", "until"),
    [
        (request(opened=THURSDAY), "2026-03-03"),
        (request(opened=FRIDAY), "2026-03-04"),
        (request("waiting", opened=MONDAY), "2026-03-05"),
        (request(opened="2026-01-02", changed_on=THURSDAY), "2026-03-03"),
    ],
)
def test_a_night_waits_until_then(desk: Desk, row: dict[str, Any], until: str) -> None:
    desk.load(row)
    assert desk.good("triage --json").rows == []
    told = decision(desk.good("triage --all --json"))
    assert told["rule"] == "day.wait"
    assert told["actions"] == [{"action": "wait", "until": until}]
    told = decision(desk.good("triage --all --json", at=until))
    assert told["rule"] == "day.stale"


def test_the_days_of_patience_are_a_parameter(desk: Desk) -> None:
    desk.settings("[parameters.requests]\nstale_workdays = 4\n")
    desk.load(request(opened=WEDNESDAY), request(ref="Q-2", opened="2026-02-24"))
    rules = {row["ticket"]: row["rule"] for row in desk.good("triage --all --json").rows}
    assert rules == {"Q-1": "day.wait", "Q-2": "day.stale"}


def test_a_night_changes_nothing_and_passes_closed_ones_over(desk: Desk) -> None:
    desk.load(request(), request("closed", ref="Q-2"), request(owner=None, ref="Q-3"))
    before = desk.export(), desk.run("log").out
    assert [row["ticket"] for row in desk.good("triage --all --json").rows] == ["Q-1", "Q-3"]
    assert (desk.export(), desk.run("log").out) == before


def test_what_counts_as_a_change(desk: Desk) -> None:
    rows = [request(ref=f"Q-{n}", opened="2026-02-02") for n in range(1, 5)]
    desk.load(*rows)
    desk.good("request move Q-1 waiting")
    desk.good("request move Q-2 new --owner bea")
    desk.good("request generate Q-3 quote --no-close")
    desk.good("request states rename new fresh")
    rules = {row["ticket"]: row["rule"] for row in desk.good("triage --all --json").rows}
    assert rules == dict.fromkeys(("Q-1", "Q-2", "Q-3"), "day.wait") | {"Q-4": "day.stale"}


# --- the rest -------------------------------------------------------------------------------------


def test_any_event_can_be_told_as_such(desk: Desk) -> None:
    desk.load(request())
    desk.good("event Q-1 request what=move state=waiting owner=bea")
    desk.good("event Q-1 request what=generate document=meeting when=2026-03-05T09:00 close=no")
    refused(desk, "event Q-1 request what=generate document=quote", 2, "close is missing")
    refused(
        desk, "event Q-1 request what=generate document=meeting when=2026-03-05 close=no", 2, "when"
    )
    desk.good("event requests new customer=C-1 type=other text=x")
    assert desk.show("Q-2")["text"] == "x"


def test_left_out_fields_get_their_defaults(desk: Desk) -> None:
    desk.load({"ref": "Q-1", "book": "requests", "customer": "C-1"})
    (shown,) = desk.export()["tickets"]
    assert (shown["status"], shown["type"], shown["owner"], shown["text"]) == (
        "new",
        "other",
        None,
        None,
    )
    assert not {"kind", "from_request", "changed_on"} & shown.keys()


def test_an_export_comes_in_again(desk: Desk, tmp_path: Path) -> None:
    desk.load(request(), request(owner=None, ref="Q-2"))
    desk.good("request generate Q-1 ticket --no-close")
    desk.good("request generate Q-1 meeting --when 2026-03-05T10:30 --close")
    exported = desk.export()
    other = Desk(tmp_path)
    other.file = tmp_path / "other.db"
    other.load(*exported["tickets"], customers=exported["customers"])
    assert other.export() == exported
    refused(other, "request generate Q-1 ticket --close", 3, "Q-1 is closed")


def test_the_demo_desk_has_requests_of_all_kinds(desk: Desk) -> None:
    desk.good("init")
    desk.good(f"import {Path(__file__).parents[2] / 'fixtures' / 'requests.json'}")
    rows = desk.good("request list --json").rows
    assert {row["state"] for row in rows} == {
        "new",
        "in-progress",
        "waiting",
        "completed",
        "closed",
    }
    assert {row["type"] for row in rows} == set(TYPES)
    night = {row["rule"] for row in desk.good("triage --all --json").rows}
    assert night == {"day.no-owner", "day.closable", "day.stale", "day.wait"}
    assert len(desk.good("request list --tickets --json").rows) == 1


def test_whatever_is_known_exactly_one_rule_answers() -> None:
    book = Shelf(NONE).book("requests")
    for name, may_be in FACTS.items():
        event = book.event(name)
        facts = [may_be.get(fact, (None,)) for fact in event.facts]
        for values in itertools.product(*facts):
            known = dict(zip(event.facts, values, strict=True))
            if known.get("owner") is None or known["responsible"] is not None:
                event.decide(values)  # raises where none answers, or two


EITHER, ANYBODY = (True, False), (None, "anna")
FACTS: dict[str, dict[str, tuple[Any, ...]]] = {
    "new": {"type": TYPES},
    "request": {
        "what": ("move", "generate", "close"), "owner": ANYBODY, "responsible": ANYBODY,
        "closed": EITHER, "stays": EITHER, "is_ticket": EITHER, "made": EITHER, "again": EITHER,
    },
    "day": {"responsible": ANYBODY, "completed": EITHER, "unchanged": (-400, 0, 2, 3, 4, 9000)},
}  # fmt: skip
"""What the facts of each event can be that its rules ask about."""
