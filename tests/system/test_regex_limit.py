"""Patterns of a book, texts from outside: no pair of them keeps a command for ever."""

from __future__ import annotations

import re
import sys
import time
from typing import Any

import pytest
from prassi.cli.entry import _tell_of_unraisable
from prassi.core.book.forbidden import forbidden_in
from prassi.core.book.model import Forbidden, Parameter
from prassi.core.book.validate import BookValidator
from prassi.core.errors import BadInput
from prassi.core.system import cpu_limit
from prassi.core.system.parse_toml import parse
from prassi.core.system.regex_limit import check_pattern, find_match, matches_whole
from prassi.core.values.field_types import Field

# The limit may ring while an object goes, where nobody can take its error; it rings again.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

SLOW, TEXT = r"(a+)+b", "a" * 40


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu_limit, "SECONDS", 0.2)


def test_patterns_that_do_not_take_long() -> None:
    assert matches_whole("[a-z]+", "abc")
    assert not matches_whole("[a-z]+", "abc1")
    assert not matches_whole("a|b", "ab")
    assert find_match("blocc[ao]", "Vi BLOCCO subito") == "BLOCCO"
    assert find_match("blocc[ao]", "niente") is None


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("compare", [matches_whole, find_match])
def test_one_that_does_is_told(compare: Any) -> None:
    started = time.process_time()
    with pytest.raises(
        ValueError, match=r"can't be compared with the pattern \(a\+\)\+b: it takes"
    ):
        compare(SLOW, TEXT)
    assert time.process_time() - started < 5


@pytest.mark.usefixtures("quick")
def test_a_hook_of_our_own_is_nobody_who_looks_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "unraisablehook", _tell_of_unraisable)
    with pytest.raises(ValueError, match="it takes more than"):
        matches_whole(SLOW, TEXT)


@pytest.mark.usefixtures("quick")
def test_a_field_with_such_a_pattern() -> None:
    field = Field("phone", "text", pattern=SLOW)
    assert field.read("aab") == "aab"
    with pytest.raises(ValueError, match="can't be compared with the pattern"):
        field.read(TEXT)


@pytest.mark.usefixtures("quick")
def test_what_must_never_be_said_with_such_a_pattern() -> None:
    slow = Forbidden("en", SLOW, "threatens")
    assert forbidden_in([slow], "say aab!") == (slow, "aab")
    assert forbidden_in([slow], "all well") is None
    with pytest.raises(
        BadInput, match=r"a \[\[forbidden\]\] pattern can't be compared with the pattern"
    ):
        forbidden_in([slow], TEXT)


NESTED = "(" * 3_000 + "a" + ")" * 3_000
LONG = "|".join(f"(?:a{place}|b)" for place in range(100_000))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (NESTED, "'((((((((((.*...' is not a pattern .*: its brackets are nested too deep"),
        (LONG, r"'.*...' is not a pattern that can be used: it takes more than 0.2 s"),
        (
            "a{5000000000}",
            "'.*' is not a pattern that can be used: the repetition number is too large",
        ),
        ("[", r"'\[' is not a pattern that can be used: unterminated character set at position 0"),
    ],
    ids=["nested", "long", "repeated", "open"],
)
def test_a_pattern_is_compiled_within_the_same_time(pattern: str, reason: str) -> None:
    re.purge()
    started = time.process_time()
    with pytest.raises(ValueError, match=reason.replace("((((((((((", r"\(+")):
        check_pattern(pattern)
    for compare in (matches_whole, find_match):
        with pytest.raises(ValueError, match="can't be compared with the pattern"):
            compare(pattern, "a")
    assert time.process_time() - started < 2


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("pattern", [NESTED, LONG, "["], ids=["nested", "long", "open"])
def test_a_book_with_such_a_pattern_is_told_with_its_line(pattern: str) -> None:
    written = f"pattern = '{pattern}'"
    text = (
        f"[parameters.p]\nvalue = 'a'\nabout = 'x'\n{written}\n"
        f"[fields.f]\ntype = 'text'\nabout = 'x'\n{written}\n"
        f"[[forbidden]]\nlanguage = 'en'\nabout = 'x'\n{written}\n"
    )
    told = BookValidator(parse("book.toml", text.encode()), {}).faults
    starts = ["book.toml:4: the pattern of p: '", "book.toml:8: the pattern of f: '"]
    starts.append("book.toml:12: the pattern of forbidden 1: '")
    assert all(one.startswith(start) for one, start in zip(told, starts, strict=True))


@pytest.mark.usefixtures("quick")
def test_the_settings_give_a_parameter_another_text_in_time() -> None:
    slow = Parameter("p", "aab", "", "x", 0, None, SLOW)
    assert slow.out_of_bounds("aab") is None
    assert slow.out_of_bounds("x") == "p must look like (a+)+b, not 'x'."
    assert str(slow.out_of_bounds(TEXT)).startswith(
        "p can't be compared with the pattern (a+)+b: it"
    )


def test_a_text_has_an_end() -> None:
    assert Field("name", "text").read("a" * 1_000_000) == "a" * 1_000_000
    with pytest.raises(
        ValueError, match=r"has 1,000,001 characters: it must have 1,000,000 at most"
    ):
        Field("name", "text").read("a" * 1_000_001)


@pytest.mark.parametrize("line", ["['{}']", "['a{}b']", "'{}' = 1", "a{}= 1", "[a{}] # {}"])
def test_blanks_in_a_book_do_not_take_long(line: str) -> None:
    """Places are found by patterns of our own."""
    started = time.process_time()
    document = parse("book.toml", line.replace("{}", " " * 50_000).encode())
    assert document.at("none such") == "book.toml:1"
    assert time.process_time() - started < 5
    assert document.data
