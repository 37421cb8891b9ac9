"""Cell tests: every notation, every error sentence, and that the compiled test is the test."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prassi.core.tables.cells import (
    Cell,
    Domain,
    Value,
    describe_domain,
    intersect_cells,
    parse_cell,
)

COUNT = Domain(low=0)
DAYS = Domain(optional=True)
FEW = Domain(low=1, high=5, optional=True)
WORD = Domain(values=("open", "kept", "broken"))
STATE = Domain(values=("open", "kept", "broken"), optional=True)
NONE_WORD = Domain(values=("none", "open"))
YES_NO = Domain(values=(True, False))
MAYBE = Domain(values=(True, False), optional=True)
TEXT = Domain(values=("given",), optional=True)

FIGURES = {"two": 2, "seven": 7, "name": "Rossi", "flag": True}
NUMBERS = [None, -7, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 100]
WORDS = [None, "open", "kept", "broken"]


@pytest.mark.parametrize(
    ("domain", "written", "holds_for"),
    [
        (COUNT, 3, [3]),
        (COUNT, "3", [3]),
        (COUNT, " 3 ", [3]),
        (COUNT, "{two}", [2]),
        (COUNT, "< 2", [0, 1]),
        (COUNT, "<2", [0, 1]),
        (COUNT, "<= 2", [0, 1, 2]),
        (COUNT, "> 6", [7, 8, 100]),
        (COUNT, ">= {seven}", [7, 8, 100]),
        (COUNT, "2..4", [2, 3, 4]),
        (COUNT, "2 .. 4", [2, 3, 4]),
        (COUNT, "2..<4", [2, 3]),
        (COUNT, "{two}..<{seven}", [2, 3, 4, 5, 6]),
        (COUNT, "3..2", []),
        (COUNT, "!= 3", [0, 1, 2, 4, 5, 6, 7, 8, 100]),
        (COUNT, ["< 1", 3, "7..8"], [0, 3, 7, 8]),
        (COUNT, "< 0", []),
        (DAYS, "none", [None]),
        (DAYS, "!= none", [-7, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 100]),
        (DAYS, "< 0", [-7, -1]),
        (DAYS, "-7..-1", [-7, -1]),
        (DAYS, "!= 0", [None, -7, -1, 1, 2, 3, 4, 5, 6, 7, 8, 100]),
        (DAYS, ["none", ">= 7"], [None, 7, 8, 100]),
        (FEW, "< 3", [1, 2]),
        (FEW, "> 3", [4, 5]),
        (FEW, "!= 1", [None, 2, 3, 4, 5]),
        (FEW, "!= none", [1, 2, 3, 4, 5]),
    ],
)
def test_a_test_of_a_number_holds_for(domain: Domain, written: Any, holds_for: list[Value]) -> None:
    cell = parse_cell(written, domain, FIGURES)
    assert [number for number in NUMBERS if cell.holds(number)] == holds_for


@pytest.mark.parametrize(
    ("domain", "written", "holds_for"),
    [
        (WORD, "open", ["open"]),
        (WORD, ["open", "kept"], ["open", "kept"]),
        (WORD, "!= open", ["kept", "broken"]),
        (STATE, "none", [None]),
        (STATE, "!= open", [None, "kept", "broken"]),
        (STATE, "!= none", ["open", "kept", "broken"]),
        (STATE, ["none", "kept"], [None, "kept"]),
        (NONE_WORD, "none", ["none"]),
        (NONE_WORD, "!= none", ["open"]),
        (YES_NO, True, [True]),
        (YES_NO, False, [False]),
        (MAYBE, [False, "none"], [None, False]),
        (MAYBE, "!= none", [True, False]),
    ],
)
def test_a_test_of_a_word_holds_for(domain: Domain, written: Any, holds_for: list[Value]) -> None:
    cell = parse_cell(written, domain, FIGURES)
    asked = [None, *(domain.values or ())]
    assert [word for word in asked if cell.holds(word)] == holds_for


@pytest.mark.parametrize(
    ("written", "holds_for"),
    [
        ("given", ["2026-03-02", "given"]),
        ("!= none", ["2026-03-02", "given"]),
        ("none", [None]),
        ("!= given", [None]),
    ],
)
def test_of_a_text_or_a_date_it_can_be_asked_whether_there_is_one(
    written: str, holds_for: list[Value]
) -> None:
    cell = parse_cell(written, TEXT, {})
    assert [value for value in (None, "2026-03-02", "given") if cell.holds(value)] == holds_for


def test_of_several_texts_it_can_be_asked_whether_there_are_any() -> None:
    several: Any = ["PF-1", "PF-2"]
    assert parse_cell("!= none", TEXT, {}).holds(several)
    assert not parse_cell("none", TEXT, {}).holds(several)


@pytest.mark.parametrize(
    ("domain", "written", "sentence"),
    [
        (COUNT, [], "an empty list of tests never holds; leave the cell out to mean any"),
        (
            COUNT,
            2.5,
            "2.5 is not a valid condition: write a value, or a bound or a range in a string",
        ),
        (
            COUNT,
            {"a": 1},
            "{'a': 1} is not a valid condition: write a value, or a bound or a range in a string",
        ),
        (COUNT, "{three}", "there is no parameter 'three'"),
        (
            COUNT,
            "< {name}",
            "'< Rossi (name)' is not a condition on a number: write 3, '< 3', '>= 3' or '2..3'",
        ),
        (
            COUNT,
            "< {flag}",
            "parameter 'flag' is neither a whole number nor a word, so it can't be used in a condition",
        ),
        (COUNT, "few", "'few' is not a condition on a number: write 3, '< 3', '>= 3' or '2..3'"),
        (COUNT, "< x", "'< x' is not a condition on a number: write 3, '< 3', '>= 3' or '2..3'"),
        (
            COUNT,
            "2...3",
            "'2...3' is not a condition on a number: write 3, '< 3', '>= 3' or '2..3'",
        ),
        (COUNT, "!= few", "'!= few' is not a condition on a number"),
        (COUNT, "!= none", "'!= none' is not a condition on a number"),
        (COUNT, -1, "the fact is never '-1': it is a whole number from 0"),
        (COUNT, "-1", "the fact is never '-1': it is a whole number from 0"),
        (COUNT, True, "the fact is never 'yes': it is a whole number from 0"),
        (COUNT, "none", "the fact is never 'none': it is a whole number from 0"),
        (DAYS, "soon", "'soon' is not a condition on a number: write 3, '< 3', '>= 3' or '2..3'"),
        (FEW, 6, "the fact is never '6': it is a whole number from 1 to 5, or none"),
        (FEW, ["1", "9"], "the fact is never '9': it is a whole number from 1 to 5, or none"),
        (WORD, "lost", "the fact is never 'lost': it is open, kept, broken"),
        (WORD, "!= lost", "the fact is never 'lost': it is open, kept, broken"),
        (WORD, "none", "the fact is never 'none': it is open, kept, broken"),
        (WORD, 1, "the fact is never '1': it is open, kept, broken"),
        (WORD, True, "the fact is never 'yes': it is open, kept, broken"),
        (YES_NO, 1, "the fact is never '1': it is yes or no"),
        (YES_NO, "true", "the fact is never 'true': it is yes or no"),
        (STATE, "no", "the fact is never 'no': it is open, kept, broken, or none"),
    ],
)
def test_what_is_no_test_is_told_in_a_sentence(
    domain: Domain, written: object, sentence: str
) -> None:
    with pytest.raises(ValueError) as told:  # noqa: PT011
        parse_cell(written, domain, FIGURES)
    assert str(told.value) == sentence


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        (Domain(), "a whole number"),
        (Domain(low=1), "a whole number from 1"),
        (Domain(high=9), "a whole number up to 9"),
        (Domain(low=1, high=9), "a whole number from 1 to 9"),
        (DAYS, "a whole number, or none"),
        (YES_NO, "yes or no"),
        (STATE, "open, kept, broken, or none"),
    ],
)
def test_a_domain_in_words(domain: Domain, words: str) -> None:
    assert describe_domain(domain) == words


@pytest.mark.parametrize(
    ("domain", "inside", "outside"),
    [
        (YES_NO, [True, False], [None, 1, 0, "true"]),
        (WORD, ["open"], [None, "OPEN", 1]),
        (FEW, [None, 1, 5], [0, 6, True, "1"]),
        (Domain(), [-(10**12), 0], [None, False, 1.0]),
    ],
)
def test_what_a_domain_holds(domain: Domain, inside: list[Value], outside: list[Any]) -> None:
    assert all(domain.holds(value) for value in inside)
    assert not any(domain.holds(value) for value in outside)


def test_the_text_of_a_test_is_what_its_author_wrote_with_what_parameters_are() -> None:
    assert parse_cell("2..3", COUNT, FIGURES).text == "2..3"
    assert parse_cell("{two}..<{seven}", COUNT, FIGURES).text == "2..<7 (two, seven)"
    assert parse_cell(["none", "< {two}"], DAYS, FIGURES).text == "none or < 2 (two)"
    assert parse_cell(True, YES_NO, {}).text == "yes"


# --- random cells -----------------------------------------------------------------------------------

number = st.integers(-9, 9)
bound = st.sampled_from(["<", "<=", ">", ">=", "!="])
number_test = st.one_of(
    number.filter(lambda n: -5 <= n <= 5),
    st.just("none"),
    st.just("!= none"),
    st.builds("{} {}".format, bound, number),
    st.builds("{}..{}".format, number, number),
    st.builds("{}..<{}".format, number, number),
)
word_test = st.builds(
    "{}{}".format, st.sampled_from(["", "!= "]), st.sampled_from(["open", "kept", "broken", "none"])
)
truth_test = st.sampled_from([True, False, "none", "!= none"])
text_test = st.sampled_from(["given", "none", "!= given", "!= none"])


def cells(tests: st.SearchStrategy[Any], domain: Domain) -> st.SearchStrategy[Cell]:
    """Cells of one to three tests."""
    return st.lists(tests, min_size=1, max_size=3).map(
        lambda written: parse_cell(written, domain, {})
    )


KINDS = [
    (cells(number_test, Domain(low=-5, high=5, optional=True)), [None, *range(-6, 7)]),
    (cells(word_test, STATE), WORDS),
    (cells(truth_test, MAYBE), [None, True, False]),
    (cells(text_test, TEXT), [None, "2026-03-02", "given"]),
]
one_cell = st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(kind[0], st.just(kind[1])))
two_cells = st.sampled_from(KINDS).flatmap(
    lambda kind: st.tuples(kind[0], kind[0], st.just(kind[1]))
)


@given(one_cell)
@settings(deadline=None)
def test_the_compiled_source_says_what_the_cell_says(drawn: tuple[Cell, list[Value]]) -> None:
    cell, values = drawn
    compiled = eval(f"lambda fact: {cell.source('fact')}")
    assert [bool(compiled(value)) for value in values] == [cell.holds(value) for value in values]


@given(two_cells)
@settings(deadline=None)
def test_both_holds_where_each_holds(drawn: tuple[Cell, Cell, list[Value]]) -> None:
    one, other, values = drawn
    joined = intersect_cells(one, other)
    assert [joined.holds(v) for v in values] == [one.holds(v) and other.holds(v) for v in values]


@given(one_cell)
@settings(deadline=None)
def test_samples_are_values_for_which_the_cell_holds(drawn: tuple[Cell, list[Value]]) -> None:
    cell, values = drawn
    samples = cell.samples()
    assert all(cell.holds(sample) for sample in samples)
    assert bool(samples) or not any(cell.holds(value) for value in values)
