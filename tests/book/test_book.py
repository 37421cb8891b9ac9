"""Reading a book: a small one of three rules loads; one fault after the other is put into it and told.

Every fault is told with the line it stands on and a sentence, and all of them at once.
"""

from __future__ import annotations

import copy
import json
import time
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prassi.core.book.model import Book, DateFact
from prassi.core.book.validate import BookValidator
from prassi.core.desk.decision_json import actions_as_json
from prassi.core.desk.night import Night, Selection
from prassi.core.desk.office import Office, PlanResult
from prassi.core.desk.sheets import format_rows
from prassi.core.errors import BadInput, Faults
from prassi.core.importing.import_tickets import import_sources
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.system.toml_document import Document
from prassi.core.ticketfile import connect
from prassi.core.ticketfile.open import create_file
from prassi.core.ticketfile.write_events import EventWriter
from prassi.core.ticketfile.writer_process import InProcessWriter

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
everything = { type = "boolean", default = false, about = "all of it came back" }
on = { type = "date", default = "today", latest = "today", about = "the day it came back" }
note = { type = "text", when = { everything = false }, optional = true, about = "what was said" }
[events.return.inputs.title]
type = "text"
many = true
optional = true
about = "what came back"
among = { items = "books", field = "title", where = { back_on = "none" } }

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
        assert told.value.about == f"{self.path} has {count} fault{'s' * (count > 1)}:"
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
        2, "reminders", "before the desk takes over", 1, 5, None,
    )  # fmt: skip
    assert book.facts["overdue"] == DateFact(
        "overdue", "task_due", "workdays_since", False, "working days since the open task is due"
    )
    assert book.statements["l4"].manual == "No table can decide that."
    assert book.remarks["n1"].says.startswith("The house rules do not say")
    assert book.items["books"].key == "title"
    assert book.fields["since"].default == "2026-01-01"
    assert book.statuses["with-desk"].needs_items == {"books": {"back_on": "none"}}
    assert book.sheets["lent"].statuses == ("lent", "with-desk")
    assert book.event_names == ("day", "return")
    assert book.input_names == ("everything", "on", "note", "title")
    assert [rule.id for name in book.event_names for rule in book.event(name).rules] == [
        "day.remind", "day.desk", "return.tick",
    ]  # fmt: skip


def test_a_rule_has_its_parts_with_sequences_put_in(stack: Stack) -> None:
    event = stack.book().event("day")
    remind, desk = event.rules
    assert [step.action.name for step in remind.steps] == ["set", "task", "note", "priority"]
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
    with pytest.raises(
        BadInput, match=r"^book lending has no event 'call': it has day, return, note, assign,"
    ):
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


def test_a_night_asks_of_results_that_there_are(stack: Stack) -> None:
    title = 'title = "A night has passed"'
    text = BOOK.replace("closed = true", 'closed = true, results = ["kept"]')
    stack.write(text.replace(title, f'{title}\nof_results = ["lost"]'))
    assert [one for one in stack.faults() if "'lost' is not a result: use one of kept." in one]
    stack.write(BOOK.replace(title, f'{title}\nof_results = ["lost"]'))
    day = stack.book().event("day")
    assert (day.of_results, day.of_closed) == (("lost",), True)


# --- one fault after the other ------------------------------------------------------------------------


class Wrong(NamedTuple):
    """A change to the book, and what has to be told of it, on the line that `at` stands on."""

    old: str
    new: str
    sentence: str
    at: str | None = None
    """By default the new text; the last line it stands on."""
    more: int = 0
    """How many faults follow from it."""


RULE, DESK, TICK = 'id = "day.remind"', 'id = "day.desk"', 'id = "return.tick"'

WRONG = [
    # the book and its sections
    Wrong("[parameters]", "[paramters]", "the book has no key 'paramters'; its keys are book, parameters,", more=7),
    Wrong('language = "en"', "language = 5", "language must be text, not 5."),
    Wrong('calendar = "IT"\n', "", "book needs 'calendar'.", "[book]"),
    Wrong('calendar = "IT"', 'calendar = "Italia"', "there is no calendar 'Italia': use a country"),
    Wrong('title = "Books', 'titel = "Books', "book has no key 'titel'; its keys are name, title, source,", more=1),
    Wrong('name = "lending"', 'name = "landing"',
          "the book stands in a folder 'lending' and must have its name."),
    Wrong('[roles]\ndesk = "Front desk"', "[roles]\ndesk = 5", "desk must be text, not 5.", "desk = 5"),
    # parameters
    Wrong('value = 7, unit = "days"', 'value = 7, units = "days"',
          "grace_days has no key 'units'; its keys are value, unit, about, min, max, pattern."),
    Wrong('value = 7, unit = "days"', 'unit = "days"', "grace_days needs 'value'.", more=1),
    Wrong(', about = "how a reminder begins"', "", "greeting needs 'about'.", "greeting = {"),
    Wrong("min = 1, max = 5", "min = 1, max = 1.5", "max must be a whole number, not 1.5."),
    Wrong("min = 1, max = 5", "min = 3, max = 5", "max_reminders must be at least 3, not 2."),
    # statements and remarks
    Wrong('says = "The desk is friendly."\n', "", "statement 4 needs 'says'.", '[[statement]]\nid = "l4"'),
    Wrong('id = "l3"', 'id = "l2"', "there are two statements 'l2'.", '[[statement]]\nid = "l2"', 1),
    Wrong('manual = "No table can decide that."\n', "",
          "no rule comes from l4; mark it manual, with the reason, or name the command that fulfils it (view) or"
          " the remark that says how it was read (reading).", '[[statement]]\nid = "l4"'),
    Wrong('id = "l1"', 'id = "l1"\nview = "show"',
          "l1 is marked view, but a rule comes from it.", '[[statement]]\nid = "l1"'),
    Wrong('manual = "No table can decide that."', 'reading = "r9"',
          "l4 is read by remark 'r9', which does not exist.", '[[statement]]\nid = "l4"'),
    Wrong('manual = "No table can decide that."', 'manual = "No table can."\nview = "show"',
          "l4 has manual and view, and only one of them can be used.", '[[statement]]\nid = "l4"'),
    Wrong('id = "l1"', 'id = "l1"\nmanual = "by heart"',
          "l1 is marked manual, but a rule comes from it.", '[[statement]]\nid = "l1"'),
    # statuses
    Wrong("closed = true", "closed = false", "no status is marked closed = true.", "[statuses]"),
    Wrong("closed = true", 'closed = "yes"', "closed must be true or false, not 'yes'.", more=1),
    Wrong('lent = { about = "the reader has it" }', "lent = {}", "lent needs 'about'."),
    Wrong('needs = ["reminders"]', 'needs = ["remainders"]',
          "with-desk needs 'remainders', which is not a field."),
    Wrong("needs_item = { books", "needs_item = { disks", "with-desk needs 'disks', which is not a kind of item."),
    Wrong('{ books = { back_on = "none" } } }', "{ books = { isbn = 1 } } }",
          "with-desk needs books with {'isbn': 1}, which they can't have."),
    # fields and items
    Wrong('reminders = { type = "integer"', 'reminders = { type = "number"',
          "reminders has the type 'number'; there are text, ticket, customer, word, status, integer,", more=1),
    Wrong('reminders = { type = "integer"', 'reminders = { tipe = "integer", type = "integer"',
          "reminders has no key 'tipe'; its keys are type, values, min, max, default,"),
    Wrong("reminders = { type", "Reminders = { type",
          "'Reminders' can't be a name: use small letters, digits and _.", more=2),
    Wrong("since = { type", "priority = { type", "'priority' already means something else: choose another"),
    Wrong("worth = { type", "ticket = { type", "'ticket' already means something else: choose another"),
    Wrong("late = { type", 'today = { type = "date", about = "" }\nlate = { type',
          "'today' already means something else: choose another", 'today = {'),
    Wrong("note = { type", 'first = { type = "date", optional = true, about = "" }\nnote = { type',
          "'first' already means something else: choose another", 'first = {'),
    Wrong('"2026-01-01", about = "reader since"', '"2026-02-30", about = "reader since"',
          "the default of since: is '2026-02-30': there is no such day"),
    Wrong('worth = { type = "money"', 'worth = { type = "word"', "worth is a word and needs its values."),
    Wrong('key = "title"', 'key = "isbn"', "the key of books must be one of its fields, not 'isbn'."),
    Wrong("back_on = { type", "back_on = { pattern = '[', type",
          "the pattern of back_on: '[' is not a pattern that can be used: unterminated character set"),
    # facts
    Wrong('overdue = { workdays_since = "task_due"', 'overdue = { workdays_since = "status"',
          "overdue counts from 'status', which is not a date among facts and inputs."),
    Wrong('overdue = { workdays_since = "task_due"', 'overdue = { workdays_since = "lent_on"',
          "overdue counts from 'lent_on', which is not a date among facts and inputs."),
    Wrong('overdue = { workdays_since = "task_due"', 'overdue = { workdays_since = "task_due", min = 1',
          "overdue has no key 'min'; its keys are days_since, workdays_since, months_since, workdays_until,"),
    # tests
    Wrong('overdue = ">= 0", reminder = "<= ', 'overdu = ">= 0", reminder = "<= ',
          "there is no fact 'overdu' to test."),
    Wrong('status = "lent", overdue = ">= 0", reminder = "<=', 'status = "lost", overdue = ">= 0", reminder = "<=',
          "the test of status: the fact is never 'lost': it is lent, with-desk, back."),
    Wrong('overdue = ">= 0", reminder = "<= {max', 'overdue = "=> 0", reminder = "<= {max',
          "the test of overdue: '=> 0' is not a condition on a number: write 3, '< 3', '>= 3' or '2..3'."),
    Wrong('reminder = "<= {max_reminders}"', 'reminder = "<= {max_remainders}"',
          "the test of reminder: there is no parameter 'max_remainders'.", more=1),
    Wrong('reminder = "<= {max_reminders}"', 'reminder = "<= {greeting}"',
          "the test of reminder: '<= Dear reader (greeting)' is not a condition on a number", more=1),
    Wrong('when = { missing = ">= 0" }', 'when = "always"', "'always' must be a table of facts and tests."),
    Wrong("if = { missing = 0 }", "if = { mising = 0 }", "there is no fact 'mising' to test."),
    Wrong("when = { everything = false }", "when = { everithing = false }",
          "there is no fact 'everithing' to test."),
    # rules
    Wrong('why = "Reminder number {reminder} of {max_reminders}."\n', "", "rule 1 needs 'why'.",
          "[[events.day.rule]]\n" + RULE),
    Wrong('why = "Reminder number {reminder}', 'why = "Reminder number {remainder}',
          "there is nothing called 'remainder' to put into 'Reminder number {remainder} of"),
    Wrong('from = ["l1"]', 'from = ["l1", "l9"]', "day.remind cites statement 'l9', which does not exist."),
    Wrong('remarks = ["n1"]', 'remarks = ["n2"]', "day.desk cites remark 'n2', which does not exist."),
    Wrong('from = ["l3"]', 'from = "l3"', "from must be a list, not 'l3'.", more=2),
    Wrong('needs = ["on"]', 'needs = ["in"]', "return.tick needs 'in', which is not an input of the event."),
    Wrong('needs = ["on"]', 'neds = ["on"]', "rule 1 has no key 'neds'; its keys are id, why, from, remarks,"),
    Wrong(DESK, RULE, "there are two rules 'day.remind'."),
    Wrong('reminder = "> {max_reminders}"', 'reminder = ">= {max_reminders}"',
          "day.remind and day.desk both answer: status lent, overdue 0, reminder 2."),
    Wrong('title = "A night has passed"', "", "day needs 'title'.", "[events.day]"),
    Wrong('title = "Something came back"', 'title = "Something came back"\nof_results = ["kept"]',
          "of_results can only be used with day, which a night asks.", "of_results"),
    # actions
    Wrong('{ assign = "desk" }', '{ asign = "desk" }', "day.desk: there is no action 'asign': it must be one of note,"),
    Wrong('{ assign = "desk" }', '{ assign = "boss" }',
          "day.desk: there is no role 'boss': it must be one of desk."),
    Wrong('{ status = "with-desk" }', '{ status = "gone" }',
          "day.desk: there is no status 'gone': it must be one of lent, with-desk, back."),
    Wrong('{ done = "tasks" }', '{ done = "all" }',
          "day.desk: there is no thing to be done with 'all': it must be one of tasks."),
    Wrong('{ priority = "high"', '{ priority = "urgent"',
          "day.remind: there is no priority 'urgent': it must be one of low, medium, high, blocking."),
    Wrong('{ do = "TWICE" }', '{ do = "THRICE" }',
          "day.remind: there is no sequence 'THRICE'; there are REMIND, TWICE."),
    Wrong('{ do = "TWICE" }', '{ do = ["TWICE"] }',
          "day.remind: there is no sequence ['TWICE']; there are REMIND, TWICE."),
    Wrong('{ do = "TWICE" }', '"TWICE"', "day.remind: 'TWICE' is not an action; write it as { action = ... }."),
    Wrong('{ note = "{greeting}: overdue for {overdue} days." }', '{ note = "{greetin}" }',
          "day.remind: there is nothing called 'greetin' to put into '{greetin}'."),
    Wrong('{ note = "{greeting}: overdue for {overdue} days." }', '{ note = "overdue for {overdue days" }',
          "day.remind: a brace in 'overdue for {overdue days' holds no name."),
    Wrong('{ change = "books"', '{ change = "disks"',
          "return.tick: there is no kind of item 'disks': it must be one of books."),
    Wrong('where = { back_on = "none" }, to', 'where = { isbn = "none" }, to',
          "return.tick: there is no field 'isbn': it must be one of title, worth, back_on."),
    Wrong(', to = { back_on = "{on}" } }', " }", "return.tick: change needs 'to'.", '{ change = "books"'),
    # what is next
    Wrong('who = "desk", due', 'who = "boss", due', "next: there is no role 'boss': it must be one of desk."),
    Wrong('due = "2 working days"', 'due = "2 workdays"', "next: '2 workdays' is not a due date: write today,"),
    Wrong('due = "2 working days"', "due = 2", "due must be text, not 2."),
    # sequences
    Wrong('{ set = "reminders", to', '{ set = "remainders", to',
          "day.remind: there is no field 'remainders': it must be one of reminders, since."),
    Wrong('TWICE = [\n  { do = "REMIND" }', 'TWICE = [\n  { do = "TWICE" }',
          "day.remind: sequence TWICE leads back to itself.", '{ do = "TWICE" },\n]'),
    Wrong('TWICE = [\n  { do = "REMIND" },\n]', 'TWICE = "REMIND"',
          "TWICE must be a list of actions, not 'REMIND'."),
    # inputs
    Wrong('among = { items = "books"', 'among = { items = "disks"',
          "among of title: there is no kind of item 'disks'; there are books."),
    Wrong('field = "title", where', 'field = "isbn", where', "among of title: 'isbn' is missing."),
    Wrong("{ type = \"boolean\", default = false", "{ type = \"boolean\", default = 5",
          "the default of everything: is 5: it must be yes or no."),
    Wrong('one_of = ["title", "everything"]', 'one_of = ["title", "all"]',
          "one_of names 'all', which is not an input of the event."),
    Wrong('latest = "today"', 'latest = "tomorrow"', "latest must be 'today', not 'tomorrow'."),
    # sheets
    Wrong('status = ["lent", "with-desk"]', 'status = ["lost"]',
          "sheet lent asks for status 'lost', which does not exist."),
    Wrong('value = "{overdue}" }', 'value = "{overdu}" }',
          "a column of lent: there is nothing called 'overdu' to put into '{overdu}'."),
    Wrong('{ head = "late", value', '{ haed = "late", value',
          "column 2 has no key 'haed'; its keys are head, value, title.", more=1),
    Wrong('columns = [\n  { head = "ticket", value = "{ref}" },\n  { head = "late", value = "{overdue}" },\n'
          '  { head = "next step", value = "{next}" },\n]',
          'coming = true\ncolumns = [{ head = "ticket", value = "{ref}" }]',
          "sheet lent does not ask the day, so it can't have coming = true."),
]  # fmt: skip


WRONG_ACTIONS = [
    ("{ note = 5 }", "5 must be text."),
    ('{ note = "x", loud = true }', "note has no key 'loud'; its keys are note, attach, if."),
    ('{ message = "thanks" }', "message needs 'channel'."),
    ('{ message = "thanks", channel = "pigeon" }', "there is no channel 'pigeon': it must be one of email, sms."),
    ('{ message = "thanks", channel = "email" }', "there is no template 'thanks' in any language."),
    ('{ report = "lost" }', "there is no sheet 'lost': it must be one of lent."),
    ('{ tell = "agent" }', "tell needs either text or template."),
    ('{ tell = "agent", text = "a", template = "b" }', "tell needs either text or template."),
    ('{ set = "remainders", to = 1 }', "there is no field 'remainders': it must be one of reminders, since."),
    ('{ set = "reminders", to = -1 }', "reminders is -1: it must be at least 0."),
    ('{ set = "reminders", to = "{missing} of them" }', "'{missing} of them' must be one name in braces"),
    ('{ add = "books", with = { worth = "1.00" } }', "a new one of books needs title."),
    ('{ add = "books", with = 3 }', "3 must be a table of fields."),
    ('{ task = "look", due = "when there is time" }', "'when there is time' is not a due date: write today,"),
    ('{ task = "look", due = "{weeks} days" }', "{weeks} is not a parameter with a whole number."),
    ('{ task = "look", due = "2 days after {missing}" }', "there is no date called 'missing'."),
    ('{ task = "look", due = "first working day from day 30 of next month" }', "day 30 is not in every month"),
]  # fmt: skip
"""What may stand in place of the note of return.tick, and what is told of it."""

WRONG += [Wrong('{ note = "{note}" }', action, sentence) for action, sentence in WRONG_ACTIONS]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.sentence[:60])
def test_a_fault_is_told_with_its_line(stack: Stack, wrong: Wrong) -> None:
    assert BOOK.count(wrong.old) >= 1
    text = BOOK.replace(wrong.old, wrong.new, 1)
    stack.write(text)
    line = text[: text.rindex(wrong.at or wrong.new)].count("\n") + 1
    faults = stack.faults()
    [told] = [fault for fault in faults if wrong.sentence in fault]
    assert told.startswith(f"{line}: ")
    assert told.endswith(".")
    assert len(faults) == 1 + wrong.more


def test_several_faults_are_told_at_once_in_the_order_they_are_met(stack: Stack) -> None:
    head, rules = BOOK.split("[events.day]")
    for old, new in [("l1", "l9"), ("{greeting}", "{gruss}"), ("2 working days", "soon")]:
        rules = rules.replace(old, new)
    stack.write(head.replace("title = ", "titel = ", 1) + "[events.day]" + rules)
    assert [fault[:45] for fault in stack.faults()] == [
        "3: book has no key 'titel'; its keys are name",
        "1: book needs 'title'.",
        "74: day.remind cites statement 'l9', which do",
        "78: day.remind: there is nothing called 'grus",
        "93: next: 'soon' is not a due date: write tod",
        "16: no rule comes from l1; mark it manual, wi",
    ]


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (BOOK.replace('title = "Books', "title = Books").encode(), ":3: this is not valid TOML: "),
        (BOOK.replace("[roles]", "[parameters]").encode(), ":13: this is not valid TOML: "),
        (
            BOOK.replace("[[statement]]", "[[statement]", 1).encode(),
            ":16: this is not valid TOML: ",
        ),
        (BOOK.encode()[:-3], ":127: this is not valid TOML: "),
        (BOOK.replace("small", "grün").encode("latin-1"), ":4: this is not UTF-8 text; save the"),
        (b"\xff\xfe", ":1: this is not UTF-8 text; save the file as UTF-8."),
        (b"x = " + b"[" * 5000, ":1: tables and lists are nested more than 50 deep"),
        (b"x = 1\ny = " + b"9" * 5000, ":2: a number is larger than 9223372036854775807"),
        (
            b"x = 1\ny = [1, [0x" + b"f" * 17 + b"]]",
            ":2: a number is larger than 9223372036854775807",
        ),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(stack: Stack, raw: bytes, sentence: str) -> None:
    stack.path.write_bytes(raw)
    with pytest.raises(BadInput) as told:
        stack.book()
    assert f"{stack.path}{sentence}" in str(told.value)


def test_a_byte_order_mark_does_no_harm(stack: Stack) -> None:
    stack.path.write_bytes(b"\xef\xbb\xbf" + BOOK.encode())
    assert stack.book().name == "lending"


def test_a_book_in_another_folder_is_told(stack: Stack) -> None:
    stack.path.parent.rename(stack.folder / "landing")
    with pytest.raises(
        Faults, match=r"book\.toml:2: the book stands in a folder 'landing' and must"
    ):
        stack.shelf().book("landing")
    assert "landing" in stack.shelf().names()


def test_a_book_without_its_facts_is_told(stack: Stack) -> None:
    stack.path.with_name("facts.sql").unlink()
    with pytest.raises(BadInput, match=r"facts\.sql can't be read: no such file or directory\.$"):
        stack.book()


@pytest.mark.parametrize("name", ["..", "../books/lending", "lending/", "", "."])
def test_only_a_name_is_the_name_of_a_book(stack: Stack, name: str) -> None:
    with pytest.raises(BadInput, match="there is no book"):
        stack.shelf().book(name)


DATA = tomllib.loads(BOOK)


def places(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in the book."""
    if isinstance(data, list):
        data = dict(enumerate(data))
    if isinstance(data, dict):
        for key, value in data.items():
            yield (*path, key)
            yield from places(value, (*path, key))


ODD = [3, -1, 1.5, True, "x", "{x", [], ["x"], [["x"]], {}, {"x": {"y": 1}}, None]


@given(st.lists(st.tuples(st.sampled_from([*places(DATA)]), st.sampled_from(ODD)), max_size=3))
@settings(deadline=None)
def test_whatever_stands_in_a_book_is_read_or_told(changes: list[tuple[Any, Any]]) -> None:
    """Nothing else than a list of faults comes of a book with odd things in any places."""
    data = copy.deepcopy(DATA)
    for path, odd in changes:
        with suppress(KeyError, IndexError, TypeError, AttributeError):
            inside: Any = data
            for key in path[:-1]:
                inside = inside[key]
            inside.__delitem__(path[-1]) if odd is None else inside.__setitem__(path[-1], odd)
    validator = BookValidator(Document("book.toml", data), {})
    with suppress(Faults):
        validator.check(lambda template: True)


@pytest.mark.parametrize("cites", [True, False])
def test_twenty_thousand_statements_are_checked_in_time(cites: bool) -> None:
    """A second or less; where each was compared with each, 26."""
    names = [f"x{number}" for number in range(20_000)]
    data = copy.deepcopy(DATA)
    data["statement"] += [{"id": name, "says": "s"} for name in names]
    if cites:
        data["events"]["day"]["rule"][0]["from"] += names
    validator = BookValidator(Document("book.toml", data), {})
    started = time.process_time()
    validator.look(lambda template: True)
    assert time.process_time() - started < 5
    assert len(validator.faults) == (0 if cites else len(names))


# --- facts.sql ----------------------------------------------------------------------------------------

LATE = "ticket.opened < date(:today, '-1 month') AS late"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("ticket.status AS", "ticket.state AS", "no such column: ticket.state."),
        ("FROM books b", "FROM disks b", "no such table: disks."),
        ("coalesce(", "coalescee(", "no such function: coalescee."),
        ("SELECT\n", "SELCT\n", 'near ".": syntax error.'),
        (LATE, "1 AS lat", "no such column: asked.late."),
        ("ticket.id AS ticket", "ticket.id AS number", "no such column: asked.ticket."),
        ("FROM ticket\n", "FROM ticket; SELECT 1", 'near ";": syntax error.'),
        (FACTS, "DELETE FROM ticket", 'near "DELETE": syntax error.'),
        (FACTS, "-- nothing", 'near "SELECT": syntax error.'),
        (LATE, "'a\0b' AS late", "the query contains a null character."),
    ],
)
def test_faulty_facts_are_told_when_the_book_is_read(
    stack: Stack, old: str, new: str, sentence: str
) -> None:
    stack.write(BOOK, FACTS.replace(old, new))
    with pytest.raises(Faults) as told:
        stack.book()
    assert told.value.about.startswith(str(stack.path))
    facts = stack.path.with_name("facts.sql")
    assert told.value.faults[0] == f"{facts}: event day can't be answered: {sentence}"


def test_a_parameter_that_is_no_input_is_told(stack: Stack) -> None:
    stack.write(BOOK, FACTS.replace(":everything", ":everithing"))
    with pytest.raises(Faults, match=r"facts\.sql: event return .* binding parameter :everithing"):
        stack.book()


def test_facts_that_are_no_utf8_are_told(stack: Stack) -> None:
    stack.path.with_name("facts.sql").write_bytes(b"-- gr\xfcn\n" + FACTS.encode())
    with pytest.raises(BadInput, match=r"facts\.sql .*is not UTF-8 text; save it as UTF-8"):
        stack.book()


# --- at work ------------------------------------------------------------------------------------------


class Desk:
    """The book at work on a ticket T-1, with two books lent and the task due a week ago."""

    def __init__(self, stack: Stack) -> None:
        ticket = {
            "ref": "T-1", "book": "lending", "customer": "C-1", "status": "lent", "opened": "2026-01-05",
            "books": [{"title": "Emma", "worth": "12.50"}, {"title": "Persuasion"}],
            "tasks": [{"kind": "bring-back", "due": "2026-02-23"}],
        }  # fmt: skip
        rows = stack.folder / "rows.json"
        rows.write_text(
            json.dumps({"customers": [{"ref": "C-1", "name": "Ada"}], "tickets": [ticket]})
        )
        self.connection = create_file(str(stack.folder / "tickets.db"))
        self.books = str(stack.folder)
        with connect.transaction(self.connection):
            writer = EventWriter(self.connection, "import", "2026-03-02")
            import_sources(self.connection, stack.shelf(), writer, [str(rows)], today="2026-03-02")

    def office(self, at: str) -> Office:
        settings = NONE._replace(books=self.books)
        return Office(self.connection, settings, at, InProcessWriter(self.connection, "test", at))

    def night(self, at: str = "2026-03-02") -> tuple[list[PlanResult], dict[int, str]]:
        """What a night decides, and what it can't."""
        office = self.office(at)
        night = Night(office, office.shelf.book("lending"), Selection(), lambda rule: True)
        return [one for page in night.sweep() for one in page], night.undecided

    def back(self, at: str = "2026-03-02", **given: Any) -> PlanResult:
        return self.office(at).handle("T-1", "return", given, lambda name: f"--{name}")


@pytest.fixture
def desk(stack: Stack) -> Iterator[Desk]:
    made = Desk(stack)
    yield made
    made.connection.close()


def actions(decision: PlanResult) -> list[tuple[Any, ...]]:
    return [tuple(action.values()) for action in actions_as_json(decision.plan)]


def test_a_night_reminds_until_the_desk_takes_over(desk: Desk) -> None:
    [first], _ = desk.night("2026-03-02")
    assert first.plan.rule.id == "day.remind"
    assert first.plan.why == "Reminder number 1 of 2."
    assert actions(first) == [
        ("set", "reminders", 1),
        ("task", "remind", "2026-03-09"),
        ("note", "Dear reader: overdue for 5 days."),
        ("priority", "high"),
    ]
    [second], _ = desk.night("2026-03-09")
    assert actions(second)[0] == ("set", "reminders", 2)
    assert ("note", "Dear reader: overdue for 0 days.") in actions(second)
    [third], _ = desk.night("2026-03-16")
    assert (third.plan.rule.id, third.plan.next) == (
        "day.desk",
        {"action": "phone", "who": "desk", "person": None, "due": "2026-03-18", "late_workdays": 0},
    )


def test_a_day_that_no_rule_answers_is_told_with_its_facts(desk: Desk) -> None:
    decisions, undecided = desk.night("2026-02-20")
    assert not decisions
    assert (
        "no rule of event day answers these facts: status=lent, reminder=1,"
        " task_due=2026-02-23, overdue=-1, late=yes"
    ) in undecided[1]


def test_what_comes_back_is_ticked_off(desk: Desk) -> None:
    kept = desk.back(title=["Emma"], note="wet", on="2026-03-01")
    assert kept.plan.facts == {
        "everything": False, "on": "2026-03-01", "note": "wet", "title": ["Emma"], "missing": 1,
    }  # fmt: skip
    last = desk.back(everything=True)
    assert ("close", "returned") in actions(last)
    assert last.plan.columns["status"] == ("lent", "back")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "one of --title, --everything is needed."),
        (
            {"title": ["Ulysses"]},
            "--title Ulysses is not open on T-1; open are Emma,",
        ),
        (
            {"everything": True, "note": "x"},
            "--note can only be used with --everything no.",
        ),
        (
            {"everything": True, "on": "2026-03-03"},
            "--on is 2026-03-03, which is in the future: give",
        ),
        ({"everything": True, "on": "2026-02-30"}, "--on is '2026-02-30': there is no such day"),
        (
            {"all": True},
            "--all is not asked for by event return; it takes --everything, --on, --note,",
        ),
    ],
)
def test_what_the_caller_gives_is_checked(desk: Desk, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput) as told:
        desk.back(**given)
    assert str(told.value).startswith(sentence)


def test_a_sheet_has_a_row_a_ticket_with_what_is_next(desk: Desk) -> None:
    office = desk.office("2026-03-02")
    book = office.shelf.book("lending")
    assert [*format_rows(office, book, book.sheets["lent"], {})] == [
        ["T-1", "5", "agent: remind by 2026-03-09"]
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("FROM ticket\n", "FROM ticket, (SELECT 1 UNION SELECT 2)\n", "gives more than one row"),
        ("ticket.opened) AS", "NULL) + 1 AS", "gives values that can't be read: 'int' object is"),
        ("coalesce((SELECT min(t.due)", "substr((SELECT 'soon'", "gives values that can't be read"),
        (LATE, "abs(-9223372036854775808) AS late", "is faulty: integer overflow."),
    ],
)
def test_facts_that_go_wrong_on_a_ticket_are_told(
    stack: Stack, desk: Desk, old: str, new: str, sentence: str
) -> None:
    assert old in FACTS
    stack.write(BOOK, FACTS.replace(old, new))
    with pytest.raises(BadInput, match=f"^facts.sql of book lending {sentence}"):
        desk.night()


def test_a_fact_of_another_type_than_the_book_says_is_told_of_its_ticket(
    stack: Stack, desk: Desk
) -> None:
    stack.write(BOOK, FACTS.replace("ticket.reminders + 1", "ticket.ref"))
    decisions, undecided = desk.night()
    assert not decisions
    assert undecided[1].startswith(
        "event day can't be decided: the fact reminder is 'T-1', a text, but its tests are about a"
    )


def test_a_ticket_that_the_facts_leave_out_is_told(stack: Stack, desk: Desk) -> None:
    stack.write(BOOK, FACTS.replace("FROM ticket\n", "FROM ticket WHERE 0\n"))
    with pytest.raises(BadInput, match="gives no row for the ticket"):
        desk.back(everything=True)
