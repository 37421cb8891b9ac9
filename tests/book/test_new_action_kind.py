"""A new kind of action is one file: a book has it, the night does it, every page shows it.

The kind stands in tests/support/stamp_action.py; nothing in core or cli knows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk import SETTINGS, Desk
from prassi.core.book.action_context import Constant, DueDate, FilledText, NamedValue
from prassi.core.book.actions import ACTION_KINDS, add_kind
from stamp_action import Stamp

BOOK = """
[book]
name = "parcels"
title = "Parcels that lie about"
source = "invented"
calendar = "IT"
language = "en"
reach = []

[[statement]]
id = "p1"
says = "What lies about is stamped."

[common]
reopen = false

[statuses]
lying = { about = "it lies about" }
gone = { about = "it is gone", closed = true }

[fields]
stamped_on = { type = "date", optional = true, about = "day of the newest stamp" }

[facts]
status = { type = "status", about = "where it is" }
age = { days_since = "opened_on", about = "days it has been lying" }
opened_on = { type = "date", about = "day it came" }
stamp = { days_since = "stamped", optional = true, about = "days since the newest stamp" }
stamped = { type = "date", optional = true, about = "day of the newest stamp" }

[sequences]
STAMP = [{ stamp = "Seen on day {age}.", on = "today" }]

[events.day]
title = "A night has passed"
[[events.day.rule]]
id = "day.stamp"
why = "It has no stamp."
from = ["p1"]
when = { stamp = "none" }
then = [{ do = "STAMP" }]
[[events.day.rule]]
id = "day.rest"
why = "It has been stamped."
from = ["p1"]
when = { stamp = "!= none" }
then = [{ wait = "1 days" }]

[events.take]
title = "Somebody takes it"
[[events.take.rule]]
id = "take"
why = "Taken."
from = ["p1"]
when = { status = "lying" }
then = [{ stamp = "Taken.", on = "2 working days" }, { close = "taken" }]

[[property]]
id = "stamped-once"
says = "A night stamps once."
happens = { rule = "day.stamp" }
at_most = 1

[[property]]
id = "taken-once"
says = "A parcel is taken once."
happens = { event = "take", stamp = "Taken." }
at_most = 1
"""
FACTS = """SELECT ticket.id AS ticket, ticket.status AS status, ticket.opened AS opened_on,
    ticket.stamped_on AS stamped FROM ticket"""


@pytest.fixture
def kind() -> Iterator[type[Stamp]]:
    add_kind(Stamp)
    yield Stamp
    del ACTION_KINDS[Stamp.name]


def parcels(desk: Desk, book: str = BOOK) -> Desk:
    folder = Path(desk.file).parent / "books" / "parcels"
    folder.mkdir(parents=True)
    (folder / "book.toml").write_text(book, encoding="utf-8")
    (folder / "facts.sql").write_text(FACTS, encoding="utf-8")
    desk.settings(SETTINGS + '\n[folders]\nbooks = "books"\n')
    return desk


@pytest.fixture
def stampede(desk: Desk, kind: type[Stamp]) -> Desk:
    """Three parcels, two of one day: a night plans for these once."""
    days = {"P-1": "2026-02-27", "P-2": "2026-02-27", "P-3": "2026-03-01"}
    shop = parcels(desk)
    shop.load(
        *({"ref": ref, "book": "parcels", "customer": "C-1", "opened": day, "status": "lying"}
          for ref, day in days.items())
    )  # fmt: skip
    return shop


def notes(desk: Desk, ref: str) -> list[str]:
    return [note["text"] for note in desk.show(ref)["notes"]]


def test_it_goes_from_the_book_to_json_and_the_printed_line(stampede: Desk) -> None:
    [row] = stampede.good("event P-1 take --json --dry-run").rows
    assert row["actions"] == [
        {"action": "stamp", "text": "Taken.", "on": "2026-03-04"},
        {"action": "close", "result": "taken"},
    ]
    printed = stampede.good("event P-1 take").out
    assert "\n  - stamped: Taken.\n  - closed: taken\n" in printed
    assert notes(stampede, "P-1") == ["STAMP Taken."]
    assert stampede.show("P-1")["stamped_on"] == "2026-03-04"
    assert stampede.good("verify").code == 0


def test_a_night_does_it_with_the_words_of_each_ticket(stampede: Desk) -> None:
    """What it puts into its text belongs to what tells plans apart, though nobody declared it."""
    rows = stampede.good("triage --json").rows
    said = {row["ticket"]: row["actions"][0]["text"] for row in rows}
    assert said == {"P-1": "Seen on day 3.", "P-2": "Seen on day 3.", "P-3": "Seen on day 1."}
    assert [notes(stampede, ref) for ref in said] == [[f"STAMP {text}"] for text in said.values()]
    assert {row["rule"] for row in stampede.good("triage --json --all").rows} == {"day.rest"}
    stampede.good("undo 4")
    assert notes(stampede, "P-3") == []


def test_every_page_about_the_book_shows_it(stampede: Desk) -> None:
    shown = stampede.good("book show parcels").out
    assert "then stamp Seen on day {age}. on today" in shown
    ran = stampede.run("book check parcels")
    assert (ran.code, ran.out) == (0, "parcels: 3 rules in 2 tables, nothing found.\n")
    left = stampede.good(f"book export parcels --dmn {stampede.file}.dmn --json").rows
    names = next(row["names"] for row in left if row.get("left_out") == "actions")
    assert "stamp" in names


def test_scenarios_and_proofs_know_what_it_does(stampede: Desk) -> None:
    """The search sees that a stamp is written, so that no second night writes one."""
    rows = stampede.good("book prove parcels --json").rows
    outcomes = {row["property"]: row["outcome"] for row in rows}
    assert outcomes == {"stamped-once": "proven", "taken-once": "proven"}


def test_a_property_names_it_and_a_fault_in_it_is_found(stampede: Desk) -> None:
    """Where taking a parcel leaves it there, it is stamped a second time, and the story says so."""
    book = Path(stampede.file).parent / "books" / "parcels" / "book.toml"
    book.write_text(BOOK.replace(', { close = "taken" }', ""), encoding="utf-8")
    ran = stampede.run("book prove parcels --json")
    outcomes = {row["property"]: row for row in ran.rows}
    assert ran.code == 1
    assert outcomes["taken-once"]["outcome"] == "broken"
    story = outcomes["taken-once"]["story"]
    assert [step["rule"] for step in story["steps"]] == ["take", "take"]
    assert "stamp text Taken., on 2026-03-04" in story["steps"][0]["does"]


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ('{ stamp = "Taken." }', "take: stamp needs 'on'."),
        ('{ stamp = "Taken.", on = "today", by = "me" }', "take: stamp has no key 'by'"),
        ('{ stamp = "By {whom}.", on = "today" }', "take: there is nothing called 'whom'"),
    ],
)
def test_what_is_wrong_with_it_has_a_file_and_a_line(
    desk: Desk, kind: type[Stamp], written: str, fault: str
) -> None:
    right = '{ stamp = "Taken.", on = "2 working days" }'
    assert right in BOOK
    ran = parcels(desk, BOOK.replace(right, written)).run("book check parcels")
    line = BOOK[: BOOK.index(right)].count("\n") + 1
    assert ran.code == 1
    assert fault in ran.out + ran.err
    assert f"book.toml:{line}" in ran.out + ran.err


def test_without_it_the_book_is_refused(desk: Desk) -> None:
    ran = parcels(desk).run("book check parcels")
    assert ran.code == 1
    assert "there is no action 'stamp': it must be one of note, tag," in ran.out + ran.err


def test_a_kind_cannot_take_the_name_of_another(kind: type[Stamp]) -> None:
    with pytest.raises(ValueError, match="there is already an action 'stamp'"):
        add_kind(Stamp)


def test_records_are_frozen_and_compare_by_kind_and_values() -> None:
    from prassi.core.book.list_actions import TagRemoved, TagSet

    one: Any = TagSet("a")
    assert one == TagSet(tag="a")
    assert hash(one) == hash(TagSet("a"))
    assert one != TagRemoved("a")
    assert one.replace(tag="b") == TagSet("b")
    assert repr(one) == "TagSet(tag='a')"
    with pytest.raises(AttributeError, match="the record is frozen"):
        one.tag = "b"
    with pytest.raises(AttributeError, match="the record is frozen"):
        del one.tag
    wrong: Any = TagSet
    for values, named in ((("a", "b"), {}), ((), {}), (("a",), {"kind": "x"})):
        with pytest.raises(TypeError, match=r"TagSet (has the fields tag|needs tag)"):
            wrong(*values, **named)


def test_no_kind_leaves_out_what_every_action_does() -> None:
    """What is abstract costs no metaclass, so that nothing but this notices who leaves it out."""
    for kind in (*ACTION_KINDS.values(), Constant, NamedValue, FilledText, DueDate):
        left_out = [
            n for n in dir(kind) if getattr(getattr(kind, n), "__isabstractmethod__", False)
        ]
        assert left_out == [], kind
