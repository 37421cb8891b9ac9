"""Reading a book: a small one of three rules loads; one fault after the other is put into it and told.

Every fault is told with the line it stands on and a sentence, and all of them at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from prassi.core.book import Book, DateFact
from prassi.core.desk import Decision, Night, Office, Only, sheet_rows
from prassi.core.errors import BadInput, Faults
from prassi.core.settings import NONE
from prassi.core.shelf import Shelf
from prassi.core.ticketfile import connect
from prassi.core.ticketfile.hand import Here
from prassi.core.ticketfile.importing import import_sources
from prassi.core.ticketfile.writing import Writer

BOOK = """\
[book]
name = "lending"
title = "Books that were lent and not brought back"
source = "House rules of a small library"
calendar = "IT"
language = "en"

[parameters]
grace_days = { value = 7, unit = "days", about = "a reader has after a reminder" }
max_reminders = { value = 2, unit = "reminders", about = "before the desk takes over", min = 1, max = 5 }
greeting = { value = "Dear reader", about = "how a reminder begins" }

[roles]
desk = "Front desk"

[[statement]]
id = "l1"
says = "A reader who is late is reminded, and has a week."
[[statement]]
id = "l2"
says = "After two reminders the desk takes over."
[[statement]]
id = "l3"
says = "What comes back is ticked off."
[[statement]]
id = "l4"
says = "The desk is friendly."
manual = "No table can decide that."

[[remark]]
id = "n1"
says = "The house rules do not say how the desk reaches a reader; it phones."

[statuses]
lent = { about = "the reader has it" }
with-desk = { about = "the desk looks after it", needs = ["reminders"], needs_item = { books = { back_on = "none" } } }
back = { about = "nothing is missing", closed = true }

[fields]
reminders = { type = "integer", min = 0, default = 0, about = "reminders so far" }
since = { type = "date", default = "2026-01-01", about = "reader since" }

[items.books]
about = "what was lent"
key = "title"
[items.books.fields]
title = { type = "text", about = "as on the cover" }
worth = { type = "money", optional = true, about = "what it costs to replace" }
back_on = { type = "date", optional = true, about = "day on which it came back" }

[facts]
status = { type = "status", about = "where the ticket stands" }
reminder = { type = "integer", min = 1, about = "which reminder a new one would be" }
missing = { type = "integer", min = 0, about = "books not brought back, once this is ticked off" }
task_due = { type = "moment", about = "when the open task is due" }
overdue = { workdays_since = "task_due", about = "working days since the open task is due" }
late = { type = "boolean", about = "the first book is a month late" }

[sequences]
REMIND = [
  { set = "reminders", to = "{reminder}" },
  { task = "remind", due = "{grace_days} days" },
]
TWICE = [
  { do = "REMIND" },
]

[events.day]
title = "A night has passed"

[[events.day.rule]]
id = "day.remind"
why = "Reminder number {reminder} of {max_reminders}."
from = ["l1"]
when = { status = "lent", overdue = ">= 0", reminder = "<= {max_reminders}" }
then = [
  { do = "TWICE" },
  { note = "{greeting}: overdue for {overdue} days." },
  { priority = "high", if = { late = true } },
]

[[events.day.rule]]
id = "day.desk"
why = "No answer to {max_reminders} reminders."
from = ["l2"]
remarks = ["n1"]
when = { status = "lent", overdue = ">= 0", reminder = "> {max_reminders}" }
then = [
  { assign = "desk" },
  { status = "with-desk" },
  { done = "tasks" },
]
next = { action = "phone", who = "desk", due = "2 working days" }

[events.return]
title = "Something came back"
one_of = ["title", "everything"]
[events.return.inputs]
title = { type = "text", many = true, optional = true, among = { items = "books", field = "title", where = { back_on = "none" } }, about = "what came back" }
everything = { type = "boolean", default = false, about = "all of it came back" }
on = { type = "date", default = "today", latest = "today", about = "the day it came back" }
note = { type = "text", when = { everything = false }, optional = true, about = "what was said" }

[[events.return.rule]]
id = "return.tick"
why = "{missing} books are missing now."
from = ["l3"]
needs = ["on"]
when = { missing = ">= 0" }
then = [
  { change = "books", where = { back_on = "none" }, to = { back_on = "{on}" } },
  { note = "{note}" },
  { close = "returned", if = { missing = 0 } },
]

[sheets.lent]
title = "What is lent"
status = ["lent", "with-desk"]
columns = [
  { head = "ticket", value = "{ref}" },
  { head = "late", value = "{overdue}" },
  { head = "next step", value = "{next}" },
]
"""

FACTS = """\
SELECT
    ticket.id AS ticket,
    ticket.status AS status,
    ticket.reminders + 1 AS reminder,
    (SELECT count(*) FROM books b WHERE b.ticket = ticket.id AND b.back_on IS NULL AND NOT (
        :everything OR b.title IN (SELECT value FROM json_each(:title)))) AS missing,
    coalesce((SELECT min(t.due) FROM task t WHERE t.ticket = ticket.id), ticket.opened) AS task_due,
    ticket.opened < date(:today, '-1 month') AS late
FROM ticket
"""


class Stack:
    """A user's own folder of books, with one book in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "books"
        self.path = self.folder / "lending" / "book.toml"
        self.path.parent.mkdir(parents=True)
        self.write(BOOK)

    def write(self, text: str, sql: str = FACTS) -> None:
        self.path.write_text(text, encoding="utf-8")
        self.path.with_name("facts.sql").write_text(sql, encoding="utf-8")

    def shelf(self) -> Shelf:
        return Shelf(NONE._replace(books=str(self.folder)))

    def book(self) -> Book:
        return self.shelf().book("lending")

    def faults(self) -> list[str]:
        """What is wrong in the book, each as `line: sentence`."""
        with pytest.raises(Faults) as told:
            self.book()
        assert all(fault.startswith(f"{self.path}:") for fault in told.value.faults)
        count = len(told.value.faults)
        assert told.value.about == f"{self.path} has {count} fault{'s' if count > 1 else ''}:"
        return [fault.removeprefix(f"{self.path}:") for fault in told.value.faults]


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    monkeypatch.setenv("PRASSI_CACHE", str(tmp_path / "cache"))
    return Stack(tmp_path)


# --- a sound book -----------------------------------------------------------------------------------


def test_a_sound_book_is_read_as_it_is_written(stack: Stack) -> None:
    book = stack.book()
    assert (book.name, book.title, book.calendar, book.language, book.closed_status) == (
        "lending", "Books that were lent and not brought back", "IT", "en", "back",
    )  # fmt: skip
    assert book.parameters["max_reminders"][1:] == (
        2, "reminders", "before the desk takes over", 1, 5,
    )  # fmt: skip
    assert book.facts["overdue"] == DateFact(
        "overdue", "task_due", True, False, "working days since the open task is due"
    )
    assert book.statements["l4"].manual == "No table can decide that."
    assert book.remarks["n1"].says.startswith("The house rules do not say")
    assert book.items["books"].key == "title"
    assert book.fields["since"].default == "2026-01-01"
    assert book.statuses["with-desk"].needs_items == {"books": {"back_on": "none"}}
    assert book.sheets["lent"].statuses == ("lent", "with-desk")
    assert book.event_names == ("day", "return")
    assert book.input_names == ("title", "everything", "on", "note")
    assert [rule.id for name in book.event_names for rule in book.event(name).rules] == [
        "day.remind", "day.desk", "return.tick",
    ]  # fmt: skip


def test_a_rule_has_its_parts_with_sequences_put_in(stack: Stack) -> None:
    event = stack.book().event("day")
    remind, desk = event.rules
    assert [step.kind for step in remind.steps] == ["set", "task", "note", "priority"]
    assert list(remind.steps[3].when) == ["late"]
    assert (remind.statements, remind.acts, remind.next) == (("l1",), True, None)
    assert (desk.remarks, desk.extrapolated) == (("n1",), False)
    assert desk.next is not None
    assert (desk.next.action, desk.next.who, desk.next.due.number) == ("phone", "desk", 2)
    assert event.facts == ("status", "reminder", "task_due", "overdue", "late")
    assert event.columns == ("status", "reminder", "task_due", "late")
    assert event.decide(("lent", 2, "2026-03-02", 0, False)) == 0
    assert event.decide(("lent", 3, "2026-03-02", 9, False)) == 1
    assert event.rule("day.desk") is desk


def test_what_a_book_does_not_have_is_told(stack: Stack) -> None:
    with pytest.raises(BadInput, match=r"^book lending has no event 'call': it has day, return\.$"):
        stack.book().event("call")
    with pytest.raises(BadInput, match=r"^event day has no rule 'day\.x': see `prassi book show`"):
        stack.book().event("day").rule("day.x")
    with pytest.raises(BadInput, match=r"^there is no book 'keys'; there are .*lending"):
        stack.shelf().book("keys")


def test_a_book_is_checked_anew_once_it_has_changed(stack: Stack) -> None:
    before = stack.book().digest
    assert stack.book().digest == before
    stack.write(BOOK.replace("value = 7", "value = 8"))
    assert stack.book().parameters["grace_days"].value == 8
    assert stack.book().digest != before
    stack.write(BOOK, FACTS + "-- a comment\n")
    assert stack.book().digest != before
    stack.write(BOOK.replace("closed = true", "closed = false"))
    assert len(stack.faults()) == 1


def test_dates_may_be_written_as_toml_has_them(stack: Stack) -> None:
    stack.write(BOOK.replace('default = "2026-01-01"', "default = 2026-01-01"))
    first, again = stack.book(), stack.book()
    assert first.fields["since"].default == again.fields["since"].default == "2026-01-01"
    assert first.digest == again.digest


# --- one fault after the other ------------------------------------------------------------------------


class Wrong(NamedTuple):
    """A change to the book, and what has to be told of it, on the line that `at` stands on."""

    old: str
    new: str
    sentence: str
    at: str | None = None
    """By default the new text; the last line it stands on."""


RULE, DESK, TICK = 'id = "day.remind"', 'id = "day.desk"', 'id = "return.tick"'

WRONG = [
    # the book and its sections
    Wrong("[parameters]", "[paramters]", "the book knows no 'paramters'; it knows book, parameters,"),
    Wrong('language = "en"', "language = 5", "language must be text, not 5."),
    Wrong('calendar = "IT"\n', "", "book needs 'calendar'.", "[book]"),
    Wrong('calendar = "IT"', 'calendar = "Italia"', "there is no calendar 'Italia': use a country"),
    Wrong('title = "Books', 'titel = "Books', "book knows no 'titel'; it knows name, title, source,"),
    Wrong('name = "lending"', 'name = "landing"',
          "the book stands in a folder 'lending' and must have its name."),
    Wrong('[roles]\ndesk = "Front desk"', "[roles]\ndesk = 5", "desk must be text, not 5.", "desk = 5"),
    # parameters
    Wrong('value = 7, unit = "days"', 'value = 7, units = "days"',
          "grace_days knows no 'units'; it knows value, unit, about, min, max."),
    Wrong('value = 7, unit = "days"', 'unit = "days"', "grace_days needs 'value'."),
    Wrong(', about = "how a reminder begins"', "", "greeting needs 'about'.", "greeting = {"),
    Wrong("min = 1, max = 5", "min = 1, max = 1.5", "max must be a whole number, not 1.5."),
    Wrong("min = 1, max = 5", "min = 3, max = 5", "max_reminders must be at least 3, not 2."),
    # statements and remarks
    Wrong('says = "The desk is friendly."\n', "", "3 needs 'says'.", '[[statement]]\nid = "l4"'),
    Wrong('id = "l3"', 'id = "l2"', "there are two statements 'l2'.", '[[statement]]\nid = "l2"'),
    Wrong('manual = "No table can decide that."\n', "",
          "no rule comes from l4; mark it manual, with the reason.", '[[statement]]\nid = "l4"'),
    Wrong('id = "l1"', 'id = "l1"\nmanual = "by heart"',
          "l1 is marked manual, and yet a rule comes from it.", '[[statement]]\nid = "l1"'),
    # statuses
    Wrong("closed = true", "closed = false", "no status is marked closed = true.", "[statuses]"),
    Wrong("closed = true", 'closed = "yes"', "closed must be true or false, not 'yes'."),
    Wrong('lent = { about = "the reader has it" }', "lent = {}", "lent needs 'about'."),
    Wrong('needs = ["reminders"]', 'needs = ["remainders"]',
          "with-desk needs 'remainders', which is no field."),
    Wrong("needs_item = { books", "needs_item = { disks", "with-desk needs an item 'disks', which"),
    # fields and items
    Wrong('reminders = { type = "integer"', 'reminders = { type = "number"',
          "reminders has the type 'number'; there are text, ticket, word, status, integer,"),
    Wrong('reminders = { type = "integer"', 'reminders = { tipe = "integer", type = "integer"',
          "reminders knows no 'tipe'; it knows type, values, min, max, default,"),
    Wrong("reminders = { type", "Reminders = { type",
          "'Reminders' is no name: use small letters, digits, - and _."),
    Wrong('"2026-01-01", about = "reader since"', '"2026-02-30", about = "reader since"',
          "the default of since: is '2026-02-30': there is no such day"),
    Wrong('worth = { type = "money"', 'worth = { type = "word"', "worth is a word and needs its values."),
    Wrong('key = "title"', 'key = "isbn"', "the key of books is no field of it: 'isbn'."),
    Wrong("back_on = { type", "back_on = { pattern = '[', type",
          "the pattern of back_on: unterminated character set at position 0."),
    # facts
    Wrong('overdue = { workdays_since = "task_due"', 'overdue = { workdays_since = "status"',
          "overdue counts from 'status', which is no date among facts and inputs."),
    Wrong('overdue = { workdays_since = "task_due"', 'overdue = { workdays_since = "lent_on"',
          "overdue counts from 'lent_on', which is no date among facts and inputs."),
    Wrong('overdue = { workdays_since = "task_due"', 'overdue = { workdays_since = "task_due", min = 1',
          "overdue knows no 'min'; it knows days_since, workdays_since, optional, about."),
    # tests
    Wrong('overdue = ">= 0", reminder = "<= ', 'overdu = ">= 0", reminder = "<= ',
          "there is no fact 'overdu' to test."),
    Wrong('status = "lent", overdue = ">= 0", reminder = "<=', 'status = "lost", overdue = ">= 0", reminder = "<=',
          "the test of status: the fact is never 'lost': it is lent, with-desk, back."),
    Wrong('overdue = ">= 0", reminder = "<= {max', 'overdue = "=> 0", reminder = "<= {max',
          "the test of overdue: '=> 0' is no test of a number: write 3, '< 3', '>= 3' or '2..3'."),
    Wrong('reminder = "<= {max_reminders}"', 'reminder = "<= {max_remainders}"',
          "the test of reminder: there is no parameter 'max_remainders'."),
    Wrong('reminder = "<= {max_reminders}"', 'reminder = "<= {greeting}"',
          "the test of reminder: parameter 'greeting' is no whole number, so a test can't count"),
    Wrong('when = { missing = ">= 0" }', 'when = "always"', "'always' must be a table of facts and tests."),
    Wrong("if = { missing = 0 }", "if = { mising = 0 }", "there is no fact 'mising' to test.", "then = [\n  { change"),
    Wrong("when = { everything = false }", "when = { everithing = false }",
          "there is no fact 'everithing' to test."),
    # rules
    Wrong('why = "Reminder number {reminder} of {max_reminders}."\n', "", "rule 0 needs 'why'.",
          "[[events.day.rule]]\n" + RULE),
    Wrong('why = "Reminder number {reminder}', 'why = "Reminder number {remainder}',
          "there is nothing called 'remainder' to put into 'Reminder number {remainder} of"),
    Wrong('from = ["l1"]', 'from = ["l1", "l9"]', "day.remind cites statement 'l9', which there is not."),
    Wrong('remarks = ["n1"]', 'remarks = ["n2"]', "day.desk cites remark 'n2', which there is not."),
    Wrong('from = ["l3"]', 'from = "l3"', "from must be a list, not 'l3'."),
    Wrong('needs = ["on"]', 'needs = ["in"]', "return.tick needs 'in', which is no input of the event."),
    Wrong('needs = ["on"]', 'neds = ["on"]', "rule 0 knows no 'neds'; it knows id, why, from, remarks,"),
    Wrong(DESK, RULE, "there are two rules 'day.remind'."),
    Wrong('reminder = "> {max_reminders}"', 'reminder = ">= {max_reminders}"',
          "day.remind and day.desk both answer: status lent, overdue 0, reminder 2."),
    Wrong('title = "A night has passed"', "", "day needs 'title'.", "[events.day]"),
    # actions
    Wrong('{ assign = "desk" }', '{ asign = "desk" }', "day.desk: there is no action 'asign': it must be one of note,",
          'then = [\n  { asign'),
    Wrong('{ assign = "desk" }', '{ assign = "boss" }',
          "day.desk: there is no role 'boss': it must be one of desk.", 'then = [\n  { assign'),
    Wrong('{ status = "with-desk" }', '{ status = "gone" }',
          "day.desk: there is no status 'gone': it must be one of lent, with-desk, back.", 'then = [\n  { assign'),
    Wrong('{ done = "tasks" }', '{ done = "all" }',
          "day.desk: there is no thing to be done with 'all': it must be one of tasks.", 'then = [\n  { assign'),
    Wrong('{ priority = "high"', '{ priority = "urgent"',
          "day.remind: there is no priority 'urgent': it must be one of low, medium, high, blocking.",
          'then = [\n  { do = "TWICE" }'),
    Wrong('{ do = "TWICE" }', '{ do = "THRICE" }',
          "day.remind: there is no sequence 'THRICE'; there are REMIND, TWICE.", 'then = [\n  { do = "THRICE"'),
    Wrong('{ do = "TWICE" }', '{ do = ["TWICE"] }',
          "day.remind: there is no sequence ['TWICE']; there are REMIND, TWICE.", "then = [\n  { do = ["),
    Wrong('{ do = "TWICE" }', '"TWICE"', "day.remind: 'TWICE' is no action; write it as { action = ... }.",
          'then = [\n  "TWICE"'),
    Wrong('{ note = "{greeting}: overdue for {overdue} days." }', '{ note = "{greetin}" }',
          "day.remind: there is nothing called 'greetin' to put into '{greetin}'.", 'then = [\n  { do = "TWICE" }'),
    Wrong('{ note = "{greeting}: overdue for {overdue} days." }', '{ note = "overdue for {overdue days" }',
          "day.remind: 'overdue for {overdue days' has a brace without a name in it.", 'then = [\n  { do = "TWICE" }'),
    Wrong('{ note = "{note}" }', "{ note = 5 }", "return.tick: 5 must be text.", "then = [\n  { change"),
    Wrong('{ note = "{note}" }', '{ note = "x", loud = true }', "return.tick: note knows no 'loud'.", "then = [\n  { change"),
    Wrong('{ note = "{note}" }', '{ message = "thanks" }', "return.tick: message needs 'channel'.", "then = [\n  { change"),
    Wrong('{ note = "{note}" }', '{ message = "thanks", channel = "pigeon" }',
          "return.tick: there is no channel 'pigeon': it must be one of email, sms.", "then = [\n  { change"),
    Wrong('{ note = "{note}" }', '{ message = "thanks", channel = "email" }',
          "return.tick: there is no template 'thanks' in any language", "then = [\n  { change"),
    Wrong('{ note = "{note}" }', '{ report = "lost" }',
          "return.tick: there is no sheet 'lost': it must be one of lent.", "then = [\n  { change"),
    Wrong('{ note = "{note}" }', '{ tell = "agent" }', "return.tick: tell needs either text or template.", "then = [\n  { change"),
    Wrong('{ note = "{note}" }', '{ tell = "agent", text = "a", template = "b" }',
          "return.tick: tell needs either text or template.", "then = [\n  { change"),
    Wrong('{ note = "{note}" }', '{ set = "remainders", to = 1 }',
          "return.tick: there is no field 'remainders': it must be one of reminders, since.", "then = [\n  { change"),
    Wrong('{ note = "{note}" }', '{ set = "reminders", to = -1 }',
          "return.tick: reminders is -1: it must be at least 0.", "then = [\n  { change"),
    Wrong('{ note = "{note}" }', '{ set = "reminders", to = "{missing} of them" }',
          "return.tick: '{missing} of them' must be one name in braces, or a plain value.", "then = [\n  { change"),
    Wrong('{ note = "{note}" }', '{ add = "books", with = { worth = "1.00" } }',
          "return.tick: a new one of books needs title.", "then = [\n  { change"),
    Wrong('{ note = "{note}" }', '{ add = "books", with = 3 }', "return.tick: 3 must be a table of fields.", "then = [\n  { change"),
    Wrong('{ note = "{note}" }', '{ task = "look", due = "when there is time" }',
          "return.tick: 'when there is time' is no due date: write today, {a date}, 5 working days,", "then = [\n  { change"),
    Wrong('{ note = "{note}" }', '{ task = "look", due = "{weeks} days" }',
          "return.tick: {weeks} is no parameter that is a whole number.", "then = [\n  { change"),
    Wrong('{ note = "{note}" }', '{ task = "look", due = "2 days after {missing}" }',
          "return.tick: there is no date called 'missing'.", "then = [\n  { change"),
    Wrong('{ note = "{note}" }', '{ task = "look", due = "first working day from day 30 of next month" }',
          "return.tick: day 30 is not in every month: use 1 to 28.", "then = [\n  { change"),
    Wrong('{ change = "books"', '{ change = "disks"',
          "return.tick: there is no kind of item 'disks': it must be one of books.", "then = [\n  { change"),
    Wrong('where = { back_on = "none" }, to', 'where = { isbn = "none" }, to',
          "return.tick: there is no field 'isbn': it must be one of title, worth, back_on.", "then = [\n  { change"),
    Wrong('to = { back_on = "{on}" } }', "}", "return.tick: change needs 'to'.", "then = [\n  { change"),
    # what is next
    Wrong('who = "desk", due', 'who = "boss", due', "next: there is no role 'boss': it must be one of desk."),
    Wrong('due = "2 working days"', 'due = "2 workdays"', "next: '2 workdays' is no due date: write today,"),
    Wrong('due = "2 working days"', "due = 2", "due must be text, not 2."),
    # sequences
    Wrong('{ set = "reminders", to', '{ set = "remainders", to',
          "day.remind: there is no field 'remainders': it must be one of reminders, since.", "REMIND = ["),
    Wrong('TWICE = [\n  { do = "REMIND" }', 'TWICE = [\n  { do = "TWICE" }',
          "day.remind: sequence TWICE leads back to itself.", "TWICE = ["),
    Wrong('TWICE = [\n  { do = "REMIND" },\n]', 'TWICE = "REMIND"',
          "TWICE must be a list of actions, not 'REMIND'."),
    # inputs
    Wrong('among = { items = "books"', 'among = { items = "disks"', "among of title: there is no kind of item 'disks'"),
    Wrong('field = "title", where', 'field = "isbn", where', "among of title: there is no field 'isbn'"),
    Wrong("{ type = \"boolean\", default = false", "{ type = \"boolean\", default = 5",
          "the default of everything: is 5: it must be yes or no."),
    Wrong('one_of = ["title", "everything"]', 'one_of = ["title", "all"]',
          "one_of names 'all', which is no input of the event."),
    Wrong('latest = "today"', 'latest = "tomorrow"', "latest must be 'today', not 'tomorrow'."),
    # sheets
    Wrong('status = ["lent", "with-desk"]', 'status = ["lost"]',
          "sheet lent asks for status 'lost', which there is not."),
    Wrong('value = "{overdue}" }', 'value = "{overdu}" }',
          "a column of lent: there is nothing called 'overdu' to put into '{overdu}'.", "columns = ["),
    Wrong('{ head = "late", value', '{ haed = "late", value', "a column of lent: 'head' is missing.", "columns = ["),
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.sentence[:60])
def test_a_fault_is_told_with_its_line(stack: Stack, wrong: Wrong) -> None:
    assert BOOK.count(wrong.old) >= 1
    text = BOOK.replace(wrong.old, wrong.new, 1)
    stack.write(text)
    line = text[: text.rindex(wrong.at or wrong.new)].count("\n") + 1
    [told] = stack.faults()
    assert told.startswith(f"{line}: {wrong.sentence}")
    assert told.endswith(".")
