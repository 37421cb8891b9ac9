"""A sixth book, made only of data: a railway's lost-and-found office, run over several weeks.

Nothing of it is in Python: the folder fixtures/own-book is named with --config, and what happens
is told through `prassi event` and `prassi triage`.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, Ran

OWN = Path(__file__).parents[2] / "fixtures" / "own-book"
MONDAY, TUESDAY = "2026-03-23", "2026-03-24"


class Office(Desk):
    """A desk that works by the book of its own."""

    def run(self, command: Any, at: str = MONDAY, stdin: str = "") -> Ran:
        words = shlex.split(command) if isinstance(command, str) else list(command)
        return super().run([*words, "--config", str(OWN / "prassi.toml")], at=at, stdin=stdin)

    def event(self, what: str, at: str = MONDAY) -> dict[str, Any]:
        """What an event decides."""
        decision: dict[str, Any] = self.good(f"event {what} --json", at=at).rows[0]
        return decision

    def night(self, at: str) -> dict[str, str]:
        """The rule of every open ticket in a night."""
        return {row["ticket"]: row["rule"] for row in self.good("triage --all --json", at=at).rows}

    def found(self, thing: str, more: str = "") -> str:
        """Enter something that was found; its number."""
        decision = self.event(f"lost-and-found found thing='{thing}' finder=Huber {more}")
        return str(decision["ticket"])

    def claim(self, item: str, more: str = "email=ann@example.org language=en") -> dict[str, Any]:
        """Somebody claims it."""
        return self.event(f"lost-and-found claim item={item} name='Ann Lee' proof='A dog.' {more}")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.good("init")
    return made


def test_the_book_is_sound_and_nothing_of_it_is_in_python(office: Office) -> None:
    assert office.good("book check lost-and-found").out == (
        "lost-and-found: 19 rules in 5 tables, nothing found.\n"
    )
    assert not [*OWN.rglob("*.py")]


def test_what_is_found_becomes_a_ticket(office: Office) -> None:
    decision = office.event(
        "lost-and-found found thing='black umbrella' place='R 4012' on=2026-03-20 finder=Huber"
    )
    assert decision["actions"][0] == {
        "action": "open", "ticket": "LF-1", "book": "lost-and-found", "thing": "black umbrella",
        "class": "ordinary", "place": "R 4012", "found_on": "2026-03-20",
    }  # fmt: skip
    shown = office.show("LF-1")
    assert (shown["status"], shown["found"]) == (
        "stored",
        {"place": "R 4012", "found_on": "2026-03-20"},
    )
    [customer] = office.export()["customers"]
    assert (customer["ref"], customer["name"]) == (shown["customer"], "Huber")


STORED = [
    # its class, the last day it is kept, the day after: over Good Friday, on which this office is
    # closed, Easter Monday, Labour Day, Ascension and Whit Monday
    ("perishable", "2026-03-24", "2026-03-25"),
    ("ordinary", "2026-04-22", "2026-04-23"),
    ("valuable", "2026-05-22", "2026-05-23"),
]


@pytest.mark.parametrize(("kind", "last", "after"), STORED)
def test_things_are_kept_as_long_as_their_class_says(
    office: Office, kind: str, last: str, after: str
) -> None:
    office.found("bag", f"class={kind}")
    [row] = office.good("triage --all --json", at=last).rows
    assert (row["rule"], row["actions"]) == ("day.stored", [{"action": "wait", "until": last}])
    [row] = office.good("triage --json", at=after).rows
    assert (row["rule"], row["next"]["action"], row["next"]["due"]) == (
        "day.storage-over", "dispose", after,
    )  # fmt: skip
    assert office.night("2026-06-01") == {"LF-1": "day.disposal"}


def test_the_settings_of_the_office_count(office: Office) -> None:
    """The book keeps valuables 80 working days, this office 40."""
    office.found("bag", "class=valuable")
    assert office.night("2026-05-22") == {"LF-1": "day.stored"}
    assert office.night("2026-05-25") == {"LF-1": "day.storage-over"}


def test_the_owner_gets_a_notice_and_a_reminder_and_collects(office: Office) -> None:
    office.found("phone, red cover", "class=valuable")
    claimed = office.claim("LF-1", "email=ann@example.org phone=+4366000000 language=en")
    assert (claimed["ticket"], claimed["rule"]) == ("LF-2", "claim.notice")
    notice = office.good("outbox show 1").out
    assert notice == (
        "State: waiting\nTo: ann@example.org\n"
        "Subject: Found: phone, red cover (LF-2)\n\n"
        "Dear Ann Lee,\n\n"
        "we have found: phone, red cover. Please collect it by 8 April 2026, 10 working days from"
        " today, and bring a document that shows who you are.\n\n"
        "The fee is €9.00.\n\n"
        "Fernaubahn\n"
        "Fundbüro, Bahnhofplatz 1, 4990 Fernau\n"
    )
    assert office.night("2026-03-26") == {"LF-1": "day.spoken-for", "LF-2": "day.to-collect"}
    assert office.night("2026-03-27") == {"LF-1": "day.spoken-for", "LF-2": "day.remind"}
    reminder = json.loads(office.good("outbox list --json").out.splitlines()[-1])
    assert (reminder["channel"], reminder["to"], reminder["body"]) == (
        "sms",
        "+4366000000",
        "Fernaubahn: phone, red cover (LF-2) is waiting for you until 8 April 2026."
        " Questions: 0800 000 490.",
    )
    assert office.night("2026-03-28") == {"LF-1": "day.spoken-for", "LF-2": "day.to-collect"}
    collected = office.event("LF-2 hand-out identity='Passport P123'", at="2026-03-30")
    assert [a["text"] for a in collected["actions"] if a["action"] in ("tell", "note")] == [
        "Take 9.00 euros.",
        "Handed out to Ann Lee, who showed: Passport P123. Fee: 9.00.",
    ]
    assert office.night("2026-03-30") == {"LF-1": "day.left"}
    results = [(t["status"], t["result"]) for t in office.export()["tickets"]]
    assert results == [("closed", "handed-out"), ("closed", "handed-out")]


def test_a_notice_is_in_the_owners_language_and_by_sms_without_an_address(office: Office) -> None:
    office.found("Regenschirm")
    office.claim("LF-1", "phone=+4366000000")
    [message] = office.good("outbox list --json").rows
    assert (message["template"], message["language"], message["to"]) == (
        "notice-sms", "de", "+4366000000",
    )  # fmt: skip
    assert "liegt bis zum 8. April 2026 für Sie bereit" in message["body"]


def test_a_claim_lapses_and_others_can_claim(office: Office) -> None:
    office.found("umbrella")
    office.claim("LF-1")
    refused = office.run("event lost-and-found claim item=LF-1 name=Bo email=b@example.org proof=x")
    assert (refused.code, "LF-1 is claimed by somebody else" in refused.err) == (3, True)
    assert office.night("2026-04-07") == {"LF-1": "day.spoken-for", "LF-2": "day.remind"}
    assert office.night("2026-04-08") == {"LF-1": "day.spoken-for", "LF-2": "day.to-collect"}
    assert office.night("2026-04-09") == {"LF-1": "day.spoken-for", "LF-2": "day.lapsed"}
    assert office.night("2026-04-10") == {"LF-1": "day.stored"}
    assert office.claim("LF-1")["ticket"] == "LF-3"


def test_what_is_claimed_is_kept_beyond_its_time(office: Office) -> None:
    office.found("cake", "class=perishable")
    office.claim("LF-1")
    assert office.night("2026-03-27")["LF-1"] == "day.spoken-for"
    ran = office.run("event LF-1 dispose how=destroyed", at="2026-03-27")
    assert (ran.code, "LF-2" in ran.err) == (3, True)
    office.night("2026-04-09")
    assert office.night("2026-04-10") == {"LF-1": "day.storage-over"}


def test_disposal_is_for_good(office: Office) -> None:
    office.found("sandwich", "class=perishable")
    early = office.run("event LF-1 dispose how=destroyed", at=TUESDAY)
    assert (early.code, "until 2026-03-24" in early.err) == (3, True)
    office.night("2026-03-25")
    dry = office.good("event LF-1 dispose how=destroyed --dry-run", at="2026-03-25")
    assert "This can't be undone: the thing is gone." in dry.out
    office.event("LF-1 dispose how=destroyed", at="2026-03-25")
    undone = office.run("undo", at="2026-03-25")
    assert (undone.code, "the thing is gone" in undone.err) == (3, True)
    assert office.show("LF-1")["result"] == "destroyed"
    gone = office.run("event lost-and-found claim item=LF-1 name=Bo email=b@example.org proof=x")
    assert gone.code == 3


WRONG = [
    ("lost-and-found found thing=bag", 2, "finder"),
    ("lost-and-found found thing=bag finder=Huber class=heavy", 2, "perishable"),
    ("lost-and-found found thing=bag finder=Huber on=2026-03-24", 2, "2026-03-24"),
    ("lost-and-found claim item=LF-1 name=Bo proof=x", 2, "phone"),
    ("lost-and-found claim item=LF-9 name=Bo phone=1 proof=x", 3, "LF-9"),
    ("lost-and-found claim item=LF-2 name=Bo phone=1 proof=x", 3, "LF-2"),
    ("lost-and-found hand-out identity=x", 2, "lost-and-found"),
    ("LF-1 found thing=bag finder=Huber", 2, "lost-and-found"),
    ("LF-1 hand-out identity=x", 3, "item=LF-1"),
    ("LF-2 dispose how=sold", 3, "LF-1"),
]


@pytest.mark.parametrize(("what", "code", "mention"), WRONG)
def test_what_can_not_be(office: Office, what: str, code: int, mention: str) -> None:
    office.found("bag")
    office.claim("LF-1")
    before = office.export()
    ran = office.run(f"event {what}")
    assert (ran.code, ran.out) == (code, "")
    assert mention in ran.err
    assert office.export() == before


def test_what_must_not_be_said_is_not_said(office: Office) -> None:
    office.found("bag that will be found")
    ran = office.run(
        "event lost-and-found claim item=LF-1 name=Bo email=b@example.org proof=x language=en"
    )
    assert (ran.code, "promises what nobody can" in ran.err) == (3, True)


def test_a_second_night_and_a_copy_of_the_file_change_nothing(office: Office) -> None:
    for thing in ("umbrella", "phone", "cake"):
        office.found(thing, "class=perishable" if thing == "cake" else "")
    office.claim("LF-2")
    for at in (TUESDAY, "2026-03-25", "2026-03-27"):
        office.night(at)
        before = office.export()
        office.night(at)
        assert office.export() == before
    (office.folder / "copy").mkdir()
    copy = Office(office.folder / "copy")
    rows = office.folder / "rows.json"
    rows.write_text(json.dumps(before), encoding="utf-8")
    copy.good("init")
    copy.good(f"import {rows}")
    assert copy.export() == before
    assert copy.night("2026-03-30") == office.night("2026-03-30")


def test_undo_takes_a_claim_back_with_its_ticket(office: Office) -> None:
    office.found("umbrella")
    before = office.export()
    office.claim("LF-1")
    office.good("undo")
    assert office.export() == before
    assert office.run("show LF-2").code == 2
    assert office.claim("LF-1")["ticket"] == "LF-2"


# --- a book that can't be read stands in nobody's way -------------------------------------------------


def test_a_faulty_book_is_told_to_those_who_need_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path).load()
    broken = tmp_path / "books" / "broken"
    broken.mkdir(parents=True)
    (broken / "book.toml").write_text("title =", encoding="utf-8")
    (broken / "facts.sql").write_text("SELECT 1", encoding="utf-8")
    desk.settings('[folders]\nbooks = "books"\n')
    rows = tmp_path / "rows.csv"
    row = "ref,book,customer,status,opened\nT-{},{},C-1,new,2026-02-01\n"
    rows.write_text(row.format(1, "collections"), encoding="utf-8")
    desk.good(f"import {rows}")
    assert "Pre-block sheet" in desk.good("sheet").out
    assert desk.good("triage --json").rows[0]["ticket"] == "T-1"
    rows.write_text(row.format(2, "broken"), encoding="utf-8")
    for command in (f"import {rows}", "triage --book broken", "book show broken"):
        ran = desk.run(command)
        assert (ran.code, ran.out) == (2, "")
        assert "broken/book.toml:1: this is not valid TOML" in ran.err
