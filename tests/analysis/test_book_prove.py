"""`book prove`: what holds is proven, what does not is told as a story that really goes so."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from desk import Desk
from prassi.core.analysis.proofs.counterexample.durations import find_longest_way
from prassi.core.analysis.proofs.prove import Prover
from prassi.core.analysis.proofs.refinement_loop import BROKEN, PROVEN, UNDECIDED
from prassi.core.analysis.scenarios.differences import find_differences
from prassi.core.analysis.scenarios.scenario_files import read_scenario_files
from prassi.core.analysis.scenarios.stage import Stage
from prassi.core.errors import Faults
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE, Settings
from proving import FAULTS, FOLDERS, Fault, changed, decide_fault, one_of
from walking import walked

Open = Callable[[Settings, str], Prover]


@pytest.fixture
def prover_of() -> Iterator[Open]:
    """Opens a prover of a book, which is closed after the test."""
    with ExitStack() as opened:
        yield lambda settings, book: opened.enter_context(closing(Prover(settings, book)))


QUICK = ("paid-first", "owner-first", "reminded-once")
"""Properties whose planted faults take well under a second; the others are tried with the slow tests."""


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(
            one,
            id=f"{one.book}-{one.breaks}",
            marks=[] if one.breaks in QUICK else [pytest.mark.slow],
        )
        for one in FAULTS
    ],
)
def test_a_planted_fault_is_told_as_a_story(fault: Fault, tmp_path: Path, prover_of: Open) -> None:
    settings = changed(tmp_path, fault.book, fault.edits)
    prover = prover_of(settings, fault.book)
    verdict = decide_fault(prover, fault.breaks)
    assert verdict.outcome == BROKEN
    told = prover.tell(verdict)
    assert told is not None
    assert told.scenario is not None
    assert [step["rule"] for step in told.steps] == fault.story

    path = tmp_path / "stories.toml"
    path.write_text(f'book = "{fault.book}"\n\n{told.scenario}', encoding="utf-8")
    [scenario] = read_scenario_files([str(path)], fault.book)
    with closing(Stage(settings)) as stage, stage.set_up(scenario):
        assert find_differences(scenario.expected, stage.play(scenario)) == []


def test_a_shipped_book_keeps_what_it_declares(prover_of: Open) -> None:
    """The smallest of them; scripts/hard/prove.py tries all five."""
    assert {one.outcome for one in prover_of(NONE, "requests").decide_all()} == {PROVEN}


@pytest.mark.parametrize("book", FOLDERS)
def test_a_user_s_book_keeps_what_it_declares(book: str, prover_of: Open) -> None:
    prover = prover_of(NONE._replace(books=str(FOLDERS[book])), book)
    assert {one.outcome for one in prover.decide_all()} == {PROVEN}


@pytest.mark.slow
@pytest.mark.parametrize("book", ["collections", "packages", "cases", "requests"])
def test_what_is_proven_holds_whatever_happens(book: str, prover_of: Open) -> None:
    """What the exploration merges hides nothing that chance comes upon."""
    prover = prover_of(NONE, book)
    for seed in range(12):
        assert walked(prover, random.Random(seed), 12) == []


def test_chance_comes_upon_what_does_not_hold(tmp_path: Path, prover_of: Open) -> None:
    declared = (
        '[[property]]\nid = "a"\nsays = "b"\nhappens = { rule = "renew.granted" }\nat_most = 0'
    )
    prover = prover_of(changed(tmp_path, "loans", declared=declared), "loans")
    assert any(walked(prover, random.Random(seed), 12) == ["a"] for seed in range(12))


@pytest.mark.parametrize(
    ("event", "common", "story"),
    [
        ("postpone", "", ["renew.granted", "common.postpone"]),
        ("task-done", "", ["renew.granted", "common.task-done"]),
        (
            "postpone",
            'postpone = { status = ["overdue"] }',
            ["renew.granted", "day.reminder", "common.postpone"],
        ),
        ("task-done", "task-done = false", None),
        ("reopen", "", ["return.last", "common.reopen"]),
        ("reopen", "reopen = false", None),
    ],
)
def test_the_events_of_every_book_happen(
    event: str, common: str, story: Sequence[str] | None, tmp_path: Path, prover_of: Open
) -> None:
    """Unless the book forbids them, or binds them to where they have nothing to do."""
    settings = changed(
        tmp_path,
        "loans",
        [("[common]\nreopen = false\n", f"[common]\n{common}\n")],
        declared=NEVER.format(event=event),
    )
    verdict = next(prover_of(settings, "loans").decide_all())
    told = verdict.story and [step.plan.rule.id for step in verdict.story.steps]
    assert (verdict.outcome, told) == (BROKEN if story else PROVEN, story), verdict.why


NEVER = """[[property]]
id = "a"
says = "b"
happens = {{ event = "{event}" }}
at_most = 0

"""


def test_closing_by_hand_is_not_the_way_out(tmp_path: Path, prover_of: Open) -> None:
    """Though anybody can close a ticket: a book that has no other end has none."""
    returned = '{ close = "returned" }'
    settings = changed(tmp_path, "loans", [(returned, '{ note = "returned" }')])
    prover = prover_of(settings, "loans")
    assert prover.decide(one_of(prover, "can-be-returned")).outcome == BROKEN


def test_a_way_out_that_not_every_ticket_can_take(tmp_path: Path, prover_of: Open) -> None:
    """What is overdue is not renewed any more, so it may never come to a third renewal."""
    edits = [("when = { left = 0 }", 'when = { left = 0, renewal = ">= 3" }')]
    prover = prover_of(changed(tmp_path, "loans", edits), "loans")
    assert prover.decide(one_of(prover, "can-be-returned")).outcome != PROVEN


@pytest.mark.slow
def test_a_way_out_on_which_it_is_open_what_comes(tmp_path: Path, prover_of: Open) -> None:
    """However late a copy is, it can be given back: what else is done then does not matter."""
    edits = [
        (
            '  { close = "returned" },\n',
            '  { close = "returned" },\n  { priority = "low", if = { late = ">= 9" } },\n',
        )
    ]
    prover = prover_of(changed(tmp_path, "loans", edits), "loans")
    assert prover.decide(one_of(prover, "can-be-returned")).outcome == PROVEN


# --- answers --------------------------------------------------------------------------------------------

CALLED = """[[property]]
id = "patience"
says = "Nobody is called before the reminder is {days} days old."
happens = {{ rule = "day.call" }}
only_after = {{ message = "reminder" }}
days = {days}
"""


@pytest.mark.parametrize(("days", "outcome"), [(5, PROVEN), (6, BROKEN), (8, BROKEN)])
def test_working_days_are_not_taken_for_days(
    days: int, outcome: str, tmp_path: Path, prover_of: Open
) -> None:
    """Five working days are at least five days; they are no more than that after a Sunday."""
    prover = prover_of(changed(tmp_path, "loans", declared=CALLED.format(days=days)), "loans")
    [verdict] = prover.decide_all()
    assert verdict.outcome == outcome
    assert bool(verdict.story) == (outcome == BROKEN)


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ('{ renewal = ">= 3" }', BROKEN),
        ('{ renewal = ">= 4" }', PROVEN),  # two renewals, and the one that is asked about
        ('{ out = ">= 12" }', UNDECIDED),  # true, but no ticket with so many copies is tried
        ('{ status = "overdue", reminded_on = "none" }', PROVEN),
        ('{ status = "on-loan", reminded_on = "!= none" }', PROVEN),
        ('{ status = "overdue", since_reminder = ">= 9" }', BROKEN),
    ],
)
def test_rows_that_never_hold(row: str, outcome: str, tmp_path: Path, prover_of: Open) -> None:
    declared = f'[[property]]\nid = "a"\nsays = "b"\nnever = {row}'
    [verdict] = prover_of(changed(tmp_path, "loans", declared=declared), "loans").decide_all()
    assert verdict.outcome == outcome, verdict.why


@pytest.mark.parametrize(
    ("happens", "outcome", "story"),
    [
        ('rule = "renew.granted", facts = { renewal = ">= 3" }', PROVEN, 0),
        ('rule = "renew.granted", facts = { renewal = 2 }', BROKEN, 2),
        ('event = "renew", facts = { note = "given" }', BROKEN, 1),
        ('rule = "day.call", facts = { since_reminder = "< 5" }', PROVEN, 0),
        ('rule = "day.call", facts = { since_reminder = "< 6" }', BROKEN, 2),
    ],
)
def test_a_step_counts_by_the_facts_that_its_rule_saw(
    happens: str, outcome: str, story: int, tmp_path: Path, prover_of: Open
) -> None:
    declared = f'[[property]]\nid = "a"\nsays = "b"\nhappens = {{ {happens} }}\nat_most = 0'
    [verdict] = prover_of(changed(tmp_path, "loans", declared=declared), "loans").decide_all()
    assert verdict.outcome == outcome, verdict.why
    assert len(verdict.story.steps if verdict.story else ()) == story


REMINDER = 'happens = { rule = "day.reminder" }\nnever_after = { rule = "renew.granted" }'
CALL = 'happens = { rule = "day.call" }\nnever_after = { rule = "renew.granted" }'
NOT_FOLLOWING = [
    # a reminder and a call come after a renewal, but once a loan is overdue it is not renewed
    (f"{CALL}\nat_once = true", PROVEN, []),
    (f"{REMINDER}\nmore_than = 1", BROKEN, ["renew.granted", "renew.granted", "day.reminder"]),
    (f'{CALL}\nsince = {{ message = "reminder" }}', PROVEN, []),
    (CALL, BROKEN, ["renew.granted", "day.reminder", "day.call"]),
    (REMINDER, BROKEN, ["renew.granted", "day.reminder"]),
    (f"{REMINDER}\nmore_than = 2", PROVEN, []),
    (f'{REMINDER}\nmore_than = 1\nsince = {{ rule = "day.on-loan" }}', BROKEN,
     ["renew.granted", "renew.granted", "day.reminder"]),
    ('happens = { event = "day" }\nnever_after = { rule = "renew.granted" }\nat_once = true', BROKEN,
     ["renew.granted", "day.on-loan"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("declared", "outcome", "story"),
    [
        pytest.param(*one, marks=[] if place < 3 else [pytest.mark.slow])
        for place, one in enumerate(NOT_FOLLOWING)
    ],
)
def test_what_does_not_follow(
    declared: str, outcome: str, story: Sequence[str], tmp_path: Path, prover_of: Open
) -> None:
    """Not as the next thing; not after more than so many times; counted anew since something."""
    declared = f'[[property]]\nid = "a"\nsays = "b"\n{declared}\n'
    [verdict] = prover_of(changed(tmp_path, "loans", declared=declared), "loans").decide_all()
    assert verdict.outcome == outcome, verdict.why
    assert [step.plan.rule.id for step in (verdict.story.steps if verdict.story else ())] == story


ONCE_A_NIGHT = """[[property]]
id = "a"
says = "b"
happens = {{ event = "day", {rule}changes = true }}
never_after = {{ event = "day", {rule}changes = true }}
same_day = true
at_once = true
"""


WAIT = 'then = [{ wait = "{call_workdays} working days after {reminded_on}" }]'
PATIENCE = ["day.reminder", "day.patience"]


@pytest.mark.parametrize(
    ("edits", "story", "of_one_rule"),
    [
        pytest.param([], [], [], marks=[pytest.mark.slow]),
        ([('  { status = "overdue" },\n', "")], ["day.reminder"] * 2, ["day.reminder"] * 2),
        # what is set already is not changed; a note is one more each time
        pytest.param(
            [(WAIT, 'then = [{ priority = "high" }]')], PATIENCE, [], marks=[pytest.mark.slow]
        ),
        pytest.param(
            [(WAIT, 'then = [{ note = "Wait." }]')],
            PATIENCE,
            [*PATIENCE, "day.patience"],
            marks=[pytest.mark.slow],
        ),
    ],
)
def test_a_night_that_is_run_twice(
    edits: Sequence[tuple[str, str]],
    story: Sequence[str],
    of_one_rule: Sequence[str],
    tmp_path: Path,
    prover_of: Open,
) -> None:
    """After any rule, and where each rule is looked at by itself."""
    for rule, expected in (("", story), ('rule = "*", ', of_one_rule)):
        folder = tmp_path / f"own{len(rule)}"
        settings = changed(folder, "loans", edits, ONCE_A_NIGHT.format(rule=rule))
        [verdict] = prover_of(settings, "loans").decide_all()
        told = [step.plan.rule.id for step in (verdict.story.steps if verdict.story else ())]
        assert (verdict.outcome, told) == (BROKEN if expected else PROVEN, expected), verdict.why


POSTED = """[events.posted]
title = "The reminder was posted"
any_status = "Whenever it was."
[events.posted.inputs]
on = { type = "date", latest = "today", about = "the day on which it was posted" }

[[events.posted.rule]]
id = "posted.noted"
why = "Posted on {on}."
extrapolated = true
when = { out = ">= 0" }
then = [{ set = "reminded_on", to = "{on}" }]

[events.day]
"""


@pytest.mark.parametrize(
    ("dated", "days", "outcome"),
    [
        pytest.param("", 3, BROKEN, marks=[pytest.mark.slow]),
        (', dated = "on"', 3, PROVEN),
        pytest.param(', dated = "on"', 4, BROKEN, marks=[pytest.mark.slow]),
    ],
)
def test_days_are_counted_from_the_day_that_is_given(
    dated: str, days: int, outcome: str, tmp_path: Path, prover_of: Open
) -> None:
    """A reminder that was posted some days ago, and is noted today."""
    edits = [
        ("[events.day]\n", POSTED),
        ('  { set = "reminded_on", to = "{today}" },\n', ""),
        (
            'renewal = "<= {max_renewals}" }',
            'renewal = "<= {max_renewals}", since_reminder = ">= 3" }',
        ),
    ]
    declared = (
        '[[property]]\nid = "a"\nsays = "b"\nhappens = { rule = "renew.granted" }\n'
        f'only_after = {{ event = "posted"{dated} }}\ndays = {days}\n'
    )
    [verdict] = prover_of(changed(tmp_path, "loans", edits, declared), "loans").decide_all()
    assert verdict.outcome == outcome, verdict.why


def test_a_fact_that_is_reckoned_is_left_open(tmp_path: Path, prover_of: Open) -> None:
    """Of arithmetic nothing is taken for proven, even where it would be true."""
    declared = (
        '[[property]]\nid = "a"\nsays = "b"\nhappens = { rule = "renew.granted" }\nat_most = 2'
    )
    settings = changed(tmp_path, "loans", declared=declared)
    sql = tmp_path / "loans" / "facts.sql"
    text = sql.read_text(encoding="utf-8")
    assert "ticket.renewals + 1 AS renewal" in text
    sql.write_text(
        text.replace("ticket.renewals + 1 AS", "ticket.renewals * 1 + 1 AS"), encoding="utf-8"
    )
    [verdict] = prover_of(settings, "loans").decide_all()
    assert verdict.outcome == UNDECIDED
    assert "renewal" in verdict.why


def test_facts_that_can_t_be_read_are_left_open(tmp_path: Path, prover_of: Open) -> None:
    declared = (
        '[[property]]\nid = "a"\nsays = "b"\nnever = { status = "overdue", reminded_on = "none" }'
    )
    settings = changed(tmp_path, "loans", declared=declared)
    sql = tmp_path / "loans" / "facts.sql"
    text = sql.read_text(encoding="utf-8")
    assert "ticket.reminded_on AS reminded_on" in text
    soon = "CASE WHEN ticket.reminded_on IS NULL THEN NULL ELSE 'soon' END AS reminded_on"
    sql.write_text(text.replace("ticket.reminded_on AS reminded_on", soon), encoding="utf-8")
    [verdict] = prover_of(settings, "loans").decide_all()
    assert verdict.outcome == UNDECIDED


def test_a_fact_that_reads_messages_is_left_open(tmp_path: Path, prover_of: Open) -> None:
    """What became of a letter is not followed: a fact about it can have any of its values."""
    declared = (
        '[[property]]\nid = "a"\nsays = "b"\nnever = { status = "overdue", reminded_on = "none" }'
    )
    settings = changed(tmp_path, "loans", declared=declared)
    sql = tmp_path / "loans" / "facts.sql"
    text = sql.read_text(encoding="utf-8")
    assert "ticket.reminded_on AS reminded_on" in text
    arrived = (
        "CASE WHEN NOT EXISTS (SELECT 1 FROM message WHERE message.ticket = ticket.id"
        " AND message.state = 'bounced') THEN ticket.reminded_on END AS reminded_on"
    )
    sql.write_text(text.replace("ticket.reminded_on AS reminded_on", arrived), encoding="utf-8")
    [verdict] = prover_of(settings, "loans").decide_all()
    assert verdict.outcome == UNDECIDED
    assert "reminded_on" in verdict.why


@pytest.mark.slow
def test_a_ticket_that_would_lack_a_field_is_not_opened(tmp_path: Path, prover_of: Open) -> None:
    """Where a guess leaves out what a new ticket needs, the event is turned down and the proof goes on."""
    declared = '[[property]]\nid = "a"\nsays = "b"\nnever = { thing = "given", status = "claimed" }'
    settings = changed(tmp_path, "lost-and-found", declared=declared)
    [verdict] = prover_of(settings, "lost-and-found").decide_all()
    assert verdict.outcome == UNDECIDED


STANDS = """[[impossible]]
facts = { status = "awaiting-payment", stands = ["due", "waits"] }
"""


@pytest.mark.slow
def test_a_row_that_is_possible_is_not_believed(tmp_path: Path, prover_of: Open) -> None:
    """A ticket whose call is due can be in `calling`, whatever the book says."""
    wrong = '[[impossible]]\nfacts = { status = "calling", stands = "due" }\nwhy = "It is wrong."\n'
    settings = changed(tmp_path, "collections", [(STANDS, wrong + STANDS)])
    prover = prover_of(settings, "collections")
    assert (
        len(prover.declared.impossible)
        == len(prover_of(NONE, "collections").declared.impossible) + 1
    )
    believed = [
        (row["status"].text, row["stands"].text) for row in prover.shared.never if "stands" in row
    ]
    assert ("awaiting-payment", "due or waits") in believed
    assert ("calling", "due") not in believed


@pytest.mark.slow
def test_a_row_of_inputs_that_is_possible_is_not_believed(tmp_path: Path, prover_of: Open) -> None:
    """An amount can be given with all that is open, and can be what that comes to, or less."""
    wrong = '[[impossible]]\nfacts = { all = true, fits = "less" }\nwhy = "It is wrong."\n'
    prover = prover_of(changed(tmp_path, "collections", [(STANDS, wrong + STANDS)]), "collections")
    believed = [
        {name: row[name].text for name in row if name not in ("all", "amount")}
        for row in prover.shared.never_given(prover.book.event("payment"))
    ]
    assert believed == [{"still_open": ">= 1"}, {"fits": "less or more"}]


@pytest.mark.slow
def test_rows_that_are_there_for_proofs_are_used_by_one(prover_of: Open) -> None:
    """No table needs them, so nothing else tells one that could be left out."""
    prover = prover_of(NONE, "collections")
    (declared,) = (one for one in prover.declared.properties if one.id == "can-be-closed")
    verdict = prover.decide_whole(declared)
    assert verdict.outcome == "proven"
    for_proofs = {row for row in verdict.leans_on if row.startswith("all yes")}
    assert for_proofs == {
        "all yes with amount none with still_open >= 1",
        "all yes with amount none with fits less or more",
    }


@pytest.mark.slow
def test_what_a_proof_leans_on_is_told(prover_of: Open) -> None:
    prover = prover_of(NONE, "collections")
    verdict = prover.decide(one_of(prover, "wait-first"))
    assert verdict.outcome == PROVEN
    assert "status awaiting-payment with stands due or waits" in verdict.leans_on
    assert prover.decide(one_of(prover, "none-to-nobody")).leans_on == ()


@pytest.mark.slow
def test_the_ways_to_a_block(prover_of: Open) -> None:
    prover = prover_of(NONE, "collections")
    [way] = prover.declared.ways
    quickest = prover.find_quickest(way.to)
    shortest = quickest.story
    found = find_longest_way(prover.player, way)
    assert shortest is not None
    assert [done.plan.rule.id for done in shortest.steps] == [
        "proforma.new", "call.refuses", "sent.notice", "day.preblock.block",
    ]  # fmt: skip
    assert (shortest.steps[0].at, shortest.ends) == ("2026-03-02", "2026-03-17")
    assert quickest.is_shortest
    assert found.story is not None
    assert [done.plan.rule.id for done in found.story.steps] == [
        "call.no-answer.first", "call.no-answer.retry", "call.no-answer.retry",
        "call.no-answer.preblock", "sent.notice", "day.preblock.block",
    ]  # fmt: skip
    assert found.never > 0  # who has one or two proformas rests until next month, again and again


# --- the command -----------------------------------------------------------------------------------------

TWICE = """[[property]]
id = "renewals"
says = "A loan is renewed once at most."
happens = { rule = "renew.granted" }
at_most = 1

[[property]]
id = "reminded-once"
says = "The reader is reminded once."
happens = { message = "reminder" }
at_most = 1
"""


def test_the_command_tells_a_story_and_writes_it(desk: Desk, tmp_path: Path) -> None:
    changed(tmp_path / "own", "loans", declared=TWICE)
    desk.settings('[folders]\nbooks = "own"\n')
    (tmp_path / "stories").mkdir()
    ran = desk.run(f"book prove loans --scenario {tmp_path}/stories/broken.toml")
    assert ran.code == 1
    place, *lines, proven = ran.out.splitlines()
    assert re.fullmatch(
        r".*book.toml:\d+: loans: renewals is broken: A loan is renewed once at most\.", place
    )
    assert lines[0].startswith("  A ticket is imported")
    assert [line for line in lines if "renew" in line and line.startswith("  2026")] == [
        "  2026-03-02  renew: renew.granted"
    ]
    assert proven == "loans: reminded-once is proven: The reader is reminded once."
    assert desk.run(f"book test {tmp_path}/stories").code == 0

    again = desk.run(f"book prove loans --scenario {tmp_path}/stories/broken.toml")
    assert again.code == 2
    assert "exists already" in again.err


def test_the_command_as_json(desk: Desk, tmp_path: Path) -> None:
    changed(tmp_path / "own", "loans", declared=TWICE)
    desk.settings('[folders]\nbooks = "own"\n')
    ran = desk.run("book prove loans --json")
    assert ran.code == 1
    broken, proven = ran.rows
    assert (broken["property"], broken["outcome"]) == ("renewals", "broken")
    assert [step["rule"] for step in broken["story"]["steps"]] == ["renew.granted"] * 2
    assert (proven["property"], proven["outcome"], proven["story"]) == (
        "reminded-once",
        "proven",
        None,
    )
    assert desk.run("book prove loans --quiet").out.count("proven") == 0


def test_what_the_command_turns_down(desk: Desk) -> None:
    assert desk.run("book prove nobody").code == 2
    ran = desk.run("book prove --scenario all.toml")
    assert ran.code == 2
    assert "name it" in ran.err


# --- what is wrong in a declaration --------------------------------------------------------------------------

SAYS = '[[property]]\nid = "p"\nsays = "s"\n'


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        (SAYS, "p says nothing that can be proven: give happens with only_after;"),
        (SAYS + 'reaches = "gone"', "there is no status 'gone'"),
        (SAYS + 'never = { state = "overdue" }', "there is no fact 'state' to test."),
        (SAYS + 'never = { status = "gone" }', "status"),
        (SAYS + 'happens = { rule = "renew.no" }\nat_most = 1', "there is no rule 'renew.no'."),
        (SAYS + 'happens = { message = "hello" }\nat_most = 1', "there is no message 'hello'."),
        (SAYS + 'happens = { status = "gone" }\nat_most = 1', "there is no status 'gone'."),
        (SAYS + 'happens = {}\nat_most = 1', "happens must name at least one of event, rule"),
        (SAYS + 'happens = { facts = { out = 1 } }\nat_most = 1', "happens must name at least one of"),
        (SAYS + 'happens = { event = "renew", facts = { gone = 1 } }\nat_most = 1', "gone"),
        (SAYS + 'happens = { mail = "reminder" }\nat_most = 1', "happens has no key 'mail'; its keys are event"),
        (SAYS + 'happens = { rule = "renew.granted" }\nat_most = "{renewals}"', "'{renewals}' must be a whole number"),
        (SAYS + "next_step = true\nat_most = 1", "at_most can't be used with next_step."),
        (SAYS + 'happens = { event = "day" }\nat_most = 1\nat_once = true', "at_once can't be used with happens and"),
        (SAYS + 'happens = { status = "overdue", changes = true }\nat_most = 1', "changes can only be used with event"),
        (SAYS + 'happens = { event = "return", dated = "all" }\nat_most = 1', "has no input 'all' that is a day."),
        (SAYS + 'happens = { event = "day", rule = "*" }\nat_most = 1', "'*' can only be used with event and changes."),
        (SAYS + 'next_step = "yes"', "next_step must be true or false, not 'yes'."),
        (SAYS + 'next_step = true\nsometimes = true', "property 1 has no key 'sometimes'"),
        ('[[property]]\nid = "p"\nsays = "{many} times"\nnext_step = true', "many"),
        (2 * (SAYS + "next_step = true\n"), "there are two propertys 'p'."),
        ('[[way]]\nto = "gone"\nsays = "s"', "there is no status 'gone'"),
        ('[[way]]\nto = "overdue"\nsays = "s"\ngiven = { sing = {} }', "there is no event 'sing'."),
        ('[[way]]\nto = "overdue"\nsays = "s"\ngiven = { return = { song = 1 } }', "event return has no input 'song'."),
    ],
)  # fmt: skip
def test_a_fault_in_a_declaration_is_told(declared: str, told: str, tmp_path: Path) -> None:
    settings = changed(tmp_path, "loans", declared=declared)
    with pytest.raises(Faults) as raised:
        Shelf(settings).book("loans")
    [fault] = raised.value.faults
    assert re.match(r".*book\.toml:\d+: ", fault)
    assert told in fault
