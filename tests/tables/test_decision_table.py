"""Decision tables: exactly one rule answers, or the facts are shown and nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prassi.core.errors import EngineFault, Undecided
from prassi.core.tables.cells import Domain, Value, parse_cell
from prassi.core.tables.decision_table import (
    Decide,
    RuleCells,
    compile_table,
    find_misses,
    find_overlaps,
)

DOMAINS = {
    "answered": Domain(values=(True, False)),
    "how": Domain(values=("call", "email", "visit"), optional=True),
    "attempt": Domain(low=1),
    "since": Domain(optional=True),
}
NAMES = tuple(DOMAINS)


def rule(name: str, *rows: dict[str, Any]) -> RuleCells:
    """A rule with a row for each table of tests."""
    cells = [{fact: parse_cell(w, DOMAINS[fact], {}) for fact, w in row.items()} for row in rows]
    return RuleCells(name, tuple(cells))


RULES = (
    rule("first", {"answered": False, "attempt": 1}),
    rule("again", {"answered": False, "attempt": "2..3"}, {"answered": False, "attempt": 7}),
    rule("late", {"answered": True, "since": ">= 5"}),
    rule("early", {"answered": True, "since": ["none", "< 5"], "how": ["call", "none"]}),
    rule("written", {"answered": True, "since": ["none", "< 5"], "how": "email"}),
)
decide = compile_table("event call", NAMES, RULES)
apart = compile_table("event call", NAMES, RULES, apart=True)


@pytest.mark.parametrize("count", [None, -1, 0, 1])
def test_any_number_is_a_number_also_nought(count: int | None) -> None:
    """What a compiled table answers is what its cells say, where a test only asks for a value."""
    some, none = rule("some", {"since": "!= none"}), rule("none", {"since": "none"})
    answer = compile_table("event call", ("since",), (some, none))
    assert answer((count,)) == (1 if count is None else 0)
    assert some.answers({"since": count}) == (count is not None)


@pytest.mark.parametrize(
    ("answered", "how", "attempt", "since", "expected"),
    [
        (False, "call", 1, None, "first"),
        (False, None, 1, 9, "first"),
        (False, "call", 2, None, "again"),
        (False, "call", 3, None, "again"),
        (False, "call", 7, None, "again"),
        (True, "visit", 1, 5, "late"),
        (True, "call", 4, 4, "early"),
        (True, None, 4, -3, "early"),
        (True, "call", 4, None, "early"),
        (True, "email", 4, None, "written"),
    ],
)
def test_exactly_one_rule_answers(
    answered: bool, how: str | None, attempt: int, since: int | None, expected: str
) -> None:
    facts = (answered, how, attempt, since)
    assert RULES[decide(facts)].id == RULES[apart(facts)].id == expected
    named = dict(zip(NAMES, facts, strict=True))
    assert [r.id for r in RULES if r.answers(named)] == [expected]


def told_by(table: Decide, *facts: Value) -> str:
    with pytest.raises(Undecided) as error:
        table(facts)
    assert error.value.exit_code == 3
    return str(error.value)


def test_where_no_rule_answers_the_facts_are_shown() -> None:
    assert told_by(decide, False, None, 4, -2) == (
        "no rule of event call answers these facts: answered=no, how=none, attempt=4, since=-2"
    )
    assert told_by(decide, True, "visit", 1, None) == (
        "no rule of event call answers these facts: answered=yes, how=visit, attempt=1, since=none"
    )
    for facts in ((False, None, 4, -2), (True, "visit", 1, None)):
        assert told_by(apart, *facts) == told_by(decide, *facts)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        (
            (False, None, "two", 0),
            "the fact attempt is 'two', a text, but its tests are about a whole number",
        ),
        (
            (True, None, 4, "5"),
            "the fact since is '5', a text, but its tests are about a whole number",
        ),
        ((True, 3, 1, None), "the fact how is 3, a whole number, but its tests are about a text"),
        (
            (2, None, 1, 0),
            "the fact answered is 2, a whole number, but its tests are about yes or no",
        ),
        (
            (False, None, 4.5, 0),
            "the fact attempt is 4.5, a number with decimals, but its tests are about",
        ),
        (
            (False, None, [], 0),
            "the fact attempt is [], a list, but its tests are about a whole number",
        ),
    ],
)
def test_a_fact_of_another_type_is_a_fault_and_not_a_case_without_a_rule(
    facts: tuple[Any, ...], fault: str
) -> None:
    for table in (decide, apart):
        with pytest.raises(EngineFault) as error:
            table(facts)
        assert str(error.value).startswith(f"event call can't be decided: {fault}")
        assert error.value.exit_code == 1


def test_where_two_rules_answer_both_are_named_with_the_facts() -> None:
    table = compile_table("event call", NAMES, [*RULES, rule("sixth", {"attempt": "2..3"})])
    assert told_by(table, False, "call", 3, 0) == (
        "2 rules of event call answer at once (again, sixth):"
        " answered=no, how=call, attempt=3, since=0"
    )
    assert table((False, "call", 1, 0)) == 0


def test_a_rule_both_of_whose_rows_hold_answers_once() -> None:
    table = compile_table("event call", NAMES, [rule("any", {"attempt": ">= 1"}, {"since": 0})])
    assert table((True, None, 1, 0)) == 0


def test_a_rule_without_tests_answers_everything_even_where_there_are_no_facts() -> None:
    assert compile_table("event call", NAMES, [rule("any", {})])((True, None, 1, None)) == 0
    assert compile_table("event call", (), [rule("any", {})])(()) == 0


def test_an_empty_table_answers_nothing() -> None:
    empty = compile_table("event call", ("attempt",), [])
    assert told_by(empty, 1) == "no rule of event call answers these facts: attempt=1"


def test_what_a_row_misses_is_named_in_the_order_it_is_written() -> None:
    row = rule("r", {"attempt": "> 3", "answered": True, "since": "none"}).rows[0]
    facts: dict[str, Value] = {"answered": False, "how": None, "attempt": 2, "since": None}
    assert find_misses(row, facts) == ["attempt", "answered"]
    assert find_misses(row, {**facts, "answered": True, "attempt": 4}) == []


def test_facts_may_bear_the_names_of_python() -> None:
    """Facts become places, never names of Python."""
    cells = {"class": parse_cell(1, Domain(low=0), {}), "hits": parse_cell(2, Domain(low=0), {})}
    table = compile_table("event x", ("class", "hits"), [RuleCells("r", (cells,))])
    assert table((1, 2)) == 0


def test_text_in_a_rule_is_never_run() -> None:
    word = "'); raise SystemExit('"
    cells = {"how": parse_cell([word, "\\"], Domain(values=(word, "\\", "x")), {})}
    table = compile_table("event x", ("how",), [RuleCells(word, (cells,))])
    assert (table((word,)), table(("\\",))) == (0, 0)
    assert told_by(table, "x").endswith("how=x")


@pytest.mark.parametrize(
    ("one", "other", "example"),
    [
        ({"attempt": "1..3"}, {"attempt": ">= 3"}, {"attempt": 3}),
        ({"attempt": "< 4"}, {"how": "email"}, {"attempt": 1, "how": "email"}),
        ({}, {"answered": True}, {"answered": True}),
        ({}, {}, {}),
        ({"since": "none"}, {"since": "!= 0"}, {"since": None}),
        ({"since": ["none", 3]}, {"since": "!= none"}, {"since": 3}),
        ({"attempt": "1..3"}, {"attempt": "4..5"}, None),
        ({"attempt": "2..1"}, {}, None),
        ({"answered": True, "attempt": 1}, {"answered": False, "attempt": 1}, None),
        ({"how": "!= email"}, {"how": "email"}, None),
        ({"since": "none"}, {"since": "!= none"}, None),
        ({"since": "< 5"}, {"since": ">= 5"}, None),
    ],
)
def test_two_rules_overlap(
    one: dict[str, Any], other: dict[str, Any], example: dict[str, Value] | None
) -> None:
    found = find_overlaps([rule("one", one), rule("other", other)])
    assert found == ([] if example is None else [("one", "other", example)])


def test_any_two_rows_of_two_rules_can_overlap() -> None:
    one = rule("one", {"attempt": 1}, {"attempt": 5, "answered": True})
    other = rule("other", {"attempt": 2}, {"attempt": ">= 4"})
    third = rule("third", {"attempt": 2, "since": "none"})
    assert find_overlaps([one, other, third]) == [
        ("one", "other", {"attempt": 5, "answered": True}),
        ("other", "third", {"attempt": 2, "since": None}),
    ]


# --- random tables ----------------------------------------------------------------------------------

small = st.integers(1, 5)
TESTS: dict[str, st.SearchStrategy[Any]] = {
    "answered": st.booleans(),
    "how": st.one_of(
        st.sampled_from(["call", "email", "visit", "none", "!= call", "!= none"]),
        st.lists(st.sampled_from(["call", "email", "none"]), min_size=1, max_size=2),
    ),
    "attempt": st.one_of(small, st.builds("{}..{}".format, small, small), st.just("> 3")),
    "since": st.one_of(st.just("none"), st.builds("< {}".format, small), st.just(">= 3")),
}
rows = st.fixed_dictionaries({}, optional=TESTS)
rules = st.lists(rows, min_size=1, max_size=2).map(lambda drawn: rule("rule", *drawn))
EVERY = [
    dict(zip(NAMES, (answered, how, attempt, since), strict=True))
    for answered in (True, False)
    for how in (None, "call", "email", "visit")
    for attempt in range(1, 7)
    for since in (None, *range(-1, 7))
]


@given(rules, rules)
@settings(deadline=None)
def test_an_overlap_is_told_just_where_some_facts_are_answered_twice(
    one: RuleCells, other: RuleCells
) -> None:
    twice = [facts for facts in EVERY if one.answers(facts) and other.answers(facts)]
    found = find_overlaps([one._replace(id="one"), other._replace(id="other")])
    assert bool(found) == bool(twice)
    for _, _, example in found:
        facts = {**EVERY[0], **example}
        assert one.answers(facts)
        assert other.answers(facts)


@given(st.lists(rules, max_size=6))
@settings(deadline=None)
def test_the_compiled_table_decides_as_its_rules_answer(drawn: list[RuleCells]) -> None:
    table = compile_table("event x", NAMES, drawn)
    first = compile_table("event x", NAMES, drawn, apart=True)
    for facts in EVERY[::7]:
        answering = [place for place, one in enumerate(drawn) if one.answers(facts)]
        values = tuple(facts.values())
        if len(answering) == 1:
            assert table(values) == answering[0]
        else:
            with pytest.raises(Undecided):
                table(values)
        if answering:
            assert first(values) in answering
        else:
            with pytest.raises(Undecided):
                first(values)


def test_tests_are_nested_only_as_deep_as_python_takes() -> None:
    names = [f"fact{place}" for place in range(150)]
    cell = parse_cell(1, Domain(low=0), {})
    rows = [dict.fromkeys(names[:count], cell) for count in range(1, 151)]
    rows += [{**rows[-1], names[-1]: parse_cell(2, Domain(low=0), {})}]
    drawn = [RuleCells(str(place), (row,)) for place, row in enumerate(rows)]
    table = compile_table("event x", names, drawn, apart=True)
    assert table([1] * 150) in range(150)
    assert table([1] * 9 + [0] * 141) in range(9)
    assert told_by(table, *[0] * 150).startswith("no rule of event x answers")
