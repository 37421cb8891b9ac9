"""The query of `list`: any text is a tree or a sentence, and no wildcard takes long."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prassi.core.desk.query_parser import All, Any, Criterion, Not, Value, join_words, parse_query
from prassi.core.errors import BadInput
from prassi.core.values.text_patterns import part_of_text, whole_text
from prassi.core.values.typed_dates import read_typed_date

PIECES = st.sampled_from(
    ["(", ")", "or", "and", "not", "a:b", 'a:"b c"', "a:<=1,2", '"', "\\", "@v", "é:*", " ", "a:"]
)


@settings(max_examples=60)
@given(st.lists(PIECES | st.text(max_size=3), max_size=8))
def test_any_text_is_a_query_or_is_told_in_a_sentence(pieces: list[str]) -> None:
    told = "QUERY."
    try:
        parse_query(" ".join(pieces), {"v": "a:b"})
    except BadInput as error:
        told = str(error)
    assert told.startswith(("QUERY", "view v"))
    assert told[-1] in ".?"


def test_blanks_bind_before_or() -> None:
    tree = parse_query("a:1 b:2 or not c:<3", {})
    assert isinstance(tree, Any)
    both, other = tree.parts
    assert isinstance(both, All)
    assert [one.field for one in both.parts if isinstance(one, Criterion)] == ["a", "b"]
    assert isinstance(other, Not)
    assert isinstance(other.part, Criterion)
    assert other.part[1:] == ("c", "<", (Value("3", False),))


def test_quotes_keep_blanks_and_commas() -> None:
    (one,) = parse_query(r'a:"x, \"y\"",z', {}).parts
    assert isinstance(one, Criterion)
    assert one.values == (Value('x, "y"', True), Value("z", False))


@pytest.mark.parametrize(
    ("words", "query"),
    [
        (["tag:a b"], 'tag:"a b"'),
        (["tag:a b", "x:1"], 'tag:"a b" x:1'),
        (["tag:a x:1"], "tag:a x:1"),
        (["tag:a or"], "tag:a or"),
        (["(tag:a b)"], "(tag:a b)"),
    ],
)
def test_a_value_that_a_shell_unquoted_is_one_value(words: list[str], query: str) -> None:
    assert join_words(words) == query


@given(st.text("aè*", max_size=8), st.text("aAèÈe", max_size=8))
def test_a_text_fits_as_its_stars_say(written: str, text: str) -> None:
    from fnmatch import fnmatchcase

    plain = str.maketrans("èÈAE", "eeae")
    if written.count("*") <= 5:
        judge = fnmatchcase(text.translate(plain), written.translate(plain))
        assert whole_text(written).fits(text) == judge
    part = written.replace("*", "")
    assert part_of_text(part).fits(text) == (part.translate(plain) in text.translate(plain))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("today", "2026-03-02"),
        ("Tomorrow", "2026-03-03"),
        ("mon", "2026-03-09"),
        ("tue", "2026-03-03"),
        ("sun", "2026-03-08"),
        ("+5d", "2026-03-07"),
        ("-1w", "2026-02-23"),
        ("2026-03-02", "2026-03-02"),
    ],
)
def test_dates_count_from_today(typed: str, day: str) -> None:
    assert read_typed_date(typed, "2026-03-02T23:00") == day
