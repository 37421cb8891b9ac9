"""Facts that are due dates, dates that are past, and inputs that stand for what is known."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk
from prassi.core.errors import Faults
from prassi.core.library import settings
from prassi.core.library.library import Shelf

BOOK = """\
[book]
name = "letters"
title = "Letters to answer"
source = "Nowhere"
calendar = "IT"
language = "en"

[parameters]
answer_days = { value = 5, unit = "working days", about = "for an answer" }

[[statement]]
id = "s1"
says = "Letters are answered."

[statuses]
open = { about = "to be answered" }
done = { about = "answered", closed = true }

[fields]
by = { type = "date", optional = true, about = "last day" }
came_on = { type = "date", optional = true, about = "when it came" }

[facts]
by = { type = "date", optional = true, about = "last day, if it has one" }
came_on = { type = "date", optional = true, about = "when it came" }
last = { due = ["{by}", "{answer_days} working days after {came_on}"], optional = true, about = "last day" }
late = { past = "last", about = "it is past" }
left = { workdays_until = "last", optional = true, about = "working days until then" }
soon = { due = "1 working days", about = "the next working day" }
phone_known = { type = "text", optional = true, about = "the telephone the file has" }

[events.reply]
title = "An answer goes out"
[events.reply.inputs]
phone = { type = "text", optional = true, known = "phone_known", about = "the telephone" }
text = { type = "text", optional = true, about = "what it says" }

[[events.reply.rule]]
id = "reply.sent"
why = "Sent."
from = ["s1"]
needs = ["phone", "text"]
when = {}
then = [{ note = "To {phone}: {text}" }]

[events.day]
title = "A night"

[[events.day.rule]]
id = "day.late"
why = "Last day: {last}."
from = ["s1"]
when = { late = true }
then = []
next = { action = "answer", who = "agent", due = "{last}" }

[[events.day.rule]]
id = "day.in-time"
why = "Left: {left}; not before {soon}."
from = ["s1"]
when = { late = false, left = ">= 0" }
then = [{ wait = "{last}" }]

[[events.day.rule]]
id = "day.no-date"
why = "No last day."
from = ["s1"]
when = { late = false, left = "none" }
then = [{ wait = "{soon}" }]
"""

FACTS = """\
SELECT ticket.id AS ticket, ticket.by AS by, ticket.came_on AS came_on,
    (SELECT c.phone FROM customer c WHERE c.id = ticket.customer) AS phone_known
FROM ticket
"""


@pytest.fixture
def letters(desk: Desk) -> Desk:
    """A desk whose only book is that of the letters."""
    write(desk.folder, BOOK)
    desk.settings('[folders]\nbooks = "books"\n')
    return desk


def write(folder: Path, book: str) -> None:
    (folder / "books" / "letters").mkdir(parents=True)
    (folder / "books" / "letters" / "book.toml").write_text(book, encoding="utf-8")
    (folder / "books" / "letters" / "facts.sql").write_text(FACTS, encoding="utf-8")


CUSTOMERS = [{"ref": "C-1", "phone": "+39 1"}, {"ref": "C-2"}]


def letter(**dates: str) -> dict[str, str]:
    return {"ref": "T-1", "book": "letters", "customer": "C-1", **dates}


@pytest.mark.parametrize(
    ("row", "at", "rule", "why"),
    [
        # the first due that comes to a date counts, over the weekend of 2026-02-28
        (letter(came_on="2026-02-27"), "2026-03-02", "day.in-time", "Left: 4; not before 2026-03-03."),
        (letter(came_on="2026-02-27"), "2026-03-06", "day.in-time", "Left: 0; not before 2026-03-09."),
        (letter(came_on="2026-02-27"), "2026-03-07", "day.late", "Last day: 2026-03-06."),
        (letter(came_on="2026-02-27", by="2026-03-03"), "2026-02-27", "day.in-time", "Left: 2; not before 2026-03-02."),
        (letter(came_on="2026-02-27", by="2026-03-03"), "2026-03-03T23:59", "day.in-time",
         "Left: 0; not before 2026-03-04."),
        (letter(by="2026-03-03"), "2026-03-04T00:00", "day.late", "Last day: 2026-03-03."),
        (letter(), "2026-03-02", "day.no-date", "No last day."),
    ],
)  # fmt: skip
def test_a_due_date_is_a_fact(
    letters: Desk, row: dict[str, str], at: str, rule: str, why: str
) -> None:
    letters.load(row, customers=CUSTOMERS, at=at)
    [decision] = letters.good("triage --all --json", at=at).rows
    assert decision["rule"] == rule
    assert why in letters.good("explain T-1", at=at).out


def test_a_moment_counts_from_its_day(letters: Desk) -> None:
    (letters.folder / "books" / "letters" / "facts.sql").write_text(
        FACTS.replace("ticket.by AS by", "ticket.by || 'T23:00' AS by"), encoding="utf-8"
    )
    letters.load(letter(by="2026-03-02"), customers=CUSTOMERS)
    assert letters.good("triage --all --json").rows[0]["rule"] == "day.in-time"
    assert letters.good("triage --all --json", at="2026-03-03").rows[0]["rule"] == "day.late"


@pytest.mark.parametrize(
    ("customer", "given", "outcome"),
    [
        ("C-1", "text=Yes", "To +39 1: Yes"),
        ("C-1", "text=Yes phone=+39 2", "To +39 2: Yes"),
        ("C-2", "text=Yes phone=+39 3", "To +39 3: Yes"),
        ("C-1", "", "text is missing: reply.sent needs what it says."),
        ("C-2", "text=Yes", "phone is missing: reply.sent needs the telephone."),
        (
            "C-2",
            "",
            "phone and text are missing: reply.sent needs the telephone, and what it says.",
        ),
    ],
)
def test_what_is_known_needs_not_be_given(
    letters: Desk, customer: str, given: str, outcome: str
) -> None:
    letters.load({**letter(), "customer": customer}, customers=CUSTOMERS)
    words = [word.replace("_", " ") for word in given.replace("+39 ", "+39_").split()]
    ran = letters.run(["event", "T-1", "reply", *words])
    assert outcome in (ran.err if "missing" in outcome else ran.out)
    assert ran.code == (2 if "missing" in outcome else 0)


FAULTS = [
    ('["{by}", "{answer_days}', '["{bye}", "{answer_days}', "the due of last: there is no date called 'bye'."),
    ('["{by}", "{answer_days}', '["{by}", "{answer_dayz}', "the due of last: {answer_dayz} is not a parameter"),
    ('due = "1 working days"', 'due = "soon"', "the due of soon: 'soon' is not a due date"),
    ('{ past = "last"', '{ past = "phone_known"', "late counts from 'phone_known', which is not a date"),
    ('{ due = "1 working days"', '{ due = "1 working days", min = 1', "soon has no key 'min'"),
    ("when = { late = true }", 'when = { late = "none" }', "the test of late"),
    ('known = "phone_known"', 'known = "nobody"', "known of phone must name a fact, and phone be optional."),
    ('optional = true, known = "phone_known"', 'known = "phone_known"', "known of phone must name a fact"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "told"), FAULTS)
def test_faults_are_told(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    assert BOOK.count(right) == 1
    write(tmp_path, BOOK.replace(right, wrong))
    shelf = Shelf(settings.NONE._replace(books=str(tmp_path / "books")))
    with pytest.raises(Faults) as raised:
        shelf.book("letters")
    assert any(told in fault for fault in raised.value.faults), raised.value.faults
