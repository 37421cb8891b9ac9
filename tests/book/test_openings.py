"""What books can say since tickets open others: tried with a small book of a repair shop."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from desk import SETTINGS, Desk
from repair_shop import BOOK, FACTS, car, with_book


@pytest.fixture
def shop(desk: Desk) -> Desk:
    """A workshop with its own book and one customer."""
    return with_book(desk, BOOK)


BOOKED = "event repairs book who=C-1 part=brakes at=2026-03-10T09:00 price=150.00"


def actions(row: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {action["action"]: action for action in row["actions"]}


def test_an_event_without_a_ticket_opens_one(shop: Desk) -> None:
    [row] = shop.good(f"{BOOKED} --json").rows
    told = actions(row)
    assert (row["ticket"], row["rule"], row["applied"]) == ("W-4", "book.known", True)
    assert told["open"] == {
        "action": "open", "ticket": "W-4", "book": "repairs", "part": "brakes",
        "visit": "2026-03-10T09:00", "price": "150.00",
    }  # fmt: skip
    assert told["task"]["due"] == "2026-03-09"
    assert told["message"]["segments"] == 1
    assert "subject" not in told["message"]
    assert told["message"]["body"] == "Your car comes on 10 March 2026, 09:00 !"
    shown = shop.show("W-4")
    assert shown["plan"] == {"visit": "2026-03-10T09:00", "price": "150.00"}
    assert (shown["priority"], shown["status"], shown["customer"]) == ("high", "planned", "C-1")
    assert [note["text"] for note in shown["notes"]] == ["Booked for 2026-03-10T09:00 as W-4."]
    assert [entry["rule"] for entry in shown["history"]] == ["book.known"]
    assert shop.good("verify").code == 0


def test_a_new_customer_is_made_with_the_ticket(shop: Desk) -> None:
    words = "event repairs book name='Bianchi Anna' phone='+39 055 9' part=paint at=2026-03-10 price=1 --json"
    [row] = shop.good(words).rows
    assert (row["ticket"], row["rule"]) == ("W-4", "book.new")
    shown = shop.show("W-4")
    assert (shown["customer"], shown["assignee"]) == ("C-2", "anna")
    assert [note["text"] for note in shown["notes"]] == ["New customer."]
    assert {"ref": "C-2", "name": "Bianchi Anna", "phone": "+39 055 9"}.items() <= json.loads(
        shop.good("export").out
    )["customers"][1].items()
    assert shop.good("verify").code == 0


def test_undo_takes_the_ticket_and_its_customer_away(shop: Desk) -> None:
    before = shop.good("export").out
    for words in (BOOKED, "event repairs book name=Neri part=paint at=2026-03-10 price=1"):
        shop.good(words)
        shop.good("undo")
        assert shop.good("export").out == before
        assert shop.good("verify").code == 0
    assert shop.good(f"{BOOKED} --json").rows[0]["ticket"] == "W-4"


def test_a_dry_run_opens_nothing(shop: Desk) -> None:
    before = shop.file.read_bytes()
    [row] = shop.good(f"{BOOKED} --json --dry-run").rows
    assert (row["ticket"], row["applied"]) == ("W-4", False)
    assert shop.file.read_bytes() == before


def test_an_event_that_opens_nothing_is_in_the_log(shop: Desk) -> None:
    [row] = shop.good("event repairs book part=paint at=2026-03-10 price=1 --json").rows
    assert (row["ticket"], row["rule"], row["applied"], row["next"]) == (
        None,
        "book.nobody",
        True,
        None,
    )
    assert actions(row)["transfer"] == {"action": "transfer", "line": "4100"}
    assert shop.good("log --json").rows[-1]["ticket"] is None
    out = shop.good("event repairs book part=paint at=2026-03-10 price=1").out
    assert out.startswith("repairs\n")
    assert "put the call through to 4100" in out
    shop.good("undo")
    assert shop.good("verify").code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("event repairs book who=C-9 part=paint at=2026-03-10 price=1", "who C-9: there is no such customer."),
        (
            "event W-3 book part=paint at=2026-03-10 price=1",
            "event book opens a ticket of its own: give repairs instead of W-3",
        ),
        ("event repairs fix", "there is no ticket 'repairs'"),
        ("event repairs mend", "has no event 'mend'"),
        ("event W-9 fix", "there is no ticket 'W-9'"),
    ],
)  # fmt: skip
def test_what_an_opening_does_not_take(shop: Desk, words: str, told: str) -> None:
    before = shop.file.read_bytes()
    ran = shop.run(words)
    assert (ran.code, told in ran.err) == (2, True), ran.err
    assert shop.file.read_bytes() == before


@pytest.mark.parametrize(
    ("at", "rule", "hours"),
    [
        ("2026-03-09T08:59", "move.free", 24),
        ("2026-03-09T09:00", "move.free", 24),
        ("2026-03-09T09:01", "move.late", 23),
        ("2026-03-09", "move.free", 33),
        ("2026-03-10T09:00", "move.late", 0),
        ("2026-03-10T09:01", "move.late", -1),
    ],
)
def test_hours_are_counted_to_the_minute(shop: Desk, at: str, rule: str, hours: int) -> None:
    shop.good(BOOKED)
    [row] = shop.good("event W-4 move to=2026-03-12 --json --dry-run", at=at).rows
    assert (row["rule"], row["facts"]["hours"]) == (rule, hours)


def test_a_share_is_counted_in_ten_thousandths(shop: Desk) -> None:
    shop.good(BOOKED.replace("150.00", "0.05"))
    [row] = shop.good("event W-4 move to=2026-03-12 --json", at="2026-03-10").rows
    assert row["facts"]["kept"] == "0.02"  # 1.5 hundredths, half up
    assert actions(row)["escalate"] == {"action": "escalate", "to": "piero"}
    assert (shop.show("W-4")["assignee"], shop.show("W-4")["status"]) == ("piero", "waiting")
    out = shop.good("event W-4 move to=2026-03-12 --dry-run", at="2026-03-10").out
    assert "Only 9 hours before: 30% is kept, that is 0.02." in out


def test_a_closed_ticket_answers_what_is_of_closed_ones(shop: Desk) -> None:
    shop.good("event W-3 fix")
    ran = shop.run("event W-3 move to=2026-03-12")
    assert (ran.code, "W-3 is done (repaired)" in ran.err) == (3, True)
    [row] = shop.good("event W-3 complain --json", at="2026-09-01").rows
    told = actions(row)
    assert row["rule"] == "complain.again"
    assert told["open"]["ticket"] == "W-4"
    assert told["tell"]["text"] == "We look at it again under W-4."
    assert row["ticket"] == "W-3"
    shown = shop.show("W-4")
    assert (shown["again_for"], shown["status"], shown["priority"]) == ("W-3", "waiting", "high")
    assert shown["plan"]["visit"] == "2026-09-08"
    assert [entry["rule"] for entry in shown["history"]] == ["complain.again"]
    assert shop.good("verify").code == 0
    ran = shop.run("event W-3 complain", at="2026-09-01")
    assert (ran.code, "W-3 can't be repaired again." in ran.err) == (3, True)


@pytest.mark.parametrize(
    ("at", "months"),
    [("2026-09-01", 5), ("2026-09-02", 6), ("2026-03-31", 0), ("2026-04-01", 0), ("2026-04-02", 1)],
)
def test_months_are_whole_ones(shop: Desk, at: str, months: int) -> None:
    shop.good("event W-3 fix")
    rows = shop.good("explain W-3 complain --json", at=at).rows
    assert rows[0]["facts"]["months"] == months


def test_a_link_is_brought_in_and_found(shop: Desk) -> None:
    shop.good("event W-3 fix")
    again = {"tickets": [car("W-8", again_for="W-3"), car("W-9")]}
    source = Path(shop.file).parent / "more.json"
    source.write_text(json.dumps(again), encoding="utf-8")
    shop.good(f"import {source}")
    ran = shop.run("event W-3 complain")
    assert (ran.code, "can't be repaired again" in ran.err) == (3, True)
    assert shop.good("verify").code == 0


def test_what_another_points_at_stays(shop: Desk) -> None:
    shop.good(BOOKED)
    source = Path(shop.file).parent / "more.json"
    source.write_text(json.dumps({"tickets": [car("W-8", again_for="W-4")]}), encoding="utf-8")
    shop.good(f"import {source}")
    ran = shop.run("undo 2")
    assert (ran.code, "W-8 points at W-4" in ran.err) == (3, True)


def test_what_is_irreversible_stays(shop: Desk) -> None:
    out = shop.good("event W-3 fix").out
    assert "This can't be undone: The car has left." in out
    ran = shop.run("undo")
    assert (ran.code, ran.err) == (3, "Error: event 2 can't be undone: The car has left.\n")


def test_an_event_is_handed_on(shop: Desk) -> None:
    [row] = shop.good("event W-3 complain text='it squeaks' --json").rows
    assert (row["event"], row["rule"], row["facts"]["text"]) == ("say", "say.it", "it squeaks")
    assert shop.good("log W-3 --json").rows[-1]["event"] == "say"
    ran = shop.run("event W-3 complain")
    assert (ran.code, "text is missing" in ran.err) == (2, True)


def test_what_is_forbidden_is_not_said(shop: Desk) -> None:
    ran = shop.run("event W-3 say text='We do it For Free'")
    assert (ran.code, "This promises something for nothing." in ran.err) == (3, True)
    shop.good("event W-3 say text='We do it'")


def test_a_template_that_says_what_is_forbidden(shop: Desk) -> None:
    template = Path(shop.file).parent / "books" / "repairs" / "booked.en.j2"
    template.write_text("{{ customer.name }} gets it fo{{ 'r free' }}", encoding="utf-8")
    before = shop.file.read_bytes()
    ran = shop.run(BOOKED)
    assert (ran.code, "promises something for nothing (en: for free)" in ran.err) == (3, True)
    assert shop.file.read_bytes() == before


def test_an_object_is_read_and_written_as_one(shop: Desk) -> None:
    source = Path(shop.file).parent / "more.json"
    one = car("W-8", plan={"visit": "2026-03-12", "price": "12.50"})
    source.write_text(json.dumps({"tickets": [one]}), encoding="utf-8")
    shop.good(f"import {source}")
    assert shop.show("W-8")["plan"] == {"visit": "2026-03-12", "price": "12.50"}
    for plan, told in (
        ({"visits": 1}, "plan has no 'visits'; it has visit, price"),
        ("soon", "plan is 'soon': it must be an object"),
        ({"price": "-1"}, "price is '-1': it must be an amount"),
    ):
        source.write_text(json.dumps({"tickets": [car("W-9", plan=plan)]}), encoding="utf-8")
        ran = shop.run(f"import {source}")
        assert (ran.code, told in ran.err) == (2, True), ran.err


def test_a_closed_one_needs_a_result_that_there_is(shop: Desk) -> None:
    source = Path(shop.file).parent / "more.json"
    for result in (None, "lost"):
        source.write_text(json.dumps({"tickets": [car("W-9", status="done", result=result)]}))
        ran = shop.run(f"import {source}")
        assert (ran.code, "closed with one of repaired, moved on, called off" in ran.err) == (
            2,
            True,
        )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('prefix = "W"\n', "", "book.known opens a ticket; [book] needs a prefix"),
        ('{ note = "Booked', '{ task = "a", due = "today" },\n  { note = "Booked', None),
        ('  { open = "repairs", with = { part = "{part}", visit = "{at}", price = "{price}" } },\n', "",
         "book.known has note before it opens a ticket"),
        ("part = \"{part}\", visit", "parts = \"{part}\", visit", "there is no field 'parts'"),
        ('to = "today"', 'to = "{months}"', None),
        ('event = "say", with', 'event = "shout", with', "there is no event 'shout' to hand on to."),
        ('with = { text = "{text}" } }', 'with = { loud = "{text}" } }', "event say has no input 'loud'."),
        ('escalate = "foreman"', 'escalate = "boss"', "there is no role 'boss'"),
        ("fee = { value = 0.30", "fee = { value = 1.30", "must be a share from 0 to 1"),
        ('close = "repaired"', 'close = "lost"', "there is no result 'lost'"),
        ('by = ["part"', 'by = ["parts"', "sheet cars names 'parts'"),
        ('pattern = "for free"', 'pattern = "for (free"', "is not a pattern that can be used"),
        ('part = "{urgent}"', 'part = "{lines}"', "parameter 'lines' is neither a whole number nor a word"),
        ('pattern = "for free"', 'pattern = "Yes"', "booked.en.j2 says what must never be said: promises"),
        ('then = []\nnext', 'then = [{ open = "repairs" }]\nnext', "a night opens no tickets"),
    ],
)  # fmt: skip
def test_faults_of_what_is_new(desk: Desk, old: str, new: str, told: str | None) -> None:
    assert old in BOOK
    ran = with_book_of(desk, BOOK.replace(old, new, 1)).run("book check repairs")
    assert (ran.code == 0) if told is None else (told in ran.out + ran.err), ran.out + ran.err


def with_book_of(desk: Desk, book: str) -> Desk:
    folder = Path(desk.file).parent / "books" / "repairs"
    folder.mkdir(parents=True)
    (folder / "book.toml").write_text(book, encoding="utf-8")
    (folder / "facts.sql").write_text(FACTS, encoding="utf-8")
    (folder / "booked.en.j2").write_text("Yes.", encoding="utf-8")
    desk.settings(SETTINGS + '\n[folders]\nbooks = "books"\n')
    return desk


def test_settings_change_one_value_of_a_table(shop: Desk) -> None:
    text = Path(shop.file).parent / "more.toml"
    text.write_text(
        '[folders]\nbooks = "books"\n[parameters.repairs]\nlines = { sales = "4900" }\nfee = 0.125\n',
        encoding="utf-8",
    )
    words = f"event repairs book part=paint at=2026-03-10 price=1 --json --config {text}"
    assert actions(shop.good(words).rows[0])["transfer"]["line"] == "4900"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("lines = 3", "lines must be like {'sales': '4100', 'parts': '4200'}, not 3."),
        ("lines = { sales = 4 }", "lines must be like"),
        ('urgent = ["paint", 3]', "urgent must be like ['brakes', 'steering']"),
        ("fee = 2", "fee must be like 0.3, not 2."),
        ("fee = 0.12345", "fee must be a share from 0 to 1 with at most 4 decimals"),
    ],
)
def test_settings_that_do_not_fit(shop: Desk, text: str, told: str) -> None:
    path = Path(shop.file).parent / "more.toml"
    path.write_text(f'[folders]\nbooks = "books"\n[parameters.repairs]\n{text}\n', encoding="utf-8")
    ran = shop.run(f"triage W-3 --config {path}")
    assert (ran.code, told in ran.err) == (2, True), ran.err


def test_sheets_of_any_book(shop: Desk) -> None:
    shop.good(BOOKED)
    assert (
        "cars             repairs          Cars in the shop (by part, assignee)\n"
        in shop.good("sheet").out
    )
    assert {"sheet": "cars", "book": "repairs", "title": "Cars in the shop",
            "by": ["part", "assignee"]} in shop.good("sheet --json").rows  # fmt: skip
    assert [row["ticket"] for row in shop.good("sheet cars --json").rows] == ["W-4", "W-3"]
    out = shop.good("sheet cars part=brakes").out
    assert out == (
        "Cars in the shop brakes, 2026-03-02: 1\n"
        "ticket  part    price   age\n"
        "W-4     brakes  150.00  0\n"
    )
    assert shop.good("sheet cars part=steering").out == "Cars in the shop steering: empty.\n"
    for words, told in (
        ("sheet bikes", "there is no sheet 'bikes'; there are "),
        ("sheet cars price=1", "sheet cars can't be narrowed by price."),
        ("sheet cars part", "'part' is not KEY=VALUE"),
    ):
        ran = shop.run(words)
        assert (ran.code, told in ran.err) == (2, True), ran.err
