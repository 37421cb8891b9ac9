"""What no scenario notices, what none could, and the scenarios that are written for it."""

from __future__ import annotations

import random
import shutil
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
import seeding
from desk import Desk
from prassi.core.analysis.scenarios.coverage import play_scenarios
from prassi.core.analysis.scenarios.differences import find_differences
from prassi.core.analysis.scenarios.equivalent_mutants import EquivalenceChecker
from prassi.core.analysis.scenarios.mail_outcome import MAIL_EVENTS
from prassi.core.analysis.scenarios.mutated_book import Original
from prassi.core.analysis.scenarios.mutation_report import try_mutations
from prassi.core.analysis.scenarios.mutations import Mutation, put_value
from prassi.core.analysis.scenarios.scenario_files import (
    Scenario,
    list_scenario_files,
    read_scenario_files,
)
from prassi.core.analysis.scenarios.stage import Stage
from prassi.core.analysis.scenarios.surviving_mutants import MutantTrial
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE

ROOT = Path(__file__).parents[2]
BOOKS = ("cases", "collections", "insistence", "packages", "requests")
LOANS = ROOT / "docs" / "examples" / "loans"

# A book of two rules with a threshold, a condition, an input that has its place, and a need.
BOOK = """
[book]
name = "gate"
title = "A gate"
source = "Invented"
calendar = "IT"
language = "en"
[parameters]
limit = { value = 3, unit = "bags", about = "that are free" }
[roles]
guard = "At the gate"
[[statement]]
id = "s1"
says = "Up to three bags are free; more are weighed."
[statuses]
waiting = { about = "in front of the gate" }
gone = { about = "through", closed = true }
[fields]
bags = { type = "integer", min = 0, default = 0, about = "bags" }
seen_on = { type = "date", optional = true, about = "day of the first look" }
[facts]
bags = { type = "integer", min = 0, about = "bags" }
[sequences]
THROUGH = [{ tag = "through" }, { done = "tasks" }, { close = "gone" }]
[events.look]
title = "Somebody looks"
[events.look.inputs]
how = { type = "word", values = ["quick", "thorough"], about = "how" }
on = { type = "date", default = "today", about = "when" }
dog = { type = "word", values = ["loud", "quiet"], when = { how = "thorough" }, optional = true, about = "the dog" }
note = { type = "text", optional = true, about = "what was seen" }
[[events.look.rule]]
id = "look.free"
why = "Free."
from = ["s1"]
when = { bags = "<= {limit}" }
then = [
  { tell = "guard", text = "Let them go.", if = { how = "quick" } },
  { set = "seen_on", to = "0 days after {on}" },
  { do = "THROUGH" },
]
[[events.look.rule]]
id = "look.weigh"
why = "To be weighed."
from = ["s1"]
needs = ["note"]
when = [{ bags = "> {limit}", dog = "loud" }, { bags = "> {limit}", dog = ["none", "quiet"] }]
then = [{ task = "weigh", due = "{limit} days" }]
[events.day]
title = "A night"
[[events.day.rule]]
id = "day.wait"
why = "Waits."
from = ["s1"]
when = {}
then = [{ wait = "1 days" }]
"""
FACTS = "SELECT id AS ticket, bags FROM ticket"
FIRST = """
at = 2026-03-06  # a Friday
[[scenario]]
name = "no bags"
ticket = { tasks = [{ kind = "queue", due = "2026-03-02" }] }
event = "look"
given = { how = "quick", on = "2026-03-04" }
rule = "look.free"
does = [
  "tell guard: Let them go.",
  "set seen_on 2026-03-04",
  "tag through",
  "done queue 2026-03-02",
  "close gone",
]
"""


def gate(folder: Path, scenarios: str = FIRST, book: str = BOOK) -> Path:
    """The folder of the book, with a file of scenarios."""
    own = folder / "gate"
    (own / "scenarios").mkdir(parents=True)
    (own / "book.toml").write_text(book, encoding="utf-8")
    (own / "facts.sql").write_text(FACTS, encoding="utf-8")
    (own / "scenarios" / "looks.toml").write_text(scenarios, encoding="utf-8")
    return own


@cache
def original(book: str) -> Original:
    """A shipped book."""
    return Original(Shelf(NONE).files(book))


@cache
def scenarios(book: str) -> list[Scenario]:
    """The scenarios of a shipped book."""
    return read_scenario_files(list_scenario_files(original(book).files.folder), book)


def drawn(book: str, count: int, *kinds: str) -> list[Mutation]:
    """Some of a book's mutations of these kinds, the same ones each time."""
    mutations = [one for one in original(book).list_mutations() if one.kind in kinds or not kinds]
    return random.Random(7).sample(mutations, min(count, len(mutations)))


# --- the shipped books ----------------------------------------------------------------------------


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Where scenarios are played."""
    with closing(Stage(NONE)) as stage:
        yield stage


@pytest.mark.slow
@pytest.mark.unmeasured
def test_of_requests_every_change_is_noticed(desk: Desk) -> None:
    """The others take longer: scripts/hard/mutants.py tries all of them."""
    *left, count = desk.good("book test requests --mutants --json").rows
    assert [one for one in left if one["reason"] is None] == []
    assert (count["score"], count["unnoticed"], count["changes"] > 200) == (100.0, 0, True)


@pytest.mark.slow
@pytest.mark.parametrize("book", ["cases", "collections", "insistence", "packages"])
def test_some_changes_of_the_larger_books_are_noticed(book: str, stage: Stage) -> None:
    verdict = try_mutations(stage, original(book), scenarios(book), drawn(book, 40))
    assert [one for one in verdict.survivors if one.reason is None] == []
    assert verdict.killed_count > 25


@pytest.mark.slow
def test_no_scenario_is_missing_beside_a_shipped_book(desk: Desk) -> None:
    assert (
        desk.good("book test requests --boundaries").err == "requests: no scenarios are missing.\n"
    )


# --- a changed test is tried as if the book were read anew -----------------------------------------


def read_anew(stage: Stage, book: str, some: Sequence[Scenario], mutation: Mutation) -> bool | None:
    """Whether a scenario notices a mutation, on the whole book read with it; None where it can't be."""
    changed = original(book).mutate_book(mutation)
    if changed is None:
        return None
    for one in some:
        with stage.set_up(one):
            if find_differences(one.expected, stage.play(one, changed)):
                return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("book", ["collections", "packages", "requests"])
def test_short_ways_come_to_the_same_as_reading_the_book_anew(book: str, stage: Stage) -> None:
    """More of them, of all books: scripts/hard/mutants.py."""
    # A book that is read anew here has no states of a ticket file.
    known = [one for one in scenarios(book) if not one.setting.rows["states"]]
    some = known[:: max(1, len(known) // 24)]
    kinds = ("cell", "condition", "place", "need", "due", "word", "action")
    mutations = drawn(book, 16, *kinds)
    trial = MutantTrial(original(book), stage, mutations)
    trial.play_all(some)
    with closing(Stage(NONE)) as other:
        tried = {id(one): read_anew(other, book, some, one) for one in mutations}
    assert {id(one) for one in trial.list_survivors()} == {
        key for key, noticed in tried.items() if noticed is False
    }
    # That nothing uses a sequence any more is a fault of the whole book only.
    unused = [one for one in mutations if "do" in str(one.now) and tried[id(one)] is None]
    assert trial.count == sum(noticed is not None for noticed in tried.values()) + len(unused)
    assert any(tried.values())
    assert not all(tried.values())


def test_a_ticket_file_with_states_of_its_own_has_them_under_a_change_too(stage: Stage) -> None:
    """Else its ticket would stand where there is no such state, and every mutation be noticed."""
    some = [one for one in scenarios("requests") if one.setting.rows["states"]]
    mutations = original("requests").list_mutations()
    trial = MutantTrial(original("requests"), stage, mutations)
    assert [played.differences for played in trial.play_all(some)] == [[], []]
    left = {
        (original("requests").name_subject(one), one.description) for one in trial.list_survivors()
    }
    assert ("request, input state", 'without what "move"') in left
    assert ("request.move", 'without { set = "changed_on", to = "today" }') not in left
    assert len(left) > 150


@pytest.mark.slow
def test_what_is_said_to_make_no_difference_decides_nothing_else() -> None:
    """The judge of tests/support/seeding.py draws facts, and knows nothing of regions."""
    equivalence, book = EquivalenceChecker(original("insistence")), "insistence"
    cells = [one for one in original(book).list_mutations() if one.kind == "cell"]
    # That no day comes to both of two counts is beyond that judge, who draws each for itself.
    same = [
        one
        for one in cells
        if equivalence.explain(one) and not list(equivalence.find_telling_facts(one))
    ]
    assert len(same) > 3
    for one in same:
        data = put_value(seeding.files(book).data, one.path, one.then)
        assert seeding.find_changed_decision(seeding.Seed(book, one.description, data)) is None, (
            one.description
        )


# --- what is told ---------------------------------------------------------------------------------


def test_what_no_scenario_notices_is_told_with_its_line(desk: Desk) -> None:
    folder = gate(desk.folder)
    ran = desk.run(f"book test {folder} --mutants")
    assert ran.code == 1
    lines = BOOK.splitlines()
    for mutation, begins in {
        "parameter limit: 3 -> 2": "limit = ",
        'look.free: bags "<= {limit}" -> "<= 4"': "when = ",
        'look.free: without bags "<= {limit}"': "when = ",
        'look.free: without how "quick"': "  { tell = ",
        'look.free: with dog ["none", "quiet"]': "when = ",
        'look, input dog: without how "thorough"': "dog = ",
        'look.weigh: without "note"': "needs = ",
        'look.weigh: without { task = "weigh", due = "{limit} days" }': "then = ",
        'look.weigh: due "{limit} days" -> "{limit} working days"': "then = ",
        'day.wait: wait "1 days" -> "2 days"': "then = ",
    }.items():
        (told,) = [one for one in ran.out.splitlines() if one.endswith(f": {mutation}")]
        place = told.removeprefix(f"{folder}/book.toml:").partition(":")[0]
        assert lines[int(place) - 1].startswith(begins), told
    assert ran.out.endswith(
        "gate: 55 changes, 16 noticed, 35 not; 4 make no difference. Score: 31.37 %.\n"
    )


def test_a_condition_that_is_missing_is_told(desk: Desk) -> None:
    """A rule that nobody has tried on the facts that it should ask for, as another rule does."""
    forgotten = BOOK.replace('{ bags = "> {limit}", dog = "loud" }', '{ bags = "> {limit}" }')
    forgotten = forgotten.replace(', { bags = "> {limit}", dog = ["none", "quiet"] }]', "]")
    asking = '[[events.look.rule]]\nid = "look.free"'
    dogs = """[[events.look.rule]]
id = "look.dog"
why = "A loud dog."
from = ["s1"]
when = { dog = "loud", bags = "<= {limit}" }
then = []
"""
    book = forgotten.replace(asking, dogs + asking).replace(
        'when = { bags = "<= {limit}" }', 'when = { bags = "<= {limit}", dog = ["none", "quiet"] }'
    )
    folder = gate(desk.folder, book=book)
    told = desk.run(f"book test {folder} --mutants").out
    assert ': look.weigh: with dog ["none", "quiet"]\n' in told
    loud = """
[[scenario]]
name = "a loud dog beside many bags"
event = "look"
given = { how = "thorough", dog = "loud", note = "x" }
facts = { bags = 4 }
rule = "look.weigh"
"""
    (folder / "scenarios" / "dogs.toml").write_text(f"at = 2026-03-06\n{loud}", encoding="utf-8")
    told = desk.run(f"book test {folder} --mutants").out
    assert 'look.weigh: with dog ["none", "quiet"]' not in told


def test_what_makes_no_difference_is_told_with_the_reason(desk: Desk) -> None:
    rows = desk.run(f"book test {gate(desk.folder)} --mutants --json").rows
    reasons = {row["change"]: row["reason"] for row in rows[:-1] if row["reason"] is not None}
    assert reasons == {
        'to "0 days after {on}" -> "0 working days after {on}"': "0 of any unit is the day itself",
        'to "0 days after {on}" -> "0 months after {on}"': "0 of any unit is the day itself",
        'without dog "loud"': "other rows of the rule answer the same facts",
        'without dog ["none", "quiet"]': "other rows of the rule answer the same facts",
    }
    assert {row["kind"] for row in rows[:-1]} >= {"cell", "condition", "place", "need", "parameter"}
    assert rows[-1]["alike"] == 4
    assert rows[-1]["changes"] == rows[-1]["noticed"] + rows[-1]["unnoticed"] + 4


@pytest.mark.parametrize(
    ("book", "rule", "mutation", "reason"),
    [
        ("collections", "call.paid.recent", 'without outcome "already-paid"',
         "the facts that would show it can't be: outcome no-answer, "),
        ("insistence", "day.wait", "without late false",
         "the facts that would show it can't be: status open, answered no, late yes, left 2"),
        ("packages", "day.wait", 'day "1..<{expiry_call_days.1}" -> "1..<0"',
         "the row holds for no facts, as its parameters are"),
        ("packages", "call.x.active", 'without task "visit-call"',
         "other rows of the rule answer the same facts"),
        ("collections", "sequence AGREED-FULL", 'without kind "full"', "full is the default of kind"),
        ("collections", "call.refuses", 'without reason "refuses"', None),
        ("packages", "day.wait", 'day "1..<{expiry_call_days.2}" -> "1..<5"', None),
    ],
)  # fmt: skip
def test_the_reasons_are_those(book: str, rule: str, mutation: str, reason: str | None) -> None:
    found = [one for one in original(book).list_mutations() if one.description == mutation]
    told = [
        EquivalenceChecker(original(book)).explain(one)
        for one in found
        if original(book).name_subject(one) == rule
    ]
    assert told
    assert all(one is None if reason is None else str(one).startswith(reason) for one in told)


def test_the_score_must_be_what_is_asked_for(desk: Desk) -> None:
    folder = gate(desk.folder)
    assert desk.run(f"book test {folder} --mutants --fail-under 10").code == 0
    assert desk.run(f"book test {folder} --mutants --fail-under 90").code == 1
    assert desk.run(f"book test {folder} --mutants --fail-under 10 --quiet").out.count("Score") == 0


def test_nothing_is_tried_while_a_scenario_fails(desk: Desk) -> None:
    folder = gate(desk.folder, FIRST.replace("tag through", "tag other"))
    for more in ("--mutants", "--boundaries", "--boundaries --write"):
        ran = desk.run(f"book test {folder} {more}")
        assert ran.code == 1
        assert "Missing: tag `other`." in ran.out
        assert "until all of its scenarios pass" in ran.err
    assert not (folder / "scenarios" / "boundaries.toml").exists()


# --- what is written ------------------------------------------------------------------------------


def test_scenarios_are_written_on_both_sides_of_a_threshold(desk: Desk) -> None:
    folder = gate(desk.folder)
    printed = desk.run(f"book test {folder} --boundaries")
    assert printed.code == 1
    made = {one["name"]: one for one in tomllib.loads(printed.out)["scenario"]}
    sides = {
        (one.get("rule"), one["facts"]["bags"])
        for one in made.values()
        if "bags" in one.get("facts", {})
    }
    assert sides >= {("look.free", 3), ("look.weigh", 4)}
    assert made["no bags, but bags 3"] == {
        "name": "no bags, but bags 3", "like": "no bags", "facts": {"bags": 3}, "rule": "look.free",
    }  # fmt: skip
    assert made["no bags, but dog given"]["error"] == "dog can only be used with how thorough."
    assert made["no bags, but how thorough, dog loud, bags 4"] == {
        "name": "no bags, but how thorough, dog loud, bags 4", "like": "no bags",
        "given": {"how": "thorough", "dog": "loud", "note": "As it was told."}, "facts": {"bags": 4},
        "rule": "look.weigh", "does": ["task weigh 2026-03-09"], "next": "agent: weigh by 2026-03-09",
    }  # fmt: skip
    missing = made["no bags, but how thorough, dog loud, bags 4, note missing"]
    assert missing["error"] == "note is missing: look.weigh needs what was seen."

    ran = desk.run(f"book test {folder} --boundaries --write", at="2026-03-06")
    path = folder / "scenarios" / "boundaries.toml"
    assert ran.out == f"gate: {len(made)} scenarios added to {path}: read what they expect.\n"
    first, *_ = path.read_text(encoding="utf-8").splitlines()
    assert first.startswith("# Made by `prassi book test --boundaries`: ")
    assert desk.good(f"book test {folder} --boundaries").out == ""
    desk.good(f"book test {folder} --fail-under 100")
    assert desk.good(f"book test {folder} --mutants").out.endswith("Score: 100 %.\n")

    book = folder / "book.toml"
    book.write_text(BOOK.replace("value = 3", "value = 4"), encoding="utf-8")
    assert desk.run(f"book test {folder}").code == 1


def test_scenarios_are_made_from_nothing(desk: Desk) -> None:
    """What none can be made for is left to people: here, that a task ends which there is not."""
    folder = gate(desk.folder, "")
    assert desk.run(f"book test {folder} --boundaries --write", at="2026-03-06").code == 0
    assert desk.good(f"book test {folder}").out.endswith("3 of 3 rules reached, 4 of 4 rows.\n")
    rows = desk.run(f"book test {folder} --mutants --json").rows
    assert [row["change"] for row in rows[:-1] if row["reason"] is None] == [
        'without { done = "tasks" }', 'to "0 days after {on}" -> "0 days"',
    ]  # fmt: skip


def test_a_rule_that_turns_an_input_down_says_all_it_does_with_its_sentence(desk: Desk) -> None:
    book = BOOK.replace(
        'then = [{ task = "weigh", due = "{limit} days" }]',
        'then = [{ refuse = "This one bites.", input = "dog" }]',
    )
    folder = gate(desk.folder, FIRST, book)
    made = tomllib.loads(desk.run(f"book test {folder} --boundaries").out)["scenario"]
    assert "dog: This one bites." in [one.get("error") for one in made]
    desk.run(f"book test {folder} --boundaries --write")
    assert desk.good(f"book test {folder} --boundaries").out == ""


def test_no_scenario_is_made_for_a_gap(desk: Desk) -> None:
    """That no rule answers is for `book check` to tell, and nothing that a book should do."""
    folder = gate(desk.folder, FIRST, BOOK.replace('["none", "quiet"]', '"quiet"'))
    made = tomllib.loads(desk.run(f"book test {folder} --boundaries").out)["scenario"]
    assert len(made) > 5
    assert not [one for one in made if "no rule" in one.get("error", "")]


def test_nothing_is_written_on_a_dry_run_or_where_it_can_not_be(desk: Desk) -> None:
    folder = gate(desk.folder)
    desk.good(f"book test {folder} --boundaries --write --dry-run")
    assert not (folder / "scenarios" / "boundaries.toml").exists()
    (folder / "scenarios" / "boundaries.toml").mkdir()
    ran = desk.run(f"book test {folder} --boundaries --write")
    assert ran.code == 2
    assert "boundaries.toml can't be" in ran.err


def test_dates_are_found_for_what_is_counted_from_them(desk: Desk) -> None:
    shutil.copytree(LOANS, desk.folder / "loans")
    made = desk.run(f"book test {desk.folder / 'loans'} --boundaries").out
    assert 'facts = { reminded_on = "2026-02-23" }\nrule = "day.call"\n' in made
    assert "since_reminder =" not in made


@pytest.mark.slow
@pytest.mark.unmeasured
def test_scenarios_that_are_added_are_the_same_each_time(desk: Desk) -> None:
    shutil.copytree(LOANS, desk.folder / "loans")
    told = [
        desk.run(f"book test {desk.folder / 'loans'} --boundaries --json").out for _ in range(2)
    ]
    assert told[0] == told[1]


def test_a_scenario_without_its_ticket_is_made_for_an_event_that_opens_one(desk: Desk) -> None:
    source = ROOT / "core/books/requests"
    shutil.copytree(source, desk.folder / "requests", ignore=shutil.ignore_patterns("scenarios"))
    ran = desk.run(f"book test {desk.folder / 'requests'} --boundaries")
    made = tomllib.loads(ran.out)["scenario"]
    first = next(one for one in made if one["event"] == "new")
    assert "ticket" not in first
    assert first["does"] == ["open Q-1 requests type other"]


def test_every_number_and_each_part_of_a_list_is_changed() -> None:
    """Also where a fact has no bounds, and what is not "none" is any number."""
    told = {
        (original("cases").name_subject(one), one.description)
        for one in original("cases").list_mutations()
    }
    assert ("discount.none", 'since_discount "none" -> "!= none"') in told
    days = original("packages").read_raw(("parameters", "expiry_call_days", "value"))
    told = {
        (original("packages").name_subject(one), one.description)
        for one in original("packages").list_mutations()
    }
    for place, day in enumerate(days):
        for other in (day - 1, day + 1):
            changed = [*days[:place], other, *days[place + 1 :]]
            assert ("parameter expiry_call_days", f"{days} -> {changed}") in told


def test_every_change_leaves_a_book_that_can_be_told_from_it() -> None:
    for book in BOOKS:
        for mutation in drawn(book, 200):
            assert mutation.then != mutation.now, mutation.description
            changed = put_value(original(book).read_raw(()), mutation.path, mutation.then)
            assert changed != original(book).read_raw(())
            assert original(book).locate(mutation).split(":")[-1].isdigit()


@pytest.mark.slow
def test_a_played_scenario_is_what_a_command_does(desk: Desk, stage: Stage) -> None:
    """The same ticket, moment and event at the shell come to the same actions."""
    some = [
        one
        for one in scenarios("collections")
        if not one.step.facts and not one.setting.before and one.step.event not in MAIL_EVENTS
    ][::6]
    for played in play_scenarios(stage, some):
        scenario, ran = played.scenario, played.played
        assert ran is not None
        (desk.folder / "tickets.db").unlink(missing_ok=True)
        rows = scenario.setting.rows
        desk.settings("")
        desk.load(
            *map(dict, rows["tickets"]),
            customers=list(map(dict, rows["customers"])),
            at=scenario.step.at,
        )
        given = [f"{n}={v}" for n, v in scenario.step.given.items() if not isinstance(v, list)]
        given += [
            f"{n}={one}" for n, v in scenario.step.given.items() if isinstance(v, list) for one in v
        ]
        words = ["event", scenario.setting.ref, scenario.step.event, *given]
        if scenario.step.event == "day":
            words = ["triage", scenario.setting.ref, "--all"]
        at_shell = desk.run([*words, "--json"], at=scenario.step.at)
        if ran.error is not None:
            assert ran.error in " ".join(at_shell.err.split())
        else:
            assert at_shell.rows[0]["rule"] == ran.rule
            assert len(at_shell.rows[0]["actions"]) == len(ran.does)
