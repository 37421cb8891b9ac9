"""`book check`: what is wrong with a book beside what keeps it from being read, each with an example.

The small book of loans has nothing wrong. One fault after the other is put into it, and has to be
told in its sentence and with its line, and nothing else.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from desk import Desk
from prassi.core.analysis.checks.check_book import examine_book
from prassi.core.analysis.checks.findings import KINDS, Finding
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE

LOANS = Path(__file__).parents[2] / "docs" / "examples" / "loans"
BOOK = (LOANS / "book.toml").read_text(encoding="utf-8")
SQL = (LOANS / "facts.sql").read_text(encoding="utf-8")
LETTER = (LOANS / "reminder.en.j2").read_text(encoding="utf-8")


class Loans:
    """A user's own book of loans, with other files than it has as it comes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "books" / "loans"
        shutil.copytree(LOANS, self.folder)
        self.shelf = Shelf(NONE._replace(books=str(self.folder.parent)))

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def found(self) -> list[Finding]:
        """What is found, the places without the folder."""
        return [
            one._replace(place=one.place.removeprefix(f"{self.folder}/"))
            for one in examine_book(self.shelf, "loans").findings
        ]


@pytest.fixture
def loans(tmp_path: Path) -> Loans:
    return Loans(tmp_path)


# --- the shipped books ------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.unmeasured
def test_the_shipped_books_and_the_examples_are_clean(loans: Loans) -> None:
    own = Path(__file__).parents[2] / "fixtures" / "own-book" / "books"
    for shelf, names in (
        (loans.shelf, None),
        (Shelf(NONE._replace(books=str(own))), ["lost-and-found"]),
    ):
        for name in names or shelf.names():
            assert [finding.line for finding in examine_book(shelf, name).findings] == []


# --- one fault after the other -----------------------------------------------------------------------


class Wrong(NamedTuple):
    """A change to the book, and what is told of it on the line that `at` stands on.

    `more` are the kinds of what follows from it.
    """

    old: str
    new: str
    kind: str
    sentence: str
    at: str
    more: tuple[str, ...] = ()


DAY, RENEW = "[events.day]", "[events.renew]"

WRONG = [
    # gaps
    Wrong('since_reminder = "< {call', 'since_reminder = "<= {call', "overlap",
          "day.patience and day.call both answer: status overdue, since_reminder 5.",
          'when = { status = "overdue", since_reminder = ">='),
    Wrong('since_reminder = ">= {call', 'since_reminder = "> {call', "gap",
          "no rule of day answers: status overdue, since_reminder 5.", DAY),
    Wrong('when = { left = ">= 1" }', 'when = { left = "1..9" }', "gap",
          "no rule of return answers: left 10.", "[events.return]"),
    Wrong('renewal = "<= {max', 'renewal = "2..{max', "gap",
          "no rule of renew answers: status on-loan, renewal 1.", RENEW),
    Wrong('overdue = { about = "the reminder is out", needs = ["reminded_on"] }',
          'overdue = { about = "the reminder is out" }', "gap",
          "no rule of day answers: status overdue, since_reminder none.", DAY),
    Wrong('renewal = { type = "integer", min = 1,', 'renewal = { type = "integer", min = 1, optional = true,',
          "gap", "no rule of renew answers: status on-loan, renewal none.", RENEW),
    Wrong('status = "on-loan", late = "< {rem', 'status = "on-loan", worth = "< 5000", late = "< {rem', "gap",
          "no rule of day answers: status on-loan, worth 50.00, late 2.", DAY),
    # what can never be
    Wrong('when = { status = "overdue" }', 'when = { status = "returned" }', "never",
          "renew.overdue can never answer: status returned can't be.",
          'when = { status = "returned" }', ("gap",)),
    Wrong('renewal = "> {max_renewals}"', 'renewal = "9..5"', "never",
          "renew.too-often can never answer: renewal 9..5 can't be.", 'renewal = "9..5"', ("gap",)),
    Wrong('when = { status = "overdue" }', 'when = [{ status = "overdue" }, { status = "returned" }]', "never",
          "row 2 of renew.overdue never holds: status returned can't be.",
          'when = [{ status = "overdue" }'),
    Wrong('if = { out = ">= 3" }', 'if = { status = "overdue" }', "never",
          "day.reminder: priority high is never done: its condition can't hold.",
          'then = [\n  { message = "reminder"'),
    Wrong("# === A night", '[events.lost]\ntitle = "Lost"\nrule = []\n# === A night', "never",
          "event lost has no rule, so nothing answers it.", "[events.lost]"),
    # tests that change nothing
    Wrong('when = { left = 0 }', 'when = { left = 0, out = ">= 0" }', "idle",
          "return.last: the test out >= 0 changes nothing.", 'when = { left = 0,'),
    Wrong('when = { status = "overdue" }', 'when = [{ status = "overdue" }, { status = "overdue", renewal = 1 }]',
          "idle", "row 2 of renew.overdue changes nothing: the rule's other rows hold wherever it does.",
          'when = [{ status = "overdue" }'),
    Wrong('when = { status = "overdue" }',
          'when = [{ status = "overdue", renewal = "< 9" }, { status = "overdue", renewal = ">= 9" }]',
          "idle", "row 1 of renew.overdue: the test renewal < 9 changes nothing.",
          'when = [{ status = "overdue"', ("idle",)),
    Wrong('when = { left = 0 }', 'when = { left = [0, "< 1"] }', "idle",
          "return.last: of the tests of left, 0 changes nothing.", 'when = { left = [', ("idle",)),
    Wrong('if = { out = ">= 3" }', 'if = { out = ">= 0" }', "idle",
          "day.reminder: priority high: its condition out >= 0 always holds.",
          'then = [\n  { message = "reminder"'),
    Wrong('from = ["s4"]\nwhen = { left = 0 }', 'from = ["s4"]\nneeds = ["on"]\nwhen = { left = 0 }', "idle",
          "return.last needs on, which is always given there.", 'needs = ["on"]'),
    Wrong("[sequences]", '[[impossible]]\nfacts = { out = 0, left = 1 }\nwhy = "x"\n[sequences]', "idle",
          "no table needs this: without it, `book check` finds the same.", "[[impossible]]"),
    # how far it looks
    Wrong("reach = []", 'reach = ["links"]', "wide",
          'facts.sql needs less than reach = ["links"]: write reach = [].', 'reach = ["links"]'),
    Wrong("reach = []", "", "wide", 'facts.sql needs less than reach = "all": write reach = [].', "[book]"),
    # what nothing uses
    Wrong("[roles]", 'idle_days = { value = 1, about = "x" }\n[roles]', "unused",
          "nothing uses the parameter idle_days.", "idle_days ="),
    Wrong('desk = "Lending desk"', 'desk = "Lending desk"\nhead = "Head"', "unused",
          "nothing uses the role head.", 'head = "Head"'),
    Wrong("[sequences]", 'spare = { type = "text", about = "x" }\n[sequences]', "unused",
          "nothing uses the fact spare.", "spare ="),
    Wrong("BACK = [", "TWICE = [{ do = \"BACK\" }]\nBACK = [", "unused",
          "nothing uses the sequence TWICE.", "TWICE ="),
    Wrong("# --- What a ticket knows", '[[remark]]\nid = "r2"\nsays = "x"\n# --- What a ticket knows', "unused",
          "no rule rests on the remark r2.", '[[remark]]\nid = "r2"'),
    Wrong("[events.renew.inputs]", '[events.renew.inputs]\nreason = { type = "text", optional = true, about = "x" }',
          "unused", "nothing uses the input reason of renew.", "reason ="),
    # names in free text
    Wrong('tell = "desk"', 'tell = "dekc"', "name",
          "day.call tells 'dekc', which is not a role: write one of desk, agent, customer.",
          'then = [{ tell = "dekc"'),
    Wrong('{ done = "tasks" },', '{ done = "tasks" },\n  { untag = "late *" },', "name",
          "return.last takes the tag 'late *' away, which no rule sets.", "then = [\n  { do"),
    # statuses
    Wrong("returned = {", 'lost = { about = "x" }\nreturned = {', "status",
          "nothing enters the status lost: no rule leads there, and it needs nothing that would come with an import.",
          "lost = {", ("gap", "gap")),
    # whether events ask the status
    Wrong('any_status = "Copies come back before the reminder and after it."\n', "", "anywhere",
          "return never asks the status: each of its rules can answer in every one. Test the status, or say why not"
          " with any_status.", "[events.return]"),
    Wrong("[events.renew.inputs]", 'any_status = "x"\n[events.renew.inputs]', "idle",
          "renew asks the status, so any_status says nothing.", 'any_status = "x"'),
    Wrong('id = "renew.overdue"', 'id = "renew.overdue"\nany_status = "x"', "idle",
          "renew.overdue needs no any_status: it leaves no status that waits unasked.",
          'when = { status = "overdue" }'),
    Wrong("[facts]", """[items.fees]
about = "x"
awaited = { state = "open", status = "overdue" }
[items.fees.fields]
state = { type = "word", values = ["open", "paid"], default = "open", about = "x" }
[facts]""", "awaited",
          "after day.reminder none of fees is open in overdue, where it is awaited, coming from on-loan.",
          'then = [\n  { message = "reminder"'),
    # what is counted from what
    Wrong('since_reminder = { workdays_since = "reminded_on", optional = true,',
          'since_reminder = { workdays_since = "reminded_on",', "fault",
          "since_reminder is counted from reminded_on, which may have no value: mark it optional.",
          "since_reminder ="),
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.sentence[:50])
def test_a_fault_is_found(loans: Loans, wrong: Wrong) -> None:
    """With its kind, its sentence and its line."""
    assert BOOK.count(wrong.old) >= 1
    text = BOOK.replace(wrong.old, wrong.new, 1)
    loans.write("book.toml", text)
    found = loans.found()
    told = [one for one in found if one.sentence == wrong.sentence]
    assert [one.kind for one in told] == [wrong.kind], [one.line for one in found]
    line = text[: text.index(wrong.at)].count("\n") + 1
    assert told[0].place == f"book.toml:{line}"
    assert sorted(one.kind for one in found if one not in told) == sorted(wrong.more), [
        one.line for one in found
    ]


def test_a_book_is_checked_by_its_folder(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes before the book of ours that has its name."""
    shutil.copytree(LOANS, desk.folder / "some" / "requests")
    (desk.folder / "some" / "requests" / "book.toml").write_text("[book]\n", encoding="utf-8")
    (desk.folder / "empty").mkdir()
    monkeypatch.chdir(desk.folder)
    for named in ("some", "some/requests", "./some/requests"):
        ran = desk.run(f"book check {named}")
        assert (ran.code, "some/requests/book.toml:1: the book needs" in ran.out) == (1, True)
    for wrong in ("empty", "./nowhere", "nowhere"):
        assert desk.run(f"book check {wrong}").code == 2


@pytest.mark.slow
def test_several_books_are_checked_by_the_folder_above(desk: Desk) -> None:
    for name in ("some/loans", "some/requests"):
        shutil.copytree(LOANS, desk.folder / name)
    text = BOOK.replace('name = "loans"', 'name = "requests"', 1)
    (desk.folder / "some/requests/book.toml").write_text(text, encoding="utf-8")
    told = "loans: 9 rules in 3 tables, nothing found.\n"
    ran = desk.good(["book", "check", str(desk.folder / "some")])
    assert ran.out == told + told.replace("loans", "requests")


@pytest.mark.slow
def test_a_book_is_proven_by_its_folder(desk: Desk) -> None:
    assert desk.good(["book", "prove", str(LOANS)]).out.startswith("loans: ")


@pytest.mark.parametrize(
    ("tag", "taken", "found"),
    [
        ("late {late}", "late *", False),
        ("late {late}", "late 3", False),
        ("late 3", "late *", False),
        ("late {late}", "overdue *", True),
        ("late", "late *", True),
        ("{note}", "asked", False),
    ],
)
def test_a_tag_that_is_taken_away_is_one_that_is_set(
    loans: Loans, tag: str, taken: str, found: bool
) -> None:
    steps = f'{{ tag = "{tag}" }},\n  {{ untag = "{taken}" }},\n  {{ note = "{{note}}" }},'
    loans.write("book.toml", BOOK.replace('{ note = "{note}" },', steps))
    assert bool([one for one in loans.found() if one.kind == "name"]) == found


IMPOSSIBLE = [
    ('facts = { otu = 0 }\nwhy = "x"', "there is no fact 'otu' to test."),
    ('facts = { out = -1 }\nwhy = "x"',
     "the test of out: the fact is never '-1': it is a whole number from 0."),
    ('facts = { out = 0 }', "impossible 1 needs 'why'."),
    ('facts = 0\nwhy = "x"', "facts must be a table, not 0."),
    ('facts = { out = 0 }\nwhy = "x"\nwho = "y"',
     "impossible 1 has no key 'who'; its keys are facts, why, for_proofs."),
]  # fmt: skip


@pytest.mark.parametrize(("written", "sentence"), IMPOSSIBLE)
def test_what_can_t_be_is_said_of_facts_there_are(
    loans: Loans, written: str, sentence: str
) -> None:
    loans.write("book.toml", BOOK.replace("[sequences]", f"[[impossible]]\n{written}\n[sequences]"))
    assert ("fault", sentence) in [(one.kind, one.sentence) for one in loans.found()]


def test_a_status_that_no_rule_leaves_is_found(loans: Loans) -> None:
    """Unless it is closed; a rule that only looks after it doesn't leave it."""
    text = BOOK.replace(
        "returned = {", 'lost = { about = "x", needs = ["reminded_on"] }\nreturned = {'
    )
    text = text.replace("when = { left = 0 }", 'when = { left = 0, status = "!= lost" }')
    text = text.replace(
        'when = { left = ">= 1" }', 'when = [{ left = ">= 1" }, { left = 0, status = "lost" }]'
    )
    loans.write("book.toml", text)
    told = [one for one in loans.found() if one.kind == "status"]
    assert [(one.place, one.sentence) for one in told] == [
        (
            f"book.toml:{text[: text.index('lost = {')].count(chr(10)) + 1}",
            "no rule leaves the status lost.",
        )
    ]


WAITS = 'overdue = { about = "the reminder is out", waits = true,'


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{ left = 0 }", True),
        ('{ left = 0, worth = ">= 0" }', True),
        ('[{ left = 0, status = "on-loan" }, { left = 0, status = "overdue" }]', False),
        ('[{ left = 0, late = "< 9" }, { left = 0, late = ">= 9" }]', True),
    ],
)
def test_a_rule_that_leaves_a_status_that_waits_asks_for_it(
    loans: Loans, row: str, told: bool
) -> None:
    """Tests of other facts are no question, nor is one that holds for every open status."""
    text = BOOK.replace('overdue = { about = "the reminder is out",', WAITS)
    text = text.replace('any_status = "Copies come back before the reminder and after it."\n', "")
    loans.write("book.toml", text.replace("when = { left = 0 }", f"when = {row}"))
    sentence = (
        "return.last leaves overdue, where tickets wait, on facts on which it answers elsewhere too."
        " Test the status, or say why not with any_status."
    )
    found = [one for one in loans.found() if one.sentence == sentence]
    assert [one.kind for one in found] == ["anywhere"] * told
    why = text.replace('id = "return.last"', 'id = "return.last"\nany_status = "They are back."')
    loans.write("book.toml", why.replace("when = { left = 0 }", f"when = {row}"))
    assert sentence not in [one.sentence for one in loans.found()]


def test_a_condition_on_the_status_asks_for_it(loans: Loans) -> None:
    text = BOOK.replace('overdue = { about = "the reminder is out",', WAITS)
    text = text.replace('any_status = "Copies come back before the reminder and after it."\n', "")
    for condition, told in (('status = "overdue"', False), ('renewal = ">= 2"', True)):
        loans.write(
            "book.toml",
            text.replace(
                '{ close = "returned" }', f'{{ close = "returned", if = {{ {condition} }} }}'
            ),
        )
        found = [one for one in loans.found() if "return.last leaves overdue" in one.sentence]
        assert bool(found) == told


ANYWHERE = [
    ('kind = "solved", status = ["calling", "appointment", "missed-contact", "customer-care"] }',
     'kind = "solved" }', "care.solved leaves awaiting-payment, pre-block, notice-due, to-block and blocked"),
    ('  { change = "promises", where = { state = "open" }, to = { state = "withdrawn" } },\n]\nPAYMENT',
     "]\nPAYMENT", "after call.refuses one of promises is still open in pre-block"),
    ('KEPT-IN-PART = [\n  { do = "PROMISE-KEPT" },\n', "KEPT-IN-PART = [\n",
     "after payment.part one of promises is still open in calling"),
    ('{ do = "UNBLOCK" },\n  { status = "awaiting-payment" },\n]\nUNBLOCK', '{ do = "UNBLOCK" },\n]\nUNBLOCK',
     "after call.agreement.full one of promises is still open in new"),
]  # fmt: skip
"""What a hurried author forgets in collections, and how the sentence begins that tells it."""


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new", "begins"), ANYWHERE)
def test_where_a_rule_of_collections_may_be_used_is_looked_at(
    tmp_path: Path, old: str, new: str, begins: str
) -> None:
    root = Path(__file__).parents[2]
    folder = tmp_path / "collections"
    shutil.copytree(root / "templates" / "collections", folder)
    for name in ("book.toml", "facts.sql"):
        shutil.copy(root / "core" / "books" / "collections" / name, folder)
    text = (folder / "book.toml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / "book.toml").write_text(text.replace(old, new), encoding="utf-8")
    found = examine_book(Shelf(NONE._replace(books=str(tmp_path))), "collections").findings
    assert any(one.sentence.startswith(begins) for one in found)


def test_a_rule_that_needs_what_has_no_place_can_never_answer(loans: Loans) -> None:
    text = BOOK.replace(
        "[events.renew.inputs]",
        """[events.renew.inputs]
late = { type = "boolean", default = false, about = "after the due date" }
reason = { type = "text", optional = true, when = { late = true }, about = "why so late" }""",
    )
    for when in ('late = false, status = "overdue"', 'late = true, status = "overdue"'):
        needing = f'needs = ["reason"]\nwhen = {{ {when} }}'
        loans.write("book.toml", text.replace('when = { status = "overdue" }', needing))
        told = [one.sentence for one in loans.found() if one.kind == "never"]
        expected = "renew.overdue can never answer: it needs reason, which can't be given there."
        assert told == ([expected] if "false" in when else [])


def test_a_parameter_may_switch_a_rule_off(loans: Loans) -> None:
    """What never holds, or changes nothing, as long as a parameter is what it is, is no finding."""
    row = 'when = { status = "on-loan", renewal = "<= {max_renewals}" }'
    three = """when = [
  { status = "on-loan", renewal = 1 },
  { status = "on-loan", renewal = "2..{max_renewals}" },
]"""
    for value in (1, 2):
        text = BOOK.replace("max_renewals = { value = 2", f"max_renewals = {{ value = {value}")
        loans.write("book.toml", text.replace(row, three))
        assert loans.found() == []
    loans.write(
        "book.toml",
        BOOK.replace(row, three.replace("2..{max_renewals}", "{max_renewals}..<{max_renewals}")),
    )
    assert {one.kind for one in loans.found()} == {"never", "gap"}


def test_the_name_of_an_input_in_a_text_is_not_taken_for_a_parameter(loans: Loans) -> None:
    """A condition that always holds is told, also where its step names an option."""
    step = '{ close = "returned" },\n'
    text = '{ note = "As {input:on} says.", if = { left = ">= 0" } },\n'
    loans.write("book.toml", BOOK.replace(step, f"{step}  {text}", 1))
    assert ["left >= 0 always holds" in one.sentence for one in loans.found()] == [True]


def test_many_gaps_are_told_in_few_words(loans: Loans) -> None:
    """The fewest facts are named, and ten gaps of a table at most."""
    night = BOOK[BOOK.index("# === A night") : BOOK.index("[[property]]")]
    rules = BOOK[: BOOK.index("[[events.renew.rule]]")] + night
    loans.write(
        "book.toml", rules.replace("[events.renew.inputs]", "rule = []\n[events.renew.inputs]")
    )
    assert [one.sentence for one in loans.found() if one.kind == "never"] == [
        "event renew has no rule, so nothing answers it."
    ]
    words = ", ".join(f'"w{n:02}"' for n in range(1, 40, 2))
    every = ", ".join(f'"w{n:02}"' for n in range(40))
    fact = f'word = {{ type = "word", values = [{every}], about = "x" }}\n[sequences]'
    text = BOOK.replace("[sequences]", fact, 1).replace(
        "{ left = 0 }", f"{{ left = 0, word = [{words}] }}"
    )
    loans.write("book.toml", text)
    loans.write("facts.sql", SQL.replace("AS left,", "AS left, 'w01' AS word,"))
    assert [one.sentence for one in loans.found()] == [
        "no rule of return answers: left 0, word w00."
    ]


# --- templates ----------------------------------------------------------------------------------------

LETTERS = [
    ("{{ ticket.ref }}", "{{ tikcet.ref }}", 1,
     "there is no tikcet: it has customer, ticket, company, parameters, copies, today, values."),
    ("{{ ticket.ref }}", "{{ ticket.reff }}", 1, "there is no ticket.reff."),
    ("customer.name", 'customer["nmae"]', 3, "there is no customer.nmae."),
    ("values.due_on", "values.due_no", 5, "there is no values.due_no in the event day."),
    ("values.due_on", 'values.get("note")', 5, "there is no values.note in the event day."),
    ("| day", "| dya", 5, "this is not a valid template: No filter named 'dya'."),
    ("if not copy.back", "if copy.back is nothing", 10,
     "this is not a valid template: No test named 'nothing'."),
    ("parameters.call_workdays", "parameters.call_days", 16, "there is no parameters.call_days."),
    ("company.name", "company.nmae", 18, "there is no company.nmae."),
    ("{% endif %}", "", 19, "this is not a valid template: Unexpected end of template. Jinja was looking for the"
     " following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'."),
    ("Dear", '{% from "loans/_part.en.j2" import greet %}Dear', 3, "there is no loans/_part.en.j2 to import."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "sentence"), LETTERS)
def test_a_fault_of_a_template_is_found(
    loans: Loans, old: str, new: str, line: int, sentence: str
) -> None:
    loans.write("reminder.en.j2", LETTER.replace(old, new, 1))
    found = [(one.kind, one.place, one.sentence) for one in loans.found() if one.kind == "template"]
    assert ("template", f"reminder.en.j2:{line}", sentence) in found
    assert len({place for _, place, _ in found}) <= 2


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            f"{{{{ {'9' * 5000} }}}}",
            "this is not a valid template: Exceeds the limit (4300 digits)",
        ),
        (
            f"{{{{ {'(' * 5000} }}}}",
            "this is not a valid template: maximum recursion depth exceeded",
        ),
        (
            f"{{{{ {'1+' * 3000}1 }}}}",
            "this is not a valid template: maximum recursion depth exceeded",
        ),
    ],
)
def test_a_template_that_nothing_can_read_is_found(loans: Loans, written: str, told: str) -> None:
    loans.write("reminder.en.j2", LETTER + written)
    (found,) = (one for one in loans.found() if one.kind == "template")
    assert found.place == "reminder.en.j2"
    assert found.sentence.startswith(told)


def test_a_language_that_is_missing_is_found(loans: Loans) -> None:
    loans.write("reminder.de.j2", LETTER)
    assert loans.found() == []  # German is none of the languages that are guessed
    (loans.folder / "reminder.de.j2").unlink()
    loans.write("notice.de.j2", LETTER)
    assert [(one.kind, one.place, one.sentence) for one in loans.found()] == [
        ("template", "reminder.de.j2", "this file is missing; the book has other messages in de."),
        ("unused", "notice.de.j2", "no rule uses the template notice."),
    ]


def test_parts_of_templates_are_looked_at_with_those_that_import_them(loans: Loans) -> None:
    """What a macro's argument is called after is looked at where every caller hands just that on."""
    use = '{% from "loans/_part.en.j2" import greet %}{{ greet(customer) }}'
    loans.write("reminder.en.j2", LETTER.replace('Dear {{ customer.name or "reader" }},', use))
    part = "{% macro greet(customer) %}Dear {{ customer.name }}{% endmacro %}"
    other = "{% macro late(values) %}{{ values.late }}, {{ values.note }}{% endmacro %}"
    loans.write("_part.en.j2", part + other)
    assert loans.found() == []
    loans.write("_part.en.j2", part.replace("customer.name", "customer.nmae"))
    assert [(one.place, one.sentence) for one in loans.found()] == [
        ("_part.en.j2:1", "there is no customer.nmae.")
    ]
    loans.write("_part.en.j2", part.replace("customer.name", "company.name"))
    assert [(one.place, one.sentence) for one in loans.found()] == [
        ("_part.en.j2:1", "there is no company: a part has its macros' arguments only.")
    ]
    loans.write("_part.en.j2", part.replace("greet", "great"))
    assert [(one.place, one.sentence) for one in loans.found()] == [
        ("reminder.en.j2:3", "loans/_part.en.j2 has no macro greet.")
    ]
    loans.write("_part.en.j2", part.replace("}Dear", "}{{ late(values) }}Dear") + other)
    loans.write(
        "reminder.en.j2",
        LETTER.replace("{{ customer", use.replace("(customer)", "(copies[0])") + "{{ customer"),
    )
    assert [one.sentence for one in loans.found()] == [
        "there is no values: a part has its macros' arguments only.",
        "there is no values.note in the event day.",
    ]
    loans.write("reminder.en.j2", LETTER)
    loans.write("_part.en.j2", part)
    assert [(one.kind, one.sentence) for one in loans.found()] == [
        ("unused", "no template imports this part.")
    ]


def test_parts_can_be_included_extended_and_another_book_s(loans: Loans) -> None:
    other = '{% from "collections/_letter.en.j2" import greeting %}{{ greeting(customer) }}'
    base = '{% include "loans/_late.en.j2" %}{% block body %}{% endblock %}'
    loans.write(
        "reminder.en.j2",
        f'{{% extends "loans/_base.en.j2" %}}{{% block body %}}{other}{{% endblock %}}',
    )
    loans.write("_base.en.j2", base)
    loans.write("_late.en.j2", "{{ values.late }}")
    assert loans.found() == []
    loans.write("_base.en.j2", base.replace("loans/", ""))
    assert "there is no _late.en.j2 to import." in [one.sentence for one in loans.found()]
    loans.write("_base.en.j2", base)
    loans.write("_late.en.j2", "{{ values.late }}{{ lodger }}")
    assert [one.place for one in loans.found()] == ["_late.en.j2:1"]


# --- the command ---------------------------------------------------------------------------------------


@pytest.mark.unmeasured
def test_findings_are_told_a_line_each_and_as_json(desk: Desk, loans: Loans) -> None:
    desk.settings(f'[folders]\nbooks = "{loans.folder.parent}"\n')
    loans.write(
        "book.toml", BOOK.replace('since_reminder = ">= {call', 'since_reminder = "> {call')
    )
    ran = desk.run("book check loans requests")
    first, second = ran.out.splitlines()
    assert ran.code == 1
    assert first.startswith(f"{loans.folder}/book.toml:")
    assert first.endswith(": no rule of day answers: status overdue, since_reminder 5.")
    assert second == "requests: 15 rules in 4 tables, nothing found."
    (row,) = desk.run("book check loans requests --json").rows
    assert row == {
        "book": "loans", "fault": first, "kind": "gap",
        "example": {"status": "overdue", "since_reminder": 5},
    }  # fmt: skip
    assert desk.run("book check loans requests --quiet").out == f"{first}\n"


def test_findings_are_as_the_page_says(loans: Loans) -> None:
    text = BOOK.replace('renewal = "<= {max', 'renewal = "< {max', 1)
    text = text.replace(
        "\n\n[sequences]", '\nwaiting = { type = "integer", about = "x" }\n\n[sequences]'
    )
    loans.write("book.toml", text)
    page = (LOANS.parents[1] / "writing-a-book.md").read_text(encoding="utf-8")
    said = page[page.index("```findings\n") + 12 :].partition("```")[0]
    assert sorted(f"loans/{one.line}" for one in loans.found()) == sorted(said.splitlines())


def test_facts_sql_must_not_look_further_than_the_book_says(loans: Loans) -> None:
    loans.write(
        "facts.sql", SQL.replace("WHERE task.ticket = ticket.id", "WHERE task.kind = ticket.ref")
    )
    assert [(one.kind, one.sentence) for one in loans.found()] == [
        (
            "reach",
            'facts.sql looks further than reach = []: it reads all rows of task. The smallest that fits is "all".',
        )
    ]


def test_tables_are_not_read_past_their_views(loans: Loans) -> None:
    mine = 'WITH mine AS (SELECT * FROM "main" /* the file */ . task),\nout'
    loans.write(
        "facts.sql", SQL.replace("WITH out", mine).replace("FROM task", "FROM mine AS task")
    )
    assert [(one.kind, one.sentence.split(":")[0]) for one in loans.found()] == [
        ("fault", "main. stands before the name of a table")
    ]


def test_every_kind_of_finding_has_its_meaning() -> None:
    of_templates = {"template", "language", "date", "figure"}
    of_texts = {"text", "untranslated"}  # in tests/library/test_book_texts.py
    assert {wrong.kind for wrong in WRONG} | of_templates | of_texts | {"reach"} == KINDS.keys()
    page = (LOANS.parents[1] / "book-check.md").read_text(encoding="utf-8")
    for kind, meaning in KINDS.items():
        assert f"\n| `{kind}` | {meaning}" in page
