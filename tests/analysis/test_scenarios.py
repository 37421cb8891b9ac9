"""Scenario files: how they are read, how they are played, and what is told of them."""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest
from desk import Desk, Ran
from english_words import find_english
from prassi.core.analysis.scenarios.action_words import describe_lines
from prassi.core.analysis.scenarios.coverage import ScenarioResult, play_scenarios
from prassi.core.analysis.scenarios.scenario_files import read_scenario_files
from prassi.core.analysis.scenarios.stage import Stage
from prassi.core.errors import Faults
from prassi.core.library.settings import NONE
from prassi.core.system.language import speak_meanwhile

ROOT = Path(__file__).parents[2]
BOOKS = ("cases", "collections", "insistence", "packages", "requests")
LOANS = ROOT / "docs" / "examples" / "loans"

TOP = """
at = 2026-03-02
[ticket]
proformas = [{ number = "PF-1", amount = "120.00" }, { number = "PF-2", amount = "80.00" }]
"""
CALL = """
[[scenario]]
name = "a missed call"
event = "call"
given = { outcome = "no-answer", note = "Rang out." }
"""
GOOD = """rule = "call.no-answer.first"
does = [
  "set missed_calls 1",
  "note CLIENTE NON RISPONDE...",
  "note Rang out.",
  "tag chiamata 1",
  "task call-again 2026-03-09",
  "priority medium",
  "message summary email it",
  "status calling",
]
why = "First missed call: a summary..."
next = "agent: call-again by 2026-03-09"
says = ["Rossi srl", "PF-2"]
"""


def written(folder: Path, text: str, top: str = TOP) -> str:
    """A folder with a file of scenarios of the book collections."""
    folder = folder / "told"
    folder.mkdir(exist_ok=True)
    (folder / "calls.toml").write_text(f'book = "collections"\n{top}{text}', encoding="utf-8")
    return str(folder)


def played(folder: Path, text: str, top: str = TOP) -> list[ScenarioResult]:
    """The scenarios of a file, played."""
    path = f"{written(folder, text, top)}/calls.toml"
    with closing(Stage(NONE)) as stage:
        return list(play_scenarios(stage, read_scenario_files([path], None)))


def wrong(folder: Path, text: str, top: str = TOP) -> list[str]:
    """What is wrong with the last scenario of a file."""
    return played(folder, text, top)[-1].differences


# --- the shipped books ----------------------------------------------------------------------------


@pytest.mark.slow
def test_the_shipped_books_do_as_their_scenarios_say(desk: Desk) -> None:
    """Every rule and every row is reached, whatever this desk has set."""
    desk.settings(
        "[parameters.collections]\nmax_retries = 2\n[calendars.IT]\nclosures = [2026-03-09]\n"
    )
    rows = desk.good("book test --json --fail-under 100").rows
    counts = [row for row in rows if "scenarios" in row]
    assert [row["book"] for row in counts] == list(BOOKS)
    assert all(row["scenarios"] > 40 and row["not_reached"] == [] for row in counts)
    assert len(rows) == sum(row["scenarios"] for row in counts) + len(BOOKS)
    assert all(row["passed"] for row in rows if "passed" in row)


@pytest.mark.slow
def test_a_book_is_named_or_its_folder_or_that_of_several(desk: Desk) -> None:
    named = desk.good("book test requests").out
    told = r"requests: \d+ scenarios, all as they should be; (\d+) of \1 rules reached, (\d+) of \2 rows\.\n"
    assert re.fullmatch(told, named)
    assert desk.good(f"book test {ROOT / 'core/books/requests'}").out == named
    shutil.copytree(ROOT / "core/books/requests", desk.folder / "books" / "requests")
    shutil.copytree(LOANS, desk.folder / "books" / "loans")
    loans = "loans: 11 scenarios, all as they should be; 9 of 9 rules reached, 9 of 9 rows.\n"
    assert desk.good(f"book test {desk.folder / 'books'}").out == loans + named
    assert desk.good("book test requests --quiet").out == ""


def test_each_scenario_is_told_where_that_is_asked_for(desk: Desk) -> None:
    lines = desk.good(f"book test {LOANS} --list").out.splitlines()
    assert lines[0] == "ok  everything is back: return.last"
    assert lines[2].startswith("ok  a copy that was not lent: copy 100009 is not open on L-1")
    assert len(lines) == 12


def test_a_book_without_scenarios_has_none(desk: Desk) -> None:
    shutil.copytree(LOANS, desk.folder / "loans", ignore=shutil.ignore_patterns("scenarios"))
    ran = desk.run(f"book test {desk.folder / 'loans'}")
    assert (ran.code, ran.out) == (1, "loans: no scenarios; 9 rules, none tried.\n")
    quiet = desk.run(f"book test {desk.folder / 'loans'} --quiet")
    assert (quiet.code, quiet.out) == (1, ran.out)
    [row] = desk.run(f"book test {desk.folder / 'loans'} --json").rows
    assert (row["scenarios"], row["rules"], row["rules_reached"]) == (0, 9, 0)


# --- what comes out otherwise ---------------------------------------------------------------------


def test_a_scenario_says_what_comes_out(tmp_path: Path) -> None:
    assert wrong(tmp_path, CALL + GOOD) == []


@pytest.mark.parametrize(
    ("right", "other", "told"),
    [
        ('"call.no-answer.first"', '"call.refuses"',
         ["rule: expected call.refuses; got call.no-answer.first"]),
        ('  "tag chiamata 1",\n', "", ["Too much: tag `chiamata 1`."]),
        ('2026-03-09",\n  "priority', '2026-03-10",\n  "priority',
         ["Missing: task `call-again` by 2026-03-10. Too much: task `call-again` by 2026-03-09."]),
        ('  "tag chiamata 1",\n  "task call-again 2026-03-09",\n',
         '  "task call-again 2026-03-09",\n  "tag chiamata 1",\n', ["the same actions, but in another order"]),
        ("by 2026-03-09", "by 2026-03-10",
         ["next: expected agent: call-again by 2026-03-10; got agent: call-again by 2026-03-09"]),
        ("First missed", "Second missed",
         ["why: expected Second missed call: a summary...; got First missed call: a summary goes out,"
          " call again in 5 working days."]),
        ('"PF-2"]', '"PF-3"]', ["no text that is written or said contains: PF-3"]),
    ],
)  # fmt: skip
def test_what_comes_out_otherwise_is_told(
    tmp_path: Path, right: str, other: str, told: list[str]
) -> None:
    assert right in GOOD
    assert wrong(tmp_path, CALL + GOOD.replace(right, other, 1)) == told


def test_an_error_is_expected_in_place_of_a_rule(tmp_path: Path) -> None:
    given = 'given = { outcome = "agreement", agreed_on = "2026-03-01" }'
    late = f'[[scenario]]\nname = "x"\nevent = "call"\n{given}\n'
    past = "agreed_on is 2026-03-01, which is past: give 2026-03-02 or a later day."
    assert wrong(tmp_path, f'{late}error = "agreed_on is 2026-03-01..."') == []
    assert wrong(tmp_path, f'{late}rule = "call.agreement.full"') == [
        f"expected the rule call.agreement.full; it was turned down: {past}"
    ]
    assert wrong(tmp_path, f'{CALL}error = "never"') == [
        "expected the error never; the rule call.no-answer.first answered"
    ]
    assert wrong(tmp_path, f'{late}error = "no"') == [f"error: expected no; got {past}"]


def test_what_fails_is_told_with_its_line_and_ends_with_1(desk: Desk) -> None:
    folder = written(desk.folder, CALL + GOOD.replace("chiamata 1", "chiamata 2"))
    ran = desk.run(f"book test {folder}")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[0] == f"{folder}/calls.toml:7: a missed call"
    assert lines[1] == "  Missing: tag `chiamata 2`. Too much: tag `chiamata 1`."
    assert re.match(r"collections: 1 scenario, 1 not as they should be; 1 of \d+ rules", lines[2])
    assert "call.no-answer.retry" in lines[3]
    row, count = desk.run(f"book test {folder} --json").rows
    assert (row["passed"], row["came"]["rule"], row["wrong"][0]) == (
        False, "call.no-answer.first", "Missing: tag `chiamata 2`. Too much: tag `chiamata 1`.",
    )  # fmt: skip
    assert (count["scenarios"], count["failed"], count["rules_reached"]) == (1, 1, 1)


def test_many_that_fail_alike_are_told_once(desk: Desk) -> None:
    """With the rules they are of; figures and dates that differ make no other failure."""
    without = GOOD.replace('  "tag chiamata 1",\n', "")
    alike = [
        CALL.replace("a missed call", f"missed {day}").replace(
            "event", f"at = 2026-03-{day:02}\nevent"
        )
        + without.replace("2026-03-09", f"2026-03-{day + 7:02}")
        for day in (2, 3, 4, 5)
    ]
    two = CALL + GOOD.replace("priority medium", "priority high")
    folder = written(desk.folder, "".join(alike) + two)
    lines = desk.run(f"book test {folder}").out.splitlines()
    assert lines[:3] == [
        f"{folder}/calls.toml:7: missed 2",
        "  Too much: tag `chiamata 1`.",
        "  4 scenarios fail like this: call.no-answer.first.",
    ]
    assert lines[3].endswith(": a missed call")
    assert lines[4] == "  Missing: priority high. Too much: priority medium."
    listed = desk.run(f"book test {folder} --list").out
    assert listed.count("Too much: tag `chiamata 1`.") == 4


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("set missed_calls 0", "missed calls go back to 0"),
        ("set cycle 2", "cycle is set to 2"),
        ("set status_on none", "status on is emptied"),
        ("message summary email it", "letter `summary`"),
        ("message reminder sms es", "SMS `reminder`"),
        ("message care-chase email it to customer-care", "letter `care-chase` to customer-care"),
        ("withdraw preblock", "letter `preblock` withdrawn"),
        ("untag chiamata 2", "tag `chiamata 2` taken away"),
        ("done call-again 2026-03-02", "task `call-again` done"),
        ("assign support", "assigned to support"),
        ("tell agent: Look first.", "the agent is told “Look first.”"),
        ("something else", "something else"),
    ],
)
def test_actions_are_told_in_words(line: str, told: str) -> None:
    assert describe_lines([line]) == told


LINES = """
set missed_calls 0; set cycle 2; set status_on none; message summary email it to customer-care
message reminder sms es; withdraw preblock; tag a; untag a; task call 2026-03-02; done call 2026-03-02
tell agent: Ciao.; note Ciao.; noted there Ciao.; refuse Ciao.; status new; priority high
close settled; assign nobody; escalate supervisor; transfer retention; wait 2026-03-02; wait without end
report preblock; add promises pay_on 2026-03-02; change promises state kept; open T-1 collections
"""


@pytest.mark.parametrize("language", ["it", "es", "ru", "ar"])
def test_actions_are_told_in_the_language(language: str) -> None:
    lines = [line.strip() for line in re.split(r"[;\n]", LINES) if line.strip()]
    english = [describe_lines([line], [line]) for line in lines]
    with speak_meanwhile(language):
        told = [describe_lines([line], [line]) for line in lines]
    assert find_english("\n".join(told)) == set()
    shown = [re.sub("[\u200e\u200f]", "", line) for line in told]
    assert [line for line in shown if line in english] == (
        ["SMS `reminder` in es", "tag `a`"] if language == "it" else []
    )


def test_a_failure_is_told_in_the_language_and_in_english_to_programs(desk: Desk) -> None:
    folder = written(desk.folder, CALL + GOOD.replace("priority medium", "priority high"))
    told = desk.run(f"book test {folder} --lang it").out
    assert "  Manca: priorità high. In più: priorità medium.\n" in told
    (row,) = [
        row for row in desk.run(f"book test {folder} --json --lang it").rows if "wrong" in row
    ]
    assert row["wrong"] == ["Missing: priority high. Too much: priority medium."]


def test_letters_that_differ_in_their_language_are_told_with_it() -> None:
    line, other = "message summary email it", "message summary email es"
    assert describe_lines([line], [other]) == "letter `summary` in it"


def test_a_condition_that_is_given_as_false_is_given(desk: Desk) -> None:
    folder = desk.folder / "loans"
    shutil.copytree(LOANS, folder)
    book = folder / "book.toml"
    text = book.read_text(encoding="utf-8")
    asked = '[events.renew.inputs]\nsure = { type = "boolean", about = "whether it is sure" }\n'
    assert "[events.renew.inputs]" in text
    book.write_text(text.replace("[events.renew.inputs]\n", asked, 1), encoding="utf-8")
    told = folder / "scenarios" / "loans.toml"
    scenario = """
[[scenario]]
name = "sure"
event = "renew"
given = { sure = SURE, note = "On holiday." }
rule = "renew.granted"
"""
    plain = told.read_text(encoding="utf-8")
    for sure, wrong_one in (("false", False), ("true", False), ('""', True)):
        told.write_text(plain + scenario.replace("SURE", sure), encoding="utf-8")
        out = desk.run(f"book test {folder} --list").out
        assert ("ok  sure: renew.granted" in out) is not wrong_one, out
        assert (
            ": sure\n  expected the rule renew.granted; it was turned down: sure is missing" in out
        ) is wrong_one


def test_less_than_was_asked_for_is_a_failure(desk: Desk) -> None:
    other = CALL.replace("a missed call", "b").replace(
        '"no-answer"', '"no-agreement", reason = "refuses"'
    )
    folder = written(desk.folder, f'{CALL}{GOOD}{other}rule = "call.refuses"\n')
    assert desk.run(f"book test {folder} --fail-under 1").code == 0
    assert desk.run(f"book test {folder} --fail-under 2").code == 1


# --- how scenarios share --------------------------------------------------------------------------


def test_what_is_like_another_has_all_but_what_it_says_itself(tmp_path: Path) -> None:
    like = f'{CALL}{GOOD}[[scenario]]\nname = "b"\nlike = "a missed call"\n'
    retry = 'ticket = { missed_calls = 1 }\nrule = "call.no-answer.retry"'
    assert wrong(tmp_path, like + retry) == []
    quiet = (
        'given = { note = "" }\nrule = "call.no-answer.first"\ndoes = ["note CLIENTE...", "..."]'
    )
    assert "Rang out." not in wrong(tmp_path, like + quiet)[0]
    away = 'ticket = { status = "with-department" }'
    # Of another event, only the ticket and the day are shared.
    assert wrong(tmp_path, f'{like}event = "return"\n{away}\nrule = "return.restart"') == []


def test_what_is_expected_is_never_shared(tmp_path: Path) -> None:
    like = '[[scenario]]\nname = "b"\nlike = "a missed call"\n'
    with pytest.raises(Faults, match="'b' needs either the rule that must answer"):
        played(tmp_path, f"{CALL}{GOOD}{like}")


def test_facts_stand_in_place_of_what_the_ticket_says(tmp_path: Path) -> None:
    four = "facts = { attempt = 4, proformas = 3 }\n"
    assert wrong(tmp_path, f'{CALL}{four}rule = "call.no-answer.preblock"') == []
    ticket = 'ticket = { status = "pre-block", preblock_on = "2026-03-01" }'
    facts = 'facts = { preblock_on = "2026-02-15" }'
    event = f'[[scenario]]\nname = "x"\nevent = "day"\n{ticket}\n{facts}\n'
    expected = 'rule = "day.preblock.block"\nwhy = "15 days since..."'
    assert wrong(tmp_path, event + expected) == []


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ("attemp = 4", "facts: book collections has no fact 'attemp'."),
        (
            "since_notice = 4",
            "facts: since_notice is worked out from preblock_on: give that instead.",
        ),
        ("still_open = 1", "facts: event call does not ask for still_open; it asks for "),
        ("attempt = 0", "facts: attempt is 0: it must be at least 1."),
        ('attempt = "none"', "facts: attempt is 'none': it must be a whole number."),
        ('newest = "later"', "facts: newest is 'later': it must be one of open, broken, other"),
    ],
)
def test_facts_that_can_not_be_taken_for_granted(tmp_path: Path, facts: str, told: str) -> None:
    (only,) = wrong(tmp_path, f'{CALL}facts = {{ {facts} }}\nrule = "call.no-answer.first"')
    assert told in only


def test_a_status_there_is_not(tmp_path: Path) -> None:
    text = '[[scenario]]\nname = "x"\nevent = "day"\nfacts = { status = "gone" }\nrule = "day.call"'
    assert "facts: status is never 'gone': it is new, calling" in wrong(tmp_path, text)[0]


def test_a_story_is_told_with_what_happened_before(tmp_path: Path) -> None:
    story = """
[[scenario]]
name = "the second call of a story"
before = [
  { at = "2026-02-16", event = "call", given = { outcome = "no-answer" } },
  { at = "2026-02-23", event = "day" },
]
event = "call"
given = { outcome = "no-answer" }
"""
    assert wrong(tmp_path, f'{story}rule = "call.no-answer.retry"') == []
    again = story.replace('"no-answer" } },', '"no-answer", wants = "manager" } },')
    (only,) = wrong(tmp_path, f'{again}rule = "call.no-answer.retry"')
    assert only.startswith("can't be played: wants can only be used with")


def test_a_refusal_ends_a_story(tmp_path: Path) -> None:
    given = '{ what = "extend", agreed_on = "2026-03-10" }'
    before = f'before = [{{ event = "promise", given = {given} }}]\n'
    (only,) = wrong(tmp_path, f'{CALL}{before}rule = "call.no-answer.retry"')
    assert only.startswith("can't be played: The promise of T-1 can't be extended")


def test_nothing_is_left_of_a_scenario(tmp_path: Path) -> None:
    missed = '{ at = "2026-02-23", event = "call", given = { outcome = "no-answer" } }'
    before = f"before = [{missed}]\n"
    second, third = (CALL.replace("a missed call", name) for name in "bc")
    retry, first = 'rule = "call.no-answer.retry"\n', 'rule = "call.no-answer.first"\n'
    text = f"{CALL}{before}{retry}{second}{before}{retry}{third}{first}"
    assert [one.differences for one in played(tmp_path, text)] == [[], [], []]


def test_an_event_that_opens_a_ticket_begins_without_one(tmp_path: Path) -> None:
    asked = '{ customer = "C-1", type = "other", text = "Hello", owner = "anna" }'
    (tmp_path / "x.toml").write_text(
        'book = "requests"\nat = 2026-03-02\n'
        f'[[scenario]]\nname = "a"\nevent = "new"\ngiven = {asked}\nrule = "request.open"\n'
        'does = ["open Q-1 requests type other, owner anna, text Hello, assignee anna"]\n'
        f'[[scenario]]\nname = "b"\nbefore = [{{ event = "new", given = {asked} }}]\n'
        'event = "request"\ngiven = { what = "close" }\nrule = "request.close"\n',
        encoding="utf-8",
    )
    with closing(Stage(NONE)) as stage:
        both = list(play_scenarios(stage, read_scenario_files([str(tmp_path / "x.toml")], None)))
    assert [one.differences for one in both] == [[], []]


def test_whom_a_message_goes_to_is_told_where_it_is_not_the_customer(tmp_path: Path) -> None:
    text = """
[[scenario]]
name = "a"
event = "call"
given = { outcome = "no-agreement", reason = "problem", problem = "technical" }
rule = "call.problem-technical"
does = [
  "set missed_calls 0",
  "set missed_appointments 0",
  "tell customer: ...",
  "message care-chase email it to customer-care",
  "note Won't pay until...",
  "tag customer care",
  "task appointment 2026-03-16",
  "tag appuntamento telefonico",
  "status customer-care",
]
[[scenario]]
name = "b"
customer = { email = "" }
event = "call"
given = { outcome = "no-answer" }
rule = "call.no-answer.first"
does = [
  "set...", "note...", "tag...", "task...", "priority...",
  "message summary email it to nobody",
  "status...",
]
"""
    assert [one.differences for one in played(tmp_path, text)] == [[], []]


# --- files that are wrong -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("[[scenario]]\nname = 1\n", 7, "name must be text, not 1."),
        ('[[scenario]]\nevent = "call"\nrule = "x"\n', 6, "scenario 1 needs 'name'."),
        (f'{CALL}rule = "x"\nrules = 1\n', 12, "scenario 1 has no key 'rules'; its keys are name, like, at,"),
        (f"{CALL}", 7, "'a missed call' needs either the rule that must answer, or the error."),
        (f'{CALL}rule = "x"\nerror = "y"\n', 7, "'a missed call' needs either the rule that must answer"),
        (f'{CALL}error = "y"\nnext = "z"\n', 7, "'a missed call' expects an error; does, next,"),
        (f'{CALL}rule = "x"\n{CALL}rule = "x"\n', 14, "'a missed call' is the name of the scenario at "),
        (f'{CALL}rule = "x"\nlike = "b"\n', 7, "'a missed call' is like 'b', which does not exist."),
        (f'{CALL}rule = "x"\nlike = "a missed call"\n', 7, "'a missed call' is like itself."),
        (f'{CALL}rule = "x"\ndoes = "y"\n', 12, "does must be a list, not 'y'."),
        (f'{CALL}rule = "x"\nfacts = 1\n', 12, "facts must be a table, not 1."),
        (f'{CALL}rule = "x"\ntickets = 1\n', 12, "tickets must be a list, not 1."),
        (f'{CALL}rule = "x"\nat = "2026-02-30"\n', 12, "at is '2026-02-30': there is no such day"),
        (f'{CALL}rule = "x"\nbefore = [{{ at = "2026-03-01" }}]\n', 12, "before 1 needs 'event'."),
        (f'{CALL}rule = "x"\nbefore = [{{ event = "day", rule = "x" }}]\n', 12,
         "before 1 has no key 'rule'; its keys are at, event, given, facts."),
        (f'{CALL}rule = "x"\ntickets = [1]\n', 12, "tickets must be a list of tables."),
        (f'{CALL}rule = "x"\ncompany = {{ fax = "1" }}\n', 12,
         "company has texts only; there are name, address, email, phone, hotline, iban, bank, website."),
        (f'{CALL}rule = "x"\nsays = [\n"y",\n1]\n', 12, "says must be a list of texts."),
        ('[[scenario]]\nname = "x"\nrule = "x"\n', 6, "'x' needs event: what happens."),
        ('[scenario]\nname = "x"\n', 6, "write [[scenario]], with two brackets."),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_is_told_with_its_line(
    desk: Desk, text: str, line: int, told: str
) -> None:
    folder = written(desk.folder, text)
    ran = desk.run(f"book test {folder}")
    assert ran.code == 2
    assert f"{folder}/calls.toml:{line}: {told}" in ran.err


def test_scenarios_that_lead_back_to_themselves(tmp_path: Path) -> None:
    one = '[[scenario]]\nname = "{}"\nlike = "{}"\nrule = "x"\n'
    with pytest.raises(Faults, match="is like itself"):
        played(tmp_path, one.format("a", "b") + one.format("b", "a"))


def test_every_scenario_has_its_moment(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="'a missed call' needs at: the moment"):
        played(tmp_path, CALL + GOOD, "")


def test_a_file_that_is_no_toml_and_one_that_has_no_book(desk: Desk) -> None:
    folder = desk.folder / "told"
    folder.mkdir()
    (folder / "bad.toml").write_text("at = \n", encoding="utf-8")
    ran = desk.run(f"book test {folder}")
    assert (ran.code, "bad.toml:1: this is not valid TOML" in ran.err) == (2, True)
    (folder / "bad.toml").write_text("at = 2026-03-02\n", encoding="utf-8")
    ran = desk.run(f"book test {folder}")
    assert (ran.code, "say on top which book it is for" in ran.err) == (2, True)


def test_scenarios_beside_a_book_are_of_that_book(desk: Desk) -> None:
    shutil.copytree(LOANS, desk.folder / "loans")
    other = desk.folder / "loans" / "scenarios" / "other.toml"
    other.write_text('book = "collections"\n', encoding="utf-8")
    ran = desk.run(f"book test {desk.folder / 'loans'}")
    assert (ran.code, "other.toml:1: these lie beside the book loans." in ran.err) == (2, True)


def test_a_ticket_that_is_wrong_can_not_be_played(tmp_path: Path) -> None:
    text = f'{CALL}ticket = {{ status = "gone", colour = "red" }}\nrule = "x"'
    (only,) = wrong(tmp_path, text)
    assert only.startswith("can't be played: nothing was imported; there are 2 faults")
    assert "a ticket of book collections has no 'colour'" in only


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "nowhere",
            "there is no book and no folder 'nowhere'; `prassi book list` shows the books.",
        ),
        (".", ". contains neither a book nor scenarios, which are files named *.toml."),
        ("requests --boundaries --mutants", "--boundaries can't be used with --mutants: give one."),
        ("requests --write", "--write can only be used with --boundaries."),
        (
            "requests --boundaries --write",
            "--write needs the folder of requests: give it in place of",
        ),
        (
            "requests --junit x.xml --mutants",
            "--junit can't be used with --boundaries or --mutants.",
        ),
        ("requests --boundaries --fail-under 3", "--fail-under can't be used with --boundaries"),
        (
            "requests --junit /nowhere/x.xml",
            "--junit /nowhere/x.xml can't be written: no such file",
        ),
    ],
)
def test_what_can_not_be_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, words: str, told: str
) -> None:
    (desk.folder / "empty").mkdir()
    monkeypatch.chdir(desk.folder / "empty")
    ran = desk.run(f"book test {words}")
    assert ran.code == 2
    assert told in ran.err


def test_a_book_with_faults_is_not_tried(desk: Desk) -> None:
    shutil.copytree(LOANS, desk.folder / "loans")
    book = desk.folder / "loans" / "book.toml"
    book.write_text(book.read_text("utf-8").replace('["s3"]', '["s9"]'), encoding="utf-8")
    for more in ("", "--boundaries", "--mutants"):
        ran = desk.run(f"book test {book.parent} {more}")
        assert (ran.code, "cites statement 's9'" in ran.err) == (2, True)


# --- what others read -----------------------------------------------------------------------------


def junit(desk: Desk, text: str) -> tuple[Ran, ElementTree.Element]:
    """What was printed, and the file, read by a parser that is not ours."""
    ran = desk.run(f"book test {written(desk.folder, text)} --junit {desk.folder / 'out.xml'}")
    return ran, ElementTree.parse(desk.folder / "out.xml").getroot()


def test_junit_has_a_case_for_each_scenario(desk: Desk) -> None:
    hostile = CALL.replace("a missed call", r"<b> & \"\u0001\u001b[31m]]>")
    ran, suites = junit(desk, CALL + GOOD + hostile + 'rule = "call.refuses"\n')
    assert ran.code == 1
    assert "\x1b" not in ran.out
    (suite,) = suites
    told = {name: suite.get(name) for name in ("name", "tests", "failures", "errors")}
    assert told == {"name": "collections", "tests": "2", "failures": "1", "errors": "0"}
    good, bad = suite
    assert (good.get("name"), good.get("classname"), good.get("line"), len(good)) == (
        "a missed call", "collections.call", "7", 0,
    )  # fmt: skip
    assert bad.get("name") == '<b> & "\ufffd\ufffd[31m]]>'
    assert bad[0].text == "rule: expected call.refuses; got call.no-answer.first"


def test_json_has_what_came(desk: Desk) -> None:
    rows = desk.good(f"book test {LOANS} --json").rows
    assert rows[0]["came"]["does"][-1] == "close returned"
    assert rows[2]["came"]["error"].startswith("copy 100009")
    assert rows[-1] == {
        "book": "loans", "scenarios": 11, "failed": 0, "rules": 9, "rules_reached": 9, "rows": 9,
        "rows_reached": 9, "not_reached": [],
    }  # fmt: skip
